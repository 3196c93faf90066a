//! Sizes of SQL databases that the spec knows.
//!
//! Source: Azure SQL's pages on vCore limits, as known 2026-11; the ARM names were accepted by the Bicep types.

/// A family of sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// What the size begins with, before the cores.
    pub prefix: &'static str,
    /// ARM name.
    pub name: &'static str,
    /// ARM tier.
    pub tier: &'static str,
    /// Hardware.
    pub family: &'static str,
    /// Whether it grows with the load.
    pub serverless: bool,
    /// Numbers of cores that exist.
    pub cores: &'static [u32],
}

/// The families.
pub const FAMILIES: &[Family] = &[
    Family {
        prefix: "GP_S_Gen5_",
        name: "GP_S_Gen5",
        tier: "GeneralPurpose",
        family: "Gen5",
        serverless: true,
        cores: &[1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80],
    },
    Family {
        prefix: "GP_Gen5_",
        name: "GP_Gen5",
        tier: "GeneralPurpose",
        family: "Gen5",
        serverless: false,
        cores: &[2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128],
    },
    Family {
        prefix: "BC_Gen5_",
        name: "BC_Gen5",
        tier: "BusinessCritical",
        family: "Gen5",
        serverless: false,
        cores: &[2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80, 128],
    },
];

impl Family {
    /// The size with so many cores, or with the next number of cores that exists.
    pub fn size(&self, cores: u32) -> Option<String> {
        let next = self.cores.iter().find(|known| **known >= cores);
        let cores = next.or(self.cores.last())?;
        Some(format!("{}{cores}", self.prefix))
    }
}

/// The size that is meant by one in other letters, of other hardware or of Hyperscale (`HS_Gen5_2`), or by a tier.
pub fn size_meant(written: &str) -> Option<String> {
    let lower = written.to_ascii_lowercase();
    let of_tier = |tier: &str, serverless: bool| {
        FAMILIES.iter().find(|family| {
            family.tier.eq_ignore_ascii_case(tier) && family.serverless == serverless
        })
    };
    if let Some(family) = of_tier(written, false) {
        return family.size(0);
    }
    let (family, cores) = lower.rsplit_once('_')?;
    let cores = cores.parse().ok()?;
    let same = FAMILIES
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(family));
    match same {
        Some(same) => same.size(cores),
        None if lower.starts_with("bc_") => of_tier("BusinessCritical", false)?.size(cores),
        None if lower.starts_with("gp_") || lower.starts_with("hs_") => {
            of_tier("GeneralPurpose", lower.contains("_s_"))?.size(cores)
        }
        None => None,
    }
}

/// Whether a size grows with the load.
pub fn is_serverless(size: &str) -> bool {
    let mut serverless = FAMILIES.iter().filter(|family| family.serverless);
    serverless.any(|family| size.starts_with(family.prefix))
}

/// Whether a size is one in DTUs: `Basic`, `S0`, `P1`, or their tiers.
pub fn is_in_dtus(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    let counts = |letter| {
        lower
            .strip_prefix(letter)
            .is_some_and(|number: &str| number.parse::<u32>().is_ok())
    };
    matches!(lower.as_str(), "basic" | "standard" | "premium") || counts('s') || counts('p')
}

/// Shortest pause of a serverless database, in minutes.
pub const AUTO_PAUSE_LEAST: u64 = 15;
/// Longest pause, in minutes (seven days).
pub const AUTO_PAUSE_MOST: u64 = 10_080;

/// Fewest cores that a serverless size keeps, in thousandths: half a core, or an eighth of its cores.
pub fn least_capacity_millis(cores: u32) -> u64 {
    (u64::from(cores) * 125).max(500)
}

/// One GiB.
pub const GIB: u64 = 1024 * 1024 * 1024;

/// Largest size of a database with so many cores, in GiB; the same in every family.
///
/// Source: "Max data size (GB)" in Azure SQL's page on vCore limits of single databases. Where its editions differ, the larger
/// one.
pub fn most_gib(cores: u32) -> u64 {
    match cores {
        ..=1 => 512,
        2..=4 => 1024,
        5..=6 => 1536,
        7..=10 => 2048,
        11..=20 => 3072,
        21.. => 4096,
    }
}
