//! `azure`, `network` and `cluster`.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::Tags;
use super::sugar::{CidrText, OneOrMany, exactly_one, short};
use crate::catalog::{controller, kubernetes, nodes};

/// Where in Azure the system lives.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Azure {
    /// Region of everything, by its programmatic name.
    #[schemars(example = &"westeurope", extend("x-agcgen-format" = "region"))]
    pub location: String,
    /// The resource group: a name, or one that is there already. Default: `rg-<name>`.
    #[schemars(example = &"rg-shop")]
    pub resource_group: Option<ResourceGroup>,
    /// Ends the names that must be unique in the world, so choose your own. Default: six characters of a hash of name,
    /// resource group and subscription.
    #[schemars(example = &"7k2f9d", regex(pattern = r"^[a-z0-9]{3,6}$"))]
    pub suffix: Option<String>,
    /// Subscription, as a GUID. With it every resource id is a literal in the output; without it the deployment goes to
    /// the signed-in one and one id is a late value.
    #[schemars(
        example = &"11111111-2222-3333-4444-555555555555",
        regex(pattern = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
    )]
    pub subscription: Option<String>,
    /// Tags of every resource.
    #[schemars(example = serde_json::json!({"owner": "shop-team"}))]
    #[serde(default)]
    pub tags: Tags,
}

impl Azure {
    /// The subscription of an id that was copied whole.
    pub(super) fn subscription_meant(written: &Json) -> Option<Json> {
        part_of_id(written, "subscriptions")
    }
}

/// The part of a resource's id behind a word. The portal and the Azure CLI give whole ids.
fn part_of_id(written: &Json, word: &str) -> Option<Json> {
    let mut parts = written.as_str()?.split('/');
    parts.find(|part| part.eq_ignore_ascii_case(word))?;
    parts.next().map(Json::from)
}

/// A resource group.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("name"), transform = exactly_one)]
pub(crate) struct ResourceGroup {
    /// Name of a group that is made for this system.
    #[schemars(example = &"rg-shop", regex(pattern = r"^[\w(]([\w\-.()]*[\w\-()])?$"), length(min = 1, max = 74))]
    pub name: Option<String>,
    /// Name of a group that is there already: it is used and never deleted.
    #[schemars(example = &"rg-platform", regex(pattern = r"^[\w(]([\w\-.()]*[\w\-()])?$"), length(min = 1, max = 74))]
    pub existing: Option<String>,
}

impl ResourceGroup {
    /// The group of an id that was copied whole: one that has an id is there already, and must not be deleted with the system.
    pub(super) fn meant(written: &Json) -> Option<Json> {
        Self::name_meant(written).map(|name| json!({ "existing": name }))
    }

    /// The name of the group of an id that was copied whole.
    pub(super) fn name_meant(written: &Json) -> Option<Json> {
        part_of_id(written, "resourceGroups")
    }
}

/// Something that is there already.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("id"))]
pub(crate) struct Reference {
    /// Its ARM resource id.
    #[schemars(
        example = &"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/stdata",
        regex(pattern = r"^/subscriptions/[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}/[rR]esource[gG]roups/[\w(]([\w\-.()]*[\w\-()])?/providers/[A-Za-z.]+/[A-Za-z]+/[A-Za-z0-9_.-]+$"),
        length(max = 400)
    )]
    pub id: Option<String>,
    /// Its name, where no id is given.
    #[schemars(example = &"stdata", length(min = 1, max = 128), regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"))]
    pub name: Option<String>,
    /// Its resource group. Default: the group of the system.
    #[schemars(example = &"rg-data", regex(pattern = r"^[\w(]([\w\-.()]*[\w\-()])?$"), length(min = 1, max = 90))]
    pub resource_group: Option<String>,
    /// Its subscription. Default: that of the system.
    #[schemars(
        example = &"11111111-2222-3333-4444-555555555555",
        regex(pattern = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
    )]
    pub subscription: Option<String>,
}

/// Shows what a [`Reference`] may refer to in its schema: `<type>/<name>`.
pub(super) fn show_existing(schema: &mut Schema, type_and_name: &str) {
    let name = type_and_name.rsplit('/').next().unwrap_or_default();
    show(schema, "name", name);
    let group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-data";
    show(schema, "id", &format!("{group}/providers/{type_and_name}"));
}

/// Replaces the example of one key of a block.
fn show(schema: &mut Schema, key: &str, example: &str) {
    if let Some(examples) = schema.pointer_mut(&format!("/properties/{key}/examples")) {
        *examples = json!([example]);
    }
}

/// The virtual network.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Network {
    /// Address range of the network, or several. Default: `10.10.0.0/16`.
    #[schemars(example = &"10.10.0.0/16")]
    pub address_space: Option<OneOrMany<CidrText>>,
    /// Its subnets.
    #[schemars(example = serde_json::json!({"gateway": "10.10.16.0/24"}))]
    #[serde(default)]
    pub subnets: Subnets,
}

/// The subnets.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Subnets {
    /// For nodes, and with a flat network their pods. Default: the first /20 of the network.
    #[schemars(example = &"10.10.0.0/20")]
    pub nodes: Option<Subnet>,
    /// For Application Gateway for Containers alone. Exactly /24 with an overlay network. Default: the next /24.
    #[schemars(example = &"10.10.16.0/24", transform = |schema: &mut Schema| show(schema, "cidr", "10.10.16.0/24"))]
    pub gateway: Option<Subnet>,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("cidr"))]
pub(crate) struct Subnet {
    /// Its address range.
    #[schemars(example = &"10.10.0.0/20")]
    pub cidr: Option<CidrText>,
    /// Its name in Azure, instead of the derived one.
    #[schemars(example = &"snet-aks", regex(pattern = r"^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$"), length(max = 76))]
    pub azure_name: Option<String>,
}

/// The AKS cluster.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Cluster {
    /// Minor version of Kubernetes, in quotes (`1.30` without quotes is the number 1.3). AKS chooses and upgrades the
    /// patch. Default: the version that this agcgen was made for.
    #[schemars(example = &"1.35", regex(pattern = r"^1\.[0-9]{2}$"))]
    pub kubernetes_version: Option<String>,
    /// Price tier. Default: `free` (dev), `standard` (prod).
    #[schemars(example = &"standard")]
    pub tier: Option<Tier>,
    /// The node pool.
    #[schemars(example = serde_json::json!({"size": "Standard_D4s_v5", "count": 3}))]
    #[serde(default)]
    pub nodes: Nodes,
    /// How pods get addresses: `overlay` (from a range of their own) or `flat` (from the nodes' subnet). Mode and ranges
    /// cannot change after the first deployment. Default: `overlay`.
    #[schemars(example = &"overlay")]
    #[serde(default)]
    pub cni: Cni,
    /// Who may do everything in the cluster: people, and the pipeline that deploys to it. Local accounts are off, so
    /// nobody else can use it.
    #[schemars(example = serde_json::json!([{"objectId": "22222222-3333-4444-5555-666666666666", "type": "Group"}]))]
    #[serde(default)]
    pub administrators: Vec<Administrator>,
}

impl Cluster {
    /// The minor version of a version with a patch, or with `v` in front, where it is new enough.
    pub(super) fn version_meant(written: &Json) -> Option<Json> {
        let mut parts = written.as_str()?.trim_start_matches('v').split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let version = (major.parse().ok()?, minor.parse().ok()?);
        (version >= least_version()).then(|| format!("{major}.{minor}").into())
    }
}

/// The oldest Kubernetes that the manifests and the newest ALB Controller take.
fn least_version() -> (u32, u32) {
    let of_controllers = controller::REQUIREMENTS.iter().map(|row| row.kubernetes);
    of_controllers.fold(kubernetes::LEAST_VERSION, Ord::max)
}

/// Price tier of AKS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Tier {
    Free,
    Standard,
    Premium,
}

/// The node pool.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Nodes {
    /// Size of the virtual machines. AKS changes it afterwards only with its preview feature `AgentPoolVMSSResize`.
    /// Default: `Standard_D4s_v5`.
    #[schemars(example = &"Standard_D4s_v5", regex(pattern = r"^Standard_[A-Za-z0-9_]+$"), length(max = 60))]
    pub size: Option<String>,
    /// How many nodes. Default: 2 (dev), 3 (prod).
    #[schemars(example = 3, range(min = 1, max = 1000))]
    pub count: Option<u32>,
}

impl Nodes {
    /// A known size without `Standard_`, or in other letters.
    pub(super) fn size_meant(written: &Json) -> Option<Json> {
        nodes::size_meant(written.as_str()?).map(Json::from)
    }
}

/// The container network.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(transform = short("mode"))]
pub(crate) struct Cni {
    /// Where pods get their addresses from. Default: `overlay`.
    #[schemars(example = &"flat")]
    #[serde(default)]
    pub mode: CniMode,
    /// Who enforces network policies. Default: `cilium`.
    #[schemars(example = &"cilium")]
    #[serde(default)]
    pub policy: PolicyEngine,
    /// Range of the pods; only with `overlay`. Default: `10.244.0.0/16`.
    #[schemars(example = &"10.244.0.0/16")]
    pub pod_cidr: Option<CidrText>,
    /// Range of Kubernetes Services. Default: `172.16.0.0/16`.
    #[schemars(example = &"172.16.0.0/16")]
    pub service_cidr: Option<CidrText>,
}

/// Where pods get their addresses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CniMode {
    #[default]
    Overlay,
    Flat,
}

/// Who enforces network policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PolicyEngine {
    #[default]
    Cilium,
    Azure,
    Calico,
    None,
}

/// Somebody with every right in the cluster.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Administrator {
    /// Object id in Microsoft Entra, as a GUID.
    #[schemars(
        example = &"22222222-3333-4444-5555-666666666666",
        regex(pattern = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")
    )]
    pub object_id: String,
    /// What the object is.
    #[schemars(example = &"Group")]
    #[serde(rename = "type")]
    pub principal_type: PrincipalType,
}

/// What an object of Microsoft Entra is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum PrincipalType {
    Group,
    User,
    ServicePrincipal,
}
