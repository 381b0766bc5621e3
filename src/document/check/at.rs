//! A message and the text it came from, walked together, so that a rule about a value knows its line.

use std::collections::HashMap;

use prost_reflect::{DynamicMessage, MapKey, Value as Wire};

use crate::document::codec;
use crate::document::node::{Node, Value};
use crate::document::problem::{Finding, Stage};
use crate::document::resource::borrowed;

type Place = (usize, usize);

/// A place in both. What is unset has no message, and what was not typed has the place of its parent.
#[derive(Clone, Copy)]
pub struct At<'a> {
    message: Option<&'a DynamicMessage>,
    node: Option<&'a Node>,
    place: Place,
}

impl<'a> At<'a> {
    pub fn top(message: &'a DynamicMessage, root: &'a Node) -> Self {
        Self { message: Some(message), node: Some(root), place: root.place() }
    }

    pub fn is_set(self) -> bool {
        self.message.is_some()
    }

    fn value(self, name: &str) -> Option<&'a Wire> {
        borrowed(self.message?, name)
    }

    pub fn has(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Where a value was typed.
    pub fn place(self, name: &str) -> Place {
        self.node.and_then(|node| node.get(name)).map_or(self.place, Node::place)
    }

    pub fn sub(self, name: &str) -> Self {
        let message = self.value(name).and_then(Wire::as_message);
        Self { message, node: self.node.and_then(|node| node.get(name)), place: self.place(name) }
    }

    pub fn items(self, name: &str) -> Vec<Self> {
        let list = self.value(name).and_then(Wire::as_list).unwrap_or_default();
        let nodes = match self.node.and_then(|node| node.get(name)).map(|node| &node.value) {
            Some(Value::List(nodes)) => nodes.as_slice(),
            _ => &[],
        };
        let items = list.iter().enumerate().filter_map(|(at, item)| {
            let node = nodes.get(at);
            Some(Self { message: Some(item.as_message()?), node, place: node.map_or(self.place(name), Node::place) })
        });
        items.collect()
    }

    pub fn text(self, name: &str) -> &'a str {
        self.value(name).and_then(Wire::as_str).unwrap_or_default()
    }

    pub fn number(self, name: &str) -> i64 {
        let number = |value: &Wire| {
            let small = value.as_u32().map(i64::from).or_else(|| value.as_enum_number().map(i64::from));
            value.as_i64().or(small)
        };
        self.value(name).and_then(number).unwrap_or_default()
    }

    /// Whether a switch is on, whichever way the wire spells it.
    pub fn flag(self, name: &str) -> bool {
        self.value(name).is_some_and(|value| match value {
            Wire::Message(inner) => codec::number(inner, 1).as_bool().unwrap_or_default(),
            value => value.as_bool().unwrap_or_default(),
        })
    }

    /// Where it begins itself.
    pub fn own_place(self) -> Place {
        self.place
    }

    pub fn texts(self, name: &str) -> Vec<(&'a str, Place)> {
        let list = self.value(name).and_then(Wire::as_list).unwrap_or_default();
        let nodes = match self.node.and_then(|node| node.get(name)).map(|node| &node.value) {
            Some(Value::List(nodes)) => nodes.as_slice(),
            _ => &[],
        };
        let texts = list
            .iter()
            .enumerate()
            .filter_map(|(at, item)| Some((item.as_str()?, nodes.get(at).map_or(self.place(name), Node::place))));
        texts.collect()
    }

    /// The keys of any map, with their places.
    pub fn keys(self, name: &str) -> Vec<(&'a str, Place)> {
        let Some(map) = self.value(name).and_then(Wire::as_map) else { return Vec::new() };
        let places = self.key_places(name);
        let place = |key| places.get(key).copied().unwrap_or(self.place(name));
        map.keys().filter_map(|key| key.as_str()).map(|key| (key, place(key))).collect()
    }

    fn key_places(self, name: &str) -> HashMap<&'a str, Place> {
        let entries = self.node.and_then(|node| node.get(name)).map_or(&[][..], Node::entries);
        entries.iter().map(|entry| (entry.key.text.as_str(), entry.key.place())).collect()
    }

    /// The values of one key of a map of texts.
    pub fn label(self, name: &str, key: &str) -> Option<&'a str> {
        let map = self.value(name).and_then(Wire::as_map)?;
        map.iter().find(|(other, _)| other.as_str() == Some(key)).and_then(|(_, value)| value.as_str())
    }

    /// Whether a label selector selects anything.
    pub fn has_selector(self, name: &str) -> bool {
        self.sub(name).value("values").and_then(Wire::as_map).is_some_and(|map| !map.is_empty())
    }

    /// What a label selector asks of one key, and where that stands.
    pub fn selected(self, name: &str, key: &str) -> Option<(Vec<&'a str>, Place)> {
        let map = self.sub(name).value("values").and_then(Wire::as_map)?;
        let values = map.get(&MapKey::String(key.to_owned()))?.as_message()?;
        let values = borrowed(values, "values").and_then(Wire::as_list).unwrap_or_default();
        let entries = self.node.and_then(|node| node.get(name)).map_or(&[][..], Node::entries);
        let place = entries.iter().find(|entry| entry.key.text == key).map(|entry| entry.key.place());
        Some((values.iter().filter_map(Wire::as_str).collect(), place.unwrap_or(self.place(name))))
    }

    /// A label selector: keys, their values, and where they stand. Dear when there are many; the two above are not.
    pub fn selector(self, name: &str) -> Vec<(&'a str, Vec<&'a str>, Place)> {
        let Some(map) = self.sub(name).value("values").and_then(Wire::as_map) else { return Vec::new() };
        let places = self.key_places(name);
        let entries = map.iter().filter_map(|(key, values)| {
            let values = borrowed(values.as_message()?, "values").and_then(Wire::as_list).unwrap_or_default();
            let key = key.as_str()?;
            let place = places.get(key).copied().unwrap_or(self.place(name));
            Some((key, values.iter().filter_map(Wire::as_str).collect(), place))
        });
        entries.collect()
    }

    /// The values of a label selector that hold braces, and where their keys stand.
    pub fn label_templates(self, name: &str) -> Vec<(&'a str, Place)> {
        let Some(map) = self.sub(name).value("values").and_then(Wire::as_map) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, values) in map {
            let values = values.as_message().and_then(|values| borrowed(values, "values")).and_then(Wire::as_list);
            let texts = values.unwrap_or_default().iter().filter_map(Wire::as_str);
            found.extend(texts.filter(|text| text.contains("{{") || text.contains("}}")).map(|text| (key.as_str(), text)));
        }
        if found.is_empty() {
            return Vec::new();
        }
        let places = self.key_places(name);
        let place = |key: Option<&str>| key.and_then(|key| places.get(key)).copied().unwrap_or(self.place(name));
        found.into_iter().map(|(key, text)| (text, place(key))).collect()
    }

    /// A broken rule at a value.
    pub fn breaks(self, name: &str, text: impl Into<String>) -> Finding {
        Finding::error(Stage::Check, self.place(name), text)
    }
}
