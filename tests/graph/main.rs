//! The picture of a system: what is in it, that it stays where it is, how it looks, and what hostile names do to it. SVG is read
//! back by `roxmltree`, DOT by Graphviz where it is on `PATH`.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    missing_docs
)]

mod command;
#[path = "../environment/mod.rs"]
mod environment;
mod objects;
mod picture;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use agcgen::diagnostic::Findings;
use agcgen::facts;
use agcgen::graph::{Edge, Graph, Layer, Link, Node, dot, graph, mermaid, svg};
use agcgen::source::Sources;

const EXAMPLES: [&str; 3] = ["minimal", "cloud-native", "cloud-native-managed"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn of_spec(spec: &str) -> Graph {
    let mut sources = Sources::new();
    let id = sources.add("spec.yaml", spec);
    let mut findings = Findings::new();
    let model = agcgen::check(&sources, id, &mut findings);
    let messages: Vec<&str> = findings.iter().map(|it| it.message.as_str()).collect();
    graph(&facts::facts(
        &model.unwrap_or_else(|| panic!("{messages:?}")),
    ))
}

fn of_example(name: &str) -> Graph {
    let spec = root().join("examples").join(name).join("spec.yaml");
    of_spec(&std::fs::read_to_string(spec).unwrap())
}

/// A system of 50 workloads, each with a route; four of five connect to something. `more` is one workload more, and where in the
/// list it is written.
fn fifty(more: Option<(usize, &str, &str)>) -> String {
    let mut spec = String::from(
        "apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, suffix: 4f9c2e }
cluster: { administrators: [{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }] }
resources:
  files: { kind: storage, containers: [images] }
  vault: { kind: keyVault, secrets: [api-key] }
  sql: { kind: sql, databases: [orders] }
workloads:
",
    );
    let mut workload = |name: &str, connection: &str| {
        _ = writeln!(
            spec,
            "  {name}: {{ image: ghcr.io/example/web:1.0.3, port: 8080, health: /healthz, client: dotnet, \
             connections: {connection} }}"
        );
    };
    for number in 0..=50 {
        if let Some((at, name, connection)) = more
            && at == number
        {
            workload(name, connection);
        }
        if number == 50 {
            break;
        }
        let connection = match number % 5 {
            0 => "{ files: read }".to_owned(),
            1 => "{ vault: read }".to_owned(),
            2 => "{ sql: write }".to_owned(),
            3 => "{ files: write, vault: read }".to_owned(),
            _ => format!("{{ w-{}: call }}", number - 1),
        };
        workload(&format!("w-{number}"), &connection);
    }
    spec.push_str("routes:\n");
    for number in 0..50 {
        _ = writeln!(spec, "  r-{number}: {{ path: /{number}, to: w-{number} }}");
    }
    spec
}

/// Each box: the word for its layer, all that it says, where it is.
fn places(spec: &str) -> Vec<(String, String, picture::Area)> {
    let read = picture::read(&svg(&of_spec(spec)));
    let boxes = read.boxes.into_iter();
    boxes.map(|it| (it.layer, it.title, it.area)).collect()
}

#[test]
fn minimal_is_what_its_spec_says() {
    let graph = of_example("minimal");
    let node = |layer, name: &str, detail: &str| Node {
        layer,
        name: name.to_owned(),
        detail: detail.to_owned(),
    };
    assert_eq!(
        graph.nodes,
        [
            node(Layer::Clients, "clients", ""),
            node(Layer::Frontends, "main", ""),
            node(Layer::Gateways, "hello-gateway", "every host"),
            node(Layer::Routes, "web", "/"),
            node(Layer::Workloads, "web", "2 pods"),
            node(Layer::Identities, "id-hello-web", ""),
            node(Layer::Resources, "stfiles6f75wethji", "storage account"),
        ]
    );
    let edge = |from, to, link, label: &str| Edge {
        from,
        to,
        link,
        label: label.to_owned(),
    };
    assert_eq!(
        graph.edges,
        [
            edge(0, 1, Link::Request, "HTTP 80"),
            edge(1, 2, Link::Request, ""),
            edge(2, 3, Link::Request, ""),
            edge(3, 4, Link::Request, ""),
            edge(4, 5, Link::ActsAs, ""),
            edge(5, 6, Link::Right, "Storage Blob Data Reader on images"),
        ]
    );
    assert_eq!(graph.cluster, "aks-hello, namespace hello");
}

#[test]
fn minimal_in_mermaid() {
    assert_eq!(
        mermaid(&of_example("minimal")),
        r#"flowchart LR
  client0(["clients"])
  frontend0["AGC frontend main"]
  subgraph cluster["aks-hello, namespace hello"]
    gateway0["Gateway hello-gateway, every host"]
    route0{{"web, /"}}
    workload0["web, 2 pods"]
  end
  identity0(["id-hello-web"])
  resource0[("stfiles6f75wethji, storage account")]
  client0 -->|"HTTP 80"| frontend0
  frontend0 --> gateway0
  gateway0 --> route0
  route0 --> workload0
  workload0 -.-|"acts as"| identity0
  identity0 -->|"Storage Blob Data Reader on images"| resource0
"#
    );
}

#[test]
fn the_pictures_of_the_examples_are_those_that_somebody_looked_at() {
    for name in EXAMPLES {
        let kept = root().join(format!("tests/graph/{name}.svg"));
        let drawn = svg(&of_example(name));
        if environment::is_updating() {
            std::fs::write(&kept, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&kept).unwrap_or_default();
        assert!(
            kept == drawn,
            "tests/graph/{name}.svg: UPDATE_SNAPSHOTS=1 cargo test --test graph draws it anew; look at it"
        );
    }
}

#[test]
fn the_svg_has_every_node_and_every_edge() {
    let read = picture::read(&svg(&of_example("minimal")));
    let boxes: Vec<(&str, &str)> = read
        .boxes
        .iter()
        .map(|it| (it.layer.as_str(), it.title.as_str()))
        .collect();
    assert_eq!(
        boxes,
        [
            ("client", "clients"),
            ("frontend", "AGC frontend main"),
            ("gateway", "Gateway hello-gateway, every host"),
            ("route", "web, /"),
            ("workload", "web, 2 pods"),
            ("identity", "id-hello-web"),
            ("resource", "stfiles6f75wethji, storage account"),
        ]
    );
    let lines: Vec<&str> = read.lines.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(
        lines,
        [
            "clients to main: HTTP 80",
            "main to hello-gateway",
            "hello-gateway to web",
            "web to web",
            "web acts as id-hello-web",
            "id-hello-web may reach stfiles6f75wethji: Storage Blob Data Reader on images",
        ]
    );
    assert_eq!(read.title, "Who reaches what in aks-hello, namespace hello");
    assert_eq!(
        read.description,
        "From left to right: clients, 1 frontend, 1 gateway, 1 route, 1 workload, 1 identity, 1 resource. Lines go from who asks \
         to who is asked."
    );
    // Each line begins at the right side of one box and ends at the left side of another, in its height.
    for (line, ends) in read.lines.iter().zip(read.boxes.windows(2)) {
        let (first, last) = (line.points[0], line.points[line.points.len() - 1]);
        let (from, to) = (ends[0].area, ends[1].area);
        assert!((from.x + from.width - first.0).abs() < 0.1, "{line:?}");
        assert!((to.x - last.0).abs() < 0.1, "{line:?}");
        assert!(to.y < last.1 && last.1 < to.y + to.height, "{line:?}");
    }
}

#[test]
fn nothing_overlaps_and_nothing_is_outside() {
    let mut graphs: Vec<(String, Graph)> = EXAMPLES
        .map(|name| (name.to_owned(), of_example(name)))
        .into();
    graphs.push(("fifty".to_owned(), of_spec(&fifty(None))));
    graphs.push(("crowded".to_owned(), crowded()));
    graphs.push(("nothing".to_owned(), Graph::default()));
    for (name, graph) in graphs {
        let read = picture::read(&svg(&graph));
        assert_eq!(read.boxes.len(), graph.nodes.len(), "{name}");
        assert_eq!(read.lines.len(), graph.edges.len(), "{name}");
        assert_eq!(read.faults(), [] as [&str; 0], "{name}");
    }
}

/// Everything joined with everything that it may be joined with, under long names.
fn crowded() -> Graph {
    let mut graph = Graph {
        cluster: "c".repeat(400),
        ..Graph::default()
    };
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (depth, layer) in Layer::ALL.into_iter().enumerate() {
        let mut nodes = Vec::new();
        for number in 0..=depth.min(4) {
            nodes.push(graph.nodes.len());
            graph.nodes.push(Node {
                layer,
                name: format!("{}-{number}", "W%@m".repeat(1 + 10 * number)),
                detail: if number % 2 == 0 {
                    String::new()
                } else {
                    "a path that is longer than any box is wide, ".repeat(number * 3)
                },
            });
        }
        layers.push(nodes);
    }
    for pair in layers.windows(2) {
        for from in &pair[0] {
            for to in &pair[1] {
                let link = Link::Request;
                let label =
                    "weight 10 of 100 and more words than there is room for ".repeat(to % 3);
                graph.edges.push(Edge {
                    from: *from,
                    to: *to,
                    link,
                    label,
                });
            }
        }
    }
    for from in &layers[4] {
        for to in &layers[4] {
            graph.edges.push(Edge {
                from: *from,
                to: *to,
                link: Link::Call,
                label: String::new(),
            });
        }
    }
    graph
}

/// The reader sees what would be wrong: else the test above could not fail.
#[test]
fn a_bad_picture_has_faults() {
    let svg = |boxes: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100" viewBox="0 0 300 100">{boxes}</svg>"#
        )
    };
    let one = r#"<g class="route"><title>one</title><rect class="box" x="10" y="10" width="50" height="20"/>
        <text class="name" x="12" y="25">much too long</text></g>"#;
    let two = r#"<g class="route"><title>two</title><rect class="box" x="50" y="20" width="270" height="20"/></g>"#;
    let line = r#"<g><title>line</title><path class="line c1" d="M5 15L100 15L100 90"/>
        <text class="says" x="40" y="28">a</text></g>"#;
    let faults = picture::read(&svg(&[one, two, line].concat())).faults();
    for fault in [
        "one and two overlap",
        "`much too long` leaves its box",
        "two is outside",
        "`line` runs through one",
        "`line` runs through two",
        "`a` is over one",
    ] {
        assert!(
            faults.iter().any(|it| it.starts_with(fault)),
            "{fault}: {faults:?}"
        );
    }
}

#[test]
fn a_workload_more_moves_nothing_else() {
    let before = places(&fifty(None));
    assert_eq!(before.len(), 3 + 50 + 50 + 40 + 3);
    for (at, name, connections) in [
        (50, "later", "{ files: read, vault: read, sql: write }"),
        (25, "mid", "{ files: read, w-3: call }"),
        (0, "first", "{}"),
    ] {
        let after = places(&fifty(Some((at, name, connections))));
        let added = if connections == "{}" { 1 } else { 2 };
        assert_eq!(after.len(), before.len() + added, "{name}");
        // Those that were there stand where they stood, to the pixel.
        let moved = before.iter().filter(|old| !after.contains(old));
        let moved: Vec<&str> = moved.map(|old| old.1.as_str()).collect();
        assert_eq!(moved, [] as [&str; 0], "{name}: of {}", before.len());
        // And in the order in which they were.
        let order = |places: &[(String, String, picture::Area)]| {
            let mut workloads: Vec<(f64, String)> = places
                .iter()
                .filter(|it| it.0 == "workload" && !it.1.starts_with(name))
                .map(|it| (it.2.y, it.1.clone()))
                .collect();
            workloads.sort_by(|one, other| one.0.total_cmp(&other.0));
            workloads.into_iter().map(|it| it.1).collect::<Vec<_>>()
        };
        assert_eq!(order(&after), order(&before), "{name}");
        assert_eq!(order(&after).len(), 50, "{name}");
    }
}

/// What is longer than all others makes its column wider: then what is right of it moves to the right, and nothing moves down.
#[test]
fn a_long_name_moves_nothing_down() {
    let name = "a-workload-with-a-rather-long-name";
    let (before, after) = (
        places(&fifty(None)),
        places(&fifty(Some((25, name, "{ files: read }")))),
    );
    let mut to_the_right = 0;
    for (layer, title, old) in &before {
        let new = after.iter().find(|it| (&it.0, &it.1) == (layer, title));
        let (_, _, new) = new.unwrap();
        assert!((new.y - old.y).abs() < 0.1, "{title}");
        let is_before = matches!(layer.as_str(), "client" | "frontend" | "gateway" | "route");
        let shift = new.x - old.x;
        assert!(
            shift == 0.0 || shift > 0.0 && !is_before && layer != "workload",
            "{title}"
        );
        to_the_right += usize::from(shift > 0.0);
    }
    assert_eq!(to_the_right, 40 + 3);
}

/// Names that some reader takes for something else, and how each is shown.
const HOSTILE: &[(&str, &str)] = &[
    ("<b>&amp;\"'", "<b>&amp;\"'"),
    ("]]>", "]]>"),
    (
        "</title></g><script>alert(1)</script>",
        "</title></g><script>alert(1)</script>",
    ),
    ("<!--", "<!--"),
    ("&#x41;&lt;", "&#x41;&lt;"),
    ("a\\", "a\\"),
    ("\\N\\G\\l", "\\N\\G\\l"),
    ("\"]; x [label=\"", "\"]; x [label=\""),
    ("<<b>html</b>>", "<<b>html</b>>"),
    ("a\nb", "a b"),
    ("a\0b", "a\u{fffd}b"),
    ("\u{202e}abc", "\u{fffd}abc"),
    ("\u{fffe}", "\u{fffd}"),
    ("\u{1b}[31m", "\u{fffd}[31m"),
    ("größe 中文 😀", "größe 中文 😀"),
    ("%%{init: {}}%%", "%%{init: {}}%%"),
    ("${x} `y` $(z)", "${x} `y` $(z)"),
];

/// A picture in which every text is that text.
fn hostile(text: &str) -> Graph {
    let mut graph = Graph {
        cluster: text.to_owned(),
        ..Graph::default()
    };
    for layer in Layer::ALL {
        graph.nodes.push(Node {
            layer,
            name: text.to_owned(),
            detail: text.to_owned(),
        });
    }
    for from in 0..6 {
        graph.edges.push(Edge {
            from,
            to: from + 1,
            link: if from == 5 {
                Link::Right
            } else {
                Link::Request
            },
            label: text.to_owned(),
        });
    }
    graph
}

#[test]
fn hostile_names_are_texts_in_svg() {
    for (text, shown) in HOSTILE {
        let read = picture::read(&svg(&hostile(text)));
        assert_eq!(read.title, format!("Who reaches what in {shown}"));
        let titles: Vec<&str> = read.boxes.iter().map(|it| it.title.as_str()).collect();
        let plain = format!("{shown}, {shown}");
        let frontend = format!("AGC frontend {shown}, {shown}");
        let gateway = format!("Gateway {shown}, {shown}");
        assert_eq!(
            titles,
            [&plain, &frontend, &gateway, &plain, &plain, &plain, &plain],
            "{text:?}"
        );
        let lines: Vec<&str> = read.lines.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(lines.len(), 6, "{text:?}");
        assert_eq!(lines[0], format!("{shown} to {shown}: {shown}"));
        assert_eq!(lines[5], format!("{shown} may reach {shown}: {shown}"));
    }
}

#[test]
fn a_text_that_does_not_fit_is_cut_and_told_whole() {
    let read = picture::read(&svg(&hostile(&"long ".repeat(200))));
    let whole = format!("{0}, {0}", "long ".repeat(200));
    assert_eq!(read.boxes[0].title, whole);
    let (name, _) = &read.boxes[0].texts[0];
    assert!(
        name.starts_with("long long") && name.ends_with("long") && name.contains('…'),
        "{name}"
    );
    assert_eq!(read.faults(), [] as [&str; 0]);
}

/// Says that a reader is missing, past the test harness, which hides the output of tests that pass. With `CI` set nothing may be
/// missing.
fn not_checked(what: &str, why: &str) {
    assert!(!environment::in_ci(), "NOT CHECKED: {what}, because {why}");
    std::io::stderr()
        .write_all(format!("NOT CHECKED: {what}, because {why}\n").as_bytes())
        .unwrap();
}

/// What Graphviz makes of a text: SVG, or lines of words (`plain`).
fn drawn_by_graphviz(text: &str, format: &str) -> Option<String> {
    let dot = std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("dot"))
        .find(|path| Path::is_file(path))?;
    let mut child = Command::new(dot)
        .arg(format!("-T{format}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{text}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn graphviz_shows_every_node_and_hostile_names_as_they_are() {
    for (text, shown) in HOSTILE {
        let graph = hostile(text);
        let Some(drawn) = drawn_by_graphviz(&dot(&graph), "svg") else {
            return not_checked("DOT", "there is no `dot` on PATH");
        };
        let options = roxmltree::ParsingOptions {
            allow_dtd: true,
            ..roxmltree::ParsingOptions::default()
        };
        let document = roxmltree::Document::parse_with_options(&drawn, options).unwrap();
        let of = |class: &str| {
            let groups = document.descendants();
            let groups = groups.filter(|it| it.attribute("class") == Some(class));
            let texts = groups.map(|group| {
                let texts = group.descendants();
                let texts = texts.filter(|it| it.tag_name().name() == "text");
                texts.filter_map(|it| it.text()).collect::<String>()
            });
            // Graphviz writes a blank so that no reader folds it.
            texts
                .map(|text| text.replace('\u{a0}', " "))
                .collect::<Vec<_>>()
        };
        let mut nodes = of("node");
        nodes.sort();
        let mut expected = vec![format!("{shown}, {shown}"); 5];
        expected.push(format!("AGC frontend {shown}, {shown}"));
        expected.push(format!("Gateway {shown}, {shown}"));
        expected.sort();
        assert_eq!(nodes, expected, "{text:?}");
        assert_eq!(of("edge"), vec![(*shown).to_owned(); 6], "{text:?}");
        assert_eq!(of("cluster"), vec![(*shown).to_owned()], "{text:?}");
    }
}

/// A layer that is skipped, a workload without a route and a resource that nothing leads to stand in their columns, too.
#[test]
fn graphviz_draws_each_layer_as_a_column_from_left_to_right() {
    let layers = [
        Layer::Clients,
        Layer::Frontends,
        Layer::Routes,
        Layer::Routes,
        Layer::Workloads,
        Layer::Workloads,
        Layer::Workloads,
        Layer::Identities,
        Layer::Resources,
        Layer::Resources,
    ];
    let nodes = layers.iter().enumerate().map(|(position, layer)| Node {
        layer: *layer,
        name: position.to_string(),
        detail: "detail".to_owned(),
    });
    let edge = |(from, to, link)| Edge {
        from,
        to,
        label: "label".to_owned(),
        link,
    };
    let edges = [
        (0, 1, Link::Request),
        (1, 2, Link::Request),
        (1, 3, Link::Request),
        (2, 4, Link::Request),
        (3, 4, Link::Request),
        (4, 5, Link::Call),
        (5, 6, Link::Call),
        (6, 7, Link::ActsAs),
        (7, 8, Link::Right),
    ];
    let graph = Graph {
        nodes: nodes.collect(),
        edges: edges.into_iter().map(edge).collect(),
        cluster: "cluster".to_owned(),
    };
    let Some(drawn) = drawn_by_graphviz(&dot(&graph), "plain") else {
        return not_checked("columns of DOT", "there is no `dot` on PATH");
    };
    // `node <id> <x> <y> <width> <height> <label> …`
    let places: Vec<(usize, f64)> = drawn
        .lines()
        .filter_map(|line| line.strip_prefix("node "))
        .map(|line| {
            let words = shlex::split(line).unwrap();
            let position = words[5].split(',').next().unwrap();
            let position = position.split(' ').next_back().unwrap();
            (position.parse().unwrap(), words[1].parse().unwrap())
        })
        .collect();
    assert_eq!(places.len(), layers.len(), "{drawn}");
    for (one, x) in &places {
        for (other, behind) in &places {
            let (one, other) = (layers[*one] as usize, layers[*other] as usize);
            let is_right = match one.cmp(&other) {
                std::cmp::Ordering::Less => behind - x > 0.5,
                std::cmp::Ordering::Equal => (behind - x).abs() < 0.01,
                std::cmp::Ordering::Greater => x - behind > 0.5,
            };
            assert!(is_right, "{one} {other}:\n{drawn}");
        }
    }
}
