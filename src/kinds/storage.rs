//! Storage accounts with blob containers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::facets::{AccessRow, Aim, Billed, Child, ChildSpec, Facets};
use crate::catalog::connector::{self, Target};
use crate::catalog::roles;
use crate::model::{Resource, Right, Scope, SettingValue};
use crate::print::bicep::{Expression, Property, Type};
use crate::render::infra::context::ModuleCall;
use crate::render::infra::modules;
use crate::render::infra::resource::{
    Lowered, OpenedBy, RoleScope, Settings, Surroundings, symbol,
};
use crate::spec::resource_spec;
use crate::spec::sugar::Names;
use crate::spec::{Access, Client};

resource_spec! {
    /// A storage account with blob containers.
    StorageSpec {
        /// How many copies are kept, and where. Default: `Standard_LRS` (dev), `Standard_ZRS` (prod; in a region without zones
        /// `Standard_LRS`, with a warning).
        #[schemars(example = &"Standard_ZRS")]
        sku: Option<StorageSku>,
        /// Days that deleted blobs and containers can be brought back. Default: 7 (dev), 14 (prod).
        #[schemars(example = 14, range(min = 1, max = 365))]
        soft_delete_days: Option<u32>,
        /// Whether overwritten blobs are kept as versions. Default: false (dev), true (prod).
        #[schemars(example = true)]
        versioning: Option<bool>,
        /// Its blob containers: names.
        #[schemars(example = serde_json::json!(["images"]))]
        #[serde(default)]
        containers: Names<ChildSpec>,
    }
}

/// How many copies a storage account keeps, and where: in one data centre, in the zones of a region, and with `G` in a
/// second region too. Vendor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[allow(non_camel_case_types, clippy::enum_variant_names, missing_docs)] // Azure's spelling.
pub(crate) enum StorageSku {
    Standard_LRS,
    Standard_ZRS,
    Standard_GRS,
    Standard_GZRS,
}

/// A storage account, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// How many copies are kept, and where: `Standard_LRS`, `Standard_ZRS`, …
    pub sku: String,
    /// Whether the default would be copies in zones, and the region is not known to have any.
    pub lacks_zones: bool,
    /// Days that deleted blobs and containers can be brought back.
    pub soft_delete_days: u32,
    /// Whether overwritten blobs are kept as versions.
    pub versioning: bool,
    /// Its containers.
    pub containers: Vec<Child>,
}

impl Facets for Storage {
    fn word(&self) -> &'static str {
        "storage"
    }

    fn title(&self) -> &'static str {
        "storage account"
    }

    fn resource_type(&self) -> &'static str {
        "Microsoft.Storage/storageAccounts"
    }

    fn name_check_version(&self) -> Option<&'static str> {
        Some("2026-09-01")
    }

    fn child_type(&self) -> (&'static str, &'static str) {
        (
            "container",
            "Microsoft.Storage/storageAccounts/blobServices/containers",
        )
    }

    fn children_key(&self) -> &'static str {
        "containers"
    }

    fn children(&self) -> Vec<Child> {
        self.containers.clone()
    }

    fn accesses(&self) -> &'static [AccessRow] {
        &[
            AccessRow {
                access: Access::Read,
                right: || Right::Role(&roles::BLOB_READER),
                does: "reads",
            },
            AccessRow {
                access: Access::Write,
                right: || Right::Role(&roles::BLOB_CONTRIBUTOR),
                does: "reads and writes",
            },
            AccessRow {
                access: Access::Own,
                right: || Right::Role(&roles::BLOB_OWNER),
                does: "owns",
            },
        ]
    }

    fn facts(&self, aim: Aim<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("account", aim.azure_name.to_owned()),
            ("endpoint", blob_endpoint(aim.azure_name)),
            (
                "container",
                aim.child
                    .map(|child| child.azure_name.clone())
                    .unwrap_or_default(),
            ),
        ]
    }

    fn variable_stem(&self) -> &'static str {
        "AZURE_STORAGEBLOB"
    }

    fn settings(&self, client: Client, aim: Aim<'_>) -> Option<Vec<(&'static str, SettingValue)>> {
        // Spring Boot's starter takes a key here, nothing else (Service Connector's page on blobs, 2024-02-02).
        (client != Client::SpringBoot).then(|| {
            vec![
                (
                    "AZURE_STORAGEBLOB_RESOURCEENDPOINT",
                    SettingValue::Fixed(blob_endpoint(aim.azure_name)),
                ),
                ("AZURE_STORAGEBLOB_CLIENTID", SettingValue::ClientId),
            ]
        })
    }

    fn settings_name_a_child(&self) -> bool {
        false
    }

    fn connector(&self) -> Option<Target> {
        Some(connector::STORAGE_BLOB)
    }

    fn refuses_existing(&self) -> Option<&'static str> {
        None
    }

    fn billing(&self) -> Vec<Billed> {
        vec![Billed {
            what: "storage account".to_owned(),
            size: self.sku.clone(),
            grows_with: "bytes kept, requests",
        }]
    }

    fn reached_by(&self) -> &'static str {
        "service endpoint Microsoft.Storage; the firewall lets in the nodes' subnet, so every pod on the nodes, and Azure's trusted services, and nobody else"
    }

    fn lower(&self, surroundings: &Surroundings<'_>) -> Lowered {
        let resource = surroundings.resource;
        let containers: Vec<&str> = self
            .containers
            .iter()
            .map(|container| container.azure_name.as_str())
            .collect();
        let account = ModuleCall::new(surroundings.symbol(), modules::path("storage"))
            .with("name", resource.azure_name.as_str())
            .with("containers", containers);
        let account = surroundings
            .placed(account)
            .with("settings", surroundings.settings());
        let settings_type = symbol("storageSettingsType");
        Lowered {
            settings: Settings {
                description: format!("The storage account {}.", resource.key),
                kind: Type::Named(settings_type.clone()),
                import: (settings_type, "storage"),
                value: Expression::Object(vec![
                    Property::new("sku", self.sku.as_str()),
                    Property::new("softDeleteDays", i64::from(self.soft_delete_days)),
                    Property::new("versioning", self.versioning),
                ]),
            },
            variables: Vec::new(),
            secrets: Vec::new(),
            modules: vec![surroundings.watched(account)],
            children: BTreeMap::new(),
        }
    }

    fn opened_by(&self, resource: &Resource, scope: &Scope) -> OpenedBy {
        let (key, name) = (&resource.key, &resource.azure_name);
        let mut access_parameters = vec![Property::new("accountName", name.as_str())];
        OpenedBy::Role(match scope {
            Scope::Resource => RoleScope {
                kind: format!("{}@{API_VERSION}", self.resource_type()),
                azure_name: name.clone(),
                what: "resource",
                holds_for: format!("every blob of {key}"),
                access_module: "storage-access",
                access_parameters,
            },
            Scope::Child {
                key: child,
                azure_name: container,
            } => {
                access_parameters.push(Property::new("container", container.as_str()));
                let (what, kind) = self.child_type();
                RoleScope {
                    kind: format!("{kind}@{API_VERSION}"),
                    azure_name: format!("{name}/default/{container}"),
                    what,
                    holds_for: format!("the blobs of the container {child} of {key}"),
                    access_module: "storage-access",
                    access_parameters,
                }
            }
        })
    }
}

/// Where the blobs of an account are, in Azure's public cloud.
fn blob_endpoint(account: &str) -> String {
    format!("https://{account}.blob.core.windows.net/")
}

/// Version of the resource types, the one that the module of the kind uses: the newest of the type data of Bicep 0.49.2.
const API_VERSION: &str = "2026-09-01";
