//! Everything known of one kind, in pages that are copied only when written to.
//!
//! Publishing a shelf clones pointers; one event in a list of a hundred thousand copies one page of it. Slots are stable: an
//! item keeps its slot while it lives and no slot is used twice until a re-list, so an order of slots stays true while items
//! change. The reader's copy never changes under it.

mod index;
mod packing;
mod page;
mod pages;
mod row;
mod write;

use std::time::SystemTime;

use self::index::Index;
use self::pages::Pages;
pub use self::row::Row;
use crate::api::Error;
use crate::kind::{Borrowed, Item, Kind, Value};
use crate::resource::Reference;

/// How far a shelf can be trusted. Each has its own words on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Asked for, nothing has come.
    #[default]
    Loading,
    /// The first list is coming in; so many so far.
    Filling(usize),
    /// All of it, kept current.
    Ready,
    /// As it was when the link broke, then.
    Stale(SystemTime),
    /// The server refused, in these words.
    Denied(String),
    /// It cannot be had for another reason.
    Failed(Error),
}

/// One kind's items. Cloning it is cheap; writing to it copies what is written to.
#[derive(Clone, Debug)]
pub struct Shelf {
    kind: &'static Kind,
    phase: Phase,
    generation: u64,
    epoch: u64,
    pages: Pages,
    index: Index,
    slots: u32,
    len: usize,
    unread: usize,
    beats: u64,
}

impl Shelf {
    /// An empty shelf that waits for its first list.
    #[must_use]
    pub fn new(kind: &'static Kind) -> Self {
        let (phase, pages, index) = (Phase::Loading, Pages::default(), Index::default());
        Self { kind, phase, generation: 0, epoch: 0, pages, index, slots: 0, len: 0, unread: 0, beats: 0 }
    }

    /// Whose items these are.
    #[must_use]
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// How far it can be trusted.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Grows when something a person could see has changed, and only then.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Grows when slots were dealt out anew: an order of an earlier epoch means nothing.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Grows with every sign of life that is no change: a newer expiry or revision of what looks the same.
    #[must_use]
    pub fn beats(&self) -> u64 {
        self.beats
    }

    /// How many slots were dealt out: new items get the next ones.
    #[must_use]
    pub fn slots(&self) -> u32 {
        self.slots
    }

    /// How many slots had something in them that is gone.
    #[must_use]
    pub fn gone(&self) -> usize {
        self.slots as usize - self.len
    }

    /// How many items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many resources came that this build could not read, and that are therefore missing here.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// What is in a slot; nothing if it is gone.
    #[must_use]
    pub fn row(&self, slot: u32) -> Option<Row<'_>> {
        self.pages.row(slot)
    }

    /// Whether there is anything in a slot.
    #[must_use]
    pub fn has(&self, slot: u32) -> bool {
        self.pages.has(slot)
    }

    /// The same, taken out.
    #[must_use]
    pub fn get(&self, slot: u32) -> Option<Item> {
        self.row(slot).map(|row| row.item())
    }

    /// Where a resource is.
    #[must_use]
    pub fn slot(&self, reference: &Reference) -> Option<u32> {
        let wanted = reference.identity();
        self.index.find(wanted, |slot| self.row(slot).is_some_and(|row| row.identity() == wanted))
    }

    /// A resource, if it is known.
    #[must_use]
    pub fn find(&self, reference: &Reference) -> Option<Item> {
        self.get(self.slot(reference)?)
    }

    /// Every row with its slot, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Row<'_>)> {
        let rows = self.pages.iter().flat_map(|(first, page)| (first..).zip((0..page.len()).map(|at| page.row(at))));
        rows.filter_map(|(slot, row)| Some((slot, row?)))
    }

    /// The slots near which something was seen to change after this generation of the same epoch; those of all others say what
    /// they said then.
    pub fn changed_since(&self, generation: u64) -> impl Iterator<Item = u32> {
        let pages = self.pages.iter().filter(move |(_, page)| page.changed() > generation);
        pages.flat_map(|(first, page)| (first..).zip(0..page.len()).map(|(slot, _)| slot))
    }

    /// Says how far it can be trusted from now on.
    pub fn set_phase(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.generation += 1;
        }
    }

    /// Says how many could not be read.
    pub fn set_unread(&mut self, unread: usize) {
        if self.unread != unread {
            self.unread = unread;
            self.generation += 1;
        }
    }

    /// Takes one in, or its newer form. Answers whether a person could see a difference.
    pub fn put(&mut self, item: Item) -> bool {
        self.put_slot(item).1
    }

    /// The same, and which slot it has.
    pub fn put_slot(&mut self, item: Item) -> (u32, bool) {
        let (slot, changed) = match self.slot(&item.reference) {
            Some(slot) => (slot, self.overwrite(slot, item)),
            None => (self.append(&item), true),
        };
        self.generation += u64::from(changed);
        (slot, changed)
    }

    /// Lets one go. Answers whether it was there.
    pub fn remove(&mut self, reference: &Reference) -> bool {
        let Some(slot) = self.slot(reference) else { return false };
        self.index.remove(reference.identity(), slot);
        if let Some((page, at)) = self.pages.write(slot) {
            page.clear(at);
            page.change(self.generation + 1);
        }
        self.len -= 1;
        self.generation += 1;
        true
    }

    /// Puts a whole new list in place of the old one. If nothing differs but what nobody sees, slots and generation stay.
    pub fn replace(&mut self, items: Vec<Item>) -> bool {
        let same = items.len() == self.len && items.iter().all(|item| self.find(&item.reference).as_ref() == Some(item));
        if same {
            for item in items {
                if let Some(slot) = self.slot(&item.reference) {
                    self.overwrite(slot, item);
                }
            }
            return false;
        }
        self.deal(items);
        true
    }

    /// Deals the slots out anew when most of them are empty.
    pub fn compact(&mut self) {
        if self.slots as usize > 2 * self.len + 4 * page::ROWS {
            let items = self.iter().map(|(_, row)| row.item()).collect();
            self.deal(items);
        }
    }

    fn deal(&mut self, items: Vec<Item>) {
        let (phase, generation, epoch) = (self.phase.clone(), self.generation + 1, self.epoch + 1);
        let (unread, beats) = (self.unread, self.beats);
        *self = Self { phase, generation, epoch, unread, beats, ..Self::new(self.kind) };
        for item in items {
            match self.slot(&item.reference) {
                Some(slot) => _ = self.overwrite(slot, item),
                None => _ = self.append(&item),
            }
        }
    }

    /// Overwrites what is in a slot. What only the server sees is taken over too, without counting as a change; an event that
    /// carries no revision does not take away the one we know.
    fn overwrite(&mut self, slot: u32, mut item: Item) -> bool {
        let Some(old) = self.row(slot) else { return false };
        let changed = !old.shows(&item);
        if item.revision.is_empty() {
            item.revision = old.revision();
        }
        let beat = old.revision() != item.revision
            || old.expires() != item.expires
            || heartbeats(old.values()).ne(heartbeats(item.values.iter().map(Value::borrowed)));
        if !changed && !beat {
            return false;
        }
        let Some((page, at)) = self.pages.write(slot) else { return false };
        if changed {
            page.set(at, &item);
            page.change(self.generation + 1);
        } else {
            page.touch(at, &item);
            self.beats += 1;
        }
        changed
    }

    fn append(&mut self, item: &Item) -> u32 {
        let slot = self.slots;
        let pages = &self.pages;
        self.index.insert(item.reference.identity(), slot, |slot| pages.row(slot).map(|row| row.identity()));
        if let Some((page, _)) = self.pages.write(slot) {
            page.push(item);
            page.change(self.generation + 1);
        }
        self.slots += 1;
        self.len += 1;
        slot
    }
}

fn heartbeats<'a>(values: impl Iterator<Item = Borrowed<'a>>) -> impl Iterator<Item = SystemTime> {
    values.filter_map(|value| if let Borrowed::Heartbeat(end) = value { Some(end) } else { None })
}

#[cfg(test)]
mod tests;
