//! bash: a script that parses passes, a planted fault is told with its line, and a run says how it ended.

use crate::oracle::{Bash, Checks, none};
use crate::planting::{folder, one_finding};

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<Bash>("bash: a clean file", |bash| {
        let files = folder(&[("a.sh", "if true; then echo yes; fi\n")])?;
        none(bash.syntax(files.path().join("a.sh"))?)
    });
    checks.needing::<Bash>("bash: an if without end", |bash| {
        let files = folder(&[("a.sh", "if true; then echo yes\n")])?;
        one_finding(
            &bash.syntax(files.path().join("a.sh"))?,
            &["a.sh: line 2:", "syntax error"],
        )
    });
    checks.needing::<Bash>("bash: a file that is not there", |bash| {
        let files = folder(&[("a.sh", "true\n")])?;
        if bash.syntax(files.path().join("missing.sh"))?.is_empty() {
            return Err("a file that is not there was passed".into());
        }
        none(bash.syntax(files.path().join("a.sh"))?)
    });
    checks.needing::<Bash>("bash: a run", |bash| {
        let good = bash.run(&[], "false; echo said")?;
        let bad = bash.run(&["-e"], "false; echo said")?;
        assert_eq!((good.is_good, good.said.as_str()), (true, "said\n"));
        assert_eq!((bad.is_good, bad.said.as_str()), (false, ""));
        Ok(())
    });
}
