//! What a render produces, as plain data: files with their place, text, mode and owner, and the Kubernetes objects in them.
//!
//! In: the renderers build these values. Out: [`crate::disk`] compares them with a folder and writes them; `-o -` prints them.
//! Nothing here reads or writes a file, and nothing here knows what a file is about.

use std::fmt;
use std::sync::Arc;

/// Where an output file lies, relative to the output folder and always with `/`.
///
/// A path of this type can be joined to the output folder without leaving it, on every system, and stands in a
/// tab-separated line without quoting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputPath(Arc<str>);

impl OutputPath {
    /// Takes a path such as `k8s/routes/api-route.yaml`.
    ///
    /// # Errors
    ///
    /// [`BadPath`] if the path is empty, absolute, has an empty, `.`, `..` or `.git` part, a part that ends in a dot or a
    /// blank (Windows drops those), a backslash, a colon or a control character.
    pub fn new(path: impl Into<String>) -> Result<Self, BadPath> {
        let path = path.into();
        let forbidden = |c: char| c.is_control() || matches!(c, '\\' | ':');
        if path.contains(forbidden) || !path.split('/').all(is_plain_part) {
            return Err(BadPath(path));
        }
        Ok(Self(path.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders that the file lies in, the nearest first, without the output folder itself:
    /// `k8s/routes` and `k8s` for `k8s/routes/api-route.yaml`.
    pub fn folders(&self) -> impl Iterator<Item = Self> + '_ {
        self.0
            .rmatch_indices('/')
            .map(|(end, _)| Self(self.0[..end].into()))
    }
}

impl fmt::Display for OutputPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `.git` is refused because a path may come from a lock that somebody else committed.
fn is_plain_part(part: &str) -> bool {
    !part.is_empty() && !part.ends_with(['.', ' ']) && !part.eq_ignore_ascii_case(".git")
}

/// A text that is no [`OutputPath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPath(String);

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no path inside the output folder", self.0)
    }
}

impl std::error::Error for BadPath {}

/// Whether a file can be run. Everything else about its permissions is the umask's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Text: 0666 less the umask.
    Plain,
    /// A program: 0777 less the umask.
    Executable,
}

/// Whose a file is after it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// agcgen's: overwritten by every render, removed when the spec no longer makes it.
    Generated,
    /// The user's or the driver's, once written: `late-values.env`, `KEY=value` lines under comments. A render keeps the
    /// values of these slots, rewrites the comments, removes the keys that no slot has, and never writes a key.
    Seeded(Vec<Slot>),
}

/// One value that is known only after a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The key, a name that kustomize takes as a variable: `API_SERVICE_CLIENT_ID`.
    pub key: String,
    /// What a value must look like.
    pub shape: Shape,
    /// Names of what in Azure the value is of. The first line of `comment` has them: where the line of a file has others, the
    /// value in it is of something else, and goes.
    pub of: Vec<String>,
    /// What it is, who produces it and who reads it, one line each, without the `#`. It begins with the key and a colon, because
    /// an open value has no other line in the file.
    pub comment: Vec<String>,
}

/// What a late value must look like. The all-zero GUID is a placeholder and fits nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// A client id: a GUID with hyphens, without braces or quotes.
    ClientId,
    /// An ARM id that ends in a resource of this type, for example `Microsoft.ServiceNetworking/trafficControllers`.
    /// Case does not matter, as in Azure.
    ResourceId(String),
}

/// One file of a render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Where it lies.
    pub path: OutputPath,
    /// The whole text, or for [`Owner::Seeded`] the comment at the top of the file.
    pub text: String,
    /// Whether it can be run.
    pub mode: Mode,
    /// Whose it is.
    pub owner: Owner,
}

/// The identity of a Kubernetes object that the manifests apply: a row of the lock, from which the driver knows what to keep
/// when it prunes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectId {
    /// `v1`, `apps/v1`, `gateway.networking.k8s.io/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// None for a cluster-scoped object.
    pub namespace: Option<String>,
    /// The object's name.
    pub name: String,
}
