//! A compiler from one connectivity spec to Bicep, Kubernetes and Gateway API manifests.

pub mod print;
pub mod render;
