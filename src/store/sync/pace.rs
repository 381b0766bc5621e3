//! How long to wait: for the next poll, the answer to a ping, the next step of the round trip.
//!
//! Every wait is jittered, so that a thousand dashboards do not knock at a restarted server together. Numbers only, no clock.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// A link that stood so long was a success.
pub const STEADY: Duration = Duration::from_secs(10);
/// Silence after which the link is asked whether it lives.
pub const SILENCE: Duration = Duration::from_secs(15);
/// How long the answer to that may take: a dead link is known within twenty seconds.
pub const PING_LIMIT: Duration = Duration::from_secs(5);
/// The gap between the server's list cache and its event stream closes within its event delay, a second on common storage.
pub const QUIET: Duration = Duration::from_secs(3);
/// What was refused is asked for again now and then, since rights change.
pub const DENIED: Duration = Duration::from_mins(1);
/// What failed is asked for again so soon at first.
pub const FAILED: Duration = Duration::from_secs(10);
/// Two dials are at least so far apart, whatever is asked for.
pub const APART: Duration = Duration::from_millis(500);
/// Changes that come together are published together.
pub const COALESCE: Duration = Duration::from_millis(50);
/// Signs of life that change nothing in sight are published so often. The words for them change within minutes.
pub const CALM: Duration = Duration::from_secs(10);
/// How much the wall clock may run ahead of the monotonic one before it counts as a jump.
pub const JUMP: Duration = Duration::from_secs(4);
/// How often a live link looks for such a jump.
pub const LOOK: Duration = Duration::from_secs(5);

/// Around this long, a fifth more or less.
pub fn around(span: Duration) -> Duration {
    let part = u32::try_from(chance() % 1_000).unwrap_or_default();
    span * 4 / 5 + span * 2 / 5 * part / 1_000
}

/// How often a shelf of so many is polled: a page a second at most, so that a large cluster is not asked for all of itself
/// every few seconds.
pub fn poll(base: Duration, items: usize) -> Duration {
    let slower = u32::try_from(items / 1_000).unwrap_or(u32::MAX).min(60);
    base + Duration::from_secs(5) * slower
}

/// How long until a shelf of so many is listed for something that was never listed. Every heartbeat of what labels hide asks
/// for it, so lists in vain come ever more rarely.
pub fn unlisted(items: usize, vain: u32) -> Duration {
    let slower = Duration::from_secs(u64::try_from(items / 1_000).unwrap_or(u64::MAX).min(120));
    around((QUIET + slower) * (1 << vain.min(7)))
}

/// The upper end of the step a round trip falls into.
pub fn step(round_trip: Duration) -> Duration {
    let steps = [50, 100, 250, 500].map(Duration::from_millis);
    let fine = steps.into_iter().find(|step| round_trip < *step);
    fine.unwrap_or_else(|| Duration::from_secs(round_trip.as_secs() + 1))
}

/// Chance without a crate for it: the standard hasher's keys are random.
pub fn chance() -> u64 {
    RandomState::new().hash_one(0_u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_differ() {
        let waits: std::collections::HashSet<_> = (0..50).map(|_| around(Duration::from_secs(10))).collect();
        assert!(waits.len() > 10);
        assert!(waits.iter().all(|wait| (8..=12).contains(&wait.as_secs())));
    }

    #[test]
    fn round_trips_come_in_steps() {
        let of = |ms| step(Duration::from_millis(ms)).as_millis();
        assert_eq!(
            [of(0), of(49), of(50), of(249), of(499), of(500), of(999), of(1_000)],
            [50, 50, 100, 250, 500, 1_000, 1_000, 2_000]
        );
    }

    #[test]
    fn what_labels_hide_is_asked_for_ever_more_rarely() {
        assert!(unlisted(10, 0) <= Duration::from_secs(4), "what is new is soon there");
        assert!(unlisted(10, 5) >= Duration::from_mins(1));
        assert!(unlisted(usize::MAX, u32::MAX) <= Duration::from_hours(6));
    }

    #[test]
    fn a_large_shelf_is_polled_slower() {
        let base = Duration::from_secs(5);
        assert_eq!(poll(base, 10), base);
        assert_eq!(poll(base, 2_000), Duration::from_secs(15));
        assert!(poll(base, usize::MAX) <= Duration::from_secs(305));
    }
}
