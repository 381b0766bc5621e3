//! Line and paragraph separators inside blocks, which are line breaks to Go's reader and letters to our parser.
//!
//! `tctl` prints a text with a line break as a block whatever else is in it, so such a block must read back: after a separator the
//! indentation is taken away, before one that begins a line it is put there, and a block that ends with one gets a line of its
//! own. Only documents that hold such a character come here. Quoted text is not touched; `tag` unfolds it.

/// The text as our parser must see it; `None` when there is nothing to do.
pub fn flattened(text: &str) -> Option<String> {
    if !text.contains(is_separator) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(header) = header(rest) {
        let (before, signs) = rest[..header.end].split_at(header.chomp);
        let block = block(&rest[header.end..], &header);
        out.push_str(before);
        match block.chomp {
            Some(chomp) => {
                out.push(chomp);
                out.push_str(signs.trim_start_matches(['-', '+']));
            }
            None => out.push_str(signs),
        }
        out.push_str(&block.text);
        rest = &rest[header.end + block.used..];
    }
    out.push_str(rest);
    Some(out)
}

fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// The first line that opens a block.
struct Header {
    /// Where its content begins.
    end: usize,
    /// Where the sign for its last line breaks is or would be.
    chomp: usize,
    /// The column of the key or dash it belongs to.
    parent: usize,
    /// How much deeper the content stands, if that is said.
    deeper: Option<usize>,
    /// Which of its last line breaks count, if that is said.
    sign: Option<char>,
}

fn header(text: &str) -> Option<Header> {
    let mut at = 0;
    while at < text.len() {
        let (after, found) = line(text, at);
        if found.is_some() {
            return found;
        }
        at = after;
    }
    None
}

/// Walks over one line and over quoted text that goes on in the next. Answers where it ends, or the block it opens.
fn line(text: &str, start: usize) -> (usize, Option<Header>) {
    let end_of = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let mut at = start + (text[start..].len() - text[start..].trim_start_matches(' ').len());
    let mut begins = start;
    let mut parent = at;
    loop {
        let rest = &text[at..];
        match rest.as_bytes() {
            [b'-' | b'?' | b':', b' ', ..] => {
                parent = at;
                at += 1 + (rest[1..].len() - rest[1..].trim_start_matches(' ').len());
            }
            [b'|' | b'>', ..] => return (end_of(at), opened(text, at, parent - begins)),
            [quote @ (b'\'' | b'"'), ..] => {
                parent = at;
                let after = at + quoted(rest, *quote);
                // Positions count in the line where the quote ends.
                if let Some(fold) = text[at..after].rfind('\n') {
                    begins = at + fold + 1;
                    parent = begins;
                }
                at = after;
                if !text[at..].starts_with(": ") {
                    return (end_of(at), None);
                }
                at += 2;
            }
            _ => {
                let end = end_of(at);
                let Some(colon) = text[at..end].find(": ") else { return (end, None) };
                parent = at;
                at += colon + 2;
            }
        }
        let blanks = text[at..].len() - text[at..].trim_start_matches(' ').len();
        at += blanks;
    }
}

fn quoted(text: &str, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' if quote == b'"' => at += 1,
            byte if byte == quote => {
                if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') {
                    at += 1;
                } else {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

fn opened(text: &str, at: usize, parent: usize) -> Option<Header> {
    let end = text[at..].find('\n').map(|end| at + end + 1)?;
    let hints = text[at + 1..end].trim_end();
    let hints = hints.split(" #").next().unwrap_or_default().trim_end();
    let sound = hints.len() <= 2 && hints.bytes().all(|byte| matches!(byte, b'1'..=b'9' | b'-' | b'+'));
    let deeper = hints.bytes().find(u8::is_ascii_digit).map(|digit| usize::from(digit - b'0'));
    let chomp = at + 1 + hints.find(['-', '+']).unwrap_or(hints.len());
    let sign = hints.chars().find(|c| matches!(c, '-' | '+'));
    sound.then_some(Header { end, chomp, parent, deeper, sign })
}

struct Block {
    text: String,
    /// The sign that its last line breaks need now, if another than it has.
    chomp: Option<char>,
    /// Bytes of the source that belong to it.
    used: usize,
}

/// The content of a block.
fn block(text: &str, header: &Header) -> Block {
    let lines = text.split_inclusive(|c| c == '\n' || is_separator(c));
    let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let blank = |line: &str| line.trim_start_matches(' ').chars().all(is_break);
    let indent = match header.deeper {
        Some(deeper) => header.parent + deeper,
        None => lines.clone().find(|line| !blank(line)).map_or(0, depth),
    };
    let within = lines.take_while(|line| indent > 0 && (depth(line) >= indent || blank(line)));
    // Without their indentation; the last line with anything on it is followed by breaks alone.
    let lines: Vec<&str> = within.collect();
    let used = lines.iter().map(|line| line.len()).sum();
    let bare: String = lines.iter().map(|line| &line[depth(line).min(indent)..]).collect();
    let tail = &bare[bare.trim_end_matches(is_break).len()..];
    let body = &bare[..bare.len() - tail.len()];
    let (tail, chomp) = if tail.contains(is_separator) { ended(tail, header.sign) } else { (tail, None) };
    let mut out = Block { text: String::new(), chomp, used };
    let mut line_begins = true;
    for c in body.chars().chain(tail.chars()) {
        if line_begins && c != '\n' {
            out.text.extend(std::iter::repeat_n(' ', indent));
        }
        out.text.push(c);
        line_begins = c == '\n';
    }
    // What follows gets a line of its own, and this line break is not part of the text.
    if chomp == Some('-') {
        out.text.push('\n');
    }
    out
}

/// The line breaks at the end of a block that belong to its text, and the sign that keeps our parser to them.
fn ended(tail: &str, sign: Option<char>) -> (&str, Option<char>) {
    let first = tail.chars().next().map_or(0, char::len_utf8);
    let kept = match sign {
        Some('+') => tail,
        Some(_) => "",
        None => &tail[..first],
    };
    (kept, Some(if kept.ends_with('\n') { '+' } else { '-' }))
}

fn is_break(c: char) -> bool {
    c == '\n' || is_separator(c)
}

#[cfg(test)]
mod tests {
    use crate::document::{print_json, read_json};

    #[test]
    fn blocks_with_separators_read_back() {
        for text in [
            "a\u{2028}b\nc",
            "\u{2028}a\nb",
            "a\nb\u{2028}",
            "a\n\u{2029}",
            "a\u{2028}\n",
            "a\u{2028}\u{2029}\n\nb",
            " a\n\u{2028} b",
            "a\n \u{2028}b\u{2028}",
            "\n\u{2028}\n",
            "\u{2028}\n\u{2028}",
        ] {
            for value in [
                serde_json::json!({ "k": text, "l": "next" }),
                serde_json::json!({ "k": [text, { "m": text, "n": 1 }, text] }),
                serde_json::json!({ "k": { "d": text } }),
                serde_json::json!({ "it's: |": "|", "k": "a |\u{2028} b", "l": text }),
            ] {
                let printed = print_json(&value);
                assert_eq!(read_json(&printed).as_ref(), Ok(&value), "{printed:?}");
            }
        }
    }
}
