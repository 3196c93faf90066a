//! Which files of a folder are YAML.

use std::io;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

/// The YAML files in a folder and below, by name; nothing where the path is no folder. Where the folder has a file `marker`, only
/// those in its folder `part` count.
///
/// # Errors
/// When a folder cannot be read.
#[allow(clippy::disallowed_methods)] // As `read`, this looks at what somebody named.
pub fn yaml_files(path: &str, marker: &str, part: &str) -> io::Result<Option<Vec<String>>> {
    let mut root = Path::new(path).to_owned();
    if !root.is_dir() {
        return Ok(None);
    }
    if root.join(marker).is_file() && root.join(part).is_dir() {
        root.push(part);
    }
    let mut files = Vec::new();
    // Folders such as .git and .github hold YAML that is applied to nothing.
    let is_shown = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let entries = WalkDir::new(&root).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(is_shown) {
        let entry = entry?;
        let is_yaml = entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json");
        // A link to a file is as good as the file; Kubernetes mounts its files so.
        if is_yaml && entry.path().is_file() {
            files.push(entry.path().to_string_lossy().into_owned());
        }
    }
    Ok(Some(files))
}
