//! YAML in calm tones: keys step back, values stand out, and a character that would not be seen is shown in a warning tone.
//!
//! This reads one line at a time and knows no grammar beyond it. What a line means is the document's business; a wrong guess
//! here costs a tone, never a letter.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::detail::{Drawn, draw_lines};
use super::theme::Theme;
use crate::kind::Tone;
use crate::resource::{clean, is_hidden};

/// No terminal has room for a line of more bytes.
const WIDEST: usize = 16_384;

/// Where the parts of a line begin: indentation and dashes, the key with its colon, the value, the comment.
fn parts(line: &str) -> [usize; 3] {
    let lead = line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut start = lead;
    while line[start..].starts_with("- ") {
        start += 2;
        start += line[start..].len() - line[start..].trim_start_matches(' ').len();
    }
    let key_end = key_end(&line[start..]).map_or(start, |end| start + end);
    let comment = comment(line, key_end);
    [start, key_end, comment]
}

/// Where the key ends, after its colon, if the text begins with one.
fn key_end(text: &str) -> Option<usize> {
    let (quote, body) = match text.chars().next()? {
        quote @ ('"' | '\'') => (Some(quote), 1),
        '#' => return None,
        _ => (None, 0),
    };
    let close = match quote {
        Some(quote) => body + text[body..].find(quote)? + 1,
        None => 0,
    };
    let colon = close + text[close..].find(':')?;
    let after = text[colon + 1..].chars().next();
    let is_key = after.is_none_or(|c| c == ' ') && (quote.is_none() || text[close..colon].trim().is_empty());
    is_key.then_some(colon + 1)
}

/// Where the comment begins: at a `#` after a blank that is not inside quotes.
fn comment(line: &str, from: usize) -> usize {
    let mut quote = None;
    let mut blank = line[..from].chars().next_back().is_none_or(|c| c == ' ');
    for (at, c) in line[from..].char_indices() {
        match (quote, c) {
            (None, '#') if blank => return from + at,
            (None, '"' | '\'') if blank || matches!(line[from..from + at].chars().next_back(), Some('[' | ',' | '{')) => {
                quote = Some(c);
            }
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        blank = c == ' ';
    }
    line.len()
}

/// A line cut into stretches of one tone, as it is and not yet safe to show.
pub(super) fn stretches<'a>(text: &'a str, theme: &Theme) -> [(&'a str, Style); 4] {
    let [start, key, comment] = parts(text);
    let value = if matches!(text.trim(), "---" | "...") { theme.muted() } else { theme.plain() };
    [
        (&text[..start], theme.muted()),
        (&text[start..key], theme.accent()),
        (&text[key..comment], value),
        (&text[comment..], theme.muted()),
    ]
}

/// A line in its tones, safe to show.
#[must_use]
pub fn line(text: &str, theme: &Theme) -> Line<'static> {
    stretches(text, theme).into_iter().flat_map(|(part, style)| seen(part, style, theme)).collect()
}

/// A stretch of text with every hidden character shown in a warning tone.
pub fn seen(text: &str, style: Style, theme: &Theme) -> Vec<Span<'static>> {
    if text.is_empty() {
        return Vec::new();
    }
    if !text.chars().any(is_hidden) {
        return vec![Span::styled(text.to_owned(), style)];
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    for c in text.chars() {
        let style = if is_hidden(c) { theme.style(Tone::Warn) } else { style };
        let mut bytes = [0; 4];
        let shown = clean(c.encode_utf8(&mut bytes)).into_owned();
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(&shown),
            _ => spans.push(Span::styled(shown, style)),
        }
    }
    spans
}

/// Draws a document to be read, from a scroll on; lines longer than the area are cut with a mark.
pub fn draw(area: Rect, buf: &mut Buffer, theme: &Theme, lines: &[String], scroll: usize) -> Drawn {
    // A line of megabytes is not looked through to its end for the part of it that has room.
    let seen = |text: &String| line(&text[..text.floor_char_boundary(WIDEST)], theme);
    let shown: Vec<Line<'static>> = lines.iter().skip(scroll).take(area.height.into()).map(seen).collect();
    draw_lines(area, buf, &shown, 0);
    Drawn::new(lines.len(), area.intersection(*buf.area()).height.into(), scroll)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ui::theme::Depth;

    fn cut(text: &str) -> [&str; 4] {
        let [start, key, comment] = parts(text);
        [&text[..start], &text[start..key], &text[key..comment], &text[comment..]]
    }

    #[test]
    fn parts_are_told_apart() {
        let table = [
            ("  db_labels:", ["  ", "db_labels:", "", ""]),
            ("  - 'env': prod  # all", ["  - ", "'env':", " prod  ", "# all"]),
            ("url: http://x#y", ["", "url:", " http://x#y", ""]),
            ("- a:b", ["- ", "", "a:b", ""]),
            ("where: \"a # b\" # c", ["", "where:", " \"a # b\" ", "# c"]),
            ("# a: b", ["", "", "", "# a: b"]),
            ("it's: don't # c", ["", "it's:", " don't ", "# c"]),
        ];
        for (text, expected) in table {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn hidden_characters_stand_out() {
        let theme = Theme::new(Depth::True);
        let line = line("a: \u{202e}b", &theme);
        let span = line.spans.iter().find(|span| span.content == "⟨U+202E⟩").unwrap();
        assert_eq!(span.style, theme.style(Tone::Warn));
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in "[ \\-a'\":#日\\[,]{0,24}") {
            prop_assert_eq!(line(&text, &Theme::new(Depth::None)).to_string(), text);
        }
    }
}
