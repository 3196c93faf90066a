//! The Azure half: `infra/` of the output.
//!
//! In: the [`Model`]. Out: the files that make everything in Azure that is not the resource group, a connection of
//! Service Connector or a database user: the composed `main.bicep`, `main.bicepparam` and `workloads/<w>.bicep`, and
//! those of the modules that they need, copied as they lie in `templates/infra`.
//!
//! `platform` and `system` lower what every system has, the files of [`crate::kinds`] what their kinds add,
//! `workload` what a workload may do. Nothing is decided here that the model leaves open, because it leaves nothing
//! open; nothing is checked either.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::output::{BadPath, Mode, OutputFile, OutputPath, Owner};
use crate::render::RenderError;
use crate::render::template::Templates;

pub mod context;
pub(crate) mod modules;
mod platform;
pub(crate) mod resource;
pub mod size;
mod system;
mod workload;

/// The files below `infra/`, in the order in which a person reads them.
///
/// # Errors
///
/// A fault of agcgen: a template that does not fit its context, or a name that is no part of a path.
#[inline(never)]
pub fn files(model: &Model) -> Result<Vec<OutputFile>, RenderError> {
    let templates = Templates::get()?;
    let (main, parameters) = system::files(model);
    let mut called: BTreeSet<String> = main.modules.iter().map(|call| call.path.clone()).collect();
    called.extend(main.imports.iter().map(|import| import.path.clone()));
    let mut workloads = Vec::new();
    for workload in &model.workloads {
        if let Some(identity) = &workload.identity {
            let file = workload::file(model, workload, identity);
            called.extend(
                file.accesses
                    .iter()
                    .filter_map(|access| match &access.grant {
                        context::Grant::Module { path, .. } => Some(path.clone()),
                        context::Grant::Role { .. } | context::Grant::Elsewhere => None,
                    }),
            );
            let text = file.compose(templates)?;
            workloads.push(output(&system::workload_path(&workload.name), text)?);
        }
    }
    let mut files = vec![
        output("main.bicep", main.compose(templates)?)?,
        output("main.bicepparam", parameters.compose(templates)?)?,
        output("bicepconfig.json", modules::CONFIGURATION.to_owned())?,
    ];
    for (path, text) in modules::needed(called.iter().map(String::as_str)) {
        files.push(output(&path, text.to_owned())?);
    }
    files.extend(workloads);
    Ok(files)
}

fn output(path: &str, text: String) -> Result<OutputFile, BadPath> {
    Ok(OutputFile {
        path: OutputPath::new(format!("infra/{path}"))?,
        text,
        mode: Mode::Plain,
        owner: Owner::Generated,
    })
}
