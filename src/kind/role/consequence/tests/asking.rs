//! Requests, reviews, impersonation, and what else a side of a role gives.

use super::{allow, deny, table};

#[test]
fn requests_and_reviews() {
    table(
        |lines| allow("v7", lines),
        &[
            ("", "request: {roles: [dba]}", &["gained: ask for the roles dba"], &["lost: ask for the roles dba"]),
            (
                "request: {roles: ['prod-*']}",
                "request: {roles: ['prod-*', prod-eu, '*']}",
                &["!gained: ask for the roles *"],
                &["lost: ask for the roles *"],
            ),
            (
                "",
                "request: {search_as_roles: [dba]}",
                &["gained: ask for resources that the roles dba reach"],
                &["lost: ask for resources that the roles dba reach"],
            ),
            (
                "",
                "request: {claims_to_roles: [{claim: team, value: db, roles: ['*']}]}",
                &["!gained: ask for roles by claims: team=db for *"],
                &["lost: ask for roles by claims: team=db for *"],
            ),
            (
                "request: {roles: [a], thresholds: [{approve: 2, deny: 1}]}",
                "request: {roles: [a]}",
                &["looser: votes on a request: 1 to approve, 1 to deny (before: 2 to approve, 1 to deny)"],
                &["tighter: votes on a request: 2 to approve, 1 to deny (before: 1 to approve, 1 to deny)"],
            ),
            (
                "request: {roles: [a], reason: {mode: required}}",
                "request: {roles: [a]}",
                &["!looser: a request needs no reason now"],
                &["tighter: a request needs a reason now"],
            ),
            (
                "request: {roles: [a]}",
                "request: {roles: [a], max_duration: 48h0m0s}",
                &["looser: access asked for lasts at most: 48h (before: as long as a session)"],
                &["tighter: access asked for lasts at most: as long as a session (before: 48h)"],
            ),
            (
                "request: {roles: [a]}",
                "request: {roles: [a], kubernetes_resources: [{kind: pod}]}",
                &["tighter: requests may name only these Kubernetes kinds now: pod"],
                &["!looser: requests may name Kubernetes resources of any kind now"],
            ),
            (
                "request: {roles: [a]}",
                "request: {roles: [a], suggested_reviewers: [ada], annotations: {k: [v]}}",
                &["changed: suggested reviewers: ada", "changed: annotations on requests: k=v"],
                &["changed: suggested reviewers: none", "changed: annotations on requests: none"],
            ),
            (
                "",
                "review_requests: {roles: ['*'], preview_as_roles: [access]}",
                &["!gained: vote on requests for *", "gained: see what is asked for as the roles access see it"],
                &["lost: vote on requests for *", "lost: see what is asked for as the roles access see it"],
            ),
            (
                "review_requests: {roles: [a], where: x}",
                "review_requests: {roles: [a]}",
                &["!looser: votes on requests: always (before: only where x)"],
                &["tighter: votes on requests: only where x (before: always)"],
            ),
            (
                "review_requests: {roles: [a], where: x}",
                "review_requests: {roles: [a], where: z}",
                &["changed: votes on requests: only where z (before: only where x)"],
                &["changed: votes on requests: only where x (before: only where z)"],
            ),
        ],
    );
    table(
        |lines| deny("v7", lines),
        &[
            (
                "request: {roles: [a]}",
                "",
                &["!gained: denied no longer: ask for the roles a"],
                &["lost: denied now: ask for the roles a"],
            ),
            (
                "review_requests: {roles: [a]}",
                "review_requests: {roles: [a], where: x}",
                &["!looser: the ban on votes on requests: only where x (before: always)"],
                &["tighter: the ban on votes on requests: always (before: only where x)"],
            ),
        ],
    );
}

#[test]
fn impersonation_weighs() {
    table(
        |lines| allow("v7", lines),
        &[
            (
                "",
                "impersonate: {users: [bot], roles: [ci]}",
                &["gained: impersonate the users bot", "gained: impersonate with the roles ci"],
                &["lost: impersonate the users bot", "lost: impersonate with the roles ci"],
            ),
            (
                "",
                "impersonate: {roles: ['*']}",
                &["!gained: take on the roles * for a certificate"],
                &["lost: take on the roles * for a certificate"],
            ),
            (
                "impersonate: {roles: [a], where: x}",
                "impersonate: {roles: [a]}",
                &["!looser: impersonation: always (before: only where x)"],
                &["tighter: impersonation: only where x (before: always)"],
            ),
        ],
    );
}

#[test]
fn hosts_sessions_and_the_rest() {
    table(
        |lines| allow("v8", lines),
        &[
            (
                "",
                "host_groups: [adm], host_sudoers: ['ALL=(ALL) NOPASSWD: /bin/ls']",
                &[
                    "gained: sudo ALL=(ALL) NOPASSWD: /bin/ls, where users are made on login",
                    "gained: be in the host groups adm, where users are made on login",
                ],
                &[
                    "lost: be in the host groups adm, where users are made on login",
                    "lost: sudo ALL=(ALL) NOPASSWD: /bin/ls, where users are made on login",
                ],
            ),
            (
                "",
                "host_sudoers: ['ALL=(ALL) NOPASSWD: ALL']",
                &["!gained: sudo ALL=(ALL) NOPASSWD: ALL, where users are made on login"],
                &["lost: sudo ALL=(ALL) NOPASSWD: ALL, where users are made on login"],
            ),
            (
                "",
                "join_sessions: [{name: watch, roles: ['*'], kinds: [ssh], modes: [peer]}]",
                &["!gained: join ssh sessions of * as peer"],
                &["lost: join ssh sessions of * as peer"],
            ),
            (
                "require_session_join: [{name: watch, filter: f, kinds: [ssh], count: 1, modes: [moderator], on_leave: terminate}]",
                "",
                &["!looser: sessions need no longer be watched: ssh by 1 as moderator where f, terminate when they leave"],
                &["tighter: sessions must be watched: ssh by 1 as moderator where f, terminate when they leave"],
            ),
            (
                "",
                "db_permissions: [{permissions: [SELECT], match: {'*': '*'}}]",
                &["!gained: in databases: SELECT on everything"],
                &["lost: in databases: SELECT on everything"],
            ),
            (
                "",
                "account_assignments: [{permission_set: ps, account: '1'}]",
                &["gained: AWS permissions ps on 1"],
                &["lost: AWS permissions ps on 1"],
            ),
            (
                "",
                "spiffe: [{path: '/*', dns_sans: [a.b]}]",
                &["!gained: issue SPIFFE identities /* DNS a.b"],
                &["lost: issue SPIFFE identities /* DNS a.b"],
            ),
            (
                "",
                "github_permissions: [{orgs: [acme]}]",
                &["gained: use the GitHub organisations acme"],
                &["lost: use the GitHub organisations acme"],
            ),
        ],
    );
}

#[test]
fn what_a_deny_does_not_ban_is_not_called_a_ban() {
    let sessions = "changed: sessions to join or to be watched: in vain, under deny nobody looks at them";
    let condition = "changed: the condition on impersonation: in vain, under deny nobody looks at it";
    table(
        |lines| deny("v7", lines),
        &[
            ("", "join_sessions: [{name: watch, roles: [a], kinds: [ssh], modes: [peer]}]", &[sessions], &[sessions]),
            (
                "impersonate: {users: [a], roles: [b]}",
                "impersonate: {users: [a], roles: [b], where: x}",
                &[condition],
                &[condition],
            ),
            (
                "impersonate: {users: [a], roles: [b]}",
                "",
                &[
                    "!gained: denied no longer: impersonate the users a",
                    "!gained: denied no longer: impersonate with the roles b",
                ],
                &["lost: denied now: impersonate the users a", "lost: denied now: impersonate with the roles b"],
            ),
        ],
    );
}
