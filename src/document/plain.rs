//! The dialect without a schema: any JSON as `tctl` would print it, any document as the JSON that `tctl` would make of it.

use super::node::{Node, Value};
use super::print;
use super::problem::{self, Finding, Problem, Stage};
use super::read;
use super::scalar::Scalar;
use super::tree::Tree;

/// JSON as `tctl` prints it.
#[must_use]
pub fn print_json(value: &serde_json::Value) -> String {
    print::document(&tree(value))
}

/// The first document of a text as JSON.
///
/// # Errors
/// What stands in the way of reading it: syntax, and values JSON has no word for.
pub fn read_json(text: &str) -> Result<serde_json::Value, Vec<Problem>> {
    let Some(document) = read::documents(text).into_iter().next() else { return Ok(serde_json::Value::Null) };
    let mut findings = document.findings;
    let tree = document.root.as_ref().map(|root| node_tree(root, &mut findings));
    match tree {
        Some(tree) if !findings.iter().any(Finding::is_error) => Ok(tree.json()),
        _ => Err(problem::sorted(findings)),
    }
}

fn tree(value: &serde_json::Value) -> Tree {
    use serde_json::Value;
    match value {
        Value::Null => Tree::Null,
        Value::Bool(value) => Tree::Bool(*value),
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            whole.map_or_else(|| Tree::Float(number.as_f64().unwrap_or_default()), Tree::Int)
        }
        Value::String(text) => Tree::Text(text.clone()),
        Value::Array(items) => Tree::List(items.iter().map(tree).collect()),
        Value::Object(entries) => Tree::Map(entries.iter().map(|(key, value)| (key.clone(), tree(value))).collect()),
    }
}

fn node_tree(node: &Node, findings: &mut Vec<Finding>) -> Tree {
    match &node.value {
        Value::Bare(Scalar::Bool(value), _) => Tree::Bool(*value),
        #[expect(clippy::cast_precision_loss, reason = "only whole floats are this wide")]
        Value::Bare(Scalar::Int(value), _) if i64::try_from(*value).is_err() && u64::try_from(*value).is_err() => {
            Tree::Float(*value as f64)
        }
        Value::Bare(Scalar::Int(value), _) => Tree::Int(*value),
        Value::Bare(Scalar::Float(value), _) => Tree::Float(*value),
        Value::Bare(Scalar::Unreal, typed) => {
            let text = format!("{typed} is a number that cannot be sent; put it in quotes");
            findings.push(Finding::error(Stage::Parse, node.place(), text));
            Tree::Null
        }
        Value::Bare(..) => Tree::Null,
        Value::Text(text) => Tree::Text(text.clone()),
        Value::List(items) => Tree::List(items.iter().map(|item| node_tree(item, findings)).collect()),
        Value::Map(entries) => {
            Tree::Map(entries.iter().map(|entry| (entry.key.text.clone(), node_tree(&entry.value, findings))).collect())
        }
    }
}
