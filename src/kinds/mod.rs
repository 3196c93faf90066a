//! One file an Azure resource kind.

mod facets;
mod key_vault;
mod sql;
mod storage;

pub(crate) use facets::{Aim, ChildSpec, Facets};
pub use facets::{Billed, Child};
pub(crate) use key_vault::{KeyVaultSpec, VaultSku};
pub(crate) use sql::{DatabaseSpec, SqlSpec, pauses_after};
pub(crate) use storage::{StorageSku, StorageSpec};

pub use key_vault::{KeyVault, Secret};
pub use sql::{Database, DatabaseSku, Sql, SqlAdministrator, SqlGrants};
pub use storage::Storage;

/// A resource's kind with the settings of the kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A storage account.
    Storage(Storage),
    /// A SQL server with its databases.
    Sql(Sql),
    /// A key vault.
    KeyVault(KeyVault),
}

impl Kind {
    /// What the kind says of itself.
    pub(crate) fn facets(&self) -> &dyn Facets {
        match self {
            Self::Storage(storage) => storage,
            Self::Sql(sql) => sql,
            Self::KeyVault(vault) => vault,
        }
    }
}
