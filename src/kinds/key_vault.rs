//! Key vaults with secrets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::facets::{AccessRow, Aim, Billed, Child, ChildSpec, Facets};
use crate::catalog::connector::{self, Target};
use crate::catalog::roles;
use crate::model::{Resource, Right, Scope, SettingValue};
use crate::names::secret_parameter;
use crate::print::bicep::{Expression, Property, Symbol, Type};
use crate::render::infra::context::{ModuleCall, Parameter, Variable};
use crate::render::infra::modules;
use crate::render::infra::resource::{
    Lowered, OpenedBy, RoleScope, SecretParameter, Settings, Surroundings, symbol,
};
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

    fn name_check_version(&self) -> Option<&'static str> {
        Some("2026-05-15")
    }

    fn child_type(&self) -> (&'static str, &'static str) {
        ("secret", "Microsoft.KeyVault/vaults/secrets")
    }

    fn children_key(&self) -> &'static str {
        "secrets"
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
                does: "reads",
            },
            AccessRow {
                access: Access::Write,
                right: || Right::Role(&roles::SECRETS_OFFICER),
                does: "reads, sets and deletes",
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
        "service endpoint Microsoft.KeyVault; the firewall lets in the nodes' subnet, so every pod on the nodes, and Azure's trusted services, and nobody else"
    }

    fn lower(&self, surroundings: &Surroundings<'_>) -> Lowered {
        let resource = surroundings.resource;
        let mut variables = Vec::new();
        // The modules of the secrets name the vault too.
        let vault_name: Expression = if self.secrets.is_empty() {
            resource.azure_name.as_str().into()
        } else {
            let name = surroundings.part("resource-name");
            variables.push(Variable::new(&name, resource.azure_name.as_str()));
            name.into()
        };
        let vault = ModuleCall::new(surroundings.symbol(), modules::path("key-vault"))
            .with("name", vault_name.clone());
        let vault = surroundings
            .placed(vault)
            .with("settings", surroundings.settings());
        let mut lowered = Lowered {
            settings: self.lowered_settings(&resource.key),
            variables,
            secrets: Vec::new(),
            modules: vec![surroundings.watched(vault)],
            children: BTreeMap::new(),
        };
        for secret in &self.secrets {
            let parameter = secret_parameter(&resource.key, &secret.key);
            let module = Symbol::of(&[&resource.key, &secret.key], "secret");
            lowered.modules.push(
                ModuleCall::new(module.clone(), modules::path("key-vault-secret"))
                    .when(Expression::is_given(&parameter))
                    .with("vaultName", vault_name.clone())
                    .with("name", secret.azure_name.as_str())
                    .with("value", &parameter)
                    .after(surroundings.symbol()),
            );
            lowered.children.insert(secret.key.clone(), module);
            lowered.secrets.push(SecretParameter {
                parameter: Parameter {
                    name: parameter,
                    description: format!(
                        "Value of the secret {} of {}. Empty: the secret stays as it is.",
                        secret.key, resource.key
                    ),
                    kind: Type::Text,
                    secure: true,
                    default: Some("".into()),
                },
                variable: secret.variable.clone(),
            });
        }
        lowered
    }

    fn opened_by(&self, resource: &Resource, scope: &Scope) -> OpenedBy {
        let (key, name) = (&resource.key, &resource.azure_name);
        let mut access_parameters = vec![Property::new("vaultName", name.as_str())];
        OpenedBy::Role(match scope {
            Scope::Resource => RoleScope {
                kind: format!("{}@{API_VERSION}", self.resource_type()),
                azure_name: name.clone(),
                what: "resource",
                holds_for: format!("every secret of {key}"),
                access_module: "key-vault-access",
                access_parameters,
            },
            Scope::Child {
                key: child,
                azure_name: secret,
            } => {
                access_parameters.push(Property::new("secretName", secret.as_str()));
                let (what, kind) = self.child_type();
                RoleScope {
                    kind: format!("{kind}@{API_VERSION}"),
                    azure_name: format!("{name}/{secret}"),
                    what,
                    holds_for: format!("the secret {child} of {key}"),
                    access_module: "key-vault-access",
                    access_parameters,
                }
            }
        })
    }
}

/// Where a vault is, in Azure's public cloud.
fn vault_endpoint(vault: &str) -> String {
    format!("https://{vault}.vault.azure.net/")
}

impl KeyVault {
    fn lowered_settings(&self, key: &str) -> Settings {
        let settings_type = symbol("keyVaultSettingsType");
        Settings {
            description: format!("The key vault {key}."),
            kind: Type::Named(settings_type.clone()),
            import: (settings_type, "key-vault"),
            value: Expression::Object(vec![
                Property::new("sku", self.sku.as_str()),
                Property::new("purgeProtection", self.purge_protection),
                Property::new("softDeleteDays", i64::from(self.soft_delete_days)),
            ]),
        }
    }
}

/// Version of the resource types, the one that the module of the kind uses: the newest of the type data of Bicep 0.49.2.
const API_VERSION: &str = "2026-05-15";
