//! `workloads/<w>.bicep`: a workload's identity, the service account that may act as it, and its roles.
//!
//! In: a workload with an identity. Out: the context of its file. What a role is called and where it is given is the
//! kind's and the catalogue's business.

use crate::catalog::roles::Role;
use crate::model::{
    Grant, Identity, Model, Provision, Resource, ResourceId, Right, Scope, Workload,
};
use crate::print::bicep::{Expression, Function, Property, Symbol, Symbols};

use super::context;
use super::modules;
use super::resource::{OpenedBy, RoleScope, symbol};

/// The file of a workload.
pub(super) fn file(model: &Model, workload: &Workload, identity: &Identity) -> context::Workload {
    let mut symbols = Symbols::default();
    for name in ["location", "tags", "oidcIssuerUrl", "identity"] {
        symbols.claim(&symbol(name));
    }
    let mut file = File {
        model,
        workload,
        symbols,
        roles: Vec::new(),
        existing: Vec::new(),
    };
    let accesses = workload
        .grants
        .iter()
        .filter_map(|grant| file.access(grant))
        .collect();
    context::Workload {
        source: model.spec_file.clone(),
        name: workload.name.clone(),
        namespace: model.cluster().namespace.name.clone(),
        identity: identity.name.clone(),
        credential: identity.credential.clone(),
        roles: file.roles.into_iter().map(|(_, role)| role).collect(),
        existing: children_below_parents(file.existing),
        accesses,
    }
}

/// The resource group of something that is there already, as a scope; `None`: it is the group that is deployed to.
pub(super) fn elsewhere(model: &Model, id: &ResourceId) -> Option<Expression> {
    let subscription = id.subscription.as_deref();
    (!model.is_own_group(subscription, &id.resource_group)).then(|| {
        let arguments = subscription.into_iter().chain([id.resource_group.as_str()]);
        Expression::Call(
            Function::ResourceGroup,
            arguments.map(Expression::from).collect(),
        )
    })
}

/// The same, where a child of a resource that the file declares too stands and is named below it (use-parent-property).
fn children_below_parents(mut existing: Vec<context::Existing>) -> Vec<context::Existing> {
    let all = existing.clone();
    for child in &mut existing {
        let Some((parent_name, name)) = child.azure_name.rsplit_once('/') else {
            continue;
        };
        let is_parent = |other: &&context::Existing| {
            let (kind, version) = other.kind.split_once('@').unwrap_or_default();
            let child_kind = child
                .kind
                .strip_prefix(kind)
                .and_then(|rest| rest.strip_prefix('/'));
            let direct = child_kind
                .and_then(|rest| rest.strip_suffix(version))
                .is_some_and(|rest| !rest.contains('/'));
            direct && other.azure_name.eq_ignore_ascii_case(parent_name)
        };
        if let Some(parent) = all.iter().find(is_parent) {
            child.parent = Some(parent.name.clone());
            child.azure_name = name.to_owned();
        }
    }
    let mut ordered: Vec<context::Existing> = Vec::with_capacity(existing.len());
    for one in existing {
        let first_child = ordered
            .iter()
            .position(|other| other.parent.as_ref() == Some(&one.name));
        ordered.insert(first_child.unwrap_or(ordered.len()), one);
    }
    ordered
}

/// A file that is being filled.
struct File<'a> {
    model: &'a Model,
    workload: &'a Workload,
    symbols: Symbols,
    /// Roles with their declarations, in the order in which they are first needed.
    roles: Vec<(&'static Role, context::RoleDefinition)>,
    existing: Vec<context::Existing>,
}

impl File<'_> {
    fn access(&mut self, grant: &Grant) -> Option<context::Access> {
        let resource = self.model.resource(&grant.resource)?;
        let mut comment = vec![format!(
            "{}: {}",
            target(resource, &grant.scope),
            grant.access
        )];
        let grant = match (
            &grant.right,
            resource.kind.facets().opened_by(resource, &grant.scope),
        ) {
            (Right::Role(role), OpenedBy::Role(scope)) => self.role(grant, role, resource, scope),
            (Right::DatabaseRoles(_), OpenedBy::Role(_)) => context::Grant::Elsewhere,
            (_, OpenedBy::Other(what)) => {
                comment.push(what);
                context::Grant::Elsewhere
            }
        };
        Some(context::Access { comment, grant })
    }

    fn role(
        &mut self,
        grant: &Grant,
        role: &'static Role,
        resource: &Resource,
        scope: RoleScope,
    ) -> context::Grant {
        let child = match &grant.scope {
            Scope::Resource => "",
            Scope::Child { key, .. } => key,
        };
        let accesses = resource.kind.facets().accesses();
        let row = accesses
            .iter()
            .find(|row| row.access.word() == grant.access);
        let does = row.map_or("uses", |row| row.does);
        let description = format!("{} {does} {}.", self.workload.name, scope.holds_for);
        let verb = format!("{}s", grant.access);
        let other_group = match &resource.provision {
            Provision::Create(()) => None,
            Provision::Existing(id) => elsewhere(self.model, id),
        };
        if let Some(group) = other_group {
            let mut parameters = scope.access_parameters;
            parameters.push(Property::new("access", grant.access));
            return context::Grant::Module {
                name: self
                    .symbols
                    .claim(&Symbol::of(&[&verb, &resource.key, child], "")),
                path: format!("../{}", modules::path(scope.access_module)),
                scope: group,
                parameters,
                description,
            };
        }
        let role = self.role_definition(role);
        let resource_symbol =
            self.existing(&scope, &Symbol::of(&[&resource.key, child], scope.what));
        let identity = symbol("identity");
        let guid = vec![
            Expression::from(&resource_symbol).of("id"),
            Expression::from(identity).of("id"),
            Expression::from(&role),
        ];
        context::Grant::Role {
            guid: Expression::Call(Function::Guid, guid),
            name: self
                .symbols
                .claim(&Symbol::of(&[&verb, &resource.key, child], "")),
            resource: resource_symbol,
            role,
            description,
        }
    }

    /// The symbol of a role, which is declared once.
    fn role_definition(&mut self, role: &'static Role) -> Symbol {
        if let Some((_, known)) = self.roles.iter().find(|(known, _)| *known == role) {
            return known.name.clone();
        }
        let name = self.symbols.claim(&Symbol::of(&[role.name], ""));
        let definition = context::RoleDefinition {
            name: name.clone(),
            id: role.id.to_owned(),
        };
        self.roles.push((role, definition));
        name
    }

    /// The symbol of what a role is given at, which is declared once (BCP121).
    fn existing(&mut self, scope: &RoleScope, wanted: &Symbol) -> Symbol {
        let declared = self.existing.iter().find(|known| {
            known.kind == scope.kind && known.azure_name.eq_ignore_ascii_case(&scope.azure_name)
        });
        if let Some(known) = declared {
            return known.name.clone();
        }
        let name = self.symbols.claim(wanted);
        self.existing.push(context::Existing {
            comment: Vec::new(),
            name: name.clone(),
            kind: scope.kind.clone(),
            parent: None,
            azure_name: scope.azure_name.clone(),
            scope: None,
        });
        name
    }
}

/// The target of a connection as the spec writes it.
fn target(resource: &Resource, scope: &Scope) -> String {
    match scope {
        Scope::Child { key, .. } => format!("{}/{key}", resource.key),
        Scope::Resource if resource.kind.facets().children().is_empty() => resource.key.clone(),
        Scope::Resource => format!("{}/*", resource.key),
    }
}
