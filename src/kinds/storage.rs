//! Storage accounts with blob containers.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::resource_spec;
use crate::spec::sugar::Names;

resource_spec! {
    /// A storage account with blob containers.
    StorageSpec {
        /// How many copies are kept, and where. Default: `Standard_LRS` (dev), `Standard_ZRS` (prod).
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

/// A child that has no settings but its name in Azure.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChildSpec {
    /// Its name in Azure. Default: its key.
    #[schemars(example = &"images-2026", length(min = 1, max = 128))]
    pub azure_name: Option<String>,
}

/// A storage account, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// How many copies are kept, and where: `Standard_LRS`, `Standard_ZRS`, …
    pub sku: String,
    /// Days that deleted blobs and containers can be brought back.
    pub soft_delete_days: u32,
    /// Whether overwritten blobs are kept as versions.
    pub versioning: bool,
    /// Its containers.
    pub containers: Vec<Container>,
}

/// A blob container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Key in the spec.
    pub key: String,
    /// Name in Azure.
    pub azure_name: String,
}
