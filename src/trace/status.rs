//! What the objects' own status would say: which listeners serve, which routes were taken, and what they refer to in vain.
//!
//! Types, reasons and what they mean are the Gateway API's (`apis/v1/*_types.go` of release 1.5.1, constants of conditions).

use std::fmt;

use serde::Serialize;

use super::answer::{BackendState, backend_state};
use super::api::GROUP;
use super::attach::{ListenerFault, ListenerState, ParentState, Refusal};
use super::objects::Objects;
use super::route::Route;
use super::router::Router;

/// The status of all objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Of the Gateways, in the order read.
    pub gateways: Vec<GatewayStatus>,
    /// Of the routes, in the order read.
    pub routes: Vec<RouteStatus>,
}

/// The status of a Gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayStatus {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Of its listeners.
    pub listeners: Vec<ListenerStatus>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// The status of a listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerStatus {
    /// Its name.
    pub name: String,
    /// How many routes stand at it.
    pub attached_routes: usize,
    /// The kinds of routes that it takes.
    pub supported_kinds: Vec<SupportedKind>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// A kind of routes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SupportedKind {
    /// Its group.
    pub group: String,
    /// Its kind.
    pub kind: String,
}

/// The status of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteStatus {
    /// Its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Of its parents.
    pub parents: Vec<ParentStatus>,
}

/// What a parent says of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParentStatus {
    /// The parent's place among the route's.
    pub parent_ref: usize,
    /// The conditions.
    pub conditions: Vec<Condition>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// What it is about.
    #[serde(rename = "type")]
    pub about: &'static str,
    /// `True` or `False`.
    pub status: &'static str,
    /// Why.
    pub reason: &'static str,
}

impl Condition {
    fn new(about: &'static str, holds: bool, reason: &'static str) -> Self {
        Self {
            about,
            status: if holds { "True" } else { "False" },
            reason,
        }
    }
}

impl Status {
    /// That of the objects of a router.
    pub fn of(router: &Router<'_>) -> Self {
        let (objects, attachments) = (router.objects(), router.attachments());
        let of_gateways = objects.gateways.iter().enumerate().map(|(at, gateway)| {
            let states: Vec<&ListenerState> = attachments
                .listeners
                .iter()
                .filter(|state| state.id.gateway == at)
                .collect();
            let serving = states.iter().filter(|state| state.serves()).count();
            GatewayStatus {
                namespace: gateway.name.namespace.clone(),
                name: gateway.name.name.clone(),
                listeners: states.iter().map(|state| listener(router, state)).collect(),
                conditions: of_gateway(serving, states.len()),
            }
        });
        let of_routes = objects
            .routes
            .iter()
            .enumerate()
            .map(|(at, route)| RouteStatus {
                kind: route.kind.to_string(),
                namespace: route.name.namespace.clone(),
                name: route.name.name.clone(),
                parents: attachments
                    .parents
                    .iter()
                    .filter(|parent| parent.route == at)
                    // Of a parent that is not there nobody says anything.
                    .filter(|parent| parent.gateway.is_some())
                    .map(|parent| of_parent(objects, route, parent))
                    .collect(),
            });
        Self {
            gateways: of_gateways.collect(),
            routes: of_routes.collect(),
        }
    }
}

fn of_gateway(serving: usize, all: usize) -> Vec<Condition> {
    let reason = if serving == all {
        "Accepted"
    } else {
        "ListenersNotValid"
    };
    vec![
        Condition::new("Accepted", serving > 0, reason),
        Condition::new(
            "Programmed",
            serving > 0,
            if serving > 0 { "Programmed" } else { "Invalid" },
        ),
    ]
}

fn listener(router: &Router<'_>, state: &ListenerState) -> ListenerStatus {
    let (objects, attachments) = (router.objects(), router.attachments());
    let listener = &objects.gateways[state.id.gateway].spec.listeners[state.id.listener];
    let has = |fault: ListenerFault| state.faults.contains(&fault);
    let accepted = if has(ListenerFault::ProtocolConflict) {
        Some("ProtocolConflict")
    } else if has(ListenerFault::UnsupportedProtocol) || has(ListenerFault::Passthrough) {
        Some("UnsupportedProtocol")
    } else {
        None
    };
    let resolved = if has(ListenerFault::InvalidRouteKinds) {
        Some("InvalidRouteKinds")
    } else if has(ListenerFault::RefNotPermitted) {
        Some("RefNotPermitted")
    } else if has(ListenerFault::InvalidCertificateRef) || has(ListenerFault::NoTls) {
        Some("InvalidCertificateRef")
    } else {
        None
    };
    let conflicted = has(ListenerFault::ProtocolConflict);
    let supported_kinds = state.kinds.iter().map(|kind| SupportedKind {
        group: GROUP.to_owned(),
        kind: kind.to_string(),
    });
    ListenerStatus {
        name: listener.name.clone(),
        attached_routes: attachments
            .attached
            .iter()
            .filter(|one| one.listener == state.id)
            .count(),
        supported_kinds: supported_kinds.collect(),
        conditions: vec![
            Condition::new(
                "Accepted",
                accepted.is_none(),
                accepted.unwrap_or("Accepted"),
            ),
            Condition::new(
                "Conflicted",
                conflicted,
                if conflicted {
                    "ProtocolConflict"
                } else {
                    "NoConflicts"
                },
            ),
            Condition::new(
                "ResolvedRefs",
                resolved.is_none(),
                resolved.unwrap_or("ResolvedRefs"),
            ),
            Condition::new(
                "Programmed",
                state.serves(),
                if state.serves() {
                    "Programmed"
                } else {
                    "Invalid"
                },
            ),
        ],
    }
}

fn of_parent(objects: &Objects, route: &Route, parent: &ParentState) -> ParentStatus {
    let accepted = parent.refusal.map(|refusal| match refusal {
        Refusal::NotAGateway | Refusal::NoGateway | Refusal::NoMatchingParent => "NoMatchingParent",
        // The specification names no reason for it.
        Refusal::OtherKindAttached(_) => "RouteConflict",
        Refusal::KindNotAllowed | Refusal::NamespaceNotAllowed => "NotAllowedByListeners",
        Refusal::NoMatchingListenerHostname => "NoMatchingListenerHostname",
    });
    let resolved = unresolved(objects, route);
    ParentStatus {
        parent_ref: parent.parent,
        conditions: vec![
            Condition::new(
                "Accepted",
                accepted.is_none(),
                accepted.unwrap_or("Accepted"),
            ),
            Condition::new(
                "ResolvedRefs",
                resolved.is_none(),
                resolved.unwrap_or("ResolvedRefs"),
            ),
        ],
    }
}

/// Why a reference of a route leads nowhere, if one does.
fn unresolved(objects: &Objects, route: &Route) -> Option<&'static str> {
    route.rules.iter().find_map(|rule| {
        let backends = rule.backends.iter().map(|backend| &backend.reference);
        let copies = rule
            .filters
            .iter()
            .filter_map(|filter| filter.request_mirror.as_ref());
        let mut references = backends.chain(copies.map(|mirror| &mirror.backend_ref));
        references.find_map(|reference| match backend_state(objects, route, reference) {
            BackendState::Fine | BackendState::Unknown | BackendState::Pool => None,
            BackendState::InvalidKind => Some("InvalidKind"),
            BackendState::NotPermitted => Some("RefNotPermitted"),
            BackendState::NotFound | BackendState::NoPort => Some("BackendNotFound"),
        })
    })
}

impl fmt::Display for Status {
    /// A line an object, below it what does not hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for gateway in &self.gateways {
            writeln!(
                f,
                "Gateway {}/{}{}",
                gateway.namespace,
                gateway.name,
                state(&gateway.conditions)
            )?;
            for listener in &gateway.listeners {
                writeln!(
                    f,
                    "  listener {}: {} attached{}",
                    listener.name,
                    match listener.attached_routes {
                        1 => "1 route".to_owned(),
                        count => format!("{count} routes"),
                    },
                    state(&listener.conditions)
                )?;
            }
        }
        for route in &self.routes {
            writeln!(f, "{} {}/{}", route.kind, route.namespace, route.name)?;
            for parent in &route.parents {
                writeln!(
                    f,
                    "  parent {}{}",
                    parent.parent_ref,
                    state(&parent.conditions)
                )?;
            }
            if route.parents.is_empty() {
                writeln!(f, "  no Gateway that is among the objects")?;
            }
        }
        Ok(())
    }
}

/// What does not hold and why, each reason once; or that all does.
fn state(conditions: &[Condition]) -> String {
    let mut wrong: Vec<(&str, Vec<String>)> = Vec::new();
    for condition in conditions {
        let is_true = condition.status == "True";
        if is_true != (condition.about == "Conflicted") {
            continue;
        }
        let not = if is_true { "" } else { "not " };
        let told = format!("{not}{}", condition.about);
        match wrong.last_mut() {
            Some((reason, all)) if *reason == condition.reason => all.push(told),
            _ => wrong.push((condition.reason, vec![told])),
        }
    }
    if wrong.is_empty() {
        return ": accepted".to_owned();
    }
    let wrong = wrong
        .iter()
        .map(|(reason, all)| format!("{} ({reason})", all.join(" and ")));
    format!(": {}", wrong.collect::<Vec<_>>().join(", "))
}
