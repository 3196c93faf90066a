//! The picture as SVG: one file that needs no other, in light and dark.
//!
//! Texts are letters of the reader's own font, cut to their boxes; whoever points at one sees all of it. Screen readers get the
//! title, the description, and a title for each box and line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::layout::{Area, Layout, NAME, SMALL, Wire, layout, room, text_of};
use super::width::cut;
use super::{Edge, Graph, Layer, Link, Node};
use crate::print::xml;

/// How round lines turn.
const ROUND: i64 = 6;
/// How many colours of resources there are.
const COLOURS: usize = 6;

/// Every class says its colours for light first; for dark they are said once more.
const STYLE: &str = "\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:#1f2328}\
.name{font-size:13px;font-weight:600}\
.detail,.says,.inside{font-size:11px;fill:#59636e}\
.heading{font-size:11px;font-weight:600;letter-spacing:.06em;fill:#59636e}\
.paper{fill:#fff}\
.cluster{fill:#f6f8fa;stroke:#d1d9e0}\
.box{fill:#fff;stroke:#8c959f}\
.client .box{fill:#f6f8fa}\
.workload .box{fill:#ddf4ff;stroke:#0969da}\
.identity .box{fill:#fff8c5;stroke:#9a6700}\
.line{fill:none;stroke:#6e7781;stroke-width:1.4}\
.tip{fill:#6e7781}\
.acts{stroke:#9a6700;stroke-dasharray:2 3}.acts+.tip{fill:#9a6700}\
.call{stroke:#0969da;stroke-dasharray:6 3}.call+.tip{fill:#0969da}\
.c0{stroke:#8250df}.c0+.tip{fill:#8250df}\
.c1{stroke:#bc4c00}.c1+.tip{fill:#bc4c00}\
.c2{stroke:#1a7f37}.c2+.tip{fill:#1a7f37}\
.c3{stroke:#bf3989}.c3+.tip{fill:#bf3989}\
.c4{stroke:#0e7490}.c4+.tip{fill:#0e7490}\
.c5{stroke:#a40e26}.c5+.tip{fill:#a40e26}\
@media(prefers-color-scheme:dark){\
text{fill:#f0f6fc}\
.detail,.says,.inside,.heading{fill:#9198a1}\
.paper{fill:#0d1117}\
.cluster{fill:#151b23;stroke:#3d444d}\
.box{fill:#0d1117;stroke:#656c76}\
.client .box{fill:#151b23}\
.workload .box{fill:#12263f;stroke:#4493f8}\
.identity .box{fill:#272115;stroke:#d29922}\
.line{stroke:#9198a1}.tip{fill:#9198a1}\
.acts{stroke:#d29922}.acts+.tip{fill:#d29922}\
.call{stroke:#4493f8}.call+.tip{fill:#4493f8}\
.c0{stroke:#ab7df8}.c0+.tip{fill:#ab7df8}\
.c1{stroke:#f0883e}.c1+.tip{fill:#f0883e}\
.c2{stroke:#3fb950}.c2+.tip{fill:#3fb950}\
.c3{stroke:#db61a2}.c3+.tip{fill:#db61a2}\
.c4{stroke:#39c5cf}.c4+.tip{fill:#39c5cf}\
.c5{stroke:#ff7b72}.c5+.tip{fill:#ff7b72}\
}";

/// The picture as an SVG document.
pub fn svg(graph: &Graph) -> String {
    let layout = layout(graph);
    let mut out = String::new();
    head(graph, &layout, &mut out);
    if let Some(area) = layout.cluster {
        cluster(graph, area, &mut out);
    }
    for column in &layout.columns {
        let heading = column.layer.heading().to_uppercase();
        _ = writeln!(
            out,
            r#"<text class="heading" x="{}" y="80">{heading}</text>"#,
            column.x
        );
    }
    let titles = titles(graph);
    for wire in &layout.wires {
        if let Some(edge) = graph.edges.get(wire.edge) {
            line(graph, &titles, edge, wire, &mut out);
        }
    }
    for (position, (node, area)) in graph.nodes.iter().zip(&layout.boxes).enumerate() {
        boxed(node, *area, colour(graph, position), &mut out);
    }
    out.push_str("</svg>\n");
    out
}

/// Writing to a String cannot fail, so the results of `write!` say nothing.
fn head(graph: &Graph, layout: &Layout, out: &mut String) {
    let (width, height) = (layout.width, layout.height);
    _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"agcgen-title agcgen-description\">\n\
         <title id=\"agcgen-title\">{}</title>\n\
         <desc id=\"agcgen-description\">{}</desc>\n\
         <style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>",
        xml::text(&format!("Who reaches what in {}", graph.cluster)),
        xml::text(&format!(
            "From left to right: clients, {}. Lines go from who asks to who is asked.",
            graph.counted()
        )),
    );
}

fn cluster(graph: &Graph, area: Area, out: &mut String) {
    let text = cut(&graph.cluster, SMALL, area.width - 24);
    _ = writeln!(
        out,
        "<g><title>{}</title>\
         <rect class=\"cluster\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/>\
         <text class=\"inside\" x=\"{}\" y=\"{}\">{}</text></g>",
        xml::text(&graph.cluster),
        area.x,
        area.y,
        area.width,
        area.height,
        area.x + 12,
        area.y + 20,
        xml::text(&text),
    );
}

/// The class that colours a resource and the lines to it.
fn colour(graph: &Graph, node: usize) -> Option<usize> {
    let mut resources = graph.layer(Layer::Resources);
    let number = resources.position(|(position, _)| position == node)?;
    Some(number % COLOURS)
}

/// What the titles of lines call each node: its name, and of several of one name in a layer the detail too.
fn titles(graph: &Graph) -> Vec<String> {
    let key = |node: &Node| (node.layer, node.name.clone());
    let mut counts = BTreeMap::new();
    for node in &graph.nodes {
        *counts.entry(key(node)).or_insert(0) += 1;
    }
    let title = |node: &Node| match counts.get(&key(node)) {
        Some(2..) => node.label(),
        _ => node.name.clone(),
    };
    graph.nodes.iter().map(title).collect()
}

fn line(graph: &Graph, titles: &[String], edge: &Edge, wire: &Wire, out: &mut String) {
    let name = |position: usize| titles.get(position).map_or("", String::as_str);
    let class = match edge.link {
        Link::Request => String::new(),
        Link::ActsAs => " acts".to_owned(),
        Link::Call => " call".to_owned(),
        Link::Right => colour(graph, edge.to).map_or_else(String::new, |n| format!(" c{n}")),
    };
    let verb = match edge.link {
        Link::Request => "to",
        Link::ActsAs => "acts as",
        Link::Call => "calls",
        Link::Right => "may reach",
    };
    let mut title = format!("{} {verb} {}", name(edge.from), name(edge.to));
    if !edge.label.is_empty() {
        _ = write!(title, ": {}", edge.label);
    }
    _ = write!(
        out,
        "<g><title>{}</title><path class=\"line{class}\" d=\"{}\"/>{}",
        xml::text(&title),
        path(&wire.points),
        tip(&wire.points),
    );
    if let Some((text, (x, y))) = &wire.label {
        let text = xml::text(text);
        _ = write!(out, r#"<text class="says" x="{x}" y="{y}">{text}</text>"#);
    }
    out.push_str("</g>\n");
    debug_assert!(wire.label.is_some() || text_of(graph, edge).is_empty());
}

/// The commands of a path through points, round where it turns.
fn path(points: &[(i64, i64)]) -> String {
    let mut out = String::new();
    if let Some((x, y)) = points.first() {
        _ = write!(out, "M{x} {y}");
    }
    for three in points.windows(3) {
        let [before, turn, after] = three else {
            continue;
        };
        let (x, y) = towards(*turn, *before);
        let (to_x, to_y) = towards(*turn, *after);
        _ = write!(out, "L{x} {y}Q{} {} {to_x} {to_y}", turn.0, turn.1);
    }
    if let Some((x, y)) = points.last() {
        _ = write!(out, "L{x} {y}");
    }
    out
}

/// A point a little from one towards another, at most half of the way.
fn towards(from: (i64, i64), to: (i64, i64)) -> (i64, i64) {
    let step = |distance: i64| distance.signum() * ROUND.min(distance.abs() / 2);
    (from.0 + step(to.0 - from.0), from.1 + step(to.1 - from.1))
}

/// The arrow at the end of a line, which is always level.
fn tip(points: &[(i64, i64)]) -> String {
    let [.., before, (x, y)] = points else {
        return String::new();
    };
    let back = if before.0 < *x { x - 8 } else { x + 8 };
    format!(
        r#"<path class="tip" d="M{x} {y}L{back} {}L{back} {}Z"/>"#,
        y - 4,
        y + 4
    )
}

fn boxed(node: &Node, area: Area, colour: Option<usize>, out: &mut String) {
    let round = match node.layer {
        Layer::Clients | Layer::Identities => area.height / 2,
        _ => 6,
    };
    let colour = colour.map_or_else(String::new, |number| format!(" c{number}"));
    _ = write!(
        out,
        "<g class=\"{}\"><title>{}</title>\
         <rect class=\"box{colour}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{round}\"/>",
        node.layer.word(),
        xml::text(&node.label()),
        area.x,
        area.y,
        area.width,
        area.height,
    );
    let x = area.x + (area.width - room(area)) / 2;
    let middle = area.y + area.height / 2;
    let mut write_text = |class: &str, text: &str, size: i64, y: i64| {
        let text = xml::text(&cut(text, size, room(area)));
        _ = write!(
            out,
            r#"<text class="{class}" x="{x}" y="{y}">{text}</text>"#
        );
    };
    if node.detail.is_empty() {
        write_text("name", &node.name, NAME, middle + 5);
    } else {
        write_text("name", &node.name, NAME, middle - 3);
        write_text("detail", &node.detail, SMALL, middle + 13);
    }
    out.push_str("</g>\n");
}
