//! Advice by document: where it stands, how much it weighs, and what it says.

use super::{Circumstances, Edition, Grant, Me};
use crate::document::{Problem, Resource, Severity, lint};

fn role(spec: &str) -> String {
    let spec = spec.replace('\n', "\n  ");
    format!("kind: role\nversion: v7\nmetadata:\n  name: a\nspec:\n  {spec}\n")
}

fn said(text: &str, around: &Circumstances) -> Vec<Problem> {
    lint(text, around).problems
}

/// Somewhere it is said, with this weight, in this line.
fn says(text: &str, around: &Circumstances, severity: Severity, line: usize, part: &str) {
    let said = said(text, around);
    let found = said.iter().any(|one| one.severity == severity && one.line == line && one.text.contains(part));
    assert!(found, "{severity:?} {part:?} in line {line} of\n{text}\n{said:#?}");
}

fn silent(text: &str, around: &Circumstances) {
    assert_eq!(said(text, around), [], "{text}");
}

#[test]
fn a_careful_role_gets_no_advice() {
    let text = role(
        "allow:\n  logins: [deploy, '{{internal.logins}}']\n  node_labels:\n    env: [dev, '{{external.env}}']\n  rules:\n  - resources: \
         [session, event]\n    verbs: [list, read]\n    where: contains(session.participants, user.metadata.name)\ndeny:\n  logins: [root]\noptions:\n  max_session_ttl: 8h",
    );
    silent(&text, &Circumstances::default());
}

#[test]
fn expressions_that_fail_at_use_are_warned_of_at_their_place() {
    let none = Circumstances::default();
    let table = [
        ("allow:\n  logins: ['a', '{{internl.logins}}']", 7, 22, "internal.logins"),
        ("allow:\n  node_labels:\n    env: '{{external.'", 8, 13, "not closed"),
        (
            "allow:\n  rules:\n  - resources: [node]\n    verbs: [list]\n    where: contians(user.spec.roles, \"x\")",
            10,
            14,
            "contains",
        ),
        ("allow:\n  node_labels_expression: |\n    labels[\"a\"] == \"b\" ||\n    labls[\"a\"] == \"c\"", 9, 7, "labels"),
        ("deny:\n  rules:\n  - resources: [node]\n    verbs: [list]\n    actions: ['log(\"info\")']", 10, 18, "2 or more"),
        ("allow:\n  impersonate:\n    roles: [a]\n    where: equals(user.metadata.nam, \"x\")", 9, 21, "\"name\""),
        ("allow:\n  require_session_join:\n  - filter: contains(user.role, \"x\")", 8, 24, "user.roles"),
    ];
    for (spec, line, column, part) in table {
        let text = role(spec);
        says(&text, &none, Severity::Warning, line, part);
        let said = said(&text, &none);
        let one = said.iter().find(|one| one.severity == Severity::Warning).expect("a warning");
        assert_eq!((one.line, one.column), (line, column), "{text}\n{said:#?}");
    }
}

#[test]
fn conditions_that_the_server_reads_itself_are_errors() {
    let none = Circumstances::default();
    says(&role("allow:\n  review_requests: {roles: [a], where: 'x =='}"), &none, Severity::Error, 7, "not known");
    let filter = role("allow:\n  request:\n    thresholds: [{filter: 'contains(', approve: 1}]");
    says(&filter, &none, Severity::Error, 8, "not closed");
    assert!(Resource::parse(&filter).is_err());
}

#[test]
fn an_edition_is_an_error_only_when_it_is_known() {
    let community = Circumstances { edition: Some(Edition::Community), ..Circumstances::default() };
    let enterprise = Circumstances { edition: Some(Edition::Enterprise), ..Circumstances::default() };
    let gates = [
        "options:\n  pin_source_ip: true",
        "options:\n  max_sessions: 3",
        "options:\n  request_access: always",
        "options:\n  require_session_mfa: hardware_key_touch",
        "allow:\n  request: {roles: [x], thresholds: [{approve: 2, deny: 1}]}",
        "allow:\n  request: {search_as_roles: [x]}",
        "allow:\n  review_requests: {roles: [x]}",
    ];
    for spec in gates {
        let text = role(spec);
        says(&text, &Circumstances::default(), Severity::Advice, 7, "Teleport Enterprise");
        says(&text, &community, Severity::Error, 7, "refuses it");
        silent(&text, &enterprise);
    }
    silent(&role("options:\n  require_session_mfa: yes\n  request_access: optional\n  pin_source_ip: false"), &community);
    let token = "kind: token\nversion: v2\nmetadata: {name: t}\nspec:\n  roles: [Bot]\n  bot_name: b\n  join_method: tpm\n  tpm: {allow: [{ek_public_hash: a}]}\n";
    says(token, &community, Severity::Error, 7, "tpm");
}

#[test]
fn what_every_server_refuses() {
    let none = Circumstances::default();
    let both = role("options:\n  port_forwarding: true\n  ssh_port_forwarding: {local: {enabled: true}}");
    says(&both, &none, Severity::Error, 7, "exclude each other");
    says(&role("deny:\n  request: {reason: {mode: required}}"), &none, Severity::Error, 7, "only under allow");
    says(&role("allow:\n  request: {reason: {mode: always}}"), &none, Severity::Error, 7, "optional or required");
    says(&role("allow: {}").replace("name: a", "name: Node"), &none, Severity::Error, 4, "reserved");
    says(&role("allow: {}").replace("name: a", "name: a b"), &none, Severity::Error, 4, "cannot be in a name");
    says(&role("allow: {}").replace("name: a", "name: .."), &none, Severity::Error, 4, "cannot be a name");
    let idp = role("options:\n  idp: {saml: {enabled: true}}");
    silent(&idp, &none);
    says(&idp.replace("v7", "v8"), &none, Severity::Error, 7, "up to v7");
    let downgraded = role("allow: {}").replace("name: a", "name: a\n  labels: {teleport.internal/downgraded: v8}");
    says(&downgraded, &none, Severity::Error, 5, "old client");
    silent(&role("allow: {}").replace("name: a", "name: node"), &none);
}

#[test]
fn what_a_person_regrets() {
    let none = Circumstances::default();
    let table = [
        ("allow:\n  logins: [root]\n  node_labels: {'*': '*'}", 7, "here on every server"),
        ("allow:\n  node_labels: {'*': '*'}", 7, "reaches every server"),
        ("allow:\n  rules:\n  - {resources: ['*'], verbs: ['*']}", 8, "every right over every kind"),
        ("allow:\n  rules:\n  - {resources: [role], verbs: [update]}", 8, "every other right"),
        ("allow:\n  impersonate: {roles: ['*']}", 7, "name them"),
        ("allow:\n  logins: [a, b]\ndeny:\n  logins: [a, b, c]", 9, "takes away all"),
        ("allow:\n  logins: [a, b]\ndeny:\n  logins: [a]", 7, "\"a\" is denied"),
        ("allow:\n  node_labels: {env: [dev, qa]}\ndeny:\n  node_labels: {env: [dev, qa, prod]}", 9, "refuses every server"),
        ("allow:\n  app_labels: {env: dev}\ndeny:\n  app_labels: {'*': '*'}", 9, "refuses every app"),
        (
            "allow:\n  rules:\n  - {resources: [node], verbs: [list]}\ndeny:\n  rules:\n  - {resources: ['*'], verbs: [list]}",
            8,
            "takes all of this away",
        ),
        ("options:\n  forward_agent: true", 7, "forward_agent"),
        ("allow:\n  kubernetes_labels: {env: dev}", 7, "every resource"),
        ("allow:\n  kubernetes_groups: ['system:masters']", 7, "every right"),
        ("options:\n  device_trust_mode: required", 7, "no effect"),
    ];
    for (spec, line, part) in table {
        says(&role(spec), &none, Severity::Advice, line, part);
    }
    says(&role("allow:\n  rules:\n  - {resources: [node], verbs: [get]}"), &none, Severity::Warning, 8, "did you mean read?");
    says(&role("allow:\n  rules:\n  - {resources: [nodes], verbs: [list]}"), &none, Severity::Warning, 8, "did you mean node?");
    let third = role("allow:\n  logins: [a]").replace("v7", "v3");
    says(&third, &none, Severity::Advice, 2, "reaches every server");
    silent(&role("allow:\n  node_labels: {'*': '*'}\n  node_labels_expression: labels.a == \"b\""), &none);
    silent(&role("allow:\n  node_labels: {a: x, b: w}\ndeny:\n  node_labels: {a: x, c: z}"), &none);
}

#[test]
fn who_looks_after_it() {
    let none = Circumstances::default();
    for (label, part) in [
        ("teleport.dev/origin: kubernetes", "operator"),
        ("teleport.dev/origin: defaults", "preset"),
        ("teleport.internal/resource-type: preset", "preset"),
        ("teleport.dev/origin: okta", "okta"),
        ("managed-by: terraform", "Terraform"),
    ] {
        let text = role("allow: {}").replace("name: a", &format!("name: a\n  labels:\n    {label}"));
        says(&text, &none, Severity::Advice, 6, part);
    }
    silent(&role("allow: {}").replace("name: a", "name: a\n  labels:\n    teleport.dev/origin: dynamic"), &none);
}

#[test]
fn what_the_server_is_too_old_for() {
    let at = |major| Circumstances { version: Some((major, 2, 3)), ..Circumstances::default() };
    let text = role("allow:\n  github_permissions: [{orgs: [a]}]").replace("v7", "v8");
    says(&text, &at(14), Severity::Warning, 7, "came with v18");
    says(&text, &at(15), Severity::Advice, 7, "newer than some releases of v15");
    says(&text, &at(14), Severity::Warning, 2, "need a server of v18");
    says(&text, &at(17), Severity::Advice, 7, "newer than some releases of v17");
    silent(&text, &at(18));
}

#[test]
fn a_token_that_is_a_secret() {
    let none = Circumstances::default();
    let token = "kind: token\nversion: v2\nmetadata:\n  name: short\nspec:\n  roles: [Node]\n";
    says(token, &none, Severity::Advice, 4, "guessed");
    says(token, &none, Severity::Advice, 4, "never ends");
    let iam = "kind: token\nversion: v2\nmetadata:\n  name: i\nspec:\n  roles: [Node]\n  join_method: iam\n  allow: [{aws_account: '1'}]\n";
    silent(iam, &none);
}

#[test]
fn an_edit_that_cannot_be_undone_by_its_author() {
    let text = role("allow:\n  rules:\n  - resources: [role]\n    verbs: [list, read, update]\n    where: equals(name, \"a\")");
    let base = Resource::parse(&text).expect("a role");
    let grant =
        Grant { resources: vec!["role".into()], verbs: ["list", "read", "update"].map(Into::into).into(), conditional: true };
    let me = Me { roles: vec!["a".into()], allow: vec![grant.clone()], deny: Vec::new() };
    let around = Circumstances { me: Some(me.clone()), ..Circumstances::default() };
    let edited = text.replace(", update]", "]");
    let about = |text: &str, around: &Circumstances| {
        base.advised(text, around).into_iter().filter(|one| one.text.contains("your own right")).count()
    };
    assert_eq!(about(&edited, &around), 1);
    assert_eq!(about(&text, &around), 0);
    let denied = format!("{text}  deny:\n    rules:\n    - {{resources: ['*'], verbs: ['*']}}\n");
    assert_eq!(about(&denied, &around), 1);
    // Another role of mine still allows it.
    let more = Me { allow: vec![grant.clone(), Grant { conditional: false, ..grant }], ..me };
    assert_eq!(about(&edited, &Circumstances { me: Some(more), ..Circumstances::default() }), 0);
    assert_eq!(about(&edited, &Circumstances { me: Some(Me::default()), ..Circumstances::default() }), 0);
}
