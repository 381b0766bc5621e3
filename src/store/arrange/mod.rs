//! Which rows are shown, and in which order. Pure: a shelf, a filter, a sort and a moment in, slots out.
//!
//! An order is a list of stable slots. It stays true while items change: gone rows are skipped by whoever draws, new ones wait
//! for the next order. Nothing here is more than `n log n`, whatever is typed.

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
