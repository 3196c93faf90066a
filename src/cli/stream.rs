//! A render on stdout, `-o -`.
//!
//! In: the files of a render. Out: one text: every file under its path, or the Kubernetes objects alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::exit::Failure;
use crate::diagnostic::Findings;
use crate::disk;
use crate::output::OutputFile;
use crate::source::{self, Sources};

/// What kustomize calls the list of a folder.
const KUSTOMIZATION: &str = "kustomization.yaml";

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

/// The objects of `k8s/` as one stream of YAML documents, in the order of the kustomizations: that is the order they are
/// applied in.
///
/// # Errors
/// When a kustomization names a file that was not rendered: a bug.
pub(super) fn objects(files: &[OutputFile]) -> Result<String, Failure> {
    let mut walk = Walk {
        files,
        seen: BTreeSet::new(),
        out: String::new(),
    };
    if walk.find(&format!("k8s/{KUSTOMIZATION}")).is_some() {
        walk.folder("k8s")?;
    }
    Ok(walk.out)
}

struct Walk<'a> {
    files: &'a [OutputFile],
    seen: BTreeSet<String>,
    out: String,
}

impl<'a> Walk<'a> {
    fn find(&self, path: &str) -> Option<&'a OutputFile> {
        self.files.iter().find(|file| file.path.as_str() == path)
    }

    fn folder(&mut self, folder: &str) -> Result<(), Failure> {
        if !self.seen.insert(folder.to_owned()) {
            return Err(Failure::Bug(format!("{folder} is a resource of itself")));
        }
        let path = format!("{folder}/{KUSTOMIZATION}");
        let list = self
            .find(&path)
            .ok_or_else(|| Failure::Bug(format!("{path} was not rendered")))?;
        for resource in resources(list)? {
            let path = format!("{folder}/{resource}");
            match self.find(&path) {
                Some(file) => {
                    if !self.out.is_empty() {
                        self.out.push_str("---\n");
                    }
                    self.out.push_str(&file.text);
                }
                None => self.folder(&path)?,
            }
        }
        Ok(())
    }
}

/// What a kustomization lists.
fn resources(file: &OutputFile) -> Result<Vec<String>, Failure> {
    let mut sources = Sources::new();
    let id = sources.add(file.path.as_str(), file.text.as_str());
    let tree = source::parse(&sources, id, &mut Findings::new())
        .ok_or_else(|| Failure::Bug(format!("{} cannot be read back", file.path)))?;
    let list = tree.to_json();
    let list = list.get("resources").and_then(serde_json::Value::as_array);
    Ok(list
        .into_iter()
        .flatten()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use super::*;
    use crate::output::{Mode, OutputPath, Owner};

    fn file(path: &str, text: &str) -> OutputFile {
        OutputFile {
            path: OutputPath::new(path).unwrap(),
            text: text.to_owned(),
            mode: Mode::Plain,
            owner: Owner::Generated,
        }
    }

    #[test]
    fn objects_come_in_the_order_of_the_kustomizations() {
        let files = [
            file(
                "k8s/kustomization.yaml",
                "resources:\n- platform\n- routes\n",
            ),
            file("k8s/platform/a.yaml", "kind: Gateway\n"),
            file("k8s/platform/b.yaml", "kind: Namespace\n"),
            file(
                "k8s/platform/kustomization.yaml",
                "# Order.\nkind: Kustomization\nresources:\n- b.yaml\n- a.yaml\n",
            ),
            file("k8s/routes/kustomization.yaml", "resources:\n- web.yaml\n"),
            file("k8s/routes/web.yaml", "kind: HTTPRoute\n"),
        ];
        assert_eq!(
            objects(&files).unwrap(),
            "kind: Namespace\n---\nkind: Gateway\n---\nkind: HTTPRoute\n"
        );
        assert_eq!(objects(&[]).unwrap(), "");
    }

    #[test]
    fn a_list_that_does_not_end_and_a_file_that_is_not_there_are_bugs() {
        for resources in ["resources:\n- gone.yaml\n", "resources:\n- ../k8s\n"] {
            let files = [file("k8s/kustomization.yaml", resources)];
            assert!(matches!(objects(&files), Err(Failure::Bug(_))));
        }
    }

    #[test]
    fn each_file_stands_under_its_path() {
        let list = [file("a.txt", "one\n"), file("b.txt", "two")];
        assert_eq!(
            super::files(&list),
            "==> a.txt <==\none\n\n==> b.txt <==\ntwo\n"
        );
    }
}
