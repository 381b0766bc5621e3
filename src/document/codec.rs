//! From a message to the value that `tctl` prints.
//!
//! One walk by descriptor for every kind: the key is the field's name, and the options in `proto/` mark the odd spellings. What is
//! unset is left out or printed as nothing, depending on how Go declares it. The way back is in `apply`; it asks here what a field
//! holds now, so that both agree on what "unchanged" means.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage, Value};

use super::plan::{self, Planned};
use super::tree::Tree;
use super::{duration, timestamp};
use crate::schema::{Form, Yaml, spelling, yaml};

/// The release after the one whose dialect is printed.
const NEXT: &str = "v19";

/// A value that has no text in any dialect: a time outside of the years 1 to 9999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprintable {
    /// The field that holds it, from the top of the message.
    pub path: String,
}

impl fmt::Display for Unprintable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} holds a time outside of the years 1 to 9999 and cannot be shown; tctl cannot read this resource",
            self.path
        )
    }
}

impl std::error::Error for Unprintable {}

impl Unprintable {
    fn under(self, key: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        Self { path: format!("{key}{separator}{}", self.path) }
    }
}

/// What a field holds, apart from lists and maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Text,
    Bytes,
    Bool,
    /// A bool that takes words: of roles.
    OptionBool,
    /// The same as a submessage: unset differs from false.
    BoolOption,
    Int,
    Duration,
    Nanoseconds,
    Number,
    Labels,
    Traits,
    Time,
    Free,
    WrappedBool,
    Spelled,
    Message,
    Float,
}

/// The shape of a field, or of the items of a list.
pub fn shape(kind: &Kind, form: Form) -> Shape {
    match (kind, form) {
        (Kind::Message(_), Form::BoolOption) => Shape::BoolOption,
        (Kind::Message(_), Form::Labels) => Shape::Labels,
        (Kind::Message(_), Form::Traits) => Shape::Traits,
        (Kind::Message(_), Form::Nanoseconds) => Shape::Nanoseconds,
        (Kind::Message(message), _) => match message.full_name() {
            "google.protobuf.Timestamp" => Shape::Time,
            "google.protobuf.Struct" => Shape::Free,
            "google.protobuf.BoolValue" => Shape::WrappedBool,
            _ => Shape::Message,
        },
        (Kind::Enum(_), Form::Spelled) => Shape::Spelled,
        (Kind::Enum(_), _) => Shape::Number,
        (Kind::Bool, Form::Bool) => Shape::OptionBool,
        (Kind::Bool, _) => Shape::Bool,
        (Kind::String, _) => Shape::Text,
        (Kind::Bytes, _) => Shape::Bytes,
        (Kind::Float | Kind::Double, _) => Shape::Float,
        (_, Form::Duration) => Shape::Duration,
        _ => Shape::Int,
    }
}

/// A whole message.
pub fn tree(message: &DynamicMessage) -> Result<Tree, Unprintable> {
    let mut entries = Vec::new();
    // Both come in the order of the fields' numbers; only the plan leaves out what is hidden.
    let mut held = message.fields().map(|(field, value)| (field.number(), value)).peekable();
    for planned in plan::plan(&message.descriptor()) {
        while held.next_if(|(number, _)| *number < planned.number).is_some() {}
        let value = match held.next_if(|(number, _)| *number == planned.number) {
            Some((_, value)) => set(value, planned).map_err(|error| error.under(&planned.name))?,
            None => planned.absent.clone(),
        };
        entries.extend(value.map(|value| (planned.name.clone(), value)));
    }
    Ok(Tree::Map(entries))
}

/// One field as it is printed; `None` when its key is left out.
pub fn field_tree(message: &DynamicMessage, planned: &Planned) -> Result<Option<Tree>, Unprintable> {
    if !message.has_field(&planned.field) {
        return Ok(planned.absent.clone());
    }
    set(&message.get_field(&planned.field), planned)
}

fn set(value: &Value, planned: &Planned) -> Result<Option<Tree>, Unprintable> {
    let shape = planned.shape;
    if let Some(map) = value.as_map() {
        let Some(entry) = planned.kind.as_message() else { return Ok(None) };
        let shape = self::shape(&entry.map_entry_value_field().kind(), planned.options.form);
        let mut entries = Vec::with_capacity(map.len());
        for (key, value) in map {
            let key = key_text(key);
            let value = item_tree(value, shape).map_err(|error| error.under(&key))?;
            entries.push((key, value));
        }
        return Ok(Some(Tree::Map(entries)));
    }
    if let Some(items) = value.as_list() {
        let items =
            items.iter().enumerate().map(|(at, item)| item_tree(item, shape).map_err(|error| error.under(&format!("[{at}]"))));
        return Ok(Some(Tree::List(items.collect::<Result<_, _>>()?)));
    }
    let tree = match (shape, value) {
        (Shape::Labels | Shape::Traits, Value::Message(labels)) => labels_tree(labels, shape == Shape::Traits),
        (Shape::Nanoseconds, Value::Message(duration)) => Tree::Int(nanoseconds(duration)),
        (Shape::Duration, value) => Tree::Text(duration::print(value.as_i64().unwrap_or_default())),
        (Shape::Spelled, Value::EnumNumber(number)) => spelled(&planned.kind, *number),
        (shape, value) => item_tree(value, shape)?,
    };
    let empty = match &tree {
        Tree::Map(entries) => entries.is_empty() && shape != Shape::Message,
        Tree::Int(0) => shape == Shape::Nanoseconds,
        _ => false,
    };
    Ok(if empty { planned.absent.clone() } else { Some(tree) })
}

/// What an unset field prints; asked once for each field, see [`Planned::absent`].
pub fn absent(field: &FieldDescriptor, options: &Yaml) -> Option<Tree> {
    // A key of a later release than the dialect is printed only when the server knows it.
    if !options.always || options.since == NEXT {
        return None;
    }
    if field.is_list() || field.is_map() {
        return Some(Tree::Null);
    }
    let kind = field.kind();
    Some(match (shape(&kind, options.form), &kind) {
        (Shape::Message, Kind::Message(message)) if !options.pointer => empty(message),
        (Shape::Time, _) => Tree::Text(timestamp::ZERO.to_owned()),
        (Shape::Text, _) => Tree::Text(String::new()),
        (Shape::Bool | Shape::OptionBool, _) => Tree::Bool(false),
        (Shape::Int | Shape::Nanoseconds | Shape::Number | Shape::Float, _) => Tree::Int(0),
        (Shape::Duration, _) => Tree::Text(duration::print(0)),
        (Shape::Spelled, kind) => spelled(kind, 0),
        _ => Tree::Null,
    })
}

fn empty(message: &MessageDescriptor) -> Tree {
    let fields = message.fields().filter(|field| !yaml(field).hidden);
    Tree::Map(fields.filter_map(|field| absent(&field, yaml(&field)).map(|tree| (field.name().to_owned(), tree))).collect())
}

fn item_tree(value: &Value, shape: Shape) -> Result<Tree, Unprintable> {
    Ok(match value {
        Value::Bool(value) => Tree::Bool(*value),
        Value::I32(value) | Value::EnumNumber(value) => Tree::Int((*value).into()),
        Value::I64(value) => Tree::Int((*value).into()),
        Value::U32(value) => Tree::Int((*value).into()),
        Value::U64(value) => Tree::Int((*value).into()),
        Value::F32(value) => Tree::Float((*value).into()),
        Value::F64(value) => Tree::Float(*value),
        Value::String(text) => Tree::Text(text.clone()),
        Value::Bytes(bytes) => Tree::Text(base64::engine::general_purpose::STANDARD.encode(bytes)),
        Value::Message(message) => match shape {
            Shape::BoolOption | Shape::WrappedBool => Tree::Bool(number(message, 1).as_bool().unwrap_or_default()),
            Shape::Time => time_tree(message)?,
            Shape::Free => free_tree(message),
            _ => tree(message)?,
        },
        Value::List(_) | Value::Map(_) => Tree::Null,
    })
}

fn key_text(key: &MapKey) -> String {
    key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned)
}

/// A field of a well-known or of our own tiny message, by number; borrowed where it is set.
pub fn number(message: &DynamicMessage, number: u32) -> Cow<'_, Value> {
    message.get_field_by_number(number).unwrap_or(Cow::Owned(Value::Bool(false)))
}

/// Whole nanoseconds of a `google.protobuf.Duration`.
fn nanoseconds(message: &DynamicMessage) -> i128 {
    let seconds = number(message, 1).as_i64().unwrap_or_default();
    i128::from(seconds) * 1_000_000_000 + i128::from(number(message, 2).as_i32().unwrap_or_default())
}

fn time_tree(message: &DynamicMessage) -> Result<Tree, Unprintable> {
    let seconds = number(message, 1).as_i64().unwrap_or_default();
    let nanos = number(message, 2).as_i32().unwrap_or_default();
    timestamp::print(seconds, nanos).map(Tree::Text).ok_or(Unprintable { path: String::new() })
}

fn spelled(kind: &Kind, number: i32) -> Tree {
    match kind.as_enum().and_then(|parent| spelling(parent, number)) {
        // The one bare boolean among the words: require_session_mfa.
        Some("true") => Tree::Bool(true),
        Some(word) => Tree::Text(word.to_owned()),
        None => Tree::Int(number.into()),
    }
}

/// Labels print a lone value without its list, traits never; a value list that is empty prints null in both.
pub fn values_tree(values: &DynamicMessage, traits: bool) -> Tree {
    let values = number(values, 1);
    let texts = values.as_list().unwrap_or_default().iter().map(|value| value.as_str().unwrap_or_default().to_owned());
    let mut texts: Vec<Tree> = texts.map(Tree::Text).collect();
    match texts.len() {
        0 => Tree::Null,
        1 if !traits => texts.remove(0),
        _ => Tree::List(texts),
    }
}

fn labels_tree(labels: &DynamicMessage, traits: bool) -> Tree {
    let values = number(labels, 1);
    let Some(map) = values.as_map() else { return Tree::Map(Vec::new()) };
    let entries = map.iter().filter_map(|(key, value)| Some((key_text(key), values_tree(value.as_message()?, traits))));
    Tree::Map(entries.collect())
}

/// `google.protobuf.Struct`: values of any type.
fn free_tree(message: &DynamicMessage) -> Tree {
    let fields = number(message, 1);
    let Some(map) = fields.as_map() else { return Tree::Map(Vec::new()) };
    Tree::Map(map.iter().filter_map(|(key, value)| Some((key_text(key), free_value(value.as_message()?)))).collect())
}

fn free_value(message: &DynamicMessage) -> Tree {
    let Some((field, value)) = message.fields().next() else { return Tree::Null };
    match (field.number(), value) {
        (2, Value::F64(value)) => match super::scalar::settle(*value) {
            super::scalar::Scalar::Int(whole) => Tree::Int(whole),
            _ => Tree::Float(*value),
        },
        (3, Value::String(text)) => Tree::Text(text.clone()),
        (4, Value::Bool(value)) => Tree::Bool(*value),
        (5, Value::Message(fields)) => free_tree(fields),
        (6, Value::Message(list)) => {
            let values = number(list, 1);
            let items = values.as_list().unwrap_or_default().iter().filter_map(Value::as_message);
            Tree::List(items.map(free_value).collect())
        }
        _ => Tree::Null,
    }
}
