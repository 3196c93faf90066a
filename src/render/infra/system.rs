//! `main.bicep` and `main.bicepparam`.
//!
//! In: the model. Out: the contexts of the two files. They read as the system does: monitoring, network, cluster,
//! gateway, resources, workloads, outputs; resources and workloads in the order of the model.

use std::collections::{BTreeMap, BTreeSet};

use crate::late::{Producer, late_values};
use crate::model::{Grant, Model, Provision, Resource, Right, Scope};
use crate::names::{resource_symbol, workload_symbol};
use crate::print::bicep::{Expression, Field, Function, Property, Symbol, Type};

use super::context::{self, Import, Main, ModuleCall, Parameter, Parameters};
use super::modules;
use super::platform::{Platform, cluster_module, output, platform};
use super::resource::{Lowered, Surroundings, symbol, value};

/// The contexts of `main.bicep` and `main.bicepparam`.
pub(super) fn files(model: &Model) -> (Main, Parameters) {
    let platform = platform(model);
    let resources: Vec<(&Resource, Lowered)> = model
        .resources
        .iter()
        .filter(|resource| resource.is_made())
        .map(|resource| {
            (
                resource,
                resource
                    .kind
                    .facets()
                    .lower(&surroundings(model, &platform, resource)),
            )
        })
        .collect();
    (
        main(model, platform, &resources),
        parameters(model, &resources),
    )
}

fn surroundings<'a>(
    model: &Model,
    platform: &Platform,
    resource: &'a Resource,
) -> Surroundings<'a> {
    // The model has all of them; those of the system are the parameter. Azure takes no notice of case in names of tags,
    // and union may: a tag that stands over one of the system is spelt as that one is.
    let system = &model.azure.tags;
    let spelt = |name: &String| {
        let known = system
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or_else(|| name.clone(), |(known, _)| known.clone())
    };
    let own: Vec<(String, String)> = resource
        .tags
        .iter()
        .filter(|tag| !system.contains(tag))
        .map(|(name, text)| (spelt(name), text.clone()))
        .collect();
    let tags = if own.is_empty() {
        value("tags")
    } else {
        Expression::Call(Function::Union, vec![value("tags"), texts(&own)])
    };
    let diagnostics = if resource.diagnostics == model.workspace.diagnostics {
        value("diagnostics")
    } else {
        resource.diagnostics.to_string().into()
    };
    Surroundings {
        resource,
        tags,
        diagnostics,
        workspace_id: platform.workspace_id.clone(),
        node_subnet_id: platform.node_subnet_id.clone(),
        oidc_issuer_url: platform.oidc_issuer_url.clone(),
    }
}

fn texts(pairs: &[(String, String)]) -> Expression {
    Expression::Object(
        pairs
            .iter()
            .map(|(name, text)| Property::new(name, text.as_str()))
            .collect(),
    )
}

fn main(model: &Model, platform: Platform, resources: &[(&Resource, Lowered)]) -> Main {
    let mut modules = platform.modules;
    modules.extend(
        resources
            .iter()
            .flat_map(|(_, lowered)| lowered.modules.iter().cloned()),
    );
    for workload in model
        .workloads
        .iter()
        .filter(|workload| workload.identity.is_some())
    {
        let call = ModuleCall::new(
            workload_symbol(&workload.name),
            workload_path(&workload.name),
        )
        .with("location", value("location"))
        .with("tags", value("tags"))
        .with("oidcIssuerUrl", platform.oidc_issuer_url.clone());
        modules.push(
            after(&workload.grants, resources)
                .into_iter()
                .fold(call, ModuleCall::after),
        );
    }
    let late = late_values(model)
        .into_iter()
        .map(|late| (late.key, produced(&late.producer)));
    let mut variables = platform.variables;
    variables.extend(
        resources
            .iter()
            .flat_map(|(_, lowered)| lowered.variables.iter().cloned()),
    );
    Main {
        source: model.spec_file.clone(),
        name: model.name.clone(),
        imports: imports(model, resources, platform.frontends.is_some()),
        parameters: declarations(model, resources),
        variables,
        existing: platform.existing,
        modules,
        late_values: context::late_values(late),
        frontends: platform.frontends,
    }
}

/// Path of a workload's file, from `main.bicep`.
pub(super) fn workload_path(name: &str) -> String {
    format!("workloads/{name}.bicep")
}

/// The modules that make what a workload is given roles at, each once.
fn after(grants: &[Grant], resources: &[(&Resource, Lowered)]) -> Vec<Symbol> {
    let mut first = Vec::new();
    for grant in grants
        .iter()
        .filter(|grant| matches!(grant.right, Right::Role(_)))
    {
        let Some((resource, lowered)) = resources
            .iter()
            .find(|(resource, _)| resource.key == grant.resource)
        else {
            continue;
        };
        first.push(resource_symbol(&resource.key));
        if let Scope::Child { key, .. } = &grant.scope {
            first.extend(lowered.children.get(key).cloned());
        }
    }
    let mut seen = BTreeSet::new();
    first.retain(|symbol| seen.insert(symbol.clone()));
    first
}

/// Where a late value comes from.
fn produced(producer: &Producer) -> Expression {
    match producer {
        Producer::WorkloadIdentity(workload) => {
            Expression::output(&workload_symbol(workload), "clientId")
        }
        Producer::SqlAdministrator(resource) => {
            Expression::output(&resource_symbol(resource), "administratorClientId")
        }
        Producer::AlbController => output("albController", "clientId"),
        Producer::TrafficController => output("trafficController", "id"),
        Producer::GatewaySubnet => output("network", "gatewaySubnetId"),
    }
}

/// The types that parameters and outputs need, by the modules that export them.
fn imports(model: &Model, resources: &[(&Resource, Lowered)], frontends: bool) -> Vec<Import> {
    let mut types: BTreeMap<String, BTreeSet<Symbol>> = BTreeMap::new();
    let mut import = |module: &str, name: Symbol| {
        types.entry(modules::path(module)).or_default().insert(name);
    };
    for name in ["administratorType", "nodesType", "tierType"] {
        import(cluster_module(model.cluster()), symbol(name));
    }
    for (_, lowered) in resources {
        let (name, module) = &lowered.settings.import;
        import(module, name.clone());
    }
    if frontends {
        import("traffic-controller", symbol("frontendType"));
    }
    types
        .into_iter()
        .map(|(path, names)| Import {
            names: names.into_iter().collect(),
            path,
        })
        .collect()
}

fn parameter(name: &'static str, kind: Type, description: &str) -> Parameter {
    Parameter {
        name: symbol(name),
        description: description.to_owned(),
        kind,
        secure: false,
        default: None,
    }
}

/// The parameters of `main.bicep`: what may differ between environments.
fn declarations(model: &Model, resources: &[(&Resource, Lowered)]) -> Vec<Parameter> {
    let named = |name| Type::Named(symbol(name));
    let mut declared = vec![
        Parameter {
            default: Some(Expression::Call(Function::ResourceGroup, Vec::new()).of("location")),
            ..parameter("location", Type::Text, "Region of every resource.")
        },
        parameter("tags", Type::Texts, "Tags of every resource."),
        parameter(
            "administrators",
            Type::ListOf(Box::new(named("administratorType"))),
            "Who may do everything in the cluster: people, and the pipeline that deploys to it.",
        ),
        parameter(
            "kubernetesVersion",
            Type::Text,
            "Minor version of Kubernetes; AKS chooses and upgrades the patch.",
        ),
        parameter(
            "clusterTier",
            named("tierType"),
            "Price tier of the cluster.",
        ),
        parameter("nodes", named("nodesType"), "The node pool."),
    ];
    if !resources.is_empty() {
        let fields = resources
            .iter()
            .map(|(resource, lowered)| Field {
                name: resource.key.clone(),
                description: lowered.settings.description.clone(),
                kind: lowered.settings.kind.clone(),
            })
            .collect();
        declared.push(parameter(
            "resources",
            Type::Object(fields),
            "Size and safety of the resources that workloads connect to.",
        ));
    }
    if let Provision::Create(_) = model.workspace.workspace {
        declared.push(parameter(
            "logRetentionInDays",
            Type::Integer,
            "How long logs are kept, in days.",
        ));
    }
    let levels = ["all", "audit", "none"].map(str::to_owned).to_vec();
    declared.push(parameter(
        "diagnostics",
        Type::OneOf(levels),
        "Which logs are kept.",
    ));
    let secrets = resources.iter().flat_map(|(_, lowered)| &lowered.secrets);
    declared.extend(secrets.map(|secret| secret.parameter.clone()));
    declared
}

/// Their values.
fn parameters(model: &Model, resources: &[(&Resource, Lowered)]) -> Parameters {
    let cluster = model.cluster();
    let administrators: Vec<Expression> = cluster
        .administrators
        .iter()
        .map(|administrator| {
            Expression::Row(vec![
                Property::new("objectId", administrator.object_id.as_str()),
                Property::new("type", administrator.principal_type.to_string()),
            ])
        })
        .collect();
    let zones: Vec<String> = cluster
        .nodes
        .zones
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut values = vec![
        Property::new("location", model.azure.location.as_str()),
        Property::new("tags", texts(&model.azure.tags)),
        Property::new("administrators", administrators),
        Property::new("kubernetesVersion", cluster.kubernetes_version.as_str()),
        Property::new("clusterTier", cluster.tier.to_string()),
        Property::new(
            "nodes",
            Expression::Object(vec![
                Property::new("size", cluster.nodes.size.as_str()),
                Property::new("count", i64::from(cluster.nodes.count)),
                Property::new("zones", zones),
                Property::new("maxPods", i64::from(cluster.nodes.max_pods)),
            ]),
        ),
    ];
    if !resources.is_empty() {
        let settings = resources
            .iter()
            .map(|(resource, lowered)| Property::new(&resource.key, lowered.settings.value.clone()))
            .collect();
        values.push(Property::new("resources", Expression::Object(settings)));
    }
    if let Provision::Create(workspace) = &model.workspace.workspace {
        values.push(Property::new(
            "logRetentionInDays",
            i64::from(workspace.retention_days),
        ));
    }
    values.push(Property::new(
        "diagnostics",
        model.workspace.diagnostics.to_string(),
    ));
    let secrets = resources
        .iter()
        .flat_map(|(_, lowered)| &lowered.secrets)
        .map(|secret| {
            let arguments = vec![secret.variable.as_str().into(), "".into()];
            Property::new(
                secret.parameter.name.as_str(),
                Expression::Call(Function::ReadEnvironmentVariable, arguments),
            )
        })
        .collect();
    Parameters {
        source: model.spec_file.clone(),
        values,
        secrets,
    }
}
