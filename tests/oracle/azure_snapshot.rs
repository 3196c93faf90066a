//! A Bicep snapshot, the list of resources that a parameter file deploys: in goes the compiler's JSON, out come
//! resources, what is wrong with their ids, and the text of `azure.txt`.
//!
//! It does not look into bodies; `resource_types` does.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::finding::{Answer, OracleFailure};

/// Where a snapshot pretends to deploy. The default is made up and belongs to nobody.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) tenant_id: String,
    pub(crate) subscription_id: String,
    pub(crate) resource_group: String,
    pub(crate) location: String,
}

impl Default for Metadata {
    fn default() -> Self {
        Self {
            tenant_id: "00000000-0000-0000-0000-00000000000a".to_owned(),
            subscription_id: "00000000-0000-0000-0000-00000000000b".to_owned(),
            resource_group: "rg-check".to_owned(),
            location: "eastus".to_owned(),
        }
    }
}

/// One resource that Azure would be asked for.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Full id, or an open expression `[…]`.
    pub(crate) id: String,
    /// For example `Microsoft.Storage/storageAccounts`.
    pub(crate) kind: String,
    /// Name with those of its parents, separated by `/`.
    pub(crate) name: String,
    pub(crate) api_version: String,
    /// Everything else that is sent, the name among it.
    pub(crate) body: Map<String, Value>,
}

/// What a parameter file deploys.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// In the compiler's order.
    pub(crate) resources: Vec<Resource>,
    /// What the template engine could not expand. A module it names is missing from `resources`.
    pub(crate) diagnostics: Vec<String>,
    /// Outputs; the values known only at run time are open expressions.
    pub(crate) outputs: BTreeMap<String, Value>,
    subscription_id: String,
}

impl Snapshot {
    /// Reads what the compiler returns for `getSnapshot`.
    pub(super) fn from_json(text: &str, metadata: &Metadata) -> Answer<Self> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| OracleFailure(format!("the snapshot is no JSON: {error}")))?;
        let missing = |key: &str| OracleFailure(format!("the snapshot has no {key}"));
        let resources = value["predictedResources"]
            .as_array()
            .ok_or_else(|| missing("predictedResources"))?
            .iter()
            .map(Resource::from_json)
            .collect::<Answer<_>>()?;
        let diagnostics = value["diagnostics"]
            .as_array()
            .ok_or_else(|| missing("diagnostics"))?
            .iter()
            .map(|line| {
                line.as_str()
                    .map_or_else(|| line.to_string(), str::to_owned)
            })
            .collect();
        let outputs = value["outputs"]
            .as_object()
            .map(|outputs| outputs.clone().into_iter().collect())
            .unwrap_or_default();
        Ok(Self {
            resources,
            diagnostics,
            outputs,
            subscription_id: metadata.subscription_id.clone(),
        })
    }

    /// Every diagnostic, every id or name known only at run time, and every id that two resources have (ids ignore case).
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self
            .diagnostics
            .iter()
            .map(|diagnostic| format!("snapshot: {diagnostic}"))
            .collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for resource in &self.resources {
            if resource.id.starts_with('[') || resource.name.starts_with('[') {
                problems.push(format!(
                    "runtime-id: the id of a {} is known only at run time: {}",
                    resource.kind, resource.id
                ));
            } else {
                *seen.entry(resource.id.to_lowercase()).or_default() += 1;
            }
        }
        problems.extend(
            seen.iter()
                .filter(|(_, count)| **count > 1)
                .map(|(id, count)| format!("duplicate-id: {count} resources have the id {id}")),
        );
        problems
    }

    /// The text of `azure.txt`: one line a resource, `id  type@apiVersion`, sorted.
    ///
    /// An id in a group of the deployment's own subscription is written `<group>: <rest>`; any other id stays whole
    /// and so begins with `/`, which no group name does.
    ///
    /// # Errors
    /// `problems`, if there are any: a list with an open or repeated id proves nothing.
    pub(crate) fn azure_txt(&self) -> Result<String, Vec<String>> {
        let problems = self.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut lines: Vec<String> = self
            .resources
            .iter()
            .map(|resource| {
                format!(
                    "{}  {}@{}\n",
                    self.short_id(&resource.id),
                    resource.kind,
                    resource.api_version
                )
            })
            .collect();
        lines.sort();
        Ok(lines.concat())
    }

    fn short_id(&self, id: &str) -> String {
        id.strip_prefix("/subscriptions/")
            .and_then(|rest| rest.strip_prefix(self.subscription_id.as_str()))
            .and_then(|rest| rest.strip_prefix("/resourceGroups/"))
            .and_then(|rest| rest.split_once("/providers/"))
            .filter(|(group, _)| !group.contains('/'))
            .map_or_else(|| id.to_owned(), |(group, rest)| format!("{group}: {rest}"))
    }
}

impl Resource {
    fn from_json(value: &Value) -> Answer<Self> {
        let mut body = value
            .as_object()
            .cloned()
            .ok_or_else(|| OracleFailure(format!("a resource is no object: {value}")))?;
        let mut text = |key: &str, keep: bool| {
            let found = body.get(key).and_then(Value::as_str).map(str::to_owned);
            if !keep {
                body.shift_remove(key);
            }
            found.ok_or_else(|| OracleFailure(format!("a resource has no {key}: {value}")))
        };
        let id = text("id", false)?;
        let kind = text("type", false)?;
        let api_version = text("apiVersion", false)?;
        let name = text("name", true)?;
        Ok(Self {
            id,
            kind,
            name,
            api_version,
            body,
        })
    }
}
