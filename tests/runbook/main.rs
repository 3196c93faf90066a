//! The runbook and the facts behind it, read back by readers that are not agcgen's: bash, shellcheck, `shlex`,
//! `pulldown-cmark`.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

#[path = "../oracle/mod.rs"]
mod oracle;
#[path = "../systems/mod.rs"]
mod systems;

mod examples;
mod markdown;
mod shell;
mod truth;

use agcgen::facts::facts;
use agcgen::model::Model;
use oracle::Checks;
use systems::{CLOUD_NATIVE, SUBSCRIPTION, changed, cloud_native, system};

fn main() -> std::process::ExitCode {
    let mut checks = Checks::new();
    examples::add(&mut checks);
    markdown::add(&mut checks);
    shell::add(&mut checks);
    truth::add(&mut checks);
    checks.run()
}

/// The page of a system.
fn page(model: &Model) -> String {
    let file = agcgen::render::runbook::file(model, &facts(model)).unwrap();
    assert_eq!(file.path.as_str(), "README.md");
    file.text
}

/// The systems that every general rule is asked of.
fn systems() -> [(&'static str, Model); 4] {
    [
        ("byo", cloud_native()),
        ("managed", managed()),
        ("minimal", minimal()),
        ("existing", existing()),
    ]
}

/// The reference scenario with a managed gateway, the add-on, a subscription and no diagnostics left out.
fn managed() -> Model {
    system(&changed(
        CLOUD_NATIVE,
        &[
            (
                "suffix: 7k2f9d ",
                &format!("subscription: {SUBSCRIPTION}\n  suffix: 7k2f9d "),
            ),
            ("deployment: byo ", "deployment: managed "),
            ("controller: helm ", "controller: addon "),
            (
                "\nresources:\n",
                "\nobservability: { diagnostics: all }\nresources:\n",
            ),
        ],
    ))
}

/// One workload that connects to nothing, and a route to it.
const MINIMAL: &str = "
apiVersion: agcgen/v1
name: cloud-native
namespace: cloud-native-app
profile: dev
azure: { location: eastus, suffix: 7k2f9d, tags: { purpose: demo of it } }
cluster:
  nodes: { size: Standard_D2s_v5, count: 3 }
  cni: flat
  administrators: [{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }]
workloads:
  frontend-app:
    image: nginxinc/nginx-unprivileged:1.29
    ports: { http: { containerPort: 8080, servicePort: 80 } }
    serviceName: frontend-service
    replicas: 2
    health: /
routes:
  frontend-route: { path: /, to: frontend-app }
";

fn minimal() -> Model {
    system(MINIMAL)
}

/// A group, a workspace, a storage account and a vault that were there before; a controller that somebody else installs.
fn existing() -> Model {
    system(&changed(
        CLOUD_NATIVE,
        &[
            (
                "suffix: 7k2f9d ",
                "resourceGroup: { existing: rg-cloud-native }\n  suffix: 7k2f9d ",
            ),
            ("controller: helm ", "controller: existing "),
            (
                "\nresources:\n",
                "
observability:
  diagnostics: none
  workspace:
    existing:
      name: log-shared
      resourceGroup: rg-shared-logs
      subscription: 99999999-2222-3333-4444-555555555555
resources:
",
            ),
            (
                "kind: storage,",
                "kind: storage, existing: { name: starchive, resourceGroup: rg-archive },",
            ),
            (
                "kind: keyVault,",
                "kind: keyVault, existing: { name: kv-old },",
            ),
        ],
    ))
}
