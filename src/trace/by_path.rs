//! Matches by what they want of the path, so that of many only those are looked at that a path could fit.
//!
//! In: [`Target`]s, each with a number, the smaller the more precedence. Out: the numbers of those that could take a path.

use std::collections::BTreeMap;

use super::request::Request;
use super::route::Target;

/// What a match wants of the path, as far as two have to be equal to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted<'t> {
    Exact(&'t str),
    Prefix(&'t str),
    Regex(&'t str),
    Call,
}

/// The two patterns that people write for everything.
const EVERYTHING: [&str; 2] = [".*", "/.*"];

impl<'t> Wanted<'t> {
    pub(super) fn of(target: &'t Target) -> Self {
        match target {
            Target::Exact(path) => Self::Exact(path),
            Target::Prefix { path, .. } => Self::Prefix(path),
            Target::Regex(pattern) => Self::Regex(pattern.text()),
            Target::Call { .. } => Self::Call,
        }
    }

    /// What could take all paths that a match wants, as far as that is known without trying.
    pub(super) fn that_take_all_of(target: &'t Target) -> Vec<Self> {
        let (exact, path) = match target {
            Target::Call { .. } => return vec![Self::Call],
            Target::Regex(pattern) => return vec![Self::Regex(pattern.text())],
            Target::Exact(path) => (Some(Self::Exact(path)), path),
            Target::Prefix { path, .. } => (None, path),
        };
        exact
            .into_iter()
            .chain(prefixes(path).map(Self::Prefix))
            .chain(EVERYTHING.map(Self::Regex))
            .collect()
    }
}

/// The index.
#[derive(Debug, Default)]
pub(super) struct ByPath<'t> {
    exact: BTreeMap<&'t str, Vec<usize>>,
    prefixes: BTreeMap<&'t str, Vec<usize>>,
    /// Those that have to be asked.
    others: Vec<usize>,
}

impl<'t> ByPath<'t> {
    /// The index of these, which are numbered from 0.
    pub(super) fn of(targets: impl Iterator<Item = &'t Target>) -> Self {
        let mut index = Self::default();
        for (at, target) in targets.enumerate() {
            let list = match Wanted::of(target) {
                Wanted::Exact(path) => index.exact.entry(path).or_default(),
                Wanted::Prefix(path) => index.prefixes.entry(path).or_default(),
                Wanted::Regex(_) | Wanted::Call => &mut index.others,
            };
            list.push(at);
        }
        index
    }

    /// Those that could take a request, in order, from this number on.
    pub(super) fn candidates(&self, request: &Request, from: usize) -> impl Iterator<Item = usize> {
        let exact = self.exact.get(request.path.as_str());
        let prefixes = prefixes(&request.path).filter_map(|prefix| self.prefixes.get(prefix));
        let mut lists: Vec<&[usize]> = prefixes
            .chain(exact)
            .chain([&self.others])
            .map(|list| &list[list.partition_point(|&at| at < from)..])
            .collect();
        std::iter::from_fn(move || {
            let begun = lists.iter_mut().filter(|list| !list.is_empty());
            let list = begun.min_by_key(|list| list[0])?;
            let (first, rest) = list.split_first()?;
            *list = rest;
            Some(*first)
        })
    }
}

/// The prefixes that take a path, which are of whole segments.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at);
    ends.chain([path.len()]).map(|end| &path[..end])
}
