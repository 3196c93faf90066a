//! What a workload may do: the narrowest right for each word, at the scope that is named.

use std::collections::BTreeMap;

use super::{Edge, Part};
use crate::diagnostic::{Code, listed};
use crate::model::{Grant, Right, Scope, Workload};
use crate::resolve::Resolver;
use crate::spec::Access;

impl Resolver<'_> {
    /// What a workload may do: the narrowest right for each word, at the scope that is named.
    pub(super) fn grants(&mut self, workload: &mut Workload, edges: &[Edge<'_>]) {
        let mut known: BTreeMap<Part<'_>, Vec<Right>> = BTreeMap::new();
        workload.grants.reserve_exact(edges.len());
        for edge in edges {
            let facets = edge.resource.kind.facets();
            let rows = facets.accesses();
            let what = match &edge.child {
                Some(_) => facets.child_type().0,
                None => facets.title(),
            };
            let accesses = &edge.connection.access.0;
            for (index, access) in accesses.iter().enumerate() {
                let Some(row) = rows.iter().find(|row| row.access == *access) else {
                    let words: Vec<&str> = rows.iter().map(|row| row.access.word()).collect();
                    self.report(
                        Code::AGC0402,
                        &edge.at.key("access").index(index),
                        format!("a {what} has no access `{}`", access.word()),
                    )
                    .label(format!("it has: {}", listed(&words)))
                    .help(format!(
                        "write one of them, the narrowest that does, such as `{}`",
                        words.first().unwrap_or(&"")
                    ));
                    continue;
                };
                // `write` includes `read`, and `own` everything: only the widest word that is asked for counts.
                let widest = accesses.iter().all(|other| rank(*other) <= rank(*access));
                if !widest {
                    continue;
                }
                let grant = Grant {
                    origin: edge.origin.clone(),
                    resource: edge.resource.key.clone(),
                    scope: match &edge.child {
                        Some(child) => Scope::Child {
                            key: child.key.clone(),
                            azure_name: child.azure_name.clone(),
                        },
                        None => Scope::Resource,
                    },
                    access: access.word(),
                    right: (row.right)(),
                };
                let known = known.entry(edge.part()).or_default();
                if !known.contains(&grant.right) {
                    known.push(grant.right.clone());
                    workload.grants.push(grant);
                }
            }
        }
        let mut of_whole: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
        for line in edges.iter().filter_map(Line::of) {
            if let (resource, None) = line.edge.part() {
                of_whole.entry(resource).or_default().push(line);
            }
        }
        let mut first: BTreeMap<Part<'_>, Line<'_>> = BTreeMap::new();
        for line in edges.iter().filter_map(Line::of) {
            let part = line.edge.part();
            self.says_what_is_given(line, *first.entry(part).or_insert(line));
            if let Some(whole) = of_whole.get(part.0) {
                self.gives_something(line, whole);
            }
        }
    }

    /// Two lines of one target with two words would give both rights, and whoever reads the narrower line is misled.
    fn says_what_is_given(&mut self, line: Line<'_>, first: Line<'_>) {
        if first.word == line.word {
            return;
        }
        let narrower = if rank(first.word) < rank(line.word) {
            first
        } else {
            line
        };
        let (edge, other) = (line.edge, first.edge);
        self.report_key(
            Code::AGC0414,
            &edge.at,
            format!("`{}` and `{}` are one target", other.target, edge.target),
        )
        .label(format!("`{}` here", line.word.word()))
        .related(other.origin.span, format!("`{}` here", first.word.word()))
        .help(format!(
            "write one of the lines, the narrowest that does, such as `{}: {}`",
            narrower.edge.target,
            narrower.word.word()
        ));
    }

    /// What a line gives at a child, another may give at the whole resource.
    fn gives_something(&mut self, line: Line<'_>, whole: &[Line<'_>]) {
        let edge = line.edge;
        if edge.child.is_none() || edge.says_more() {
            return;
        }
        let whole = whole
            .iter()
            .find(|whole| rank(line.word) <= rank(whole.word));
        if let Some(whole) = whole {
            self.report_key(
                Code::AGC0415,
                &edge.at,
                format!("`{}` adds nothing to `{}`", edge.target, whole.edge.target),
            )
            .label(format!("`{}` of a part", line.word.word()))
            .related(
                whole.edge.origin.span,
                format!("`{}` of all", whole.word.word()),
            )
            .help(format!(
                "remove this line, or `{}` if the workload needs no more than a part",
                whole.edge.target
            ));
        }
    }
}

/// A line, and the widest word that it asks for.
#[derive(Clone, Copy)]
struct Line<'a> {
    edge: &'a Edge<'a>,
    word: Access,
}

impl<'a> Line<'a> {
    /// `None` where the target has no such access.
    fn of(edge: &'a Edge<'a>) -> Option<Self> {
        let word = edge.widest()?;
        Some(Self { edge, word })
    }
}

impl Edge<'_> {
    /// Whether a line is there for more than access: for the child's name, in its settings or in a variable, or to say how the
    /// settings reach the pod.
    fn says_more(&self) -> bool {
        let connection = self.connection;
        self.settings_child().is_some()
            || !connection.names.0.is_empty()
            || !connection.rename.0.is_empty()
            || connection.via.is_some()
            || connection.prefix.is_some()
            || connection.name.is_some()
    }

    /// The widest word that the line asks for, where the target has it.
    fn widest(&self) -> Option<Access> {
        let rows = self.resource.kind.facets().accesses();
        let words = self.connection.access.0.iter().copied();
        let widest = words.max_by_key(|word| rank(*word))?;
        rows.iter()
            .any(|row| row.access == widest)
            .then_some(widest)
    }
}

/// How wide a word is: `own` includes `write`, which includes `read`.
fn rank(access: Access) -> u8 {
    match access {
        Access::Call => 0,
        Access::Read => 1,
        Access::Write => 2,
        Access::Own => 3,
    }
}
