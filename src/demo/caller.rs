//! Who calls, and what their roles let them do.
//!
//! The rules are the server's: a deny wins over every allow, a wildcard covers everything, and each missing verb is named in the
//! refusal. A rule with a `where` clause grants nothing here: evaluating it would mean a second predicate language that has to
//! be right, and a demo that says no too often misleads nobody.

use std::collections::{BTreeSet, HashMap};

use tonic::Status;

use crate::schema::types::{AccessRequestConditions, RoleConditions, RoleV6, Rule};
use crate::schema::wrappers::LabelValues;

/// What a verified certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The user's name; `Nop` for somebody without a certificate.
    pub(super) user: String,
    /// Role names at the time of signing.
    pub(super) roles: Vec<String>,
    /// Access requests in use.
    pub(super) active_requests: Vec<String>,
}

impl Identity {
    /// A connection without a client certificate: it may ask for `Ping` and nothing else.
    pub(super) fn nobody() -> Self {
        Self { user: "Nop".to_owned(), roles: vec!["Nop".to_owned()], active_requests: Vec::new() }
    }

    pub(super) fn is_nobody(&self) -> bool {
        self.user == "Nop"
    }
}

/// What everybody may do, whatever their roles say.
const IMPLICIT: [(&str, &[&str]); 4] = [
    ("app_server", &["list", "read"]),
    ("app", &["list", "read"]),
    ("remote_cluster", &["list", "read"]),
    ("cert_authority", &["readnosecrets"]),
];

/// An identity together with the roles it names, as they are at the time of the call.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) identity: Identity,
    pub(super) roles: Vec<RoleV6>,
    /// Kinds that a test made unreadable.
    pub(super) hidden: BTreeSet<String>,
}

impl Caller {
    pub(super) fn user(&self) -> &str {
        &self.identity.user
    }

    pub(super) fn holds(&self, role: &str) -> bool {
        self.identity.roles.iter().any(|held| held == role)
    }

    /// Refuses with one clause per missing verb, as the server words it.
    pub(super) fn may(&self, kind: &str, verbs: &[&str]) -> Result<(), Status> {
        let missing: Vec<String> = verbs
            .iter()
            .filter(|verb| !self.allowed(kind, verb))
            .map(|verb| format!("access denied to perform action \"{verb}\" on \"{kind}\""))
            .collect();
        if missing.is_empty() { Ok(()) } else { Err(Status::permission_denied(missing.join(", "))) }
    }

    /// Whether one verb on one kind is allowed.
    pub(super) fn allowed(&self, kind: &str, verb: &str) -> bool {
        if self.hidden.contains(kind) && ["list", "read", "readnosecrets"].contains(&verb) {
            return false;
        }
        let implicit = IMPLICIT.iter().any(|(of, verbs)| *of == kind && verbs.contains(&verb));
        let covered = |rules: &[Rule]| rules.iter().any(|rule| rule.r#where.is_empty() && covers(rule, kind, verb));
        let denied = self.conditions(|spec| spec.deny.as_ref()).any(|deny| covered(&deny.rules));
        !denied && (implicit || self.conditions(|spec| spec.allow.as_ref()).any(|allow| covered(&allow.rules)))
    }

    /// Whether the selectors let this caller see something with these labels.
    pub(super) fn sees(&self, labels: &HashMap<String, String>, selector: fn(&RoleConditions) -> Option<&LabelValues>) -> bool {
        let matched = |conditions: &RoleConditions| selector(conditions).is_some_and(|wanted| selects(wanted, labels));
        !self.conditions(|spec| spec.deny.as_ref()).any(matched) && self.conditions(|spec| spec.allow.as_ref()).any(matched)
    }

    /// Whether a selector is everything and nothing is denied: then a long list need not be opened to be filtered.
    pub(super) fn sees_all(&self, selector: fn(&RoleConditions) -> Option<&LabelValues>) -> bool {
        let nothing = |conditions: &RoleConditions| selector(conditions).is_none_or(|wanted| wanted.values.is_empty());
        self.conditions(|spec| spec.deny.as_ref()).all(nothing) && self.sees(&HashMap::new(), selector)
    }

    /// What the roles say about asking for other roles, each with the name of its role's part.
    pub(super) fn asking(&self) -> impl Iterator<Item = &AccessRequestConditions> {
        self.conditions(|spec| spec.allow.as_ref()).filter_map(|allow| allow.request.as_ref())
    }

    /// Whether the caller may ask for this role.
    pub(super) fn may_ask_for(&self, role: &str) -> bool {
        let denied = self.conditions(|spec| spec.deny.as_ref()).filter_map(|deny| deny.request.as_ref());
        !denied.flat_map(|request| &request.roles).any(|pattern| glob(pattern, role))
            && self.asking().flat_map(|request| &request.roles).any(|pattern| glob(pattern, role))
    }

    /// Whether the caller has any say on other people's requests.
    pub(super) fn reviews(&self) -> bool {
        self.review_roles(|spec| spec.allow.as_ref()).next().is_some()
    }

    /// Whether the caller may review a request for these roles.
    pub(super) fn may_review(&self, roles: &[String]) -> bool {
        let denied = |role: &String| self.review_roles(|spec| spec.deny.as_ref()).any(|pattern| glob(pattern, role));
        let allowed = |role: &String| self.review_roles(|spec| spec.allow.as_ref()).any(|pattern| glob(pattern, role));
        !roles.iter().any(denied) && !roles.is_empty() && roles.iter().all(allowed)
    }

    fn review_roles(&self, side: Side) -> impl Iterator<Item = &String> {
        self.conditions(side).filter_map(|conditions| conditions.review_requests.as_ref()).flat_map(|review| &review.roles)
    }

    fn conditions(&self, side: Side) -> impl Iterator<Item = &RoleConditions> {
        self.roles.iter().filter_map(|role| role.spec.as_ref()).filter_map(side)
    }
}

type Side = fn(&crate::schema::types::RoleSpecV6) -> Option<&RoleConditions>;

fn covers(rule: &Rule, kind: &str, verb: &str) -> bool {
    let has = |list: &[String], word: &str| list.iter().any(|item| item == "*" || item == word);
    has(&rule.resources, kind) && has(&rule.verbs, verb)
}

/// Keys are AND, the values of one key are OR; an empty selector matches nothing.
pub(super) fn selects(wanted: &LabelValues, labels: &HashMap<String, String>) -> bool {
    !wanted.values.is_empty()
        && wanted.values.iter().all(|(key, values)| {
            let any = key == "*" && values.values.iter().any(|value| value == "*");
            any || labels.get(key).is_some_and(|label| values.values.iter().any(|value| glob(value, label)))
        })
}

/// Teleport's globs: `*` stands for any text, the rest for itself.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(head) else { return false };
    let (middle, last) = tail.rsplit_once('*').map_or((None, tail), |(middle, last)| (Some(middle), last));
    for part in middle.into_iter().flat_map(|middle| middle.split('*')) {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (pattern, text, matches) in [
            ("prod", "prod", true),
            ("prod", "prod-db", false),
            ("prod-*", "prod-db", true),
            ("*", "", true),
            ("*-admin", "db-admin", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "acb", false),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(glob(pattern, text), matches, "{pattern} {text}");
        }
    }
}
