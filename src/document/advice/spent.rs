//! Denials that leave nothing of an allowance in the same role: one of the two is not meant.

use super::SELECTORS;
use crate::document::check::at::At;
use crate::document::problem::Finding;

const PRINCIPALS: [&str; 12] = [
    "logins",
    "windows_desktop_logins",
    "aws_role_arns",
    "azure_identities",
    "gcp_service_accounts",
    "kubernetes_groups",
    "kubernetes_users",
    "db_names",
    "db_users",
    "db_roles",
    "host_groups",
    "desktop_groups",
];

pub fn check(spec: At<'_>, findings: &mut Vec<Finding>) {
    let (allow, deny) = (spec.sub("allow"), spec.sub("deny"));
    if !allow.is_set() || !deny.is_set() {
        return;
    }
    for name in PRINCIPALS {
        let (allowed, denied) = (allow.texts(name), deny.texts(name));
        if allowed.is_empty() || denied.is_empty() {
            continue;
        }
        let mut denied: Vec<&str> = denied.into_iter().map(|(text, _)| text).collect();
        denied.sort_unstable();
        let gone = |text: &str| denied.binary_search(&"*").is_ok() || denied.binary_search(&text).is_ok();
        if allowed.iter().all(|(text, _)| gone(text)) {
            let text = format!("deny takes away all that allow.{name} gives; a denial always wins");
            findings.push(Finding::advice(deny.place(name), text));
        } else {
            for (text, place) in allowed.into_iter().filter(|(text, _)| gone(text)) {
                findings.push(Finding::advice(place, format!("{text:?} is denied in this role as well; a denial always wins")));
            }
        }
    }
    selectors(allow, deny, findings);
    rules(allow, deny, findings);
}

/// What allow asks of every label, deny refuses for one of them.
fn selectors(allow: At<'_>, deny: At<'_>, findings: &mut Vec<Finding>) {
    for (name, what) in SELECTORS {
        if !deny.has_selector(name) || !allow.has_selector(name) {
            continue;
        }
        // Keys of a selector are all needed, so only a denial of a single key is sure to hold.
        let denied = deny.selector(name);
        let [(key, denied, _)] = denied.as_slice() else { continue };
        let any = denied.contains(&"*");
        let covers = |values: &[&str]| any || values.iter().all(|value| *value != "*" && denied.contains(value));
        if (*key == "*" && any) || allow.selected(name, key).is_some_and(|(values, _)| covers(&values)) {
            let text = format!("deny.{name} refuses every {what} that allow.{name} reaches; a denial always wins");
            findings.push(Finding::advice(deny.place(name), text));
        }
    }
}

fn rules(allow: At<'_>, deny: At<'_>, findings: &mut Vec<Finding>) {
    let denied: Vec<At<'_>> = deny.items("rules").into_iter().filter(|rule| rule.text("where").is_empty()).collect();
    // Each rule is compared with each; beyond a page of denials nobody reads the advice.
    let covered = |rule: At<'_>| {
        denied.iter().take(32).any(|denial| {
            let all = |name| {
                let denied: Vec<&str> = denial.texts(name).into_iter().map(|(text, _)| text).collect();
                denied.contains(&"*") || rule.texts(name).iter().all(|(text, _)| denied.contains(text))
            };
            all("resources") && all("verbs")
        })
    };
    if denied.is_empty() {
        return;
    }
    for rule in allow.items("rules").into_iter().filter(|rule| covered(*rule)) {
        findings
            .push(Finding::advice(rule.own_place(), "a rule under deny takes all of this away again; a denial always wins"));
    }
}
