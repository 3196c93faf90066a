//! What a gateway may not do with a route that is well-formed: patterns that cannot be read here, and features that Application
//! Gateway for Containers lacks.

use crate::diagnostic::Code;

use super::{Problem, rule};
use crate::source::At;
use crate::trace::notes;
use crate::trace::router::Router;

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    for gateway in &router.objects().gateways {
        for (at, feature) in notes::features_of_gateway(&gateway.spec) {
            let label = format!("Gateway {} asks for it", gateway.name);
            lacks(feature, gateway.origin, at, label, problems);
        }
    }
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
                let label = format!("rule {rule_at} of {} asks for it", route.title());
                lacks(feature, route.origin, rule(rule_at), label, problems);
            }
            for (at, backend) in one.backends.iter().enumerate() {
                let feature = notes::feature_of_backend(router.objects(), route, backend);
                let Some(feature) = feature else { continue };
                let at = rule(rule_at).key("backendRefs").index(at);
                let name = &backend.reference.name;
                let label = format!("the `appProtocol` of Service {name} asks for it");
                lacks(feature, route.origin, at, label, problems);
            }
        }
    }
}

/// That an object asks for a feature, where AGC does not have it.
fn lacks(feature: &str, origin: usize, at: At, label: String, problems: &mut Vec<Problem>) {
    let Some(why) = notes::lacking(feature) else {
        return;
    };
    problems.push(Problem {
        code: Code::AGC0615,
        origin,
        at,
        message: why,
        label,
        help: "remove it, or ask another gateway".to_owned(),
        related: None,
    });
}
