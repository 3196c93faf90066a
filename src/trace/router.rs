//! Which match a request hits.
//!
//! In: [`Objects`]. Out: a table of all matches in the order of their precedence, made once; then one [`Decision`] a request. The
//! order does not depend on the request, so the first match that fits is the one that counts.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::answer::{self, answer};
use super::attach::{self, Attachments, ListenerId, ListenerState, Refusal, scheme};
use super::by_path::ByPath;
use super::decision::{Answer, Decision, ListenerName, Loser, MatchName};
use super::hostname::Hostname;
use super::notes;
use super::objects::Objects;
use super::pattern::Pattern;
use super::request::{Request, Scheme};
use super::route::{Match, Miss, NamedPattern, Route, Rule, Target};

/// "If another Listener … matches the Host, the Gateway SHOULD return a 421" (Listener, `hostname`).
const MISDIRECTED: u16 = 421;

/// How much precedence a match has; the greater goes first. In the order of the specification (`HTTPRouteRule`, `matches`;
/// `GRPCRouteRule`, `matches`): host name, path, method, headers, parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    host: (usize, usize),
    path: PathRank,
    method: bool,
    headers: usize,
    parameters: usize,
}

/// How closely a path is named. Where a regular expression stands is the implementation's to say; here it stands where most
/// put it (Envoy Gateway, Istio, Contour, Cilium): before every prefix, behind what is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PathRank {
    Prefix(usize),
    Regex(usize),
    Exact(usize),
    /// Characters of the service, of the method.
    Call(usize, usize),
}

impl PathRank {
    fn of(target: &Target) -> Self {
        let characters = |text: &str| text.chars().count();
        match target {
            Target::Exact(path) => Self::Exact(characters(path)),
            // The slash of the root, which a prefix does not keep, makes no difference: it is shorter than all.
            Target::Prefix { path, .. } => Self::Prefix(characters(path)),
            Target::Regex(pattern) => Self::Regex(characters(pattern.text())),
            Target::Call {
                service: None,
                method: None,
            } => Self::Prefix(0),
            Target::Call { service, method } => {
                let part = |part: &Option<super::pattern::Pattern>| {
                    part.as_ref().map_or(0, |one| characters(one.text()))
                };
                Self::Call(part(service), part(method))
            }
        }
    }
}

impl Rank {
    fn of(hostname: &Hostname, one: &Match) -> Self {
        Self {
            host: hostname.closeness(),
            path: PathRank::of(&one.target),
            method: one.method.is_some(),
            headers: one.headers.len(),
            parameters: one.parameters.len(),
        }
    }
}

/// A match of a rule of a route, at a listener, for a host name of both.
#[derive(Debug, Clone)]
struct Row {
    listener: ListenerId,
    hostname: Hostname,
    rank: Rank,
    route: usize,
    rule: usize,
    match_at: usize,
    /// Its place in the order of precedence.
    at: usize,
}

/// A row as the analysis sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowView<'r> {
    pub(super) listener: ListenerId,
    pub(super) hostname: &'r Hostname,
    pub(super) route: usize,
    pub(super) rule: usize,
    pub(super) match_at: usize,
    pub(super) rank: Rank,
    pub(super) one: &'r Match,
}

/// Answers requests.
#[derive(Debug)]
pub struct Router<'a> {
    objects: &'a Objects,
    attachments: Attachments,
    /// The first that fits wins.
    rows: Vec<Row>,
    by_path: ByPath<'a>,
    /// Which of them have a regular expression.
    with_regex: Vec<usize>,
}

/// What was found for a request, before it is told why.
struct Found<'r> {
    /// The Gateways that could take it, the one that does first.
    gateways: Vec<usize>,
    outcome: Outcome<'r>,
}

enum Outcome<'r> {
    /// There is nobody to talk to.
    NoConnection(String),
    /// No route takes it: the status, and why.
    Refused(u16, String),
    /// It is.
    Hit(&'r Row),
}

impl<'r> Found<'r> {
    fn winner(&self) -> Option<&'r Row> {
        match self.outcome {
            Outcome::Hit(row) => Some(row),
            _ => None,
        }
    }
}

impl<'a> Router<'a> {
    /// The router of these objects.
    pub fn new(objects: &'a Objects) -> Self {
        let attachments = Attachments::of(objects);
        let mut rows = Vec::new();
        for attachment in &attachments.attached {
            let serves = attachments
                .listener(attachment.listener)
                .is_some_and(ListenerState::serves);
            if !serves {
                continue;
            }
            for (rule_at, rule) in objects.routes[attachment.route].rules.iter().enumerate() {
                for (match_at, one) in rule.matches.iter().enumerate() {
                    rows.extend(attachment.hostnames.iter().map(|hostname| Row {
                        listener: attachment.listener,
                        hostname: hostname.clone(),
                        rank: Rank::of(hostname, one),
                        route: attachment.route,
                        rule: rule_at,
                        match_at,
                        at: 0,
                    }));
                }
            }
        }
        rows.sort_by(|one, other| {
            let routes = (&objects.routes[one.route], &objects.routes[other.route]);
            // Of the listeners of one match the closest takes a request (Listener, `hostname`).
            let place = |row: &Row| {
                let closeness = attachments
                    .listener(row.listener)
                    .map(|state| state.hostname.closeness());
                (row.rule, row.match_at, Reverse(closeness), row.listener)
            };
            other
                .rank
                .cmp(&one.rank)
                .then_with(|| routes.0.precedence(routes.1))
                .then_with(|| place(one).cmp(&place(other)))
        });
        for (at, row) in rows.iter_mut().enumerate() {
            row.at = at;
        }
        let match_of = |row: &Row| &objects.routes[row.route].rules[row.rule].matches[row.match_at];
        let has_regex = |row: &Row| match_of(row).patterns().any(Pattern::is_regex);
        Self {
            by_path: ByPath::of(rows.iter().map(|row| &match_of(row).target)),
            with_regex: (0..rows.len()).filter(|&at| has_regex(&rows[at])).collect(),
            objects,
            attachments,
            rows,
        }
    }

    /// Which routes stand where.
    pub fn attachments(&self) -> &Attachments {
        &self.attachments
    }

    /// The objects that it was made of.
    pub fn objects(&self) -> &'a Objects {
        self.objects
    }

    /// Every match at every listener that serves, in the order of precedence.
    pub(super) fn rows(&self) -> impl Iterator<Item = RowView<'_>> {
        self.rows.iter().map(|row| RowView {
            listener: row.listener,
            hostname: &row.hostname,
            route: row.route,
            rule: row.rule,
            match_at: row.match_at,
            rank: row.rank,
            one: self.match_of(row),
        })
    }

    /// Whether requests reach both of two listeners, their hosts aside.
    pub(super) fn is_same_entrance(&self, one: ListenerId, two: ListenerId) -> bool {
        let entrance = |id: ListenerId| {
            let listener = &self.objects.gateways[id.gateway].spec.listeners[id.listener];
            (id.gateway, listener.port, listener.protocol.as_str())
        };
        entrance(one) == entrance(two)
    }

    /// The answer to a request, without the losers. `gateway` is the Gateway whose address the client connects to, by its place
    /// in [`Objects::gateways`]; without it, whichever takes the request.
    pub fn decide(&self, request: &Request, gateway: Option<usize>) -> Decision {
        let found = self.find(request, gateway);
        self.told(request, &found)
    }

    /// The same, with what nearly won.
    pub fn trace(&self, request: &Request, gateway: Option<usize>) -> Decision {
        let found = self.find(request, gateway);
        let mut decision = self.told(request, &found);
        if let Some(&gateway) = found.gateways.first()
            && !matches!(found.outcome, Outcome::NoConnection(_))
        {
            decision.losers = self.losers(request, gateway, found.winner());
        }
        decision
    }

    fn told(&self, request: &Request, found: &Found<'_>) -> Decision {
        let mut decision = Decision {
            answer: Answer::default(),
            listener: None,
            route: None,
            filters: Vec::new(),
            losers: Vec::new(),
            notes: Vec::new(),
        };
        if let [taken, others @ ..] = &found.gateways[..]
            && !others.is_empty()
        {
            let name = |&at: &usize| self.objects.gateways[at].name.to_string();
            let others: Vec<String> = others.iter().map(name).collect();
            decision.notes.push(format!(
                "Gateway {} takes this request, and so do {}: each has an address of its own; --gateway says which one is asked",
                name(taken),
                others.join(", ")
            ));
        }
        if let (Some(&gateway), false) = (
            found.gateways.first(),
            matches!(found.outcome, Outcome::NoConnection(_)),
        ) {
            self.unread(request, gateway, found.winner(), &mut decision.notes);
            decision.notes.extend(notes::of_spelling(request));
            self.repeated(request, gateway, &mut decision.notes);
        }
        match &found.outcome {
            Outcome::NoConnection(reason) => decision.answer.reason = Some(reason.clone()),
            Outcome::Refused(status, reason) => {
                decision.answer.status = Some(*status);
                decision.answer.reason = Some(reason.clone());
                if *status == MISDIRECTED {
                    decision.notes.push(notes::MISDIRECTED.to_owned());
                }
            }
            Outcome::Hit(row) => {
                let route = &self.objects.routes[row.route];
                let rule = &route.rules[row.rule];
                let one = &rule.matches[row.match_at];
                let listener = self.listener_name(row.listener);
                let hit = answer::Hit {
                    objects: self.objects,
                    gateway: &self.objects.gateways[row.listener.gateway].spec,
                    route,
                    rule,
                    target: &one.target,
                    port: listener.port,
                };
                (decision.answer, decision.filters) = answer(&hit, request, &mut decision.notes);
                notes::of_hit(&hit, one, &mut decision.notes);
                self.trust(row, &mut decision.notes);
                self.isolation(request, row, &mut decision.notes);
                self.closer_host(request, row, &mut decision.notes);
                self.own_hosts(request, row, &mut decision.notes);
                self.ages(request, row, &mut decision.notes);
                self.spellings(request, row, &mut decision.notes);
                decision.listener = Some(listener);
                decision.route = Some(self.match_name(row));
            }
        }
        decision
    }

    fn find(&self, request: &Request, gateway: Option<usize>) -> Found<'_> {
        let asked: Vec<usize> = match gateway {
            Some(gateway) => vec![gateway],
            None => (0..self.objects.gateways.len()).collect(),
        };
        // By the name that a connection is made for: with https that of the handshake, which the Host header need not be.
        let name = match request.scheme {
            Scheme::Http => &request.host,
            Scheme::Https => &request.server_name,
        };
        let mut open: Vec<(Reverse<(usize, usize)>, usize)> = Vec::new();
        for &gateway in &asked {
            let closest = self
                .serving(gateway, request)
                .filter(|state| state.hostname.takes(name))
                .map(|state| state.hostname.closeness())
                .max();
            open.extend(closest.map(|closest| (Reverse(closest), gateway)));
        }
        open.sort();
        let mut gateways: Vec<usize> = open.into_iter().map(|(_, gateway)| gateway).collect();
        let mut first = None;
        for at in 0..gateways.len() {
            let outcome = self.hit(request, gateways[at]);
            if matches!(outcome, Outcome::Hit(_)) {
                // Of several, one that has a route for it is meant.
                gateways[..=at].rotate_right(1);
                first = Some(outcome);
                break;
            }
            first.get_or_insert(outcome);
        }
        let outcome = first.unwrap_or_else(|| self.nobody(request, &asked));
        if gateways.is_empty() {
            gateways.extend(asked.first());
        }
        Found { gateways, outcome }
    }

    /// The listeners of a Gateway that serve the port and the protocol of a request.
    fn serving(&self, gateway: usize, request: &Request) -> impl Iterator<Item = &ListenerState> {
        self.attachments
            .listeners
            .iter()
            .filter(move |state| state.id.gateway == gateway && state.serves())
            .filter(move |state| self.is_reached(state.id, request))
    }

    /// Whether a listener has the port and the protocol of a request.
    fn is_reached(&self, id: ListenerId, request: &Request) -> bool {
        let listener = &self.objects.gateways[id.gateway].spec.listeners[id.listener];
        listener.port == request.port && scheme(&listener.protocol) == Some(request.scheme)
    }

    /// Why no Gateway takes a request.
    fn nobody(&self, request: &Request, asked: &[usize]) -> Outcome<'_> {
        if asked.is_empty() {
            return Outcome::NoConnection("there is no Gateway among the objects".to_owned());
        }
        let (port, protocol) = (request.port, request.scheme.protocol());
        let is_open = asked
            .iter()
            .any(|&gateway| self.serving(gateway, request).next().is_some());
        match (is_open, request.scheme) {
            (true, Scheme::Http) => Outcome::Refused(
                404,
                format!("no listener on port {port} takes the host {}", request.host),
            ),
            (true, Scheme::Https) => Outcome::NoConnection(format!(
                "no listener on port {port} has a certificate for {}: the handshake fails",
                request.server_name
            )),
            (false, _) => Outcome::NoConnection(format!(
                "no listener serves {protocol} on port {port}{}",
                self.broken_listeners(request, asked)
            )),
        }
    }

    /// The listeners that would be asked if they served, and why they do not.
    fn broken_listeners(&self, request: &Request, asked: &[usize]) -> String {
        let mut words = String::new();
        for state in &self.attachments.listeners {
            let listener = self.listener_name(state.id);
            let is_meant = asked.contains(&state.id.gateway)
                && listener.port == request.port
                && listener.protocol == request.scheme.protocol();
            let reason = state.faults.iter().find(|fault| fault.is_fatal());
            if let (true, Some(reason)) = (is_meant, reason) {
                let _ = write!(words, "; {} does not: {}", listener.name, reason.reason());
            }
        }
        words
    }

    fn hit(&self, request: &Request, gateway: usize) -> Outcome<'_> {
        if request.scheme == Scheme::Https
            && !request.client_certificate
            && answer::wants_client_certificate(&self.objects.gateways[gateway].spec, request.port)
        {
            return Outcome::NoConnection(
                "the listener wants a client certificate: the handshake fails".to_owned(),
            );
        }
        if request.scheme == Scheme::Https
            && let Some(host) = self.closest(request, gateway, &request.host)
            && self.closest(request, gateway, &request.server_name) != Some(host)
        {
            let reason = format!(
                "the connection is for {}, and {} is another listener's",
                request.server_name, request.host
            );
            return Outcome::Refused(MISDIRECTED, reason);
        }
        let first = self
            .candidates(request, 0)
            .find(|row| self.is_open(row, request, gateway) && self.fits(row, request));
        match first {
            Some(row) => Outcome::Hit(row),
            None => Outcome::Refused(404, "no route takes it".to_owned()),
        }
    }

    /// The listener whose host name is the closest to a host.
    fn closest(&self, request: &Request, gateway: usize, host: &str) -> Option<ListenerId> {
        self.serving(gateway, request)
            .filter(|state| state.hostname.takes(host))
            .max_by_key(|state| (state.hostname.closeness(), Reverse(state.id)))
            .map(|state| state.id)
    }

    /// The rows of the listeners that a request reaches, in order.
    fn rows_of(&self, request: &Request, gateway: usize) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| self.is_open(row, request, gateway))
    }

    /// Whether the listener of a row is one that a request to a Gateway reaches.
    fn is_open(&self, row: &Row, request: &Request, gateway: usize) -> bool {
        row.listener.gateway == gateway && self.is_reached(row.listener, request)
    }

    /// The rows whose path a request could fit, in order, from this place on.
    fn candidates(&self, request: &Request, from: usize) -> impl Iterator<Item = &Row> {
        let places = self.by_path.candidates(request, from);
        places.map(|at| &self.rows[at])
    }

    fn fits(&self, row: &Row, request: &Request) -> bool {
        row.hostname.takes(&request.host) && self.match_of(row).miss(request).is_none()
    }

    fn rule_of(&self, row: &Row) -> &Rule {
        &self.objects.routes[row.route].rules[row.rule]
    }

    fn match_of(&self, row: &Row) -> &Match {
        &self.rule_of(row).matches[row.match_at]
    }

    fn listener_name(&self, id: ListenerId) -> ListenerName {
        let gateway = &self.objects.gateways[id.gateway];
        let listener = &gateway.spec.listeners[id.listener];
        ListenerName {
            gateway: gateway.name.clone(),
            name: listener.name.clone(),
            port: listener.port,
            protocol: listener.protocol.clone(),
            hostname: listener.hostname.clone(),
        }
    }

    fn match_name(&self, row: &Row) -> MatchName {
        self.named(row.route, row.rule, row.match_at, row.hostname.text())
    }

    fn named(
        &self,
        route: usize,
        rule: usize,
        match_at: usize,
        hostname: Option<String>,
    ) -> MatchName {
        let route = &self.objects.routes[route];
        MatchName {
            kind: route.kind,
            namespace: route.name.namespace.clone(),
            name: route.name.name.clone(),
            rule,
            rule_name: route.rules[rule].name.clone(),
            match_at,
            demands: route.rules[rule].matches[match_at].to_string(),
            hostname,
        }
    }

    /// The Gateway API gives a request to the closest listener alone; Application Gateway for Containers does not.
    /// What is taken to be right though nobody knows: the labels of the route's namespace, and that a Gateway serves of which a
    /// listener does not.
    fn trust(&self, row: &Row, notes: &mut Vec<String>) {
        let gateway = &self.objects.gateways[row.listener.gateway];
        let listener = &gateway.spec.listeners[row.listener.listener];
        let route = &self.objects.routes[row.route];
        if attach::goes_by_unknown_labels(self.objects, gateway, listener, route) {
            notes.push(notes::unknown_labels(&listener.name, &route.name.namespace));
        }
        let states = self.attachments.listeners.iter();
        for state in states.filter(|state| state.id.gateway == row.listener.gateway) {
            if let Some(fault) = state.faults.iter().find(|fault| fault.is_fatal()) {
                let broken = &gateway.spec.listeners[state.id.listener].name;
                notes.push(notes::broken_listener(broken, *fault));
            }
        }
    }

    fn isolation(&self, request: &Request, winner: &Row, notes: &mut Vec<String>) {
        let closest = self.closest(request, winner.listener.gateway, &request.host);
        let Some(closest) = closest.filter(|id| *id != winner.listener) else {
            return;
        };
        let isolated = self
            .candidates(request, 0)
            .find(|row| row.listener == closest && self.fits(row, request));
        if isolated.is_some_and(|row| (row.route, row.rule) == (winner.route, winner.rule)) {
            return;
        }
        let name = self.listener_name(closest).name;
        let instead = match isolated {
            Some(row) => self.match_name(row).to_string(),
            None => "404".to_owned(),
        };
        notes.push(notes::not_isolated(&name, &instead));
    }

    /// That a request has a header or a parameter several times, which a match asks for.
    fn repeated(&self, request: &Request, gateway: usize, notes: &mut Vec<String>) {
        let headers = twice(
            request
                .headers
                .iter()
                .map(|one| one.name.to_ascii_lowercase()),
        );
        let parameters = twice(request.parameter_names().map(str::to_owned));
        if headers.is_empty() && parameters.is_empty() {
            return;
        }
        let asked = |name: &str, list: fn(&Match) -> &[NamedPattern]| {
            self.candidates(request, 0)
                .filter(|row| self.is_open(row, request, gateway))
                .filter(|row| row.hostname.takes(&request.host))
                .any(|row| list(self.match_of(row)).iter().any(|one| one.name == name))
        };
        for name in headers {
            if asked(&name, |one| &one.headers) {
                notes.push(notes::header_twice(&name));
            }
        }
        for name in parameters {
            if asked(&name, |one| &one.parameters) {
                notes.push(notes::parameter_twice(&name));
            }
        }
    }

    /// That a route is for a host name that is closer, and has no rule for the request.
    fn closer_host(&self, request: &Request, winner: &Row, notes: &mut Vec<String>) {
        let closer = self
            .rows
            .iter()
            .take_while(|row| row.rank.host > winner.rank.host)
            .find(|row| row.listener == winner.listener && row.hostname.takes(&request.host));
        if let Some(row) = closer {
            let host = row.hostname.text().unwrap_or_default();
            notes.push(notes::closer_host(
                &self.objects.routes[row.route].title(),
                &host,
            ));
        }
    }

    /// That another route answers where a gateway goes by what routes name, and not by what a listener leaves of it. Both orders
    /// agree on all else: of two that leave different hosts at one listener, the closer one is the closer name too.
    fn own_hosts(&self, request: &Request, winner: &Row, notes: &mut Vec<String>) {
        let own = |row: &Row| {
            let names = self.objects.routes[row.route].hostnames.iter();
            let taken = names.filter(|name| name.takes(&request.host));
            taken.max_by_key(|name| name.closeness())
        };
        let closeness = |row: &Row| own(row).map_or((0, 0), Hostname::closeness);
        let (host, named) = (winner.rank.host, closeness(winner));
        // The listener leaves all that it names: nobody names more.
        if named == host {
            return;
        }
        let from = self.rows.partition_point(|row| row.rank.host > host);
        let closest = self
            .candidates(request, from)
            .take_while(|row| row.rank.host == host)
            .filter(|row| row.listener == winner.listener && closeness(row) > named)
            .filter(|row| self.fits(row, request))
            .max_by_key(|row| (closeness(row), Reverse(row.at)));
        if let Some(row) = closest {
            let name = own(row).and_then(Hostname::text).unwrap_or_default();
            let title = |row: &Row| self.objects.routes[row.route].title();
            notes.push(notes::own_host(&title(winner), &title(row), &name));
        }
    }

    /// That another route wants the same, and which one is older is not known.
    fn ages(&self, request: &Request, winner: &Row, notes: &mut Vec<String>) {
        let first = &self.objects.routes[winner.route];
        let from = self.rows.partition_point(|row| row.rank > winner.rank);
        let gateway = winner.listener.gateway;
        let equal = self
            .candidates(request, from)
            .take_while(|row| row.rank == winner.rank)
            .filter(|row| row.route != winner.route)
            .find(|row| self.is_open(row, request, gateway) && self.fits(row, request));
        let Some(row) = equal else { return };
        let second = &self.objects.routes[row.route];
        if first.created.is_none() || second.created.is_none() {
            notes.push(notes::of_unknown_age(&first.title(), &second.title()));
        }
    }

    /// That another match wants the same prefix with a slash at its end, which is one character more.
    fn spellings(&self, request: &Request, winner: &Row, notes: &mut Vec<String>) {
        let Target::Prefix {
            path,
            has_slash: false,
        } = &self.match_of(winner).target
        else {
            return;
        };
        let host = winner.rank.host;
        let from = self.rows.partition_point(|row| row.rank.host > host);
        let is_same = |row: &&Row| matches!(&self.match_of(row).target, Target::Prefix { path: other, has_slash: true } if other == path);
        let gateway = winner.listener.gateway;
        let longer = self
            .candidates(request, from)
            .take_while(|row| row.rank.host == host)
            .filter(is_same)
            .find(|row| self.is_open(row, request, gateway) && self.fits(row, request));
        if let Some(row) = longer.filter(|_| !path.is_empty()) {
            notes.push(notes::other_spelling(
                &self.match_name(row).to_string(),
                path,
            ));
        }
    }

    /// The matches before the one that won that have a pattern which cannot be read, and would take the request if it fitted.
    fn unread(
        &self,
        request: &Request,
        gateway: usize,
        winner: Option<&Row>,
        notes: &mut Vec<String>,
    ) {
        let before = winner.map_or(self.rows.len(), |winner| winner.at);
        let before = self.with_regex.iter().take_while(|&&at| at < before);
        for row in before.map(|&at| &self.rows[at]) {
            let one = self.match_of(row);
            let is_in_the_way = self.is_open(row, request, gateway)
                && row.hostname.takes(&request.host)
                && one.miss(request).is_some()
                && one.might_take(request);
            if !is_in_the_way {
                continue;
            }
            let broken = one
                .patterns()
                .find_map(|pattern| Some((pattern.text(), pattern.fault()?)));
            if let Some((pattern, why)) = broken {
                let note = notes::unread(&self.match_name(row).to_string(), pattern, why);
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
    }

    fn losers(&self, request: &Request, gateway: usize, winner: Option<&Row>) -> Vec<Loser> {
        let mut told: Vec<(usize, usize)> = winner
            .map(|row| (row.route, row.rule))
            .into_iter()
            .collect();
        let mut losers: Vec<(Nearness, Loser)> = Vec::new();
        let is_new = |told: &mut Vec<(usize, usize)>, row: &Row| {
            let is_new = !told.contains(&(row.route, row.rule));
            if is_new {
                told.push((row.route, row.rule));
            }
            is_new
        };
        // What fits, but comes later.
        if let Some(winner) = winner {
            for row in self.rows_of(request, gateway) {
                if self.fits(row, request) && is_new(&mut told, row) {
                    let reason = self.why_later(winner, row);
                    losers.push((Nearness::Fits, self.loser(row, reason)));
                }
            }
        }
        // What lacks one thing.
        let mut near: Vec<(Nearness, &Row, String)> = Vec::new();
        for row in self.rows_of(request, gateway) {
            let host_fits = row.hostname.takes(&request.host);
            let told = match (host_fits, self.match_of(row).miss(request)) {
                (true, Some(Miss::Path | Miss::NoCall) | None) | (false, Some(_)) => None,
                (true, Some(miss)) => Some((Nearness::of(&miss), lacks(&miss, request))),
                (false, None) => row
                    .hostname
                    .text()
                    .map(|name| (Nearness::Host, format!("it is for the host {name}"))),
            };
            near.extend(told.map(|(nearness, reason)| (nearness, row, reason)));
        }
        near.sort_by_key(|(nearness, ..)| *nearness);
        for (nearness, row, reason) in near {
            if is_new(&mut told, row) {
                losers.push((nearness, self.loser(row, reason)));
            }
        }
        losers.sort_by_key(|(nearness, _)| *nearness);
        let mut losers: Vec<Loser> = losers.into_iter().map(|(_, loser)| loser).collect();
        losers.extend(self.not_attached(request, gateway));
        losers
    }

    fn loser(&self, row: &Row, reason: String) -> Loser {
        Loser {
            route: self.match_name(row),
            reason,
        }
    }

    /// Routes that would take a request, if the Gateway took them.
    fn not_attached(&self, request: &Request, gateway: usize) -> Vec<Loser> {
        let mut losers = Vec::new();
        for parent in &self.attachments.parents {
            let (Some(refusal), true) = (
                parent.refusal,
                parent.gateway.is_none_or(|at| at == gateway),
            ) else {
                continue;
            };
            let route = &self.objects.routes[parent.route];
            let host_fits = route.hostnames.is_empty()
                || route.hostnames.iter().any(|name| name.takes(&request.host));
            let fitting = route.rules.iter().enumerate().find_map(|(rule_at, rule)| {
                let at = rule
                    .matches
                    .iter()
                    .position(|one| one.miss(request).is_none())?;
                Some((rule_at, at))
            });
            if let (true, Some((rule, match_at))) = (host_fits, fitting) {
                losers.push(Loser {
                    route: self.named(parent.route, rule, match_at, None),
                    reason: why_refused(self.objects, route, parent.parent, refusal),
                });
            }
        }
        losers
    }

    /// Why a match that fits comes after the one that won.
    fn why_later(&self, winner: &Row, loser: &Row) -> String {
        let (won, lost) = (winner.rank, loser.rank);
        let host = |row: &Row| {
            row.hostname
                .text()
                .unwrap_or_else(|| "every host".to_owned())
        };
        let target = |row: &Row| self.match_of(row).target.to_string();
        if won.host != lost.host {
            return format!("{} is closer than {}", host(winner), host(loser));
        }
        if won.path != lost.path {
            return match (won.path, lost.path) {
                (PathRank::Exact(_), _) => format!("an exact path goes before {}", target(loser)),
                (PathRank::Regex(_), PathRank::Prefix(_)) => {
                    format!("a pattern goes before {}", target(loser))
                }
                _ => format!("{} is longer than {}", target(winner), target(loser)),
            };
        }
        if won.method != lost.method {
            return "a match with a method goes before one without".to_owned();
        }
        if won.headers != lost.headers {
            return format!("{} headers go before {}", won.headers, lost.headers);
        }
        if won.parameters != lost.parameters {
            return format!(
                "{} query parameters go before {}",
                won.parameters, lost.parameters
            );
        }
        let (first, second) = (
            &self.objects.routes[winner.route],
            &self.objects.routes[loser.route],
        );
        if winner.route == loser.route {
            return format!("rule {} of the route comes first", winner.rule);
        }
        if first.age() != second.age() {
            return format!("{} is older", first.title());
        }
        let unknown = if first.created.is_none() {
            ", as long as nobody knows which one is older"
        } else {
            ""
        };
        format!("{} comes first by name{unknown}", first.title())
    }
}

fn why_refused(objects: &Objects, route: &Route, parent: usize, refusal: Refusal) -> String {
    let parent = &route.parent_refs[parent];
    match refusal {
        Refusal::NotAGateway => format!("its parent {} is no Gateway", parent.name),
        Refusal::NoGateway => format!("its Gateway {} is not among the objects", parent.name),
        Refusal::NoMatchingParent => format!(
            "Gateway {} has no {} (NoMatchingParent)",
            parent.name,
            parent.listener_in_words()
        ),
        Refusal::KindNotAllowed => format!(
            "Gateway {} takes no {} there (NotAllowedByListeners)",
            parent.name, route.kind
        ),
        Refusal::NamespaceNotAllowed => format!(
            "Gateway {} takes no {} of namespace {} (NotAllowedByListeners)",
            parent.name, route.kind, route.name.namespace
        ),
        Refusal::OtherKindAttached(first) => format!(
            "{}, which is older or the first by name, has its hosts at the listener",
            objects.routes[first].title()
        ),
        Refusal::NoMatchingListenerHostname => {
            format!(
                "no listener of Gateway {} takes its hosts (NoMatchingListenerHostname)",
                parent.name
            )
        }
    }
}

/// The names that are there more than once, each once.
fn twice(names: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    names.filter(|name| !known.insert(name.clone())).collect()
}

/// How near a match was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Fits,
    Demand,
    Segment,
    Host,
}

impl Nearness {
    fn of(miss: &Miss) -> Self {
        match miss {
            Miss::Segment(_) => Self::Segment,
            _ => Self::Demand,
        }
    }
}

fn lacks(miss: &Miss, request: &Request) -> String {
    match miss {
        Miss::Path => "it is for another path".to_owned(),
        Miss::Capitals => format!("{} is spelled otherwise: capitals count", request.path),
        Miss::Spelling => format!(
            "{} is spelled otherwise: capitals and a slash at the end count",
            request.path
        ),
        Miss::Unread(why) => format!("its pattern cannot be read: {why}"),
        Miss::NoCall => "it is for calls of gRPC".to_owned(),
        Miss::Segment(prefix) => format!(
            "{prefix} is a part of a segment of {} only; prefixes are of whole segments",
            request.path
        ),
        Miss::Method(method) => format!("it wants {method}"),
        Miss::Header(header) => format!("it wants the header {header}"),
        Miss::Parameter(parameter) => format!("it wants {parameter} in the query"),
    }
}
