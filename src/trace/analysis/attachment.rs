//! Listeners that serve nothing or share hosts, and routes that stand nowhere.

use crate::diagnostic::Code;
use crate::source::At;

use super::Problem;
use crate::trace::api::{FromNamespaces, GROUP};
use crate::trace::attach::{self, CertificateFault, ListenerFault, ListenerState, Refusal};
use crate::trace::hostname::Hostname;
use crate::trace::notes;
use crate::trace::router::Router;

pub(super) fn check(router: &Router<'_>, problems: &mut Vec<Problem>) {
    for (at, state) in router.attachments().listeners.iter().enumerate() {
        faults(router, state, problems);
        selector(router, state, problems);
        port(router, state, problems);
        for earlier in &router.attachments().listeners[..at] {
            overlap(router, earlier, state, problems);
        }
    }
    refusals(router, problems);
    hosts(router, problems);
}

fn listener(state: &ListenerState) -> At {
    At::root()
        .key("spec")
        .key("listeners")
        .index(state.id.listener)
}

fn faults(router: &Router<'_>, state: &ListenerState, problems: &mut Vec<Problem>) {
    let gateway = &router.objects().gateways[state.id.gateway];
    let spec = &gateway.spec.listeners[state.id.listener];
    for fault in &state.faults {
        let (at, message, label, help) = match fault {
            ListenerFault::ProtocolConflict => (
                listener(state).key("protocol"),
                format!(
                    "listener `{}` of Gateway `{}` conflicts with another",
                    spec.name, gateway.name.name
                ),
                "HTTP and HTTPS on one port: neither of them serves",
                "give them different ports, 80 and 443",
            ),
            ListenerFault::UnsupportedProtocol => (
                listener(state).key("protocol"),
                format!("listener `{}` serves no HTTP", spec.name),
                "AGC serves HTTP and HTTPS alone",
                "write HTTP or HTTPS",
            ),
            ListenerFault::Passthrough => (
                listener(state).key("tls").key("mode"),
                format!("listener `{}` does not end TLS", spec.name),
                "AGC ends TLS itself",
                "write Terminate, and name a certificate",
            ),
            ListenerFault::NoTls => (
                listener(state),
                format!("listener `{}` has no `tls`", spec.name),
                "HTTPS needs a certificate: the listener does not serve",
                "write `tls: { certificateRefs: [{ name: ... }] }`, or the protocol HTTP",
            ),
            ListenerFault::InvalidCertificateRef => {
                let (what, label, help) = certificate(state);
                (
                    certificate_ref(state),
                    format!("a certificate of listener `{}` {what}", spec.name),
                    label,
                    help,
                )
            }
            ListenerFault::RefNotPermitted => (
                certificate_ref(state),
                format!(
                    "a certificate of listener `{}` lies in a namespace that does not allow it",
                    spec.name
                ),
                "no ReferenceGrant there names Gateways of this namespace",
                "add a ReferenceGrant from Gateway to Secret beside the Secret",
            ),
            ListenerFault::InvalidRouteKinds => (
                listener(state).key("allowedRoutes").key("kinds"),
                format!(
                    "listener `{}` asks for routes that its protocol does not carry",
                    spec.name
                ),
                "HTTP and HTTPS carry HTTPRoute and GRPCRoute",
                "keep HTTPRoute, GRPCRoute or both",
            ),
        };
        problems.push(Problem {
            code: Code::AGC0607,
            origin: gateway.origin,
            at,
            message,
            label: label.to_owned(),
            help: help.to_owned(),
            related: None,
        });
    }
}

/// A listener that goes by labels and names none: "Selector must be specified when From is set to "Selector"" (`RouteNamespaces`).
fn selector(router: &Router<'_>, state: &ListenerState, problems: &mut Vec<Problem>) {
    let gateway = &router.objects().gateways[state.id.gateway];
    let spec = &gateway.spec.listeners[state.id.listener];
    let Some(allowed) = &spec.allowed_routes else {
        return;
    };
    let namespaces = &allowed.namespaces;
    if namespaces.from == FromNamespaces::Selector && namespaces.selector.is_none() {
        problems.push(Problem {
            code: Code::AGC0607,
            origin: gateway.origin,
            at: listener(state).key("allowedRoutes").key("namespaces"),
            message: format!("listener `{}` can take no route", spec.name),
            label: "`from: Selector` without `selector` selects no namespace".to_owned(),
            help: "write `selector: { matchLabels: { ... } }`, or `from: Same` or `All`".to_owned(),
            related: None,
        });
    }
}

/// The certificate of a listener that is wrong.
fn certificate_ref(state: &ListenerState) -> At {
    let refs = listener(state).key("tls").key("certificateRefs");
    match state.certificate {
        Some((at, _)) => refs.index(at),
        None => refs,
    }
}

/// What is wrong with a certificate of a listener, why, and what to do.
fn certificate(state: &ListenerState) -> (&'static str, &'static str, &'static str) {
    match state.certificate {
        Some((_, CertificateFault::NoSecret)) => (
            "is no Secret",
            "AGC takes Secrets of the core group \"\" alone: the listener does not serve",
            "name a Secret of type kubernetes.io/tls",
        ),
        Some((_, CertificateFault::OtherSecret)) => (
            "is none",
            "the Secret has neither `tls.crt` nor `tls.key`: the listener does not serve",
            "name a Secret of type kubernetes.io/tls",
        ),
        Some((_, CertificateFault::Broken)) => (
            "cannot be read",
            "`tls.crt` or `tls.key` of the Secret is missing or no PEM: the listener does not serve",
            "put certificate and key into the Secret: `kubectl create secret tls` does",
        ),
        Some((_, CertificateFault::NotThere | CertificateFault::NotPermitted)) | None => (
            "is not there",
            "no such Secret among the objects: the listener does not serve",
            "name a Secret that is there, or put it beside the Gateway",
        ),
    }
}

/// A listener that would serve, at a port that AGC does not open.
fn port(router: &Router<'_>, state: &ListenerState, problems: &mut Vec<Problem>) {
    let gateway = &router.objects().gateways[state.id.gateway];
    let spec = &gateway.spec.listeners[state.id.listener];
    if state.serves() && !notes::PORTS.contains(&spec.port) {
        problems.push(Problem {
            code: Code::AGC0615,
            origin: gateway.origin,
            at: listener(state).key("port"),
            message: format!("AGC serves no port {}", spec.port),
            label: "listeners are on 80 and 443 only".to_owned(),
            help: "write 80 or 443".to_owned(),
            related: None,
        });
    }
}

/// Two listeners that both take a host: the Gateway API asks the closer one alone, AGC both.
fn overlap(
    router: &Router<'_>,
    one: &ListenerState,
    two: &ListenerState,
    problems: &mut Vec<Problem>,
) {
    if one.id.gateway != two.id.gateway || !one.serves() || !two.serves() {
        return;
    }
    let gateway = &router.objects().gateways[one.id.gateway];
    let (first, second) = (
        &gateway.spec.listeners[one.id.listener],
        &gateway.spec.listeners[two.id.listener],
    );
    if (first.port, &first.protocol) != (second.port, &second.protocol) {
        return;
    }
    let Some(both) = one.hostname.both(&two.hostname) else {
        return;
    };
    let (wide, close, name) = if both == two.hostname {
        (one, two, &second.name)
    } else {
        (two, one, &first.name)
    };
    problems.push(Problem {
        code: Code::AGC0610,
        origin: gateway.origin,
        at: listener(close).key("hostname"),
        message: format!(
            "two listeners of Gateway `{}` take the same hosts",
            gateway.name.name
        ),
        label: format!(
            "AGC does not isolate listeners: requests for {} also reach routes of the other",
            both.text().unwrap_or_default()
        ),
        help: format!(
            "give every route hostnames of its own, so that none depends on `{name}` alone"
        ),
        related: Some((gateway.origin, listener(wide), "takes them too".to_owned())),
    });
}

fn refusals(router: &Router<'_>, problems: &mut Vec<Problem>) {
    for route in &router.objects().routes {
        if route.parent_refs.is_empty() {
            problems.push(Problem {
                code: Code::AGC0604,
                origin: route.origin,
                at: At::root().key("spec"),
                message: format!("no listener takes {} `{}`", route.kind, route.name.name),
                label: "it has no parentRefs".to_owned(),
                help: "name its Gateway: `parentRefs: [{ name: ... }]`".to_owned(),
                related: None,
            });
        }
    }
    // Of routes alone nobody can say where they will stand.
    if router.objects().gateways.is_empty() {
        return;
    }
    for parent in &router.attachments().parents {
        let Some(refusal) = parent.refusal else {
            continue;
        };
        let route = &router.objects().routes[parent.route];
        let reference = &route.parent_refs[parent.parent];
        let at = At::root()
            .key("spec")
            .key("parentRefs")
            .index(parent.parent);
        let (at, label, help) = match refusal {
            Refusal::NotAGateway if reference.is_for_others() => continue,
            Refusal::NotAGateway => (
                at.key("kind"),
                format!(
                    "`{}` is no Gateway of {GROUP}",
                    reference.kind.as_deref().unwrap_or("Gateway")
                ),
                "name a Gateway: leave out `group` and `kind`",
            ),
            Refusal::NoGateway => (
                at.key("name"),
                format!(
                    "no Gateway `{}` in namespace `{}`",
                    reference.name,
                    reference
                        .namespace
                        .as_ref()
                        .unwrap_or(&route.name.namespace)
                ),
                "name a Gateway that is there, with its namespace where it is another",
            ),
            Refusal::NoMatchingParent => (
                match (&reference.section_name, reference.port) {
                    (Some(_), None) => at.key("sectionName"),
                    (Some(_), Some(_)) => at,
                    (None, _) => at.key("port"),
                },
                format!(
                    "Gateway `{}` has no {}",
                    reference.name,
                    reference.listener_in_words()
                ),
                "write name and port of one of its listeners",
            ),
            Refusal::KindNotAllowed => (
                at,
                format!("its listeners take no {}", route.kind),
                "name a listener of HTTP or HTTPS that allows this kind under allowedRoutes.kinds, or has no such list",
            ),
            Refusal::NamespaceNotAllowed => (
                at,
                format!(
                    "its listeners take no {} of namespace `{}`",
                    route.kind, route.name.namespace
                ),
                "allow it under the listener's allowedRoutes.namespaces",
            ),
            Refusal::OtherKindAttached(first) => {
                let first = router.objects().routes[first].title();
                let (at, has) = if route.hostnames.is_empty() {
                    (
                        at,
                        "stands at the listener, and this one is for every host of it",
                    )
                } else {
                    let hosts = At::root().key("spec").key("hostnames");
                    (hosts, "has one of these hosts at the listener")
                };
                (
                    at,
                    format!("{first}, older or the first by name, {has}"),
                    "give HTTPRoutes and GRPCRoutes hosts of their own",
                )
            }
            Refusal::NoMatchingListenerHostname => (
                At::root().key("spec").key("hostnames"),
                "none of these is a host of its listeners".to_owned(),
                "write hosts that a listener has",
            ),
        };
        let is_taken_elsewhere = router
            .attachments()
            .attached
            .iter()
            .any(|one| one.route == parent.route);
        let who = if is_taken_elsewhere {
            format!("parent {} does not take", parent.parent)
        } else {
            "no listener takes".to_owned()
        };
        problems.push(Problem {
            code: Code::AGC0604,
            origin: route.origin,
            at,
            message: format!("{who} {} `{}`", route.kind, route.name.name),
            label,
            help: help.to_owned(),
            related: None,
        });
    }
}

/// Hosts of a route that stands somewhere, which no listener takes there.
fn hosts(router: &Router<'_>, problems: &mut Vec<Problem>) {
    for (route_at, route) in router.objects().routes.iter().enumerate() {
        let attached: Vec<_> = router
            .attachments()
            .attached
            .iter()
            .filter(|one| one.route == route_at)
            .collect();
        for (at, host) in route.hostnames.iter().enumerate() {
            let is_taken = attached
                .iter()
                .flat_map(|one| &one.hostnames)
                .any(|taken| taken.both(host).is_some());
            if !attached.is_empty() && !is_taken {
                let (label, help) = why_no_listener(router, route_at, host);
                problems.push(Problem {
                    code: Code::AGC0603,
                    origin: route.origin,
                    at: At::root().key("spec").key("hostnames").index(at),
                    message: format!(
                        "no listener takes the host `{}` of {} `{}`",
                        host.text().unwrap_or_default(),
                        route.kind,
                        route.name.name
                    ),
                    label,
                    help,
                    related: None,
                });
            }
        }
    }
}

/// Why no listener takes a host of a route, and what to do: some may have it, and not take the route.
fn why_no_listener(router: &Router<'_>, route_at: usize, host: &Hostname) -> (String, String) {
    let (objects, attachments) = (router.objects(), router.attachments());
    let route = &objects.routes[route_at];
    let parents = || {
        attachments
            .parents
            .iter()
            .filter(|one| one.route == route_at)
    };
    let with_host = attachments.listeners.iter().find(|state| {
        parents().any(|parent| parent.gateway == Some(state.id.gateway))
            && state.hostname.both(host).is_some()
    });
    let Some(state) = with_host else {
        return (
            "requests for it get 404".to_owned(),
            "add a listener for it, or remove it".to_owned(),
        );
    };
    let name = &objects.gateways[state.id.gateway].spec.listeners[state.id.listener].name;
    match attach::why_not(objects, state, route) {
        Some(Refusal::KindNotAllowed) => (
            format!("listener {name} has it, and takes no {}", route.kind),
            format!("add {} to its allowedRoutes.kinds", route.kind),
        ),
        Some(_) => (
            format!(
                "listener {name} has it, and takes no routes of namespace `{}`",
                route.name.namespace
            ),
            "allow the namespace under its allowedRoutes.namespaces".to_owned(),
        ),
        None if parents().any(|parent| attach::is_named(objects, parent, state.id)) => (
            format!("listener {name} has it, and a route of the other kind goes before there"),
            "give HTTPRoutes and GRPCRoutes hosts of their own".to_owned(),
        ),
        None => (
            format!("listener {name} has it, and no parentRef names that listener"),
            "add a parentRef with its sectionName, or remove the host".to_owned(),
        ),
    }
}
