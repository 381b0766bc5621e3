//! Events of the YAML parser into a tree, with Go's rules for keys, aliases and merges.
//!
//! Keeps its own stack, so depth is counted and nothing recurses into the text. Aliases are copied within a budget of ten times
//! the text. Repeated keys are reported and the last one kept, as Go keeps it.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, ScalarStyle, Span, Tag};

use super::node::{Entry, Key, Node, Value};
use super::problem::{Finding, Stage};
use super::scalar::{self, Scalar};
use super::{style, tag};

const DEEPEST: usize = 64;
/// What a value costs at least: its place and type are kept for each copy.
const VALUE: usize = 16;
/// Short documents may repeat themselves as they like.
const SMALLEST_BUDGET: usize = 100_000;
/// Among so few keys looking is quicker than hashing.
const FEW: usize = 16;

/// Reading has gone as far as it can.
pub struct Stop;

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

pub struct Builder {
    lines_before: usize,
    budget: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    pub root: Option<Node>,
    pub findings: Vec<Finding>,
    /// The piece by characters, kept only when quoted text must be looked at as typed.
    source: Option<Vec<char>>,
}

impl Builder {
    pub fn new(lines_before: usize, text: &str) -> Self {
        Self {
            lines_before,
            budget: (10 * text.len()).max(SMALLEST_BUDGET),
            open: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            findings: Vec::new(),
            source: tag::needs_source(text).then(|| text.chars().collect()),
        }
    }

    /// How a quoted scalar was typed, when it can matter.
    fn typed(&self, span: Span) -> &[char] {
        let source = self.source.as_deref().unwrap_or_default();
        source.get(span.start.index()..span.end.index()).unwrap_or_default()
    }

    pub fn fail(&mut self, place: (usize, usize), text: impl Into<String>) {
        self.findings.push(Finding::error(Stage::Parse, place, text));
    }

    pub fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Stop> {
        let (line, column) = (span.start.line() + self.lines_before, span.start.col() + 1);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text = self.flowed(text, style, span)?;
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

    /// Quoted text by Go's rules where they differ from the parser's: line separators, and an escape that Go does not know.
    fn flowed<'a>(&mut self, text: Cow<'a, str>, style: ScalarStyle, span: Span) -> Result<Cow<'a, str>, Stop> {
        if self.source.is_none() || !matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
            return Ok(text);
        }
        let typed = self.typed(span);
        if style == ScalarStyle::DoubleQuoted && tag::escapes_slash(typed) {
            self.fail((span.start.line() + self.lines_before, span.start.col() + 1), "write / instead of \\/ in double quotes");
            return Err(Stop);
        }
        let raw = typed.iter().any(|c| style::is_break(*c) && !matches!(c, '\r' | '\n'));
        Ok(if raw { Cow::Owned(tag::unfold(&text).into_owned()) } else { text })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, place: (usize, usize)) -> Result<Value, Stop> {
        let plain = style == ScalarStyle::Plain;
        if plain && text.contains(|c| style::is_break(c) && c != '\n') {
            self.fail(place, "a bare word ends at a line separator; put the text in double quotes");
            return Err(Stop);
        }
        let scalar = match tag {
            Some(tag) => tag::resolve(tag, text).map_err(|fault| {
                self.fail(place, fault);
                Stop
            })?,
            None if plain => tag::Tagged::Type(scalar::resolve(text)),
            None => tag::Tagged::Type(Scalar::Text),
        };
        Ok(match scalar {
            tag::Tagged::Text(text) => Value::Text(text),
            tag::Tagged::Type(Scalar::Text) => Value::Text(text.to_owned()),
            tag::Tagged::Type(scalar) => Value::Bare(scalar, text.to_owned()),
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
        nodes.fold((VALUE, 0), |(weight, depth), (extra, node)| {
            let (more, deeper) = measure(node);
            (weight + extra + more, depth.max(deeper))
        })
    };
    let (weight, depth) = match &node.value {
        Value::Bare(_, text) | Value::Text(text) => return (VALUE + text.len(), 0),
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

/// Where a key stands already. Keys are hashed once there are many.
fn position(entries: &[Entry], seen: &mut HashMap<String, usize>, key: &str) -> Option<usize> {
    if entries.len() < FEW {
        return entries.iter().position(|entry| entry.key.text == key);
    }
    for (at, entry) in entries.iter().enumerate().skip(seen.len()) {
        seen.insert(entry.key.text.clone(), at);
    }
    seen.get(key).copied()
}

fn insert(entries: &mut Vec<Entry>, seen: &mut HashMap<String, usize>, key: Key, value: Node, findings: &mut Vec<Finding>) {
    if let Some(at) = position(entries, seen, &key.text) {
        let earlier = &mut entries[at];
        if !earlier.merged {
            let text = format!("the key {:?} is written twice; the first is in line {}", key.text, earlier.key.line);
            findings.push(Finding::error(Stage::Silent, key.place(), text));
        }
        *earlier = Entry { key, value, merged: false };
        return;
    }
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
        let Some(at) = position(entries, seen, &entry.key.text) else {
            entries.push(entry);
            continue;
        };
        let earlier = &mut entries[at];
        if !earlier.merged {
            let text = format!("<< replaces the key {:?} of line {}; write << first", entry.key.text, earlier.key.line);
            findings.push(Finding::error(Stage::Silent, place, text));
        }
        *earlier = entry;
    }
}
