//! How much of each kind waits for an answer of mine, counted when it may have changed and not for every frame.
//!
//! A frame is drawn for each key and for whatever happens anywhere in the cluster; walking a list of requests each time would cost
//! more than all the rest of the frame. Numbers only: how they look is the tab line's business.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::api::Caller;
use crate::kind::{ALL, Concern, Item, Kind};
use crate::resource::Now;
use crate::store::{Shelf, Slots, Snapshot};

/// See the file.
#[derive(Debug, Default)]
pub struct Waiting {
    caller: Option<Arc<Caller>>,
    /// Since what waits ends by itself, a count is good for a minute.
    minute: u64,
    /// By the place of the kind among all.
    counts: Vec<Count>,
}

/// Which rows of a shelf wait, as of one state of it.
#[derive(Debug, Default)]
struct Count {
    state: Option<(u64, u64)>,
    waiting: Slots,
}

impl Waiting {
    /// Counts what may have changed: of a shelf that did only the rows near the change.
    pub fn count(&mut self, snapshot: &Snapshot, now: Now) {
        let minute = now.wall.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 60;
        let caller = self.caller.as_ref().is_some_and(|caller| Arc::ptr_eq(caller, &snapshot.caller));
        if !caller || self.minute != minute {
            self.counts.clear();
        }
        (self.caller, self.minute) = (Some(snapshot.caller.clone()), minute);
        self.counts.resize_with(ALL.len(), Count::default);
        for (kind, count) in ALL.iter().zip(&mut self.counts) {
            if kind.verdicts(&snapshot.caller).is_some() {
                count.follow(kind, snapshot.shelf(kind), &snapshot.caller, now.wall);
            }
        }
    }

    /// How many of a kind, by its place among all.
    pub fn of(&self, at: usize) -> usize {
        self.counts.get(at).map_or(0, |count| count.waiting.iter().count())
    }
}

impl Count {
    fn follow(&mut self, kind: &'static Kind, shelf: &Shelf, caller: &Caller, now: SystemTime) {
        let state = Some((shelf.epoch(), shelf.generation()));
        if self.state == state {
            return;
        }
        let waits = |item: &Item| {
            matches!((kind.concern)(item, now), Some(Concern::Waiting(_))) && crate::view::is_mine(kind, item, caller, now)
        };
        let since = self.state.filter(|(epoch, _)| *epoch == shelf.epoch()).map(|(_, generation)| generation);
        if since.is_none() {
            self.waiting = Slots::default();
        }
        for slot in shelf.changed_since(since.unwrap_or_default()) {
            if shelf.get(slot).is_some_and(|item| waits(&item)) {
                self.waiting.insert(slot);
            } else {
                self.waiting.remove(slot);
            }
        }
        self.state = state;
    }
}
