//! Labels whose strings, and whose whole sets, are shared.
//!
//! A hundred thousand app servers repeat a few hundred label texts in a few thousand combinations. Each text and each
//! combination is kept once and counted, and given back when nobody uses it any more. What only one row has, as a command's
//! last answer may be, stays with the row.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::text::Text;

/// Of a label no more is kept than any list could show.
const MOST: usize = 4096;
/// What separates keys and values of a row's own labels.
const END: char = '\0';

type Pair = (Arc<str>, Arc<str>);

/// Texts and label sets kept once.
#[derive(Debug, Default)]
pub struct Strings {
    texts: HashSet<Arc<str>>,
    sets: HashMap<Arc<[Pair]>, Arc<Set>>,
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
        // Twice by this map itself: as the key and in the set.
        self.sets.retain(|pairs, set| Arc::strong_count(set) > 1 || Arc::strong_count(pairs) > 2);
        self.texts.retain(|text| Arc::strong_count(text) > 1);
        self.sets.shrink_to_fit();
        self.texts.shrink_to_fit();
    }

    fn set(&mut self, pairs: Vec<Pair>) -> Arc<Set> {
        if let Some(known) = self.sets.get(pairs.as_slice()) {
            return known.clone();
        }
        let pairs: Arc<[Pair]> = pairs.into();
        let set = Arc::new(Set { shared: pairs.clone(), own: None });
        self.sets.insert(pairs, set.clone());
        set
    }
}

/// Labels in the order of their keys.
#[derive(Clone, Debug, Default)]
pub struct Labels(Option<Arc<Set>>);

#[derive(Debug)]
struct Set {
    shared: Arc<[Pair]>,
    /// Key, value, key, value, each with an [`END`].
    own: Option<Text>,
}

impl Labels {
    /// Sorts and shares; of repeated keys the first stays.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, strings: &mut Strings) -> Self {
        let mut pairs: Vec<Pair> =
            pairs.into_iter().map(|(key, value)| (strings.share(cut(key)), strings.share(cut(value)))).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|b, a| a.0 == b.0);
        Self((!pairs.is_empty()).then(|| strings.set(pairs)))
    }

    /// The same with labels that no other row has, as [`Labels::own`] wrote them.
    #[must_use]
    pub fn with(self, own: Text) -> Self {
        if own.is_empty() {
            return self;
        }
        let shared = self.0.map_or_else(|| Arc::from([]), |set| set.shared.clone());
        Self(Some(Arc::new(Set { shared, own: Some(own) })))
    }

    /// Labels as one text, for [`Labels::with`]; nothing for one that cannot be written so.
    #[must_use]
    pub fn own(key: &str, value: &str) -> Option<String> {
        let plain = !key.contains(END) && !value.contains(END);
        plain.then(|| format!("{}{END}{}{END}", cut(key), cut(value)))
    }

    /// What only this row has, as one text.
    #[must_use]
    pub fn own_text(&self) -> &str {
        self.0.as_ref().and_then(|set| set.own.as_deref()).unwrap_or_default()
    }

    fn shared(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|set| set.shared.iter()).map(|(key, value)| (&**key, &**value))
    }

    fn owned(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut parts = self.own_text().split(END);
        std::iter::from_fn(move || {
            let key = parts.next()?;
            Some((key, parts.next()?))
        })
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.any().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Keys and values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let (mut shared, mut own) = (self.shared().peekable(), self.owned().peekable());
        std::iter::from_fn(move || match (shared.peek(), own.peek()) {
            (Some(a), Some(b)) if b.0 < a.0 => own.next(),
            (Some(_), _) => shared.next(),
            _ => own.next(),
        })
    }

    /// Keys and values in any order, which is quicker.
    pub fn any(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shared().chain(self.owned())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// As a list shows them: without those that Teleport sets itself.
    pub fn listed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter(|(key, _)| is_listed(key))
    }
}

impl PartialEq for Labels {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.0, &other.0) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same || self.iter().eq(other.iter())
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

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST)]
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
        assert!(a.0.as_ref().zip(c.0.as_ref()).is_some_and(|(a, c)| Arc::ptr_eq(a, c)));
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
