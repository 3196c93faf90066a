//! Kubernetes quantities as numbers.

/// Thousandths of a core, rounded up; `None` where it is not a quantity of CPU.
pub(super) fn cpu_millis(text: &str) -> Option<u64> {
    let (number, unit) = split(text);
    let factor = match unit {
        "m" => 1_000_000,
        "" => 1_000_000_000,
        _ => return None,
    };
    Some(scaled(number, factor)?.div_ceil(1_000_000))
}

/// Bytes, rounded up; `None` where it is not a quantity of memory, or more than 64 bits hold.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = split(text);
    let unit: u64 = match unit {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    let thousandths: u64 = format!("{fraction:0<3}").parse().ok()?;
    let part = u128::from(thousandths) * u128::from(unit);
    let part = u64::try_from(part.div_ceil(1_000)).ok()?;
    whole.checked_mul(unit)?.checked_add(part)
}

fn split(text: &str) -> (&str, &str) {
    let at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    text.split_at(at)
}

/// A number with at most three decimals, times a factor that is a multiple of a thousand.
fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    let thousandths: u64 = format!("{fraction:0<3}").parse().ok()?;
    whole
        .checked_mul(factor)?
        .checked_add(thousandths * (factor / 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kubernetes_writes() {
        assert_eq!(cpu_millis("250m"), Some(250));
        assert_eq!(cpu_millis("2"), Some(2000));
        assert_eq!(cpu_millis("0.5"), Some(500));
        assert_eq!(cpu_millis("1Gi"), None);
        assert_eq!(bytes("128Mi"), Some(134_217_728));
        assert_eq!(bytes("1.5Gi"), Some(1_610_612_736));
        assert_eq!(bytes("100m"), None);
        assert_eq!(bytes("9999999999Ti"), None);
    }
}
