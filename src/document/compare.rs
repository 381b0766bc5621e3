//! Whether what is typed is what is there.
//!
//! Decides which parts of a message an edit leaves alone, and which item of a list is which. Order of keys does not count, order
//! of lists does. Text is compared as it prints: a NEL that Go prints as a blank is not an edit.

use super::node::{Node, Value};
use super::scalar::Scalar;
use super::style::received;
use super::tree::Tree;

/// Whether a document says exactly this.
pub fn same(node: &Node, tree: &Tree) -> bool {
    match (&node.value, tree) {
        (Value::Text(typed), Tree::Text(text)) => *typed == received(text),
        (Value::Bare(Scalar::Null, _), Tree::Null) => true,
        (Value::Bare(Scalar::Bool(typed), _), Tree::Bool(value)) => typed == value,
        (Value::Bare(Scalar::Int(typed), _), Tree::Int(value)) => typed == value,
        (Value::Bare(Scalar::Float(typed), _), Tree::Float(value)) => typed.to_bits() == value.to_bits(),
        (Value::List(nodes), Tree::List(trees)) => {
            nodes.len() == trees.len() && nodes.iter().zip(trees).all(|(node, tree)| same(node, tree))
        }
        (Value::Map(nodes), Tree::Map(trees)) if nodes.len() == trees.len() => {
            if nodes.len() > 16 {
                return canonical_node(node) == canonical(tree);
            }
            nodes.iter().all(|entry| {
                let tree = trees.iter().find(|(key, _)| received(key) == entry.key.text.as_str());
                tree.is_some_and(|(_, tree)| same(&entry.value, tree))
            })
        }
        _ => false,
    }
}

/// One text for everything that compares equal.
pub fn canonical(tree: &Tree) -> String {
    let mut out = String::new();
    write_tree(tree, &mut out);
    out
}

/// The same for a document.
pub fn canonical_node(node: &Node) -> String {
    let mut out = String::new();
    write_node(node, &mut out);
    out
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&text.len().to_string());
    out.push('"');
    out.push_str(text);
}

fn number(value: impl std::fmt::Display, out: &mut String) {
    out.push('#');
    out.push_str(&value.to_string());
}

fn write_tree(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Null => out.push('~'),
        Tree::Bool(value) => out.push(if *value { '+' } else { '-' }),
        Tree::Int(value) => number(value, out),
        Tree::Float(value) => number(value, out),
        Tree::Text(text) => write_text(&received(text), out),
        Tree::List(items) => {
            out.push('[');
            for item in items {
                write_tree(item, out);
            }
            out.push(']');
        }
        Tree::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            out.push('{');
            for (key, value) in entries {
                write_text(&received(key), out);
                write_tree(value, out);
            }
            out.push('}');
        }
    }
}

fn write_node(node: &Node, out: &mut String) {
    match &node.value {
        Value::Text(text) => write_text(text, out),
        Value::Bare(Scalar::Null, _) => out.push('~'),
        Value::Bare(Scalar::Bool(value), _) => out.push(if *value { '+' } else { '-' }),
        Value::Bare(Scalar::Int(value), _) => number(value, out),
        Value::Bare(Scalar::Float(value), _) => number(value, out),
        Value::Bare(_, typed) => write_text(typed, out),
        Value::List(items) => {
            out.push('[');
            for item in items {
                write_node(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.text.cmp(&b.key.text));
            out.push('{');
            for entry in entries {
                write_text(&entry.key.text, out);
                write_node(&entry.value, out);
            }
            out.push('}');
        }
    }
}
