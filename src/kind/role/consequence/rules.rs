//! What may be done with Teleport's own resources: every pair of a resource and a verb that the rules give or forbid.
//!
//! Rules are taken apart, so that a rule split in two or put in another order is no change. Pairs that come and go together are
//! told together.

use super::names::{and, list};
use super::told::{Side, Told};
use crate::kind::consequence::Weight;
use crate::kind::role::standing::{KEYS_TO_ALL, WRITES};
use crate::schema::types::Rule;

/// One verb on one resource, and under which condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Right<'a> {
    resource: &'a str,
    verb: &'a str,
    condition: &'a str,
}

impl Right<'_> {
    /// Whether the other right is held by whoever holds this one.
    fn covers(&self, other: &Self) -> bool {
        let resource = self.resource == "*" || self.resource == other.resource;
        let verb = self.verb == "*"
            || self.verb == other.verb
            // Who may read all may also read without the secrets.
            || (self.verb == "read" && other.verb == "readnosecrets");
        resource && verb && (self.condition.is_empty() || self.condition == other.condition)
    }

    fn weight(&self) -> Weight {
        if self.resource == "*" || self.verb == "*" {
            return Weight::Widening;
        }
        let strong = KEYS_TO_ALL.contains(&self.resource) && WRITES.contains(&self.verb);
        if strong { Weight::Strong } else { Weight::Usual }
    }
}

/// One side of both roles.
pub(super) fn compare(told: &mut Told, side: Side, before: &[Rule], after: &[Rule]) {
    let (old, new) = (rights(before), rights(after));
    for group in groups(missing(&new, &old)) {
        let before = conditions(&old, &group);
        let dropped = group.condition.is_empty() && !before.is_empty();
        let weight = if dropped { Weight::Widening } else { group.weight };
        let note = match (dropped, before.as_slice()) {
            (true, was) => format!(" (before only where {})", was.join(", or where ")),
            (false, _) => String::new(),
        };
        told.more(side, weight, &format!("{}{note}", group.words()));
    }
    for group in groups(missing(&old, &new)) {
        let still = conditions(&new, &group);
        let note = if still.is_empty() || !group.condition.is_empty() {
            String::new()
        } else {
            format!(" (still where {})", still.join(", or where "))
        };
        told.less(side, &format!("{}{note}", group.words()));
    }
    actions(told, before, after);
}

fn rights(rules: &[Rule]) -> Vec<Right<'_>> {
    let mut all: Vec<Right<'_>> = Vec::new();
    for rule in rules {
        for resource in &rule.resources {
            all.extend(rule.verbs.iter().map(|verb| Right { resource, verb, condition: rule.r#where.trim() }));
        }
    }
    all
}

fn missing<'a>(rights: &[Right<'a>], from: &[Right<'_>]) -> Vec<Right<'a>> {
    let mut out: Vec<Right<'a>> = Vec::new();
    for right in rights {
        if !from.iter().any(|other| other.covers(right)) && !out.contains(right) {
            out.push(*right);
        }
    }
    // Without what a wider one of them says anyway.
    let wide: Vec<Right<'a>> = out.iter().copied().filter(|right| right.resource == "*" || right.verb == "*").collect();
    out.retain(|right| !wide.iter().any(|wide| wide != right && wide.covers(right) && !right.covers(wide)));
    out
}

/// Resources that come or go with the same verbs.
struct Group<'a> {
    resources: Vec<&'a str>,
    verbs: Vec<&'a str>,
    condition: &'a str,
    weight: Weight,
}

impl Group<'_> {
    fn words(&self) -> String {
        let everything = |names: &[&str], all: &str| if names.contains(&"*") { all.to_owned() } else { list(names) };
        let verbs = if self.verbs.contains(&"*") { "do everything with".to_owned() } else { and(&self.verbs) };
        let resources = everything(&self.resources, "all of Teleport's resources");
        let condition = if self.condition.is_empty() { String::new() } else { format!(" where {}", self.condition) };
        format!("{verbs} {resources}{condition}")
    }
}

fn groups(rights: Vec<Right<'_>>) -> Vec<Group<'_>> {
    let mut single: Vec<Group<'_>> = Vec::new();
    for right in rights {
        let weight = right.weight();
        let found = single.iter_mut().find(|group| group.resources == [right.resource] && group.condition == right.condition);
        if let Some(group) = found {
            group.verbs.push(right.verb);
            group.weight = group.weight.min(weight);
        } else {
            let (resources, verbs) = (vec![right.resource], vec![right.verb]);
            single.push(Group { resources, verbs, condition: right.condition, weight });
        }
    }
    let mut merged: Vec<Group<'_>> = Vec::new();
    for group in single {
        let same = |other: &&mut Group<'_>| {
            other.verbs == group.verbs && other.condition == group.condition && other.weight == group.weight
        };
        match merged.iter_mut().find(same) {
            Some(other) => other.resources.extend(group.resources),
            None => merged.push(group),
        }
    }
    merged
}

/// Under which conditions the other side of the change holds some of a group's rights.
fn conditions<'a>(rights: &[Right<'a>], group: &Group<'_>) -> Vec<&'a str> {
    let of = |right: &&Right<'_>| {
        !right.condition.is_empty() && group.resources.contains(&right.resource) && group.verbs.contains(&right.verb)
    };
    let mut all: Vec<&str> = rights.iter().filter(of).map(|right| right.condition).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a rule makes the server note down when it matches.
fn actions(told: &mut Told, before: &[Rule], after: &[Rule]) {
    let of = |rules: &[Rule]| {
        let mut all: Vec<String> = rules.iter().flat_map(|rule| rule.actions.clone()).collect();
        all.sort();
        all
    };
    let (old, new) = (of(before), of(after));
    if old != new {
        let words = if new.is_empty() { "none".to_owned() } else { list(&new) };
        told.say(crate::kind::consequence::Direction::Other, Weight::Usual, &format!("actions when a rule matches: {words}"));
    }
}
