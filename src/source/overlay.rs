//! Merging one layer of a spec over another, on trees that are both in full form.
//!
//! Rule (RFC 7396): maps merge key by key, `null` removes, anything else replaces. Every merged value keeps the span
//! of the layer that wrote it. What is replaced whole is the caller's to say, by the paths that `whole` names.

use super::{Entry, Node, Value};

/// `layer` over `base`. `whole(path)` tells whether the map at that path of keys is replaced instead of merged.
pub fn overlay(base: Node, layer: Node, whole: &dyn Fn(&[String]) -> bool) -> Node {
    merge(base, layer, &mut Vec::new(), whole)
}

fn merge(
    base: Node,
    layer: Node,
    path: &mut Vec<String>,
    whole: &dyn Fn(&[String]) -> bool,
) -> Node {
    match (base, layer) {
        (
            Node {
                span,
                value: Value::Map(entries),
            },
            Node {
                value: Value::Map(over),
                ..
            },
        ) if !whole(path) => {
            let mut entries: Vec<Entry> = entries.into_iter().collect();
            for entry in over {
                let found = entries.iter().position(|old| old.key == entry.key);
                match (found, &entry.value.value) {
                    (Some(index), Value::Null) => {
                        entries.remove(index);
                    }
                    (None, Value::Null) => {}
                    (Some(index), _) => {
                        let old = entries.remove(index);
                        path.push(entry.key.clone());
                        let value = merge(old.value, entry.value, path, whole);
                        path.pop();
                        entries.insert(
                            index,
                            Entry {
                                key: entry.key,
                                key_span: entry.key_span,
                                value,
                            },
                        );
                    }
                    (None, _) => entries.push(Entry {
                        key: entry.key,
                        key_span: entry.key_span,
                        value: without_nulls(entry.value),
                    }),
                }
            }
            Node {
                span,
                value: Value::Map(entries.into()),
            }
        }
        (_, layer) => without_nulls(layer),
    }
}

/// A map that is new in a layer has nothing to remove: its nulls go.
fn without_nulls(node: Node) -> Node {
    match node.value {
        Value::Map(entries) => Node {
            span: node.span,
            value: Value::Map(
                entries
                    .into_iter()
                    .filter(|entry| entry.value.value != Value::Null)
                    .map(|entry| Entry {
                        value: without_nulls(entry.value),
                        ..entry
                    })
                    .collect(),
            ),
        },
        value => Node {
            span: node.span,
            value,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Sources, parse};
    use super::*;
    use crate::diagnostic::Findings;

    fn tree(sources: &mut Sources, text: &str) -> Node {
        let id = sources.add("t", text);
        parse(sources, id, &mut Findings::new()).expect("the text is valid")
    }

    #[test]
    fn follows_rfc_7396_and_keeps_the_layer_of_each_value() {
        let mut sources = Sources::new();
        let base = tree(&mut sources, "a: {b: 1, c: 2}\nd: [1]\n");
        let layer = tree(
            &mut sources,
            "a: {b: null, c: 3, e: {f: null, g: 4}}\nd: []\n",
        );
        let merged = overlay(base.clone(), layer.clone(), &|_| false);
        assert_eq!(
            merged.to_json(),
            serde_json::json!({"a": {"c": 3, "e": {"g": 4}}, "d": []})
        );
        let c = merged.get("a").and_then(|a| a.entry("c")).expect("there");
        assert_eq!(c.key_span.source, layer.span.source);
        assert_eq!(
            overlay(base.clone(), tree(&mut sources, "{}"), &|_| false),
            base
        );
    }

    #[test]
    fn replaces_whole_what_it_is_told_to() {
        let mut sources = Sources::new();
        let base = tree(&mut sources, "path: {prefix: /a}\n");
        let layer = tree(&mut sources, "path: {exact: /b}\n");
        let merged = overlay(base, layer, &|path| path == ["path"]);
        assert_eq!(
            merged.to_json(),
            serde_json::json!({"path": {"exact": "/b"}})
        );
    }
}
