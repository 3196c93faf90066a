//! The program as text: what old versions of bash do not know, and the catalogue of failures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::System;

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/driver")
}

/// Every file of the program that bash reads.
fn programs() -> Vec<PathBuf> {
    let found: Vec<PathBuf> = walkdir::WalkDir::new(templates())
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "sh"))
        .collect();
    assert!(found.len() > 15, "{found:?}");
    found
}

/// Words that bash 3.2, which macOS has, does not know, and what to use.
const NEWER_THAN_BASH_3_2: &[(&str, &str)] = &[
    ("declare -A", "associative arrays: 4.0"),
    ("local -A", "associative arrays: 4.0"),
    ("mapfile", "4.0: while read"),
    ("readarray", "4.0: while read"),
    ("coproc", "4.0"),
    ("|&", "4.0: 2>&1 |"),
    ("&>>", "4.0: >>file 2>&1"),
    (",,}", "4.0: tr"),
    ("^^}", "4.0: tr"),
    ("[[ -v", "4.2: ${name-}"),
    ("%(", "4.2: date"),
    ("declare -n", "4.3"),
    ("local -n", "4.3"),
    ("wait -n", "4.3"),
    ("@Q}", "4.4"),
    ("EPOCHSECONDS", "5.0"),
    ("BASHPID", "4.0: $$"),
    ("globstar", "4.0"),
    (";;&", "4.0"),
    (
        "[@]}",
        "an empty array is an error under set -u before 4.4: set -- and \"$@\"",
    ),
];

#[test]
fn nothing_needs_a_bash_newer_than_3_2() {
    for path in programs() {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with('#') {
                continue;
            }
            for (words, since) in NEWER_THAN_BASH_3_2 {
                assert!(
                    !line.contains(words),
                    "{}:{}: {words} ({since})",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

/// Nothing but lib/calls.sh starts az, kubectl, helm, kubelogin or curl: else a dry run would call them.
#[test]
fn every_call_goes_through_one_place() {
    let mut seen = 0;
    for path in programs() {
        let text = without_texts(&fs::read_to_string(&path).unwrap());
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        for line in code {
            for program in ["az", "kubectl", "helm", "kubelogin", "curl"] {
                for (at, _) in line.match_indices(&format!("{program} ")) {
                    // One of the alternatives of a case.
                    if line[at..].starts_with(&format!("{program} | ")) {
                        continue;
                    }
                    let before = line[..at].trim_end();
                    let is_command = before.is_empty()
                        || before.ends_with(['(', '|', '&', ';', '!'])
                        || ["if", "then", "do", "else", "until", "while"]
                            .iter()
                            .any(|word| before.ends_with(word));
                    assert!(!is_command, "{}: {line}", path.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

/// A program without its here-documents: usage texts, and a script that runs in a pod.
fn without_texts(program: &str) -> String {
    let mut kept = String::new();
    let mut end = None;
    for line in program.lines() {
        if end == Some(line) {
            end = None;
        } else if end.is_none() {
            kept.push_str(line);
            kept.push('\n');
            end = line
                .split_once("<<'")
                .and_then(|(_, rest)| rest.split_once('\''))
                .map(|(word, _)| word);
        }
    }
    assert_eq!(end, None, "a here-document without an end");
    kept
}

#[test]
fn every_row_of_the_catalogue_is_whole() {
    let text = fs::read_to_string(templates().join("failures.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    assert!(rows.len() >= 55, "{}", rows.len());
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        assert!(row.iter().all(|field| !field.trim().is_empty()), "{row:?}");
        let works = Command::new("bash")
            .args(["-c", "[[ '' =~ $1 ]]; [ $? -ne 2 ]", "bash", row[0]])
            .status()
            .unwrap();
        assert!(works.success(), "no regular expression: {}", row[0]);
        let fits_all = Command::new("bash")
            .args(["-c", "[[ 'all is well' =~ $1 ]]", "bash", row[0]])
            .status()
            .unwrap();
        assert!(!fits_all.success(), "fits everything: {}", row[0]);
    }
}

/// Messages as the tools write them, and a word of the cause that is said of each.
const MESSAGES: &[(&str, &str)] = &[
    (
        "ERROR: (MissingSubscriptionRegistration) The subscription is not registered to use namespace 'Microsoft.ServiceLinker'.",
        "resource provider is not registered",
    ),
    (
        "ERROR: (AuthorizationFailed) The client 'x' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'",
        "lacks a right",
    ),
    (
        "ERROR: (Conflict) The operation could not be completed",
        "the cluster is being changed",
    ),
    (
        "ERROR: unrecognized arguments: --workload-identity",
        "not the one that the call was written for",
    ),
    (
        "AppGwForContainersSubnetAssociationNotEnoughIPv4AddressesInSubnet: At least 500 addresses are required",
        "the subnet of the gateway is too small",
    ),
    (
        "AppGwForContainersAssociationSubnetNotDelegatedToTrafficController",
        "not delegated",
    ),
    (
        "cannot change PublicNetworkAccess from 'Enabled' to ''",
        "old API version",
    ),
    (
        "AADSTS70021: No matching federated identity record found",
        "Entra does not trust this service account",
    ),
    (
        "AADSTS700211: No matching federated identity record found for presented assertion issuer",
        "the issuer or the audience",
    ),
    (
        "Principal 1234 does not exist in the directory",
        "a new identity takes about a minute",
    ),
    (
        "error: no matches for kind \"HTTPRoute\" in version \"gateway.networking.k8s.io/v1\"",
        "the ALB Controller brings them",
    ),
    (
        "no matches for kind \"ReferenceGrant\" in version \"gateway.networking.k8s.io/v1\"",
        "older than the ALB Controller expects",
    ),
    (
        "ERROR: (ResourceGroupBeingDeleted) The resource group 'x' is in deprovisioning state and cannot perform this operation.",
        "being deleted, by an earlier destroy",
    ),
    (
        "ERROR: (ScopeLocked) The scope '/subscriptions/1/resourceGroups/x' cannot perform delete operation because following scope(s) are locked: '/subscriptions/1/resourceGroups/x'. Please remove the lock and try again.",
        "a lock keeps it",
    ),
    ("no healthy upstream", "probe of the workload fails"),
    (
        "Msg 33134, Level 16, State 1, Server s, Line 1",
        "asked for by its name",
    ),
    ("Msg 33131, Level 16", "the same name"),
    ("Msg 18456, Level 14", "not the administrator"),
    (
        "Msg 4060, Level 11: Cannot open database",
        "the database is not there",
    ),
    (
        "Msg 40613, Level 17: Database 'x' on server 'y' is not currently available",
        "wakes up",
    ),
    (
        "Operation could not be completed as it results in exceeding approved standardDSv5Family Cores quota. ErrCode_InsufficientVCPUQuota",
        "too few cores",
    ),
    (
        "(StorageAccountAlreadyTaken) The storage account named x is already taken.",
        "a name that must be unique",
    ),
    (
        "ERROR: (PropertyChangeNotAllowed) Changing property \"agentPoolProfile.vmSize\" is not allowed",
        "AKS takes this setting once",
    ),
    (
        "ERROR: (OperationNotAllowed) Downgrading Kubernetes version 1.36.1 to 1.35.9 is not allowed.",
        "AKS never goes back",
    ),
    (
        "ERROR: (AvailabilityZoneNotSupported) The zone(s) '2' for resource 'system' is not supported.",
        "not in every zone",
    ),
    (
        "ERROR: (ProvisioningDisabled) Provisioning is restricted in this region. Please choose a different region.",
        "no server in the region",
    ),
    (
        "ERROR: (RedundancyConfigurationNotAvailableInRegion) Redundancy configuration is not available in this region",
        "cannot keep that many copies",
    ),
    ("sc-operator:20250901: not found", "extension"),
    (
        "pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"",
        "more than the namespace allows",
    ),
    (
        "CreateContainerConfigError: secret \"sc-x-secret\" not found",
        "a Secret or ConfigMap that the pods need",
    ),
    (
        "CreateContainerConfigError: container has runAsNonRoot and image will run as root (pod: \"web-1_shop(8a)\", container: web)",
        "the image starts as root, or gives its user by name",
    ),
    (
        "CreateContainerConfigError: container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root",
        "the image starts as root, or gives its user by name",
    ),
];

#[test]
fn messages_of_the_tools_are_explained() {
    let system = System::new();
    for (message, cause) in MESSAGES {
        system.fail("group exists", 1, message);
        let ran = system.run(&["deploy"]);
        ran.ends_with(1).says(message);
        let why = ran.stdout.lines().find(|line| line.starts_with("  why:  "));
        assert!(
            why.is_some_and(|why| why.contains(cause)),
            "{message}: {why:?}"
        );
    }
    system.fail("group exists", 1, "something that nobody knows");
    system
        .run(&["deploy"])
        .ends_with(1)
        .says("something that nobody knows")
        .does_not_say("why:");
}
