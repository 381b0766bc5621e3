//! A text that may be a part of a larger one.
//!
//! A row's own texts (name, address, description) are kept in one piece of memory and each is a place in it: a hundred thousand
//! rows then cost one allocation a row for all their text, and what one text repeats of another costs nothing.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A text, cheap to clone. Equality and order are the text's.
#[derive(Clone)]
pub struct Text {
    whole: Arc<str>,
    at: u16,
    len: u16,
    /// All of it, however long: then the place says nothing.
    all: bool,
}

impl Text {
    /// These texts in one piece of memory, in their order. What is too long for that is kept by itself.
    #[must_use]
    pub fn pack(texts: &[&str]) -> Vec<Self> {
        let mut places = vec![(0, 0); texts.len()];
        let mut longest: Vec<usize> = (0..texts.len()).collect();
        longest.sort_by_key(|&at| std::cmp::Reverse(texts[at].len()));
        let mut whole = String::with_capacity(texts.iter().map(|text| text.len()).sum());
        for at in longest {
            // The longest first, since a shorter one may stand in it: an address begins with the name.
            let start = whole.find(texts[at]).unwrap_or_else(|| {
                whole.push_str(texts[at]);
                whole.len() - texts[at].len()
            });
            places[at] = (start, texts[at].len());
        }
        if whole.len() > usize::from(u16::MAX) {
            return texts.iter().map(|text| Self::from(*text)).collect();
        }
        let whole: Arc<str> = whole.into();
        let narrow = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        places.iter().map(|&(at, len)| Self { whole: whole.clone(), at: narrow(at), len: narrow(len), all: false }).collect()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        if self.all { &self.whole } else { &self.whole[usize::from(self.at)..][..usize::from(self.len)] }
    }
}

impl From<Arc<str>> for Text {
    fn from(whole: Arc<str>) -> Self {
        Self { whole, at: 0, len: 0, all: true }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Arc::<str>::from(text).into()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Arc::<str>::from(text).into()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_share_one_piece_of_memory() {
        let packed = Text::pack(&["wiki", "wiki.example.test", "é", ""]);
        assert_eq!(packed.iter().map(|text| &**text).collect::<Vec<_>>(), ["wiki", "wiki.example.test", "é", ""]);
        assert_eq!(&*packed[0].whole, "wiki.example.testé", "what one repeats of another costs nothing");
        assert!(packed.iter().all(|text| Arc::ptr_eq(&text.whole, &packed[0].whole)));
    }

    #[test]
    fn a_text_may_be_of_any_length() {
        let long = "x".repeat(70_000);
        let packed = Text::pack(&["a", &long]);
        assert_eq!((&*packed[0], packed[1].len()), ("a", 70_000));
        assert!(size_of::<Text>() <= 24);
    }
}
