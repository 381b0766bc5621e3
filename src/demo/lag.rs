//! What the storage has and the cache does not know yet.
//!
//! A real Auth Service answers reads and sends events from a cache that is a poll behind its storage, so a list just after a
//! write may be old and a client that trusts it overwrites itself. Here the delay is a fault that tests switch on; without it the
//! cache knows everything at once.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::cluster::Cluster;
use super::collection::Kind;
use crate::schema::proto::Event;

/// A change on its way to the cache.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) kind: Kind,
    pub(super) key: String,
    /// What the cache still has; `None` for what it never had.
    pub(super) before: Option<Bytes>,
    /// What the watchers will be told, and the object they may have filters for.
    pub(super) event: Event,
    pub(super) after: Option<Bytes>,
}

/// The changes on their way, oldest first.
#[derive(Debug, Default)]
pub(super) struct Lag(VecDeque<(Instant, Change)>);

impl Lag {
    /// When the next one arrives.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.front().map(|(due, _)| *due)
    }

    fn first(&self, kind: Kind, key: &str) -> Option<&Change> {
        self.0.iter().map(|(_, change)| change).find(|change| change.kind == kind && change.key == key)
    }
}

impl Cluster {
    /// Tells the cache, and with it the watchers, now or when a fault says.
    pub(super) fn tell(&mut self, change: Change) {
        self.catch_up();
        let by = self.faults.look(|plan| plan.lag);
        if by == Duration::ZERO {
            self.publish(change.kind, change.after.as_ref(), &change.event);
        } else {
            // Never before an earlier one, whatever the delay is by now.
            let due = self.lag.0.back().map_or(Instant::now() + by, |(last, _)| (*last).max(Instant::now() + by));
            self.lag.0.push_back((due, change));
        }
    }

    /// Lets everything that is due arrive; once there is no lag any more, that is everything.
    pub(super) fn catch_up(&mut self) {
        let over = self.faults.look(|plan| plan.lag) == Duration::ZERO;
        while self.lag.due().is_some_and(|due| over || due <= Instant::now()) {
            if let Some((_, change)) = self.lag.0.pop_front() {
                self.publish(change.kind, change.after.as_ref(), &change.event);
            }
        }
    }

    /// One object as the cache has it. What the cache never had is looked up in the storage.
    pub(super) fn seen(&self, kind: Kind, key: &str) -> Option<Bytes> {
        let before = self.lag.first(kind, key).and_then(|change| change.before.clone());
        before.or_else(|| self.get(kind, key))
    }

    /// A list as the cache has it: without what is new, with what is already overwritten.
    pub(super) fn all_seen(&self, kind: Kind, list: Vec<Bytes>) -> Vec<Bytes> {
        if self.lag.0.is_empty() {
            return list;
        }
        let old = |bytes: Bytes| match kind.key(&bytes).and_then(|key| self.lag.first(kind, &key)) {
            Some(change) => change.before.clone(),
            None => Some(bytes),
        };
        list.into_iter().filter_map(old).collect()
    }
}
