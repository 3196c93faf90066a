//! Limits: what is counted is what is written, the last that is taken gives nothing, and the first beyond is named.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

mod systems;

use agcgen::catalog::limits;
use agcgen::diagnostic::Findings;
use agcgen::model::Model;
use agcgen::render::infra::size;
use agcgen::source::Sources;
use systems::{PLAIN, cloud_native, cloud_native_managed, longest, system};

/// Written down apart from the catalogue, so that a slip there is seen: outputs, frontends and federated credentials are so
/// few today that no spec meets their limit.
#[test]
fn the_limits_are_these() {
    let limits = [
        (limits::TEMPLATE_RESOURCES, 800),
        (limits::TEMPLATE_PARAMETERS, 256),
        (limits::TEMPLATE_OUTPUTS, 64),
        (limits::TEMPLATE_BYTES, 4_194_304),
        (limits::IDENTITY_CREDENTIALS, 20),
        (limits::GATEWAY_FRONTENDS, 5),
        (limits::GATEWAY_ROUTES, 200),
        (limits::GATEWAY_SERVICES, 100),
        (limits::GATEWAY_ENDPOINTS, 5000),
    ];
    for (limit, most) in limits {
        assert_eq!(limit.most, most, "{}", limit.of);
    }
}

/// `tests/infra_matrix` shows the same and more to the Bicep compiler; this is what can be read without it.
#[test]
fn main_has_as_many_modules_parameters_and_outputs_as_counted() {
    let mut seen = 0;
    for model in [
        cloud_native(),
        cloud_native_managed(),
        system(&longest()),
        system(PLAIN),
    ] {
        let files = agcgen::render::infra::files(&model).unwrap();
        let main = files
            .iter()
            .find(|file| file.path.as_str() == "infra/main.bicep")
            .unwrap();
        let lines = |word: &str| {
            let lines = main.text.lines().filter(|line| line.starts_with(word));
            u64::try_from(lines.count()).unwrap()
        };
        let nested = size::nested(&model);
        let own: u64 = nested.iter().map(|part| part.parameters).sum();
        let counted = u64::try_from(nested.len()).unwrap();
        assert_eq!(lines("module "), counted, "{}", model.name);
        assert_eq!(lines("param "), size::parameters(&model) + own);
        assert_eq!(lines("output "), size::outputs(&model));
        seen += counted;
    }
    assert!(seen >= 35, "{seen} modules");
}

/// Findings of the family, each with the text that it points at and its message.
fn beyond(rest: &str) -> (Vec<String>, Option<Model>) {
    let text = format!(
        "
apiVersion: agcgen/v1
name: shop
azure: {{ location: westeurope, suffix: 7k2f9d }}
{rest}"
    );
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", &text);
    let mut found = Findings::new();
    let model = agcgen::check(&sources, id, &mut found);
    let limits = ["AGC0902", "AGC0903", "AGC0904"];
    let findings = found
        .iter()
        .filter(|finding| limits.contains(&finding.code.name()))
        .map(|finding| {
            let place = &text[finding.place.span.range()];
            format!("{} {place}: {}", finding.code, finding.message)
        })
        .collect();
    (findings, model)
}

const ADMINISTRATOR: &str = "cluster: { administrators: [{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }] }\n";

fn many(count: u32, line: impl Fn(u32) -> String) -> String {
    (1..=count).map(|n| line(n) + "\n").collect()
}

#[track_caller]
fn last_and_first(limit: u32, spec: impl Fn(u32) -> String, finding: &str) {
    let (findings, _) = beyond(&spec(limit));
    assert!(findings.is_empty(), "{limit}: {findings:?}");
    let (findings, model) = beyond(&spec(limit + 1));
    assert_eq!(findings, [finding]);
    assert_eq!(model.is_none(), finding.starts_with("AGC0902"));
}

fn workload(name: &str) -> String {
    format!("  {name}: {{ image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz }}")
}

#[test]
fn routes_of_a_gateway() {
    let spec = |count| {
        format!(
            "{ADMINISTRATOR}workloads:\n{}\nroutes:\n{}",
            workload("web"),
            many(count, |n| format!("  r-{n}: {{ path: /{n}, to: web }}"))
        )
    };
    last_and_first(
        200,
        spec,
        "AGC0904 r-201: the gateway would have 201 routes",
    );
}

#[test]
fn services_of_a_gateway() {
    let spec = |count| {
        format!(
            "{ADMINISTRATOR}workloads:\n{}routes:\n{}  again: {{ path: /again, to: w-1 }}\n",
            many(count, |n| workload(&format!("w-{n}"))),
            many(count, |n| format!("  r-{n}: {{ path: /{n}, to: w-{n} }}"))
        )
    };
    last_and_first(
        100,
        spec,
        "AGC0904 r-101: the gateway would have 101 Services",
    );
}

/// Pods of a Service count once, whatever leads there; pods that no route leads to do not count.
#[test]
fn endpoints_of_a_gateway() {
    let of = |name: &str, replicas: u32| {
        format!(
            "  {name}: {{ image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz, replicas: {replicas} }}\n"
        )
    };
    let spec = |count: u32| {
        format!(
            "{ADMINISTRATOR}workloads:\n{}{}{}routes:\n{}  again: {{ path: /again, to: w-1 }}\n  half: {{ path: /half, to: half }}\n  last: {{ path: /last, to: last }}\n",
            many(4, |n| of(&format!("w-{n}"), 1000).trim_end().to_owned()),
            of("half", 500) + &of("last", count - 4500),
            of("unrouted", 1000),
            many(4, |n| format!("  r-{n}: {{ path: /{n}, to: w-{n} }}"))
        )
    };
    last_and_first(
        5000,
        spec,
        "AGC0904 last: the gateway would have 5001 endpoints",
    );
}

#[test]
fn parameters_of_a_deployment() {
    let spec = |count| {
        format!(
            "{ADMINISTRATOR}resources:\n  vault:\n    kind: keyVault\n    secrets:\n{}workloads:\n{}\n",
            many(count, |n| format!("      s-{n}: {{}}")),
            workload("web")
        )
    };
    last_and_first(
        247,
        spec,
        "AGC0902 vault: one deployment would have 257 parameters",
    );
}

#[test]
fn resources_of_a_deployment() {
    // Six modules of the platform, two a server. So many are too large as well, at 16,610 bytes each and 68,300 before.
    let spec = |count| {
        format!(
            "{ADMINISTRATOR}resources:\n{}workloads:\n{}\n",
            many(count, |n| format!(
                "  s-{n}: {{ kind: sql, databases: [a] }}"
            )),
            workload("web")
        )
    };
    let found = |count| beyond(&spec(count)).0;
    let large = "AGC0903 s-249: the template would have about";
    let [only] = &found(397)[..] else {
        panic!("{:?}", found(397));
    };
    assert!(only.starts_with(large), "{only}");
    let [first, second] = &found(398)[..] else {
        panic!("{:?}", found(398));
    };
    assert_eq!(
        first,
        "AGC0902 s-398: one deployment would have 802 resources"
    );
    assert!(second.starts_with(large), "{second}");
}

#[test]
fn resources_of_a_nested_deployment() {
    let containers = |count| {
        format!(
            "{ADMINISTRATOR}resources:\n  files:\n    kind: storage\n    containers:\n{}workloads:\n{}\n",
            many(count, |n| format!("      box-{n}: {{}}")),
            workload("web")
        )
    };
    last_and_first(
        797,
        containers,
        "AGC0902 files: the deployment of `files` would have 801 resources",
    );
}
