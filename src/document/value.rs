//! One typed value into one field: which types are taken, and what to write instead of those that are not.
//!
//! The types are strict where Go's are: a bare `yes` is no text, a quoted `5` is no number. Words and numbers that Go accepts but
//! reads as something else (an unknown word for a boolean becomes false) are refused here.

use base64::Engine;
use bytes::Bytes;
use prost_reflect::{DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, ReflectMessage, Value as Wire};

use super::codec::{self, Shape};
use super::compare;
use super::node::{Entry, Node, Value};
use super::problem::{Finding, Stage, nearest};
use super::scalar::{self, Scalar};
use super::{duration, free, timestamp};
use crate::schema::{Yaml, spelling};

/// Why a value is not taken.
pub struct Fault {
    stage: Option<Stage>,
    place: Option<(usize, usize)>,
    text: String,
}

impl Fault {
    pub fn new(text: impl Into<String>) -> Self {
        Self { stage: None, place: None, text: text.into() }
    }

    fn silent(text: impl Into<String>) -> Self {
        Self { stage: Some(Stage::Silent), ..Self::new(text) }
    }

    fn inside(self, node: &Node) -> Self {
        Self { place: self.place.or(Some(node.place())), ..self }
    }

    /// The finding, found by the stage at work unless it is another's.
    pub fn at(self, stage: Stage, node: &Node) -> Finding {
        Finding::error(self.stage.unwrap_or(stage), self.place.unwrap_or(node.place()), self.text)
    }
}

type Taken<T> = Result<T, Fault>;

/// Sets a field that is neither list, map nor plain submessage.
pub fn set(node: &Node, field: &FieldDescriptor, options: &Yaml, shape: Shape, message: &mut DynamicMessage) -> Taken<()> {
    match shape {
        Shape::Labels | Shape::Traits => labels(node, field, shape == Shape::Traits, message)?,
        Shape::Time => time(node, field, options, message)?,
        Shape::BoolOption | Shape::WrappedBool => match (node.is_null(), shape) {
            (true, _) => message.clear_field(field),
            (_, Shape::BoolOption) => set_inner(message, field, &[(1, Wire::Bool(option_bool(node, field.name())?))]),
            _ => set_inner(message, field, &[(1, Wire::Bool(plain_bool(node)?))]),
        },
        Shape::Nanoseconds => {
            let nanoseconds = if node.is_null() { 0 } else { integer(node)? };
            let seconds = Wire::I64(nanoseconds / 1_000_000_000);
            let rest = i32::try_from(nanoseconds % 1_000_000_000).unwrap_or_default();
            set_inner(message, field, &[(1, seconds), (2, Wire::I32(rest))]);
        }
        Shape::Free if node.is_null() => message.clear_field(field),
        Shape::Free => {
            let kind = field.kind();
            if let Some(descriptor) = kind.as_message() {
                message.set_field(field, Wire::Message(free::message(node, descriptor)?));
            }
        }
        _ => message.set_field(field, item(node, &field.kind(), shape).map_err(|fault| fault.of(field))?),
    }
    Ok(())
}

impl Fault {
    /// The same, said of a field.
    fn of(mut self, field: &FieldDescriptor) -> Self {
        self.text = format!("{}: {}", field.name(), self.text);
        self
    }
}

/// A value of one of the plain shapes, in a field or in a list.
pub fn item(node: &Node, kind: &Kind, shape: Shape) -> Taken<Wire> {
    Ok(match shape {
        Shape::Text => Wire::String(text(node)?),
        Shape::Bytes => Wire::Bytes(bytes(node)?),
        Shape::Bool => Wire::Bool(plain_bool(node)?),
        Shape::OptionBool => Wire::Bool(if node.is_null() { false } else { option_bool(node, "")? }),
        Shape::Duration => Wire::I64(span(node)?),
        Shape::Spelled => Wire::EnumNumber(spelled(node, kind)?),
        Shape::Number => Wire::EnumNumber(narrow(number(node)?, "an enum")?),
        _ => match kind {
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Wire::I32(narrow(number(node)?, "32 bits")?),
            Kind::Uint32 | Kind::Fixed32 => Wire::U32(narrow(number(node)?, "32 bits without a sign")?),
            Kind::Uint64 | Kind::Fixed64 => Wire::U64(narrow(number(node)?, "64 bits without a sign")?),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Wire::I64(integer(node)?),
            _ => return Err(Fault::new("cannot be written as text")),
        },
    })
}

/// Text; null is empty text.
pub fn text(node: &Node) -> Taken<String> {
    match &node.value {
        Value::Text(text) => Ok(text.clone()),
        Value::Bare(Scalar::Null, _) => Ok(String::new()),
        Value::Bare(scalar, typed) => {
            let what = if matches!(scalar, Scalar::Bool(_)) { "a boolean" } else { "a number" };
            Err(Fault::new(format!("{typed} is {what} here, not text; put it in quotes: \"{typed}\"")))
        }
        Value::List(_) => Err(Fault::new("must be text, not a list")),
        Value::Map(entries) => Err(Fault::new(match entries.as_slice() {
            [Entry { key, .. }] => {
                format!("must be text, not a map; if the colon after {:?} belongs to it, use quotes", key.text)
            }
            [] => "must be text, not a map; a template such as {{internal.logins}} must be in quotes".to_owned(),
            _ => "must be text, not a map".to_owned(),
        })),
    }
}

fn bytes(node: &Node) -> Taken<Bytes> {
    let text = text(node)?;
    let joined: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let decoded = base64::engine::general_purpose::STANDARD.decode(joined);
    decoded.map(Bytes::from).map_err(|_| Fault::new("must be base64"))
}

fn plain_bool(node: &Node) -> Taken<bool> {
    match &node.value {
        Value::Bare(Scalar::Bool(value), _) => Ok(*value),
        Value::Bare(Scalar::Null, _) => Ok(false),
        _ => Err(Fault::new("must be true or false, without quotes")),
    }
}

fn option_bool(node: &Node, name: &str) -> Taken<bool> {
    // A field in a list or a plain one is named by whoever asks.
    let named = if name.is_empty() { String::new() } else { format!("{name}: ") };
    match &node.value {
        Value::Bare(Scalar::Bool(value), _) => Ok(*value),
        Value::Text(text) => scalar::option_bool(text)
            .ok_or_else(|| Fault::silent(format!("{named}{text:?} would count as false; write true or false"))),
        _ => Err(Fault::new(format!("{named}must be true or false"))),
    }
}

fn number(node: &Node) -> Taken<i128> {
    match &node.value {
        Value::Bare(Scalar::Int(value), _) => Ok(*value),
        Value::Bare(Scalar::Null, _) => Ok(0),
        Value::Bare(Scalar::Float(_), typed) => Err(Fault::new(format!("{typed} is no whole number"))),
        Value::Text(text) => Err(Fault::new(if text.parse::<i64>().is_ok() {
            format!("must be a number: write {text} without quotes")
        } else {
            "must be a whole number".to_owned()
        })),
        _ => Err(Fault::new("must be a whole number")),
    }
}

fn integer(node: &Node) -> Taken<i64> {
    narrow(number(node)?, "64 bits")
}

fn narrow<T: TryFrom<i128>>(value: i128, limit: &str) -> Taken<T> {
    T::try_from(value).map_err(|_| Fault::new(format!("{value} does not fit in {limit}")))
}

fn span(node: &Node) -> Taken<i64> {
    match &node.value {
        Value::Text(text) => duration::read(text).map_err(Fault::new),
        Value::Bare(Scalar::Int(value), _) => {
            Err(Fault::new(format!("a duration needs a unit: write {value}s, {value}m or {value}h")))
        }
        Value::Bare(Scalar::Null, _) => Err(Fault::new("a duration is missing; write for example 8h30m, or remove the key")),
        _ => Err(Fault::new("must be a duration such as 8h30m")),
    }
}

fn spelled(node: &Node, kind: &Kind) -> Taken<i32> {
    let Kind::Enum(parent) = kind else { return Err(Fault::new("has no words")) };
    let words = || {
        let words = parent.values().filter_map(|value| spelling(parent, value.number()));
        let words: Vec<&str> = words.filter(|word| !word.is_empty() && *word != "drop").collect();
        let near = match &node.value {
            Value::Text(text) => nearest(text, words.iter().copied()),
            _ => None,
        };
        let near = near.map(|word| format!("; did you mean {word:?}?")).unwrap_or_default();
        format!("{}{near}", words.join(", "))
    };
    let mfa = parent.name() == "RequireMFAType";
    let found = match &node.value {
        Value::Text(text) => {
            let exact = parent.values().find(|value| spelling(parent, value.number()) == Some(text));
            let word = || scalar::option_bool(text).filter(|_| mfa).map(i32::from);
            exact.map(|value| value.number()).or_else(word)
        }
        Value::Bare(Scalar::Bool(value), _) if mfa => Some((*value).into()),
        Value::Bare(Scalar::Bool(false), _) => named(parent, "off"),
        Value::Bare(Scalar::Int(value), _) => i32::try_from(*value).ok().filter(|value| parent.get_value(*value).is_some()),
        // Go cuts the fraction off.
        #[expect(clippy::cast_possible_truncation, reason = "out of range saturates and is then no known number")]
        Value::Bare(Scalar::Float(value), _) => Some(*value as i32).filter(|value| parent.get_value(*value).is_some()),
        _ => None,
    };
    let found = found.ok_or_else(|| Fault::new(format!("must be one of {}", words())))?;
    // The old word for deleting host users is read as its safer successor.
    let old = spelling(parent, found) == Some("drop");
    Ok(if old { named(parent, "insecure-drop").unwrap_or(found) } else { found })
}

fn named(parent: &EnumDescriptor, word: &str) -> Option<i32> {
    parent.values().map(|value| value.number()).find(|number| spelling(parent, *number) == Some(word))
}

fn set_inner(message: &mut DynamicMessage, field: &FieldDescriptor, values: &[(u32, Wire)]) {
    if let Some(inner) = message.get_field_mut(field).as_message_mut() {
        for (number, value) in values {
            inner.set_field_by_number(*number, value.clone());
        }
    }
}

fn time(node: &Node, field: &FieldDescriptor, options: &Yaml, message: &mut DynamicMessage) -> Taken<()> {
    let text = match &node.value {
        Value::Bare(Scalar::Null, _) => {
            message.clear_field(field);
            return Ok(());
        }
        Value::Text(text) => text,
        _ => return Err(Fault::new(format!("{}: must be a time such as 2030-01-31T08:00:00Z", field.name()))),
    };
    let (seconds, nanos) = timestamp::read(text).map_err(|fault| match fault {
        timestamp::Fault::Form => {
            Fault::new(format!("{}: {text:?} is not a time; write for example 2030-01-31T08:00:00Z", field.name()))
        }
        timestamp::Fault::Range => Fault::new(format!("{}: {text:?} does not exist in the calendar", field.name())),
        timestamp::Fault::Wire => {
            let text = format!("{}: {text:?} is outside of the years 1 to 9999", field.name());
            Fault { stage: Some(Stage::Wire), ..Fault::new(text) }
        }
    })?;
    // Unset, for a time that cannot be null: an absent one is the only safe way to send it.
    if options.always && seconds == timestamp::ZERO_SECONDS && nanos == 0 {
        message.clear_field(field);
    } else {
        set_inner(message, field, &[(1, Wire::I64(seconds)), (2, Wire::I32(nanos))]);
    }
    Ok(())
}

fn labels(node: &Node, field: &FieldDescriptor, traits: bool, message: &mut DynamicMessage) -> Taken<()> {
    if node.is_null() {
        message.clear_field(field);
        return Ok(());
    }
    let Value::Map(entries) = &node.value else {
        return Err(Fault::new(format!("{} must be a map of keys and values", field.name())));
    };
    let mut typed = std::collections::HashMap::with_capacity(entries.len());
    for entry in entries {
        typed.insert(entry.key.text.as_str(), (values(&entry.value, traits)?, &entry.value));
    }
    if entries.is_empty() && !message.has_field(field) {
        return Ok(());
    }
    let Some(inner) = message.get_field_mut(field).as_message_mut() else { return Ok(()) };
    let Some(slot) = inner.descriptor().get_field(1) else { return Ok(()) };
    let item = slot.kind().as_message().map(|entry| entry.map_entry_value_field().kind());
    let (Some(item), Some(map)) = (item, inner.get_field_mut(&slot).as_map_mut()) else { return Ok(()) };
    map.retain(|key, _| key.as_str().is_some_and(|key| typed.contains_key(key)));
    for (key, (values, node)) in typed {
        let key = MapKey::String(key.to_owned());
        // What is there already stays: an empty list prints as null and would be read as one empty text.
        let here = map.get(&key).and_then(Wire::as_message);
        if here.is_some_and(|here| compare::same(node, &codec::values_tree(here, traits))) {
            continue;
        }
        let slot = map.entry(key).or_insert_with(|| Wire::default_value(&item));
        if let Some(inner) = slot.as_message_mut() {
            inner.set_field_by_number(1, Wire::List(values));
        }
    }
    Ok(())
}

/// One text, a list, or nothing: nothing is one empty text for labels and an empty list for traits.
fn values(node: &Node, traits: bool) -> Taken<Vec<Wire>> {
    match &node.value {
        Value::List(items) => {
            let items = items.iter().map(|item| text(item).map(Wire::String).map_err(|fault| fault.inside(item)));
            items.collect()
        }
        Value::Bare(Scalar::Null, _) if traits => Ok(Vec::new()),
        _ if traits => Err(Fault::new("must be a list, for example [x]").inside(node)),
        _ => Ok(vec![Wire::String(text(node).map_err(|fault| fault.inside(node))?)]),
    }
}
