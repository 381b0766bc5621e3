//! What may be touched inside Kubernetes clusters: entries of kind, namespace, name and verbs, before and after.
//!
//! An empty list is everything for most versions of a role; the defaults are filled in before, so that removing the last entry
//! is told as what it is.

use super::names::{Names, and, is_anything};
use super::told::{Side, Told};
use crate::kind::consequence::Weight;
use crate::schema::types::KubernetesResource;

/// One side of both roles.
pub(super) fn compare(told: &mut Told, side: Side, before: &[KubernetesResource], after: &[KubernetesResource]) {
    for entry in missing(after, before) {
        let weight = if is_wide(&entry) { Weight::Widening } else { Weight::Usual };
        told.more(side, weight, &words(&entry));
    }
    for entry in missing(before, after) {
        told.less(side, &words(&entry));
    }
}

/// The entries of one list that no entry of the other covers; of an entry that one covers but for its verbs, the verbs.
fn missing(entries: &[KubernetesResource], from: &[KubernetesResource]) -> Vec<KubernetesResource> {
    let mut out: Vec<KubernetesResource> = Vec::new();
    for entry in entries {
        let around: Vec<&KubernetesResource> = from.iter().filter(|other| covers(other, entry)).collect();
        let verbs = Names::literal(around.iter().flat_map(|other| &other.verbs));
        let left: Vec<String> = entry.verbs.iter().filter(|verb| !verbs.cover(verb)).cloned().collect();
        let told = if around.is_empty() { !entry.verbs.is_empty() } else { !left.is_empty() };
        let entry = KubernetesResource { verbs: left, ..entry.clone() };
        if told && !out.contains(&entry) {
            out.push(entry);
        }
    }
    out
}

/// Whether all objects of one entry are objects of the other, verbs aside.
fn covers(entry: &KubernetesResource, other: &KubernetesResource) -> bool {
    let name = |pattern: &String, name: &str| Names::patterns([pattern]).cover(name);
    (entry.kind == "*" || entry.kind == other.kind)
        && (entry.api_group == other.api_group || name(&entry.api_group, &other.api_group))
        && (entry.namespace == other.namespace || name(&entry.namespace, &other.namespace))
        && (entry.name == other.name || name(&entry.name, &other.name))
}

/// Every kind, every namespace, or every verb.
fn is_wide(entry: &KubernetesResource) -> bool {
    is_anything(&entry.kind) || is_anything(&entry.namespace) || entry.verbs.iter().any(|verb| verb == "*")
}

fn words(entry: &KubernetesResource) -> String {
    let verbs = if entry.verbs.iter().any(|verb| verb == "*") { "do everything with".to_owned() } else { and(&entry.verbs) };
    let kind = if entry.kind == "*" { "objects of any kind" } else { &entry.kind };
    let group = match entry.api_group.as_str() {
        "" | "*" => String::new(),
        group => format!(" of {group}"),
    };
    let name = if is_anything(&entry.name) || entry.name.is_empty() { String::new() } else { format!(" named {}", entry.name) };
    let namespace = match entry.namespace.as_str() {
        "" => String::new(),
        all if is_anything(all) => " in every namespace".to_owned(),
        one => format!(" in namespace {one}"),
    };
    format!("in Kubernetes {verbs} {kind}{group}{name}{namespace}")
}
