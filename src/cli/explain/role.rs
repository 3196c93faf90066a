//! Pages of roles: Azure's, and those of databases.

use std::fmt::Write as _;

use crate::catalog::roles::{self, Role};
use crate::model::Right;
use crate::reference::{KindPage, database_roles};

/// The page of a role that is named by its name or its GUID; letters may be of any case.
pub(super) fn page(topic: &str, kinds: &[KindPage]) -> Option<String> {
    if let Some(role) = roles::ALL
        .iter()
        .find(|role| role.name.eq_ignore_ascii_case(topic) || role.id.eq_ignore_ascii_case(topic))
    {
        return Some(azure_page(role, kinds));
    }
    let role = database_roles(kinds)
        .into_iter()
        .find(|role| role.eq_ignore_ascii_case(topic))?;
    let mut out = format!(
        "# {role}\n\nA role in a database. Azure's own roles give no right to the data in it.\n"
    );
    push_givers(
        &mut out,
        kinds,
        |right| matches!(right, Right::DatabaseRoles(list) if list.contains(&role)),
    );
    Some(out)
}

fn azure_page(role: &Role, kinds: &[KindPage]) -> String {
    let mut out = format!(
        "# {}\n\n* Role definition id: `{}`, the same in every tenant.\n* Allows: {}.\n* Source: {}.\n",
        role.name, role.id, role.allows, role.source
    );
    push_givers(
        &mut out,
        kinds,
        |right| matches!(right, Right::Role(given) if given.id == role.id),
    );
    out
}

/// Says which connections give a role.
fn push_givers(out: &mut String, kinds: &[KindPage], is_given: impl Fn(&Right) -> bool) {
    let mut givers = Vec::new();
    for kind in kinds {
        for row in kind.facets().accesses() {
            if is_given(&(row.right)()) {
                givers.push(format!(
                    "* `{}` to a resource of the kind `{}`\n",
                    row.access.word(),
                    kind.word()
                ));
            }
        }
    }
    if givers.is_empty() {
        out.push_str(
            "\nNo connection gives it. The cluster itself, the gateway's controller or the administrators need it.\n",
        );
    } else {
        let _ = write!(out, "\nConnections that give it:\n\n{}", givers.concat());
    }
}

/// The names of all roles.
pub(super) fn names(kinds: &[KindPage]) -> impl Iterator<Item = &'static str> {
    roles::ALL
        .iter()
        .map(|role| role.name)
        .chain(database_roles(kinds))
}

/// All roles, a line each.
pub(super) fn list(kinds: &[KindPage]) -> String {
    let mut out = String::new();
    for role in roles::ALL {
        let _ = writeln!(out, "{}  {}", role.id, role.name);
    }
    for role in database_roles(kinds) {
        let _ = writeln!(out, "{:<36}  {role}", "in a database");
    }
    out
}
