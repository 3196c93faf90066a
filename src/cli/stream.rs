//! A render on stdout, `-o -`.
//!
//! In: what a render made. Out: one text: every file under its path, or the Kubernetes objects alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::exit::Failure;
use crate::disk;
use crate::output::OutputFile;
use crate::render::Rendered;

/// Each file as a first render writes it, after a line `==> path <==`.
pub(super) fn files<'a>(files: impl IntoIterator<Item = &'a OutputFile>) -> String {
    let mut out = String::new();
    for file in files {
        if !out.is_empty() {
            out.push('\n');
        }
        let text = disk::first_text(file);
        let _ = write!(out, "==> {} <==\n{text}", file.path);
        if !text.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// The objects of `k8s/` as one stream of YAML documents, file after file in the order in which they are applied.
///
/// # Errors
/// When the file of an object was not rendered: a bug.
pub(super) fn objects(rendered: &Rendered) -> Result<String, Failure> {
    let mut out = String::new();
    let mut printed = BTreeSet::new();
    for manifest in &rendered.manifests {
        let path = manifest.part.file();
        if !printed.insert(path.clone()) {
            continue;
        }
        let file = rendered
            .files
            .iter()
            .find(|file| file.path.as_str() == path)
            .ok_or_else(|| Failure::Bug(format!("{path} was not rendered")))?;
        if !out.is_empty() {
            out.push_str("---\n");
        }
        out.push_str(&file.text);
    }
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;
    use crate::output::{Mode, OutputPath, Owner};

    #[test]
    fn each_file_stands_under_its_path() {
        let file = |path: &str, text: &str| OutputFile {
            path: OutputPath::new(path).unwrap(),
            text: text.to_owned(),
            mode: Mode::Plain,
            owner: Owner::Generated,
        };
        assert_eq!(
            files(&[file("a.txt", "one\n"), file("b.txt", "two")]),
            "==> a.txt <==\none\n\n==> b.txt <==\ntwo\n"
        );
    }
}
