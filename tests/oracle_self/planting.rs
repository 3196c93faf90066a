//! Small trees to plant faults in, and the reference trees that are known to be clean.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fs_err as fs;
use tempfile::TempDir;

use crate::oracle::{Failed, NotChecked, Oracle, reference};

/// Bicep trees written by hand that the compiler accepts.
pub(crate) struct Prototype(pub(crate) PathBuf);

/// Manifests of the Gateway API project: examples, and files that an API server must refuse.
pub(crate) struct GatewayApiManifests {
    pub(crate) folder: PathBuf,
    commit: String,
}

impl Oracle for Prototype {
    const NAME: &'static str = "prototype trees";

    fn search() -> Result<Self, NotChecked> {
        reference("prototype").map(Self)
    }

    fn version(&self) -> String {
        "written by hand".to_owned()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Prototype, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Oracle for GatewayApiManifests {
    const NAME: &'static str = "gateway-api manifests";

    fn search() -> Result<Self, NotChecked> {
        let folder = reference("gateway-api-conformance")?;
        let unreadable = |error: &dyn std::fmt::Display| NotChecked(error.to_string());
        let text = fs::read_to_string(folder.join("expectations.json"))
            .map_err(|error| unreadable(&error))?;
        let origin: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
        let commit = origin["commit"].as_str().unwrap_or("unknown");
        Ok(Self {
            commit: commit.chars().take(9).collect(),
            folder,
        })
    }

    fn version(&self) -> String {
        format!("commit {}", self.commit)
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<GatewayApiManifests, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

/// A new folder with these files: path and text.
pub(crate) fn folder(files: &[(&str, &str)]) -> Result<TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    for (path, text) in files {
        let path = folder.path().join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(folder)
}

/// A copy of some files of a folder in which, in the first, the one occurrence of `from` is now `to`.
pub(crate) fn planted(
    source: &Path,
    files: &[&str],
    from: &str,
    to: &str,
) -> Result<TempDir, Failed> {
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(source.join(file)))
        .collect::<Result<Vec<_>, _>>()?;
    let copies: Vec<(&str, &str)> = files
        .iter()
        .copied()
        .zip(texts.iter().map(String::as_str))
        .collect();
    let copy = folder(&copies)?;
    let (first, text) = copies.first().ok_or("no file")?;
    if text.matches(from).count() != 1 {
        return Err(format!("{first} must hold {from:?} once").into());
    }
    fs::write(copy.path().join(first), text.replacen(from, to, 1))?;
    Ok(copy)
}

/// The files below a folder whose names end so, sorted.
pub(crate) fn files_below(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failed> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() && entry.file_name().to_string_lossy().ends_with(ending) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Fails unless exactly one of the findings is there, and holds every one of these words.
pub(crate) fn one_finding(findings: &[String], words: &[&str]) -> Result<(), Failed> {
    match findings {
        [finding] if words.iter().all(|word| finding.contains(word)) => Ok(()),
        _ => Err(format!("expected one finding with {words:?}, got {findings:#?}").into()),
    }
}
