//! What must be true of any input: in memory, from bytes to output files. In: what a fuzzer or a test made up. Out: how many files
//! it gives, or what is wrong with agcgen. A panic is wrong too.

#[path = "../tests/safeguards/mod.rs"]
mod safeguards;

use agcgen::diagnostic::{Findings, Severity, human, json, short};
use agcgen::objects::{Manifest, Object};
use agcgen::output::OutputFile;
use agcgen::source::{Sources, Span, parse};
use agcgen::trace::{Objects, Router, analyse};
use serde::Deserialize as _;
use serde_json::Value;

use safeguards::against_safeguards;

/// What `changed_example` changes, by the first byte of its input.
pub(crate) const EXAMPLES: [&str; 3] = [
    include_str!("../examples/minimal/spec.yaml"),
    include_str!("../examples/cloud-native/spec.yaml"),
    include_str!("../examples/cloud-native-managed/spec.yaml"),
];

/// The bytes as a spec. What is not UTF-8 is refused before it is parsed.
#[allow(dead_code, reason = "each target is a program of its own")]
pub(crate) fn spec_to_files(bytes: &[u8]) -> Result<Option<usize>, String> {
    std::str::from_utf8(bytes).map_or(Ok(None), judge)
}

/// The bytes as an example and what is laid over it, by RFC 7396: random text seldom gets past the parser, this does.
#[allow(dead_code, reason = "each target is a program of its own")]
pub(crate) fn changed_example(bytes: &[u8]) -> Result<Option<usize>, String> {
    let Some((first, layer)) = bytes.split_first() else {
        return Ok(None);
    };
    let Ok(layer) = std::str::from_utf8(layer) else {
        return Ok(None);
    };
    let mut sources = Sources::new();
    let example = sources.add("example", EXAMPLES[usize::from(*first) % EXAMPLES.len()]);
    let layer = sources.add("layer", layer);
    let mut found = Findings::new();
    let base = parse(&sources, example, &mut found).ok_or("an example is no YAML")?;
    let Some(layer) = parse(&sources, layer, &mut found) else {
        return Ok(None);
    };
    let changed = agcgen::source::overlay(base, layer, &|_| false);
    judge(&changed.to_json().to_string())
}

/// What agcgen makes of a text: the number of files, if there are any.
pub(crate) fn judge(text: &str) -> Result<Option<usize>, String> {
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", text);
    let mut found = Findings::new();
    let rendered = agcgen::compile(&sources, id, &mut found).map_err(|bug| bug.to_string())?;
    claim(
        rendered.is_none() == (found.error_count() > 0),
        "output and an error, or neither",
    )?;
    findings(text, &sources, &found)?;
    let Some(rendered) = rendered else {
        return Ok(None);
    };
    let mut objects = Vec::new();
    for file in &rendered.files {
        reads_back(file, &mut objects).map_err(|problem| format!("{}: {problem}", file.path))?;
    }
    safeguarded(&objects)?;
    routed(&rendered.manifests)?;
    let again =
        agcgen::compile(&sources, id, &mut Findings::new()).map_err(|bug| bug.to_string())?;
    claim(
        again.is_some_and(|again| again.files == rendered.files),
        "another output the second time",
    )?;
    Ok(Some(rendered.files.len()))
}

/// What `validate` lets through, the analysis of routes has nothing to say of: so `validate` need not run it.
fn routed(manifests: &[Manifest]) -> Result<(), String> {
    let mut objects = Objects::new();
    for manifest in manifests {
        let tree = manifest.object.to_value().map_err(|bug| bug.to_string())?;
        objects.read(&tree);
    }
    match &analyse(&Router::new(&objects))[..] {
        [] => Ok(()),
        problems => Err(format!("{problems:#?}")),
    }
}

fn claim(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(otherwise.to_owned())
    }
}

/// Each stands inside the text, an error says what to do, and each printer says all of them.
fn findings(text: &str, sources: &Sources, found: &Findings) -> Result<(), String> {
    let inside = |span: Span| text.get(span.range()).is_some();
    for finding in found.iter() {
        let mut spans = vec![finding.place.span];
        spans.extend(finding.related.iter().map(|label| label.span));
        spans.extend(finding.fix.iter().map(|fix| fix.span));
        for span in spans {
            claim(
                inside(span),
                &format!("{}: {span:?} is not in the text", finding.message),
            )?;
        }
        let error = finding.code.severity() == Severity::Error;
        claim(
            !error || finding.help.is_some(),
            &format!("{}: what to do?", finding.message),
        )?;
    }
    let count = found.iter().count();
    let said = anstream::adapter::strip_str(&human(sources, found)).to_string();
    let titles = ["error[AGC", "warning[AGC", "note[AGC"];
    let is_title = |line: &&str| titles.iter().any(|title| line.starts_with(title));
    claim(said.lines().filter(is_title).count() == count, "human")?;
    let short = short(sources, found);
    claim(short.lines().count() == count, "short")?;
    for said in [&said, &short] {
        let control = said.chars().find(|&c| c.is_control() && c != '\n');
        claim(control.is_none(), &format!("{control:?} is printed"))?;
    }
    let document: Value =
        serde_json::from_str(&json(sources, found)).map_err(|error| error.to_string())?;
    let listed = document["findings"].as_array().map(Vec::len);
    claim(listed == Some(count), "json")
}

/// A foreign reader takes what is YAML, and every object is one that Kubernetes has, with no field lost.
fn reads_back(file: &OutputFile, objects: &mut Vec<Value>) -> Result<(), String> {
    let path = file.path.as_str();
    claim(!file.text.contains('\0'), "a zero")?;
    if !path.ends_with(".yaml") {
        return Ok(());
    }
    for document in serde_yaml::Deserializer::from_str(&file.text) {
        let value = Value::deserialize(document).map_err(|error| error.to_string())?;
        claim(value.is_object(), "no map")?;
        if !path.starts_with("k8s/") || value["kind"] == "Kustomization" {
            continue;
        }
        let object = Object::read(value.clone()).map_err(|error| error.to_string())?;
        let again = object.to_value().map_err(|error| error.to_string())?;
        claim(again == value, "an object that is read differently")?;
        objects.push(value);
    }
    Ok(())
}

/// The rules for workloads. A pod without a port has nothing that can be probed, and says so; an image without a tag is the
/// spec's, and a finding.
fn safeguarded(objects: &[Value]) -> Result<(), String> {
    let has_port = |name: &str| {
        objects.iter().any(|object| {
            object["metadata"]["name"] == name
                && object
                    .pointer("/spec/template/spec/containers/0/ports")
                    .is_some()
        })
    };
    let found = against_safeguards(objects).into_iter().find(|line| {
        match line.split_once(": Deployment ") {
            Some(("probes", name)) => has_port(name),
            Some(("image tag", _)) => false,
            _ => true,
        }
    });
    found.map_or(Ok(()), Err)
}
