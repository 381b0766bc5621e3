//! What lets in more than a person usually means to: wildcards, the most powerful names, and rights that lead to all others.

use super::SELECTORS;
use crate::document::check::at::At;
use crate::document::problem::Finding;

/// Whoever writes one of these can give himself everything else.
const KEYS_TO_ALL: [&str; 10] =
    ["role", "user", "token", "auth_connector", "oidc", "saml", "github", "cert_authority", "access_list", "login_rule"];
const WRITES: [&str; 4] = ["*", "create", "update", "rotate"];

pub fn check(spec: At<'_>, findings: &mut Vec<Finding>) {
    let allow = spec.sub("allow");
    selectors(allow, findings);
    names(allow, findings);
    rules(allow, findings);
    let impersonate = allow.sub("impersonate");
    let narrowed = !impersonate.text("where").is_empty();
    for name in ["users", "roles"].into_iter().filter(|_| !narrowed) {
        for (_, place) in impersonate.texts(name).into_iter().filter(|(text, _)| *text == "*") {
            findings
                .push(Finding::advice(place, format!("* under impersonate.{name} gives what any of them may do; name them")));
        }
    }
    let options = spec.sub("options");
    if options.flag("forward_agent") {
        let text = "forward_agent lets whoever is root on a server use the person's keys elsewhere while the session lasts";
        findings.push(Finding::advice(options.place("forward_agent"), text));
    }
}

fn is_wild(allow: At<'_>, name: &str) -> Option<(usize, usize)> {
    let (values, place) = allow.selected(name, "*")?;
    let narrowed = !allow.text(&format!("{name}_expression")).is_empty();
    (values.contains(&"*") && !narrowed).then_some(place)
}

fn selectors(allow: At<'_>, findings: &mut Vec<Finding>) {
    for (name, what) in SELECTORS {
        if let Some(place) = is_wild(allow, name) {
            let text = format!("'*': '*' reaches every {what}, those to come included; name labels to narrow it");
            findings.push(Finding::advice(place, text));
        }
    }
}

/// A list of names, the selector that says where they count, which of them are too powerful, and what it is about.
type Powerful = (&'static str, &'static str, fn(&str) -> bool, &'static str);

fn names(allow: At<'_>, findings: &mut Vec<Finding>) {
    let table: [Powerful; 6] = [
        ("logins", "node_labels", |text| text == "root", "server"),
        (
            "windows_desktop_logins",
            "windows_desktop_labels",
            |text| text.eq_ignore_ascii_case("administrator"),
            "Windows desktop",
        ),
        ("kubernetes_groups", "kubernetes_labels", |text| text == "system:masters", "Kubernetes cluster"),
        ("db_users", "db_labels", |text| text == "*", "database"),
        ("host_groups", "node_labels", |text| matches!(text, "sudo" | "wheel" | "root" | "docker"), "server"),
        ("host_sudoers", "node_labels", |text| text.contains("NOPASSWD") && text.trim_end().ends_with("ALL"), "server"),
    ];
    for (list, selector, powerful, what) in table {
        let everywhere = if is_wild(allow, selector).is_some() { format!(", here on every {what}") } else { String::new() };
        for (text, place) in allow.texts(list).into_iter().filter(|(text, _)| powerful(text)) {
            let said =
                if text == "*" { "* means any account".to_owned() } else { format!("{text} has every right on a {what}") };
            findings.push(Finding::advice(place, format!("{said}{everywhere}")));
        }
    }
}

fn rules(allow: At<'_>, findings: &mut Vec<Finding>) {
    for rule in allow.items("rules").into_iter().filter(|rule| rule.text("where").is_empty()) {
        let verbs = rule.texts("verbs");
        let all_verbs = verbs.iter().any(|(verb, _)| *verb == "*");
        let Some((verb, _)) = verbs.into_iter().find(|(verb, _)| WRITES.contains(verb)) else { continue };
        for (kind, place) in rule.texts("resources") {
            let text = match kind {
                "*" if all_verbs => {
                    "* with the verb * is every right over every kind of resource, those to come included".to_owned()
                }
                "*" => format!("* with the verb {verb} lets one write every kind of resource, roles included"),
                kind if KEYS_TO_ALL.contains(&kind) => format!("who may write {kind} can give himself every other right"),
                _ => continue,
            };
            findings.push(Finding::advice(place, text));
        }
    }
}
