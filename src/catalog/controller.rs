//! The ALB Controller: versions and what they need.

/// Chart of the ALB Controller. Source: Helm quickstart of 2026-02-07.
pub const CHART: &str = "oci://mcr.microsoft.com/application-lb/charts/alb-controller";
/// Version of the chart where the spec names none: the newest known. Source: release notes of 2026-09-08.
pub const DEFAULT_VERSION: &str = "1.12.1";
/// Namespace that the controller runs in where the spec names none: the chart's own default (2026-06-23).
pub const DEFAULT_NAMESPACE: &str = "azure-alb-system";
/// Namespace that the Helm release itself is kept in.
pub const RELEASE_NAMESPACE: &str = "default";
/// Name of the Helm release.
pub const RELEASE: &str = "alb-controller";
/// Service account that the controller runs as. Source: Helm quickstart of 2026-02-07.
pub const SERVICE_ACCOUNT: &str = "alb-controller-sa";
/// The value of the chart that takes the client id of the controller's identity. Source: values of the chart, 2026-06-23.
pub const CLIENT_ID_VALUE: &str = "albController.podIdentity.clientID";
/// The only class of Gateways that the controller serves. Source: AGC quickstarts, 2026-08.
pub const GATEWAY_CLASS: &str = "azure-alb-external";

/// What a range of controller versions needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// First version that the row holds for.
    pub from: (u32, u32, u32),
    /// Oldest minor of Kubernetes that it runs on.
    pub kubernetes: (u32, u32),
    /// Whether it knows overlay networks.
    pub overlay: bool,
}

/// By version, newest first. Source: release notes of 2026-09-08; overlay: container networking page of 2025-08-26.
pub const REQUIREMENTS: &[Requirement] = &[
    Requirement {
        from: (1, 12, 0),
        kubernetes: (1, 32),
        overlay: true,
    },
    Requirement {
        from: (1, 11, 0),
        kubernetes: (1, 27),
        overlay: true,
    },
    Requirement {
        from: (1, 7, 9),
        kubernetes: (1, 26),
        overlay: true,
    },
    Requirement {
        from: (1, 0, 0),
        kubernetes: (1, 25),
        overlay: false,
    },
];

/// The row that holds for a version.
pub fn requirement(version: (u32, u32, u32)) -> Option<&'static Requirement> {
    REQUIREMENTS.iter().find(|row| version >= row.from)
}

/// The oldest version that there is a row for.
pub fn oldest() -> (u32, u32, u32) {
    least(|_| true)
}

/// The oldest version that knows overlay networks.
pub fn oldest_for_overlay() -> (u32, u32, u32) {
    least(|row| row.overlay)
}

fn least(fits: impl Fn(&Requirement) -> bool) -> (u32, u32, u32) {
    REQUIREMENTS
        .iter()
        .filter(|row| fits(row))
        .map(|row| row.from)
        .min()
        .unwrap_or_default()
}
