//! Strict JSON, which `tctl` reads by other rules than YAML.
//!
//! A stream that begins with `{` and holds a sound JSON value is JSON to its end: numbers count as written (`5.0` is no whole
//! number), `\/` and surrogate pairs are escapes. What is not strict JSON is left to the YAML reader, of which it may be a part.

use std::collections::HashMap;

use super::node::{Entry, Key, Node, Value};
use super::problem::{Finding, Stage};
use super::read::Document;
use super::scalar::Scalar;

const DEEPEST: usize = 64;
/// How far `tctl` looks for the opening brace.
const LOOKAHEAD: usize = 32 * 1024;

/// The documents of a JSON stream, or `None` when it is none.
pub fn documents(text: &str) -> Option<Vec<Document>> {
    let start = text.trim_start_matches([' ', '\t', '\r', '\n']);
    if !start.starts_with('{') || text.len() - start.len() >= LOOKAHEAD {
        return None;
    }
    let mut scan = Scan { rest: text, line: 1, column: 1, findings: Vec::new() };
    let mut documents = Vec::new();
    loop {
        scan.blanks();
        if scan.rest.is_empty() {
            return Some(documents);
        }
        let place = (scan.line, scan.column);
        if let Some(root) = scan.value(0) {
            documents.push(Document { root: Some(root), findings: std::mem::take(&mut scan.findings) });
        } else if documents.is_empty() {
            return None;
        } else {
            let text = "after a JSON document only JSON may follow; tctl crashes over anything else";
            documents.push(Document { root: None, findings: vec![Finding::error(Stage::Panic, place, text)] });
            return Some(documents);
        }
    }
}

struct Scan<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
    findings: Vec<Finding>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn take(&mut self, c: char) -> Option<()> {
        (self.next()? == c).then_some(())
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\r' | '\n')) {
            self.next();
        }
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        let (line, column) = (self.line, self.column);
        let value = match self.peek()? {
            '{' => self.object(depth)?,
            '[' => self.array(depth)?,
            '"' => Value::Text(self.string()?),
            '-' | '0'..='9' => self.number()?,
            _ => self.word()?,
        };
        Some(Node { line, column, value })
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take('{')?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = HashMap::new();
        self.blanks();
        if self.peek() == Some('}') {
            self.next();
            return Some(Value::Map(entries));
        }
        loop {
            self.blanks();
            let (line, column) = (self.line, self.column);
            let before = self.rest;
            let key = Key { text: self.string()?, line, column };
            if before[..before.len() - self.rest.len()].contains('\\') {
                let text = format!("write the key {:?} without escapes; tctl does not recognise it", key.text);
                self.findings.push(Finding::error(Stage::Silent, key.place(), text));
            }
            self.blanks();
            self.take(':')?;
            self.blanks();
            let value = self.value(depth + 1)?;
            if let Some(&first) = seen.get(&key.text) {
                let first: usize = first;
                let text = format!("the key {:?} is written twice; the first is in line {}", key.text, entries[first].key.line);
                self.findings.push(Finding::error(Stage::Silent, key.place(), text));
                entries[first] = Entry { key, value, merged: false };
            } else {
                seen.insert(key.text.clone(), entries.len());
                entries.push(Entry { key, value, merged: false });
            }
            self.blanks();
            match self.next()? {
                ',' => {}
                '}' => return Some(Value::Map(entries)),
                _ => return None,
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take('[')?;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(']') {
            self.next();
            return Some(Value::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value(depth + 1)?);
            self.blanks();
            match self.next()? {
                ',' => {}
                ']' => return Some(Value::List(items)),
                _ => return None,
            }
        }
    }

    /// Cuts the string out and leaves its escapes to the JSON library.
    fn string(&mut self) -> Option<String> {
        let start = self.rest;
        self.take('"')?;
        loop {
            match self.next()? {
                '"' => break,
                '\\' => {
                    self.next()?;
                }
                c if c < ' ' => return None,
                _ => {}
            }
        }
        let typed = &start[..start.len() - self.rest.len()];
        serde_json::from_str(typed).ok()
    }

    fn number(&mut self) -> Option<Value> {
        let length = self.rest.find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9'))?;
        let typed = &self.rest[..length];
        let _: serde_json::Number = serde_json::from_str(typed).ok()?;
        let scalar = match typed.parse::<i128>() {
            Ok(value) => Scalar::Int(value),
            Err(_) => Scalar::Float(typed.parse().ok()?),
        };
        let typed = typed.to_owned();
        self.column += length;
        self.rest = &self.rest[length..];
        Some(Value::Bare(scalar, typed))
    }

    fn word(&mut self) -> Option<Value> {
        let words = [("true", Scalar::Bool(true)), ("false", Scalar::Bool(false)), ("null", Scalar::Null)];
        let (word, scalar) = words.into_iter().find(|(word, _)| self.rest.starts_with(word))?;
        self.column += word.len();
        self.rest = &self.rest[word.len()..];
        Some(Value::Bare(scalar, word.to_owned()))
    }
}
