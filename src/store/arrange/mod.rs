//! Which rows are shown, and in which order. Pure: a shelf, a filter, a sort and a moment in, slots out.
//!
//! An order is a list of stable slots. It stays true while items change: gone rows are skipped by whoever draws, new ones wait
//! for the next order or are put in by [`patch`]. Nothing here is more than `n log n`, whatever is typed.

mod ask;
mod filter;
mod glob;
mod memory;
mod rank;
mod search;
#[cfg(test)]
mod tests;
mod token;

use std::cmp::Ordering;
use std::time::SystemTime;

pub use self::filter::{Filter, FilterError};
pub use self::memory::Memory;
use super::shelf::{Row, Shelf};
use crate::kind::order::{compare, natural};
use crate::kind::{Borrowed, Kind};

/// How a list is arranged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrange {
    /// Which rows.
    pub filter: Filter,
    /// By which columns, the first first, and whether the greatest stands at the top.
    pub sort: Vec<(usize, bool)>,
}

impl Arrange {
    /// As a list of this kind begins: everything, in the kind's own order.
    #[must_use]
    pub fn of(kind: &Kind) -> Self {
        let sort = kind.sort.iter().filter_map(|sort| Some((kind.column(sort.column)?, sort.descending))).collect();
        Self { filter: Filter::default(), sort }
    }
}

/// The slots of the rows to show, in order.
#[must_use]
pub fn order(shelf: &Shelf, arrange: &Arrange, now: SystemTime) -> Vec<u32> {
    let asked = arrange.filter.of(shelf.kind(), now);
    memory::arranged(shelf, shelf.iter().filter(|(_, row)| asked.matches(row)).map(|(slot, _)| slot), &arrange.sort)
}

/// The order of before, made true again after a few changes: gone rows leave, new ones stand where they belong, and every row
/// that still matches keeps its place, even if it would now sort elsewhere. For shelves short enough to be looked through.
#[must_use]
pub fn patch(before: &[u32], shelf: &Shelf, arrange: &Arrange, now: SystemTime) -> Vec<u32> {
    let asked = arrange.filter.of(shelf.kind(), now);
    let stay = |slot: &u32| shelf.row(*slot).is_some_and(|row| asked.matches(&row));
    let mut known: Vec<u32> = before.to_vec();
    known.sort_unstable();
    let mut fresh: Vec<(u32, Row<'_>)> = shelf.iter().filter(|(slot, _)| known.binary_search(slot).is_err()).collect();
    fresh.retain(|(_, row)| asked.matches(row));
    fresh.sort_unstable_by(|a, b| by(&arrange.sort, &a.1, &b.1).then_with(|| a.0.cmp(&b.0)));
    let mut fresh = fresh.into_iter().peekable();
    let mut after = Vec::with_capacity(before.len());
    for slot in before.iter().copied().filter(stay) {
        let Some(row) = shelf.row(slot) else { continue };
        while let Some((new, _)) = fresh.next_if(|(_, new)| by(&arrange.sort, new, &row).is_lt()) {
            after.push(new);
        }
        after.push(slot);
    }
    after.extend(fresh.map(|(slot, _)| slot));
    after
}

/// The order of two rows. What says nothing stands last whichever way round.
fn by(sort: &[(usize, bool)], a: &Row<'_>, b: &Row<'_>) -> Ordering {
    let column = |&(column, descending): &(usize, bool)| {
        let (a, b) = (a.value(column), b.value(column));
        let order = compare(a, b);
        let blank = matches!(a, Borrowed::None) || matches!(b, Borrowed::None);
        if descending && !blank { order.reverse() } else { order }
    };
    let columns = sort.iter().map(column).find(|order| order.is_ne());
    columns.unwrap_or_else(|| natural(a.name(), b.name()).then_with(|| a.host().cmp(&b.host())))
}
