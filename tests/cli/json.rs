//! `--format json`: one document on stdout, with every field that it promises.

use serde_json::Value;

use crate::render::added;
use crate::{Folder, example};

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_finding_has_every_field() {
    let folder = Folder::new();
    folder.write(
        "spec.yaml",
        example("minimal").replace("to: web", "to: wbe"),
    );
    let ran = folder.run(&["validate", "spec.yaml", "--format", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    let document = document(&ran.stdout);
    let findings = document["findings"].as_array().unwrap();
    for finding in findings {
        let mut keys: Vec<&str> = finding
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "code", "end", "file", "fix", "help", "label", "message", "related", "severity",
                "start"
            ]
        );
    }
    let route = findings
        .iter()
        .find(|finding| finding["code"] == "AGC0201")
        .unwrap();
    assert_eq!(route["severity"], "error");
    assert_eq!(route["file"], "spec.yaml");
    let spec = folder.read("spec.yaml");
    let line = spec.lines().position(|line| line.contains("wbe")).unwrap();
    let column = spec.lines().nth(line).unwrap().find("wbe").unwrap();
    assert_eq!(route["start"]["line"], line + 1);
    assert_eq!(route["start"]["column"], column + 1);
    assert_eq!(route["end"]["column"], column + 1 + "wbe".len());
    assert_eq!(route["fix"]["replacement"], "web");
    assert_eq!(route["message"], "unknown workload `wbe`");
    for (field, part) in [("label", "workloads"), ("help", "`web`")] {
        let text = route[field].as_str().unwrap();
        assert!(text.contains(part), "{field}: {text}");
    }
}

#[test]
fn many_findings_are_all_there_in_the_order_of_the_spec() {
    let wrong: Vec<String> = (10..35).map(|n| format!("nobody{n}")).collect();
    let routes: Vec<String> = wrong
        .iter()
        .map(|name| format!("  {name}: {{ path: /{name}, to: {name} }}\n"))
        .collect();
    let folder = Folder::new();
    let routes = format!("routes:\n{}", routes.concat());
    folder.write(
        "spec.yaml",
        example("minimal").replace("routes:\n", &routes),
    );
    let ran = folder.run(&["validate", "spec.yaml", "--format", "json"]);
    let document = document(&ran.stdout);
    let findings = document["findings"].as_array().unwrap().iter();
    let unknown: Vec<&str> = findings
        .filter(|finding| finding["code"] == "AGC0201")
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = wrong
        .iter()
        .map(|name| format!("unknown workload `{name}`"))
        .collect();
    assert_eq!(unknown, expected);
}

#[test]
fn a_finding_about_two_places_names_both() {
    let folder = Folder::new();
    folder.write(
        "spec.yaml",
        example("minimal").replace(", health: /healthz", ""),
    );
    let ran = folder.run(&["validate", "spec.yaml", "--format", "json"]);
    let document = document(&ran.stdout);
    let finding = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == "AGC0206")
        .unwrap_or_else(|| panic!("{document}"));
    assert_eq!(
        finding["help"],
        "add `health: /healthz`; without it the gateway goes by the pod's readiness probe, which only tries whether the port opens"
    );
    assert_eq!(finding["related"][0]["label"], "routed to here");
    assert_ne!(
        finding["related"][0]["start"]["line"],
        finding["start"]["line"]
    );
}

#[test]
fn render_adds_what_it_did() {
    let folder = Folder::with_minimal();
    let render = ["render", "spec.yaml", "-o", "out", "--format", "json"];
    let ran = folder.run(&render);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let first = document(&ran.stdout);
    let mut keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "changes",
            "findings",
            "leftBehind",
            "openValues",
            "outdatedKeys",
            "removedKeys"
        ]
    );
    // Every file is named, however many there are, and as often and in the order as for people.
    let changes = first["changes"].as_array().unwrap();
    let named: Vec<&str> = changes
        .iter()
        .map(|change| {
            assert_eq!(change["change"], "new");
            change["path"].as_str().unwrap()
        })
        .collect();
    let human = folder.run(&["render", "spec.yaml", "-o", "other"]);
    assert_eq!(named, added(&human.stdout));
    let out = folder.path().join("out");
    let content = folder.content();
    let written = content
        .iter()
        .filter(|(path, bytes)| path.starts_with(&out) && bytes.is_some());
    assert_eq!(named.len(), written.count());
    assert!(named.len() > 10, "{named:?}");
    let open: Vec<&str> = first["openValues"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(open.contains(&"WEB_CLIENT_ID"), "{open:?}");

    let ran = folder.run(&render);
    assert_eq!(document(&ran.stdout)["changes"], serde_json::json!([]));

    folder.write("out/k8s/routes/web.yaml", "mine: true\n");
    let check = [&render[..], &["--check"]].concat();
    let ran = folder.run(&check);
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""));
    let differences = &document(&ran.stdout)["differences"];
    assert_eq!(differences.as_array().unwrap().len(), 1);
    assert_eq!(differences[0]["path"], "k8s/routes/web.yaml");
    assert_eq!(differences[0]["state"], "handEdited");
    assert!(
        differences[0]["diff"]
            .as_str()
            .unwrap()
            .contains("-mine: true")
    );

    let ran = folder.run(&render);
    assert_eq!(ran.code, 1);
    assert_eq!(document(&ran.stdout)["refused"], *differences);
}

#[test]
fn with_files_on_stdout_the_document_goes_to_stderr() {
    let folder = Folder::with_minimal();
    let ran = folder.run(&["render", "spec.yaml", "-o", "-", "--format", "json"]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.starts_with("==> "));
    assert!(document(&ran.stderr)["findings"].is_array());
}

#[test]
fn where_it_stops_the_document_says_why() {
    let folder = Folder::new();
    for (arguments, why) in [
        (&["validate", "none.yaml"][..], "none.yaml does not exist"),
        (
            &["render", "none.yaml", "-o", "out"],
            "none.yaml does not exist",
        ),
        (&["trace", "none.yaml", "GET"], "URL"),
        (&["validate", "--strict"], "--strict"),
    ] {
        for json in [&["--format", "json"][..], &["--format=json"]] {
            let words: Vec<&str> = arguments.iter().chain(json).copied().collect();
            let ran = folder.run(&words);
            assert_eq!(ran.code, 2, "{words:?}");
            let document: Value = serde_json::from_str(&ran.stdout).unwrap();
            let told = document["stopped"].as_str().unwrap();
            assert!(told.contains(why), "{words:?}: {told}");
            assert!(ran.stderr.contains(why), "{words:?}: {}", ran.stderr);
        }
        assert_eq!(folder.run(arguments).stdout, "", "{arguments:?}");
    }
}
