//! The rules a resource must keep beyond its types, as the client side of Teleport checks them.
//!
//! What the server alone refuses (names it reserves, features of an edition) is in `advice`. Every rule names the place of the value
//! it is about.

pub mod at;
mod kubernetes;
mod other;
mod role;
pub mod token;

use prost_reflect::DynamicMessage;

use self::at::At;
pub use self::kubernetes::{CORE as CORE_KINDS, KINDS as KUBERNETES_KINDS};
pub use self::other::AUTHORITIES;
pub use self::token::system_role;
use super::node::Node;
use super::problem::{Finding, Stage};

/// The rules for a new resource.
pub fn new(kind: &str, root: &Node, message: &DynamicMessage, findings: &mut Vec<Finding>) {
    let top = At::top(message, root);
    version(kind, top, findings);
    edit(kind, root, message, findings);
    if kind == "role" {
        role::new(top, findings);
    }
}

/// The rules for an edited one: its version is what the server gave it.
pub fn edit(kind: &str, root: &Node, message: &DynamicMessage, findings: &mut Vec<Finding>) {
    let top = At::top(message, root);
    metadata(kind, top, findings);
    match kind {
        "role" => role::check(top, findings),
        "token" => token::check(top, findings),
        "app" => other::app(top, findings),
        "app_server" => other::app_server(top, findings),
        "cert_authority" => other::cert_authority(top, findings),
        "lock" => other::lock(top, findings),
        "trusted_cluster" => other::trusted_cluster(top, findings),
        _ => {}
    }
}

/// The server sets the version of locks and trusted clusters whatever is typed.
fn version(kind: &str, top: At<'_>, findings: &mut Vec<Finding>) {
    let known: &[&str] = match kind {
        "role" => &["v3", "v4", "v5", "v6", "v7", "v8"],
        "token" | "user" | "cert_authority" => &["v2"],
        "app" | "app_server" => &["v3"],
        _ => return,
    };
    let typed = top.text("version");
    if !known.contains(&typed) {
        let known = known.join(", ");
        let text = if typed.is_empty() {
            format!("version is missing; write one of {known}")
        } else {
            format!("version {typed:?} is not supported; write one of {known}")
        };
        findings.push(top.breaks("version", text));
    }
}

fn metadata(kind: &str, top: At<'_>, findings: &mut Vec<Finding>) {
    const ORIGINS: [&str; 11] = [
        "defaults",
        "config-file",
        "dynamic",
        "cloud",
        "kubernetes",
        "okta",
        "scim",
        "discovery-kubernetes",
        "entra-id",
        "aws-identity-center",
        "integration_awsrolesanywhere",
    ];
    let metadata = top.sub("metadata");
    // The name of a certificate authority may come from its cluster.
    let named_by_cluster = kind == "cert_authority" && !top.sub("spec").text("cluster_name").is_empty();
    if metadata.text("name").is_empty() && !named_by_cluster {
        let place = if metadata.is_set() { metadata.place("name") } else { top.place("metadata") };
        findings.push(Finding::error(Stage::Check, place, "metadata.name is missing"));
    }
    label_keys(metadata, "labels", findings);
    if let Some(origin) = metadata.label("labels", "teleport.dev/origin").filter(|origin| !ORIGINS.contains(origin)) {
        let text = format!("the label teleport.dev/origin cannot be {origin:?}; leave it to the Auth Service");
        findings.push(metadata.breaks("labels", text));
    }
}

fn label_keys(parent: At<'_>, name: &str, findings: &mut Vec<Finding>) {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/._:*-".contains(c);
    for (key, place) in parent.keys(name) {
        if key.is_empty() || !key.chars().all(allowed) {
            let text = format!("{key:?} cannot be a label key; only letters, digits and / . _ : * - can");
            findings.push(Finding::error(Stage::Check, place, text));
        }
    }
}
