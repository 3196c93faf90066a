//! A moment as objects have it: RFC 3339, and what of it the API server takes.

/// An instant; the smaller is the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Seconds since the beginning of 1970.
    seconds: i64,
    nanoseconds: u32,
}

impl Moment {
    /// What a text says, as `metav1.Time` reads it: Go's `time.Parse` with RFC 3339, which takes a comma before a fraction, an hour of
    /// one digit, and an offset of 24 hours or 60 minutes (Go 1.26, asked 2026-11-30).
    pub fn read(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let mut date = date.split('-');
        let year = digits(date.next()?, 4..=4)?;
        let month = digits(date.next()?, 2..=2).filter(|month| (1..=12).contains(month))?;
        let day = digits(date.next()?, 2..=2)?;
        if date.next().is_some() || !(1..=days_of_month(year, month)).contains(&day) {
            return None;
        }
        let (hour, rest) = rest.split_once(':')?;
        let (minute, rest) = rest.split_once(':')?;
        let (second, rest) = rest.split_at_checked(2)?;
        let hour = digits(hour, 1..=2).filter(|hour| *hour < 24)?;
        let minute = digits(minute, 2..=2).filter(|minute| *minute < 60)?;
        let second = digits(second, 2..=2).filter(|second| *second < 60)?;
        let (fraction, offset) = match rest.strip_prefix(['.', ',']) {
            None => ("", rest),
            Some(rest) => {
                let length = rest.bytes().take_while(u8::is_ascii_digit).count();
                (length > 0).then(|| rest.split_at_checked(length))??
            }
        };
        let offset = match offset.split_at_checked(1)? {
            ("Z", "") => 0,
            (sign @ ("+" | "-"), offset) => {
                let (hours, minutes) = offset.split_once(':')?;
                let hours = digits(hours, 2..=2).filter(|hours| *hours <= 24)?;
                let minutes = digits(minutes, 2..=2).filter(|minutes| *minutes <= 60)?;
                let minutes = hours * 60 + minutes;
                if sign == "+" { minutes } else { -minutes }
            }
            _ => return None,
        };
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset;
        Some(Self {
            seconds: minutes * 60 + second,
            nanoseconds: format!("{fraction:0<9.9}").parse().ok()?,
        })
    }
}

/// A number of so many digits.
fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let is_one = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_one)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the beginning of 1970 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    /// From the beginning of the year 0 to that of 1970.
    const TO_1970: i64 = 719_528;
    // Leap days of the years before this one; the year 0 is one of them.
    let leap_days = match year - 1 {
        before @ 0.. => before / 4 - before / 100 + before / 400 + 1,
        _ => 0,
    };
    let months: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    year * 365 + leap_days + months + day - 1 - TO_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_what_go_makes_of_it() {
        // `time.Parse(time.RFC3339, …)` of Go 1.26.8, `Unix` and `Nanosecond`.
        for (text, seconds, nanoseconds) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2026-01-01T10:00:00Z", 1_767_261_600, 0),
            ("2026-01-01T10:00:00+02:00", 1_767_254_400, 0),
            ("2026-01-01T10:00:00-00:00", 1_767_261_600, 0),
            ("2026-01-01T10:00:00.5Z", 1_767_261_600, 500_000_000),
            ("2026-01-01T10:00:00,5Z", 1_767_261_600, 500_000_000),
            (
                "2026-01-01T10:00:00.1234567899Z",
                1_767_261_600,
                123_456_789,
            ),
            ("2026-01-01T10:00:00.5+02:00", 1_767_254_400, 500_000_000),
            ("2024-02-29T10:00:00Z", 1_709_200_800, 0),
            ("2000-02-29T10:00:00Z", 951_818_400, 0),
            ("2026-01-01T10:00:00+24:00", 1_767_175_200, 0),
            ("2026-01-01T10:00:00+02:60", 1_767_250_800, 0),
            ("2026-01-01T9:00:00Z", 1_767_258_000, 0),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
        ] {
            let moment = Moment {
                seconds,
                nanoseconds,
            };
            assert_eq!(Moment::read(text), Some(moment), "{text}");
        }
        for text in [
            "",
            "2026-01-01",
            "2026-02-29T10:00:00Z",
            "1900-02-29T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-00-01T10:00:00Z",
            "2026-01-00T10:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-1-01T10:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T23:60:00Z",
            "2026-01-01T23:59:60Z",
            "2026-01-01T10:00Z",
            "2026-01-01T10:00:00",
            "2026-01-01T10:00:00.Z",
            "2026-01-01T10:00:00+25:00",
            "2026-01-01T10:00:00+02:61",
            "2026-01-01T10:00:00+0200",
            "2026-01-01t10:00:00Z",
            "2026-01-01T10:00:00z",
            "2026-01-01 10:00:00Z",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }
}
