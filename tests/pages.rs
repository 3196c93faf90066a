//! The pages of the diagnostics, taken at their word: a wrong example gives exactly the code of its page, a right one
//! gives nothing, and every code that a page speaks of exists.
#![allow(clippy::unwrap_used)]

mod example_specs;
mod page;

use std::collections::BTreeSet;

use agcgen::diagnostic::Code;
use agcgen::diagnostic::page::{Example, examples};
use example_specs::BASE;
use page::Page;
use regex::Regex;

/// What is wrong with an example of a page, if anything.
fn judged(code: Code, example: &Example) -> Option<String> {
    let mut findings = if code.family() == "06" {
        example_specs::manifests(&example.text)
    } else {
        example_specs::example(&example.text).findings
    };
    // Every route is served without TLS until the language can state HTTPS, so AGC0207 says nothing about an example of
    // another page.
    if code != Code::AGC0207 {
        findings.retain(|finding| !finding.starts_with("AGC0207"));
    }
    let codes: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding.split(':').next())
        .collect();
    let wanted: BTreeSet<&str> = example.codes.iter().map(String::as_str).collect();
    let text = &example.text;
    (codes != wanted).then(|| format!("{code}: wanted {wanted:?}, found {findings:#?} in\n{text}"))
}

#[test]
fn the_base_of_fragments_has_no_finding() {
    assert_eq!(example_specs::whole(BASE).findings, BTreeSet::new());
}

#[test]
fn examples_give_what_they_say() {
    let mut wrong: Vec<String> = Vec::new();
    for &code in Code::ALL {
        let examples = examples(code.page());
        if !examples
            .iter()
            .any(|example| example.codes == [code.name()])
        {
            wrong.push(format!("{code}: no example that gives the code"));
        }
        if !examples.iter().any(|example| example.codes.is_empty()) {
            wrong.push(format!("{code}: no example of the right way"));
        }
        for example in &examples {
            if !example.codes.is_empty() && example.codes != [code.name()] {
                wrong.push(format!("{code}: an example of {:?}", example.codes));
            }
            wrong.extend(judged(code, example));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn codes_that_pages_speak_of_exist() {
    let mention = Regex::new(r"AGC\d+").unwrap();
    let mut seen = 0;
    for &code in Code::ALL {
        for name in mention.find_iter(code.page()) {
            assert!(
                Code::from_name(name.as_str()).is_some(),
                "{code} speaks of {}",
                name.as_str()
            );
            seen += 1;
        }
    }
    // Each page at least marks its own wrong example.
    assert!(seen >= Code::ALL.len());
}

#[test]
fn pages_are_markdown_without_a_title_and_with_nothing_but_examples_in_fences() {
    for &code in Code::ALL {
        let page = Page::new(code.name(), code.page());
        assert!(
            page.anchors.is_empty(),
            "{code}: the title is added where the page is shown"
        );
        let ours: Vec<(String, String)> = examples(code.page())
            .into_iter()
            .map(|example| {
                let info: Vec<&str> = std::iter::once("yaml")
                    .chain(example.codes.iter().map(String::as_str))
                    .collect();
                (info.join(","), example.text)
            })
            .collect();
        let blocks: Vec<(String, String)> = page
            .blocks
            .into_iter()
            .map(|block| (block.info, block.text))
            .collect();
        assert_eq!(ours, blocks, "{code}");
    }
}

#[test]
fn pages_are_short() {
    // A page is read at night: it fits on two screens.
    for &code in Code::ALL {
        let lines = code.page().lines().count();
        assert!((8..=60).contains(&lines), "{code} has {lines} lines");
    }
}
