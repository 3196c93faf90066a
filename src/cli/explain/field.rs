//! Pages of fields, made from the schema, and how a topic names one.

use std::fmt::Write as _;

use crate::diagnostic::nearest;
use crate::print::yaml::{self, Document};
use crate::reference::{key, takes};
use crate::spec::Field;

/// One step of a place: `workloads`, `<name>`, `<name>(sql)`.
#[derive(Debug, PartialEq, Eq)]
struct Step<'a> {
    key: &'a str,
    kind: Option<&'a str>,
}

/// What the schema calls a name that people choose.
const ANY: &str = "<name>";

/// The steps of a place; list items (`[]`, `[0]`) are no steps of their own.
fn steps(place: &str) -> Vec<Step<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut in_quotes) = (0, false);
    for (at, c) in place.char_indices() {
        match c {
            '"' => in_quotes = !in_quotes,
            '.' if !in_quotes => {
                parts.push(&place[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&place[start..]);
    parts.into_iter().map(step).collect()
}

fn step(part: &str) -> Step<'_> {
    if let Some(quoted) = part
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return Step {
            key: quoted,
            kind: None,
        };
    }
    let part = part.split('[').next().unwrap_or(part);
    match part.strip_suffix(')').and_then(|part| part.split_once('(')) {
        Some((key, kind)) => Step {
            key,
            kind: Some(kind),
        },
        None => Step {
            key: part,
            kind: None,
        },
    }
}

/// Whether a place that a topic names is that of a field.
fn is_at(topic: &[Step<'_>], field: &[Step<'_>]) -> bool {
    topic.len() == field.len()
        && topic.iter().zip(field).all(|(asked, known)| {
            let is_same_kind = asked.kind.is_none() || asked.kind == known.kind;
            is_same_kind && (known.key == ANY || known.key == asked.key)
        })
}

/// The fields that a topic means: those at a place, or of a name. `resources.x.sku` are several, one a kind.
pub(super) fn find<'f>(topic: &str, fields: &'f [Field]) -> Vec<&'f Field> {
    let asked = steps(topic);
    let found = at(&asked, fields);
    if !found.is_empty() {
        return found;
    }
    match asked.as_slice() {
        [] => Vec::new(),
        [one] => fields
            .iter()
            .filter(|field| key(&field.path) == one.key)
            .collect(),
        // A name that people choose has no page; what it is a name of has.
        [block @ .., _] => at(block, fields)
            .into_iter()
            .filter(|field| field_has_names(field, fields))
            .collect(),
    }
}

fn at<'f>(asked: &[Step<'_>], fields: &'f [Field]) -> Vec<&'f Field> {
    let found: Vec<&Field> = fields
        .iter()
        .filter(|field| is_at(asked, &steps(&field.path)))
        .collect();
    // `resources.storage.sku`: a name that is a kind's word means the kind.
    let of_kind: Vec<&Field> = found
        .iter()
        .copied()
        .filter(|field| {
            asked
                .iter()
                .zip(steps(&field.path))
                .any(|(asked, known)| known.kind == Some(asked.key))
        })
        .collect();
    if of_kind.is_empty() { found } else { of_kind }
}

fn field_has_names(field: &Field, fields: &[Field]) -> bool {
    let below = format!("{}.{ANY}", field.path);
    fields.iter().any(|other| other.path.starts_with(&below))
}

/// The place that was meant: where all but its last key is right, with what was written before it; or else the place of
/// the field whose keys are all near.
pub(super) fn nearest_place(topic: &str, fields: &[Field]) -> Option<String> {
    misspelt_last_key(topic, fields).or_else(|| {
        let asked = steps(topic);
        let near = fields
            .iter()
            .filter_map(|field| Some((distance(&asked, &steps(&field.path))?, field)));
        near.min_by_key(|(distance, _)| *distance)
            .map(|(_, field)| field.path.clone())
    })
}

/// By how many letters the keys of a topic differ from those of a field, with or without the names that people choose;
/// `None` where a key is not near.
fn distance(asked: &[Step<'_>], field: &[Step<'_>]) -> Option<usize> {
    let names = asked.len() == field.len();
    let known: Vec<&Step<'_>> = field
        .iter()
        .filter(|step| names || step.key != ANY)
        .collect();
    if asked.len() < 2 || asked.len() != known.len() {
        return None;
    }
    asked
        .iter()
        .zip(known)
        .filter(|(_, known)| known.key != ANY)
        .map(|(asked, known)| {
            let is_near = nearest(asked.key, [known.key]).is_some();
            is_near.then(|| strsim::damerau_levenshtein(asked.key, known.key))
        })
        .sum()
}

fn misspelt_last_key(topic: &str, fields: &[Field]) -> Option<String> {
    let asked = steps(topic);
    let [block @ .., last] = asked.as_slice() else {
        return None;
    };
    let siblings = fields.iter().filter(|field| {
        let known = steps(&field.path);
        known.len() == asked.len() && is_at(block, &known[..block.len()])
    });
    let meant = nearest(last.key, siblings.map(|field| key(&field.path)))?;
    // The last dot that is not in quotes stands before the last key.
    let before = topic.len() - topic.rsplit('.').next()?.len();
    Some(format!("{}{meant}", &topic[..before]))
}

/// The page of a field.
pub(super) fn print(field: &Field, fields: &[Field]) -> String {
    let mut out = format!(
        "# {}\n\n{}\n\nTakes: {}.\n",
        field.path,
        field.description,
        takes(field)
    );
    if let Some(example) = example(field) {
        let _ = write!(out, "\n```yaml\n{example}```\n");
    }
    let below: Vec<&Field> = fields
        .iter()
        .filter(|other| is_child(&field.path, &other.path))
        .collect();
    if !below.is_empty() {
        out.push_str("\n## In it\n\n");
        for child in below {
            let name = child.path[field.path.len()..].trim_start_matches('.');
            let _ = writeln!(out, "* `{name}` ({}): {}", takes(child), child.description);
        }
    }
    out
}

/// The example of a field, under its key.
pub(super) fn example(field: &Field) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(&field.example).ok()?;
    let document = Document {
        comment: Vec::new(),
        value: serde_json::json!({ key(&field.path): value }),
    };
    Some(yaml::stream(&[], &[document]))
}

/// Whether `path` is one key below `block`, a name that people choose not counted.
fn is_child(block: &str, path: &str) -> bool {
    let Some(rest) = path.strip_prefix(block) else {
        return false;
    };
    let rest = rest.strip_prefix("[]").unwrap_or(rest);
    let Some(rest) = rest.strip_prefix('.') else {
        return false;
    };
    let steps = steps(rest);
    match steps.as_slice() {
        [one] => one.key != ANY,
        [name, _] => name.key == ANY,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_split_at_dots_outside_quotes() {
        let keys: Vec<&str> = steps("workloads.api.connections.\"bus/a.b\".access")
            .into_iter()
            .map(|step| step.key)
            .collect();
        assert_eq!(
            keys,
            ["workloads", "api", "connections", "bus/a.b", "access"]
        );
    }

    #[test]
    fn children_are_one_key_below() {
        assert!(is_child("workloads", "workloads.<name>.image"));
        assert!(is_child("cluster", "cluster.nodes"));
        assert!(is_child("a", "a[].b"));
        assert!(!is_child("cluster", "cluster.nodes.size"));
        assert!(!is_child("name", "namespace"));
        assert!(!is_child("workloads", "workloads.<name>.health.path"));
    }
}
