//! Storage accounts with blob containers.

/// A storage account, decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// How many copies are kept, and where: `Standard_LRS`, `Standard_ZRS`, …
    pub sku: String,
    /// Days that deleted blobs and containers can be brought back.
    pub soft_delete_days: u32,
    /// Whether overwritten blobs are kept as versions.
    pub versioning: bool,
    /// Its containers.
    pub containers: Vec<Container>,
}

/// A blob container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Key in the spec.
    pub key: String,
    /// Name in Azure.
    pub azure_name: String,
}
