//! The runbook and the facts behind it, read back by readers that are not agcgen's: bash, shellcheck, `shlex`,
//! `pulldown-cmark`.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

mod examples;
mod markdown;
mod shell;
mod systems;
mod truth;

use agcgen::facts::facts;
use agcgen::model::Model;

/// The page of a system.
fn page(model: &Model) -> String {
    let file = agcgen::render::runbook::file(model, &facts(model)).unwrap();
    assert_eq!(file.path.as_str(), "README.md");
    file.text
}

/// The systems that every general rule is asked of.
fn systems() -> [(&'static str, Model); 4] {
    [
        ("byo", systems::cloud_native()),
        ("managed", systems::managed()),
        ("minimal", systems::minimal()),
        ("existing", systems::existing()),
    ]
}
