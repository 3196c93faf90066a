//! What holds whatever the system.

use std::env;
use std::io::{self, Write as _};

use agcgen::trace::{Answer, Decision, Router};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::naive::{Told, told};
use super::systems::{self, Asked, System};
use super::{decided, objects, request};

/// How many requests are asked about each system.
const REQUESTS: usize = 25;

/// How many cases each law is tried with: `AGCGEN_TRACE_CASES`, or 10,000.
fn cases() -> usize {
    match env::var("AGCGEN_TRACE_CASES") {
        Ok(text) => text.parse().expect("AGCGEN_TRACE_CASES is a number"),
        Err(_) => 10_000,
    }
}

fn rng() -> TestRng {
    TestRng::deterministic_rng(RngAlgorithm::ChaCha)
}

/// A decision in the words of the naive matcher.
fn in_short(decision: &Decision) -> Told {
    let Some(route) = &decision.route else {
        return match decision.answer.status {
            Some(404) => Told::NotFound,
            None => Told::Nobody,
            other => panic!("{other:?} without a route"),
        };
    };
    Told::Rule {
        route: format!("{}/{}", route.namespace, route.name),
        rule: route.rule,
        shares: decision
            .answer
            .backends
            .iter()
            .map(|backend| (backend.share.weight, backend.status.is_none()))
            .collect(),
    }
}

#[test]
fn the_naive_matcher_agrees() {
    let (mut rng, wanted) = (rng(), cases());
    let (mut tried, mut hits, mut refused) = (0, 0, 0);
    while tried < wanted {
        let system = systems::system(&mut rng);
        let objects = objects(&system.manifests());
        let router = Router::new(&objects);
        for _ in 0..REQUESTS {
            let asked = systems::asked(&mut rng);
            let request = request(&asked);
            let decision = router.decide(&request, None);
            let expected = told(&system, &asked);
            assert_eq!(in_short(&decision), expected, "{asked:?}\n{system:#?}");
            tried += 1;
            if let Told::Rule { shares, .. } = &expected {
                hits += 1;
                let weights: u64 = shares.iter().map(|(weight, _)| weight).sum();
                let all_refused = shares.iter().all(|(_, is_there)| !is_there);
                assert_eq!(
                    decision.answer.status == Some(500),
                    weights == 0 || all_refused
                );
                refused += usize::from(shares.iter().any(|(_, is_there)| !is_there));
            }
            // What is told beside the answer changes nothing of it.
            let traced = router.trace(&request, None);
            assert_eq!(
                (traced.answer, traced.route),
                (decision.answer, decision.route)
            );
        }
    }
    _ = writeln!(
        io::stdout(),
        "naive matcher: {tried} requests, {hits} taken by a rule, {refused} with a refused backend"
    );
    assert!(
        hits * 6 > tried && refused * 20 > tried,
        "{hits} of {tried}, {refused}"
    );
}

/// What a client gets, and by which route; its rules may have been counted anew.
fn by(decision: Decision) -> (Answer, Option<String>) {
    let name = decision
        .route
        .map(|route| format!("{}/{}", route.namespace, route.name));
    (decision.answer, name)
}

fn each_system(mut law: impl FnMut(&mut TestRng, &System, &[Asked])) {
    let mut rng = rng();
    let systems = cases() / REQUESTS;
    for _ in 0..systems {
        let system = systems::system(&mut rng);
        let asked: Vec<Asked> = (0..REQUESTS).map(|_| systems::asked(&mut rng)).collect();
        law(&mut rng, &system, &asked);
    }
    _ = writeln!(io::stdout(), "{} requests", systems * REQUESTS);
    assert!(systems > 0);
}

/// Manifests are a set: the order of documents and files says nothing.
#[test]
fn the_order_of_objects_never_matters() {
    each_system(|rng, system, asked| {
        let manifests = system.manifests();
        let mut shuffled = manifests.clone();
        for at in (1..shuffled.len()).rev() {
            let other = usize::try_from(rng.next_u64() % (at as u64 + 1)).unwrap();
            shuffled.swap(at, other);
        }
        assert_eq!(
            decided(&manifests, asked),
            decided(&shuffled, asked),
            "{asked:?}\n{system:#?}"
        );
    });
}

/// Both systems answer the same, by the same routes.
fn same(one: &System, two: &System, asked: &[Asked]) {
    let told = |system: &System| -> Vec<_> {
        decided(&system.manifests(), asked)
            .into_iter()
            .map(by)
            .collect()
    };
    assert_eq!(told(one), told(two), "{asked:?}\n{one:#?}");
}

/// Nor does the order of listeners, of which no two are alike.
#[test]
fn the_order_of_listeners_never_matters() {
    each_system(|_, system, asked| {
        let mut turned = system.clone();
        turned.listeners.reverse();
        same(system, &turned, asked);
    });
}

/// A route of a host that nobody asks for changes nothing, however old it is.
#[test]
fn a_route_that_cannot_match_changes_nothing() {
    each_system(|_, system, asked| {
        let mut more = system.clone();
        let mut never = system.routes[0].clone();
        "a-never".clone_into(&mut never.name);
        never.created = Some("2000-01-01T00:00:00Z".to_owned());
        never.hosts = vec!["never.example.com"];
        more.routes.insert(0, never);
        same(system, &more, asked);
    });
}

/// A route in two objects, whose names come one after the other, is the route.
#[test]
fn a_route_may_be_two_objects() {
    let mut split = 0;
    each_system(|_, system, asked| {
        let mut halves = system.clone();
        halves.routes.clear();
        for route in &system.routes {
            let middle = route.rules.len() / 2;
            let (mut one, mut two) = (route.clone(), route.clone());
            one.name += "-1";
            two.name += "-2";
            one.rules.truncate(middle);
            two.rules.drain(..middle);
            split += usize::from(middle > 0);
            halves
                .routes
                .extend([one, two].into_iter().filter(|half| !half.rules.is_empty()));
        }
        let expected = decided(&system.manifests(), asked).into_iter().map(by);
        let told = decided(&halves.manifests(), asked).into_iter().map(by);
        let told = told.map(|(answer, route)| {
            let whole = |name: String| name[..name.len() - "-1".len()].to_owned();
            (answer, route.map(whole))
        });
        assert!(expected.eq(told), "{asked:?}\n{system:#?}");
    });
    assert!(split > 100, "{split}");
}
