//! Links between documents lead somewhere.

use std::path::Path;

use super::{none, page::Page, pages, root};

#[test]
fn every_link_leads_somewhere() {
    let mut pages = pages();
    pages.push(Page::read("schema/README.md"));
    let mut wrong = Vec::new();
    let mut followed = 0;
    for page in &pages {
        for link in &page.links {
            if link.starts_with("https://") {
                continue;
            }
            followed += 1;
            if !leads_somewhere(page, link) {
                wrong.push(format!("{}: {link}", page.path));
            }
        }
    }
    none(&wrong);
    assert!(followed > 50, "{followed}");
}

fn leads_somewhere(page: &Page, link: &str) -> bool {
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (link, None),
    };
    if path.is_empty() {
        return anchor.is_some_and(|anchor| page.anchors.iter().any(|known| known == anchor));
    }
    let here = Path::new(&page.path).parent().unwrap();
    let target = here.join(path);
    if !root().join(&target).exists() {
        return false;
    }
    anchor.is_none_or(|anchor| {
        let other = Page::read(target.to_str().unwrap());
        other.anchors.iter().any(|known| known == anchor)
    })
}

#[test]
fn a_dead_link_is_found() {
    let page = Page::new("examples/minimal/README.md", "# Here\n");
    for link in [
        "#there",
        "spec.yml",
        "../../README.md#nowhere",
        "../README.md",
    ] {
        assert!(!leads_somewhere(&page, link), "{link}");
    }
    for link in ["#here", "spec.yaml", "../../README.md#guide"] {
        assert!(leads_somewhere(&page, link), "{link}");
    }
}
