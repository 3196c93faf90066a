//! Names that people choose, and collisions of names that follow from them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Resolver;
use crate::catalog::kubernetes::{is_kubernetes_namespace, is_system_namespace};
use crate::diagnostic::Code;
use crate::kinds::Kind;
use crate::model::{Controller, Namespace, Resource, Via, Workload};
use crate::names::{client_id_key, resource_symbol, secret_parameter, workload_symbol};
use crate::source::At;

/// Names that nothing may have: words of the language, of this version or a later one.
const RESERVED: &[&str] = &["self", "all", "any", "none", "internet", "default"];

impl Resolver<'_> {
    /// Reserved names, and one name for two things.
    pub(super) fn check_names(&mut self) {
        let spec = self.spec;
        let resources = At::root().key("resources");
        let workloads = At::root().key("workloads");
        let routes = At::root().key("routes");
        for name in spec.workloads.0.keys() {
            let at = workloads.key(name);
            if RESERVED.contains(&name.as_str()) || is_reserved_workload(name) {
                self.reserved(&at, name, "a workload");
            }
            if spec.resources.0.contains_key(name) {
                let other = self.key_span(&resources.key(name));
                self.report_key(
                    Code::AGC0103,
                    &at,
                    format!("`{name}` is the name of a workload and of a resource"),
                )
                .label("the workload")
                .related(other, "the resource")
                .help("rename one of them: connections name both in one space");
            }
        }
        for name in spec.resources.0.keys() {
            if RESERVED.contains(&name.as_str()) {
                self.reserved(&resources.key(name), name, "a resource");
            }
        }
        for name in spec.routes.0.keys() {
            // Each route has a file of its own beside `kustomization.yaml`.
            if RESERVED.contains(&name.as_str()) || name == "kustomization" {
                self.reserved(&routes.key(name), name, "a route");
            }
        }
    }

    /// Namespaces that are not ours, and namespaces that must not be one: a service account of one name in one namespace is
    /// one identity.
    pub(super) fn check_namespaces(
        &mut self,
        namespace: &Namespace,
        controller: &Controller,
        resources: &[Resource],
    ) {
        let at = if self.spec.namespace.is_some() {
            At::root().key("namespace")
        } else {
            At::root().key("name")
        };
        let app = &namespace.name;
        if is_system_namespace(app) {
            self.report(
                Code::AGC0102,
                &at,
                format!("workloads cannot live in the namespace `{app}`"),
            )
            .label("it belongs to Kubernetes or Azure")
            .help("set `namespace` to a name of your own");
        }
        let grants = resources.iter().find_map(|resource| match &resource.kind {
            Kind::Sql(sql) => Some(sql.grants.namespace.clone()),
            _ => None,
        });
        let controller = match controller {
            Controller::Helm { namespace, .. } => Some(namespace.clone()),
            _ => None,
        };
        let controller_at = At::root().key("gateway").key("controller").key("namespace");
        if let Some(controller) = controller
            .as_ref()
            .filter(|name| is_kubernetes_namespace(name))
        {
            self.report(
                Code::AGC0102,
                &controller_at,
                format!("the controller cannot run in the namespace `{controller}`"),
            )
            .label("it belongs to Kubernetes")
            .help("leave `namespace` out, or choose a name of your own");
        }
        // One mistake a word: what is refused already is not also a clash.
        let app = Some(app).filter(|app| !is_system_namespace(app));
        let clashes = [
            (
                &at,
                app,
                grants.as_ref(),
                "the Jobs that make database users",
            ),
            (&at, app, controller.as_ref(), "the ALB Controller"),
            (
                &controller_at,
                controller.as_ref(),
                grants.as_ref(),
                "the Jobs that make database users",
            ),
        ];
        for (at, one, other, whose) in clashes {
            if let Some(name) = one.filter(|one| Some(*one) == other) {
                self.report(
                    Code::AGC0103,
                    at,
                    format!("the namespace `{name}` would also be that of {whose}"),
                )
                .label("shared")
                .help("choose another namespace: whoever may start a pod in one may act as every service account in it");
            }
        }
    }

    fn reserved(&mut self, at: &At, name: &str, what: &str) {
        self.report_key(
            Code::AGC0102,
            at,
            format!("{what} cannot be called `{name}`"),
        )
        .label("kept for Azure, Kubernetes or agcgen itself")
        .help("choose another name");
    }

    /// Two derived names that are the same.
    pub(super) fn check_derived_names(&mut self, resources: &[Resource], workloads: &[Workload]) {
        let mut seen = Derived::default();
        for resource in resources {
            let at = &resource.origin.at;
            let facets = resource.kind.facets();
            seen.add("Bicep symbol", resource_symbol(&resource.key).as_str(), at);
            seen.add_in(
                "Azure name",
                facets.resource_type(),
                &resource.azure_name,
                at,
            );
            for child in facets.children() {
                let at = at.key(facets.children_key()).key(&child.key);
                let (title, _) = facets.child_type();
                seen.add_in(title, &resource.key, &child.azure_name, &at);
            }
            match &resource.kind {
                Kind::Sql(sql) => seen.add("late value", &sql.administrator.client_id_key, at),
                Kind::KeyVault(vault) => {
                    for secret in &vault.secrets {
                        let at = at.key(facets.children_key()).key(&secret.key);
                        let parameter = secret_parameter(&resource.key, &secret.key);
                        seen.add("variable", &secret.variable, &at);
                        seen.add("parameter", parameter.as_str(), &at);
                    }
                }
                Kind::Storage(_) => {}
            }
        }
        for workload in workloads {
            let at = &workload.origin.at;
            seen.add("Bicep symbol", workload_symbol(&workload.name).as_str(), at);
            if workload.identity.is_some() {
                seen.add("late value", &client_id_key(&workload.name), at);
            }
            if let Some(service) = &workload.service {
                seen.add("Service", &service.name, at);
            }
        }
        for (what, name, first, second) in seen.collisions {
            let related = self.key_span(&first);
            self.report_key(
                Code::AGC0104,
                &second,
                format!("the {what} `{name}` would stand for two things"),
            )
            .label("here")
            .related(related, "and here")
            .help(match what {
                "Azure name" => "give one of them another `azureName`; of a resource that is there already, declare it once and list all children",
                "Service" => "set `serviceName` on one of them",
                _ => "rename one of them",
            });
        }
        self.check_secrets_of_service_connector(workloads);
    }

    /// Service Connector makes the name of a Secret from letters and digits alone, so different connections may get one.
    fn check_secrets_of_service_connector(&mut self, workloads: &[Workload]) {
        let mut first: BTreeMap<&str, &At> = BTreeMap::new();
        for link in workloads.iter().flat_map(|workload| &workload.links) {
            let Via::ServiceConnector(connection) = &link.via else {
                continue;
            };
            let Some(other) = first.get(connection.secret.as_str()) else {
                first.insert(&connection.secret, &link.origin.at);
                continue;
            };
            let related = self.key_span(other);
            let secret = connection.secret.clone();
            self.report_key(
                Code::AGC0107,
                &link.origin.at,
                format!("two connections get one Secret, `{secret}`"),
            )
            .label("here")
            .related(related, "and here")
            .help("set `name` on one of the two connections");
        }
    }
}

/// Derived names by what they name, and in what they must differ. Case is no difference: Azure sees none in most names,
/// and symbols become names of deployments.
#[derive(Default)]
struct Derived {
    first: BTreeMap<(&'static str, String), At>,
    collisions: Vec<(&'static str, String, At, At)>,
}

impl Derived {
    /// A name that nothing else of its sort may have.
    fn add(&mut self, what: &'static str, name: &str, at: &At) {
        self.add_in(what, "", name, at);
    }

    /// A name that nothing else of its sort in the same room may have.
    fn add_in(&mut self, what: &'static str, room: &str, name: &str, at: &At) {
        let folded = [room, "/", name].concat().to_lowercase();
        match self.first.entry((what, folded)) {
            Entry::Occupied(first) => {
                let first = first.get().clone();
                self.collisions
                    .push((what, name.to_owned(), first, at.clone()));
            }
            Entry::Vacant(free) => {
                free.insert(at.clone());
            }
        }
    }
}

/// Whether a name of a workload is kept for the parts that agcgen makes itself, or for Azure's own.
fn is_reserved_workload(name: &str) -> bool {
    let prefixed = ["kube-", "azure-", "sc-"]
        .iter()
        .any(|prefix| name.starts_with(prefix));
    let suffixed = ["-canary", "-administrator", "-connections", "-files"]
        .iter()
        .any(|suffix| name.ends_with(suffix));
    prefixed || suffixed || matches!(name, "cluster" | "alb-controller" | "kustomization")
}
