//! Text → [`Node`]: reads a spec, parses it once, and keeps where every key and value stands.
//!
//! In: a file or standard input. Out: a tree whose every node knows its [`Span`], source id included, so that a value
//! merged from another layer still points at the line that wrote it. Nothing here knows what a spec means.

mod compose;
mod deserialize;
mod folder;
mod mask;
mod node;
mod overlay;
mod pointer;

use std::io::Read as _;
use std::ops::Range;

pub use compose::{REPLACEMENT, parse, parse_manifests};
pub use folder::yaml_files;
pub use mask::{SECRET_NAMES, is_secret_name, looks_like_credential, masked};
pub use node::{Entries, Entry, Node, Value};
pub use overlay::overlay;
pub use pointer::{At, Place, Step};

/// Largest spec that is read, in bytes (4 MiB).
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Largest file of manifests that is read, in bytes (16 MiB).
pub const MAX_MANIFEST_BYTES: usize = 16 * 1024 * 1024;

/// Deepest nesting of lists and maps in a spec.
pub const MAX_DEPTH: usize = 64;

/// Deepest nesting in a file of manifests: definitions of custom resources go deeper than anything that people write.
pub const MAX_MANIFEST_DEPTH: usize = 256;

/// Most keys and values in a spec, ends of lists and maps counted with them.
pub const MAX_VALUES: usize = 100_000;

/// Most keys and values in a file of manifests, those of anchors and aliases as often as they stand there: what 4 MiB of routes have.
pub const MAX_MANIFEST_VALUES: usize = 400_000;

/// Which of the [`Sources`] a span points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes in one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes as a range.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// One text that was read, under the name that messages call it by.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path as the caller gave it, or `<stdin>`.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// The last part of the name: what generated files say they were made from.
    pub fn file_name(&self) -> &str {
        let name = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        if name.is_empty() || name == "<stdin>" {
            "the spec"
        } else {
            name
        }
    }
}

/// All texts of one run. Spans point into it.
#[derive(Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text in and names it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.list.push(Source {
            name: name.into(),
            text: text.into(),
        });
        SourceId(u32::try_from(self.list.len() - 1).unwrap_or(u32::MAX))
    }

    /// The source with that id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[id.0 as usize]
    }
}

/// Why a spec could not be read at all.
#[derive(Debug)]
pub enum ReadError {
    /// The file system said no.
    Io(std::io::Error),
    /// The spec is larger than [`MAX_BYTES`].
    TooLarge,
    /// The manifests are larger than [`MAX_MANIFEST_BYTES`].
    TooManyManifests,
    /// The bytes are not UTF-8; the offset of the first that is not.
    NotUtf8(usize),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::TooLarge => write!(
                f,
                "it is larger than 4 MiB; a spec is written by hand and stays far below that"
            ),
            Self::TooManyManifests => write!(
                f,
                "it is larger than 16 MiB; of manifests those about routing are enough"
            ),
            Self::NotUtf8(at) => write!(
                f,
                "it is not UTF-8 (first wrong byte at offset {at}); save it as UTF-8, for instance with `iconv -t UTF-8`"
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads a spec from a path, or from standard input where the path is `-`. A byte order mark is dropped.
///
/// # Errors
/// When the file cannot be read, is larger than [`MAX_BYTES`] or is not UTF-8.
pub fn read(path: &str) -> Result<Source, ReadError> {
    read_up_to(path, MAX_BYTES, ReadError::TooLarge)
}

/// Reads what may be manifests, or a spec, for which `is_spec` asks; else the same.
///
/// # Errors
/// When the file cannot be read, is a spec larger than [`MAX_BYTES`] or larger than [`MAX_MANIFEST_BYTES`], or is not UTF-8.
pub fn read_manifests(path: &str, is_spec: fn(&str) -> bool) -> Result<Source, ReadError> {
    let source = read_up_to(path, MAX_MANIFEST_BYTES, ReadError::TooManyManifests)?;
    if source.text.len() > MAX_BYTES && is_spec(&source.text) {
        return Err(ReadError::TooLarge);
    }
    Ok(source)
}

#[allow(clippy::disallowed_types, clippy::disallowed_methods)] // The one place that reads a spec.
#[inline(never)]
fn read_up_to(path: &str, most: usize, too_large: ReadError) -> Result<Source, ReadError> {
    /// Most specs are no larger, and are read at once.
    const USUAL: usize = 64 << 10;
    let limit = most as u64 + 1;
    let mut bytes = Vec::with_capacity(USUAL);
    let name = if path == "-" {
        std::io::stdin()
            .lock()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(ReadError::Io)?;
        "<stdin>"
    } else {
        let file = fs_err::File::open(path).map_err(ReadError::Io)?;
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(ReadError::Io)?;
        path
    };
    if bytes.len() > most {
        return Err(too_large);
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| ReadError::NotUtf8(error.utf8_error().valid_up_to()))?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    Ok(Source {
        name: name.to_owned(),
        text,
    })
}
