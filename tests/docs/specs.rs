//! Specs in documents: the right ones have no finding, the wrong ones have exactly those that the document shows.

use std::process::Command;

use super::example_specs;

/// Whether a spec, whole or the part that matters, has no finding, and each `AGC_SECRET_…` that it speaks of is read.
pub(crate) fn accepted(text: &str) -> Result<(), String> {
    let mut outcome = example_specs::example(text);
    // Every route is served without TLS until the language can state HTTPS.
    outcome
        .findings
        .retain(|finding| !finding.starts_with("AGC0207"));
    let Some(rendered) = outcome.rendered.filter(|_| outcome.findings.is_empty()) else {
        return Err(format!("found {:#?}", outcome.findings));
    };
    let parameters = rendered
        .files
        .iter()
        .find(|file| file.path.as_str() == "infra/main.bicepparam")
        .ok_or("no parameters are rendered")?;
    let is_letter = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    for (at, _) in text.match_indices("AGC_SECRET_") {
        let name = text[at..]
            .split(|c| !is_letter(c))
            .next()
            .unwrap_or_default();
        if !parameters.text.contains(&format!("'{name}'")) {
            return Err(format!("nothing reads {name}"));
        }
    }
    Ok(())
}

/// Whether `agcgen validate --format short` says exactly these lines, as far as they go.
pub(crate) fn refused(spec: &str, findings: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("spec.yaml"), spec).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_agcgen"))
        .args(["validate", "spec.yaml", "--format", "short"])
        .env_clear()
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let found: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("spec.yaml:"))
        .filter_map(|line| line.find(']').map(|end| &line[..=end]))
        .collect();
    let wanted: Vec<&str> = findings.lines().collect();
    if output.status.code() == Some(1) && found == wanted && !wanted.is_empty() {
        Ok(())
    } else {
        Err(format!("{}; it says\n{said}", output.status))
    }
}
