//! A value as YAML, as `serde` hands it over: no tree of it is made.
//!
//! In: a value and the place where it begins. Out: its lines, the last one ended. It decides how collections are laid out;
//! how a scalar is written is the business of the module above.

use serde::ser::{
    self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    SerializeTupleStruct, Serializer,
};
use serde_json::{Error, Number, Result};

use super::{LEVEL, LONGEST_SIMPLE_KEY, fits_literal_block, indent, literal_block, scalar};

/// Where a value begins.
#[derive(Clone, Copy)]
enum Place {
    /// It is the document.
    Document,
    /// It is a key.
    Key,
    /// Behind the `:` of a key. A list below it has its dashes in the column `dashes`.
    Entry { column: usize, dashes: usize },
    /// Behind the dash of a list, which stands in this column.
    Item { column: usize },
}

/// Prints one value where it begins.
pub(super) struct Printer<'a> {
    out: &'a mut String,
    place: Place,
}

impl<'a> Printer<'a> {
    /// A printer of a whole document.
    pub(super) fn of_document(out: &'a mut String) -> Self {
        Self {
            out,
            place: Place::Document,
        }
    }

    /// Writes a scalar or an empty collection to the end of its line.
    fn leaf(self, leaf: &str) -> Result<()> {
        if let Place::Entry { .. } = self.place {
            self.out.push(' ');
        }
        self.out.push_str(leaf);
        if !matches!(self.place, Place::Key) {
            self.out.push('\n');
        }
        Ok(())
    }

    fn number(self, number: impl Into<Number>) -> Result<()> {
        self.leaf(&super::number(&number.into()))
    }

    fn text(self, text: &str) -> Result<()> {
        let column = match self.place {
            Place::Document => LEVEL,
            Place::Entry { column, .. } | Place::Item { column } => column + LEVEL,
            Place::Key => return self.leaf(&scalar(text)),
        };
        if !fits_literal_block(text) {
            return self.leaf(&scalar(text));
        }
        if let Place::Entry { .. } = self.place {
            self.out.push(' ');
        }
        literal_block(self.out, text, column);
        Ok(())
    }

    fn collection(self, is_list: bool) -> Collection<'a> {
        let column = match self.place {
            Place::Document | Place::Key => 0,
            Place::Entry { dashes, .. } if is_list => dashes,
            Place::Entry { column, .. } | Place::Item { column } => column + LEVEL,
        };
        Collection {
            printer: self,
            column,
            dashes: column,
            is_empty: true,
        }
    }
}

/// A list or map that is being printed.
pub(super) struct Collection<'a> {
    printer: Printer<'a>,
    column: usize,
    /// Where the dashes of a list behind the last key stand.
    dashes: usize,
    is_empty: bool,
}

impl Collection<'_> {
    /// Begins the line of an element. The first one behind a dash is in its column already.
    fn line(&mut self) -> &mut String {
        let out = &mut *self.printer.out;
        match (self.is_empty, self.printer.place) {
            (true, Place::Item { .. }) => {}
            (true, Place::Entry { .. }) => {
                out.push('\n');
                indent(out, self.column);
            }
            _ => indent(out, self.column),
        }
        self.is_empty = false;
        out
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        let place = Place::Item {
            column: self.column,
        };
        let out = self.line();
        out.push_str("- ");
        item.serialize(Printer { out, place })
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        let column = self.column;
        let out = self.line();
        let start = out.len();
        key.serialize(Printer {
            out: &mut *out,
            place: Place::Key,
        })?;
        // The list of a long key moves to the right: readers differ on a dash in the column of the `:`.
        let dashes = if out.len() - start > LONGEST_SIMPLE_KEY {
            out.insert_str(start, "? ");
            out.push('\n');
            indent(out, column);
            column + LEVEL
        } else {
            column
        };
        out.push(':');
        self.dashes = dashes;
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(Printer {
            place: Place::Entry {
                column: self.column,
                dashes: self.dashes,
            },
            out: &mut *self.printer.out,
        })
    }

    fn close(self, empty: &str) -> Result<()> {
        if self.is_empty {
            self.printer.leaf(empty)
        } else {
            Ok(())
        }
    }
}

impl SerializeSeq for Collection<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.item(item)
    }
    fn end(self) -> Result<()> {
        self.close("[]")
    }
}

impl SerializeTuple for Collection<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.item(item)
    }
    fn end(self) -> Result<()> {
        self.close("[]")
    }
}

impl SerializeTupleStruct for Collection<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<()> {
        self.item(item)
    }
    fn end(self) -> Result<()> {
        self.close("[]")
    }
}

impl SerializeMap for Collection<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.value(value)
    }
    fn end(self) -> Result<()> {
        self.close("{}")
    }
}

impl SerializeStruct for Collection<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<()> {
        self.key(key)?;
        self.value(value)
    }
    fn end(self) -> Result<()> {
        self.close("{}")
    }
}

impl<'a> Serializer for Printer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Collection<'a>;
    type SerializeTuple = Collection<'a>;
    type SerializeTupleStruct = Collection<'a>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Collection<'a>;
    type SerializeStruct = Collection<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.leaf(if value { "true" } else { "false" })
    }
    fn serialize_i8(self, value: i8) -> Result<()> {
        self.number(value)
    }
    fn serialize_i16(self, value: i16) -> Result<()> {
        self.number(value)
    }
    fn serialize_i32(self, value: i32) -> Result<()> {
        self.number(value)
    }
    fn serialize_i64(self, value: i64) -> Result<()> {
        self.number(value)
    }
    fn serialize_u8(self, value: u8) -> Result<()> {
        self.number(value)
    }
    fn serialize_u16(self, value: u16) -> Result<()> {
        self.number(value)
    }
    fn serialize_u32(self, value: u32) -> Result<()> {
        self.number(value)
    }
    fn serialize_u64(self, value: u64) -> Result<()> {
        self.number(value)
    }
    fn serialize_f32(self, value: f32) -> Result<()> {
        self.serialize_f64(value.into())
    }
    fn serialize_f64(self, value: f64) -> Result<()> {
        match Number::from_f64(value) {
            Some(number) => self.number(number),
            None => self.serialize_unit(),
        }
    }
    fn serialize_char(self, value: char) -> Result<()> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<()> {
        self.text(value)
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<()> {
        Err(unknown("bytes"))
    }
    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<()> {
        self.leaf("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.text(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let mut map = self.collection(false);
        map.key(variant)?;
        map.value(value)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Collection<'a>> {
        Ok(self.collection(true))
    }
    fn serialize_tuple(self, _: usize) -> Result<Collection<'a>> {
        Ok(self.collection(true))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Collection<'a>> {
        Ok(self.collection(true))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        Err(unknown("a tuple variant"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Collection<'a>> {
        Ok(self.collection(false))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Collection<'a>> {
        Ok(self.collection(false))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        Err(unknown("a struct variant"))
    }
}

/// What no manifest has.
fn unknown(what: &str) -> Error {
    ser::Error::custom(format!("{what} in a manifest"))
}
