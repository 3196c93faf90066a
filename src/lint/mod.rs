//! Judges a [`Model`] that could be built: limits, capabilities, network, security. One file a topic.
//!
//! Nothing here changes the model. An error means that Azure or Kubernetes would refuse the output, a warning that
//! somebody should know and decide.

mod limits;
mod network;
mod security;
mod versions;
mod workloads;

use crate::diagnostic::Findings;
use crate::model::Model;

/// Every judgement on the model.
#[inline(never)]
pub(crate) fn lint(model: &Model, found: &mut Findings) {
    limits::lint(model, found);
    network::lint(model, found);
    versions::lint(model, found);
    workloads::lint(model, found);
    security::lint(model, found);
}
