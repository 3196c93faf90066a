//! Pieces of the page: Markdown that a printer made, and nothing else.

use serde::{Deserialize, Serialize};

use crate::facts::ArmPlace;
use crate::print::markdown::{self, Inline};

/// Markdown that came out of the printer, so that every foreign text in it is text. A template prints it with the filter
/// `markdown`, which takes no plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Markdown {
    markdown: String,
}

impl Markdown {
    /// The text to print, without a line break at its end.
    pub(crate) fn as_str(&self) -> &str {
        self.markdown.trim_end_matches('\n')
    }

    /// A table.
    pub(super) fn table<const N: usize>(header: [&'static str; N], rows: &[[Inline; N]]) -> Self {
        Self {
            markdown: markdown::table(&header.map(markdown::text), rows),
        }
    }

    /// A list.
    pub(super) fn list(items: &[Inline]) -> Self {
        let items: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
        Self {
            markdown: items.join("\n"),
        }
    }

    /// A fenced block.
    pub(super) fn block(language: &str, content: &str) -> Self {
        Self {
            markdown: markdown::block(language, content),
        }
    }

    /// An entry of a list that leads to a heading of this page. An anchor is made of letters, digits, `-` and `_` alone.
    pub(super) fn to_heading(heading: &str) -> Self {
        let anchor = markdown::anchor(heading);
        Self {
            markdown: format!("[{}](#{anchor})", markdown::text(heading)),
        }
    }
}

impl From<Inline> for Markdown {
    fn from(inline: Inline) -> Self {
        Self {
            markdown: inline.print(),
        }
    }
}

/// A sentence of agcgen's own, in Markdown, with a piece in place of each `{}`.
pub(super) fn say<const N: usize>(sentence: &'static str, pieces: [Inline; N]) -> Inline {
    let mut pieces = pieces.into_iter();
    let mut parts = sentence.split("{}");
    let mut whole = Inline::literal_with_room(parts.next().unwrap_or_default(), 2 * N + 1);
    for part in parts {
        whole = whole
            .followed_by(pieces.next().unwrap_or_default())
            .followed_by_literal(part);
    }
    whole
}

/// A paragraph.
pub(super) fn paragraph<const N: usize>(sentence: &'static str, pieces: [Inline; N]) -> Markdown {
    say(sentence, pieces).into()
}

/// `items` with commas between them.
pub(super) fn listed(items: impl IntoIterator<Item = Inline>) -> Inline {
    joined(items, ", ")
}

/// `items` with words of agcgen's own between them.
pub(super) fn joined(items: impl IntoIterator<Item = Inline>, between: &'static str) -> Inline {
    let mut items = items.into_iter();
    let Some(first) = items.next() else {
        return Inline::default();
    };
    items.fold(first, |list, item| {
        list.followed_by_literal(between).followed_by(item)
    })
}

/// Codes with commas between them.
pub(super) fn codes<'a>(texts: impl IntoIterator<Item = &'a str>) -> Inline {
    listed(texts.into_iter().map(markdown::code))
}

/// So many nodes.
pub(super) fn counted(nodes: u32) -> Inline {
    markdown::text(&match nodes {
        1 => "1 node".to_owned(),
        several => format!("{several} nodes"),
    })
}

/// The resource group of a place.
pub(super) fn group(place: &ArmPlace) -> Inline {
    let group = markdown::code(&place.resource_group);
    match &place.subscription {
        Some(subscription) => say(
            "{} of subscription {}",
            [group, markdown::code(subscription)],
        ),
        None => group,
    }
}

/// A file of the output as a link.
pub(super) fn file(path: &str) -> Inline {
    markdown::link(markdown::code(path), path)
}

/// A part of the page: a heading and what stands under it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Section {
    /// The heading, without its marks.
    pub(super) heading: String,
    /// The link to it.
    pub(super) link: Markdown,
    /// Paragraphs, blocks and tables.
    pub(super) body: Vec<Markdown>,
}

impl Section {
    pub(super) fn new(heading: impl Into<String>, body: Vec<Markdown>) -> Self {
        let heading = heading.into();
        Self {
            link: Markdown::to_heading(&heading),
            heading,
            body,
        }
    }
}

/// Sections whose headings count from 1: "Step 1: Sign in".
pub(super) fn numbered(
    word: &'static str,
    steps: Vec<(&'static str, Vec<Markdown>)>,
) -> Vec<Section> {
    steps
        .into_iter()
        .enumerate()
        .map(|(position, (title, body))| {
            Section::new(format!("{word} {}: {title}", position + 1), body)
        })
        .collect()
}
