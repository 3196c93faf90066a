//! Takes out of the tree what was refused, so that later passes can judge the rest.
//!
//! A finding that is not true is worse than one that comes a round later. So whatever follows from a refused value goes with it,
//! and where a spec cannot do without, something stands in from which nothing follows:
//!
//! | refused | what goes with it |
//! |---|---|
//! | something in a workload, resource, route or test | the whole of it; its name is remembered, but of a test |
//! | one of the `env` of a workload, or one of `tags` | nothing else |
//! | a key of a later version in `azure`, `network`, `cluster`, `gateway`, `observability` | nothing else |
//! | a top-level key that is unknown or of a later version | what follows from the block that it is nearly; what it holds is remembered |
//! | something else in `network`, `cluster`, `gateway`, `observability` | the whole block |
//! | `namespace` | a name stands in that nobody has |
//! | `name`, `profile`, something in `azure` but its tags | the resources: their names and sizes follow from these |
//! | `resources` as a whole | every connection |
//! | `workloads` as a whole | routes and tests |
//! | `routes` as a whole | tests |

use std::collections::BTreeSet;

use super::lookup::words_of;
use super::{Help, Mistake, Refused};
use crate::diagnostic::Code;
use crate::source::{At, Entry, Node, Place, Value};

/// Blocks whose entries stand for themselves: one wrong entry says nothing about the others.
const NAMED_BLOCKS: &[&str] = &["workloads", "resources", "routes", "tests"];

/// A name that nobody gives to anything.
const NOBODYS_NAME: &str = "agcgen-stands-in";

/// A region that has everything.
const ANY_REGION: &str = "westeurope";

/// Takes out what is wrong and what follows from it. `None` where nothing of a spec is there.
pub(super) fn prune(tree: Node, mistakes: &[Mistake]) -> Option<(Node, Refused)> {
    if mistakes.is_empty() {
        return Some((tree, Refused::default()));
    }
    let mut pruning = Pruning {
        tree: &tree,
        gone: BTreeSet::new(),
        refused: Refused::default(),
        resources_wait: false,
        connections_wait: false,
    };
    for mistake in mistakes {
        pruning.take(mistake)?;
    }
    pruning.take_what_follows();
    let mut pruned = without(&tree, &At::root(), &pruning.gone);
    stand_in(&mut pruned, &pruning.gone)?;
    Some((pruned, pruning.refused))
}

/// What is taken out.
struct Pruning<'a> {
    tree: &'a Node,
    gone: BTreeSet<At>,
    refused: Refused,
    /// Whether what resources mean follows from something refused.
    resources_wait: bool,
    /// Whether there is no telling what may be connected to.
    connections_wait: bool,
}

impl Pruning<'_> {
    /// Takes out what a mistake is in.
    fn take(&mut self, mistake: &Mistake) -> Option<()> {
        let at = mistake.place.at();
        let is_key = matches!(mistake.place, Place::Key(_));
        match words_of(at).as_slice() {
            // Nothing refers to a tag or a fixed variable, and what holds it can be judged without it.
            ["azure", "tags", ..] | ["resources", _, "tags", _] | ["workloads", _, "env", _] => {
                self.gone.insert(at.clone());
            }
            [block, name, ..] if NAMED_BLOCKS.contains(block) => {
                match *block {
                    "workloads" => self.refused.insert_workload(*name),
                    "routes" => self.refused.insert_route(*name),
                    // Nothing refers to a test.
                    "tests" => {}
                    _ => self.refused.insert(*name),
                }
                self.gone.insert(At::root().key(*block).key(*name));
            }
            [] => self.whole(mistake.missing.as_deref()?),
            [key] if is_key && matches!(mistake.code, Code::AGC0010 | Code::AGC0016) => {
                // A block of a later version or under a misspelt name: what it holds may be referred to.
                for entry in self.tree.get(key).map(Node::entries).unwrap_or_default() {
                    self.refused.insert_workload(entry.key.clone());
                    self.refused.insert_route(entry.key.clone());
                }
                self.gone.insert(at.clone());
                if let Some(Help::Replace(_, meant)) = &mistake.help {
                    self.whole(meant);
                }
            }
            // What a later version brings says nothing to this one.
            _ if is_key && mistake.code == Code::AGC0016 => {
                self.gone.insert(at.clone());
            }
            ["azure", key, ..] => {
                self.gone.insert(At::root().key("azure").key(*key));
                self.resources_wait = true;
            }
            ["azure"] if mistake.missing.is_some() => self.resources_wait = true,
            [key, ..] => self.whole(key),
        }
        Some(())
    }

    /// Takes out everything under a key of the spec, and what follows from it alone.
    fn whole(&mut self, key: &str) {
        let goes_too: &[&str] = match key {
            "workloads" => &["routes", "tests"],
            "routes" => &["tests"],
            _ => &[],
        };
        for key in std::iter::once(&key).chain(goes_too) {
            self.gone.insert(At::root().key(*key));
        }
        match key {
            "name" | "profile" | "azure" => self.resources_wait = true,
            "resources" => self.connections_wait = true,
            _ => {}
        }
    }

    fn take_what_follows(&mut self) {
        let names = |block: &str| {
            let entries = self.tree.get(block).map(Node::entries).unwrap_or_default();
            entries.iter().map(|entry| entry.key.clone())
        };
        if self.resources_wait {
            for name in names("resources") {
                self.refused.insert(name);
            }
            self.gone.insert(At::root().key("resources"));
        }
        if self.connections_wait {
            let workloads = At::root().key("workloads");
            for name in names("workloads") {
                self.gone.insert(workloads.key(name).key("connections"));
            }
        }
    }
}

fn without(node: &Node, at: &At, gone: &BTreeSet<At>) -> Node {
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|entry| !gone.contains(&at.key(&entry.key)))
                .map(|entry| Entry {
                    value: without(&entry.value, &at.key(&entry.key), gone),
                    ..entry.clone()
                })
                .collect(),
        ),
        value => value.clone(),
    };
    Node {
        span: node.span,
        value,
    }
}

/// Puts in what a spec cannot do without, and where a default would say something, what says nothing. `None` where there is no
/// spec.
fn stand_in(tree: &mut Node, gone: &BTreeSet<At>) -> Option<()> {
    let span = tree.span;
    let node = |value| Node { span, value };
    let text = |text: &str| node(Value::Text(text.to_owned()));
    let entry = |key: &str, value| Entry {
        key: key.to_owned(),
        key_span: span,
        value,
    };
    let map = |entries: Vec<Entry>| node(Value::Map(entries.into()));
    let mut needed = vec![
        entry("apiVersion", text("agcgen/v1")),
        entry("name", text(NOBODYS_NAME)),
        entry("azure", map(Vec::new())),
        entry("workloads", map(Vec::new())),
    ];
    if gone.contains(&At::root().key("namespace")) {
        // It would be the name.
        needed.push(entry("namespace", text(NOBODYS_NAME)));
    }
    let Value::Map(entries) = &tree.value else {
        return None;
    };
    needed.retain(|needed| entries.get(&needed.key).is_none());
    let mut all = entries.to_vec();
    all.extend(needed);
    for of_azure in all.iter_mut().filter(|entry| entry.key == "azure") {
        if of_azure.value.get("location").is_none() {
            let mut azure = of_azure.value.entries().to_vec();
            azure.push(entry("location", text(ANY_REGION)));
            of_azure.value.value = Value::Map(azure.into());
        }
    }
    tree.value = Value::Map(all.into());
    Some(())
}
