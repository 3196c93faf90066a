//! Files made to break a reader: the real binary says what is wrong with each within the processor time and memory that the
//! kernel grants it. An optimised build gets one second and 100 MB: a build for release, or the one that `AGCGEN_RELEASE`
//! names. The debug build, which is about ten times slower, gets five and 200.

#![allow(
    clippy::format_collect,
    reason = "what is slow about it is not what is measured"
)]

use crate::{Folder, Ran, example};

/// The binary that `AGCGEN_RELEASE` names.
fn release() -> Option<std::ffi::OsString> {
    std::env::var_os("AGCGEN_RELEASE").filter(|path| !path.is_empty())
}

fn is_debug() -> bool {
    release().is_none() && cfg!(debug_assertions)
}

/// The binary on spec.yaml, ended by the kernel where it takes too long or too much.
fn validate(folder: &Folder, format: &str) -> Ran {
    let (seconds, kilobytes) = if is_debug() {
        (5, 200_000)
    } else {
        (1, 100_000)
    };
    within(
        folder,
        &["validate", "spec.yaml", "--format", format],
        seconds,
        kilobytes,
    )
}

/// The binary, granted so much processor time and memory.
fn within(folder: &Folder, arguments: &[&str], seconds: u32, kilobytes: u32) -> Ran {
    let limits = format!("ulimit -t {seconds} && ulimit -v {kilobytes} && exec \"$0\" \"$@\"");
    let binary = release().unwrap_or_else(|| assert_cmd::cargo::cargo_bin!("agcgen").into());
    let output = std::process::Command::new("/bin/sh")
        .env_clear()
        .env("LC_ALL", "C")
        .current_dir(folder.path())
        .args(["-c", &limits])
        .arg(binary)
        .args(arguments)
        .output()
        .unwrap();
    Ran {
        // Without a code a signal ended it.
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// One line for each number, under the example `minimal`.
fn minimal_and(count: usize, line: impl Fn(usize) -> String) -> String {
    example("minimal") + &(0..count).map(line).collect::<String>()
}

#[cfg(target_os = "linux")]
#[test]
fn a_hostile_file_is_refused_soon_and_with_little_memory() {
    let aliases: String = ('b'..='z')
        .zip('a'..='y')
        .map(|(name, earlier)| format!("{name}: &{name} [{}]\n", format!("*{earlier}, ").repeat(9)))
        .collect();
    let indented: String = (0..2000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    let cases: &[(&str, String, &str)] = &[
        ("aliases", "a: &a [x, x]\n".to_owned() + &aliases, "AGC0003"),
        ("brackets", "[".repeat(100_000), "AGC0006"),
        ("braces", "{a: ".repeat(100_000), "AGC0006"),
        ("items", "- ".repeat(100_000), "AGC0006"),
        ("questions", "? ".repeat(100_000), "AGC0006"),
        ("indentation", indented, "AGC0006"),
        (
            "long key",
            minimal_and(1, |_| "k".repeat(1_000_000) + ": 1\n"),
            "AGC0001",
        ),
        (
            "long key without a colon",
            "k".repeat(1_000_000) + "\na: 1\n",
            "AGC0001",
        ),
        (
            "long value",
            minimal_and(1, |_| format!("namespace: {}\n", "k".repeat(1_000_000))),
            "AGC0014",
        ),
        (
            "ends of keys on one line",
            minimal_and(1, |_| format!("# {}\nnope: 1\n", ":#".repeat(1_000_000))),
            "AGC0010",
        ),
        (
            "control character",
            minimal_and(1, |_| "x-a: \"\\e[2J\"\n".to_owned()),
            "AGC0007",
        ),
        (
            "control characters",
            minimal_and(1, |_| "\u{1b}\u{7}\u{8}".repeat(100_000)),
            "AGC0001",
        ),
        (
            "control characters beyond ASCII",
            minimal_and(1, |_| "x-a: \u{9b}2J\u{80}\u{85}\n".to_owned()),
            "AGC0001",
        ),
        (
            "right to left",
            minimal_and(1, |_| "x-a: ".to_owned() + &"\u{202e}".repeat(20_000)),
            "AGC0007",
        ),
        (
            "keys",
            minimal_and(60_000, |i| format!("x-{i}: 1\n")),
            "AGC0014",
        ),
        ("line breaks", "\n".repeat(300_000), "AGC0005"),
        (
            "open braces of secrets",
            "secrets: {\n".repeat(30_000),
            "AGC0006",
        ),
    ];
    for (name, text, code) in cases {
        let folder = Folder::new();
        folder.write("spec.yaml", text);
        let ran = validate(&folder, "human");
        assert_eq!(
            ran.code,
            1,
            "{name}: {}",
            &ran.stderr[..ran.stderr.len().min(500)]
        );
        assert!(
            ran.stderr.contains(&format!("error[{code}]")),
            "{name}: {}",
            ran.stderr
        );
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!ran.stderr.contains(control), "{name}: {:?}", ran.stderr);
        assert!(
            ran.stderr.len() < 100_000,
            "{name}: {} bytes are said",
            ran.stderr.len()
        );
    }
}

/// Thousands of names beside thousands that they are nearly, or that give the same: none is held against all.
#[cfg(target_os = "linux")]
#[test]
fn many_names_that_are_nearly_right_are_told_soon() {
    const MANY: usize = 2_500;
    const HEAD: &str =
        "apiVersion: agcgen/v1\nname: shop\nazure: { location: westeurope, suffix: 7k2f9d }\n";
    let lines = |line: &dyn Fn(usize) -> String| (0..MANY).map(line).collect::<String>();
    let parts = |kind: &str| {
        let (key, names) = (
            if kind == "sql" {
                "databases"
            } else {
                "containers"
            },
            lines(&|at| format!("cc{at}x, ")),
        );
        format!("resources: {{ f: {{ kind: {kind}, {key}: [{names}] }} }}\n")
    };
    let connected = |line: &dyn Fn(usize) -> String| {
        format!(
            "workloads:\n  web:\n    image: a:1\n    connections:\n{}",
            lines(line)
        )
    };
    let workloads = |settings: &str| {
        format!(
            "workloads:\n{}",
            lines(&|at| format!("  ww{at}x: {{ {settings} }}\n"))
        )
    };
    let routes = || {
        format!(
            "routes:\n{}",
            lines(&|at| format!("  r{at}: {{ path: /{at}, to: ww{at}y }}\n"))
        )
    };
    let tests = || {
        format!(
            "tests:\n{}",
            lines(&|at| format!("  t{at}: {{ request: GET /, backend: ww{at}y, route: r{at} }}\n"))
        )
    };
    let storage = parts("storage");
    for (name, rest, code) in [
        (
            "resources",
            storage.clone() + &connected(&|at| format!("      ff/cc{at}y: read\n")),
            "AGC0401",
        ),
        (
            "parts",
            storage.clone() + &connected(&|at| format!("      f/cc{at}y: read\n")),
            "AGC0401",
        ),
        (
            "targets",
            storage.clone() + &connected(&|at| format!("      cc{at}y: read\n")),
            "AGC0401",
        ),
        (
            "parts of a whole",
            storage.clone()
                + &connected(&|at| format!("      f/cc{at}x: read\n"))
                + "      f/*: own\n",
            "AGC0415",
        ),
        (
            "databases",
            parts("sql") + &connected(&|at| format!("      f/cc{at}x: call\n")),
            "AGC0402",
        ),
        (
            "one of many",
            storage + &workloads("image: a:1, connections: { f: read }"),
            "AGC0403",
        ),
        (
            "refused workloads",
            workloads("imag: a") + &routes(),
            "AGC0201",
        ),
        (
            "workloads",
            workloads("image: a:1, port: 1") + &routes(),
            "AGC0201",
        ),
        (
            "tests",
            workloads("image: a:1, port: 1") + &tests(),
            "AGC0210",
        ),
    ] {
        let folder = Folder::new();
        folder.write("spec.yaml", HEAD.to_owned() + &rest);
        let ran = validate(&folder, "short");
        let said = &ran.stderr[..ran.stderr.len().min(500)];
        assert!((0..=1).contains(&ran.code), "{name}: {said}");
        assert!(ran.stderr.matches(code).count() >= MANY, "{name}: {said}");
        assert!(
            ran.stderr.len() < 1_000 * MANY,
            "{name}: {} bytes are said",
            ran.stderr.len()
        );
    }
}

/// Manifests of 16 MiB: what is too much is refused, else all is read. Twice a second and 140 MB of addresses are a second and 100 MB of
/// memory on a busy machine; a debug build gets a sixteenth of the file, and does not draw it.
#[cfg(target_os = "linux")]
#[test]
fn hostile_manifests_end_soon_and_with_little_memory() {
    let size = if is_debug() { 1 } else { 16 } * 1024 * 1024;
    let (seconds, kilobytes) = if is_debug() {
        (5, 200_000)
    } else {
        (2, 140_000)
    };
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n";
    let filled = |text: &str| text.repeat((size - 400) / text.len());
    let (letters, values) = (filled("a"), "a,".repeat(150_000));
    let nested: String = (0..200).map(|depth| format!("&a{depth} [")).collect();
    let lists = filled(&format!(
        r#"{{"metadata": {{"name": "{}"}}}},"#,
        "a".repeat(400)
    ));
    let no_objects = "There is no object in";
    for (name, text, told) in [
        ("comments", filled("# note\n"), no_objects),
        ("line breaks", filled("\n"), no_objects),
        ("documents", filled("---\n"), "AGC0014"),
        ("JSON documents", filled("{}"), "AGC0014"),
        ("brackets", filled("["), "AGC0006"),
        (
            "values",
            format!("{head}  x: [{}]\n", filled("a,")),
            "AGC0014",
        ),
        (
            "a long text",
            format!("{head}  x: \"{letters}\"\n"),
            "1 ConfigMap",
        ),
        (
            "a long word",
            format!(r#"{{"kind": "ConfigMap", "apiVersion": "{letters}"}}"#),
            "1 ConfigMap",
        ),
        (
            "many lines",
            format!("{head}  x:\n{}", filled("    aaaa bbbb\n")),
            "1 ConfigMap",
        ),
        (
            "a list",
            format!(r#"{{"kind":"ConfigMapList","apiVersion":"v1","items":[{lists}{{}}]}}"#),
            "ConfigMap",
        ),
        // A text that is named often, and what is kept again for each anchor around it.
        (
            "aliases of a text",
            format!(
                "x: &a \"{}\"\ny: [{}]\n",
                "a".repeat(size / 2),
                "*a,".repeat(100_000)
            ),
            "AGC0014",
        ),
        (
            "anchors in anchors",
            format!("x: {nested}{values}{}\n", "]".repeat(200)),
            "AGC0014",
        ),
    ] {
        let folder = Folder::new();
        folder.write("all.yaml", &text);
        let commands = [
            (&["trace", "all.yaml", "GET", "http://a/"][..], told),
            (&["graph", "all.yaml"], ""),
        ];
        let asked = if is_debug() { 1 } else { commands.len() };
        for (arguments, told) in commands.into_iter().take(asked) {
            let ran = within(&folder, arguments, seconds, kilobytes);
            let said = &ran.stderr[..ran.stderr.len().min(500)];
            assert!((0..=2).contains(&ran.code), "{name} {arguments:?}: {said}");
            assert!(ran.stderr.contains(told), "{name}: {said}");
        }
    }
}

#[test]
fn manifests_may_be_larger_than_a_spec() {
    const MEBIBYTE: usize = 1024 * 1024;
    let folder = Folder::new();
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n";
    let padded = |text: &str, bytes: usize| {
        let note = "#".repeat(bytes - text.len() - 1);
        format!("{text}{note}\n")
    };
    let run = |text: &str, bytes: usize| {
        folder.write("all.yaml", padded(text, bytes));
        let ran = folder.run(&["trace", "all.yaml", "GET", "http://a/"]);
        (ran.code, ran.stderr)
    };
    assert_eq!(run(service, 16 * MEBIBYTE), (0, String::new()));
    let (code, told) = run(service, 16 * MEBIBYTE + 1);
    assert_eq!(
        (code, told.as_str()),
        (
            2,
            "error: all.yaml: it is larger than 16 MiB; of manifests those about routing are enough.\n"
        )
    );
    assert_eq!(run(&example("minimal"), 4 * MEBIBYTE).0, 0);
    let (code, told) = run(&example("minimal"), 4 * MEBIBYTE + 1);
    assert_eq!(
        (code, told.as_str()),
        (
            2,
            "error: all.yaml: it is larger than 4 MiB; a spec is written by hand and stays far below that.\n"
        )
    );
    let ran = folder.run(&["graph", "all.yaml"]);
    assert_eq!((ran.code, ran.stderr), (2, told));
}

#[cfg(target_os = "linux")]
#[test]
fn of_a_file_of_50_mb_only_the_beginning_is_read() {
    let folder = Folder::new();
    folder.write("spec.yaml", "");
    let file = std::fs::File::options()
        .write(true)
        .open(folder.path().join("spec.yaml"));
    file.unwrap().set_len(50_000_000).unwrap();
    let ran = validate(&folder, "human");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("larger than 4 MiB"), "{}", ran.stderr);
}

#[test]
fn a_key_with_a_line_break_a_tab_or_a_password_stands_in_no_help() {
    let folder = Folder::new();
    let key = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    folder.write(
        "spec.yaml",
        format!("apiVersion: agcgen/v1\nworkloads: {{ \"a\\nb\": 1, \"a\\tb\": 2, {key}: 3 }}\n"),
    );
    let ran = folder.run(&["validate", "spec.yaml", "--format", "short"]);
    assert_eq!(ran.code, 1);
    let one_each = |line: &&str| line.starts_with("spec.yaml:");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines.iter().all(one_each), "{}", ran.stderr);
    let help = "(for instance `{ image: ghcr.io/example/web:1.0.3 }`)";
    let told = lines.iter().filter(|line| line.ends_with(help)).count();
    assert_eq!(told, 3, "{}", ran.stderr);
    assert!(!ran.stderr.contains(key), "{}", ran.stderr);
    let ran = folder.run(&["validate", "spec.yaml"]);
    assert!(!ran.stderr.contains('\t'), "{}", ran.stderr);
}

/// Every mistake costs about the same, however many there are, and on one line too.
#[cfg(target_os = "linux")]
#[test]
fn very_many_mistakes_are_told_soon() {
    const COUNT: usize = 5000;
    let on_one_line: String = (0..COUNT).map(|i| format!(", key{i}: 1")).collect();
    for (name, text, code) in [
        (
            "unknown keys",
            minimal_and(COUNT, |i| format!("key{i}: 1\n")),
            "AGC0010",
        ),
        (
            "one key again and again",
            "a: 1\n".repeat(COUNT + 1),
            "AGC0002",
        ),
        (
            "on one line",
            format!("{{ name: a{on_one_line} }}\n"),
            "AGC0010",
        ),
    ] {
        let folder = Folder::new();
        folder.write("spec.yaml", &text);
        for (format, place, each) in [
            ("human", "-->", format!("[{code}]")),
            ("short", "spec.yaml:", format!("[{code}]")),
            ("json", "\"start\"", format!("\"code\": \"{code}\"")),
        ] {
            // Where a mistake stands on its line matters to all; the other two differ for people alone.
            if format != "human" && name != "on one line" {
                continue;
            }
            let ran = validate(&folder, format);
            assert_eq!(ran.code, 1, "{name}, {format}");
            let said = if format == "json" {
                ran.stdout
            } else {
                ran.stderr
            };
            assert_eq!(said.matches(&each).count(), COUNT, "{name}, {format}");
            assert!(said.matches(place).count() >= COUNT, "{name}, {format}");
        }
    }
}

#[test]
fn places_on_a_very_long_line_and_far_apart_are_shown_where_they_are() {
    let folder = Folder::new();
    let notes = |word| (0..3000).map(move |i| format!(" x-{word}-{i}: 1,"));
    let (long, more): (String, String) = (notes("a").collect(), notes("b").collect());
    folder.write(
        "spec.yaml",
        format!("{{ name: shop,{long} nmaespace: a,{more} cluster: b }}\n"),
    );
    let ran = validate(&folder, "human");
    let column = "{ name: shop,".len() + long.len() + 2;
    let shown: Vec<&str> = ran
        .stderr
        .split("\n\n")
        .filter(|it| it.contains("nmaespace"))
        .collect();
    assert_eq!(shown.len(), 1, "{}", ran.stderr);
    assert!(
        shown[0].contains(&format!("--> spec.yaml:1:{column}\n")),
        "{}",
        shown[0]
    );
    let lines: Vec<&str> = shown[0].lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains("nmaespace: a,"))
        .unwrap();
    assert_eq!(
        lines[at].find("nmaespace: a"),
        lines[at + 1].find("^^^^^^^^^"),
        "{}",
        shown[0]
    );

    let note = "# A note.\n".repeat(3000);
    folder.write("spec.yaml", format!("name: shop\n{note}name: shop\n"));
    let ran = validate(&folder, "human");
    assert!(
        ran.stderr.contains("--> spec.yaml:3002:1\n"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("::: spec.yaml:1:1\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("3002 | name: shop\n"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\n   1 | name: shop\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_beyond_ten_thousand_findings_is_counted() {
    let folder = Folder::new();
    folder.write("spec.yaml", "a: 1\n".repeat(10_043));
    let ran = folder.run(&["validate", "spec.yaml", "--format", "short"]);
    assert_eq!(ran.stderr.lines().count(), 10_001);
    assert!(
        ran.stderr
            .ends_with("\n42 more are not shown: mend these first\n")
    );
    let ran = folder.run(&["validate", "spec.yaml", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["findings"].as_array().unwrap().len(), 10_000);
    assert_eq!(document["notShown"], 42);
}
