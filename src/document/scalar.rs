//! What a bare word means: the rules of YAML 1.1 as Go's reader has them.
//!
//! Printing asks whether text must be quoted, reading asks what type a bare word has; both must agree with the same foreign
//! reader, so both ask here. Durations and times have their own files.

use super::timestamp;

/// A scalar once its type is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Nothing, `~` or `null`.
    Null,
    /// `yes`, `off` and their like.
    Bool(bool),
    /// A whole number in any of the four bases.
    Int(i128),
    /// A number with a point or an exponent.
    Float(f64),
    /// Infinite or not a number: readable, but JSON has no word for it.
    Unreal,
    /// Everything else, times and base-60 numbers included.
    Text,
}

/// The type of a bare word.
pub fn resolve(text: &str) -> Scalar {
    let Some(first) = text.bytes().next() else { return Scalar::Null };
    match first {
        b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => word(text),
        b'.' => match text {
            ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN" => Scalar::Unreal,
            _ => float(text),
        },
        b'+' | b'-' | b'0'..=b'9' => number(text),
        _ => Scalar::Text,
    }
}

/// Whether text printed bare would come back as something else.
pub fn needs_quotes(text: &str) -> bool {
    resolve(text) != Scalar::Text || timestamp::is_yaml(text) || is_base_60(text)
}

/// Words that an option of a role takes for a boolean when they are quoted; any other word counts as `false` there.
pub fn option_bool(text: &str) -> Option<bool> {
    const YES: [&str; 6] = ["yes", "yeah", "y", "true", "1", "on"];
    const NO: [&str; 6] = ["no", "nope", "n", "false", "0", "off"];
    let is = |words: [&str; 6]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(YES) {
        Some(true)
    } else if is(NO) {
        Some(false)
    } else {
        None
    }
}

/// A float as Go writes it where a number has become a map key: from a million on with an exponent.
pub fn print_key(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "Go narrows keys to 32 bits as well")]
    let narrow = value as f32;
    let scientific = format!("{narrow:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        format!("{narrow}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

fn word(text: &str) -> Scalar {
    match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        _ => Scalar::Text,
    }
}

fn number(text: &str) -> Scalar {
    if matches!(text, "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF") {
        return Scalar::Unreal;
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    if let Some(value) = integer(&plain) {
        return Scalar::Int(value);
    }
    if is_float(&plain) { float(&plain) } else { Scalar::Text }
}

/// Signed 64 bits in any base, or unsigned 64 bits without a sign.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let signed = digits.len() != text.len();
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.bytes().all(|digit| digit.is_ascii_alphanumeric()) {
        return None;
    }
    let value = sign * i128::from_str_radix(digits, base).ok()?;
    let limits = if signed { i128::from(i64::MIN)..=i128::from(i64::MAX) } else { 0..=i128::from(u64::MAX) };
    limits.contains(&value).then_some(value)
}

fn is_float(text: &str) -> bool {
    let bytes = text.strip_prefix(['+', '-']).unwrap_or(text).as_bytes();
    let whole = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = &bytes[whole..];
    if let [b'.', after @ ..] = rest {
        let fraction = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if whole == 0 && fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    } else if whole == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

fn float(text: &str) -> Scalar {
    if !is_float(text) {
        return Scalar::Text;
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Scalar::Float(value),
        _ => Scalar::Text,
    }
}

/// Whole floats reach the fields as whole numbers: JSON writes them without a point below 1e21.
pub fn settle(value: f64) -> Scalar {
    if value.fract() == 0.0 && value.abs() < 1e21 {
        // Through the text, because the shortest digits padded with zeros are what the server parses.
        if let Ok(whole) = format!("{value}").parse::<i128>() {
            return Scalar::Int(whole);
        }
    }
    Scalar::Float(value)
}

/// `1:30` and `190:20:30.5`: numbers to YAML 1.1, text to Go, quoted on the way out.
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default().as_bytes();
    let opens =
        first.first().is_some_and(u8::is_ascii_digit) && first.iter().all(|byte| byte.is_ascii_digit() || *byte == b'_');
    let rest: Vec<&str> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    opens
        && middle.iter().chain([&last]).all(|part| sixtieth(part))
        && fraction.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}

fn sixtieth(text: &str) -> bool {
    match text.as_bytes() {
        [one] => one.is_ascii_digit(),
        [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_have_gos_types() {
        let table = [
            ("yEs", Scalar::Text),
            ("Off", Scalar::Bool(false)),
            ("0777", Scalar::Int(511)),
            ("0o777", Scalar::Int(511)),
            ("08", Scalar::Float(8.0)),
            ("1e3", Scalar::Float(1000.0)),
            ("1_000", Scalar::Int(1000)),
            ("2.5", Scalar::Float(2.5)),
            ("1e400", Scalar::Text),
            ("0x", Scalar::Text),
            ("", Scalar::Null),
        ];
        for (text, scalar) in table {
            assert_eq!(resolve(text), scalar, "{text}");
        }
    }

    #[test]
    fn text_that_would_change_its_type_is_quoted() {
        for text in ["no", "1:30", "2026-01-02", "0x1f", "~", ".5", "190:20:30.5", "-1:30"] {
            assert!(needs_quotes(text), "{text}");
        }
        for text in ["nO", "1:60", "2026-13-01", "18.0.0", "5m", "<<", "+"] {
            assert!(!needs_quotes(text), "{text}");
        }
    }
}
