//! What is wrong with routes and listeners before any request comes.
//!
//! In: a [`Router`]. Out: [`Problem`]s, each with the object and the path in it. One file a topic.

mod attachment;
mod backends;
mod redirects;
mod shadows;
mod support;

use crate::diagnostic::Code;
use crate::source::At;

use super::objects::Refused;
use super::router::Router;
use super::shape::{Excess, UNPRINTABLE};

/// Something that is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its code.
    pub code: Code,
    /// The object: the number of its tree, counted from 0 in the order read.
    pub origin: usize,
    /// Where in the object.
    pub at: At,
    /// What is wrong.
    pub message: String,
    /// Why, at the place itself.
    pub label: String,
    /// What to do.
    pub help: String,
    /// Another place that belongs to it, and what is there.
    pub related: Option<(usize, At, String)>,
}

/// Everything that is wrong with the objects of a router, in the order in which they were read.
pub fn analyse(router: &Router<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(router.objects().refused.iter().map(of_refused));
    for double in &router.objects().doubles {
        problems.push(Problem {
            code: Code::AGC0614,
            origin: double.origin,
            at: At::root(),
            message: format!("{} stands twice", double.object),
            label: "whoever applies both gets this one".to_owned(),
            help: "keep one; of kustomize or several environments, ask about what is applied: `kubectl kustomize DIR | agcgen trace -`"
                .to_owned(),
            related: Some((double.first, At::root(), "the first".to_owned())),
        });
    }
    attachment::check(router, &mut problems);
    shadows::check(router, &mut problems);
    backends::check(router, &mut problems);
    redirects::check(router, &mut problems);
    support::check(router, &mut problems);
    problems.sort_by_key(|problem| problem.origin);
    problems
}

/// What the API server refuses; most of all what goes over a limit of its schemas.
fn of_refused(refused: &Refused) -> Problem {
    let (code, label, help) = match refused.excess {
        None if refused.reason == UNPRINTABLE => (
            Code::AGC0612,
            "the API server may take it, agcgen leaves the object out".to_owned(),
            "take the character out; what else is said is said without the object",
        ),
        None => (
            Code::AGC0612,
            "the API server refuses the object".to_owned(),
            "mend it; what else is said is said without it",
        ),
        Some(Excess::Entries(most)) => (
            Code::AGC0611,
            format!("{most} at most"),
            "take some out, or take the object apart into several; what else is said is said without it",
        ),
        Some(Excess::Characters(most)) => (
            Code::AGC0611,
            format!("{most} characters at most"),
            "make it shorter; what else is said is said without the object",
        ),
    };
    Problem {
        code,
        origin: refused.origin,
        at: refused.at.clone(),
        message: format!("{}: {}", refused.object, refused.reason),
        label,
        help: help.to_owned(),
        related: None,
    }
}

/// The path of a rule.
fn rule(rule: usize) -> At {
    At::root().key("spec").key("rules").index(rule)
}
