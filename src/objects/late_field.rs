//! Fields of objects whose value exists only after the deployment.

use std::collections::BTreeMap;
use std::fmt;

use super::Manifest;

/// A field that waits for a late value. It holds the value and nothing else, never a part of a longer text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateField {
    /// Key of the late value, see [`crate::late`].
    pub key: String,
    /// The way to the field, from the top of the object.
    pub path: Vec<Step>,
}

/// A step on the way to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a map.
    Key(String),
    /// Into a list, by position.
    Index(usize),
    /// Into a list, to the item of that `name`.
    Named(String),
}

impl LateField {
    /// A field of `key`.
    pub(super) fn new(key: &str, path: impl IntoIterator<Item = Step>) -> Self {
        Self {
            key: key.to_owned(),
            path: path.into_iter().collect(),
        }
    }

    /// The way to the field as kustomize writes it: `metadata.annotations.[azure.workload.identity/client-id]`.
    pub fn field_path(&self) -> String {
        let steps: Vec<_> = self.path.iter().map(Step::to_string).collect();
        steps.join(".")
    }
}

/// The objects that wait for late values.
pub struct Waiting<'m>(BTreeMap<&'m str, Vec<(&'m Manifest, Vec<String>)>>);

impl<'m> Waiting<'m> {
    /// Those among these objects, read once for all keys.
    pub fn among(manifests: &'m [Manifest]) -> Self {
        let mut waiting: BTreeMap<&str, Vec<(&Manifest, Vec<String>)>> = BTreeMap::new();
        for manifest in manifests {
            for field in &manifest.late {
                let objects = waiting.entry(&field.key).or_default();
                match objects.last_mut() {
                    Some((last, fields)) if std::ptr::eq(*last, manifest) => {
                        fields.push(field.field_path());
                    }
                    _ => objects.push((manifest, vec![field.field_path()])),
                }
            }
        }
        Self(waiting)
    }

    /// The objects that wait for the late value of that key, each with the ways to its fields.
    pub fn wait_for(&self, key: &str) -> &[(&'m Manifest, Vec<String>)] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}

impl fmt::Display for Step {
    /// As kustomize writes it. A key with a dot stands in brackets, where dots are plain.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) if key.contains('.') => write!(f, "[{key}]"),
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "{index}"),
            Self::Named(name) => write!(f, "[name={name}]"),
        }
    }
}

/// What stands in a field until kustomize puts the late value of that key there.
///
/// No identity, no ARM resource and no path can have this name, so a file that is applied past kustomize fails where the
/// value is first used, with the key in the message.
pub fn hole(key: &str) -> String {
    format!("<{key} of {}>", crate::late::FILE)
}

/// The step to `key`.
pub(super) fn key(key: &str) -> Step {
    Step::Key(key.to_owned())
}
