//! What every Auth Service refuses and `tctl` does not notice: names, labels and options that exclude each other.

use super::{Circumstances, Read};
use crate::document::check::at::At;
use crate::document::check::token::ROLES;
use crate::document::problem::{Finding, Stage};

/// On a role that was rewritten for an old client.
const DOWNGRADED: &str = "teleport.internal/downgraded";

pub fn check(read: Read<'_>, top: At<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let metadata = top.sub("metadata");
    if read.base.is_none() {
        name(read.kind, metadata, around, findings);
    }
    if read.kind != "role" {
        return;
    }
    if metadata.label("labels", DOWNGRADED).is_some_and(|reason| !reason.is_empty()) {
        let text = "this role was rewritten for an old client and would lose what was left out; fetch it anew";
        refuse(metadata.place("labels"), text, findings);
    }
    options(top, findings);
    reasons(top.sub("spec"), findings);
}

fn refuse(place: (usize, usize), text: impl Into<String>, findings: &mut Vec<Finding>) {
    findings.push(Finding::error(Stage::Server, place, text));
}

/// The storage makes a key of the name.
fn name(kind: &str, metadata: At<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let (name, place) = (metadata.text("name"), metadata.place("name"));
    // Old servers let a single slash pass.
    let slash = around.version.is_some_and(|(major, ..)| major < 16);
    let bad = name.chars().find(|c| !(c.is_ascii_alphanumeric() || "@_:.-+".contains(*c) || (slash && *c == '/')));
    if matches!(name, "." | "..") {
        refuse(place, format!("{name} cannot be a name"), findings);
    } else if let Some(bad) = bad {
        refuse(place, format!("{bad:?} cannot be in a name; letters, digits and @ _ : . - + can"), findings);
    }
    if kind == "role" && ROLES.contains(&name) {
        refuse(place, format!("{name} is the role of a service of Teleport; the name is reserved"), findings);
    }
}

fn options(top: At<'_>, findings: &mut Vec<Finding>) {
    let options = top.sub("spec").sub("options");
    if options.has("port_forwarding") && options.has("ssh_port_forwarding") {
        let text = "port_forwarding and ssh_port_forwarding exclude each other; keep ssh_port_forwarding";
        refuse(options.place("port_forwarding"), text, findings);
    }
    if top.text("version") == "v8" && options.has("idp") {
        refuse(
            options.place("idp"),
            "idp is only for roles up to v7; in v8 a rule over saml_idp_service_provider takes its place",
            findings,
        );
    }
}

fn reasons(spec: At<'_>, findings: &mut Vec<Finding>) {
    let denied = spec.sub("deny").sub("request").sub("reason");
    if !denied.text("mode").is_empty() {
        refuse(denied.place("mode"), "a reason can be asked for only under allow; remove it here", findings);
    }
    let allowed = spec.sub("allow").sub("request").sub("reason");
    let mode = allowed.text("mode");
    if !["", "optional", "required"].contains(&mode) {
        refuse(allowed.place("mode"), format!("reason.mode cannot be {mode:?}; write optional or required"), findings);
    }
}
