//! Times in RFC 3339, read as leniently and printed as strictly as Go does.
//!
//! Seconds and nanoseconds since 1970 on one side, text on the other. No clock is read here. The wire holds the years 1 to 9999.

/// What Go calls the zero time: year 1, the way an unset non-nullable time prints.
pub const ZERO: &str = "0001-01-01T00:00:00Z";
/// The zero time in seconds since 1970.
pub const ZERO_SECONDS: i64 = -62_135_596_800;
const END_SECONDS: i64 = 253_402_300_800;
const DAY: i64 = 86_400;

/// The text of a point in time, or `None` where the wire's own rules forbid it.
pub fn print(seconds: i64, nanos: i32) -> Option<String> {
    if !(ZERO_SECONDS..END_SECONDS).contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        return None;
    }
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let rest = seconds.rem_euclid(DAY);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if nanos != 0 {
        text.push('.');
        text.push_str(format!("{nanos:09}").trim_end_matches('0'));
    }
    text.push('Z');
    Some(text)
}

/// Why a typed time is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not the form that RFC 3339 asks for.
    Form,
    /// Well-formed, but a month, day, hour, minute or second that does not exist.
    Range,
    /// A point in time before year 1 or after year 9999.
    Wire,
}

/// Seconds and nanoseconds of a typed time.
pub fn read(text: &str) -> Result<(i64, i32), Fault> {
    let mut scan = Scan(text.as_bytes());
    let year = scan.number(4, 4)?;
    scan.skip(b'-')?;
    let month = scan.number(2, 2)?;
    scan.skip(b'-')?;
    let day = scan.number(2, 2)?;
    scan.skip(b'T')?;
    // One digit is enough for the hour, two are needed elsewhere: that is Go.
    let time = scan.clock(1, 2)?;
    let offset = scan.zone()?;
    if !scan.0.is_empty() {
        return Err(Fault::Form);
    }
    let (seconds, nanos) = join(year, month, day, time)?;
    let seconds = seconds - offset;
    if (ZERO_SECONDS..END_SECONDS).contains(&seconds) { Ok((seconds, nanos)) } else { Err(Fault::Wire) }
}

/// Whether YAML 1.1 takes this bare text for a time, which is when it must be printed in quotes.
pub fn is_yaml(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.iter().take_while(|byte| byte.is_ascii_digit()).count() != 4 || bytes.get(4) != Some(&b'-') {
        return false;
    }
    yaml(bytes).is_ok()
}

fn yaml(text: &[u8]) -> Result<(), Fault> {
    let mut scan = Scan(text);
    let year = scan.number(4, 4)?;
    scan.skip(b'-')?;
    let month = scan.number(1, 2)?;
    scan.skip(b'-')?;
    let day = scan.number(1, 2)?;
    let time = match scan.0.split_first() {
        None => (0, 0, 0, 0),
        Some((b'T' | b't', rest)) => {
            scan.0 = rest;
            let time = scan.clock(1, 1)?;
            scan.zone()?;
            time
        }
        Some((b' ', rest)) => {
            scan.0 = rest;
            scan.clock(1, 1)?
        }
        Some(_) => return Err(Fault::Form),
    };
    join(year, month, day, time)?;
    if scan.0.is_empty() { Ok(()) } else { Err(Fault::Form) }
}

fn join(year: i64, month: i64, day: i64, (hour, minute, second, nanos): (i64, i64, i64, i32)) -> Result<(i64, i32), Fault> {
    let sound =
        (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !sound {
        return Err(Fault::Range);
    }
    Ok((days(year, month, day) * DAY + hour * 3600 + minute * 60 + second, nanos))
}

struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn skip(&mut self, byte: u8) -> Result<(), Fault> {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                Ok(())
            }
            _ => Err(Fault::Form),
        }
    }

    fn number(&mut self, least: usize, most: usize) -> Result<i64, Fault> {
        let length = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if length < least {
            return Err(Fault::Form);
        }
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        Ok(digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
    }

    fn clock(&mut self, hour: usize, other: usize) -> Result<(i64, i64, i64, i32), Fault> {
        let hours = self.number(hour, 2)?;
        self.skip(b':')?;
        let minutes = self.number(other, 2)?;
        self.skip(b':')?;
        let seconds = self.number(other, 2)?;
        Ok((hours, minutes, seconds, self.nanos()))
    }

    /// A fraction after a point or a comma; digits past the ninth are dropped.
    fn nanos(&mut self) -> i32 {
        let [b'.' | b',', rest @ ..] = self.0 else { return 0 };
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            return 0;
        }
        let (digits, rest) = rest.split_at(length);
        self.0 = rest;
        (0..9).fold(0, |value, at| value * 10 + digits.get(at).map_or(0, |digit| i32::from(digit - b'0')))
    }

    fn zone(&mut self) -> Result<i64, Fault> {
        let (first, rest) = self.0.split_first().ok_or(Fault::Form)?;
        let sign = match first {
            b'Z' => {
                self.0 = rest;
                return Ok(0);
            }
            b'+' => 1,
            b'-' => -1,
            _ => return Err(Fault::Form),
        };
        self.0 = rest;
        let hours = self.number(2, 2)?;
        self.skip(b':')?;
        let minutes = self.number(2, 2)?;
        // 24 hours and 60 minutes are let through: some people write them, says Go.
        if hours > 24 || minutes > 60 {
            return Err(Fault::Range);
        }
        Ok(sign * (hours * 3600 + minutes * 60))
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970 to a date of the Gregorian calendar; months count from March so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_goes_both_ways() {
        for day in (-719_162..2_932_896).step_by(97) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(print(ZERO_SECONDS, 0).as_deref(), Some(ZERO));
    }

    #[test]
    fn wrong_times_say_how() {
        assert_eq!(read("2030-01-01"), Err(Fault::Form));
        assert_eq!(read("2030-02-30T00:00:00Z"), Err(Fault::Range));
        assert_eq!(read("0000-01-01T00:00:00Z"), Err(Fault::Wire));
    }
}
