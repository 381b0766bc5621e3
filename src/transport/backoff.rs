//! The pauses between attempts: doubling, capped, jittered, and short again after a success.
//!
//! Pure: the randomness comes in as a number, the time is spent by the caller. Jitter keeps a hundred dashboards from knocking
//! in step when a cluster comes back.

use std::time::Duration;

/// How long to wait before the next attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    least: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// Pauses between `least` and `most`.
    #[must_use]
    pub fn new(least: Duration, most: Duration) -> Self {
        Self { least, most: most.max(least), failures: 0 }
    }

    /// The pause after one more failure. `random` may be any number; equal numbers give equal pauses. The pause lies between
    /// half and the whole of what the doubling has come to, and never outside the limits.
    pub fn next(&mut self, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(self.failures.min(31)).unwrap_or(u32::MAX);
        let whole = self.least.saturating_mul(factor).min(self.most);
        if whole < self.most {
            self.failures += 1;
        }
        let half = whole / 2;
        // Scaled in nanoseconds; a pause of five centuries is not going to be asked for.
        let span = u64::try_from(whole.saturating_sub(half).as_nanos()).unwrap_or(u64::MAX);
        let part = random.checked_rem(span.saturating_add(1)).unwrap_or_default();
        (half + Duration::from_nanos(part)).max(self.least)
    }

    /// After a success the next failure waits the least again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

impl Default for Backoff {
    /// From half a second to half a minute: a restart of the Auth Service is over in between.
    fn default() -> Self {
        Self::new(Duration::from_millis(500), Duration::from_secs(30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pause_is_never_outside_its_limits(least in 0_u64..10_000, more in 0_u64..100_000, randoms in prop::collection::vec(any::<u64>(), 1..80)) {
            let (least, most) = (Duration::from_millis(least), Duration::from_millis(least + more));
            let mut backoff = Backoff::new(least, most);
            for random in randoms {
                let pause = backoff.next(random);
                prop_assert!(least <= pause && pause <= most, "{pause:?}");
            }
        }

        #[test]
        fn the_jitter_uses_at_least_the_upper_half(random in any::<u64>(), failures in 1_u32..12) {
            let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(30));
            let pause = (0..=failures).map(|_| backoff.next(random)).last().unwrap();
            let whole = Duration::from_millis(100 * (1 << failures)).min(Duration::from_secs(30));
            prop_assert!(whole / 2 <= pause && pause <= whole, "{pause:?} of {whole:?}");
        }
    }

    #[test]
    fn it_doubles_up_to_the_cap_and_starts_again_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(10));
        let span = |whole: u64| Duration::from_secs(whole).checked_sub(Duration::from_secs(whole) / 2).unwrap();
        let mut longest = |whole: u64| backoff.next(u64::try_from(span(whole).as_nanos()).unwrap());
        assert_eq!([1, 2, 4, 8, 10, 10].map(&mut longest), [1, 2, 4, 8, 10, 10].map(Duration::from_secs));
        backoff.reset();
        assert_eq!(backoff.next(0), Duration::from_secs(1));
    }

    #[test]
    fn limits_in_the_wrong_order_and_endless_failures_do_no_harm() {
        let mut backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(1));
        assert!((0..1000).all(|random| backoff.next(random) == Duration::from_secs(5)));
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::MAX);
        assert!((0..100).map(|_| backoff.next(u64::MAX)).all(|pause| pause >= Duration::from_secs(1)));
    }
}
