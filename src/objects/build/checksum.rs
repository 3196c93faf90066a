//! What an annotation says, so that pods are made anew when what they read changes.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first eight bytes of a SHA-256. With its name before it, it begins with a letter, so YAML never needs quotes for it.
pub(super) fn checksum(text: &str) -> String {
    let mut out = "sha256-".to_owned();
    for byte in Sha256::digest(text).iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}
