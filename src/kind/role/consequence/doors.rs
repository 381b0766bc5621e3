//! Who comes in where as what: each class of resource with its selector and the principals one may be there, before and after.
//!
//! In an allow a principal counts only where the selector matches. A deny is greedy: its selector bans whole resources, its
//! principals are banned everywhere.

use super::names::Names;
use super::selector::Selector;
use super::told::{Side, Told, by_width, literal, patterns};
use crate::kind::consequence::{Consequence, Direction, Weight};
use crate::kind::role::door::{Door, doors};
use crate::schema::types::RoleConditions;

/// How a class is spoken of: the door's word, what one does there, and its noun.
const CLASSES: &[(&str, &str, &str)] = &[
    ("nodes", "log in to", "nodes"),
    ("databases", "use", "databases"),
    ("kubernetes", "use", "Kubernetes clusters"),
    ("apps", "open", "apps"),
    ("desktops", "log in to", "Windows desktops"),
    ("Linux desktops", "log in to", "Linux desktops"),
    ("clusters", "reach", "leaf clusters"),
    ("database services", "see", "database services"),
    ("user groups", "use", "user groups"),
    ("workload identities", "issue", "workload identities"),
    ("beams", "use", "beams"),
];

/// Principals that own whatever they log in to.
const OWNERS: [&str; 3] = ["root", "administrator", "system:masters"];

/// One side of both roles.
pub(super) fn compare(told: &mut Told, side: Side, before: &RoleConditions, after: &RoleConditions) {
    let (before, after) = (doors(before), doors(after));
    for &class in CLASSES {
        let find = |doors: &'_ [Door<'_>]| doors.iter().position(|door| door.what == class.0);
        let old = find(&before).map(|at| &before[at]);
        let new = find(&after).map(|at| &after[at]);
        match side {
            Side::Allow => allowed(told, class, old, new),
            Side::Deny => denied(told, class, old, new),
        }
    }
}

fn allowed(told: &mut Told, (class, verb, noun): (&str, &str, &str), old: Option<&Door<'_>>, new: Option<&Door<'_>>) {
    let (was, is) = (Selector::of(Side::Allow, old), Selector::of(Side::Allow, new));
    let phrase = |place: &str, door: Option<&Door<'_>>| match (principals(door).is_empty(), nobody(class)) {
        (true, Some(none)) => format!("see {place}, {none}"),
        _ => format!("{verb} {place}{}", persons(class, door)),
    };
    match (was.is_open(), is.is_open()) {
        (false, false) => return idle(told, noun, old, new),
        (false, true) => {
            let weight = heaviest(weight_of(&is, &was), new);
            told.say(Direction::Gained, weight, &phrase(&is.words(noun), new));
            return;
        }
        (true, false) => {
            let why = if principals(new).is_empty() { "" } else { " (no label selects them now)" };
            told.say(Direction::Lost, Weight::Usual, &format!("{}{why}", phrase(&was.words(noun), old)));
            return;
        }
        (true, true) => {}
    }
    let persons = persons_changed(class, (verb, noun), (&was, &is), (old, new));
    let weight = persons.iter().filter(|line| line.direction == Direction::Gained).map(|line| line.weight).min();
    let place = |place: &str, gained: bool| phrase(place, if gained { new } else { old });
    // Who was there before comes to more places; that alone opens nothing as wide as it gets.
    let along = heaviest(Weight::Usual, new).max(Weight::Strong);
    let weight = weight_of(&is, &was).min(weight.unwrap_or(Weight::Usual)).min(along);
    let whole = selectors(told, noun, &was, &is, weight, &place);
    // A line about the whole place has named everybody there already.
    let named = |line: &Consequence| whole.contains(&line.direction);
    told.lines.extend(persons.into_iter().filter(|line| !named(line)));
}

/// Who may come in, or may no longer, where the selector lets somebody in before and after.
fn persons_changed(
    class: &str,
    (verb, noun): (&str, &str),
    (was, is): (&Selector<'_>, &Selector<'_>),
    (old, new): (Option<&Door<'_>>, Option<&Door<'_>>),
) -> Vec<Consequence> {
    let mut told = Told::default();
    for sort in sorts(old, new) {
        let mut names = Told::default();
        names.names(Side::Allow, (named(old, sort), named(new, sort)), reading(sort), weigh, str::to_owned);
        for line in names.lines {
            let place = if line.direction == Direction::Gained { is } else { was };
            told.say(line.direction, line.weight, &format!("{verb} {}{}", place.words(noun), one(class, sort, &line.words)));
        }
    }
    told.lines
}

/// Two open selectors of an allow. Answers which of its lines are about the whole of a place and so name all persons there.
fn selectors(
    told: &mut Told,
    noun: &str,
    was: &Selector<'_>,
    is: &Selector<'_>,
    weight: Weight,
    phrase: &dyn Fn(&str, bool) -> String,
) -> Vec<Direction> {
    let mut whole = Vec::new();
    let (wider, narrower) = (is.covers(was), was.covers(is));
    if wider && narrower {
        return whole;
    }
    if was.expression != is.expression && !wider && !narrower {
        // Which of two expressions matches more is not told by their text.
        let words = format!("{} (before: {})", phrase(&is.words(noun), true), was.words(noun));
        told.say(Direction::Other, weight.min(Weight::Strong), &words);
        return whole;
    }
    // Where one comes for the other, both are told and neither needs to be told against the other.
    let swapped = !wider && !narrower;
    if !narrower {
        let words = match is.only_new(was) {
            Some(new) if !is.is_whole(&new) => phrase(&is.words_with(noun, &new), true),
            new => {
                whole.push(Direction::Gained);
                let note = if swapped && new.is_some() { String::new() } else { format!(" (before only {})", was.words(noun)) };
                format!("{}{note}", phrase(&is.words(noun), true))
            }
        };
        told.say(Direction::Gained, weight, &words);
    }
    if !wider {
        let words = match was.only_new(is) {
            Some(gone) if !was.is_whole(&gone) => phrase(&was.words_with(noun, &gone), false),
            gone => {
                whole.push(Direction::Lost);
                let note = if swapped && gone.is_some() { String::new() } else { format!(" (still {})", is.words(noun)) };
                format!("{}{note}", phrase(&was.words(noun), false))
            }
        };
        told.say(Direction::Lost, Weight::Usual, &words);
    }
    whole
}

fn denied(told: &mut Told, (class, verb, noun): (&str, &str, &str), old: Option<&Door<'_>>, new: Option<&Door<'_>>) {
    let (was, is) = (Selector::of(Side::Deny, old), Selector::of(Side::Deny, new));
    let phrase = |place: &str| format!("{verb} {place}");
    if !was.covers(&is) {
        let words = match is.only_new(&was) {
            Some(new) => is.words_with(noun, &new),
            None => is.words(noun),
        };
        told.more(Side::Deny, Weight::Usual, &phrase(&words));
    }
    if !is.covers(&was) {
        let words = match was.only_new(&is) {
            Some(gone) => was.words_with(noun, &gone),
            None => was.words(noun),
        };
        let still = if is.is_open() { format!(" (still denied: {})", is.words(noun)) } else { String::new() };
        told.less(Side::Deny, &format!("{}{still}", phrase(&words)));
    }
    for sort in sorts(old, new) {
        let lists = (named(old, sort), named(new, sort));
        told.names(Side::Deny, lists, reading(sort), by_width, |names| format!("{verb} {noun}{}", one(class, sort, names)));
    }
}

/// Only tools are named by patterns.
fn reading(sort: &str) -> fn(&[String]) -> Names<'_> {
    if sort == "MCP tools" { patterns } else { literal }
}

/// Principals without a selector open nothing; a change of them is told as that.
fn idle(told: &mut Told, noun: &str, old: Option<&Door<'_>>, new: Option<&Door<'_>>) {
    for sort in sorts(old, new) {
        let (before, after) = (named(old, sort), named(new, sort));
        if before != after && !after.is_empty() {
            let words = format!("{sort} {}: in vain, no label selects {noun}", super::names::list(after));
            told.say(Direction::Other, Weight::Usual, &words);
        }
    }
}

fn weight_of(is: &Selector<'_>, was: &Selector<'_>) -> Weight {
    if is.lifts(was) { Weight::Widening } else { Weight::Usual }
}

fn heaviest(weight: Weight, door: Option<&Door<'_>>) -> Weight {
    principals(door)
        .iter()
        .flat_map(|(_, names)| names.iter())
        .map(|name| weigh(name))
        .min()
        .map_or(weight, |own| own.min(weight))
}

fn weigh(name: &str) -> Weight {
    let owner = OWNERS.iter().any(|owner| name.eq_ignore_ascii_case(owner));
    if owner { by_width(name).min(Weight::Strong) } else { by_width(name) }
}

fn principals<'d>(door: Option<&'d Door<'_>>) -> &'d [(&'static str, &'d [String])] {
    door.map_or(&[], |door| door.principals.as_slice())
}

fn named<'d>(door: Option<&'d Door<'_>>, sort: &str) -> &'d [String] {
    principals(door).iter().find(|(other, _)| *other == sort).map_or(&[], |(_, names)| names)
}

/// The sorts of principals that either names, in their order.
fn sorts(old: Option<&Door<'_>>, new: Option<&Door<'_>>) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    for (sort, _) in principals(old).iter().chain(principals(new)) {
        if !all.contains(sort) {
            all.push(sort);
        }
    }
    all
}

/// All principals of a door: ` as root, ubuntu`.
fn persons(class: &str, door: Option<&Door<'_>>) -> String {
    principals(door).iter().map(|(sort, names)| one(class, sort, &super::names::list(names))).collect()
}

/// What is said where a class can only be looked at because the role names nobody to be there.
fn nobody(class: &str) -> Option<&'static str> {
    match class {
        "nodes" | "desktops" | "Linux desktops" => Some("with no login"),
        "kubernetes" => Some("with no group and no user"),
        _ => None,
    }
}

/// One sort of principals, after the place.
fn one(class: &str, sort: &str, names: &str) -> String {
    match (class, sort) {
        (_, "logins") => format!(" as {names}"),
        ("databases", "users") => format!(" as {names}"),
        ("databases", "names") => format!(", databases named {names}"),
        ("databases", "roles") => format!(", given the roles {names}"),
        ("kubernetes", "groups") => format!(" in groups {names}"),
        ("kubernetes", "users") => format!(" as users {names}"),
        ("desktops", "groups") => format!(", put into groups {names}"),
        _ => format!(" with {sort} {names}"),
    }
}
