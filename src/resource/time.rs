//! Points in time and how people read them.
//!
//! The clock is read elsewhere and handed in as [`Now`]. Ages and countdowns are told by the wall clock, which may be set while
//! we run; holds, retries and deadlines run on the monotonic one, which may not.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// What a calendar would say.
    pub wall: SystemTime,
    /// What only ever goes forward.
    pub mono: Instant,
    /// The wall clock is held still, so that nothing told by it ever reads differently.
    pub still: bool,
}

impl Now {
    /// The moment at which something told by the wall clock reads differently, this span from now; never if it stands still.
    #[must_use]
    pub fn after(&self, span: Duration) -> Option<Instant> {
        (!self.still).then(|| self.mono + span)
    }
}

/// A moment as it is told where every repaint costs: whole steps of this since the epoch.
const COARSE: Duration = Duration::from_secs(10);

/// The last whole step of the clock of coarser times, and how long it lasts yet.
#[must_use]
pub fn coarse(wall: SystemTime) -> (SystemTime, Duration) {
    let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    let into = Duration::from_nanos(u64::try_from(since.as_nanos() % COARSE.as_nanos()).unwrap_or_default());
    (wall.checked_sub(into).unwrap_or(wall), COARSE.saturating_sub(into))
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A span in at most two units, as in `11m`, `7h12m`, `3d`.
#[must_use]
pub fn short(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..MINUTE => format!("{seconds}s"),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR..DAY if seconds % HOUR < MINUTE => format!("{}h", seconds / HOUR),
        HOUR..DAY => format!("{}h{:02}m", seconds / HOUR, seconds % HOUR / MINUTE),
        _ => format!("{}d", seconds / DAY),
    }
}

/// How long ago, or `0s` for what lies ahead: two clocks never agree to the second.
#[must_use]
pub fn ago(then: SystemTime, now: SystemTime) -> String {
    short(now.duration_since(then).unwrap_or_default())
}

/// When the short form of a span, which ends or began at a fixed moment, next reads differently, counted from now.
#[must_use]
pub fn step(span: Duration, counting_down: bool) -> Duration {
    let unit = match span.as_secs() {
        0..MINUTE => 1,
        MINUTE..DAY => MINUTE,
        _ => DAY,
    };
    let unit = Duration::from_secs(unit);
    let into = Duration::from_nanos(u64::try_from(span.as_nanos() % unit.as_nanos()).unwrap_or_default());
    if counting_down { into + Duration::from_millis(1) } else { unit.saturating_sub(into) }
}

/// A moment broken into the calendar's parts, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utc {
    year: i64,
    month: u32,
    day: u32,
    seconds: u64,
}

impl Utc {
    /// The calendar's word for this moment.
    #[must_use]
    pub fn new(moment: SystemTime) -> Self {
        let seconds = match moment.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                -whole - i64::from(before.subsec_nanos() > 0)
            }
        };
        let (days, seconds) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Days to a date of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let narrow = |n: i64| u32::try_from(n).unwrap_or_default();
        Self { year, month: narrow(month), day: narrow(day), seconds: u64::try_from(seconds).unwrap_or_default() }
    }

    /// `09:41`
    #[must_use]
    pub fn clock(&self) -> String {
        format!("{:02}:{:02}", self.seconds / HOUR, self.seconds % HOUR / MINUTE)
    }

    /// `2026-11-25T09:41:07Z`
    #[must_use]
    pub fn rfc3339(&self) -> String {
        format!("{}T{}:{:02}Z", self.date(), self.clock(), self.seconds % MINUTE)
    }

    /// `2026-11-25`
    #[must_use]
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `2026-11-25 09:41:07 UTC`
impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:{:02} UTC", self.date(), self.clock(), self.seconds % MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short_and_comparable() {
        let table = [(0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (3_600, "1h"), (25_920, "7h12m"), (90_000, "1d")];
        for (seconds, text) in table {
            assert_eq!(short(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn the_next_step_changes_the_text() {
        for seconds in [1, 59, 60, 61, 119, 3_600, 7_261, 86_399, 86_400, 200_000] {
            let span = Duration::from_millis(seconds * 1_000 + 250);
            let later = span + step(span, false);
            assert_ne!(short(span), short(later), "{span:?} counting up");
            let earlier = span.checked_sub(step(span, true)).unwrap();
            assert_ne!(short(span), short(earlier), "{span:?} counting down");
        }
    }

    #[test]
    fn dates_are_the_calendars() {
        let at = |seconds: u64| Utc::new(UNIX_EPOCH + Duration::from_secs(seconds)).to_string();
        assert_eq!(at(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(at(951_782_399), "2000-02-28 23:59:59 UTC");
        assert_eq!(at(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(at(1_795_599_667), "2026-11-25 09:41:07 UTC");
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Utc::new(before).to_string(), "1969-12-31 23:59:59 UTC");
    }
}
