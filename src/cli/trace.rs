//! `agcgen trace`.

use serde_json::{Value, json};

use super::Format;
use super::console::{Console, typed};
use super::exit::{Exit, Failure};
use super::inputs::Inputs;
use super::report;
use crate::catalog::http::METHODS;
use crate::diagnostic;
use crate::trace::{self, ObjectName, Objects, Request, Router};

/// Say which backend a request hits, and why: without a cluster.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "agcgen trace [OPTIONS] <SPEC|FILES|DIR>... <METHOD> <URL>\n       agcgen trace [OPTIONS] --lint <SPEC|FILES|DIR>...\n       agcgen trace [OPTIONS] --status <SPEC|FILES|DIR>...",
    after_help = "\
Examples:
  agcgen trace spec.yaml GET http://shop.example.com/api/users
  agcgen trace out GET http://shop.example.com/api/users     what was rendered
  agcgen trace gateway.yaml routes/ GET https://shop.example.com/ -H 'X-Canary: yes'
  kubectl kustomize . | agcgen trace - POST http://shop.example.com/cart --format json
  agcgen trace --lint routes/                                what is wrong with them, without a request
  agcgen trace spec.yaml GRPC shop.example.com/shop.Cart/Add

Every Gateway is taken for one of Application Gateway for Containers, whatever its class.
Objects of other kinds than Gateway, HTTPRoute, GRPCRoute, ReferenceGrant, Service, Secret and Namespace are skipped.
An object that an API server would refuse is skipped too, and the rest is asked.
Ends with 0 whatever the answer is; with 1 if the spec has errors, a file is no YAML, or --lint finds an error."
)]
pub(super) struct Trace {
    /// A spec, a rendered folder, or files and folders of manifests (`-` for standard input); then the method and the URL.
    #[arg(required = true, value_name = "INPUT, METHOD, URL")]
    words: Vec<String>,
    /// A header of the request, `Name: value`. `Host` asks for another host than the one in the URL.
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// The client shows a certificate that the gateway trusts.
    #[arg(long)]
    client_cert: bool,
    /// The Gateway whose address the URL leads to, `name` or `namespace/name`; without it, the one that takes the request.
    #[arg(long, value_name = "GATEWAY")]
    gateway: Option<String>,
    /// Say which listeners serve and which routes were taken, as the status of the objects would; no request is asked about.
    #[arg(long, conflicts_with_all = ["headers", "client_cert", "gateway"])]
    status: bool,
    /// Say what is wrong with the routes: never reached, twice, nowhere attached, without backend; no request is asked about.
    #[arg(long, conflicts_with_all = ["headers", "client_cert", "gateway", "status"])]
    lint: bool,
}

impl Trace {
    pub(super) fn run(&self, console: &mut Console, format: Format) -> Result<Exit, Failure> {
        if self.lint {
            return self.lint(console, format);
        }
        if self.status {
            return self.tell_status(console, format);
        }
        let (paths, method, url) = asked(&self.words)?;
        let request = self.request(method, url)?;
        let inputs = Inputs::read(paths)?;
        let Some(objects) = inputs.reported(console, format) else {
            return report::refused(console, format, inputs.document());
        };
        let gateway = self.gateway(objects)?;
        let router = Router::new(objects);
        let decision = router.trace(&request, gateway);
        if format == Format::Json {
            let mut document = inputs.document();
            document.insert(
                "request".to_owned(),
                json!({ "method": request.method, "url": request.url() }),
            );
            if let Value::Object(decision) = json!(decision) {
                document.extend(decision);
            }
            console.data(&diagnostic::json::text(document))?;
        } else {
            console.data(&trace::story(&request, &decision))?;
        }
        Ok(Exit::Success)
    }

    /// What `--lint` and `--status` are asked about. They take no request.
    fn paths(&self) -> Result<&[String], Failure> {
        match &self.words[..] {
            [paths @ .., method, url]
                if url.contains("://") || METHODS.contains(&method.as_str()) =>
            {
                let option = if self.lint { "--lint" } else { "--status" };
                let paths: Vec<String> = paths.iter().map(typed).collect();
                Err(Failure::Stopped(format!(
                    "{option} asks about no request: `{} {}` is too much.\nType: agcgen trace {option} {}",
                    typed(method),
                    typed(url),
                    paths.join(" "),
                )))
            }
            paths => Ok(paths),
        }
    }

    fn lint(&self, console: &mut Console, format: Format) -> Result<Exit, Failure> {
        let mut inputs = Inputs::read(self.paths()?)?;
        inputs.have_something(self.paths()?)?;
        inputs.analyse();
        report::findings(console, format, &inputs.sources, &inputs.findings);
        if format == Format::Json {
            console.data(&diagnostic::json::text(inputs.document()))?;
        } else {
            inputs.tell_skipped(console);
            if inputs.findings.is_empty() {
                console.line("nothing is wrong with these routes");
            }
        }
        Ok(if inputs.findings.error_count() > 0 {
            Exit::Refused
        } else {
            Exit::Success
        })
    }

    fn tell_status(&self, console: &mut Console, format: Format) -> Result<Exit, Failure> {
        let inputs = Inputs::read(self.paths()?)?;
        let Some(objects) = inputs.reported(console, format) else {
            return report::refused(console, format, inputs.document());
        };
        let status = trace::Status::of(&Router::new(objects));
        if format == Format::Json {
            let mut document = inputs.document();
            if let Value::Object(status) = json!(status) {
                document.extend(status);
            }
            console.data(&diagnostic::json::text(document))?;
        } else {
            console.data(&status.to_string())?;
        }
        Ok(Exit::Success)
    }

    fn request(&self, method: &str, url: &str) -> Result<Request, Failure> {
        let stopped = |error: trace::BadRequest| Failure::Stopped(format!("{error}."));
        let mut request = Request::new(method, url).map_err(stopped)?;
        let is_host = |header: &&String| {
            let (name, _) = header.split_once(':').unwrap_or_default();
            name.trim().eq_ignore_ascii_case("host")
        };
        let hosts: Vec<&String> = self.headers.iter().filter(is_host).collect();
        if hosts.len() > 1 {
            return Err(Failure::Stopped(format!(
                "A request has one Host header, and here are {}: {}.\nKeep one of them.",
                hosts.len(),
                diagnostic::listed(hosts),
            )));
        }
        for header in &self.headers {
            request = request.with_header(header).map_err(stopped)?;
        }
        request.client_certificate = self.client_cert;
        Ok(request)
    }

    fn gateway(&self, objects: &Objects) -> Result<Option<usize>, Failure> {
        let Some(asked) = &self.gateway else {
            return Ok(None);
        };
        let is_asked = |name: &ObjectName| *asked == name.name || *asked == name.to_string();
        let listed = |is_meant: &dyn Fn(&ObjectName) -> bool| {
            let names = objects.gateways.iter().map(|gateway| &gateway.name);
            diagnostic::listed(names.filter(|name| is_meant(name)).map(ToString::to_string))
        };
        let mut found =
            (0..objects.gateways.len()).filter(|at| is_asked(&objects.gateways[*at].name));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(Some(one)),
            (Some(_), Some(_)) => Err(Failure::Stopped(format!(
                "There are several Gateways {asked}.\nName one with its namespace: {}.",
                listed(&is_asked)
            ))),
            (None, _) => Err(Failure::Stopped(format!(
                "There is no Gateway {asked}.\nThere is {}.",
                listed(&|_| true)
            ))),
        }
    }
}

/// What is asked about, the method and the URL.
///
/// # Errors
/// When they do not stand in this order, or one is missing: with the command that was meant.
fn asked(words: &[String]) -> Result<(&[String], &str, &str), Failure> {
    let type_this = |what: String, paths: &[String], method: &str, url: &str| {
        let paths: Vec<String> = paths.iter().map(typed).collect();
        let method = if is_method(method) {
            method.to_ascii_uppercase()
        } else {
            typed(method)
        };
        Failure::Stopped(format!(
            "{what}.\nType: agcgen trace {} {method} {}",
            paths.join(" "),
            typed(url),
        ))
    };
    let Some((last, before)) = words.split_last() else {
        return Err(no_request());
    };
    if let (Some((method, url)), [_, ..]) = (both_in_one(last), before) {
        let what = format!("{} is method and URL in one word", typed(last));
        return Err(type_this(what, before, method, url));
    }
    if is_method(last)
        && let Some((previous, files)) = before.split_last()
        && (previous == "-" || looks_written(previous))
    {
        if !files.is_empty() && looks_like_url(previous) {
            let what = format!("{} stands behind the URL", typed(last));
            return Err(type_this(what, files, last, previous));
        }
        let what = format!("The URL is missing behind {}", typed(last));
        return Err(type_this(what, before, last, "http://shop.example.com/"));
    }
    match words {
        [paths @ .., method, url] if !paths.is_empty() => {
            if let Some((first, _)) = both_in_one(method) {
                let what = format!("{} is no method", typed(method));
                return Err(type_this(what, paths, first, url));
            }
            if !is_method(method) && looks_written(method) {
                let what = format!("{} stands where the method belongs", typed(method));
                return Err(type_this(what, before, "GET", url));
            }
            Ok((paths, method, url))
        }
        [file, url] if url.contains("://") && !is_method(file) => {
            let what = format!("The method is missing before {}", typed(url));
            Err(type_this(what, before, "GET", url))
        }
        _ => Err(no_request()),
    }
}

/// Whether a word is a method as a route can match it, in whatever case it is typed.
fn is_method(word: &str) -> bool {
    let mut known = METHODS.iter().chain(&["GRPC"]);
    known.any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word has points or small letters: of files, folders and URLs, not of methods, there are such.
fn looks_written(word: &str) -> bool {
    word.contains(|c: char| c == '.' || c.is_ascii_lowercase())
}

/// Whether a word is rather a URL than a file.
fn looks_like_url(word: &str) -> bool {
    let host = word.split('/').next().unwrap_or_default();
    let is_file = [".yaml", ".yml", ".json"]
        .iter()
        .any(|ending| word.ends_with(ending));
    word.contains("://") || (!is_file && host.contains('.') && !host.starts_with('.'))
}

/// A method with something behind it in one word.
fn both_in_one(word: &str) -> Option<(&str, &str)> {
    let (method, rest) = word.trim().split_once(char::is_whitespace)?;
    is_method(method).then_some((method, rest.trim_start()))
}

fn no_request() -> Failure {
    Failure::Stopped(
        "A request is missing: after what is asked about come a method and a URL.\nSuch as `agcgen trace spec.yaml GET http://shop.example.com/`."
            .to_owned(),
    )
}
