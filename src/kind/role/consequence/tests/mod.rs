//! Changes of roles as a person writes them, and what is said of each.

mod asking;
mod complete;
mod defaults;
mod doors;
mod options;
mod rules;
mod sound;

use super::consequences;
use crate::document::Resource;

/// A role of a version with this spec, its lines indented as below `spec:`.
fn role(version: &str, spec: &str) -> Resource {
    let text = format!("kind: role\nversion: {version}\nmetadata:\n  name: r\nspec:\n{spec}");
    Resource::printed(&text).unwrap_or_else(|problems| panic!("{problems:#?}\n{text}"))
}

/// A role whose allow has these lines of flow YAML.
fn allow(version: &str, lines: &str) -> Resource {
    role(version, &format!("  allow: {{{lines}}}\n"))
}

fn deny(version: &str, lines: &str) -> Resource {
    role(version, &format!("  deny: {{{lines}}}\n"))
}

fn options(version: &str, lines: &str) -> Resource {
    role(version, &format!("  options: {{{lines}}}\n"))
}

/// What is said, a line each, and at the end whether the name must be typed.
fn said(before: &Resource, after: &Resource) -> (Vec<String>, bool) {
    let summary = consequences(Some(before), after);
    let lines = summary.lines.iter().map(|line| format!("{}: {}", line.direction.word(), line.words)).collect();
    (lines, summary.widens)
}

/// Changes there and back: both texts, what going there says, and what coming back says. A line that begins with `!` widens.
#[track_caller]
fn table(make: impl Fn(&str) -> Resource, rows: &[(&str, &str, &[&str], &[&str])]) {
    for (before, after, there, back) in rows {
        for (before, after, expected) in [(before, after, there), (after, before, back)] {
            let (lines, widens) = said(&make(before), &make(after));
            let expected_lines: Vec<&str> = expected.iter().map(|line| line.trim_start_matches('!')).collect();
            assert_eq!(lines, expected_lines, "\n  {before}\n→ {after}");
            let wanted = expected.iter().any(|line| line.starts_with('!'));
            assert_eq!(widens, wanted, "widens?\n  {before}\n→ {after}");
        }
    }
}

#[test]
fn no_change_says_that_nobody_gains_or_loses() {
    let role = allow("v7", "logins: [a], node_labels: {env: prod}");
    assert_eq!(said(&role, &role), (Vec::new(), false));
    assert_eq!(consequences(Some(&role), &role).silence, super::SILENCE);
}

#[test]
fn form_alone_is_told_as_form() {
    let one = allow("v7", "rules: [{resources: [role, user], verbs: [list]}]");
    let two = allow("v7", "rules: [{resources: [user], verbs: [list]}, {resources: [role], verbs: [list]}]");
    assert_eq!(said(&one, &two).0, [format!("changed: {}", super::UNTOLD)]);
}

#[test]
fn a_new_role_is_compared_with_one_that_gives_nothing() {
    let new = role(
        "v7",
        "  allow:\n    logins: [root]\n    node_labels: {'*': '*'}\n  options:\n    forward_agent: true\n    max_session_ttl: 8h0m0s\n",
    );
    let summary = consequences(None, &new);
    let lines: Vec<String> = summary.lines.iter().map(|line| format!("{}: {}", line.direction.word(), line.words)).collect();
    assert_eq!(
        lines,
        [
            "gained: log in to all nodes as root",
            "looser: agent forwarding: allowed (by default: not allowed) · whatever their other roles say",
            "tighter: a session lasts: at most 8h (by default: at most 30h, the server's own limit) · whatever their other roles say",
        ]
    );
    assert!(summary.widens);
    let harmless = allow("v7", "logins: [a], node_labels: {env: dev}");
    assert!(!consequences(None, &harmless).widens);
}

#[test]
fn the_end_of_the_role_and_its_labels_are_told() {
    let role = |metadata: &str| {
        let text = format!("kind: role\nversion: v7\nmetadata:\n  name: r\n{metadata}spec: {{}}\n");
        Resource::printed(&text).unwrap()
    };
    let (plain, ends) = (role(""), role("  expires: 2027-01-01T00:00:00Z\n"));
    let later = role("  expires: 2027-02-01T00:00:00Z\n");
    assert_eq!(said(&plain, &ends).0, ["tighter: the role ends by itself: 2027-01-01 00:00:00 UTC"]);
    assert_eq!(said(&ends, &later).0, ["looser: the role ends by itself: 2027-02-01 00:00:00 UTC"]);
    assert_eq!(said(&ends, &plain), (vec!["looser: the role no longer ends by itself".to_owned()], false));
    let labelled = role("  labels: {a: x}\n");
    assert_eq!(said(&plain, &labelled).0, ["changed: labels of the role itself: now a=x"]);
    assert_eq!(said(&labelled, &role("  labels: {a: z}\n")).0, ["changed: labels of the role itself: now a=z; no longer a=x"]);
    assert_eq!(said(&plain, &role("  description: other words\n")).0, [""; 0]);
}

#[test]
fn text_of_the_cluster_is_made_safe() {
    let (lines, _) = said(&allow("v7", ""), &allow("v7", "logins: [\"a\\u202eb\"], node_labels: {env: dev}"));
    assert_eq!(lines, ["gained: log in to nodes env=dev as a⟨U+202E⟩b"]);
}

#[test]
fn another_version_means_something_else() {
    let text = "logins: [a]";
    let (lines, widens) = said(&allow("v4", text), &allow("v3", text));
    assert!(widens);
    assert!(lines.contains(&"gained: log in to all nodes as a".to_owned()), "{lines:?}");
    assert!(
        lines.contains(&"changed: version v3: what it leaves out means something else (before: v4)".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn ten_thousand_labels_are_compared_at_once() {
    let values = |count: usize| (0..count).map(|n| format!("v{n}")).collect::<Vec<_>>().join(", ");
    let make = |count| allow("v7", &format!("logins: [a], node_labels: {{env: [{}]}}", values(count)));
    let (lines, _) = said(&make(10_000), &make(10_001));
    assert_eq!(lines, ["gained: log in to nodes env=v10000 as a"]);
    let keys = |count: usize| (0..count).map(|n| format!("k{n:05}: v")).collect::<Vec<_>>().join(", ");
    let make = |count| allow("v7", &format!("logins: [a], node_labels: {{{}}}", keys(count)));
    let (lines, widens) = said(&make(10_000), &make(9_999));
    assert_eq!((lines.len(), widens), (1, true), "a key is a condition");
    assert!(lines[0].len() < 1_000, "what cannot be read through is counted: {}", lines[0].len());
}
