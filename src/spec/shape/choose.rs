//! Of several mistakes at one place, or at one place and below it, the one that says most.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::{Help, Mistake};
use crate::diagnostic::Code;
use crate::source::{At, Place};

/// The mistakes that are said.
pub(super) fn choose(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let later_blocks: BTreeSet<At> = mistakes
        .iter()
        .filter(|mistake| mistake.code == Code::AGC0016)
        .map(|mistake| match &mistake.place {
            Place::Key(at) => at.parent(),
            Place::Value(at) => at.clone(),
        })
        .collect();
    let misspelt: BTreeSet<(At, String)> = mistakes
        .iter()
        .filter_map(|mistake| match (&mistake.help, &mistake.place) {
            (Some(Help::Replace(_, word)), Place::Key(at)) => Some((at.parent(), word.clone())),
            _ => None,
        })
        .collect();
    let whole: BTreeSet<At> = mistakes
        .iter()
        .filter(|mistake| matches!(mistake.code, Code::AGC0404 | Code::AGC0016 | Code::AGC0015))
        .map(|mistake| mistake.place.at().clone())
        .collect();
    let mut kept: IndexMap<At, Mistake> = IndexMap::new();
    for mistake in mistakes {
        let at = mistake.place.at().clone();
        if let Some(missing) = mistake.missing.clone() {
            if later_blocks.contains(&at) || misspelt.contains(&(at.clone(), missing.clone())) {
                continue;
            }
            kept.insert(at.key(missing), mistake);
            continue;
        }
        if at.parents().any(|outer| whole.contains(&outer)) {
            continue;
        }
        match kept.get(&at) {
            Some(earlier) if weight(earlier.code) >= weight(mistake.code) => {}
            _ => {
                kept.insert(at, mistake);
            }
        }
    }
    kept.into_values().collect()
}

/// Which of two mistakes at one place is said.
fn weight(code: Code) -> u8 {
    match code {
        Code::AGC0404 => 5,
        Code::AGC0016 => 4,
        Code::AGC0015 | Code::AGC0018 | Code::AGC0019 => 3,
        Code::AGC0012 => 2,
        Code::AGC0014 => 0,
        _ => 1,
    }
}
