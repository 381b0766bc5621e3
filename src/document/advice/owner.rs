//! Resources that somebody else looks after: presets, operators, directories, Terraform. A change by hand does not last.

use super::Read;
use crate::document::check::at::At;
use crate::document::problem::Finding;

const ORIGIN: &str = "teleport.dev/origin";
/// How newer servers mark what they made themselves.
const MADE_BY: &str = "teleport.internal/resource-type";

pub fn check(read: Read<'_>, top: At<'_>, findings: &mut Vec<Finding>) {
    let metadata = top.sub("metadata");
    let labels = metadata.keys("labels");
    let kind = read.kind;
    let origin = metadata.label("labels", ORIGIN).unwrap_or_default();
    let of_origin = match origin {
        "defaults" if kind == "role" => Some(
            "a preset of Teleport: defaults that are missing come back when the Auth Service starts; edit a copy".to_owned(),
        ),
        "defaults" => Some("made by the Auth Service itself".to_owned()),
        "config-file" => Some("set in the configuration file of the Auth Service; change it there".to_owned()),
        "kubernetes" => Some("kept by the Kubernetes operator, which puts its own version back; change it there".to_owned()),
        "cloud" => Some("kept by Teleport Cloud".to_owned()),
        "" | "dynamic" => None,
        other => Some(format!("kept in step with {other}, which overwrites changes made here")),
    };
    let made = match metadata.label("labels", MADE_BY) {
        Some("preset") => Some(
            "a preset of Teleport: defaults that are missing come back when the Auth Service starts; edit a copy".to_owned(),
        ),
        Some("system") => Some("kept by Teleport itself, which puts its own version back".to_owned()),
        _ => None,
    };
    for (key, place) in labels {
        let value = metadata.label("labels", key).unwrap_or_default();
        let said = match key {
            ORIGIN => of_origin.clone(),
            MADE_BY => made.clone(),
            _ if mentions(key, "terraform") || mentions(value, "terraform") => {
                Some("kept by Terraform, it seems: the next apply overwrites changes made here".to_owned())
            }
            _ => None,
        };
        if let Some(said) = said {
            findings.push(Finding::advice(place, format!("this {kind} is {said}")));
        }
    }
}

fn mentions(text: &str, word: &str) -> bool {
    text.len() < 256 && text.to_ascii_lowercase().contains(word)
}
