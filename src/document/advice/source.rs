//! From a place in a value to a place in the text it was typed in.
//!
//! A value may be quoted, indented as a block, or folded. The line of the value is looked for where the value begins; where it
//! does not stand as such (escapes, folding, very long lines) the beginning of the value is the place.

use std::cell::OnceCell;

/// Longer lines are not searched: there may be as many faults as words in them.
const LONGEST: usize = 4096;
/// Folded texts are searched for so many lines.
const FOLDED: usize = 64;

/// A text by lines, cut only when somebody asks.
pub struct Source<'a> {
    text: &'a str,
    lines: OnceCell<Vec<&'a str>>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, lines: OnceCell::new() }
    }

    /// The place of a byte of a value that begins at a place.
    pub fn place(&self, start: (usize, usize), value: &str, at: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| self.text.split('\n').collect());
        let before = value.get(..at).unwrap_or(value);
        let begins = before.rfind('\n').map_or(0, |end| end + 1);
        let wanted = value[begins..].split('\n').next().unwrap_or_default().trim_end();
        let inside = value.get(begins..at).map_or(0, |part| part.chars().count());
        let breaks = value.bytes().filter(|byte| *byte == b'\n').count();
        let candidates = lines.iter().enumerate().skip(start.0 - 1).take(breaks + 2);
        for (row, line) in candidates.filter(|(_, line)| line.len() <= LONGEST && !wanted.is_empty()) {
            let skipped = if row + 1 == start.0 { start.1 - 1 } else { 0 };
            let from = line.char_indices().nth(skipped).map_or(line.len(), |(at, _)| at);
            if let Some(found) = line[from..].find(wanted) {
                return (row + 1, line[..from + found].chars().count() + inside + 1);
            }
        }
        Self::word(lines, start, value, at).unwrap_or(start)
    }

    /// In a folded block the lines of the text are not those of the value, but its words are.
    fn word(lines: &[&str], start: (usize, usize), value: &str, at: usize) -> Option<(usize, usize)> {
        let begins = value.get(..at)?.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        let word = value[begins..].split(char::is_whitespace).next().filter(|word| !word.is_empty())?;
        let inside = value.get(begins..at)?.chars().count();
        let mut before = value[..begins].matches(word).count();
        for (row, line) in lines.iter().enumerate().skip(start.0).take(FOLDED).filter(|(_, line)| line.len() <= LONGEST) {
            for (found, _) in line.match_indices(word) {
                if before == 0 {
                    return Some((row + 1, line[..found].chars().count() + inside + 1));
                }
                before -= 1;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_as_they_were_typed() {
        let text = "a: 'x == y'\nb: |\n  one\n  two ==\nc: \"q\\tz\"\n";
        let source = Source::new(text);
        assert_eq!(source.place((1, 4), "x == y", 2), (1, 7));
        assert_eq!(source.place((2, 4), "one\ntwo ==\n", 8), (4, 7));
        assert_eq!(source.place((5, 4), "q\tz", 2), (5, 4), "escapes hide the place");
        assert_eq!(source.place((9, 1), "x", 0), (9, 1));
        let folded = Source::new("w: >\n  f(a) &&\n  f(a) && g\nx: y\n");
        assert_eq!(folded.place((1, 4), "f(a) && f(a) && g\n", 16), (3, 11));
        assert_eq!(folded.place((1, 4), "f(a) && f(a) && g\n", 10), (3, 5));
    }
}
