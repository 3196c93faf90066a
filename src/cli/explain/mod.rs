//! `agcgen explain`: the page of a code, a kind of resource, a role or a field.
//!
//! In: a topic. Out: Markdown on stdout, the same on a terminal and in a pipe. The pages of codes are written by hand; all
//! others are made from what the compiler itself goes by: the schema, the kinds and the tables of roles.

mod field;
mod role;

use std::fmt::Write as _;

use super::console::Console;
use super::exit::{Exit, Failure};
use crate::diagnostic::{Code, nearest, page, quoted};
use crate::reference::{self, KindPage};
use crate::spec::{self, Field};

/// Say what a code, a kind of resource, a field or a role means.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen explain AGC0201                    a finding's code
  agcgen explain storage                    a kind of resource: settings, accesses, variables
  agcgen explain workloads.web.health       a field, by its place in a spec
  agcgen explain health                     every field of that name
  agcgen explain 'Key Vault Secrets User'   a role, by name or GUID
  agcgen explain --list                     all of them")]
pub(super) struct Explain {
    /// A code, a kind of resource, a field or a role.
    #[arg(
        value_name = "CODE|KIND|FIELD|ROLE",
        required_unless_present = "list",
        conflicts_with = "list"
    )]
    topic: Option<String>,
    /// List everything that can be explained.
    #[arg(long)]
    list: bool,
}

impl Explain {
    pub(super) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let known = Known::new()?;
        let text = match &self.topic {
            None => known.list(),
            Some(topic) => known.explain(topic.trim())?,
        };
        console.data(&text)?;
        Ok(Exit::Success)
    }
}

/// The codes on whose pages these words stand, in letters of any case. Words that stand on many pages lead nowhere.
fn codes_that_speak_of(words: &str) -> Vec<Code> {
    const MOST: usize = 6;
    let words = words.to_ascii_lowercase();
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.retain(|&code| page::render(code).to_ascii_lowercase().contains(&words));
    if codes.len() > MOST {
        codes.clear();
    }
    codes
}

/// Everything that can be explained.
struct Known {
    fields: Vec<Field>,
    kinds: Vec<KindPage>,
}

impl Known {
    fn new() -> Result<Self, Failure> {
        let fields = spec::reference();
        let kinds = reference::kinds(&fields).map_err(|broken| Failure::Bug(broken.to_string()))?;
        Ok(Self { fields, kinds })
    }

    fn explain(&self, topic: &str) -> Result<String, Failure> {
        if let Some(code) = Code::from_name(topic) {
            return Ok(with_line_end(page::render(code)));
        }
        if let Some(kind) = self
            .kinds
            .iter()
            .find(|kind| kind.word().eq_ignore_ascii_case(topic))
        {
            return Ok(kind.print(&self.fields));
        }
        if let Some(page) = role::page(topic, &self.kinds) {
            return Ok(page);
        }
        let found = field::find(topic, &self.fields);
        if !found.is_empty() {
            let pages: Vec<String> = found
                .into_iter()
                .map(|found| field::print(found, &self.fields))
                .collect();
            return Ok(pages.join("\n"));
        }
        Err(self.unknown(topic))
    }

    fn unknown(&self, topic: &str) -> Failure {
        let mut message = format!("There is no code, kind, field or role {}.\n", quoted(topic));
        let meant = field::nearest_place(topic, &self.fields)
            .or_else(|| nearest(topic, self.words()).map(str::to_owned));
        if let Some(meant) = meant {
            let _ = write!(message, "Did you mean `{meant}`? ");
        }
        let pages = codes_that_speak_of(topic);
        if !pages.is_empty() {
            message.push_str("These pages speak of it:\n");
        }
        for code in pages {
            let _ = writeln!(message, "  {code}  {}", code.title());
        }
        message.push_str("`agcgen explain --list` lists them all.");
        Failure::Stopped(message)
    }

    /// Every word that a topic can be, but for places of fields.
    fn words(&self) -> Vec<&str> {
        let fixed: Vec<&'static str> = Code::ALL
            .iter()
            .map(|code| code.name())
            .chain(self.kinds.iter().map(KindPage::word))
            .chain(role::names(&self.kinds))
            .collect();
        let mut words: Vec<&str> = fixed;
        let keys: Vec<&str> = self
            .fields
            .iter()
            .map(|field| reference::key(&field.path))
            .collect();
        words.extend_from_slice(&keys);
        words
    }

    fn list(&self) -> String {
        let mut out = "# Codes\n\n".to_owned();
        for code in Code::ALL {
            let severity = code.severity().to_string();
            let _ = writeln!(out, "{code}  {severity:<7}  {}", code.title());
        }
        out.push_str("\n# Kinds of resources\n\n");
        for kind in &self.kinds {
            let _ = writeln!(out, "{:<8}  {}", kind.word(), kind.facets().title());
        }
        out.push_str("\n# Roles\n\n");
        out.push_str(&role::list(&self.kinds));
        out.push_str("\n# Fields\n\n");
        let width = self.fields.iter().map(|field| field.path.len()).max();
        let width = width.unwrap_or_default();
        for field in &self.fields {
            let _ = writeln!(out, "{:<width$}  {}", field.path, reference::takes(field));
        }
        out
    }
}

fn with_line_end(text: String) -> String {
    if text.ends_with('\n') {
        text
    } else {
        text + "\n"
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;

    fn explained(topic: &str) -> String {
        Known::new().unwrap().explain(topic).unwrap()
    }

    fn refused(topic: &str) -> String {
        match Known::new().unwrap().explain(topic) {
            Err(Failure::Stopped(message)) => message,
            other => panic!("{topic}: {other:?}"),
        }
    }

    #[test]
    fn every_code_kind_role_and_field_has_a_page() {
        let known = Known::new().unwrap();
        for topic in known.words() {
            assert!(known.explain(topic).is_ok(), "{topic}");
        }
        for field in &known.fields {
            let page = known.explain(&field.path).unwrap();
            assert!(page.contains(&field.description), "{}", field.path);
        }
    }

    #[test]
    fn letters_of_codes_kinds_and_roles_may_be_of_any_case() {
        assert!(explained("agc0201").starts_with("# AGC0201: "));
        assert!(explained("keyvault").starts_with("# keyVault"));
        assert!(explained("reader").starts_with("# Reader"));
    }

    #[test]
    fn a_field_is_found_by_any_way_to_its_place() {
        for topic in [
            "workloads.<name>.health",
            "workloads.web.health",
            "workloads.\"web\".health",
        ] {
            assert!(
                explained(topic).starts_with("# workloads.<name>.health\n"),
                "{topic}"
            );
        }
        for topic in [
            "cluster.administrators[].objectId",
            "cluster.administrators[0].objectId",
            "cluster.administrators.objectId",
        ] {
            assert!(
                explained(topic).starts_with("# cluster.administrators[].objectId\n"),
                "{topic}"
            );
        }
        assert!(explained("workloads.web").starts_with("# workloads\n"));
        assert!(
            explained("resources.files(sql).databases")
                .starts_with("# resources.<name>(sql).databases\n")
        );
        assert_eq!(
            explained("resources.storage.sku")
                .matches("# resources")
                .count(),
            1
        );
        assert!(
            explained("resources.files.sku")
                .matches("# resources")
                .count()
                > 1
        );
    }

    #[test]
    fn what_is_not_known_is_guessed() {
        assert!(refused("AGC0999").contains("Did you mean `AGC0"));
        assert!(refused("storag").contains("Did you mean `storage`?"));
        assert!(refused("workloads.web.helth").contains("Did you mean `workloads.web.health`?"));
        for (topic, meant) in [
            ("workload.prot", "workloads.<name>.port"),
            ("workload.web.port", "workloads.<name>.port"),
            ("cluster.node.szie", "cluster.nodes.size"),
            (
                "resources.files(sql).database",
                "resources.files(sql).databases",
            ),
        ] {
            let told = refused(topic);
            assert!(told.contains(&format!("Did you mean `{meant}`?")), "{told}");
        }
        assert!(!refused("zzzzz.port").contains("Did you mean"));
        assert!(refused("Key Vault Secret User").contains("`Key Vault Secrets User`"));
        let nothing = refused("zzzzzzzzzzzz");
        assert!(!nothing.contains("Did you mean") && nothing.contains("--list"));
        assert!(refused("").contains("--list"));
    }
}
