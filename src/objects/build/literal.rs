//! Text of the spec in fields where Kubernetes would read more than text.

/// `text` so that the process gets it as the spec has it: Kubernetes replaces `$(NAME)` in variables, commands and
/// arguments, and reads `$$` as `$`. The spec has no expressions.
pub(super) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        escaped.push(character);
        if character == '$' && matches!(characters.peek(), Some('$' | '(')) {
            escaped.push('$');
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::literal;

    /// The right sides by the rules of "Define dependent environment variables" (kubernetes.io), by hand.
    #[test]
    fn text_reaches_the_process_as_written() {
        for (written, escaped) in [
            ("plain", "plain"),
            ("5$", "5$"),
            ("$HOME", "$HOME"),
            ("$(HOME)", "$$(HOME)"),
            ("$$", "$$$"),
            ("$$(HOME)", "$$$$(HOME)"),
            ("a$$b", "a$$$b"),
        ] {
            assert_eq!(literal(written), escaped, "{written}");
        }
    }
}
