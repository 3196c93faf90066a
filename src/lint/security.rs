//! Who may do what, and what is open.

use crate::catalog::images;
use crate::diagnostic::{Code, Findings};
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
            if administrator
                .object_id
                .chars()
                .all(|c| matches!(c, '0' | '-'))
            {
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
        if let Some((repository, instead)) = images::START_AS_ROOT
            .iter()
            .find(|(repository, _)| is_official(&workload.image, repository))
        {
            found
                .report(
                    Code::AGC0504,
                    workload.origin.span,
                    format!("`{repository}` starts as root, which `restricted` forbids: the pod of `{}` would not start", workload.name),
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

/// Whether an image is Docker's official one of that name.
fn is_official(image: &str, repository: &str) -> bool {
    let name = image.split(['@']).next().unwrap_or_default();
    let name = name
        .strip_prefix("docker.io/")
        .unwrap_or(name)
        .strip_prefix("library/")
        .unwrap_or_else(|| name.strip_prefix("docker.io/").unwrap_or(name));
    name.split(':').next() == Some(repository)
}

#[cfg(test)]
mod tests {
    use super::is_official;

    #[test]
    fn official_images_are_known_by_every_name() {
        for image in [
            "nginx:1.29",
            "library/nginx:1",
            "docker.io/nginx:1",
            "docker.io/library/nginx@sha256:aa",
        ] {
            assert!(is_official(image, "nginx"), "{image}");
        }
        for image in [
            "nginxinc/nginx-unprivileged:1.29",
            "ghcr.io/x/nginx:1",
            "nginx-x:1",
        ] {
            assert!(!is_official(image, "nginx"), "{image}");
        }
    }
}
