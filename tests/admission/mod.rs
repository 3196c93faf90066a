//! Many systems at one API server: in go rendered systems, each of their objects once, out comes what it refuses.

use std::collections::BTreeMap;
use std::path::Path;

use agcgen::render::Rendered;
use serde_json::{Value, json};

use super::oracle::{ApiServer, Failed, documents, none, say};

/// Objects that wait for their judgement.
#[derive(Default)]
pub(crate) struct Admission {
    systems: usize,
    objects: BTreeMap<String, Value>,
}

impl Admission {
    /// Takes in the objects of the cluster half. A value that is known only after the deployment becomes a client id.
    pub(crate) fn add(&mut self, rendered: &Rendered) -> Result<(), Failed> {
        self.systems += 1;
        let manifests = rendered.files.iter().filter(|file| {
            let path = Path::new(file.path.as_str());
            path.starts_with("k8s")
                && path.extension().is_some_and(|ending| ending == "yaml")
                && !path.ends_with("kustomization.yaml")
        });
        for file in manifests {
            for mut object in documents(&file.text)? {
                fill(&mut object);
                self.objects.entry(object.to_string()).or_insert(object);
            }
        }
        Ok(())
    }

    /// Sends them all: namespaces to stay, since the others are in them, the others without being kept. `least` are the
    /// systems and objects that there were on the day when the test was written.
    pub(crate) fn ask(self, server: &ApiServer, least: [usize; 2]) -> Result<(), Failed> {
        let figures = [self.systems, self.objects.len()];
        if figures
            .iter()
            .zip(least)
            .any(|(figure, least)| *figure < least)
        {
            return Err(format!("{figures:?} systems and objects; it was {least:?}").into());
        }
        let (namespaces, others): (Vec<Value>, Vec<Value>) = self
            .objects
            .into_values()
            .partition(|object| object["kind"] == "Namespace");
        let cluster = server.start("v1.5.1")?;
        let mut refused = cluster.refused(&namespaces, false)?;
        refused.extend(cluster.refused(&others, true)?);
        let [systems, objects] = figures;
        say(&format!(
            "{systems} systems, {objects} objects: {} refused\n",
            refused.len()
        ));
        none(refused)
    }
}

fn fill(value: &mut Value) {
    match value {
        Value::String(text) if text.ends_with(" of late-values.env>") => {
            *value = json!("00000000-0000-4000-8000-000000000001");
        }
        Value::Array(list) => list.iter_mut().for_each(fill),
        Value::Object(map) => map.values_mut().for_each(fill),
        _ => {}
    }
}
