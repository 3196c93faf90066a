//! Which routes stand at which listeners, and for which host names.
//!
//! In: [`Objects`]. Out: [`Attachments`]: for every listener whether it serves, for every parent of every route whether it was
//! taken, with the reasons that the Gateway API gives in an object's status.

use std::collections::BTreeMap;

use super::api::{
    FromNamespaces, GROUP, LabelDemand, LabelSelector, Listener, ParentRef, Reference,
    RouteNamespaces,
};
use super::hostname::Hostname;
use super::objects::{From, Gateway, ObjectName, Objects, SecretSort, To};
use super::request::Scheme;
use super::route::{Route, RouteKind};

/// A listener, by the places of its Gateway and of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListenerId {
    /// In [`Objects::gateways`].
    pub gateway: usize,
    /// In its Gateway.
    pub listener: usize,
}

/// Why a listener does not serve, or not all that it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListenerFault {
    /// Another one of the Gateway has its port and carries the other of HTTP and HTTPS.
    ProtocolConflict,
    /// It is of a protocol that does not carry HTTP.
    UnsupportedProtocol,
    /// TLS is not ended here.
    Passthrough,
    /// It is of HTTPS and says nothing of TLS ("required if the Protocol field is HTTPS", Listener, `tls`).
    NoTls,
    /// A certificate is not there, or is none; [`ListenerState::certificate`] says which and why.
    InvalidCertificateRef,
    /// A certificate lies in another namespace, which does not allow it.
    RefNotPermitted,
    /// It wants routes of a kind that does not fit its protocol.
    InvalidRouteKinds,
}

impl ListenerFault {
    /// Whether nothing is served because of it.
    pub fn is_fatal(self) -> bool {
        self != Self::InvalidRouteKinds
    }

    /// The reason that the listener's status gives.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ProtocolConflict => "ProtocolConflict",
            Self::UnsupportedProtocol | Self::Passthrough => "UnsupportedProtocol",
            Self::NoTls | Self::InvalidCertificateRef => "InvalidCertificateRef",
            Self::RefNotPermitted => "RefNotPermitted",
            Self::InvalidRouteKinds => "InvalidRouteKinds",
        }
    }
}

/// Why a certificate of a listener is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateFault {
    /// There is no such Secret.
    NotThere,
    /// It is an object of another kind.
    NoSecret,
    /// The Secret is for something else.
    OtherSecret,
    /// A part of it is missing or no PEM.
    Broken,
    /// It lies in another namespace, which does not allow it.
    NotPermitted,
}

/// A listener and what stands at it.
#[derive(Debug, Clone)]
pub struct ListenerState {
    /// Which.
    pub id: ListenerId,
    /// What is wrong with it.
    pub faults: Vec<ListenerFault>,
    /// The first of its `certificateRefs` that is wrong, and why.
    pub certificate: Option<(usize, CertificateFault)>,
    /// The kinds of routes that it takes.
    pub kinds: Vec<RouteKind>,
    /// The host names that it takes.
    pub hostname: Hostname,
}

impl ListenerState {
    /// Whether it serves.
    pub fn serves(&self) -> bool {
        !self.faults.iter().any(|fault| fault.is_fatal())
    }
}

/// A route at a listener.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// In [`Objects::routes`].
    pub route: usize,
    /// The listener.
    pub listener: ListenerId,
    /// The host names that both take; at least one.
    pub hostnames: Vec<Hostname>,
}

/// Why a parent does not take a route, in the Gateway API's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The parent is no Gateway.
    NotAGateway,
    /// There is no such Gateway among the objects.
    NoGateway,
    /// The Gateway has no such listener.
    NoMatchingParent,
    /// No listener takes routes of this kind.
    KindNotAllowed,
    /// No listener takes routes of this namespace.
    NamespaceNotAllowed,
    /// No listener takes any of its host names.
    NoMatchingListenerHostname,
    /// A route of the other kind, which goes before, stands at the listener for one of its host names: by its place in
    /// [`Objects::routes`].
    OtherKindAttached(usize),
}

/// A parent of a route.
#[derive(Debug, Clone)]
pub struct ParentState {
    /// In [`Objects::routes`].
    pub route: usize,
    /// In its `parentRefs`.
    pub parent: usize,
    /// The Gateway, if there is one.
    pub gateway: Option<usize>,
    /// Why it was not taken, if it was not.
    pub refusal: Option<Refusal>,
}

/// Which routes stand where.
#[derive(Debug, Clone, Default)]
pub struct Attachments {
    /// Every listener of every Gateway, in order.
    pub listeners: Vec<ListenerState>,
    /// Every parent of every route, in order.
    pub parents: Vec<ParentState>,
    /// What was attached.
    pub attached: Vec<Attachment>,
}

impl Attachments {
    /// Those of these objects.
    pub fn of(objects: &Objects) -> Self {
        let mut all = Self::default();
        for (at, gateway) in objects.gateways.iter().enumerate() {
            for listener in 0..gateway.spec.listeners.len() {
                let id = ListenerId {
                    gateway: at,
                    listener,
                };
                all.listeners.push(state(objects, gateway, id));
            }
        }
        for (route_at, route) in objects.routes.iter().enumerate() {
            for (parent_at, parent) in route.parent_refs.iter().enumerate() {
                let gateway = gateway_of(objects, route, parent);
                let taken = gateway.and_then(|gateway| all.attach(objects, route, parent, gateway));
                let mut refusal = None;
                match taken {
                    Ok(taken) => {
                        for (listener, hostnames) in taken {
                            all.take(route_at, listener, hostnames);
                        }
                    }
                    Err(why) => refusal = Some(why),
                }
                all.parents.push(ParentState {
                    route: route_at,
                    parent: parent_at,
                    gateway: gateway.ok(),
                    refusal,
                });
            }
        }
        all.keep_kinds_apart(objects);
        all
    }

    /// "If a Route (A) of type HTTPRoute or GRPCRoute is attached to a Listener and that listener already has another Route (B)
    /// of the other type attached and the intersection of the hostnames of A and B is non-empty, then the implementation MUST
    /// accept exactly one of these two routes" (GRPCRoute, `hostnames`): the older one, then the first by name.
    fn keep_kinds_apart(&mut self, objects: &Objects) {
        let route = |at: usize| &objects.routes[at];
        let mut waiting = std::mem::take(&mut self.attached);
        waiting.sort_by(|one, other| route(one.route).precedence(route(other.route)));
        let mut kept: Vec<Attachment> = Vec::new();
        let mut refused: Vec<(Attachment, usize)> = Vec::new();
        for one in waiting {
            let meets = |other: &Attachment| {
                other.listener == one.listener
                    && route(other.route).kind != route(one.route).kind
                    && one.hostnames.iter().any(|name| {
                        other
                            .hostnames
                            .iter()
                            .any(|taken| taken.both(name).is_some())
                    })
            };
            match kept.iter().find(|other| meets(other)) {
                Some(first) => refused.push((one, first.route)),
                None => kept.push(one),
            }
        }
        kept.sort_by_key(|one| (one.route, one.listener));
        self.attached = kept;
        for (one, first) in refused {
            let stands = |parent: &ParentState, at: &Attachment| {
                at.route == parent.route
                    && parent.gateway == Some(at.listener.gateway)
                    && is_named(objects, parent, at.listener)
            };
            for parent in &mut self.parents {
                if stands(parent, &one) && !self.attached.iter().any(|at| stands(parent, at)) {
                    parent.refusal = Some(Refusal::OtherKindAttached(first));
                }
            }
        }
    }

    /// The state of a listener.
    pub fn listener(&self, id: ListenerId) -> Option<&ListenerState> {
        self.listeners.iter().find(|state| state.id == id)
    }

    /// Two parents of a route may be one listener.
    fn take(&mut self, route: usize, listener: ListenerId, hostnames: Vec<Hostname>) {
        let known = self
            .attached
            .iter()
            .any(|known| known.route == route && known.listener == listener);
        if !known {
            self.attached.push(Attachment {
                route,
                listener,
                hostnames,
            });
        }
    }

    /// The listeners of a Gateway that take a route, each with the host names of both.
    fn attach(
        &self,
        objects: &Objects,
        route: &Route,
        parent: &ParentRef,
        at: usize,
    ) -> Result<Vec<(ListenerId, Vec<Hostname>)>, Refusal> {
        let gateway = &objects.gateways[at];
        let named: Vec<&ListenerState> = self
            .listeners
            .iter()
            .filter(|state| state.id.gateway == at)
            .filter(|state| names(parent, &gateway.spec.listeners[state.id.listener]))
            .collect();
        if named.is_empty() {
            return Err(Refusal::NoMatchingParent);
        }
        let (allowed, refused): (Vec<_>, Vec<_>) = named
            .into_iter()
            .map(|state| (state, why_not(objects, state, route)))
            .partition(|(_, refusal)| refusal.is_none());
        if allowed.is_empty() {
            // Of several listeners the one that comes closest to taking it is told.
            let is_of_kind = refused
                .iter()
                .any(|(_, refusal)| *refusal == Some(Refusal::NamespaceNotAllowed));
            return Err(if is_of_kind {
                Refusal::NamespaceNotAllowed
            } else {
                Refusal::KindNotAllowed
            });
        }
        let taken: Vec<(ListenerId, Vec<Hostname>)> = allowed
            .into_iter()
            .map(|(state, _)| (state.id, of_both(&state.hostname, &route.hostnames)))
            .filter(|(_, hostnames)| !hostnames.is_empty())
            .collect();
        if taken.is_empty() {
            return Err(Refusal::NoMatchingListenerHostname);
        }
        Ok(taken)
    }
}

/// Whether a parent of a route means a listener of its Gateway.
pub(super) fn is_named(objects: &Objects, parent: &ParentState, id: ListenerId) -> bool {
    let reference = &objects.routes[parent.route].parent_refs[parent.parent];
    let listener = &objects.gateways[id.gateway].spec.listeners[id.listener];
    names(reference, listener)
}

/// Whether a reference to a Gateway means this listener of it.
fn names(reference: &ParentRef, listener: &Listener) -> bool {
    reference
        .section_name
        .as_ref()
        .is_none_or(|name| *name == listener.name)
        && reference.port.is_none_or(|port| port == listener.port)
}

/// The host names that a listener and a route both take.
fn of_both(listener: &Hostname, route: &[Hostname]) -> Vec<Hostname> {
    if route.is_empty() {
        return vec![listener.clone()];
    }
    let mut both: Vec<Hostname> = route.iter().filter_map(|one| listener.both(one)).collect();
    both.sort();
    both.dedup();
    both
}

fn gateway_of(objects: &Objects, route: &Route, parent: &ParentRef) -> Result<usize, Refusal> {
    if parent.group.as_deref().unwrap_or(GROUP) != GROUP
        || parent.kind.as_deref().unwrap_or("Gateway") != "Gateway"
    {
        return Err(Refusal::NotAGateway);
    }
    let namespace = parent.namespace.as_ref().unwrap_or(&route.name.namespace);
    objects
        .gateways
        .iter()
        .position(|gateway| {
            gateway.name.name == parent.name && gateway.name.namespace == *namespace
        })
        .ok_or(Refusal::NoGateway)
}

/// Whether a listener takes routes of a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allowed {
    Yes,
    /// It goes by the labels of the namespace, and no Namespace is among the objects: it is taken as if they were right.
    AsFarAsKnown,
    No,
}

/// Why a listener takes no route of this kind or of this namespace.
pub(super) fn why_not(objects: &Objects, state: &ListenerState, route: &Route) -> Option<Refusal> {
    let gateway = &objects.gateways[state.id.gateway];
    let listener = &gateway.spec.listeners[state.id.listener];
    if !state.kinds.contains(&route.kind) {
        Some(Refusal::KindNotAllowed)
    } else if allows(objects, gateway, listener, route) == Allowed::No {
        Some(Refusal::NamespaceNotAllowed)
    } else {
        None
    }
}

/// Whether nobody can say whether a listener takes routes of the namespace of this one.
pub(super) fn goes_by_unknown_labels(
    objects: &Objects,
    gateway: &Gateway,
    listener: &Listener,
    route: &Route,
) -> bool {
    allows(objects, gateway, listener, route) == Allowed::AsFarAsKnown
}

/// Whether a listener takes routes of the namespace of this one.
fn allows(objects: &Objects, gateway: &Gateway, listener: &Listener, route: &Route) -> Allowed {
    let same = RouteNamespaces::default();
    let allowed = listener
        .allowed_routes
        .as_ref()
        .map_or(&same, |routes| &routes.namespaces);
    let namespace = &route.name.namespace;
    let is_allowed = match (allowed.from, &allowed.selector) {
        (FromNamespaces::Selector, Some(selector)) if objects.namespaces.is_empty() => {
            let labels = objects.labels_of(namespace);
            let known = of_known_labels(selector, &labels);
            let is_allowed = is_selected(&known, &labels);
            if is_allowed && known != *selector {
                return Allowed::AsFarAsKnown;
            }
            is_allowed
        }
        (FromNamespaces::Selector, Some(selector)) => {
            is_selected(selector, &objects.labels_of(namespace))
        }
        (FromNamespaces::All, _) => true,
        (FromNamespaces::Same, _) => *namespace == gateway.name.namespace,
        // "Selector must be specified when From is set to "Selector"" (`RouteNamespaces`); one that is not there selects nothing.
        (FromNamespaces::Selector, None) | (FromNamespaces::None, _) => false,
    };
    if is_allowed {
        Allowed::Yes
    } else {
        Allowed::No
    }
}

/// What a selector wants of labels that are known.
fn of_known_labels(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> LabelSelector {
    let mut known = selector.clone();
    known.match_labels.retain(|key, _| labels.contains_key(key));
    known
        .match_expressions
        .retain(|demand| labels.contains_key(&demand.key));
    known
}

/// Whether labels are what a selector wants; an empty one takes everything
/// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/>, read 2026-11-28).
fn is_selected(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    let meets = |demand: &LabelDemand| {
        let value = labels.get(&demand.key);
        match demand.operator.as_str() {
            "In" => value.is_some_and(|value| demand.values.contains(value)),
            "NotIn" => value.is_none_or(|value| !demand.values.contains(value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    };
    selector
        .match_labels
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
        && selector.match_expressions.iter().all(meets)
}

fn state(objects: &Objects, gateway: &Gateway, id: ListenerId) -> ListenerState {
    let listener = &gateway.spec.listeners[id.listener];
    let hostname = Hostname::of(listener.hostname.as_deref());
    let mut faults = Vec::new();
    let mut certificate = None;
    let is_other = |other: &Listener| {
        other.port == listener.port
            && scheme(&other.protocol)
                .is_some_and(|other| Some(other) != scheme(&listener.protocol))
    };
    let carries_http = scheme(&listener.protocol).is_some();
    if carries_http && gateway.spec.listeners.iter().any(is_other) {
        faults.push(ListenerFault::ProtocolConflict);
    }
    match (&listener.tls, scheme(&listener.protocol)) {
        (_, None) => faults.push(ListenerFault::UnsupportedProtocol),
        (_, Some(Scheme::Http)) => {}
        (None, Some(Scheme::Https)) => faults.push(ListenerFault::NoTls),
        (Some(tls), Some(Scheme::Https)) => {
            if tls.mode.as_deref() == Some("Passthrough") {
                faults.push(ListenerFault::Passthrough);
            }
            certificate = certificates(objects, gateway, listener);
            faults.extend(certificate.map(|(_, fault)| match fault {
                CertificateFault::NotPermitted => ListenerFault::RefNotPermitted,
                _ => ListenerFault::InvalidCertificateRef,
            }));
        }
    }
    let (kinds, all_fit) = kinds(listener, carries_http);
    // Where the protocol is not served, the kinds may well fit it.
    if carries_http && !all_fit {
        faults.push(ListenerFault::InvalidRouteKinds);
    }
    ListenerState {
        id,
        faults,
        certificate,
        kinds,
        hostname,
    }
}

/// How requests come in at a listener of a protocol; nothing where it does not carry HTTP.
pub(super) fn scheme(protocol: &str) -> Option<Scheme> {
    [Scheme::Http, Scheme::Https]
        .into_iter()
        .find(|scheme| scheme.protocol() == protocol)
}

/// What is wrong with the certificates of a listener. Whether a Secret is there is only known where some certificate of its
/// namespace is among the objects, and nobody makes it.
fn certificates(
    objects: &Objects,
    gateway: &Gateway,
    listener: &Listener,
) -> Option<(usize, CertificateFault)> {
    let tls = listener.tls.as_ref()?;
    let fault = |reference: &Reference| {
        let group = reference.group.as_deref().unwrap_or_default();
        let kind = reference.kind.as_deref().unwrap_or("Secret");
        if !group.is_empty() || kind != "Secret" {
            return Some(CertificateFault::NoSecret);
        }
        let namespace = reference
            .namespace
            .as_ref()
            .unwrap_or(&gateway.name.namespace);
        let from = From {
            group: GROUP,
            kind: "Gateway",
            namespace: &gateway.name.namespace,
        };
        let to = To {
            group,
            kind,
            namespace,
            name: &reference.name,
        };
        if !objects.is_granted(from, to) {
            return Some(CertificateFault::NotPermitted);
        }
        // cert-manager makes it anew, whatever it is.
        if gateway.has_issuer && *namespace == gateway.name.namespace {
            return None;
        }
        let name = ObjectName {
            namespace: namespace.clone(),
            name: reference.name.clone(),
        };
        match objects.secrets.get(&name) {
            Some(SecretSort::Certificate | SecretSort::Unknown) => None,
            Some(SecretSort::Broken) => Some(CertificateFault::Broken),
            Some(SecretSort::Other) => Some(CertificateFault::OtherSecret),
            None => objects
                .knows_certificates_of(namespace)
                .then_some(CertificateFault::NotThere),
        }
    };
    let refs = tls.certificate_refs.iter().enumerate();
    let mut wrong = refs.filter_map(|(at, reference)| Some((at, fault(reference)?)));
    wrong.next()
}

/// The kinds of routes that a listener takes, and whether all that it asks for are among them.
fn kinds(listener: &Listener, carries_http: bool) -> (Vec<RouteKind>, bool) {
    let known = if carries_http {
        vec![RouteKind::Http, RouteKind::Grpc]
    } else {
        Vec::new()
    };
    let asked = listener
        .allowed_routes
        .as_ref()
        .map_or(&[][..], |routes| &routes.kinds);
    if asked.is_empty() {
        return (known, true);
    }
    let is_asked = |kind: &RouteKind| {
        asked.iter().any(|one| {
            one.group.as_deref().unwrap_or(GROUP) == GROUP && one.kind == kind.to_string()
        })
    };
    let kinds: Vec<RouteKind> = known.into_iter().filter(is_asked).collect();
    let all_fit = asked.iter().all(|one| {
        one.group.as_deref().unwrap_or(GROUP) == GROUP
            && kinds.iter().any(|kind| kind.to_string() == one.kind)
    });
    (kinds, all_fit)
}
