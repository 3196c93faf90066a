//! YAML text to JSON values by a reader that is not agcgen's own.

use serde::Deserialize as _;
use serde_json::Value;

use super::finding::{Answer, OracleFailure};

/// The documents of a YAML stream; empty ones are left out.
pub(crate) fn documents(text: &str) -> Answer<Vec<Value>> {
    let mut values = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let value = Value::deserialize(document)
            .map_err(|error| OracleFailure(format!("this is no YAML: {error}")))?;
        if !value.is_null() {
            values.push(value);
        }
    }
    Ok(values)
}
