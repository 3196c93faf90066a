//! Workloads, without their connections.

use super::Resolver;
use super::quantity::{bytes, cpu_millis};
use crate::catalog::{health, safeguards};
use crate::diagnostic::{Code, quoted};
use crate::image;
use crate::model::{Health, PodSecurity, Quantities, Service, Variable, Workload};
use crate::source::{At, is_secret_name};
use crate::spec;

impl Resolver<'_> {
    pub(super) fn workloads(&mut self) -> Vec<Workload> {
        let spec = self.spec;
        let of_each = spec.workloads.0.iter().map(|(name, workload)| {
            let at = At::root().key("workloads").key(name);
            self.workload(&at, name, workload)
        });
        of_each.collect()
    }

    fn workload(&mut self, at: &At, name: &str, spec: &spec::Workload) -> Workload {
        self.check_image(&at.key("image"), &spec.image);
        let service = self.service(at, name, spec);
        let env = self.env(&at.key("env"), &spec.env);
        for (key, texts) in [("command", &spec.command), ("args", &spec.args)] {
            for (index, text) in texts.iter().enumerate() {
                self.no_credential(&at.key(key).index(index), text);
            }
        }
        let health = match &spec.health {
            Some(health) => self.health(&at.key("health"), health, service.is_some()),
            None => None,
        };
        let (requests, limits) = self.quantities(at, spec);
        Workload {
            origin: self.origin(at),
            name: name.to_owned(),
            image: spec.image.clone(),
            service,
            replicas: spec.replicas.unwrap_or(self.by_profile(1, 2)),
            command: spec.command.clone(),
            args: spec.args.clone(),
            env,
            health,
            requests,
            limits,
            pod_security: match spec.pod_security {
                spec::PodSecurity::Restricted => PodSecurity::Restricted,
                spec::PodSecurity::Baseline => PodSecurity::Baseline,
            },
            identity: None,
            grants: Vec::new(),
            links: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Refuses what is no image reference, and what may be another image tomorrow.
    pub(super) fn check_image(&mut self, at: &At, text: &str) {
        let Some(parsed) = image::parse(text) else {
            // User information before a host may be a credential.
            let shown = if text.contains('@') {
                let span = self.value_span(at);
                self.found.hide(span);
                "this".to_owned()
            } else {
                quoted(text)
            };
            self.report(
                Code::AGC0503,
                at,
                format!("{shown} is not an image reference"),
            )
            .label("not `[registry/]repository:tag`")
            .help("write it as `ghcr.io/example/web:1.0.3`, in lower case and without `https://`");
            return;
        };
        if !parsed.is_fixed() {
            let bare = parsed.tag.map_or(text, |tag| {
                text.strip_suffix(tag).unwrap_or(text).trim_end_matches(':')
            });
            let why = if parsed.tag.is_some() {
                "`latest` is another image tomorrow"
            } else {
                "no tag means `latest`"
            };
            self.report(Code::AGC0502, at, format!("the image {} has no fixed tag", quoted(text)))
                .label(why)
                .help(format!(
                    "write the tag that you tested: `{bare}:<tag>`; the deployment safeguards of AKS refuse `latest`"
                ));
        }
    }

    fn service(&mut self, at: &At, name: &str, spec: &spec::Workload) -> Option<Service> {
        let stated = spec.ports.as_ref().and_then(|ports| ports.http);
        if spec.port.is_some() && spec.ports.is_some() {
            let related = self.key_span(&at.key("ports"));
            self.report_key(
                Code::AGC0507,
                &at.key("port"),
                "`port` and `ports` both say which port it serves",
            )
            .label("short for `ports: { http: … }`")
            .related(related, "said here")
            .help("keep one of them");
        }
        let (container_port, service_port) = match (spec.port, stated) {
            (Some(port), _) => (port, None),
            (None, Some(port)) => (port.container_port, port.service_port),
            (None, None) => {
                if spec.service_name.is_some() {
                    self.report_key(
                        Code::AGC0204,
                        &at.key("serviceName"),
                        format!("`{name}` has no port, so it has no Service"),
                    )
                    .label("names a Service")
                    .help("give the workload a `port`, or remove `serviceName`");
                }
                return None;
            }
        };
        Some(Service {
            name: spec.service_name.clone().unwrap_or_else(|| name.to_owned()),
            port_name: "http".to_owned(),
            port: service_port.unwrap_or(container_port),
            container_port,
        })
    }

    fn env(&mut self, at: &At, env: &spec::Env) -> Vec<Variable> {
        let mut variables = Vec::new();
        for (name, value) in &env.0 {
            let here = at.key(name);
            self.check_variable_name(&here, name);
            self.no_credential(&here, &value.0);
            if is_secret_name(name) {
                let span = self.value_span(&here);
                self.found.hide(span);
                self.report_key(
                    Code::AGC0413,
                    &here,
                    format!("{} would go into git as it stands", quoted(name)),
                )
                .label("its name says that it is secret; value not shown")
                .help("put a secret into a key vault and connect to the vault; rename the variable if it is none");
            }
            variables.push(Variable {
                origin: self.origin(&here),
                name: name.clone(),
                value: value.0.clone(),
            });
        }
        variables
    }

    fn check_variable_name(&mut self, at: &At, name: &str) {
        let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let fits = first
            && name.len() <= 200
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !fits {
            self.report_key(
                Code::AGC0506,
                at,
                format!("{} is not a variable's name", quoted(name)),
            )
            .label("letters, digits and `_`, not beginning with a digit")
            .help(format!(
                "rename it, for instance to {}",
                quoted(&as_variable(name))
            ));
        }
    }

    fn health(&mut self, at: &At, spec: &spec::Health, has_port: bool) -> Option<Health> {
        let path = self.check_path(&at.key("path"), &spec.path);
        if !has_port {
            self.report(
                Code::AGC0204,
                &at.key("path"),
                "a health path needs a port to ask",
            )
            .label("the workload has no `port`")
            .help("give the workload a `port`, or remove `health`");
            return None;
        }
        path?;
        let startup = spec.startup.as_ref().map(spec::sugar::Duration::seconds);
        if let Some(seconds) = startup.filter(|seconds| !spec::Health::STARTUP.contains(seconds)) {
            self.report(
                Code::AGC0014,
                &at.key("startup"),
                format!("a workload cannot take {seconds} seconds to start"),
            )
            .label("1s to 1h")
            .help("write `1s` to `1h`, such as `90s`");
        }
        Some(Health {
            origin: self.origin(at),
            path: spec.path.clone(),
            startup_seconds: startup
                .and_then(|seconds| u32::try_from(seconds).ok())
                .unwrap_or(health::STARTUP_SECONDS),
            interval_seconds: health::INTERVAL_SECONDS,
            timeout_seconds: health::TIMEOUT_SECONDS,
            healthy_threshold: health::HEALTHY_THRESHOLD,
            unhealthy_threshold: health::UNHEALTHY_THRESHOLD,
            status_codes: health::STATUS_CODES,
        })
    }

    fn quantities(&mut self, at: &At, spec: &spec::Workload) -> (Quantities, Quantities) {
        let choose = |stated: &spec::Quantities, default: (&str, &str)| Quantities {
            cpu: stated
                .cpu
                .as_ref()
                .map_or(default.0, |text| text.0.as_str())
                .to_owned(),
            memory: stated
                .memory
                .as_ref()
                .map_or(default.1, |text| text.0.as_str())
                .to_owned(),
        };
        let requests = choose(&spec.requests, safeguards::DEFAULT_REQUESTS);
        let limits = choose(&spec.limits, safeguards::DEFAULT_LIMITS);
        let rows = [
            (
                "cpu",
                &requests.cpu,
                &limits.cpu,
                cpu_millis as fn(&str) -> Option<u64>,
                safeguards::LEAST_CPU_MILLIS,
                "100m",
            ),
            (
                "memory",
                &requests.memory,
                &limits.memory,
                bytes,
                safeguards::LEAST_MEMORY_BYTES,
                "100Mi",
            ),
        ];
        for (key, request, limit, read, least, least_text) in rows {
            let place = |of: &str| at.key(of).key(key);
            let amounts = [(request, "requests"), (limit, "limits")].map(|(text, of)| {
                let amount = read(text);
                if amount.is_none() {
                    self.report(
                        Code::AGC0017,
                        &place(of),
                        format!("{} is not a quantity of {key}", quoted(text)),
                    )
                    .label("another unit")
                    .help("write CPU as `250m` or `2`, memory as `256Mi` or `1Gi`");
                }
                amount
            });
            let [Some(asked), Some(most)] = amounts else {
                continue;
            };
            if asked < least {
                self.report(
                    Code::AGC0510,
                    &place("requests"),
                    format!("a {key} request of {request} is too small"),
                )
                .label(format!("AKS raises it to {least_text}"))
                .help(format!(
                    "write at least {least_text}, so that the cluster holds what git says"
                ));
            }
            if most < asked {
                let message = format!("the {key} limit {limit} is below the request {request}");
                let (request_at, limit_at) = (place("requests"), place("limits"));
                // A default is not what is wrong.
                if self.value_origin(&limit_at).stated {
                    let related = self.value_span(&request_at);
                    self.report(Code::AGC0505, &limit_at, message)
                        .label("Kubernetes refuses it")
                        .related(related, "the request")
                        .help("raise the limit, or lower the request");
                } else {
                    self.report(Code::AGC0505, &request_at, message)
                        .label(format!("without `limits` the limit is {limit}"))
                        .help(format!("write `limits.{key}` too, or lower the request"));
                }
            }
        }
        (requests, limits)
    }
}

/// A variable's name that is like this one.
fn as_variable(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let like: String = name.chars().take(200).map(fits).collect();
    match like.chars().next() {
        Some(first) if !first.is_ascii_digit() && like.contains(|c: char| c != '_') => like,
        _ => "LOG_LEVEL".to_owned(),
    }
}
