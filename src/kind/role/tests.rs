//! Roles built by hand: whom they let in, and what about them stands out.

use std::collections::HashMap;

use super::door::doors;
use super::standing::marks;
use super::{DOWNGRADED, RESOURCE_TYPE, Role, options};
use crate::kind::Tone;
use crate::kind::wire::ORIGIN;
use crate::schema::types::{
    BoolValue, ImpersonateConditions, RequireMfaType, RoleConditions, RoleOptions, Rule, SshPortForwarding,
    SshRemotePortForwarding,
};
use crate::schema::wrappers::{LabelValues, StringValues};

const HOUR: i64 = 3_600_000_000_000;

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "every message holds it as an option")]
fn labels(pairs: &[(&str, &[&str])]) -> Option<LabelValues> {
    let values = pairs.iter().map(|(key, values)| ((*key).to_owned(), StringValues { values: texts(values) }));
    Some(LabelValues { values: values.collect() })
}

/// A role about which nothing stands out.
fn role(allow: RoleConditions) -> Role {
    let options = RoleOptions { max_session_ttl: 8 * HOUR, ..RoleOptions::default() };
    Role { version: "v8".to_owned(), allow, options, ..Role::default() }
}

fn phrases(conditions: &RoleConditions) -> Vec<String> {
    doors(conditions).iter().map(super::door::Door::phrase).collect()
}

fn words(role: &Role) -> Vec<String> {
    marks(role).into_iter().map(|mark| mark.text).collect()
}

#[test]
fn a_door_says_where_and_as_whom() {
    let allow = RoleConditions {
        node_labels: labels(&[("team", &["db"]), ("env", &["prod", "staging"])]),
        logins: texts(&["root", "ubuntu"]),
        db_labels: labels(&[("*", &["*"])]),
        db_users: texts(&["a", "b", "c", "d", "e"]),
        db_names: texts(&["*"]),
        app_labels_expression: "labels[\"env\"] == \"dev\"".to_owned(),
        ..RoleConditions::default()
    };
    let said = ["nodes env=prod|staging team=db as root, ubuntu", "databases * as a, b and 3 more", "apps by expression"];
    assert_eq!(phrases(&allow), said);
}

#[test]
fn principals_without_a_selector_open_nothing() {
    let allow = RoleConditions { logins: texts(&["root"]), ..RoleConditions::default() };
    assert!(doors(&allow).iter().all(|door| !door.is_open()));
    assert!(!doors(&allow)[0].is_wide());
}

#[test]
fn an_expression_narrows_what_a_wildcard_opens() {
    let wide = RoleConditions { node_labels: labels(&[("*", &["*"])]), ..RoleConditions::default() };
    assert!(doors(&wide)[0].is_wide());
    let narrowed = RoleConditions { node_labels_expression: "false".to_owned(), ..wide };
    assert!(!doors(&narrowed)[0].is_wide(), "in an allow both must match");
}

#[test]
fn an_ordinary_role_does_not_stand_out() {
    let allow = RoleConditions {
        node_labels: labels(&[("env", &["dev"])]),
        logins: texts(&["ubuntu"]),
        rules: vec![Rule { resources: texts(&["event"]), verbs: texts(&["list", "read"]), ..Rule::default() }],
        ..RoleConditions::default()
    };
    assert_eq!(words(&role(allow)), [""; 0]);
}

#[test]
fn what_stands_out_is_named_the_worst_first() {
    let rule = |kind: &str, verb: &str| Rule { resources: texts(&[kind]), verbs: texts(&[verb]), ..Rule::default() };
    let impersonate =
        ImpersonateConditions { users: texts(&["bot"]), roles: texts(&["bot"]), ..ImpersonateConditions::default() };
    let allow = RoleConditions {
        node_labels: labels(&[("*", &["*"])]),
        logins: texts(&["root", "{{internal.logins}}"]),
        windows_desktop_logins: texts(&["ADMINISTRATOR"]),
        rules: vec![rule("role", "create"), rule("event", "*"), rule("user", "read")],
        impersonate: Some(impersonate),
        ..RoleConditions::default()
    };
    let mut role = role(allow);
    role.options = RoleOptions { max_session_ttl: 72 * HOUR, forward_agent: true, ..RoleOptions::default() };
    let said = [
        "all nodes",
        "login root",
        "login ADMINISTRATOR",
        "writes role",
        "impersonates bot",
        "sessions of 72h",
        "forwards the agent",
        "templates",
    ];
    assert_eq!(words(&role), said);
    let tones: Vec<Tone> = marks(&role).into_iter().map(|mark| mark.tone).collect();
    assert!(tones.windows(2).all(|pair| pair[0] == pair[1] || pair[0] == Tone::Bad || pair[1] == Tone::Muted), "{tones:?}");
}

#[test]
fn wildcard_rules_say_how_far_they_go() {
    let with = |verbs: &[&str]| {
        let rules = vec![Rule { resources: texts(&["*"]), verbs: texts(verbs), ..Rule::default() }];
        words(&role(RoleConditions { rules, ..RoleConditions::default() }))
    };
    assert_eq!(with(&["list", "read"]), ["reads everything"]);
    assert_eq!(with(&["*"]), ["writes everything"]);
    assert_eq!(with(&["read", "update"]), ["writes everything"]);
}

#[test]
fn a_deny_that_empties_its_own_allow_is_noticed() {
    let side = |env: &str, logins: &[&str]| RoleConditions {
        node_labels: labels(&[("env", &[env])]),
        logins: texts(logins),
        ..RoleConditions::default()
    };
    let denies = |deny: RoleConditions| {
        let role = Role { deny, ..role(side("dev", &["a", "b"])) };
        words(&role).iter().any(|mark| mark == "denies what it allows")
    };
    assert!(denies(side("dev", &[])), "the same nodes");
    assert!(denies(side("prod", &["b", "a"])), "every login");
    assert!(denies(RoleConditions { node_labels: labels(&[("*", &["*"])]), ..RoleConditions::default() }), "every node");
    assert!(!denies(side("prod", &["a"])));
    assert!(!denies(RoleConditions::default()));
}

#[test]
fn the_server_says_where_a_role_comes_from() {
    let origin = |pairs: &[(&str, &str)]| {
        let mut role = Role::default();
        role.metadata.labels =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<HashMap<_, _>>();
        role.origin().to_owned()
    };
    assert_eq!(origin(&[]), "");
    assert_eq!(origin(&[(RESOURCE_TYPE, "preset")]), "preset");
    assert_eq!(origin(&[(RESOURCE_TYPE, "preset"), (ORIGIN, "kubernetes")]), "kubernetes");
}

#[test]
fn a_downgraded_copy_stands_out_before_all_else() {
    let mut role = role(RoleConditions { node_labels: labels(&[("*", &["*"])]), ..RoleConditions::default() });
    role.metadata.labels.insert(DOWNGRADED.to_owned(), "v8 is not known to this client".to_owned());
    assert_eq!(words(&role)[0], "downgraded copy");
}

#[test]
fn spans_are_told_in_hours() {
    let minute = HOUR / 60;
    for (nanoseconds, said) in
        [(30 * HOUR, "30h"), (90 * minute, "1h30m"), (15 * minute, "15m"), (1, "under 1s"), (i64::MIN, "under 1s")]
    {
        assert_eq!(options::span(nanoseconds), said);
    }
}

#[test]
fn only_an_explicit_no_forbids() {
    let told = |options: &RoleOptions| -> Vec<String> { options::lines(options).iter().map(crate::kind::Line::text).collect() };
    let options = RoleOptions { max_session_ttl: HOUR, ..RoleOptions::default() };
    assert_eq!(told(&options), ["at most 1h"]);
    let off = Some(BoolValue { value: false });
    let forwarding =
        SshPortForwarding { remote: Some(SshRemotePortForwarding { enabled: off }), ..SshPortForwarding::default() };
    let strict = RoleOptions {
        ssh_file_copy: off,
        ssh_port_forwarding: Some(forwarding),
        require_session_mfa: RequireMfaType::HardwareKeyTouch.into(),
        ..options
    };
    assert_eq!(told(&strict), ["at most 1h", "a hardware key", "file copy", "remote port forwarding"]);
}
