//! What Bicep is given comes out of its compiler as it was written.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use agcgen::diagnostic::Findings;
use agcgen::render::Rendered;
use agcgen::source::Sources;
use serde_json::{Value, json};

use super::oracle::environment::in_ci;
use super::oracle::{self, Bicep, Failed, Metadata, Snapshot, say};
use super::{Marked, compile, hostile, is_right, part_of, places, scalars, without_digest};

/// A system with four blocks of tags, that of all resources first, and with databases of these names in Azure.
fn tagged(tags: &[BTreeMap<String, String>], databases: &BTreeMap<String, String>) -> Value {
    let databases: serde_json::Map<String, Value> = databases
        .iter()
        .map(|(name, text)| (name.clone(), json!({ "azureName": text })))
        .collect();
    json!({
        "apiVersion": "agcgen/v1",
        "name": "shop",
        "azure": { "location": "westeurope", "suffix": "7k2f9d", "tags": tags[0] },
        "resources": {
            "files": { "kind": "storage", "containers": ["images"], "tags": tags[1] },
            "vault": { "kind": "keyVault", "tags": tags[2] },
            "db": { "kind": "sql", "databases": databases, "tags": tags[3] },
        },
        "workloads": { "web": { "image": "ghcr.io/example/web:1.0.3" } },
    })
}

/// The texts that are taken there.
fn taken(spec: impl Fn(&str) -> Value) -> Vec<String> {
    let mut list = hostile();
    list.retain(|text| {
        let mut sources = Sources::new();
        let id = sources.add("spec.yaml", spec(text).to_string());
        agcgen::check(&sources, id, &mut Findings::new()).is_some()
    });
    list
}

/// Many tags and databases in one system.
pub(super) fn tags(bicep: &Bicep) -> Result<(), Failed> {
    let none = || vec![BTreeMap::new(); 4];
    let plain = || BTreeMap::from([("orders".to_owned(), "orders".to_owned())]);
    let one = |key: &str, value: &str| {
        let mut tags = none();
        tags[0].insert(key.to_owned(), value.to_owned());
        tagged(&tags, &plain())
    };
    let values = taken(|text| one("a", text));
    let keys = taken(|text| one(text, "a"));
    let names = taken(|text| {
        let databases = BTreeMap::from([("orders".to_owned(), text.to_owned())]);
        tagged(&none(), &databases)
    });
    let mut tags = none();
    let mut wanted = BTreeSet::new();
    let pairs = values
        .iter()
        .enumerate()
        .map(|(number, text)| (format!("t{number}"), text.clone()));
    let pairs = pairs.chain(
        keys.iter()
            .enumerate()
            .map(|(number, text)| (text.clone(), format!("k{number}"))),
    );
    for (number, (key, value)) in pairs.enumerate() {
        wanted.insert((key.clone(), value.clone()));
        // A resource has 50 tags at most, those of the system among them.
        let block = if number < 10 { 0 } else { 1 + number % 3 };
        tags[block].insert(key, value);
    }
    let databases: BTreeMap<String, String> = names
        .iter()
        .enumerate()
        .map(|(number, name)| (format!("d{number}"), name.clone()))
        .collect();
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", tagged(&tags, &databases).to_string());
    let mut found = Findings::new();
    let rendered = agcgen::compile(&sources, id, &mut found)
        .unwrap()
        .ok_or_else(|| agcgen::diagnostic::short(&sources, &found))?;
    let snapshot = snapshot(bicep, &rendered)?;
    let mut read = BTreeSet::new();
    let mut read_names = BTreeSet::new();
    for resource in &snapshot.resources {
        for (key, value) in resource
            .body
            .get("tags")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            read.insert((key.clone(), value.as_str().unwrap_or("no text").to_owned()));
        }
        if resource.kind == "Microsoft.Sql/servers/databases" {
            let name = resource.name.split_once('/').map_or("", |(_, name)| name);
            read_names.insert(name.to_owned());
        }
    }
    let figures = [values.len(), keys.len(), names.len()];
    println!("Bicep: {figures:?} values of tags, keys of tags, names of databases");
    // One key more was taken before `=` was refused: az would have split it.
    if figures
        .iter()
        .zip([68, 54, 16])
        .any(|(figure, least)| *figure < least)
    {
        return Err(format!("{figures:?} were taken, and more once").into());
    }
    if read != wanted {
        let lost: Vec<_> = wanted.difference(&read).collect();
        let new: Vec<_> = read.difference(&wanted).collect();
        return Err(format!("{lost:?} became {new:?}").into());
    }
    if read_names != names.iter().cloned().collect() {
        return Err(format!("{names:?} became {read_names:?}").into());
    }
    Ok(())
}

/// What the compiler makes of the infra half.
fn snapshot(bicep: &Bicep, rendered: &Rendered) -> Result<Snapshot, Failed> {
    let folder = tempfile::tempdir()?;
    for file in &rendered.files {
        let path = folder.path().join(file.path.as_str());
        fs_err::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
        fs_err::write(path, &file.text)?;
    }
    let parameters = folder.path().join("infra/main.bicepparam");
    let snapshot = bicep.snapshot(&parameters, &Metadata::default())?;
    oracle::none(&snapshot.diagnostics)?;
    Ok(snapshot)
}

/// What an outside reader finds in the resources that Azure would make. Of a role assignment the
/// name is a digest.
fn parts(bicep: &Bicep, rendered: &Rendered) -> Result<Vec<String>, Failed> {
    let snapshot = snapshot(bicep, rendered)?;
    let mut parts = Vec::new();
    for resource in &snapshot.resources {
        let is_digest = |key: &str| {
            resource.kind == "Microsoft.Authorization/roleAssignments"
                && ["id", "name"].contains(&key)
        };
        for (key, value) in resource.body.iter().filter(|(key, _)| !is_digest(key)) {
            scalars(value, &format!("{}.{key}", resource.kind), &mut parts);
        }
    }
    let mut parts: Vec<String> = parts.into_iter().map(without_digest).collect();
    parts.sort();
    Ok(parts)
}

/// The text of the infra half.
fn infra(rendered: &Rendered) -> Vec<(&str, &str)> {
    let files = rendered.files.iter();
    files
        .filter(|file| file.path.as_str().starts_with("infra/"))
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect()
}

/// Each text in each place, where it changes what Bicep is given. `tags` has those of tags.
pub(super) fn every_text(bicep: &Bicep) -> Result<(), Failed> {
    let (mut systems, mut fields) = (0, BTreeSet::new());
    let mut wrong = Vec::new();
    let (places, all) = (places(), hostile());
    for (number, place) in places.iter().enumerate() {
        let Some(marked) = Marked::of(place).filter(|_| !place.label.contains(".tags.")) else {
            continue;
        };
        let Ok(before) = compile(place, &marked.word) else {
            continue;
        };
        let before_parts = LazyCell::new(|| parts(bicep, &before));
        for text in part_of(&all, number) {
            let Ok(after) = compile(place, text) else {
                continue;
            };
            if infra(&after) == infra(&before) {
                continue;
            }
            systems += 1;
            fields.insert(place.label.as_str());
            let before = before_parts.as_ref().map_err(Clone::clone)?;
            let mut wanted: Vec<String> = before
                .iter()
                .map(|part| marked.instead(part, text))
                .collect();
            wanted.sort();
            let read = parts(bicep, &after)?;
            if wanted != read && !is_right(place, text) {
                let lost: Vec<_> = wanted.iter().filter(|part| !read.contains(part)).collect();
                let new: Vec<_> = read.iter().filter(|part| !wanted.contains(part)).collect();
                wrong.push(format!(
                    "{}: {text:?}: {lost:?} became {new:?}",
                    place.label
                ));
            }
        }
    }
    let figures = [fields.len(), systems];
    say(&format!(
        "Bicep: {} fields, {systems} systems\n",
        fields.len()
    ));
    let least = if in_ci() { [24, 199] } else { [20, 40] };
    if figures
        .iter()
        .zip(least)
        .any(|(figure, least)| *figure < least)
    {
        return Err(format!("{figures:?} fields and systems were read; it was {least:?}").into());
    }
    oracle::none(wrong)
}
