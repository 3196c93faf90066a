//! Quantities as numbers: those of Kubernetes, and others with a fraction.

/// Thousandths of a core, rounded up; `None` where it is not a quantity of CPU, or more than 64 bits hold.
pub(super) fn cpu_millis(text: &str) -> Option<u64> {
    let (number, unit) = split(text);
    let thousandths = thousandths(number)?;
    match unit {
        "m" => Some(thousandths.div_ceil(1_000)),
        "" => Some(thousandths),
        _ => None,
    }
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
    let bytes = u128::from(thousandths(number)?) * u128::from(unit);
    u64::try_from(bytes.div_ceil(1_000)).ok()
}

fn split(text: &str) -> (&str, &str) {
    let at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    text.split_at(at)
}

/// Thousandths of a number with at most three decimals; `None` where it is none, or more than 64 bits hold.
pub(super) fn thousandths(number: &str) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() > 3 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let zeros = fraction.bytes().chain(std::iter::repeat(b'0'));
    let part = zeros
        .take(3)
        .fold(0, |part, digit| part * 10 + u64::from(digit - b'0'));
    whole.checked_mul(1_000)?.checked_add(part)
}

/// A number of thousandths without zeros at the end: `500` → `0.5`.
pub(super) fn decimal(thousandths: u64) -> String {
    let (whole, part) = (thousandths / 1_000, thousandths % 1_000);
    if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{part:03}")
            .trim_end_matches('0')
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kubernetes_writes() {
        assert_eq!(cpu_millis("250m"), Some(250));
        assert_eq!(cpu_millis("0.5m"), Some(1));
        assert_eq!(cpu_millis("2"), Some(2000));
        assert_eq!(cpu_millis("0.5"), Some(500));
        assert_eq!(cpu_millis("1000000000000"), Some(1_000_000_000_000_000));
        assert_eq!(cpu_millis("99999999999999999999"), None);
        assert_eq!(cpu_millis("1Gi"), None);
        assert_eq!(bytes("128Mi"), Some(134_217_728));
        assert_eq!(bytes("1.5Gi"), Some(1_610_612_736));
        assert_eq!(bytes("0.001"), Some(1));
        assert_eq!(bytes("100m"), None);
        assert_eq!(bytes("9999999999Ti"), None);
    }

    #[test]
    fn decimals_come_back() {
        for (text, number) in [("0.5", 500), ("1", 1000), ("1.25", 1250), ("10.125", 10125)] {
            assert_eq!(thousandths(text), Some(number));
            assert_eq!(decimal(number), text);
        }
        for bad in ["", ".5", "0,5", "-1", "+1", "1.2345", "1.-5"] {
            assert_eq!(thousandths(bad), None, "{bad}");
        }
    }
}
