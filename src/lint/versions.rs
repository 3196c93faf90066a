//! Versions that must go together.

use crate::catalog::{controller as facts, kubernetes, nodes};
use crate::diagnostic::{Code, Findings};
use crate::model::{Cluster, CniMode, Controller, Model};

/// Judges the versions of Kubernetes and the ALB Controller, and the size of the nodes.
pub(super) fn lint(model: &Model, found: &mut Findings) {
    for cluster in &model.clusters {
        kubernetes(cluster, found);
        controller(cluster, found);
        if nodes::is_too_small(&cluster.nodes.size) {
            found
                .report(
                    Code::AGC0514,
                    cluster.nodes.origin.span,
                    format!("AKS takes no nodes of the size {}", cluster.nodes.size),
                )
                .label("one core")
                .help(format!(
                    "choose a size with {} cores or more, such as {}",
                    nodes::LEAST_CORES,
                    nodes::DEFAULT_SIZE
                ));
        } else if !nodes::is_known(&cluster.nodes.size) {
            found
                .report(
                    Code::AGC0511,
                    cluster.nodes.origin.span,
                    format!("agcgen does not know the node size {}", cluster.nodes.size),
                )
                .label("`nodes.size`")
                .help(format!(
                    "check it with `az vm list-skus --size {}`; if Azure knows it, all is well",
                    cluster.nodes.size
                ));
        }
    }
}

fn kubernetes(cluster: &Cluster, found: &mut Findings) {
    let mut needed = (kubernetes::LEAST_VERSION, "the manifests need".to_owned());
    if let Controller::Helm { version, .. } = &cluster.gateway.controller
        && let Some(row) = patch(version).and_then(facts::requirement)
        && row.kubernetes > needed.0
    {
        needed = (row.kubernetes, format!("ALB Controller {version} needs"));
    }
    let ((major, least), who) = needed;
    if minor(&cluster.kubernetes_version).is_some_and(|version| version < (major, least)) {
        found
            .report(
                Code::AGC0901,
                cluster.kubernetes_version_origin.span,
                format!("{who} Kubernetes {major}.{least}"),
            )
            .label(format!("the cluster has {}", cluster.kubernetes_version))
            .help(format!(
                "set `cluster.kubernetesVersion: \"{major}.{least}\"` or newer"
            ));
    }
}

fn controller(cluster: &Cluster, found: &mut Findings) {
    let span = cluster.gateway.origin.span;
    match &cluster.gateway.controller {
        Controller::Helm { version, .. } => {
            let Some(row) = patch(version).and_then(facts::requirement) else {
                found
                    .report(
                        Code::AGC0901,
                        span,
                        format!("ALB Controller {version} is too old"),
                    )
                    .label(format!("older than {}", dotted(facts::oldest())))
                    .help(format!("use {}", facts::DEFAULT_VERSION));
                return;
            };
            if !row.overlay && matches!(cluster.cni.mode, CniMode::Overlay { .. }) {
                found
                    .report(
                        Code::AGC0901,
                        span,
                        format!("ALB Controller {version} does not know overlay networks"),
                    )
                    .label("the controller")
                    .related(cluster.origin.span, "the network is an overlay")
                    .help(format!(
                        "use {} or newer, or `cni: flat`",
                        dotted(facts::oldest_for_overlay())
                    ));
            }
        }
        Controller::Addon | Controller::Existing => {}
    }
}

fn minor(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn dotted((major, minor, patch): (u32, u32, u32)) -> String {
    format!("{major}.{minor}.{patch}")
}

fn patch(version: &str) -> Option<(u32, u32, u32)> {
    let mut parts = version.split('.').map(str::parse);
    Some((
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    ))
}
