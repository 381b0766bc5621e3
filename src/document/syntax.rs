//! Why a text is no YAML, in words that help: the parser's own say what it met, not what was meant.
//!
//! Looks at the lines around the place where the parser gave up and names the slip that people make there: a wrong indent, a
//! missing blank or colon, a bracket or quote left open, a character that needs quotes. What is none of these is said in
//! our words for the parser's, and what has none keeps the parser's. The stage stays what it was; only place and words are better.

use super::complete::{Line, comment, scan};
use super::said::said;

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
    if ["escape", "hexadecimal"].iter().any(|word| given.info.contains(word)) {
        // The slip is inside of the quotes; how the line is indented is another matter.
        return (given.line, given.column, said(given.info));
    }
    let found = tab(&lines, row)
        .or_else(|| indicator(&lines, row, given))
        .or_else(|| quote(&lines, row, given))
        .or_else(|| bracket(&lines, row, given))
        .or_else(|| colon(&lines, row, given))
        .or_else(|| indent(&lines, row));
    found.unwrap_or_else(|| (given.line, given.column, said(given.info)))
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
        let word = lines[row].get(at..comment(lines[row])).unwrap_or_default().trim_end();
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
        let value = lines[row].get(key.value..comment(lines[row])).unwrap_or_default().trim();
        (value.contains(": ") || value.ends_with(':')).then_some((key, value))
    });
    if let Some((key, value)) = twice.filter(|(_, value)| !value.starts_with(['"', '\'', '[', '{'])) {
        let at = lines[row][..key.value].chars().count() + 2;
        return Some((row + 1, at, format!("a second colon in this line; put the value in quotes: '{value}'")));
    }
    // The slip is often on a line above, and only met here.
    for at in (0..=row).rev().filter(|at| !scan(lines[*at]).blank).take(3) {
        let line = scan(lines[at]);
        let rest = lines[at].get(line.content..comment(lines[at])).unwrap_or_default().trim_end();
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
}

#[cfg(test)]
mod tests {
    use crate::document::problems;

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

    #[test]
    fn what_people_get_wrong_is_told_in_their_words() {
        let table = [
            ("kind: role\nspec:\n\tallow: {}\n", 3, "tab"),
            ("kind: role\nmetadata: {name: \"a}\n", 2, "never closed"),
            ("kind: role\nmetadata: {name: a\nversion: v7\n", 2, "not closed"),
            ("kind: role\nspec: [a, b\n", 2, "the [ that opens here is not closed"),
            ("kind: role\nmetadata:\n  name: a: b\n", 3, "colon"),
            ("kind: role\nmetadata:\n   name: a\n  labels: {}\n", 4, "wrong indent"),
            ("kind: role\nspec:\n  *: *\n", 3, "quotes: '*'"),
            ("kind: role\nspec:\n  x: *nothing\n", 3, "quotes: '*nothing'"),
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
}
