//! The value between a message and its text: what Go would hold as JSON.
//!
//! Printing goes message → `Tree` → text; comparing an edited document with the message it came from goes node by node against
//! the same tree, so what the person did not touch is recognised and left alone. Positions live in `read`, not here.

use serde_json::{Map, Number};

/// One value of a resource as `tctl` would print it.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// Unset, where the key is printed all the same.
    Null,
    /// A bare `true` or `false`.
    Bool(bool),
    /// A whole number; wide enough for both 64-bit kinds.
    Int(i128),
    /// A number with a fraction; only free-form structures have one.
    Float(f64),
    /// Text of any kind, durations and times included.
    Text(String),
    /// A list in its order.
    List(Vec<Self>),
    /// Keys and values in no order; printing sorts them.
    Map(Vec<(String, Self)>),
}

impl Tree {
    /// The same as JSON, the way `tctl get --format=json` has it.
    pub fn json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => {
                let narrow = i64::try_from(*value).map(Number::from);
                narrow.or_else(|_| u64::try_from(*value).map(Number::from)).map_or(Value::Null, Value::Number)
            }
            Self::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Self::Map(entries) => {
                let pairs = entries.iter().map(|(key, value)| (key.clone(), value.json()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }
}
