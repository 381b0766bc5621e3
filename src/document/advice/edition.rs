//! What only Teleport Enterprise takes. On a cluster known to be of the Community Edition it is an error, else advice.

use super::{Circumstances, Edition};
use crate::document::check::at::At;
use crate::document::problem::{Finding, Stage};

/// The numbers of `require_session_mfa` that ask for a hardware key.
const HARDWARE_KEY: std::ops::RangeInclusive<i64> = 2..=5;

pub fn role(spec: At<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let (options, allow) = (spec.sub("options"), spec.sub("allow"));
    let (request, review) = (allow.sub("request"), allow.sub("review_requests"));
    let reviews = ["roles", "preview_as_roles"].iter().any(|name| !review.texts(name).is_empty())
        || !review.items("claims_to_roles").is_empty()
        || !review.text("where").is_empty();
    let gates = [
        (options.flag("pin_source_ip"), options, "pin_source_ip"),
        (options.number("max_sessions") > 0, options, "max_sessions"),
        (matches!(options.text("request_access"), "reason" | "always"), options, "request_access"),
        (HARDWARE_KEY.contains(&options.number("require_session_mfa")), options, "require_session_mfa"),
        (!request.items("thresholds").is_empty(), request, "thresholds"),
        (!request.texts("search_as_roles").is_empty(), request, "search_as_roles"),
        (reviews, allow, "review_requests"),
    ];
    for (_, parent, name) in gates.into_iter().filter(|(used, ..)| *used) {
        let what = match name {
            "request_access" => format!("request_access: {}", options.text(name)),
            "require_session_mfa" => "a hardware key under require_session_mfa".to_owned(),
            name => name.to_owned(),
        };
        needs(parent.place(name), &what, around, findings);
    }
    if around.edition != Some(Edition::Enterprise) {
        ignored(options, request, findings);
    }
}

/// Stored by the Community Edition as well, and without effect there.
fn ignored(options: At<'_>, request: At<'_>, findings: &mut Vec<Finding>) {
    if options.text("device_trust_mode") == "required" {
        let text = "device_trust_mode has no effect on the Community Edition";
        findings.push(Finding::advice(options.place("device_trust_mode"), text));
    }
    let reason = request.sub("reason");
    if reason.text("mode") == "required" {
        findings.push(Finding::advice(reason.place("mode"), "the Community Edition does not insist on a reason"));
    }
}

pub fn token(spec: At<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let method = spec.text("join_method");
    if matches!(method, "spacelift" | "tpm") {
        needs(spec.place("join_method"), &format!("the join method {method}"), around, findings);
    }
    let github = spec.sub("github");
    if method == "github" && !github.text("enterprise_server_host").is_empty() {
        needs(github.place("enterprise_server_host"), "joining from a GitHub Enterprise Server", around, findings);
    }
}

fn needs(place: (usize, usize), what: &str, around: &Circumstances, findings: &mut Vec<Finding>) {
    match around.edition {
        Some(Edition::Enterprise) => {}
        Some(Edition::Community) => {
            let text = format!("{what} needs Teleport Enterprise; this cluster runs the Community Edition and refuses it");
            findings.push(Finding::error(Stage::Server, place, text));
        }
        None => {
            findings
                .push(Finding::advice(place, format!("{what} needs Teleport Enterprise; the Community Edition refuses it")));
        }
    }
}
