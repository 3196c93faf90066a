//! What was expected of a request beside what became of it.

use super::Failure;
use crate::model::{Backend, Expected, ExpectedBackends, Model};
use crate::trace::{Answer, Decision, ServiceName};
use crate::url::Url;

/// Everything that is not as expected, in the order of the language.
pub(super) fn failures(model: &Model, expected: &Expected, decision: &Decision) -> Vec<Failure> {
    let namespace = &model.cluster().namespace.name;
    let seen = Seen {
        model,
        namespace,
        answer: &decision.answer,
    };
    let mut failures = Vec::new();
    let mut compare = |what: &str, expected: String, got: Result<(), String>| {
        if let Err(got) = got {
            failures.push(Failure {
                what: what.to_owned(),
                expected,
                got,
            });
        }
    };
    if let Some(backends) = &expected.backends {
        let got = seen.is_answered_by(backends);
        compare("backend", backends.to_string(), got);
    }
    if let Some(name) = &expected.route {
        let route = decision.route.as_ref();
        let got = match route {
            Some(route) if route.name == *name && route.namespace == *namespace => Ok(()),
            Some(route) if route.namespace == *namespace => Err(route.name.clone()),
            Some(route) => Err(format!("{}/{}", route.namespace, route.name)),
            None => Err(format!("no route ({})", seen.outcome())),
        };
        compare("route", name.clone(), got);
    }
    if let Some(status) = expected.status {
        let got = match seen.status() {
            Some(got) if got == status => Ok(()),
            _ => Err(seen.outcome()),
        };
        compare("status", status.to_string(), got);
    }
    if let Some(location) = &expected.location {
        let got = match &decision.answer.location {
            Some(got) if Url::parse(got).as_ref() == Ok(location) => Ok(()),
            Some(got) => Err(got.clone()),
            None => Err(format!("no redirect ({})", seen.outcome())),
        };
        compare("location", location.to_string(), got);
    }
    if let Some(path) = &expected.path {
        compare("path", path.clone(), seen.has_path(path));
    }
    for (name, value) in &expected.request_headers {
        let what = format!("requestHeaders.{name}");
        compare(&what, value.clone(), seen.has_request_header(name, value));
    }
    for (name, value) in &expected.response_headers {
        let what = format!("responseHeaders.{name}");
        compare(&what, value.clone(), seen.has_response_header(name, value));
    }
    failures
}

/// What became of a request, as tests ask about it.
struct Seen<'a> {
    model: &'a Model,
    namespace: &'a str,
    answer: &'a Answer,
}

/// What gets a part of the requests: a port of a Service, or a refusal with a status.
#[derive(PartialEq)]
struct Party<'a> {
    service: &'a ServiceName,
    status: Option<u16>,
    weight: u64,
}

impl<'a> Seen<'a> {
    /// Everybody who gets a request, each once.
    fn parties(&self) -> Vec<Party<'a>> {
        let mut parties: Vec<Party<'a>> = Vec::new();
        for backend in &self.answer.backends {
            let same = parties
                .iter_mut()
                .find(|party| *party.service == backend.service && party.status == backend.status);
            match same {
                Some(party) => party.weight = party.weight.saturating_add(backend.share.weight),
                None => parties.push(Party {
                    service: &backend.service,
                    status: backend.status,
                    weight: backend.share.weight,
                }),
            }
        }
        parties
    }

    /// Whether it is the Service of a backend of the spec that answers.
    fn is(&self, party: &Party<'_>, backend: &Backend) -> bool {
        party.status.is_none()
            && party.service.namespace == self.namespace
            && party.service.name == backend.service
            && party.service.port == Some(backend.port)
    }

    fn is_answered_by(&self, backends: &ExpectedBackends) -> Result<(), String> {
        let parties = self.parties();
        let of: u64 = parties
            .iter()
            .fold(0, |sum, party| sum.saturating_add(party.weight));
        let weight_of = |backend: &Backend| {
            parties
                .iter()
                .find(|party| self.is(party, backend))
                .map_or(0, |party| party.weight)
        };
        let is_as_expected = match backends {
            ExpectedBackends::These(these) => {
                these.iter().all(|one| weight_of(one) > 0)
                    && parties
                        .iter()
                        .all(|party| these.iter().any(|one| self.is(party, one)))
            }
            ExpectedBackends::Shares(shares) => {
                shares
                    .iter()
                    .all(|(one, share)| share.is(weight_of(one), of))
                    && parties
                        .iter()
                        .all(|party| shares.iter().any(|(one, _)| self.is(party, one)))
            }
        };
        if is_as_expected {
            Ok(())
        } else {
            Err(self.outcome())
        }
    }

    /// The status of an answer that no backend gives; also where every share of the requests is refused with it.
    fn status(&self) -> Option<u16> {
        if self.answer.status.is_some() {
            return self.answer.status;
        }
        let parties = self.parties();
        let first = parties.first()?.status?;
        parties
            .iter()
            .all(|party| party.status == Some(first))
            .then_some(first)
    }

    /// Who answers what, in a few words.
    fn outcome(&self) -> String {
        let reason = self.answer.reason.as_deref().unwrap_or_default();
        match (self.answer.status, &self.answer.location) {
            (Some(status), Some(location)) => return format!("{status} to {location}"),
            (Some(status), None) if reason.is_empty() => return status.to_string(),
            (Some(status), None) => return format!("{status}: {reason}"),
            (None, _) if self.answer.backends.is_empty() => return format!("no answer: {reason}"),
            (None, _) => {}
        }
        let parties = self.parties();
        let of: u64 = parties
            .iter()
            .fold(0, |sum, party| sum.saturating_add(party.weight));
        let told: Vec<String> = parties
            .iter()
            .map(|party| {
                let name = self.name_of(party);
                if party.weight == of {
                    return name;
                }
                let weight = party.weight;
                format!("{} {name}", crate::trace::Share { weight, of })
            })
            .collect();
        told.join(", ")
    }

    /// The workload behind a Service; the Service itself, where it is none of the spec's.
    fn name_of(&self, party: &Party<'_>) -> String {
        if let Some(status) = party.status {
            return format!("{status} for {}", party.service);
        }
        let workload = self.model.workloads.iter().find(|workload| {
            workload.service.as_ref().is_some_and(|service| {
                party.service.namespace == self.namespace
                    && party.service.name == service.name
                    && party.service.port == Some(service.port)
            })
        });
        match workload {
            Some(workload) => workload.name.clone(),
            None if party.service.kind == "Service" => format!("Service {}", party.service),
            None => party.service.to_string(),
        }
    }

    /// Every request that some backend sees, asked one question. The answer that is wrong is told.
    fn of_each(
        &self,
        question: impl Fn(&crate::trace::SeenRequest) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut is_seen = false;
        for backend in &self.answer.backends {
            if let Some(request) = &backend.request {
                is_seen = true;
                question(request)?;
            }
        }
        if is_seen {
            Ok(())
        } else {
            Err(format!("nothing that a backend sees ({})", self.outcome()))
        }
    }

    fn has_path(&self, path: &str) -> Result<(), String> {
        self.of_each(|request| {
            let whole = match &request.query {
                Some(query) if path.contains('?') => format!("{}?{query}", request.path),
                _ => request.path.clone(),
            };
            if whole == path { Ok(()) } else { Err(whole) }
        })
    }

    fn has_request_header(&self, name: &str, value: &str) -> Result<(), String> {
        self.of_each(|request| {
            if name.eq_ignore_ascii_case("host") {
                return is_value(Some(request.host.clone()), value);
            }
            let values = request
                .headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case(name))
                .map(|header| header.value.as_str());
            is_value(joined(values), value)
        })
    }

    fn has_response_header(&self, name: &str, value: &str) -> Result<(), String> {
        let own = self.answer.response_headers.iter();
        let is_called =
            |header: &&crate::trace::api::Header| header.name.eq_ignore_ascii_case(name);
        if self.answer.backends.is_empty() {
            let values = own.filter(is_called).map(|header| header.value.as_str());
            return is_value(joined(values), value);
        }
        for backend in &self.answer.backends {
            let changes = &backend.response_headers;
            let values = own
                .clone()
                .chain(&changes.set)
                .chain(&changes.add)
                .filter(is_called)
                .map(|header| header.value.as_str());
            is_value(joined(values), value)?;
        }
        Ok(())
    }
}

/// Values of one header, joined as RFC 9110, 5.2 joins them; nothing where there is none.
fn joined<'v>(values: impl Iterator<Item = &'v str>) -> Option<String> {
    let values: Vec<&str> = values.collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Whether a header has a value; blanks behind commas make no difference.
fn is_value(got: Option<String>, wanted: &str) -> Result<(), String> {
    let parts = |text: &str| -> Vec<String> {
        text.split(',').map(|part| part.trim().to_owned()).collect()
    };
    match got {
        Some(got) if parts(&got) == parts(wanted) => Ok(()),
        Some(got) => Err(got),
        None => Err("no such header".to_owned()),
    }
}
