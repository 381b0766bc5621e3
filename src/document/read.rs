//! From text to a tree in which every key and value knows its line and column.
//!
//! Follows the reader of `tctl`: the stream is cut at lines that begin with three dashes, one document is taken from each piece,
//! bare words have YAML 1.1 types, `<<` and aliases are followed. Unlike it, repeated keys are reported, and hostile input is
//! refused early: 1 MiB, 64 levels, aliases within ten times the text. Knows nothing about resources.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::problem::{Finding, Stage};
use super::scalar::{self, Scalar};
use super::{json, style, tag};

const LARGEST: usize = 1 << 20;
const DEEPEST: usize = 64;

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

/// One document: its tree, unless it is empty or unreadable, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Document {
    pub root: Option<Node>,
    pub findings: Vec<Finding>,
}

/// All documents of a stream that are not empty.
pub fn documents(text: &str) -> Vec<Document> {
    if text.len() > LARGEST {
        return vec![refused((1, 1), "the text is longer than 1 MiB; no resource is")];
    }
    if let Some(documents) = json::documents(text) {
        return documents;
    }
    let mut documents = Vec::new();
    for piece in pieces(text) {
        let document = match piece {
            Ok((first_line, text)) => read(text, first_line),
            Err(finding) => Document { root: None, findings: vec![finding] },
        };
        let empty = document.root.as_ref().is_none_or(Node::is_null) && document.findings.is_empty();
        if !empty {
            documents.push(document);
        }
    }
    documents
}

/// The pieces between separator lines, each with the number of lines before it.
fn pieces(text: &str) -> Vec<Result<(usize, &str), Finding>> {
    let mut pieces = Vec::new();
    let (mut start, mut start_line, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if let Some(after) = line.strip_prefix("---") {
            pieces.push(Ok((start_line, &text[start..at])));
            let after = after.trim();
            if !(after.is_empty() || after.starts_with('#')) {
                let text = "only a comment may follow the --- that separates documents";
                pieces.push(Err(Finding::error(Stage::Parse, (number + 1, 4), text)));
            }
            (start, start_line) = (at + line.len(), number + 1);
        }
        at += line.len();
    }
    pieces.push(Ok((start_line, &text[start..])));
    pieces
}

pub fn refused(place: (usize, usize), text: impl Into<String>) -> Document {
    Document { root: None, findings: vec![Finding::error(Stage::Parse, place, text)] }
}

/// One document of YAML.
pub fn read(text: &str, lines_before: usize) -> Document {
    let text = if lines_before == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
    if let Some((line, column, c)) = forbidden(text) {
        let text = format!("the character U+{:04X} is not allowed; write it as an escape in double quotes", u32::from(c));
        return refused((line + lines_before, column), text);
    }
    let mut builder = Builder::new(lines_before, text.len());
    let mut parser = Parser::new_from_str(text);
    loop {
        match next(&mut parser) {
            Some(Ok((Event::StreamEnd | Event::DocumentEnd, _))) | None => break,
            Some(Ok((event, span))) => {
                if builder.take(event, span).is_err() {
                    return Document { root: None, findings: builder.findings };
                }
            }
            Some(Err((line, column, info))) => {
                builder.fail((line + lines_before, column), info);
                return Document { root: None, findings: builder.findings };
            }
        }
    }
    Document { root: builder.root, findings: builder.findings }
}

type Step<'a> = Option<Result<(Event<'a>, Span), (usize, usize, String)>>;

fn next<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> Step<'a> {
    parser.next_event().map(|event| {
        event.map_err(|error| (error.marker().line(), error.marker().col() + 1, format!("not YAML: {}", error.info())))
    })
}

/// The first character that Go's reader refuses anywhere, even in a comment.
fn forbidden(text: &str) -> Option<(usize, usize, char)> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte) || matches!(byte, b'\n' | b'\t' | b'\r')) {
        return None;
    }
    for (number, line) in text.split('\n').enumerate() {
        if let Some((column, c)) = line.chars().enumerate().find(|(_, c)| !allowed(*c)) {
            return Some((number + 1, column + 1, c));
        }
    }
    None
}

/// Reading has gone as far as it can.
struct Stop;

struct Open {
    line: usize,
    column: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: HashMap<String, usize>, key: Option<KeyRead> },
}

enum KeyRead {
    Key(Key),
    Merge((usize, usize)),
    /// Reported already; its value is dropped.
    Bad,
}

struct Anchored {
    node: Node,
    weight: usize,
    depth: usize,
}

struct Builder {
    lines_before: usize,
    budget: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
    findings: Vec<Finding>,
}

impl Builder {
    fn new(lines_before: usize, length: usize) -> Self {
        let budget = 10 * length;
        Self { lines_before, budget, open: Vec::new(), anchors: HashMap::new(), root: None, findings: Vec::new() }
    }

    fn fail(&mut self, place: (usize, usize), text: impl Into<String>) {
        self.findings.push(Finding::error(Stage::Parse, place, text));
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let (line, column) = (span.start.line() + self.lines_before, span.start.col() + 1);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), (line, column))?;
                let merge = style == ScalarStyle::Plain && tag.is_none() && text == "<<";
                self.close(Node { line, column, value }, anchor, merge)
            }
            // Go looks at no tag of a list or a map.
            Event::SequenceStart(anchor, _) => self.begin(Open { line, column, anchor, content: Content::List(Vec::new()) }),
            Event::MappingStart(anchor, _) => {
                let content = Content::Map { entries: Vec::new(), seen: HashMap::new(), key: None };
                self.begin(Open { line, column, anchor, content })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Err(Stop) };
                let value = match open.content {
                    Content::List(items) => Value::List(items),
                    Content::Map { entries, .. } => Value::Map(entries),
                };
                self.close(Node { line: open.line, column: open.column, value }, open.anchor, false)
            }
            Event::Alias(anchor) => self.alias(anchor, (line, column)),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open) -> Result<(), Stop> {
        if self.open.len() >= DEEPEST {
            self.fail((open.line, open.column), format!("nested deeper than {DEEPEST} levels; no resource is"));
            return Err(Stop);
        }
        self.open.push(open);
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, place: (usize, usize)) -> Result<Value, Stop> {
        let plain = style == ScalarStyle::Plain;
        if plain && text.contains(|c| style::is_break(c) && c != '\n') {
            self.fail(place, "a bare word ends at a line separator; put the text in double quotes");
            return Err(Stop);
        }
        let flows = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let text = if flows { tag::unfold(text) } else { text.into() };
        let scalar = match tag {
            Some(tag) => tag::resolve(tag, &text).map_err(|fault| {
                self.fail(place, fault);
                Stop
            })?,
            None if plain => tag::Tagged::Type(scalar::resolve(&text)),
            None => tag::Tagged::Type(Scalar::Text),
        };
        Ok(match scalar {
            tag::Tagged::Text(text) => Value::Text(text),
            tag::Tagged::Type(Scalar::Text) => Value::Text(text.into_owned()),
            tag::Tagged::Type(scalar) => Value::Bare(scalar, text.into_owned()),
        })
    }

    fn alias(&mut self, anchor: usize, place: (usize, usize)) -> Result<(), Stop> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            self.fail(place, "this alias stands inside the value it names");
            return Err(Stop);
        };
        if anchored.depth + self.open.len() > DEEPEST || anchored.weight > self.budget {
            self.fail(place, "the aliases of this document grow without measure");
            return Err(Stop);
        }
        self.budget -= anchored.weight;
        let node = Node { line: place.0, column: place.1, value: anchored.node.value.clone() };
        self.close(node, 0, false)
    }

    /// Puts a finished value where it belongs.
    fn close(&mut self, mut node: Node, anchor: usize, merge: bool) -> Result<(), Stop> {
        settle(&mut node);
        if anchor != 0 {
            self.remember(&node, anchor)?;
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map { entries, seen, key } => match key.take() {
                None => *key = Some(read_key(node, merge, &mut self.findings)),
                Some(KeyRead::Bad) => {}
                Some(KeyRead::Key(key)) => insert(entries, seen, key, node, &mut self.findings),
                Some(KeyRead::Merge(place)) => merge_in(entries, seen, place, node, &mut self.findings),
            },
        }
        Ok(())
    }

    fn remember(&mut self, node: &Node, anchor: usize) -> Result<(), Stop> {
        let (weight, depth) = measure(node);
        if weight > self.budget {
            self.fail(node.place(), "the anchors of this document grow without measure");
            return Err(Stop);
        }
        self.budget -= weight;
        self.anchors.insert(anchor, Anchored { node: node.clone(), weight, depth });
        Ok(())
    }
}

/// Whole floats of YAML reach the fields as whole numbers.
fn settle(node: &mut Node) {
    if let Value::Bare(scalar, _) = &mut node.value
        && let Scalar::Float(value) = *scalar
    {
        *scalar = scalar::settle(value);
    }
}

fn measure(node: &Node) -> (usize, usize) {
    let inner = |nodes: &mut dyn Iterator<Item = (usize, &Node)>| {
        nodes.fold((1, 0), |(weight, depth), (extra, node)| {
            let (more, deeper) = measure(node);
            (weight + extra + more, depth.max(deeper))
        })
    };
    let (weight, depth) = match &node.value {
        Value::Bare(_, text) | Value::Text(text) => return (1 + text.len(), 0),
        Value::List(items) => inner(&mut items.iter().map(|item| (0, item))),
        Value::Map(entries) => inner(&mut entries.iter().map(|entry| (entry.key.text.len(), &entry.value))),
    };
    (weight, depth + 1)
}

fn read_key(node: Node, merge: bool, findings: &mut Vec<Finding>) -> KeyRead {
    let (line, column) = (node.line, node.column);
    if merge {
        return KeyRead::Merge((line, column));
    }
    let mut bad = |text: &str| {
        findings.push(Finding::error(Stage::Parse, (line, column), text));
        KeyRead::Bad
    };
    let text = match node.value {
        Value::Text(text) => text,
        Value::Bare(Scalar::Bool(value), _) => value.to_string(),
        Value::Bare(Scalar::Float(value), _) => scalar::print_key(value),
        Value::Bare(Scalar::Int(value), typed) => {
            if value > i128::from(i64::MAX) {
                return bad("this number is too large for a key; put it in quotes");
            }
            // A whole float was settled on the way here; as a key it keeps its point.
            match scalar::resolve(&typed) {
                Scalar::Float(float) => scalar::print_key(float),
                _ => value.to_string(),
            }
        }
        Value::Bare(Scalar::Unreal, typed) => typed.to_lowercase().trim_start_matches('+').to_owned(),
        Value::Bare(..) => return bad("null cannot be a key; put it in quotes"),
        Value::List(_) => return bad("a list cannot be a key; put it in quotes"),
        Value::Map(_) => return bad("a map cannot be a key; a template such as {{internal.logins}} must be in quotes"),
    };
    KeyRead::Key(Key { text, line, column })
}

fn insert(entries: &mut Vec<Entry>, seen: &mut HashMap<String, usize>, key: Key, value: Node, findings: &mut Vec<Finding>) {
    if let Some(at) = seen.get(&key.text) {
        let earlier = &mut entries[*at];
        if !earlier.merged {
            let text = format!("the key {:?} is written twice; the first is in line {}", key.text, earlier.key.line);
            findings.push(Finding::error(Stage::Silent, key.place(), text));
        }
        *earlier = Entry { key, value, merged: false };
        return;
    }
    seen.insert(key.text.clone(), entries.len());
    entries.push(Entry { key, value, merged: false });
}

/// A merge replaces what stands above it, as Go has it; values of keys typed there would be lost.
fn merge_in(
    entries: &mut Vec<Entry>,
    seen: &mut HashMap<String, usize>,
    place: (usize, usize),
    node: Node,
    findings: &mut Vec<Finding>,
) {
    let sources = match node.value {
        Value::Map(from) => vec![from],
        Value::List(items) if items.iter().all(|item| matches!(item.value, Value::Map(_))) => {
            let maps = items.into_iter().map(|item| if let Value::Map(from) = item.value { from } else { Vec::new() });
            maps.rev().collect()
        }
        _ => {
            findings.push(Finding::error(Stage::Parse, place, "<< takes a map or a list of maps"));
            return;
        }
    };
    for mut entry in sources.into_iter().flatten() {
        entry.merged = true;
        match seen.get(&entry.key.text) {
            Some(at) => {
                let earlier = &mut entries[*at];
                if !earlier.merged {
                    let text = format!("<< replaces the key {:?} of line {}; write << first", entry.key.text, earlier.key.line);
                    findings.push(Finding::error(Stage::Silent, place, text));
                }
                *earlier = entry;
            }
            None => {
                seen.insert(entry.key.text.clone(), entries.len());
                entries.push(entry);
            }
        }
    }
}
