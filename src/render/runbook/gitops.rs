//! The path by `GitOps`: what Argo CD or Flux is told, and what stays by hand.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::page::{Markdown, file, listed, paragraph, say};
use super::script::{Line, Script};
use super::system::{System, block};
use crate::facts::What;
use crate::late::{self, late_values};
use crate::model::{Controller, Diagnostics};
use crate::objects::Phase;
use crate::operation;
use crate::print::markdown::{Inline, code, text};
use crate::print::shell::NulInArgument;
use crate::print::yaml::{Document, stream};

/// Where the reader's repository is: the one thing that a spec does not know.
const REPOSITORY: &str = "https://git.example.com/you/repository.git";

/// The namespaces that the tools watch, as they are installed.
const ARGO_CD: &str = "argocd";
const FLUX: &str = "flux-system";
/// Who changes a field that Flux is not to take back. Source: its page on Kustomizations, "Suspend", as known 2026-11.
const FLUX_CLIENT: &str = "flux-client-side-apply";

pub(super) fn body(system: System<'_>) -> Vec<Markdown> {
    let has_jobs = system.model.sql_servers().next().is_some();
    let mut body = vec![
        paragraph(
            "The folder `k8s` is a kustomize base without anything that only a person can do. Commit this whole folder; below, it \
             lies in the repository as `out`. Change the address of the repository, and that path if yours differs.",
            [],
        ),
        paragraph("By hand stay:", []),
        Markdown::list(&by_hand(system)),
        paragraph(
            "**Argo CD** takes everything from the root. Nothing has to wait for anything: a pod starts when its Secret is there, a \
             route answers when its Service is.",
            [],
        ),
        Markdown::block("yaml", &stream(&[], &[argo_cd(system)])),
        paragraph(
            if has_jobs {
                "**Flux** takes the phases one after another. Its first Kustomization waits for the Jobs, none for the Gateway: \
                 Flux does not know its condition `Programmed`."
            } else {
                "**Flux** takes the phases one after another. None of its Kustomizations waits for the Gateway: Flux does not know \
                 its condition `Programmed`."
            },
            [],
        ),
        Markdown::block("yaml", &stream(&[], &flux(system))),
    ];
    if has_jobs {
        body.push(paragraph(
            "The Jobs that make database users carry annotations that tell both tools to replace a finished Job, not to change it.",
            [],
        ));
    }
    if system.service_connections().next().is_some() {
        body.push(paragraph(
            "Secrets that Service Connector writes are in no repository, and neither tool removes them. With `via: direct` in the \
             spec the settings come from the manifests, and no connection stays by hand.",
            [],
        ));
    }
    body
}

fn by_hand(system: System<'_>) -> Vec<Inline> {
    let mut what = vec![text("everything in Azure")];
    if !late_values(system.model).is_empty() {
        what.push(say(
            "the late values, committed in {} before anything is synchronised",
            [file(late::PATH)],
        ));
    }
    match system.cluster().gateway.controller {
        Controller::Helm { .. } => what.push(text("the ALB Controller, which also brings the kinds of Gateway API: before anything is synchronised")),
        Controller::Addon | Controller::Existing => {}
    }
    if system.service_connections().next().is_some() {
        what.push(text(
            "the connections of Service Connector, once the platform is there",
        ));
    }
    if system.is_managed() && system.model.workspace.diagnostics != Diagnostics::None {
        what.push(text(
            "the diagnostic setting of the gateway, once the controller has made it: the last block of the step that applies the \
             platform",
        ));
    }
    what
}

fn document(value: Value) -> Document {
    Document {
        comment: Vec::new(),
        value,
    }
}

fn argo_cd(system: System<'_>) -> Document {
    document(json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": { "name": system.model.stem, "namespace": ARGO_CD },
        "spec": {
            "project": "default",
            "source": { "repoURL": REPOSITORY, "targetRevision": "main", "path": "out/k8s" },
            "destination": { "server": "https://kubernetes.default.svc", "namespace": system.namespace() },
            "syncPolicy": {
                "automated": { "prune": true, "selfHeal": true },
                "syncOptions": ["ServerSideApply=true"],
            },
        },
    }))
}

/// The phases that the system has, in order.
fn phases(system: System<'_>) -> BTreeSet<Phase> {
    system
        .about(|what| match what {
            What::Object(object) => Some(&object.phase),
            _ => None,
        })
        .copied()
        .collect()
}

/// How long Flux waits until everything of a phase is ready.
fn timeout(system: System<'_>, phase: Phase) -> String {
    let slowest = system
        .model
        .workloads
        .iter()
        .map(operation::rollout_seconds);
    let minutes = match phase {
        // The database users wait for databases that wake up.
        Phase::Platform => 40,
        Phase::Workloads => slowest.max().unwrap_or_default().div_ceil(60),
        Phase::Routes => 10,
    };
    format!("{minutes}m")
}

fn flux(system: System<'_>) -> Vec<Document> {
    let stem = &system.model.stem;
    let mut documents = vec![document(json!({
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": { "name": stem, "namespace": FLUX },
        "spec": { "interval": "5m", "url": REPOSITORY, "ref": { "branch": "main" } },
    }))];
    let mut before: Option<String> = None;
    for phase in phases(system) {
        let name = kustomization(system, phase);
        let mut spec = json!({
            "interval": "10m",
            "path": format!("./out/{}", phase.folder()),
            "prune": true,
            "wait": true,
            "timeout": timeout(system, phase),
            "sourceRef": { "kind": "GitRepository", "name": stem },
        });
        if let (Some(before), Value::Object(spec)) = (&before, &mut spec) {
            spec.insert("dependsOn".to_owned(), json!([{ "name": before }]));
        }
        documents.push(document(json!({
            "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
            "kind": "Kustomization",
            "metadata": { "name": name, "namespace": "flux-system" },
            "spec": spec,
        })));
        before = Some(name);
    }
    documents
}

/// The phases by name, for a sentence.
pub(super) fn phase_names(system: System<'_>) -> Inline {
    listed(phases(system).iter().map(|phase| code(&phase.to_string())))
}

/// Name of what Flux applies a phase by.
fn kustomization(system: System<'_>, phase: Phase) -> String {
    format!("{}-{phase}", system.model.stem)
}

/// How to stop the tools without removing what they applied.
pub(super) fn stop(system: System<'_>) -> Result<Vec<Markdown>, NulInArgument> {
    let application = format!("applications.argoproj.io/{}", system.model.stem);
    let suspend = phases(system).into_iter().map(|phase| {
        Line::new("kubectl patch kustomizations.kustomize.toolkit.fluxcd.io")
            .text(&kustomization(system, phase))
            .flag("--namespace", FLUX)
            .words("--type merge --patch")
            .text(r#"{"spec":{"suspend":true}}"#)
            .flag("--field-manager", FLUX_CLIENT)
    });
    Ok(vec![
        paragraph(
            "Only if Argo CD or Flux applies `k8s`: it would put back what the next steps remove. If the objects that tell it so are \
             themselves applied from a repository, take them out there first. **Argo CD** leaves the cluster as it is when the \
             application above goes:",
            [],
        ),
        block(
            Line::new("kubectl delete")
                .text(&application)
                .flag("--namespace", ARGO_CD),
        )?,
        paragraph("**Flux** leaves it as it is while it is suspended:", []),
        Script::default().all(suspend).block()?,
    ])
}
