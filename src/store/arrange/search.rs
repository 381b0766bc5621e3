//! Finds a word in a text without regard to case, without copying the text.
//!
//! Nearly every text is ASCII and is searched as it stands; the rest is compared in lower case.

use memchr::memmem;
use memchr::{memchr_iter, memchr2_iter};

/// A word to look for.
#[derive(Clone, Debug)]
pub struct Needle {
    lower: String,
    /// Which of its bytes is looked for first: one that few texts have.
    anchor: usize,
}

/// Letters as names, addresses and labels have them, the rarest first; what is not here is rarer still or a separator.
const RARE: &[u8] = b"zqjxkywvfhugbmdpcltnirsoae0123456789-./:";

impl Needle {
    /// A word, in whatever case.
    pub fn new(word: &str) -> Self {
        let lower = word.to_lowercase();
        let rarity = |byte: u8| RARE.iter().position(|rare| *rare == byte).map_or(0, |at| at + 1);
        let anchor = lower.bytes().enumerate().min_by_key(|(_, byte)| rarity(*byte)).map_or(0, |(at, _)| at);
        Self { lower, anchor }
    }

    /// Whether every text that has this word has that one too.
    pub fn has(&self, part: &Self) -> bool {
        self.lower.contains(&part.lower)
    }

    /// Whether it may lie across a label's key and value.
    pub fn spans(&self) -> bool {
        self.lower.contains('=')
    }

    /// Whether the text has it.
    pub fn is_in(&self, text: &str) -> bool {
        let word = self.lower.as_bytes();
        let Some(&anchor) = word.get(self.anchor) else { return true };
        if !text.is_ascii() {
            return memmem::find(text.to_lowercase().as_bytes(), word).is_some();
        }
        let text = text.as_bytes();
        let Some(spare) = text.len().checked_sub(word.len()) else { return false };
        // The anchor of a word that fits lies in this window, and the word begins where the anchor is found in it.
        let window = &text[self.anchor..=self.anchor + spare];
        let fits = |at: usize| text[at..at + word.len()].eq_ignore_ascii_case(word);
        if anchor.is_ascii_alphabetic() {
            memchr2_iter(anchor, anchor.to_ascii_uppercase(), window).any(fits)
        } else {
            memchr_iter(anchor, window).any(fits)
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
