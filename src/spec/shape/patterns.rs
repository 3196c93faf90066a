//! What the patterns of the schema ask for, in words.

use serde_json::Value as Json;

/// Each pattern, and what fits it. A length that the schema states beside the pattern is not repeated here.
const RULES: &[(&str, &str)] = &[
    (
        r"^[a-z](-?[a-z0-9])*$",
        "lower-case letters and digits with single `-` between them, a letter first",
    ),
    (
        r"^[a-z]([-a-z0-9]*[a-z0-9])?$",
        "lower-case letters and digits with `-` between them, a letter first",
    ),
    (
        r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        "lower-case letters and digits with `-` between them",
    ),
    (
        r"^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$",
        "letters and digits with `-` between them",
    ),
    (
        r"^[\w(]([\w\-.()]*[\w\-()])?$",
        "letters, digits and any of `_-.()`; not `-`, `.` or `)` first, and not `.` last",
    ),
    (
        r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        "letters, digits and any of `_.-`, a letter or digit first",
    ),
    (
        r"^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$",
        "letters, digits and any of `_.-`; a letter or digit first, and not `.` or `-` last",
    ),
    (r"^[a-z0-9]{3,6}$", "3 to 6 lower-case letters and digits"),
    (
        r"^[a-z0-9][a-z0-9_]*$",
        "lower-case letters, digits and `_`, not `_` first",
    ),
    (
        r"^[A-Z][A-Z0-9_]*$",
        "upper-case letters, digits and `_`, a letter first",
    ),
    (
        r"^[A-Za-z_][A-Za-z0-9_]*$",
        "letters, digits and `_`, not a digit first",
    ),
    (r"^[A-Za-z0-9_]+$", "letters, digits and `_`"),
    (
        r"^Standard_[A-Za-z0-9_]+$",
        "`Standard_`, then letters, digits and `_`",
    ),
    (
        r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
        "a GUID: 8, 4, 4, 4 and 12 digits or letters `a` to `f`, with `-` between them",
    ),
    (
        r"^/subscriptions/[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}/[rR]esource[gG]roups/[\w(]([\w\-.()]*[\w\-()])?/providers/[A-Za-z.]+/[A-Za-z]+/[A-Za-z0-9_.-]+$",
        "the id of a resource",
    ),
    (r"^1\.[0-9]{2}$", "`1.` and two digits, without the patch"),
    (
        r"^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$",
        "three numbers with `.` between them",
    ),
    (
        r"^(100|[1-9]?[0-9])(\.[0-9]{1,2})?%$",
        "a number from 0 to 100 with `%`, at most two digits after its point",
    ),
];

/// What a schema with a pattern asks for, its length included: what only mends the pattern would be refused next.
pub(super) fn asked(schema: &Json) -> Option<String> {
    let pattern = schema.get("pattern")?.as_str()?;
    let (_, rule) = RULES.iter().find(|(known, _)| *known == pattern)?;
    let length = |key: &str| schema.get(key).and_then(Json::as_u64);
    Some(match (length("minLength"), length("maxLength")) {
        (Some(least @ 2..), Some(most)) => format!("{rule}, {least} to {most} characters"),
        (_, Some(most)) => format!("{rule}, at most {most} characters"),
        _ => (*rule).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::super::schema::schema;
    use super::super::super::sugar::{FORMAT, NAME_PATTERN, WORDS};
    use super::*;

    /// Every pattern of a value that this file has to know: words, names, durations and quantities have messages of their own.
    fn patterns<'a>(schema: &'a Json, found: &mut BTreeSet<&'a str>) {
        match schema {
            Json::Object(map) => {
                let pattern = map.get("pattern").and_then(Json::as_str);
                let has_its_own = map.contains_key(WORDS)
                    || pattern == Some(NAME_PATTERN)
                    || matches!(
                        map.get(FORMAT).and_then(Json::as_str),
                        Some("duration" | "quantity")
                    );
                found.extend(pattern.filter(|_| !has_its_own));
                for (key, inner) in map {
                    if key != "propertyNames" {
                        patterns(inner, found);
                    }
                }
            }
            Json::Array(items) => {
                for item in items {
                    patterns(item, found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_pattern_of_the_schema_has_its_words_and_no_other() {
        let mut found = BTreeSet::new();
        patterns(schema(), &mut found);
        let known: BTreeSet<&str> = RULES.iter().map(|(pattern, _)| *pattern).collect();
        assert_eq!(found, known);
    }
}
