//! Spec → [`Model`]: binds names, fills defaults, derives names, checks references. Everything that *builds*.
//!
//! The only maker of a Model. What a Model that can be built still gets wrong is for [`crate::lint`] to judge.
//!
//! A part that is wrong is reported and left out, and the rest is still looked at: all findings at once. Nothing refers
//! to a part that was left out without saying so, because its name is remembered as refused.

mod azure;
mod cluster;
mod connections;
mod names;
mod network;
mod quantity;
mod resources;
mod routes;
mod tests;
mod workloads;

use crate::diagnostic::{Code, Finding, Findings};
use crate::model::{Model, Origin};
use crate::source::{At, Node, Span, looks_like_credential};
use crate::spec::{self, Decoded, Refused, Spec};

/// Builds the model. `None` if and only if an error was reported, here or before.
#[inline(never)]
pub(crate) fn resolve(decoded: Decoded, spec_file: &str, found: &mut Findings) -> Option<Model> {
    let Decoded {
        spec,
        tree,
        refused,
    } = decoded;
    let mut resolver = Resolver {
        spec: &spec,
        tree: &tree,
        refused,
        found,
    };
    let model = resolver.model(spec_file);
    if found.error_count() > 0 { None } else { model }
}

/// What every part of the pass needs.
struct Resolver<'a> {
    spec: &'a Spec,
    /// The spec in full form: where everything stands.
    tree: &'a Node,
    /// Names that were refused, here or before: nothing that refers to them is a second mistake.
    refused: Refused,
    found: &'a mut Findings,
}

impl Resolver<'_> {
    fn model(&mut self, spec_file: &str) -> Option<Model> {
        self.check_names();
        let azure = self.azure();
        let workspace = self.workspace();
        let resources = self.resources(&azure);
        let mut workloads = self.workloads();
        self.connect(&azure, &resources, &mut workloads);
        let gateway = self.gateway();
        let routes = self.routes(&gateway, &workloads);
        let tests = self.tests(&gateway, &workloads);
        let namespace = self.namespace(&workloads);
        self.check_namespaces(&namespace, &gateway.controller, &resources);
        self.check_derived_names(&resources, &workloads);
        let cluster = self.cluster(&azure, gateway, namespace)?;
        Some(Model {
            // A file may be called anything, and generated files say its name on one line.
            spec_file: spec_file.replace(char::is_control, "\u{fffd}"),
            name: self.spec.name.clone(),
            stem: self.stem().to_owned(),
            azure,
            workspace,
            clusters: vec![cluster],
            resources,
            workloads,
            routes,
            tests,
        })
    }

    /// Stem of derived names. With environments it will end in the environment.
    fn stem(&self) -> &str {
        &self.spec.name
    }

    /// One of two values, by profile.
    fn by_profile<T>(&self, dev: T, prod: T) -> T {
        match self.spec.profile {
            spec::Profile::Dev => dev,
            spec::Profile::Prod => prod,
        }
    }

    /// Where a named thing comes from: its key.
    fn origin(&self, at: &At) -> Origin {
        let (span, stated) = self.tree.locate_key(at);
        Origin {
            at: at.clone(),
            span,
            stated,
        }
    }

    /// Where something without a name comes from: its value.
    fn value_origin(&self, at: &At) -> Origin {
        let (span, stated) = self.tree.locate_value(at);
        Origin {
            at: at.clone(),
            span,
            stated,
        }
    }

    /// Where a value stands.
    fn value_span(&self, at: &At) -> Span {
        self.tree.locate_value(at).0
    }

    /// Where a key stands.
    fn key_span(&self, at: &At) -> Span {
        self.tree.locate_key(at).0
    }

    /// Reports something at a value.
    fn report(&mut self, code: Code, at: &At, message: impl Into<String>) -> &mut Finding {
        let span = self.value_span(at);
        self.found.report(code, span, message)
    }

    /// Reports something at a key.
    fn report_key(&mut self, code: Code, at: &At, message: impl Into<String>) -> &mut Finding {
        let span = self.key_span(at);
        self.found.report(code, span, message)
    }

    /// Refuses text that looks like a credential, without showing it.
    fn no_credential(&mut self, at: &At, text: &str) {
        if let Some(kind) = looks_like_credential(text) {
            let span = self.value_span(at);
            self.found.hide(span);
            self.found
                .report(Code::AGC0405, span, format!("this looks like {kind}"))
                .label("value not shown")
                .help(
                    "put it into a key vault and connect to the vault; treat it as leaked if it was committed",
                );
        }
    }
}
