//! How much of each kind waits for an answer of mine, counted when it may have changed and not for every frame.
//!
//! A frame is drawn for each key and for whatever happens anywhere in the cluster; walking a list of requests each time would cost
//! more than all the rest of the frame. Numbers only: how they look is the tab line's business.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::api::Caller;
use crate::kind::{ALL, Concern, Item, Kind};
use crate::resource::Now;
use crate::store::{Shelf, Snapshot};

/// Longer lists are not walked beside the screen: whoever has so many requests is not helped by their number.
const MOST: usize = 10_000;

/// See the file.
#[derive(Debug, Default)]
pub struct Waiting {
    caller: Option<Arc<Caller>>,
    /// Since what waits ends by itself, a count is good for a second.
    second: Duration,
    /// Which state of the shelf was counted, and how many there were.
    counts: Vec<(u64, usize)>,
}

impl Waiting {
    /// Counts what may have changed.
    pub fn count(&mut self, snapshot: &Snapshot, now: Now) {
        let second = Duration::from_secs(now.wall.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
        let caller = self.caller.as_ref().is_some_and(|caller| Arc::ptr_eq(caller, &snapshot.caller));
        if !caller || self.second != second {
            self.counts.clear();
        }
        (self.caller, self.second) = (Some(snapshot.caller.clone()), second);
        for (at, kind) in ALL.iter().enumerate() {
            let shelf = snapshot.shelf(kind);
            let counted = self.counts.get(at).is_some_and(|(generation, _)| *generation == shelf.generation());
            if !counted {
                let count = (shelf.generation(), waiting(kind, shelf, &snapshot.caller, now.wall));
                match self.counts.get_mut(at) {
                    Some(known) => *known = count,
                    None => self.counts.push(count),
                }
            }
        }
    }

    /// How many of a kind, by its place among all.
    pub fn of(&self, at: usize) -> usize {
        self.counts.get(at).map_or(0, |(_, count)| *count)
    }
}

fn waiting(kind: &'static Kind, shelf: &Shelf, caller: &Caller, now: SystemTime) -> usize {
    if kind.verdicts(caller).is_none() || shelf.len() > MOST {
        return 0;
    }
    let waits = |item: &Item| {
        matches!((kind.concern)(item, now), Some(Concern::Waiting(_))) && crate::view::is_mine(kind, item, caller, now)
    };
    shelf.iter().filter(|(_, row)| waits(&row.item())).count()
}
