//! Takes out of the tree what was refused, so that later passes can judge the rest.

use std::collections::BTreeSet;

use super::lookup::words_of;
use super::{Mistake, Refused};
use crate::diagnostic::Code;
use crate::source::{At, Entry, Node, Place, Value};

/// Blocks whose entries stand for themselves: one wrong entry says nothing about the others.
const NAMED_BLOCKS: &[&str] = &["workloads", "resources", "routes", "tests"];

/// Takes out what is wrong: the tag, the whole workload, resource, route or test, or else the unknown key. `None` where that is not
/// possible.
pub(super) fn prune(tree: Node, mistakes: &[Mistake]) -> Option<(Node, Refused)> {
    let mut refused = Refused::default();
    let mut gone: BTreeSet<At> = BTreeSet::new();
    for mistake in mistakes {
        let at = mistake.place.at();
        match words_of(at).as_slice() {
            // Nothing refers to a tag or a fixed variable, and what holds it can be judged without it.
            ["azure", "tags", _] | ["resources", _, "tags", _] | ["workloads", _, "env", _] => {
                gone.insert(at.clone());
            }
            [block, name, ..] if NAMED_BLOCKS.contains(block) => {
                match *block {
                    "routes" => refused.insert_route(*name),
                    // Nothing refers to a test.
                    "tests" => {}
                    _ => refused.insert(*name),
                }
                gone.insert(At::root().key(*block).key(*name));
            }
            path => {
                if !matches!(mistake.code, Code::AGC0010 | Code::AGC0016)
                    || !matches!(mistake.place, Place::Key(_))
                {
                    return None;
                }
                if let ["externals"] = path {
                    for entry in tree.get("externals").map(Node::entries).unwrap_or_default() {
                        refused.insert(entry.key.clone());
                    }
                }
                gone.insert(at.clone());
            }
        }
    }
    let pruned = if gone.is_empty() {
        tree
    } else {
        without(&tree, &At::root(), &gone)
    };
    Some((pruned, refused))
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
