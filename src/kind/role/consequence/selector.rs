//! Which resources a selector of labels matches, and how two selectors compare: the same, wider, narrower, or neither.
//!
//! In an allow, labels and expression must both match where both are given; in a deny either is enough. Expressions are not
//! understood here: two that differ are told as two.

use super::names::{Names, is_anything};
use super::told::Side;
use crate::kind::role::door::Door;

/// What a door matches.
#[derive(Clone, Debug)]
pub(super) struct Selector<'a> {
    side: Side,
    /// By key.
    pub labels: Vec<(&'a str, &'a [String])>,
    /// Empty for none.
    pub expression: &'a str,
    all: bool,
}

impl<'a> Selector<'a> {
    /// The selector of one side; of a door that is not there, one that matches nothing.
    pub fn of(side: Side, door: Option<&Door<'a>>) -> Self {
        let (labels, expression) = door.map(|door| (door.labels.clone(), door.expression.trim())).unwrap_or_default();
        let every = labels.iter().any(|(key, values)| *key == "*" && values.iter().any(|value| value == "*"));
        let all = match (side, expression) {
            (Side::Allow, "") => every,
            (Side::Allow, "true") => every || labels.is_empty(),
            (Side::Allow, _) => false,
            (Side::Deny, expression) => every || expression == "true",
        };
        let expression = if expression == "true" && (all || side == Side::Allow) { "" } else { expression };
        Self { side, labels, expression, all }
    }

    /// Whether anything could match.
    pub fn is_open(&self) -> bool {
        self.all || !self.labels.is_empty() || !self.expression.is_empty()
    }

    /// Whether whatever the other matches is matched by this too, as far as that is certain.
    pub fn covers(&self, other: &Self) -> bool {
        if self.all || !other.is_open() {
            return true;
        }
        let expression = match self.side {
            Side::Allow => self.expression.is_empty() || self.expression == other.expression,
            Side::Deny => other.expression.is_empty() || self.expression == other.expression,
        };
        expression && !other.all && self.is_open() && self.labels_cover(other)
    }

    fn labels_cover(&self, other: &Self) -> bool {
        // Without labels the expression decides alone: in an allow over everything, in a deny over what it matches.
        match self.side {
            Side::Allow if self.labels.is_empty() => return true,
            Side::Deny if other.labels.is_empty() => return true,
            Side::Allow if other.labels.is_empty() => return false,
            Side::Deny if self.labels.is_empty() => return false,
            _ => {}
        }
        self.labels.iter().all(|(key, values)| {
            let Some(others) = other.values(key) else { return false };
            let values = Names::patterns(*values);
            others.iter().all(|value| values.cover(value))
        })
    }

    /// Keys are in order, and there may be thousands.
    fn values(&self, key: &str) -> Option<&'a [String]> {
        let at = self.labels.binary_search_by(|(other, _)| (*other).cmp(key)).ok()?;
        Some(self.labels[at].1)
    }

    /// Whether a restriction of before is gone altogether: a value or a whole key that anything passes now.
    pub fn lifts(&self, before: &Self) -> bool {
        if before.all || !self.is_open() {
            return false;
        }
        let dropped_key = before.labels.iter().any(|(key, _)| self.values(key).is_none());
        let dropped = before.is_open()
            && self.covers(before)
            && (dropped_key || (!before.expression.is_empty() && self.expression.is_empty()));
        let opened = self.labels.iter().any(|(key, values)| {
            let was = before.values(key).is_some_and(|values| values.iter().any(|value| is_anything(value)));
            !was && values.iter().any(|value| is_anything(value))
        });
        self.all || dropped || (opened && !before.covers(self))
    }

    /// Where exactly the values of one key differ: this selector with only the values that the other lacks. None where more
    /// than that differs or it lacks none.
    pub fn only_new(&self, other: &'a Self) -> Option<Vec<(&'a str, Vec<&'a str>)>> {
        let keys = |selector: &Self| selector.labels.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        if self.all || other.all || self.expression != other.expression || keys(self) != keys(other) {
            return None;
        }
        let mut out = Vec::new();
        let mut differing = 0;
        for ((key, values), (_, others)) in self.labels.iter().zip(&other.labels) {
            let (mine, theirs) = (Names::patterns(*values), Names::patterns(*others));
            let new: Vec<&str> = values.iter().map(String::as_str).filter(|value| !theirs.cover(value)).collect();
            let old = others.iter().any(|value| !mine.cover(value));
            differing += usize::from(!new.is_empty() || old);
            let shown = if new.is_empty() { values.iter().map(String::as_str).collect() } else { new };
            out.push((*key, shown));
        }
        (differing == 1).then_some(out)
    }

    /// Whether these values are all that its keys have.
    pub fn is_whole(&self, labels: &[(&str, Vec<&str>)]) -> bool {
        self.labels.iter().zip(labels).all(|((_, values), (_, shown))| values.len() == shown.len())
    }

    /// In words after the noun: `all nodes`, `nodes env=prod team=db`.
    pub fn words(&self, noun: &str) -> String {
        let labels: Vec<(&str, Vec<&str>)> =
            self.labels.iter().map(|(key, values)| (*key, values.iter().map(String::as_str).collect())).collect();
        self.words_with(noun, &labels)
    }

    /// The same with other values for its keys.
    pub fn words_with(&self, noun: &str, labels: &[(&str, Vec<&str>)]) -> String {
        if self.all {
            return format!("all {noun}");
        }
        if !self.is_open() {
            return format!("no {noun}");
        }
        let said = labels.iter().take(KEYS).map(|(key, values)| format!("{key}={}", some(values)));
        let more = (labels.len() > KEYS).then(|| format!("… ({} keys)", labels.len()));
        let labels = said.chain(more).collect::<Vec<_>>().join(" ");
        let both = if self.side == Side::Allow { "and" } else { "or" };
        match (labels.is_empty(), self.expression.is_empty()) {
            (false, true) => format!("{noun} {labels}"),
            (true, _) => format!("{noun} where {}", self.expression),
            (false, false) => format!("{noun} {labels} {both} where {}", self.expression),
        }
    }
}

/// More values of one label than this are counted, and more keys of one selector.
const VALUES: usize = 12;
const KEYS: usize = 12;

fn some(values: &[&str]) -> String {
    match values.len() {
        0..=VALUES => values.join("|"),
        more => format!("{}|… ({more} values)", values[..VALUES].join("|")),
    }
}
