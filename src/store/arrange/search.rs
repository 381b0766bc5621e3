//! Finds a word in a text without regard to case, without copying the text.
//!
//! Nearly every text is ASCII and is searched as it stands; the rest is compared in lower case.

use memchr::memchr2;
use memchr::memmem::{self, Finder};

/// A word to look for.
#[derive(Clone, Debug)]
pub struct Needle {
    lower: String,
    finder: Finder<'static>,
}

/// So many bytes are looked through for capitals at once.
const BLOCK: usize = 32;

impl Needle {
    /// A word, in whatever case.
    pub fn new(word: &str) -> Self {
        let lower = word.to_lowercase();
        let finder = Finder::new(&lower).into_owned();
        Self { lower, finder }
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
        if !text.is_ascii() {
            return memmem::find(text.to_lowercase().as_bytes(), self.lower.as_bytes()).is_some();
        }
        let text = text.as_bytes();
        if let [only] = self.lower.as_bytes() {
            return memchr2(*only, only.to_ascii_uppercase(), text).is_some();
        }
        self.finder.find(text).is_some() || self.is_around_a_capital(text)
    }

    /// Whether it is there with a capital in it, of which most texts have none or few.
    fn is_around_a_capital(&self, text: &[u8]) -> bool {
        let word = self.lower.as_bytes();
        let mut looked = 0;
        let blocks = text.chunks(BLOCK).enumerate();
        let some = blocks.filter(|(_, block)| block.iter().fold(false, |some, byte| some | byte.is_ascii_uppercase()));
        let capitals = some.flat_map(|(at, block)| {
            let capitals = block.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
            capitals.map(move |(within, _)| at * BLOCK + within)
        });
        for capital in capitals {
            // It begins at the capital or so much before that it reaches it; no beginning is looked at twice.
            let first = (capital + 1).saturating_sub(word.len()).max(looked);
            let fits = |at: usize| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word));
            if (first..=capital).any(fits) {
                return true;
            }
            looked = capital + 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_lower_case_finds(text in "[aAbBé1 ]{0,80}", word in "[aAbBé1]{0,4}") {
            let found = text.to_lowercase().contains(&word.to_lowercase());
            prop_assert_eq!(Needle::new(&word).is_in(&text), found);
        }
    }
}
