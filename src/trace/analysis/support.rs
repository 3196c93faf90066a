//! What a gateway may not do with a route that is well-formed: patterns that cannot be read here, and features that Application
//! Gateway for Containers lacks.

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::trace::notes;
use crate::trace::router::Router;

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    for route in &router.objects().routes {
        for (rule_at, one) in route.rules.iter().enumerate() {
            for (match_at, one) in one.matches.iter().enumerate() {
                for pattern in one.patterns() {
                    let Some(why) = pattern.fault() else { continue };
                    problems.push(Problem {
                        code: Code::AGC0613,
                        origin: route.origin,
                        at: rule(rule_at).key("matches").index(match_at),
                        message: format!("the pattern {} cannot be read", pattern.text()),
                        label: why.to_owned(),
                        help: "write it as RE2 takes it".to_owned(),
                        related: None,
                    });
                }
            }
            for feature in notes::features(route, one) {
                let Some(why) = notes::lacking(feature) else {
                    continue;
                };
                problems.push(Problem {
                    code: Code::AGC0615,
                    origin: route.origin,
                    at: rule(rule_at),
                    message: why,
                    label: format!("rule {rule_at} of {} asks for it", route.title()),
                    help: "remove it, or ask another gateway".to_owned(),
                    related: None,
                });
            }
        }
    }
}
