//! What a message's fields are, worked out once for each message instead of at every document.
//!
//! Descriptors answer every question by looking names up; a large document asks the same ones for thousands of items.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::codec::{self, Shape};
use super::tree::Tree;
use crate::schema::{self, Yaml, yaml};

/// A field that may be typed and is printed.
pub struct Planned {
    pub name: String,
    pub field: FieldDescriptor,
    pub number: u32,
    pub options: &'static Yaml,
    pub kind: Kind,
    pub shape: Shape,
    pub list: bool,
    pub map: bool,
    /// What it prints when it is unset; nothing where its key is left out.
    pub absent: Option<Tree>,
}

static PLANS: LazyLock<HashMap<String, Vec<Planned>>> = LazyLock::new(|| {
    let planned = |field: FieldDescriptor| {
        let (kind, options) = (field.kind(), yaml(&field));
        let shape = codec::shape(&kind, options.form);
        let (list, map) = (field.is_list(), field.is_map());
        let absent = codec::absent(&field, options);
        Planned { name: field.name().to_owned(), number: field.number(), options, kind, shape, list, map, absent, field }
    };
    let messages = schema::pool().all_messages();
    messages
        .map(|message| {
            let typed = message.fields().filter(|field| !yaml(field).hidden);
            (message.full_name().to_owned(), typed.map(planned).collect())
        })
        .collect()
});

/// The fields of a message that may be typed, in the order of their numbers.
pub fn plan(message: &MessageDescriptor) -> &'static [Planned] {
    PLANS.get(message.full_name()).map_or(&[], Vec::as_slice)
}
