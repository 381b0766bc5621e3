//! What is in a message and this build has no name for.
//!
//! Unknown fields and enum numbers without a name, as paths a person can read. They are kept through an edit; an edit that would
//! drop one (its parent was removed) must be asked about, so two lists are compared here.

use prost_reflect::{DynamicMessage, Kind, MapKey, Value};

use crate::schema::yaml;

/// Paths such as `spec.allow.rules[0].#77`, or `spec.options.lock_mode=9` for an enum number without a name.
pub fn paths(message: &DynamicMessage) -> Vec<String> {
    let mut found = Vec::new();
    walk(message, "", &mut found);
    found
}

/// The paths of the first list that the second has not, each as often as it is missing.
pub fn lost(before: &[String], after: &[String]) -> Vec<String> {
    let mut after: Vec<&String> = after.iter().collect();
    let mut lost = Vec::new();
    for path in before {
        match after.iter().position(|other| *other == path) {
            Some(at) => {
                after.swap_remove(at);
            }
            None => lost.push(path.clone()),
        }
    }
    lost
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn walk(message: &DynamicMessage, path: &str, found: &mut Vec<String>) {
    found.extend(message.unknown_fields().map(|field| join(path, &format!("#{}", field.number()))));
    for (field, value) in message.fields() {
        if yaml(&field).hidden {
            continue;
        }
        let path = join(path, field.name());
        let kind = field.kind();
        match value {
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    visit(item, &kind, &format!("{path}[{at}]"), found);
                }
            }
            Value::Map(entries) => {
                let Some(item) = kind.as_message().map(|entry| entry.map_entry_value_field().kind()) else { continue };
                let mut entries: Vec<(&MapKey, &Value)> = entries.iter().collect();
                entries.sort_by_key(|(key, _)| key.as_str().map(str::to_owned));
                for (key, value) in entries {
                    visit(value, &item, &join(&path, key.as_str().unwrap_or_default()), found);
                }
            }
            other => visit(other, &kind, &path, found),
        }
    }
}

fn visit(value: &Value, kind: &Kind, path: &str, found: &mut Vec<String>) {
    match (value, kind) {
        (Value::Message(message), _) => walk(message, path, found),
        (Value::EnumNumber(number), Kind::Enum(parent)) if parent.get_value(*number).is_none() => {
            found.push(format!("{path}={number}"));
        }
        _ => {}
    }
}
