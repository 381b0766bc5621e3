//! Free-form structures: the one place where any YAML is a value.

use prost_reflect::{DynamicMessage, MapKey, MessageDescriptor, Value as Wire};

use super::node::{Node, Value};
use super::scalar::Scalar;
use super::value::Fault;

/// A `google.protobuf.Struct` for a typed map.
pub fn message(node: &Node, descriptor: &MessageDescriptor) -> Result<DynamicMessage, Fault> {
    let Value::Map(entries) = &node.value else { return Err(Fault::new("must be a map of keys and values")) };
    let mut message = DynamicMessage::new(descriptor.clone());
    let field = descriptor.get_field(1);
    let kind = field.as_ref().and_then(|field| field.kind().as_message().map(|entry| entry.map_entry_value_field().kind()));
    if let (Some(field), Some(item)) = (field, kind.as_ref().and_then(prost_reflect::Kind::as_message)) {
        let map = entries
            .iter()
            .map(|entry| Ok((MapKey::String(entry.key.text.clone()), Wire::Message(value(&entry.value, item, descriptor)?))));
        message.set_field(&field, Wire::Map(map.collect::<Result<_, Fault>>()?));
    }
    Ok(message)
}

fn value(node: &Node, item: &MessageDescriptor, map: &MessageDescriptor) -> Result<DynamicMessage, Fault> {
    let mut message = DynamicMessage::new(item.clone());
    #[expect(clippy::cast_precision_loss, reason = "such numbers are floats on the wire")]
    let (number, wire) = match &node.value {
        Value::Bare(Scalar::Bool(value), _) => (4, Wire::Bool(*value)),
        Value::Bare(Scalar::Int(value), _) => (2, Wire::F64(*value as f64)),
        Value::Bare(Scalar::Float(value), _) => (2, Wire::F64(*value)),
        Value::Bare(_, _) => (1, Wire::EnumNumber(0)),
        Value::Text(text) => (3, Wire::String(text.clone())),
        Value::Map(_) => (5, Wire::Message(self::message(node, map)?)),
        Value::List(items) => {
            let Some(kind) = item.get_field(6).map(|field| field.kind()) else { return Ok(message) };
            let Some(list) = kind.as_message() else { return Ok(message) };
            let mut values = DynamicMessage::new(list.clone());
            let items = items.iter().map(|node| value(node, item, map).map(Wire::Message));
            values.set_field_by_number(1, Wire::List(items.collect::<Result<_, Fault>>()?));
            (6, Wire::Message(values))
        }
    };
    message.set_field_by_number(number, wire);
    Ok(message)
}
