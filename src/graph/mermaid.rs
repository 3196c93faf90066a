//! The picture as a Mermaid flowchart, as GitHub draws it.

use std::fmt::Write as _;

use super::{Graph, Layer, Link};
use crate::print::markdown::mermaid_label;

/// The picture as the text of a Mermaid diagram.
///
/// Writing to a String cannot fail, so the results of `write!` say nothing.
pub fn mermaid(graph: &Graph) -> String {
    let ids = graph.ids();
    let mut out = String::from("flowchart LR\n");
    let mut is_inside = false;
    for (node, id) in graph.nodes.iter().zip(&ids) {
        if node.layer.is_in_cluster() != is_inside {
            is_inside = !is_inside;
            if is_inside {
                let label = mermaid_label(&graph.cluster);
                _ = writeln!(out, "  subgraph cluster[{label}]");
            } else {
                out.push_str("  end\n");
            }
        }
        let (open, close) = match node.layer {
            Layer::Clients | Layer::Identities => ("([", "])"),
            Layer::Frontends | Layer::Gateways | Layer::Workloads => ("[", "]"),
            Layer::Routes => ("{{", "}}"),
            Layer::Resources => ("[(", ")]"),
        };
        let indent = if is_inside { "    " } else { "  " };
        let label = mermaid_label(&node.label());
        _ = writeln!(out, "{indent}{id}{open}{label}{close}");
    }
    if is_inside {
        out.push_str("  end\n");
    }
    for edge in &graph.edges {
        let (Some(from), Some(to)) = (ids.get(edge.from), ids.get(edge.to)) else {
            continue;
        };
        let (arrow, label) = match edge.link {
            Link::Request | Link::Right => ("-->", edge.label.as_str()),
            Link::ActsAs => ("-.-", "acts as"),
            Link::Call => ("-->", "calls"),
        };
        let label = match label {
            "" => String::new(),
            label => format!("|{}|", mermaid_label(label)),
        };
        _ = writeln!(out, "  {from} {arrow}{label} {to}");
    }
    out
}
