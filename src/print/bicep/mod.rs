//! Prints values, types and names as Bicep.
//!
//! In: [`Expression`], [`Type`], [`Symbol`] and plain text, whoever wrote it. Out: Bicep in the form that `bicep format`
//! leaves as it is, so that a committed file never changes by being formatted.
//!
//! Whole files are not its business (the templates compose them), nor is meaning: it does not know which symbols exist
//! or what type a property has. It only sees to it that a value stays a value.
//!
//! The lexical rules were established with the Bicep compiler 0.49.2 in November 2026.

mod expression;
mod symbol;
mod text;
mod types;

pub use expression::{Expression, Function, Property};
pub use symbol::{Symbol, Symbols};
pub use text::{comment, key, text};
pub use types::{Field, Type};

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod tests {
    use proptest::prelude::*;

    use super::symbol::SHADOWED;
    use super::*;

    fn symbol(text: &str) -> Expression {
        Expression::Symbol(Symbol::new(text).unwrap())
    }

    fn short() -> Expression {
        Expression::Row(vec![Property::new("name", "a"), Property::new("count", 1)])
    }

    #[test]
    fn text_is_quoted() {
        for (value, expected) in [
            ("", "''"),
            ("it's", r"'it\'s'"),
            (r"a\b", r"'a\\b'"),
            ("${x}", r"'\${x}'"),
            ("$${x}", r"'$\${x}'"),
            ("$x {y} $", "'$x {y} $'"),
            ("a\nb\r\tc", r"'a\nb\r\tc'"),
            ("\u{0}\u{7f}\u{85}", r"'\u{0}\u{7f}\u{85}'"),
            (
                "\u{202e}\u{2066}\u{feff}\u{2028}",
                r"'\u{202e}\u{2066}\u{feff}\u{2028}'",
            ),
            ("é 日 😀", "'é 日 😀'"),
            ("[resourceId()]", "'[resourceId()]'"),
            ("'''", r"'\'\'\''"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    /// Reads a literal as the lexer of the compiler does; none if it has a hole or does not end where it should.
    fn read(literal: &str) -> Option<String> {
        let mut characters = literal.strip_prefix('\'')?.chars().peekable();
        let mut value = String::new();
        loop {
            match characters.next()? {
                '\'' => return characters.next().is_none().then_some(value),
                '\n' | '\r' => return None,
                '$' if characters.peek() == Some(&'{') => return None,
                '\\' => value.push(match characters.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let digits: String = characters
                            .by_ref()
                            .take_while(|digit| *digit != '}')
                            .collect();
                        char::from_u32(u32::from_str_radix(digits.strip_prefix('{')?, 16).ok()?)?
                    }
                    same @ ('\\' | '\'' | '$') => same,
                    _ => return None,
                }),
                character => value.push(character),
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(value in any::<String>()) {
            prop_assert_eq!(read(&text(&value)), Some(value));
        }

        #[test]
        fn text_full_of_signs_is_read_back(value in r"[${}'\\\nu0x]{0,12}") {
            prop_assert_eq!(read(&text(&value)), Some(value));
        }

        #[test]
        fn any_text_gives_a_symbol(name in any::<String>(), other in "[a-z0-9-]{0,12}", what in "[A-Z][a-z]{0,8}|") {
            let symbol = Symbol::of(&[&name, &other], &what);
            prop_assert_eq!(Symbol::new(symbol.as_str()), Some(symbol));
        }

        #[test]
        fn a_comment_stays_on_its_line(line in any::<String>()) {
            let line = comment(&line);
            prop_assert!(!line.chars().any(char::is_control), "{line:?}");
        }
    }

    #[test]
    fn keys_are_quoted_where_they_must_be() {
        for (name, expected) in [
            ("name", "name"),
            ("_x1", "_x1"),
            ("if", "if"),
            ("true", "'true'"),
            ("null", "'null'"),
            ("1a", "'1a'"),
            ("a-b", "'a-b'"),
            ("", "''"),
            ("é", "'é'"),
            ("${x}", r"'\${x}'"),
        ] {
            assert_eq!(key(name), expected);
        }
    }

    #[test]
    fn comments_end_nowhere_but_at_the_end() {
        assert_eq!(comment("a\r\nparam x = 1 \u{202e}*/"), "a  param x = 1  */");
        assert_eq!(comment("  kept  "), "  kept");
    }

    #[test]
    fn symbols_are_made_of_names() {
        for (names, what, expected) in [
            (&["api-service"][..], "Workload", "apiServiceWorkload"),
            (&["storage"], "Resource", "storageResource"),
            (
                &["vault", "api-rate-limit"],
                "Value",
                "vaultApiRateLimitValue",
            ),
            (&["a-1"], "", "a1"),
            (&["string"], "", "string_"),
            (&["resource-group"], "", "resourceGroup_"),
            (&["sys"], "", "sys_"),
            (&["null"], "", "null_"),
            (&["7up"], "", "_7up"),
            (&["é"], "Resource", "resource"),
            (&["é"], "", "_"),
        ] {
            assert_eq!(Symbol::of(names, what).as_str(), expected);
        }
        assert_eq!(Symbol::new("a-b"), None);
        assert_eq!(Symbol::new("az"), None);
        assert_eq!(Symbol::new("description"), None);
        assert!(
            Symbol::of(&["x".repeat(400).as_str()], "Workload")
                .as_str()
                .len()
                < 255
        );
    }

    #[test]
    fn names_of_the_language_are_sorted() {
        assert!(SHADOWED.is_sorted());
    }

    #[test]
    fn a_symbol_is_claimed_once() {
        let mut symbols = Symbols::default();
        let claimed: Vec<String> = ["a", "b", "a", "a2", "a"]
            .iter()
            .map(|name| symbols.claim(&Symbol::of(&[name], "")).into())
            .collect();
        assert_eq!(claimed, ["a", "b", "a2", "a22", "a3"]);
    }

    #[test]
    fn a_list_stands_on_one_line_while_it_fits() {
        let list = |length: usize| Expression::from(vec!["x".repeat(length), "y".to_owned()]);
        // ['x…', 'y'] takes nine characters more than the x.
        assert_eq!(list(111).print(0, 0).lines().count(), 1);
        assert_eq!(list(112).print(0, 0).lines().count(), 4);
        assert_eq!(list(111).print(2, 1).lines().count(), 4);
        assert_eq!(
            Expression::List(vec![short(), short()]).print(2, 9),
            "[\n    { name: 'a', count: 1 }\n    { name: 'a', count: 1 }\n  ]"
        );
        assert_eq!(Expression::List(Vec::new()).print(0, 0), "[]");
    }

    #[test]
    fn objects_are_open_and_rows_are_not() {
        let properties = vec![Property::new("a-b", 1), Property::new("c", vec!["d"])];
        assert_eq!(
            Expression::Object(properties.clone()).print(4, 11),
            "{\n      'a-b': 1\n      c: ['d']\n    }"
        );
        assert_eq!(
            Expression::Row(properties.clone()).print(4, 11),
            "{ 'a-b': 1, c: ['d'] }"
        );
        assert_eq!(
            Expression::Row(properties).print(4, 99),
            "{\n      'a-b': 1\n      c: ['d']\n    }"
        );
        assert_eq!(Expression::Object(Vec::new()).print(0, 0), "{}");
        assert_eq!(Expression::Row(Vec::new()).print(0, 0), "{}");
        // An open object opens the row that it stands in.
        let nested = Expression::Row(vec![Property::new(
            "inner",
            Expression::Object(vec![Property::new("a", 1)]),
        )]);
        assert_eq!(nested.print(0, 0), "{\n  inner: {\n    a: 1\n  }\n}");
    }

    #[test]
    fn calls_break_as_the_formatter_breaks_them() {
        let variable = |length: usize| {
            Expression::Call(
                Function::ReadEnvironmentVariable,
                vec!["X".repeat(length).into(), "".into()],
            )
        };
        assert_eq!(
            variable(3).print(0, 10),
            "readEnvironmentVariable('XXX', '')"
        );
        assert_eq!(
            variable(90).print(0, 10),
            format!("readEnvironmentVariable(\n  '{}',\n  ''\n)", "X".repeat(90))
        );
        assert_eq!(
            Expression::Call(
                Function::Union,
                vec![
                    symbol("tags"),
                    Expression::Object(vec![Property::new("a", "b")])
                ]
            )
            .print(4, 10),
            "union(tags, {\n      a: 'b'\n    })"
        );
        assert_eq!(Expression::is_given(symbol("x")).print(0, 0), "!empty(x)");
        assert_eq!(
            Expression::Call(Function::ResourceGroup, Vec::new())
                .of("name")
                .print(0, 0),
            "resourceGroup().name"
        );
    }

    #[test]
    fn properties_that_are_no_identifiers_are_indexed() {
        assert_eq!(
            symbol("resources")
                .of("sql")
                .of("a-db")
                .of("it's")
                .print(0, 0),
            r"resources.sql['a-db']['it\'s']"
        );
    }

    #[test]
    fn types_are_printed() {
        let named = |name: &str| Type::Named(Symbol::new(name).unwrap());
        let one_of = Type::OneOf(vec!["a".to_owned(), "it's".to_owned()]);
        assert_eq!(one_of.print(0), r"'a' | 'it\'s'");
        assert_eq!(
            Type::ListOf(Box::new(one_of)).print(0),
            r"('a' | 'it\'s')[]"
        );
        assert_eq!(
            Type::ListOf(Box::new(named("nodeType"))).print(0),
            "nodeType[]"
        );
        assert_eq!(Type::Texts.print(0), "{ *: string }");
        assert_eq!(Type::Object(Vec::new()).print(0), "{}");
        let object = Type::Object(vec![Field {
            name: "a-b".to_owned(),
            description: "What it's for.".to_owned(),
            kind: Type::Object(vec![Field {
                name: "c".to_owned(),
                description: "C.".to_owned(),
                kind: Type::Integer,
            }]),
        }]);
        assert_eq!(
            object.print(2),
            "{\n    @description('What it\\'s for.')\n    'a-b': {\n      @description('C.')\n      c: int\n    }\n  }"
        );
    }
}
