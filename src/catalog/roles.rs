//! Built-in roles of Azure that generated files assign.

/// A built-in role.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    /// Display name.
    pub name: &'static str,
    /// Role definition id, a GUID that is the same in every tenant.
    pub id: &'static str,
    /// What it allows, in a few words.
    pub allows: &'static str,
    /// Where the id was read, and when.
    pub source: &'static str,
}

/// "Azure built-in roles", the page of 2026-04-09.
const BUILT_IN: &str = "Azure built-in roles, 2026-04-09";

macro_rules! roles {
    ($($constant:ident = $name:literal, $id:literal, $allows:literal, $source:expr;)*) => {
        $(
            #[doc = concat!("*", $name, "*: ", $allows, ".")]
            pub static $constant: Role = Role { name: $name, id: $id, allows: $allows, source: $source };
        )*

        /// Every role, in the order of this file.
        pub static ALL: &[&Role] = &[$(&$constant),*];
    };
}

roles! {
    BLOB_READER = "Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "read blobs", BUILT_IN;
    BLOB_CONTRIBUTOR = "Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "read, write and delete blobs", BUILT_IN;
    BLOB_OWNER = "Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "everything with blobs, their owners and access lists included", BUILT_IN;
    SECRETS_USER = "Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6",
        "read values of secrets", BUILT_IN;
    SECRETS_OFFICER = "Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "everything with secrets but their permissions", BUILT_IN;
    NETWORK_CONTRIBUTOR = "Network Contributor", "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "manage networks", BUILT_IN;
    READER = "Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "see everything, change nothing", BUILT_IN;
    AGC_CONFIGURATION_MANAGER = "AppGw for Containers Configuration Manager", "fbc52c3f-28ad-4303-a892-8a056630b8f1",
        "configure Application Gateway for Containers", "public AGC quickstarts and templates, 2026-08; not in the table of built-in roles";
    CLUSTER_ADMIN = "Azure Kubernetes Service RBAC Cluster Admin", "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        "everything in the cluster", "AVM managed-cluster module, 2026-08";
    CLUSTER_USER = "Azure Kubernetes Service Cluster User Role", "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        "fetch the cluster's kubeconfig", BUILT_IN;
}
