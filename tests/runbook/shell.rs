//! Commands: they parse, they use flags that exist, and they say what they should.

use std::path::PathBuf;

use super::markdown::blocks;
use super::oracle::{Bash, Checks, Shellcheck, asserting};
use super::systems::cloud_native;
use super::{existing, managed, page, systems};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        every_call_of_az_has_flags_that_exist,
        a_connection_is_made_with_every_flag_it_needs,
        the_controller_is_installed_by_helm_where_the_spec_says_so,
        what_is_not_ours_is_not_removed,
        a_right_in_another_subscription_is_taken_back_there,
        requests_from_outside_lead_to_health_checks,
    );
    asserting!(
        checks,
        Bash: every_block_is_bash,
        late_values_reach_their_file,
        the_resource_group_is_made_once,
        features_are_waited_for_with_a_limit,
        an_answer_of_an_older_route_is_not_taken,
    );
    asserting!(checks, Shellcheck: every_block_pleases_shellcheck);
}

/// What the Azure CLI takes. The connection commands, `deployment`, `aks` and `group`: azure-cli 2.91.0, its own tables (2026-11);
/// the rest: `--help` of the same version.
#[rustfmt::skip]
const AZ: &[(&str, &[&str])] = &[
    ("account set", &[]),
    ("account show", &[]),
    ("aks connection create keyvault", &["--resource-group", "--name", "--connection", "--kube-namespace", "--target-resource-group", "--vault", "--workload-identity", "--client-type", "--customized-keys", "--opt-out", "--no-recreate"]),
    ("aks connection create storage-blob", &["--resource-group", "--name", "--connection", "--kube-namespace", "--target-resource-group", "--account", "--workload-identity", "--client-type", "--customized-keys", "--opt-out", "--no-recreate"]),
    ("aks connection delete", &["--resource-group", "--name", "--connection", "--yes"]),
    ("aks connection list", &["--resource-group", "--name"]),
    ("aks get-credentials", &["--resource-group", "--name", "--file", "--overwrite-existing"]),
    ("aks show", &["--resource-group", "--name"]),
    ("aks wait", &["--resource-group", "--name", "--updated", "--interval", "--timeout"]),
    ("deployment group create", &["--resource-group", "--name", "--parameters"]),
    ("deployment group show", &["--resource-group", "--name"]),
    ("deployment group what-if", &["--resource-group", "--name", "--parameters"]),
    ("feature register", &["--namespace", "--name"]),
    ("feature show", &["--namespace", "--name"]),
    ("group create", &["--name", "--location", "--tags"]),
    ("group delete", &["--name", "--yes"]),
    ("group exists", &["--name"]),
    ("group show", &["--name"]),
    ("identity federated-credential list", &["--resource-group", "--identity-name"]),
    ("identity show", &["--resource-group", "--name"]),
    ("keyvault purge", &["--name", "--location"]),
    ("login", &[]),
    ("monitor diagnostic-settings create", &["--name", "--resource", "--workspace", "--logs", "--metrics"]),
    ("provider show", &["--namespace"]),
    ("provider register", &["--namespace", "--wait"]),
    ("resource delete", &["--ids"]),
    ("resource show", &["--resource-group", "--name", "--resource-type", "--ids", "--api-version"]),
    ("role assignment delete", &["--assignee-object-id", "--role", "--scope"]),
    ("role assignment list", &["--all", "--assignee"]),
];
/// Flags that take no value; every other one takes at least one.
const AZ_SWITCHES: &[&str] = &[
    "--all",
    "--no-recreate",
    "--only-show-errors",
    "--overwrite-existing",
    "--updated",
    "--wait",
    "--yes",
];
const AZ_EVERYWHERE: &[&str] = &[
    "--subscription",
    "--output",
    "--query",
    "--only-show-errors",
];

/// The bash blocks of a page.
pub(crate) fn bash_blocks(page: &str) -> Vec<String> {
    blocks(page)
        .into_iter()
        .filter(|(language, _)| language == "bash")
        .map(|(_, content)| content)
        .collect()
}

/// The calls of az in a page, as words.
pub(crate) fn az_calls(page: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    for block in bash_blocks(page) {
        for line in block.replace(" \\\n", " ").lines().map(str::trim_start) {
            let Some(start) = ["", "$("]
                .iter()
                .find_map(|before| Some(line.find(&format!("{before}az "))? + before.len()))
            else {
                continue;
            };
            let is_call = start == 0 || line[..start].ends_with("$(");
            assert!(is_call, "{line}");
            let command = line[start..]
                .replace(")\" = Registered ] && break; sleep 30; done", "")
                .replace(")\" = false ]; then", "")
                .replace(") &&", " ;");
            let command = if line[..start].ends_with("=$(") {
                command.trim_end_matches(')').to_owned()
            } else {
                command
            };
            let words = shlex::split(&command).unwrap_or_else(|| panic!("{command}"));
            let end = words
                .iter()
                .position(|word| ["|", "<", ";"].contains(&word.as_str()))
                .unwrap_or(words.len());
            calls.push(words[..end].to_vec());
        }
    }
    calls
}

/// The bash blocks of a page as files of a folder.
fn block_files(folder: &tempfile::TempDir, page: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (number, block) in bash_blocks(page).iter().enumerate() {
        let file = folder.path().join(format!("{number}.bash"));
        std::fs::write(&file, block).unwrap();
        files.push(file);
    }
    files
}

fn every_block_is_bash(bash: &Bash) {
    for (name, model) in systems() {
        let folder = tempfile::tempdir().unwrap();
        let blocks = block_files(&folder, &page(&model));
        assert!(blocks.len() > 15, "{name}: {} blocks", blocks.len());
        for block in blocks {
            let said = bash.syntax(&block).unwrap();
            let text = || std::fs::read_to_string(&block).unwrap();
            assert!(said.is_empty(), "{name}: {said:?}\n{}", text());
        }
    }
}

fn every_block_pleases_shellcheck(shellcheck: &Shellcheck) {
    for (name, model) in systems() {
        let folder = tempfile::tempdir().unwrap();
        // Their ending says that they are bash.
        let blocks = block_files(&folder, &page(&model));
        let said = shellcheck.lint(&blocks).unwrap();
        let whole = || bash_blocks(&page(&model)).join("----\n");
        assert!(said.is_empty(), "{name}: {said:?}\n{}", whole());
    }
}

fn every_call_of_az_has_flags_that_exist() {
    let mut seen: Vec<&str> = Vec::new();
    for (name, model) in systems() {
        for call in az_calls(&page(&model)) {
            let words: Vec<&str> = call[1..]
                .iter()
                .map(String::as_str)
                .take_while(|word| !word.starts_with('-'))
                .collect();
            let command = words.join(" ");
            let (command, flags) = AZ
                .iter()
                .find(|(known, _)| *known == command)
                .unwrap_or_else(|| panic!("{name}: az {command}"));
            for (position, flag) in call.iter().enumerate() {
                if !flag.starts_with("--") {
                    continue;
                }
                let has_value = call
                    .get(position + 1)
                    .is_some_and(|next| !next.starts_with("--"));
                assert_eq!(
                    has_value,
                    !AZ_SWITCHES.contains(&flag.as_str()),
                    "{name}: {flag} in {call:?}"
                );
                assert!(
                    flags.contains(&flag.as_str()) || AZ_EVERYWHERE.contains(&flag.as_str()),
                    "{name}: az {command} {flag}"
                );
            }
            if !["login", "account set"].contains(command) && call[1] != "login" {
                assert!(
                    call.iter().any(|word| word == "--subscription")
                        || call.join(" ") == "az account show --query id --output tsv",
                    "{name}: no subscription in {call:?}"
                );
            }
            seen.push(command);
        }
    }
    for (command, _) in AZ {
        assert!(seen.contains(command), "no system asks for az {command}");
    }
}

fn a_connection_is_made_with_every_flag_it_needs() {
    let page = page(&cloud_native());
    let made: Vec<String> = az_calls(&page)
        .iter()
        .map(|call| call.join(" "))
        .filter(|call| call.starts_with("az aks connection create"))
        .collect();
    assert_eq!(
        made,
        [
            "az aks connection create storage-blob --resource-group rg-cloud-native \
             --name aks-cloud-native --connection api_service_storage --kube-namespace cloud-native-app \
             --target-resource-group rg-cloud-native --account ststorage2dd37k2f9d --workload-identity \
             /subscriptions/$SUBSCRIPTION/resourceGroups/rg-cloud-native/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-api-service \
             --client-type dotnet --opt-out auth publicnetwork --no-recreate --only-show-errors --output none --subscription $SUBSCRIPTION",
            "az aks connection create keyvault --resource-group rg-cloud-native \
             --name aks-cloud-native --connection api_service_vault --kube-namespace cloud-native-app \
             --target-resource-group rg-cloud-native --vault kv-vault-d214-7k2f9d --workload-identity \
             /subscriptions/$SUBSCRIPTION/resourceGroups/rg-cloud-native/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-api-service \
             --client-type dotnet --opt-out auth publicnetwork --no-recreate --only-show-errors --output none --subscription $SUBSCRIPTION",
        ]
    );
    assert_eq!(
        page.matches("\"$SUBSCRIPTION\" < /dev/null").count(),
        4,
        "made and removed"
    );
}

fn the_controller_is_installed_by_helm_where_the_spec_says_so() {
    let of = |page: &str| bash_blocks(page).concat().replace(" \\\n ", "");
    let byo = of(&page(&cloud_native()));
    assert!(
        byo.contains(
            "helm upgrade --install alb-controller \
             oci://mcr.microsoft.com/application-lb/charts/alb-controller --version 1.12.1 --namespace default \
             --values controller/values.yaml --set-string \
             albController.podIdentity.clientID=\"$ALB_CONTROLLER_CLIENT_ID\" --wait --timeout 10m"
        ),
        "{byo}"
    );
    assert!(!byo.contains("az feature"));
    for model in [managed(), existing()] {
        let blocks = of(&page(&model));
        assert!(!blocks.contains("helm "));
        assert!(blocks.contains("gatewayclass/azure-alb-external --for=condition=Accepted"));
    }
    let managed = of(&page(&managed()));
    assert!(managed.contains("--name ApplicationLoadBalancerPreview"));
    assert!(
        managed.contains("applicationloadbalancer.alb.networking.azure.io/cloud-native-gateway")
    );
    assert!(!managed.contains("SUBSCRIPTION"), "it is known");
}

/// The block that fills the file, run with an az that says what Azure would.
fn late_values_reach_their_file(bash: &Bash) {
    let page = page(&cloud_native());
    let block = bash_blocks(&page)
        .into_iter()
        .find(|block| block.contains("late-values.new"))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k8s/platform/late-values.env");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    for old in ["", "B=old\n"] {
        std::fs::write(&file, format!("# first\n\n# second\n{old}")).unwrap();
        let script = format!(
            "cd '{}'\nSUBSCRIPTION=x\naz() {{ printf 'B\\t2\\nA\\t/x/(y) z\\n'; }}\n{block}",
            folder.path().display()
        );
        let run = bash.run(&["-eu"], &script).unwrap();
        assert!(run.is_good, "{}", run.said);
        let written = std::fs::read_to_string(&file).unwrap();
        assert_eq!(written, "# first\n# second\nA=/x/(y) z\nB=2\n");
    }
    let before = std::fs::read_to_string(&file).unwrap();
    let script = format!(
        "cd '{}'\naz() {{ false; }}\n{block}",
        folder.path().display()
    );
    bash.run(&[], &script).unwrap();
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        before,
        "a failed call changes nothing"
    );
}

/// What a block with these words says with these stand-ins, functions of bash.
fn said_of_block(bash: &Bash, page: &str, words: &str, stand_ins: &str) -> String {
    let block = bash_blocks(page)
        .into_iter()
        .find(|block| block.contains(words))
        .unwrap();
    let script = format!("SUBSCRIPTION=x\n{stand_ins}\n{block}");
    bash.run(&[], &script).unwrap().said
}

/// Made again, it would lose the tags that the driver goes by.
fn the_resource_group_is_made_once(bash: &Bash) {
    let page = page(&cloud_native());
    for (answer, is_made) in [("echo false", true), ("echo true", false), ("false", false)] {
        let az = format!(
            "az() {{ case \"$1 $2\" in 'group exists') {answer} ;; *) echo \"$1 $2\" ;; esac; }}"
        );
        let said = said_of_block(bash, &page, "az group create", &az);
        assert_eq!(said.contains("group create"), is_made, "{answer}: {said}");
    }
}

fn features_are_waited_for_with_a_limit(bash: &Bash) {
    let never = "az() { echo Pending; }\nsleep() { echo slept; }";
    let said = said_of_block(bash, &page(&managed()), "az feature register", never);
    assert_eq!(said.matches("slept").count(), 2 * 60);
    let at_once = "az() { echo Registered; }\nsleep() { echo slept; }";
    let said = said_of_block(bash, &page(&managed()), "az feature register", at_once);
    assert_eq!(said.matches("slept").count(), 0);
}

fn an_answer_of_an_older_route_is_not_taken(bash: &Bash) {
    let kubectl = "kubectl() { case $1 in get) echo 7 ;; *) printf '%s\\n' \"$*\" ;; esac; }";
    let said = said_of_block(
        bash,
        &page(&cloud_native()),
        "kubectl wait httproute",
        kubectl,
    );
    let asked: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("httproute/api-route "))
        .collect();
    assert_eq!(
        asked,
        [
            "wait httproute/api-route --for=jsonpath={.status.parents[0].conditions[?(@.type==\"Programmed\")].observedGeneration}=7 --timeout=10m --namespace cloud-native-app",
            "wait httproute/api-route --for=jsonpath={.status.parents[0].conditions[?(@.type==\"Programmed\")].status}=True --timeout=10m --namespace cloud-native-app",
        ]
    );
}

fn what_is_not_ours_is_not_removed() {
    let page = page(&existing());
    let calls: Vec<String> = az_calls(&page).iter().map(|call| call.join(" ")).collect();
    assert!(!calls.iter().any(|call| call.starts_with("az group delete")));
    assert!(!calls.iter().any(|call| call.starts_with("az group create")));
    let deleted: Vec<&str> = calls
        .iter()
        .filter_map(|call| {
            let id = call
                .strip_prefix("az resource delete --ids ")?
                .split(' ')
                .next()?;
            Some(id.rsplit_once("/providers/")?.1)
        })
        .collect();
    assert_eq!(
        deleted,
        [
            "Microsoft.ServiceNetworking/trafficControllers/agc-cloud-native/associations/association",
            "Microsoft.ServiceNetworking/trafficControllers/agc-cloud-native/frontends/main",
            "Microsoft.ServiceNetworking/trafficControllers/agc-cloud-native",
            "Microsoft.ContainerService/managedClusters/aks-cloud-native",
            "Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-cluster",
            "Microsoft.Sql/servers/sql-cloud-native-sql-7k2f9d",
            "Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-sql-administrator",
            "Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-api-service",
            "Microsoft.ManagedIdentity/userAssignedIdentities/id-cloud-native-data-service",
            "Microsoft.Network/virtualNetworks/vnet-cloud-native",
            "Microsoft.Network/networkSecurityGroups/nsg-snet-agc",
            "Microsoft.Network/networkSecurityGroups/nsg-snet-nodes",
            "Microsoft.Insights/dataCollectionRules/dcr-cloud-native",
        ]
    );
    let assignments: Vec<&str> = calls
        .iter()
        .filter(|call| call.starts_with("az role assignment delete"))
        .filter_map(|call| Some(call.split_once("--role ")?.1))
        .collect();
    assert_eq!(
        assignments,
        [
            "4633458b-17de-408a-b874-0445c86b69e6 --scope /subscriptions/$SUBSCRIPTION/resourceGroups/rg-cloud-native/providers/\
             Microsoft.KeyVault/vaults/kv-old --subscription $SUBSCRIPTION",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe --scope /subscriptions/$SUBSCRIPTION/resourceGroups/rg-archive/providers/\
             Microsoft.Storage/storageAccounts/starchive/blobServices/default/containers/data --subscription $SUBSCRIPTION",
        ]
    );
    assert!(!calls.iter().any(|call| call.contains("keyvault purge")));
}

fn a_right_in_another_subscription_is_taken_back_there() {
    const OTHER: &str = "99999999-2222-3333-4444-555555555555";
    let mut model = existing();
    for resource in &mut model.resources {
        if let agcgen::model::Provision::Existing(id) = &mut resource.provision {
            id.subscription = Some(OTHER.to_owned());
        }
    }
    let taken: Vec<Vec<String>> = az_calls(&page(&model))
        .into_iter()
        .filter(|call| call.join(" ").starts_with("az role assignment delete"))
        .collect();
    assert_eq!(taken.len(), 2);
    for call in taken {
        let scope = format!("/subscriptions/{OTHER}/");
        assert!(call.iter().any(|word| word.starts_with(&scope)), "{call:?}");
        assert!(
            call.ends_with(&["--subscription".to_owned(), OTHER.to_owned()]),
            "{call:?}"
        );
    }
}

fn requests_from_outside_lead_to_health_checks() {
    let page = page(&cloud_native());
    let asked: Vec<String> = bash_blocks(&page)
        .iter()
        .flat_map(|block| shlex::split(block).unwrap())
        .filter(|word| word.starts_with("http://$HOST"))
        .collect();
    assert_eq!(
        asked,
        [
            "http://$HOST/",
            "http://$HOST/api/healthz",
            "http://$HOST/data/healthz"
        ]
    );
}
