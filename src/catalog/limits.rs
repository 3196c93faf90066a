//! How much Azure takes at once: of one deployment, and behind one gateway.

/// A number that is not to be exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The most that is taken.
    pub most: u64,
    /// What is counted, as in "800 `resources`".
    pub of: &'static str,
    /// Who says so, and when it was read.
    pub source: &'static str,
}

/// Resources of one template: each copy of a loop and each nested deployment is one; what is in a nested deployment
/// counts there.
pub const TEMPLATE_RESOURCES: Limit = Limit {
    most: 800,
    of: "resources",
    source: "linter of Bicep 0.49.2 (max-resources) and ARM's best practices, 2026-11",
};

/// Parameters of one template.
pub const TEMPLATE_PARAMETERS: Limit = Limit {
    most: 256,
    of: "parameters",
    source: "linter of Bicep 0.49.2 (max-params), 2026-11",
};

/// Outputs of one template.
pub const TEMPLATE_OUTPUTS: Limit = Limit {
    most: 64,
    of: "outputs",
    source: "linter of Bicep 0.49.2 (max-outputs), 2026-11",
};

/// Bytes of a template with all that is nested in it. Whether Azure measures it printed or without blanks is not
/// documented: taken as printed.
pub const TEMPLATE_BYTES: Limit = Limit {
    most: 4 * 1024 * 1024,
    of: "bytes",
    source: "ARM's best practices, 2026-11",
};

/// Federated credentials of one identity.
pub const IDENTITY_CREDENTIALS: Limit = Limit {
    most: 20,
    of: "federated credentials",
    source: "AKS issue 4688, 2026-11",
};

/// Where the numbers of Application Gateway for Containers stand. The controller does not enforce them; what exceeds them
/// is not supported (AKS issue 4921).
const GATEWAY: &str =
    "limits of Application Gateway for Containers, table of 2024-02, still so in 2026";

/// Frontends of one gateway.
pub const GATEWAY_FRONTENDS: Limit = Limit {
    most: 5,
    of: "frontends",
    source: GATEWAY,
};

/// Routes of one gateway. It takes as many rules in all of its routes, and a route of ours has one.
pub const GATEWAY_ROUTES: Limit = Limit {
    most: 200,
    of: "routes",
    source: GATEWAY,
};

/// Services behind one gateway.
pub const GATEWAY_SERVICES: Limit = Limit {
    most: 100,
    of: "Services",
    source: GATEWAY,
};

/// Endpoints behind one gateway: pods, once for each Service that is routed to.
pub const GATEWAY_ENDPOINTS: Limit = Limit {
    most: 5000,
    of: "endpoints",
    source: GATEWAY,
};
