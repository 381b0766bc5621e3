//! Fields and versions that the connected server is too old for: it would drop them without a word.

use prost_reflect::{Kind, MessageDescriptor, ReflectMessage};

use super::{Circumstances, Read};
use crate::document::codec::Shape;
use crate::document::node::{Node, Value};
use crate::document::plan::plan;
use crate::document::problem::Finding;

/// Of some fields it is only known which release was the first seen to have them. These may have come as early as this.
fn earliest(since: u32) -> u32 {
    match since {
        19 => 18,
        18 => 15,
        other => other,
    }
}

pub fn check(read: Read<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let Some((major, minor, patch)) = around.version else { return };
    let server = format!("v{major}.{minor}.{patch}");
    walk(read.root, &read.message.descriptor(), (major, &server), findings);
    if read.kind != "role" {
        return;
    }
    let needed = match read.root.get("version").map(|node| (&node.value, node.place())) {
        Some((Value::Text(version), place)) => match version.as_str() {
            "v8" => Some(("v8", 18, place)),
            "v7" => Some(("v7", 14, place)),
            "v6" => Some(("v6", 12, place)),
            _ => None,
        },
        _ => None,
    };
    if let Some((version, needed, place)) = needed.filter(|(_, needed, _)| major < *needed) {
        let text = format!("roles of version {version} need a server of v{needed}; this cluster runs {server}");
        findings.push(Finding::warning(place, text));
    }
}

fn walk(node: &Node, message: &MessageDescriptor, server: (u32, &str), findings: &mut Vec<Finding>) {
    let fields = plan(message);
    for entry in node.entries() {
        let Some(planned) = fields.iter().find(|planned| planned.name == entry.key.text) else { continue };
        let since = planned.options.since.trim_start_matches('v').parse::<u32>().unwrap_or_default();
        let (major, shown) = server;
        if since > major {
            let key = &entry.key.text;
            let place = entry.key.place();
            findings.push(if major >= earliest(since) {
                Finding::advice(
                    place,
                    format!("{key} is newer than some releases of v{major}; {shown} may drop it without a word"),
                )
            } else {
                Finding::warning(
                    place,
                    format!("{key} came with v{since}; this cluster runs {shown} and drops it without a word"),
                )
            });
            continue;
        }
        let (Kind::Message(inner), Shape::Message, false) = (&planned.kind, planned.shape, planned.map) else { continue };
        match &entry.value.value {
            Value::List(items) => items.iter().for_each(|item| walk(item, inner, server, findings)),
            _ => walk(&entry.value, inner, server, findings),
        }
    }
}
