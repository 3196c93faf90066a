//! The system as a picture: who asks whom for what, from the clients to the resources.
//!
//! In: the facts of a system. Out: a [`Graph`] in layers, left to right, and its text as [`svg`], [`mermaid`] or [`dot`].
//!
//! Nothing is judged here and nothing is left out for want of room. What serves the platform alone is not drawn: the identities
//! of the control plane, of the ALB Controller and of SQL administrators, and what they may do.

mod dot;
mod drawing;
mod from_facts;
mod from_objects;
mod layout;
mod mermaid;
mod svg;
mod width;

pub use dot::dot;
pub use from_facts::graph;
pub use from_objects::{LeftOut, OfObjects, graph_of_objects};
pub use mermaid::mermaid;
pub use svg::svg;

/// A column of the picture. The order of the variants is the order of the columns; a line joins neighbouring layers, or two
/// workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Whoever asks from outside.
    Clients,
    /// Frontends of Application Gateway for Containers.
    Frontends,
    /// Gateways, with their listeners.
    Gateways,
    /// `HTTPRoute`s.
    Routes,
    /// Deployments.
    Workloads,
    /// What workloads act as in Azure.
    Identities,
    /// What identities have rights on.
    Resources,
}

impl Layer {
    /// Every layer, from left to right.
    pub const ALL: [Self; 7] = [
        Self::Clients,
        Self::Frontends,
        Self::Gateways,
        Self::Routes,
        Self::Workloads,
        Self::Identities,
        Self::Resources,
    ];

    /// What stands above the column.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Clients => "Clients",
            Self::Frontends => "Frontends",
            Self::Gateways => "Gateways",
            Self::Routes => "Routes",
            Self::Workloads => "Workloads",
            Self::Identities => "Identities",
            Self::Resources => "Resources",
        }
    }

    /// One of them, as in `route0`.
    fn word(self) -> &'static str {
        match self {
            Self::Clients => "client",
            Self::Frontends => "frontend",
            Self::Gateways => "gateway",
            Self::Routes => "route",
            Self::Workloads => "workload",
            Self::Identities => "identity",
            Self::Resources => "resource",
        }
    }

    /// What is said before a name where no heading says it.
    fn prefix(self) -> &'static str {
        match self {
            Self::Frontends => "AGC frontend ",
            Self::Gateways => "Gateway ",
            _ => "",
        }
    }

    /// Whether it is inside of the cluster.
    fn is_in_cluster(self) -> bool {
        matches!(self, Self::Gateways | Self::Routes | Self::Workloads)
    }
}

/// A box of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its column.
    pub layer: Layer,
    /// Its name.
    pub name: String,
    /// What else is worth a line; may be empty.
    pub detail: String,
}

impl Node {
    /// Name and detail on one line.
    fn label(&self) -> String {
        let prefix = self.layer.prefix();
        let separator = if self.detail.is_empty() { "" } else { ", " };
        format!("{prefix}{}{separator}{}", self.name, self.detail)
    }
}

/// Why there is a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// Requests from outside go this way.
    Request,
    /// A workload acts as an identity.
    ActsAs,
    /// An identity has a right.
    Right,
    /// A workload calls another.
    Call,
}

/// A line of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Position of the node that it begins at.
    pub from: usize,
    /// Position of the node that it ends at.
    pub to: usize,
    /// Why it is there.
    pub link: Link,
    /// What it says: a port, a weight, a role; may be empty.
    pub label: String,
}

/// The picture as data. Nodes and lines stand in the order of the spec, nodes by layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// What the cluster is called, with the namespace of the workloads.
    pub cluster: String,
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The lines.
    pub edges: Vec<Edge>,
}

impl Graph {
    /// The nodes of a layer, each with its position among all.
    pub fn layer(&self, layer: Layer) -> impl Iterator<Item = (usize, &Node)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(move |(_, node)| node.layer == layer)
    }

    /// A word for each node that no other has and that no language minds: `clients`, `workload0`.
    fn ids(&self) -> Vec<String> {
        let mut counts = [0_usize; Layer::ALL.len()];
        self.nodes
            .iter()
            .map(|node| {
                let Some(count) = counts.get_mut(node.layer as usize) else {
                    return String::new();
                };
                *count += 1;
                format!("{}{}", node.layer.word(), *count - 1)
            })
            .collect()
    }

    /// How many there are of each layer: `3 routes, 2 workloads`.
    fn counted(&self) -> String {
        let counts = Layer::ALL.into_iter().filter_map(|layer| {
            let many = match layer {
                Layer::Clients => return None,
                Layer::Identities => "identities".to_owned(),
                other => format!("{}s", other.word()),
            };
            match self.layer(layer).count() {
                0 => None,
                1 => Some(format!("1 {}", layer.word())),
                count => Some(format!("{count} {many}")),
            }
        });
        counts.collect::<Vec<_>>().join(", ")
    }
}
