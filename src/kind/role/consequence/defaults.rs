//! What a server makes of a role that leaves things out, by the role's version: an absent selector is not always nothing.
//!
//! Servers store these defaults with the next write, so the text alone says less than what will be. Both sides of a comparison
//! are filled in the same way; otherwise removing a line could open everything unseen.

use crate::kind::role::Role;
use crate::kind::role::door::doors;
use crate::schema::types::{KubernetesResource, RoleConditions};
use crate::schema::wrappers::{LabelValues, StringValues};

/// The role as a server would act on it. What a server does not know the version of, it takes for the newest.
pub(super) fn filled(mut role: Role) -> Role {
    let version = number(&role.version);
    if version <= 3 {
        every_label(&mut role.allow);
    }
    let kubernetes = doors(&role.allow).iter().any(|door| door.what == "kubernetes" && door.is_open());
    if kubernetes && role.allow.kubernetes_resources.is_empty() {
        role.allow.kubernetes_resources.extend(every_kubernetes_resource(version));
    }
    if version <= 6 {
        for resource in role.allow.kubernetes_resources.iter_mut().chain(&mut role.deny.kubernetes_resources) {
            if resource.verbs.is_empty() {
                resource.verbs = star();
            }
        }
    }
    role
}

/// The number in a role's version.
pub(super) fn number(version: &str) -> u32 {
    version.strip_prefix('v').and_then(|number| number.parse().ok()).filter(|number| (3..=8).contains(number)).unwrap_or(8)
}

/// Up to version 3 a missing selector is every resource; of nodes only where there is a login. A typed `{}` is missing once it
/// came over the wire.
fn every_label(allow: &mut RoleConditions) {
    let nodes = (!allow.logins.is_empty()).then_some(&mut allow.node_labels);
    let others = [&mut allow.app_labels, &mut allow.kubernetes_labels, &mut allow.db_labels];
    for labels in others.into_iter().chain(nodes) {
        if labels.as_ref().is_none_or(|labels| labels.values.is_empty()) {
            let every = ("*".to_owned(), StringValues { values: star() });
            *labels = Some(LabelValues { values: [every].into() });
        }
    }
}

/// Version 6 alone gives nothing where nothing is listed; the ones before it only ever limited pods.
fn every_kubernetes_resource(version: u32) -> Option<KubernetesResource> {
    let kind = match version {
        ..=5 => "pod",
        6 => return None,
        _ => "*",
    };
    let api_group = if version >= 8 { "*" } else { "" };
    let any = || "*".to_owned();
    Some(KubernetesResource {
        kind: kind.to_owned(),
        namespace: any(),
        name: any(),
        verbs: star(),
        api_group: api_group.to_owned(),
    })
}

fn star() -> Vec<String> {
    vec!["*".to_owned()]
}
