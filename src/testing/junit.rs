//! A report as build servers read it: the XML of `JUnit`, as Jenkins, GitLab, GitHub's actions and Azure Pipelines take it (their
//! pages on test reports, read 2026-11).
//!
//! In: a [`Report`] and what was tested. Out: one document. It has no times: nothing was sent.

use super::{Report, Tested};
use crate::print::xml;

/// The document. `of` is what was tested, such as the file name of the spec.
pub fn junit(report: &Report, of: &str) -> String {
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\"",
        report.tests.len(),
        report.failed()
    );
    let of = xml::text(of);
    let cases: String = report.tests.iter().map(|test| case(test, &of)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"agcgen\" {counts}>\n\
         \x20 <testsuite name=\"{of}\" {counts}>\n\
         {cases}\
         \x20 </testsuite>\n\
         </testsuites>\n"
    )
}

fn case(test: &Tested, of: &str) -> String {
    let opening = format!(
        "    <testcase name=\"{}\" classname=\"{of}\" file=\"{of}\" line=\"{}\"",
        xml::text(&test.title),
        test.line
    );
    if test.passed {
        return format!("{opening}/>\n");
    }
    let failures: Vec<String> = test.failures.iter().map(ToString::to_string).collect();
    let message = xml::text(&failures.join("; "));
    let story: Vec<String> = failures
        .iter()
        .map(String::as_str)
        .chain(test.story.lines())
        .map(xml::text)
        .collect();
    format!(
        "{opening}>\n      <failure type=\"expectation\" message=\"{message}\">{}</failure>\n    </testcase>\n",
        story.join("\n")
    )
}
