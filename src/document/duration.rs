//! Durations in Go's spelling: `30h0m0s` on the way out, units up to years on the way in.
//!
//! The wire has nanoseconds. Reading keeps the arithmetic of the server to the last bit, its float rounding of fractions
//! included, because a duration that is off by one nanosecond is a changed document.

/// Nanoseconds as Go prints them.
pub fn print(nanoseconds: i64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let rest = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    match rest {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{rest}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", fraction(rest, 1_000)),
        1_000_000..SECOND => format!("{sign}{}ms", fraction(rest, 1_000_000)),
        _ => {
            let minutes = rest / (60 * SECOND);
            let seconds = fraction(rest % (60 * SECOND), SECOND);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn fraction(value: u64, unit: u64) -> String {
    let part = value % unit;
    if part == 0 {
        return (value / unit).to_string();
    }
    let digits = unit.ilog10() as usize;
    format!("{}.{}", value / unit, format!("{part:0digits$}").trim_end_matches('0'))
}

/// Nanoseconds of a typed duration, or what is wrong with it.
pub fn read(text: &str) -> Result<i64, String> {
    if text == "never" {
        return Ok(0);
    }
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if unsigned == "0" {
        return Ok(0);
    }
    let invalid = || format!("{text:?} is not a duration; write for example 8h30m, 90s or 7d");
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let (part, after) = read_part(rest).map_err(|fault| fault.explain(text))?;
        total = total.checked_add(part).ok_or_else(|| Fault::Large.explain(text))?;
        rest = after;
    }
    Ok(if negative { -total } else { total })
}

enum Fault {
    Shape,
    Large,
    NoUnit,
    Unit(String),
}

impl Fault {
    fn explain(self, text: &str) -> String {
        match self {
            Self::Shape => format!("{text:?} is not a duration; write for example 8h30m, 90s or 7d"),
            Self::Large => format!("the duration {text:?} is too long; the longest is about 292y"),
            Self::NoUnit => format!("the duration {text:?} lacks a unit: one of ns us ms s m h d mo y"),
            Self::Unit(unit) => format!("{unit:?} in {text:?} is not a unit; write one of ns us ms s m h d mo y"),
        }
    }
}

fn read_part(text: &str) -> Result<(i64, &str), Fault> {
    let whole_end = digits(text);
    let mut value = 0_i64;
    for digit in text.bytes().take(whole_end) {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(i64::from(digit - b'0')));
        value = next.ok_or(Fault::Large)?;
    }
    let mut rest = &text[whole_end..];
    let (mut part, mut scale, mut fraction_end) = (0_i64, 1_f64, 0);
    if let Some(after) = rest.strip_prefix('.') {
        fraction_end = digits(after);
        (part, scale) = leading_fraction(&after.as_bytes()[..fraction_end]);
        rest = &after[fraction_end..];
    }
    if whole_end == 0 && fraction_end == 0 {
        return Err(Fault::Shape);
    }
    let unit_end = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let unit = &rest[..unit_end];
    if unit.is_empty() {
        return Err(Fault::NoUnit);
    }
    let size = unit_size(unit).ok_or_else(|| Fault::Unit(unit.to_owned()))?;
    value = value.checked_mul(size).ok_or(Fault::Large)?;
    if part > 0 {
        value = value.checked_add(share(part, size, scale)).ok_or(Fault::Large)?;
    }
    Ok((value, &rest[unit_end..]))
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the server rounds exactly like this")]
fn share(part: i64, unit: i64, scale: f64) -> i64 {
    (part as f64 * (unit as f64 / scale)) as i64
}

/// The digits after the point; more than fit in 63 bits are dropped, as the server does.
fn leading_fraction(text: &[u8]) -> (i64, f64) {
    let (mut value, mut scale) = (0_i64, 1_f64);
    for digit in text {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(i64::from(digit - b'0')));
        let Some(next) = next else { break };
        value = next;
        scale *= 10.0;
    }
    (value, scale)
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn unit_size(unit: &str) -> Option<i64> {
    const HOUR: i64 = 3_600_000_000_000;
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => HOUR,
        "d" => 24 * HOUR,
        "mo" => 30 * 24 * HOUR,
        "y" => 365 * 24 * HOUR,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_reads_back() {
        for nanoseconds in [0, 1, -1, 1_500, 999_999, 90_000_000_000, 108_000_000_000_000, i64::MAX, -i64::MAX] {
            assert_eq!(read(&print(nanoseconds)), Ok(nanoseconds));
        }
    }

    #[test]
    fn a_missing_unit_is_named() {
        assert!(read("3600").is_err_and(|text| text.contains("lacks a unit")));
        assert!(read("1w").is_err_and(|text| text.contains("not a unit")));
    }
}
