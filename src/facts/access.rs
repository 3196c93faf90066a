//! Who may do what: identities, who acts as them, and their rights.

use super::{
    ArmPlace, Credential, DatabaseRight, Fact, Identity, Maker, Principal, RoleAssignment,
    ServerRight, What, Why, fact,
};
use crate::catalog::{arm_types, controller, roles};
use crate::kinds::Kind;
use crate::late::ALB_CONTROLLER_CLIENT_ID;
use crate::model::{
    Cluster, Controller, GatewayDeployment, Grant, Model, Origin, Right, Scope, Workload,
};

pub(super) fn facts(model: &Model) -> Vec<Fact> {
    let cluster = model.cluster();
    let mut facts = control_plane(model, cluster);
    facts.extend(administrators(model, cluster));
    facts.extend(alb_controller(model, cluster));
    facts.extend(sql_administrators(model));
    for workload in &model.workloads {
        facts.extend(workload_rights(model, cluster, workload));
    }
    facts
}

fn identity(
    principal: &Principal,
    maker: Maker,
    client_id_key: Option<&str>,
    origin: &Origin,
) -> Fact {
    fact(
        What::Identity(Identity {
            principal: principal.clone(),
            maker,
            client_id_key: client_id_key.map(str::to_owned),
        }),
        origin,
    )
}

fn subnet(model: &Model, cluster: &Cluster, subnet: &str) -> ArmPlace {
    ArmPlace::here(model, arm_types::SUBNET, [&cluster.network.name, subnet])
}

fn control_plane(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let principal = Principal::ControlPlane {
        identity: cluster.identity.clone(),
    };
    vec![
        identity(&principal, Maker::Deployment, None, &cluster.origin),
        fact(
            What::Role(RoleAssignment {
                principal,
                role: &roles::NETWORK_CONTRIBUTOR,
                title: "subnet",
                title_of_parent: Some("virtual network"),
                scope: subnet(model, cluster, &cluster.network.nodes.name),
                why: Why::JoinsNodes,
                maker: Maker::Deployment,
            }),
            &cluster.origin,
        ),
    ]
}

fn administrators(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let mut facts = Vec::new();
    for administrator in &cluster.administrators {
        for (role, why) in [
            (&roles::CLUSTER_ADMIN, Why::AdministersCluster),
            (&roles::CLUSTER_USER, Why::FetchesCredentials),
        ] {
            facts.push(fact(
                What::Role(RoleAssignment {
                    principal: Principal::Administrator {
                        object_id: administrator.object_id.clone(),
                        principal_type: administrator.principal_type,
                    },
                    role,
                    title: "AKS cluster",
                    title_of_parent: None,
                    scope: ArmPlace::here(model, arm_types::CLUSTER, [&cluster.name]),
                    why,
                    maker: Maker::Deployment,
                }),
                &administrator.origin,
            ));
        }
    }
    facts
}

/// The ALB Controller and its rights. Where somebody else installs it, who it acts as is not known, so nothing is said.
fn alb_controller(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let origin = &cluster.gateway.origin;
    let (name, maker, key, namespace, credential) = match &cluster.gateway.controller {
        Controller::Helm {
            identity,
            namespace,
            ..
        } => (
            identity.clone(),
            Maker::Deployment,
            Some(ALB_CONTROLLER_CLIENT_ID),
            namespace.as_str(),
            "fc-alb-controller",
        ),
        // The names that AKS gives: add-on quickstart of 2026-08-18.
        Controller::Addon => (
            format!("applicationloadbalancer-{}", cluster.name),
            Maker::Aks,
            None,
            "kube-system",
            "aksfic",
        ),
        Controller::Existing => return Vec::new(),
    };
    let credential = Credential {
        identity: name.clone(),
        name: credential.to_owned(),
        namespace: namespace.to_owned(),
        service_account: controller::SERVICE_ACCOUNT.to_owned(),
    };
    let principal = Principal::AlbController { identity: name };
    let at_group = |role, group: &str, why, maker| RoleAssignment {
        principal: principal.clone(),
        role,
        title: "resource group",
        title_of_parent: None,
        scope: ArmPlace::group(group),
        why,
        maker,
    };
    let configures = |group, maker| {
        let role = &roles::AGC_CONFIGURATION_MANAGER;
        at_group(role, group, Why::ConfiguresGateway, maker)
    };
    let own_group = model.azure.resource_group.name.as_str();
    let node_group = cluster.node_resource_group.as_str();
    let mut assignments = vec![
        RoleAssignment {
            title: "subnet",
            title_of_parent: Some("virtual network"),
            scope: subnet(model, cluster, &cluster.network.gateway.name),
            ..at_group(
                &roles::NETWORK_CONTRIBUTOR,
                own_group,
                Why::JoinsGateway,
                Maker::Deployment,
            )
        },
        at_group(&roles::READER, node_group, Why::ReadsNodeGroup, maker),
    ];
    // It configures traffic controllers where they are: ours beside everything else, its own beside the nodes. AKS gives its
    // add-on the rights beside the nodes whatever it needs.
    let is_byo = matches!(cluster.gateway.deployment, GatewayDeployment::Byo { .. });
    if is_byo {
        assignments.push(configures(own_group, Maker::Deployment));
    }
    if !is_byo || maker == Maker::Aks {
        assignments.push(configures(node_group, maker));
    }
    if maker == Maker::Aks {
        assignments.push(at_group(
            &roles::NETWORK_CONTRIBUTOR,
            node_group,
            Why::OwnsNodeGroupNetwork,
            Maker::Aks,
        ));
    }
    let mut facts = vec![
        identity(&principal, maker, key, origin),
        fact(What::Credential(credential), origin),
    ];
    facts.extend(
        assignments
            .into_iter()
            .map(|role| fact(What::Role(role), origin)),
    );
    facts
}

fn sql_administrators(model: &Model) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (resource, sql) in model.sql_servers() {
        let administrator = &sql.administrator;
        let principal = Principal::SqlAdministrator {
            resource: resource.key.clone(),
            identity: administrator.identity.clone(),
        };
        facts.push(identity(
            &principal,
            Maker::Deployment,
            Some(&administrator.client_id_key),
            &resource.origin,
        ));
        facts.push(fact(
            What::Credential(Credential {
                identity: administrator.identity.clone(),
                name: administrator.credential.clone(),
                namespace: sql.grants.namespace.clone(),
                service_account: administrator.service_account.clone(),
            }),
            &resource.origin,
        ));
        facts.push(fact(
            What::Database(DatabaseRight {
                principal,
                resource: resource.key.clone(),
                server: resource.azure_name.clone(),
                right: ServerRight::Administrator,
            }),
            &resource.origin,
        ));
    }
    facts
}

fn workload_rights(model: &Model, cluster: &Cluster, workload: &Workload) -> Vec<Fact> {
    let Some(own) = &workload.identity else {
        return Vec::new();
    };
    let principal = Principal::Workload {
        workload: workload.name.clone(),
        identity: own.name.clone(),
    };
    let mut facts = vec![
        identity(
            &principal,
            Maker::Deployment,
            Some(&own.client_id_key),
            &workload.origin,
        ),
        fact(
            What::Credential(Credential {
                identity: own.name.clone(),
                name: own.credential.clone(),
                namespace: cluster.namespace.name.clone(),
                service_account: own.service_account.clone(),
            }),
            &workload.origin,
        ),
    ];
    for grant in &workload.grants {
        facts.extend(granted(model, &principal, grant));
    }
    facts
}

fn granted(model: &Model, principal: &Principal, grant: &Grant) -> Vec<Fact> {
    let Some(resource) = model.resource(&grant.resource) else {
        return Vec::new();
    };
    let facets = resource.kind.facets();
    let access = grant.access;
    match (&grant.right, &resource.kind) {
        (Right::Role(role), _) => {
            let whole = ArmPlace::of(model, resource);
            let (title, title_of_parent, scope) = match &grant.scope {
                Scope::Resource => (facets.title(), None, whole),
                Scope::Child { azure_name, .. } => {
                    let (title, child_type) = facets.child_type();
                    let scope = whole.child(child_type, azure_name);
                    (title, Some(facets.title()), scope)
                }
            };
            let assignment = RoleAssignment {
                principal: principal.clone(),
                role,
                title,
                title_of_parent,
                scope,
                why: Why::Connection { access },
                maker: Maker::Deployment,
            };
            vec![fact(What::Role(assignment), &grant.origin)]
        }
        (Right::DatabaseRoles(_), Kind::Sql(sql)) => grant
            .database_roles(sql)
            .map(|(database, role)| {
                let right = DatabaseRight {
                    principal: principal.clone(),
                    resource: resource.key.clone(),
                    server: resource.azure_name.clone(),
                    right: ServerRight::Role {
                        database: database.to_owned(),
                        role,
                        access,
                    },
                };
                fact(What::Database(right), &grant.origin)
            })
            .collect(),
        (Right::DatabaseRoles(_), Kind::Storage(_) | Kind::KeyVault(_)) => Vec::new(),
    }
}
