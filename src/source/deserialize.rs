//! [`Node`] → any type that `serde` can make, without a tree of JSON between them.
//!
//! It takes what `serde_json::from_value` takes of [`Node::to_json`], but for a number that JSON has not: the reader of YAML
//! refuses those.

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

use super::{Entry, Node, Value};

impl<'de> IntoDeserializer<'de, Error> for &'de Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

fn pair(entry: &Entry) -> (&str, &Node) {
    (&entry.key, &entry.value)
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => {
                let mut items = SeqDeserializer::new(items.iter());
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Value::Map(entries) => {
                let mut entries = MapDeserializer::new(entries.iter().map(pair));
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.value {
            Value::Text(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            Value::Map(entries) => {
                let entries = MapDeserializer::new(entries.iter().map(pair));
                visitor.visit_enum(MapAccessDeserializer::new(entries))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::diagnostic::Findings;
    use crate::source::{Sources, parse};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Everything {
        word: Word,
        choice: Word,
        maybe: Option<u16>,
        nothing: Option<u16>,
        list: Vec<f64>,
        map: BTreeMap<String, Tagged>,
        pair: (i64, bool),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Word {
        Plain,
        With(String),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", rename_all = "camelCase")]
    enum Tagged {
        One { size: u8 },
    }

    const TEXT: &str = "word: plain\nchoice: { with: it }\nmaybe: 7\nnothing: ~\nlist: [1, 0.5]\n\
                        map: { a: { size: 3, kind: one } }\npair: [-1, true]\n";

    fn read(text: &str) -> serde_json::Result<Everything> {
        let mut sources = Sources::new();
        let id = sources.add("x", text);
        let node = parse(&sources, id, &mut Findings::new()).unwrap();
        Everything::deserialize(&node)
    }

    #[test]
    fn every_sort_of_value_is_taken() {
        assert_eq!(
            read(TEXT).unwrap(),
            Everything {
                word: Word::Plain,
                choice: Word::With("it".to_owned()),
                maybe: Some(7),
                nothing: None,
                list: vec![1.0, 0.5],
                map: BTreeMap::from([("a".to_owned(), Tagged::One { size: 3 })]),
                pair: (-1, true),
            }
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        for (right, wrong) in [
            ("word: plain", "word: other"),
            ("word: plain", "word: 1"),
            ("choice: { with: it }", "choice: {}"),
            ("maybe: 7", "maybe: 70000"),
            ("maybe: 7", "maybe: 7\nmore: 1"),
            ("pair: [-1, true]", "pair: [-1, true, 2]"),
            ("pair: [-1, true]", "pair: [-1]"),
            ("kind: one", "kind: two"),
        ] {
            assert!(TEXT.contains(right), "{right}");
            assert!(read(&TEXT.replace(right, wrong)).is_err(), "{wrong}");
        }
    }
}
