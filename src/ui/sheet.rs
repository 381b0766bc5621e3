//! What floats: one rounded frame, and in it what is decided about, the fields to fill, and the line that sends.
//!
//! The body scrolls. The send line is muted and says `read on ↓` until the last line of the body has been on screen, so that
//! nothing is sent about what was not seen. Whether it may be sent is decided by the view; this only says how it looks.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Widget as _};

use super::detail::{Drawn, draw_lines};
use super::glyph;
use super::input::Field;
use super::layout::floating;
use super::text::{put, put_right, width};
use super::theme::Theme;
use crate::kind::Tone;
use crate::resource::cut;

/// Blank columns between the frame and what is in it.
const MARGIN: u16 = 2;

/// How the send line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Send {
    /// Not everything was on screen yet.
    ReadOn,
    /// Something is missing, in these words: `a reason is needed`.
    Wants(String),
    /// It may be sent.
    Armed,
    /// It was sent, or is held; in these words.
    Done(String),
}

/// One thing to fill in.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What is asked.
    pub label: &'a str,
    /// How it is answered.
    pub input: Input<'a>,
}

/// How a field is answered.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// By typing.
    Text(&'a Field),
    /// By one of these words, the one that is chosen marked.
    Choice(&'a [&'a str], usize),
}

/// A sheet as it is to be drawn.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    /// What it is and what it means: `Approve 018f… · override: ends the matter whatever the votes`.
    pub title: &'a str,
    /// What is decided about.
    pub body: &'a [Line<'a>],
    /// From which line of it on.
    pub scroll: usize,
    /// What is asked, below the body.
    pub entries: &'a [Entry<'a>],
    /// Which of them has the keys; past the last it is the send line.
    pub focus: usize,
    /// What sending is called: `send approval`.
    pub send: &'a str,
    /// How the send line stands.
    pub state: Send,
    /// What sending entails, after the button: `then 5 s to take it back (z)`.
    pub then: &'a str,
    /// The keys of a sheet, at the right: `Tab next · Esc leave, keeps the reason`.
    pub keys: &'a str,
    /// How the frame is meant: a deletion looks like one.
    pub tone: Tone,
}

/// What came of drawing a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Of its body.
    pub body: Drawn,
    /// Where the cursor belongs, in a field that takes text.
    pub cursor: Option<Position>,
}

/// Clears a place, frames it, and answers what is inside.
pub fn frame(area: Rect, buf: &mut Buffer, theme: &Theme, title: &str, tone: Tone) -> Rect {
    let area = area.intersection(*buf.area());
    let style = if tone == Tone::Plain { theme.muted() } else { theme.style(tone) };
    Clear.render(area, buf);
    Block::bordered().border_type(BorderType::Rounded).border_style(style).render(area, buf);
    let title = format!(" {} ", cut(title, area.width.saturating_sub(6).into()));
    put(buf, area.x + 1, area.y, area.width.saturating_sub(2), &title, theme.bold(tone));
    let inner = Rect { x: area.x + 1 + MARGIN, y: area.y + 1, ..area };
    Rect { width: area.width.saturating_sub(2 + 2 * MARGIN), height: area.height.saturating_sub(2), ..inner }
}

impl Sheet<'_> {
    /// How wide the body's lines may be on a screen of this size.
    #[must_use]
    pub fn room(area: Rect) -> u16 {
        area.width.saturating_sub(4).min(108).saturating_sub(2 + 2 * MARGIN)
    }

    fn below(&self) -> u16 {
        let entries = u16::try_from(self.entries.len()).unwrap_or_default();
        entries + u16::from(entries > 0) + 2
    }

    /// Draws it in the middle of an area, as high as it needs.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Shown {
        let body = u16::try_from(self.body.len()).unwrap_or(u16::MAX);
        let height = body.saturating_add(self.below() + 2);
        let inner = frame(floating(area, Self::room(area) + 2 + 2 * MARGIN, height), buf, theme, self.title, self.tone);
        let body = Rect { height: inner.height.saturating_sub(self.below()), ..inner };
        let drawn = draw_lines(body, buf, self.body, self.scroll);
        if !drawn.end_seen {
            put_right(buf, inner.right(), body.bottom().saturating_sub(1), 2, glyph::MORE, theme.accent());
        }
        let entries = Rect { y: body.bottom() + 1, height: inner.height.saturating_sub(body.height + 3), ..inner };
        let cursor = self.entries(entries, buf, theme);
        self.last_line(inner, buf, theme);
        Shown { body: drawn, cursor }
    }

    fn entries(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let label = self.entries.iter().map(|entry| width(entry.label)).max().unwrap_or_default().min(area.width / 2);
        let mut cursor = None;
        for ((at, entry), y) in self.entries.iter().enumerate().zip(area.top()..area.bottom()) {
            let here = at == self.focus;
            put(buf, area.x, y, label, entry.label, if here { theme.accent() } else { theme.muted() });
            let field = Rect { x: area.x + label + 2, y, width: area.width.saturating_sub(label + 2), height: 1 };
            match &entry.input {
                Input::Text(text) => {
                    let position = text.draw(field, buf, theme, theme.plain());
                    if here {
                        cursor = Some(position);
                    } else if text.text().is_empty() {
                        put(buf, field.x, y, field.width, "–", theme.muted());
                    }
                }
                Input::Choice(words, chosen) => choice(field, buf, theme, words, *chosen),
            }
        }
        cursor
    }

    fn last_line(&self, inner: Rect, buf: &mut Buffer, theme: &Theme) {
        let Some(y) = inner.bottom().checked_sub(1).filter(|y| *y >= inner.y) else { return };
        let focused = self.focus >= self.entries.len();
        let (text, style) = match &self.state {
            Send::ReadOn => (format!("[ read on {} ]", glyph::MORE), theme.muted()),
            Send::Wants(what) => (format!("[ {what} ]"), theme.muted()),
            Send::Done(what) => (what.clone(), theme.plain()),
            Send::Armed => (format!("[ {} ]", self.send), self.armed(theme, focused)),
        };
        let x = put(buf, inner.x, y, inner.width, &text, style);
        let left = inner.right().saturating_sub(x + 2);
        let keys = width(self.keys).min(left);
        let then = left.saturating_sub(keys + 2);
        if width(self.then) <= then && self.state == Send::Armed {
            put(buf, x + 2, y, then, self.then, theme.muted());
        }
        if width(self.keys) <= left {
            put_right(buf, inner.right().saturating_sub(keys), y, keys, self.keys, theme.muted());
        }
    }

    fn armed(&self, theme: &Theme, focused: bool) -> Style {
        let tone = if self.tone == Tone::Plain { Tone::Accent } else { self.tone };
        if focused { theme.bold(tone).patch(theme.selected()) } else { theme.style(tone) }
    }
}

fn choice(area: Rect, buf: &mut Buffer, theme: &Theme, words: &[&str], chosen: usize) {
    let mut x = area.x;
    for (at, word) in words.iter().enumerate() {
        let (text, style) = if at == chosen {
            (format!("[x] {word}"), theme.bold(Tone::Plain))
        } else {
            (format!("[ ] {word}"), theme.muted())
        };
        x = put(buf, x, area.y, area.right().saturating_sub(x), &text, style) + 3;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    fn draw(rows: u16, lines: usize, scroll: usize, state: Send) -> (String, Shown) {
        let body: Vec<Line<'_>> = (1..=lines).map(|n| Line::from(format!("line {n}"))).collect();
        let reason = Field::new("INC-4410");
        let entries = [
            Entry { label: "as", input: Input::Choice(&["vote", "override"], 1) },
            Entry { label: "your reason", input: Input::Text(&reason) },
        ];
        let sheet = Sheet {
            title: "Approve 018fa0c2 · override: ends the matter whatever the votes",
            body: &body,
            scroll,
            entries: &entries,
            focus: 1,
            send: "send approval",
            state,
            then: "then 5 s to take it back (z)",
            keys: "Tab next · Esc leave",
            tone: Tone::Plain,
        };
        let mut buf = Buffer::empty(Rect::new(0, 0, 80, rows));
        let seen = sheet.draw(*buf.area(), &mut buf, &Theme::new(Depth::None));
        (shown(&buf), seen)
    }

    #[test]
    fn it_is_as_high_as_it_needs() {
        let (text, seen) = draw(12, 2, 0, Send::Armed);
        let expected = [
            "",
            "  ╭ Approve 018fa0c2 · override: ends the matter whatever the votes ─────────╮",
            "  │  line 1                                                                  │",
            "  │  line 2                                                                  │",
            "  │                                                                          │",
            "  │  as           [ ] vote   [x] override                                    │",
            "  │  your reason  INC-4410                                                   │",
            "  │                                                                          │",
            "  │  [ send approval ]  then 5 s to take it back (z)   Tab next · Esc leave  │",
            "  ╰──────────────────────────────────────────────────────────────────────────╯",
        ];
        assert_eq!(text.lines().take(10).collect::<Vec<_>>(), expected);
        assert_eq!(seen.cursor, Some(Position::new(26, 6)));
        assert!(seen.body.end_seen);
    }

    #[test]
    fn what_was_not_on_screen_is_to_be_read_on() {
        let (text, seen) = draw(14, 30, 0, Send::ReadOn);
        assert!(text.contains("[ read on ↓ ]") && !text.contains("then 5 s"), "{text}");
        assert!(text.contains("line 5") && !text.contains("line 6 "), "{text}");
        assert!(!seen.body.end_seen);
        assert_eq!(seen.body.last_scroll(), 25);
        let (text, seen) = draw(14, 30, 25, Send::Armed);
        assert!(text.contains("line 30") && seen.body.end_seen, "{text}");
    }

    #[test]
    fn no_size_is_too_small_to_draw_on() {
        for rows in 0..14 {
            draw(rows, 9, 3, Send::Armed);
        }
    }
}
