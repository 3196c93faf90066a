//! Who may do what, and what is open.

use crate::catalog::images;
use crate::diagnostic::{Code, Findings};
use crate::image::{self, Image};
use crate::model::{Model, PodSecurity};

/// Judges administrators, images and the listener.
pub(super) fn lint(model: &Model, found: &mut Findings) {
    for cluster in &model.clusters {
        if cluster.administrators.is_empty() {
            found
                .report(Code::AGC0409, cluster.origin.span, "nobody will be able to use the cluster")
                .label("no `administrators`, and local accounts are off")
                .help("add `cluster.administrators` with the object id of a group: people, and the pipeline that deploys");
        }
        for administrator in &cluster.administrators {
            if administrator.is_placeholder() {
                found
                    .report(Code::AGC0410, administrator.origin.span, "this administrator is a placeholder")
                    .label("an object id of zeros is nobody's")
                    .help("put your group's here: `az ad group show --group <name> --query id -o tsv`");
            }
        }
    }
    for workload in &model.workloads {
        if workload.pod_security != PodSecurity::Restricted {
            continue;
        }
        let Some(image) = image::parse(&workload.image) else {
            continue;
        };
        if let Some((reason, instead)) = refused_when_restricted(&image) {
            found
                .report(
                    Code::AGC0504,
                    workload.origin.span,
                    format!("{reason}: the pod of `{}` would not start", workload.name),
                )
                .label(format!("its image is {}", workload.image))
                .help(format!("set `podSecurity: baseline`, or use {instead}"));
        }
    }
    if let Some(route) = model.routes.first() {
        found
            .report(
                Code::AGC0207,
                route.origin.span,
                "everything that clients send is readable on its way",
            )
            .label("routes answer on port 80, without TLS")
            .help("use it for trials; certificates come with a later version of agcgen");
    }
}

/// Why the kubelet refuses an image under `restricted`, and what to use instead; `None` where nothing speaks against it.
fn refused_when_restricted(image: &Image<'_>) -> Option<(String, &'static str)> {
    let root = images::START_AS_ROOT
        .iter()
        .find(|(name, _)| image.is_official(name))
        .map(|(name, instead)| {
            let reason = format!("`{name}` starts as root, which `restricted` forbids");
            (reason, *instead)
        });
    root.or_else(|| {
        let name = images::NAME_THEIR_USER
            .iter()
            .find(|name| image.is_official(name))?;
        let reason = format!("`{name}` gives its user by name, and `restricted` wants a number");
        Some((reason, images::OWN))
    })
}
