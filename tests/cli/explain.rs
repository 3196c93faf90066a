//! `explain`: pages on stdout.

use crate::{Folder, snapshot};

#[test]
fn pages_of_every_sort() {
    let folder = Folder::new();
    for (name, topic) in [
        ("code", "AGC0410"),
        ("kind", "storage"),
        ("field", "workloads.web.health"),
        ("map", "routes"),
        ("role", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"),
        ("database_role", "db_datawriter"),
    ] {
        let arguments = ["explain", topic];
        let ran = folder.run(&arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{topic}");
        snapshot(&format!("explain_{name}"), &arguments, &ran);
    }
}

#[test]
fn what_is_not_known_ends_with_2() {
    let folder = Folder::new();
    for (name, topic) in [
        ("unknown_code", "AGC9999"),
        ("misspelt_field", "workloads.web.conections"),
        ("word_of_a_page", "regex"),
        ("hostile", "\u{1b}[31mred"),
    ] {
        let arguments = ["explain", topic];
        let ran = folder.run(&arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{topic}");
        assert!(!ran.stderr.contains('\u{1b}'));
        snapshot(
            &format!("explain_{name}"),
            &[arguments[0], &*topic.escape_default().to_string()],
            &ran,
        );
    }
}

/// Whatever the list names, `explain` knows.
#[test]
fn the_list_names_what_explain_knows() {
    let folder = Folder::new();
    let ran = folder.run(&["explain", "--list"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let sections: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with('#'))
        .collect();
    assert_eq!(
        sections,
        ["# Codes", "# Kinds of resources", "# Roles", "# Fields"]
    );
    let topics: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("in a database"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(topics.len() > 100, "{}", topics.len());
    // One of each stretch of the list; a unit test asks for all.
    for topic in topics.iter().step_by(17) {
        assert_eq!(folder.run(&["explain", topic]).code, 0, "{topic}");
    }
}
