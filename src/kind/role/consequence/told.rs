//! The lines of a summary as they are gathered, and the two sides of a role: what an allow gains, a deny takes away.

use super::names::{self, Names, is_anything, list};
use crate::kind::consequence::{Consequence, Direction, Weight};

/// Which side of a role speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What is let in.
    Allow,
    /// What is banned, whatever any role allows.
    Deny,
}

/// Lines being gathered.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// As they came.
    pub lines: Vec<Consequence>,
    /// Whether there was nothing before: what is compared with is the server's default.
    pub new: bool,
}

impl Told {
    /// What the other side of the comparison is called.
    pub fn before(&self) -> &'static str {
        if self.new { "by default" } else { "before" }
    }

    /// One line.
    pub fn say(&mut self, direction: Direction, weight: Weight, words: &str) {
        self.lines.push(Consequence::new(direction, weight, words));
    }

    /// A side speaks of more than before. A longer ban is a loss, however wide.
    pub fn more(&mut self, side: Side, weight: Weight, words: &str) {
        match side {
            Side::Allow => self.say(Direction::Gained, weight, words),
            Side::Deny => self.say(Direction::Lost, Weight::Usual, &format!("denied now: {words}")),
        }
    }

    /// A side speaks of less than before. A ban that is lifted widens, however small.
    pub fn less(&mut self, side: Side, words: &str) {
        match side {
            Side::Allow => self.say(Direction::Lost, Weight::Usual, words),
            Side::Deny => self.say(Direction::Gained, Weight::Widening, &format!("denied no longer: {words}")),
        }
    }

    /// A list of names grew or shrank. `weigh` says how much a name weighs where it is gained.
    pub fn names(
        &mut self,
        side: Side,
        (before, after): (&[String], &[String]),
        read: fn(&[String]) -> Names<'_>,
        weigh: fn(&str) -> Weight,
        phrase: impl Fn(&str) -> String,
    ) {
        let come = names::missing(after, &read(before));
        if let Some(weight) = come.iter().map(|name| weigh(name)).min() {
            self.more(side, weight, &phrase(&list(&come)));
        }
        let gone = names::missing(before, &read(after));
        if !gone.is_empty() {
            self.less(side, &phrase(&list(&gone)));
        }
    }
}

/// A list in which a star stands for anything.
pub(super) fn patterns(names: &[String]) -> Names<'_> {
    Names::patterns(names)
}

/// A list whose names mean themselves.
pub(super) fn literal(names: &[String]) -> Names<'_> {
    Names::literal(names)
}

/// What matches everything widens; any other name is what an edit is about.
pub(super) fn by_width(name: &str) -> Weight {
    if is_anything(name) { Weight::Widening } else { Weight::Usual }
}

/// As [`by_width`], where even a single name is a road to much else.
pub(super) fn strong(name: &str) -> Weight {
    by_width(name).min(Weight::Strong)
}
