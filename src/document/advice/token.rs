//! Tokens that are a secret: how long they are good for and how easily they are guessed.

use super::Read;
use crate::document::check::at::At;
use crate::document::problem::Finding;

/// What the server itself makes is twice as long.
const SHORTEST: usize = 16;

pub fn check(read: Read<'_>, top: At<'_>, findings: &mut Vec<Finding>) {
    let (spec, metadata) = (top.sub("spec"), top.sub("metadata"));
    let secret = matches!(spec.text("join_method"), "" | "token") && spec.items("allow").is_empty();
    if !secret {
        return;
    }
    if !metadata.has("expires") {
        let text = "this token never ends: whoever learns its name can join for ever; set metadata.expires";
        findings.push(Finding::advice(metadata.own_place(), text));
    }
    if read.base.is_none() && metadata.text("name").chars().count() < SHORTEST {
        let text = format!("the name is the secret; fewer than {SHORTEST} characters are easily guessed");
        findings.push(Finding::advice(metadata.place("name"), text));
    }
}
