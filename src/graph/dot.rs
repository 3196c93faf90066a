//! The picture in DOT, for Graphviz and whoever draws with it.

use std::fmt::Write as _;

use super::{Graph, Layer, Link};
use crate::print::dot::label;

/// The picture as a digraph.
///
/// Writing to a String cannot fail, so the results of `write!` say nothing.
pub fn dot(graph: &Graph) -> String {
    let ids = graph.ids();
    let mut out = String::from(
        "digraph agcgen {\n  rankdir=LR;\n  newrank=true;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n",
    );
    let mut is_inside = false;
    for (node, id) in graph.nodes.iter().zip(&ids) {
        if node.layer.is_in_cluster() != is_inside {
            is_inside = !is_inside;
            if is_inside {
                let label = label(&graph.cluster);
                _ = writeln!(out, "  subgraph cluster_0 {{\n    label={label};");
            } else {
                out.push_str("  }\n");
            }
        }
        let shape = match node.layer {
            Layer::Clients | Layer::Identities => "ellipse",
            Layer::Frontends | Layer::Gateways | Layer::Workloads => "box",
            Layer::Routes => "hexagon",
            Layer::Resources => "cylinder",
        };
        let indent = if is_inside { "    " } else { "  " };
        let label = label(&node.label());
        _ = writeln!(out, "{indent}{id} [shape={shape}, label={label}];");
    }
    if is_inside {
        out.push_str("  }\n");
    }
    columns(graph, &ids, &mut out);
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (ids.get(edge.from), ids.get(edge.to)) else {
            continue;
        };
        // A call ends in its own column, which Graphviz would otherwise make two of.
        let (text, more) = match edge.link {
            Link::Request | Link::Right => (edge.label.as_str(), ""),
            Link::ActsAs => ("acts as", ", style=dotted"),
            Link::Call => ("calls", ", style=dashed, constraint=false"),
        };
        _ = writeln!(out, "  {from} -> {to} [label={}{more}];", label(text));
    }
    out.push_str("}\n");
    out
}

/// Each layer is a column, from left to right: else Graphviz puts a thing right behind whatever leads to it, and one that nothing
/// leads to at the very left.
fn columns(graph: &Graph, ids: &[String], out: &mut String) {
    let mut first_before: Option<&str> = None;
    for layer in Layer::ALL {
        let nodes: Vec<&str> = graph
            .layer(layer)
            .filter_map(|(position, _)| ids.get(position).map(String::as_str))
            .collect();
        let Some(first) = nodes.first() else { continue };
        if nodes.len() > 1 {
            _ = writeln!(out, "  {{ rank=same; {}; }}", nodes.join("; "));
        }
        if let Some(before) = first_before {
            _ = writeln!(out, "  {before} -> {first} [style=invis];");
        }
        first_before = Some(first);
    }
}
