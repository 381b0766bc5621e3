//! An edit after which I could not edit the role back: the way in is gone with the save.

use prost_reflect::DynamicMessage;

use super::{Circumstances, Grant, Read};
use crate::document::check::at::At;
use crate::document::problem::Finding;

pub fn check(read: Read<'_>, top: At<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let (Some(base), Some(me)) = (read.base, &around.me) else { return };
    let name = top.sub("metadata").text("name");
    if !me.roles.iter().any(|role| role == name) {
        return;
    }
    let before = Rights { allow: me.allow.clone(), deny: me.deny.clone() };
    let after = before.with(base, read);
    for verb in ["update", "read"] {
        if before.may(verb) && !after.may(verb) {
            let spec = top.sub("spec");
            let place = if after.is_denied(verb) { spec.sub("deny").place("rules") } else { spec.sub("allow").place("rules") };
            let text = format!("saving this takes away your own right to {verb} roles: you could not edit it back");
            findings.push(Finding::warning(place, text));
            return;
        }
    }
}

/// What all of somebody's roles say together.
struct Rights {
    allow: Vec<Grant>,
    deny: Vec<Grant>,
}

impl Rights {
    /// The same with one role changed.
    fn with(&self, base: &DynamicMessage, read: Read<'_>) -> Self {
        let change = |grants: &[Grant], side: &str| {
            let mut grants = grants.to_vec();
            for old in rules(At::top(base, read.root), side) {
                if let Some(at) = grants.iter().position(|grant| *grant == old) {
                    grants.swap_remove(at);
                }
            }
            grants.extend(rules(At::top(read.message, read.root), side));
            grants
        };
        Self { allow: change(&self.allow, "allow"), deny: change(&self.deny, "deny") }
    }

    fn is_denied(&self, verb: &str) -> bool {
        self.deny.iter().any(|grant| grant.covers(verb) && !grant.conditional)
    }

    /// A condition may hold, so it counts as a right and not as a denial.
    fn may(&self, verb: &str) -> bool {
        self.allow.iter().any(|grant| grant.covers(verb)) && !self.is_denied(verb)
    }
}

impl Grant {
    fn covers(&self, verb: &str) -> bool {
        let any = |list: &[String], word: &str| list.iter().any(|entry| entry == "*" || entry == word);
        any(&self.resources, "role") && any(&self.verbs, verb)
    }
}

fn rules(top: At<'_>, side: &str) -> Vec<Grant> {
    let owned = |texts: Vec<(&str, (usize, usize))>| texts.into_iter().map(|(text, _)| text.to_owned()).collect();
    let rules = top.sub("spec").sub(side).items("rules").into_iter();
    rules
        .map(|rule| Grant {
            resources: owned(rule.texts("resources")),
            verbs: owned(rule.texts("verbs")),
            conditional: !rule.text("where").is_empty(),
        })
        .collect()
}
