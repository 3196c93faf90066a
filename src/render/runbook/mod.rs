//! `README.md` of the output: the runbook of this very system.
//!
//! In: the model and its facts. Out: one Markdown page for somebody who has seen nothing else: what there is, what it costs to
//! know, who may do what, and every command from an empty subscription to a verified system and back, with literal names.
//! Tables are views of the facts. Foreign text passes through the printers of Markdown, shell and YAML, never beside them.
//!
//! Nothing is decided here: names, roles and order of the system come with the model.

mod deploy;
mod doubts;
mod gitops;
mod logs;
mod page;
mod script;
mod system;
mod tables;
mod undo;
mod verify;

use serde::Serialize;

use super::template::{TemplateError, Templates};
use crate::facts::Fact;
use crate::graph::{graph, mermaid};
use crate::model::Model;
use crate::output::{Mode, OutputFile, OutputPath, Owner};
use crate::print::markdown::{Inline, code, text};
use crate::print::shell::NulInArgument;

pub(crate) use page::Markdown;
use page::{Section, numbered, paragraph, say};
use system::System;

/// The name of the template.
const TEMPLATE: &str = "README.md.tera";

/// What the template reads.
#[derive(Debug, Serialize)]
struct Page {
    source: String,
    name: String,
    intro: Markdown,
    picture: Markdown,
    resources: Markdown,
    objects: Vec<Markdown>,
    exposures: Markdown,
    routes: Markdown,
    calls: Markdown,
    reaches: Markdown,
    rights: Markdown,
    credentials: Markdown,
    billed: Markdown,
    connections: Markdown,
    late_values: Markdown,
    secrets: Markdown,
    tools: Markdown,
    deployer: Vec<Markdown>,
    deploy: Vec<Section>,
    phases: Markdown,
    gitops: Vec<Markdown>,
    verify: Vec<Section>,
    logs: Vec<Markdown>,
    again: Markdown,
    undo: Vec<Section>,
    doubts: Vec<Markdown>,
}

/// The runbook.
///
/// # Errors
///
/// The template and its context do not fit together, or a text of the model has a NUL, which no command can hold and which
/// the spec refuses. Either is a fault of agcgen.
#[inline(never)]
pub fn file(model: &Model, facts: &[Fact]) -> Result<OutputFile, TemplateError> {
    let system = System { model, facts };
    let page = page(system).map_err(|error| TemplateError::unfit(TEMPLATE, &error))?;
    Ok(OutputFile {
        path: OutputPath::new("README.md")
            .map_err(|error| TemplateError::unfit(TEMPLATE, &error))?,
        text: Templates::get()?.compose(TEMPLATE, page)?,
        mode: Mode::Plain,
        owner: Owner::Generated,
    })
}

fn page(system: System<'_>) -> Result<Page, NulInArgument> {
    let model = system.model;
    let steps = deploy::steps(system)?;
    Ok(Page {
        source: model.spec_file.clone(),
        name: model.stem.clone(),
        intro: intro(system),
        picture: Markdown::block("mermaid", &mermaid(&graph(system.facts))),
        resources: tables::resources(system),
        objects: tables::objects(system),
        exposures: tables::exposures(system),
        routes: tables::routes(system),
        calls: tables::calls(system),
        reaches: tables::reaches(system),
        rights: tables::rights(system),
        credentials: tables::credentials(system),
        billed: tables::billed(system),
        connections: tables::connections(system),
        late_values: tables::late_values(system),
        secrets: tables::secrets(system),
        tools: deploy::tools(system),
        deployer: deploy::rights(system),
        again: deploy::again(&steps),
        deploy: numbered("Step", steps),
        phases: gitops::phase_names(system).into(),
        gitops: gitops::body(system),
        logs: logs::body(system),
        undo: numbered("Undo", undo::steps(system)?),
        doubts: doubts::body(system),
        verify: numbered("Question", verify::steps(system)?),
    })
}

fn intro(system: System<'_>) -> Markdown {
    let model = system.model;
    let count = |number: usize, one: &'static str, many: &'static str| {
        if number == 1 {
            text(one)
        } else {
            text(&format!("{number} {many}"))
        }
    };
    let resources = if model.resources.is_empty() {
        Inline::default()
    } else {
        say(
            ", and {} that they connect to without a password",
            [count(model.resources.len(), "one resource", "resources")],
        )
    };
    paragraph(
        "This folder is all of the system {}: an AKS cluster in {} behind Application Gateway for Containers, with {}{}. It is \
         generated from {}: change that file and render again, never these. This page says what there is, who may do what, and \
         what to type.",
        [
            code(&model.name),
            code(&model.azure.location),
            count(model.workloads.len(), "one workload", "workloads"),
            resources,
            code(&model.spec_file),
        ],
    )
}
