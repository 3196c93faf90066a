//! Random specs, the same in every run: text that is hardly YAML, examples with text put in and taken out, instances of the
//! published schema, and examples with one part exchanged for such an instance. Nothing panics, there are errors or files and
//! never both, and a foreign reader takes the YAML that comes out. So it is with every input that the fuzzer kept.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::panic,
    reason = "a test fails where it panics, and agcgen writes its paths in small letters"
)]

mod instance;
#[path = "../../fuzz/judge.rs"]
mod judge;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use judge::EXAMPLES;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde_json::Value;

/// Pieces that mean something to a reader of YAML, or to one of what is made from it.
const PIECES: &[&str] = &[
    "\n",
    "\n  ",
    "\n    ",
    " ",
    ": ",
    ":",
    "- ",
    ", ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "!t ",
    "#",
    "? ",
    "---\n",
    "...\n",
    "%",
    "\t",
    "\r\n",
    "\0",
    "\u{202e}",
    "\u{feff}",
    "ü",
    "😀",
    "~",
    "0x1F",
    "012",
    "1e9",
    "-1",
    "1.0",
    "yes",
    "true",
    "x-",
    "<<",
    "${",
    "$(",
    "{{",
    "name",
    "workloads",
    "resources",
    "secrets",
    "password",
    "azure",
    "kind",
    "web",
];

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../schema/agcgen.schema.json")).unwrap()
});

static VALIDATOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&SCHEMA).unwrap());

/// What agcgen makes of a text, judged: the number of files, if there are any.
fn compiled(text: &str) -> Result<Option<usize>, TestCaseError> {
    judge::judge(text).map_err(TestCaseError::fail)
}

/// The same cases in every run.
fn run<S: Strategy>(
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    if let Err(error) = TestRunner::new_with_rng(config, rng).run(strategy, test) {
        panic!("{error}");
    }
}

#[test]
fn text_that_is_hardly_yaml_gives_findings() {
    let pieces = prop::collection::vec(select(PIECES), 0..80).prop_map(|pieces| pieces.concat());
    let bytes = prop::collection::vec(any::<u8>(), 0..200)
        .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    run(400, &prop_oneof![3 => pieces, 1 => bytes], |text| {
        compiled(&text).map(|_| ())
    });
}

#[test]
fn an_example_with_text_put_in_and_taken_out_gives_findings_or_files() {
    let change = (
        any::<Index>(),
        0..12_usize,
        prop::option::of(select(PIECES)),
    );
    let changed =
        (select(&EXAMPLES[..]), prop::collection::vec(change, 1..4)).prop_map(|(text, changes)| {
            let mut text: Vec<char> = text.chars().collect();
            for (at, gone, piece) in changes {
                let start = at.index(text.len());
                let end = text.len().min(start + gone);
                text.splice(start..end, piece.unwrap_or_default().chars());
            }
            text.into_iter().collect::<String>()
        });
    run(60, &changed, |text| compiled(&text).map(|_| ()));
}

#[test]
fn an_instance_of_the_schema_gives_findings_or_files() {
    let (valid, made) = (Cell::new(0), Cell::new(0));
    run(150, &instance::of(&SCHEMA), |spec| {
        let fits = VALIDATOR.is_valid(&spec);
        valid.set(valid.get() + u32::from(fits));
        let files = compiled(&spec.to_string())?;
        made.set(made.get() + u32::from(files.is_some()));
        prop_assert!(fits || files.is_none(), "taken, but the schema refuses it");
        Ok(())
    });
    assert!(valid.get() >= 100, "{} instances are valid", valid.get());
    assert!(made.get() >= 40, "{} instances give files", made.get());
}

#[test]
fn an_example_with_a_random_part_gives_findings_or_files() {
    let places: Vec<(Value, String, Value)> = EXAMPLES
        .iter()
        .flat_map(|text| {
            let example: Value = serde_yaml::from_str(text).unwrap();
            let mut places = Vec::new();
            instance::places(&SCHEMA, &example, String::new(), &mut places);
            places
                .into_iter()
                .map(move |(at, schema)| (example.clone(), at, schema))
        })
        .collect();
    assert!(places.len() > 100, "{} places", places.len());
    let changed = select(places).prop_flat_map(|(example, at, schema)| {
        instance::of(&schema).prop_map(move |part| {
            let mut spec = example.clone();
            *spec.pointer_mut(&at).unwrap() = part;
            spec
        })
    });
    let made = Cell::new(0);
    // Of the parts, those of `tests` are requests and expectations: made up, they are nearly always refused.
    run(90, &changed, |spec| {
        let files = compiled(&spec.to_string())?;
        made.set(made.get() + u32::from(files.is_some()));
        prop_assert!(
            VALIDATOR.is_valid(&spec) || files.is_none(),
            "taken, but the schema refuses it"
        );
        Ok(())
    });
    assert!(made.get() >= 51, "{} specs give files", made.get());
}

/// Every file of a target's corpus, through what the fuzzer runs: how many there are, and how many give files.
fn judged(target: &str, judge: fn(&[u8]) -> Result<Option<usize>, String>) -> (usize, usize) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let (mut all, mut made) = (0, 0);
    for entry in fs::read_dir(corpus.join(target)).unwrap() {
        let path = entry.unwrap().path();
        let files = judge(&fs::read(&path).unwrap())
            .unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        all += 1;
        made += usize::from(files.is_some());
    }
    (all, made)
}

#[test]
fn every_spec_that_the_fuzzer_kept_gives_findings_or_files() {
    let (all, made) = judged("spec_to_files", judge::spec_to_files);
    assert!(all >= 400 && made >= 4, "{made} of {all}");
}

#[test]
fn every_change_that_the_fuzzer_kept_gives_findings_or_files() {
    let (all, made) = judged("changed_example", judge::changed_example);
    assert!(all >= 400 && made >= 10, "{made} of {all}");
}
