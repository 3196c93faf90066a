//! Pages of roles: Azure's, and those of databases.

use std::fmt::Write as _;

use crate::catalog::roles::{self, Role};
use crate::reference::{KindPage, database_roles, givers};

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
    push_givers(&mut out, kinds, role);
    Some(out)
}

fn azure_page(role: &Role, kinds: &[KindPage]) -> String {
    let mut out = format!(
        "# {}\n\n* Role definition id: `{}`, the same in every tenant.\n* Allows: {}.\n* Source: {}.\n",
        role.name, role.id, role.allows, role.source
    );
    push_givers(&mut out, kinds, role.id);
    out
}

/// Says which connections give a role.
fn push_givers(out: &mut String, kinds: &[KindPage], role: &str) {
    let givers: Vec<String> = givers(kinds, role)
        .map(|(access, kind)| format!("* `{access}` to a resource of the kind `{kind}`\n"))
        .collect();
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
