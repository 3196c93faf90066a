//! `agcgen test`.

use std::fmt::Write as _;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Format;
use super::console::{Console, typed};
use super::exit::{Exit, Failure, unwritable};
use super::inputs::Inputs;
use super::report::{self, number_of};
use crate::diagnostic::{self, Findings};
use crate::model::Model;
use crate::source::Sources;
use crate::testing::{self, Report, Tested, junit::junit};

/// Run the tests of a spec: what becomes of each request, without a cluster.
///
/// A test stands under `tests` in the spec: a request, and the backend, status, redirect, path or headers that are expected of
/// it. A rendered folder and manifests hold no tests: `--tests` names the spec that does, so that CI can ask whether a tree
/// that somebody has changed still does what the spec wants.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen test spec.yaml
  agcgen test spec.yaml --fail-under 100          every match of every route is hit by a test
  agcgen test spec.yaml --junit tests.xml         for build servers
  agcgen test out --tests spec.yaml               the tests of the spec, asked of what was rendered
  kubectl kustomize k8s | agcgen test - --tests spec.yaml

The report goes to stdout; with --format json it is one document, and with --format short one line a test.
Ends with 0 if every test passed; with 1 if one failed, or fewer matches were hit than --fail-under wants, or the spec has errors, or a file is no YAML.")]
pub(super) struct Test {
    /// A spec, whose tests are asked of what it means; or, with `--tests`, a rendered folder, or files and folders of
    /// manifests (`-` for standard input).
    #[arg(required = true, value_name = "SPEC|FILES|DIR")]
    inputs: Vec<String>,
    /// The spec whose tests are run.
    #[arg(long, value_name = "SPEC")]
    tests: Option<String>,
    /// Also write the report as XML for build servers, that of `JUnit`.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Fail if the tests hit fewer of the routes' matches, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    fail_under: Option<u8>,
}

/// The spec that the tests are of.
struct Spec {
    sources: Sources,
    findings: Findings,
    model: Option<Model>,
}

impl Test {
    pub(super) fn run(&self, console: &mut Console, format: Format) -> Result<Exit, Failure> {
        self.check_streams()?;
        let spec = self.tests.as_deref().map(Spec::read).transpose()?;
        let inputs = ManuallyDrop::new(Inputs::read(&self.inputs)?);
        let Some(objects) = inputs.reported(console, format) else {
            let document = report::document(&inputs.sources, &inputs.findings);
            return report::refused(console, format, document);
        };
        let model = match &spec {
            Some(Spec {
                model: None,
                sources,
                findings,
            }) => {
                report::findings(console, format, sources, findings);
                return report::refused(console, format, report::document(sources, findings));
            }
            Some(spec) => spec.model.as_ref(),
            None => inputs.model.as_ref(),
        };
        let model = model.ok_or_else(|| self.no_tests())?;
        if model.tests.is_empty() {
            inputs.have_something(&self.inputs)?;
        }
        let sources = spec.as_ref().map_or(&inputs.sources, |spec| &spec.sources);
        let first = model.tests.first();
        let file = first.map_or(&model.spec_file, |test| {
            &sources.get(test.origin.span.source).name
        });
        // The process ends soon: nothing is gained by freeing what was made piece by piece.
        let report = ManuallyDrop::new(testing::run(model, sources, objects));
        if let Some(path) = &self.junit {
            let text = junit(&report, file, self.fail_under);
            write(path, &text)?;
        }
        let is_under = self
            .fail_under
            .filter(|percent| report.coverage.matches.is_under(*percent));
        match format {
            Format::Human => console.data(&human(&report, file))?,
            Format::Short => console.data(&short(&report, file))?,
            Format::Json => {
                let mut document = inputs.document();
                document.insert("failed".to_owned(), json!(report.failed()));
                document.insert("failUnder".to_owned(), json!(self.fail_under));
                let is_met = self.fail_under.map(|_| is_under.is_none());
                document.insert("failUnderMet".to_owned(), json!(is_met));
                if let Value::Object(report) = json!(*report) {
                    document.extend(report);
                }
                console.data(&diagnostic::json::text(document))?;
            }
        }
        if format != Format::Json && report.tests.is_empty() {
            console.line(&format!(
                "{file} has no tests: write them under `tests`; `agcgen explain tests` shows how"
            ));
        }
        if let Some(percent) = is_under {
            console.line(&report.under(percent));
        }
        Ok(if report.failed() > 0 || is_under.is_some() {
            Exit::Refused
        } else {
            Exit::Success
        })
    }

    fn check_streams(&self) -> Result<(), Failure> {
        let paths = self.inputs.iter().chain(&self.tests);
        if paths.filter(|path| *path == "-").count() > 1 {
            return Err(Failure::Stopped(
                "Standard input can be read only once.\nName a file in the place of one `-`."
                    .to_owned(),
            ));
        }
        if self.junit.as_deref() == Some(Path::new("-")) {
            return Err(Failure::Stopped(
                "stdout has the report for people.\nName a file after --junit, such as tests.xml."
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn no_tests(&self) -> Failure {
        let inputs: Vec<String> = self.inputs.iter().map(typed).collect();
        Failure::Stopped(format!(
            "A rendered folder and manifests hold no tests.\nName the spec that has them: agcgen test {} --tests spec.yaml",
            inputs.join(" ")
        ))
    }
}

impl Spec {
    fn read(path: &str) -> Result<Self, Failure> {
        let (sources, id) = report::read_spec(path)?;
        let mut findings = Findings::new();
        let model = crate::check(&sources, id, &mut findings);
        Ok(Self {
            sources,
            findings,
            model,
        })
    }
}

/// Writes a file that the user has named.
#[allow(
    clippy::disallowed_methods,
    reason = "a report is no output of a render, and the command line does IO"
)]
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| unwritable(path, &error))
}

/// Every test with what was wrong and how the request went, and what no test hits.
///
/// Writing to a String cannot fail, so the results of `write!` say nothing.
fn human(report: &Report, file: &str) -> String {
    let mut out = String::new();
    for test in &report.tests {
        if test.passed {
            _ = writeln!(out, "ok    {}", test.title);
            continue;
        }
        _ = writeln!(out, "FAIL  {} ({file}:{})", test.title, test.line);
        for failure in &test.failures {
            _ = writeln!(out, "      {failure}");
        }
        for line in test.story.lines() {
            _ = writeln!(out, "        {line}");
        }
    }
    if !report.tests.is_empty() {
        out.push('\n');
    }
    _ = writeln!(out, "{}", summary(report));
    for missed in report.coverage.missed() {
        _ = writeln!(out, "  not hit  {missed}");
    }
    out
}

/// One line a test.
fn short(report: &Report, file: &str) -> String {
    let line = |test: &Tested| {
        if test.passed {
            return format!("ok {}\n", test.title);
        }
        let failures: Vec<String> = test.failures.iter().map(ToString::to_string).collect();
        format!(
            "FAIL {} ({file}:{}): {}\n",
            test.title,
            test.line,
            failures.join("; ")
        )
    };
    let lines: String = report.tests.iter().map(line).collect();
    format!("{lines}{}\n", summary(report))
}

fn summary(report: &Report) -> String {
    format!(
        "{}, {} failed; hit: {}, {}",
        number_of(report.tests.len(), "test"),
        report.failed(),
        report.coverage.matches.told("matches"),
        report.coverage.rules.told("rules")
    )
}
