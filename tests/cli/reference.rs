//! The schema as a file, and the reference of fields that `explain` shows.

use std::fs;
use std::path::Path;

use crate::Folder;
use crate::environment::is_updating;

/// `UPDATE_SNAPSHOTS=1` writes it anew, but never where CI runs.
#[test]
fn the_schema_in_the_project_is_the_one_that_specs_are_checked_against() {
    for (file, text) in [
        ("schema/agcgen.schema.json", agcgen::spec::schema_text()),
        ("src/spec/forms.json", agcgen::spec::forms_text()),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if is_updating() {
            fs::write(&path, &text).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == text,
            "{file} is not of this version: UPDATE_SNAPSHOTS=1 cargo test --test cli reference:: writes it"
        );
    }
}

#[test]
fn the_command_prints_the_same_schema() {
    let ran = Folder::new().run(&["schema"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, agcgen::spec::schema_text());
    let schema: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::meta::is_valid(&schema));
}

#[test]
fn every_field_says_what_it_takes_what_it_means_and_gives_an_example() {
    let incomplete: Vec<String> = agcgen::spec::reference()
        .into_iter()
        .filter_map(|field| {
            let lacks: Vec<&str> = [
                (field.types.is_empty(), "types"),
                (field.description.is_empty(), "a description"),
                (field.example.is_empty(), "an example"),
            ]
            .into_iter()
            .filter_map(|(lacks, what)| lacks.then_some(what))
            .collect();
            (!lacks.is_empty()).then(|| format!("{} lacks {}", field.path, lacks.join(" and ")))
        })
        .collect();
    assert!(incomplete.is_empty(), "{}", incomplete.join("\n"));
}
