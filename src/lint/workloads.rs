//! Workloads as their callers meet them.

use crate::diagnostic::{Code, Findings};
use crate::model::Model;

/// Judges the health checks of routed workloads.
pub(super) fn lint(model: &Model, found: &mut Findings) {
    for workload in &model.workloads {
        if workload.service.is_none() {
            found
                .report(
                    Code::AGC0513,
                    workload.origin.span,
                    format!("`{}` has no port, so it has no probes", workload.name),
                )
                .label("nothing can ask whether it works")
                .help("give it a `port` and `health` if it can answer; clusters that enforce the AKS deployment safeguards refuse it");
        }
        let route = model.routes.iter().find(|route| {
            route
                .backends
                .iter()
                .any(|backend| backend.workload == workload.name)
        });
        if let Some(route) = route.filter(|_| workload.health.is_none()) {
            found
                .report(
                    Code::AGC0206,
                    workload.origin.span,
                    format!("`{}` is routed to and says nothing about its health", workload.name),
                )
                .label("no `health`")
                .related(route.origin.span, "routed to here")
                .help("add `health: /healthz`; without it the gateway goes by the pod's readiness probe, which only tries whether the port opens");
        }
    }
}
