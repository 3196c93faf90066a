//! What the printers print, read back by readers that are not agcgen's: two YAML libraries and kubectl, the shells of
//! this machine and `shlex`, `pulldown-cmark`.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)] // Tests are at the edge.
#![allow(clippy::unwrap_used)]

#[path = "environment/mod.rs"]
mod environment;

use std::io::Write;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Texts that some reader of YAML, shell or Markdown takes for something else.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = HOSTILE.iter().map(ToString::to_string).collect();
    texts.extend([
        "a".repeat(2000),
        "é ".repeat(700),
        format!("{}\n{}", "x".repeat(300), "y".repeat(300)),
        "`".repeat(40),
    ]);
    texts
}

#[rustfmt::skip]
const HOSTILE: &[&str] = &[
    // YAML: words, numbers, times.
    "y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "true", "True",
    "TRUE", "false", "False", "FALSE", "null", "Null", "NULL", "~", "nan", ".nan", ".NaN", "NaN", "inf", ".inf", "-.inf",
    "+.INF", "Infinity", "0", "1", "-1", "+1", "007", "0777", "0o17", "0O17", "0x1F", "0Xf", "0b101", "1_000", "1_e3",
    "0b1010_0111", "1.5", ".5", "5.", "1e3", "1E3", "1e+3", "-1.5e-9", "1e", "190:20:30", "12:30:45", "1:1", "20:30:40.5",
    "2026-11-23", "2026-11-23T10:00:00Z", "2026-11-23 10:00:00", "18446744073709551616", "0.1.2", "100m", "128Mi", "10s",
    "1h", "5E", "1k", "m", "1_0m", "0x1m", "e3", "E+3",
    // YAML: indicators and marks.
    "", " ", "  ", "=", "<<", "-", "--", "---", "--- a", "...", "?", "? a", ":", ": a", "a:", "a: b", "a:b", "::", "a :b",
    "#", "a #b", "a#b", "# a", ",", "[", "]", "{", "}", "[]", "{}", "[a, b]", "{a: b}", "&a", "*a", "*.example.com", "!",
    "!!str a", "|", "|-", ">", "> a", "%", "%YAML 1.1", "@", "@a", "`", "`a`", "'", "''", "'a'", "\"", "\"a\"", "\\", "\\n",
    "- a", "-a", "--flag=x", "a b", "a  b", " a", "a ", "\u{feff}", "/", "/a:b", "http://a.b/c?d=e#f", "api://x", "a@b",
    // Several lines.
    "\n", "\n\n", "a\n", "a\nb", "a\nb\n", "a\n\nb", "a\n\n", "\na", " a\nb", "a\n b", "a \nb", "a\n ", "a\n \nb", "\ta\nb",
    "a\n\tb", "a\tb", "\t", "a\t", "\r", "a\rb", "a\r\nb\r\n", "---\na", "a\n---\nb: c\n", "...\na", "# a\n# b\n", "- a\n- b\n",
    "a: b\nc: d\n", "|\n a\n", "%a\nb",
    // Controls, separators, invisible and astral characters.
    "\0", "a\0b", "\u{1}", "\u{7}", "\u{8}", "\u{b}", "\u{c}", "\u{1b}[31m", "\u{7f}", "\u{80}", "\u{85}", "a\u{85}b", "\u{9f}",
    "\u{a0}", "\u{ad}", "a\u{200b}b", "\u{200d}", "\u{2028}", "a\u{2029}b", "a\u{202e}b", "\u{2066}", "\u{feff}a", "a\u{feff}",
    "\u{fdd0}", "\u{fffd}", "\u{fffe}", "\u{ffff}", "\u{1fffe}", "\u{10ffff}", "\u{e0041}", "\u{e000}", "é", "中文", "😀",
    "👩\u{200d}💻", "a\n\u{2028}b", "a\n😀\n", "\u{3000}a\u{3000}",
    // Templates and shells.
    "$", "$a", "${a}", "$(id)", "`id`", "$((1))", "{{ x }}", "{% raw %}", "{#", "${#a[@]}", "!!", "!x", "a;b", "a&b", "a&&b",
    "a|b", "a>b", "<(a)", "~", "~root", "*", "?", "[a-z]", "{a,b}", "a=b", "=ls", "\\a", "a\\", "a'b", "it's\n'x'", "''\\''",
    "$'a'", "-n", "-e", "\\c", "%s", "%1", "if", "a\\\nb", "'\n\"\n\\",
    // Markdown and HTML.
    "*a*", "**a**", "_a_", "__a__", "a_b_c", "~~a~~", "~a~", "^a^", "$a$", "$$a$$", "[a](b)", "![a](b)", "[a]", "[a][b]",
    "[a]: b", "[^a]", "[^a]: b", "[[a]]", "[ ] a", "[x] a", "<a>", "<a href=\"b\">", "<!-- a -->", "<script>a</script>", "</td>",
    "<https://a.b>", "<a@b.c>", "https://a.b", "HTTP://a.b", "ftp://a.b", "www.a.b", "WWW.a.b", "a@b.c", "mailto:a@b.c",
    "me+x@a-b.example.com.", "(a@b.c)", "a@b@c.d", "xmpp:@/a.b", "@a@b.c", "`a@b.c`", "&amp;", "&#60;", "&lt", "&", "+ a", "* a", "1. a", "1) a", "123456789. a",
    "1234567890. a", ". a", ") a", "== a", "===", "=", "***", "___", "~~~", "```", "``` a", "``a`b``", "a``", "``a", "    a",
    "\ta", "a  ", "a\\\n", "# a #", "## a", "a {#b}", "| a | b |", "|-|", "\\|", "a\\|b", "`|`", "`a\\`|", "> [!NOTE]", ": a",
    "</details>", "<details>", "<!DOCTYPE a>", "<?a?>", "<![CDATA[a]]>", "!", "a!", "+++", "--- \n", "a\n===", "a\n---", "a\n\n# b", ":a:",
];

/// Strings that mix the characters in which the languages differ, and any other character.
fn nasty_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-a0.:#'\"\\\\\n\t ]{0,12}",
        "[0-9eExXob_.:+-]{1,8}",
        "[ynoYNOeEsSfFtTrRuU~]{1,5}",
        "[ab *_~`|<>\\[\\](){}!#&;=@$^+.:/-]{0,16}",
        "[a \n]{0,12}",
        "(www|http|https|ftp|mailto|a|@|\\.|:|/|`|-|\\*){0,8}",
        "[ -~\n]{0,40}",
        "\\PC{0,20}",
        any::<String>(),
        Just("k".repeat(1100)),
    ]
}

/// Says that a reader is missing, past the test harness, which hides the output of tests that pass. With `CI` set
/// nothing may be missing.
fn not_checked(what: &str, why: &str) {
    assert!(!environment::in_ci(), "NOT CHECKED: {what}, because {why}");
    std::io::stderr()
        .write_all(format!("NOT CHECKED: {what}, because {why}\n").as_bytes())
        .unwrap();
}

mod yaml {
    use std::process::{Command, Stdio};

    use agcgen::print::yaml::{Document, scalar, stream};
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use serde::Deserialize;

    use super::*;

    /// YAML 1.2 by libyaml.
    fn by_serde_yaml(text: &str) -> Result<Vec<Value>, String> {
        serde_yaml::Deserializer::from_str(text)
            .map(|document| Value::deserialize(document).map_err(|error| error.to_string()))
            .collect()
    }

    /// Takes the booleans of YAML 1.1 (`no`, `on`) for booleans.
    fn by_saphyr(text: &str) -> Result<Vec<Value>, String> {
        serde_saphyr::from_multiple::<Value>(text).map_err(|error| error.to_string())
    }

    fn documents(values: &[Value]) -> Vec<Document> {
        values
            .iter()
            .map(|value| Document {
                comment: Vec::new(),
                value: value.clone(),
            })
            .collect()
    }

    fn assert_read_back(values: &[Value]) {
        let printed = stream(&[], &documents(values));
        for (reader, read) in [
            ("serde_yaml", by_serde_yaml(&printed)),
            ("saphyr", by_saphyr(&printed)),
        ] {
            assert_eq!(read.as_deref(), Ok(values), "{reader} reads\n{printed}");
        }
        assert!(
            !printed.lines().any(|line| line.ends_with([' ', '\t'])),
            "blanks at a line's end in\n{printed}"
        );
        assert!(printed.ends_with('\n'));
    }

    /// `text` in every place where a text can stand.
    fn in_every_place(text: &str) -> Value {
        json!({
            "value": text,
            text: "key",
            "list": [text, text, [text, [text]], {text: text, "z": text}],
            "deep": {"er": {"value": text, text: {text: [text]}, "list": [{"a": {"b": text}}, [[{"c": text}]]]}},
            "last": text,
        })
    }

    #[test]
    fn the_readers_see_what_a_careless_printer_would_write() {
        assert_eq!(by_saphyr("a: no"), Ok(vec![json!({"a": false})]));
        assert_eq!(by_serde_yaml("a: 0x1F"), Ok(vec![json!({"a": 31})]));
        assert!(by_serde_yaml("a: *b").is_err());
        assert!(by_saphyr("a: b: c").is_err());
    }

    #[test]
    fn hostile_texts_in_every_place() {
        for text in hostile() {
            assert_read_back(&[in_every_place(&text)]);
            assert_read_back(&[json!(text)]);
            assert_read_back(&[json!([text])]);
        }
    }

    #[test]
    fn hostile_texts_in_one_stream() {
        let values: Vec<Value> = hostile().iter().map(|text| in_every_place(text)).collect();
        assert_read_back(&values);
    }

    #[test]
    fn numbers() {
        assert_read_back(&[json!([
            0,
            -1,
            8080,
            u64::MAX,
            i64::MIN,
            0.0,
            -0.5,
            1e21,
            1e-7,
            1.5e300,
            f64::MAX,
            f64::MIN_POSITIVE
        ])]);
    }

    #[test]
    fn no_comment_ends_early() {
        let lines = hostile();
        let values = [json!({"a": 1}), json!("b"), json!(["c"])];
        let commented: Vec<Document> = values
            .iter()
            .map(|value| Document {
                comment: lines.clone(),
                value: value.clone(),
            })
            .collect();
        let printed = stream(&lines, &commented);
        assert_eq!(by_serde_yaml(&printed).as_deref(), Ok(&values[..]));
        assert_eq!(by_saphyr(&printed).as_deref(), Ok(&values[..]));
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            proptest::num::f64::NORMAL.prop_map(Value::from),
            nasty_text().prop_map(Value::from),
            nasty_text().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((nasty_text(), inner), 0..5)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    /// A tree that is not null: saphyr leaves such documents out.
    fn document() -> impl Strategy<Value = Value> {
        tree().prop_filter("null", |value| !value.is_null())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn random_texts(text in nasty_text()) {
            assert_read_back(&[in_every_place(&text)]);
        }

        #[test]
        fn random_trees(values in prop::collection::vec(document(), 1..4)) {
            assert_read_back(&values);
        }

        #[test]
        fn random_comments(header in prop::collection::vec(nasty_text(), 0..4), comment in prop::collection::vec(nasty_text(), 0..4)) {
            let document = Document { comment, value: json!({"a": ["b"]}) };
            let printed = stream(&header, &[document.clone(), document]);
            let expected = vec![json!({"a": ["b"]}), json!({"a": ["b"]})];
            prop_assert_eq!(by_serde_yaml(&printed), Ok(expected.clone()), "{}", printed);
            prop_assert_eq!(by_saphyr(&printed), Ok(expected), "{}", printed);
        }

        #[test]
        fn a_scalar_is_one_line_in_any_block(text in nasty_text()) {
            let scalar = scalar(&text);
            prop_assert!(!scalar.contains('\n'));
            prop_assert_eq!(by_saphyr(&format!("- a: {scalar} # c\n")), Ok(vec![json!([{"a": text}])]));
        }
    }

    /// What kubectl makes of a stream of objects: it parses, adds a label, and prints JSON, without a cluster.
    fn by_kubectl(kubectl: &str, text: &str) -> Vec<Value> {
        let mut process = Command::new(kubectl)
            .args(["label", "--local", "-f", "-", "q=r", "-o", "json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        let input = text.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = process.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(
            output.status.success(),
            "kubectl: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .map(Result::unwrap)
            .collect()
    }

    /// JSON in Go has one kind of number.
    fn with_floats(value: &Value) -> Value {
        match value {
            Value::Number(number) => json!(number.as_f64()),
            Value::Array(items) => items.iter().map(with_floats).collect(),
            Value::Object(map) => Value::Object(
                map.iter()
                    .map(|(key, value)| (key.clone(), with_floats(value)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    #[test]
    fn kubectl_reads_the_same() {
        let kubectl = std::env::var("AGCGEN_KUBECTL").unwrap_or_else(|_| "kubectl".to_owned());
        if Command::new(&kubectl)
            .args(["version", "--client"])
            .output()
            .is_err()
        {
            return not_checked(
                "YAML by kubectl",
                "kubectl is neither on PATH nor named by AGCGEN_KUBECTL",
            );
        }
        let mut runner = TestRunner::deterministic();
        let random = tree();
        let trees: Vec<Value> = hostile()
            .iter()
            .map(|text| in_every_place(text))
            .chain((0..500).map(|_| random.new_tree(&mut runner).unwrap().current()))
            .collect();
        let objects: Vec<Value> = trees
            .iter()
            .map(|tree| json!({"apiVersion": "example.com/v1", "kind": "Probe", "metadata": {"name": "a"}, "tree": tree}))
            .collect();
        let mut stream_documents = documents(&objects);
        for document in &mut stream_documents {
            document.comment = vec!["a\nkind: b\n---\n".to_owned()];
        }
        let read = by_kubectl(
            &kubectl,
            &stream(&["header\n---".to_owned()], &stream_documents),
        );
        assert_eq!(read.len(), trees.len());
        for (object, tree) in read.iter().zip(&trees) {
            assert_eq!(with_floats(&object["tree"]), with_floats(tree));
        }
    }
}

mod shell {
    use std::path::PathBuf;
    use std::process::Command;

    use agcgen::print::shell::{Argument, Reference, command, quote};

    use super::*;

    const VALUE: Reference = Reference::variable("AGCGEN_TEST_VALUE");

    fn without_nul() -> Vec<String> {
        hostile()
            .into_iter()
            .filter(|text| !text.contains('\0'))
            .collect()
    }

    const SHELLS: [&str; 4] = ["sh", "bash", "dash", "zsh"];

    fn is_there(shell: &str) -> bool {
        Command::new(shell).args(["-c", "exit"]).output().is_ok()
    }

    /// The shells of this machine; `sh` has to be there.
    fn shells() -> impl Iterator<Item = &'static str> {
        SHELLS
            .into_iter()
            .filter(|shell| *shell == "sh" || is_there(shell))
    }

    #[test]
    fn every_shell_is_there() {
        for shell in SHELLS {
            if !is_there(shell) {
                not_checked(&format!("command lines by {shell}"), "it is not on PATH");
            }
        }
    }

    /// The file of a shell, which is found without the PATH that the shell itself gets.
    fn program(shell: &str) -> PathBuf {
        let path = std::env::var_os("PATH").unwrap();
        std::env::split_paths(&path)
            .map(|folder| folder.join(shell))
            .find(|file| file.is_file())
            .unwrap()
    }

    /// The arguments that a shell hands to a program: `script` has to call `printf '%s\0'` with them.
    fn words_by(shell: &str, script: &str, value: &str) -> Vec<String> {
        let output = Command::new(shell)
            .args(["-c", script])
            .env("AGCGEN_TEST_VALUE", value)
            .output()
            .unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{shell} says of {script}: {output:?}"
        );
        let printed = String::from_utf8(output.stdout).unwrap();
        printed
            .strip_suffix('\0')
            .unwrap()
            .split('\0')
            .map(str::to_owned)
            .collect()
    }

    fn printf() -> Vec<Argument> {
        vec![
            Argument::literal("printf").unwrap(),
            Argument::literal("%s\\0").unwrap(),
        ]
    }

    fn assert_read_back(texts: &[String]) {
        let quoted: Vec<String> = texts.iter().map(|text| quote(text).unwrap()).collect();
        let script = format!("printf '%s\\0' {}", quoted.join(" "));
        let mut arguments = printf();
        arguments.extend(texts.iter().map(|text| Argument::literal(text).unwrap()));
        let broken = command(&arguments);
        for shell in shells() {
            assert_eq!(
                words_by(shell, &script, ""),
                texts,
                "{shell} reads {script}"
            );
            assert_eq!(
                words_by(shell, &broken, ""),
                texts,
                "{shell} reads {broken}"
            );
        }
        assert_eq!(shlex::split(&quoted.join(" ")).as_deref(), Some(texts));
        // shlex makes an empty word of a line break that stands between words.
        if !texts.iter().any(|text| text.contains(" \\\n  ")) {
            let words = shlex::split(&broken.replace(" \\\n  ", " "));
            assert_eq!(
                words.as_deref().and_then(|words| words.get(2..)),
                Some(texts)
            );
        }
    }

    #[test]
    fn hostile_words() {
        assert_read_back(&without_nul());
    }

    #[test]
    fn a_reference_is_one_word_whatever_its_value() {
        let mut arguments = printf();
        arguments.push(
            Argument::literal("$x ")
                .unwrap()
                .followed_by(VALUE)
                .followed_by(Argument::literal("`").unwrap()),
        );
        arguments.push(VALUE.into());
        let script = command(&arguments);
        let check = |shell, value: &str| {
            let expected = [format!("$x {value}`"), value.to_owned()];
            assert_eq!(words_by(shell, &script, value), expected, "{shell}");
        };
        let values = without_nul();
        for value in &values {
            check("sh", value);
        }
        for shell in shells() {
            check(shell, &values.join(" "));
        }
    }

    #[test]
    fn the_command_is_one_word() {
        for text in without_nul() {
            let printed = command(&[Argument::literal(&text).unwrap()]);
            assert_eq!(shlex::split(&printed), Some(vec![text]));
        }
    }

    /// A shell that looks for a program of this name does not find it, which is exit code 127; as an assignment or a
    /// construct it would end otherwise.
    #[test]
    fn the_command_is_a_name_even_where_it_looks_like_syntax() {
        for name in [
            "A=b", "=ls", "if", "while", "case", "for", "function", "select", "time", "in", "do",
            "then", "{", "!", "[[",
        ] {
            let printed = command(&[
                Argument::literal(name).unwrap(),
                Argument::literal("x").unwrap(),
            ]);
            for shell in shells() {
                let shell = program(shell);
                let output = Command::new(&shell)
                    .args(["-c", &printed])
                    .env("PATH", "/nowhere")
                    .output()
                    .unwrap();
                assert_eq!(
                    output.status.code(),
                    Some(127),
                    "{} runs {printed}: {output:?}",
                    shell.display()
                );
            }
        }
    }

    #[test]
    fn nul_is_refused() {
        assert!(quote("a\0").is_err());
        assert!(Argument::literal("\0").is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn random_words(texts in prop::collection::vec(nasty_text(), 1..40)) {
            let texts: Vec<String> = texts.into_iter().map(|text| text.replace('\0', "")).collect();
            assert_read_back(&texts);
        }
    }
}

mod markdown {
    use agcgen::print::markdown::{Inline, block, code, mermaid_label, table, text};
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// One event, with neighbouring text joined.
    #[derive(Clone, Debug, PartialEq)]
    enum Seen {
        Text(String),
        Code(String),
        Other(String),
    }

    /// All extensions but those that change the look of characters (`"` to `“`).
    fn read(markdown: &str) -> Vec<Seen> {
        let mut seen: Vec<Seen> = Vec::new();
        for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
            match (event, seen.last_mut()) {
                (Event::Text(text), Some(Seen::Text(before))) => before.push_str(&text),
                (Event::Text(text), _) => seen.push(Seen::Text(text.to_string())),
                (Event::Code(text), _) => seen.push(Seen::Code(text.to_string())),
                (other, _) => seen.push(Seen::Other(format!("{other:?}"))),
            }
        }
        seen
    }

    /// The same with code as text.
    fn read_as_text(markdown: &str) -> Vec<Seen> {
        let mut joined: Vec<Seen> = Vec::new();
        for seen in read(markdown) {
            match (seen, joined.last_mut()) {
                (Seen::Text(text) | Seen::Code(text), Some(Seen::Text(before))) => {
                    before.push_str(&text);
                }
                (Seen::Text(text) | Seen::Code(text), _) => joined.push(Seen::Text(text)),
                (other, _) => joined.push(other),
            }
        }
        joined
    }

    /// What a reader should see of `content`, by the documentation of the printer.
    fn on_one_line(content: &str) -> String {
        replaced(
            &content
                .replace("\r\n", " ")
                .replace(['\n', '\r', '\t'], " "),
            "",
        )
    }

    fn replaced(content: &str, kept: &str) -> String {
        content
            .chars()
            .map(|character| {
                let code = u32::from(character);
                let is_noncharacter = code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code);
                let is_direction_mark = [0x61c, 0x200e, 0x200f].contains(&code)
                    || (0x202a..=0x202e).contains(&code)
                    || (0x2066..=0x2069).contains(&code);
                let is_separator = code == 0x2028 || code == 0x2029 || code == 0xfeff;
                let is_refused =
                    character.is_control() || is_noncharacter || is_direction_mark || is_separator;
                if is_refused && !kept.contains(character) {
                    '\u{fffd}'
                } else {
                    character
                }
            })
            .collect()
    }

    /// Places where an [`Inline`] can stand, as `%`.
    const PLACES: [&str; 12] = [
        "%",
        "before\n%",
        "before\n%\nafter",
        "x %",
        "% x",
        "x % y",
        "- %\n- z",
        "1. %",
        "> %",
        "## %",
        "## x % y\n\nz",
        "| a | b |\n|---|---|\n| % | x |\n| y | % |",
    ];

    /// `inline` changes no place but by its text.
    fn assert_inert(content: &str, inline: &Inline) {
        for place in PLACES {
            let markdown = place.replace('%', &inline.to_string());
            let expected: Vec<Seen> = read_as_text(&place.replace('%', "MARK"))
                .into_iter()
                .map(|seen| match seen {
                    Seen::Text(text) => Seen::Text(text.replace("MARK", &on_one_line(content))),
                    other => other,
                })
                .collect();
            assert_eq!(
                read_as_text(&markdown),
                expected,
                "{content:?} as\n{markdown}"
            );
        }
    }

    fn assert_text(content: &str) {
        if content.is_empty() {
            return assert_eq!(text(content).to_string(), "");
        }
        assert_inert(content, &text(content));
        for seen in read(&text(content).to_string()) {
            assert!(
                !matches!(&seen, Seen::Code(address) if !address.contains('@')),
                "{seen:?} in {content:?}"
            );
        }
    }

    fn assert_code(content: &str) {
        if content.is_empty() {
            return assert_eq!(code(content).to_string(), "");
        }
        assert_inert(content, &code(content));
        for seen in read(&code(content).to_string()) {
            assert!(
                !matches!(&seen, Seen::Text(border) if border.contains(|other| other != '|')),
                "{seen:?} in {content:?}"
            );
        }
    }

    fn assert_block(content: &str) {
        let markdown = format!("before\n{}# after\n", block("bash", content));
        let mut lines = replaced(&content.replace("\r\n", "\n").replace('\r', "\n"), "\n\t");
        if !lines.is_empty() && !lines.ends_with('\n') {
            lines.push('\n');
        }
        let mut events = Parser::new_ext(&markdown, Options::all());
        let is_fence = |event: &Event| matches!(event, Event::Start(Tag::CodeBlock(_)));
        assert!(events.any(|event| is_fence(&event)), "{markdown}");
        let mut found = String::new();
        for event in events.by_ref() {
            match event {
                Event::Text(text) => found.push_str(&text),
                Event::End(TagEnd::CodeBlock) => break,
                other => panic!("{other:?} in\n{markdown}"),
            }
        }
        assert_eq!(found, lines);
        assert!(
            matches!(events.next(), Some(Event::Start(Tag::Heading { .. }))),
            "{markdown}"
        );
    }

    /// A label decoded: entities by their number, as Mermaid does, and nothing else that means anything to it.
    fn assert_mermaid(content: &str) {
        let label = mermaid_label(content);
        let inside = label
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap();
        let mut decoded = String::new();
        let mut rest = inside.chars();
        while let Some(character) = rest.next() {
            if character == '#' {
                let number: String = rest.by_ref().take_while(|digit| *digit != ';').collect();
                decoded.push(char::from_u32(number.parse().unwrap()).unwrap());
            } else {
                assert!(
                    character.is_alphanumeric() || " -./,".contains(character),
                    "{character:?} in {label}"
                );
                decoded.push(character);
            }
        }
        let expected: Vec<String> = on_one_line(content)
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        assert_eq!(
            decoded
                .split(' ')
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>(),
            expected
        );
        assert!(!decoded.is_empty());
    }

    #[test]
    fn the_reader_sees_what_is_not_escaped() {
        for (markdown, event) in [
            ("a <b>", "InlineHtml"),
            ("[a](b)", "Link"),
            ("a\n===", "Heading"),
            ("    a", "CodeBlock"),
        ] {
            assert!(
                read(markdown)
                    .iter()
                    .any(|seen| matches!(seen, Seen::Other(other) if other.contains(event))),
                "{markdown}"
            );
        }
    }

    #[test]
    fn hostile_texts() {
        for content in hostile() {
            assert_text(&content);
            assert_code(&content);
            assert_block(&content);
            assert_mermaid(&content);
        }
    }

    #[test]
    fn a_table_of_hostile_texts_keeps_its_cells() {
        let texts: Vec<String> = hostile()
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let header = [text("name"), code("value"), text("both")];
        let rows: Vec<[Inline; 3]> = texts
            .iter()
            .map(|content| {
                [
                    text(content),
                    code(content),
                    text(content).followed_by(code(content)),
                ]
            })
            .collect();
        let mut cells = vec![String::new()];
        for event in Parser::new_ext(
            &table(&header, &rows),
            Options::all() - Options::ENABLE_SMART_PUNCTUATION,
        ) {
            match event {
                Event::End(TagEnd::TableCell) => cells.push(String::new()),
                Event::Text(text) | Event::Code(text) => cells.last_mut().unwrap().push_str(&text),
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
                | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
                other => panic!("{other:?}"),
            }
        }
        let mut expected = vec!["name".to_owned(), "value".to_owned(), "both".to_owned()];
        for content in &texts {
            let line = on_one_line(content);
            expected.extend([line.clone(), line.clone(), line.repeat(2)]);
        }
        expected.push(String::new());
        assert_eq!(cells, expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn random_texts(content in nasty_text()) {
            assert_text(&content);
            assert_code(&content);
            assert_block(&content);
            assert_mermaid(&content);
        }

        #[test]
        fn random_pieces(pieces in prop::collection::vec((any::<bool>(), "[ab`|@.! -]{1,5}"), 1..6)) {
            let mut inline = Inline::default();
            let mut content = String::new();
            for (is_code, piece) in &pieces {
                inline = inline.followed_by(if *is_code { code(piece) } else { text(piece) });
                content.push_str(piece);
            }
            assert_inert(&content, &inline);
        }
    }
}
