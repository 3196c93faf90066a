//! What AGC supports of the Gateway API, by the names that its conformance suite gives to features.
//!
//! All features of the suite of v1.5.1 are here; `tests/conformance` fails where one is missing or none of the suite's.

/// A feature of the Gateway API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// What the conformance suite calls it.
    pub name: &'static str,
    /// Whether AGC has it.
    pub support: Support,
    /// Who says so, and when that was written.
    pub source: &'static str,
}

/// Whether AGC has a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// With this version of ALB Controller at the latest.
    Since(&'static str),
    /// It has not, and what is true instead.
    Not(&'static str),
    /// Nothing that the vendor wrote says either.
    Unstated,
}

/// The vendor's own run of the suite: extended features are listed there as supported or not.
const REPORT: &str = "conformance report of the Gateway API v1.2.1, controller 1.7.9, 2025-07-18";
/// The page "ALB Controller release notes".
const RELEASE_NOTES: &str = "ALB Controller release notes, page of 2026-09-08";
/// The how-to of request mirroring.
const MIRRORING: &str = "how-to-request-mirroring-gateway-api, page of 2026-09-09";
/// The vendor's answer about `ListenerSet`, for 1.11.1; the note of 1.12.1 has no word of it.
const LISTENER_SETS: &str = "Azure/AKS issue 5333, 2026-06-24";
/// The reference of the controller's own kinds: TLS towards a backend and certificates of clients are matters of its own
/// `BackendTLSPolicy` and `FrontendTLSPolicy`.
const POLICIES: &str = "api-specification-kubernetes, page of 2026-04-22";
/// What the overview says of listeners.
const LISTENERS: &str = "overview, page of 2026-04-22: listeners are HTTP on 80 and HTTPS on 443";
/// The list of features in the overview, which has no word of it.
const NO_PAGE: &str = "overview, page of 2026-04-22";

/// The features.
pub const FEATURES: &[Feature] = &[
    Feature {
        name: "BackendTLSPolicy",
        support: Support::Unstated,
        source: POLICIES,
    },
    Feature {
        name: "BackendTLSPolicySANValidation",
        support: Support::Unstated,
        source: POLICIES,
    },
    Feature {
        name: "GRPCRoute",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "GRPCRouteNamedRouteRule",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "Gateway",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "GatewayAddressEmpty",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "GatewayBackendClientCertificate",
        support: Support::Unstated,
        source: POLICIES,
    },
    Feature {
        name: "GatewayFrontendClientCertificateValidation",
        support: Support::Unstated,
        source: POLICIES,
    },
    Feature {
        name: "GatewayFrontendClientCertificateValidationInsecureFallback",
        support: Support::Unstated,
        source: POLICIES,
    },
    Feature {
        name: "GatewayHTTPListenerIsolation",
        support: Support::Not(
            "a request may reach a route of a listener with a less specific hostname",
        ),
        source: REPORT,
    },
    Feature {
        name: "GatewayHTTPSListenerDetectMisdirectedRequests",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "GatewayInfrastructurePropagation",
        support: Support::Not("labels and annotations of `infrastructure` reach nothing"),
        source: REPORT,
    },
    Feature {
        name: "GatewayPort8080",
        support: Support::Not("listeners are on 80 and 443 only"),
        source: REPORT,
    },
    Feature {
        name: "GatewayStaticAddresses",
        support: Support::Not("the address is the name that Azure gives to the frontend"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRoute",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRoute303RedirectStatusCode",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "HTTPRoute307RedirectStatusCode",
        support: Support::Since("1.11.1"),
        source: RELEASE_NOTES,
    },
    Feature {
        name: "HTTPRoute308RedirectStatusCode",
        support: Support::Since("1.11.1"),
        source: RELEASE_NOTES,
    },
    Feature {
        name: "HTTPRouteBackendProtocolH2C",
        support: Support::Not("a backend is asked in HTTP/1.1"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteBackendProtocolWebSocket",
        support: Support::Not("`appProtocol` is not read; WebSocket itself works"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteBackendRequestHeaderModification",
        support: Support::Not("filters of a single backendRef are not read"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteBackendTimeout",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "HTTPRouteCORS",
        support: Support::Since("1.11.1"),
        source: RELEASE_NOTES,
    },
    Feature {
        name: "HTTPRouteDestinationPortMatching",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteHostRewrite",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteMethodMatching",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteNamedRouteRule",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "HTTPRouteParentRefPort",
        support: Support::Not("a parentRef selects a listener by `sectionName`"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRoutePathRedirect",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRoutePathRewrite",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRoutePortRedirect",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteQueryParamMatching",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteRequestMirror",
        support: Support::Since("1.12.1"),
        source: MIRRORING,
    },
    Feature {
        name: "HTTPRouteRequestMultipleMirrors",
        support: Support::Unstated,
        source: NO_PAGE,
    },
    Feature {
        name: "HTTPRouteRequestPercentageMirror",
        support: Support::Since("1.12.1"),
        source: MIRRORING,
    },
    Feature {
        name: "HTTPRouteRequestTimeout",
        support: Support::Since("1.11.1"),
        source: RELEASE_NOTES,
    },
    Feature {
        name: "HTTPRouteResponseHeaderModification",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "HTTPRouteSchemeRedirect",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "ListenerSet",
        support: Support::Not("the vendor says that it is being worked on"),
        source: LISTENER_SETS,
    },
    Feature {
        name: "Mesh",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshClusterIPMatching",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshConsumerRoute",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteBackendRequestHeaderModification",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteNamedRouteRule",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteQueryParamMatching",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteRedirectPath",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteRedirectPort",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteRewritePath",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "MeshHTTPRouteSchemeRedirect",
        support: Support::Not("AGC is a gateway and no mesh"),
        source: NO_PAGE,
    },
    Feature {
        name: "ReferenceGrant",
        support: Support::Since("1.7.9"),
        source: REPORT,
    },
    Feature {
        name: "TLSRoute",
        support: Support::Not("only HTTP and HTTPS listeners"),
        source: LISTENERS,
    },
    Feature {
        name: "TLSRouteModeMixed",
        support: Support::Not("only HTTP and HTTPS listeners"),
        source: LISTENERS,
    },
    Feature {
        name: "TLSRouteModeTerminate",
        support: Support::Not("only HTTP and HTTPS listeners"),
        source: LISTENERS,
    },
    Feature {
        name: "UDPRoute",
        support: Support::Not("only HTTP and HTTPS listeners"),
        source: LISTENERS,
    },
];

/// The feature of a name.
pub fn feature(name: &str) -> Option<&'static Feature> {
    FEATURES.iter().find(|feature| feature.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_there_once_and_in_order() {
        assert!(FEATURES.len() >= 50);
        for pair in FEATURES.windows(2) {
            assert!(
                pair[0].name < pair[1].name,
                "{} stands before {}",
                pair[0].name,
                pair[1].name
            );
        }
    }

    #[test]
    fn a_feature_is_found_by_its_name() {
        let found = |name| feature(name).map(|feature| feature.support);
        assert_eq!(found("HTTPRouteCORS"), Some(Support::Since("1.11.1")));
        assert_eq!(found("HTTPRouteNamedRouteRule"), Some(Support::Unstated));
        assert_eq!(found("HTTPRouteNone"), None);
    }
}
