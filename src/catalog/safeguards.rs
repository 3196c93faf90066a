//! Rules of AKS deployment safeguards (page of 2026-06-02; the policy files of Azure/draft, 2026-07-21).

/// Below this the safeguards raise a CPU request, in thousandths of a core.
pub const LEAST_CPU_MILLIS: u64 = 100;
/// Below this the safeguards raise a memory request, in bytes (100Mi).
pub const LEAST_MEMORY_BYTES: u64 = 100 * 1024 * 1024;

/// What a workload gets whose spec states nothing.
pub const DEFAULT_REQUESTS: (&str, &str) = ("100m", "128Mi");
/// What a workload may use whose spec states nothing.
pub const DEFAULT_LIMITS: (&str, &str) = ("1", "512Mi");
