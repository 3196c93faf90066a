//! `resources`: one struct a kind, in the file of the kind; here is what they have in common.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Value, json};

use super::azure::show_existing;
use super::sugar::REFUSED;
use super::{DiagnosticsWord, Reference, Tags};
use crate::kinds::{KeyVaultSpec, SqlSpec, StorageSpec};

/// Declares the spec of a kind: its own settings and those that every kind has.
macro_rules! resource_spec {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// Its name in Azure, instead of the derived one. Checked, not decorated.
            #[schemars(example = &"shopdata7k2f9d", length(min = 1, max = 128))]
            pub azure_name: Option<String>,
            /// A resource that is there already: it is used and never changed, its settings are not yours to state here.
            #[schemars(example = serde_json::json!({"name": "shared", "resourceGroup": "rg-data"}))]
            pub existing: Option<$crate::spec::Reference>,
            /// Tags of its own, over those of the system.
            #[schemars(example = serde_json::json!({"data-class": "internal"}))]
            #[serde(default)]
            pub tags: $crate::spec::Tags,
            /// Which of its logs are collected. Default: `observability.diagnostics`.
            #[schemars(example = &"all")]
            pub diagnostics: Option<$crate::spec::DiagnosticsWord>,
        }

        impl $name {
            /// The settings that every kind has.
            pub(crate) fn common(&self) -> $crate::spec::Common<'_> {
                $crate::spec::Common {
                    azure_name: self.azure_name.as_deref(),
                    existing: self.existing.as_ref(),
                    tags: &self.tags,
                    diagnostics: self.diagnostics,
                }
            }
        }
    };
}
pub(crate) use resource_spec;

/// The settings that every kind has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Common<'a> {
    /// Name in Azure, as pinned.
    pub azure_name: Option<&'a str>,
    /// Where it is, if it is there already.
    pub existing: Option<&'a Reference>,
    /// Tags of its own.
    pub tags: &'a Tags,
    /// Which of its logs are collected, if it says so itself.
    pub diagnostics: Option<DiagnosticsWord>,
}

/// Makes [`Resource`], the tagged choice between the kinds, with a schema that validators give one exact error for.
macro_rules! resources {
    ($($word:literal $variant:ident $spec:ident)*) => {
        /// Something in Azure that workloads connect to.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(tag = "kind")]
        pub(crate) enum Resource {
            $(#[serde(rename = $word)] $variant($spec),)*
        }

        impl Resource {
            /// The words that `kind` takes.
            pub(crate) const KINDS: &[&str] = &[$($word),*];

            /// The settings that every kind has.
            pub(crate) fn common(&self) -> Common<'_> {
                match self { $(Self::$variant(spec) => spec.common(),)* }
            }
        }

        impl JsonSchema for Resource {
            fn schema_name() -> Cow<'static, str> {
                "Resource".into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let kind = json!({
                    "description": "What it is.",
                    "examples": ["storage"],
                    "type": "string",
                    "enum": Self::KINDS
                });
                let branches = vec![
                    $(branch($word, generator.subschema_for::<$spec>(), &kind),)*
                ];
                json_schema!({
                    "description": "Something in Azure that workloads connect to.",
                    "type": "object",
                    "required": ["kind"],
                    "properties": { "kind": kind },
                    "allOf": branches
                })
            }
        }
    };
}

/// What `existing` shows for a kind: type and name. A kind that is not here refuses it.
const EXISTING: &[(&str, &str)] = &[
    ("storage", "Microsoft.Storage/storageAccounts/stdata"),
    ("keyVault", "Microsoft.KeyVault/vaults/kv-data"),
];

fn branch(word: &str, mut spec: Schema, kind: &Value) -> Value {
    if let Some(Value::Object(properties)) = spec.get_mut("properties") {
        let mut kind = kind.clone();
        kind["examples"] = json!([word]);
        properties.shift_insert(0, "kind".to_owned(), kind);
        let existing = properties.entry("existing").or_insert(json!({}));
        if let Ok(existing) = <&mut Schema>::try_from(existing) {
            let shown = EXISTING.iter().find(|(kind, _)| *kind == word);
            if let Some((_, shown)) = shown {
                show_existing(existing, shown);
            } else {
                let why = "Refused: one that is there already cannot be used.";
                existing.insert("description".to_owned(), json!(why));
                existing.insert(REFUSED.to_owned(), json!(true));
            }
        }
    }
    json!({
        "if": { "properties": { "kind": { "const": word } }, "required": ["kind"] },
        "then": spec
    })
}

resources! {
    "storage" Storage StorageSpec
    "sql" Sql SqlSpec
    "keyVault" KeyVault KeyVaultSpec
}
