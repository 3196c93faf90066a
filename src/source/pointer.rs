//! Paths into a spec: how passes name a place without holding on to the tree.

use std::fmt;
use std::sync::Arc;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a map.
    Key(Arc<str>),
    /// Into a list.
    Index(usize),
}

/// A path from the root of the spec, in full form: `workloads.api.connections."bus/orders".access`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At(Vec<Step>);

impl At {
    /// The spec itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// One key further.
    #[must_use]
    pub fn key(&self, key: impl AsRef<str>) -> Self {
        self.then(Step::Key(key.as_ref().into()))
    }

    /// One list item further.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// One step back; the root stays the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// Every path above this one, the nearest first and the root last.
    pub fn parents(&self) -> impl Iterator<Item = Self> {
        (0..self.0.len())
            .rev()
            .map(|length| Self(self.0[..length].to_vec()))
    }

    /// The path of a JSON pointer such as `/workloads/api/0`, as read against `root`: a number is an index where the
    /// parent is a list.
    pub fn from_json_pointer(pointer: &str, root: &serde_json::Value) -> Self {
        let mut at = Self::root();
        let mut value = Some(root);
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            if let (Some(serde_json::Value::Array(list)), Ok(index)) = (value, part.parse()) {
                at = at.index(index);
                value = list.get(index);
            } else {
                value = value.and_then(|value| value.get(part.as_str()));
                at = at.key(part);
            }
        }
        at
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    let bare = !key.is_empty()
                        && key
                            .chars()
                            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
                    if bare {
                        f.write_str(key)?;
                    } else {
                        write!(f, "{key:?}")?;
                    }
                }
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The part of a path that a message points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The key itself.
    Key(At),
    /// The value.
    Value(At),
}

impl Place {
    /// The path.
    pub fn at(&self) -> &At {
        match self {
            Self::Key(at) | Self::Value(at) => at,
        }
    }
}

impl From<&At> for Place {
    fn from(at: &At) -> Self {
        Self::Value(at.clone())
    }
}
