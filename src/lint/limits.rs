//! Whether Azure takes as much at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::limits::{self, Limit};
use crate::diagnostic::{Code, Findings};
use crate::model::Model;
use crate::render::infra::size;
use crate::source::Span;

const SPLIT: &str =
    "split the system into two specs; what both use, the second one names with `existing`";

const FEWER_SERVICES: &str = "let one Service answer for several paths, or divide the system into two specs with a gateway each";

/// Judges how large the deployment is, and how much stands behind the gateway.
pub(super) fn lint(model: &Model, found: &mut Findings) {
    deployment(model, found);
    gateway(model, found);
}

fn deployment(model: &Model, found: &mut Findings) {
    let nested = size::nested(model);
    let start = model.cluster().origin.span;
    let own = [(start, size::parameters(model))];
    let parameters = nested.iter().map(|part| (part.span, part.parameters));
    let resources = nested.iter().map(|part| (part.span, 1));
    for (limit, beyond, help) in [
        (
            limits::TEMPLATE_PARAMETERS,
            first_beyond(
                limits::TEMPLATE_PARAMETERS,
                own.into_iter().chain(parameters),
            ),
            "each secret is one: keep some of them in a vault that is there already (`existing`)",
        ),
        (
            limits::TEMPLATE_RESOURCES,
            first_beyond(limits::TEMPLATE_RESOURCES, resources),
            SPLIT,
        ),
        (
            limits::TEMPLATE_OUTPUTS,
            first_beyond(limits::TEMPLATE_OUTPUTS, [(start, size::outputs(model))]),
            SPLIT,
        ),
    ] {
        if let Some((span, count)) = beyond {
            let message = format!("one deployment would have {count} {}", limit.of);
            found
                .report(Code::AGC0902, span, message)
                .label(format!(
                    "from here on more than the {} that Azure takes",
                    limit.most
                ))
                .help(help);
        }
    }
    for part in &nested {
        let limit = limits::TEMPLATE_RESOURCES;
        if part.resources > limit.most {
            let message = format!(
                "the deployment of {} would have {} {}",
                part.title, part.resources, limit.of
            );
            found
                .report(Code::AGC0902, part.span, message)
                .label(format!("Azure takes {}", limit.most))
                .help("divide it into two");
        }
    }
    let bytes = nested.iter().map(|part| (part.span, part.bytes));
    if let Some((span, count)) = first_beyond(limits::TEMPLATE_BYTES, bytes) {
        let tenths = count.saturating_mul(10).div_ceil(1024 * 1024);
        found
            .report(
                Code::AGC0903,
                span,
                format!(
                    "the template would have about {}.{} MB",
                    tenths / 10,
                    tenths % 10
                ),
            )
            .label("from here on more than the 4 MB that Azure takes")
            .help(SPLIT);
    }
}

fn gateway(model: &Model, found: &mut Findings) {
    let replicas: BTreeMap<&str, u32> = model
        .workloads
        .iter()
        .map(|workload| (workload.name.as_str(), workload.replicas))
        .collect();
    let mut seen = BTreeSet::new();
    // Each Service that is routed to, once, with its pods.
    let services: Vec<(Span, u64)> = model
        .routes
        .iter()
        .flat_map(|route| route.backends.iter().map(move |backend| (route, backend)))
        .filter(|(_, backend)| seen.insert(backend.service.as_str()))
        .map(|(route, backend)| {
            let pods = replicas.get(backend.workload.as_str());
            (route.origin.span, pods.copied().unwrap_or_default().into())
        })
        .collect();
    let once = services.iter().map(|(span, _)| (*span, 1));
    let routes = || model.routes.iter().map(|route| (route.origin.span, 1));
    let gateway = &model.cluster().gateway;
    let frontends = gateway.frontends.iter().map(|_| (gateway.origin.span, 1));
    for (limit, beyond, help) in [
        (
            limits::GATEWAY_ROUTES,
            first_beyond(limits::GATEWAY_ROUTES, routes()),
            FEWER_SERVICES,
        ),
        (
            limits::GATEWAY_SERVICES,
            first_beyond(limits::GATEWAY_SERVICES, once),
            FEWER_SERVICES,
        ),
        (
            limits::GATEWAY_ENDPOINTS,
            first_beyond(limits::GATEWAY_ENDPOINTS, services.iter().copied()),
            "let fewer `replicas` answer, or divide the system into two specs with a gateway each",
        ),
        (
            limits::GATEWAY_FRONTENDS,
            first_beyond(limits::GATEWAY_FRONTENDS, frontends),
            FEWER_SERVICES,
        ),
    ] {
        if let Some((span, count)) = beyond {
            let message = format!("the gateway would have {count} {}", limit.of);
            found
                .report(Code::AGC0904, span, message)
                .label(format!(
                    "from here on more than the {} that are supported",
                    limit.most
                ))
                .help(help);
        }
    }
}

/// Where the limit is passed, and how much there is in all.
fn first_beyond(limit: Limit, parts: impl IntoIterator<Item = (Span, u64)>) -> Option<(Span, u64)> {
    let mut total: u64 = 0;
    let mut first = None;
    for (span, count) in parts {
        total = total.saturating_add(count);
        if total > limit.most && first.is_none() {
            first = Some(span);
        }
    }
    first.map(|span| (span, total))
}
