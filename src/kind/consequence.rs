//! What a change of a resource does to people, in words: what they gain and lose, which limits get looser or tighter.
//!
//! Told before a save, beside the difference of the text. The text stays the truth about what is written; these lines are what
//! it comes to, as far as this build knows the settings. They are words only: nothing here decides what may be saved.

use crate::document::Resource;
use crate::resource::clean;

/// Which way a change goes, seen from whoever the resource lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Something that could not be done can be done now.
    Gained,
    /// A limit on how it is done is wider now, or gone.
    Loosened,
    /// Something can be done no longer.
    Lost,
    /// A limit is narrower now, or new.
    Tightened,
    /// It changes, and nobody can say by the text alone whether that is more or less.
    Other,
}

impl Direction {
    /// The word that stands before such lines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Loosened => "looser",
            Self::Lost => "lost",
            Self::Tightened => "tighter",
            Self::Other => "changed",
        }
    }
}

/// How much a line should weigh on the mind of whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Everything with no restriction left, a ban lifted, a limit as open as it can be: it is asked about.
    Widening,
    /// Worth a second look.
    Strong,
    /// What an edit is usually about.
    Usual,
}

/// One thing that a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// Which way it goes.
    pub direction: Direction,
    /// How much it weighs.
    pub weight: Weight,
    /// What it is, safe to show.
    pub words: String,
}

impl Consequence {
    /// Words that may hold text of the cluster; they are made safe to show.
    #[must_use]
    pub fn new(direction: Direction, weight: Weight, words: &str) -> Self {
        Self { direction, weight, words: clean(words).into_owned() }
    }
}

/// All that a change does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What is gained first, in each direction the heaviest first.
    pub lines: Vec<Consequence>,
    /// Whether any of it is so wide that saving should ask for more than a key.
    pub widens: bool,
    /// What it means that there are no lines, where that is known; else nothing is said.
    pub silence: &'static str,
}

impl Summary {
    /// Lines in the order they are to be read in.
    #[must_use]
    pub fn new(mut lines: Vec<Consequence>) -> Self {
        lines.sort_by_key(|line| (line.direction, line.weight));
        let widens = lines.iter().any(|line| line.weight == Weight::Widening);
        Self { lines, widens, silence: "" }
    }
}

/// For a kind whose changes let nobody in: there is nothing to tell beside the text.
#[must_use]
pub fn none(_before: Option<&Resource>, _after: &Resource) -> Summary {
    Summary::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_gain_is_read_first() {
        let line = |direction, weight, words: &str| Consequence::new(direction, weight, words);
        let summary = Summary::new(vec![
            line(Direction::Lost, Weight::Usual, "c"),
            line(Direction::Gained, Weight::Usual, "b\u{202e}"),
            line(Direction::Gained, Weight::Widening, "a"),
        ]);
        let words: Vec<&str> = summary.lines.iter().map(|line| line.words.as_str()).collect();
        assert_eq!(words, ["a", "b⟨U+202E⟩", "c"]);
        assert!(summary.widens);
        assert!(!Summary::new(vec![line(Direction::Gained, Weight::Strong, "a")]).widens);
    }
}
