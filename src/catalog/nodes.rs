//! Sizes of virtual machines.

/// Size of the nodes of a spec that states none.
pub const DEFAULT_SIZE: &str = "Standard_D4s_v5";

/// Series that AKS commonly runs on, by the part between `Standard_` and the number of cores, and their versions.
/// A size outside this list may well exist; it is only asked about. Source: Azure's list of sizes, as known 2026-11.
pub const SERIES: &[(&str, &[&str])] = &[
    (
        "D",
        &[
            "s_v3", "s_v4", "s_v5", "s_v6", "ds_v4", "ds_v5", "ds_v6", "as_v4", "as_v5", "as_v6",
            "ads_v5", "ads_v6", "ps_v5", "ps_v6", "pds_v5", "pds_v6", "ls_v5", "ls_v6", "lds_v5",
            "lds_v6",
        ],
    ),
    (
        "E",
        &[
            "s_v3", "s_v4", "s_v5", "s_v6", "ds_v4", "ds_v5", "ds_v6", "as_v4", "as_v5", "as_v6",
            "ads_v5", "ads_v6", "ps_v5", "ps_v6", "pds_v5", "pds_v6",
        ],
    ),
    ("F", &["s_v2", "as_v6", "als_v6", "ams_v6"]),
    ("B", &["s_v2", "as_v2", "ps_v2", "ms"]),
    ("L", &["s_v3", "as_v3", "s_v4", "as_v4"]),
    ("NC", &["as_T4_v3", "ads_A100_v4", "ads_H100_v5"]),
];

/// Whether a size is of a known series.
pub fn is_known(size: &str) -> bool {
    let Some(rest) = size.strip_prefix("Standard_") else {
        return false;
    };
    let letters = rest
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (series, rest) = rest.split_at(letters);
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() > tail.len()
        && SERIES
            .iter()
            .any(|(name, versions)| *name == series && versions.contains(&tail))
}
