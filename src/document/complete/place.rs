//! Where in the schema a place in the text is, told by indentation and the lines above alone.
//!
//! The text may be half typed and unreadable. From the place upwards, each line that is less indented is what holds it, up to
//! the first column; that path is then walked through the messages. Inside text blocks and brackets there is no place.

use prost_reflect::{FieldDescriptor, MessageDescriptor};

use super::line::{Line, opens_below, scan};
use crate::document::codec::{self, Shape};
use crate::schema::yaml;

/// One step from the top of a document towards a place.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into the value of a key.
    Key(&'a str),
    /// Into one item of a list.
    Item,
}

/// The steps to the map or list that something is in.
#[derive(Debug)]
pub struct Path<'a> {
    pub steps: Vec<Step<'a>>,
    /// How the lines beside are indented, where the place is a line of its own.
    pub beside: Option<usize>,
}

/// The part of the text between separators that a line is in: first line, and past the last.
pub fn document<S: AsRef<str>>(lines: &[S], row: usize) -> (usize, usize) {
    let parts = |line: &S| line.as_ref().starts_with("---");
    let start = lines[..row].iter().rposition(parts).map_or(0, |at| at + 1);
    let end = lines[row..].iter().position(parts).map_or(lines.len(), |at| row + at);
    (start, end)
}

/// The value of a key in the first column, such as the kind.
pub fn top<'a, S: AsRef<str>>(lines: &'a [S], name: &str) -> &'a str {
    let value = lines.iter().find_map(|line| line.as_ref().strip_prefix(name)?.strip_prefix(':')).unwrap_or_default();
    value[..super::line::comment(value)].trim().trim_matches(['"', '\''])
}

/// The steps to what holds something at a column of a line; nothing inside of text or brackets, or where the indentation is
/// wrong. Lines are those of one document.
pub fn path<S: AsRef<str>>(lines: &[S], row: usize, column: usize) -> Option<Path<'_>> {
    let mut steps = Vec::new();
    let (mut at, mut dash) = (column, false);
    for place in scan(lines[row].as_ref()).dashes.into_iter().rev().filter(|place| *place < column) {
        steps.push(Step::Item);
        (at, dash) = (place, true);
    }
    let alone = !dash;
    let mut beside = None;
    for (number, text) in lines[..row].iter().enumerate().rev() {
        if at == 0 && !dash {
            break;
        }
        let text = text.as_ref();
        let line = scan(text);
        if line.blank || line.indent() > at {
            continue;
        }
        let first = steps.is_empty();
        if let Some(key) = line.key.as_ref().filter(|key| key.column < at || (dash && key.column == at)) {
            if !opens_below(&text[key.value..]) {
                return None;
            }
            steps.push(Step::Key(key.name));
            (at, dash) = (key.column, false);
        }
        let limit = at;
        for place in line.dashes.iter().rev().filter(|place| **place < limit) {
            steps.push(Step::Item);
            (at, dash) = (*place, true);
        }
        if first && !steps.is_empty() && alone {
            beside = child_indent(lines, number, row, &line);
        }
    }
    if at != 0 || dash {
        return None;
    }
    steps.reverse();
    Some(Path { steps, beside })
}

/// How the first line inside of an opening line is indented, if there is one.
fn child_indent<S: AsRef<str>>(lines: &[S], opening: usize, row: usize, line: &Line<'_>) -> Option<usize> {
    let parent = line.key.as_ref().map_or(line.content, |key| key.column);
    let below = lines.iter().enumerate().skip(opening + 1).filter(|(at, _)| *at != row);
    let child = below.map(|(_, text)| scan(text.as_ref())).find(|line| !line.blank)?;
    let inside = child.indent() > parent || (child.indent() == parent && !child.dashes.is_empty());
    inside.then(|| child.indent())
}

/// The keys that stand beside a place at this column, in the same map.
pub fn keys_beside<S: AsRef<str>>(lines: &[S], row: usize, column: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let starts_item = scan(lines[row].as_ref()).dashes.iter().any(|dash| *dash < column);
    let above = if starts_item { &lines[..0] } else { &lines[..row] };
    for text in above.iter().rev() {
        let line = scan(text.as_ref());
        if line.blank || line.indent() > column {
            continue;
        }
        found.extend(line.key.as_ref().filter(|key| key.column == column).map(|key| key.name));
        if line.indent() < column {
            break;
        }
    }
    for text in &lines[row + 1..] {
        let line = scan(text.as_ref());
        if line.blank || line.indent() > column || (line.indent() == column && !line.dashes.is_empty()) {
            continue;
        }
        if line.indent() < column {
            break;
        }
        found.extend(line.key.as_ref().map(|key| key.name));
    }
    found
}

/// The items of text that stand in the same list as the one whose dash is at this column.
pub fn items_beside<S: AsRef<str>>(lines: &[S], row: usize, dash: usize) -> Vec<&str> {
    let of = |text: &S| -> Option<Option<usize>> {
        let line = scan(text.as_ref());
        if line.blank || line.indent() > dash {
            return Some(None);
        }
        (line.indent() == dash && !line.dashes.is_empty()).then_some(Some(line.content))
    };
    let above = lines[..row].iter().rev().map_while(|text| Some((text, of(text)?)));
    let below = lines[row + 1..].iter().map_while(|text| Some((text, of(text)?)));
    let items = above.chain(below).filter_map(|(text, at)| Some(unquoted(&text.as_ref()[at?..])));
    items.collect()
}

/// A word of a list without its quotes and its comment.
pub fn unquoted(text: &str) -> &str {
    text[..super::line::comment(text)].trim().trim_matches(['"', '\''])
}

/// What the schema has at a place.
#[derive(Clone, Debug)]
pub enum Spot {
    /// Keys of a message.
    Keys(MessageDescriptor),
    /// Items of a list, their dashes not typed yet.
    Items(FieldDescriptor),
    /// One value, or one item of a list of values.
    Value(FieldDescriptor),
    /// A map whose keys are free, such as labels.
    Free(FieldDescriptor),
}

/// Walks steps through the schema. Answers the last field on the way too.
pub fn resolve(top: MessageDescriptor, steps: &[Step<'_>]) -> Option<(Spot, Option<FieldDescriptor>)> {
    let mut spot = Spot::Keys(top);
    let mut last = None;
    for step in steps {
        spot = match (spot, step) {
            (Spot::Keys(message), Step::Key(name)) => {
                let field = message.get_field_by_name(name).filter(|field| !yaml(field).hidden)?;
                last = Some(field.clone());
                inside(field)
            }
            (Spot::Items(field), Step::Item) => {
                match (codec::shape(&field.kind(), yaml(&field).form), field.kind().as_message()) {
                    (Shape::Message, Some(message)) => Spot::Keys(message.clone()),
                    _ => Spot::Value(field),
                }
            }
            (Spot::Free(field), Step::Key(_)) => match map_value(&field) {
                Some(message) => Spot::Keys(message),
                None => Spot::Free(field),
            },
            (Spot::Free(field), Step::Item) => Spot::Free(field),
            _ => return None,
        };
    }
    Some((spot, last))
}

fn inside(field: FieldDescriptor) -> Spot {
    if field.is_map() {
        return Spot::Free(field);
    }
    if field.is_list() {
        return Spot::Items(field);
    }
    match (codec::shape(&field.kind(), yaml(&field).form), field.kind().as_message()) {
        (Shape::Labels | Shape::Traits | Shape::Free, _) => Spot::Free(field),
        (Shape::Message, Some(message)) => Spot::Keys(message.clone()),
        _ => Spot::Value(field),
    }
}

/// The message in the values of a map, where they are messages.
fn map_value(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    let kind = field.kind();
    let entry = kind.as_message().filter(|_| field.is_map())?;
    entry.map_entry_value_field().kind().as_message().cloned()
}
