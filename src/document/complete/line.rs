//! One line of YAML as it is being typed: its dashes, its key, and where its value and its comment begin.
//!
//! Looks at a line alone, so that a text that cannot be read as a whole still can be completed. A wrong guess costs a candidate,
//! never a letter. Offsets are bytes.

/// What a line begins with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line<'a> {
    /// Where each dash of a list stands.
    pub dashes: Vec<usize>,
    /// Where the rest begins, after blanks and dashes.
    pub content: usize,
    /// The key, if there is one with its colon.
    pub key: Option<Key<'a>>,
    /// Neither text nor dash, at most a comment.
    pub blank: bool,
}

/// A key with its colon.
#[derive(Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// Without quotes.
    pub name: &'a str,
    /// Where it begins.
    pub column: usize,
    /// Past its end, before the colon.
    pub end: usize,
    /// Past the colon.
    pub value: usize,
}

impl Line<'_> {
    /// Where the line begins: at its first dash, or its text.
    pub fn indent(&self) -> usize {
        self.dashes.first().copied().unwrap_or(self.content)
    }
}

/// Looks at a line.
pub fn scan(text: &str) -> Line<'_> {
    let mut at = text.len() - text.trim_start_matches(' ').len();
    let mut dashes = Vec::new();
    while let Some(after) = text[at..].strip_prefix('-').filter(|after| after.is_empty() || after.starts_with(' ')) {
        dashes.push(at);
        at += 1 + after.len() - after.trim_start_matches(' ').len();
    }
    let rest = &text[at..];
    let bare = rest.trim_end().is_empty() || rest.starts_with('#');
    Line { blank: bare && dashes.is_empty(), key: key(text, at), content: at, dashes }
}

fn key(text: &str, start: usize) -> Option<Key<'_>> {
    let rest = &text[start..];
    let quote = match rest.chars().next()? {
        '#' | '[' | '{' | '|' | '>' => return None,
        quote @ ('"' | '\'') => Some(quote),
        _ => None,
    };
    let (name, end) = if let Some(quote) = quote {
        let close = start + 1 + rest[1..].find(quote)?;
        (&text[start + 1..close], close + 1)
    } else {
        let ends = |(at, _): &(usize, &str)| rest.as_bytes().get(at + 1).is_none_or(|after| *after == b' ');
        let colon = start + rest.match_indices(':').find(ends)?.0;
        (text[start..colon].trim_end_matches(' '), colon)
    };
    let gap = text[end..].len() - text[end..].trim_start_matches(' ').len();
    let after = text[end + gap..].strip_prefix(':')?;
    let is_key = after.is_empty() || after.starts_with(' ');
    let end = if quote.is_none() { start + name.len() } else { end };
    is_key.then(|| Key { name, column: start, end, value: text.len() - after.len() })
}

/// Where the comment of a line begins: at a `#` after a blank, outside of quotes.
pub fn comment(text: &str) -> usize {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '#') if before == ' ' => return at,
            (None, '"' | '\'') if matches!(before, ' ' | '[' | ',' | '{') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        before = c;
    }
    text.len()
}

/// Whether what stands after a colon leaves the value to the lines below: nothing, an anchor, a tag, a comment.
pub fn opens_below(value: &str) -> bool {
    let value = value[..comment(value)].trim();
    value.is_empty() || (value.starts_with(['&', '!']) && !value.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_dashes_a_key_and_a_value() {
        let line = scan("  - - 'a b' : c");
        assert_eq!((line.dashes.as_slice(), line.content, line.blank), (&[2, 4][..], 6, false));
        assert_eq!(line.key, Some(Key { name: "a b", column: 6, end: 11, value: 13 }));
        for text in ["", "   ", "  # a: b"] {
            assert!(scan(text).blank, "{text:?}");
        }
        for text in ["  - x", "-", "a:b", "http://x", "[a: b", "\"a: b", "--- ", "é"] {
            assert_eq!(scan(text).key, None, "{text:?}");
        }
        assert_eq!(scan("url: http://x: y").key.map(|key| key.name), Some("url"));
        assert_eq!(scan("-").indent(), 0);
    }

    #[test]
    fn a_comment_begins_outside_of_quotes() {
        assert_eq!(comment("a: 'b # c' # d"), 11);
        assert_eq!(comment("a: b#c"), 6);
        assert!(opens_below(" # why") && opens_below(" &all") && !opens_below(" |") && !opens_below(" x"));
    }
}
