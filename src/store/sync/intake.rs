//! One shelf while it is being written to: the pages of its lists and the events go in, and what is new is told.
//!
//! A list and the events that come during it are one story: what an event said of a resource since the list was asked for wins
//! over the list. No clock and no waiting here.

use std::collections::{HashMap, VecDeque};
use std::time::SystemTime;

use bytes::Bytes;

use super::change::{differs, summary};
use crate::api::{Error, Event, Family};
use crate::kind::pager::too_many;
use crate::kind::{Item, Kind, Value};
use crate::resource::{Reference, Strings};
use crate::store::shelf::{Phase, Row, Shelf};
use crate::store::slots::Slots;
use crate::store::snapshot::{Change, Verb};

/// How many changes are remembered.
pub const CHANGES: usize = 50;
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

/// What has come in and was not yet published.
#[derive(Default)]
pub struct News {
    /// The last changes, the newest first.
    pub changes: VecDeque<Change>,
    /// Whether a person could see a difference.
    pub dirty: bool,
    /// How many signs of life were taken in that are no difference.
    pub quiet: usize,
}

impl News {
    fn note(&mut self, change: Option<Change>) {
        if let Some(change) = change {
            self.changes.push_front(change);
            self.changes.truncate(CHANGES);
        }
    }
}

/// One shelf and what is known of the list that is coming in.
pub struct Intake {
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
    /// What events told of meanwhile, and whether it is there: the list knows less.
    told: HashMap<Reference, bool>,
    unread: usize,
    /// Whether there was no room for some of it.
    left_out: bool,
}

impl Listing {
    /// Whether the list, or an event since it was asked for, says that this is there.
    fn has(&self, slot: u32, row: &Row<'_>) -> bool {
        self.seen.has(slot) || self.told.get(&row.reference()) == Some(&true)
    }

    /// An event told of this. A server that tells of ever new things during a list must not fill the memory.
    fn tell(&mut self, reference: Reference, there: bool, most: usize) {
        if self.told.len() < most || self.told.contains_key(&reference) {
            self.told.insert(reference, there);
        }
    }
}

impl Intake {
    /// An empty shelf of this kind.
    pub fn new(kind: &'static Kind) -> Self {
        Self { shelf: Shelf::new(kind), strings: Strings::default(), complete: false, listing: None, events: 0 }
    }

    /// What has come in so far.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Whether it is known what there is, or that it surely will not be.
    pub fn is_settled(&self) -> bool {
        self.complete || matches!(self.shelf.phase(), Phase::Denied(_) | Phase::Failed(_))
    }

    /// Whether a list has ever come to its end.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The link is gone. Answers whether that changes anything.
    pub fn stale(&mut self, since: SystemTime) -> bool {
        self.listing = None;
        match self.shelf.phase() {
            Phase::Ready => self.shelf.set_phase(Phase::Stale(since)),
            // A part of a list goes with its link: the next one begins at the first page.
            Phase::Filling(_) | Phase::Failed(_) if !self.complete => {
                self.shelf.replace(Vec::new());
                self.shelf.set_phase(Phase::Loading);
            }
            _ => return false,
        }
        true
    }

    /// A list has been asked for.
    pub fn begin(&mut self) {
        self.listing = Some(Listing { first: !self.complete && self.shelf.is_empty(), ..Listing::default() });
    }

    /// A page of it has come. Each is put in as it comes: gathering the list beside the shelf would need the memory twice.
    /// Answers whether these are the first rows of all.
    pub fn page(&mut self, resources: &[(&'static str, Bytes)], most: usize, now: SystemTime, news: &mut News) -> bool {
        let Some(mut listing) = self.listing.take() else { return false };
        let (kind, was_empty, beats) = (self.shelf.kind(), self.shelf.is_empty(), self.shelf.beats());
        for (wire, bytes) in resources {
            match (kind.item)(wire, bytes, &mut self.strings) {
                Ok(item) if listing.told.contains_key(&item.reference) => {}
                // A server that names everything anew in each list, and ends none, must not fill the memory.
                Ok(item) if self.shelf.len() >= most.saturating_mul(2) && self.shelf.slot(&item.reference).is_none() => {
                    listing.left_out = true;
                }
                Ok(item) => listing.seen.insert(self.put(item, now, news)),
                Err(error) => {
                    tracing::warn!(kind = wire, error = error.0, "a resource that cannot be read");
                    listing.unread += 1;
                }
            }
        }
        if !self.complete && listing.first {
            self.shelf.set_phase(Phase::Filling(self.shelf.len()));
            news.dirty = true;
        }
        news.quiet += usize::try_from(self.shelf.beats() - beats).unwrap_or_default();
        let first = listing.first && was_empty && !self.shelf.is_empty();
        self.listing = Some(listing);
        first
    }

    /// The list is at its end.
    pub fn finish(&mut self, most: usize, now: SystemTime, news: &mut News) {
        let Some(listing) = self.listing.take() else { return };
        if listing.left_out {
            return self.fail(too_many(self.shelf.kind(), most), now, news);
        }
        let before = self.shelf.generation();
        if !listing.first {
            let unseen = self.shelf.iter().filter(|(slot, row)| !listing.has(*slot, row));
            let gone: Vec<_> = unseen.map(|(_, row)| row.reference()).collect();
            for reference in gone {
                self.remove(&reference, now, news);
            }
            self.shelf.compact();
        }
        self.shelf.set_unread(listing.unread);
        self.shelf.set_phase(Phase::Ready);
        self.complete = true;
        self.strings.sweep();
        news.dirty |= self.shelf.generation() != before;
    }

    /// The list could not be had.
    pub fn fail(&mut self, error: Error, now: SystemTime, news: &mut News) {
        self.listing = None;
        let before = self.shelf.generation();
        match error.family {
            Family::AccessDenied | Family::MfaRequired => {
                // What may no longer be read is no longer shown.
                self.shelf.replace(Vec::new());
                self.shelf.set_phase(Phase::Denied(error.text));
                self.complete = false;
            }
            // What was once whole and only could not be had again is old, not lost.
            Family::ConnectionProblem | Family::NoAnswer if self.complete => {
                if self.shelf.phase() == &Phase::Ready {
                    self.shelf.set_phase(Phase::Stale(now));
                } else {
                    tracing::debug!(%error, "still stale");
                }
            }
            _ => self.shelf.set_phase(Phase::Failed(error)),
        }
        news.dirty |= self.shelf.generation() != before;
    }

    /// Something happened. Answers why the shelf must be listed again, if what came is not enough.
    pub fn event(&mut self, event: &Event, most: usize, now: SystemTime, news: &mut News) -> Option<Again> {
        if matches!(self.shelf.phase(), Phase::Denied(_)) {
            return None;
        }
        self.events += 1;
        if self.events.is_multiple_of(SWEEP) {
            self.strings.sweep();
        }
        match event {
            Event::Gone { header, .. } => {
                let reference = (self.shelf.kind().deleted)(header);
                news.dirty |= self.remove(&reference, now, news);
                if let Some(listing) = &mut self.listing {
                    listing.tell(reference, false, most);
                }
                None
            }
            Event::Put { kind: wire, bytes } => {
                let Ok(item) = (self.shelf.kind().item)(wire, bytes, &mut self.strings) else {
                    tracing::warn!(kind = wire, "an event that cannot be read");
                    return Some(Again::Unread);
                };
                self.happened(item, wire, most, now, news)
            }
        }
    }

    fn happened(&mut self, item: Item, wire: &str, most: usize, now: SystemTime, news: &mut News) -> Option<Again> {
        if self.shelf.slot(&item.reference).is_none() {
            if self.shelf.kind().by_label.contains(&wire) {
                return Some(Again::Unlisted);
            }
            if self.shelf.len() >= most {
                self.shelf.set_phase(Phase::Failed(too_many(self.shelf.kind(), most)));
                news.dirty = true;
                return None;
            }
        }
        if let Some(listing) = &mut self.listing {
            listing.tell(item.reference.clone(), true, most);
        }
        let beats = self.shelf.beats();
        self.put(item, now, news);
        news.quiet += usize::from(self.shelf.beats() != beats);
        None
    }

    /// Takes one in. Answers where it is.
    fn put(&mut self, item: Item, now: SystemTime, news: &mut News) -> u32 {
        let old = self.shelf.slot(&item.reference).and_then(|slot| self.shelf.row(slot));
        // A revision nobody sees in the list is still news to an editor that has this resource open; with each sign of life it
        // is none.
        let beats = item.values.iter().any(|value| matches!(value, Value::Heartbeat(_)));
        let edited = old.is_some_and(|old| !beats && !item.revision.is_empty() && old.revision() != item.revision);
        let verb = match old {
            None => Some(Verb::Came),
            Some(old) if !edited && old.shows(&item) => None,
            Some(old) => differs(&old.item(), &item).then_some(Verb::Changed),
        };
        news.note(verb.filter(|_| self.complete).map(|verb| {
            let summary = summary(self.shelf.kind(), &item, now);
            Change { at: now, reference: item.reference.clone(), verb, summary }
        }));
        let (slot, changed) = self.shelf.put_slot(item);
        news.dirty |= changed || edited;
        slot
    }

    /// Lets one go. Answers whether it was there.
    fn remove(&mut self, reference: &Reference, now: SystemTime, news: &mut News) -> bool {
        let Some(old) = self.shelf.find(reference) else { return false };
        let summary = summary(self.shelf.kind(), &old, now);
        let change = Change { at: now, reference: reference.clone(), verb: Verb::Went, summary };
        news.note(Some(change).filter(|_| self.complete));
        self.shelf.remove(reference)
    }
}
