//! What agcgen takes, a real API server takes too: no text of the spec becomes a name, label or value that it refuses.

use super::admission::Admission;
use super::oracle::{ApiServer, Failed};

use super::{compile, hostile, places};

/// Sends every object of every system that is taken.
pub(super) fn by_a_server(server: &ApiServer) -> Result<(), Failed> {
    let mut admission = Admission::default();
    for place in places() {
        for text in hostile() {
            if let Ok(rendered) = compile(&place, &text) {
                admission.add(&rendered)?;
            }
        }
    }
    admission.ask(server, [1363, 424])
}
