//! Where each resource is, as a table of slots and nothing else.
//!
//! A map from references would keep every reference a second time. This one keeps four bytes a resource; what stands in a slot
//! is asked of whoever has the items. In parts, so that a writer copies one of them and not the whole. Open addressing; the
//! hasher's keys are random, so that nobody can choose names that all fall together.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

/// Kind, name and host: what tells one resource from another.
pub type Identity<'a> = (&'static str, &'a str, Option<&'a str>);

const PARTS: usize = 64;
/// Nothing was ever here.
const FREE: u32 = u32::MAX;
/// Something was here: a search goes on.
const GONE: u32 = u32::MAX - 1;

/// A table of slots by reference.
#[derive(Clone)]
pub struct Index {
    hasher: RandomState,
    parts: Vec<Arc<Part>>,
}

#[derive(Clone, Default)]
struct Part {
    /// A power of two in length, or empty.
    table: Vec<u32>,
    /// How many places are not free, those of what is gone included.
    used: usize,
    live: usize,
}

impl Default for Index {
    fn default() -> Self {
        Self { hasher: RandomState::new(), parts: (0..PARTS).map(|_| Arc::default()).collect() }
    }
}

impl Index {
    /// The slot of a resource, as far as `is` says that it stands there.
    pub fn find(&self, wanted: Identity<'_>, is: impl Fn(u32) -> bool) -> Option<u32> {
        let (part, hash) = self.place(wanted);
        let table = &self.parts[part].table;
        let at = probe(table, hash, |slot| slot != GONE && is(slot))?;
        Some(table[at]).filter(|slot| *slot != FREE)
    }

    /// Notes the slot of a resource that is not here yet. `named` tells what stands in any other slot.
    pub fn insert<'a>(&mut self, new: Identity<'_>, slot: u32, named: impl Fn(u32) -> Option<Identity<'a>>) {
        let (part, hash) = self.place(new);
        let hasher = &self.hasher;
        let part = Arc::make_mut(&mut self.parts[part]);
        if (part.used + 1) * 8 > part.table.len() * 7 {
            part.grow(|slot| named(slot).map(|known| hash_of(hasher, known) / PARTS));
        }
        let free = probe(&part.table, hash, |slot| slot == GONE);
        if let Some(place) = free.and_then(|at| part.table.get_mut(at)) {
            part.used += usize::from(*place == FREE);
            part.live += 1;
            *place = slot;
        }
    }

    /// Forgets the slot of a resource.
    pub fn remove(&mut self, gone: Identity<'_>, slot: u32) {
        let (part, hash) = self.place(gone);
        let part = Arc::make_mut(&mut self.parts[part]);
        let found = probe(&part.table, hash, |known| known == slot);
        if let Some(place) = found.and_then(|at| part.table.get_mut(at)).filter(|place| **place == slot) {
            *place = GONE;
            part.live -= 1;
        }
    }

    fn place(&self, identity: Identity<'_>) -> (usize, usize) {
        let hash = hash_of(&self.hasher, identity);
        (hash % PARTS, hash / PARTS)
    }

    #[cfg(test)]
    pub fn copied(&self, other: &Self) -> usize {
        self.parts.iter().zip(&other.parts).filter(|(a, b)| !Arc::ptr_eq(a, b)).count()
    }
}

fn hash_of(hasher: &RandomState, identity: Identity<'_>) -> usize {
    usize::try_from(hasher.hash_one(identity) >> 1 & 0x7fff_ffff).unwrap_or_default()
}

/// The first place from a hash on that is free or `is` it; none in an empty table. One place is always free.
fn probe(table: &[u32], hash: usize, is: impl Fn(u32) -> bool) -> Option<usize> {
    let mask = table.len().checked_sub(1)?;
    (0..table.len()).map(|step| (hash + step) & mask).find(|at| table[*at] == FREE || is(table[*at]))
}

impl Part {
    fn grow(&mut self, hash: impl Fn(u32) -> Option<usize>) {
        let old = std::mem::take(&mut self.table);
        let size = ((self.live + 1) * 3 / 2).next_power_of_two().max(8);
        self.table = vec![FREE; size];
        self.used = self.live;
        for slot in old.into_iter().filter(|slot| *slot < GONE) {
            let place = hash(slot).and_then(|hash| probe(&self.table, hash, |_| false));
            if let Some(at) = place {
                self.table[at] = slot;
            }
        }
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index({})", self.parts.iter().map(|part| part.live).sum::<usize>())
    }
}
