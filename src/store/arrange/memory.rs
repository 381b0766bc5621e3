//! What was arranged last, so that the next key costs a look and not a sort.
//!
//! The whole shelf in order is kept beside the rows of the last filter. Another filter is a walk over that order; a query that
//! grew looks only at what it let through before; a few new rows are merged in. Owned by whoever arranges, beside the screen.

use std::time::SystemTime;

use super::{Arrange, Filter, by, rank};
use crate::kind::Item;
use crate::store::shelf::Shelf;

/// The last arrangement of one shelf.
#[derive(Debug, Default)]
pub struct Memory {
    made: Option<Made>,
}

#[derive(Debug)]
struct Made {
    kind: &'static str,
    epoch: u64,
    generation: u64,
    /// How many slots there were.
    slots: u32,
    sort: Vec<(usize, bool)>,
    all: Vec<u32>,
    filter: Filter,
    matching: Vec<u32>,
}

impl Memory {
    /// The slots of the rows to show, in order: what [`super::order`] says, sooner.
    pub fn order(&mut self, shelf: &Shelf, arrange: &Arrange, now: SystemTime) -> Vec<u32> {
        let known = self.made.take().filter(|made| {
            (made.kind, made.epoch, &made.sort) == (shelf.kind().name, shelf.epoch(), &arrange.sort)
                && made.slots <= shelf.slots()
                && made.generation <= shelf.generation()
        });
        let current = known.as_ref().is_some_and(|made| made.generation == shelf.generation());
        let (all, last) = match known {
            Some(made) if current => (made.all, Some((made.filter, made.matching))),
            Some(made) => (merged(made.all, made.slots, shelf, &arrange.sort), None),
            None => (sorted(shelf, &arrange.sort), None),
        };
        let narrower = last.filter(|(filter, _)| arrange.filter.narrows(filter));
        let asked = arrange.filter.of(shelf.kind(), now);
        let among = narrower.as_ref().map_or(&all, |(_, matching)| matching);
        let matches = |slot: &&u32| asked.is_empty() || shelf.get(**slot).is_some_and(|item| asked.matches(item));
        let matching: Vec<u32> = among.iter().filter(matches).copied().collect();
        self.made = Some(Made {
            kind: shelf.kind().name,
            epoch: shelf.epoch(),
            generation: shelf.generation(),
            slots: shelf.slots(),
            sort: arrange.sort.clone(),
            all,
            filter: arrange.filter.clone(),
            matching: matching.clone(),
        });
        matching
    }
}

/// Everything on a shelf, in order.
fn sorted(shelf: &Shelf, sort: &[(usize, bool)]) -> Vec<u32> {
    arranged(shelf.iter().collect(), sort)
}

/// The order of before with what has come since, by nearly one look a row: what is in order already is not sorted again.
fn merged(before: Vec<u32>, slots: u32, shelf: &Shelf, sort: &[(usize, bool)]) -> Vec<u32> {
    let still = before.into_iter().filter_map(|slot| Some((slot, shelf.get(slot)?)));
    let fresh = (slots..shelf.slots()).filter_map(|slot| Some((slot, shelf.get(slot)?)));
    arranged(still.chain(fresh).collect(), sort)
}

/// Rows in order. What is sorted by first is looked up once a row and compared as a number.
pub(super) fn arranged(rows: Vec<(u32, &Item)>, sort: &[(usize, bool)]) -> Vec<u32> {
    let mut keyed: Vec<(u128, u32, &Item)> =
        rows.into_iter().map(|(slot, item)| (rank::key(sort.first().copied(), item), slot, item)).collect();
    // Stable and quick where runs are in order. Names make the order total, so that rows which are alike do not dance.
    keyed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| by(sort, a.2, b.2)).then_with(|| a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, slot, _)| slot).collect()
}
