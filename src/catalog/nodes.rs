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

/// Fewest cores that AKS takes for the nodes of a system pool, which the first pool is. Source: "Use system node pools in AKS",
/// as known 2026-11.
pub const LEAST_CORES: u32 = 2;

/// Whether a size is of a known series.
pub fn is_known(size: &str) -> bool {
    parts(size).is_some_and(|(series, _, tail)| {
        SERIES
            .iter()
            .any(|(name, versions)| *name == series && versions.contains(&tail))
    })
}

/// Whether the name of a size says that it has fewer cores than AKS takes. In old series the number counts sizes, but 0 and 1 have
/// one core there too.
pub fn is_too_small(size: &str) -> bool {
    parts(size).is_some_and(|(_, number, _)| number < LEAST_CORES)
}

/// The known size, and one that is large enough, that is meant by its name without `Standard_`, or in other letters: `d8s_v5`,
/// `Standard D8s v5`.
pub fn size_meant(written: &str) -> Option<String> {
    let written = written.replace(' ', "_").to_ascii_lowercase();
    let (series, number, tail) =
        parts_of_name(written.strip_prefix("standard_").unwrap_or(&written))?;
    let (series, versions) = SERIES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(series))?;
    let version = versions
        .iter()
        .find(|version| version.eq_ignore_ascii_case(tail))?;
    let size = format!("Standard_{series}{number}{version}");
    (!is_too_small(&size)).then_some(size)
}

/// Series, number of cores and version: `Standard_D4s_v5` is `D`, 4 and `s_v5`.
fn parts(size: &str) -> Option<(&str, u32, &str)> {
    parts_of_name(size.strip_prefix("Standard_")?)
}

fn parts_of_name(rest: &str) -> Option<(&str, u32, &str)> {
    let (series, rest) = rest.split_at(rest.find(|c: char| c.is_ascii_digit())?);
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = rest[..rest.len() - tail.len()].parse().ok()?;
    Some((series, number, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_how_many_cores_a_size_has() {
        for size in [
            "Standard_B1ms",
            "Standard_B1s",
            "Standard_D1s_v3",
            "Standard_F1",
            "Standard_A0",
        ] {
            assert!(is_too_small(size), "{size}");
        }
        for size in [
            "Standard_B2s",
            "Standard_D4s_v5",
            "Standard_D11_v2",
            "Standard_NC24ads_A100_v4",
            "Standard_",
            "large",
        ] {
            assert!(!is_too_small(size), "{size}");
        }
    }
}
