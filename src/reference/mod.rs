//! The reference of the language as Markdown: every field, kind, code and role.
//!
//! In: what the compiler itself goes by, which is the schema, the kinds, the codes and the tables of roles. Out: the text
//! of `schema/README.md`, the table of accesses in the project's README, and the pages of kinds that `agcgen explain`
//! shows. It does no IO: a test compares the files with these texts and writes them anew.

mod kind;

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use crate::catalog::roles;
use crate::diagnostic::{Code, FAMILIES};
use crate::model::Right;
use crate::print::markdown;
use crate::spec::{self, Field};

pub(crate) use kind::{KindPage, all as kinds};

/// An example of the schema that is no spec: a bug in agcgen.
#[derive(Debug)]
pub struct BrokenExample(String);

impl fmt::Display for BrokenExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BrokenExample {}

/// The whole reference, as it stands in `schema/README.md`.
///
/// # Errors
/// When an example of the schema is no spec: a bug.
pub fn page() -> Result<String, BrokenExample> {
    let fields = spec::reference();
    let kinds = kinds(&fields)?;
    let mut out = "\
<!-- Made from the code. `UPDATE_SNAPSHOTS=1 cargo test --test docs` writes it anew. -->

# Reference of the language

Every [field](#fields), every [kind of resource](#kinds), every [code](#codes) and every [role](#roles) that agcgen knows. \
`agcgen explain` shows the same, one at a time. Editors and CI read [agcgen.schema.json](agcgen.schema.json).

## Fields

`<name>` stands for a name of yours, `[]` for an item of a list, `(sql)` for a resource of that kind. Keys that begin with \
`x-` may stand in every block and mean nothing.
"
    .to_owned();
    print_fields(&mut out, &fields);
    out.push_str("\n## Kinds\n");
    for kind in &kinds {
        kind.print_entry(&mut out);
    }
    out.push_str("\n## Codes\n\nWith an error nothing is rendered. The number of a code is never used again for something else.\n");
    print_codes(&mut out);
    out.push_str("\n## Roles\n\n");
    print_roles(&mut out, &kinds);
    Ok(out)
}

/// The table of accesses: what each word in `connections` becomes, by kind.
///
/// # Errors
/// When an example of the schema is no spec: a bug.
pub fn accesses() -> Result<String, BrokenExample> {
    let mut out =
        "| kind | a child is a | word | becomes | that holds for |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    for kind in kinds(&spec::reference())? {
        let facets = kind.facets();
        let (child, _) = facets.child_type();
        for row in facets.accesses() {
            let (right, whole) = match (row.right)() {
                Right::Role(role) => (
                    format!("*{}*", role.name),
                    format!("the {}", facets.title()),
                ),
                Right::DatabaseRoles(list) => (database_user(list), format!("every {child}")),
            };
            let _ = writeln!(
                out,
                "| `{}` | {child} | `{}` | {right} | the {child}; with `/*` {whole} |",
                kind.word(),
                row.access.word(),
            );
        }
    }
    Ok(out)
}

/// The blocks of a spec in one table, then a table a block.
fn print_fields(out: &mut String, fields: &[Field]) {
    let is_block = |field: &&Field| !field.path.contains('.');
    print_table(out, "The whole", fields.iter().filter(is_block));
    for block in fields.iter().filter(is_block) {
        let start = format!("{}.", block.path);
        let mut below = fields
            .iter()
            .filter(|field| field.path.starts_with(&start))
            .peekable();
        if below.peek().is_some() {
            print_table(out, &format!("`{}`", block.path), below);
        }
    }
}

fn print_table<'f>(out: &mut String, title: &str, fields: impl Iterator<Item = &'f Field>) {
    let _ = write!(
        out,
        "\n### {title}\n\n| field | takes | required | means | example |\n| --- | --- | --- | --- | --- |\n"
    );
    for field in fields {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            field.path,
            cell(&field.types),
            if field.required { "yes" } else { "no" },
            cell(&field.description),
            markdown::code(&field.example),
        );
    }
}

/// Markdown of the schema's own, in a table.
fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

fn print_codes(out: &mut String) {
    for (family, title) in FAMILIES {
        let _ = write!(
            out,
            "\n### {title}\n\n| code | severity | means |\n| --- | --- | --- |\n"
        );
        for code in Code::ALL.iter().filter(|code| code.family() == *family) {
            let _ = writeln!(
                out,
                "| [{code}](../src/diagnostic/pages/{code}.md) | {} | {} |",
                code.severity(),
                code.title()
            );
        }
    }
}

fn print_roles(out: &mut String, kinds: &[KindPage]) {
    out.push_str(
        "| role | GUID or place | allows | given by | source |\n| --- | --- | --- | --- | --- |\n",
    );
    for role in roles::ALL {
        let _ = writeln!(
            out,
            "| {} | `{}` | {} | {} | {} |",
            role.name,
            role.id,
            role.allows,
            given_by(kinds, role.id),
            role.source
        );
    }
    for role in database_roles(kinds) {
        let _ = writeln!(
            out,
            "| `{role}` | in a database | what SQL Server gives its fixed role | {} | the kind |",
            given_by(kinds, role)
        );
    }
}

/// Which connections give a role, in a few words.
fn given_by(kinds: &[KindPage], role: &str) -> String {
    let givers: Vec<String> = givers(kinds, role)
        .map(|(access, kind)| format!("`{access}` to `{kind}`"))
        .collect();
    if givers.is_empty() {
        "no connection: the system itself needs it".to_owned()
    } else {
        givers.join(", ")
    }
}

/// The connections that give a role, which is named by its GUID or, in a database, by its name: their accesses and kinds.
pub(crate) fn givers(
    kinds: &[KindPage],
    role: &str,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    kinds.iter().flat_map(move |kind| {
        let rows = kind.facets().accesses().iter();
        let giving = rows.filter(move |row| match (row.right)() {
            Right::Role(given) => given.id == role,
            Right::DatabaseRoles(list) => list.contains(&role),
        });
        giving.map(|row| (row.access.word(), kind.word()))
    })
}

/// The roles in databases that a connection can give.
pub(crate) fn database_roles(kinds: &[KindPage]) -> BTreeSet<&'static str> {
    kinds
        .iter()
        .flat_map(|kind| kind.facets().accesses())
        .filter_map(|row| match (row.right)() {
            Right::DatabaseRoles(roles) => Some(roles),
            Right::Role(_) => None,
        })
        .flatten()
        .copied()
        .collect()
}

/// A database user with roles, in words.
fn database_user(roles: &[&str]) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    format!("a database user with {}", roles.join(" and "))
}

/// The last key of a place.
pub(crate) fn key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// What a field takes, and whether it must stand.
pub(crate) fn takes(field: &Field) -> String {
    if field.required {
        format!("{}; required", field.types)
    } else {
        field.types.clone()
    }
}
