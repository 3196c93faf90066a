//! Systems as models, made from specs by the resolver: what the passes behind it are tested with.
//!
//! In go texts of specs, the examples among them; out come models. Nothing here writes a model by hand. What no spec can
//! say (hostile text, combinations that the resolver would refuse) a test changes in the model that it got.

#![allow(
    dead_code,
    clippy::panic,
    reason = "each test program includes this module and uses a part of it; a test fails where it panics"
)]

use agcgen::diagnostic::{Findings, short};
use agcgen::model::Model;
use agcgen::source::Sources;

/// The reference scenario: Bicep owns the traffic controller, Helm installs the ALB Controller.
pub(crate) const CLOUD_NATIVE: &str = include_str!("../../examples/cloud-native/spec.yaml");
/// The same, where the add-on of AKS makes the traffic controller, on an overlay network.
pub(crate) const CLOUD_NATIVE_MANAGED: &str =
    include_str!("../../examples/cloud-native-managed/spec.yaml");
/// One workload that reads blobs.
pub(crate) const MINIMAL: &str = include_str!("../../examples/minimal/spec.yaml");
/// One workload that connects to nothing, and nothing else: profile prod, overlay, byo, Helm.
pub(crate) const PLAIN: &str = "
apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, suffix: 4f9c2e }
cluster: { administrators: [{ objectId: 00000000-0000-0000-0000-000000000000, type: Group }] }
workloads:
  web: { image: ghcr.io/example/app:1.0.3 }
";

/// The subscription of systems that name one.
pub(crate) const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";

/// A system in which every name that people choose is as long as the language takes.
pub(crate) fn longest() -> String {
    let long = |first: char, length: usize| -> String {
        std::iter::once(first)
            .chain("-long-name".chars().cycle())
            .take(length - 1)
            .chain(['z'])
            .collect()
    };
    let (web, api, files, vault, sql) = (
        long('w', 40),
        long('a', 40),
        long('f', 40),
        long('v', 40),
        long('s', 40),
    );
    format!(
        "
apiVersion: agcgen/v1
name: {name}
namespace: {namespace}
azure: {{ location: westeurope, suffix: zzzzzz, resourceGroup: {{ name: {group} }} }}
network: {{ subnets: {{ nodes: {{ azureName: {nodes} }}, gateway: {{ azureName: {gateway} }} }} }}
cluster: {{ administrators: [{{ objectId: 00000000-0000-0000-0000-000000000000, type: Group }}] }}
gateway: {{ controller: {{ install: helm, namespace: {controller} }} }}
observability: {{ diagnostics: all, workspace: {{ azureName: {workspace} }} }}
resources:
  {files}: {{ kind: storage, containers: [{child}] }}
  {vault}: {{ kind: keyVault, secrets: {{ {child}: {{}}, other: {{ azureName: {secret} }} }} }}
  {sql}: {{ kind: sql, databases: {{ {child}: {{}}, other: {{ azureName: {database} }} }} }}
workloads:
  {web}:
    image: ghcr.io/example/web:1.0.3
    port: 8080
    health: /healthz
    serviceName: {service}
    connections:
      {files}/{child}: read
      {vault}/{child}: {{ access: read, name: {connection} }}
      {sql}/{child}: write
      {api}: call
  {api}:
    image: ghcr.io/example/api:1.0.3
    port: 8080
    health: /healthz
    connections: {{ {files}: {{ access: own, via: direct }} }}
routes:
  {route}: {{ path: /, to: {web} }}
",
        name = long('n', 24),
        namespace = long('m', 63),
        group = long('g', 74),
        nodes = long('n', 76),
        gateway = long('g', 76),
        controller = long('c', 63),
        workspace = long('w', 63),
        child = long('c', 40),
        secret = long('s', 127),
        database = long('d', 128),
        service = long('x', 63),
        connection = long('c', 60).replace('-', "_"),
        route = long('r', 40),
    )
}

/// The model of a spec that is called `spec.yaml`.
#[track_caller]
pub(crate) fn system(spec: &str) -> Model {
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", spec);
    let mut found = Findings::new();
    match agcgen::check(&sources, id, &mut found) {
        Some(model) => model,
        None => panic!("{}\nof\n{spec}", short(&sources, &found)),
    }
}

/// A spec in which each of these texts, which must stand there once, is another one.
#[track_caller]
pub(crate) fn changed(spec: &str, changes: &[(&str, &str)]) -> String {
    let mut text = spec.to_owned();
    for (old, new) in changes {
        assert_eq!(text.matches(old).count(), 1, "{old:?} in\n{text}");
        text = text.replace(old, new);
    }
    text
}

/// The example `cloud-native`.
pub(crate) fn cloud_native() -> Model {
    system(CLOUD_NATIVE)
}

/// The example `cloud-native-managed`.
pub(crate) fn cloud_native_managed() -> Model {
    system(CLOUD_NATIVE_MANAGED)
}

/// The example `minimal`, which leaves its suffix to a hash, with one.
pub(crate) fn minimal() -> Model {
    system(&minimal_with(&[]))
}

/// The spec of `minimal` with these changes.
#[track_caller]
pub(crate) fn minimal_with(changes: &[(&str, &str)]) -> String {
    let spec = changed(
        MINIMAL,
        &[(
            "location: westeurope",
            "location: westeurope, suffix: 4f9c2e",
        )],
    );
    changed(&spec, changes)
}
