//! A document as typed: values with the types of their bare words, and where each key and value begins.
//!
//! Made by `read` and `json`, looked at by everybody else. Positions count from 1, in characters of the whole text.

use super::scalar::Scalar;

/// A value and where it begins, from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub line: usize,
    pub column: usize,
    pub value: Value,
}

impl Node {
    pub fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// The entries of a map; nothing for anything else.
    pub fn entries(&self) -> &[Entry] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
    }

    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Bare(Scalar::Null, _))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A bare word with a type of its own, and how it was typed. Never `Text`.
    Bare(Scalar, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Key,
    pub value: Node,
    /// Came in through `<<`.
    pub merged: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub text: String,
    pub line: usize,
    pub column: usize,
}

impl Key {
    pub fn place(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}
