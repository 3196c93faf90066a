//! Routes: from paths to workloads.

use super::Resolver;
use crate::diagnostic::{Code, quoted};
use crate::model::{Backend, Gateway, PathMatch, Route, Workload};
use crate::source::At;

impl Resolver<'_> {
    pub(super) fn routes(&mut self, gateway: &Gateway, workloads: &[Workload]) -> Vec<Route> {
        let spec = self.spec;
        let gateway = gateway
            .frontends
            .first()
            .map(|frontend| frontend.gateway.clone())
            .unwrap_or_default();
        let mut routes: Vec<Route> = Vec::with_capacity(spec.routes.0.len());
        for (name, route) in &spec.routes.0 {
            let at = At::root().key("routes").key(name);
            let path = self.path(&at.key("path"), &route.path);
            let backends: Vec<Option<Backend>> = route
                .to
                .0
                .keys()
                .map(|target| self.backend(&at.key("to").key(target), target, workloads))
                .collect();
            let rewrite_prefix = route.rewrite.as_ref().map(|rewrite| rewrite.prefix.clone());
            if let Some(prefix) = &rewrite_prefix {
                let here = at.key("rewrite").key("prefix");
                let _ = self.check_path(&here, prefix);
                if let Some(PathMatch::Exact(_)) = path {
                    let related = self.value_span(&at.key("path"));
                    self.report(
                        Code::AGC0205,
                        &here,
                        "only the prefix of a prefix match can be rewritten",
                    )
                    .label("has no prefix to replace")
                    .related(related, "an exact path")
                    .help("match a `prefix`, or remove `rewrite`");
                }
            }
            let (Some(path), Some(backends)) =
                (path, backends.into_iter().collect::<Option<Vec<Backend>>>())
            else {
                continue;
            };
            if let Some(other) = routes
                .iter()
                .find(|other| same_requests(&other.path, &path))
            {
                let (related, first) = (other.origin.span, other.name.clone());
                self.report_key(
                    Code::AGC0203,
                    &at,
                    format!("the routes `{first}` and `{name}` take the same requests"),
                )
                .label(format!("also `{}`", path.value()))
                .related(related, "first")
                .help("give one of them another path, or remove it: only one of the two would ever answer");
            }
            routes.push(Route {
                origin: self.origin(&at),
                name: name.clone(),
                gateway: gateway.clone(),
                path,
                backends,
                rewrite_prefix,
            });
        }
        routes
    }

    fn path(&mut self, at: &At, spec: &crate::spec::Path) -> Option<PathMatch> {
        if let Some(prefix) = &spec.prefix {
            self.check_path(&at.key("prefix"), prefix)?;
            return Some(PathMatch::Prefix(prefix.clone()));
        }
        let exact = spec.exact.as_ref()?;
        self.check_path(&at.key("exact"), exact)?;
        Some(PathMatch::Exact(exact.clone()))
    }

    pub(super) fn backend(
        &mut self,
        at: &At,
        target: &str,
        workloads: &[Workload],
    ) -> Option<Backend> {
        if self.refused.contains(target) {
            return None;
        }
        let Some(workload) = workloads.iter().find(|workload| workload.name == target) else {
            let span = self.key_span(at);
            let known = workloads.iter().map(|workload| workload.name.as_str());
            self.found
                .report(
                    Code::AGC0201,
                    span,
                    format!("unknown workload {}", quoted(target)),
                )
                .label("not in `workloads`")
                .help("name a workload of this spec")
                .did_you_mean(target, span, known.chain(self.refused.workloads()));
            return None;
        };
        let Some(service) = &workload.service else {
            let related = workload.origin.span;
            self.report_key(
                Code::AGC0204,
                at,
                format!("`{target}` has no port, so nothing can be sent to it"),
            )
            .label("needs a port")
            .related(related, "the workload")
            .help("give the workload a `port`");
            return None;
        };
        Some(Backend {
            workload: target.to_owned(),
            service: service.name.clone(),
            port: service.port,
        })
    }

    /// Refuses a path that Gateway API refuses, or that no request has.
    pub(super) fn check_path(&mut self, at: &At, path: &str) -> Option<()> {
        // What follows may be a token.
        let has_more = path.contains(['?', '#']);
        let shown = path.split(['?', '#']).next().unwrap_or_default();
        if has_more {
            let span = self.value_span(at);
            self.found.hide(span);
        }
        let plain = path.chars().all(|c| c.is_ascii_graphic()) && !path.contains("://");
        if !path.starts_with('/') && !plain {
            self.report(
                Code::AGC0202,
                at,
                format!("{} is not a path", quoted(shown)),
            )
            .label(if path.contains("://") {
                "a whole address"
            } else {
                "it holds characters that no path has, such as typographic quotes"
            })
            .help("write the path alone, such as `/api`");
            return None;
        }
        if !path.starts_with('/') {
            let span = self.value_span(at);
            self.report(
                Code::AGC0202,
                at,
                format!("{} does not begin with `/`", quoted(shown)),
            )
            .label("a path begins with `/`")
            .fix(
                format!("write `{}`", path_meant(shown)),
                span,
                path_meant(shown),
            );
            return None;
        }
        if has_more {
            self.report(
                Code::AGC0202,
                at,
                format!("what follows {} is no part of a path", quoted(shown)),
            )
            .label("a path has no query and no fragment")
            .help(format!("write {} alone", quoted(shown)));
            return None;
        }
        let segments = || path.split('/').skip(1);
        let problem = if path.contains("//") {
            Some("`//` is never matched")
        } else if segments().any(|segment| matches!(segment, "." | "..")) {
            Some("`.` and `..` are resolved before a request is matched")
        } else if path.ends_with("/*") || path.contains("**") {
            Some("`*` is no wildcard: a prefix takes everything below it")
        } else if path.to_ascii_lowercase().contains("%2f") {
            Some("an encoded slash is never matched")
        } else if !path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c))
        {
            Some("a character that a URL must encode")
        } else {
            path.split('%')
                .skip(1)
                .any(|rest| {
                    !rest
                        .get(..2)
                        .is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
                })
                .then_some("`%` is followed by two hex digits")
        };
        if let Some(problem) = problem {
            self.report(
                Code::AGC0202,
                at,
                format!("no request has the path {}", quoted(shown)),
            )
            .label(problem)
            .help(if path.ends_with('*') {
                format!("write {}", quoted(&path_meant(path)))
            } else {
                "write a plain path such as `/api`".to_owned()
            });
            return None;
        }
        Some(())
    }
}

/// The prefix that is meant by a path with a wildcard at its end, or without the slash at its beginning.
fn path_meant(path: &str) -> String {
    let path = path.trim_end_matches(['*', '/']);
    format!("/{}", path.trim_start_matches('/'))
}

/// Whether two matches take exactly the same requests: a slash at the end of a prefix says nothing.
fn same_requests(one: &PathMatch, other: &PathMatch) -> bool {
    match (one, other) {
        (PathMatch::Prefix(one), PathMatch::Prefix(other)) => {
            one.trim_end_matches('/') == other.trim_end_matches('/')
        }
        (PathMatch::Exact(one), PathMatch::Exact(other)) => one == other,
        _ => false,
    }
}
