//! What there is to know and do for each kind of resource, declared once.
//!
//! Everything above walks [`ALL`] and never names a kind. A kind is a value: plain data and `fn` pointers. A new one is a file
//! here, an entry in `ALL`, and its seeds for the demo.

pub mod action;
pub mod column;
pub mod detail;
pub mod item;

use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use bytes::Bytes;

pub use self::action::{Action, Done, Order, Refusal, Seen, Sheet};
pub use self::column::{Cell, Column, Shown, Telling, Width};
pub use self::detail::{Detail, Line, Section, Span};
pub use self::item::{Item, Malformed, Rank, Tone, Value};
use crate::api::{self, Client};
pub use crate::api::{Right, Verb};
use crate::document::Resource;
use crate::resource::{Reference, Strings};

/// An answer that will come.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, api::Error>> + Send + 'a>>;

/// One page of resources as they came.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Each with the server's word for its kind, since a screen may hold two.
    pub resources: Vec<(&'static str, Bytes)>,
    /// How to ask for the next page; none at the end.
    pub next: Option<Page>,
}

/// Which page to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The server's own words; empty for the first page.
    pub token: String,
    /// At most so many; halved when the server says the page is too large.
    pub limit: usize,
    /// Which of the kind's sources, for a kind that is two in Teleport's tongue.
    pub source: u8,
}

/// One kind of resource.
#[derive(Debug)]
pub struct Kind {
    /// The server's word: `access_request`.
    pub name: &'static str,
    /// Other words for it on the command line, as `tctl` has them.
    pub aliases: &'static [&'static str],
    /// What the screen calls it: `Requests`.
    pub title: &'static str,
    /// How several are called in a sentence: `requests`.
    pub plural: &'static str,
    /// The kinds of the wire that belong here, watched or polled.
    pub wire: &'static [&'static str],
    /// In order, hidden ones last.
    pub columns: &'static [Column],
    /// How a list begins: by these columns, the first first.
    pub sort: &'static [Sort],
    /// What can be done to one.
    pub actions: &'static [Action],
    /// Asks for a page.
    pub page: for<'a> fn(&'a Client, Page) -> Asked<'a, Listed>,
    /// Asks for one, whole.
    pub fetch: for<'a> fn(&'a Client, &'a Reference) -> Asked<'a, Resource>,
    /// Keeps of one what a list needs. The first argument is the wire's word for its kind.
    pub item: fn(&str, &[u8], &mut Strings) -> Result<Item, Malformed>,
    /// Which one a deletion is about, from the header that comes instead of the object.
    pub deleted: fn(&crate::schema::types::ResourceHeader) -> Reference,
    /// The page about one.
    pub detail: fn(&Resource, &detail::Context<'_>) -> Detail,
    /// What stands out about one in the overview, if anything: wanting an answer, ending, unwell.
    pub concern: fn(&Item, SystemTime) -> Option<Concern>,
    /// How it is edited, if it can be.
    pub edit: Option<Edit>,
}

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's title.
    pub column: &'static str,
    /// Greatest first.
    pub descending: bool,
}

impl Sort {
    /// Least first.
    #[must_use]
    pub const fn ascending(column: &'static str) -> Self {
        Self { column, descending: false }
    }

    /// Greatest first.
    #[must_use]
    pub const fn descending(column: &'static str) -> Self {
        Self { column, descending: true }
    }
}

/// Why an item belongs on the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// It waits for an answer of mine until then.
    Waiting(Option<SystemTime>),
    /// It ends then: a grant, a token.
    Ends(SystemTime, &'static str),
    /// It is unwell: what, and since when if known.
    Unwell(Tone, String),
}

/// How a kind is edited.
#[derive(Clone, Copy, Debug)]
pub struct Edit {
    /// What a new one starts as.
    pub blank: &'static str,
    /// Whether the server has a conditional write for it, seen from its version, and what the call is named.
    pub write: fn(&api::Caller) -> Write,
    /// Writes a change of what was at this revision. The reply is the truth about what was written.
    pub update: for<'a> fn(&'a Client, &'a Resource) -> Asked<'a, Resource>,
    /// Writes something that must not exist yet.
    pub create: for<'a> fn(&'a Client, &'a Resource) -> Asked<'a, Resource>,
    /// Why this one must not be edited, if so: it then opens read-only with these words.
    pub refuse: fn(&Resource) -> Option<Refusal>,
}

/// Which call a save will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// The method, as the sheet names it.
    pub call: &'static str,
    /// Whether the server itself compares the revision.
    pub conditional: bool,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Kind {}

impl Kind {
    /// Where a column stands, by its title or by its key in a filter.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.title == name || column.key() == name)
    }

    /// What a name of an action means here.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
    }
}

/// Every kind there is, in the order of the views.
pub const ALL: &[&Kind] = &[];

/// What a word of the command line or the palette means: a kind's name or one of its other names.
#[must_use]
pub fn named(word: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == word || kind.aliases.contains(&word))
}
