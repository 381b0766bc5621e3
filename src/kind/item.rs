//! One row's worth of a resource, the same for every kind.
//!
//! The reference, what the columns show, and the labels, with strings shared. A list of a hundred thousand keeps them packed and
//! takes one out when it is looked at. Equality looks at what a person could see; a heartbeat that moves only the expiry is no change.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use crate::resource::{Labels, Reference, Revision, Text, kept};

/// What a column knows about one resource. It sorts as what it is, not as its text.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nothing to say; prints as a dash.
    #[default]
    None,
    /// Text from the cluster, not yet made safe to show.
    Text(Text),
    /// Text that many rows share.
    Shared(Arc<str>),
    /// Several texts, in the cluster's order.
    List(Box<[Arc<str>]>),
    /// The labels, which the item has anyway: told as `key=value` without those that Teleport sets itself.
    Labels(Labels),
    /// A moment: told as an age or a countdown.
    Time(SystemTime),
    /// When something that keeps giving signs of life will be given up. Each sign moves it, and that is no change: two of
    /// these are always equal.
    Heartbeat(SystemTime),
    /// A count.
    Number(i64),
    /// One of a few words of ours, which have an order and a tone.
    Rank(&'static Rank),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.borrowed().is(other.borrowed())
    }
}

impl Eq for Value {}

/// One of a few words of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// Where it stands among its like; lower comes first.
    pub order: u8,
    /// What a person reads.
    pub word: &'static str,
    /// How it is meant.
    pub tone: Tone,
}

/// What a text means to the person. A theme gives it a colour; a word or a mark always goes with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Text on ground.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Wants a look.
    Warn,
    /// Wants a hand, or is dangerous.
    Bad,
    /// Aside.
    Muted,
    /// Where I am.
    Accent,
}

impl Value {
    /// Text, or nothing if it is empty. No more of it is kept than any list could show.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::None } else { Self::Text(kept(text).into()) }
    }

    /// The labels, or nothing if a list would show none of them.
    #[must_use]
    pub fn labels(labels: &Labels) -> Self {
        if labels.listed().next().is_none() { Self::None } else { Self::Labels(labels.clone()) }
    }

    /// A moment, or nothing.
    #[must_use]
    pub fn time(moment: Option<SystemTime>) -> Self {
        moment.map_or(Self::None, Self::Time)
    }

    /// The parts of a text or list; one empty slice for anything else.
    #[must_use]
    pub fn parts(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Text(text) => vec![Cow::Borrowed(text)],
            Self::Shared(text) => vec![Cow::Borrowed(text)],
            Self::List(list) => list.iter().map(|part| Cow::Borrowed(&**part)).collect(),
            Self::Labels(labels) => labels.listed().map(|(key, value)| format!("{key}={value}").into()).collect(),
            Self::Rank(rank) => vec![Cow::Borrowed(rank.word)],
            Self::None | Self::Time(_) | Self::Heartbeat(_) | Self::Number(_) => Vec::new(),
        }
    }
}

/// One resource as a list knows it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Which resource.
    pub reference: Reference,
    /// The server's revision, as far as the source of this item told it.
    pub revision: Revision,
    /// When the server will remove it.
    pub expires: Option<SystemTime>,
    /// Its labels.
    pub labels: Labels,
    /// One value for each column of the kind, hidden ones included.
    pub values: Box<[Value]>,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.reference == other.reference && self.labels == other.labels && self.values == other.values
    }
}

/// Bytes that are not the message they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    fn item(revision: &str, name: &str) -> Item {
        let reference = Reference::new("role", "a");
        let (revision, values) = (revision.into(), [Value::text(name)].into());
        Item { reference, revision, expires: None, labels: Labels::default(), values }
    }

    #[test]
    fn a_heartbeat_is_no_change() {
        let mut later = item("2", "x");
        later.expires = Some(SystemTime::UNIX_EPOCH);
        assert_eq!(item("1", "x"), later);
        assert_ne!(item("1", "x"), item("1", "y"));
    }

    #[test]
    fn a_sign_of_life_is_no_change() {
        let beat = |seconds| Value::Heartbeat(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        assert_eq!(beat(1), beat(2));
        assert_ne!(beat(1), Value::None, "whether there is one at all is seen");
    }

    #[test]
    fn a_text_of_ten_megabytes_is_not_kept() {
        assert_eq!(Value::text(""), Value::None);
        assert_eq!(Value::text(&"é".repeat(5_000_000)).parts()[0].len(), 4096);
    }
}
