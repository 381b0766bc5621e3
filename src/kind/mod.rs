//! What there is to know and do for each kind of resource, declared once.
//!
//! Everything above walks [`ALL`] and never names a kind. A kind is a value: plain data and `fn` pointers. A new one is a file
//! here, an entry in `ALL`, and its seeds for the demo.

mod access_request;
pub mod action;
mod app;
mod app_server;
mod cluster;
pub mod column;
pub mod consequence;
pub mod detail;
pub mod item;
pub mod order;
pub mod pager;
mod role;
mod template;
mod token;
mod wire;

use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use bytes::Bytes;

pub use self::access_request::{ACCESS_REQUESTS, Offer, offer};
pub use self::action::{Action, Done, Order, Refusal, Seen, Sheet};
pub use self::app::APPS;
pub use self::app_server::APP_SERVERS;
pub use self::cluster::CLUSTERS;
pub use self::column::{Cell, Column, Shown, Telling, Width};
pub use self::consequence::{Consequence, Direction, Summary, Weight};
pub use self::detail::{Context, Detail, Line, Section, Span};
pub use self::item::{Item, Malformed, Rank, Tone, Value};
pub use self::order::{Borrowed, Parts};
pub use self::role::ROLES;
pub use self::template::Template;
pub use self::token::TOKENS;
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
    /// What this list leaves out and why, in a sentence: a list that is known to be partial says so.
    pub missing: Option<String>,
}

impl Listed {
    /// One page of one wire kind, and the same question again for the next one.
    fn page(kind: &'static str, resources: Vec<Bytes>, token: String, asked: &Page) -> Self {
        let resources = resources.into_iter().map(|bytes| (kind, bytes)).collect();
        let next = (!token.is_empty()).then(|| Page { token, ..asked.clone() });
        Self { resources, next, missing: None }
    }

    /// Everything at once, from a method that has no pages.
    fn all(kind: &'static str, resources: impl IntoIterator<Item = Bytes>) -> Self {
        Self { resources: resources.into_iter().map(|bytes| (kind, bytes)).collect(), ..Self::default() }
    }
}

/// Which page to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The server's own words; empty for the first page.
    pub token: String,
    /// At most so many; halved when the server says the page is too large.
    pub limit: usize,
    /// Which of the kind's sources, for a kind that is two in Teleport's tongue: where in [`Kind::wire`] it stands. Asking from
    /// one on asks for the later ones too.
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
    /// Those of them whose lists the server cuts to what one's labels let one see. It does not cut their events so, which
    /// therefore say nothing about whether one may see it.
    pub by_label: &'static [&'static str],
    /// Whether its lists may be older than its events: the server keeps one cache for each. Elsewhere both are one.
    pub lags: bool,
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
    pub detail: fn(&Resource, &Context<'_>) -> Detail,
    /// What stands out about one in the overview, if anything: wanting an answer, ending, unwell.
    pub concern: fn(&Item, SystemTime) -> Option<Concern>,
    /// What saving does beside the text, in words: the one before, none for a new one, and the one after.
    pub consequences: fn(Option<&Resource>, &Resource) -> Summary,
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
    /// The kinds of the wire that can be edited, the one of something new first; a screen may show others beside them.
    pub wires: &'static [&'static str],
    /// What to do instead about those others, in words that follow a colon.
    pub others: &'static str,
    /// What a new one may begin as; none where nobody makes one from here.
    pub templates: &'static [Template],
    /// A name in a template that stands for a secret one, made at random when it is created.
    pub random_name: Option<&'static str>,
    /// The verbs without which the server refuses a change.
    pub needs: &'static [Verb],
    /// Whether the server has a conditional write for it, seen from its version, and what the calls are named.
    pub write: fn(&api::Caller) -> Write,
    /// Writes a change of what was at this revision. The reply is the truth about what was written.
    pub update: for<'a> fn(&'a Client, &'a Resource) -> Asked<'a, Resource>,
    /// Writes something that must not exist yet.
    pub create: for<'a> fn(&'a Client, &'a Resource) -> Asked<'a, Resource>,
    /// Why this one must not be edited, if so: it then opens read-only with these words.
    pub refuse: fn(&Resource) -> Option<Refusal>,
    /// Why the first cannot be changed into the second, if so: the server would leave out a part of it without a word.
    pub forbids: fn(&Resource, &Resource) -> Option<Refusal>,
    /// Whether two states are alike in all that an edit may change, for kinds that the server itself writes to all the time.
    /// Without it the revision tells.
    pub alike: Option<fn(&Resource, &Resource) -> bool>,
}

/// Which call a save will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// The method of a change, as the sheet names it.
    pub call: &'static str,
    /// The method for something new; empty where there is none.
    pub creates: &'static str,
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

    /// What the same is called for one of the wire's kinds: where a screen holds two, `delete` of the second has a longer name.
    #[must_use]
    pub fn action_on(&self, name: &str, wire: &str) -> Option<&'static Action> {
        let named =
            |action: &&Action| action.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        self.actions.iter().filter(named).find(|action| action.on == wire)
    }

    /// Whether one of this wire's kind can be edited.
    #[must_use]
    pub fn edits(&self, wire: &str) -> Option<Edit> {
        self.edit.filter(|edit| edit.wires.contains(&wire))
    }

    /// The reference of a resource of this kind: with its host where one name lives on several, masked where it is a secret.
    ///
    /// # Errors
    /// When it is no message of this kind.
    pub fn reference(&self, resource: &Resource) -> Result<Reference, Malformed> {
        (self.item)(resource.kind(), &resource.bytes(), &mut Strings::default()).map(|item| item.reference)
    }
}

/// Every kind there is, in the order of the views.
pub static ALL: &[&Kind] = &[&ACCESS_REQUESTS, &ROLES, &TOKENS, &CLUSTERS, &APP_SERVERS];

/// What a word of the command line or the palette means: a kind's name or one of its other names.
#[must_use]
pub fn named(word: &str) -> Option<&'static Kind> {
    ALL.iter().copied().find(|kind| kind.name == word || kind.wire.contains(&word) || kind.aliases.contains(&word))
}

/// The same, and which of the kind's wire kinds the word means: `get rc` is not `get tc`, though one screen shows both.
#[must_use]
pub fn wire_named(word: &str) -> Option<(&'static Kind, &'static str)> {
    if word == APPS.name || APPS.aliases.contains(&word) {
        return Some((&APPS, APPS.name));
    }
    let kind = named(word)?;
    let trusted = *kind == CLUSTERS && cluster::means_trusted(word);
    Some((kind, kind.wire[usize::from(trusted)]))
}

/// What a word of `--view` and of the palette means: also a title, and the screen where dynamic apps would be looked for.
#[must_use]
pub fn screen(word: &str) -> Option<&'static Kind> {
    let titled = || ALL.iter().copied().find(|kind| kind.plural == word || kind.title.eq_ignore_ascii_case(word));
    named(word).or_else(titled).or_else(|| matches!(word, "app" | "apps").then_some(&APP_SERVERS))
}
