//! One option of a role before and after, with what comes of it for a person who has other roles too.
//!
//! An option is no grant: which of several roles decides differs from option to option, so each line says it.

use super::told::Told;
use crate::kind::consequence::{Direction, Weight};

/// Which of a person's roles decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merge {
    /// The strictest.
    Strictest,
    /// The loosest.
    Loosest,
    /// Each role where it applies.
    Each,
}

/// How an option stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    /// How open that is, on a scale of its own; none where nobody can say.
    pub open: Option<i64>,
    /// As open as to leave nothing of the limit.
    pub most: bool,
    /// In words.
    pub words: String,
}

impl Stand {
    /// On a scale.
    pub fn new(open: i64, most: bool, words: &str) -> Self {
        Self { open: Some(open), most, words: words.to_owned() }
    }

    /// Allowed or not.
    pub fn allowed(yes: bool) -> Self {
        if yes { Self::new(1, true, "allowed") } else { Self::new(0, false, "not allowed") }
    }

    /// A limit that is there or not.
    pub fn demanded(yes: bool) -> Self {
        if yes { Self::new(0, false, "yes") } else { Self::new(1, true, "no") }
    }

    /// At most so many; zero is no limit.
    pub fn at_most(count: i64) -> Self {
        if count > 0 { Self::new(count, false, &format!("at most {count}")) } else { Self::new(i64::MAX, true, "no limit") }
    }

    /// A value that this build has no name for.
    pub fn unknown(value: &str) -> Self {
        Self { open: None, most: false, words: format!("unknown ({value})") }
    }
}

impl Told {
    /// An option as it was and as it shall be.
    pub fn option(&mut self, name: &str, merge: Merge, before: &Stand, after: &Stand) {
        if before == after {
            return;
        }
        let order = before.open.zip(after.open).map(|(before, after)| after.cmp(&before));
        let (direction, weight) = match order {
            Some(std::cmp::Ordering::Greater) if after.most => (Direction::Loosened, Weight::Widening),
            Some(std::cmp::Ordering::Greater) => (Direction::Loosened, Weight::Usual),
            Some(std::cmp::Ordering::Less) => (Direction::Tightened, Weight::Usual),
            Some(std::cmp::Ordering::Equal) => (Direction::Other, Weight::Usual),
            None => (Direction::Other, Weight::Strong),
        };
        let others = match (merge, direction) {
            (Merge::Strictest, Direction::Loosened) => " · a stricter role of theirs still counts",
            (Merge::Strictest, Direction::Tightened) | (Merge::Loosest, Direction::Loosened) => {
                " · whatever their other roles say"
            }
            (Merge::Loosest, Direction::Tightened) => " · unless another role of theirs allows it",
            _ => "",
        };
        let was = self.before();
        self.say(direction, weight, &format!("{name}: {} ({was}: {}){others}", after.words, before.words));
    }
}
