//! How often a workload is asked whether it works, where its spec states nothing.
//!
//! The language's own defaults; the interval and the thresholds are those of the gateway's default probe (AGC custom health
//! probe page, 2026), the timeout is shorter than its interval.

/// Seconds that a workload may take to start.
pub const STARTUP_SECONDS: u32 = 60;
/// Seconds between two probes.
pub const INTERVAL_SECONDS: u32 = 5;
/// Seconds until a probe has failed.
pub const TIMEOUT_SECONDS: u32 = 3;
/// Probes until a workload counts as healthy again.
pub const HEALTHY_THRESHOLD: u32 = 1;
/// Failed probes until it counts as unhealthy.
pub const UNHEALTHY_THRESHOLD: u32 = 3;
/// First and last status code that a probe of the kubelet takes (Kubernetes, "Configure Liveness, Readiness and Startup
/// Probes", 2026-11).
pub const PROBE_STATUS_CODES: (u16, u16) = (200, 399);
/// First and last status code that count as healthy for the gateway.
pub const STATUS_CODES: (u16, u16) = (200, 299);
