//! Key vaults with secrets.

use schemars::JsonSchema;
use serde::Deserialize;

use super::storage::ChildSpec;
use crate::spec::resource_spec;
use crate::spec::sugar::Names;

resource_spec! {
    /// A key vault with secrets, governed by Azure roles.
    KeyVaultSpec {
        /// `premium` keeps keys in hardware. Default: `standard`.
        #[schemars(example = &"standard")]
        sku: Option<VaultSku>,
        /// Its secrets: names, never values. A value reaches the vault at deployment, from the environment variable
        /// `AGC_SECRET_<VAULT>_<NAME>`.
        #[schemars(example = serde_json::json!(["api-key"]))]
        #[serde(default)]
        secrets: Names<ChildSpec>,
    }
}

/// Tier of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum VaultSku {
    Standard,
    Premium,
}

/// A key vault, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyVault {
    /// `standard` or `premium`.
    pub sku: String,
    /// Whether a deleted vault or secret can be removed for good before its time.
    pub purge_protection: bool,
    /// Days that a deleted vault or secret can be brought back, 7 to 90.
    pub soft_delete_days: u32,
    /// Its secrets: names, never values.
    pub secrets: Vec<Secret>,
}

/// A secret's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Key in the spec.
    pub key: String,
    /// Name in the vault.
    pub azure_name: String,
    /// The variable that its value is read from at deployment, `AGC_SECRET_<VAULT>_<NAME>`.
    pub variable: String,
}
