//! What `trace` and its like are asked about: a spec, a rendered folder, or anybody's manifests.
//!
//! In: paths. Out: the trees of all objects, each with its source, or the objects of a spec.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::Format;
use super::console::{Console, typed};
use super::exit::{Failure, unreadable};
use super::report;
use crate::diagnostic::{Code, Findings, Places};
use crate::disk;
use crate::model::{Model, Origin};
use crate::objects::{self, Manifest};
use crate::source::{self, At, Entry, Node, Place, SourceId, Sources, Span};
use crate::trace::{self, Objects, Router};

/// The folder of a rendered tree in which its objects lie.
const CLUSTER_HALF: &str = "k8s";

/// Kinds that decide where requests go, or whether, and that `trace` does not read (Gateway API v1.5.1, experimental channel
/// too; alb.networking.azure.io/v1; inference.networking.k8s.io/v1; all 2026-11).
const ROUTING: [&str; 14] = [
    "BackendTLSPolicy",
    "FrontendTLSPolicy",
    "GatewayClass",
    "InferencePool",
    "Ingress",
    "IngressExtension",
    "ListenerSet",
    "RoutePolicy",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
    "WebApplicationFirewallPolicy",
    "XBackendTrafficPolicy",
    "XListenerSet",
];

/// What a kustomization changes objects by
/// (<https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/>, read 2026-11-29).
const CHANGES: [&str; 11] = [
    "components",
    "generators",
    "helmCharts",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "transformers",
];

/// What a command is asked about.
pub(super) struct Inputs {
    /// Everything that was read.
    pub(super) sources: Sources,
    /// What is wrong with it.
    pub(super) findings: Findings,
    /// The objects; nothing where an error was found.
    pub(super) objects: Option<Objects>,
    /// The model, where it is a spec.
    pub(super) model: Option<Model>,
    /// What was passed over: a sentence each.
    pub(super) skipped: Vec<String>,
    /// The trees of the objects, in the order read; of a spec there are none.
    trees: Vec<Node>,
    /// What of a spec the objects were made for, in the same order.
    origins: Vec<Origin>,
}

impl Inputs {
    /// Reads what the paths name: one spec, or any number of files and folders of manifests; `-` is standard input.
    ///
    /// # Errors
    /// When something cannot be read.
    pub(super) fn read(paths: &[String]) -> Result<Self, Failure> {
        let mut sources = Sources::new();
        let mut files = Vec::new();
        for path in paths {
            match manifests_in(path)? {
                Some(found) => files.extend(found.into_iter().map(|file| (file, true))),
                None => files.push((path.clone(), false)),
            }
        }
        let (mut ids, mut specs) = (Vec::new(), Vec::new());
        for (file, of_folder) in &files {
            let read =
                source::read_manifests(file, is_spec).map_err(|error| unreadable(file, &error))?;
            let (name, is_spec) = (read.name.clone(), is_spec(&read.text));
            let id = sources.add(read.name, read.text);
            if !is_spec || files.len() == 1 {
                ids.push((id, *of_folder));
            } else if *of_folder {
                specs.push(format!("{name}, which is a spec: name it alone"));
            } else {
                return Err(Failure::Stopped(format!(
                    "{name} is a spec, and a spec is asked about alone.\nName it without other files."
                )));
            }
        }
        let mut inputs = Self::of(sources, &ids);
        inputs.skipped.extend(specs);
        let is_empty = inputs.trees.is_empty() && inputs.skipped.is_empty();
        if is_empty && inputs.model.is_none() && inputs.objects.is_some() {
            return Err(nothing_in(paths));
        }
        Ok(inputs)
    }

    fn of(sources: Sources, ids: &[(SourceId, bool)]) -> Self {
        let mut inputs = Self {
            sources,
            findings: Findings::new(),
            objects: None,
            model: None,
            skipped: Vec::new(),
            trees: Vec::new(),
            origins: Vec::new(),
        };
        if let [(id, _)] = ids
            && is_spec(&inputs.sources.get(*id).text)
        {
            inputs.model = crate::check(&inputs.sources, *id, &mut inputs.findings);
            if let Some(model) = &inputs.model {
                let manifests = objects::manifests(model);
                inputs.objects = Some(of_manifests(&manifests));
                inputs.origins = manifests
                    .into_iter()
                    .map(|manifest| manifest.origin)
                    .collect();
            }
            return inputs;
        }
        let mut objects = Objects::new();
        let mut bare = 0;
        let mut all_read = true;
        for &(id, of_folder) in ids {
            let Some(documents) =
                source::parse_manifests(&inputs.sources, id, &mut inputs.findings)
            else {
                all_read = false;
                continue;
            };
            for object in documents.into_iter().flat_map(each) {
                if of_folder && is_changing_kustomization(&object, &inputs.sources.get(id).name) {
                    inputs.skipped.push(format!(
                        "the changes of {}; to have them made: kubectl kustomize DIR | agcgen trace - ...",
                        inputs.sources.get(id).name
                    ));
                }
                // A folder holds other YAML too: values of Helm, settings of tools.
                if of_folder && (object.get("kind").is_none() || object.get("apiVersion").is_none())
                {
                    bare += 1;
                } else {
                    objects.read(&object);
                    inputs.trees.push(object);
                }
            }
        }
        let mut places = Places::new(&inputs.sources);
        for twice in inputs.findings.iter() {
            if twice.code == Code::AGC0616 {
                let (line, _) = places.line_and_column(twice.place.span);
                let file = &inputs.sources.get(twice.place.span.source).name;
                let message = &twice.message;
                inputs
                    .skipped
                    .push(format!("all but the last: {message} ({file}:{line})"));
            }
        }
        if bare > 0 {
            inputs.skipped.push(format!(
                "{} without kind",
                report::number_of(bare, "document")
            ));
        }
        let (routing, other): (Vec<_>, Vec<_>) = objects
            .skipped
            .iter()
            .partition(|(kind, _)| ROUTING.contains(&kind.as_str()));
        for (what, kinds) in [
            ("what is about routing, but not read here", routing),
            ("not about routing", other),
        ] {
            let kinds: Vec<String> = kinds
                .into_iter()
                .map(|(kind, count)| format!("{count} {kind}"))
                .collect();
            if !kinds.is_empty() {
                inputs.skipped.push(format!("{what}: {}", kinds.join(", ")));
            }
        }
        for refused in &objects.refused {
            let place = inputs.place(refused.origin, &refused.at).map(|span| {
                let (line, _) = places.line_and_column(span);
                format!(" ({}:{line})", inputs.sources.get(span.source).name)
            });
            let place = place.unwrap_or_default();
            inputs.skipped.push(format!("{refused}{place}"));
        }
        let doubles = objects.doubles.iter().map(ToString::to_string);
        inputs.skipped.extend(doubles);
        if objects.gateways.is_empty() && !objects.routes.is_empty() {
            inputs.skipped.push(
                "whether a listener takes the routes: no Gateway is among the objects".to_owned(),
            );
        }
        inputs.objects = all_read.then_some(objects);
        inputs
    }

    /// Where something in an object stands; of a spec, what the object was made for.
    fn place(&self, origin: usize, at: &At) -> Option<Span> {
        match (self.trees.get(origin), self.origins.get(origin)) {
            (Some(tree), _) => Some(tree.locate(&Place::Value(at.clone()))),
            (None, Some(origin)) => Some(origin.span),
            (None, None) => None,
        }
    }

    /// Adds what is wrong with the objects to what is wrong with the input.
    pub(super) fn analyse(&mut self) {
        let Some(objects) = &self.objects else { return };
        // What an alias repeats stands in one place.
        let mut told = BTreeSet::new();
        for problem in trace::analyse(&Router::new(objects)) {
            let Some(span) = self.place(problem.origin, &problem.at) else {
                continue;
            };
            if !told.insert((problem.code, span, problem.message.clone())) {
                continue;
            }
            let related = problem
                .related
                .as_ref()
                .and_then(|(origin, at, text)| Some((self.place(*origin, at)?, text)));
            let finding = self.findings.report(problem.code, span, problem.message);
            finding.label(problem.label).help(problem.help);
            if let Some((span, text)) = related {
                finding.related(span, text);
            }
        }
    }

    /// What a JSON document about it begins with.
    pub(super) fn document(&self) -> Map<String, Value> {
        let mut document = report::document(&self.sources, &self.findings);
        document.insert("skipped".to_owned(), json!(self.skipped));
        document
    }

    /// Prints what was found, for people; the objects where there is no error. What is only worth knowing of a spec is
    /// `validate`'s to say.
    pub(super) fn reported(&self, console: &mut Console, format: Format) -> Option<&Objects> {
        if self.objects.is_none() {
            report::findings(console, format, &self.sources, &self.findings);
        }
        if format != Format::Json {
            self.tell_skipped(console);
        }
        self.objects.as_ref()
    }

    /// Prints what was passed over, for people.
    pub(super) fn tell_skipped(&self, console: &mut Console) {
        for skipped in &self.skipped {
            console.line(&format!("skipped {skipped}"));
        }
    }

    /// That there is a Gateway or a route to say something about: the empty output of a program that failed is no good news.
    ///
    /// # Errors
    /// When there is none, and no error that says why.
    pub(super) fn have_something(&self, paths: &[String]) -> Result<(), Failure> {
        let is_empty = self.objects.as_ref().is_some_and(|objects| {
            objects.gateways.is_empty() && objects.routes.is_empty() && objects.refused.is_empty()
        });
        if self.model.is_some() || !is_empty {
            return Ok(());
        }
        let paths: Vec<String> = paths.iter().map(typed).collect();
        Err(Failure::Stopped(format!(
            "There is no Gateway and no route in {}.\nName what has them: a spec, or a folder or files of manifests.",
            paths.join(" ")
        )))
    }
}

/// Whether a document is a kustomization that makes other objects of those it names.
fn is_changing_kustomization(document: &Node, file: &str) -> bool {
    let is_one = match document.get("kind").and_then(Node::text) {
        Some(kind) => kind == "Kustomization" || kind == "Component",
        None => matches!(
            file.rsplit(['/', '\\']).next(),
            Some("kustomization.yaml" | "kustomization.yml" | "Kustomization")
        ),
    };
    is_one && CHANGES.iter().any(|key| document.get(key).is_some())
}

/// Manifests as the engine takes them.
pub(super) fn of_manifests(manifests: &[Manifest]) -> Objects {
    let mut read = Objects::new();
    for manifest in manifests {
        // Structs of texts and numbers have a tree.
        if let Ok(tree) = manifest.object.to_value() {
            read.read(&tree);
        }
    }
    read
}

/// What is said of files without any object: the empty output of a program that failed is no good news.
pub(super) fn nothing_in(paths: &[String]) -> Failure {
    let paths: Vec<String> = paths.iter().map(typed).collect();
    Failure::Stopped(format!(
        "There is no object in {}.\nName what has some: a spec, or a folder or files of manifests.",
        paths.join(" ")
    ))
}

/// What the first document of a text says that it is, where it is JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: Option<IgnoredAny>,
}

impl Head {
    fn of(text: &str) -> Option<Self> {
        if !text.trim_start().starts_with('{') {
            return None;
        }
        let mut documents = serde_json::Deserializer::from_str(text).into_iter();
        documents.next()?.ok()
    }

    fn is_of_spec(&self) -> bool {
        self.api_version.starts_with("agcgen/")
    }
}

/// Whether a text is a spec, and no manifest: both say so in their first lines.
pub(super) fn is_spec(text: &str) -> bool {
    if let Some(head) = Head::of(text) {
        return head.is_of_spec();
    }
    text.lines().any(|line| {
        line.strip_prefix("apiVersion:").is_some_and(|value| {
            value
                .trim_start()
                .trim_start_matches(['"', '\''])
                .starts_with("agcgen/")
        })
    })
}

/// Whether a text is of Kubernetes objects: a line, or a field of JSON, says of what kind.
pub(super) fn has_kinds(text: &str) -> bool {
    if let Some(head) = Head::of(text) {
        return !head.is_of_spec() && head.kind.is_some();
    }
    !is_spec(text)
        && text.lines().any(|line| {
            let line = line.trim_start_matches([' ', '-', '{']);
            line.starts_with("kind:") || line.starts_with("\"kind\":")
        })
}

/// The objects of a document: itself, or the items of a list. Those of a list of one kind may leave out what they are, as the API
/// server does in its answers.
pub(super) fn each(mut document: Node) -> Vec<Node> {
    let text = |key| document.get(key).and_then(Node::text).unwrap_or_default();
    let Some(kind) = text("kind").strip_suffix("List").map(str::to_owned) else {
        return vec![document];
    };
    let version = text("apiVersion").to_owned();
    let Some(items) = items_of(&mut document) else {
        return vec![document];
    };
    items
        .into_iter()
        .map(|item| {
            if kind.is_empty() {
                item
            } else {
                with_head(item, &version, &kind)
            }
        })
        .flat_map(each)
        .collect()
}

/// Takes the items out of a list.
fn items_of(document: &mut Node) -> Option<Vec<Node>> {
    let source::Value::Map(entries) = &mut document.value else {
        return None;
    };
    let (_, items) = entries.values_mut().find(|(key, _)| *key == "items")?;
    match &mut items.value {
        source::Value::List(items) => Some(std::mem::take(items)),
        _ => None,
    }
}

/// An object with version and kind, where it does not say its own.
fn with_head(mut item: Node, version: &str, kind: &str) -> Node {
    let source::Value::Map(entries) = &mut item.value else {
        return item;
    };
    let span = item.span;
    let mut all: Vec<Entry> = std::mem::take(entries).into_iter().collect();
    for (key, text) in [("apiVersion", version), ("kind", kind)] {
        if all.iter().all(|entry| entry.key != key) {
            all.push(Entry {
                key: key.to_owned(),
                key_span: span,
                value: Node {
                    span,
                    value: source::Value::Text(text.to_owned()),
                },
            });
        }
    }
    *entries = all.into();
    item
}

/// The YAML files of a folder; of a rendered one those of the cluster half. Nothing where the path is no folder.
pub(super) fn manifests_in(folder: &str) -> Result<Option<Vec<String>>, Failure> {
    let files = source::yaml_files(folder, disk::LOCK, CLUSTER_HALF).map_err(|error| {
        Failure::Stopped(format!(
            "{folder} cannot be read: {error}.\nName a folder that can be."
        ))
    })?;
    if files.as_ref().is_some_and(Vec::is_empty) {
        return Err(Failure::Stopped(format!(
            "{folder} has no YAML files.\nName a rendered folder, or one with manifests."
        )));
    }
    Ok(files)
}
