//! The rules of apps, app servers, certificate authorities, locks and trusted clusters.

use super::at::At;
use super::label_keys;
use crate::document::problem::{Finding, Stage};

/// Types of certificate authorities, and which kinds of keys each holds.
pub const AUTHORITIES: [(&str, &[&str]); 13] = [
    ("host", &["ssh", "tls"]),
    ("user", &["ssh", "tls"]),
    ("db", &["tls"]),
    ("db_client", &["tls"]),
    ("openssh", &["ssh"]),
    ("jwt", &["jwt"]),
    ("saml_idp", &["tls"]),
    ("oidc_idp", &["jwt"]),
    ("spiffe", &["tls", "jwt"]),
    ("okta", &["jwt"]),
    ("awsra", &["tls"]),
    ("bound_keypair", &["jwt"]),
    ("windows", &["tls"]),
];

pub fn app(top: At<'_>, findings: &mut Vec<Finding>) {
    let spec = top.sub("spec");
    label_keys(spec, "dynamic_labels", findings);
    let (uri, cloud) = (spec.text("uri"), spec.text("cloud"));
    if uri.is_empty() && cloud.is_empty() {
        findings.push(spec.breaks("uri", "an app needs its uri"));
    }
    if !["", "AWS", "Azure", "GCP"].contains(&cloud) {
        findings.push(spec.breaks("cloud", format!("cloud cannot be {cloud:?}; write AWS, Azure or GCP")));
    }
    let rewrite = spec.sub("rewrite");
    let claims = rewrite.text("jwt_claims");
    if !["", "roles-and-traits", "roles", "traits", "none"].contains(&claims) {
        let text = format!("jwt_claims cannot be {claims:?}; write roles-and-traits, roles, traits or none");
        findings.push(rewrite.breaks("jwt_claims", text));
    }
    if uri.starts_with("tcp://") {
        ports(spec, findings);
    }
}

fn ports(spec: At<'_>, findings: &mut Vec<Finding>) {
    for range in spec.items("tcp_ports") {
        let (first, last) = (range.number("port"), range.number("end_port"));
        if !(1..=65_535).contains(&first) {
            findings.push(range.breaks("port", format!("a port lies between 1 and 65535, not {first}")));
        } else if last != 0 && !(first + 1..=65_535).contains(&last) {
            let text = format!("end_port lies between {} and 65535, not {last}", first + 1);
            findings.push(range.breaks("end_port", text));
        }
    }
}

pub fn app_server(top: At<'_>, findings: &mut Vec<Finding>) {
    let spec = top.sub("spec");
    if spec.text("host_id").is_empty() {
        findings.push(spec.breaks("host_id", "an app server needs host_id"));
    }
    let inner = spec.sub("app");
    if !inner.is_set() {
        findings.push(spec.breaks("app", "an app server needs its app"));
        return;
    }
    app(inner, findings);
    if inner.sub("spec").text("integration").is_empty() {
        let text = "tctl creates app servers only for apps with an integration; others come from their agents";
        findings.push(Finding::error(Stage::Tctl, inner.place("spec"), text));
    }
}

pub fn cert_authority(top: At<'_>, findings: &mut Vec<Finding>) {
    let spec = top.sub("spec");
    let kind = spec.text("type");
    let Some((_, wanted)) = AUTHORITIES.into_iter().find(|(name, _)| *name == kind) else {
        let names: Vec<&str> = AUTHORITIES.into_iter().map(|(name, _)| name).collect();
        findings.push(spec.breaks("type", format!("unknown type {kind:?}; write one of {}", names.join(", "))));
        return;
    };
    let keys = spec.sub("active_keys");
    for name in wanted.iter().filter(|name| keys.items(name).is_empty()) {
        findings.push(spec.breaks("active_keys", format!("a certificate authority of type {kind} needs active_keys.{name}")));
    }
}

pub fn lock(top: At<'_>, findings: &mut Vec<Finding>) {
    const TARGETS: [&str; 8] =
        ["user", "role", "login", "mfa_device", "windows_desktop", "access_request", "device", "server_id"];
    let spec = top.sub("spec");
    let target = spec.sub("target");
    if TARGETS.iter().all(|name| target.text(name).is_empty()) {
        findings.push(spec.breaks("target", format!("a lock needs a target: one of {}", TARGETS.join(", "))));
    }
}

pub fn trusted_cluster(top: At<'_>, findings: &mut Vec<Finding>) {
    let spec = top.sub("spec");
    if !spec.texts("roles").is_empty() && !spec.items("role_map").is_empty() {
        findings.push(spec.breaks("roles", "roles and role_map exclude each other; keep role_map"));
    }
    for mapping in spec.items("role_map") {
        for (name, set) in [("remote", !mapping.text("remote").is_empty()), ("local", !mapping.texts("local").is_empty())] {
            if !set {
                findings.push(mapping.breaks(name, format!("this mapping needs {name}")));
            }
        }
    }
}
