//! Views of the facts as tables: one row a fact.

use super::deploy::extension;
use super::page::{Markdown, codes, file, group, listed, paragraph, say};
use super::system::System;
use crate::facts::{
    Area, ArmPlace, Carrier, Consumer, Exposure, Maker, Principal, ServerRight, Way, What, Why,
};
use crate::late::Producer;
use crate::print::markdown::{Inline, code, text};

/// A table, or a sentence where it would be empty.
fn table_or<const N: usize>(
    header: [&'static str; N],
    rows: &[[Inline; N]],
    nothing: &'static str,
) -> Markdown {
    if rows.is_empty() {
        paragraph(nothing, [])
    } else {
        Markdown::table(header, rows)
    }
}

/// What there is in Azure.
pub(super) fn resources(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 4]> = system
        .about(|what| match what {
            What::Resource(resource) => Some(resource),
            _ => None,
        })
        .map(|resource| {
            let place = &resource.place;
            let name = if place.name().is_empty() {
                text("a random name")
            } else {
                code(place.name())
            };
            let name = match place.parent() {
                Some(parent) => say("{} of {}", [name, code(parent)]),
                None => name,
            };
            [
                text(area(resource.area)),
                text(resource.title),
                name,
                match resource.maker {
                    Maker::Deployment => file(&resource.file),
                    Maker::Aks => say("AKS makes it; named in {}", [file(&resource.file)]),
                    Maker::AlbController => say(
                        "the ALB Controller makes it, from {}",
                        [file(&resource.file)],
                    ),
                    // Which files name it is up to who is connected to it.
                    Maker::SomebodyElse => text("was there before, is only used"),
                },
            ]
        })
        .collect();
    Markdown::table(["part", "what", "name", "defined in"], &rows)
}

fn area(area: Area) -> &'static str {
    match area {
        Area::Monitoring => "monitoring",
        Area::Network => "network",
        Area::Cluster => "cluster",
        Area::Gateway => "gateway",
        Area::Data => "data",
        Area::Identity => "identity",
    }
}

/// What there is in the cluster.
pub(super) fn objects(system: System<'_>) -> Vec<Markdown> {
    let rows: Vec<[Inline; 5]> = system
        .about(|what| match what {
            What::Object(object) => Some(object),
            _ => None,
        })
        .map(|object| {
            let pods = match &object.image {
                Some(image) if object.pods == 1 => say("1 pod of {}", [code(image)]),
                Some(image) => say(
                    "{} pods of {}",
                    [text(&object.pods.to_string()), code(image)],
                ),
                None => Inline::default(),
            };
            [
                text(&object.phase.to_string()),
                say("{} {}", [text(object.kind), code(&object.name)]),
                object.namespace.as_deref().map_or(Inline::default(), code),
                pods,
                file(&object.file),
            ]
        })
        .collect();
    let mut said = vec![Markdown::table(
        ["phase", "object", "namespace", "runs", "defined in"],
        &rows,
    )];
    if system.service_connections().next().is_some() {
        said.push(paragraph(
            "Not in this folder: {}. Service Connector installs it with the first connection, and all connections break without it.",
            [extension()],
        ));
    }
    said
}

/// What is billed.
pub(super) fn billed(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 5]> = system
        .about(|what| match what {
            What::Billed(billed) => Some(billed),
            _ => None,
        })
        .map(|billed| {
            [
                text(&billed.what),
                code(&billed.resource),
                code(&billed.size),
                text(&billed.count.to_string()),
                text(billed.grows_with),
            ]
        })
        .collect();
    Markdown::table(["what", "of", "size", "count", "grows with"], &rows)
}

/// What the internet reaches.
pub(super) fn exposures(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 3]> = system
        .about(|what| match what {
            What::Exposure(exposure) => Some(exposure),
            _ => None,
        })
        .map(|exposure| match exposure {
            Exposure::Listener {
                gateway,
                frontend,
                listener,
                protocol,
                port,
            } => [
                say(
                    "listener {} of Gateway {}, frontend {}",
                    [code(listener), code(gateway), code(frontend)],
                ),
                text(&format!("{protocol}, port {port}")),
                text(if *protocol == "HTTP" {
                    "anybody; nothing is encrypted between clients and the frontend"
                } else {
                    "anybody"
                }),
            ],
            Exposure::ApiServer { cluster } => [
                say("API server of {}", [code(cluster)]),
                text("HTTPS, port 443"),
                text("anybody may connect; only the administrators of the matrix below may do anything"),
            ],
        })
        .collect();
    Markdown::table(["what", "how", "who"], &rows)
}

/// Routes from the internet to workloads.
pub(super) fn routes(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 4]> = system
        .about(|what| match what {
            What::Route(route) => Some(route),
            _ => None,
        })
        .map(|route| {
            let path = if route.is_prefix {
                say("{} and everything below it", [code(&route.path)])
            } else {
                say("{} alone", [code(&route.path)])
            };
            [
                code(&route.name),
                path,
                say(
                    "{} (Service {}, port {})",
                    [
                        code(&route.workload),
                        code(&route.service),
                        text(&route.port.to_string()),
                    ],
                ),
                route.rewrite_prefix.as_deref().map_or_else(
                    || text("as it came"),
                    |prefix| say("{} instead of {}", [code(prefix), code(&route.path)]),
                ),
            ]
        })
        .collect();
    table_or(
        ["route", "requests for", "go to", "which sees the path"],
        &rows,
        "No route: nothing reaches a workload from outside.",
    )
}

/// Which workload calls which.
pub(super) fn calls(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 3]> = system
        .about(|what| match what {
            What::Call(call) => Some(call),
            _ => None,
        })
        .map(|call| {
            [
                say("{} calls {}", [code(&call.from), code(&call.to)]),
                code(&call.url),
                code(&call.variable),
            ]
        })
        .collect();
    table_or(
        ["call", "address", "in the variable"],
        &rows,
        "No workload calls another.",
    )
}

/// How pods reach data services.
pub(super) fn reaches(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 3]> = system
        .about(|what| match what {
            What::Reach(reach) => Some(reach),
            _ => None,
        })
        .map(|reach| {
            [
                code(&reach.resource),
                say("{} {}", [text(reach.title), code(&reach.azure_name)]),
                match &reach.way {
                    Way::Deployed(way) => text(way),
                    Way::MustLetIn { network, subnet } => say(
                        "its own firewall, which this system never changes: it must let in subnet {} of {}",
                        [code(subnet), code(network)],
                    ),
                },
            ]
        })
        .collect();
    table_or(
        ["resource", "is", "pods reach it by"],
        &rows,
        "No workload connects to a data service.",
    )
}

/// Who may do what: first by roles of Azure, then by rights inside SQL servers.
pub(super) fn rights(system: System<'_>) -> Markdown {
    let roles = system
        .about(|what| match what {
            What::Role(role) => Some(role),
            _ => None,
        })
        .map(|role| {
            let scope = say("{} {}", [text(role.title), code(role.scope.name())]);
            let scope = match (role.title_of_parent, role.scope.parent()) {
                (Some(title), Some(parent)) => {
                    say("{} of {} {}", [scope, text(title), code(parent)])
                }
                _ => scope,
            };
            [
                principal(&role.principal),
                text(role.role.name),
                at_home(system, scope, &role.scope),
                text(role.role.allows),
                why(role.why, role.maker),
            ]
        });
    let databases = system
        .about(|what| match what {
            What::Database(right) => Some(right),
            _ => None,
        })
        .map(|right| match &right.right {
            ServerRight::Administrator => [
                principal(&right.principal),
                text("administrator in Microsoft Entra"),
                say("SQL server {}", [code(&right.server)]),
                text("everything in every database"),
                text("makes the users of the databases"),
            ],
            ServerRight::Role {
                database,
                role,
                access,
            } => [
                principal(&right.principal),
                say("database role {}", [code(role)]),
                say(
                    "database {} of SQL server {}",
                    [code(database), code(&right.server)],
                ),
                text(match *role {
                    "db_datareader" => "read every table",
                    "db_datawriter" => "write every table",
                    "db_owner" => "everything in the database",
                    _ => "",
                }),
                connection_says(access),
            ],
        });
    let rows: Vec<[Inline; 5]> = roles.chain(databases).collect();
    Markdown::table(["who", "has", "on", "and so may", "because"], &rows)
}

/// A scope, and where it is unless it is in the system's own group.
fn at_home(system: System<'_>, scope: Inline, place: &ArmPlace) -> Inline {
    if place.names.is_empty() || system.is_at_home(place) {
        scope
    } else {
        say("{} in group {}", [scope, group(place)])
    }
}

fn principal(principal: &Principal) -> Inline {
    match principal {
        Principal::Workload { workload, identity } => {
            say("workload {} as {}", [code(workload), code(identity)])
        }
        Principal::SqlAdministrator { resource, identity } => {
            say("the Job of {} as {}", [code(resource), code(identity)])
        }
        Principal::AlbController { identity } => say("ALB Controller as {}", [code(identity)]),
        Principal::ControlPlane { identity } => say("control plane as {}", [code(identity)]),
        Principal::Administrator {
            object_id,
            principal_type,
        } => say(
            "administrator: {} {}",
            [text(&principal_type.to_string()), code(object_id)],
        ),
    }
}

fn why(why: Why, maker: Maker) -> Inline {
    let reason = match why {
        Why::JoinsNodes => text("it joins nodes and load balancers to the subnet"),
        Why::JoinsGateway => text("it joins traffic controllers to the subnet"),
        Why::ConfiguresGateway => text("it configures the traffic controllers of the group"),
        Why::ReadsNodeGroup => text("it reads what AKS made for the nodes"),
        Why::OwnsNodeGroupNetwork => text("the add-on comes with it"),
        Why::AdministersCluster => text("the cluster has no local accounts"),
        Why::FetchesCredentials => text("kubeconfig says where the cluster is and holds no right"),
        Why::Connection { access } => connection_says(access),
    };
    if maker == Maker::Aks {
        say("{}; AKS assigns it", [reason])
    } else {
        reason
    }
}

fn connection_says(access: &str) -> Inline {
    say("its connection says {}", [code(access)])
}

/// Which service account may act as which identity.
pub(super) fn credentials(system: System<'_>) -> Markdown {
    let keys: Vec<(&str, &str)> = system
        .about(|what| match what {
            What::Identity(identity) => Some(identity),
            _ => None,
        })
        .filter_map(|identity| Some((identity.principal.id(), identity.client_id_key.as_deref()?)))
        .collect();
    let rows: Vec<[Inline; 5]> = system
        .about(|what| match what {
            What::Credential(credential) => Some(credential),
            _ => None,
        })
        .map(|credential| {
            let key = keys
                .iter()
                .find(|(identity, _)| *identity == credential.identity)
                .map_or(Inline::default(), |(_, key)| code(key));
            [
                code(&credential.identity),
                code(&credential.namespace),
                code(&credential.service_account),
                code(&credential.name),
                key,
            ]
        })
        .collect();
    table_or(
        [
            "identity",
            "namespace",
            "service account",
            "federated credential",
            "late value with its client id",
        ],
        &rows,
        "No service account acts as an identity.",
    )
}

/// Settings of connections.
pub(super) fn connections(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 4]> = system
        .about(|what| match what {
            What::Connection(connection) => Some(connection),
            _ => None,
        })
        .map(|connection| {
            let target = match &connection.child {
                Some(child) => format!("{}/{child}", connection.resource),
                None => connection.resource.clone(),
            };
            [
                code(&connection.workload),
                code(&target),
                match &connection.carrier {
                    Carrier::ConfigMap(name) => say("the manifests, in ConfigMap {}", [code(name)]),
                    Carrier::ServiceConnector { connection, secret } => say(
                        "Service Connector, connection {}, in Secret {}",
                        [code(connection), code(secret)],
                    ),
                },
                codes(connection.variables.iter().map(String::as_str)),
            ]
        })
        .collect();
    table_or(
        ["workload", "learns of", "from", "by the variables"],
        &rows,
        "No workload connects to a resource of Azure.",
    )
}

/// Values that exist only after the deployment.
pub(super) fn late_values(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 4]> = system
        .about(|what| match what {
            What::LateValue(value) => Some(value),
            _ => None,
        })
        .map(|value| {
            let producer = match &value.producer {
                Producer::WorkloadIdentity(workload) => {
                    file(&format!("infra/workloads/{workload}.bicep"))
                }
                Producer::SqlAdministrator(_)
                | Producer::AlbController
                | Producer::TrafficController
                | Producer::GatewaySubnet => file("infra/main.bicep"),
            };
            [
                code(&value.key),
                text(&value.meaning),
                producer,
                listed(value.consumers.iter().map(|consumer| match consumer {
                    Consumer::Helm => text("the command that installs the ALB Controller"),
                    Consumer::Object { kind, name } => say("{} {}", [text(kind), code(name)]),
                })),
            ]
        })
        .collect();
    table_or(
        ["key", "is the", "made by", "read by"],
        &rows,
        "None: every name and id of this system is known before it is deployed.",
    )
}

/// Secrets.
pub(super) fn secrets(system: System<'_>) -> Markdown {
    let rows: Vec<[Inline; 3]> = system
        .about(|what| match what {
            What::Secret(secret) => Some(secret),
            _ => None,
        })
        .map(|secret| {
            [
                code(&secret.name),
                say("{} ({})", [code(&secret.vault), code(&secret.vault_name)]),
                secret
                    .variable
                    .as_deref()
                    .map_or_else(|| text("not from here: the vault was there before"), code),
            ]
        })
        .collect();
    table_or(
        ["secret", "in vault", "its value comes from the variable"],
        &rows,
        "None.",
    )
}
