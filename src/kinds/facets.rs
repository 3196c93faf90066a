//! What every kind of resource says of itself. A facet left out does not compile.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::connector::Target;
use crate::model::{Resource, Right, Scope, SettingValue};
use crate::render::infra::resource::{Lowered, OpenedBy, Surroundings};
use crate::spec::{Access, Client};

/// A child that has no settings but its name in Azure.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChildSpec {
    /// Its name in Azure. Default: its key.
    #[schemars(example = &"legacy-name", length(min = 1, max = 128))]
    pub azure_name: Option<String>,
}

/// A part of a resource that can be connected to by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Key in the spec.
    pub key: String,
    /// Name in Azure.
    pub azure_name: String,
}

/// One row of the table of accesses: what a word of the spec means for the kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccessRow {
    /// The word.
    pub access: Access,
    /// What gives it.
    pub right: fn() -> Right,
    /// What a workload with it does, as in "web `reads` every blob of files".
    pub does: &'static str,
}

/// What a connection aims at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aim<'a> {
    /// Name of the resource in Azure.
    pub azure_name: &'a str,
    /// The child that the connection names, if it names one.
    pub child: Option<&'a Child>,
}

/// Everything that differs between kinds.
pub(crate) trait Facets {
    /// The word that `kind` takes.
    fn word(&self) -> &'static str;
    /// What people call it, as in "the storage account".
    fn title(&self) -> &'static str;
    /// Its ARM type.
    fn resource_type(&self) -> &'static str;
    /// The version of ARM's `checkNameAvailability` for the type; `None`: its names need not be unique in the world.
    fn name_check_version(&self) -> Option<&'static str>;
    /// What people call a child, as in "the container", and its ARM type.
    fn child_type(&self) -> (&'static str, &'static str);
    /// The key that its children stand below.
    fn children_key(&self) -> &'static str;
    /// Its children, in order.
    fn children(&self) -> Vec<Child>;
    /// Which accesses it has.
    fn accesses(&self) -> &'static [AccessRow];
    /// Facts that `names` can set variables to, for this target; the same keys for every target.
    fn facts(&self, target: Aim<'_>) -> Vec<(&'static str, String)>;
    /// The part `AZURE_<TYPE>` of its variables' names.
    fn variable_stem(&self) -> &'static str;
    /// The variables that a connection sets for a client, under their default names; `None`: it has none for it.
    fn settings(
        &self,
        client: Client,
        target: Aim<'_>,
    ) -> Option<Vec<(&'static str, SettingValue)>>;
    /// Whether two children of one resource need settings of their own (a database does, a container does not).
    fn settings_name_a_child(&self) -> bool;
    /// The target of Service Connector, where it works without a password.
    fn connector(&self) -> Option<Target>;
    /// Why a resource of this kind that is there already cannot be used, if so.
    fn refuses_existing(&self) -> Option<&'static str>;
    /// What is billed: size, how many, and what makes it grow.
    fn billing(&self) -> Vec<Billed>;
    /// How pods reach it.
    fn reached_by(&self) -> &'static str;
    /// What stands in `main.bicep` for one that the deployment makes.
    fn lower(&self, surroundings: &Surroundings<'_>) -> Lowered;
    /// What opens the resource, or the part of it, to a workload.
    fn opened_by(&self, resource: &Resource, scope: &Scope) -> OpenedBy;
}

/// Something that costs money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// What, as in "database `orders`".
    pub what: String,
    /// Its size or tier.
    pub size: String,
    /// What makes it grow.
    pub grows_with: &'static str,
}
