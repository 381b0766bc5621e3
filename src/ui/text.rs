//! Words laid into the columns there are: wrapped, cut, put.
//!
//! What comes in is already safe to show. Nothing here writes outside the buffer, however small the area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::theme::Theme;
use crate::kind;
use crate::resource::cut;

/// Columns of a text, as far as a screen can count them.
#[must_use]
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Puts a text at a place, cut with a mark where the room ends. Answers the column after it.
pub fn put(buf: &mut Buffer, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
    let area = *buf.area();
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() || room == 0 {
        return x;
    }
    let room = room.min(area.right() - x);
    buf.set_stringn(x, y, cut(text, room.into()), room.into(), style).0
}

/// Puts a text so that it ends where the room ends.
pub fn put_right(buf: &mut Buffer, x: u16, y: u16, room: u16, text: &str, style: Style) {
    let text = cut(text, room.into());
    let start = x + room.saturating_sub(width(&text));
    put(buf, start, y, room, &text, style);
}

/// Puts a line of several styles. Answers the column after it.
pub fn put_line(buf: &mut Buffer, x: u16, y: u16, room: u16, line: &Line<'_>) -> u16 {
    let end = x.saturating_add(room);
    line.spans.iter().fold(x, |x, span| put(buf, x, y, end.saturating_sub(x), &span.content, line.style.patch(span.style)))
}

/// Puts lines from the top of an area on, as many as fit, beginning with the one at `scroll`.
pub fn put_lines(buf: &mut Buffer, area: Rect, lines: &[Line<'_>], scroll: usize) {
    for (y, line) in (area.top()..area.bottom()).zip(lines.iter().skip(scroll)) {
        put_line(buf, area.x, y, area.width, line);
    }
}

/// Spans of a page in the styles of a theme.
pub fn styled<'a>(spans: &'a [kind::Span], theme: &Theme) -> impl Iterator<Item = (&'a str, Style)> {
    spans.iter().map(|span| {
        let style = if span.bold { theme.bold(span.tone) } else { theme.style(span.tone) };
        (span.text.as_str(), style)
    })
}

/// Wraps at blanks where it can, inside a word where it must. No text makes no line; every line fits.
#[must_use]
pub fn wrap<'a>(spans: impl IntoIterator<Item = (&'a str, Style)>, room: u16) -> Vec<Line<'static>> {
    let mut wrapped = Wrapped { room: usize::from(room.max(1)), lines: Vec::new(), line: Vec::new(), used: 0 };
    for (text, style) in spans {
        for word in text.split_inclusive(' ') {
            wrapped.word(word, style);
        }
    }
    wrapped.end();
    wrapped.lines
}

struct Wrapped {
    room: usize,
    lines: Vec<Line<'static>>,
    line: Vec<Span<'static>>,
    used: usize,
}

impl Wrapped {
    fn word(&mut self, word: &str, style: Style) {
        let bare = word.trim_end_matches(' ');
        if self.used > 0 && self.used + bare.width() > self.room {
            self.end();
        }
        let mut part = String::new();
        for c in bare.chars() {
            let columns = c.width().unwrap_or_default();
            if self.used + columns > self.room && self.used > 0 {
                self.push(std::mem::take(&mut part), style);
                self.end();
            }
            part.push(c);
            self.used += columns;
        }
        // Blanks that the edge cuts off are not carried over.
        let blanks = (word.len() - bare.len()).min(self.room.saturating_sub(self.used));
        part.extend(std::iter::repeat_n(' ', blanks));
        self.used += blanks;
        self.push(part, style);
    }

    fn push(&mut self, text: String, style: Style) {
        if text.is_empty() {
            return;
        }
        match self.line.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(&text),
            _ => self.line.push(Span::styled(text, style)),
        }
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(Line::from(std::mem::take(&mut self.line)));
        }
        self.used = 0;
    }
}

/// What a buffer shows, as text, for tests of this floor and those above it.
#[must_use]
pub fn shown(buf: &Buffer) -> String {
    let area = buf.area();
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut skip = 0;
        let mut line = String::new();
        for x in area.left()..area.right() {
            if skip == 0 {
                let symbol = buf[(x, y)].symbol();
                line.push_str(symbol);
                skip = symbol.width().saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wrapped(text: &str, room: u16) -> Vec<String> {
        wrap([(text, Style::new())], room).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(wrapped("db is down, INC-4410", 11), ["db is down,", "INC-4410"]);
        assert_eq!(wrapped("root-everywhere later", 6), ["root-e", "verywh", "ere ", "later"]);
        assert_eq!(wrapped("", 5), Vec::<String>::new());
        assert_eq!(wrapped("日本語", 3), ["日", "本", "語"]);
    }

    #[test]
    fn nothing_is_written_outside() {
        let mut buf = Buffer::empty(Rect::new(2, 2, 4, 1));
        put(&mut buf, 0, 0, 10, "x", Style::new());
        put(&mut buf, 4, 2, 90, "abcdef", Style::new());
        assert_eq!(shown(&buf), "  a…\n");
    }

    proptest! {
        #[test]
        fn every_line_fits_and_nothing_but_blanks_is_lost(text in "[a-z 日é]{0,60}", room in 2u16..20) {
            let lines = wrapped(&text, room);
            prop_assert!(lines.iter().all(|line| line.width() <= usize::from(room)), "{:?}", lines);
            prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}
