//! The order of values: what a column sorts by.
//!
//! Values are compared where they lie, in a row that is packed or in one that is not. What says nothing comes last; texts are in
//! the order in which people count.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::SystemTime;

use super::item::{Rank, Value};
use crate::resource::Pairs;

/// A [`Value`] where it lies.
#[derive(Clone, Copy, Debug)]
pub enum Borrowed<'a> {
    /// Nothing to say.
    None,
    /// One text, whoever shares it.
    Text(&'a str),
    /// Several.
    List(Parts<'a>),
    /// Labels.
    Labels(Pairs<'a>),
    /// A moment.
    Time(SystemTime),
    /// When something will be given up that gives no sign of life.
    Heartbeat(SystemTime),
    /// A count.
    Number(i64),
    /// One of our words.
    Rank(&'static Rank),
}

/// The texts of a list where they lie: in a row, or as places in a table of texts, four bytes each.
#[derive(Clone, Copy, Debug)]
pub enum Parts<'a> {
    /// One after the other.
    Here(&'a [Arc<str>]),
    /// By their numbers in a table.
    Among(&'a [Arc<str>], &'a [[u8; 4]]),
}

impl<'a> Parts<'a> {
    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let (here, texts, places) = match self {
            Self::Here(texts) => (texts, [].as_slice(), [].as_slice()),
            Self::Among(texts, places) => ([].as_slice(), texts, places),
        };
        let among = places.iter().filter_map(|place| texts.get(u32::from_le_bytes(*place) as usize));
        here.iter().chain(among).map(|text| &**text)
    }
}

impl Borrowed<'_> {
    /// Whether a person would see no difference. Signs of life are all alike.
    #[must_use]
    pub fn is(self, other: Borrowed<'_>) -> bool {
        match (self, other) {
            (Borrowed::None, Borrowed::None) | (Borrowed::Heartbeat(_), Borrowed::Heartbeat(_)) => true,
            (Borrowed::Text(a), Borrowed::Text(b)) => a == b,
            (Borrowed::List(a), Borrowed::List(b)) => a.iter().eq(b.iter()),
            (Borrowed::Labels(a), Borrowed::Labels(b)) => a == b,
            (Borrowed::Time(a), Borrowed::Time(b)) => a == b,
            (Borrowed::Number(a), Borrowed::Number(b)) => a == b,
            (Borrowed::Rank(a), Borrowed::Rank(b)) => a == b,
            _ => false,
        }
    }
}

impl Value {
    /// The same where it lies.
    #[must_use]
    pub fn borrowed(&self) -> Borrowed<'_> {
        match self {
            Self::None => Borrowed::None,
            Self::Text(text) => Borrowed::Text(text),
            Self::Shared(text) => Borrowed::Text(text),
            Self::List(list) => Borrowed::List(Parts::Here(list)),
            Self::Labels(labels) => Borrowed::Labels(labels.pairs()),
            Self::Time(moment) => Borrowed::Time(*moment),
            Self::Heartbeat(end) => Borrowed::Heartbeat(*end),
            Self::Number(number) => Borrowed::Number(*number),
            Self::Rank(rank) => Borrowed::Rank(rank),
        }
    }
}

/// The order of two values of one column: by what they are; what says nothing comes last.
#[must_use]
pub fn compare(a: Borrowed<'_>, b: Borrowed<'_>) -> Ordering {
    match (a, b) {
        (Borrowed::None, Borrowed::None) => Ordering::Equal,
        (Borrowed::None, _) => Ordering::Greater,
        (_, Borrowed::None) => Ordering::Less,
        (Borrowed::Time(a), Borrowed::Time(b)) | (Borrowed::Heartbeat(a), Borrowed::Heartbeat(b)) => a.cmp(&b),
        (Borrowed::Number(a), Borrowed::Number(b)) => a.cmp(&b),
        (Borrowed::Rank(a), Borrowed::Rank(b)) => a.order.cmp(&b.order),
        (Borrowed::List(a), Borrowed::List(b)) => natural_lists(a.iter(), b.iter()),
        (Borrowed::Labels(a), Borrowed::Labels(b)) => natural_labels(a, b),
        (a, b) => match (first(a), first(b)) {
            (Some(a), Some(b)) => natural(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        },
    }
}

fn first(value: Borrowed<'_>) -> Option<&str> {
    match value {
        Borrowed::Text(text) => Some(text),
        Borrowed::List(list) => list.iter().next(),
        Borrowed::Rank(rank) => Some(rank.word),
        _ => None,
    }
}

fn natural_labels(a: Pairs<'_>, b: Pairs<'_>) -> Ordering {
    let (mut a, mut b) = (a.listed(), b.listed());
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) => {
                let order = natural(a.0, b.0).then_with(|| natural(a.1, b.1));
                if order.is_ne() {
                    return order;
                }
            }
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

fn natural_lists<'a>(mut a: impl Iterator<Item = &'a str>, mut b: impl Iterator<Item = &'a str>) -> Ordering {
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) => {
                let order = natural(a, b);
                if order.is_ne() {
                    return order;
                }
            }
            (a, b) => return a.is_some().cmp(&b.is_some()),
        }
    }
}

/// Letters without regard to case, runs of digits by their value, and at last by code point so that no two texts are equal.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.as_bytes(), b.as_bytes());
    while let (Some(&p), Some(&q)) = (x.first(), y.first()) {
        let order = if p.is_ascii_digit() && q.is_ascii_digit() {
            let (left, right) = (digits(&mut x), digits(&mut y));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        } else {
            (x, y) = (&x[1..], &y[1..]);
            p.to_ascii_lowercase().cmp(&q.to_ascii_lowercase())
        };
        if order.is_ne() {
            return order;
        }
    }
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

fn digits<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    *text = rest;
    let zeros = run.iter().position(|&byte| byte != b'0').unwrap_or(run.len());
    &run[zeros..]
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn ages_sort_as_times_and_names_as_people_count() {
        let at = |seconds| Value::Time(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(compare(at(90).borrowed(), at(3_600).borrowed()), Ordering::Less);
        assert_eq!(compare(Borrowed::None, at(0).borrowed()), Ordering::Greater);
        assert_eq!(natural("node-9", "node-10"), Ordering::Less);
        assert_eq!(natural("Beta", "alpha"), Ordering::Greater);
        assert_eq!(natural("a01", "a1"), Ordering::Less);
        assert_eq!(natural("a", "A"), Ordering::Greater);
    }
}
