//! `agcgen render`: into a folder, or onto stdout ([`super::stream`]).

use std::fmt::Write as _;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use super::console::{Console, signed, signed_lines, typed};
use super::exit::{Exit, Failure};
use super::report::{self, number_of};
use super::{Format, stream};
use crate::diagnostic::{Findings, json};
use crate::disk::{
    Change, ChangeKind, Difference, DifferenceKind, Hold, Plan, Refusal, Request, Scope, Tree,
};
use crate::heap;
use crate::output::{ObjectId, OutputPath, Owner};
use crate::render::{self, Rendered};

/// Write everything that a spec means: Bicep, Kubernetes manifests, a runbook.
///
/// Writes only what changed, removes what it once wrote and the spec no longer makes, and never touches a file that it did
/// not write or that was edited by hand. If one file may not be touched, nothing at all is written.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  agcgen render spec.yaml -o out
  agcgen render spec.yaml -o out --check     in CI
  agcgen render spec.yaml -o out --only k8s
  agcgen render spec.yaml -o - --only k8s    all objects as one YAML stream, in apply order
  agcgen render - -o out < spec.yaml         the spec from standard input

What it did goes to stdout, a line a file: + new, ~ changed, - removed.
With --check, what differs goes there. Findings and what to do next go to stderr.")]
pub(super) struct Render {
    /// The spec: a file, or `-` for standard input.
    spec: String,
    /// The output folder, made if it is not there; or `-` for stdout.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Write nothing; say what differs, with a diff, and end with 3 if anything does.
    ///
    /// A value in late-values.env that is still open is no difference.
    #[arg(long, conflicts_with = "force")]
    check: bool,
    /// Render one half of the output alone.
    ///
    /// README.md and controller/ describe the whole: they are written without --only alone, and it is said if they no
    /// longer fit.
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<Only>,
    /// Overwrite or remove files that were edited by hand or that somebody else wrote.
    #[arg(long)]
    force: bool,
}

/// A half of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// The Azure half, `infra/`.
    Infra,
    /// The cluster half, `k8s/`.
    K8s,
    /// The program that deploys it, `driver/`.
    Driver,
}

impl Only {
    fn word(self) -> &'static str {
        match self {
            Self::Infra => "infra",
            Self::K8s => "k8s",
            Self::Driver => "driver",
        }
    }
}

impl Render {
    pub(super) fn run(&self, console: &mut Console, format: Format) -> Result<Exit, Failure> {
        let to_stdout = self.output == Path::new("-");
        if to_stdout && (self.check || self.force) {
            return Err(Failure::Stopped(
                "--check and --force need an output folder, and `-o -` is stdout.\n\
                 Name the folder with -o."
                    .to_owned(),
            ));
        }
        heap::make_first_room();
        let (sources, id) = report::read_spec(&self.spec)?;
        let mut findings = Findings::new();
        // The process ends soon: nothing is gained by freeing what was made piece by piece.
        let model = ManuallyDrop::new(crate::check(&sources, id, &mut findings));
        // A folder's README.md and lock are of the whole.
        let render = if to_stdout && self.only == Some(Only::K8s) {
            render::cluster
        } else {
            render::render
        };
        let rendered = model
            .as_ref()
            .map(render)
            .transpose()
            .map_err(|error| Failure::Bug(error.to_string()))?;
        report::findings(console, format, &sources, &findings);
        let document = json::document(&sources, &findings);
        let Some(rendered) = rendered else {
            match format {
                Format::Json if to_stdout => console.say(&json::text(document)),
                Format::Json => console.data(&json::text(document))?,
                Format::Human => console.line("Nothing was written."),
                Format::Short => {}
            }
            return Ok(Exit::Refused);
        };
        if to_stdout {
            if format == Format::Json {
                console.say(&json::text(document));
            }
            self.print(console, &rendered)?;
            return Ok(Exit::Success);
        }
        let rendered = ManuallyDrop::new(rendered);
        let objects: Vec<ObjectId> = rendered
            .manifests
            .iter()
            .map(|manifest| manifest.object.id())
            .collect();
        Folder {
            render: self,
            request: Request {
                files: &rendered.files,
                objects: &objects,
                scope: self.scope(),
                force: self.force,
            },
            format,
            document,
        }
        .run(console)
    }

    fn scope(&self) -> Scope {
        match self.only {
            None => Scope::Everything,
            Some(Only::Infra) => Scope::Infra,
            Some(Only::K8s) => Scope::K8s,
            Some(Only::Driver) => Scope::Driver,
        }
    }

    fn print(&self, console: &mut Console, rendered: &Rendered) -> Result<(), Failure> {
        if self.only != Some(Only::K8s) {
            let scope = self.scope();
            let files = rendered
                .files
                .iter()
                .filter(|file| scope.covers(&file.path));
            return console.data(&stream::files(files));
        }
        if rendered
            .files
            .iter()
            .any(|file| matches!(&file.owner, Owner::Seeded(slots) if !slots.is_empty()))
        {
            console.line(
                "note: values that are known only after the deployment are not in this stream; \
                 in an output folder, `kubectl apply -k` fills them in",
            );
        }
        console.data(&stream::objects(rendered)?)
    }

    /// The command line that renders the same, with `more` at its end.
    fn command(&self, only: Option<Only>, more: &[&str]) -> String {
        let (spec, folder) = (typed(&self.spec), typed(&self.output));
        let mut words = vec!["agcgen", "render", &spec, "-o", &folder];
        if let Some(only) = only {
            words.extend(["--only", only.word()]);
        }
        words.extend(more);
        words.join(" ")
    }
}

/// A render into a folder.
struct Folder<'a> {
    render: &'a Render,
    request: Request<'a>,
    format: Format,
    /// What JSON says so far.
    document: Map<String, Value>,
}

impl Folder<'_> {
    fn run(mut self, console: &mut Console) -> Result<Exit, Failure> {
        let dir = &self.render.output;
        let (_hold, tree) = if self.render.check {
            (Hold::shared(dir)?, Tree::inspect(dir, &self.request)?)
        } else {
            (Hold::alone(dir)?, Tree::read(dir, &self.request)?)
        };
        let plan = ManuallyDrop::new(Plan::new(&tree, &self.request)?);
        if self.format != Format::Json && tree.lock_was_conflicted() {
            console.line("note: agcgen.lock has git's conflict markers; a render writes it new");
        }
        if self.render.check {
            return self.check(console, &plan, tree.lock_damage());
        }
        if let Some(refusal) = plan.refusal() {
            return self.refuse(console, refusal);
        }
        if let Some(path) = self.spec_among(plan.changes()) {
            return Err(Failure::Stopped(format!(
                "The spec itself stands where {path} would be written.\nName another folder with -o, or move the spec."
            )));
        }
        plan.apply(&self.render.output)?;
        self.written(console, &plan)
    }

    /// The change that would overwrite or remove the spec. Without `--force` no file is touched that somebody else wrote.
    #[allow(
        clippy::disallowed_methods,
        reason = "whether two paths are one file is the disk's to say"
    )]
    fn spec_among(&self, changes: &[Change]) -> Option<OutputPath> {
        if !self.render.force {
            return None;
        }
        let spec = std::fs::canonicalize(&self.render.spec).ok()?;
        let is_spec = |change: &&Change| {
            let path = self.render.output.join(change.path.as_str());
            std::fs::canonicalize(path).is_ok_and(|path| path == spec)
        };
        changes
            .iter()
            .find(is_spec)
            .map(|change| change.path.clone())
    }

    fn dir(&self) -> std::path::Display<'_> {
        self.render.output.display()
    }

    /// Says what a render would change.
    fn check(
        &mut self,
        console: &mut Console,
        plan: &Plan<'_>,
        damage: Option<usize>,
    ) -> Result<Exit, Failure> {
        let differences = plan.differences();
        let exit = if differences.is_empty() {
            Exit::Success
        } else {
            Exit::Differs
        };
        if self.format == Format::Json {
            let list = differences.iter().map(as_json).collect();
            self.document
                .insert("differences".to_owned(), Value::Array(list));
            self.add_left_behind(plan);
            console.data(&json::text(std::mem::take(&mut self.document)))?;
            return Ok(exit);
        }
        let with_diff = self.format == Format::Human;
        for difference in differences {
            console.data(&shown(difference, with_diff))?;
        }
        self.say_left_behind(console, plan);
        if differences.is_empty() {
            console.line(&format!("{} is what the spec says", self.dir()));
            return Ok(exit);
        }
        if let Some(line) = damage {
            console.line(&format!(
                "note: agcgen.lock is damaged at line {line}; the files are compared as if there were none"
            ));
        }
        let count = number_of(differences.len(), "difference");
        let only = self.render.only;
        // A render minds a damaged lock, unless it is told not to.
        let more: &[&str] = if damage.is_some() { &["--force"] } else { &[] };
        match plan.refusal() {
            None => console.line(&format!(
                "{count}; to mend it: {}",
                self.render.command(only, more)
            )),
            Some(refusal) => {
                let advice = if yields_to_force(refusal) && has_unknown(refusal) {
                    "Restore agcgen.lock from git; or carry over what is yours in these diffs,"
                        .to_owned()
                } else {
                    advice(refusal)
                };
                console.line(&format!("{count}. {advice}"));
                if yields_to_force(refusal) {
                    console.line(&format!(
                        "then: {}",
                        self.render.command(only, &["--force"])
                    ));
                }
            }
        }
        Ok(exit)
    }

    /// Says why nothing was written.
    fn refuse(&mut self, console: &mut Console, refusal: &Refusal) -> Result<Exit, Failure> {
        if self.format == Format::Json {
            let list = refusal.files.iter().map(as_json).collect();
            self.document
                .insert("refused".to_owned(), Value::Array(list));
            console.data(&json::text(std::mem::take(&mut self.document)))?;
            return Ok(Exit::Refused);
        }
        for file in &refusal.files {
            // Without a lock that may be the whole tree.
            let with_diff = self.format == Format::Human && file.kind != DifferenceKind::Unknown;
            console.say(&shown(file, with_diff));
        }
        console.error(&refusal.to_string());
        if has_unknown(refusal) {
            console.line(&format!(
                "to see each difference: {}",
                self.render.command(self.render.only, &["--check"])
            ));
        }
        Ok(Exit::Refused)
    }

    /// Says what was written, and what comes next.
    fn written(&mut self, console: &mut Console, plan: &Plan<'_>) -> Result<Exit, Failure> {
        let open = plan.open_values();
        if self.format == Format::Json {
            let changes = plan.changes().iter().map(change_as_json).collect();
            self.document
                .insert("changes".to_owned(), Value::Array(changes));
            self.document
                .insert("removedKeys".to_owned(), json!(plan.removed_keys()));
            self.document
                .insert("outdatedKeys".to_owned(), json!(plan.outdated_keys()));
            self.document.insert(
                "openValues".to_owned(),
                json!(open.values().flatten().collect::<Vec<_>>()),
            );
            self.add_left_behind(plan);
            console.data(&json::text(std::mem::take(&mut self.document)))?;
            return Ok(Exit::Success);
        }
        let mut lines = String::new();
        for change in plan.changes() {
            lines.push_str(&signed(&change.to_string()));
            lines.push('\n');
        }
        console.data(&lines)?;
        if plan.changes().is_empty() {
            console.line(&format!(
                "{} is what the spec says; nothing was written",
                self.dir()
            ));
        }
        if !plan.removed_keys().is_empty() {
            console.line(&format!(
                "Nothing uses these late values any more, so they were removed: {}",
                plan.removed_keys().join(", ")
            ));
        }
        if !plan.outdated_keys().is_empty() {
            console.line(&format!(
                "These late values were of things that have other names now, so they were removed: {}",
                plan.outdated_keys().join(", ")
            ));
        }
        for (path, keys) in open {
            console.line(&format!(
                "Open until Azure has been deployed, in {}: {}",
                self.render.output.join(path.as_str()).display(),
                keys.join(", ")
            ));
        }
        self.say_left_behind(console, plan);
        self.say_next(console, plan, !open.is_empty());
        Ok(Exit::Success)
    }

    /// Files of the whole that a render of one half left as they were.
    fn say_left_behind(&self, console: &mut Console, plan: &Plan<'_>) {
        if plan.left_behind().is_empty() {
            return;
        }
        let paths: Vec<String> = plan.left_behind().iter().map(ToString::to_string).collect();
        console.line(&format!(
            "Not up to date, because --only leaves them as they are: {}\nto render everything: {}",
            paths.join(", "),
            self.render.command(None, &[])
        ));
    }

    fn add_left_behind(&mut self, plan: &Plan<'_>) {
        let paths: Vec<&str> = plan.left_behind().iter().map(OutputPath::as_str).collect();
        self.document.insert("leftBehind".to_owned(), json!(paths));
    }

    /// The runbook of a render knows what has to be done before the first command (signing in, registering providers), so
    /// it comes next, not one of its commands.
    fn say_next(&self, console: &mut Console, plan: &Plan<'_>, is_open: bool) {
        let runbook = self
            .request
            .files
            .iter()
            .map(|file| &file.path)
            .find(|path| path.as_str() == "README.md")
            .filter(|path| self.request.scope.covers(path));
        let Some(runbook) = runbook else { return };
        if plan.changes().is_empty() && !is_open {
            return;
        }
        console.line(&format!(
            "next: less {}    # every command from here to a running system",
            typed(self.render.output.join(runbook.as_str()))
        ));
    }
}

/// A difference as lines: what it is, then the diff if there is one and it is wanted.
fn shown(difference: &Difference, with_diff: bool) -> String {
    let mut text = String::new();
    if let DifferenceKind::Values(problems) = &difference.kind {
        for problem in problems {
            let _ = writeln!(text, "{}: {problem}", difference.path);
        }
    } else {
        let _ = writeln!(text, "{difference}");
    }
    if let Some(diff) = diff(difference).filter(|_| with_diff) {
        text.push_str(&signed_lines(&diff));
    }
    text
}

/// A diff, but none that shows a wrong line of late values: somebody may have pasted a secret there, and CI keeps its logs.
fn diff(difference: &Difference) -> Option<String> {
    match difference.kind {
        DifferenceKind::Values(_) | DifferenceKind::Foreign => None,
        _ => difference.diff(),
    }
}

fn as_json(difference: &Difference) -> Value {
    json!({
        "path": difference.path.as_str(),
        "state": match difference.kind {
            DifferenceKind::Missing => "missing",
            DifferenceKind::Stale => "stale",
            DifferenceKind::WrongMode => "wrongMode",
            DifferenceKind::Orphaned => "orphaned",
            DifferenceKind::HandEdited => "handEdited",
            DifferenceKind::HandEditedOrphan => "handEditedOrphan",
            DifferenceKind::Foreign => "foreign",
            DifferenceKind::Unknown => "unknown",
            DifferenceKind::Blocked(_) => "blocked",
            DifferenceKind::Values(_) => "values",
        },
        "message": difference.to_string(),
        "diff": diff(difference),
    })
}

fn change_as_json(change: &Change) -> Value {
    json!({
        "path": change.path.as_str(),
        "change": match change.kind {
            ChangeKind::New => "new",
            ChangeKind::Changed => "changed",
            ChangeKind::Removed => "removed",
        },
    })
}

/// What to do about a refusal: the line below what it is.
fn advice(refusal: &Refusal) -> String {
    let text = refusal.to_string();
    match text.split_once('\n') {
        Some((_, advice)) => advice.to_owned(),
        None => text,
    }
}

/// Whether `--force` would go on, because nothing but other people's edits is in the way.
fn yields_to_force(refusal: &Refusal) -> bool {
    refusal.files.iter().all(|file| {
        matches!(
            file.kind,
            DifferenceKind::HandEdited
                | DifferenceKind::HandEditedOrphan
                | DifferenceKind::Foreign
                | DifferenceKind::Unknown
        )
    })
}

fn has_unknown(refusal: &Refusal) -> bool {
    let mut kinds = refusal.files.iter().map(|file| &file.kind);
    kinds.any(|kind| *kind == DifferenceKind::Unknown)
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails where it panics, and prepares folders"
)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cli::console::Said;
    use crate::output::{Mode, OutputFile, Shape, Slot};

    fn file(path: &str, text: &str) -> OutputFile {
        OutputFile {
            path: OutputPath::new(path).unwrap(),
            text: text.to_owned(),
            mode: Mode::Plain,
            owner: Owner::Generated,
        }
    }

    fn late(keys: &[&str]) -> OutputFile {
        let slot = |key: &&str| Slot {
            key: (*key).to_owned(),
            shape: Shape::ClientId,
            of: Vec::new(),
            comment: vec![(*key).to_owned()],
        };
        OutputFile {
            owner: Owner::Seeded(keys.iter().map(slot).collect()),
            ..file("k8s/platform/late-values.env", "# Late.\n")
        }
    }

    fn two_files() -> Vec<OutputFile> {
        vec![
            file("README.md", "how\n"),
            file("k8s/web.yaml", "a: 1\n"),
            late(&["WEB_CLIENT_ID", "API_CLIENT_ID"]),
        ]
    }

    /// What a render of these files into `dir` does and says.
    fn render(
        dir: &Path,
        files: &[OutputFile],
        format: Format,
        change: impl FnOnce(&mut Render),
    ) -> (Exit, Said) {
        let mut render = Render {
            spec: "my spec.yaml".to_owned(),
            output: dir.to_owned(),
            check: false,
            only: None,
            force: false,
        };
        change(&mut render);
        let (mut console, said) = Console::recording();
        let folder = Folder {
            render: &render,
            request: Request {
                files,
                objects: &[],
                scope: render.scope(),
                force: render.force,
            },
            format,
            document: Map::new(),
        };
        let exit = folder.run(&mut console).unwrap();
        (exit, said)
    }

    #[test]
    fn a_first_render_says_what_is_new_what_is_open_and_what_is_next() {
        let dir = tempfile::tempdir().unwrap();
        let (exit, said) = render(dir.path(), &two_files(), Format::Human, |_| {});
        assert_eq!(exit, Exit::Success);
        assert_eq!(
            said.out(),
            "+ README.md\n+ agcgen.lock\n+ k8s/platform/late-values.env\n+ k8s/web.yaml\n"
        );
        assert!(said.err().contains("WEB_CLIENT_ID, API_CLIENT_ID"));
        assert!(said.err().contains("\nnext: less "), "{}", said.err());
        assert!(said.err().contains("README.md    # every command"));
    }

    #[test]
    fn a_render_that_changes_nothing_says_so_and_names_open_values_alone() {
        let dir = tempfile::tempdir().unwrap();
        render(dir.path(), &two_files(), Format::Human, |_| {});
        let env = dir.path().join("k8s/platform/late-values.env");
        let mut text = fs::read_to_string(&env).unwrap();
        text.push_str("WEB_CLIENT_ID=6b1f0a52-4f7e-4c0b-9c59-0d8f6f2f7a11\n");
        fs::write(&env, &text).unwrap();

        let (exit, said) = render(dir.path(), &two_files(), Format::Human, |_| {});
        assert_eq!((exit, said.out().as_str()), (Exit::Success, ""));
        assert!(said.err().contains("nothing was written"));
        assert!(said.err().contains(": API_CLIENT_ID\n"), "{}", said.err());

        text.push_str("API_CLIENT_ID=6b1f0a52-4f7e-4c0b-9c59-0d8f6f2f7a12\n");
        fs::write(&env, &text).unwrap();
        let (_, said) = render(dir.path(), &two_files(), Format::Human, |_| {});
        assert!(!said.err().contains("Open until") && !said.err().contains("next:"));
    }

    /// As an editor on Windows may save it, with the values first.
    #[test]
    fn a_byte_order_mark_and_other_line_ends_open_no_value() {
        let dir = tempfile::tempdir().unwrap();
        render(dir.path(), &two_files(), Format::Human, |_| {});
        let env = dir.path().join("k8s/platform/late-values.env");
        let comments = fs::read_to_string(&env).unwrap().replace('\n', "\r\n");
        let value = "WEB_CLIENT_ID=6b1f0a52-4f7e-4c0b-9c59-0d8f6f2f7a11";
        fs::write(&env, format!("\u{feff}{value}\r\n{comments}")).unwrap();
        let (_, said) = render(dir.path(), &two_files(), Format::Human, |_| {});
        assert_eq!(said.out(), "", "the file is kept");
        assert!(said.err().contains(": API_CLIENT_ID\n"), "{}", said.err());
    }

    #[test]
    fn keys_that_nothing_uses_are_named() {
        let dir = tempfile::tempdir().unwrap();
        render(dir.path(), &two_files(), Format::Human, |_| {});
        let env = dir.path().join("k8s/platform/late-values.env");
        fs::write(&env, "API_CLIENT_ID=6b1f0a52-4f7e-4c0b-9c59-0d8f6f2f7a11\n").unwrap();
        let files = [file("README.md", "how\n"), late(&["WEB_CLIENT_ID"])];
        let (_, said) = render(dir.path(), &files, Format::Human, |_| {});
        assert_eq!(
            said.out(),
            "~ agcgen.lock\n~ k8s/platform/late-values.env\n- k8s/web.yaml\n"
        );
        assert!(said.err().contains("removed: API_CLIENT_ID\n"));
    }

    #[test]
    fn a_check_names_every_kind_of_difference_and_the_command_that_mends_it() {
        let dir = tempfile::tempdir().unwrap();
        render(dir.path(), &two_files(), Format::Human, |_| {});
        let files = [
            file("README.md", "how else\n"),
            late(&["WEB_CLIENT_ID", "API_CLIENT_ID"]),
            file("new.yaml", "b: 2\n"),
        ];
        let (exit, said) = render(dir.path(), &files, Format::Human, |render| {
            render.check = true;
        });
        assert_eq!(exit, Exit::Differs);
        let out = said.out();
        for line in [
            "README.md is stale\n",
            "\n-how\n+how else\n",
            "new.yaml is missing\n",
            "k8s/web.yaml is no longer generated\n",
            "agcgen.lock is stale\n",
        ] {
            assert!(out.contains(line), "{line} in {out}");
        }
        assert!(
            said.err()
                .contains("4 differences; to mend it: agcgen render 'my spec.yaml' -o "),
            "{}",
            said.err()
        );
        assert_eq!(
            fs::read_to_string(dir.path().join("README.md")).unwrap(),
            "how\n"
        );
        // One line a difference, for programs that read lines.
        let (_, said) = render(dir.path(), &files, Format::Short, |render| {
            render.check = true;
        });
        assert_eq!(said.out().lines().count(), 4);
    }

    #[test]
    fn an_edited_file_is_refused_with_its_diff_and_force_overwrites_it() {
        let dir = tempfile::tempdir().unwrap();
        render(dir.path(), &two_files(), Format::Human, |_| {});
        let edited = dir.path().join("k8s/web.yaml");
        fs::write(&edited, "a: 2\n").unwrap();

        let (exit, said) = render(dir.path(), &two_files(), Format::Human, |_| {});
        assert_eq!((exit, said.out().as_str()), (Exit::Refused, ""));
        assert!(said.err().contains("k8s/web.yaml was edited by hand\n"));
        assert!(said.err().contains("\n-a: 2\n+a: 1\n"));
        assert!(said.err().contains("error: Nothing was written."));

        let (exit, said) = render(dir.path(), &two_files(), Format::Human, |render| {
            render.check = true;
        });
        assert_eq!(exit, Exit::Differs);
        assert!(said.err().contains("--force\n"), "{}", said.err());

        let (exit, _) = render(dir.path(), &two_files(), Format::Human, |render| {
            render.force = true;
        });
        assert_eq!(exit, Exit::Success);
        assert_eq!(fs::read_to_string(&edited).unwrap(), "a: 1\n");
    }

    #[test]
    fn what_force_cannot_mend_is_not_promised() {
        let dir = tempfile::tempdir().unwrap();
        let files = [late(&["WEB_CLIENT_ID", "API_CLIENT_ID"])];
        render(dir.path(), &files, Format::Human, |_| {});
        let env = dir.path().join("k8s/platform/late-values.env");
        fs::write(&env, "WEB_CLIENT_ID=hunter2\nAPI_CLIENT_ID=\n").unwrap();
        let (exit, said) = render(dir.path(), &files, Format::Human, |render| {
            render.check = true;
        });
        assert_eq!(exit, Exit::Differs);
        assert!(
            said.out().contains("line 1: WEB_CLIENT_ID is no client id")
                && said.out().contains("line 2: API_CLIENT_ID is empty"),
            "{}",
            said.out()
        );
        assert!(!said.err().contains("--force"), "{}", said.err());
    }

    #[test]
    fn a_wrong_late_value_is_never_repeated() {
        let dir = tempfile::tempdir().unwrap();
        let files = [late(&["WEB_CLIENT_ID"])];
        render(dir.path(), &files, Format::Human, |_| {});
        let env = dir.path().join("k8s/platform/late-values.env");
        for line in ["PASSWORD=hunter2\n", "WEB_CLIENT_ID=hunter2\n"] {
            fs::write(&env, line).unwrap();
            for format in [Format::Human, Format::Short, Format::Json] {
                for check in [true, false] {
                    let (_, said) = render(dir.path(), &files, format, |render| {
                        render.check = check;
                    });
                    let said = said.out() + &said.err();
                    assert!(!said.contains("hunter2"), "{said}");
                }
                fs::write(&env, line).unwrap();
            }
        }
    }

    #[test]
    fn half_a_render_names_what_no_longer_fits() {
        let dir = tempfile::tempdir().unwrap();
        render(dir.path(), &two_files(), Format::Human, |_| {});
        let files = [file("README.md", "new\n"), file("k8s/web.yaml", "a: 2\n")];
        let (exit, said) = render(dir.path(), &files, Format::Human, |render| {
            render.only = Some(Only::K8s);
        });
        assert_eq!(exit, Exit::Success);
        assert!(said.err().contains("README.md\nto render everything"));
        assert!(!said.err().contains("next:"));
        let err = said.err();
        let (_, command) = err.split_once("to render everything: ").unwrap();
        assert!(
            command.starts_with("agcgen render 'my spec.yaml' -o ") && !command.contains("--only")
        );
    }

    fn json(said: &Said) -> Value {
        assert_eq!(said.err(), "");
        serde_json::from_str(&said.out()).unwrap()
    }

    #[test]
    fn json_says_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let (_, said) = render(dir.path(), &two_files(), Format::Json, |_| {});
        let document = json(&said);
        assert_eq!(
            document["changes"][0],
            json!({"path": "README.md", "change": "new"})
        );
        assert_eq!(
            document["openValues"],
            json!(["WEB_CLIENT_ID", "API_CLIENT_ID"])
        );
        assert_eq!(document["removedKeys"], json!([]));
        assert_eq!(document["leftBehind"], json!([]));

        fs::write(dir.path().join("k8s/web.yaml"), "a: 2\n").unwrap();
        let (exit, said) = render(dir.path(), &two_files(), Format::Json, |render| {
            render.check = true;
        });
        let document = json(&said);
        assert_eq!(exit, Exit::Differs);
        assert_eq!(document["differences"][0]["state"], "handEdited");
        let diff = document["differences"][0]["diff"].as_str().unwrap();
        assert!(diff.ends_with("-a: 2\n+a: 1\n"));

        let (exit, said) = render(dir.path(), &two_files(), Format::Json, |_| {});
        assert_eq!(exit, Exit::Refused);
        assert_eq!(json(&said)["refused"][0]["path"], "k8s/web.yaml");
    }

    #[test]
    fn an_output_folder_that_is_a_file_stops_everything() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        fs::write(&out, "mine").unwrap();
        let render = Render {
            spec: "spec.yaml".to_owned(),
            output: out.clone(),
            check: false,
            only: None,
            force: true,
        };
        let (mut console, _) = Console::recording();
        let files = two_files();
        let folder = Folder {
            render: &render,
            request: Request {
                files: &files,
                objects: &[],
                scope: Scope::Everything,
                force: true,
            },
            format: Format::Human,
            document: Map::new(),
        };
        let Err(Failure::Stopped(message)) = folder.run(&mut console) else {
            panic!("it went on");
        };
        assert!(message.contains("is not a folder"));
        assert_eq!(fs::read_to_string(out).unwrap(), "mine");
    }
}
