//! Holds a tree against a form.

use serde_json::{Map, Value};

use super::form::{Form, List, Number, Object, Text, TextMap, Unique, repeated};
use super::{Excess, Fault};
use crate::diagnostic::nearest;
use crate::source::At;

/// Everything in which the tree does not have the form.
pub(super) fn faults(tree: &Value, form: &Form) -> Vec<Fault> {
    let mut faults = Vec::new();
    value(tree, form, &At::root(), &mut faults);
    faults
}

fn value(tree: &Value, form: &Form, at: &At, faults: &mut Vec<Fault>) {
    let demand = match (form, tree) {
        (Form::Any, _) | (Form::Flag, Value::Bool(_)) => return,
        (Form::Text(form), Value::String(text)) => return of_text(text, form, at, faults),
        (Form::Text(_), Value::Number(_) | Value::Bool(_)) => {
            "it is text: put it in quotes".to_owned()
        }
        (Form::Text(_), _) => "write a text".to_owned(),
        (Form::Word(words), Value::String(word)) if words.contains(&word.as_str()) => return,
        (Form::Word([word]), _) => format!("write {word}"),
        (Form::Word(words), _) => format!("write one of {}", words.join(", ")),
        (Form::Number(form), Value::Number(number)) if is_within(number, form) => return,
        (Form::Number(form), Value::String(text)) if text.parse::<i64>().is_ok() => {
            format!("{}, without quotes", form.what)
        }
        (Form::Number(form), _) => form.what.to_owned(),
        (Form::OneOf(numbers), tree) => {
            if numbers
                .iter()
                .any(|one| tree.as_u64() == Some(u64::from(*one)))
            {
                return;
            }
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            format!("write one of {}", numbers.join(", "))
        }
        (Form::Flag, _) => "write true or false, without quotes".to_owned(),
        (Form::List(form), Value::Array(items)) => return of_list(items, form, at, faults),
        (Form::List(_), _) => "write a list: a `-` before each item".to_owned(),
        (Form::Object(form), Value::Object(fields)) => return of_object(fields, form, at, faults),
        (Form::Dropped(form), Value::Object(fields)) => {
            return unknown_fields(fields, form, at, faults);
        }
        (Form::Map(form), Value::Object(entries)) => return of_map(entries, form, at, faults),
        (Form::Object(_) | Form::Dropped(_) | Form::Map(_), Value::Array(_)) => {
            "write a map, not a list".to_owned()
        }
        (Form::Object(_) | Form::Dropped(_) | Form::Map(_), _) => {
            "write a map of fields".to_owned()
        }
    };
    faults.push(Fault::new(at.clone(), demand));
}

fn is_within(number: &serde_json::Number, form: &Number) -> bool {
    number
        .as_i64()
        .is_some_and(|number| (form.least..=form.most).contains(&number))
}

fn of_text(text: &str, form: &Text, at: &At, faults: &mut Vec<Fault>) {
    if text.is_empty() && form.least > 0 {
        faults.push(Fault::new(at.clone(), "it is empty"));
        return;
    }
    let count = text.chars().count();
    if count > form.most {
        faults.push(Fault {
            at: at.clone(),
            reason: format!("{count} characters are more than the API server takes here"),
            excess: Some(Excess::Characters(form.most)),
        });
    } else if !(form.fits)(text) {
        faults.push(Fault::new(at.clone(), form.why));
    }
}

/// The last key of a path, for a message about what stands there.
fn field_of(at: &At) -> String {
    let last = at.steps().iter().rev().find_map(|step| match step {
        crate::source::Step::Key(key) => Some(key.to_string()),
        crate::source::Step::Index(_) => None,
    });
    last.unwrap_or_else(|| "entries".to_owned())
}

fn too_many(count: usize, most: usize, at: &At, faults: &mut Vec<Fault>) {
    if count > most {
        faults.push(Fault {
            at: at.clone(),
            reason: format!(
                "{count} {} are more than the API server takes",
                field_of(at)
            ),
            excess: Some(Excess::Entries(most)),
        });
    }
}

fn of_list(items: &[Value], form: &List, at: &At, faults: &mut Vec<Fault>) {
    if items.len() < form.least {
        faults.push(Fault::new(
            at.clone(),
            "the list is empty: it has at least one item",
        ));
    }
    too_many(items.len(), form.most, at, faults);
    for (index, item) in items.iter().enumerate() {
        value(item, &form.of, &at.index(index), faults);
    }
    // Of more items than that, who knows which will stay.
    let items = items.get(..form.most).unwrap_or(items);
    match form.unique {
        Unique::Item => {
            for index in repeated(items, |item| Some(item.to_string())) {
                faults.push(Fault::new(at.index(index), "it stands there twice"));
            }
        }
        Unique::By(key) => {
            for index in repeated(items, |item| item.get(key).map(Value::to_string)) {
                faults.push(Fault::new(
                    at.index(index).key(key),
                    format!("another of the {} has this {key}", field_of(at)),
                ));
            }
        }
        Unique::Nothing => {}
    }
    (form.rule)(items, at, faults);
}

fn of_object(fields: &Map<String, Value>, form: &Object, at: &At, faults: &mut Vec<Fault>) {
    unknown_fields(fields, form, at, faults);
    for field in form.fields {
        match fields.get(field.name) {
            Some(there) => value(there, &field.form, &at.key(field.name), faults),
            None if field.is_required => {
                // The slip of the pen has been said.
                let is_said = fields.keys().any(|key| {
                    is_unknown(key, form) && nearest_field(key, form) == Some(field.name)
                });
                if !is_said {
                    faults.push(Fault::new(
                        at.clone(),
                        format!("`{}` is missing", field.name),
                    ));
                }
            }
            None => {}
        }
    }
    (form.rule)(fields, at, faults);
}

fn is_unknown(key: &str, form: &Object) -> bool {
    form.fields.iter().all(|field| field.name != key)
}

fn nearest_field<'a>(key: &str, form: &'a Object) -> Option<&'a str> {
    nearest(key, form.fields.iter().map(|field| field.name))
}

fn unknown_fields(fields: &Map<String, Value>, form: &Object, at: &At, faults: &mut Vec<Fault>) {
    if form.is_open {
        return;
    }
    for key in fields.keys().filter(|key| is_unknown(key, form)) {
        let reason = if form.experimental.contains(&key.as_str()) {
            format!(
                "`{key}` is experimental: the standard channel of the Gateway API does not have it"
            )
        } else if let Some(meant) = nearest_field(key, form) {
            format!("there is no field `{key}`: did you mean `{meant}`?")
        } else {
            let names = form.fields.iter().map(|field| field.name);
            format!(
                "there is no field `{key}`: there is {}",
                crate::diagnostic::listed(names)
            )
        };
        faults.push(Fault::new(at.key(key), reason));
    }
}

fn of_map(entries: &Map<String, Value>, form: &TextMap, at: &At, faults: &mut Vec<Fault>) {
    too_many(entries.len(), form.most, at, faults);
    for (key, entry) in entries {
        let at = at.key(key);
        of_text(key, form.key, &at, faults);
        value(entry, &Form::Text(form.value), &at, faults);
    }
}
