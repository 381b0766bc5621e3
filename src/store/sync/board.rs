//! What is published: pages and events go in to the shelves, snapshots come out.
//!
//! No network and no waiting here; the wall clock is only asked when something is to be dated.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

use super::Clock;
use super::intake::{Again, Intake, News};
use crate::api::{Caller, Error, Event};
use crate::kind::Kind;
use crate::store::snapshot::{Change, LinkState, Snapshot};

/// The shelves and all that is published with them.
pub struct Board {
    intakes: Vec<Intake>,
    news: News,
    link: LinkState,
    caller: Arc<Caller>,
    told: Arc<[Change]>,
    since: Option<SystemTime>,
    clock: Clock,
}

impl Board {
    /// Empty shelves of these kinds.
    pub fn new(kinds: &[&'static Kind], clock: Clock) -> Self {
        Self {
            intakes: kinds.iter().map(|kind| Intake::new(kind)).collect(),
            news: News::default(),
            link: LinkState::Connecting,
            caller: Arc::default(),
            told: Arc::default(),
            since: None,
            clock,
        }
    }

    /// The state as it is.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let mut snapshot = Snapshot::new(self.intakes.iter().map(|intake| intake.shelf().clone()).collect());
        snapshot.link = self.link.clone();
        snapshot.caller = self.caller.clone();
        snapshot.changes = self.told.clone();
        snapshot.since = self.since;
        Arc::new(snapshot)
    }

    /// How many signs of life nobody was told of yet.
    pub fn quiet(&self) -> usize {
        self.news.quiet
    }

    /// Whether there is something that was not yet taken.
    pub fn is_dirty(&self) -> bool {
        self.news.dirty
    }

    /// The state, if it is not as it was when last taken.
    pub fn take(&mut self) -> Option<Arc<Snapshot>> {
        let quiet = std::mem::take(&mut self.news.quiet) > 0;
        if !std::mem::take(&mut self.news.dirty) && !quiet {
            return None;
        }
        if !self.told.iter().eq(&self.news.changes) {
            self.told = self.news.changes.iter().cloned().collect();
        }
        Some(self.snapshot())
    }

    /// How the connection is.
    pub fn link(&self) -> &LinkState {
        &self.link
    }

    /// Says how the connection is.
    pub fn set_link(&mut self, link: LinkState) {
        self.news.dirty |= self.link != link;
        self.link = link;
    }

    /// Says who asks, and whom.
    pub fn set_caller(&mut self, caller: &Arc<Caller>) {
        self.news.dirty |= self.caller != *caller;
        self.caller = caller.clone();
    }

    /// The kind of a shelf.
    pub fn kind(&self, shelf: usize) -> &'static Kind {
        self.intakes[shelf].shelf().kind()
    }

    /// How many items a shelf has.
    pub fn len(&self, shelf: usize) -> usize {
        self.intakes[shelf].shelf().len()
    }

    /// The link is gone: what is shown is as old as what was last heard. Without a reason it was given up on purpose.
    pub fn stale(&mut self, broken: Option<(String, SystemTime)>, retry_at: SystemTime) {
        let since = broken.as_ref().map_or(retry_at, |(_, heard)| *heard);
        for intake in &mut self.intakes {
            self.news.dirty |= intake.stale(since);
        }
        self.set_link(match broken {
            Some((reason, since)) => LinkState::Stale { since, retry_at, reason },
            None => LinkState::Connecting,
        });
    }

    /// A list has been asked for.
    pub fn begin(&mut self, shelf: usize) {
        self.intakes[shelf].begin();
    }

    /// A page of it has come. Answers whether these are the first rows of all.
    pub fn page(&mut self, shelf: usize, resources: &[(&'static str, Bytes)], most: usize) -> bool {
        let now = (self.clock.shown)();
        self.intakes[shelf].page(resources, most, now, &mut self.news)
    }

    /// The list is at its end.
    pub fn finish(&mut self, shelf: usize, most: usize) {
        let now = (self.clock.shown)();
        self.intakes[shelf].finish(most, now, &mut self.news);
        self.settle(now);
    }

    /// The list could not be had.
    pub fn fail(&mut self, shelf: usize, error: Error) {
        let now = (self.clock.shown)();
        self.intakes[shelf].fail(error, now, &mut self.news);
        self.settle(now);
    }

    /// Something happened. Answers with a shelf that must be listed again, if what came is not enough, and why.
    pub fn event(&mut self, event: &Event, most: usize) -> Option<(usize, Again)> {
        let wire = match event {
            Event::Put { kind, .. } | Event::Gone { kind, .. } => *kind,
        };
        let shelf = self.intakes.iter().position(|intake| intake.shelf().kind().wire.contains(&wire))?;
        let again = self.intakes[shelf].event(event, most, (self.clock.shown)(), &mut self.news)?;
        Some((shelf, again))
    }

    /// Changes count from the moment every list has come or surely will not.
    fn settle(&mut self, now: SystemTime) {
        let settled = self.intakes.iter().all(Intake::is_settled) && self.intakes.iter().any(Intake::is_complete);
        if self.since.is_none() && settled {
            self.since = Some(now);
            self.news.dirty = true;
        }
    }
}

#[cfg(test)]
mod tests;
