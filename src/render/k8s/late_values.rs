//! Values that exist only after the deployment: the file that holds them, and how kustomize puts them into objects.
//!
//! The file becomes a `ConfigMap` that lives inside kustomize only: the annotation `config.kubernetes.io/local-config` keeps
//! it out of what is applied. A replacement copies a whole value into a whole field. An open value has no key, and then
//! kustomize fails and names the key.

use serde_json::{Map, Value, json};

use crate::catalog::controller::CLIENT_ID_VALUE;
use crate::late::{FILE, LateValue, PATH, late_values};
use crate::model::Model;
use crate::objects::{Manifest, Waiting};
use crate::output::{Mode, OutputFile, OutputPath, Owner, Slot};
use crate::print::is_disruptive;
use crate::print::yaml::Document;
use crate::render::RenderError;

/// Name of the `ConfigMap` that never reaches a cluster.
const CONFIG_MAP: &str = "late-values";

/// The kustomization of the platform, which so far lists its files.
pub(super) fn kustomization(model: &Model, manifests: &[Manifest], mut tree: Value) -> Document {
    let waiting = Waiting::among(manifests);
    let replacements: Vec<Value> = late_values(model)
        .iter()
        .filter_map(|value| replacement(value, &waiting))
        .collect();
    let mut comment = Vec::new();
    if let (Value::Object(tree), false) = (&mut tree, replacements.is_empty()) {
        comment = vec![
            format!("Fields of the form <KEY of {FILE}> get their value here. An open value has no line in {FILE};"),
            "then this fails and names the key. The ConfigMap is used here alone and is not applied.".to_owned(),
        ];
        tree.insert(
            "configMapGenerator".to_owned(),
            json!([{
                "name": CONFIG_MAP,
                "envs": [FILE],
                "options": {
                    "disableNameSuffixHash": true,
                    "annotations": { "config.kubernetes.io/local-config": "true" },
                },
            }]),
        );
        tree.insert("replacements".to_owned(), Value::Array(replacements));
    }
    Document {
        comment,
        value: tree,
    }
}

/// How one late value reaches its fields; `None` where no object has one.
fn replacement(value: &LateValue, waiting: &Waiting<'_>) -> Option<Value> {
    let targets: Vec<Value> = waiting
        .wait_for(&value.key)
        .iter()
        .map(|(manifest, fields)| {
            let id = manifest.object.id();
            let (group, version) = match id.api_version.split_once('/') {
                Some((group, version)) => (Some(group), version),
                None => (None, id.api_version.as_str()),
            };
            let mut select = Map::new();
            for (part, text) in [
                ("group", group),
                ("version", Some(version)),
                ("kind", Some(id.kind.as_str())),
                ("name", Some(id.name.as_str())),
                ("namespace", id.namespace.as_deref()),
            ] {
                if let Some(text) = text {
                    select.insert(part.to_owned(), text.into());
                }
            }
            json!({ "select": select, "fieldPaths": fields })
        })
        .collect();
    (!targets.is_empty()).then(|| {
        json!({
            "source": {
                "kind": "ConfigMap",
                "name": CONFIG_MAP,
                "fieldPath": format!("data.{}", value.key),
            },
            "targets": targets,
        })
    })
}

/// The file of late values, if the system has any.
pub(super) fn file(
    model: &Model,
    manifests: &[Manifest],
) -> Result<Option<OutputFile>, RenderError> {
    let values = late_values(model);
    if values.is_empty() {
        return Ok(None);
    }
    // A file name may hold a line break, and this header is printed as it is.
    let spec_file = model.spec_file.replace(is_disruptive, "\u{fffd}");
    let header = format!(
        "# Made by agcgen from {spec_file}. The comments are written anew by every render; the values are yours.\n\
         #\n\
         # Values that exist only after the deployment. Write them here as KEY=value, from the output lateValues of the\n\
         # deployment {deployment} in {group}; README.md has the command.\n\
         # An open value has no line, so that kubectl fails and names it. Nothing here is secret: commit this file.\n",
        deployment = model.deployment_name(),
        group = model.azure.resource_group.name,
    );
    let waiting = Waiting::among(manifests);
    let slots = values.iter().map(|value| Slot {
        key: value.key.clone(),
        shape: value.shape.clone(),
        of: value.of.to_vec(),
        comment: comment(value, &waiting),
    });
    Ok(Some(OutputFile {
        path: OutputPath::new(PATH)?,
        text: header,
        mode: Mode::Plain,
        owner: Owner::Seeded(slots.collect()),
    }))
}

/// What the value is, what makes it, who reads it.
fn comment(value: &LateValue, waiting: &Waiting<'_>) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", value.key, value.meaning)];
    lines.push(format!("  from output lateValues, key {}", value.key));
    if value.is_for_helm() {
        lines.push(format!(
            "  for the installation of the ALB Controller: helm … --set-string {CLIENT_ID_VALUE}="
        ));
    }
    lines.extend(waiting.wait_for(&value.key).iter().map(|(manifest, _)| {
        let file = manifest.part.file_name();
        format!("  for {} in {file}", manifest.object.title())
    }));
    lines
}
