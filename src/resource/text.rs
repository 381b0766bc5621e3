//! A text that may lie in a longer one.
//!
//! What a list says of a resource lies in one piece of memory; its name, its address and its description are places in it. So
//! taking a row out of a list is one copy and not one for each text.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Of a text from the cluster no more bytes are kept than any list could show.
const KEPT: usize = 4096;

/// As much of a text as a list keeps.
#[must_use]
pub fn kept(text: &str) -> &str {
    &text[..text.floor_char_boundary(KEPT)]
}

/// A text, cheap to clone. Equality and order are the text's.
#[derive(Clone)]
pub struct Text {
    whole: Arc<str>,
    at: usize,
    end: usize,
}

impl Text {
    /// What stands in this place of a longer text; nothing if there is no such place.
    #[must_use]
    pub fn part(whole: &Arc<str>, place: Range<usize>) -> Self {
        let place = if whole.get(place.clone()).is_some() { place } else { 0..0 };
        Self { whole: whole.clone(), at: place.start, end: place.end }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.whole[self.at..self.end]
    }
}

impl From<Arc<str>> for Text {
    fn from(whole: Arc<str>) -> Self {
        Self { at: 0, end: whole.len(), whole }
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
        let whole: Arc<str> = "wiki.example.testé".into();
        let [name, last, none] = [0..4, 17..19, 18..19].map(|place| Text::part(&whole, place));
        assert_eq!((&*name, &*last, &*none), ("wiki", "é", ""), "a place that cuts a character is none");
        assert!(Arc::ptr_eq(&name.whole, &last.whole));
        assert_eq!(Text::from("wiki"), name);
    }
}
