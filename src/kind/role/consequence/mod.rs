//! What a change of a role does to the people who have it: who can log in where as what, what they may do, which limits move.
//!
//! Both roles are read as a server would act on them, its defaults filled in. Nothing is judged that a text cannot tell: an
//! expression or a condition that differs is told as a change. What this build does not know of the message is not told here;
//! the editor counts it.

mod asking;
mod defaults;
mod doors;
mod kubernetes;
mod names;
mod options;
mod others;
mod rules;
mod selector;
mod setting;
mod told;

use std::time::SystemTime;

use self::defaults::{filled, number};
use self::told::{Side, Told};
use super::Role;
use crate::document::Resource;
use crate::kind::consequence::{Direction, Summary, Weight};
use crate::kind::wire::{self, moment};
use crate::resource::Utc;
use crate::schema::types::{RoleConditions, RoleV6};

/// What saving does, seen from everybody who has the role. A new one is compared with a role that gives nothing.
pub(super) fn consequences(before: Option<&Resource>, after: &Resource) -> Summary {
    let read = |resource: &Resource| wire::decode::<RoleV6>(resource.kind(), &resource.bytes()).ok().map(Role::from);
    let mut told = Told::default();
    match (before.map(read), read(after)) {
        (None, Some(after)) => {
            told.new = true;
            let nothing = Role { version: after.version.clone(), metadata: after.metadata.clone(), ..Role::default() };
            compare(&mut told, &nothing, &filled(after));
        }
        (Some(Some(before)), Some(after)) => {
            let same = before.options == after.options && before.allow == after.allow && before.deny == after.deny;
            compare(&mut told, &filled(before), &filled(after));
            if told.lines.is_empty() && !same {
                told.say(Direction::Other, Weight::Usual, UNTOLD);
            }
        }
        // What cannot be read cannot be judged: as careful as for the widest change.
        _ => told.say(Direction::Other, Weight::Widening, "this role cannot be read here, so what it does is not known"),
    }
    Summary { silence: SILENCE, ..Summary::new(told.lines) }
}

const SILENCE: &str = "nobody gains or loses anything by this";
const UNTOLD: &str = "only the form of its settings, as far as this build can tell: the difference has all of it";

fn compare(told: &mut Told, before: &Role, after: &Role) {
    for (side, old, new) in [(Side::Allow, &before.allow, &after.allow), (Side::Deny, &before.deny, &after.deny)] {
        self::side(told, side, old, new);
    }
    options::compare(told, number(&after.version), &before.options, &after.options);
    if before.version != after.version {
        let words = format!("version {}: what it leaves out means something else (before: {})", after.version, before.version);
        told.say(Direction::Other, Weight::Strong, &words);
    }
    end(told, moment(before.metadata.expires.as_ref()), moment(after.metadata.expires.as_ref()));
    labels(told, before, after);
}

fn side(told: &mut Told, side: Side, before: &RoleConditions, after: &RoleConditions) {
    doors::compare(told, side, before, after);
    kubernetes::compare(told, side, &before.kubernetes_resources, &after.kubernetes_resources);
    others::compare(told, side, before, after);
    rules::compare(told, side, &before.rules, &after.rules);
    asking::compare(told, side, before, after);
}

/// A role that ends takes everything it gives with it.
fn end(told: &mut Told, before: Option<SystemTime>, after: Option<SystemTime>) {
    match (before, after) {
        (Some(_), None) => told.say(Direction::Loosened, Weight::Strong, "the role no longer ends by itself"),
        (old, Some(new)) if old != after => {
            let direction = if old.is_some_and(|old| old < new) { Direction::Loosened } else { Direction::Tightened };
            told.say(direction, Weight::Usual, &format!("the role ends by itself: {}", Utc::new(new)));
        }
        _ => {}
    }
}

/// Labels of the role itself let nobody in, but tools go by them.
fn labels(told: &mut Told, before: &Role, after: &Role) {
    let words = |role: &Role| {
        let pairs = role.metadata.labels.iter().map(|(key, value)| format!("{key}={value}"));
        let mut all: Vec<String> = pairs.collect();
        all.sort();
        all
    };
    let (old, new) = (words(before), words(after));
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|label| those.binary_search(label).is_err()).cloned().collect()
    };
    let (come, gone) = (only(&new, &old), only(&old, &new));
    let sides = [("now", come), ("no longer", gone)];
    let parts: Vec<String> = sides
        .iter()
        .filter(|(_, labels)| !labels.is_empty())
        .map(|(word, labels)| format!("{word} {}", names::list(labels)))
        .collect();
    if !parts.is_empty() {
        told.say(Direction::Other, Weight::Usual, &format!("labels of the role itself: {}", parts.join("; ")));
    }
}

#[cfg(test)]
mod tests;
