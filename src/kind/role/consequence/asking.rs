//! Access that is asked for, voted on, or taken on in somebody's name: requests, reviews, impersonation.

use super::names::{is_anything, list};
use super::told::{Side, Told, by_width, patterns, strong};
use crate::kind::consequence::{Direction, Weight};
use crate::kind::role::options::span;
use crate::kind::wire::selector;
use crate::schema::types::{
    AccessRequestConditions, AccessReviewConditions, AccessReviewThreshold, ClaimMapping, ImpersonateConditions, RoleConditions,
};

/// One side of both roles.
pub(super) fn compare(told: &mut Told, side: Side, before: &RoleConditions, after: &RoleConditions) {
    let none = AccessRequestConditions::default();
    requests(told, side, before.request.as_ref().unwrap_or(&none), after.request.as_ref().unwrap_or(&none));
    let none = AccessReviewConditions::default();
    reviews(told, side, before.review_requests.as_ref().unwrap_or(&none), after.review_requests.as_ref().unwrap_or(&none));
    let none = ImpersonateConditions::default();
    impersonation(told, side, before.impersonate.as_ref().unwrap_or(&none), after.impersonate.as_ref().unwrap_or(&none));
}

fn requests(told: &mut Told, side: Side, before: &AccessRequestConditions, after: &AccessRequestConditions) {
    told.names(side, (&before.roles, &after.roles), patterns, by_width, |names| format!("ask for the roles {names}"));
    let resources = (&before.search_as_roles[..], &after.search_as_roles[..]);
    told.names(side, resources, patterns, by_width, |names| format!("ask for resources that the roles {names} reach"));
    let claims = (claims(&before.claims_to_roles), claims(&after.claims_to_roles));
    told.names(side, (&claims.0, &claims.1), exact, by_claim, |names| format!("ask for roles by claims: {names}"));
    kubernetes(told, side, before, after);
    thresholds(told, before, after);
    longest(told, before.max_duration, after.max_duration);
    let required = |of: &AccessRequestConditions| of.reason.as_ref().is_some_and(|reason| reason.mode == "required");
    match (required(before), required(after)) {
        (true, false) => told.say(Direction::Loosened, Weight::Widening, "a request needs no reason now"),
        (false, true) => told.say(Direction::Tightened, Weight::Usual, "a request needs a reason now"),
        _ => {}
    }
    changed(told, "suggested reviewers", &before.suggested_reviewers, &after.suggested_reviewers);
    let notes = |of: &AccessRequestConditions| {
        let pairs = selector(of.annotations.as_ref());
        pairs.iter().map(|(key, values)| format!("{key}={}", values.join("|"))).collect::<Vec<_>>()
    };
    changed(told, "annotations on requests", &notes(before), &notes(after));
}

/// An empty list limits nothing.
fn kubernetes(told: &mut Told, side: Side, before: &AccessRequestConditions, after: &AccessRequestConditions) {
    let of = |request: &AccessRequestConditions| -> Vec<String> {
        let each = request.kubernetes_resources.iter();
        each.map(|one| if one.api_group.is_empty() { one.kind.clone() } else { format!("{}.{}", one.kind, one.api_group) })
            .collect()
    };
    let (old, new) = (of(before), of(after));
    let phrase = |names: &str| format!("ask for Kubernetes resources of the kinds {names}");
    match (side, old.is_empty(), new.is_empty()) {
        (Side::Allow, true, false) => {
            let words = format!("requests may name only these Kubernetes kinds now: {}", list(&new));
            told.say(Direction::Tightened, Weight::Usual, &words);
        }
        (Side::Allow, false, true) => {
            told.say(Direction::Loosened, Weight::Widening, "requests may name Kubernetes resources of any kind now");
        }
        _ => told.names(side, (&old, &new), patterns, by_width, phrase),
    }
}

/// Without a threshold of its own a request needs one approval and one denial.
fn thresholds(told: &mut Told, before: &AccessRequestConditions, after: &AccessRequestConditions) {
    let (old, new) = (&before.thresholds, &after.thresholds);
    if old == new {
        return;
    }
    let words = |all: &[AccessReviewThreshold]| {
        let one = |threshold: &AccessReviewThreshold| {
            let filter = if threshold.filter.is_empty() { String::new() } else { format!(" where {}", threshold.filter) };
            format!("{} to approve, {} to deny{filter}", threshold.approve, threshold.deny)
        };
        if all.is_empty() { "1 to approve, 1 to deny".to_owned() } else { all.iter().map(one).collect::<Vec<_>>().join("; ") }
    };
    let least = |all: &[AccessReviewThreshold]| all.iter().map(|threshold| threshold.approve).min().unwrap_or(1);
    let filtered = |all: &[AccessReviewThreshold]| all.iter().any(|threshold| !threshold.filter.is_empty());
    let (direction, weight) = match (least(new), least(old)) {
        (new_least, old_least) if new_least < old_least => (Direction::Loosened, Weight::Strong),
        (new_least, old_least) if new_least > old_least => (Direction::Tightened, Weight::Usual),
        _ if filtered(old) && !filtered(new) => (Direction::Loosened, Weight::Strong),
        _ => (Direction::Other, Weight::Usual),
    };
    let was = told.before();
    told.say(direction, weight, &format!("votes on a request: {} ({was}: {})", words(new), words(old)));
}

/// Unset, what is granted lasts no longer than a session.
fn longest(told: &mut Told, before: i64, after: i64) {
    if before.max(0) == after.max(0) {
        return;
    }
    let words = |span_of: i64| if span_of > 0 { span(span_of) } else { "as long as a session".to_owned() };
    let direction = if after > before { Direction::Loosened } else { Direction::Tightened };
    let said = format!("access asked for lasts at most: {} ({}: {})", words(after), told.before(), words(before));
    told.say(direction, Weight::Usual, &said);
}

fn reviews(told: &mut Told, side: Side, before: &AccessReviewConditions, after: &AccessReviewConditions) {
    told.names(side, (&before.roles, &after.roles), patterns, by_width, |names| format!("vote on requests for {names}"));
    let claims = (claims(&before.claims_to_roles), claims(&after.claims_to_roles));
    told.names(side, (&claims.0, &claims.1), exact, by_claim, |names| format!("vote on requests by claims: {names}"));
    let previews = (&before.preview_as_roles[..], &after.preview_as_roles[..]);
    told.names(side, previews, patterns, by_width, |names| format!("see what is asked for as the roles {names} see it"));
    let others = (&before.submit_for_users[..], &after.submit_for_users[..]);
    told.names(side, others, patterns, strong, |names| format!("vote in the name of {names}"));
    let any = !(after.roles.is_empty() && after.claims_to_roles.is_empty());
    condition(told, side, any, "votes on requests", &before.r#where, &after.r#where);
}

fn impersonation(told: &mut Told, side: Side, before: &ImpersonateConditions, after: &ImpersonateConditions) {
    told.names(side, (&before.users, &after.users), patterns, strong, |names| format!("impersonate the users {names}"));
    let alone = after.users.is_empty() && before.users.is_empty();
    told.names(side, (&before.roles, &after.roles), patterns, strong, |names| {
        if alone {
            format!("take on the roles {names} for a certificate")
        } else {
            format!("impersonate with the roles {names}")
        }
    });
    if side == Side::Deny {
        if before.r#where.trim() != after.r#where.trim() {
            told.say(Direction::Other, Weight::Usual, "the condition on impersonation: in vain, under deny nobody looks at it");
        }
        return;
    }
    let any = !after.roles.is_empty();
    condition(told, side, any, "impersonation", &before.r#where, &after.r#where);
}

/// A condition in the predicate language is told, never judged: only its coming and going has a direction.
fn condition(told: &mut Told, side: Side, any: bool, what: &str, before: &str, after: &str) {
    let (old, new) = (before.trim(), after.trim());
    if old == new || !any {
        return;
    }
    let (direction, weight) = match (side, old.is_empty(), new.is_empty()) {
        (Side::Allow, false, true) => (Direction::Loosened, Weight::Widening),
        (Side::Allow, true, false) | (Side::Deny, false, true) => (Direction::Tightened, Weight::Usual),
        (Side::Deny, _, false) => (Direction::Loosened, Weight::Widening),
        _ => (Direction::Other, Weight::Strong),
    };
    let ban = if side == Side::Deny { "the ban on " } else { "" };
    let words = |text: &str| if text.is_empty() { "always".to_owned() } else { format!("only where {text}") };
    let was = told.before();
    told.say(direction, weight, &format!("{ban}{what}: {} ({was}: {})", words(new), words(old)));
}

/// A list that neither gives nor takes.
fn changed(told: &mut Told, what: &str, before: &[String], after: &[String]) {
    if before != after {
        let words = if after.is_empty() { "none".to_owned() } else { list(after) };
        told.say(Direction::Other, Weight::Usual, &format!("{what}: {words}"));
    }
}

fn claims(maps: &[ClaimMapping]) -> Vec<String> {
    maps.iter().map(|map| format!("{}={} for {}", map.claim, map.value, map.roles.join(" "))).collect()
}

fn exact(names: &[String]) -> super::names::Names<'_> {
    super::names::Names::literal(names)
}

fn by_claim(claim: &str) -> Weight {
    let wide = claim.split_once(" for ").is_some_and(|(_, roles)| roles.split(' ').any(is_anything));
    if wide { Weight::Widening } else { Weight::Usual }
}
