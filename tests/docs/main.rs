//! The documents of the project, taken at their word: every command runs, every spec does what is said of it, every
//! excerpt, path and link is there, and every part that is made from the code is the code's.
//!
//! A fence says what its block is: `sh`, with `text,output` (what its first command prints) behind it or without, `yaml`,
//! `yaml,refused` with `text,findings` behind it, `text` (a tree of paths),
//! `LANGUAGE,PATH` (an excerpt of that file). A block of another sort fails.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests are at the edge, and fail where they panic"
)]

#[path = "../environment/mod.rs"]
mod environment;
#[path = "../example_specs/mod.rs"]
mod example_specs;
#[path = "../page/mod.rs"]
mod page;

mod claims;
mod commands;
mod generated;
mod links;
mod specs;
mod trees;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use page::{Block, Page};

/// The project's folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The texts of the Rust files at or below a place of the project.
fn sources(place: &str) -> Vec<String> {
    let texts: Vec<String> = walkdir::WalkDir::new(root().join(place))
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "rs"))
        .map(|entry| std::fs::read_to_string(entry.path()).unwrap())
        .collect();
    assert!(!texts.is_empty(), "{place} has no Rust");
    texts
}

/// The documents whose blocks are tried.
fn pages() -> Vec<Page> {
    let mut paths = vec![
        "README.md".to_owned(),
        "CONTRIBUTING.md".to_owned(),
        "CHANGELOG.md".to_owned(),
    ];
    let examples: Vec<String> = entries(&root().join("examples"))
        .iter()
        .map(|name| format!("examples/{name}/README.md"))
        .collect();
    assert_eq!(examples.len(), 3, "{examples:?}");
    paths.extend(examples);
    paths.iter().map(|path| Page::read(path)).collect()
}

/// Fails with everything that is wrong, each on a line.
fn none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What is wrong with the blocks of a page.
fn judged(page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut terminal = commands::Terminal::new();
    let mut blocks = page.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        let said = match block.info.split_once(',') {
            None if block.info == "sh" => terminal.run(&block.text),
            None if block.info == "yaml" => specs::accepted(&block.text),
            None if block.info == "text" => trees::judged(&block.text),
            None if block.info == "mermaid" => generated::is_the_picture(&block.text),
            Some(("text", "output")) => terminal.printed(&block.text),
            Some(("yaml", "refused")) => {
                match blocks.next_if(|next| next.info == "text,findings") {
                    Some(findings) => specs::refused(&block.text, &findings.text),
                    None => Err("no text,findings follows".to_owned()),
                }
            }
            Some((_, path)) if path.contains('/') => excerpt(block, path),
            _ => Err(format!("no test knows what `{}` is", block.info)),
        };
        if let Err(problem) = said {
            wrong.push(format!("{}:{}: {problem}", page.path, block.line));
        }
    }
    wrong
}

/// Whether a block occurs in a file, whole lines of it, as they stand there.
fn excerpt(block: &Block, path: &str) -> Result<(), String> {
    let file =
        std::fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))?;
    if !block.text.trim().is_empty() && format!("\n{file}").contains(&format!("\n{}", block.text)) {
        Ok(())
    } else {
        Err(format!("{path} has no such lines:\n{}", block.text))
    }
}

#[test]
fn every_block_is_true() {
    let pages = pages();
    let wrong: Vec<String> = pages.iter().flat_map(judged).collect();
    none(&wrong);

    // So that a page without blocks is not called true by mistake.
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for page in &pages {
        *counted.entry(page.path.as_str()).or_default() += page.blocks.len();
    }
    assert!(counted["README.md"] > 10, "{counted:?}");
    assert!(counted["CONTRIBUTING.md"] > 10, "{counted:?}");
    for (path, count) in counted {
        assert!(count > 0 || path == "CHANGELOG.md", "{path} has no block");
    }
}

#[test]
fn a_planted_lie_is_found() {
    let lies = [
        ("sh", "agcgen validate examples/minimal/nowhere.yaml"),
        ("sh", "cargo test --test nowhere"),
        ("sh", "cargo test no_such_test_anywhere"),
        // Words of the sources, and of no test's name.
        ("sh", "cargo test --lib Findings"),
        ("sh", "cargo test --test rendered -- Metadata"),
        ("sh", ""),
        ("sh", "cargo publish"),
        ("sh", "export AGC_SECRET_NOWHERE=1"),
        ("sh", "curl https://example.com"),
        ("yaml", "workloads: { web: { prot: 80 } }"),
        ("yaml,refused", "workloads: { web: { port: 80 } }"),
        ("text", "out/\n  nowhere.txt"),
        ("text", "out/\n  infra/\n    main.bicep"),
        ("text", "agcgen/\n  src/\n    main.rs"),
        ("rust,src/lib.rs", "pub mod nowhere;"),
        ("rust,src/lib.rs", ""),
        ("rust,src/nowhere.rs", "pub mod cli;"),
        ("mermaid", "flowchart LR"),
        ("python", "print()"),
        ("", "nothing"),
    ];
    for (info, text) in lies {
        let page = Page::new("lie.md", &format!("```{info}\n{text}\n```\n"));
        assert_eq!(judged(&page).len(), 1, "{info}: {text}");
    }
    let page = Page::new(
        "lie.md",
        "```yaml,refused\napiVersion: agcgen/v1\n```\n```text,findings\nspec.yaml:1:1: error[AGC0001]\n```\n",
    );
    assert_eq!(judged(&page).len(), 1);
}

/// Every entry of a folder of the project, sorted; what only this machine has is left out.
fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
