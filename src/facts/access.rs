//! Who may do what: identities, who acts as them, and their rights.

use super::{
    ArmPlace, Credential, DatabaseRight, Fact, Identity, Maker, ONLY_CHILD, Principal,
    RoleAssignment, ServerRight, What, Why, fact,
};
use crate::catalog::roles::Role;
use crate::catalog::{controller, roles};
use crate::kinds::Kind;
use crate::late::ALB_CONTROLLER_CLIENT_ID;
use crate::model::{
    Cluster, Controller, GatewayDeployment, Grant, Model, Origin, Provision, Right, Scope, Workload,
};

const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const CLUSTER: &str = "Microsoft.ContainerService/managedClusters";
const GROUP: &str = "resource group";

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

/// A role at a resource of the system's own.
struct Given<'a> {
    principal: &'a Principal,
    role: &'static Role,
    title: &'static str,
    title_of_parent: Option<&'static str>,
    scope: ArmPlace,
    why: Why,
    maker: Maker,
}

impl Given<'_> {
    fn at(self, origin: &Origin) -> Fact {
        fact(
            What::Role(RoleAssignment {
                principal: self.principal.clone(),
                role: self.role,
                title: self.title,
                title_of_parent: self.title_of_parent,
                scope: self.scope,
                why: self.why,
                maker: self.maker,
            }),
            origin,
        )
    }
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
    ArmPlace::resource(
        &model.azure.resource_group.name,
        SUBNET,
        [&cluster.network.name, subnet],
    )
}

fn control_plane(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let principal = Principal::ControlPlane {
        identity: cluster.identity.clone(),
    };
    vec![
        identity(&principal, Maker::Deployment, None, &cluster.origin),
        Given {
            principal: &principal,
            role: &roles::NETWORK_CONTRIBUTOR,
            title: "subnet",
            title_of_parent: Some("virtual network"),
            scope: subnet(model, cluster, &cluster.network.nodes.name),
            why: Why::JoinsNodes,
            maker: Maker::Deployment,
        }
        .at(&cluster.origin),
    ]
}

fn administrators(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let mut facts = Vec::new();
    for administrator in &cluster.administrators {
        let principal = Principal::Administrator {
            object_id: administrator.object_id.clone(),
            principal_type: administrator.principal_type,
        };
        for (role, why) in [
            (&roles::CLUSTER_ADMIN, Why::AdministersCluster),
            (&roles::CLUSTER_USER, Why::FetchesCredentials),
        ] {
            let given = Given {
                principal: &principal,
                role,
                title: "AKS cluster",
                title_of_parent: None,
                scope: ArmPlace::resource(
                    &model.azure.resource_group.name,
                    CLUSTER,
                    [&cluster.name],
                ),
                why,
                maker: Maker::Deployment,
            };
            facts.push(given.at(&administrator.origin));
        }
    }
    facts
}

/// The rights of the ALB Controller. Where somebody else installs it, who it acts as is not known, so nothing is said.
fn alb_controller(model: &Model, cluster: &Cluster) -> Vec<Fact> {
    let origin = &cluster.gateway.origin;
    let node_group = &cluster.node_resource_group;
    // The controller configures traffic controllers where they are: ours beside everything else, its own beside the nodes.
    let configured_group = match &cluster.gateway.deployment {
        GatewayDeployment::Byo { .. } => &model.azure.resource_group.name,
        GatewayDeployment::Managed { .. } => node_group,
    };
    let (principal, is_addon) = match &cluster.gateway.controller {
        Controller::Helm { identity, .. } => (
            Principal::AlbController {
                identity: identity.clone(),
            },
            false,
        ),
        // The name that AKS gives it: add-on quickstart of 2026-08-18.
        Controller::Addon => (
            Principal::AlbController {
                identity: format!("applicationloadbalancer-{}", cluster.name),
            },
            true,
        ),
        Controller::Existing => return Vec::new(),
    };
    let given = |role, title, title_of_parent, scope, why, maker| {
        Given {
            principal: &principal,
            role,
            title,
            title_of_parent,
            scope,
            why,
            maker,
        }
        .at(origin)
    };
    let mut facts = Vec::new();
    facts.push(given(
        &roles::NETWORK_CONTRIBUTOR,
        "subnet",
        Some("virtual network"),
        subnet(model, cluster, &cluster.network.gateway.name),
        Why::JoinsGateway,
        Maker::Deployment,
    ));
    // AKS gives its add-on three roles on the group of the nodes, whatever else it needs.
    let of_the_node_group = if is_addon {
        Maker::Aks
    } else {
        Maker::Deployment
    };
    if configured_group == node_group {
        facts.push(given(
            &roles::AGC_CONFIGURATION_MANAGER,
            GROUP,
            None,
            ArmPlace::group(node_group),
            Why::ConfiguresGateway,
            of_the_node_group,
        ));
    } else {
        facts.push(given(
            &roles::AGC_CONFIGURATION_MANAGER,
            GROUP,
            None,
            ArmPlace::group(configured_group),
            Why::ConfiguresGateway,
            Maker::Deployment,
        ));
        if is_addon {
            facts.push(given(
                &roles::AGC_CONFIGURATION_MANAGER,
                GROUP,
                None,
                ArmPlace::group(node_group),
                Why::ConfiguresGateway,
                Maker::Aks,
            ));
        }
    }
    facts.push(given(
        &roles::READER,
        GROUP,
        None,
        ArmPlace::group(node_group),
        Why::ReadsNodeGroup,
        of_the_node_group,
    ));
    if is_addon {
        facts.push(given(
            &roles::NETWORK_CONTRIBUTOR,
            GROUP,
            None,
            ArmPlace::group(node_group),
            Why::OwnsNodeGroupNetwork,
            Maker::Aks,
        ));
    }
    let (maker, key, namespace, credential) = match &cluster.gateway.controller {
        Controller::Helm { namespace, .. } => (
            Maker::Deployment,
            Some(ALB_CONTROLLER_CLIENT_ID),
            namespace.as_str(),
            "fc-alb-controller",
        ),
        // Namespace and credential: add-on quickstart of 2026-08-18.
        Controller::Addon | Controller::Existing => (Maker::Aks, None, "kube-system", "aksfic"),
    };
    facts.push(identity(&principal, maker, key, origin));
    facts.push(fact(
        What::Credential(Credential {
            identity: principal.id().to_owned(),
            name: credential.to_owned(),
            namespace: namespace.to_owned(),
            service_account: controller::SERVICE_ACCOUNT.to_owned(),
        }),
        origin,
    ));
    facts
}

fn sql_administrators(model: &Model) -> Vec<Fact> {
    let mut facts = Vec::new();
    for resource in &model.resources {
        let Kind::Sql(sql) = &resource.kind else {
            continue;
        };
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
    match grant.right {
        Right::Role(role) => {
            let (subscription, group) = match &resource.provision {
                Provision::Create(()) => (None, &model.azure.resource_group.name),
                Provision::Existing(id) => (id.subscription.clone(), &id.resource_group),
            };
            let whole = ArmPlace {
                subscription,
                ..ArmPlace::resource(group, facets.resource_type(), [&resource.azure_name])
            };
            let (title, title_of_parent, scope) = match &grant.scope {
                Scope::Resource => (facets.title(), None, whole),
                Scope::Child { azure_name, .. } => {
                    let (title, child_type) = facets.child_type();
                    let scope = child_place(&whole, child_type, azure_name);
                    (title, Some(facets.title()), scope)
                }
            };
            let given = Given {
                principal,
                role,
                title,
                title_of_parent,
                scope,
                why: Why::Connection { access },
                maker: Maker::Deployment,
            };
            vec![given.at(&grant.origin)]
        }
        Right::DatabaseRoles(database_roles) => {
            let databases: Vec<String> = match &grant.scope {
                Scope::Child { azure_name, .. } => vec![azure_name.clone()],
                Scope::Resource => facets
                    .children()
                    .into_iter()
                    .map(|child| child.azure_name)
                    .collect(),
            };
            databases
                .iter()
                .flat_map(|database| {
                    database_roles.iter().map(move |role| {
                        let right = ServerRight::Role {
                            database: database.clone(),
                            role,
                            access,
                        };
                        fact(
                            What::Database(DatabaseRight {
                                principal: principal.clone(),
                                resource: resource.key.clone(),
                                server: resource.azure_name.clone(),
                                right,
                            }),
                            &grant.origin,
                        )
                    })
                })
                .collect()
        }
    }
}

/// A child of a resource. Between a storage account and its containers stands its one blob service.
pub(super) fn child_place(
    parent: &ArmPlace,
    child_type: &'static str,
    azure_name: &str,
) -> ArmPlace {
    let mut names = parent.names.clone();
    let types = child_type.split('/').skip(1).count();
    names.resize(types.saturating_sub(1), ONLY_CHILD.to_owned());
    names.push(azure_name.to_owned());
    ArmPlace {
        resource_type: child_type,
        names,
        ..parent.clone()
    }
}
