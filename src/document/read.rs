//! From text to a tree in which every key and value knows its line and column.
//!
//! Follows the reader of `tctl`: the stream is cut at lines that begin with three dashes, one document is taken from each piece,
//! bare words have YAML 1.1 types, `<<` and aliases are followed. Unlike it, repeated keys are reported, and hostile input is
//! refused early: 1 MiB a document, 64 levels, aliases within ten times the text. Knows nothing about resources.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, Span, StrInput};

use super::builder::Builder;
use super::json;
use super::node::Node;
use super::problem::{Finding, Stage};
use super::{separator, syntax};

/// One document; no resource is longer.
const LARGEST: usize = 1 << 20;
/// A stream of them: an export of every role of a large cluster is a few MiB.
const LARGEST_STREAM: usize = 64 << 20;
const TOO_LONG: &str = "the text is longer than 1 MiB; no resource is";
/// How many tabs after colons are forgiven: each costs another reading.
const TAB_RETRIES: usize = 16;

/// One document: its tree, unless it is empty or unreadable, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Document {
    pub root: Option<Node>,
    pub findings: Vec<Finding>,
}

/// All documents of a stream that are not empty.
pub fn documents(text: &str) -> Vec<Document> {
    if text.len() > LARGEST_STREAM {
        return vec![refused((1, 1), "the text is longer than 64 MiB")];
    }
    if text.len() <= LARGEST {
        if let Some(documents) = json::documents(text) {
            return documents;
        }
    } else if text.trim_start().starts_with('{') {
        return vec![refused((1, 1), TOO_LONG)];
    }
    let mut documents = Vec::new();
    for piece in pieces(text) {
        let document = match piece {
            Ok((first_line, text)) if text.len() > LARGEST => refused((first_line + 1, 1), TOO_LONG),
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
    if !text.starts_with("---") && !text.contains("\n---") {
        return vec![Ok((0, text))];
    }
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
    let mut text = separator::flattened(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let mut tries = 0;
    loop {
        let (document, fault) = parse(&text, lines_before);
        match fault.and_then(|fault| without_tab(&text, &fault)).filter(|_| tries < TAB_RETRIES) {
            Some(other) => text = Cow::Owned(other),
            None => return document,
        }
        tries += 1;
    }
}

/// The document, and where the parser gave up if it did.
fn parse(text: &str, lines_before: usize) -> (Document, Option<Fault>) {
    let mut builder = Builder::new(lines_before, text);
    let mut parser = Parser::new_from_str(text);
    let mut fault = None;
    loop {
        match next(&mut parser) {
            Some(Ok((Event::StreamEnd | Event::DocumentEnd, _))) | None => break,
            Some(Ok((event, span))) => {
                if builder.take(event, span).is_err() {
                    builder.root = None;
                    break;
                }
            }
            Some(Err(found)) => {
                let given = syntax::Given { line: found.line, column: found.column, info: &found.info };
                let (line, column, words) = syntax::explain(text, &given);
                builder.fail((line + lines_before, column), words);
                builder.root = None;
                fault = Some(found);
                break;
            }
        }
    }
    (Document { root: builder.root, findings: builder.findings }, fault)
}

/// Where and why the parser gave up, counted in the piece.
struct Fault {
    line: usize,
    column: usize,
    index: usize,
    info: String,
}

/// The parser refuses a tab after a colon, which Go takes for a blank. The same text with a blank there.
fn without_tab(text: &str, fault: &Fault) -> Option<String> {
    if !fault.info.contains("must be followed by a valid YAML whitespace") {
        return None;
    }
    let at = text.char_indices().nth(fault.index).map_or(text.len(), |(at, _)| at);
    let end = text[..at].trim_end_matches([' ', '\t']).len();
    let blanks = &text[end..at];
    blanks.contains('\t').then(|| format!("{}{}{}", &text[..end], blanks.replace('\t', " "), &text[at..]))
}

fn next<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> Option<Result<(Event<'a>, Span), Fault>> {
    parser.next_event().map(|event| {
        event.map_err(|error| {
            let marker = error.marker();
            Fault { line: marker.line(), column: marker.col() + 1, index: marker.index(), info: error.info().to_owned() }
        })
    })
}

/// The first character that Go's reader refuses anywhere, even in a comment.
fn forbidden(text: &str) -> Option<(usize, usize, char)> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    // By the piece, so that the compiler looks at many at once.
    let plain = |byte: &u8| (b' '..0x7f).contains(byte) | matches!(byte, b'\n' | b'\t' | b'\r');
    if text.as_bytes().chunks(64).all(|piece| piece.iter().fold(true, |all, byte| all & plain(byte))) {
        return None;
    }
    for (number, line) in text.split('\n').enumerate() {
        if let Some((column, c)) = line.chars().enumerate().find(|(_, c)| !allowed(*c)) {
            return Some((number + 1, column + 1, c));
        }
    }
    None
}
