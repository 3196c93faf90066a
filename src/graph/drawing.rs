//! A picture while it is made: nodes are found by their names.

use std::collections::{BTreeMap, BTreeSet};

use super::{Edge, Graph, Layer, Link, Node};

/// A picture to which things are added, in any order of layers.
#[derive(Default)]
pub(super) struct Drawing {
    graph: Graph,
    /// The positions of the nodes of a name.
    named: BTreeMap<(Layer, String), Vec<usize>>,
    lines: BTreeSet<(usize, usize, Link, String)>,
}

impl Drawing {
    /// The position of a node, which is made where it is not there yet.
    pub(super) fn node(&mut self, layer: Layer, name: &str, detail: &str) -> usize {
        if let Some(position) = self.find(layer, name, Some(detail)) {
            return position;
        }
        let position = self.graph.nodes.len();
        self.graph.nodes.push(Node {
            layer,
            name: name.to_owned(),
            detail: detail.to_owned(),
        });
        let positions = self.named.entry((layer, name.to_owned())).or_default();
        positions.push(position);
        position
    }

    /// The position of a node of that name, and of that detail where one is named.
    pub(super) fn find(&self, layer: Layer, name: &str, detail: Option<&str>) -> Option<usize> {
        let positions = self.named.get(&(layer, name.to_owned()))?;
        positions.iter().copied().find(|position| {
            let node = self.graph.nodes.get(*position);
            node.is_some_and(|node| detail.is_none_or(|detail| detail == node.detail))
        })
    }

    /// One line more, unless it is there.
    pub(super) fn join(&mut self, from: usize, to: usize, link: Link, label: impl Into<String>) {
        let label = label.into();
        if self.lines.insert((from, to, link, label.clone())) {
            self.graph.edges.push(Edge {
                from,
                to,
                link,
                label,
            });
        }
    }

    /// The picture: nodes by layer, and in a layer as they were added; lines in the order of what they join, calls last.
    pub(super) fn finished(self, cluster: String) -> Graph {
        let Graph {
            nodes, mut edges, ..
        } = self.graph;
        let mut order: Vec<(usize, Node)> = nodes.into_iter().enumerate().collect();
        order.sort_by_key(|(_, node)| node.layer);
        let mut positions = vec![0; order.len()];
        for (new, (old, _)) in order.iter().enumerate() {
            if let Some(position) = positions.get_mut(*old) {
                *position = new;
            }
        }
        let position = |old: usize| positions.get(old).copied().unwrap_or(old);
        for edge in &mut edges {
            (edge.from, edge.to) = (position(edge.from), position(edge.to));
        }
        edges.sort_by_key(|edge| (edge.link == Link::Call, edge.from, edge.to));
        Graph {
            cluster,
            nodes: order.into_iter().map(|(_, node)| node).collect(),
            edges,
        }
    }
}
