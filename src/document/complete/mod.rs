//! What can stand at a place of a text that is still being typed, and what the key there means.
//!
//! Works from indentation and the lines above, never from a successful reading: a text is unreadable most of the time while it
//! is typed. Keys come from the schema with their meanings, values from `words`. Inside text blocks and brackets over several
//! lines it offers nothing. It only offers; whether a text is right is said by the checks.

mod kinds;
mod line;
mod place;
#[cfg(test)]
mod tests;
mod words;

use prost_reflect::{FieldDescriptor, MessageDescriptor};

use self::line::Key;
pub(super) use self::line::{Line, comment, scan};
use self::place::{Spot, Step, keys_beside, path, resolve};
use self::words::Word;
use super::codec::{self, Shape};
use super::problem::nearest;
use super::resource::descriptor;
use crate::schema::{Yaml, yaml};

/// What can stand at a place, and what of the line it replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// First column that is replaced, from 1.
    pub from: usize,
    /// Past the last column that is replaced.
    pub to: usize,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
}

/// One thing that can stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The key or the value as it is read.
    pub name: String,
    /// What it means, in one line; empty where the name says it.
    pub means: &'static str,
    /// The first major version that has it, as far as it is known; empty for long since.
    pub since: String,
    /// What is written: with its colon, its dash, its quotes, and the indentation of what comes below.
    pub insert: String,
    /// So many characters before the end of it the typing goes on.
    pub back: usize,
}

/// What the key at a place means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The key.
    pub key: String,
    /// What it means, in one line; may be empty.
    pub means: &'static str,
    /// What it takes, in words: `true or false`, `a duration such as 8h30m`; may be empty.
    pub takes: String,
    /// The first major version that has it; empty for long since.
    pub since: String,
}

/// What can stand at a line and column, both from 1. The lines may be any text.
#[must_use]
pub fn complete<S: AsRef<str>>(lines: &[S], line: usize, column: usize) -> Completion {
    let Some(text) = line.checked_sub(1).and_then(|row| lines.get(row)).map(AsRef::as_ref) else {
        return Completion::default();
    };
    let cursor = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let found = Asked::new(lines, line - 1, cursor).and_then(|asked| asked.answer());
    let Some(Found { from, to, candidates, typed }) = found else { return Completion::default() };
    let columns = |at: usize| text[..at].chars().count() + 1;
    Completion { from: columns(from), to: columns(to), candidates: ranked(candidates, &typed) }
}

/// What the key at a line means; `None` where there is none that the schema knows.
#[must_use]
pub fn meaning<S: AsRef<str>>(lines: &[S], line: usize) -> Option<Meaning> {
    let row = line.checked_sub(1)?;
    let asked = Asked::new(lines, row, lines.get(row)?.as_ref().len())?;
    let (spot, field) = match &asked.line.key {
        Some(key) => asked.spot(key.column, Some(key.name))?,
        None if asked.line.blank => return None,
        None => asked.spot(asked.line.content, None).filter(|(spot, _)| !matches!(spot, Spot::Keys(_)))?,
    };
    let field = field?;
    let takes = match &spot {
        Spot::Keys(_) => String::new(),
        _ => takes(&field, &words::of(&field, asked.kind, asked.version)),
    };
    let options = yaml(&field);
    Some(Meaning { key: field.name().to_owned(), means: &options.means, takes, since: since(options) })
}

/// Since when a field exists, as far as it is known.
fn since(options: &Yaml) -> String {
    if options.earliest.is_empty() { options.since.clone() } else { format!("{}–{}", options.earliest, options.since) }
}

/// What a field takes, in words.
fn takes(field: &FieldDescriptor, words: &[Word]) -> String {
    const MOST: usize = 6;
    let said = match codec::shape(&field.kind(), yaml(field).form) {
        Shape::Bool | Shape::OptionBool | Shape::BoolOption | Shape::WrappedBool => "true or false",
        Shape::Duration => "a duration such as 8h30m",
        Shape::Nanoseconds => "a number of nanoseconds",
        Shape::Time => "a time such as 2030-01-31T08:00:00Z",
        Shape::Int | Shape::Number => "a whole number",
        Shape::Bytes => "base64",
        Shape::Labels => "a map of keys to one value or a list",
        Shape::Traits => "a map of keys to lists",
        Shape::Message if field.is_list() => "a list of maps",
        _ if (1..=MOST).contains(&words.len()) => {
            let list: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            return list.join(", ");
        }
        _ if field.is_list() => "a list of texts",
        _ => "",
    };
    said.to_owned()
}

/// A place being asked about, in its own document.
struct Asked<'a, S> {
    lines: &'a [S],
    row: usize,
    text: &'a str,
    cursor: usize,
    line: Line<'a>,
    kind: &'a str,
    version: &'a str,
    top: MessageDescriptor,
}

/// Candidates and what they replace, in bytes of the line.
struct Found {
    from: usize,
    to: usize,
    typed: String,
    candidates: Vec<Candidate>,
}

impl<'a, S: AsRef<str>> Asked<'a, S> {
    fn new(lines: &'a [S], row: usize, cursor: usize) -> Option<Self> {
        let (start, end) = place::document(lines, row);
        let lines = lines.get(start..end)?;
        let row = row.checked_sub(start)?;
        let text = lines.get(row)?.as_ref();
        let kind = place::top(lines, "kind");
        let top = descriptor(kind).map_or_else(|| crate::schema::message("types.ResourceHeader"), |(_, message)| message);
        Some(Self { lines, row, text, cursor, line: scan(text), kind, version: place::top(lines, "version"), top })
    }

    /// What the schema has at a column, or at the value of a key in it.
    fn spot(&self, column: usize, key: Option<&str>) -> Option<(Spot, Option<FieldDescriptor>)> {
        let mut steps = path(self.lines, self.row, column)?.steps;
        steps.extend(key.map(Step::Key));
        resolve(self.top.clone(), &steps)
    }

    fn answer(&self) -> Option<Found> {
        if self.cursor > comment(self.text) {
            return None;
        }
        match &self.line.key {
            Some(key) if self.cursor >= key.value => self.value(key),
            Some(key) if self.cursor > key.column && self.cursor <= key.end => self.other_key(key),
            Some(_) => None,
            None => self.word(),
        }
    }

    /// After a colon.
    fn value(&self, key: &Key<'_>) -> Option<Found> {
        let (spot, _) = self.spot(key.column, Some(key.name))?;
        let blanks = self.text[key.value..self.cursor].bytes().take_while(|byte| *byte == b' ').count();
        let from = key.value + blanks;
        let prefix = if from == key.value { " " } else { "" };
        let bracket = self.text[from..self.cursor].starts_with('[');
        match spot {
            Spot::Value(field) if !bracket => self.words(&field, from, &[], (prefix, "")),
            Spot::Items(field) if bracket => self.in_brackets(&field, from + 1),
            Spot::Items(field) if self.text[from..comment(self.text)].trim().is_empty() => {
                self.words(&field, from, &[], (&format!("{prefix}["), "]"))
            }
            _ => None,
        }
    }

    /// Inside of brackets that were opened on this line.
    fn in_brackets(&self, field: &FieldDescriptor, open: usize) -> Option<Found> {
        let before = &self.text[open..self.cursor];
        if before.contains(['[', ']', '{', '}']) {
            return None;
        }
        let from = open + before.rfind(',').map_or(0, |comma| comma + 1);
        let from = from + self.text[from..self.cursor].bytes().take_while(|byte| *byte == b' ').count();
        let rest = &self.text[open..comment(self.text)];
        let rest = &rest[..rest.find(']').unwrap_or(rest.len())];
        let own = self.text[from..self.cursor].trim().trim_matches(['"', '\'']);
        let there: Vec<&str> = rest.split(',').map(place::unquoted).filter(|item| *item != own).collect();
        self.words(field, from, &there, ("", ""))
    }

    /// The words of a field in place of the one at the cursor.
    fn words(&self, field: &FieldDescriptor, from: usize, there: &[&str], (before, after): (&str, &str)) -> Option<Found> {
        let head = &self.text[from..self.cursor];
        let quote = head.chars().next().filter(|c| matches!(c, '"' | '\''));
        let typed = head.trim_start_matches(['"', '\'']);
        if typed.contains(' ') || head.starts_with(['|', '>', '{', '&', '!']) {
            return None;
        }
        let tail = &self.text[self.cursor..];
        let mut to = self.cursor + tail.find([' ', ',', ']', '"', '\'']).unwrap_or(tail.len());
        if quote.is_some_and(|quote| self.text[to..].starts_with(quote)) {
            to += 1;
        }
        let words = words::of(field, self.kind, self.version).into_iter().filter(|word| !there.contains(&word.text.as_str()));
        let candidates = words.map(|word| Candidate {
            insert: format!("{before}{}{after}", word.typed),
            name: word.text,
            means: word.means,
            since: String::new(),
            back: after.len(),
        });
        Some(Found { from, to, typed: typed.to_owned(), candidates: candidates.collect() })
    }

    /// On a key that has its colon: another one in its place.
    fn other_key(&self, key: &Key<'_>) -> Option<Found> {
        let (Spot::Keys(message), _) = self.spot(key.column, None)? else { return None };
        let there = keys_beside(self.lines, self.row, key.column);
        let fields = message.fields().filter(|field| offered(field, &there));
        let candidates = fields.map(|field| named(&field, field.name().to_owned())).collect();
        Some(Found { from: key.column, to: key.end, typed: self.text[key.column..self.cursor].to_owned(), candidates })
    }

    /// On a line without a colon: the beginning of a key, or an item.
    fn word(&self) -> Option<Found> {
        let content = self.line.content.min(self.cursor);
        let typed = &self.text[content..self.cursor];
        let tail = &self.text[self.cursor..comment(self.text)];
        let to = self.cursor + tail.find([' ', '"', '\'']).unwrap_or(tail.len());
        // Before a text somebody wants it elsewhere, not another.
        if self.cursor <= self.line.content && !tail.trim().is_empty() {
            return None;
        }
        let glued =
            self.text[..self.cursor].ends_with('-') && self.line.dashes.last().is_some_and(|dash| dash + 1 == self.cursor);
        let column = if glued { content + 1 } else { content };
        let path = path(self.lines, self.row, column)?;
        let (spot, _) = resolve(self.top.clone(), &path.steps)?;
        let (from, column, lead) = match path.beside {
            // A line of its own goes where the lines beside it are.
            Some(beside) if beside != column && self.line.dashes.is_empty() => (0, beside, " ".repeat(beside)),
            _ => (content, column, if glued { " ".to_owned() } else { String::new() }),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-');
        match spot {
            Spot::Keys(message) if typed.chars().all(plain) && self.text[to..comment(self.text)].trim().is_empty() => {
                let there = keys_beside(self.lines, self.row, column);
                let candidates = keys(&message, column, &there, &lead);
                Some(Found { from, to, typed: typed.to_owned(), candidates })
            }
            Spot::Items(field) => match resolve(self.top.clone(), &with_item(path.steps))?.0 {
                Spot::Keys(message) if typed.chars().all(plain) => {
                    let candidates = keys(&message, column + 2, &[], &format!("{lead}- "));
                    Some(Found { from, to, typed: typed.to_owned(), candidates })
                }
                Spot::Value(_) => {
                    let there = place::items_beside(self.lines, self.row, column);
                    let found = self.words(&field, content, &there, (&format!("{lead}- "), ""))?;
                    Some(Found { from, ..found })
                }
                _ => None,
            },
            Spot::Value(field) => {
                let there = self.line.dashes.last().map(|dash| place::items_beside(self.lines, self.row, *dash));
                let there = there.unwrap_or_default();
                self.words(&field, content, &there, (&lead, "")).map(|found| Found { from, ..found })
            }
            _ => None,
        }
    }
}

fn with_item(mut steps: Vec<Step<'_>>) -> Vec<Step<'_>> {
    steps.push(Step::Item);
    steps
}

/// Whether a key can be offered beside those that are there.
fn offered(field: &FieldDescriptor, there: &[&str]) -> bool {
    !yaml(field).hidden && !there.contains(&field.name())
}

fn named(field: &FieldDescriptor, insert: String) -> Candidate {
    let options = yaml(field);
    Candidate { name: field.name().to_owned(), means: &options.means, since: since(options), insert, back: 0 }
}

/// New keys at a column, each with what its value begins with.
fn keys(message: &MessageDescriptor, column: usize, there: &[&str], lead: &str) -> Vec<Candidate> {
    let fields = message.fields().filter(|field| offered(field, there));
    let candidates = fields.map(|field| {
        let name = field.name();
        let below = match codec::shape(&field.kind(), yaml(&field).form) {
            _ if field.is_map() => Some("  "),
            // As `tctl` prints lists: below their key, not deeper.
            _ if field.is_list() => Some("- "),
            Shape::Message | Shape::Labels | Shape::Traits | Shape::Free => Some("  "),
            _ => None,
        };
        let insert = match below {
            Some(begin) => format!("{lead}{name}:\n{}{begin}", " ".repeat(column)),
            None => format!("{lead}{name}: "),
        };
        named(&field, insert)
    });
    candidates.collect()
}

/// Those that go with what was typed, the likeliest first. Where a whole value stands already, the others follow it.
fn ranked(candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    let whole = candidates.iter().any(|candidate| candidate.name == typed && !candidate.insert.contains(':'));
    let typed = typed.to_lowercase();
    let rank = |candidate: &Candidate| {
        let name = candidate.name.to_lowercase();
        if name == typed {
            Some(0)
        } else if name.starts_with(&typed) {
            Some(1)
        } else if name.split(['_', '-', '.']).any(|part| part.starts_with(&typed)) {
            Some(2)
        } else if name.contains(&typed) {
            Some(3)
        } else {
            whole.then_some(4)
        }
    };
    let ranks: Vec<Option<i32>> = candidates.iter().map(rank).collect();
    if ranks.iter().all(Option::is_none) {
        let name = nearest(&typed, candidates.iter().map(|candidate| candidate.name.as_str())).map(str::to_owned);
        return candidates.into_iter().filter(|candidate| Some(&candidate.name) == name.as_ref()).collect();
    }
    let mut near: Vec<(i32, Candidate)> =
        ranks.into_iter().zip(candidates).filter_map(|(rank, candidate)| Some((rank?, candidate))).collect();
    near.sort_by_key(|(rank, _)| *rank);
    near.into_iter().map(|(_, candidate)| candidate).collect()
}
