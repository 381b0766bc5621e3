//! Values as a person reads them: whole, as `tctl` prints them, or in a line.

use super::tree;
use crate::document::node::{Node, Value};
use crate::document::print;

/// A value as `tctl` prints it, without the last line break.
pub fn printed(node: &Node) -> String {
    print::document(&tree(node)).trim_end_matches('\n').to_owned()
}

/// The longest that one line tells.
const SHORT: usize = 120;

/// A value on one line, cut where it is long.
pub fn short(node: &Node) -> String {
    let mut out = String::new();
    write_short(node, &mut out);
    if out.chars().count() > SHORT { out.chars().take(SHORT - 1).chain(['…']).collect() } else { out }
}

fn write_short(node: &Node, out: &mut String) {
    if out.len() > 4 * SHORT {
        return;
    }
    match &node.value {
        Value::Bare(_, text) if text.is_empty() => out.push_str("null"),
        Value::Text(text) if text.is_empty() => out.push_str("\"\""),
        Value::Bare(_, text) | Value::Text(text) => out.extend(text.chars().take(SHORT)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate().take(SHORT) {
                out.push_str(if at == 0 { "" } else { ", " });
                write_short(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate().take(SHORT) {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&entry.key.text);
                out.push_str(": ");
                write_short(&entry.value, out);
            }
            out.push('}');
        }
    }
}
