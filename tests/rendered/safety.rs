//! What Azure is asked for is safe and complete: rules over the resources that the Bicep compiler sees, written down here
//! from the vendors' pages and the design, apart from the modules and apart from the kept trees. Every rule is also shown
//! to notice what it is there for.

use serde_json::{Value, json};

use super::azure;
use super::oracle::{Bicep, Checks, Failed, none};
use super::trees::{root, tree};

/// A resource of the deployment: id, type, body.
type Resources = Vec<(String, String, Value)>;

/// One rule: what it is about, which type, and where in the body which value stands.
struct Rule {
    /// ARM type.
    resource: &'static str,
    /// The end of the ids that it holds for; empty: every resource of the type.
    ends: &'static str,
    /// JSON pointer into the body.
    at: &'static str,
    /// The value.
    is: fn() -> Value,
}

macro_rules! rules {
    ($($resource:literal $ends:literal $at:literal = $is:tt;)*) => {
        &[$(Rule { resource: $resource, ends: $ends, at: $at, is: || json!($is) }),*]
    };
}

/// Rules that hold in every example that has a resource of the type.
const RULES: &[Rule] = rules! {
    "Microsoft.Storage/storageAccounts" "" "/properties/allowSharedKeyAccess" = false;
    "Microsoft.Storage/storageAccounts" "" "/properties/allowBlobPublicAccess" = false;
    "Microsoft.Storage/storageAccounts" "" "/properties/minimumTlsVersion" = "TLS1_2";
    "Microsoft.Storage/storageAccounts" "" "/properties/supportsHttpsTrafficOnly" = true;
    "Microsoft.Storage/storageAccounts" "" "/properties/networkAcls/defaultAction" = "Deny";
    "Microsoft.Storage/storageAccounts" "" "/properties/networkAcls/bypass" = "AzureServices";
    "Microsoft.Storage/storageAccounts/blobServices" "" "/properties/deleteRetentionPolicy/enabled" = true;
    "Microsoft.KeyVault/vaults" "" "/properties/networkAcls/bypass" = "AzureServices";
    "Microsoft.KeyVault/vaults" "" "/properties/enableRbacAuthorization" = true;
    "Microsoft.KeyVault/vaults" "" "/properties/networkAcls/defaultAction" = "Deny";
    "Microsoft.Sql/servers" "" "/properties/administrators/azureADOnlyAuthentication" = true;
    "Microsoft.Sql/servers" "" "/properties/administrators/principalType" = "Application";
    "Microsoft.Sql/servers" "" "/properties/minimalTlsVersion" = "1.2";
    "Microsoft.Sql/servers/databases/auditingSettings" "" "/properties/state" = "Enabled";
    "Microsoft.Sql/servers/databases/auditingSettings" "" "/properties/isAzureMonitorTargetEnabled" = true;
    "Microsoft.Sql/servers/databases" "" "/sku/name" = "GP_S_Gen5";
    "Microsoft.Sql/servers/databases" "" "/properties/autoPauseDelay" = 60;
    "Microsoft.OperationalInsights/workspaces" "" "/properties/features/disableLocalAuth" = true;
    "Microsoft.ContainerService/managedClusters" "" "/properties/disableLocalAccounts" = true;
    "Microsoft.ContainerService/managedClusters" "" "/properties/aadProfile/enableAzureRBAC" = true;
    "Microsoft.ContainerService/managedClusters" "" "/properties/oidcIssuerProfile/enabled" = true;
    "Microsoft.ContainerService/managedClusters" "" "/properties/securityProfile/workloadIdentity/enabled" = true;
    "Microsoft.ContainerService/managedClusters" "" "/identity/type" = "UserAssigned";
    "Microsoft.ContainerService/managedClusters" "" "/properties/networkProfile/networkPlugin" = "azure";
    "Microsoft.ContainerService/managedClusters" "" "/properties/networkProfile/networkPolicy" = "cilium";
    "Microsoft.ContainerService/managedClusters" "" "/properties/networkProfile/networkDataplane" = "cilium";
    "Microsoft.ContainerService/managedClusters" "" "/properties/addonProfiles/omsagent/enabled" = true;
    "Microsoft.ContainerService/managedClusters" "" "/properties/addonProfiles/omsagent/config/useAADAuth" = "true";
    "Microsoft.ContainerService/managedClusters" "" "/properties/supportPlan" = "KubernetesOfficial";
    "Microsoft.ContainerService/managedClusters" "" "/properties/kubernetesVersion" = "1.35";
    "Microsoft.ContainerService/managedClusters" "" "/properties/agentPoolProfiles/0/orchestratorVersion" = "1.35";
    "Microsoft.ContainerService/managedClusters" "" "/properties/autoUpgradeProfile/upgradeChannel" = "patch";
    "Microsoft.ContainerService/managedClusters" "" "/properties/autoUpgradeProfile/nodeOSUpgradeChannel" = "NodeImage";
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations" "/aksManagedAutoUpgradeSchedule"
        "/properties/maintenanceWindow/schedule/weekly/dayOfWeek" = "Sunday";
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations" "/aksManagedNodeOSUpgradeSchedule"
        "/properties/maintenanceWindow/durationHours" = 4;
    "Microsoft.Network/networkSecurityGroups" "/nsg-snet-agc" "/properties/securityRules/0/properties/access" = "Allow";
    "Microsoft.Network/networkSecurityGroups" "/nsg-snet-agc" "/properties/securityRules/0/properties/direction" = "Inbound";
    "Microsoft.Network/networkSecurityGroups" "/nsg-snet-agc"
        "/properties/securityRules/0/properties/destinationPortRanges" = ["80"];
    "Microsoft.ServiceNetworking/trafficControllers/frontends" "" "/properties/publicNetworkAccess" = "Enabled";
    "Microsoft.ServiceNetworking/trafficControllers/associations" "" "/properties/associationType" = "subnets";
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials" "" "/properties/audiences"
        = ["api://AzureADTokenExchange"];
    "Microsoft.Authorization/roleAssignments" "" "/properties/roleDefinitionId" = "set";
    "Microsoft.Authorization/roleAssignments" "" "/properties/principalType" = "set";
};

/// Types that each example must ask for at least so often.
const COUNTS: &[(&str, &str, usize)] = &[
    (
        "cloud-native",
        "Microsoft.ServiceNetworking/trafficControllers",
        1,
    ),
    (
        "cloud-native",
        "Microsoft.ServiceNetworking/trafficControllers/frontends",
        1,
    ),
    (
        "cloud-native",
        "Microsoft.ServiceNetworking/trafficControllers/associations",
        1,
    ),
    (
        "cloud-native",
        "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
        2,
    ),
    (
        "cloud-native",
        "Microsoft.Sql/servers/virtualNetworkRules",
        1,
    ),
    (
        "cloud-native",
        "Microsoft.Insights/dataCollectionRuleAssociations",
        1,
    ),
    ("cloud-native", "Microsoft.KeyVault/vaults/secrets", 2),
    (
        "cloud-native",
        "Microsoft.Sql/servers/databases/auditingSettings",
        1,
    ),
    (
        "cloud-native",
        "Microsoft.Storage/storageAccounts/blobServices",
        1,
    ),
    (
        "cloud-native-managed",
        "Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
        2,
    ),
    (
        "cloud-native-managed",
        "Microsoft.Insights/dataCollectionRuleAssociations",
        1,
    ),
    (
        "minimal",
        "Microsoft.ServiceNetworking/trafficControllers/associations",
        1,
    ),
    (
        "minimal",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        1,
    ),
];

/// Role ids of the vendor's table by scope: what the platform itself is given, and nothing else.
const PLATFORM_ROLES: &[(&str, &str, &str)] = &[
    // The control plane on the nodes' subnet.
    (
        "*",
        "/subnets/snet-nodes",
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
    ),
    // Administrators: everything in the cluster, and the kubeconfig.
    (
        "*",
        "/managedClusters/",
        "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    ),
    (
        "*",
        "/managedClusters/",
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
    ),
    // The ALB Controller on the gateway's subnet, on the group of the nodes, on the group of the traffic controller.
    (
        "*",
        "/subnets/snet-agc",
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
    ),
    ("helm", "-nodes", "acdd72a7-3385-48ef-bd42-f606fba81ae7"),
    (
        "helm",
        "/resourceGroups/",
        "fbc52c3f-28ad-4303-a892-8a056630b8f1",
    ),
];

pub(super) fn checks(checks: &mut Checks, example: &'static str) {
    checks.needing::<Bicep>(
        &format!("{example}: what Azure is asked for is safe and whole"),
        move |bicep| none(problems(example, &resources(example, bicep)?)),
    );
    checks.needing::<Bicep>(
        &format!("{example}: an unsafe or missing part is noticed"),
        move |bicep| {
            let resources = resources(example, bicep)?;
            let mut missed = Vec::new();
            let mut broken = 0;
            for (index, (id, _, body)) in resources.iter().enumerate() {
                for rule in rules_for(&resources[index]) {
                    if body.pointer(rule.at).is_none() {
                        continue;
                    }
                    let mut copy = resources.clone();
                    if let Some(value) = copy[index].2.pointer_mut(rule.at) {
                        *value = Value::Null;
                    }
                    broken += 1;
                    if problems(example, &copy).is_empty() {
                        missed.push(format!("{id} {}", rule.at));
                    }
                }
            }
            // A role less, a delegation less, an endpoint less.
            for (index, (id, kind, _)) in resources.iter().enumerate() {
                if kind.ends_with("roleAssignments") && is_platform(id) {
                    let mut copy = resources.clone();
                    copy.remove(index);
                    broken += 1;
                    if problems(example, &copy).is_empty() {
                        missed.push(format!("{id} is gone"));
                    }
                }
                if kind == SUBNET {
                    let mut copy = resources.clone();
                    copy[index].2["properties"] = json!({});
                    broken += 1;
                    if problems(example, &copy).is_empty() {
                        missed.push(format!("{id} without properties"));
                    }
                }
                if kind == NETWORK {
                    let mut copy = resources.clone();
                    copy[index].2["properties"]["subnets"] = json!([]);
                    broken += 1;
                    if problems(example, &copy).is_empty() {
                        missed.push(format!("{id} lists subnets"));
                    }
                }
            }
            assert!(broken > 30, "{broken} parts were broken");
            none(missed)
        },
    );
    checks.plain(
        format!("{example}: secrets that only the source shows"),
        move || source(example),
    );
}

/// Rules of Bicep's linter about secrets (its page of rules, 2026-11).
const SECRET_RULES: [&str; 6] = [
    "outputs-should-not-contain-secrets",
    "secure-parameter-default",
    "secure-params-in-nested-deploy",
    "secure-params-in-parameters-file",
    "secure-secrets-in-params",
    "use-secure-value-for-secure-inputs",
];

/// Secure parameters of each example: one a secret of its vaults.
const SECURE_PARAMETERS: &[(&str, usize)] = &[
    ("cloud-native", 2),
    ("cloud-native-managed", 2),
    ("minimal", 0),
];

/// What no snapshot shows of a tree: secure parameters, and what a pipeline must not let through.
fn source(example: &str) -> Result<(), Failed> {
    let infra = tree(example).join("infra");
    let main = std::fs::read_to_string(infra.join("main.bicep"))?;
    let values = main
        .lines()
        .filter(|line| line.starts_with("param ") && line.ends_with(" string = ''"))
        .count();
    let secure = main.matches("@secure()\nparam ").count();
    let wanted = SECURE_PARAMETERS
        .iter()
        .find(|(name, _)| *name == example)
        .map(|(_, count)| (*count, *count));
    assert_eq!(
        Some((values, secure)),
        wanted,
        "values of secrets, and secure parameters"
    );
    let levels: Value =
        serde_json::from_str(&std::fs::read_to_string(infra.join("bicepconfig.json"))?)?;
    for rule in SECRET_RULES {
        let level = &levels["analyzers"]["core"]["rules"][rule]["level"];
        assert_eq!(level, "error", "bicepconfig.json: {rule}");
    }
    Ok(())
}

/// What no snapshot shows of the modules: a secure parameter, and what waits for what.
pub(super) fn modules() -> Result<(), Failed> {
    let modules = root().join("templates/infra/modules");
    let read = |name: &str| std::fs::read_to_string(modules.join(name));
    let secret = read("key-vault-secret.bicep")?;
    assert!(
        secret.contains("@secure()\nparam value string"),
        "the value of a secret is secure"
    );
    for cluster in ["cluster.bicep", "cluster-with-addon.bicep"] {
        assert!(
            read(cluster)?.contains("dependsOn: [identityJoinsSubnet]"),
            "{cluster}: the control plane has its right before the cluster is made"
        );
    }
    assert!(
        read("network.bicep")?.contains("dependsOn: [nodeSubnet]"),
        "a network takes one change at a time"
    );
    let gateway = read("traffic-controller.bicep")?;
    assert!(
        gateway.contains("@batchSize(1)\n") && gateway.contains("dependsOn: [frontends]"),
        "one change at a time"
    );
    Ok(())
}

fn resources(example: &str, bicep: &Bicep) -> Result<Resources, Failed> {
    let parameters = tree(example).join("infra/main.bicepparam");
    let snapshot = bicep.snapshot(parameters, &azure::deployment(example))?;
    Ok(snapshot
        .resources
        .iter()
        .map(|resource| {
            (
                resource.id.clone(),
                resource.kind.clone(),
                Value::Object(resource.body.clone()),
            )
        })
        .collect())
}

fn rules_for((id, kind, _): &(String, String, Value)) -> impl Iterator<Item = &'static Rule> {
    let (id, kind) = (id.clone(), kind.clone());
    RULES
        .iter()
        .filter(move |rule| rule.resource == kind && id.ends_with(rule.ends))
}

/// Whether a role is the platform's, and not a workload's.
fn is_platform(assignment: &str) -> bool {
    let scope = assignment
        .split("/providers/Microsoft.Authorization/")
        .next()
        .unwrap_or_default();
    !["/storageAccounts/", "/vaults/"]
        .iter()
        .any(|store| scope.contains(store))
}

fn problems(example: &str, resources: &Resources) -> Vec<String> {
    let mut problems = Vec::new();
    for resource in resources {
        let (id, _, body) = resource;
        for rule in rules_for(resource) {
            let wanted = (rule.is)();
            let found = body.pointer(rule.at).cloned().unwrap_or_default();
            let fits = if wanted == "set" {
                found.is_string()
            } else {
                found == wanted
            };
            if !fits {
                problems.push(format!("{id} {}: {found} instead of {wanted}", rule.at));
            }
        }
    }
    for (_, kind, least) in COUNTS.iter().filter(|(name, _, _)| *name == example) {
        let count = resources
            .iter()
            .filter(|(_, other, _)| other == kind)
            .count();
        if count < *least {
            problems.push(format!("{count} of {kind}, and it takes {least}"));
        }
    }
    // One owner of the CRDs of Gateway API: the chart, or AKS with the add-on.
    let managed = example == "cloud-native-managed";
    for (id, _, body) in resources
        .iter()
        .filter(|(_, kind, _)| kind == "Microsoft.ContainerService/managedClusters")
    {
        let ingress = &body["properties"]["ingressProfile"];
        let fits = if managed {
            ingress["applicationLoadBalancer"]["enabled"] == true
                && ingress["gatewayAPI"]["installation"] == "Standard"
        } else {
            ingress.is_null()
        };
        if !fits {
            problems.push(format!("{id}: ingressProfile is {ingress}"));
        }
    }
    problems.extend(network(resources));
    problems.extend(stores_let_in_the_nodes_alone(resources));
    problems.extend(roles(example, resources));
    problems.extend(logs(example, resources));
    problems
}

const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// Two subnets: the gateway's delegated, the nodes' with their endpoints, both with a security group. The network itself
/// lists none, so that those of somebody else stay.
fn network(resources: &Resources) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, _, body) in resources.iter().filter(|(_, kind, _)| kind == NETWORK) {
        if body["properties"].get("subnets").is_some() {
            problems.push(format!(
                "{id}: it deletes the subnets that it does not list"
            ));
        }
        let subnet = |name: &str| {
            resources
                .iter()
                .find(|(child, kind, _)| kind == SUBNET && *child == format!("{id}/subnets/{name}"))
                .map(|(_, _, body)| body["properties"].clone())
                .unwrap_or_default()
        };
        let (nodes, gateway) = (subnet("snet-nodes"), subnet("snet-agc"));
        if gateway["delegations"][0]["properties"]["serviceName"]
            != "Microsoft.ServiceNetworking/trafficControllers"
        {
            problems.push(format!("{id}: the gateway's subnet is not delegated"));
        }
        for service in ["Microsoft.KeyVault", "Microsoft.Sql", "Microsoft.Storage"] {
            let endpoints = nodes["serviceEndpoints"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            if !endpoints
                .iter()
                .any(|endpoint| endpoint["service"] == service)
            {
                problems.push(format!(
                    "{id}: no endpoint of {service} in the nodes' subnet"
                ));
            }
        }
        for (name, subnet) in [("nsg-snet-nodes", &nodes), ("nsg-snet-agc", &gateway)] {
            let group = subnet["networkSecurityGroup"]["id"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            if !group.contains(name) {
                problems.push(format!("{id}: {name} does not guard its subnet"));
            }
        }
    }
    problems
}

/// Storage, vault and SQL let in the nodes' subnet and no other.
fn stores_let_in_the_nodes_alone(resources: &Resources) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, kind, body) in resources {
        let subnets: Vec<String> = match kind.as_str() {
            "Microsoft.Storage/storageAccounts" | "Microsoft.KeyVault/vaults" => body["properties"]
                ["networkAcls"]["virtualNetworkRules"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|rule| rule["id"].to_string())
                .collect(),
            "Microsoft.Sql/servers/virtualNetworkRules" => {
                vec![body["properties"]["virtualNetworkSubnetId"].to_string()]
            }
            _ => continue,
        };
        let nodes = |subnet: &String| {
            subnet.contains("snet-nodes") || subnet.contains("outputs.nodeSubnetId")
        };
        if subnets.len() != 1 || !subnets.iter().all(nodes) {
            problems.push(format!("{id} lets in {subnets:?}"));
        }
        if kind.ends_with("servers/virtualNetworkRules")
            && resources
                .iter()
                .any(|(_, kind, _)| kind.ends_with("firewallRules"))
        {
            problems.push("a SQL server lets in addresses".to_owned());
        }
    }
    problems
}

/// The platform has its roles, each once, and no other role is there but those at stores.
fn roles(example: &str, resources: &Resources) -> Vec<String> {
    let mut problems = Vec::new();
    let helm = example != "cloud-native-managed";
    let mut left: Vec<(&str, &str)> = resources
        .iter()
        .filter(|(id, kind, _)| kind.ends_with("roleAssignments") && is_platform(id))
        .filter_map(|(id, _, body)| {
            let scope = id.split("/providers/Microsoft.Authorization/").next()?;
            let role = body["properties"]["roleDefinitionId"]
                .as_str()?
                .rsplit('/')
                .next()?;
            Some((scope, role))
        })
        .collect();
    for (who, scope, role) in PLATFORM_ROLES
        .iter()
        .filter(|(who, _, _)| *who == "*" || helm)
    {
        let at = left
            .iter()
            .position(|(found, id)| id == role && found.contains(scope));
        match at {
            Some(at) => {
                left.remove(at);
            }
            None => problems.push(format!("no role {role} at {scope} ({who})")),
        }
    }
    problems
        .extend(left.iter().map(|(scope, role)| {
            format!("role {role} at {scope} is more than the platform needs")
        }));
    problems
}

/// The gateway of one's own keeps its access and firewall logs; the cluster its audit log without the reads, which are
/// most of its volume; its containers report by the fixed name.
fn logs(example: &str, resources: &Resources) -> Vec<String> {
    let mut problems = Vec::new();
    let association = "/dataCollectionRuleAssociations/ContainerInsightsExtension";
    if !resources.iter().any(|(id, _, _)| id.ends_with(association)) {
        problems.push("no rule collects the logs of containers".to_owned());
    }
    let kept_of = |owner: &str| {
        resources
            .iter()
            .find(|(id, kind, _)| {
                kind == "Microsoft.Insights/diagnosticSettings" && id.contains(owner)
            })
            .map(|(_, _, body)| body["properties"]["logs"].to_string())
            .unwrap_or_default()
    };
    let audit = kept_of("/managedClusters/");
    if !audit.contains("\"kube-audit-admin\"") || audit.contains("\"kube-audit\"") {
        problems.push(format!("the cluster keeps {audit}"));
    }
    let kept = kept_of("/trafficControllers/");
    for category in ["TrafficControllerAccessLog", "TrafficControllerFirewallLog"] {
        if example != "cloud-native-managed" && !kept.contains(category) {
            problems.push(format!("{category} is not kept"));
        }
    }
    problems
}
