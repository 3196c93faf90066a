//! The pages behind `agcgen explain CODE`: Markdown, one a code, with an example that gives the code and one that does
//! not.

use super::Code;

/// An example in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The codes that its findings have; none: it is the right way.
    pub codes: Vec<String>,
    /// A whole spec, or the part of one that matters.
    pub text: String,
}

/// The page as people read it: its title, then the text.
pub fn render(code: Code) -> String {
    let text = code.page().replace(&format!("```yaml,{code}"), "```yaml");
    format!(
        "# {code}: {}\n\nSeverity: {}.\n\n{text}",
        code.title(),
        code.severity()
    )
}

/// The examples of a page, in order.
pub fn examples(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```yaml") else {
            continue;
        };
        let codes = info
            .split(',')
            .skip(1)
            .map(|code| code.trim().to_owned())
            .collect();
        let text: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        examples.push(Example { codes, text });
    }
    examples
}
