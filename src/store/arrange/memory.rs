//! What was arranged last, so that the next key costs a look and not a sort.
//!
//! The whole shelf in order is kept beside the rows of the last filter. Another filter is a walk over that order; a query that
//! grew looks only at what it let through before; of a shelf that changed only the pages that did are looked at again. Owned by
//! whoever arranges, beside the screen.

use std::cmp::Ordering;
use std::time::SystemTime;

use super::ask::Asked;
use super::{Arrange, Filter, by, rank};
use crate::kind::order::natural;
use crate::kind::{Borrowed, Kind, Telling};
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
    beats: u64,
    sort: Vec<(usize, bool)>,
    all: Vec<u32>,
    filter: Filter,
    matching: Vec<u32>,
}

impl Memory {
    /// The slots of the rows to show, in order: what [`super::order`] says, sooner.
    pub fn order(&mut self, shelf: &Shelf, arrange: &Arrange, now: SystemTime) -> Vec<u32> {
        let asked = arrange.filter.of(shelf.kind(), now);
        let known = self.made.take().filter(|made| {
            (made.kind, made.epoch, &made.sort) == (shelf.kind().name, shelf.epoch(), &arrange.sort)
                && made.generation <= shelf.generation()
        });
        let (all, last) = match known {
            // Signs of life are no change, but an order by them follows them.
            Some(made) if made.beats != shelf.beats() && beating(shelf.kind(), &arrange.sort) => {
                (arranged(shelf, made.rows(0..shelf.slots()), &arrange.sort), None)
            }
            Some(made) if made.generation == shelf.generation() => (made.all, Some((made.filter, made.matching))),
            Some(made) => made.renewed(shelf, arrange, &asked),
            None => (arranged(shelf, 0..shelf.slots(), &arrange.sort), None),
        };
        let matching: Vec<u32> = match last {
            _ if asked.is_empty() => all.clone(),
            Some((filter, matching)) if filter == arrange.filter && filter.is_steady() => matching,
            // Rows are looked at where they lie one behind the other, whatever their order on the screen.
            Some((filter, matching)) if arrange.filter.narrows(&filter) => {
                let passing = asked.select(shelf, matching.iter().copied().collect::<Slots>().iter());
                matching.into_iter().filter(|slot| passing.has(*slot)).collect()
            }
            _ => {
                let passing = asked.select(shelf, 0..shelf.slots());
                all.iter().filter(|slot| passing.has(**slot)).copied().collect()
            }
        };
        self.made = Some(Made {
            kind: shelf.kind().name,
            epoch: shelf.epoch(),
            generation: shelf.generation(),
            beats: shelf.beats(),
            sort: arrange.sort.clone(),
            all,
            filter: arrange.filter.clone(),
            matching: matching.clone(),
        });
        matching
    }
}

/// One row in so many may be near a change for the rest to be left as it is.
const FEW: usize = 4;

impl Made {
    /// The order with what has changed since put where it now belongs; and what the filter let through, as far as that is known.
    fn renewed(self, shelf: &Shelf, arrange: &Arrange, asked: &Asked<'_>) -> (Vec<u32>, Option<(Filter, Vec<u32>)>) {
        let changed: Slots = shelf.changed_since(self.generation).collect();
        let near = changed.iter().count();
        if near * FEW > shelf.len() {
            return (arranged(shelf, self.rows(changed.iter()), &arrange.sort), None);
        }
        let fresh = arranged(shelf, changed.iter(), &arrange.sort);
        let last = (self.filter == arrange.filter && self.filter.is_steady()).then(|| {
            let passing = fresh.iter().copied().filter(|slot| shelf.row(*slot).is_some_and(|row| asked.matches(&row)));
            (self.filter, merged(&self.matching, &changed, passing, shelf, &arrange.sort))
        });
        (merged(&self.all, &changed, fresh.iter().copied(), shelf, &arrange.sort), last)
    }

    /// The rows as they stood and those of these that are new. What is in order already is not sorted again: each row is looked
    /// at about once.
    fn rows(&self, slots: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        let next = self.all.iter().max().map_or(0, |last| last + 1);
        self.all.iter().copied().chain(slots.filter(move |slot| *slot >= next))
    }
}

/// Whether an order by these columns changes with signs of life.
fn beating(kind: &Kind, sort: &[(usize, bool)]) -> bool {
    sort.iter().any(|(column, _)| kind.columns.get(*column).is_some_and(|column| column.telling == Telling::Heartbeat))
}

/// An order without what has changed, and that put in where it belongs, which is looked for by halves.
fn merged(
    before: &[u32],
    changed: &Slots,
    fresh: impl Iterator<Item = u32>,
    shelf: &Shelf,
    sort: &[(usize, bool)],
) -> Vec<u32> {
    let kept: Vec<u32> = before.iter().copied().filter(|slot| !changed.has(*slot)).collect();
    let mut after = Vec::with_capacity(kept.len());
    let mut rest = kept.as_slice();
    for slot in fresh {
        let (sooner, later) = rest.split_at(rest.partition_point(|known| by_slot(sort, shelf, *known, slot).is_lt()));
        after.extend_from_slice(sooner);
        after.push(slot);
        rest = later;
    }
    after.extend_from_slice(rest);
    after
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
        early.then_with(|| by_slot(sort, shelf, a.2, b.2))
    });
    keyed.into_iter().map(|(_, _, slot)| slot).collect()
}

fn by_slot(sort: &[(usize, bool)], shelf: &Shelf, a: u32, b: u32) -> Ordering {
    let rows = match (shelf.row(a), shelf.row(b)) {
        (Some(a), Some(b)) => by(sort, &a, &b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    };
    rows.then_with(|| a.cmp(&b))
}
