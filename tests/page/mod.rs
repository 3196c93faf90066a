//! Markdown as a reader of Markdown sees it: blocks of code, links and headings.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "each test program includes this module and uses a part of it; a test fails where it panics"
)]

use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced block.
pub(crate) struct Block {
    /// What stands behind the fence.
    pub info: String,
    /// The text in it; every line ends with a line break.
    pub text: String,
    /// Line of the fence, from 1.
    pub line: usize,
}

/// A document.
pub(crate) struct Page {
    /// Path in the project.
    pub path: String,
    pub text: String,
    pub blocks: Vec<Block>,
    /// Destinations.
    pub links: Vec<String>,
    /// Anchors of its headings, as GitHub makes them.
    pub anchors: Vec<String>,
    /// The content of inline code.
    pub code: Vec<String>,
    /// The cells of each row of each table, as plain text, headers too.
    pub rows: Vec<Vec<String>>,
}

impl Page {
    /// A file of the project.
    pub(crate) fn read(path: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self::new(path, &text)
    }

    pub(crate) fn new(path: &str, text: &str) -> Self {
        let mut page = Self {
            path: path.to_owned(),
            text: text.to_owned(),
            blocks: Vec::new(),
            links: Vec::new(),
            anchors: Vec::new(),
            code: Vec::new(),
            rows: Vec::new(),
        };
        let line = |range: Range<usize>| text[..range.start].lines().count() + 1;
        let mut is_block = false;
        let mut is_cell = false;
        let mut heading: Option<String> = None;
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    is_block = true;
                    page.blocks.push(Block {
                        info: match kind {
                            CodeBlockKind::Fenced(info) => info.to_string(),
                            CodeBlockKind::Indented => "(indented)".to_owned(),
                        },
                        text: String::new(),
                        line: line(range),
                    });
                }
                Event::End(TagEnd::CodeBlock) => is_block = false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.to_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    page.anchors.push(anchor(&heading.take().unwrap()));
                }
                Event::Start(Tag::TableRow | Tag::TableHead) => page.rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    page.rows.last_mut().unwrap().push(String::new());
                    is_cell = true;
                }
                Event::End(TagEnd::TableCell) => is_cell = false,
                Event::Text(ref content) | Event::Code(ref content) => {
                    if is_block {
                        page.blocks.last_mut().unwrap().text.push_str(content);
                    }
                    if let Some(heading) = &mut heading {
                        heading.push_str(content);
                    }
                    if is_cell {
                        let row = page.rows.last_mut().unwrap();
                        row.last_mut().unwrap().push_str(content);
                    }
                    if let Event::Code(content) = event {
                        page.code.push(content.to_string());
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// What stands between `<!-- NAME -->` and `<!-- /NAME -->`: where, in the text.
    pub(crate) fn part(&self, name: &str) -> Option<Range<usize>> {
        let opening = format!("<!-- {name} -->\n");
        let start = self.text.find(&opening)? + opening.len();
        let end = start + self.text[start..].find(&format!("<!-- /{name} -->"))?;
        Some(start..end)
    }
}

/// The anchor that GitHub gives a heading: lower case, blanks as hyphens, no punctuation.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

#[test]
fn a_page_is_read_as_it_looks() {
    let page = Page::new(
        "a.md",
        "# A `b`, c\n\n<!-- x -->\n[d](e#f)\n<!-- /x -->\n\n```sh\ng\n```\n\n| h | `i\\|j` |\n| --- | --- |\n| k | |\n",
    );
    assert_eq!(page.anchors, ["a-b-c"]);
    assert_eq!(page.links, ["e#f"]);
    assert_eq!(&page.text[page.part("x").unwrap()], "[d](e#f)\n");
    assert_eq!(page.part("y"), None);
    let [block] = page.blocks.as_slice() else {
        panic!("one block");
    };
    assert_eq!((&*block.info, &*block.text, block.line), ("sh", "g\n", 7));
    assert_eq!(page.rows, [["h", "i|j"], ["k", ""]]);
}
