//! One row where it lies in its page: looked at in place, or taken out.
//!
//! Filters and sorts look at a hundred thousand of these and copy nothing; what is drawn or acted on is taken out as an [`Item`].

use std::sync::Arc;
use std::time::SystemTime;

use super::packing::{Field, Place, Reader, Tables, flag};
use crate::kind::{Borrowed, Item, Parts, Value};
use crate::resource::{Labels, Pair, Pairs, Reference, Revision, Text};

/// A row of a shelf.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    tables: &'a Tables,
    own: &'a str,
    flags: u8,
    kind: &'static str,
    name: Place,
    host: Option<&'a Arc<str>>,
    set: Option<&'a Arc<[Pair]>>,
    own_labels: Place,
    expires: Option<SystemTime>,
    /// Its revision and its values.
    rest: Reader<'a>,
}

impl<'a> Row<'a> {
    /// The row that begins here, and its texts there.
    pub(super) fn read(tables: &'a Tables, bytes: &'a [u8], texts: &'a str) -> Self {
        let mut reader = Reader::new(bytes);
        let own = texts.get(..reader.number()).unwrap_or_default();
        let flags = reader.byte();
        let kind = tables.kinds.get(reader.number()).copied().unwrap_or_default();
        let name = reader.place();
        let host = if flags & flag::HOST == 0 { None } else { tables.texts.get(reader.number()) };
        let set = if flags & flag::SET == 0 { None } else { tables.sets.get(reader.number()) };
        let own_labels = if flags & flag::OWN_LABELS == 0 { Place::default() } else { reader.place() };
        let expires = (flags & flag::EXPIRES != 0).then(|| reader.moment());
        Self { tables, own, flags, kind, name, host, set, own_labels, expires, rest: reader }
    }

    /// All texts that only this row has, one behind or within the other.
    #[must_use]
    pub fn own(&self) -> &'a str {
        self.own
    }

    /// The name as the wire wants it.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name.of(self.own)
    }

    /// The host ID, for kinds that have one.
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        self.host.map(|host| &**host)
    }

    /// Whether the name is the key itself.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.flags & flag::SECRET != 0
    }

    /// What tells it from every other.
    #[must_use]
    pub fn identity(&self) -> (&'static str, &'a str, Option<&'a str>) {
        (self.kind, self.name(), self.host())
    }

    /// Which resource this is.
    #[must_use]
    pub fn reference(&self) -> Reference {
        self.named(self.name().into())
    }

    /// Its labels.
    #[must_use]
    pub fn labels(&self) -> Pairs<'a> {
        Pairs::new(self.set.map(|set| &**set).unwrap_or_default(), self.own_labels.of(self.own))
    }

    /// The value of a column.
    #[must_use]
    pub fn value(&self, column: usize) -> Borrowed<'a> {
        self.values().nth(column).unwrap_or(Borrowed::None)
    }

    /// One value for each column, hidden ones included.
    pub fn values(&self) -> impl Iterator<Item = Borrowed<'a>> + use<'a> {
        let row = *self;
        self.fields().map(move |field| row.borrowed(field))
    }

    /// The values that are not among its own texts.
    pub fn others(&self) -> impl Iterator<Item = Borrowed<'a>> + use<'a> {
        let row = *self;
        self.fields().filter(|field| !matches!(field, Field::Text(_))).map(move |field| row.borrowed(field))
    }

    /// Whether a person would see no difference between the row and this newer form of it.
    #[must_use]
    pub fn shows(&self, newer: &Item) -> bool {
        let same = |(ours, theirs): (Borrowed<'_>, &Value)| ours.is(theirs.borrowed());
        self.labels() == newer.labels.pairs()
            && self.fields().left == newer.values.len()
            && self.values().zip(&newer.values).all(same)
    }

    /// When the server will remove it.
    #[must_use]
    pub fn expires(&self) -> Option<SystemTime> {
        self.expires
    }

    /// The row, taken out of its page.
    #[must_use]
    pub fn item(&self) -> Item {
        let whole: Arc<str> = self.own.into();
        let labels = Labels::kept(self.set.cloned(), Text::part(&whole, self.own_labels.range()));
        let value = |field| match field {
            Field::None => Value::None,
            Field::Text(place) => Value::Text(Text::part(&whole, place.range())),
            Field::Shared(at) => self.tables.texts.get(at).cloned().map_or(Value::None, Value::Shared),
            Field::List(places) => {
                let text = |place: &[u8; 4]| self.tables.texts.get(u32::from_le_bytes(*place) as usize).cloned();
                Value::List(places.iter().filter_map(text).collect())
            }
            Field::Labels => Value::Labels(labels.clone()),
            Field::OtherLabels(at, own) => {
                let set = at.and_then(|at| self.tables.sets.get(at)).cloned();
                Value::Labels(Labels::kept(set, Text::part(&whole, own.range())))
            }
            Field::Time(moment) => Value::Time(moment),
            Field::Heartbeat(end) => Value::Heartbeat(end),
            Field::LastBeat => self.expires.map_or(Value::None, Value::Heartbeat),
            Field::Number(number) => Value::Number(number),
            Field::Rank(at) => self.tables.ranks.get(at).map_or(Value::None, |rank| Value::Rank(rank)),
        };
        let values = self.fields().map(value).collect();
        let (reference, revision) = (self.named(Text::part(&whole, self.name.range())), self.revision());
        Item { reference, revision, expires: self.expires, labels, values }
    }

    /// How many bytes its packing has.
    pub(super) fn extent(&self, bytes: &[u8]) -> usize {
        let mut fields = self.fields();
        while fields.next().is_some() {}
        bytes.len() - fields.reader.left()
    }

    /// Its revision, as far as it was told.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.rest.clone().revision(self.flags & flag::UUID != 0)
    }

    fn fields(&self) -> Fields<'a> {
        let mut reader = self.rest;
        reader.revision(self.flags & flag::UUID != 0);
        let left = reader.number();
        Fields { reader, left }
    }

    fn borrowed(&self, field: Field<'a>) -> Borrowed<'a> {
        match field {
            Field::None => Borrowed::None,
            Field::Text(place) => Borrowed::Text(place.of(self.own)),
            Field::Shared(at) => self.tables.texts.get(at).map_or(Borrowed::None, |text| Borrowed::Text(text)),
            Field::List(places) => Borrowed::List(Parts::Among(&self.tables.texts, places)),
            Field::Labels => Borrowed::Labels(self.labels()),
            Field::OtherLabels(at, own) => {
                let set = at.and_then(|at| self.tables.sets.get(at)).map(|set| &**set).unwrap_or_default();
                Borrowed::Labels(Pairs::new(set, own.of(self.own)))
            }
            Field::Time(moment) => Borrowed::Time(moment),
            Field::Heartbeat(end) => Borrowed::Heartbeat(end),
            Field::LastBeat => self.expires.map_or(Borrowed::None, Borrowed::Heartbeat),
            Field::Number(number) => Borrowed::Number(number),
            Field::Rank(at) => self.tables.ranks.get(at).map_or(Borrowed::None, |rank| Borrowed::Rank(rank)),
        }
    }

    fn named(&self, name: Text) -> Reference {
        let mut reference = Reference::new(self.kind, name);
        if let Some(host) = self.host {
            reference = reference.on_host(host.clone());
        }
        if self.is_secret() { reference.secret() } else { reference }
    }
}

/// The packed values of a row, one after the other.
struct Fields<'a> {
    reader: Reader<'a>,
    left: usize,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        self.left = self.left.checked_sub(1)?;
        Some(self.reader.field())
    }
}
