//! No setting that this build knows changes unsaid.

use prost::Message as _;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};

use super::super::{UNTOLD, consequences};
use crate::document::Resource;
use crate::schema;

/// Changes of these let nobody in and keep nobody out: never read, or read by servers of before version 11 alone.
const SILENT: &[&str] = &["namespaces", "require_session_mfa_before_v11"];

/// Something that is not there by itself, as far down as there are fields, all of its flags up or all of them down.
fn filled(message: &MessageDescriptor, flag: bool) -> DynamicMessage {
    let mut out = DynamicMessage::new(message.clone());
    for field in message.fields() {
        out.set_field(&field, some(&field, flag));
    }
    out
}

fn some(field: &FieldDescriptor, flag: bool) -> Value {
    let one = match field.kind() {
        Kind::Message(message) if field.is_map() => {
            let value = message.map_entry_value_field();
            return Value::Map([(MapKey::String("k".to_owned()), some(&value, flag))].into());
        }
        Kind::Message(message) => filled(&message, flag),
        Kind::String => return listed(field, Value::String("strict".to_owned())),
        Kind::Bool => return listed(field, Value::Bool(flag)),
        Kind::Int64 => return listed(field, Value::I64(1_000_000_000)),
        Kind::Int32 => return listed(field, Value::I32(3)),
        Kind::Uint32 => return listed(field, Value::U32(3)),
        Kind::Enum(_) => return listed(field, Value::EnumNumber(3)),
        other => panic!("{}: {other:?}", field.full_name()),
    };
    listed(field, Value::Message(one))
}

fn listed(field: &FieldDescriptor, value: Value) -> Value {
    if field.is_list() { Value::List(vec![value]) } else { value }
}

/// A role with one field of one of its parts set, in a role where all doors stand open a little.
fn with(part: &str, field: Option<(&FieldDescriptor, bool)>) -> Resource {
    let selectors = "node_labels: {a: b}, app_labels: {a: b}, db_labels: {a: b}, kubernetes_labels: {a: b}, \
                     windows_desktop_labels: {a: b}, linux_desktop_labels: {a: b}, review_requests: {roles: [x]}";
    let resource = super::role("v7", &format!("  allow: {{{selectors}}}\n  deny: {{}}\n  options: {{}}\n"));
    let mut message = DynamicMessage::decode(schema::message("types.RoleV6"), resource.bytes()).unwrap();
    if let Some((field, flag)) = field {
        let spec = message.get_field_by_name_mut("spec").unwrap().as_message_mut().unwrap();
        let part = spec.get_field_by_name_mut(part).unwrap().as_message_mut().unwrap();
        part.set_field(field, some(field, flag));
    }
    Resource::from_bytes("role", message.encode_to_vec().into()).unwrap()
}

#[test]
fn every_field_has_its_words() {
    for (part, message) in
        [("allow", "types.RoleConditions"), ("deny", "types.RoleConditions"), ("options", "types.RoleOptions")]
    {
        for field in schema::message(message).fields().filter(|field| !SILENT.contains(&field.name())) {
            let before = with(part, None);
            let said = |flag| consequences(Some(&before), &with(part, Some((&field, flag)))).lines;
            let told = [true, false].into_iter().flat_map(said).any(|line| line.words != UNTOLD);
            assert!(told, "{part}.{} changes unsaid", field.name());
        }
    }
}
