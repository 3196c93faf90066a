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
