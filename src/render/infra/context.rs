//! What the templates in `templates/infra` read.
//!
//! In: values that the resource kinds hand in, in the order in which they are to stand. Out: the text of `main.bicep`,
//! `main.bicepparam` and `workloads/<w>.bicep`. Nothing is decided here: no name is made, no order changed, nothing is
//! left out or added.

use serde::Serialize;

use crate::print::bicep::{Expression, Property, Symbol, Type};
use crate::render::template::{TemplateError, Templates};

/// `main.bicep`: everything in Azure that is not the resource group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Main {
    /// File name of the spec, without its folder.
    pub source: String,
    /// Name of the system.
    pub name: String,
    /// Types that the parameters and outputs are of, and the modules that export them.
    pub imports: Vec<Import>,
    /// What may differ between environments.
    pub parameters: Vec<Parameter>,
    /// Names that stand in more than one place.
    pub variables: Vec<Variable>,
    /// What is there already.
    pub existing: Vec<Existing>,
    /// What is deployed.
    pub modules: Vec<ModuleCall>,
    /// The list of keys and values that only the deployment knows, from [`late_values`].
    pub late_values: Expression,
    /// The list of frontends; none where the controller makes them.
    pub frontends: Option<Expression>,
}

/// Types that a module exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Names of the types.
    pub names: Vec<Symbol>,
    /// Path of the module, from the file that imports.
    pub path: String,
}

/// A parameter of `main.bicep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: Symbol,
    /// What it means, as a sentence.
    pub description: String,
    /// Its type.
    pub kind: Type,
    /// Whether Azure keeps its value out of logs.
    pub secure: bool,
    /// Its value if none is given.
    pub default: Option<Expression>,
}

/// A variable of `main.bicep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// Lines above it that say what is not obvious; none if all is.
    pub comment: Vec<String>,
    /// Its name, which must be a [`Symbol`], and its value.
    pub assignment: Property,
}

impl Variable {
    /// A variable without a comment.
    pub fn new(name: &Symbol, value: impl Into<Expression>) -> Self {
        Self {
            comment: Vec::new(),
            assignment: Property::new(name.as_str(), value),
        }
    }

    /// The same with `line` above it.
    #[must_use]
    pub fn comment(mut self, line: &str) -> Self {
        self.comment.push(line.to_owned());
        self
    }
}

/// A module that is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModuleCall {
    /// Lines above it that say what is not obvious; none if all is.
    pub comment: Vec<String>,
    /// Its symbol.
    pub name: Symbol,
    /// Path of the module, from the file that calls it.
    pub path: String,
    /// When it is deployed; always, if none.
    pub condition: Option<Expression>,
    /// Values of its parameters.
    pub parameters: Vec<Property>,
    /// Modules that come first though no value comes from them.
    pub depends_on: Vec<Symbol>,
}

impl ModuleCall {
    /// A call of `path` with no parameters yet.
    pub fn new(name: Symbol, path: impl Into<String>) -> Self {
        Self {
            comment: Vec::new(),
            name,
            path: path.into(),
            condition: None,
            parameters: Vec::new(),
            depends_on: Vec::new(),
        }
    }

    /// The same with `line` above it.
    #[must_use]
    pub fn comment(mut self, line: &str) -> Self {
        self.comment.push(line.to_owned());
        self
    }

    /// The same with a further parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Expression>) -> Self {
        self.parameters.push(Property::new(name, value));
        self
    }

    /// The same, deployed only when `condition` holds.
    #[must_use]
    pub fn when(mut self, condition: Expression) -> Self {
        self.condition = Some(condition);
        self
    }

    /// The same, deployed after `module`.
    #[must_use]
    pub fn after(mut self, module: Symbol) -> Self {
        self.depends_on.push(module);
        self
    }
}

/// The list of values that only the deployment knows: keys of `late-values.env`, and where their values come from.
pub fn late_values<K: Into<String>>(
    values: impl IntoIterator<Item = (K, Expression)>,
) -> Expression {
    Expression::List(
        values
            .into_iter()
            .map(|(key, value)| {
                Expression::Row(vec![
                    Property::new("key", key.into()),
                    Property::new("value", value),
                ])
            })
            .collect(),
    )
}

/// `main.bicepparam`: values of the parameters of `main.bicep`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameters {
    /// File name of the spec, without its folder.
    pub source: String,
    /// Names, each of which must be a [`Symbol`], and values.
    pub values: Vec<Property>,
    /// The same for secrets, whose values are read from the environment.
    pub secrets: Vec<Property>,
}

/// `workloads/<w>.bicep`: what a workload acts as and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Workload {
    /// File name of the spec, without its folder.
    pub source: String,
    /// Name of the workload, which is that of its service account too.
    pub name: String,
    /// Namespace of the service account.
    pub namespace: String,
    /// Name of the identity.
    pub identity: String,
    /// Name of the federated credential.
    pub credential: String,
    /// Roles that it is given somewhere.
    pub roles: Vec<RoleDefinition>,
    /// Resources that it is given a role at.
    pub existing: Vec<Existing>,
    /// What it may do.
    pub accesses: Vec<Access>,
}

/// A built-in role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleDefinition {
    /// Its name as a symbol.
    pub name: Symbol,
    /// Its id, a GUID.
    pub id: String,
}

/// A resource that this file does not make: another one does, or it was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Existing {
    /// Lines above it that say what is not obvious; none if all is.
    pub comment: Vec<String>,
    /// Its symbol.
    pub name: Symbol,
    /// Type and version, as `Microsoft.KeyVault/vaults@2026-05-15`.
    pub kind: String,
    /// The resource that it is a child of, where the file declares that one too.
    pub parent: Option<Symbol>,
    /// Its name in Azure; that of a child begins with those of its parents, as `account/default/container`, unless
    /// `parent` says so.
    pub azure_name: String,
    /// The resource group that it is in; the file's own, if none.
    pub scope: Option<Expression>,
}

/// One connection of a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Lines above it: the connection as the spec has it, and what is not obvious.
    pub comment: Vec<String>,
    /// How it is given.
    #[serde(flatten)]
    pub grant: Grant,
}

/// How access is given. The template tells the cases apart by the tag `means`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "means", rename_all = "lowercase")]
pub enum Grant {
    /// A role at a resource of this resource group.
    Role {
        /// Symbol of the role assignment.
        name: Symbol,
        /// Its name in Azure.
        guid: Expression,
        /// Symbol of an [`Existing`] resource.
        resource: Symbol,
        /// Symbol of a [`RoleDefinition`].
        role: Symbol,
        /// Who does what with it, as a sentence.
        description: String,
    },
    /// A module of another resource group, which gives a role to the identity. It takes the parameters `identityId`,
    /// `principalId` and `reason` beside those named here.
    Module {
        /// Symbol of the module.
        name: Symbol,
        /// Path of the module, from the file of the workload.
        path: String,
        /// The other resource group.
        scope: Expression,
        /// What it is a role at.
        parameters: Vec<Property>,
        /// Who does what with it, as a sentence.
        description: String,
    },
    /// Nothing in Azure: the comment says what gives access instead.
    Elsewhere,
}

/// What the template of `main.bicep` reads.
#[derive(Serialize)]
struct MainContext<'a> {
    #[serde(flatten)]
    file: &'a Main,
    /// The linter wants a word about an output that is always the same.
    nothing_is_late: bool,
}

impl Main {
    /// The text of the file.
    ///
    /// # Errors
    ///
    /// A fault of agcgen: the template does not fit this context.
    pub fn compose(&self, templates: &Templates) -> Result<String, TemplateError> {
        templates.compose(
            "infra/main.bicep.tera",
            &MainContext {
                file: self,
                nothing_is_late: matches!(&self.late_values, Expression::List(values) if values.is_empty()),
            },
        )
    }
}

impl Parameters {
    /// The text of the file.
    ///
    /// # Errors
    ///
    /// A fault of agcgen: the template does not fit this context.
    pub fn compose(&self, templates: &Templates) -> Result<String, TemplateError> {
        templates.compose("infra/main.bicepparam.tera", self)
    }
}

impl Workload {
    /// The text of the file.
    ///
    /// # Errors
    ///
    /// A fault of agcgen: the template does not fit this context.
    pub fn compose(&self, templates: &Templates) -> Result<String, TemplateError> {
        templates.compose("infra/workload.bicep.tera", self)
    }
}
