//! What a workload may do: the narrowest right for each word, at the scope that is named.

use super::Edge;
use crate::diagnostic::{Code, listed};
use crate::model::{Grant, Scope, Workload};
use crate::resolve::Resolver;
use crate::spec::Access;

impl Resolver<'_> {
    /// What a workload may do: the narrowest right for each word, at the scope that is named.
    pub(super) fn grants(&mut self, workload: &mut Workload, edges: &[Edge<'_>]) {
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
                let known = workload.grants.iter().any(|other| {
                    other.resource == grant.resource
                        && other.scope == grant.scope
                        && other.right == grant.right
                });
                if !known {
                    workload.grants.push(grant);
                }
            }
        }
        for (index, edge) in edges.iter().enumerate() {
            self.says_what_is_given(edge, edges.get(..index).unwrap_or_default());
            self.gives_something(edge, edges);
        }
    }

    /// Two lines of one target with two words would give both rights, and whoever reads the narrower line is misled.
    fn says_what_is_given(&mut self, edge: &Edge<'_>, earlier: &[Edge<'_>]) {
        let Some(access) = edge.widest() else { return };
        let other = earlier.iter().find_map(|other| {
            let same = other.resource.key == edge.resource.key && other.child == edge.child;
            other.widest().filter(|_| same).map(|word| (other, word))
        });
        let Some((other, word)) = other.filter(|(_, word)| *word != access) else {
            return;
        };
        let narrower = if rank(word) < rank(access) {
            (&other.target, word)
        } else {
            (&edge.target, access)
        };
        self.report_key(
            Code::AGC0414,
            &edge.at,
            format!("`{}` and `{}` are one target", other.target, edge.target),
        )
        .label(format!("`{}` here", access.word()))
        .related(other.origin.span, format!("`{}` here", word.word()))
        .help(format!(
            "write one of the lines, the narrowest that does, such as `{}: {}`",
            narrower.0,
            narrower.1.word()
        ));
    }

    /// What a line gives at a child, another may give at the whole resource.
    fn gives_something(&mut self, edge: &Edge<'_>, edges: &[Edge<'_>]) {
        // A line may be there for the child's name too, in its settings or in a variable.
        let names_it = edge.settings_child().is_some() || !edge.connection.names.0.is_empty();
        if edge.child.is_none() || names_it {
            return;
        }
        let Some(access) = edge.widest() else { return };
        let whole = edges.iter().find_map(|other| {
            let is_whole = other.resource.key == edge.resource.key && other.child.is_none();
            let word = other.widest().filter(|_| is_whole)?;
            (rank(access) <= rank(word)).then_some((other, word))
        });
        if let Some((whole, word)) = whole {
            self.report_key(
                Code::AGC0415,
                &edge.at,
                format!("`{}` adds nothing to `{}`", edge.target, whole.target),
            )
            .label(format!("`{}` of a part", access.word()))
            .related(whole.origin.span, format!("`{}` of all", word.word()))
            .help(format!(
                "remove this line, or `{}` if the workload needs no more than a part",
                whole.target
            ));
        }
    }
}

impl Edge<'_> {
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
