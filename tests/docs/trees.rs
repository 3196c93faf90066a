//! Trees of paths in documents: `out/` is the output of the reference scenario, `agcgen/` the project itself.
//!
//! Two blanks a level; names stand in the first columns of a line, two blanks apart, and whatever has a blank in it is a
//! comment. `*` and `<…>` stand for any text within a name. Below its first line a tree is whole: where it lists one
//! entry of a folder, it lists them all.

use std::collections::BTreeMap;
use std::path::PathBuf;

use regex::Regex;

use super::{entries, root};

/// What lies beside the output, or beside the sources, and is not part of them.
const APART: &[&str] = &["azure.txt"];

pub(crate) fn judged(text: &str) -> Result<(), String> {
    let mut lines = text.lines();
    let (base, is_whole) = match lines.next() {
        Some("out/") => (root().join("snapshots/cloud-native"), true),
        // Beside the project's own files lie whatever a person tried out there.
        Some("agcgen/") => (root(), false),
        other => return Err(format!("a tree of {other:?}")),
    };
    // By folder, the patterns of the names that are listed in it.
    let mut listed: BTreeMap<String, Vec<Regex>> = BTreeMap::new();
    let mut missing = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for line in lines {
        let indent = line.len() - line.trim_start().len();
        open.truncate((indent / 2).saturating_sub(1));
        let folder = open.concat();
        for (position, name) in names(line).enumerate() {
            let path = format!("{folder}{name}");
            if position == 0 && name.ends_with('/') {
                open.push(name.to_owned());
            }
            if !add(&base, &path, &mut listed) {
                missing.push(path);
            }
        }
    }
    for (folder, patterns) in &listed {
        if folder.is_empty() && !is_whole {
            continue;
        }
        for entry in entries(&base.join(folder)) {
            let is_listed = patterns.iter().any(|pattern| pattern.is_match(&entry));
            if !is_listed && !APART.contains(&&*entry) {
                missing.push(format!("{folder}{entry} (there, and not listed)"));
            }
        }
    }
    if missing.is_empty() && !listed.is_empty() {
        Ok(())
    } else {
        Err(format!("wrong paths: {missing:?}"))
    }
}

fn names(line: &str) -> impl Iterator<Item = &str> {
    line.trim()
        .split("  ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .take_while(|part| !part.contains(' '))
}

/// Notes each step of a path, and says whether something is there.
fn add(base: &std::path::Path, path: &str, listed: &mut BTreeMap<String, Vec<Regex>>) -> bool {
    let mut folders: Vec<PathBuf> = vec![base.to_owned()];
    let mut before = String::new();
    for step in path.trim_end_matches('/').split('/') {
        let pattern = pattern(step);
        folders = folders
            .iter()
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flatten()
            .map(|entry| entry.unwrap())
            .filter(|entry| pattern.is_match(entry.file_name().to_str().unwrap_or_default()))
            .map(|entry| entry.path())
            .collect();
        listed.entry(before.clone()).or_default().push(pattern);
        before.push_str(step);
        before.push('/');
    }
    !folders.is_empty()
        && folders
            .iter()
            .all(|found| found.is_dir() == path.ends_with('/'))
}

fn pattern(name: &str) -> Regex {
    let any = Regex::new(r"<[^>]*>|\*").unwrap();
    let literal: Vec<String> = any.split(name).map(regex::escape).collect();
    Regex::new(&format!("^{}$", literal.join(".+"))).unwrap()
}
