<<<<<<< HEAD
//! Why a text is no YAML, in words that help: the parser's own say what it met, not what was meant.
//!
//! Looks at the lines around the place where the parser gave up and names the slip that people make there: a wrong indent, a
//! missing blank or colon, a bracket or quote left open, a character that needs quotes. What is none of these keeps the
//! parser's words. The stage stays what it was; only place and words are better.

use super::complete::{Line, comment, scan};

/// Where the parser gave up, from 1, and what it says.
pub struct Given<'a> {
    pub line: usize,
    pub column: usize,
    pub info: &'a str,
}

/// A better place and better words.
pub fn explain(text: &str, given: &Given<'_>) -> (usize, usize, String) {
    let lines: Vec<&str> = text.split('\n').map(|line| line.trim_end_matches('\r')).collect();
    let row = given.line.saturating_sub(1).min(lines.len() - 1);
    let found = tab(&lines, row)
        .or_else(|| indicator(&lines, row, given))
        .or_else(|| quote(&lines, row, given))
        .or_else(|| bracket(&lines, row, given))
        .or_else(|| colon(&lines, row, given))
        .or_else(|| indent(&lines, row));
    found.unwrap_or_else(|| (given.line, given.column, format!("not YAML: {}", given.info)))
}

type Said = Option<(usize, usize, String)>;

fn tab(lines: &[&str], row: usize) -> Said {
    let at = lines[row].find(|c| c != ' ')?;
    let tab = lines[row][at..].starts_with('\t');
    tab.then(|| (row + 1, at + 1, "a tab indents this line; YAML takes only blanks, two for each step".to_owned()))
}

/// A word that begins with a character of YAML's own.
fn indicator(lines: &[&str], row: usize, given: &Given<'_>) -> Said {
    let line = scan(lines[row]);
    let begins = line.key.as_ref().map_or(line.content, |key| {
        key.value + lines[row][key.value..].len() - lines[row][key.value..].trim_start_matches(' ').len()
    });
    for at in [line.content, begins] {
        let word = lines[row][at..comment(lines[row])].trim_end();
        let Some(first) = word.chars().next().filter(|c| "*&@`%".contains(*c)) else { continue };
        let is_about = match first {
            '*' | '&' => given.info.contains("anchor") || given.info.contains("alias"),
            _ => given.info.contains("unexpected character") || given.info.contains("cannot start"),
        };
        let word = if at == line.content { line.key.as_ref().map_or(word, |key| key.name) } else { word };
        if is_about && !word.contains('\'') {
            let text = format!("a word cannot begin with {first}; put it in quotes: '{word}'");
            return Some((row + 1, lines[row][..at].chars().count() + 1, text));
        }
    }
    None
}

fn quote(lines: &[&str], row: usize, given: &Given<'_>) -> Said {
    if given.info.contains("trailing content") {
        let text = "text goes on after the closing quote; a ' inside of '…' is written twice: ''";
        return Some((given.line, given.column, text.to_owned()));
    }
    let unclosed = given.info.contains("quoted scalar") || given.info.contains("unclosed quote");
    if !unclosed {
        return None;
    }
    let (row, at, quote) = lines[..=row].iter().enumerate().rev().find_map(|(row, line)| {
        let (at, quote) = open_quote(line)?;
        Some((row, at, quote))
    })?;
    Some((row + 1, lines[row][..at].chars().count() + 1, format!("the {quote} that opens here is never closed")))
}

/// The quote that a line opens and does not close.
fn open_quote(line: &str) -> Option<(usize, char)> {
    let mut open = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (open, c) {
            (None, '"' | '\'') if matches!(before, ' ' | '[' | ',' | '{') => open = Some((at, c)),
            (Some((_, quote)), c) if quote == c && before != '\\' => open = None,
            _ => {}
        }
        before = c;
    }
    open
}

/// A bracket that was left open on a line above, in a text that then goes on as a block.
fn bracket(lines: &[&str], row: usize, given: &Given<'_>) -> Said {
    let about = ["indicator", "flow", "','", "']'", "'}'", "bracket"].iter().any(|word| given.info.contains(word));
    let (at, column, open) =
        lines[..=row].iter().enumerate().rev().take(if about { 50 } else { 0 }).find_map(|(at, line)| {
            let mut depth = Vec::new();
            for (place, c) in line[..comment(line)].char_indices() {
                match c {
                    '[' | '{' => depth.push((place, c)),
                    ']' | '}' => {
                        depth.pop();
                    }
                    _ => {}
                }
            }
            depth.first().map(|(place, c)| (at, line[..*place].chars().count() + 1, *c))
        })?;
    let close = if open == '[' { ']' } else { '}' };
    Some((at + 1, column, format!("the {open} that opens here is not closed; a {close} is missing")))
}

/// A colon too many, too few, or without its blank; a dash without its blank.
fn colon(lines: &[&str], row: usize, given: &Given<'_>) -> Said {
    let about = ["mapping values", "simple key", "expected ':'", "expect ':'", "expected key"];
    if !about.iter().any(|word| given.info.contains(word)) {
        return None;
    }
    let line = scan(lines[row]);
    let twice = line.key.as_ref().and_then(|key| {
        let value = lines[row][key.value..comment(lines[row])].trim();
        (value.contains(": ") || value.ends_with(':')).then_some((key, value))
    });
    if let Some((key, value)) = twice.filter(|(_, value)| !value.starts_with(['"', '\'', '[', '{'])) {
        let at = lines[row][..key.value].chars().count() + 2;
        return Some((row + 1, at, format!("a second colon in this line; put the value in quotes: '{value}'")));
    }
    // The slip is often on a line above, and only met here.
    for at in (0..=row).rev().filter(|at| !scan(lines[*at]).blank).take(3) {
        let line = scan(lines[at]);
        let rest = lines[at][line.content..comment(lines[at])].trim_end();
        let column = lines[at][..line.content].chars().count() + 1;
        if line.key.is_some() || !line.dashes.is_empty() || rest.is_empty() {
            continue;
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name: String = rest.chars().take_while(|c| word(*c)).collect();
        let after = &rest[name.len()..];
        let text = if let Some(item) = rest.strip_prefix('-').filter(|item| item.starts_with(word)) {
            format!("a blank must follow the dash of a list: - {item}")
        } else if let Some(value) = after.strip_prefix(':').filter(|_| !name.is_empty()) {
            format!("a blank must follow the colon: {name}: {value}")
        } else if !name.is_empty() && (after.is_empty() || after.starts_with(' ')) {
            format!("{name:?} has no colon; write {name}:{after}")
        } else {
            continue;
        };
        return Some((at + 1, column, text));
    }
    None
}

/// A line that begins in a column where nothing it could belong to begins.
fn indent(lines: &[&str], row: usize) -> Said {
    let line = scan(lines[row]);
    if line.blank || (line.key.is_none() && line.dashes.is_empty()) {
        return None;
    }
    let own = line.indent();
    let levels = levels(lines, row);
    let above = lines[..row].iter().map(|text| scan(text)).rfind(|line| !line.blank)?;
    let columns = |levels: &[usize]| {
        let all: Vec<String> = levels.iter().map(|level| (level + 1).to_string()).collect();
        all.join(" or ")
    };
    let inner = |line: &Line<'_>| line.key.as_ref().map_or(line.content, |key| key.column);
    if own > inner(&above) {
        let name = above.key.as_ref().map(|key| key.name)?;
        let text = format!(
            "wrong indent: this is deeper than {name:?} above, which has a value already; begin it in column {}",
            inner(&above) + 1
        );
        return Some((row + 1, own + 1, text));
    }
    if levels.contains(&own) {
        return None;
    }
    let lower = levels.iter().copied().filter(|level| *level < own).max();
    let higher = levels.iter().copied().filter(|level| *level > own).min();
    let near: Vec<usize> = lower.into_iter().chain(higher).collect();
    let text = format!("wrong indent: nothing begins in column {}; begin this in column {}", own + 1, columns(&near));
    (!near.is_empty()).then_some((row + 1, own + 1, text))
}

/// The columns in which what is still open above a line begins.
fn levels(lines: &[&str], row: usize) -> Vec<usize> {
    let mut levels = Vec::new();
    let mut least = usize::MAX;
    for line in lines[..row].iter().rev().map(|text| scan(text)).filter(|line| !line.blank) {
        let places = line.key.as_ref().map(|key| key.column).into_iter().chain(line.dashes.iter().rev().copied());
        for place in places.filter(|place| *place < least) {
            levels.push(place);
        }
        least = least.min(line.indent());
        if least == 0 {
            break;
        }
    }
    levels
=======
//! The words of the YAML parser in words for people.
//!
//! The parser speaks of scalars and flow; a person wants to know which quote, bracket or indentation is wrong. What has no better
//! words keeps the parser's.

/// A part of what the parser says, and what to say instead. The first that matches counts.
const SAID: &[(&str, &str)] = &[
    ("tab", "a tab cannot indent; use blanks"),
    ("byte order mark", "a byte order mark stands inside of the text; remove it"),
    ("found unexpected end of stream", "this quote is not closed"),
    ("found unexpected document indicator", "a quote above is not closed"),
    (
        "found invalid Unicode character escape",
        "this escape is half of a surrogate pair or no character at all; write the character itself",
    ),
    ("found unknown escape character", "unknown escape in double quotes; write \\\\ for a backslash, or use single quotes"),
    (
        "did not find expected hexadecimal",
        "this escape needs hexadecimal digits: two after \\x, four after \\u, eight after \\U",
    ),
    ("trailing content after double-quoted", "nothing may follow the closing quote; quotes inside of quotes are written \\\""),
    ("indentation in quoted scalar", "the text in quotes goes on too far to the left, or a quote above is not closed"),
    ("flow sequence, expected", "a [ is not closed, or a comma is missing before this"),
    (
        "flow mapping, did not find",
        "a { is not closed, or a comma is missing before this; a template such as {{internal.logins}} must be in quotes",
    ),
    ("misplaced bracket", "this bracket closes nothing"),
    ("indentation in flow construct", "a bracket above is not closed, or this line stands too far to the left"),
    ("did not find expected key", "this line is indented like nothing above it; align it with its neighbours"),
    ("did not find expected '-'", "this line is indented like nothing above it; in a list each item begins with a -"),
    ("invalid indentation", "this line is indented like nothing above it; align it with its neighbours"),
    ("wrongly indented line in block", "this line of the block is not indented as the first one"),
    (
        "mapping values are not allowed",
        "a colon is not expected here: text with a colon belongs in quotes, or the indentation is wrong",
    ),
    ("mapping keys are not allowed", "a key is not expected here; is the indentation right?"),
    ("illegal placement of ':'", "a colon is not expected here; text with a colon belongs in quotes"),
    ("block sequence entries are not allowed", "a list item cannot begin here; give it a line of its own"),
    ("simple key expect", "a colon is missing after this key, or the indentation is wrong"),
    ("unknown anchor", "this alias names no anchor above it; a text that begins with * belongs in quotes"),
    ("scanning an anchor or alias", "& and * begin anchors and aliases; put the text in quotes, as in '*': '*'"),
    ("node content", "a value is missing here"),
    ("plain scalar cannot start with '-'", "a bare word cannot begin like this; use quotes"),
    ("unexpected character", "a bare word cannot begin with this character; use quotes"),
    ("directive", "a line cannot begin with %; put it in quotes"),
    ("tag", "! begins a tag; put the text in quotes"),
    ("the handle wasn't declared", "! begins a tag; put the text in quotes"),
    ("recursion limit", "nested too deeply; no resource is"),
    ("comment or line break", "only a comment may follow the | or > that begins a block"),
];

/// A sentence for what the parser found.
pub fn said(info: &str) -> String {
    let known = SAID.iter().find(|(part, _)| info.contains(part)).map(|(_, said)| *said);
    format!("not YAML: {}", known.unwrap_or(info))
>>>>>>> advice
}

#[cfg(test)]
mod tests {
    use crate::document::problems;

<<<<<<< HEAD
    const HEAD: &str = "kind: role\nversion: v7\nmetadata:\n  name: a\n";

    #[test]
    fn slips_are_named_where_they_are() {
        let table = [
            ("spec:\n  allow:\n    logins: [root\n    db_users: [a]\n", "7:13", "the [ that opens here is not closed"),
            ("spec:\n  allow:\n    logins:\n    - a\n   db_users:\n    - a\n", "9:4", "begin this in column 3 or 5"),
            (" spec:\n  allow: {}\n", "5:2", "wrong indent: nothing begins in column 2; begin this in column 1 or 3"),
            ("spec:\n  options:\n    lock: strict\n      forward_agent: true\n", "8:7", "deeper than \"lock\" above"),
            ("spec:\n  options:\n    lock strict\n    pin_source_ip: true\n", "7:5", "write lock: strict"),
            (
                "spec:\n  options:\n    lock:strict\n    pin_source_ip: true\n",
                "7:5",
                "a blank must follow the colon: lock: strict",
            ),
            ("spec:\n  allow:\n    logins:\n    -root\n    -admin\n", "9:5", "a blank must follow the dash of a list: - admin"),
            ("spec:\n\toptions:\n    lock: strict\n", "6:1", "a tab indents this line"),
            ("spec:\n  allow:\n    logins:\n    - *root\n", "8:7", "put it in quotes: '*root'"),
            ("spec:\n  allow:\n    node_labels:\n      *: *\n", "8:7", "put it in quotes: '*'"),
            ("  description: a: b\n", "5:16", "put the value in quotes: 'a: b'"),
            ("  description: 'it's'\n", "5:20", "is written twice"),
            ("  description: @x\n", "5:16", "put it in quotes: '@x'"),
            ("  description: 'x\nspec: {}\n", "5:16", "the ' that opens here is never closed"),
        ];
        for (text, place, words) in table {
            let found = problems(&format!("{HEAD}{text}"));
            let said: Vec<String> = found.iter().map(|one| format!("{}:{} {}", one.line, one.column, one.text)).collect();
            assert!(said.iter().any(|said| said.starts_with(&format!("{place} ")) && said.contains(words)), "{text}{said:#?}");
        }
    }

    #[test]
    fn a_key_one_level_too_high_is_sent_where_it_belongs() {
        let said = |text: &str| problems(text).into_iter().map(|one| one.text).collect::<Vec<_>>().join("\n");
        let found = said(&format!("{HEAD}spec:\n  allow:\n  logins: [a]\n"));
        assert!(found.contains("\"logins\" belongs under \"allow\""), "{found}");
        let found = said("kind: role\nversion: v7\nmetadata:\nname: a\nspec: {}\n");
        assert!(found.contains("\"name\" belongs under \"metadata\""), "{found}");
    }
=======
    #[test]
    fn what_people_get_wrong_is_told_in_their_words() {
        let table = [
            ("kind: role\nspec:\n\tallow: {}\n", 3, "tab"),
            ("kind: role\nmetadata: {name: \"a}\n", 2, "quote is not closed"),
            ("kind: role\nmetadata: {name: a\nversion: v7\n", 3, "not closed"),
            ("kind: role\nspec: [a, b\n", 3, "[ is not closed"),
            ("kind: role\nmetadata:\n  name: a: b\n", 3, "colon"),
            ("kind: role\nmetadata:\n   name: a\n  labels: {}\n", 4, "indented"),
            ("kind: role\nspec:\n  *: *\n", 3, "'*': '*'"),
            ("kind: role\nspec:\n  x: *nothing\n", 3, "anchor"),
            ("kind: role\nspec:\n  x: @y\n", 3, "quotes"),
            ("kind: role\nspec:\n  x: \"\\d\"\n", 3, "backslash"),
            ("kind: role\nspec:\n  x: \"\\ud83d\"\n", 3, "surrogate"),
            ("kind: role\nspec: - a\n", 2, "line of its own"),
        ];
        for (text, line, part) in table {
            let found = problems(text);
            let first = found.first().unwrap_or_else(|| panic!("{text} is taken"));
            assert!(first.text.contains(part), "{text}\n{first:?}");
            assert_eq!(first.line, line, "{text}\n{first:?}");
        }
    }
>>>>>>> advice
}
