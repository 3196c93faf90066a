//! What a kind of resource hands in for `main.bicep` and for the files of the workloads.
//!
//! In: a [`Resource`] of the model, and in [`Surroundings`] what of the system it may refer to. Out: what stands in the
//! files for it. How a kind is made lies in the file of the kind; where its parts go lies in [`super::system`] and
//! [`super::workload`].

use std::collections::BTreeMap;

use crate::model::Resource;
use crate::names::resource_symbol;
use crate::print::bicep::{Expression, Property, Symbol, Type};

use super::context::{ModuleCall, Parameter, Variable};

/// A symbol of ours, which is written in lower camel case and hides nothing of the language.
pub(crate) fn symbol(name: &'static str) -> Symbol {
    Symbol::of(&[name], "")
}

/// The value of a declaration of ours.
pub(crate) fn value(name: &'static str) -> Expression {
    symbol(name).into()
}

/// What a resource may refer to in `main.bicep`.
#[derive(Debug)]
pub(crate) struct Surroundings<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// Its tags.
    pub tags: Expression,
    /// Which of its logs are kept.
    pub diagnostics: Expression,
    /// Resource id of the workspace.
    pub workspace_id: Expression,
    /// Resource id of the subnet for nodes.
    pub node_subnet_id: Expression,
    /// Who signs the tokens of the service accounts.
    pub oidc_issuer_url: Expression,
}

impl Surroundings<'_> {
    /// The symbol of the resource.
    pub(crate) fn symbol(&self) -> Symbol {
        resource_symbol(&self.resource.key)
    }

    /// A symbol of something that belongs to the resource: `administrator-name` of `sql` is `sqlAdministratorName`.
    pub(crate) fn part(&self, what: &str) -> Symbol {
        Symbol::of(&[&self.resource.key], what)
    }

    /// Its settings: its property of the parameter `resources`.
    pub(crate) fn settings(&self) -> Expression {
        value("resources").of(&self.resource.key)
    }

    /// The call with region and tags.
    pub(crate) fn placed(&self, call: ModuleCall) -> ModuleCall {
        call.with("location", value("location"))
            .with("tags", self.tags.clone())
    }

    /// The call with what every store takes last: who is let in, and where its logs go.
    pub(crate) fn watched(&self, call: ModuleCall) -> ModuleCall {
        call.with("nodeSubnetId", self.node_subnet_id.clone())
            .with("workspaceId", self.workspace_id.clone())
            .with("diagnostics", self.diagnostics.clone())
    }
}

/// What stands in `main.bicep` for a resource that the deployment makes.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// What of it may differ between environments.
    pub settings: Settings,
    /// Names that stand in more than one place.
    pub variables: Vec<Variable>,
    /// Values that come from the environment of whoever deploys.
    pub secrets: Vec<SecretParameter>,
    /// The modules, in order.
    pub modules: Vec<ModuleCall>,
    /// The modules that make one child by itself, by its key: a role at the child comes after its module.
    pub children: BTreeMap<String, Symbol>,
}

/// What of a resource may differ between environments: its property of the parameter `resources`.
#[derive(Debug)]
pub(crate) struct Settings {
    /// What it is, as a sentence.
    pub description: String,
    /// Its type.
    pub kind: Type,
    /// The named type that `kind` needs, and the module that exports it.
    pub import: (Symbol, &'static str),
    /// Its value.
    pub value: Expression,
}

/// A parameter whose value stands in no file.
#[derive(Debug)]
pub(crate) struct SecretParameter {
    /// The parameter.
    pub parameter: Parameter,
    /// The variable of the environment that it is read from.
    pub variable: String,
}

/// What opens a resource, or a part of it, to a workload.
#[derive(Debug)]
pub(crate) enum OpenedBy {
    /// A role of Azure there.
    Role(RoleScope),
    /// Something that is not of Azure: what, as a sentence.
    Other(String),
}

/// A resource, or a child of one, as something that a role is given at.
#[derive(Debug)]
pub(crate) struct RoleScope {
    /// Type and version, as `Microsoft.KeyVault/vaults@2026-05-15`.
    pub kind: String,
    /// Its name in Azure, with those of its parents: `account/default/container`.
    pub azure_name: String,
    /// What its symbol ends in, such as `container`.
    pub what: &'static str,
    /// What the role holds for, as in "web reads `the blobs of the container images of files`".
    pub holds_for: String,
    /// The module that gives a role there from another resource group.
    pub access_module: &'static str,
    /// The parameters that tell that module what it is a role at; the word of the spec is `access`.
    pub access_parameters: Vec<Property>,
}
