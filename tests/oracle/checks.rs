//! The run of a test program: in go named checks with the oracles they need, out come libtest's lines, the oracles'
//! table on standard error, and the exit code.
//!
//! It knows no particular oracle.

use std::fmt::Display;
use std::io::Write as _;
use std::num::NonZero;
use std::process::ExitCode;
use std::thread::available_parallelism;

use libtest_mimic::{Arguments, Completion, Trial};

use super::environment::in_ci;
use super::finding::{NotChecked, Oracle, find};
use super::ledger;

pub(crate) use libtest_mimic::Failed;

/// One oracle, or a tuple of them, that a check cannot do without.
pub(crate) trait Needs: 'static {
    /// What the check is handed.
    type Handles: 'static;

    /// Every oracle, or the first reason why one is missing. All of them are looked for, so that the table names each.
    fn find_all() -> Result<Self::Handles, NotChecked>;

    /// Their names.
    fn names() -> Vec<&'static str>;
}

impl<O: Oracle> Needs for O {
    type Handles = &'static O;

    fn find_all() -> Result<Self::Handles, NotChecked> {
        find::<O>()
    }

    fn names() -> Vec<&'static str> {
        vec![O::NAME]
    }
}

impl<A: Oracle, B: Oracle> Needs for (A, B) {
    type Handles = (&'static A, &'static B);

    fn find_all() -> Result<Self::Handles, NotChecked> {
        let (first, second) = (find::<A>(), find::<B>());
        Ok((first?, second?))
    }

    fn names() -> Vec<&'static str> {
        vec![A::NAME, B::NAME]
    }
}

impl<A: Oracle, B: Oracle, C: Oracle> Needs for (A, B, C) {
    type Handles = (&'static A, &'static B, &'static C);

    fn find_all() -> Result<Self::Handles, NotChecked> {
        let (first, second, third) = (find::<A>(), find::<B>(), find::<C>());
        Ok((first?, second?, third?))
    }

    fn names() -> Vec<&'static str> {
        vec![A::NAME, B::NAME, C::NAME]
    }
}

/// The checks of one test program.
#[derive(Default)]
pub(crate) struct Checks {
    trials: Vec<Trial>,
}

impl Checks {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A check that needs no oracle.
    pub(crate) fn plain(
        &mut self,
        name: impl Into<String>,
        check: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) {
        self.trials.push(Trial::test(name, check));
    }

    /// A check that asks oracles: `needing::<Bicep>(…)`, `needing::<(Bicep, ResourceTypes)>(…)`.
    ///
    /// Where one is missing the check fails with `CI` set, and is else ignored with its reason. A check that passes
    /// without having asked each of them something fails: it has shown nothing.
    pub(crate) fn needing<N: Needs>(
        &mut self,
        name: impl Into<String>,
        check: impl FnOnce(N::Handles) -> Result<(), Failed> + Send + 'static,
    ) {
        self.trials.push(Trial::ignorable_test(name, move || {
            let handles = match N::find_all() {
                Ok(handles) => handles,
                Err(reason) if in_ci() => {
                    return Err(Failed::from(format!("NOT CHECKED, because {reason}")));
                }
                Err(reason) => {
                    return Ok(Completion::ignored_with(format!(
                        "NOT CHECKED, because {reason}"
                    )));
                }
            };
            ledger::begin_check();
            check(handles)?;
            match N::names().iter().find(|name| !ledger::was_asked(name)) {
                Some(name) => Err(Failed::from(format!("this check asked {name} nothing"))),
                None => Ok(Completion::Completed),
            }
        }));
    }

    /// Runs them as libtest would (filters, `--list`, threads), then prints the table once.
    pub(crate) fn run(self) -> ExitCode {
        self.run_with(&Arguments::from_args())
    }

    /// The same of checks that wait about as much as they work: twice as many at a time as there are cores.
    pub(crate) fn run_waiting(self) -> ExitCode {
        let mut arguments = Arguments::from_args();
        let cores = available_parallelism().map_or(1, NonZero::get);
        arguments.test_threads.get_or_insert(2 * cores);
        self.run_with(&arguments)
    }

    fn run_with(self, arguments: &Arguments) -> ExitCode {
        if self.trials.is_empty() {
            say("this test program has no check: is what it reads missing?\n");
            return ExitCode::FAILURE;
        }
        let conclusion = libtest_mimic::run(arguments, self.trials);
        say(&ledger::table());
        conclusion.exit_code()
    }
}

/// Takes in functions that panic where something is wrong, each under its own name: `asserting!(checks, one, two)`, and
/// those that ask an oracle as `asserting!(checks, Bicep: one, two)`.
macro_rules! asserting {
    ($checks:expr, $oracle:ident: $($check:ident),+ $(,)?) => {
        $($checks.needing::<$oracle>(
            $crate::oracle::name_of(module_path!(), stringify!($check)),
            |oracle| {
                $check(oracle);
                Ok(())
            },
        );)+
    };
    ($checks:expr, $($check:ident),+ $(,)?) => {
        $($checks.plain($crate::oracle::name_of(module_path!(), stringify!($check)), || {
            $check();
            Ok(())
        });)+
    };
}
pub(crate) use asserting;

/// The name of a check as libtest would give it: without the test program's own.
pub(crate) fn name_of(module: &str, check: &str) -> String {
    match module.split_once("::") {
        Some((_, module)) => format!("{module}::{check}"),
        None => check.to_owned(),
    }
}

/// Passes when there is nothing to complain of; else fails with every line.
pub(crate) fn none<T: Display>(problems: impl IntoIterator<Item = T>) -> Result<(), Failed> {
    let lines: Vec<String> = problems
        .into_iter()
        .map(|problem| problem.to_string())
        .collect();
    if lines.is_empty() {
        Ok(())
    } else {
        Err(Failed::from(lines.join("\n")))
    }
}

/// Standard error is not captured by cargo. Where it is closed there is nobody to tell.
pub(crate) fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
