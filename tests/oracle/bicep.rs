//! The real Bicep compiler, one `bicep jsonrpc --stdio` process for the whole test program.
//!
//! In go paths of `.bicep` and `.bicepparam` files, out come its diagnostics, its canonical form of a file and its
//! snapshots. Its answers are passed on; only `findings` adds a judgement: nothing may be said, at any level.
//!
//! The compiler remembers `bicepconfig.json` per folder for as long as it runs: a test that changes one uses a new folder.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use fs_err as fs;
use serde_json::{Value, json};

use super::azure_snapshot::{Metadata, Snapshot};
use super::finding::{Answer, NotChecked, Oracle, OracleFailure, at_least, tool};
use super::ledger;

/// The first version whose server knows snapshots as they are read here.
const MINIMUM: &str = "0.49";

/// The compiler. Variable: `AGCGEN_BICEP`.
pub(crate) struct Bicep {
    version: String,
    server: Mutex<Server>,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Info,
    Warning,
    Error,
}

/// One thing that the compiler or its linter says.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostic {
    /// The file, which may be a module of the one compiled.
    pub(crate) source: String,
    /// From 1.
    pub(crate) line: u64,
    /// From 1, in UTF-16 units.
    pub(crate) column: u64,
    pub(crate) level: Level,
    /// For example `BCP037` or `no-unused-params`.
    pub(crate) code: String,
    pub(crate) message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}:{}:{}: {:?} {}: {}",
            self.source, self.line, self.column, self.level, self.code, self.message
        )
    }
}

impl Oracle for Bicep {
    const NAME: &'static str = "bicep";

    fn search() -> Result<Self, NotChecked> {
        let program = tool("AGCGEN_BICEP", "bicep", "az bicep install")?;
        let mut server =
            Server::start(&program).map_err(|failure| NotChecked(failure.to_string()))?;
        let version = server
            .ask("version", &json!({}))
            .map_err(|failure| NotChecked(failure.to_string()))?["version"]
            .as_str()
            .ok_or_else(|| NotChecked("bicep does not tell its version".to_owned()))?
            .to_owned();
        if !at_least(&version, MINIMUM) {
            return Err(NotChecked(format!(
                "bicep has version {version}, at least {MINIMUM} is needed"
            )));
        }
        Ok(Self {
            version,
            server: Mutex::new(server),
        })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<Bicep, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl Bicep {
    /// Compiles a `.bicep` file with its modules; the linter's rules are part of it.
    pub(crate) fn compile(&self, path: impl AsRef<Path>) -> Answer<Vec<Diagnostic>> {
        let reply = self.ask("compile", path.as_ref(), json!({}))?;
        diagnostics(&reply)
    }

    /// The template that a `.bicep` file becomes, as JSON.
    pub(crate) fn template(&self, path: impl AsRef<Path>) -> Answer<String> {
        let reply = self.ask("compile", path.as_ref(), json!({}))?;
        Ok(string(&reply, "contents")?.to_owned())
    }

    /// Compiles a `.bicepparam` file with its template. Variables that it reads come from the environment.
    pub(crate) fn compile_params(&self, path: impl AsRef<Path>) -> Answer<Vec<Diagnostic>> {
        let reply = self.ask(
            "compileParams",
            path.as_ref(),
            json!({ "parameterOverrides": {} }),
        )?;
        diagnostics(&reply)
    }

    /// The canonical form of a file. A file that cannot be parsed comes back as it is.
    pub(crate) fn format(&self, path: impl AsRef<Path>) -> Answer<String> {
        let reply = self.ask("format", path.as_ref(), json!({}))?;
        Ok(string(&reply, "contents")?.to_owned())
    }

    /// What a `.bicepparam` file deploys. One that is `using none` has no snapshot.
    pub(crate) fn snapshot(&self, path: impl AsRef<Path>, metadata: &Metadata) -> Answer<Snapshot> {
        let reply = self.ask(
            "getSnapshot",
            path.as_ref(),
            json!({ "metadata": {
                "tenantId": metadata.tenant_id,
                "subscriptionId": metadata.subscription_id,
                "resourceGroup": metadata.resource_group,
                "location": metadata.location,
            }}),
        )?;
        Snapshot::from_json(string(&reply, "snapshot")?, metadata)
    }

    /// Everything there is to say against a folder of Bicep: diagnostics of any level of every file, files that are not
    /// in canonical form, problems of each parameter file's snapshot, experimental features. Sorted, each once.
    pub(crate) fn findings(
        &self,
        folder: impl AsRef<Path>,
        metadata: &Metadata,
    ) -> Answer<Vec<String>> {
        let folder = folder.as_ref();
        let mut findings = Vec::new();
        let mut compiled = 0;
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|error| OracleFailure(error.to_string()))?;
            let path = entry.path();
            let text =
                || fs::read_to_string(path).map_err(|error| OracleFailure(error.to_string()));
            let said = match path.extension().and_then(|extension| extension.to_str()) {
                Some("bicep") => self.compile(path)?,
                Some("bicepparam") => self.compile_params(path)?,
                _ => {
                    if entry.file_name() == "bicepconfig.json"
                        && text()?.contains("experimentalFeaturesEnabled")
                    {
                        findings.push(format!(
                            "{}: experimental features are enabled",
                            path.display()
                        ));
                    }
                    continue;
                }
            };
            compiled += 1;
            let text = text()?;
            if self.format(path)? != text {
                findings.push(format!(
                    "{}: format: not in canonical form (bicep format)",
                    path.display()
                ));
            }
            let has_template = !text.lines().any(|line| line.trim() == "using none");
            let broken = said
                .iter()
                .any(|diagnostic| diagnostic.level == Level::Error);
            if path
                .extension()
                .is_some_and(|extension| extension == "bicepparam")
                && has_template
                && !broken
            {
                let problems = self.snapshot(path, metadata)?.problems();
                findings.extend(
                    problems
                        .iter()
                        .map(|problem| format!("{}: {problem}", path.display())),
                );
            }
            findings.extend(said.iter().map(Diagnostic::to_string));
        }
        if compiled == 0 {
            return Err(OracleFailure(format!(
                "no .bicep and no .bicepparam below {}",
                folder.display()
            )));
        }
        findings.sort();
        findings.dedup();
        Ok(findings)
    }

    fn ask(&self, method: &str, path: &Path, mut members: Value) -> Answer<Value> {
        let failed = |reason: &dyn fmt::Display| {
            OracleFailure(format!("bicep {method} {}: {reason}", path.display()))
        };
        let absolute = fs::canonicalize(path).map_err(|error| failed(&error))?;
        members["path"] = absolute
            .to_str()
            .filter(|path| !path.contains('\\'))
            .ok_or_else(|| failed(&"bicep takes no such path"))?
            .into();
        ledger::read_file(Self::NAME, &absolute);
        self.server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ask(method, &members)
            .map_err(|failure| failed(&failure))
    }
}

/// The process. It ends by itself when the test program does, because its standard input is closed then.
struct Server {
    _process: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
    last_id: u64,
}

impl Server {
    fn start(program: &Path) -> Answer<Self> {
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bicep-home");
        let failed = |error: &dyn fmt::Display| {
            OracleFailure(format!("{} cannot be started: {error}", program.display()))
        };
        fs::create_dir_all(&home).map_err(|error| failed(&error))?;
        let mut process = Command::new(program)
            .args(["jsonrpc", "--stdio"])
            // Without ICU on the machine it would abort; with it, answers would depend on the machine.
            .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
            // It unpacks a library and writes a profile.
            .env("DOTNET_BUNDLE_EXTRACT_BASE_DIR", &home)
            .env("HOME", &home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(&error))?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(failed(&"it has no pipes"));
        };
        Ok(Self {
            _process: process,
            requests,
            replies: BufReader::new(replies),
            last_id: 0,
        })
    }

    /// One request and its reply, framed as in the Language Server Protocol.
    fn ask(&mut self, method: &str, parameters: &Value) -> Answer<Value> {
        self.last_id += 1;
        let request = json!({
            "jsonrpc": "2.0",
            "id": self.last_id,
            "method": format!("bicep/{method}"),
            "params": parameters,
        })
        .to_string();
        let mut reply = self
            .exchange(&request)
            .map_err(|error| OracleFailure(format!("the compiler stopped: {error}")))?;
        if reply["id"] != self.last_id {
            return Err(OracleFailure(format!(
                "a reply to another request: {reply}"
            )));
        }
        if let Some(error) = reply.get("error") {
            return Err(OracleFailure(
                error["message"]
                    .as_str()
                    .unwrap_or("no reason given")
                    .to_owned(),
            ));
        }
        Ok(reply["result"].take())
    }

    fn exchange(&mut self, request: &str) -> std::io::Result<Value> {
        write!(
            self.requests,
            "Content-Length: {}\r\n\r\n{request}",
            request.len()
        )?;
        self.requests.flush()?;
        let mut length = 0;
        loop {
            let mut header = String::new();
            if self.replies.read_line(&mut header)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let header = header.trim();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("Content-Length:") {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.replies.read_exact(&mut body)?;
        serde_json::from_slice(&body).map_err(std::io::Error::other)
    }
}

fn string<'a>(reply: &'a Value, key: &str) -> Answer<&'a str> {
    reply[key]
        .as_str()
        .ok_or_else(|| OracleFailure(format!("a reply without {key}")))
}

/// The diagnostics of a reply. A compilation that failed without saying why is a breakdown, not an empty list.
fn diagnostics(reply: &Value) -> Answer<Vec<Diagnostic>> {
    let said = reply["diagnostics"]
        .as_array()
        .ok_or_else(|| OracleFailure("a reply without diagnostics".to_owned()))?
        .iter()
        .map(|diagnostic| {
            let start = &diagnostic["range"]["start"];
            let number = |key: &str| {
                start[key].as_u64().ok_or_else(|| {
                    OracleFailure(format!("a diagnostic without place: {diagnostic}"))
                })
            };
            Ok(Diagnostic {
                source: string(diagnostic, "source")?.to_owned(),
                line: number("line")? + 1,
                column: number("char")? + 1,
                level: match string(diagnostic, "level")? {
                    "Error" => Level::Error,
                    "Warning" => Level::Warning,
                    "Info" => Level::Info,
                    level => return Err(OracleFailure(format!("an unknown level {level}"))),
                },
                code: string(diagnostic, "code")?.to_owned(),
                message: string(diagnostic, "message")?.to_owned(),
            })
        })
        .collect::<Answer<Vec<_>>>()?;
    if said.is_empty() && reply["success"] != true {
        return Err(OracleFailure(
            "the compilation failed without a diagnostic".to_owned(),
        ));
    }
    Ok(said)
}
