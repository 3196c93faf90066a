//! Azure's own resource types as strict schemas (`AGCGEN_REFERENCE/bicep-types`): in go the resources of a snapshot, out
//! comes what is wrong with their bodies.
//!
//! A value that is known only at run time is an expression, a string `[…]`; it is right wherever it stands. A type whose
//! schema is not there is listed, never passed over. Names and ids are not judged beyond what the type says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fs_err as fs;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::azure_snapshot::Resource;
use super::finding::{Answer, NotChecked, Oracle, OracleFailure, reference};
use super::ledger;

/// The schemas, one a type and version, compiled when first needed.
pub(crate) struct ResourceTypes {
    /// By `type.subtype@version` in lower case.
    files: BTreeMap<String, PathBuf>,
    compiled: Mutex<BTreeMap<String, Arc<TypeSchema>>>,
    version: String,
}

/// What the schemas say of some resources.
#[derive(Debug, Default)]
pub(crate) struct BodyReport {
    /// How many bodies had a schema.
    pub(crate) checked: usize,
    /// What is wrong, each with the resource's id and the place in its body.
    pub(crate) problems: Vec<String>,
    /// Values that the type allows but nobody documents, for example a misspelt `TLS1_2`.
    pub(crate) undocumented: Vec<String>,
    /// `type@version` of every resource that has no schema here.
    pub(crate) without_schema: BTreeSet<String>,
}

struct TypeSchema {
    validator: Validator,
    /// The schema that was compiled, to look up what a failed keyword stood for.
    document: Value,
}

/// Marks an `enum` that stands for the documented values of an open set.
const OPEN: &str = "x-open";

/// What a resource carries beside its body.
const ENVELOPE: [&str; 7] = [
    "condition",
    "copy",
    "dependsOn",
    "scope",
    "existing",
    "comments",
    "metadata",
];

impl Oracle for ResourceTypes {
    const NAME: &'static str = "resource types";

    fn search() -> Result<Self, NotChecked> {
        let folder = reference("bicep-types")?;
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(&folder) {
            let entry = entry.map_err(|error| NotChecked(error.to_string()))?;
            let name = entry.file_name().to_string_lossy().to_lowercase();
            if let Some(name) = name.strip_suffix(".json").filter(|name| name.contains('@')) {
                files.insert(name.to_owned(), entry.into_path());
            }
        }
        let Some(first) = files.values().next() else {
            return Err(NotChecked(
                "AGCGEN_REFERENCE/bicep-types has no type".to_owned(),
            ));
        };
        let version =
            read_json(first).map_err(|failure| NotChecked(failure.to_string()))?["source"]["data"]
                .as_str()
                .and_then(|source| source.split_whitespace().last())
                .and_then(|version| version.split('+').next())
                .unwrap_or("unknown")
                .to_owned();
        Ok(Self {
            files,
            compiled: Mutex::default(),
            version,
        })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<ResourceTypes, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl ResourceTypes {
    /// Judges the body of each resource.
    ///
    /// # Errors
    /// A schema that cannot be read or compiled.
    pub(crate) fn check(&self, resources: &[Resource]) -> Answer<BodyReport> {
        let mut report = BodyReport::default();
        for resource in resources {
            let name = format!("{}@{}", resource.kind, resource.api_version);
            match self.schema(&name)? {
                None => {
                    report.without_schema.insert(name);
                }
                Some(schema) => {
                    report.checked += 1;
                    schema.judge(resource, &mut report);
                }
            }
        }
        ledger::read_values(Self::NAME, report.checked, "bodies");
        Ok(report)
    }

    /// Every type and version there is a schema for, as `type.subtype@version` in lower case.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Compiles the schema of a name from `known`, or of `type@version`.
    ///
    /// # Errors
    /// A schema that cannot be read or compiled.
    pub(crate) fn compiles(&self, name: &str) -> Answer<bool> {
        Ok(self.schema(name)?.is_some())
    }

    fn schema(&self, name: &str) -> Answer<Option<Arc<TypeSchema>>> {
        let key = name.to_lowercase().replace('/', ".");
        let Some(path) = self.files.get(&key) else {
            return Ok(None);
        };
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(schema) = compiled.get(&key) {
            return Ok(Some(Arc::clone(schema)));
        }
        let mut document = read_json(path)?["schema"].take();
        rewrite(&mut document);
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .build(&document)
            .map_err(|error| OracleFailure(format!("{}: {error}", path.display())))?;
        let schema = Arc::new(TypeSchema {
            validator,
            document,
        });
        compiled.insert(key, Arc::clone(&schema));
        Ok(Some(schema))
    }
}

impl TypeSchema {
    fn judge(&self, resource: &Resource, report: &mut BodyReport) {
        let mut body = resource.body.clone();
        let properties = &self.document["properties"];
        body.retain(|key, _| {
            !ENVELOPE.contains(&key.as_str()) || properties.get(key.as_str()).is_some()
        });
        // The type knows the last part of a child's name.
        if let Some((_, own)) = resource.name.rsplit_once('/')
            && !is_expression(&resource.name)
        {
            body.insert("name".to_owned(), own.into());
        }
        let mut open_objects = BTreeSet::new();
        let mut body = Value::Object(body);
        settle(&mut body, &mut String::new(), &mut open_objects);
        for error in self.validator.iter_errors(&body) {
            let place = error.instance_path().as_str();
            if error.instance().as_str().is_some_and(is_expression) {
                continue;
            }
            // A property whose name is an expression may be the one that is missing.
            if matches!(error.kind(), ValidationErrorKind::Required { .. })
                && open_objects.contains(place)
            {
                continue;
            }
            // Bicep has no fractions, so its types call every number an integer (minCapacity of a SQL database is 0.5).
            if matches!(error.kind(), ValidationErrorKind::Type { .. })
                && error.instance().is_f64()
                && self.is_integer(error.schema_path().as_str())
            {
                continue;
            }
            let line = format!("{}: {place}: {error}", resource.id);
            if self.is_open_set(error.schema_path().as_str()) {
                report.undocumented.push(line);
            } else {
                report.problems.push(line);
            }
        }
    }

    /// Whether the keyword at this place of the schema asks for an integer.
    fn is_integer(&self, keyword: &str) -> bool {
        self.document
            .pointer(keyword)
            .is_some_and(|kind| kind == "integer")
    }

    /// Whether the keyword at this place of the schema lists the documented values of an open set.
    fn is_open_set(&self, keyword: &str) -> bool {
        keyword
            .strip_suffix("/enum")
            .and_then(|node| self.document.pointer(node))
            .is_some_and(|node| node.get(OPEN).is_some())
    }
}

/// An ARM expression: `[…]`, but not the escaped `[[…]`.
fn is_expression(text: &str) -> bool {
    text.starts_with('[') && !text.starts_with("[[") && text.ends_with(']')
}

/// Takes out what ARM takes out (a property that is null) and properties whose name is an expression; the places of
/// objects that had one are collected.
fn settle(value: &mut Value, place: &mut String, open_objects: &mut BTreeSet<String>) {
    let length = place.len();
    match value {
        Value::Object(members) => {
            if members.keys().any(|key| is_expression(key)) {
                open_objects.insert(place.clone());
            }
            members.retain(|key, value| !value.is_null() && !is_expression(key));
            for (key, value) in members {
                place.push('/');
                place.push_str(&key.replace('~', "~0").replace('/', "~1"));
                settle(value, place, open_objects);
                place.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter_mut().enumerate() {
                place.push('/');
                place.push_str(&index.to_string());
                settle(value, place, open_objects);
                place.truncate(length);
            }
        }
        _ => {}
    }
}

/// Makes a type's schema one that gives exact messages: a tagged `oneOf` becomes one `if` a tag, documented values of an
/// open set become a marked `enum`.
fn rewrite(schema: &mut Value) {
    let Value::Object(node) = schema else { return };
    if let Some(values) = node.remove("x-values") {
        node.insert("enum".to_owned(), values);
        node.insert(OPEN.to_owned(), true.into());
    }
    for key in ["properties", "$defs"] {
        if let Some(Value::Object(members)) = node.get_mut(key) {
            members.values_mut().for_each(rewrite);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(child) = node.get_mut(key) {
            rewrite(child);
        }
    }
    if let (Some(tag), Some(branches)) = (
        node.get("x-discriminator")
            .and_then(Value::as_str)
            .map(str::to_owned),
        node.remove("oneOf"),
    ) {
        rewrite_tagged(node, &tag, branches);
    }
}

fn rewrite_tagged(node: &mut Map<String, Value>, tag: &str, branches: Value) {
    let Value::Array(mut branches) = branches else {
        return;
    };
    branches.iter_mut().for_each(rewrite);
    let tags: Vec<Value> = branches
        .iter()
        .map(|branch| branch["properties"][tag]["enum"][0].clone())
        .collect();
    let conditions: Vec<Value> = branches
        .into_iter()
        .zip(&tags)
        .map(|(branch, value)| {
            json!({
                "if": { "properties": { tag: { "const": value } }, "required": [tag] },
                "then": branch,
            })
        })
        .collect();
    node.insert("type".to_owned(), "object".into());
    node.insert("required".to_owned(), json!([tag]));
    node.insert("properties".to_owned(), json!({ tag: { "enum": tags } }));
    node.insert("allOf".to_owned(), conditions.into());
}

fn read_json(path: &std::path::Path) -> Answer<Value> {
    let text = fs::read_to_string(path).map_err(|error| OracleFailure(error.to_string()))?;
    serde_json::from_str(&text)
        .map_err(|error| OracleFailure(format!("{}: {error}", path.display())))
}
