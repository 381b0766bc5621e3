//! Everything known of one kind, in pages that are copied only when written to.
//!
//! Publishing a shelf clones pointers; one event in a list of a hundred thousand copies one page of it. Slots are stable: an
//! item keeps its slot while it lives and no slot is used twice until a re-list, so an order of slots stays true while items
//! change. The reader's copy never changes under it.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, DefaultHasher};
use std::sync::Arc;
use std::time::SystemTime;

use crate::api::Error;
use crate::kind::{Item, Kind};
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

const PAGE: usize = 256;
const SHARDS: usize = 64;

type Page = Vec<Option<Item>>;
type Shard = HashMap<Reference, u32>;

/// One kind's items. Cloning it is cheap; writing to it copies what is written to.
#[derive(Clone, Debug)]
pub struct Shelf {
    kind: &'static Kind,
    phase: Phase,
    generation: u64,
    epoch: u64,
    pages: Vec<Arc<Page>>,
    shards: Vec<Arc<Shard>>,
    slots: u32,
    len: usize,
    unread: usize,
}

impl Shelf {
    /// An empty shelf that waits for its first list.
    #[must_use]
    pub fn new(kind: &'static Kind) -> Self {
        let shards = (0..SHARDS).map(|_| Arc::default()).collect();
        Self { kind, phase: Phase::Loading, generation: 0, epoch: 0, pages: Vec::new(), shards, slots: 0, len: 0, unread: 0 }
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
    pub fn get(&self, slot: u32) -> Option<&Item> {
        let slot = slot as usize;
        self.pages.get(slot / PAGE)?.get(slot % PAGE)?.as_ref()
    }

    /// Where a resource is.
    #[must_use]
    pub fn slot(&self, reference: &Reference) -> Option<u32> {
        self.shards[shard(reference)].get(reference).copied()
    }

    /// A resource, if it is known.
    #[must_use]
    pub fn find(&self, reference: &Reference) -> Option<&Item> {
        self.get(self.slot(reference)?)
    }

    /// Every item with its slot, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Item)> {
        let all = self.pages.iter().flat_map(|page| page.iter());
        (0..).zip(all).filter_map(|(slot, item)| item.as_ref().map(|item| (slot, item)))
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
        let changed = match self.slot(&item.reference) {
            Some(slot) => self.overwrite(slot, item),
            None => self.append(item),
        };
        self.generation += u64::from(changed);
        changed
    }

    /// Lets one go. Answers whether it was there.
    pub fn remove(&mut self, reference: &Reference) -> bool {
        let Some(slot) = self.slot(reference) else { return false };
        Arc::make_mut(&mut self.shards[shard(reference)]).remove(reference);
        let slot = slot as usize;
        Arc::make_mut(&mut self.pages[slot / PAGE])[slot % PAGE] = None;
        self.len -= 1;
        self.generation += 1;
        true
    }

    /// Puts a whole new list in place of the old one. If nothing differs but what nobody sees, slots and generation stay.
    pub fn replace(&mut self, items: Vec<Item>) -> bool {
        let same = items.len() == self.len && items.iter().all(|item| self.find(&item.reference) == Some(item));
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
        if self.slots as usize > 2 * self.len + 4 * PAGE {
            let items = self.iter().map(|(_, item)| item.clone()).collect();
            self.deal(items);
        }
    }

    fn deal(&mut self, items: Vec<Item>) {
        let (phase, generation, epoch, unread) = (self.phase.clone(), self.generation + 1, self.epoch + 1, self.unread);
        *self = Self { phase, generation, epoch, unread, ..Self::new(self.kind) };
        for item in items {
            match self.slot(&item.reference) {
                Some(slot) => drop(self.overwrite(slot, item)),
                None => drop(self.append(item)),
            }
        }
    }

    /// Overwrites what is in a slot. What only the server sees is taken over too, without counting as a change; an event that
    /// carries no revision does not take away the one we know.
    fn overwrite(&mut self, slot: u32, mut item: Item) -> bool {
        let slot = slot as usize;
        let old = self.pages[slot / PAGE][slot % PAGE].as_ref();
        let changed = old != Some(&item);
        let unseen = old.is_some_and(|old| old.revision != item.revision || old.expires != item.expires);
        if item.revision.is_empty()
            && let Some(old) = old
        {
            item.revision.clone_from(&old.revision);
        }
        if changed || unseen {
            Arc::make_mut(&mut self.pages[slot / PAGE])[slot % PAGE] = Some(item);
        }
        changed
    }

    fn append(&mut self, item: Item) -> bool {
        if (self.slots as usize).is_multiple_of(PAGE) {
            self.pages.push(Arc::new(Page::with_capacity(PAGE)));
        }
        Arc::make_mut(&mut self.shards[shard(&item.reference)]).insert(item.reference.clone(), self.slots);
        if let Some(page) = self.pages.last_mut() {
            Arc::make_mut(page).push(Some(item));
        }
        self.slots += 1;
        self.len += 1;
        true
    }
}

fn shard(reference: &Reference) -> usize {
    usize::try_from(std::hash::BuildHasherDefault::<DefaultHasher>::default().hash_one(reference) % SHARDS as u64)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
