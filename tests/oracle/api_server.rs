//! A real Kubernetes API server: in goes what `kubectl apply --server-side` sends, out comes what it says, and every
//! object as it keeps it.
//!
//! `kube-apiserver` with an `etcd` behind it, both on this machine alone, and `kubectl` in front. There is no node, no
//! scheduler and no controller: objects are validated, defaulted, admitted and kept, and nothing runs.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fs_err as fs;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::finding::{
    Answer, NotChecked, Oracle, OracleFailure, reference, tool, version_at_least,
};
use super::ledger;

/// The programs. Variables: `AGCGEN_KUBE_APISERVER`, `AGCGEN_ETCD`, `AGCGEN_KUBECTL`, `AGCGEN_OPENSSL`.
pub(crate) struct ApiServer {
    kube_apiserver: PathBuf,
    etcd: PathBuf,
    openssl: PathBuf,
    kubectl: PathBuf,
    definitions: PathBuf,
    version: String,
}

/// Gateway API versions that the controllers of the examples bring. `config/crd/standard` of the Go module
/// sigs.k8s.io/gateway-api has those that the reference lacks.
const GATEWAY_API: &[&str] = &["v1.4.1", "v1.5.1"];
/// The Kubernetes version that a cluster gets where the spec names none.
const MINIMUM: &str = "1.35";
/// First etcd that kube-apiserver 1.35 was released with.
const MINIMUM_ETCD: &str = "3.6";
/// First kubectl whose `--warnings-as-errors` also covers server-side apply.
const MINIMUM_KUBECTL: &str = "1.27";
/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

impl Oracle for ApiServer {
    const NAME: &'static str = "kube-apiserver";

    fn search() -> Result<Self, NotChecked> {
        let built = "go build it in tests/oracle/api-server";
        let kube_apiserver = tool("AGCGEN_KUBE_APISERVER", "kube-apiserver", built)?;
        let etcd = tool("AGCGEN_ETCD", "etcd", built)?;
        let kubectl = tool("AGCGEN_KUBECTL", "kubectl", "install kubectl")?;
        let openssl = tool("AGCGEN_OPENSSL", "openssl", "install openssl")?;
        let definitions = reference("crds")?;
        if let Some(version) = GATEWAY_API
            .iter()
            .find(|version| !definitions.join("gateway-api").join(version).is_dir())
        {
            return Err(NotChecked(format!(
                "AGCGEN_REFERENCE/crds/gateway-api has no {version}"
            )));
        }
        let version = version_at_least(&kube_apiserver, &["--version"], MINIMUM)?;
        let etcd_version = version_at_least(&etcd, &["--version"], MINIMUM_ETCD)?;
        version_at_least(&kubectl, &["version", "--client"], MINIMUM_KUBECTL)?;
        Ok(Self {
            definitions,
            version: format!("{version}, etcd {etcd_version}"),
            kube_apiserver,
            etcd,
            openssl,
            kubectl,
        })
    }

    fn version(&self) -> String {
        self.version.clone()
    }

    fn slot() -> &'static OnceLock<Result<Self, NotChecked>> {
        static SLOT: OnceLock<Result<ApiServer, NotChecked>> = OnceLock::new();
        &SLOT
    }
}

impl ApiServer {
    /// An empty cluster that knows the ALB Controller's kinds and those of a Gateway API version (`v1.5.1`).
    pub(crate) fn start(&self, gateway_api: &str) -> Answer<Cluster> {
        let folder = tempfile::tempdir().map_err(|error| OracleFailure(error.to_string()))?;
        let cluster = self.serve(folder)?;
        for definitions in [
            self.definitions.join("gateway-api").join(gateway_api),
            self.definitions.join("alb"),
        ] {
            cluster
                .kubectl(
                    &[
                        "apply",
                        "--server-side",
                        "--filename",
                        &text_of(&definitions),
                    ],
                    None,
                )?
                .accepted()
                .map_err(OracleFailure)?;
        }
        cluster
            .kubectl(
                &[
                    "wait",
                    "--for=condition=Established",
                    "customresourcedefinition",
                    "--all",
                ],
                None,
            )?
            .accepted()
            .map_err(OracleFailure)?;
        Ok(cluster)
    }

    fn serve(&self, folder: TempDir) -> Answer<Cluster> {
        let unwritable = |error: std::io::Error| OracleFailure(error.to_string());
        let [etcd_port, peer_port, port] = free_ports().map_err(unwritable)?;
        let at = folder.path();
        // The user exists in this cluster alone, for as long as the test runs.
        fs::write(at.join("tokens.csv"), "test,test,test,system:masters\n").map_err(unwritable)?;
        fs::write(
            at.join("kubeconfig"),
            json!({
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{ "name": "test", "cluster": {
                    "server": format!("https://127.0.0.1:{port}"),
                    "certificate-authority": at.join("certificates/apiserver.crt"),
                } }],
                "users": [{ "name": "test", "user": { "token": "test" } }],
                "contexts": [{ "name": "test", "context": { "cluster": "test", "user": "test" } }],
                "current-context": "test",
            })
            .to_string(),
        )
        .map_err(unwritable)?;
        let process = Command::new("bash")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/oracle/api-server/serve.sh"
            ))
            .args([at, &self.etcd, &self.kube_apiserver, &self.openssl])
            .args([etcd_port, peer_port, port].map(|port| port.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(unwritable)?;
        let mut cluster = Cluster {
            folder,
            process,
            kubectl: self.kubectl.clone(),
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }
}

/// A running API server; it ends when this is dropped, or when the test program ends in any other way.
pub(crate) struct Cluster {
    folder: TempDir,
    process: Child,
    kubectl: PathBuf,
}

/// What kubectl printed, and whether the server took everything without a warning.
pub(crate) struct Said(Output);

impl Said {
    /// What it printed, or the server's reasons.
    pub(crate) fn accepted(self) -> Result<String, String> {
        if self.0.status.success() {
            Ok(String::from_utf8_lossy(&self.0.stdout).into_owned())
        } else {
            Err(String::from_utf8_lossy(&self.0.stderr).trim().to_owned())
        }
    }
}

impl Cluster {
    /// Runs a kubectl command, as `README.md` of a rendered tree has them, in a folder of that tree.
    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Answer<Said> {
        Self::send(self.command(arguments).current_dir(folder), None)
    }

    /// Applies one object, or a `List` of them; with `dry_run` it goes through everything but is not kept.
    pub(crate) fn apply(&self, object: &Value, dry_run: bool) -> Answer<Said> {
        let mut arguments = vec!["apply", "--server-side", "--filename", "-"];
        if dry_run {
            arguments.push("--dry-run=server");
        }
        let count = object["items"].as_array().map_or(1, Vec::len);
        ledger::read_values(ApiServer::NAME, count, "objects");
        self.kubectl(&arguments, Some(&object.to_string()))
    }

    /// What the server refuses of these objects, a line each; with `dry_run` none is kept.
    pub(crate) fn refused(&self, objects: &[Value], dry_run: bool) -> Answer<Vec<String>> {
        let mut all = json!({ "apiVersion": "v1", "kind": "List" });
        all["items"] = objects.into();
        match self.apply(&all, dry_run)?.accepted() {
            Ok(_) => Ok(Vec::new()),
            Err(reasons) => Ok(reasons.lines().map(str::to_owned).collect()),
        }
    }

    /// Objects as the server keeps them, in the order in which they are asked for.
    pub(crate) fn kept(&self, objects: &[Value]) -> Answer<Vec<Value>> {
        let asked = json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string();
        let said = self
            .kubectl(
                &["get", "--filename", "-", "--output", "json"],
                Some(&asked),
            )?
            .accepted()
            .map_err(OracleFailure)?;
        let mut answer: Value =
            serde_json::from_str(&said).map_err(|error| OracleFailure(error.to_string()))?;
        match answer["items"].take() {
            Value::Array(kept) if kept.len() == objects.len() => {
                ledger::read_values(ApiServer::NAME, kept.len(), "objects");
                Ok(kept)
            }
            _ => Err(OracleFailure(format!("it keeps other objects: {said}"))),
        }
    }

    fn kubectl(&self, arguments: &[&str], input: Option<&str>) -> Answer<Said> {
        Self::send(&mut self.command(arguments), input)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.kubectl);
        command
            .args(arguments)
            .arg("--warnings-as-errors")
            .env("KUBECONFIG", self.folder.path().join("kubeconfig"))
            .env("KUBECACHEDIR", self.folder.path().join("cache"));
        command
    }

    fn send(command: &mut Command, input: Option<&str>) -> Answer<Said> {
        let broken = |error: std::io::Error| OracleFailure(format!("kubectl: {error}"));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(broken)?;
        let mut pipe = child.stdin.take().expect("it is piped");
        pipe.write_all(input.unwrap_or_default().as_bytes())
            .map_err(broken)?;
        drop(pipe);
        child.wait_with_output().map(Said).map_err(broken)
    }

    fn wait_until_ready(&mut self) -> Answer<()> {
        let start = Instant::now();
        loop {
            if let Ok(said) = self.kubectl(&["get", "--raw", "/readyz"], None)?.accepted()
                && said == "ok"
            {
                return Ok(());
            }
            let ended = self.process.try_wait().ok().flatten().is_some();
            if ended || start.elapsed() > PATIENCE {
                return Err(OracleFailure(format!("it does not start:\n{}", self.log())));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The end of what the programs wrote.
    fn log(&self) -> String {
        let ends = ["serve.log", "etcd.log", "kube-apiserver.log"].map(|name| {
            let log = fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            format!(
                "{name}:\n{}",
                lines[lines.len().saturating_sub(10)..].join("\n")
            )
        });
        ends.join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

/// Ports that nobody listens at; all are held before the first is given back.
fn free_ports() -> std::io::Result<[u16; 3]> {
    let listener = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let held = [listener()?, listener()?, listener()?];
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
