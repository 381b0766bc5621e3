//! Where in a document something stands, as people write it: `spec.allow.rules[2].verbs`.

use std::fmt;

use crate::document::node::{Node, Value};

/// The way from the top of a document to a place in it. An item of a list counts in the list as it was before both edits.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Key(String),
    Item(usize),
}

impl Path {
    /// The value of a key here.
    pub(super) fn key(&self, key: &str) -> Self {
        self.with(Part::Key(key.to_owned()))
    }

    /// An item of the list here.
    pub(super) fn item(&self, at: usize) -> Self {
        self.with(Part::Item(at))
    }

    fn with(&self, part: Part) -> Self {
        Self(self.0.iter().cloned().chain([part]).collect())
    }

    /// Whether it is an item of a list.
    pub(super) fn is_item(&self) -> bool {
        matches!(self.0.last(), Some(Part::Item(_)))
    }

    /// The revision, which the server alone gives.
    pub(super) fn is_revision(&self) -> bool {
        matches!(&self.0[..], [Part::Key(first), Part::Key(second)] if first == "metadata" && second == "revision")
    }

    /// A label of a role or a token, which may name several values.
    pub(super) fn is_label(&self) -> bool {
        matches!(&self.0[..], [Part::Key(first), .., Part::Key(around), Part::Key(_)]
            if first == "spec" && around.ends_with("_labels"))
    }

    /// The line on which it begins, or what is nearest above it.
    pub(super) fn line_in(&self, root: &Node) -> usize {
        let (mut line, mut node) = (1, root);
        for part in &self.0 {
            let below = match (part, &node.value) {
                (Part::Key(key), Value::Map(entries)) => {
                    let entry = entries.iter().find(|entry| entry.key.text == *key);
                    entry.map(|entry| (entry.key.line, &entry.value))
                }
                (Part::Item(at), Value::List(items)) => items.get(*at).or(items.last()).map(|item| (item.line, item)),
                _ => None,
            };
            let Some(below) = below else { break };
            (line, node) = below;
        }
        line
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return out.write_str("the whole text");
        }
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::Item(item) => write!(out, "[{item}]")?,
                Part::Key(key) if key.chars().any(|c| matches!(c, '.' | '[' | '"') || c.is_whitespace()) || key.is_empty() => {
                    write!(out, "[{key:?}]")?;
                }
                Part::Key(key) if at == 0 => out.write_str(key)?,
                Part::Key(key) => write!(out, ".{key}")?,
            }
        }
        Ok(())
    }
}
