//! Pages of kinds of resources.
//!
//! A kind speaks of itself only where it stands in a system ([`Facets`]). So a page is made from a small spec with one
//! resource of the kind, which goes through the compiler like any other.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{BrokenExample, database_user, key, takes};
use crate::diagnostic::{Findings, listed};
use crate::kinds::{Aim, Child, Facets, Kind};
use crate::model::{Right, SettingValue};
use crate::print::yaml::{self, Document};
use crate::source::Sources;
use crate::spec::{Client, Field, Resource};

/// The key of the resource in the example.
const KEY: &str = "data";

/// Every client, in the order of the language.
const CLIENTS: [Client; 7] = [
    Client::None,
    Client::Dotnet,
    Client::Java,
    Client::SpringBoot,
    Client::Python,
    Client::Nodejs,
    Client::Go,
];

/// A kind, as it stands in an example.
pub(crate) struct KindPage {
    kind: Kind,
    azure_name: String,
    /// The resource as the example has it.
    example: Value,
}

/// The page of every kind, in the order of the language.
///
/// # Errors
/// When an example is no spec: a bug.
pub(crate) fn all(fields: &[Field]) -> Result<Vec<KindPage>, BrokenExample> {
    Resource::KINDS
        .iter()
        .map(|word| KindPage::new(word, fields))
        .collect()
}

/// Where the settings of a kind stand in the reference.
fn block(word: &str) -> String {
    format!("resources.<name>({word}).")
}

/// The setting that names the children of a kind, such as `containers`.
fn children<'f>(word: &str, fields: &'f [Field]) -> Option<&'f Field> {
    let block = block(word);
    fields.iter().find(|field| {
        field
            .path
            .strip_prefix(&block)
            .is_some_and(|rest| !rest.contains('.'))
            && field.types == "list of names, or map"
    })
}

impl KindPage {
    fn new(word: &str, fields: &[Field]) -> Result<Self, BrokenExample> {
        let mut example = json!({ "kind": word });
        if let Some(field) = children(word, fields) {
            let names = serde_json::from_str(&field.example).map_err(|error| {
                BrokenExample(format!("the example of {} is no JSON: {error}", field.path))
            })?;
            example[key(&field.path)] = names;
        }
        let (resource, said) = resolved(&example);
        let resource = resource
            .ok_or_else(|| BrokenExample(format!("the example of {word} is no spec: {said}")))?;
        Ok(Self {
            kind: resource.kind,
            azure_name: resource.azure_name,
            example,
        })
    }

    /// What the kind says of itself.
    pub(crate) fn facets(&self) -> &dyn Facets {
        self.kind.facets()
    }

    /// The word that `kind` takes.
    pub(crate) fn word(&self) -> &'static str {
        self.facets().word()
    }

    /// The page.
    pub(crate) fn print(&self, fields: &[Field]) -> String {
        let mut out = format!("# {}: {}\n\n", self.word(), self.facets().title());
        self.print_head(&mut out);
        self.print_sections(&mut out, "##");
        out.push_str("\n## Settings\n\n");
        let block = block(self.word());
        for setting in fields {
            let name = setting.path.strip_prefix(&block);
            let Some(name) = name.filter(|name| *name != "kind") else {
                continue;
            };
            let _ = writeln!(
                out,
                "* `{name}` ({}): {}",
                takes(setting),
                setting.description
            );
        }
        out
    }

    /// Its entry in the reference of everything, where the settings are listed with the other fields.
    pub(crate) fn print_entry(&self, out: &mut String) {
        let _ = write!(out, "\n### {}: {}\n\n", self.word(), self.facets().title());
        self.print_head(out);
        self.print_sections(out, "####");
    }

    /// An example, and what the kind is.
    fn print_head(&self, out: &mut String) {
        let facets = self.facets();
        let (child, child_type) = facets.child_type();
        let document = Document {
            comment: Vec::new(),
            value: json!({ "resources": { KEY: self.example } }),
        };
        let _ = write!(out, "```yaml\n{}```\n\n", yaml::stream(&[], &[document]));
        let _ = writeln!(
            out,
            "* In Azure: `{}`; each {child} is a `{child_type}`.",
            facets.resource_type()
        );
        let _ = writeln!(out, "* Pods reach it by: {}.", facets.reached_by());
        for billed in facets.billing() {
            let _ = writeln!(
                out,
                "* Costs grow with: {} ({}).",
                billed.grows_with, billed.what
            );
        }
        if let Some(reason) = facets.refuses_existing() {
            let _ = writeln!(out, "* `existing` is refused: {reason}.");
        }
    }

    /// What connections to it take and give, under headings of a level.
    fn print_sections(&self, out: &mut String, level: &str) {
        self.print_accesses(out, level);
        self.print_variables(out, level);
        self.print_facts(out, level);
    }

    fn print_accesses(&self, out: &mut String, level: &str) {
        let (child, _) = self.facets().child_type();
        let _ = write!(
            out,
            "\n{level} Accesses\n\nWhat a workload's `connections: {{ {KEY}: … }}` takes. The right holds for the {child} that is named \
             (`{KEY}/<{child}>`; `{KEY}` alone where there is one), or for all with `{KEY}/*`.\n\n| access | gives |\n| --- | --- |\n",
        );
        for row in self.facets().accesses() {
            let _ = writeln!(
                out,
                "| `{}` | {} |",
                row.access.word(),
                given(&(row.right)())
            );
        }
    }

    fn print_variables(&self, out: &mut String, level: &str) {
        let _ = write!(
            out,
            "\n{level} Variables in the pod\n\n`prefix: X` in a connection puts `X` in the place of `{}`.\n\n\
             | client | variables | written by |\n| --- | --- | --- |\n",
            self.facets().variable_stem()
        );
        let child = self.child();
        let aim = Aim {
            azure_name: &self.azure_name,
            child: child.as_ref(),
        };
        for client in CLIENTS {
            let row = match self.facets().settings(client, aim) {
                None => "none: this client has no way without a password | –".to_owned(),
                Some(settings) => {
                    let names: Vec<String> = settings
                        .iter()
                        .map(|(name, value)| match value {
                            SettingValue::Fixed(_) => format!("`{name}`"),
                            SettingValue::ClientId => format!("`{name}` (client id)"),
                        })
                        .collect();
                    let by_service = self
                        .facets()
                        .connector()
                        .is_some_and(|target| target.clients.contains(&client));
                    let writer = if by_service {
                        "Service Connector, or agcgen with `via: direct`"
                    } else {
                        "agcgen, as a ConfigMap"
                    };
                    format!("{} | {writer}", names.join(", "))
                }
            };
            let _ = writeln!(out, "| `{}` | {row} |", client.word());
        }
        self.print_what_all_lack(out, aim);
    }

    /// The variables that a connection to all children does not set.
    fn print_what_all_lack(&self, out: &mut String, one: Aim<'_>) {
        let all = Aim { child: None, ..one };
        let names = |client, aim| -> Vec<&str> {
            let settings = self.facets().settings(client, aim).unwrap_or_default();
            settings.into_iter().map(|(name, _)| name).collect()
        };
        let mut lacking = Vec::new();
        for client in CLIENTS {
            let set = names(client, all);
            for name in names(client, one) {
                if !set.contains(&name) && !lacking.contains(&name) {
                    lacking.push(name);
                }
            }
        }
        if !lacking.is_empty() {
            let (child, _) = self.facets().child_type();
            let _ = writeln!(
                out,
                "\n`{KEY}/*` names no {child}, so without {}: the program chooses.",
                listed(lacking)
            );
        }
    }

    fn print_facts(&self, out: &mut String, level: &str) {
        let _ = write!(
            out,
            "\n{level} Facts\n\nWhat `names: {{ FACT: VARIABLE }}` in a connection can put into a variable of your own.\n\n\
             | fact | in this example |\n| --- | --- |\n",
        );
        let child = self.child();
        let aim = Aim {
            azure_name: &self.azure_name,
            child: child.as_ref(),
        };
        for (name, value) in self.facets().facts(aim) {
            let _ = writeln!(out, "| `{name}` | `{value}` |");
        }
    }

    /// The first child, at which the connections of the example aim.
    fn child(&self) -> Option<Child> {
        self.facets().children().into_iter().next()
    }
}

/// A resource as the compiler understands it in a small spec, and what it says of that spec.
fn resolved(resource: &Value) -> (Option<crate::model::Resource>, String) {
    let spec = json!({
        "apiVersion": "agcgen/v1",
        "name": "shop",
        "azure": { "location": "westeurope" },
        "resources": { KEY: resource },
        "workloads": { "web": { "image": "ghcr.io/example/web:1.0.3" } },
    });
    let mut sources = Sources::new();
    let id = sources.add("the example", spec.to_string());
    let mut findings = Findings::new();
    let resource = crate::check(&sources, id, &mut findings)
        .and_then(|model| model.resources.into_iter().next());
    (resource, crate::diagnostic::short(&sources, &findings))
}

/// What gives a right, in words.
fn given(right: &Right) -> String {
    match right {
        Right::Role(role) => format!("role *{}* (`{}`): {}", role.name, role.id, role.allows),
        Right::DatabaseRoles(roles) => database_user(roles),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;
    use crate::catalog::name_rules;

    #[test]
    fn every_kind_has_children_and_rules_for_names() {
        for kind in all(&crate::spec::reference()).unwrap() {
            let facets = kind.facets();
            assert!(kind.child().is_some(), "{} has no child", kind.word());
            for resource_type in [facets.resource_type(), facets.child_type().1] {
                let rule = name_rules::find(resource_type);
                assert!(rule.is_some(), "{resource_type} has no name rule");
            }
        }
    }

    #[test]
    fn existing_is_listed_for_the_kinds_that_take_it() {
        let fields = crate::spec::reference();
        for kind in all(&fields).unwrap() {
            let path = format!("{}existing", block(kind.word()));
            let is_listed = fields.iter().any(|field| field.path == path);
            let refuses = kind.facets().refuses_existing().is_some();
            assert_ne!(is_listed, refuses, "{}", kind.word());
        }
    }

    /// Beside `existing` may stand the children that connections name, and nothing that the maker decides.
    #[test]
    fn a_resource_that_is_there_already_may_name_its_children() {
        let mut tried = 0;
        for kind in all(&crate::spec::reference()).unwrap() {
            let facets = kind.facets();
            if facets.refuses_existing().is_some() {
                continue;
            }
            tried += 1;
            let mut resource = kind.example.clone();
            resource["existing"] = json!(format!(
                "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-data/providers/{}/{}",
                facets.resource_type(),
                kind.azure_name
            ));
            let (resource, said) = resolved(&resource);
            assert!(resource.is_some(), "{}: {said}", kind.word());
        }
        assert!(tried > 1, "{tried} kinds");
    }
}
