//! Every short form is exactly one long form: both make the same model.

use super::{check, spec};

/// Compares two specs by the models they become; origins differ, so they are taken out of the text.
fn same(short: &str, long: &str) {
    let [short, long] = [short, long].map(|rest| {
        let checked = check(&spec(rest));
        let model = checked
            .model
            .unwrap_or_else(|| panic!("{rest}\n{:?}", checked.found));
        let text = format!("{model:#?}");
        let mut out = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.trim_end().ends_with("origin: Origin {") {
                let depth = line.len() - line.trim_start().len();
                for inner in lines.by_ref() {
                    if inner.len() - inner.trim_start().len() == depth {
                        break;
                    }
                }
                continue;
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    });
    assert_eq!(short, long);
    assert!(
        short.contains("shop"),
        "the comparison has something to compare"
    );
}

#[test]
fn a_scalar_stands_for_the_main_field() {
    same(
        "workloads: { web: { image: 'a:1', port: 8080, health: /x } }",
        "workloads: { web: { image: 'a:1', ports: { http: 8080 }, health: { path: /x } } }",
    );
    same(
        "workloads: { web: { image: 'a:1', ports: { http: 8080 } } }",
        "workloads: { web: { image: 'a:1', ports: { http: { containerPort: 8080 } } } }",
    );
    same(
        "workloads: { web: { image: 'a:1', port: 1, health: / } }\nroutes: { r: { path: /a, to: web } }",
        "workloads: { web: { image: 'a:1', port: 1, health: / } }\nroutes: { r: { path: { prefix: /a }, to: { web: {} } } }",
    );
    same(
        "network: { addressSpace: 10.0.0.0/16, subnets: { nodes: 10.0.0.0/20 } }\nworkloads: { web: { image: 'a:1' } }",
        "network: { addressSpace: [10.0.0.0/16], subnets: { nodes: { cidr: 10.0.0.0/20 } } }\nworkloads: { web: { image: 'a:1' } }",
    );
    same(
        "gateway: { controller: addon }\nworkloads: { web: { image: 'a:1' } }",
        "gateway: { controller: { install: addon } }\nworkloads: { web: { image: 'a:1' } }",
    );
    same(
        "observability: { workspace: { existing: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs } }\nworkloads: { web: { image: 'a:1' } }",
        "observability: { workspace: { existing: { id: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs } } }\nworkloads: { web: { image: 'a:1' } }",
    );
}

#[test]
fn a_word_or_a_list_of_words_stands_for_an_access() {
    for form in [
        "write",
        "[write]",
        "{ access: write }",
        "{ access: [write] }",
        "[read, write]",
    ] {
        same(
            &format!(
                "resources: {{ f: {{ kind: storage, containers: [img] }} }}\nworkloads: {{ web: {{ image: 'a:1', connections: {{ f: {form} }} }} }}"
            ),
            "resources: { f: { kind: storage, containers: { img: {} } } }\nworkloads: { web: { image: 'a:1', connections: { f/img: { access: [write] } } } }",
        );
    }
}

#[test]
fn a_list_of_names_stands_for_a_map_and_a_number_for_its_digits() {
    same(
        "resources: { v: { kind: keyVault, secrets: [a, b] } }\nworkloads: { web: { image: 'a:1', env: { N: 50 } } }",
        "resources: { v: { kind: keyVault, secrets: { a: {}, b: {} } } }\nworkloads: { web: { image: 'a:1', env: { N: \"50\" } } }",
    );
    same(
        "workloads: { web: { image: 'a:1', limits: { cpu: 2 } } }",
        "workloads: { web: { image: 'a:1', limits: { cpu: \"2\" } } }",
    );
}

#[test]
fn notes_are_ignored_everywhere() {
    same(
        "x-note: [1, { a: b }]\nworkloads: { x-old: 3, web: { x-why: because, image: 'a:1', requests: { x-c: 1, cpu: 200m } } }",
        "workloads: { web: { image: 'a:1', requests: { cpu: 200m } } }",
    );
}

#[test]
fn a_tag_that_begins_with_x_is_a_tag() {
    let text = spec("workloads: { web: { image: 'a:1' } }")
        .replace("suffix: 7k2f9d", "suffix: 7k2f9d, tags: { x-cost: '7' }");
    let model = check(&text).model.expect("a spec");
    assert_eq!(model.azure.tags, [("x-cost".to_owned(), "7".to_owned())]);
    // So it is checked like any other.
    assert_eq!(check(&text.replace("'7'", "[7]")).codes(), ["AGC0012"]);
}
