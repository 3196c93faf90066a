//! What documents show of the code and of the output: made from them, compared, and written anew with
//! `UPDATE_SNAPSHOTS=1`, but never where CI runs.

use std::collections::BTreeSet;

use agcgen::reference;
use regex::Regex;

use super::environment::is_updating;
use super::page::Page;
use super::{entries, none, read, root};

const PICTURE: &str = "snapshots/cloud-native/README.md";
const HOW: &str = "UPDATE_SNAPSHOTS=1 cargo test --test docs writes it anew";

/// The picture that the runbook of the reference scenario draws.
fn picture() -> String {
    let page = Page::read(PICTURE);
    let picture = page
        .blocks
        .into_iter()
        .find(|block| block.info == "mermaid");
    picture.unwrap().text
}

pub(crate) fn is_the_picture(text: &str) -> Result<(), String> {
    if text == picture() {
        Ok(())
    } else {
        Err(format!("not the picture of {PICTURE}: {HOW}"))
    }
}

#[test]
fn the_readme_shows_the_picture_and_the_accesses_of_today() {
    let parts = [
        ("picture", format!("\n```mermaid\n{}```\n\n", picture())),
        (
            "accesses",
            format!("\n{}\n", reference::accesses().unwrap()),
        ),
    ];
    for (name, wanted) in parts {
        let page = Page::read("README.md");
        let place = page
            .part(name)
            .unwrap_or_else(|| panic!("README.md has no <!-- {name} -->"));
        if page.text[place.clone()] == wanted {
            continue;
        }
        assert!(is_updating(), "README.md, {name}: {HOW}");
        let mut text = page.text.clone();
        text.replace_range(place, &wanted);
        std::fs::write(root().join("README.md"), text).unwrap();
    }
}

#[test]
fn the_reference_is_that_of_today() {
    let wanted = reference::page().unwrap();
    if is_updating() {
        std::fs::write(root().join("schema/README.md"), &wanted).unwrap();
    }
    assert!(
        read("schema/README.md") == wanted,
        "schema/README.md: {HOW}"
    );
}

/// Read as Markdown, and compared with what lies elsewhere in the project.
#[test]
fn the_reference_leaves_nothing_out() {
    let page = Page::new("schema/README.md", &reference::page().unwrap());
    let widths: BTreeSet<usize> = page.rows.iter().map(Vec::len).collect();
    assert_eq!(widths, BTreeSet::from([2, 3, 5]), "a cell is torn");
    let first: BTreeSet<&str> = page.rows.iter().map(|row| row[0].as_str()).collect();

    let mut wrong = Vec::new();
    let mut fields = 0;
    for field in agcgen::spec::reference() {
        fields += 1;
        let row = page.rows.iter().find(|row| row[0] == field.path);
        // Code loses its marks when it is read.
        let description = field.description.replace('`', "");
        let is_whole = row.is_some_and(|row| {
            row[2] == if field.required { "yes" } else { "no" }
                && row[3] == description
                && row[4] == field.example
        });
        if !is_whole {
            wrong.push(format!("{}: {row:?}", field.path));
        }
    }
    let codes = entries(&root().join("src/diagnostic/pages"));
    for file in &codes {
        let code = file.trim_end_matches(".md");
        if !first.contains(code) {
            wrong.push(format!("{code} has a page and no row"));
        }
    }
    let guid = Regex::new(r"roleDefinitions',\s+'([0-9a-f-]{36})'").unwrap();
    let mut roles = 0;
    for file in walkdir::WalkDir::new(root().join("snapshots")) {
        let file = file.unwrap();
        if file.path().extension().is_some_and(|end| end == "bicep") {
            let text = std::fs::read_to_string(file.path()).unwrap();
            for found in guid.captures_iter(&text) {
                roles += 1;
                if !page.rows.iter().any(|row| row[1] == found[1]) {
                    wrong.push(format!(
                        "{} gives {}, which has no row",
                        file.path().display(),
                        &found[1]
                    ));
                }
            }
        }
    }
    none(&wrong);
    let seen = (fields, codes.len(), roles);
    assert!(
        fields > 100 && codes.len() > 50 && roles > 5,
        "{seen:?} fields, codes, roles in the trees: are they still found?"
    );
}
