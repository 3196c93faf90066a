//! Scripts that complete command lines.

use crate::Folder;

#[test]
fn every_shell_gets_a_script_that_knows_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = folder.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        for word in [
            "init", "validate", "render", "explain", "schema", "check", "template",
        ] {
            assert!(ran.stdout.contains(word), "{shell} does not know {word}");
        }
    }
}
