//! destroy.

use std::fs;

use crate::System;

/// What somebody else has in the group.
const THEIRS: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.Storage/storageAccounts/theirs";

/// What is removed in the cluster, in its order.
const IN_THE_CLUSTER: &[&str] = &[
    "kubectl delete --kustomize",
    "kubectl delete gateway cloud-native-gateway",
    "az aks connection delete --resource-group rg-cloud-native --name aks-cloud-native --connection api_service_storage",
    "kubectl delete secret sc-apiservicestorage-secret",
    "kubectl delete serviceaccount sc-account-",
    "az aks connection delete --resource-group rg-cloud-native --name aks-cloud-native --connection api_service_vault",
    "kubectl delete secret sc-apiservicevault-secret",
    "kubectl delete serviceaccount sc-account-",
    "helm uninstall alb-controller",
    "kubectl delete namespace cloud-native-app",
    "kubectl delete namespace cloud-native-sql-grants",
];

#[test]
fn destroy_lists_first_and_removes_in_the_order_that_leaves_nothing() {
    let system = System::up();
    let ran = system.run(&["destroy", "--yes"]);
    let mut order = IN_THE_CLUSTER.to_vec();
    order.push("az group delete --name rg-cloud-native --yes");
    ran.succeeds().changes_by(&order);
    ran.says("remove every DNS record")
        .says("the resource group rg-cloud-native and that of the nodes, rg-cloud-native-nodes")
        .says("  Microsoft.Sql/servers/sql-cloud-native-sql-7k2f9d")
        .says("kv-vault-d214-7k2f9d is kept as deleted for 7 days")
        .says("az keyvault purge");
    // Again: nothing is there.
    system
        .run(&["destroy", "--yes"])
        .succeeds()
        .changes_by(&[])
        .says("unchanged group rg-cloud-native: is not there");
}

#[test]
fn what_others_have_in_the_group_survives() {
    let system = System::up();
    system.set("foreign", THEIRS);
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds();
    let deleted: Vec<&str> = ran
        .changes()
        .into_iter()
        .filter(|call| call.starts_with("az resource delete"))
        .collect();
    assert!(deleted.len() > 12, "{deleted:#?}");
    assert!(deleted.iter().all(|call| !call.contains("theirs")));
    // A role on the group would go with the group, which stays.
    let changes = ran.changes();
    let role = changes
        .iter()
        .position(|call| call.starts_with("az role assignment delete"))
        .unwrap();
    assert!(changes[role].contains("--role fbc52c3f-28ad-4303-a892-8a056630b8f1 --scope /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native"));
    assert!(changes[role + 1].starts_with("az resource delete"));
    // What uses something goes before what is used.
    let at = |part: &str| deleted.iter().position(|call| call.contains(part)).unwrap();
    assert!(at("/associations/") < at("virtualNetworks"));
    assert!(at("managedClusters") < at("virtualNetworks"));
    assert!(at("virtualNetworks") < at("networkSecurityGroups"));
    assert!(
        ran.changes()
            .iter()
            .all(|call| !call.starts_with("az group delete"))
    );
    ran.says(
        "Stays, because the spec does not have it, or not any more:\n  Microsoft.Storage/storageAccounts/theirs",
    );
}

#[test]
fn a_group_that_somebody_else_made_stays() {
    let system = System::up();
    fs::remove_file(system.path("state/tags/agcgen-made")).unwrap();
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds()
        .says("Stays: the resource group rg-cloud-native, which was there before.");
    assert!(
        ran.changes()
            .iter()
            .all(|call| !call.starts_with("az group delete"))
    );
}

#[test]
fn destroy_goes_on_after_a_failure() {
    let system = System::up();
    system.fail("aks connection delete", 1, "(Conflict) busy");
    let ran = system.run(&["destroy", "--yes"]);
    ran.ends_with(1)
        .says("(Conflict) busy")
        .says("agc.sh destroy. It goes on from here.");
    assert!(
        ran.changes()
            .iter()
            .all(|call| !call.starts_with("kubectl delete namespace"))
    );
    system.unset("fail");
    system.run(&["destroy", "--yes"]).succeeds();
}

/// The group stays because of it, and the role of an identity that is gone would block the next one.
#[test]
fn a_role_on_what_others_have_in_the_group_is_taken_away() {
    let example = include_str!("../../examples/cloud-native/spec.yaml");
    let theirs = example.replace(
        "storage: { kind: storage, containers: [data] }",
        "storage: { kind: storage, containers: [data], existing: { name: stplatform } }",
    );
    assert_ne!(theirs, example);
    let system = System::of_spec(&theirs).with_secrets();
    let account = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.Storage/storageAccounts/stplatform";
    system.run(&["up"]).succeeds();
    system.set("foreign", account);
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds();
    let on_account = ran.changes().into_iter().filter(|call| {
        call.starts_with("az role assignment delete")
            && call.contains(&format!("--scope {account}/"))
    });
    assert_eq!(on_account.count(), 1, "{:#?}", ran.changes());
}

/// As after a run that ended between the roles and the identities.
#[test]
fn a_role_that_is_gone_already_is_no_failure() {
    let system = System::up();
    system.set("foreign", THEIRS);
    let gone = "ERROR: No matched assignments were found to delete, please provide --yes";
    system.fail("role assignment delete", 1, gone);
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds().says("it has none at ");
    let system = System::up();
    system.set("foreign", THEIRS);
    system.fail("role assignment delete", 1, "(AuthorizationFailed) no");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("(AuthorizationFailed) no");
}

#[test]
fn what_comes_into_the_group_after_the_question_survives() {
    let system = System::up();
    system.set("foreign.next", THEIRS);
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds()
        .says("  the resource group rg-cloud-native and that of the nodes")
        .says(
            "this has come into it since the question.\n  Microsoft.Storage/storageAccounts/theirs",
        );
    let changes = ran.changes();
    assert!(
        changes
            .iter()
            .any(|call| call.starts_with("az resource delete"))
    );
    assert!(
        changes
            .iter()
            .all(|call| !call.starts_with("az group delete") && !call.contains("theirs"))
    );
}

/// A cluster that cannot answer would be waited for, and then nothing would be removed.
#[test]
fn a_cluster_that_does_not_answer_is_told_of_at_once() {
    let system = System::up();
    system.set("stopped", "");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("failed    cluster aks-cloud-native: it is stopped. Run: az aks start --resource-group rg-cloud-native --name aks-cloud-native --subscription 11111111-2222-3333-4444-555555555555, then the same again; or agc.sh destroy --without-cluster removes it unasked")
        .changes_by(&[]);
    system.unset("stopped");
    system.set("cluster.state", "Failed");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says(
            "failed    cluster aks-cloud-native: it has failed. agc.sh deploy --again may mend it",
        )
        .changes_by(&[]);
    system.unset("cluster.state");
    system.fail("auth can-i", 1, "Error: i/o timeout");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("failed    the cluster lets us in: not within 0 s. whoever is signed in may not make namespaces yet")
        .says("failed    cluster aks-cloud-native: cannot be asked, for the reason above. When it is gone: the same again; or agc.sh destroy --without-cluster")
        .changes_by(&[]);
    system.fail("group delete", 1, "(Conflict) busy");
    system
        .run(&["destroy", "--without-cluster", "--yes"])
        .ends_with(1)
        .says("When the cause is gone: agc.sh destroy --without-cluster. It goes on from here.");
    system.unset("fail");
    let ran = system.run(&["destroy", "--without-cluster", "--yes"]);
    ran.succeeds()
        .says("The cluster is not asked: what is in it goes with it.")
        .changes_by(&["az group delete --name rg-cloud-native --yes"]);
    assert!(
        ran.calls
            .iter()
            .all(|call| call.words.starts_with("az ") && !call.words.starts_with("az aks"))
    );
}

/// As after a `destroy` that was interrupted while Azure was at work.
#[test]
fn what_azure_is_deleting_already_is_waited_for() {
    let system = System::up();
    system.set("group.state", "Deleting");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("ok        group rg-cloud-native: Azure is deleting it already")
        .says("failed    group rg-cloud-native is gone: not within 0 s. Azure is deleting it")
        .changes_by(&[]);
    system.unset("group.state");
    system.set("cluster.state", "Deleting");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("ok        cluster aks-cloud-native: Azure is deleting it already")
        .says("failed    cluster aks-cloud-native is gone: not within 0 s. it is Deleting")
        .changes_by(&[]);
}

/// And then the run goes on: nothing in the cluster is asked, and the rest goes.
#[test]
fn what_azure_was_deleting_is_gone_and_the_rest_goes() {
    let system = System::up().with("AGC_PATIENCE", "1");
    system
        .set("cluster.state", "Deleting")
        .set("cluster.goes", "");
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds()
        .says("ok        cluster aks-cloud-native: Azure is deleting it already")
        .says("changed   group rg-cloud-native: is gone")
        .changes_by(&["az group delete --name rg-cloud-native --yes"]);
    assert!(
        ran.calls
            .iter()
            .all(|call| !call.words.starts_with("kubectl "))
    );

    let system = System::up().with("AGC_PATIENCE", "1");
    system.set("group.state", "Deleting").set("group.goes", "");
    system
        .run(&["destroy", "--yes"])
        .succeeds()
        .says("ok        group rg-cloud-native: Azure is deleting it already")
        .says("changed   group rg-cloud-native: is gone")
        .says("is kept as deleted")
        .changes_by(&[]);
}

#[test]
fn a_deletion_that_azure_gives_up_is_not_waited_for() {
    let system = System::up().with("AGC_PATIENCE", "1");
    system.set("group.stays", "");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("failed    group rg-cloud-native is gone: Azure has stopped deleting it; the Activity log of the group says why");
    system.unset("group.stays");
    system
        .run(&["destroy", "--yes"])
        .succeeds()
        .says("changed   group rg-cloud-native: is gone");
}

/// An answer that was not given is never taken for "it is not there".
#[test]
fn destroy_does_not_take_a_failed_question_for_an_answer() {
    let system = System::up();
    for words in ["group exists", "group show", "resource list", "aks show"] {
        system.fail(words, 1, "(AuthorizationFailed) no");
        let ran = system.run(&["destroy", "--yes"]);
        ran.ends_with(1)
            .says("(AuthorizationFailed) no")
            .changes_by(&[]);
    }
    // Nor an az that is broken.
    system.fail(
        "aks show",
        1,
        "ModuleNotFoundError: No module named 'azure.mgmt.containerservice'",
    );
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("ModuleNotFoundError")
        .changes_by(&[]);
    // Nor a subscription that is not there, of which az speaks as of a thing that is not.
    system.fail("aks show", 3, "(SubscriptionNotFound) no");
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("(SubscriptionNotFound) no")
        .changes_by(&[]);
}

/// A system in a group that was there before.
fn in_a_given_group(changes: &[(&str, &str)]) -> System {
    let mut spec = include_str!("../../examples/cloud-native/spec.yaml").to_owned();
    for (old, new) in [(
        "azure:\n",
        "azure:\n  resourceGroup: { existing: rg-cloud-native }\n",
    )]
    .iter()
    .chain(changes)
    {
        assert!(spec.contains(old), "{old}");
        spec = spec.replace(old, new);
    }
    System::of_spec(&spec).with_secrets()
}

#[test]
fn what_was_destroyed_is_deployed_anew() {
    let system = in_a_given_group(&[]);
    system
        .run(&["preflight"])
        .ends_with(1)
        .says("failed    existing group rg-cloud-native: is not there; make it, or correct azure.resourceGroup and render again");
    system.set("group", "");
    system.run(&["up"]).succeeds();
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds();
    ran.call("az tag update --resource-id /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native --operation delete");
    // Nobody gives the secrets: nothing else makes it deploy.
    let system = system.without_variables();
    let ran = system.run(&["up"]);
    ran.ends_with(0);
    ran.call("az deployment group create");
}

#[test]
fn a_cluster_that_somebody_deleted_is_deployed_anew() {
    let system = System::up().without_variables();
    system.set("no-cluster", "");
    let ran = system.run(&["deploy"]);
    ran.succeeds();
    ran.call("az deployment group create");
    system
        .run(&["status"])
        .says("the cluster is gone; run: agc.sh deploy");
}

/// As after an `up` that ended before the ALB Controller was there, which brings the kinds.
#[test]
fn what_the_cluster_does_not_know_is_gone() {
    let system = System::up();
    system.set(
        "fail",
        "delete --kustomize\t1\terror: resource mapping not found for name: \"r\" namespace: \"\" from \"k8s\": no matches for kind \"HTTPRoute\" in version \"gateway.networking.k8s.io/v1\"\n\
         delete gateway\t1\terror: the server doesn't have a resource type \"gateway\"\n\
         get --ignore-not-found gateway\t1\terror: the server doesn't have a resource type \"gateway\"",
    );
    system
        .run(&["status"])
        .ends_with(0)
        .says("missing   gateway cloud-native-gateway: it has no address");
    system.run(&["destroy", "--yes"]).succeeds();

    let system = System::up();
    system.fail(
        "delete namespace",
        1,
        "error: timed out waiting for the condition on namespaces/cloud-native-app",
    );
    system
        .run(&["destroy", "--yes"])
        .ends_with(1)
        .says("why:  something holds it: a finalizer");
}

/// AKS keeps the identity of its add-on with the nodes.
#[test]
fn the_role_of_the_add_on_is_looked_for_where_its_identity_is() {
    let system = in_a_given_group(&[("controller: helm ", "controller: addon ")]);
    let ran = system.run(&["destroy", "--dry-run"]);
    let shown = ran.stdout.replace(" \\\n    ", " ");
    assert!(
        shown.contains("az identity show --resource-group rg-cloud-native-nodes --name applicationloadbalancer-aks-cloud-native"),
        "{shown}"
    );
    let page = system.read("out/README.md").replace(" \\\n  ", " ");
    assert!(
        page.contains(
            "--resource-group rg-cloud-native-nodes --name applicationloadbalancer-aks-cloud-native"
        ),
        "the runbook says so too"
    );
}
