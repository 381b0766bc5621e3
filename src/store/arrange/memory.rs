//! What was arranged last, so that the next key costs a look and not a sort.
//!
//! The whole shelf in order is kept beside the rows of the last filter. Another filter is a walk over that order; a query that
//! grew looks only at what it let through before; a few new rows are merged in. Owned by whoever arranges, beside the screen.

use std::cmp::Ordering;
use std::time::SystemTime;

use super::{Arrange, Filter, by, rank};
use crate::kind::Borrowed;
use crate::kind::order::natural;
use crate::store::shelf::Shelf;
use crate::store::slots::Slots;

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
        let matching: Vec<u32> = if asked.is_empty() {
            all.clone()
        } else {
            // Rows are looked at where they lie one behind the other, whatever their order on the screen.
            let passing = match &narrower {
                Some((_, matching)) => asked.select(shelf, matching.iter().copied().collect::<Slots>().iter()),
                None => asked.select(shelf, 0..shelf.slots()),
            };
            among.iter().filter(|slot| passing.has(**slot)).copied().collect()
        };
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
    arranged(shelf, 0..shelf.slots(), sort)
}

/// The order of before with what has come since, by nearly one look a row: what is in order already is not sorted again.
fn merged(before: Vec<u32>, slots: u32, shelf: &Shelf, sort: &[(usize, bool)]) -> Vec<u32> {
    arranged(shelf, before.into_iter().chain(slots..shelf.slots()), sort)
}

/// Rows in order. What is sorted by first is looked up once a row and compared as a number, then as a text.
pub(super) fn arranged(shelf: &Shelf, slots: impl Iterator<Item = u32>, sort: &[(usize, bool)]) -> Vec<u32> {
    let first = |slot: u32| {
        let row = shelf.row(slot)?;
        let (value, descending) = match sort.first() {
            Some(&(column, descending)) => (row.value(column), descending),
            None => (Borrowed::Text(row.name()), false),
        };
        let text = if let Borrowed::Text(text) = value { text } else { "" };
        Some((rank::key(value, descending), text, slot))
    };
    let descending = sort.first().is_some_and(|(_, descending)| *descending);
    let texts = |a: &str, b: &str| if descending { natural(b, a) } else { natural(a, b) };
    let mut keyed: Vec<(u64, &str, u32)> = slots.filter_map(first).collect();
    // Stable and quick where runs are in order. Names make the order total, so that rows which are alike do not dance.
    keyed.sort_by(|a, b| {
        let early = a.0.cmp(&b.0).then_with(|| texts(a.1, b.1));
        early.then_with(|| by_slot(sort, shelf, a.2, b.2)).then_with(|| a.2.cmp(&b.2))
    });
    keyed.into_iter().map(|(_, _, slot)| slot).collect()
}

fn by_slot(sort: &[(usize, bool)], shelf: &Shelf, a: u32, b: u32) -> Ordering {
    match (shelf.row(a), shelf.row(b)) {
        (Some(a), Some(b)) => by(sort, &a, &b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}
