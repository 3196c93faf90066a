//! What somebody means by a value that its field does not take: what to type in its place.
//!
//! A function for each type of field, beside the type; here is which field has which. The schema judges what a function says
//! before it is offered ([`super::shape`]), and the function what the schema cannot, so that no help leads to the next mistake.
//! What depends on other fields, such as the size that goes with a pause, is judged where they meet.

use serde_json::Value as Json;

use super::reserved::fits;
use super::sugar::Quantity;
use super::{Azure, Cluster, Env, Health, Nodes, Path, ResourceGroup, Share, Workspace};
use crate::kinds::DatabaseSpec;

/// What may be meant at one field.
pub(super) struct Meant {
    /// Path of the field, with `*` for the user's names.
    at: &'static str,
    /// What to write instead of what stands there. A scalar comes as text, as it was written.
    pub of: fn(&Json) -> Option<Json>,
    /// Why, behind what it says.
    pub why: Option<&'static str>,
    /// What else may be written, behind an example.
    pub or: Option<&'static str>,
    /// Whether quotes alone make no right value of a number or boolean, as the schema would have it.
    pub asks_more: bool,
}

impl Meant {
    const fn new(at: &'static str, of: fn(&Json) -> Option<Json>) -> Self {
        Self {
            at,
            of,
            why: None,
            or: None,
            asks_more: false,
        }
    }

    const fn why(self, why: &'static str) -> Self {
        let why = Some(why);
        Self { why, ..self }
    }

    const fn or(self, or: &'static str) -> Self {
        let or = Some(or);
        Self { or, ..self }
    }

    const fn asks_more(self) -> Self {
        Self {
            asks_more: true,
            ..self
        }
    }
}

const FIELDS: &[Meant] = &[
    Meant::new("azure.subscription", Azure::subscription_meant),
    Meant::new("azure.resourceGroup", ResourceGroup::meant),
    Meant::new("azure.resourceGroup.name", ResourceGroup::name_meant),
    Meant::new("azure.resourceGroup.existing", ResourceGroup::name_meant),
    Meant::new(
        "resources.*.existing.resourceGroup",
        ResourceGroup::name_meant,
    ),
    Meant::new(
        "resources.*.existing.subscription",
        Azure::subscription_meant,
    ),
    Meant::new(
        "observability.workspace.existing.resourceGroup",
        ResourceGroup::name_meant,
    ),
    Meant::new(
        "observability.workspace.existing.subscription",
        Azure::subscription_meant,
    ),
    Meant::new("observability.workspace", Workspace::meant),
    Meant::new("cluster.kubernetesVersion", Cluster::version_meant)
        .why("AKS chooses the patch")
        .asks_more(),
    Meant::new("cluster.nodes.size", Nodes::size_meant),
    Meant::new(
        "resources.*.databases.*.autoPause",
        DatabaseSpec::auto_pause_meant,
    )
    .or("`0s` for never"),
    Meant::new(
        "resources.*.databases.*.minCapacity",
        DatabaseSpec::min_capacity_meant,
    )
    .asks_more(),
    Meant::new("workloads.*.health.startup", Health::startup_meant),
    Meant::new("workloads.*.requests.cpu", Quantity::cpu_meant),
    Meant::new("workloads.*.limits.cpu", Quantity::cpu_meant),
    Meant::new("workloads.*.env.*", Env::meant),
    Meant::new("routes.*.path", Path::meant),
    // No number is a request.
    Meant::new("tests.*.request", |_| None).asks_more(),
    Meant::new("tests.*.backend.*", Share::meant),
    Meant::new("tests.*.backend.*.share", Share::meant),
];

/// What may be meant at a path.
pub(super) fn meant(path: &[&str]) -> Option<&'static Meant> {
    FIELDS.iter().find(|field| fits(field.at, path))
}
