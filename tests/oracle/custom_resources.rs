//! Gateway API and ALB Controller objects as an API server would admit them: in goes an object, out comes every field its
//! definition does not know, every value it refuses, and every rule (CEL) it breaks.
//!
//! Data: the custom resource definitions in `AGCGEN_REFERENCE/crds`, `gateway-api/<version>` and `alb`. A status is not
//! judged differently from a spec, and rules that compare with an older object (`oldSelf`) are not asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use fs_err as fs;
use jsonschema::{Draft, Validator};
use kube_cel::CompiledSchema;
use serde_json::{Map, Value, json};

use super::finding::{Answer, NotChecked, Oracle, OracleFailure, reference};
use super::{ledger, yaml};

/// The definitions, by Gateway API version.
pub(crate) struct CustomResources {
    /// The definitions of a Gateway API version (`v1.5.1`) and those of the ALB Controller beside them.
    gateway_api: BTreeMap<String, BTreeMap<Kind, Definition>>,
    alb: BTreeMap<Kind, Definition>,
}

/// What a set of definitions says of an object.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It has a definition; the list is empty when the object is right.
    Judged(Vec<String>),
    /// It is no custom resource of this set.
    NoDefinition,
}

/// `apiVersion` and `kind`.
type Kind = (String, String);

struct Definition {
    /// The schema as the file has it.
    schema: Value,
    structure: Validator,
    /// Not shared between threads by its makers.
    rules: Mutex<Rules>,
}

struct Rules {
    compiled: CompiledSchema,
    validator: kube_cel::Validator,
}

impl Oracle for CustomResources {
    const NAME: &'static str = "custom resource definitions";

    fn search() -> Result<Self, NotChecked> {
        let folder = reference("crds")?;
        let unreadable = |failure: OracleFailure| NotChecked(failure.to_string());
        let alb = definitions(&folder.join("alb")).map_err(unreadable)?;
        let mut gateway_api = BTreeMap::new();
        for entry in fs::read_dir(folder.join("gateway-api"))
            .map_err(|error| NotChecked(error.to_string()))?
        {
            let entry = entry.map_err(|error| NotChecked(error.to_string()))?;
            gateway_api.insert(
                entry.file_name().to_string_lossy().into_owned(),
                definitions(&entry.path()).map_err(unreadable)?,
            );
        }
        if alb.is_empty() || gateway_api.values().any(BTreeMap::is_empty) || gateway_api.is_empty()
        {
            return Err(NotChecked(
                "AGCGEN_REFERENCE/crds lacks definitions".to_owned(),
            ));
        }
        Ok(Self { gateway_api, alb })
    }

    fn version(&self) -> String {
        let versions: Vec<&str> = self.gateway_api.keys().map(String::as_str).collect();
        format!("Gateway API {}, alb v1", versions.join(" "))
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<CustomResources, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl CustomResources {
    /// Definitions given as text instead of the reference's; they stand for Gateway API version "".
    ///
    /// # Errors
    /// Text that is no definition, or a schema that cannot be compiled.
    pub(crate) fn from_definitions(text: &str) -> Answer<Self> {
        let mut own = BTreeMap::new();
        for document in yaml::documents(text)? {
            served_versions(&document, &mut own).map_err(OracleFailure)?;
        }
        Ok(Self {
            gateway_api: [(String::new(), own)].into(),
            alb: BTreeMap::new(),
        })
    }

    /// Judges an object against Gateway API `gateway_api` (`v1.5.1`) and the ALB Controller's definitions.
    ///
    /// # Errors
    /// A Gateway API version that is not there.
    pub(crate) fn check(&self, gateway_api: &str, object: &Value) -> Answer<Verdict> {
        let set = self.set(gateway_api)?;
        let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let kind = (text("apiVersion"), text("kind"));
        let Some(definition) = set.get(&kind).or_else(|| self.alb.get(&kind)) else {
            return Ok(Verdict::NoDefinition);
        };
        ledger::read_values(Self::NAME, 1, "objects");
        Ok(Verdict::Judged(definition.judge(object)))
    }

    /// Every `apiVersion` and `kind` that `check` knows.
    ///
    /// # Errors
    /// A Gateway API version that is not there.
    pub(crate) fn kinds(&self, gateway_api: &str) -> Answer<BTreeSet<(&str, &str)>> {
        Ok(self
            .set(gateway_api)?
            .keys()
            .chain(self.alb.keys())
            .map(|(api_version, kind)| (api_version.as_str(), kind.as_str()))
            .collect())
    }

    fn set(&self, gateway_api: &str) -> Answer<&BTreeMap<Kind, Definition>> {
        self.gateway_api.get(gateway_api).ok_or_else(|| {
            OracleFailure(format!(
                "no definitions of Gateway API {gateway_api}, only of {:?}",
                self.gateway_api.keys().collect::<Vec<_>>()
            ))
        })
    }
}

impl Definition {
    fn judge(&self, object: &Value) -> Vec<String> {
        // The API server fills in defaults first, then looks at types, then at rules.
        let object = kube_cel::apply_defaults(&self.schema, object);
        let mut problems: Vec<String> = self
            .structure
            .iter_errors(&object)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        repeated_items(&self.schema, &object, &mut String::new(), &mut problems);
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(errors) = rules
            .validator
            .validate_compiled(&rules.compiled, &object, None)
        {
            problems.extend(errors.iter().map(|error| {
                format!(
                    "/{}: {} (rule: {})",
                    error.field_path.replace(['.', '['], "/").replace(']', ""),
                    error.message,
                    error.rule
                )
            }));
        }
        problems
    }
}

/// Every served version of every definition in a folder.
fn definitions(folder: &Path) -> Answer<BTreeMap<Kind, Definition>> {
    let io = |error: std::io::Error| OracleFailure(error.to_string());
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        for document in yaml::documents(&fs::read_to_string(&path).map_err(io)?)? {
            if document["kind"] == "CustomResourceDefinition" {
                served_versions(&document, &mut found)
                    .map_err(|error| OracleFailure(format!("{}: {error}", path.display())))?;
            }
        }
    }
    Ok(found)
}

fn served_versions(document: &Value, found: &mut BTreeMap<Kind, Definition>) -> Result<(), String> {
    let spec = &document["spec"];
    let (Some(group), Some(kind), Some(versions)) = (
        spec["group"].as_str(),
        spec["names"]["kind"].as_str(),
        spec["versions"].as_array(),
    ) else {
        return Err("no group, kind or versions".to_owned());
    };
    for version in versions {
        if version["served"] != true {
            continue;
        }
        let name = version["name"].as_str().ok_or("a version without a name")?;
        let schema = version["schema"]["openAPIV3Schema"].clone();
        let structure = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .build(&structural(&schema))
            .map_err(|error| error.to_string())?;
        let compiled = kube_cel::compile_schema(&schema);
        let rules = Mutex::new(Rules {
            compiled,
            validator: kube_cel::Validator::new(),
        });
        let definition = Definition {
            schema,
            structure,
            rules,
        };
        found.insert((format!("{group}/{name}"), kind.to_owned()), definition);
    }
    Ok(())
}

/// The whole object's schema in JSON Schema's words.
fn structural(schema: &Value) -> Value {
    let mut structural = strict(schema);
    // A definition leaves these to the API server, which is as strict with them (Kubernetes API reference, ObjectMeta v1).
    let strings = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    structural["required"] = json!(["apiVersion", "kind", "metadata"]);
    for key in ["apiVersion", "kind"] {
        structural["properties"][key] = json!({ "type": "string" });
    }
    structural["properties"]["metadata"] = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 253 },
            "namespace": { "type": "string", "minLength": 1, "maxLength": 63 },
            "labels": strings,
            "annotations": strings,
            "finalizers": { "type": "array", "items": { "type": "string" } },
            "ownerReferences": { "type": "array", "items": { "type": "object" } },
        },
        "required": ["name"],
        "additionalProperties": false,
    });
    structural
}

/// A node of a structural schema in JSON Schema's words, refusing every field that the API server would drop.
fn strict(schema: &Value) -> Value {
    let Value::Object(source) = schema else {
        return schema.clone();
    };
    let mut node = Map::new();
    for (key, value) in source {
        let value = match key.as_str() {
            // Formats are hints here; nullable and the extensions are dealt with below.
            "format" | "nullable" | "default" | "description" => continue,
            key if key.starts_with("x-kubernetes-") => continue,
            "properties" => Value::Object(
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, child)| (name.clone(), strict(child)))
                    .collect(),
            ),
            "items" | "additionalProperties" => strict(value),
            // allOf, anyOf, oneOf and not only narrow values: what they do not name is named beside them.
            _ => value.clone(),
        };
        node.insert(key.clone(), value);
    }
    let is = |key: &str| source.get(key) == Some(&Value::Bool(true));
    if is("x-kubernetes-int-or-string") {
        node.insert("type".to_owned(), json!(["integer", "string"]));
    }
    if is("nullable")
        && let Some(Value::String(kind)) = node.get("type")
    {
        node.insert("type".to_owned(), json!([kind, "null"]));
    }
    if source.get("type") == Some(&Value::from("object"))
        && !source.contains_key("additionalProperties")
        && !is("x-kubernetes-preserve-unknown-fields")
    {
        if is("x-kubernetes-embedded-resource") {
            let properties = node
                .entry("properties")
                .or_insert_with(|| Value::Object(Map::new()));
            for key in ["apiVersion", "kind", "metadata"] {
                properties[key] = json!({});
            }
        }
        node.insert("additionalProperties".to_owned(), false.into());
    }
    Value::Object(node)
}

/// Items that a `map` list holds twice under one key, or a `set` list twice.
fn repeated_items(schema: &Value, value: &Value, place: &mut String, problems: &mut Vec<String>) {
    let length = place.len();
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let child = schema["properties"]
                    .get(key)
                    .or_else(|| schema.get("additionalProperties"));
                if let Some(child) = child {
                    place.push('/');
                    place.push_str(key);
                    repeated_items(child, member, place, problems);
                    place.truncate(length);
                }
            }
        }
        Value::Array(items) => {
            let mut seen = BTreeSet::new();
            for (index, item) in items.iter().enumerate() {
                if let Some(identity) = item_identity(schema, item)
                    && !seen.insert(identity.clone())
                {
                    problems.push(format!("{place}/{index}: a second item with {identity}"));
                }
                place.push('/');
                place.push_str(&index.to_string());
                repeated_items(&schema["items"], item, place, problems);
                place.truncate(length);
            }
        }
        _ => {}
    }
}

/// What must be unique about an item: its keys in a `map` list, itself in a `set` list, nothing in others.
fn item_identity(schema: &Value, item: &Value) -> Option<String> {
    match schema["x-kubernetes-list-type"].as_str()? {
        "set" => Some(item.to_string()),
        "map" => {
            let keys = schema["x-kubernetes-list-map-keys"].as_array()?;
            let pairs: Vec<String> = keys
                .iter()
                .filter_map(Value::as_str)
                .map(|key| format!("{key}={}", item[key]))
                .collect();
            Some(pairs.join(", "))
        }
        _ => None,
    }
}
