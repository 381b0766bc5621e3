//! What may be done with Teleport's own resources.

use super::{allow, deny, table};

#[test]
fn verbs_and_resources_of_rules() {
    let rule = |resources: &str, verbs: &str| format!("rules: [{{resources: [{resources}], verbs: [{verbs}]}}]");
    let only = |condition: &str| format!("rules: [{{resources: [session], verbs: [list, read], where: '{condition}'}}]");
    table(
        |lines| allow("v7", lines),
        &[
            (&rule("event", "list"), &rule("event", "list, read"), &["gained: read event"], &["lost: read event"]),
            (
                &rule("event", "list, read"),
                &rule("event, session", "list, read"),
                &["gained: list and read session"],
                &["lost: list and read session"],
            ),
            (
                "",
                &rule("role, user", "create, update"),
                &["gained: create and update role, user"],
                &["lost: create and update role, user"],
            ),
            (
                &rule("event", "list"),
                &rule("event", "'*'"),
                &["!gained: do everything with event"],
                &["lost: do everything with event"],
            ),
            (
                &rule("event", "list, read"),
                &rule("'*'", "list, read"),
                &["!gained: list and read all of Teleport's resources"],
                &["lost: list and read all of Teleport's resources"],
            ),
            (
                "",
                &rule("'*'", "'*'"),
                &["!gained: do everything with all of Teleport's resources"],
                &["lost: do everything with all of Teleport's resources"],
            ),
            // Who reads all reads what has no secrets.
            (&rule("token", "read"), &rule("token", "read, readnosecrets"), &[&untold()], &[&untold()]),
            (&rule("token", "readnosecrets"), &rule("token", "read"), &["gained: read token"], &["lost: read token"]),
            (
                &only("x"),
                &rule("session", "list, read"),
                &["!gained: list and read session (before only where x)"],
                &["lost: list and read session (still where x)"],
            ),
            (
                &only("x"),
                &only("y"),
                &["gained: list and read session where y", "lost: list and read session where x"],
                &["gained: list and read session where x", "lost: list and read session where y"],
            ),
        ],
    );
}

fn untold() -> String {
    format!("changed: {}", super::super::UNTOLD)
}

#[test]
fn a_forbidden_verb_that_is_allowed_again_widens() {
    let rule = |resources: &str, verbs: &str| format!("rules: [{{resources: [{resources}], verbs: [{verbs}]}}]");
    table(
        |lines| deny("v7", lines),
        &[
            (
                &rule("role", "'*'"),
                "",
                &["!gained: denied no longer: do everything with role"],
                &["lost: denied now: do everything with role"],
            ),
            (
                &rule("role, user", "create"),
                &rule("role", "create"),
                &["!gained: denied no longer: create user"],
                &["lost: denied now: create user"],
            ),
            (
                &rule("role", "create"),
                "rules: [{resources: [role], verbs: [create], where: x}]",
                &["!gained: denied no longer: create role (still where x)"],
                &["lost: denied now: create role (before only where x)"],
            ),
        ],
    );
}

#[test]
fn actions_of_rules_are_told() {
    let with = |actions: &str| format!("rules: [{{resources: [role], verbs: [list], actions: [{actions}]}}]");
    table(
        |lines| allow("v7", lines),
        &[(
            &with(""),
            &with("'log(\"info\", \"x\")'"),
            &["changed: actions when a rule matches: log(\"info\", \"x\")"],
            &["changed: actions when a rule matches: none"],
        )],
    );
}
