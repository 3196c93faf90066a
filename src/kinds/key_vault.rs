//! Key vaults with secrets.

use schemars::JsonSchema;
use serde::Deserialize;

use super::facets::{AccessRow, Aim, Billed, Child, Facets};
use super::storage::ChildSpec;
use crate::catalog::connector::{self, Target};
use crate::catalog::roles;
use crate::model::{Right, SettingValue};
use crate::spec::sugar::Names;
use crate::spec::{Access, Client, resource_spec};

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

impl Facets for KeyVault {
    fn word(&self) -> &'static str {
        "keyVault"
    }

    fn title(&self) -> &'static str {
        "key vault"
    }

    fn resource_type(&self) -> &'static str {
        "Microsoft.KeyVault/vaults"
    }

    fn child_type(&self) -> (&'static str, &'static str) {
        ("secret", "Microsoft.KeyVault/vaults/secrets")
    }

    fn children(&self) -> Vec<Child> {
        self.secrets
            .iter()
            .map(|secret| Child {
                key: secret.key.clone(),
                azure_name: secret.azure_name.clone(),
            })
            .collect()
    }

    fn accesses(&self) -> &'static [AccessRow] {
        &[
            AccessRow {
                access: Access::Read,
                right: || Right::Role(&roles::SECRETS_USER),
            },
            AccessRow {
                access: Access::Write,
                right: || Right::Role(&roles::SECRETS_OFFICER),
            },
        ]
    }

    fn facts(&self, aim: Aim<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("vault", aim.azure_name.to_owned()),
            ("endpoint", vault_endpoint(aim.azure_name)),
        ]
    }

    fn variable_stem(&self) -> &'static str {
        "AZURE_KEYVAULT"
    }

    fn settings(&self, client: Client, aim: Aim<'_>) -> Option<Vec<(&'static str, SettingValue)>> {
        let endpoint = || SettingValue::Fixed(vault_endpoint(aim.azure_name));
        let scope = || SettingValue::Fixed("https://management.azure.com/.default".to_owned());
        // Service Connector's page on key vaults, 2023-11-02.
        Some(if client == Client::SpringBoot {
            vec![
                ("spring.cloud.azure.keyvault.secret.endpoint", endpoint()),
                (
                    "spring.cloud.azure.keyvault.secret.credential.client-id",
                    SettingValue::ClientId,
                ),
                (
                    "spring.cloud.azure.keyvault.secret.credential.managed-identity-enabled",
                    SettingValue::Fixed("true".to_owned()),
                ),
                ("azure.keyvault.uri", endpoint()),
                ("azure.keyvault.client-id", SettingValue::ClientId),
                ("azure.keyvault.scope", scope()),
            ]
        } else {
            vec![
                ("AZURE_KEYVAULT_RESOURCEENDPOINT", endpoint()),
                ("AZURE_KEYVAULT_CLIENTID", SettingValue::ClientId),
                ("AZURE_KEYVAULT_SCOPE", scope()),
            ]
        })
    }

    fn settings_name_a_child(&self) -> bool {
        false
    }

    fn connector(&self) -> Option<Target> {
        Some(connector::KEY_VAULT)
    }

    fn refuses_existing(&self) -> Option<&'static str> {
        None
    }

    fn billing(&self) -> Vec<Billed> {
        vec![Billed {
            what: "key vault".to_owned(),
            size: self.sku.clone(),
            grows_with: "requests",
        }]
    }

    fn reached_by(&self) -> &'static str {
        "service endpoint Microsoft.KeyVault; the firewall denies everything but the nodes' subnet"
    }
}

/// Where a vault is, in Azure's public cloud.
fn vault_endpoint(vault: &str) -> String {
    format!("https://{vault}.vault.azure.net/")
}
