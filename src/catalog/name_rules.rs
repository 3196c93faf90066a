//! What Azure takes as a name.
//!
//! Source: "Naming rules and restrictions for Azure resources" and the type data of Bicep 0.49.2, 2026-11. The rules of
//! data collection rules and of Service Connector are those that the services state in their refusals.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{Config, WhichCaptures};

use super::arm_types;

/// The rule for names of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameRule {
    /// ARM type.
    pub resource_type: &'static str,
    /// Fewest characters.
    pub least: usize,
    /// Most characters.
    pub most: usize,
    /// What fits.
    pub pattern: &'static str,
    /// The same in words.
    pub rule: &'static str,
    /// Where nobody else in the world may have the name.
    pub global: bool,
}

/// Rules by type.
pub const RULES: &[NameRule] = &[
    NameRule {
        resource_type: "Microsoft.Storage/storageAccounts",
        least: 3,
        most: 24,
        pattern: "^[a-z0-9]+$",
        rule: "3 to 24 lower-case letters and digits",
        global: true,
    },
    NameRule {
        resource_type: "Microsoft.Storage/storageAccounts/blobServices/containers",
        least: 3,
        most: 63,
        pattern: "^[a-z0-9](-?[a-z0-9])*$",
        rule: "3 to 63 lower-case letters, digits and single `-`",
        global: false,
    },
    NameRule {
        resource_type: "Microsoft.Sql/servers",
        least: 1,
        most: 63,
        pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        rule: "1 to 63 lower-case letters, digits and `-`, which is not at an end",
        global: true,
    },
    NameRule {
        resource_type: "Microsoft.Sql/servers/databases",
        least: 1,
        most: 128,
        pattern: r"^[A-Za-z0-9_.-]*[A-Za-z0-9_-]$",
        rule: "1 to 128 letters, digits, `_`, `-` and `.`, which is not at the end",
        global: false,
    },
    NameRule {
        resource_type: "Microsoft.KeyVault/vaults",
        least: 3,
        most: 24,
        pattern: "^[A-Za-z](-?[A-Za-z0-9])*$",
        rule: "3 to 24 letters, digits and single `-`, beginning with a letter",
        global: true,
    },
    NameRule {
        resource_type: "Microsoft.KeyVault/vaults/secrets",
        least: 1,
        most: 127,
        pattern: "^[A-Za-z0-9-]+$",
        rule: "1 to 127 letters, digits and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::WORKSPACE,
        least: 4,
        most: 63,
        pattern: "^[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$",
        rule: "4 to 63 letters, digits and `-`, which is not at an end",
        global: false,
    },
    NameRule {
        resource_type: arm_types::SUBNET,
        least: 1,
        most: 80,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$",
        rule: "1 to 80 letters, digits, `_`, `.` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::NETWORK,
        least: 2,
        most: 64,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$",
        rule: "2 to 64 letters, digits, `_`, `.` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::SECURITY_GROUP,
        least: 1,
        most: 80,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$",
        rule: "1 to 80 letters, digits, `_`, `.` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::CLUSTER,
        least: 1,
        most: 63,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$",
        rule: "1 to 63 letters, digits, `_` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::IDENTITY,
        least: 3,
        most: 128,
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]*$",
        rule: "3 to 128 letters, digits, `_` and `-`",
        global: false,
    },
    NameRule {
        resource_type: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        least: 3,
        most: 120,
        pattern: "^[A-Za-z0-9][A-Za-z0-9_-]*$",
        rule: "3 to 120 letters, digits, `_` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::COLLECTION_RULE,
        least: 3,
        most: 63,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$",
        rule: "3 to 63 letters, digits, `_`, `.` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::TRAFFIC_CONTROLLER,
        least: 1,
        most: 64,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$",
        rule: "1 to 64 letters, digits, `_`, `.` and `-`",
        global: false,
    },
    NameRule {
        resource_type: arm_types::FRONTEND,
        least: 1,
        most: 64,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$",
        rule: "1 to 64 letters, digits, `_`, `.` and `-`",
        global: false,
    },
    NameRule {
        resource_type: "Microsoft.ServiceLinker/linkers",
        least: 1,
        most: 60,
        pattern: "^[A-Za-z0-9][A-Za-z0-9._]*$",
        rule: "1 to 60 letters, digits, `.` and `_`",
        global: false,
    },
    NameRule {
        resource_type: "Microsoft.Resources/deployments",
        least: 1,
        most: 64,
        pattern: "^[A-Za-z0-9._()-]+$",
        rule: "1 to 64 letters, digits, `.`, `_`, `-` and parentheses",
        global: false,
    },
    NameRule {
        resource_type: "Microsoft.Resources/resourceGroups",
        least: 1,
        most: 90,
        pattern: r"^[\w().-]*[\w()-]$",
        rule: "1 to 90 letters, digits, `.`, `_`, `-` and parentheses, not ending in `.`",
        global: false,
    },
];

/// The patterns of the rules, each compiled when a name is first held against it. A test compiles each.
///
/// A few short names are held against a pattern, so what counts is how fast it is compiled: of the engines of `regex` this one
/// takes a quarter of what they take together.
static COMPILED: LazyLock<BTreeMap<&'static str, OnceLock<PikeVM>>> = LazyLock::new(|| {
    RULES
        .iter()
        .map(|rule| (rule.pattern, OnceLock::new()))
        .collect()
});

/// A wrong pattern fails the tests.
fn compile(pattern: &str) -> PikeVM {
    PikeVM::builder()
        .thompson(Config::new().which_captures(WhichCaptures::None))
        .build(pattern)
        .expect("a pattern of this file")
}

impl NameRule {
    /// Whether a name fits.
    pub fn allows(&self, name: &str) -> bool {
        let length = name.chars().count();
        (self.least..=self.most).contains(&length)
            && COMPILED.get(self.pattern).is_some_and(|compiled| {
                let compiled = compiled.get_or_init(|| compile(self.pattern));
                compiled.is_match(&mut compiled.create_cache(), name)
            })
    }
}

/// The rule for a type.
pub fn find(resource_type: &str) -> Option<&'static NameRule> {
    RULES
        .iter()
        .find(|rule| rule.resource_type == resource_type)
}

/// Subnet names that Azure gives a meaning of their own, and Application Gateway for Containers cannot use
/// (AGC components page, 2026-04-27).
pub const RESERVED_SUBNETS: &[&str] =
    &["GatewaySubnet", "AzureFirewallSubnet", "AzureBastionSubnet"];

/// Database names that SQL Server takes for itself.
pub const RESERVED_DATABASES: &[&str] = &["master", "model", "msdb", "tempdb"];

/// Words that a name with an address of its own may not be (`ReservedResourceName`). Case does not matter.
const RESERVED_WHOLE: &[&str] = &[
    "access",
    "app_browsers",
    "app_code",
    "app_data",
    "app_globalresources",
    "app_localresources",
    "app_themes",
    "app_webreferences",
    "azure",
    "bing",
    "bizspark",
    "biztalk",
    "cortana",
    "directx",
    "dotnet",
    "dynamics",
    "excel",
    "exchange",
    "forefront",
    "groove",
    "hololens",
    "hyperv",
    "kinect",
    "lync",
    "msdn",
    "o365",
    "office",
    "office365",
    "onedrive",
    "onenote",
    "outlook",
    "powerpoint",
    "sharepoint",
    "skype",
    "visio",
    "visualstudio",
    "web.config",
    "xbox",
];
/// Words that a name with an address of its own may not contain (`ReservedResourceName`). Case does not matter.
const RESERVED_ANYWHERE: &[&str] = &["microsoft", "windows"];
/// Words that such a name may not begin with.
const RESERVED_AT_START: &[&str] = &["login"];

/// The word that Azure reserves in a name with an address of its own, if there is one.
pub fn reserved_word(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let anywhere = RESERVED_ANYWHERE.iter().find(|word| name.contains(**word));
    let at_start = RESERVED_AT_START
        .iter()
        .find(|word| name.starts_with(**word));
    let whole = RESERVED_WHOLE.iter().find(|word| name == **word);
    anywhere.or(at_start).or(whole).copied()
}

/// Tags of a resource: how many, and how long names and values may be; names of storage accounts are shorter.
pub const TAGS_MOST: usize = 50;
/// Longest name of a tag that every type takes.
pub const TAG_NAME_MOST: usize = 128;
/// Longest value of a tag.
pub const TAG_VALUE_MOST: usize = 256;
/// Characters that no tag's name may hold.
pub const TAG_NAME_FORBIDDEN: &[char] = &['<', '>', '%', '&', '\\', '?', '/'];
/// Tags by which the driver knows the resource group, and what it has deployed there.
pub const TAGS_OF_DRIVER: &[&str] = &["agcgen-made", "agcgen-infra"];
/// What no tag's name may begin with. Case does not matter.
pub const TAG_RESERVED_PREFIXES: &[&str] = &["microsoft", "azure", "windows"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_seen_where_azure_sees_them() {
        for name in [
            "access",
            "Office365",
            "my-microsoft-db",
            "windowsstore",
            "login1",
        ] {
            assert!(reserved_word(name).is_some(), "{name}");
        }
        for name in ["myaccess", "relogin", "office3650", "shop"] {
            assert_eq!(reserved_word(name), None, "{name}");
        }
    }

    #[test]
    fn every_pattern_compiles_and_takes_a_plain_name() {
        for rule in RULES {
            assert!(PikeVM::new(rule.pattern).is_ok(), "{}", rule.resource_type);
            assert!(rule.allows("shop"), "{}", rule.resource_type);
            assert!(
                !rule.allows(&"a".repeat(rule.most + 1)),
                "{}",
                rule.resource_type
            );
            assert!(!rule.allows("a b/c?"), "{}", rule.resource_type);
        }
    }
}
