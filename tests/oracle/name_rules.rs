//! Azure's rules for names, as they were collected from its pages and type data: in goes a type and a name, out comes whether
//! Azure takes it.
//!
//! Data: `AGCGEN_REFERENCE/azure-name-rules.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use fs_err as fs;
use regex::Regex;
use serde_json::Value;

use super::finding::{NotChecked, Oracle, reference_file};
use super::ledger;

/// The rules, by type in small letters.
pub(crate) struct NameRules(BTreeMap<String, Rule>);

/// The rule for one type.
pub(crate) struct Rule {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pattern: Regex,
}

impl Oracle for NameRules {
    const NAME: &'static str = "name rules";

    fn search() -> Result<Self, NotChecked> {
        let unreadable = |error: &dyn std::fmt::Display| NotChecked(error.to_string());
        let text = fs::read_to_string(reference_file("azure-name-rules.json")?)
            .map_err(|error| unreadable(&error))?;
        let all: Value = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
        let rules = all["rules"].as_array().into_iter().flatten();
        // One type has fixed names and neither length nor pattern.
        let rules: BTreeMap<String, Rule> = rules
            .filter_map(|rule| {
                let length = |key: &str| usize::try_from(rule[key].as_u64()?).ok();
                Some((
                    rule["type"].as_str()?.to_lowercase(),
                    Rule {
                        least: length("min")?,
                        most: length("max")?,
                        pattern: Regex::new(rule["regex"].as_str()?).ok()?,
                    },
                ))
            })
            .collect();
        if rules.len() < 100 {
            return Err(NotChecked(format!(
                "azure-name-rules.json has {} rules that can be read",
                rules.len()
            )));
        }
        Ok(Self(rules))
    }

    fn version(&self) -> String {
        format!("{} types", self.0.len())
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<NameRules, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl NameRules {
    /// The rule for a type, where there is one.
    pub(crate) fn of(&self, resource_type: &str) -> Option<&Rule> {
        ledger::read_values(Self::NAME, 1, "names");
        self.0.get(&resource_type.to_lowercase())
    }
}

impl Rule {
    /// Whether Azure takes the name.
    pub(crate) fn allows(&self, name: &str) -> bool {
        (self.least..=self.most).contains(&name.chars().count()) && self.pattern.is_match(name)
    }
}
