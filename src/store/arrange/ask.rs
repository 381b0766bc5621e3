//! A filter that has met its kind, asked of rows.
//!
//! Nearly all of a long list is decided by one look at what only the row says, and by what is remembered of the texts and label
//! sets that rows share: a hundred thousand rows have a few thousand of those.

use std::time::SystemTime;

use super::filter::{Bound, Test};
use super::search::Needle;
use crate::kind::{Borrowed, Kind, Telling};
use crate::resource::{Pairs, mask};
use crate::store::shelf::{Row, Shelf};
use crate::store::slots::Slots;

/// A filter that has met its kind.
pub struct Asked<'a> {
    kind: &'static Kind,
    now: SystemTime,
    terms: Vec<Term<'a>>,
}

/// One of its terms.
pub struct Term<'a> {
    /// Whether what passes is left out.
    pub not: bool,
    /// The column it is about; none for all.
    pub column: Option<usize>,
    /// What is asked.
    pub ask: Ask<'a>,
}

/// What a term asks.
pub enum Ask<'a> {
    /// As it was read.
    Test(&'a Test),
    /// A term that looked like a column's.
    Whole(&'a Needle),
}

impl<'a> Asked<'a> {
    /// A filter for rows of this kind.
    pub fn new(kind: &'static Kind, now: SystemTime, terms: Vec<Term<'a>>) -> Self {
        Self { kind, now, terms }
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row passes every term.
    pub fn matches(&self, row: &Row<'_>) -> bool {
        self.terms.iter().all(|term| self.passes(row, term, &mut Recall::default()) != term.not)
    }

    /// Those of the slots whose rows pass.
    pub fn select(&self, shelf: &Shelf, slots: impl Iterator<Item = u32>) -> Slots {
        let mut recalls: Vec<Recall> = self.terms.iter().map(|_| Recall::many()).collect();
        let mut passes = |row: &Row<'_>| {
            let mut terms = self.terms.iter().zip(&mut recalls);
            terms.all(|(term, recall)| self.passes(row, term, recall) != term.not)
        };
        slots.filter(|slot| shelf.row(*slot).is_some_and(|row| passes(&row))).collect()
    }

    fn passes(&self, row: &Row<'_>, term: &Term<'_>, recall: &mut Recall) -> bool {
        let column = term.column;
        match term.ask {
            Ask::Whole(needle) => has(row, column, needle, recall),
            Ask::Test(Test::Word(needle)) => has(row, column, needle, recall),
            Ask::Test(Test::Pattern(pattern)) => anywhere(row, column, true, &|text| pattern.is_match(text), recall),
            Ask::Test(Test::Label(key, value)) => labelled(row.labels(), recall, |known, told| {
                known.eq_ignore_ascii_case(key) && value.as_ref().is_none_or(|value| value.matches(told))
            }),
            Ask::Test(Test::Bound(less, bound)) => match column {
                Some(column) => self.within(column, row.value(column), *less, *bound),
                None => row.values().enumerate().any(|(at, value)| self.within(at, value, *less, *bound)),
            },
        }
    }

    /// Whether a time left, an age or a number is on the asked side. What is over has no time left.
    fn within(&self, column: usize, value: Borrowed<'_>, less: bool, bound: Bound) -> bool {
        match (value, bound) {
            (Borrowed::Time(then), Bound::Span(span)) => {
                let countdown = self.kind.columns.get(column).is_some_and(|column| column.telling == Telling::Countdown);
                let told = if countdown {
                    match then.duration_since(self.now) {
                        Ok(left) => left,
                        Err(_) => return false,
                    }
                } else {
                    self.now.duration_since(then).unwrap_or_default()
                };
                if less { told < span } else { told > span }
            }
            (Borrowed::Number(number), Bound::Number(bound)) => {
                if less {
                    number < bound
                } else {
                    number > bound
                }
            }
            _ => false,
        }
    }
}

/// One look at all that is its own decides most rows: only one that has the word somewhere is asked where.
fn has(row: &Row<'_>, column: Option<usize>, needle: &Needle, recall: &mut Recall) -> bool {
    let passes = |text: &str| needle.is_in(text);
    let plain = column.is_none() && !needle.spans() && !row.is_secret();
    if !plain || needle.is_in(row.own()) {
        return anywhere(row, column, column.is_some() || needle.spans(), &passes, recall);
    }
    let shared = row.others().any(|value| match value {
        Borrowed::Text(text) => recall.text(text, passes),
        Borrowed::List(list) => list.iter().any(|text| recall.text(text, passes)),
        value => tells(value, false, &passes),
    });
    shared || linked(row, &passes, recall)
}

/// Whether a text of one column passes, or of any column, label or the name. Labels are written out as a list shows them only
/// where key and value by themselves would not tell.
fn anywhere(row: &Row<'_>, column: Option<usize>, written: bool, passes: &dyn Fn(&str) -> bool, recall: &mut Recall) -> bool {
    let secret = row.is_secret().then(|| row.name());
    let seen = |text: &str| match secret {
        Some(secret) if text.contains(secret) => passes(&text.replace(secret, &mask(secret))),
        _ => passes(text),
    };
    match column {
        Some(column) => tells(row.value(column), written, &seen),
        None => row.values().any(|value| tells(value, written, &seen)) || seen(row.name()) || linked(row, passes, recall),
    }
}

/// Whether the host or a label passes.
fn linked(row: &Row<'_>, passes: &dyn Fn(&str) -> bool, recall: &mut Recall) -> bool {
    row.host().is_some_and(|host| recall.text(host, passes))
        || labelled(row.labels(), recall, |key, value| passes(key) || passes(value))
}

/// Whether a label passes; of a set that many rows share this is asked once.
fn labelled(labels: Pairs<'_>, recall: &mut Recall, passes: impl Fn(&str, &str) -> bool) -> bool {
    let any = |pairs: Pairs<'_>| pairs.any().any(|(key, value)| passes(key, value));
    recall.recall(labels.set(), || any(labels.shared())) || any(labels.own())
}

/// Whether a value has a text that passes. Labels only as they are written out, since they are asked by themselves.
fn tells(value: Borrowed<'_>, written: bool, passes: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Borrowed::None | Borrowed::Time(_) | Borrowed::Heartbeat(_) => false,
        Borrowed::Text(text) => passes(text),
        Borrowed::List(list) => list.iter().any(passes),
        Borrowed::Labels(labels) => written && labels.listed().any(|(key, value)| passes(&format!("{key}={value}"))),
        Borrowed::Number(number) => passes(&number.to_string()),
        Borrowed::Rank(rank) => passes(rank.word),
    }
}

/// What one term answered of texts and sets that rows share, by where they lie: they lie there as long as the shelf is looked
/// at. A few thousand places; what falls on the same one is asked again.
#[derive(Default)]
struct Recall(Vec<(usize, bool)>);

impl Recall {
    /// One with places, for a long look.
    fn many() -> Self {
        Self(vec![(0, false); 1 << 13])
    }

    fn text(&mut self, text: &str, passes: impl Fn(&str) -> bool) -> bool {
        self.recall(text.as_ptr().addr(), || passes(text))
    }

    fn recall(&mut self, at: usize, ask: impl FnOnce() -> bool) -> bool {
        // What is shared lies at multiples of eight or sixteen.
        let place = (at >> 3) ^ (at >> 16);
        let Some(known) = self.0.len().checked_sub(1).map(|mask| place & mask).and_then(|place| self.0.get_mut(place)) else {
            return ask();
        };
        if known.0 != at {
            *known = (at, ask());
        }
        known.1
    }
}
