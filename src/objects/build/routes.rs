//! Routes from the world to workloads.

use crate::model::{Model, PathMatch, Route};
use crate::objects::api::{
    BackendRef, HttpPathMatch, HttpRoute, HttpRouteFilter, HttpRouteMatch, HttpRouteRule,
    HttpRouteSpec, Metadata, ParentRef, PathModifier, UrlRewrite,
};
use crate::objects::{Manifest, Object, Part, labels};

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    model
        .routes
        .iter()
        .map(|route| one_route(model, route))
        .collect()
}

fn one_route(model: &Model, route: &Route) -> Manifest {
    let (match_type, value) = match &route.path {
        PathMatch::Prefix(path) => ("PathPrefix", path),
        PathMatch::Exact(path) => ("Exact", path),
    };
    let filters = route.rewrite_prefix.iter().map(|prefix| HttpRouteFilter {
        filter_type: "URLRewrite".to_owned(),
        url_rewrite: Some(UrlRewrite {
            path: PathModifier {
                modifier_type: "ReplacePrefixMatch".to_owned(),
                replace_prefix_match: Some(prefix.clone()),
            },
        }),
    });
    let backends = route.backends.iter().map(|backend| BackendRef {
        name: backend.service.clone(),
        port: backend.port,
    });
    Manifest {
        object: Object::HttpRoute(HttpRoute {
            metadata: Metadata {
                name: route.name.clone(),
                namespace: Some(model.cluster().namespace.name.clone()),
                labels: labels(model, &route.name),
                ..Metadata::default()
            },
            spec: HttpRouteSpec {
                parent_refs: parents(model, route),
                rules: vec![HttpRouteRule {
                    matches: vec![HttpRouteMatch {
                        path: HttpPathMatch {
                            match_type: match_type.to_owned(),
                            value: value.clone(),
                        },
                    }],
                    filters: filters.collect(),
                    backend_refs: backends.collect(),
                }],
            },
        }),
        origin: route.origin.clone(),
        part: Part::Route(route.name.clone()),
        late: Vec::new(),
    }
}

/// The listeners of the route's Gateway, one by one. A reference without a listener would attach the route to listeners
/// that come later too.
fn parents(model: &Model, route: &Route) -> Vec<ParentRef> {
    model
        .cluster()
        .gateway
        .frontends
        .iter()
        .filter(|frontend| frontend.gateway == route.gateway)
        .flat_map(|frontend| &frontend.listeners)
        .map(|listener| ParentRef {
            name: route.gateway.clone(),
            section_name: Some(listener.name.clone()),
        })
        .collect()
}
