//! preflight, plan, deploy, bind.

use std::fs;

use crate::System;

#[test]
fn preflight_asks_everything_and_changes_nothing() {
    let ran = System::new().run(&["preflight"]);
    ran.succeeds().changes_by(&[]);
    for name in [
        "az: 2.91.0",
        "login: Demo me@example.com",
        "right: role assignments in rg-cloud-native-nodes",
        "provider Microsoft.NetworkFunction",
        "region eastus",
        "Kubernetes 1.35",
        "cores: standardDSv5Family: 8 needed, 100 left",
        "name ststorage2dd37k2f9d: free",
        "node group rg-cloud-native-nodes",
        "secret api-rate-limit: from AGC_SECRET_VAULT_API_RATE_LIMIT",
        "administrator 99999999-8888-7777-6666-555555555555",
    ] {
        ran.says(&format!("ok        {name}"));
    }
}

/// All that is wrong is told at once.
#[test]
fn preflight_tells_everything_that_is_wrong() {
    let system = System::new().without_variables();
    system
        .set("rights", "Microsoft.Resources/* Microsoft.Network/*\t-")
        .set("unregistered/Microsoft.ServiceLinker", "")
        .set("usage", "cores\t98\t100\nstandardDSv5Family\t0\t100")
        .set("taken", "")
        .set(
            "clusters",
            "aks-private\trg-private-nodes\naks-other\trg-Cloud-native-nodes",
        );
    let ran = system.run(&["preflight"]);
    ran.ends_with(1).changes_by(&[]);
    for says in [
        "failed    node group rg-cloud-native-nodes: the nodes of the cluster aks-other are in it; give this system a group of its own by azure.resourceGroup, and render again",
        "failed    right: role assignments in rg-cloud-native: whoever is signed in lacks Microsoft.Authorization/roleAssignments/write",
        "failed    provider Microsoft.ServiceLinker: not registered. Run: agc.sh preflight --fix",
        "failed    cores: cores: 8 needed for 3 nodes of Standard_D2s_v5 and 1 more during an upgrade, 2 left",
        "failed    name ststorage2dd37k2f9d: The name is already taken.. Give the resource an azureName",
        "failed    secret api-rate-limit: no value. Run: read -rs AGC_SECRET_VAULT_API_RATE_LIMIT; export AGC_SECRET_VAULT_API_RATE_LIMIT",
    ] {
        ran.says(says);
    }
    system.set("versions", "1.36, 1.37").set("cores", "1");
    system
        .run(&["preflight"])
        .ends_with(1)
        .says("failed    Kubernetes 1.35: AKS offers 1.36, 1.37 in eastus; set cluster.kubernetesVersion to one of these and render again")
        .says("failed    cores: Standard_D2s_v5 has 1, and AKS wants 2 or more a node; choose a larger cluster.nodes.size and render again");
    // What is denied takes away what is allowed.
    ran.says("ok        right: deployments in rg-cloud-native");
    let system = System::new();
    system.set("rights", "*\tMicrosoft.Authorization/*/Write");
    system
        .run(&["preflight"])
        .ends_with(1)
        .says("failed    right: role assignments in rg-cloud-native:");
}

/// Of a cluster that is there, what AKS would refuse to change.
#[test]
fn preflight_holds_the_spec_against_the_cluster() {
    let system = System::up();
    system
        .run(&["preflight"])
        .succeeds()
        .says("ok        cluster: is there")
        .does_not_say("node size");
    system
        .set(
            "running",
            "1.36.2\tStandard_D4s_v5\toverlay\t10.0.0.0/16\t-",
        )
        .set("unregistered/AgentPoolVMSSResize", "");
    let ran = system.run(&["preflight"]);
    ran.ends_with(1).changes_by(&[]);
    for says in [
        "Kubernetes 1.35: the cluster is at 1.36 already, and AKS never goes back; set cluster.kubernetesVersion to \"1.36\" and render again",
        "node size: the nodes are Standard_D4s_v5, and AKS makes them Standard_D2s_v5 only with its preview feature AgentPoolVMSSResize; set cluster.nodes.size to Standard_D4s_v5 and render again, or register the feature",
        "cluster.cni.mode: the cluster has overlay, and no deployment makes it flat; set it to overlay and render again",
        "cluster.cni.serviceCidr: the cluster has 10.0.0.0/16, and no deployment makes it 172.16.0.0/16; set it to 10.0.0.0/16 and render again",
    ] {
        ran.says(&format!("failed    {says}"));
    }
    // An older cluster is upgraded, case is no change, and the feature replaces nodes.
    system
        .set("running", "1.34.9\tstandard_d2s_v5\tflat\t172.16.0.0/16\t-")
        .run(&["preflight"])
        .succeeds();
    system
        .set("running", "1.35.0\tStandard_D4s_v5\tflat\t172.16.0.0/16\t-")
        .unset("unregistered/AgentPoolVMSSResize")
        .run(&["preflight"])
        .succeeds()
        .says("ok        node size: AKS replaces Standard_D4s_v5 by Standard_D2s_v5");
}

/// A pool keeps its zones, as where a profile was changed; a spec without zones leaves them.
#[test]
fn preflight_holds_the_zones_of_the_spec_against_those_of_the_nodes() {
    let spec = include_str!("../../examples/cloud-native/spec.yaml");
    let in_zones = spec.replace("profile: dev", "profile: prod");
    assert_ne!(in_zones, spec);
    let system = System::of_spec(&in_zones).with_secrets();
    system.run(&["deploy"]).succeeds();
    system.run(&["preflight"]).succeeds();
    for (zones, said) in [("-", "none"), ("1,2", "1,2")] {
        let rest = "1.35.0\tStandard_D2s_v5\tflat\t172.16.0.0/16";
        system.set("running", &format!("{rest}\t{zones}"));
        system.run(&["preflight"]).ends_with(1).says(&format!(
            "failed    zones 1,2,3: the nodes of the cluster are in {said}, and AKS never changes that; set profile: dev, which asks for none, \
             and render again. Only a new cluster takes them"
        ));
    }
    let system = System::up();
    system.set(
        "running",
        "1.35.0\tStandard_D2s_v5\tflat\t172.16.0.0/16\t1,2,3",
    );
    system.run(&["preflight"]).succeeds();
}

/// A size that the region has is not in each of its zones.
#[test]
fn preflight_asks_for_the_zones_of_the_nodes() {
    let spec = fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/cloud-native/spec.yaml"),
    )
    .unwrap();
    let in_zones = spec.replace("profile: dev", "profile: prod");
    assert_ne!(in_zones, spec);
    let system = System::of_spec(&in_zones).with_secrets();
    system
        .run(&["preflight"])
        .succeeds()
        .says("ok        zones 1,2,3");
    for (zones, missing) in [("1,3\t-", "2"), ("1,2,3\t3,1", "1, 3"), ("-\t-", "1, 2, 3")] {
        system.set("zones", zones);
        system.run(&["preflight"]).ends_with(1).says(&format!(
            "failed    zones 1,2,3: this subscription cannot have Standard_D2s_v5 in zone {missing} of eastus; choose another cluster.nodes.size or azure.location, or profile: dev, which spreads nodes over no zones, and render again"
        ));
    }
    // Nodes in no zones ask for none.
    System::new()
        .set("zones", "-\t-")
        .run(&["preflight"])
        .succeeds()
        .does_not_say("zones");
}

#[test]
fn preflight_fix_registers_and_waits() {
    let system = System::of("cloud-native-managed");
    system
        .set("unregistered/Microsoft.NetworkFunction", "")
        .set("unregistered/ApplicationLoadBalancerPreview", "");
    system
        .run(&["preflight"])
        .ends_with(1)
        .says("failed    feature ApplicationLoadBalancerPreview: NotRegistered");
    let ran = system.run(&["preflight", "--fix"]);
    ran.changes_by(&[
        "az provider register --namespace Microsoft.NetworkFunction",
        "az feature register --namespace Microsoft.ContainerService --name ApplicationLoadBalancerPreview",
        "az provider register --namespace Microsoft.ContainerService --wait",
    ]);
    ran.says("changed   provider Microsoft.NetworkFunction: registered");
    // Nothing says whether the provider was registered after its features: a run may have been killed in between.
    system
        .run(&["preflight", "--fix"])
        .changes_by(&["az provider register --namespace Microsoft.ContainerService --wait"]);
    system.run(&["preflight"]).changes_by(&[]);
}

/// A machine with nothing but what a shell has.
#[test]
fn tools_that_are_missing_are_told_all_at_once() {
    let system = System::new();
    let tools = system.path("tools");
    fs::create_dir(&tools).unwrap();
    let of_a_shell = "awk bash basename cat comm cp cut dirname find grep head ln mkdir mktemp mv rm sed sha256sum shasum sort tail tr";
    for name in of_a_shell.split(' ') {
        let found = ["/usr/bin", "/bin"].map(|folder| std::path::Path::new(folder).join(name));
        if let Some(program) = found.iter().find(|program| program.exists()) {
            std::os::unix::fs::symlink(program, tools.join(name)).unwrap();
        }
    }
    let system = system.with("PATH", tools.to_str().unwrap());
    let ran = system.run(&["preflight"]);
    ran.ends_with(1);
    for tool in ["az", "kubectl", "kubelogin", "curl", "helm"] {
        ran.says(&format!("failed    {tool}: not on PATH"));
    }
    ran.does_not_say("bicep").does_not_say("subscription");
    system.run(&["deploy"]).ends_with(1).says(
        "failed    az: not on PATH. See https://learn.microsoft.com/cli/azure/install-azure-cli",
    );
}

#[test]
fn a_bicep_that_is_not_there_is_told_with_what_to_do() {
    let system = System::new();
    system.fail(
        "bicep version",
        1,
        "ERROR: Bicep CLI not found. Install it now by running \"az bicep install\".",
    );
    system.run(&["preflight"]).ends_with(1).says(
        "is needed: ERROR: Bicep CLI not found. Install it now by running \"az bicep install\". Run: az bicep upgrade\n",
    );
}

/// Also where the locale counts bytes.
#[test]
fn a_long_message_is_cut_between_characters() {
    let long = format!("ERROR: x{}", "\u{e4}".repeat(300));
    for locale in ["C", "C.UTF-8"] {
        let system = System::new().with("LC_ALL", locale);
        system.fail("bicep version", 1, &long);
        // That its output is UTF-8, run() asserts.
        system
            .run(&["preflight"])
            .ends_with(1)
            .says("ERROR: x\u{e4}")
            .does_not_say(&"\u{e4}".repeat(300));
    }
}

/// The tools are told all the same; without a login nothing of Azure can be asked.
#[test]
fn preflight_ends_where_nobody_is_signed_in() {
    let system = System::new();
    system.fail(
        "account show",
        1,
        "ERROR: Please run 'az login' to setup account.",
    );
    for command in ["preflight", "up"] {
        let ran = system.run(&[command]);
        ran.ends_with(1)
            .says("ok        kubectl: 1.37.1")
            .says("failed    login: ERROR: Please run 'az login' to setup account\n")
            .says("next: az login")
            .changes_by(&[]);
        let of_azure: Vec<_> = ran
            .calls
            .iter()
            .map(|call| call.words.as_str())
            .filter(|words| words.starts_with("az ") && !words.contains("version"))
            .collect();
        assert_eq!(
            of_azure,
            ["az account show --query [[id, name]] --output tsv"]
        );
    }
    system
        .run(&["status"])
        .ends_with(1)
        .says("failed    subscription: ERROR: Please run 'az login' to setup account\n")
        .says("next: az login");
}

/// az takes the name of a subscription everywhere, and ids have none: that with a name in it would be of nothing.
#[test]
fn a_subscription_by_name_is_told_and_resolved() {
    let system = System::up().with("AGC_SUBSCRIPTION", "Demo of us");
    let ran = system.run(&["drift"]);
    ran.succeeds()
        .says("subscription: Demo of us (11111111-2222-3333-4444-555555555555)")
        .does_not_say("In the group, and not in the spec");
    assert!(
        ran.call("az account show --subscription")
            .starts_with("az account show --subscription Demo of us --query [[id, name]]")
    );
    let ran = system.run(&["destroy", "--yes"]);
    ran.succeeds();
    ran.call("az group delete");
    system.fail(
        "account show",
        1,
        "ERROR: Subscription 'Demo of us' not found. Check the spelling and casing and try again.",
    );
    let says = "cannot use Demo of us: ERROR: Subscription 'Demo of us' not found. Check the spelling and casing and try again. \
                `az account list --output table` lists those that you have\n";
    let ran = system.run(&["status"]);
    ran.ends_with(1)
        .says(&format!("failed    subscription: {says}"));
    assert_eq!(ran.calls.len(), 1, "{:?}", ran.calls);
    // Nothing is asked of the signed-in one in its place.
    let ran = system.run(&["preflight"]);
    ran.ends_with(1).says(&format!("failed    login: {says}"));
    assert!(
        !ran.calls
            .iter()
            .any(|call| call.words.contains("group exists"))
    );
}

#[test]
fn plan_says_by_its_exit_code_whether_something_changes() {
    let system = System::new();
    system
        .run(&["plan"])
        .ends_with(3)
        .says("differs   group rg-cloud-native: is not there: everything would be made");
    let system = System::up();
    system
        .run(&["plan"])
        .succeeds()
        .says("unchanged infra")
        .changes_by(&[]);
    system.set(
        "whatif",
        "Modify\t/subscriptions/1/resourceGroups/rg-cloud-native/providers/Microsoft.Sql/servers/s\ttags.a, properties.b",
    );
    system
        .run(&["plan"])
        .ends_with(3)
        .says("differs   Microsoft.Sql/servers/s: Modify tags.a, properties.b")
        .says("What-if also lists properties that Azure fills in by itself")
        .changes_by(&[]);
    // What nobody can write or wants changed is no difference.
    system.set(
        "whatif",
        "Modify\t/a/providers/T/modified\t-\nNoChange\t/a/providers/T/as-it-is\t-\nIgnore\t/a/providers/T/theirs\t-",
    );
    system
        .run(&["plan"])
        .succeeds()
        .says("unchanged infra: Azure is as in infra/")
        .does_not_say("T/");
    // What it cannot tell is neither a difference nor none.
    system.set(
        "whatif",
        "Unsupported\t/a/providers/T/unseen\tits id is not known\nof a message\nWarning\t/a/providers/T/nested\tthe template was not expanded\nWarning\tinfra\tof all\nDeploy\t/a/providers/T/there\t-",
    );
    system
        .run(&["plan"])
        .succeeds()
        .says("skipped   T/unseen: what-if cannot tell what becomes of it: Unsupported, its id is not known")
        .says("skipped   T/nested: what-if cannot tell what becomes of it: Warning, the template was not expanded")
        .says("skipped   infra: what-if cannot tell what becomes of it: Warning, of all")
        .says("skipped   T/there: what-if cannot tell what becomes of it: Deploy\n")
        .does_not_say("Azure is as in infra/");
    system.fail("what-if", 1, "(AuthorizationFailed) no");
    system
        .run(&["plan"])
        .ends_with(1)
        .says("(AuthorizationFailed) no")
        .says("why:  whoever is signed in lacks a right there");
}

#[test]
fn deploy_makes_the_group_with_its_tags_and_deploys_under_a_fixed_name() {
    let system = System::new();
    let ran = system.run(&["deploy"]);
    ran.succeeds();
    assert!(ran.call("az group create").contains(
        "--name rg-cloud-native --location eastus --tags agcgen-made=cloud-native purpose=cloud-native-connectivity environment=demo"
    ));
    let create = ran.call("az deployment group create");
    assert!(create.contains("--name agcgen-cloud-native"), "{create}");
    assert!(
        create.contains("/out/infra/main.bicepparam --no-wait"),
        "{create}"
    );
    let tag = fs::read_to_string(system.path("state/tags/agcgen-infra")).unwrap();
    assert_eq!(tag.trim().len(), 64, "{tag}");

    // The tag is the hash of infra/: after a change of a file, or with --again, it is deployed anew.
    let system = system.without_variables();
    system.run(&["deploy"]).succeeds().changes_by(&[]);
    system.run(&["deploy", "--again"]).succeeds().changes_by(&[
        "az tag update",
        "az deployment group create",
        "az tag update",
    ]);
    fs::write(system.path("out/infra/main.bicepparam"), "// changed\n").unwrap();
    system.run(&["deploy"]).succeeds().changes_by(&[
        "az tag update",
        "az deployment group create",
        "az tag update",
    ]);
    assert_ne!(
        fs::read_to_string(system.path("state/tags/agcgen-infra")).unwrap(),
        tag
    );
}

#[test]
fn a_value_of_a_secret_is_deployed_and_never_told() {
    let system = System::up();
    // The variables are set: each becomes a new version. That no value is told, run() asserts of every run.
    let ran = system.run(&["deploy"]);
    ran.succeeds().changes_by(&[
        "az tag update",
        "az deployment group create",
        "az tag update",
    ]);
    let system = System::new().without_variables();
    system
        .run(&["deploy"])
        .ends_with(1)
        .says("secret api-rate-limit: no value. Run: read -rs AGC_SECRET_VAULT_API_RATE_LIMIT")
        .changes_by(&["az group create"]);
}

#[test]
fn a_failed_deployment_shows_what_failed_and_what_to_do() {
    let system = System::new();
    system.set("deployment.outcome", "Failed");
    let ran = system.run(&["deploy"]);
    ran.ends_with(1)
        .says("aks-cloud-native")
        .says("QuotaExceeded")
        .says("next: ask for more under Quotas in the portal");
    // Not Succeeded: no hash says so.
    assert!(
        !system.path("state/tags/agcgen-infra").exists() || {
            fs::read_to_string(system.path("state/tags/agcgen-infra"))
                .unwrap()
                .trim()
                .is_empty()
        }
    );
    system
        .run(&["status"])
        .succeeds()
        .says("missing   deployment agcgen-cloud-native: it is Failed; run: agc.sh deploy\n");
    fs::remove_file(system.path("state/deployment.outcome")).unwrap();
    system
        .run(&["deploy"])
        .succeeds()
        .says("changed   deployment agcgen-cloud-native: succeeded");
    fs::write(system.path("out/infra/main.bicepparam"), "// changed\n").unwrap();
    system.run(&["status"]).succeeds().says(
        "missing   deployment agcgen-cloud-native: it is Succeeded, and infra/ has changed since, a run ended before it, \
         or the cluster is gone; run: agc.sh deploy\n",
    );
}

/// Azure has what a later folder says, also where the run that deployed it has not seen the end.
#[test]
fn the_earlier_folder_is_deployed_anew_after_a_run_that_ended_early() {
    let system = System::up().without_variables();
    let earlier = system.read("out/infra/main.bicepparam");
    fs::write(system.path("out/infra/main.bicepparam"), "// later\n").unwrap();
    system.set("deployment.outcome", "Running");
    system.run(&["deploy"]).ends_with(1).says("it is Running");
    system.unset("deployment.outcome");
    system.set("deployment", "Succeeded");
    fs::write(system.path("out/infra/main.bicepparam"), earlier).unwrap();
    system.run(&["deploy"]).succeeds().changes_by(&[
        "az tag update",
        "az deployment group create",
        "az tag update",
    ]);
    system.run(&["deploy"]).succeeds().changes_by(&[]);
}

#[test]
fn a_deployment_that_still_runs_is_waited_for() {
    let system = System::new();
    system.set("group", "").set("deployment", "Running");
    system
        .run(&["deploy"])
        .ends_with(1)
        .says("failed    deployment agcgen-cloud-native of an earlier run has ended: not within")
        .says("it is Running")
        .changes_by(&[]);
}

#[test]
fn a_deleted_vault_is_reported_and_recovered_once_the_group_is_there() {
    let system = System::new();
    system.set(
        "soft-deleted",
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/RG-cloud-native/providers/Microsoft.KeyVault/vaults/kv-vault-d214-7k2f9d",
    );
    system
        .run(&["preflight"])
        .succeeds()
        .says(
            "name kv-vault-d214-7k2f9d: a deleted vault of ours has it; deploy recovers that vault",
        )
        .changes_by(&[]);
    let ran = system.run(&["deploy"]);
    ran.succeeds().changes_by(&[
        "az group create",
        "az keyvault recover --name kv-vault-d214-7k2f9d --location eastus",
        "az deployment group create",
        "az tag update",
    ]);

    // A deleted vault of somebody else's group is a taken name.
    let system = System::new();
    system.set("soft-deleted", "/subscriptions/1/resourceGroups/other/providers/Microsoft.KeyVault/vaults/kv-vault-d214-7k2f9d");
    system.set("taken", "");
    system
        .run(&["preflight"])
        .ends_with(1)
        .says("failed    name kv-vault-d214-7k2f9d");
}

#[test]
fn bind_writes_what_agcgen_itself_takes() {
    let system = System::new();
    system.run(&["deploy"]).succeeds();
    let ran = system.run(&["bind"]);
    ran.succeeds()
        .changes_by(&[])
        .says("changed   API_SERVICE_CLIENT_ID: ")
        .says("Commit k8s/platform/late-values.env");
    assert!(
        ran.calls
            .iter()
            .filter(|call| call.words.starts_with("az deployment"))
            .count()
            <= 2
    );
    // The renderer's own check: nothing is unknown, empty or ill-formed, and nothing differs.
    assert_cmd::cargo::cargo_bin_cmd!("agcgen")
        .current_dir(system.path("."))
        .args(["render", "spec.yaml", "-o", "out", "--check"])
        .assert()
        .success();
    let bound = system.read("out/k8s/platform/late-values.env");
    assert_eq!(
        bound
            .lines()
            .filter(|line| line.contains('=') && !line.starts_with('#'))
            .count(),
        5
    );
    // Each stands right below its own comment.
    let lines: Vec<&str> = bound.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.starts_with("AGC_ID="))
        .unwrap();
    assert!(
        lines[..at]
            .iter()
            .rev()
            .take_while(|line| line.starts_with('#'))
            .any(|line| line.starts_with("# AGC_ID:"))
    );

    system
        .run(&["bind"])
        .succeeds()
        .says("unchanged late values");
    assert_eq!(system.read("out/k8s/platform/late-values.env"), bound);
    // A value of an earlier deployment is replaced; a line of somebody else goes.
    fs::write(
        system.path("out/k8s/platform/late-values.env"),
        bound.replace("AGC_ID=/subscriptions/1", "OLD=1\nAGC_ID=/subscriptions/2"),
    )
    .unwrap();
    system.run(&["bind"]).succeeds();
    assert_eq!(system.read("out/k8s/platform/late-values.env"), bound);
}

#[test]
fn bind_refuses_what_is_no_value_of_its_shape() {
    let system = System::new();
    system.run(&["deploy"]).succeeds();
    let before = system.read("out/k8s/platform/late-values.env");
    // The stand-in reads the rows too: another shape for the same value.
    let rows = system.read("out/driver/system.tsv");
    fs::write(
        system.path("out/driver/system.tsv"),
        rows.replace(
            "late\tAGC_ID\tMicrosoft.ServiceNetworking/trafficControllers",
            "late\tAGC_ID\tMicrosoft.Network/virtualNetworks/subnets",
        ),
    )
    .unwrap();
    system
        .run(&["bind"])
        .ends_with(1)
        .says("failed    AGC_ID: '/subscriptions/")
        .says("is no resource id of a Microsoft.Network/virtualNetworks/subnets");
    assert_eq!(system.read("out/k8s/platform/late-values.env"), before);

    let system = System::new();
    system
        .run(&["bind"])
        .ends_with(1)
        .says("next: agc.sh deploy");
}
