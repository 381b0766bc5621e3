//! What else a side of a role gives or takes: users made on hosts, sessions of others, databases' own grants, cloud accounts,
//! identities of workloads, Git organisations.

use super::told::{Side, Told, by_width, literal};
use crate::kind::consequence::{Direction, Weight};
use crate::kind::wire::selector;
use crate::schema::types::{RoleConditions, SessionRequirePolicy};

/// One side of both roles.
pub(super) fn compare(told: &mut Told, side: Side, before: &RoleConditions, after: &RoleConditions) {
    hosts(told, side, before, after);
    sessions(told, side, before, after);
    let grants = |of: &RoleConditions| -> Vec<String> {
        let each = of.db_permissions.iter();
        each.map(|grant| {
            let labels = selector(grant.r#match.as_ref());
            let on = labels.iter().map(|(key, values)| format!("{key}={}", values.join("|"))).collect::<Vec<_>>().join(" ");
            format!("{} on {}", grant.permissions.join(" "), if on == "*=*" { "everything" } else { &on })
        })
        .collect()
    };
    let open = |grant: &str| if grant.ends_with(" on everything") { Weight::Widening } else { Weight::Usual };
    told.names(side, (&grants(before), &grants(after)), literal, open, |all| format!("in databases: {all}"));
    let accounts = |of: &RoleConditions| -> Vec<String> {
        of.account_assignments.iter().map(|one| format!("{} on {}", one.permission_set, one.account)).collect()
    };
    let wide = |one: &str| one.split(" on ").map(by_width).min().unwrap_or(Weight::Usual);
    told.names(side, (&accounts(before), &accounts(after)), literal, wide, |all| format!("AWS permissions {all}"));
    told.names(side, (&identities(before), &identities(after)), literal, by_path, |all| {
        format!("issue SPIFFE identities {all}")
    });
    let orgs = |of: &RoleConditions| of.github_permissions.iter().flat_map(|one| one.orgs.clone()).collect::<Vec<_>>();
    told.names(side, (&orgs(before), &orgs(after)), literal, by_width, |all| format!("use the GitHub organisations {all}"));
}

fn hosts(told: &mut Told, side: Side, before: &RoleConditions, after: &RoleConditions) {
    let groups = (&before.host_groups[..], &after.host_groups[..]);
    told.names(side, groups, literal, by_width, |all| format!("be in the host groups {all}, where users are made on login"));
    let lines = (&before.host_sudoers[..], &after.host_sudoers[..]);
    let sudo = |line: &str| {
        let all = line.split([' ', ':']).next_back() == Some("ALL");
        if all || line == "*" { Weight::Widening } else { Weight::Strong }
    };
    told.names(side, lines, literal, sudo, |all| format!("sudo {all}, where users are made on login"));
}

/// Sessions of others that one may join, and who must watch one's own. Teleport reads both from the allow side alone.
fn sessions(told: &mut Told, side: Side, before: &RoleConditions, after: &RoleConditions) {
    if side == Side::Deny {
        if before.join_sessions != after.join_sessions || before.require_session_join != after.require_session_join {
            told.say(
                Direction::Other,
                Weight::Usual,
                "sessions to join or to be watched: in vain, under deny nobody looks at them",
            );
        }
        return;
    }
    let joins = |of: &RoleConditions| -> Vec<String> {
        let each = of.join_sessions.iter();
        each.map(|one| {
            format!("{} sessions of {} as {}", one.kinds.join(" and "), one.roles.join(", "), one.modes.join(" or "))
        })
        .collect()
    };
    let wide = |join: &str| {
        let all = |part: &str| part.split([' ', ',']).any(|word| word == "*");
        if all(join) { Weight::Widening } else { Weight::Usual }
    };
    told.names(side, (&joins(before), &joins(after)), literal, wide, |all| format!("join {all}"));
    let watchers = |of: &RoleConditions| of.require_session_join.iter().map(watched).collect::<Vec<_>>();
    let (old, new) = (watchers(before), watchers(after));
    let come: Vec<&String> = new.iter().filter(|one| !old.contains(one)).collect();
    let gone: Vec<&String> = old.iter().filter(|one| !new.contains(one)).collect();
    let last = if new.is_empty() { Weight::Widening } else { Weight::Strong };
    for one in gone {
        told.say(Direction::Loosened, last, &format!("sessions need no longer be watched: {one}"));
    }
    for one in come {
        told.say(Direction::Tightened, Weight::Usual, &format!("sessions must be watched: {one}"));
    }
}

fn watched(policy: &SessionRequirePolicy) -> String {
    let (kinds, modes) = (policy.kinds.join(" and "), policy.modes.join(" or "));
    let leave = if policy.on_leave.is_empty() { String::new() } else { format!(", {} when they leave", policy.on_leave) };
    format!("{kinds} by {} as {modes} where {}{leave}", policy.count, policy.filter)
}

fn identities(of: &RoleConditions) -> Vec<String> {
    let names = |what: &str, all: &[String]| if all.is_empty() { String::new() } else { format!(" {what} {}", all.join(" ")) };
    let each = of.spiffe.iter();
    each.map(|one| format!("{}{}{}", one.path, names("DNS", &one.dns_sans), names("IP", &one.ip_sans))).collect()
}

fn by_path(identity: &str) -> Weight {
    let path = identity.split(' ').next().unwrap_or_default();
    if path == "/*" || by_width(path) == Weight::Widening { Weight::Widening } else { Weight::Usual }
}
