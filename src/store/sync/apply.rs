//! The shelves while they are being written to: pages and events go in, snapshots come out.
//!
//! A list and the events that come during it are one story: what an event said of a resource since the list was asked for wins
//! over the list. No network and no waiting here; the wall clock is only asked when something is to be dated.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

use super::Clock;
use super::change::{differs, summary};
use crate::api::{Caller, Error, Event, Family};
use crate::kind::{Item, Kind};
use crate::resource::{Reference, Strings};
use crate::store::shelf::{self, Phase, Shelf};
use crate::store::slots::Slots;
use crate::store::snapshot::{Change, LinkState, Snapshot, Verb};

/// How many changes are remembered.
const CHANGES: usize = 50;
/// After so many events shared strings that nobody uses are looked for.
const SWEEP: usize = 20_000;

/// Why an event is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It could not be read.
    Unread,
    /// It is about something that was never listed, and only a list says whether one may see it.
    Unlisted,
}

/// The shelves and all that is published with them.
pub struct Board {
    rows: Vec<Row>,
    link: LinkState,
    caller: Arc<Caller>,
    changes: VecDeque<Change>,
    told: Arc<[Change]>,
    since: Option<SystemTime>,
    clock: Clock,
    dirty: bool,
    /// How many signs of life were taken in that are not yet published, since nobody could see a difference.
    quiet: usize,
}

struct Row {
    shelf: Shelf,
    strings: Strings,
    /// Whether a list has ever come to its end: before that nothing that comes is a change.
    complete: bool,
    listing: Option<Listing>,
    events: usize,
}

#[derive(Default)]
struct Listing {
    /// Whether this is the first list, which is told while it comes in.
    first: bool,
    /// What the list has: the rest is gone when it ends.
    seen: Slots,
    /// What events said meanwhile: the newest form, or that it is gone.
    kept: HashMap<Reference, Option<Item>>,
    unread: usize,
}

impl Listing {
    /// Whether the list, or an event since it was asked for, says that this is there.
    fn has(&self, slot: u32, row: &shelf::Row<'_>) -> bool {
        self.seen.has(slot) || matches!(self.kept.get(&row.reference()), Some(Some(_)))
    }
}

impl Board {
    /// Empty shelves of these kinds.
    pub fn new(kinds: &[&'static Kind], clock: Clock) -> Self {
        let row = |kind: &&'static Kind| Row {
            shelf: Shelf::new(kind),
            strings: Strings::default(),
            complete: false,
            listing: None,
            events: 0,
        };
        Self {
            rows: kinds.iter().map(row).collect(),
            link: LinkState::Connecting,
            caller: Arc::default(),
            changes: VecDeque::new(),
            told: Arc::default(),
            since: None,
            clock,
            dirty: false,
            quiet: 0,
        }
    }

    /// The state as it is.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let mut snapshot = Snapshot::new(self.rows.iter().map(|row| row.shelf.clone()).collect());
        snapshot.link = self.link.clone();
        snapshot.caller = self.caller.clone();
        snapshot.changes = self.told.clone();
        snapshot.since = self.since;
        Arc::new(snapshot)
    }

    /// How many signs of life nobody was told of yet.
    pub fn quiet(&self) -> usize {
        self.quiet
    }

    /// Whether there is something that was not yet taken.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// The state, if it is not as it was when last taken.
    pub fn take(&mut self) -> Option<Arc<Snapshot>> {
        let quiet = std::mem::take(&mut self.quiet) > 0;
        if !std::mem::take(&mut self.dirty) && !quiet {
            return None;
        }
        if !self.told.iter().eq(&self.changes) {
            self.told = self.changes.iter().cloned().collect();
        }
        Some(self.snapshot())
    }

    /// How the connection is.
    pub fn link(&self) -> &LinkState {
        &self.link
    }

    /// Says how the connection is.
    pub fn set_link(&mut self, link: LinkState) {
        self.dirty |= self.link != link;
        self.link = link;
    }

    /// Says who asks, and whom.
    pub fn set_caller(&mut self, caller: &Arc<Caller>) {
        self.dirty |= self.caller != *caller;
        self.caller = caller.clone();
    }

    /// The kind of a shelf.
    pub fn kind(&self, shelf: usize) -> &'static Kind {
        self.rows[shelf].shelf.kind()
    }

    /// How many items a shelf has.
    pub fn len(&self, shelf: usize) -> usize {
        self.rows[shelf].shelf.len()
    }

    /// The link is gone: what is shown is as old as what was last heard. Without a reason it was given up on purpose.
    pub fn stale(&mut self, broken: Option<(String, SystemTime)>, retry_at: SystemTime) {
        let since = broken.as_ref().map_or(retry_at, |(_, heard)| *heard);
        for row in &mut self.rows {
            row.listing = None;
            match row.shelf.phase() {
                Phase::Ready => row.shelf.set_phase(Phase::Stale(since)),
                // A part of a list goes with its link: the next one begins at the first page.
                Phase::Filling(_) | Phase::Failed(_) if !row.complete => {
                    row.shelf.replace(Vec::new());
                    row.shelf.set_phase(Phase::Loading);
                }
                _ => continue,
            }
            self.dirty = true;
        }
        self.set_link(match broken {
            Some((reason, since)) => LinkState::Stale { since, retry_at, reason },
            None => LinkState::Connecting,
        });
    }

    /// A list has been asked for.
    pub fn begin(&mut self, shelf: usize) {
        let row = &mut self.rows[shelf];
        row.listing = Some(Listing { first: !row.complete && row.shelf.is_empty(), ..Listing::default() });
    }

    /// A page of it has come. Each is put in as it comes: gathering the list beside the shelf would need the memory twice.
    /// Answers whether these are the first rows of all.
    pub fn page(&mut self, shelf: usize, resources: &[(&'static str, Bytes)], most: usize) -> bool {
        let now = (self.clock.shown)();
        let row = &mut self.rows[shelf];
        let Some(mut listing) = row.listing.take() else { return false };
        let (kind, was_empty, beats) = (row.shelf.kind(), row.shelf.is_empty(), row.shelf.beats());
        for (wire, bytes) in resources {
            match (kind.item)(wire, bytes, &mut row.strings) {
                Ok(item) if listing.kept.contains_key(&item.reference) => {}
                // A server that names everything anew in each list, and ends none, must not fill the memory.
                Ok(item) if row.shelf.len() >= most.saturating_mul(2) && row.shelf.slot(&item.reference).is_none() => {}
                Ok(item) => {
                    let (slot, seen, change) = row.put(item, now);
                    listing.seen.insert(slot);
                    note(&mut self.changes, change);
                    self.dirty |= seen;
                }
                Err(error) => {
                    tracing::warn!(kind = wire, error = error.0, "a resource that cannot be read");
                    listing.unread += 1;
                }
            }
        }
        if !row.complete && listing.first {
            row.shelf.set_phase(Phase::Filling(row.shelf.len()));
            self.dirty = true;
        }
        self.quiet += usize::try_from(row.shelf.beats() - beats).unwrap_or_default();
        let first = listing.first && was_empty && !row.shelf.is_empty();
        row.listing = Some(listing);
        first
    }

    /// The list is at its end.
    pub fn finish(&mut self, shelf: usize) {
        let now = (self.clock.shown)();
        let row = &mut self.rows[shelf];
        let Some(listing) = row.listing.take() else { return };
        let before = row.shelf.generation();
        if !listing.first {
            let unseen = row.shelf.iter().filter(|(slot, row)| !listing.has(*slot, row));
            let gone: Vec<_> = unseen.map(|(_, row)| row.reference()).collect();
            for reference in gone {
                let change = row.remove(&reference, now);
                note(&mut self.changes, change);
            }
            row.shelf.compact();
        }
        row.shelf.set_unread(listing.unread);
        row.shelf.set_phase(Phase::Ready);
        row.complete = true;
        row.strings.sweep();
        self.dirty |= row.shelf.generation() != before;
        self.settle(now);
    }

    /// The list could not be had.
    pub fn fail(&mut self, shelf: usize, error: Error) {
        let now = (self.clock.shown)();
        let row = &mut self.rows[shelf];
        row.listing = None;
        let before = row.shelf.generation();
        match error.family {
            Family::AccessDenied | Family::MfaRequired => {
                // What may no longer be read is no longer shown.
                row.shelf.replace(Vec::new());
                row.shelf.set_phase(Phase::Denied(error.text));
                row.complete = false;
            }
            // What was once whole and only could not be had again is old, not lost.
            Family::ConnectionProblem | Family::NoAnswer if row.complete => {
                if row.shelf.phase() == &Phase::Ready {
                    row.shelf.set_phase(Phase::Stale(now));
                } else {
                    tracing::debug!(%error, "still stale");
                }
            }
            _ => row.shelf.set_phase(Phase::Failed(error)),
        }
        self.dirty |= row.shelf.generation() != before;
        self.settle(now);
    }

    /// Something happened. Answers with a shelf that must be listed again, if what came is not enough, and why.
    pub fn event(&mut self, event: Event, most: usize) -> Option<(usize, Again)> {
        let wire = match &event {
            Event::Put { kind, .. } | Event::Gone { kind, .. } => *kind,
        };
        let shelf = self.rows.iter().position(|row| row.shelf.kind().wire.contains(&wire))?;
        let now = (self.clock.shown)();
        let row = &mut self.rows[shelf];
        if matches!(row.shelf.phase(), Phase::Denied(_)) {
            return None;
        }
        row.events += 1;
        if row.events.is_multiple_of(SWEEP) {
            row.strings.sweep();
        }
        match event {
            Event::Gone { header, .. } => {
                let reference = (row.shelf.kind().deleted)(&header);
                let change = row.remove(&reference, now);
                self.dirty |= change.is_some();
                note(&mut self.changes, change);
                if let Some(listing) = &mut row.listing
                    && listing.kept.len() < most
                {
                    listing.kept.insert(reference, None);
                }
            }
            Event::Put { bytes, .. } => {
                let Ok(item) = (row.shelf.kind().item)(wire, &bytes, &mut row.strings) else {
                    tracing::warn!(kind = wire, "an event that cannot be read");
                    return Some((shelf, Again::Unread));
                };
                if row.shelf.kind().by_label.contains(&wire) && row.shelf.slot(&item.reference).is_none() {
                    return Some((shelf, Again::Unlisted));
                }
                if row.shelf.len() >= most && row.shelf.slot(&item.reference).is_none() {
                    row.shelf.set_phase(Phase::Failed(super::link::too_many(row.shelf.kind(), most)));
                    self.dirty = true;
                    return None;
                }
                if let Some(listing) = &mut row.listing {
                    listing.kept.insert(item.reference.clone(), Some(item.clone()));
                }
                let beats = row.shelf.beats();
                let (_, seen, change) = row.put(item, now);
                self.dirty |= seen;
                self.quiet += usize::from(row.shelf.beats() != beats);
                note(&mut self.changes, change);
            }
        }
        None
    }

    /// Changes count from the moment every list has come or surely will not.
    fn settle(&mut self, now: SystemTime) {
        let settled = |row: &Row| row.complete || matches!(row.shelf.phase(), Phase::Denied(_) | Phase::Failed(_));
        if self.since.is_none() && self.rows.iter().all(settled) && self.rows.iter().any(|row| row.complete) {
            self.since = Some(now);
            self.dirty = true;
        }
    }
}

fn note(changes: &mut VecDeque<Change>, change: Option<Change>) {
    if let Some(change) = change {
        changes.push_front(change);
        changes.truncate(CHANGES);
    }
}

impl Row {
    /// Takes one in. Answers where it is, whether there is anything new to publish, and what is to be told about it.
    fn put(&mut self, item: Item, now: SystemTime) -> (u32, bool, Option<Change>) {
        let old = self.shelf.find(&item.reference);
        let verb = match &old {
            None => Some(Verb::Came),
            Some(old) => differs(old, &item).then_some(Verb::Changed),
        };
        // A revision nobody sees in the list is still news to an editor that has this resource open.
        let edited = old.is_some_and(|old| !item.revision.is_empty() && old.revision != item.revision);
        let change = verb.filter(|_| self.complete).map(|verb| Change {
            at: now,
            reference: item.reference.clone(),
            verb,
            summary: summary(self.shelf.kind(), &item, now),
        });
        let (slot, changed) = self.shelf.put_slot(item);
        (slot, changed || edited, change)
    }

    /// Lets one go.
    fn remove(&mut self, reference: &Reference, now: SystemTime) -> Option<Change> {
        let old = self.shelf.find(reference)?;
        let summary = summary(self.shelf.kind(), &old, now);
        self.shelf.remove(reference);
        Some(Change { at: now, reference: reference.clone(), verb: Verb::Went, summary })
    }
}

#[cfg(test)]
mod tests;
