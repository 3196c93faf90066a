//! Names that people choose, and collisions of names that follow from them.

use std::collections::BTreeMap;

use super::Resolver;
use crate::diagnostic::Code;
use crate::kinds::Kind;
use crate::model::{Resource, Via, Workload};
use crate::names::{client_id_key, symbol};
use crate::source::At;
use crate::spec::reserved::{NAMES, is_reserved_workload};

impl Resolver<'_> {
    /// Reserved names, and one name for two things.
    pub(super) fn check_names(&mut self) {
        let spec = self.spec;
        let resources = At::root().key("resources");
        let workloads = At::root().key("workloads");
        let routes = At::root().key("routes");
        for name in spec.workloads.0.keys() {
            let at = workloads.key(name);
            if NAMES.contains(&name.as_str()) || is_reserved_workload(name) {
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
            if NAMES.contains(&name.as_str()) {
                self.reserved(&resources.key(name), name, "a resource");
            }
        }
        for name in spec.routes.0.keys() {
            // Each route has a file of its own beside `kustomization.yaml`.
            if NAMES.contains(&name.as_str()) || name == "kustomization" {
                self.reserved(&routes.key(name), name, "a route");
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
            seen.add("the Bicep symbol", symbol(&resource.key), at);
            seen.add(
                "the Azure name",
                resource.azure_name.to_ascii_lowercase(),
                at,
            );
            match &resource.kind {
                Kind::Sql(sql) => {
                    seen.add(
                        "the late value",
                        sql.administrator.client_id_key.clone(),
                        at,
                    );
                    for database in &sql.databases {
                        let at = at.key("databases").key(&database.key);
                        seen.add(
                            "the database",
                            format!("{}/{}", resource.key, database.azure_name.to_lowercase()),
                            &at,
                        );
                    }
                }
                Kind::Storage(storage) => {
                    for container in &storage.containers {
                        let at = at.key("containers").key(&container.key);
                        seen.add(
                            "the container",
                            format!("{}/{}", resource.key, container.azure_name),
                            &at,
                        );
                    }
                }
                Kind::KeyVault(vault) => {
                    for secret in &vault.secrets {
                        let at = at.key("secrets").key(&secret.key);
                        seen.add("the variable", secret.variable.clone(), &at);
                        seen.add(
                            "the parameter",
                            crate::names::secret_parameter(&resource.key, &secret.key)
                                .to_lowercase(),
                            &at,
                        );
                        seen.add(
                            "the secret",
                            format!("{}/{}", resource.key, secret.azure_name.to_lowercase()),
                            &at,
                        );
                    }
                }
            }
        }
        for workload in workloads {
            let at = &workload.origin.at;
            seen.add("the workload's Bicep symbol", symbol(&workload.name), at);
            if workload.identity.is_some() {
                seen.add("the late value", client_id_key(&workload.name), at);
            }
            if let Some(service) = &workload.service {
                seen.add("the Service", service.name.clone(), at);
            }
        }
        for (what, name, first, second) in seen.collisions {
            let related = self.key_span(&first);
            self.report_key(
                Code::AGC0104,
                &second,
                format!("{what} `{name}` would stand for two things"),
            )
            .label("here")
            .related(related, "and here")
            .help("rename one of them, or pin the name of one with `azureName` or `serviceName`");
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

/// Derived names by what they name.
#[derive(Default)]
struct Derived {
    first: BTreeMap<(&'static str, String), At>,
    collisions: Vec<(&'static str, String, At, At)>,
}

impl Derived {
    fn add(&mut self, what: &'static str, name: String, at: &At) {
        match self.first.get(&(what, name.clone())) {
            Some(first) => self
                .collisions
                .push((what, name, first.clone(), at.clone())),
            None => {
                self.first.insert((what, name), at.clone());
            }
        }
    }
}
