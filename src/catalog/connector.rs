//! Service Connector on AKS: what `az aks connection create` takes.
//!
//! Source: the tables of azure-cli 2.91.0, read and run offline (2026-11); variables: the service's own pages.

use crate::spec::Client;

/// A target of `az aks connection create` with workload identity.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Word of the command.
    pub word: &'static str,
    /// Flag that names the resource.
    pub resource_flag: &'static str,
    /// Values of `--client-type` that work without a password.
    pub(crate) clients: &'static [Client],
}

/// Blobs of a storage account. With `springBoot` only a key works, so it is not in the list.
pub const STORAGE_BLOB: Target = Target {
    word: "storage-blob",
    resource_flag: "--account",
    clients: &[
        Client::Dotnet,
        Client::Java,
        Client::Python,
        Client::Nodejs,
        Client::None,
    ],
};

/// A key vault.
pub const KEY_VAULT: Target = Target {
    word: "keyvault",
    resource_flag: "--vault",
    clients: &[
        Client::Dotnet,
        Client::Java,
        Client::Python,
        Client::Nodejs,
        Client::SpringBoot,
        Client::None,
    ],
};

impl Client {
    /// The word that both the spec and `--client-type` use.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Dotnet => "dotnet",
            Self::Java => "java",
            Self::SpringBoot => "springBoot",
            Self::Python => "python",
            Self::Nodejs => "nodejs",
            Self::Go => "go",
            Self::None => "none",
        }
    }
}
