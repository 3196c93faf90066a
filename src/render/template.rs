//! Composes the templates that end in `.tera` with data.
//!
//! In: the name of a template and a context that serialises. Out: the text of one file, or a [`TemplateError`], which is
//! always a fault of agcgen, never of a spec.
//!
//! What a template interpolates must have gone through a quoting filter of its language (`FILTERS`): anything else is an
//! error, so no text of a spec becomes code. Files that are the same for every system have no such ending and never
//! come here.

use std::error::Error;
use std::fmt;
use std::io;
use std::mem::ManuallyDrop;
use std::sync::LazyLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tera::{Context, Delimiters, Kwargs, State, Tera, TeraResult, Value};

use super::runbook::Markdown;
use crate::print::bicep::{self, Expression, Property, Symbol, Type};
use crate::print::{markdown, yaml};

/// The templates: a name, and the text as it lies in `templates/`.
const TEMPLATES: &[(&str, &str)] = &[
    (
        "README.md.tera",
        include_str!("../../templates/README.md.tera"),
    ),
    (
        "infra/main.bicep.tera",
        include_str!("../../templates/infra/main.bicep.tera"),
    ),
    (
        "infra/main.bicepparam.tera",
        include_str!("../../templates/infra/main.bicepparam.tera"),
    ),
    (
        "infra/workload.bicep.tera",
        include_str!("../../templates/infra/workload.bicep.tera"),
    ),
    (
        "init/minimal.yaml.tera",
        include_str!("../../templates/init/minimal.yaml.tera"),
    ),
    (
        "init/cloud-native.yaml.tera",
        include_str!("../../templates/init/cloud-native.yaml.tera"),
    ),
];

/// A filter that prints a value in the language of a file.
struct Filter {
    name: &'static str,
    print: fn(&Value, &Kwargs) -> TeraResult<String>,
}

/// The filters, one list a language. Another language is another line.
const FILTERS: &[&[Filter]] = &[BICEP, YAML, MARKDOWN];

/// The filters for YAML.
const YAML: &[Filter] = &[
    // Text as a key, or as a value in block style.
    Filter {
        name: "yaml",
        print: |value, _| read(value).map(|text: String| yaml::scalar(&text).into_owned()),
    },
];

/// The filters for Bicep.
const BICEP: &[Filter] = &[
    // Text as a literal.
    Filter {
        name: "bicep",
        print: |value, _| read(value).map(|value: String| bicep::text(&value)),
    },
    // A value. `indent` and `column`: those of the place where it begins, 0 if not given.
    Filter {
        name: "bicep_value",
        print: |value, place| {
            let value: Expression = read(value)?;
            Ok(value.print(number(place, "indent")?, number(place, "column")?))
        },
    },
    // `key: value` on a line that is indented by `indent`.
    Filter {
        name: "bicep_property",
        print: |value, place| {
            let property: Property = read(value)?;
            Ok(property.print(number(place, "indent")?))
        },
    },
    // `name = value`; `column`: where the name begins.
    Filter {
        name: "bicep_assignment",
        print: |value, place| {
            let Property { name, value } = read(value)?;
            let name = String::from(Symbol::try_from(name).map_err(tera::Error::message)?);
            let column = number(place, "column")? + name.len() + " = ".len();
            Ok(format!("{name} = {}", value.print(0, column)))
        },
    },
    // A type.
    Filter {
        name: "bicep_type",
        print: |value, place| {
            let kind: Type = read(value)?;
            Ok(kind.print(number(place, "indent")?))
        },
    },
    // The name of a declaration.
    Filter {
        name: "bicep_name",
        print: |value, _| read(value).map(|name: Symbol| name.as_str().to_owned()),
    },
    // Names of declarations with commas between them.
    Filter {
        name: "bicep_names",
        print: |value, _| {
            let names: Vec<Symbol> = read(value)?;
            Ok(names
                .iter()
                .map(Symbol::as_str)
                .collect::<Vec<_>>()
                .join(", "))
        },
    },
    // Names of declarations as a list. `indent` and `column` as for values.
    Filter {
        name: "bicep_name_list",
        print: |value, place| {
            let names: Vec<Symbol> = read(value)?;
            Ok(Expression::from(names).print(number(place, "indent")?, number(place, "column")?))
        },
    },
    // The rest of a line that is a comment.
    Filter {
        name: "bicep_comment",
        print: |value, _| read(value).map(|line: String| bicep::comment(&line)),
    },
];

/// The filters for Markdown.
const MARKDOWN: &[Filter] = &[
    // Text that reads as it stands.
    Filter {
        name: "md",
        print: |value, _| read(value).map(|text: String| markdown::text(&text).to_string()),
    },
    // What the printer of Markdown has printed. Plain text is refused: it is not of that type.
    Filter {
        name: "markdown",
        print: |value, _| read(value).map(|printed: Markdown| printed.as_str().to_owned()),
    },
    // Text inside an HTML comment.
    Filter {
        name: "html_comment",
        print: |value, _| read(value).map(|text: String| markdown::comment(&text)),
    },
];

/// The templates, ready to be composed.
#[derive(Debug)]
pub struct Templates(Tera);

impl Templates {
    /// The templates, parsed when they are first asked for.
    ///
    /// # Errors
    ///
    /// A template that does not parse, or that uses a filter which does not exist.
    pub fn get() -> Result<&'static Self, TemplateError> {
        static PARSED: LazyLock<Result<Templates, TemplateError>> =
            LazyLock::new(|| Templates::parse(TEMPLATES));
        PARSED.as_ref().map_err(TemplateError::clone)
    }

    fn parse(templates: &[(&'static str, &'static str)]) -> Result<Self, TemplateError> {
        let mut tera =
            engine().map_err(|error| TemplateError::new("the template engine", &error))?;
        for (name, text) in templates {
            tera.add_raw_template(name, text)
                .map_err(|error| TemplateError::new(name, &error))?;
        }
        Ok(Self(tera))
    }

    /// Composes the template `name` with `context`.
    ///
    /// # Errors
    ///
    /// No such template; a variable that the context lacks; a value that is interpolated without a quoting filter, or
    /// that its filter does not take.
    pub fn compose(&self, name: &str, context: impl Serialize) -> Result<String, TemplateError> {
        let copied = Context::from_serialize(&context);
        drop(context);
        copied
            .and_then(|context| {
                // A condition takes what does not exist for false. Of variables that is found here; of their fields it is
                // not, so every branch of a template needs a test that enters it.
                let mut missing: Vec<&str> =
                    self.0.get_template_variables(name)?.into_iter().collect();
                missing.retain(|variable| !context.contains_key(variable));
                missing.sort_unstable();
                if !missing.is_empty() {
                    return Err(tera::Error::message(format!(
                        "the context lacks {}",
                        missing.join(", ")
                    )));
                }
                // Most of it is small, and the process ends soon: nothing is gained by freeing it piece by piece.
                let mut text = self.0.render(name, &ManuallyDrop::new(context))?;
                text.shrink_to_fit();
                Ok(text)
            })
            .map_err(|error| TemplateError::new(name, &error))
    }
}

fn engine() -> TeraResult<Tera> {
    let mut tera = Tera::new();
    tera.set_delimiters(Delimiters {
        // The default, `{#`, stands in bash as `${#list[@]}`, and all that follows would be taken for a comment.
        comment_start: "«".into(),
        comment_end: "»".into(),
        ..Delimiters::default()
    })?;
    // Every name ends in the empty text: every template escapes, and escaping refuses.
    tera.autoescape_on([""]);
    tera.set_escape_fn(|value, _| {
        Err(io::Error::other(format!(
            "a value is interpolated without a quoting filter: {value:?}"
        )))
    });
    tera.register_filter(
        "safe",
        |_: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
            Err(tera::Error::message(
                "the filter `safe` would let text become code",
            ))
        },
    );
    for filter in FILTERS.iter().copied().flatten() {
        let print = filter.print;
        tera.register_filter(
            filter.name,
            move |value: Value, arguments: Kwargs, _: &State| -> TeraResult<Value> {
                print(&value, &arguments).map(|text| Value::safe_string(&text))
            },
        );
    }
    Ok(tera)
}

/// The value that a context held before it was serialised.
fn read<T: DeserializeOwned>(value: &Value) -> TeraResult<T> {
    T::deserialize(value.clone()).map_err(tera::Error::message)
}

/// The argument `name`, 0 if it is not given.
fn number(arguments: &Kwargs, name: &str) -> TeraResult<usize> {
    let number: Option<u64> = arguments.get(name)?;
    usize::try_from(number.unwrap_or_default()).map_err(tera::Error::message)
}

/// A template and its context do not fit together.
#[derive(Debug, Clone)]
pub struct TemplateError {
    template: String,
    message: String,
}

impl TemplateError {
    /// A value that the file `template` cannot hold.
    pub(crate) fn unfit(template: &str, reason: &dyn Error) -> Self {
        Self {
            template: template.to_owned(),
            message: reason.to_string(),
        }
    }

    fn new(template: &str, error: &tera::Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(": ");
            message.push_str(&error.to_string());
            cause = error.source();
        }
        Self {
            template: template.to_owned(),
            message,
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.template, self.message)
    }
}

impl Error for TemplateError {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use serde_json::json;

    use super::*;

    /// What stands between `{{` and `}}` in a template.
    fn interpolations(text: &str) -> Vec<&str> {
        text.split("{{")
            .skip(1)
            .map(|rest| rest.split("}}").next().unwrap_or(rest).trim())
            .collect()
    }

    /// The filters for what a template becomes.
    fn filters_for(template: &str) -> &'static [Filter] {
        match template.trim_end_matches(".tera").rsplit('.').next() {
            Some("md") => MARKDOWN,
            Some("bicep" | "bicepparam") => BICEP,
            Some("yaml") => YAML,
            other => panic!("{template}: no filters for {other:?}"),
        }
    }

    #[test]
    fn every_interpolation_ends_in_a_filter_of_its_language() {
        let mut seen = 0;
        for (name, text) in TEMPLATES {
            for interpolation in interpolations(text) {
                let filter = interpolation.rsplit('|').next().unwrap_or_default().trim();
                let filter = filter.split('(').next().unwrap_or_default();
                assert!(
                    interpolation.contains('|')
                        && filters_for(name).iter().any(|known| known.name == filter),
                    "{name}: `{interpolation}` does not end in a filter of its language"
                );
                seen += 1;
            }
        }
        assert!(
            seen > 80,
            "the templates interpolate {seen} values only: are they still read?"
        );
    }

    #[test]
    fn no_template_holds_the_default_comment_opener() {
        for (name, text) in TEMPLATES {
            assert!(!text.contains("{#"), "{name} holds {{#");
        }
    }

    #[test]
    fn every_template_that_lies_in_the_folder_is_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut found: Vec<String> = walkdir::WalkDir::new(folder)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| {
                entry
                    .path()
                    .extension()
                    .is_some_and(|ending| ending == "tera")
            })
            .filter_map(|entry| {
                Some(
                    entry
                        .path()
                        .strip_prefix(folder)
                        .ok()?
                        .to_str()?
                        .replace('\\', "/"),
                )
            })
            .collect();
        found.sort();
        let mut known: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(found, known);
    }

    fn compose(template: &'static str, context: &serde_json::Value) -> Result<String, String> {
        Templates::parse(&[("t", template)])
            .and_then(|templates| templates.compose("t", context))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn text_without_a_filter_is_refused() {
        let context = json!({ "name": "x" });
        for template in [
            "{{ name }}",
            "{{ name ~ '!' }}",
            "{{ name | upper }}",
            "{% set copy = name %}{{ copy }}",
        ] {
            let error = compose(template, &context).unwrap_err();
            assert!(
                error.contains("without a quoting filter"),
                "{template}: {error}"
            );
        }
    }

    #[test]
    fn safe_is_refused() {
        let error = compose("{{ name | safe }}", &json!({ "name": "x" })).unwrap_err();
        assert!(error.contains("would let text become code"), "{error}");
    }

    #[test]
    fn what_the_context_lacks_is_refused() {
        for template in [
            "{{ nmae | bicep }}",
            "{{ name.first | bicep }}",
            "{% if nmae %}x{% endif %}",
            "{% if not nmae %}x{% endif %}",
            "{% for x in nmae %}x{% endfor %}",
        ] {
            assert!(
                compose(template, &json!({ "name": {} })).is_err(),
                "{template}"
            );
        }
        assert!(compose("{{ name | biecp }}", &json!({ "name": "x" })).is_err());
    }

    #[test]
    fn filters_quote_what_they_print() {
        let context = json!({ "name": "it's ${x}", "end": "{x}", "line": "one\ntwo" });
        for (template, expected) in [
            ("{{ name | bicep }}", r"'it\'s \${x}'"),
            // Joined first and quoted then: the two parts would make a hole.
            ("{{ ('$' ~ end) | bicep }}", r"'\${x}'"),
            ("// {{ line | bicep_comment }}", "// one two"),
            (
                "${#list[@]} « a note » {{ end | bicep }}",
                "${#list[@]}  '{x}'",
            ),
        ] {
            assert_eq!(
                compose(template, &context).as_deref(),
                Ok(expected),
                "{template}"
            );
        }
        assert!(
            compose("{{ name | bicep_name }}", &context).is_err(),
            "a name that is no identifier"
        );
        assert!(compose("{{ missing | bicep }}", &context).is_err());
    }

    #[test]
    fn templates_are_read_without_error() {
        Templates::get().unwrap();
    }
}
