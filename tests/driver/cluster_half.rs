//! apply, connect, verify, status, drift.

use std::fs;

use crate::System;

/// A system whose Azure half is there.
fn deployed() -> System {
    let system = System::new();
    system.run(&["deploy"]).succeeds();
    system.run(&["bind"]).succeeds();
    system
}

#[test]
fn apply_takes_the_phases_one_by_one() {
    let system = deployed();
    let ran = system.run(&["apply", "platform"]);
    ran.succeeds().changes_by(&[
        "helm upgrade --install",
        "kubectl apply --server-side --kustomize",
    ]);
    let helm = ran.call("helm upgrade");
    let values = system.read("out/k8s/platform/late-values.env");
    let client_id = values
        .lines()
        .find_map(|line| line.strip_prefix("ALB_CONTROLLER_CLIENT_ID="))
        .unwrap();
    assert!(
        helm.contains(&format!(
            "--set-string albController.podIdentity.clientID={client_id} "
        )),
        "{helm}"
    );
    system
        .run(&["apply", "workloads"])
        .ends_with(1)
        .says("failed    secret sc-apiservicestorage-secret: its pods would wait for it. Run: agc.sh connect")
        .changes_by(&[]);
    system.run(&["connect"]).succeeds();
    system
        .run(&["apply"])
        .succeeds()
        .changes_by(&["kubectl apply", "kubectl apply"]);
    system.run(&["apply"]).succeeds().changes_by(&[]);
}

#[test]
fn apply_needs_the_late_values() {
    let system = System::new();
    system.run(&["deploy"]).succeeds();
    system
        .run(&["apply"])
        .ends_with(1)
        .says(
            "failed    late value ALB_CONTROLLER_CLIENT_ID: it has no value yet; run: agc.sh bind",
        )
        .changes_by(&[]);
}

#[test]
fn apply_says_why_it_waited_in_vain() {
    let system = deployed();
    system.set(
        "not-ready/gateway/cloud-native-gateway",
        "AddressNotAssigned: AADSTS70021 no matching federated identity",
    );
    system
        .run(&["apply", "platform"])
        .ends_with(1)
        .says("failed    gateway cloud-native-gateway is programmed: not within 0 s. Programmed is False: AddressNotAssigned")
        .says("next: agc.sh verify --only identities says which");

    let system = System::up();
    system
        .set("not-ready/deployment/api-service", "")
        .set("waiting", "ImagePullBackOff: Back-off pulling image");
    system
        .run(&["apply", "workloads"])
        .ends_with(1)
        .says("failed    api-service has rolled out: not within 0 s. 0 of 2 pods are available. ImagePullBackOff: Back-off pulling image")
        .says("why:  the image cannot be pulled");
    system.fail("auth can-i", 1, "Error: i/o timeout");
    system
        .run(&["apply"])
        .ends_with(1)
        .says("failed    the cluster lets us in")
        .says("why:  something cannot be reached from here");
}

/// What a controller has said of an object as it was before is no answer.
#[test]
fn a_condition_that_is_older_than_the_last_change_is_waited_for() {
    let system = deployed();
    system.set("changed/gateway/cloud-native-gateway", "");
    system
        .run(&["apply", "platform"])
        .ends_with(1)
        .says("failed    gateway cloud-native-gateway is programmed: not within 0 s. its controller has not seen the last change yet");
    let system = System::up();
    system.set("changed/httproute/api-route", "");
    let ran = system.run(&["verify", "--only", "gateway"]);
    ran.ends_with(1)
        .says("failed    route api-route is programmed: not within 0 s. its controller has not seen the last change yet")
        .says("ok        route data-route is programmed");
    // A Job does not say which generation its conditions have seen.
    system.unset("changed/httproute/api-route");
    system.set("changed/job/sql-grants", "");
    system
        .run(&["verify", "--only", "gateway,connections"])
        .succeeds()
        .says("ok        job sql-grants is complete");
}

#[test]
fn a_failed_job_shows_its_log_and_makes_room_for_the_next() {
    let system = deployed();
    system.set("job.failed", "").set(
        "job.log",
        "Msg 33134, Level 16, State 1: Principal could not be resolved.",
    );
    let ran = system.run(&["apply", "platform"]);
    ran.ends_with(1)
        .says("failed    job sql-grants is complete: it has failed; its log stands below")
        .says("Msg 33134, Level 16")
        .says("why:  the server does not know the identity");
    // The next run takes the failed Job away first.
    let ran = system.run(&["apply", "platform"]);
    ran.succeeds()
        .changes_by(&["kubectl delete job sql-grants", "kubectl apply"]);
}

#[test]
fn a_job_whose_definition_changed_is_replaced() {
    let system = System::up();
    system.set("job.changed", "");
    system.run(&["apply", "platform"]).succeeds().changes_by(&[
        "kubectl delete job sql-grants --namespace cloud-native-sql-grants",
        "kubectl apply",
    ]);
    system.run(&["apply", "platform"]).changes_by(&[]);
}

#[test]
fn only_what_agcgen_wrote_and_does_not_write_any_more_is_pruned() {
    let system = System::up();
    system.set(
        "live",
        "apps/v1\tDeployment\tcloud-native-app\tapi-service\n\
         v1\tConfigMap\tcloud-native-app\told-connections\n\
         gateway.networking.k8s.io/v1beta1\tHTTPRoute\tcloud-native-app\tapi-route\n\
         gateway.networking.k8s.io/v1\tHTTPRoute\tcloud-native-app\told-route",
    );
    system
        .run(&["drift"])
        .ends_with(3)
        .says("differs   ConfigMap old-connections: the spec does not have it any more; agc.sh apply deletes it")
        .says("differs   HTTPRoute old-route: ")
        .does_not_say("api-route: the spec")
        .does_not_say("api-service: the spec")
        .changes_by(&[]);
    system.fail(
        "kubectl get ServiceAccount",
        1,
        "error: the server doesn't have a resource type \"HealthCheckPolicy\"",
    );
    system
        .run(&["drift"])
        .ends_with(1)
        .says("failed    objects of an earlier spec: could not be listed: error: the server doesn't have")
        .says("unchanged connection api_service_vault");
    system.run(&["apply"]).ends_with(1).changes_by(&[]);
    system.unset("fail");
    let ran = system.run(&["apply"]);
    ran.succeeds().changes_by(&[
        "kubectl delete ConfigMap old-connections --namespace cloud-native-app",
        "kubectl delete HTTPRoute.v1.gateway.networking.k8s.io old-route --namespace cloud-native-app",
    ]);
    let asked = ran.call("kubectl get ServiceAccount,ConfigMap");
    assert!(asked.contains(
        "--selector app.kubernetes.io/managed-by=agcgen,app.kubernetes.io/part-of=cloud-native"
    ));
    assert!(!asked.contains("Namespace,"), "{asked}");
    // One phase alone does not know what the others write.
    system.run(&["apply", "routes"]).succeeds().changes_by(&[]);
}

#[test]
fn connect_makes_one_connection_at_a_time() {
    let system = deployed();
    system.run(&["apply", "platform"]).succeeds();
    let ran = system.run(&["connect"]);
    ran.succeeds().changes_by(&[
        "az aks connection create storage-blob",
        "az aks connection create keyvault",
    ]);
    let create = ran.call("az aks connection create storage-blob");
    for words in [
        "--resource-group rg-cloud-native --name aks-cloud-native --connection api_service_storage",
        "--kube-namespace cloud-native-app",
        "--target-resource-group rg-cloud-native --account ststorage2dd37k2f9d",
        "--workload-identity /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-api-service",
        "--client-type dotnet",
        "--opt-out auth publicnetwork --no-recreate",
    ] {
        assert!(create.contains(words), "{words}\n{create}");
    }
    // Before each: the cluster is settled. After each: its Secret has its keys.
    let story: Vec<&str> = ran
        .calls
        .iter()
        .map(|call| call.words.as_str())
        .filter(|words| {
            words.contains("connection create")
                || words.contains("--query provisioningState")
                || words.starts_with("kubectl get secret sc-") && !words.contains("managedFields")
        })
        .collect();
    assert_eq!(story.len(), 6, "{story:#?}");
    assert!(story[0].starts_with("az aks show") && story[3].starts_with("az aks show"));
    assert!(
        story[2].contains("sc-apiservicestorage-secret")
            && story[5].contains("sc-apiservicevault-secret")
    );
    system.run(&["connect"]).succeeds().changes_by(&[]);

    // One that leads elsewhere is made again.
    let path = system.path("state/connections/api_service_vault");
    let other = fs::read_to_string(&path)
        .unwrap()
        .replace("kv-vault-d214-7k2f9d", "kv-other");
    fs::write(&path, other).unwrap();
    system
        .run(&["connect"])
        .succeeds()
        .changes_by(&["az aks connection create keyvault"]);

    // So is one that sets other variables, as after a change of `prefix`.
    system.set("missing-key", "AZURE_STORAGEBLOB_CLIENTID");
    system
        .run(&["connect"])
        .ends_with(1)
        .says("it has no AZURE_STORAGEBLOB_CLIENTID")
        .changes_by(&["az aks connection create storage-blob"]);
    let differs = "differs   connection api_service_storage: it is not there, not finished, leads elsewhere, or sets other variables";
    system.run(&["drift"]).says(differs);
}

/// az does nothing where a connection is as asked for, and the service writes a Secret only with its connection.
#[test]
fn a_secret_that_is_gone_is_written_again() {
    let system = System::up();
    system.unset("secrets/sc-apiservicestorage-secret");
    let ran = system.run(&["connect"]);
    ran.succeeds()
        .changes_by(&["az aks connection create storage-blob"])
        .says("changed   connection api_service_storage: api-service to ");
    assert!(!ran.changes()[0].contains("--no-recreate"));
    system.run(&["connect"]).succeeds().changes_by(&[]);
}

#[test]
fn connect_says_why_it_waited_or_was_refused() {
    let system = deployed();
    system.set("cluster.state", "Updating");
    system
        .run(&["connect"])
        .ends_with(1)
        .says("failed    the cluster is not being changed: not within 0 s. it is Updating")
        .changes_by(&[]);
    system.set("cluster.state", "Failed");
    system.run(&["connect"]).ends_with(1).says(
        "failed    the cluster is not being changed: it has failed; run: agc.sh deploy --again",
    );
    system.set("cluster.state", "Succeeded");
    system.fail(
        "connection create",
        1,
        "(Conflict) The operation failed: GeneralUserError",
    );
    system
        .run(&["connect"])
        .ends_with(1)
        .says("(Conflict) The operation failed")
        .says("next: agc.sh preflight, then agc.sh connect");
    system
        .unset("fail")
        .set("missing-key", "AZURE_KEYVAULT_SCOPE");
    system
        .run(&["connect"])
        .ends_with(1)
        .says("failed    secret sc-apiservicevault-secret has its keys: not within 0 s. it has no AZURE_KEYVAULT_SCOPE");
    system.unset("missing-key");
    system.run(&["connect"]).succeeds().changes_by(&[]);
}

#[test]
fn a_workload_whose_secret_is_newer_than_its_pods_is_restarted() {
    let system = System::up();
    system.set("secret.time", "2026-11-05T00:00:00Z");
    let ran = system.run(&["connect"]);
    ran.succeeds().changes_by(&[
        "kubectl rollout restart deployment/api-service --namespace cloud-native-app",
    ]);
    system.run(&["connect"]).succeeds().changes_by(&[]);
}

/// An identity that was made anew has another client id. What applies is done: only the pods are of before.
#[test]
fn a_workload_whose_pods_act_as_an_earlier_identity_is_restarted() {
    let system = System::up();
    let before = "00000000-0000-4000-8000-000000000000";
    system.set("pods.client/api-service", before);
    system
        .run(&["verify", "--only", "identities"])
        .ends_with(1)
        .says(&format!("failed    api-service gets a token: not within 0 s. the pod acts as the client id {before}, the identity's is"))
        .says(". Run: agc.sh bind, then agc.sh apply");
    let ran = system.run(&["apply", "workloads"]);
    ran.succeeds()
        .says("changed   workload api-service: restarted: its pods act as an earlier identity, or as none")
        .changes_by(&[
            "kubectl rollout restart deployment/api-service --namespace cloud-native-app",
        ]);
    system
        .run(&["apply", "workloads"])
        .succeeds()
        .changes_by(&[]);
    system
        .run(&["verify", "--only", "identities"])
        .succeeds()
        .says("ok        api-service gets a token");
}

/// So are those from before their service account was annotated.
#[test]
fn a_workload_whose_pods_act_as_nobody_is_restarted() {
    let system = System::up();
    system.set("pods.client/api-service", "");
    system
        .run(&["verify", "--only", "identities"])
        .ends_with(1)
        .says("failed    api-service gets a token: not within 0 s. the pod has no AZURE_CLIENT_ID: it is older than the annotation")
        .says(". Run: agc.sh bind, then agc.sh apply");
    system.run(&["apply", "workloads"]).succeeds().changes_by(&[
        "kubectl rollout restart deployment/api-service --namespace cloud-native-app",
    ]);
}

/// As many pods as are wanted may be available, and one of them an old one.
#[test]
fn a_workload_has_rolled_out_when_no_old_pod_is_left() {
    let system = System::up();
    system.set("rolling/api-service", "");
    system
        .run(&["apply", "workloads"])
        .ends_with(1)
        .says("failed    api-service has rolled out: not within 0 s. 2 of 2 pods are available, 1 of before still there.");
}

#[test]
fn verify_answers_every_question_and_changes_nothing() {
    let system = System::up();
    let ran = system.run(&["verify"]);
    ran.succeeds().changes_by(&[]);
    for name in [
        "association association is provisioned",
        "gateway cloud-native-gateway is programmed",
        "HealthCheckPolicy frontend-app is accepted",
        "service account data-service acts as id-cloud-native-data-service",
        "federated credential fc-api-service trusts api-service",
        "roles of id-cloud-native-api-service are those of the spec",
        "frontend-app reaches api-service: 200",
        "route data-route answers at http://abc.fz01.alb.azure.com/data/healthz: 200",
        "secret sc-apiservicevault-secret has its keys",
        "configmap data-service-connections has its keys",
        "job sql-grants is complete",
    ] {
        ran.says(&format!("ok        {name}"));
    }
    let ran = system.run(&["verify", "--only", "traffic,pods"]);
    ran.succeeds()
        .says("== verify pods")
        .says("== verify traffic")
        .does_not_say("== verify gateway");
}

#[test]
fn verify_lists_everything_that_is_not_well() {
    let system = System::up();
    system
        .set("provisioning", "Failed")
        .set(
            "not-ready/gatewayclass/azure-alb-external",
            "Waiting for controller",
        )
        .set("annotation", "00000000-0000-4000-8000-000000000000")
        .set("issuer", "https://oidc.example.com/another/")
        .set("probe", "curl: (7) Failed to connect 000")
        .set("http", "404")
        .set("missing-key", "AZURE_STORAGEBLOB_CLIENTID");
    let ran = system.run(&["verify"]);
    ran.ends_with(1).changes_by(&[]);
    for says in [
        "failed    traffic controller agc-cloud-native is provisioned: not within 0 s. it is Failed",
        "failed    gateway class azure-alb-external is accepted: not within 0 s. Accepted is False: Waiting for controller",
        "its annotation is '00000000-0000-4000-8000-000000000000', the identity's client id is",
        "it trusts the issuer https://oidc.example.com/another/, the cluster is https://oidc.example.com/1/",
        "failed    api-service gets a token: not within 0 s. the exchange was answered with: curl: (7)",
        "failed    frontend-app reaches api-service: not within 0 s. no answer: curl: (7) Failed to connect 000",
        "failed    route api-route answers at http://abc.fz01.alb.azure.com/api/healthz: not within 0 s. it answers 404, not 200 to 299",
        "failed    secret sc-apiservicestorage-secret has its keys: not within 0 s. it has no AZURE_STORAGEBLOB_CLIENTID",
    ] {
        ran.says(says);
    }
    // What is well is told too.
    ran.says("ok        job sql-grants is complete");
}

/// az lists the assignments of one subscription, and a resource that is there already may lie in another.
#[test]
fn roles_in_another_subscription_are_asked_for_there() {
    let example = include_str!("../../examples/cloud-native/spec.yaml");
    let other = example.replace(
        "storage: { kind: storage, containers: [data] }",
        "storage: { kind: storage, containers: [data], existing: { name: stdata, resourceGroup: rg-data, \
         subscription: 99999999-2222-3333-4444-555555555555 } }",
    );
    assert_ne!(other, example);
    let system = System::of_spec(&other).with_secrets();
    system.set("missing", "");
    system.run(&["preflight"]).ends_with(1).says(
        "failed    existing Microsoft.Storage/storageAccounts/stdata: \
         /subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/stdata \
         is not there; correct the spec, which says that it is, and render again",
    );
    system.unset("missing");
    let ran = system.run(&["up"]);
    ran.succeeds()
        .says("ok        existing Microsoft.Storage/storageAccounts/stdata")
        .says("ok        roles of id-cloud-native-api-service are those of the spec");
    let asked = |subscription: &str| {
        let calls = ran.calls.iter();
        calls
            .filter(|call| call.words.starts_with("az role assignment list"))
            .filter(|call| call.words.ends_with(subscription))
            .count()
    };
    assert_eq!(asked("11111111-2222-3333-4444-555555555555"), 2);
    assert_eq!(asked("99999999-2222-3333-4444-555555555555"), 1);
    // Whoever deploys assigns roles there.
    ran.says("ok        right: role assignments in rg-data");
    ran.call("az rest --method get --url /subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg-data/providers/Microsoft.Authorization/permissions");
}

/// Without `health` nobody knows what is right; 5xx is wrong all the same. 404 may be the application's own at the prefix of its route.
#[test]
fn a_route_whose_workload_says_nothing_of_its_health_answers_anything_but_5xx() {
    let example = include_str!("../../examples/cloud-native/spec.yaml");
    let silent = example.replacen("    health: /\n", "", 1);
    assert_ne!(silent, example);
    let system = System::of_spec(&silent).with_secrets();
    system.run(&["up"]).succeeds();
    for (answer, is_right) in [
        ("200", true),
        ("302", true),
        ("401", true),
        ("404", true),
        ("503", false),
    ] {
        system.set("http", answer);
        let ran = system.run(&["verify", "--only", "traffic"]);
        let line = ran
            .stdout
            .lines()
            .find(|line| line.contains("route frontend-route answers"))
            .unwrap();
        assert_eq!(line.starts_with("ok"), is_right, "{line}");
        assert_eq!(line.starts_with("failed"), !is_right, "{line}");
    }
    system.set("http", "404");
    system.run(&["verify", "--only", "traffic"]).says(
        "frontend-route answers at http://abc.fz01.alb.azure.com/: 404, the application's own or the gateway's; a request under `tests`",
    );
    system.set("http", "302");
    system
        .run(&["verify", "--only", "traffic"])
        .ends_with(1)
        .says("it answers 302, not 200 to 299");
}

#[test]
fn a_role_more_than_the_spec_gives_is_a_failure() {
    let system = System::up();
    system.set(
        "roles.more",
        "/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635\t/subscriptions/1",
    );
    system
        .run(&["verify", "--only", "identities"])
        .ends_with(1)
        .says("failed    roles of id-cloud-native-api-service are those of the spec: it has the role 8e3af657-a8ff-443c-a75c-2fe8c4bcb635 at /subscriptions/1, which the spec does not give, or not any more. To take it away: az role assignment delete --assignee-object-id ");
    // And one less.
    system.unset("roles.more");
    let rows = system.read("out/driver/system.tsv");
    let more = "role\tid-cloud-native-api-service\t2a2b9908-6ea1-4ae2-8e65-a410df84e7d1\t/resourceGroups/rg-cloud-native\n";
    let rows = rows.replace(
        "connection\tapi_service_storage",
        &format!("{more}connection\tapi_service_storage"),
    );
    let stand_ins = system.path("rows.tsv");
    fs::copy(system.path("out/driver/system.tsv"), &stand_ins).unwrap();
    let count: usize = rows
        .lines()
        .last()
        .unwrap()
        .split('\t')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let rows = rows.replace(&format!("end\t{count}"), &format!("end\t{}", count + 1));
    fs::write(system.path("out/driver/system.tsv"), rows).unwrap();
    let system = system.with("STANDIN_SYSTEM", stand_ins.to_str().unwrap());
    system
        .run(&["verify", "--only", "identities"])
        .ends_with(1)
        .says("it lacks the role 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 at");
}

#[test]
fn a_question_that_could_not_be_asked_says_why() {
    let system = System::up();
    system.set("no-pods", "");
    let ran = system.run(&["verify", "--only", "pods,identities"]);
    ran.ends_with(1)
        .says("failed    frontend-app reaches api-service: not within 0 s. no pod runs")
        .says("failed    api-service gets a token: not within 0 s. no pod runs");
    system.fail("get configmap", 1, "Error from server: no etcd leader");
    system
        .run(&["verify", "--only", "connections"])
        .ends_with(1)
        .says("failed    configmap data-service-connections has its keys: not within 0 s. Error from server: no etcd leader");
}

#[test]
fn what_is_asked_from_inside_a_pod_stays_within_the_restricted_profile() {
    let system = System::up();
    let ran = system.run(&["verify", "--only", "pods,identities"]);
    let asked: Vec<&str> = ran
        .calls
        .iter()
        .map(|call| call.words.as_str())
        .filter(|words| words.starts_with("kubectl debug"))
        .collect();
    assert_eq!(asked.len(), 4, "{asked:#?}");
    for call in asked {
        assert!(call.contains("--profile restricted"), "{call}");
        assert!(
            call.contains("--image docker.io/curlimages/curl:8.11.1"),
            "{call}"
        );
    }
    for entry in fs::read_dir(system.path("state/debug")).unwrap() {
        let settings = fs::read_to_string(entry.unwrap().path()).unwrap();
        let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
        assert_eq!(settings["securityContext"]["runAsUser"], 100);
        if let Some(mounts) = settings.get("volumeMounts") {
            assert_eq!(mounts[0]["mountPath"], "/var/run/secrets/azure/tokens");
            assert_eq!(mounts[0]["readOnly"], true);
        }
    }
    let system = System::up().with("AGC_PROBE_IMAGE", "registry.example.com/curl:1");
    let ran = system.run(&["verify", "--only", "pods"]);
    assert!(ran.all().contains("--image registry.example.com/curl:1"));
}

#[test]
fn status_says_what_there_is_and_what_is_next() {
    let system = System::new();
    system
        .run(&["status"])
        .succeeds()
        .says("missing   group rg-cloud-native: nothing is deployed; begin with: agc.sh preflight");
    system.run(&["deploy"]).succeeds();
    system
        .run(&["status"])
        .succeeds()
        .says("missing   late value AGC_ID: run: agc.sh bind")
        .says("missing   workload api-service")
        .says("missing   connection api_service_vault: run: agc.sh connect")
        .changes_by(&[]);
    System::up()
        .run(&["status"])
        .succeeds()
        .says("ok        gateway cloud-native-gateway: http://abc.fz01.alb.azure.com")
        .does_not_say("missing");
}

#[test]
fn drift_shows_what_differs_and_changes_nothing() {
    let system = System::up();
    system
        .run(&["drift"])
        .succeeds()
        .says("unchanged k8s/routes")
        .says("unchanged connection api_service_vault")
        .does_not_say("In the group")
        .changes_by(&[]);
    // Of somebody else, or of an earlier spec.
    let group =
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native";
    system.set(
        "foreign",
        &format!("{group}/providers/Microsoft.Sql/servers/sql-of-yore"),
    );
    system
        .run(&["drift"])
        .succeeds()
        .says("not any more; Azure bills it until somebody deletes it:\n  Microsoft.Sql/servers/sql-of-yore\n")
        .changes_by(&[]);
    system.unset("foreign");
    fs::remove_file(system.path("state/applied/workloads")).unwrap();
    fs::remove_file(system.path("state/connections/api_service_vault")).unwrap();
    system
        .run(&["drift"])
        .ends_with(3)
        .says("  + everything")
        .says("differs   k8s/workloads")
        .says("differs   connection api_service_vault")
        .changes_by(&[]);
    // A comparison that could not be made is no "unchanged".
    system.fail("kubectl diff", 2, "error: connection refused");
    system
        .run(&["drift"])
        .ends_with(1)
        .says("failed    k8s/platform: could not be compared: error: connection refused");
    System::new()
        .run(&["drift"])
        .ends_with(3)
        .says("differs   cluster aks-cloud-native: is not there");
}
