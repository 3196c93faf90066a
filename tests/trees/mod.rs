//! The rendered trees of the examples, as they are kept, and copies of them with late values filled.

#![allow(
    dead_code,
    reason = "each test program includes this module and uses a part of it"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The examples whose trees are kept.
pub(crate) const EXAMPLES: &[&str] = &["cloud-native", "cloud-native-managed", "minimal"];

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The rendered tree of an example, as it is kept.
pub(crate) fn tree(example: &str) -> PathBuf {
    root().join("snapshots").join(example)
}

/// The spec of an example.
pub(crate) fn spec(example: &str) -> PathBuf {
    root().join("examples").join(example).join("spec.yaml")
}

/// Every file below a folder, by its path with `/`, sorted.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).expect("below it");
            let name = path.to_str().expect("UTF-8").replace('\\', "/");
            (name, std::fs::read(entry.path()).expect("a readable file"))
        })
        .collect();
    files.sort();
    files
}

/// Keys of late values that a kustomization waits for, from its text alone.
pub(crate) fn late_keys(example: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let text = std::fs::read_to_string(tree(example).join("k8s/platform/kustomization.yaml"))?;
    let keys: Vec<String> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("fieldPath: data."))
        .map(str::to_owned)
        .collect();
    Ok(keys)
}

/// A value that no two keys share.
pub(crate) fn value_of(key: &str, index: usize) -> String {
    if key.ends_with("_CLIENT_ID") {
        format!("00000000-0000-4000-8000-{:012}", index + 1)
    } else {
        "/subscriptions/00000000-0000-0000-0000-00000000000b/resourceGroups/rg-check/providers/Microsoft.Network/x/y".to_owned()
    }
}

/// A copy of the tree with every late value filled, but one.
pub(crate) fn filled(
    example: &str,
    keys: &[String],
    open: Option<&str>,
) -> Result<tempfile::TempDir, Box<dyn Error>> {
    let copy = tempfile::tempdir()?;
    for (name, text) in files(&tree(example)) {
        let path = copy.path().join(name);
        std::fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        std::fs::write(path, text)?;
    }
    let env = copy.path().join("k8s/platform/late-values.env");
    let mut text = std::fs::read_to_string(&env)?;
    for (index, key) in keys
        .iter()
        .enumerate()
        .filter(|(_, key)| open != Some(key.as_str()))
    {
        writeln!(text, "{key}={}", value_of(key, index))?;
    }
    std::fs::write(env, text)?;
    Ok(copy)
}
