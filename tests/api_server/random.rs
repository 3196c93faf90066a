//! Examples with a random part: what agcgen takes, the server takes.

use std::collections::BTreeMap;

use agcgen::diagnostic::Findings;
use agcgen::source::Sources;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use super::admission::Admission;
use super::instance;
use super::oracle::{ApiServer, Failed};
use super::trees::{EXAMPLES, spec};

/// How often each part is exchanged.
const TIMES: usize = 4;

pub(super) fn parts_are_taken(server: &ApiServer) -> Result<(), Failed> {
    let schema = agcgen::spec::schema();
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let mut admission = Admission::default();
    for example in EXAMPLES {
        let example: Value = serde_yaml::from_str(&std::fs::read_to_string(spec(example))?)?;
        let mut places = Vec::new();
        instance::places(schema, &example, String::new(), &mut places);
        let places: BTreeMap<String, Value> = places.into_iter().collect();
        for (at, schema) in places {
            for _ in 0..TIMES {
                let part = instance::of(&schema).new_tree(&mut runner)?.current();
                let mut changed = example.clone();
                *changed.pointer_mut(&at).ok_or("a place")? = part;
                let mut sources = Sources::new();
                let id = sources.add("spec.yaml", changed.to_string());
                if let Some(rendered) = agcgen::compile(&sources, id, &mut Findings::new())? {
                    admission.add(&rendered)?;
                }
            }
        }
    }
    admission.ask(server, [450, 450])
}
