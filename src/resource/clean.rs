//! Text from the cluster, made safe to show.
//!
//! A request reason is written by the person asking for power, a label by whoever joined an agent. Control characters could
//! drive the terminal, direction-changing and invisible ones could make a sentence read as another. None is dropped: each is
//! shown as `⟨U+202E⟩`, so that its presence is itself seen.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character would act on the terminal, turn the reading direction, or not be seen.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'          // controls
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' // zero width, separators, directions
        | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text on one line, every hidden character visible.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            let _ = write!(out, "⟨U+{:04X}⟩", c as u32);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The text with its line breaks kept, for a place that has room for several lines.
pub fn clean_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split('\n').map(|line| clean(line.strip_suffix('\r').unwrap_or(line)))
}

/// How many columns of the screen a text takes.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.width()
}

/// What fits into so many columns, with a mark where something was cut.
#[must_use]
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    // A text of so few bytes cannot be too wide; one of many is not measured further than it may be shown.
    if text.len() <= columns || (text.len() < 4 * columns && text.width() <= columns) {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    for (at, c) in text.char_indices() {
        let wide = c.width().unwrap_or_default();
        if used + wide > columns - 1 && text[at..].width() > columns - used {
            return Cow::Owned(format!("{}…", &text[..at]));
        }
        used += wide;
    }
    Cow::Borrowed(text)
}

/// The end of a text, in at most so many columns.
#[must_use]
pub fn cut_left(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        used += c.width().unwrap_or_default();
        used <= columns
    });
    kept.last().map_or(Cow::Borrowed("…"), |(at, _)| Cow::Owned(format!("…{}", &text[at..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(clean("db is down, INC-4410 日本語 🦀 é"), "db is down, INC-4410 日本語 🦀 é");
        assert_eq!(clean("a\u{1b}[31mred"), "a⟨U+001B⟩[31mred");
        assert_eq!(clean("\u{202e}evil\nline"), "⟨U+202E⟩evil⟨U+000A⟩line");
        assert_eq!(clean("zero\u{200b}width\u{e0041}"), "zero⟨U+200B⟩width⟨U+E0041⟩");
        assert!(!clean("\u{9b}1mC1").contains('\u{9b}'));
    }

    #[test]
    fn lines_stay_lines_where_there_is_room() {
        let lines: Vec<_> = clean_lines("one\r\ntwo\u{7}").collect();
        assert_eq!(lines, ["one", "two⟨U+0007⟩"]);
    }

    #[test]
    fn a_cut_leaves_a_mark() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("日本語", 6), "日本語");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("x", 0), "");
        assert_eq!(cut(&"y".repeat(100_000), 4), "yyy…");
    }
}
