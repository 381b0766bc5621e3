//! What is left out, by the role's version, and what may be touched inside Kubernetes.

use super::{allow, role, said, table};

#[test]
fn what_old_versions_leave_out_is_everything() {
    // A login more or less is all that shows in the text of a v3 role.
    table(
        |lines| allow("v3", lines),
        &[(
            "db_labels: {a: b}, app_labels: {a: b}, kubernetes_labels: {a: b}",
            "db_labels: {a: b}, app_labels: {a: b}, kubernetes_labels: {a: b}, logins: [root]",
            &["!gained: log in to all nodes as root"],
            &["lost: log in to all nodes as root"],
        )],
    );
    let (lines, widens) = said(
        &allow("v3", "logins: [a], node_labels: {env: dev}, app_labels: {env: dev}"),
        &allow("v3", "logins: [a], app_labels: {}"),
    );
    assert!(widens);
    assert_eq!(
        lines,
        ["gained: log in to all nodes as a (before only nodes env=dev)", "gained: open all apps (before only apps env=dev)",]
    );
    let (lines, widens) = said(&allow("v4", "logins: [a], node_labels: {env: dev}"), &allow("v4", "logins: [a]"));
    assert_eq!((lines.len(), widens), (1, false), "{lines:?}");
}

#[test]
fn the_last_kubernetes_resource_that_goes_opens_all() {
    let labels = "kubernetes_groups: [g], kubernetes_labels: {env: dev}";
    let pod = "{kind: pod, name: '*', namespace: shop, verbs: [get, list]}";
    let with = |list: &str| format!("{labels}, kubernetes_resources: [{list}]");
    for (version, everything) in [
        ("v7", "in Kubernetes do everything with objects of any kind in every namespace"),
        ("v8", "in Kubernetes do everything with objects of any kind in every namespace"),
        ("v5", "in Kubernetes do everything with pod in every namespace"),
    ] {
        let (some, none) = (allow(version, &with(pod)), allow(version, labels));
        assert_eq!(said(&some, &none), (vec![format!("gained: {everything}")], true), "{version}");
        let (lines, widens) = said(&none, &some);
        assert_eq!((lines, widens), (vec![format!("lost: {everything}")], false), "{version}");
    }
    let (lines, widens) = said(&allow("v6", &with(pod)), &allow("v6", labels));
    assert_eq!((lines, widens), (vec!["lost: in Kubernetes get and list pod in namespace shop".to_owned()], false));
}

#[test]
fn kubernetes_entries_are_held_against_each_other() {
    let labels = "kubernetes_groups: [g], kubernetes_labels: {env: dev}";
    let entry = |verbs: &str, namespace: &str, kind: &str| {
        format!("{{kind: {kind}, name: '*', namespace: '{namespace}', verbs: [{verbs}]}}")
    };
    let one = |entry: &str| format!("{labels}, kubernetes_resources: [{entry}]");
    table(
        |lines| allow("v7", lines),
        &[
            (
                &one(&entry("get", "shop", "pod")),
                &one(&entry("get, delete", "shop", "pod")),
                &["gained: in Kubernetes delete pod in namespace shop"],
                &["lost: in Kubernetes delete pod in namespace shop"],
            ),
            (
                &one(&entry("get", "shop", "pod")),
                &one(&entry("get", "shop-*", "pod")),
                &["gained: in Kubernetes get pod in namespace shop-*", "lost: in Kubernetes get pod in namespace shop"],
                &["gained: in Kubernetes get pod in namespace shop", "lost: in Kubernetes get pod in namespace shop-*"],
            ),
            (
                &one(&entry("get", "shop", "pod")),
                &one(&entry("get", "*", "pod")),
                &["!gained: in Kubernetes get pod in every namespace"],
                &["lost: in Kubernetes get pod in every namespace"],
            ),
            (
                &one(&entry("get", "shop", "pod")),
                &one(&entry("'*'", "shop", "pod")),
                &["!gained: in Kubernetes do everything with pod in namespace shop"],
                &["lost: in Kubernetes do everything with pod in namespace shop"],
            ),
        ],
    );
    let denied = |lines: &str| role("v7", &format!("  deny: {{kubernetes_resources: [{lines}]}}\n"));
    let (lines, widens) = said(&denied(&entry("'*'", "*", "secret")), &denied(""));
    assert!(widens);
    assert_eq!(lines, ["gained: denied no longer: in Kubernetes do everything with secret in every namespace"]);
}
