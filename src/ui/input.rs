//! A field of one line: its text, a cursor, and as little else as a person needs to fix a word.
//!
//! Every printable key is text here. What was pasted becomes one line, so that a paste can never send a form. What is typed or
//! pasted is kept as it is; hidden characters are shown, not altered.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr as _;

use super::key::{Code, Key};
use super::text::{put, put_line};
use super::theme::Theme;
use super::yaml::seen;
use crate::resource::clean;

/// No field takes more; a paste is cut there.
const LONGEST: usize = 16 * 1024;

/// A line being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// In bytes, always at the beginning of a character.
    cursor: usize,
}

impl Field {
    /// A field that already holds a text, with the cursor behind it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.paste(text);
        field
    }

    /// What it holds.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts another text in its place.
    pub fn set(&mut self, text: &str) {
        *self = Self::new(text);
    }

    /// Takes a key. False if it means nothing here.
    pub fn on(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c);
            return true;
        }
        match (key.code, key.ctrl) {
            (Code::Left, _) => self.cursor = self.before(),
            (Code::Right, _) => self.cursor = self.after(),
            (Code::Home, _) => self.cursor = 0,
            (Code::End, _) => self.cursor = self.text.len(),
            (Code::Backspace, _) => self.delete(self.before(), self.cursor),
            (Code::Delete, _) => self.delete(self.cursor, self.after()),
            (Code::Char('u'), true) => self.delete(0, self.cursor),
            (Code::Char('w'), true) => self.delete(self.word(), self.cursor),
            _ => return false,
        }
        true
    }

    /// Takes what was pasted, on one line.
    pub fn paste(&mut self, text: &str) {
        for c in text.trim_end_matches(['\r', '\n']).replace("\r\n", "\n").chars() {
            self.insert(if matches!(c, '\r' | '\n' | '\t') { ' ' } else { c });
        }
    }

    fn insert(&mut self, c: char) {
        if self.text.len() + c.len_utf8() <= LONGEST {
            self.text.insert(self.cursor, c);
            self.cursor += c.len_utf8();
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.cursor = from;
    }

    fn before(&self) -> usize {
        self.text[..self.cursor].char_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.cursor + self.text[self.cursor..].chars().next().map_or(0, char::len_utf8)
    }

    /// Where the word before the cursor begins.
    fn word(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
    }

    /// Draws it on the first line of an area, the cursor always in sight. Answers where the cursor belongs.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, style: Style) -> Position {
        let before = clean(&self.text[..self.cursor]);
        let room = usize::from(area.width.saturating_sub(1));
        // What does not fit is dropped from the left, by whole characters.
        let mut start = 0;
        let mut column = before.width();
        while column > room {
            let c = self.text[start..].chars().next().map_or(1, char::len_utf8);
            column -= clean(&self.text[start..start + c]).width();
            start += c;
        }
        let spans = seen(&self.text[start..], style, theme);
        put_line(buf, area.x, area.y, area.width, &spans.into());
        if start > 0 {
            put(buf, area.x, area.y, 1, "…", theme.muted());
        }
        Position { x: area.x + u16::try_from(column).unwrap_or(area.width), y: area.y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    fn typed(keys: &[&str]) -> Field {
        let mut field = Field::default();
        for key in keys {
            assert!(field.on(Key::parse(key).unwrap()), "{key}");
        }
        field
    }

    #[test]
    fn every_printable_key_is_text() {
        assert_eq!(typed(&["a", "q", "?", "Space", ":", "é"]).text(), "aq? :é");
        assert!(!Field::default().on(Key::ctrl('c')));
        assert!(!Field::default().on(Key::new(Code::Enter)));
    }

    #[test]
    fn a_word_can_be_mended() {
        assert_eq!(typed(&["a", "b", "Left", "c", "Backspace", "Del", "d"]).text(), "ad");
        assert_eq!(typed(&["a", "Space", "b", "c", "Space", "Ctrl-w"]).text(), "a ");
        assert_eq!(typed(&["a", "b", "Left", "Ctrl-u"]).text(), "b");
        assert_eq!(typed(&["日", "Backspace", "Home", "End", "Del"]).text(), "");
    }

    #[test]
    fn a_paste_is_one_line() {
        let mut field = Field::new("x");
        field.paste("one\r\ntwo\tthree\n");
        assert_eq!(field.text(), "xone two three");
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
        let at = Field::new("state:pending \u{202e}").draw(*buf.area(), &mut buf, &Theme::new(Depth::None), Style::new());
        assert!(at.x < 8, "{at}");
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
        let at = Field::new("pending:yes").draw(*buf.area(), &mut buf, &Theme::new(Depth::None), Style::new());
        assert_eq!((shown(&buf).as_str(), at.x), ("…ng:yes\n", 7));
    }
}
