//! Finds a word in a text without regard to case, without copying the text.
//!
//! Nearly every text is ASCII and is searched as it stands; the rest is compared in lower case.

use memchr::memmem;
use memchr::{memchr_iter, memchr2_iter};

/// A word to look for.
#[derive(Clone, Debug)]
pub struct Needle {
    lower: String,
}

impl Needle {
    /// A word, in whatever case.
    pub fn new(word: &str) -> Self {
        Self { lower: word.to_lowercase() }
    }

    /// Whether the text has it.
    pub fn is_in(&self, text: &str) -> bool {
        let Some((&first, rest)) = self.lower.as_bytes().split_first() else { return true };
        if !text.is_ascii() {
            return memmem::find(text.to_lowercase().as_bytes(), self.lower.as_bytes()).is_some();
        }
        let text = text.as_bytes();
        if text.len() < self.lower.len() {
            return false;
        }
        let last = text.len() - rest.len();
        let fits = |at: usize| text[at + 1..at + 1 + rest.len()].eq_ignore_ascii_case(rest);
        if first.is_ascii_alphabetic() {
            memchr2_iter(first, first.to_ascii_uppercase(), &text[..last]).any(fits)
        } else {
            memchr_iter(first, &text[..last]).any(fits)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_lower_case_finds(text in "[aAbBé1 ]{0,12}", word in "[aAbBé1]{0,3}") {
            let found = text.to_lowercase().contains(&word.to_lowercase());
            prop_assert_eq!(Needle::new(&word).is_in(&text), found);
        }
    }
}
