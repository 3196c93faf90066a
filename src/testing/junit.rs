//! A report as build servers read it: the XML of `JUnit`, as Jenkins, GitLab, GitHub's actions and Azure Pipelines take it (their
//! pages on test reports, read 2026-11).
//!
//! In: a [`Report`] and what was tested. Out: one document. It has no times: nothing was sent.

use super::{Report, Tested};
use crate::print::xml;

/// The document. `of` is what was tested, such as the file name of the spec; `wanted` is how many percent of the matches were to be
/// hit, where that was asked: one more test case, since build servers go by nothing else.
pub fn junit(report: &Report, of: &str, wanted: Option<u8>) -> String {
    let is_under = wanted.is_some_and(|percent| report.coverage.matches.is_under(percent));
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\"",
        report.tests.len() + usize::from(wanted.is_some()),
        report.failed() + usize::from(is_under)
    );
    let of = xml::text(of);
    let cases: String = report.tests.iter().map(|test| case(test, &of)).collect();
    let coverage = wanted.map_or_else(String::new, |percent| coverage(report, &of, percent));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"agcgen\" {counts}>\n\
         \x20 <testsuite name=\"{of}\" {counts}>\n\
         {cases}{coverage}\
         \x20 </testsuite>\n\
         </testsuites>\n"
    )
}

fn coverage(report: &Report, of: &str, percent: u8) -> String {
    let opening = format!("    <testcase name=\"coverage\" classname=\"{of}\" file=\"{of}\"");
    if !report.coverage.matches.is_under(percent) {
        return format!("{opening}/>\n");
    }
    let message = xml::text(&report.under(percent));
    let missed: Vec<String> = report
        .coverage
        .missed()
        .map(|missed| xml::text(&format!("not hit  {missed}")))
        .collect();
    format!(
        "{opening}>\n      <failure type=\"coverage\" message=\"{message}\">{}</failure>\n    </testcase>\n",
        missed.join("\n")
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
