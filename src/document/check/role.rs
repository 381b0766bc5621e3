//! The rules of roles.

use super::at::At;
use super::kubernetes;
use crate::document::predicate::{self, Dialect, REVIEW, THRESHOLD};
use crate::document::problem::{Finding, Stage};

const LONGEST_REQUEST: i64 = 336 * 3_600_000_000_000;

pub fn check(top: At<'_>, findings: &mut Vec<Finding>) {
    let (version, spec) = (top.text("version"), top.sub("spec"));
    options(spec.sub("options"), findings);
    let (allow, deny) = (spec.sub("allow"), spec.sub("deny"));
    wildcards(allow, findings);
    for (side, conditions) in [("allow", allow), ("deny", deny)] {
        rules(conditions, findings);
        permissions(side, conditions, findings);
        spiffe(conditions, findings);
        kubernetes::check(version, conditions, findings);
    }
    for impersonate in [allow.sub("impersonate"), deny.sub("impersonate")] {
        if !impersonate.texts("users").is_empty() && impersonate.texts("roles").is_empty() {
            findings.push(impersonate.breaks("users", "impersonate.users needs impersonate.roles beside it"));
        }
    }
    let denied = deny.sub("impersonate");
    if !denied.text("where").is_empty() {
        findings.push(denied.breaks("where", "impersonation is not denied by a condition; narrow it under allow"));
    }
    requests(allow, deny, findings);
    predicates(allow, deny, findings);
}

/// What `tctl` refuses only in roles that do not exist yet.
pub fn new(top: At<'_>, findings: &mut Vec<Finding>) {
    const SELECTORS: [&str; 9] = [
        "node_labels",
        "app_labels",
        "cluster_labels",
        "kubernetes_labels",
        "db_labels",
        "db_service_labels",
        "windows_desktop_labels",
        "group_labels",
        "workload_identity_labels",
    ];
    let deny = top.sub("spec").sub("deny");
    for name in SELECTORS {
        let places = deny.selector(name).into_iter().filter(|(key, ..)| key.starts_with("dynamic/")).map(|(.., place)| place);
        let expression = format!("{name}_expression");
        let typed = deny.text(&expression).contains("\"dynamic/").then(|| deny.place(&expression));
        for place in places.chain(typed) {
            let text = "dynamic/ labels change too easily to deny by; tctl refuses them in new roles";
            findings.push(Finding::error(Stage::Tctl, place, text));
        }
    }
}

fn options(options: At<'_>, findings: &mut Vec<Finding>) {
    let lock = options.text("lock");
    if !["", "strict", "best_effort"].contains(&lock) {
        findings.push(options.breaks("lock", format!("lock cannot be {lock:?}; write strict or best_effort")));
    }
    for (event, place) in options.texts("enhanced_recording") {
        if !["command", "disk", "network"].contains(&event) {
            let text = format!("enhanced_recording cannot hold {event:?}; write command, disk or network");
            findings.push(Finding::error(Stage::Check, place, text));
        }
    }
}

/// Selectors in which the key `*` stands alone.
const SELECTORS: [&str; 7] = [
    "node_labels",
    "app_labels",
    "kubernetes_labels",
    "db_labels",
    "windows_desktop_labels",
    "group_labels",
    "workload_identity_labels",
];

fn wildcards(allow: At<'_>, findings: &mut Vec<Finding>) {
    for name in ["logins", "aws_role_arns", "azure_identities", "gcp_service_accounts", "db_roles"] {
        for (_, place) in allow.texts(name).into_iter().filter(|(text, _)| *text == "*") {
            findings.push(Finding::error(Stage::Check, place, format!("* is not allowed in {name}; name each of them")));
        }
    }
    for name in SELECTORS {
        for (key, values, place) in allow.selector(name) {
            if key == "*" && values != ["*"] {
                let text = "the key * takes only the value *: write '*': '*'";
                findings.push(Finding::error(Stage::Check, place, text));
            }
        }
    }
}

fn rules(conditions: At<'_>, findings: &mut Vec<Finding>) {
    for rule in conditions.items("rules") {
        for (name, what) in [("resources", "which resources"), ("verbs", "which verbs")] {
            if rule.texts(name).is_empty() {
                findings.push(rule.breaks(name, format!("this rule does not say {what}; add {name}")));
            }
        }
    }
}

fn permissions(side: &str, conditions: At<'_>, findings: &mut Vec<Finding>) {
    for permission in conditions.items("db_permissions") {
        let names = permission.texts("permissions");
        if names.is_empty() {
            findings.push(permission.breaks("permissions", "permissions are missing, for example [SELECT]"));
        }
        for (name, place) in names {
            if name.is_empty() {
                findings.push(Finding::error(Stage::Check, place, "an empty permission"));
            } else if name == "*" && side == "allow" {
                findings.push(Finding::error(Stage::Check, place, "* is not allowed here; name each permission"));
            }
        }
    }
}

fn spiffe(conditions: At<'_>, findings: &mut Vec<Finding>) {
    for condition in conditions.items("spiffe") {
        let path = condition.text("path");
        let is_pattern = path.starts_with('^') && path.ends_with('$');
        if !is_pattern && !path.starts_with('/') {
            let text = format!("the path of an identity begins with /, or is an expression ^...$, unlike {path:?}");
            findings.push(condition.breaks("path", text));
        }
        for (text, place) in condition.texts("ip_sans") {
            if !is_network(text) {
                let text = format!("{text:?} is not a network; write for example 10.0.0.0/16 or 192.0.2.7/32");
                findings.push(Finding::error(Stage::Check, place, text));
            }
        }
    }
}

fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let Ok(address) = address.parse::<std::net::IpAddr>() else { return false };
    let most = if address.is_ipv4() { 32 } else { 128 };
    length.bytes().all(|byte| byte.is_ascii_digit()) && length.parse::<u8>().is_ok_and(|length| length <= most)
}

fn requests(allow: At<'_>, deny: At<'_>, findings: &mut Vec<Finding>) {
    let request = allow.sub("request");
    if request.number("max_duration") > LONGEST_REQUEST {
        let text = "max_duration is at most 14d (336h)";
        findings.push(Finding::error(Stage::Tctl, request.place("max_duration"), text));
    }
    let denied = deny.sub("request");
    if !denied.items("thresholds").is_empty() {
        let text = "thresholds belong under allow.request; their deny count says how many denials end a request";
        findings.push(Finding::error(Stage::Tctl, denied.place("thresholds"), text));
    }
}

/// The conditions that are read before a role is saved. Others are stored whatever they say; `advice` tells of those.
fn predicates(allow: At<'_>, deny: At<'_>, findings: &mut Vec<Finding>) {
    let mut read = |parent: At<'_>, name: &str, dialect: &'static Dialect| {
        let text = parent.text(name);
        if let Err(fault) = if text.is_empty() { Ok(()) } else { predicate::check(text, dialect) } {
            let text = format!("{name}: {}", fault.text);
            findings.push(Finding::error(Stage::Tctl, parent.place(name), text));
        }
    };
    for threshold in allow.sub("request").items("thresholds") {
        read(threshold, "filter", &THRESHOLD);
    }
    for side in [allow, deny] {
        read(side.sub("review_requests"), "where", &REVIEW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_a_length() {
        assert!(is_network("10.0.0.0/8") && is_network("2001:db8::/32"));
        assert!(!is_network("10.0.0.1") && !is_network("10.0.0.0/33") && !is_network("x/8") && !is_network("10.0.0.0/+8"));
    }
}
