//! A document applied to a message, in place.
//!
//! The message is the one that was fetched, or an empty one. What the text does not change is not touched: submessages are never
//! rebuilt, list items are matched to their originals, so fields and enum numbers this build does not know stay where they are.
//! Every misfit is reported and the walk goes on. The rules of single values are in `value`.

use std::collections::{HashMap, HashSet};

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, ReflectMessage, Value as Wire};

use super::codec::{self, Shape};
use super::compare;
use super::node::{Entry, Node, Value};
use super::plan::{Planned, plan};
use super::problem::{Finding, Stage, nearest};
use super::value;
use crate::schema::{Yaml, yaml};

/// How many unknown keys get a suggestion: each costs a comparison with every name.
const SUGGESTIONS: usize = 50;

/// Whether a block that stands beside takes this key.
fn holds(field: &FieldDescriptor, key: &str) -> bool {
    let kind = field.kind();
    let inside = kind.as_message().filter(|_| !field.is_list() && !field.is_map());
    codec::shape(&kind, yaml(field).form) == Shape::Message
        && inside.is_some_and(|inside| inside.get_field_by_name(key).is_some())
}

/// What went wrong on the way.
pub struct Apply {
    pub findings: Vec<Finding>,
    stage: Stage,
    suggested: usize,
}

impl Apply {
    pub fn new() -> Self {
        Self { findings: Vec::new(), stage: Stage::Decode, suggested: 0 }
    }

    /// A whole resource: the header is read by stricter rules, and first.
    pub fn resource(&mut self, root: &Node, message: &mut DynamicMessage) {
        let descriptor = message.descriptor();
        let fields = plan(&descriptor);
        self.keys(root.entries(), &descriptor, fields);
        for planned in fields {
            let header = matches!(planned.name.as_str(), "kind" | "sub_kind" | "version" | "metadata");
            self.stage = if header { Stage::Parse } else { Stage::Decode };
            self.field(root.get(&planned.name), planned, message);
        }
    }

    fn error(&mut self, node: &Node, text: impl Into<String>) {
        self.findings.push(Finding::error(self.stage, node.place(), text));
    }

    fn message(&mut self, node: Option<&Node>, message: &mut DynamicMessage, name: &str) {
        let entries = match node.map(|node| (node, &node.value)) {
            None => &[][..],
            Some((_, Value::Map(entries))) => entries,
            Some((node, _)) if node.is_null() => &[],
            Some((node, _)) => return self.error(node, format!("{name} must be a map of keys and values")),
        };
        let descriptor = message.descriptor();
        let fields = plan(&descriptor);
        self.keys(entries, &descriptor, fields);
        for planned in fields {
            let entry = entries.iter().find(|entry| entry.key.text == planned.name);
            self.field(entry.map(|entry| &entry.value), planned, message);
        }
    }

    /// Keys that `tctl` would drop or read in its own way without a word.
    fn keys(&mut self, entries: &[Entry], descriptor: &MessageDescriptor, fields: &[Planned]) {
        let known = |entry: &&Entry| fields.iter().any(|planned| planned.name == entry.key.text);
        for entry in entries.iter().filter(|entry| !known(entry)) {
            let (key, place) = (&entry.key.text, entry.key.place());
            match descriptor.get_field_by_name(key) {
                Some(_) if is_harmless(key, &entry.value) => {
                    self.findings.push(Finding::advice(place, format!("{key} is not read; leave it out")));
                }
                Some(_) => {
                    let text = format!("{key} is not read by the Auth Service and would be lost; remove it");
                    self.findings.push(Finding::error(Stage::Silent, place, text));
                }
                None => {
                    let finding = self.unknown(key, place, descriptor);
                    self.findings.push(finding);
                }
            }
        }
    }

    fn unknown(&mut self, key: &str, place: (usize, usize), descriptor: &MessageDescriptor) -> Finding {
        self.suggested += 1;
        if self.suggested > SUGGESTIONS && !key.contains('"') {
            return Finding::error(Stage::Silent, place, format!("unknown key {key:?}; it would be lost"));
        }
        let fields: Vec<FieldDescriptor> = descriptor.fields().filter(|field| !yaml(field).hidden).collect();
        if let Some(field) = fields.iter().find(|field| field.name().eq_ignore_ascii_case(key)) {
            return Finding::error(Stage::Silent, place, format!("write {:?} instead of {key:?}", field.name()));
        }
        if let Some(parent) = fields.iter().find(|field| holds(field, key)) {
            let text = format!("{key:?} belongs under {:?}; indent it by two more blanks there", parent.name());
            return Finding::error(Stage::Silent, place, text);
        }
        // A quote in an unknown key breaks the decoder of the body.
        let stage = if key.contains('"') && self.stage == Stage::Decode { Stage::Decode } else { Stage::Silent };
        let text = match nearest(key, fields.iter().map(FieldDescriptor::name)) {
            Some(name) => format!("unknown key {key:?}; did you mean {name:?}?"),
            None => format!("unknown key {key:?}; it would be lost"),
        };
        Finding::error(stage, place, text)
    }

    fn field(&mut self, node: Option<&Node>, planned: &Planned, message: &mut DynamicMessage) {
        let Planned { field, options, shape, .. } = planned;
        if *shape == Shape::Message && !planned.list && !planned.map {
            return self.submessage(node, field, options, message);
        }
        let unchanged = if message.has_field(field) {
            // Only a value that has no text at all fails here; then it can but be replaced.
            let current = codec::field_tree(message, planned).unwrap_or_default();
            match node {
                None => current.is_none() || current == planned.absent,
                Some(node) => current.is_some_and(|current| compare::same(node, &current)),
            }
        } else {
            node.is_none_or(|node| planned.absent.as_ref().is_some_and(|absent| compare::same(node, absent)))
        };
        if unchanged {
            return;
        }
        match node {
            None => message.clear_field(field),
            Some(node) if planned.map => self.map(node, field, message),
            Some(node) if planned.list => self.list(node, planned, message),
            Some(node) => {
                if let Err(fault) = value::set(node, field, options, *shape, message) {
                    self.findings.push(fault.at(self.stage, node));
                }
            }
        }
    }

    fn submessage(&mut self, node: Option<&Node>, field: &FieldDescriptor, options: &Yaml, message: &mut DynamicMessage) {
        let unset = node.is_none_or(Node::is_null);
        // What prints although it is not there stays away as long as nobody changes it.
        if let (false, Some(node)) = (message.has_field(field), node)
            && codec::absent(field, options).is_some_and(|absent| compare::same(node, &absent))
        {
            return;
        }
        let kept = options.always && !options.pointer;
        if unset && !kept {
            message.clear_field(field);
        } else if (!unset || message.has_field(field))
            && let Some(inner) = message.get_field_mut(field).as_message_mut()
        {
            self.message(node, inner, field.name());
        }
    }

    fn map(&mut self, node: &Node, field: &FieldDescriptor, message: &mut DynamicMessage) {
        if node.is_null() {
            return message.clear_field(field);
        }
        let Value::Map(entries) = &node.value else {
            return self.error(node, format!("{} must be a map of keys and values", field.name()));
        };
        let kind = field.kind();
        let Some(item) = kind.as_message().map(|entry| entry.map_entry_value_field().kind()) else { return };
        let Some(map) = message.get_field_mut(field).as_map_mut() else { return };
        let typed: HashSet<&str> = entries.iter().map(|entry| entry.key.text.as_str()).collect();
        map.retain(|key, _| key.as_str().is_some_and(|key| typed.contains(key)));
        for entry in entries {
            let slot = map.entry(MapKey::String(entry.key.text.clone())).or_insert_with(|| Wire::default_value(&item));
            match slot {
                Wire::Message(inner) => self.message(Some(&entry.value), inner, &entry.key.text),
                Wire::String(text) => match value::text(&entry.value) {
                    Ok(typed) => *text = typed,
                    Err(fault) => self.findings.push(fault.at(self.stage, &entry.value)),
                },
                _ => {}
            }
        }
    }

    fn list(&mut self, node: &Node, planned: &Planned, message: &mut DynamicMessage) {
        let Planned { field, kind, shape, options, .. } = planned;
        if node.is_null() {
            return message.clear_field(field);
        }
        let Value::List(nodes) = &node.value else {
            let maps = matches!(field.kind(), Kind::Message(_)) && matches!(node.value, Value::Map(_));
            let form = if maps { "begin each of its items with \"- \"" } else { "for example [x, y]" };
            return self.error(node, format!("{} must be a list, {form}", field.name()));
        };
        let items = if let (Kind::Message(item), Shape::Message) = (kind, shape) {
            let old = match message.take_field(field) {
                Some(Wire::List(old)) => old,
                _ => Vec::new(),
            };
            self.messages(nodes, old, item, options.pointer)
        } else {
            let mut items = Vec::with_capacity(nodes.len());
            for node in nodes {
                match value::item(node, kind, *shape) {
                    Ok(item) => items.push(item),
                    Err(fault) => self.findings.push(fault.at(self.stage, node)),
                }
            }
            items
        };
        message.set_field(field, Wire::List(items));
    }

    /// Items that print as an original did are that original; others take over the one in their position, if nobody else did.
    fn messages(&mut self, nodes: &[Node], old: Vec<Wire>, item: &MessageDescriptor, pointer: bool) -> Vec<Wire> {
        let mut old: Vec<Option<DynamicMessage>> =
            old.into_iter().map(|value| if let Wire::Message(message) = value { Some(message) } else { None }).collect();
        let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, message) in old.iter().enumerate().rev() {
            if let Some(Ok(tree)) = message.as_ref().map(codec::tree) {
                by_text.entry(compare::canonical(&tree)).or_default().push(at);
            }
        }
        let same: Vec<Option<DynamicMessage>> = nodes
            .iter()
            .map(|node| {
                let at = if by_text.is_empty() { None } else { by_text.get_mut(&compare::canonical_node(node))?.pop() };
                old.get_mut(at?)?.take()
            })
            .collect();
        let mut items = Vec::with_capacity(nodes.len());
        for ((at, node), same) in nodes.iter().enumerate().zip(same) {
            let message = same.unwrap_or_else(|| {
                let original = old.get_mut(at).and_then(Option::take);
                let mut message = original.unwrap_or_else(|| DynamicMessage::new(item.clone()));
                if node.is_null() && pointer {
                    let text = "nothing stands here; tctl crashes over an empty item of this list";
                    self.findings.push(Finding::error(Stage::Panic, node.place(), text));
                } else {
                    self.message(Some(node), &mut message, "an item of this list");
                }
                message
            });
            items.push(Wire::Message(message));
        }
        items
    }
}

/// Hidden keys that change nothing: the namespace everybody has, and the number older releases print.
fn is_harmless(key: &str, node: &Node) -> bool {
    let default = |node: &Node| matches!(&node.value, Value::Text(text) if text == "default" || text.is_empty());
    match &node.value {
        Value::List(items) => items.iter().all(default),
        _ => key == "id" || default(node) || node.is_null(),
    }
}
