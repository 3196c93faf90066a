//! Regions of Azure's public cloud.

/// Day of the overview page of AGC that lists the regions it is offered in.
pub const GATEWAY_LIST: &str = "2026-04-22";

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Programmatic name.
    pub name: &'static str,
    /// Whether Application Gateway for Containers is offered there, by the overview page of [`GATEWAY_LIST`].
    pub gateway: bool,
    /// Whether it has availability zones: Azure's public list of regions, as known 2026-11. `false` also where it is not
    /// established; then nothing is pinned to zones.
    pub zones: bool,
}

/// Regions without a pair, where storage keeps no copy in a second region: Azure's page "Azure region pairs and nonpaired
/// regions", as known 2026-11. A region that is missing here may have one.
pub const WITHOUT_PAIR: &[&str] = &[
    "austriaeast",
    "belgiumcentral",
    "chilecentral",
    "denmarkeast",
    "indonesiacentral",
    "israelcentral",
    "italynorth",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "polandcentral",
    "qatarcentral",
    "spaincentral",
];

const fn region(name: &'static str, gateway: bool, zones: bool) -> Region {
    Region {
        name,
        gateway,
        zones,
    }
}

/// Regions of the public cloud. A region that is missing here is taken for misspelt, so the list is wide.
pub const REGIONS: &[Region] = &[
    region("australiacentral", false, false),
    region("australiacentral2", false, false),
    region("australiaeast", true, true),
    region("australiasoutheast", false, false),
    region("austriaeast", false, true),
    region("belgiumcentral", false, true),
    region("brazilsouth", true, true),
    region("brazilsoutheast", false, false),
    region("canadacentral", true, true),
    region("canadaeast", false, false),
    region("centralindia", true, true),
    region("centralus", true, true),
    region("chilecentral", false, true),
    region("denmarkeast", false, true),
    region("eastasia", true, true),
    region("eastus", true, true),
    region("eastus2", true, true),
    region("francecentral", true, true),
    region("francesouth", false, false),
    region("germanynorth", false, false),
    region("germanywestcentral", true, true),
    region("indonesiacentral", false, true),
    region("israelcentral", false, true),
    region("italynorth", false, true),
    region("japaneast", false, true),
    region("japanwest", false, true),
    region("jioindiacentral", false, false),
    region("jioindiawest", false, false),
    region("koreacentral", true, true),
    region("koreasouth", false, false),
    region("malaysiawest", false, true),
    region("mexicocentral", false, true),
    region("newzealandnorth", false, true),
    region("northcentralus", true, false),
    region("northeurope", true, true),
    region("norwayeast", true, true),
    region("norwaywest", false, false),
    region("polandcentral", false, true),
    region("qatarcentral", false, true),
    region("southafricanorth", false, true),
    region("southafricawest", false, false),
    region("southcentralus", true, true),
    region("southeastasia", true, true),
    region("southindia", false, false),
    region("spaincentral", false, true),
    region("swedencentral", false, true),
    region("swedensouth", false, false),
    region("switzerlandnorth", true, true),
    region("switzerlandwest", false, false),
    region("uaecentral", false, false),
    region("uaenorth", true, true),
    region("uksouth", true, true),
    region("ukwest", false, false),
    region("westcentralus", false, false),
    region("westeurope", true, true),
    region("westindia", false, false),
    region("westus", true, false),
    region("westus2", true, true),
    region("westus3", true, true),
];

/// The region of that name.
pub fn find(name: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.name == name)
}
