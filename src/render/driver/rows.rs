//! Rows of tab-separated fields that bash reads with `read`.
//!
//! bash joins adjacent tabs, so no field is empty: `-` stands for none. A field has no tab and no line break, and no text of a
//! spec can have one; [`Rows`] refuses it all the same.

use std::fmt;

/// A field that no row can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    /// The kind of its row.
    kind: &'static str,
    /// The field.
    field: String,
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no field of a row {}", self.field, self.kind)
    }
}

impl std::error::Error for BadField {}

/// Rows in the order in which they were added.
#[derive(Debug)]
pub(super) struct Rows {
    text: String,
    count: usize,
    bad: Option<BadField>,
}

impl Rows {
    /// None yet, below a comment.
    pub(super) fn new(comment: &str) -> Self {
        Self {
            text: format!("# {comment}\n"),
            count: 0,
            bad: None,
        }
    }

    /// A further row.
    pub(super) fn add<const N: usize>(&mut self, kind: &'static str, fields: [&str; N]) {
        self.text.push_str(kind);
        for field in fields {
            if field.chars().any(char::is_control) {
                self.bad.get_or_insert_with(|| BadField {
                    kind,
                    field: field.to_owned(),
                });
            }
            self.text.push('\t');
            self.text
                .push_str(if field.is_empty() { "-" } else { field });
        }
        self.text.push('\n');
        self.count += 1;
    }

    /// The text, with the number of rows in its last one: a file that lost some is seen.
    ///
    /// # Errors
    ///
    /// The first field that no row can hold.
    pub(super) fn end(mut self) -> Result<String, BadField> {
        let count = self.count.to_string();
        self.add("end", [&count]);
        match self.bad {
            Some(bad) => Err(bad),
            None => Ok(self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_empty_and_none_breaks_out_of_its_row() {
        let mut rows = Rows::new("made here");
        rows.add("name", ["a b", ""]);
        assert_eq!(
            rows.end().as_deref(),
            Ok("# made here\nname\ta b\t-\nend\t1\n")
        );

        for field in ["a\tb", "a\nb", "a\rb", "\u{0}"] {
            let mut rows = Rows::new("made here");
            rows.add("name", [field]);
            assert_eq!(
                rows.end(),
                Err(BadField {
                    kind: "name",
                    field: field.to_owned()
                })
            );
        }
    }
}
