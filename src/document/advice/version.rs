//! Defaults of a role's version that let in more than the text says.

use crate::document::check::at::At;
use crate::document::problem::Finding;

pub fn check(top: At<'_>, findings: &mut Vec<Finding>) {
    let (version, spec) = (top.text("version"), top.sub("spec"));
    let allow = spec.sub("allow");
    let place = top.place("version");
    if version == "v3" {
        third(allow, place, findings);
    }
    let clusters = allow.has_selector("kubernetes_labels") || !allow.text("kubernetes_labels_expression").is_empty();
    if !clusters || !allow.items("kubernetes_resources").is_empty() {
        return;
    }
    let place = allow.place("kubernetes_labels");
    match version {
        "v3" | "v4" | "v5" => {
            let text =
                format!("a role of version {version} without kubernetes_resources reaches every pod; name them to narrow it");
            findings.push(Finding::advice(place, text));
        }
        "v7" | "v8" => {
            let text = format!(
                "a role of version {version} without kubernetes_resources reaches every resource of these clusters, with every verb"
            );
            findings.push(Finding::advice(place, text));
        }
        _ => {}
    }
}

/// In v3 a missing selector is the widest one; from v4 on it is the narrowest.
fn third(allow: At<'_>, place: (usize, usize), findings: &mut Vec<Finding>) {
    let logins = !allow.texts("logins").is_empty();
    let selectors = [
        ("node_labels", "server", logins),
        ("app_labels", "app", true),
        ("kubernetes_labels", "Kubernetes cluster", true),
        ("db_labels", "database", true),
    ];
    for (name, what, counts) in selectors {
        if counts && !allow.has_selector(name) {
            let text = format!("version v3 without {name} reaches every {what}; from v4 on it would reach none");
            findings.push(Finding::advice(place, text));
        }
    }
}
