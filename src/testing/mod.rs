//! Runs the tests of a spec: what was expected of each request, and what became of it.
//!
//! In: [`RequestTest`]s of a model, and objects; those of the same spec, or of a tree that somebody has changed. Out: a [`Report`].
//! It decides nothing about a request ([`crate::trace`] does) and prints nothing but the XML of `JUnit`.

mod compare;
mod coverage;
pub mod junit;

use serde::Serialize;

pub use coverage::{Count, Coverage, Covered};

use crate::diagnostic::Places;
use crate::model::{Model, RequestTest};
use crate::source::Sources;
use crate::trace::{self, Decision, Objects, Router, story};

/// What became of all tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// In the order of the spec.
    pub tests: Vec<Tested>,
    /// Which matches the tests hit, and which they do not.
    pub coverage: Coverage,
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tested {
    /// Its title.
    pub title: String,
    /// The line of the spec in which it begins, counted from 1.
    pub line: usize,
    /// What was asked.
    pub request: Asked,
    /// Whether everything was as expected.
    pub passed: bool,
    /// What was not as expected.
    pub failures: Vec<Failure>,
    /// What became of the request, and why; nothing where there is no such Gateway. What nearly won is told of failed tests.
    pub trace: Option<Decision>,
    /// The same as people read it, where the test failed.
    #[serde(skip)]
    pub story: String,
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Its method.
    pub method: String,
    /// Its URL.
    pub url: String,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What: the key of the spec, such as `backend`, with the name of a header behind it.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What it is.
    pub got: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            what,
            expected,
            got,
        } = self;
        write!(f, "{what}: expected {expected}, got {got}")
    }
}

impl Report {
    /// How many tests failed.
    pub fn failed(&self) -> usize {
        self.tests.iter().filter(|test| !test.passed).count()
    }

    /// That fewer of the matches were hit than so many percent.
    pub fn under(&self, percent: u8) -> String {
        format!(
            "the tests hit {}, and --fail-under wants {percent} %",
            self.coverage.matches.told("matches")
        )
    }
}

/// Asks the objects every request of the model's tests. `sources` are those that the model was made of.
pub fn run(model: &Model, sources: &Sources, objects: &Objects) -> Report {
    let router = Router::new(objects);
    let mut places = Places::new(sources);
    let tests: Vec<Tested> = model
        .tests
        .iter()
        .map(|test| {
            let (line, _) = places.line_and_column(test.origin.span);
            tested(model, &router, test, line)
        })
        .collect();
    let coverage = Coverage::of(objects, &tests);
    Report { tests, coverage }
}

fn tested(model: &Model, router: &Router<'_>, test: &RequestTest, line: usize) -> Tested {
    let namespace = &model.cluster().namespace.name;
    let gateways = &router.objects().gateways;
    let gateway = gateways.iter().position(|gateway| {
        gateway.name.name == test.request.gateway && gateway.name.namespace == *namespace
    });
    let asked = Asked {
        method: test.request.method.clone(),
        url: test.request.url.to_string(),
    };
    let request = match (gateway, request(test)) {
        (Some(_), Ok(request)) => request,
        (None, _) => {
            let failure = Failure {
                what: "gateway".to_owned(),
                expected: format!("{namespace}/{}", test.request.gateway),
                got: match gateways.as_slice() {
                    [] => "no Gateway at all".to_owned(),
                    some => {
                        let names: Vec<String> =
                            some.iter().map(|one| one.name.to_string()).collect();
                        names.join(", ")
                    }
                },
            };
            return not_asked(test, line, asked, failure);
        }
        // The resolver takes no such request.
        (Some(_), Err(problem)) => {
            let failure = Failure {
                what: "request".to_owned(),
                expected: "one that can be sent".to_owned(),
                got: problem.to_string(),
            };
            return not_asked(test, line, asked, failure);
        }
    };
    let mut decision = router.decide(&request, gateway);
    let failures = compare::failures(model, &test.expected, &decision);
    let passed = failures.is_empty();
    let mut told = String::new();
    if !passed {
        // What nearly won is worth the time only to whoever wonders.
        decision = router.trace(&request, gateway);
        told = story(&request, &decision);
    }
    Tested {
        title: test.title.clone(),
        line,
        request: asked,
        passed,
        failures,
        story: told,
        trace: Some(decision),
    }
}

fn not_asked(test: &RequestTest, line: usize, request: Asked, failure: Failure) -> Tested {
    Tested {
        title: test.title.clone(),
        line,
        story: format!("{} {}\n", request.method, request.url),
        request,
        passed: false,
        failures: vec![failure],
        trace: None,
    }
}

/// The request as the engine takes it.
fn request(test: &RequestTest) -> Result<trace::Request, trace::BadRequest> {
    let ours = &test.request;
    let mut request = trace::Request::new(&ours.method, &ours.url.to_string())?;
    for (name, value) in &ours.headers {
        request.push_header(name, value);
    }
    request.client_certificate = ours.client_certificate;
    Ok(request)
}
