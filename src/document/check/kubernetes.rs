//! Which Kubernetes resources a role may name: pods up to v6, a closed list of singular names in v7, plurals with a group in v8.

use super::at::At;
use crate::document::problem::{Finding, Stage};

pub const KINDS: [&str; 21] = [
    "*",
    "pod",
    "secret",
    "configmap",
    "namespace",
    "service",
    "serviceaccount",
    "kube_node",
    "persistentvolume",
    "persistentvolumeclaim",
    "deployment",
    "replicaset",
    "statefulset",
    "daemonset",
    "clusterrole",
    "kube_role",
    "clusterrolebinding",
    "rolebinding",
    "cronjob",
    "job",
    "certificatesigningrequest",
];
const INGRESS: &str = "ingress";
const VERBS: [&str; 11] =
    ["get", "create", "update", "patch", "delete", "deletecollection", "list", "watch", "portforward", "exec", "*"];
/// Kinds without a namespace, in the names of v7.
const WITHOUT_NAMESPACE: [&str; 6] =
    ["namespace", "kube_node", "persistentvolume", "clusterrole", "clusterrolebinding", "certificatesigningrequest"];
/// Kinds of the core group, in the plural of v8: the only ones that need no group.
pub const CORE: [&str; 17] = [
    "bindings",
    "componentstatuses",
    "configmaps",
    "endpoints",
    "events",
    "limitranges",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "podtemplates",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "serviceaccounts",
    "services",
];
/// Kinds without a namespace, in the plural of v8.
const PLURAL_WITHOUT_NAMESPACE: [&str; 8] = [
    "namespaces",
    "nodes",
    "persistentvolumes",
    "componentstatuses",
    "clusterroles",
    "clusterrolebindings",
    "certificatesigningrequests",
    "storageclasses",
];

pub fn check(version: &str, conditions: At<'_>, findings: &mut Vec<Finding>) {
    for resource in conditions.items("kubernetes_resources") {
        verbs(version, resource, findings);
        match version {
            "v3" | "v4" | "v5" | "v6" => pods(version, resource, findings),
            "v7" => singular(resource, findings),
            _ => plural(resource, findings),
        }
    }
    requested(version, conditions.sub("request"), findings);
}

fn verbs(version: &str, resource: At<'_>, findings: &mut Vec<Finding>) {
    let verbs = resource.texts("verbs");
    for (verb, place) in &verbs {
        let fault = if !VERBS.contains(verb) && !verb.contains("{{") {
            format!("unknown verb {verb:?}; write one of {}", VERBS.join(", "))
        } else if *verb == "*" && verbs.len() > 1 {
            "the verb * stands alone".to_owned()
        } else if *verb != "*" && matches!(version, "v3" | "v4" | "v5" | "v6") {
            format!("a role of version {version} knows only the verb *")
        } else {
            continue;
        };
        findings.push(Finding::error(Stage::Check, *place, fault));
    }
}

fn pods(version: &str, resource: At<'_>, findings: &mut Vec<Finding>) {
    let kind = resource.text("kind");
    if kind != "pod" {
        findings.push(resource.breaks("kind", format!("a role of version {version} knows only the kind pod, not {kind:?}")));
    }
    for name in ["namespace", "name"] {
        needs(resource, name, findings);
    }
}

fn singular(resource: At<'_>, findings: &mut Vec<Finding>) {
    let kind = resource.text("kind");
    if !resource.text("api_group").is_empty() {
        findings.push(resource.breaks("api_group", "api_group needs a role of version v8"));
    }
    if !KINDS.contains(&kind) && kind != INGRESS {
        let text = format!("unknown kind {kind:?}; a role of version v7 knows {}, {INGRESS}", KINDS.join(", "));
        findings.push(resource.breaks("kind", text));
    }
    needs(resource, "name", findings);
    if !WITHOUT_NAMESPACE.contains(&kind) {
        needs(resource, "namespace", findings);
    }
}

fn plural(resource: At<'_>, findings: &mut Vec<Finding>) {
    let (kind, group) = (resource.text("kind"), resource.text("api_group"));
    if kind.is_empty() {
        return needs(resource, "kind", findings);
    }
    if KINDS[1..].contains(&kind) || kind == INGRESS {
        let text = format!("{kind:?} is the name of version v7; a role of version v8 wants the plural, such as pods");
        findings.push(resource.breaks("kind", text));
    } else if group.is_empty() && !CORE.contains(&kind) {
        let text = format!("{kind:?} needs its api_group, for example apps; * for any");
        findings.push(resource.breaks("api_group", text));
    }
    needs(resource, "name", findings);
    let core = CORE.contains(&kind) && (group.is_empty() || group == "*");
    if core && !PLURAL_WITHOUT_NAMESPACE.contains(&kind) {
        needs(resource, "namespace", findings);
    }
}

fn needs(resource: At<'_>, name: &str, findings: &mut Vec<Finding>) {
    if resource.text(name).is_empty() {
        findings.push(resource.breaks(name, format!("{name} is missing; write * for any")));
    }
}

/// What may be asked for: singular names in every version.
fn requested(version: &str, request: At<'_>, findings: &mut Vec<Finding>) {
    let old = matches!(version, "v3" | "v4" | "v5" | "v6");
    for resource in request.items("kubernetes_resources") {
        let kind = resource.text("kind");
        let text = if old && kind != "pod" {
            format!("in a role of version {version} only pods can be requested, not {kind:?}")
        } else if !KINDS.contains(&kind) && kind != INGRESS {
            format!("unknown kind {kind:?}; write one of {}, {INGRESS}", KINDS.join(", "))
        } else {
            continue;
        };
        findings.push(resource.breaks("kind", text));
    }
}
