//! Labels whose strings are shared.
//!
//! A hundred thousand app servers repeat a few hundred label texts. Each text is kept once and counted, so that a list costs
//! pointers, and texts nobody uses any more are given back.

use std::collections::HashSet;
use std::sync::Arc;

/// Texts kept once.
#[derive(Debug, Default)]
pub struct Strings(HashSet<Arc<str>>);

impl Strings {
    /// The one copy of this text.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.0.insert(text.clone());
        text
    }

    /// Forgets the texts that nothing else holds.
    pub fn sweep(&mut self) {
        self.0.retain(|text| Arc::strong_count(text) > 1);
    }
}

/// Labels in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels(Box<[(Arc<str>, Arc<str>)]>);

impl Labels {
    /// Sorts and shares; of repeated keys the first stays.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, strings: &mut Strings) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().map(|(key, value)| (strings.share(key), strings.share(value))).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|b, a| a.0 == b.0);
        Self(pairs.into())
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|pair| (*pair.0).cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    /// Keys and values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_once_and_given_back() {
        let mut strings = Strings::default();
        let a = Labels::new([("env", "prod"), ("team", "db")], &mut strings);
        let b = Labels::new([("env", "prod")], &mut strings);
        assert!(Arc::ptr_eq(&a.0[0].1, &b.0[0].1));
        drop(a);
        strings.sweep();
        assert_eq!(strings.0.len(), 2);
        assert_eq!(b.get("env"), Some("prod"));
        assert_eq!(b.get("team"), None);
    }
}
