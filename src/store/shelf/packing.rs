//! What a packed row consists of, and how it is read.
//!
//! A row as an [`Item`] is a dozen small pieces of memory; a hundred thousand of those would weigh three times what they say.
//! Here it is a few dozen bytes, its own texts, and numbers for what others share, which stands in the tables of its page. Only
//! this program writes and reads it, so a place that does not exist is read as nothing and not as an error.
//!
//! [`Item`]: crate::kind::Item

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::kind::Rank;
use crate::resource::{Pair, Revision};

/// What a row has, in its first byte but one.
pub mod flag {
    pub const HOST: u8 = 1;
    pub const SECRET: u8 = 2;
    pub const EXPIRES: u8 = 4;
    pub const UUID: u8 = 8;
    pub const SET: u8 = 16;
    pub const OWN_LABELS: u8 = 32;
}

/// What the rows of one page share. Only pointers are kept here; across pages the same texts are kept once.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub kinds: Vec<&'static str>,
    pub texts: Vec<Arc<str>>,
    pub sets: Vec<Arc<[Pair]>>,
    pub ranks: Vec<&'static Rank>,
}

/// A packed value: what it says, or where that stands.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    None,
    Text(Place),
    Shared(usize),
    List(&'a [[u8; 4]]),
    /// The row's own labels.
    Labels,
    OtherLabels(Option<usize>, Place),
    Time(SystemTime),
    Heartbeat(SystemTime),
    /// A heartbeat whose end is the row's own.
    LastBeat,
    Number(i64),
    Rank(usize),
}

/// Where a text lies in the texts of its row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    at: usize,
    len: usize,
}

impl Place {
    pub fn range(self) -> Range<usize> {
        self.at..self.at + self.len
    }

    pub fn of(self, own: &str) -> &str {
        own.get(self.range()).unwrap_or_default()
    }
}

impl Tables {
    pub fn text(&mut self, text: &Arc<str>) -> usize {
        place(&mut self.texts, text, |known| Arc::ptr_eq(known, text) || known == text)
    }

    pub fn set(&mut self, set: &Arc<[Pair]>) -> usize {
        place(&mut self.sets, set, |known| Arc::ptr_eq(known, set))
    }
}

/// So far back a table is searched: it may be as long as a server likes, and what stands there twice costs a pointer.
const BACK: usize = 256;

/// Where in a table something stands; it is put there if it does not. Neighbours share most, so the search begins at the end.
pub fn place<T: Clone>(table: &mut Vec<T>, wanted: &T, is: impl Fn(&T) -> bool) -> usize {
    let from = table.len().saturating_sub(BACK);
    table[from..].iter().rposition(is).map_or_else(
        || {
            table.push(wanted.clone());
            table.len() - 1
        },
        |at| from + at,
    )
}

/// What kind of value follows.
pub mod tag {
    pub const NONE: u8 = 0;
    pub const TEXT: u8 = 1;
    pub const SHARED: u8 = 2;
    pub const LIST: u8 = 3;
    pub const LABELS: u8 = 4;
    pub const OTHER_LABELS: u8 = 5;
    pub const TIME: u8 = 6;
    pub const HEARTBEAT: u8 = 7;
    pub const LAST_BEAT: u8 = 10;
    pub const NUMBER: u8 = 8;
    pub const RANK: u8 = 9;
}

/// Reads what was written.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn left(&self) -> usize {
        self.0.len()
    }

    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 56 {
                return number;
            }
        }
    }

    pub fn place(&mut self) -> Place {
        Place { at: self.number(), len: self.number() }
    }

    pub fn moment(&mut self) -> SystemTime {
        let (seconds, nanos) = (i64::from_le_bytes(self.array()), u32::from_le_bytes(self.array()));
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let start = if seconds < 0 { UNIX_EPOCH.checked_sub(whole) } else { UNIX_EPOCH.checked_add(whole) };
        start.and_then(|start| start.checked_add(Duration::from_nanos(nanos.into()))).unwrap_or(UNIX_EPOCH)
    }

    /// The revision, which is also how to pass it.
    pub fn revision(&mut self, uuid: bool) -> Revision {
        if uuid {
            return self.array().into();
        }
        let len = self.number();
        std::str::from_utf8(self.take(len)).unwrap_or_default().into()
    }

    pub fn field(&mut self) -> Field<'a> {
        match self.byte() {
            tag::TEXT => Field::Text(self.place()),
            tag::SHARED => Field::Shared(self.number()),
            tag::LIST => {
                let count = self.number();
                Field::List(self.take(count.saturating_mul(4)).as_chunks().0)
            }
            tag::LABELS => Field::Labels,
            tag::OTHER_LABELS => Field::OtherLabels(self.number().checked_sub(1), self.place()),
            tag::TIME => Field::Time(self.moment()),
            tag::HEARTBEAT => Field::Heartbeat(self.moment()),
            tag::LAST_BEAT => Field::LastBeat,
            tag::NUMBER => Field::Number(i64::from_le_bytes(self.array())),
            tag::RANK => Field::Rank(self.number()),
            _ => Field::None,
        }
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk() {
            Some((array, rest)) => {
                self.0 = rest;
                *array
            }
            None => [0; N],
        }
    }
}
