//! Labels whose strings, and whose whole sets, are shared.
//!
//! A hundred thousand app servers repeat a few hundred label texts in a few thousand combinations. Each text and each
//! combination is kept once and counted, and given back when nobody uses it any more. What only one row has, as a command's
//! last answer may be, stays with the row.

use std::collections::HashSet;
use std::sync::Arc;

use super::text::{Text, kept};

/// More labels than this nobody looks through; how many were left out is told instead.
const MANY: usize = 1_000;
/// What separates keys and values of a row's own labels.
const END: char = '\0';

/// A key and its value.
pub type Pair = (Arc<str>, Arc<str>);

/// Texts and label sets kept once.
#[derive(Debug, Default)]
pub struct Strings {
    texts: HashSet<Arc<str>>,
    sets: HashSet<Arc<[Pair]>>,
}

impl Strings {
    /// The one copy of this text.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.texts.insert(text.clone());
        text
    }

    /// Forgets what nothing else holds.
    pub fn sweep(&mut self) {
        self.sets.retain(|set| Arc::strong_count(set) > 1);
        self.texts.retain(|text| Arc::strong_count(text) > 1);
        self.sets.shrink_to_fit();
        self.texts.shrink_to_fit();
    }

    fn set(&mut self, pairs: Vec<Pair>) -> Arc<[Pair]> {
        if let Some(known) = self.sets.get(pairs.as_slice()) {
            return known.clone();
        }
        let set: Arc<[Pair]> = pairs.into();
        self.sets.insert(set.clone());
        set
    }
}

/// Labels in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    shared: Option<Arc<[Pair]>>,
    /// Key, value, key, value, each with an [`END`].
    own: Option<Text>,
}

/// Labels where they lie.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    shared: &'a [Pair],
    own: &'a str,
}

impl Labels {
    /// Sorts and shares; of repeated keys the first stays.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, strings: &mut Strings) -> Self {
        let mut pairs = pairs.into_iter();
        let mut share = |(key, value): (&str, &str)| (strings.share(kept(key)), strings.share(kept(value)));
        let mut kept: Vec<Pair> = pairs.by_ref().take(MANY).map(&mut share).collect();
        let more = pairs.count();
        if more > 0 {
            kept.push(share(("…", &format!("{more} more"))));
        }
        let mut pairs = kept;
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|b, a| a.0 == b.0);
        Self { shared: (!pairs.is_empty()).then(|| strings.set(pairs)), own: None }
    }

    /// These again, from what [`Labels::set`] and [`Labels::own_text`] told.
    #[must_use]
    pub fn kept(shared: Option<Arc<[Pair]>>, own: Text) -> Self {
        Self { shared, own: None }.with(own)
    }

    /// The same with labels that no other row has, as [`Labels::own`] wrote them.
    #[must_use]
    pub fn with(self, own: Text) -> Self {
        Self { own: Some(own).filter(|own| !own.is_empty()), ..self }
    }

    /// Labels as one text, for [`Labels::with`]; nothing for one that cannot be written so.
    #[must_use]
    pub fn own(key: &str, value: &str) -> Option<String> {
        let plain = !key.contains(END) && !value.contains(END);
        plain.then(|| format!("{}{END}{}{END}", kept(key), kept(value)))
    }

    /// What only this row has, as one text.
    #[must_use]
    pub fn own_text(&self) -> &str {
        self.own.as_deref().unwrap_or_default()
    }

    /// What many rows have together.
    #[must_use]
    pub fn set(&self) -> Option<&Arc<[Pair]>> {
        self.shared.as_ref()
    }

    /// These, where they lie.
    #[must_use]
    pub fn pairs(&self) -> Pairs<'_> {
        Pairs::new(self.shared.as_deref().unwrap_or_default(), self.own_text())
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs().any().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Keys and values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs().iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shared.is_none() && self.own.is_none()
    }

    /// As a list shows them: without those that Teleport sets itself.
    pub fn listed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs().listed()
    }
}

impl<'a> Pairs<'a> {
    /// What many rows share, and what is this one's alone.
    #[must_use]
    pub fn new(shared: &'a [Pair], own: &'a str) -> Self {
        Self { shared, own }
    }

    /// Keys and values, by key.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let (mut shared, mut own) = (self.pairs().peekable(), self.owned().peekable());
        std::iter::from_fn(move || match (shared.peek(), own.peek()) {
            (Some(a), Some(b)) if b.0 < a.0 => own.next(),
            (Some(_), _) => shared.next(),
            _ => own.next(),
        })
    }

    /// Keys and values in any order, which is quicker.
    pub fn any(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs().chain(self.owned())
    }

    /// As a list shows them: without those that Teleport sets itself.
    pub fn listed(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().filter(|(key, _)| is_listed(key))
    }

    /// Those that many rows have.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { own: "", ..self }
    }

    /// Those that only this row has.
    #[must_use]
    pub fn own(self) -> Self {
        Self { shared: &[], ..self }
    }

    /// Which set is shared: the same number for the same set, as long as somebody holds it.
    #[must_use]
    pub fn set(self) -> usize {
        self.shared.as_ptr().addr()
    }

    fn pairs(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.shared.iter().map(|(key, value)| (&**key, &**value))
    }

    fn owned(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut parts = self.own.split(END);
        std::iter::from_fn(move || {
            let key = parts.next()?;
            Some((key, parts.next()?))
        })
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        self.pairs() == other.pairs()
    }
}

impl PartialEq for Pairs<'_> {
    fn eq(&self, other: &Self) -> bool {
        (std::ptr::eq(self.shared, other.shared) && self.own == other.own) || self.iter().eq(other.iter())
    }
}

impl Eq for Labels {}

/// The label in which Teleport writes who made a resource. It is no fact about the thing, and every second one carries it.
pub const ORIGIN: &str = "teleport.dev/origin";

/// Whether a label is worth a place in a list. Teleport keeps some for itself.
#[must_use]
pub fn is_listed(key: &str) -> bool {
    !key.starts_with("teleport.internal/") && !key.starts_with("teleport.hidden/") && key != ORIGIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_sets_are_kept_once_and_given_back() {
        let mut strings = Strings::default();
        let a = Labels::new([("env", "prod"), ("team", "db")], &mut strings);
        let b = Labels::new([("env", "prod")], &mut strings);
        let c = Labels::new([("team", "db"), ("env", "prod"), ("env", "dev")], &mut strings);
        assert!(a.set().zip(c.set()).is_some_and(|(a, c)| Arc::ptr_eq(a, c)));
        drop((a, c));
        strings.sweep();
        assert_eq!((strings.texts.len(), strings.sets.len()), (2, 1));
        assert_eq!(b.get("env"), Some("prod"));
        assert_eq!(b.get("team"), None);
    }

    #[test]
    fn a_rows_own_labels_stand_among_the_shared() {
        let mut strings = Strings::default();
        let fixed = Labels::new([("env", "prod"), ("zone", "a")], &mut strings);
        let labels = fixed.clone().with(Labels::own("host", "h-1").expect("plain").as_str().into());
        assert_eq!(labels.iter().collect::<Vec<_>>(), [("env", "prod"), ("host", "h-1"), ("zone", "a")]);
        assert_eq!((labels.get("host"), labels.get("zone")), (Some("h-1"), Some("a")));
        assert_ne!(labels, fixed);
        assert_eq!(labels, Labels::new([("host", "h-1"), ("zone", "a"), ("env", "prod")], &mut strings));
        drop(fixed);
        strings.sweep();
        assert_eq!(strings.sets.len(), 1, "the row still holds the shared part");
        assert_eq!(Labels::own("a\0", "b"), None);
        assert!(Labels::default().with("".into()).is_empty());
    }

    #[test]
    fn ten_megabytes_in_one_label_are_not_kept() {
        let labels = Labels::new([("a", "é".repeat(5_000_000).as_str())], &mut Strings::default());
        assert_eq!(labels.get("a").map(str::len), Some(4096));
    }

    #[test]
    fn teleports_own_labels_are_not_listed() {
        let labels = Labels::new(
            [("team", "db"), ("env", "prod"), ("teleport.internal/x", "1"), (ORIGIN, "dynamic")],
            &mut Strings::default(),
        );
        assert_eq!(labels.listed().collect::<Vec<_>>(), [("env", "prod"), ("team", "db")]);
    }
}
