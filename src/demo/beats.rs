//! Heartbeats by the thousand, for those who want to see the program under load.
//!
//! So much a second is sent as was asked for, also when this task was held up: what was missed is made up for. All of it is made
//! on the spot, since this server runs in the same process as the program it is to load.

use std::ops::Range;
use std::time::Duration;

use tokio::time::Instant;

use super::cluster::Cluster;
use super::collection::Kind;
use super::scale;
use super::watch::{BEHIND, put, put_event};

/// How often heartbeats are sent; in one turn come as many as are due.
pub(super) const TURN: Duration = Duration::from_millis(50);
/// One in so many tells of a deployment, which a person can see. On a real cluster nearly everything that an agent sends only
/// says that it is still there: a hundred thousand of them renew themselves three hundred times a second, and few of them at a
/// time run anything new.
const DEPLOYMENT: u64 = 50;
/// What is owed beyond this is forgotten: a machine that slept an hour owes nobody its heartbeats, and a watcher that was sent
/// them at once would be dropped as too slow.
const MOST: u64 = BEHIND as u64 / 2;

/// How many heartbeats are due.
#[derive(Debug)]
pub(super) struct Beats {
    per_second: u32,
    begun: Instant,
    /// How many were due since then, so far.
    made: u64,
    /// How many were really made.
    number: u64,
}

impl Beats {
    pub(super) fn new(per_second: u32, begun: Instant) -> Self {
        Self { per_second, begun, made: 0, number: 0 }
    }

    /// The numbers of those that are due by now.
    pub(super) fn due(&mut self, now: Instant) -> Range<u64> {
        let micros = now.duration_since(self.begun).as_micros() * u128::from(self.per_second);
        let all = u64::try_from(micros / 1_000_000).unwrap_or(u64::MAX);
        let (due, from) = (all.saturating_sub(self.made).min(MOST), self.number);
        (self.made, self.number) = (all, from + due);
        from..self.number
    }
}

impl Cluster {
    /// One heartbeat of one app server, told to those who watch.
    pub(super) fn beat(&mut self, number: u64) {
        if self.options.scale == 0 {
            return self.beat_of_a_seed();
        }
        let index = u32::try_from(self.ids.below(self.options.scale as usize)).unwrap_or_default();
        if number % DEPLOYMENT == DEPLOYMENT - 1 {
            self.deploy(index);
        }
        if self.watchers.is_empty() {
            return;
        }
        // A heartbeat moves the end of what it renews. A clock that stands still would move nothing, and a heartbeat that says
        // what was said before is none.
        let now = self.now() + Duration::from_millis(number % 60_000);
        if let Some(times) = self.of(Kind::AppServer).times(index, now) {
            self.publish(Kind::AppServer, None, &put(Kind::AppServer, scale::heartbeat(index, times)));
        }
    }

    /// The few that are kept tell what they are, and no more: what changes there is the story's.
    fn beat_of_a_seed(&mut self) {
        let servers = self.of(Kind::AppServer).stored().count();
        let chosen = self.ids.below(servers);
        let bytes = self.of(Kind::AppServer).stored().nth(chosen).map(|(_, bytes)| bytes.clone());
        if let Some(bytes) = bytes {
            self.publish(Kind::AppServer, Some(&bytes), &put_event(Kind::AppServer, &bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_made_up_for() {
        let begun = Instant::now();
        let mut beats = Beats::new(1_000, begun);
        let at = |millis| begun + Duration::from_millis(millis);
        assert_eq!(beats.due(at(50)), 0..50);
        assert_eq!(beats.due(at(50)), 50..50);
        assert_eq!(beats.due(at(1_234)), 50..1_234, "it was held up for a second");
        let mut slow = Beats::new(3, begun);
        let sent: u64 = (1..=200)
            .map(|turn| {
                let due = slow.due(begun + TURN * turn);
                due.end - due.start
            })
            .sum();
        assert_eq!(sent, 30, "three a second for ten seconds, whatever a turn is");
    }

    #[test]
    fn an_hour_asleep_is_not_made_up_for() {
        let begun = Instant::now();
        let mut beats = Beats::new(1_000, begun);
        assert_eq!(beats.due(begun + Duration::from_hours(1)), 0..MOST);
        assert_eq!(beats.due(begun + Duration::from_hours(1) + TURN), MOST..MOST + 50);
    }
}
