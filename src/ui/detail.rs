//! A page about one resource: what it is called, the one word that matters, and lines under quiet headings.
//!
//! Keys line up over the whole page. A page that does not fit scrolls; whoever draws it is told whether its last line was on
//! screen, because a verdict may only be sent about what was seen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::text::{put_lines, styled, width, wrap};
use super::theme::Theme;
use crate::kind::{self, Detail};

/// Keys longer than this stand on a line of their own.
const LONGEST_KEY: u16 = 18;

/// What came of drawing something that scrolls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// All lines there are.
    pub height: usize,
    /// How many of them the area holds.
    pub rows: usize,
    /// The last line was on screen.
    pub end_seen: bool,
}

impl Drawn {
    /// Of so many lines, in so many rows, from this scroll on.
    #[must_use]
    pub fn new(height: usize, rows: usize, scroll: usize) -> Self {
        Self { height, rows, end_seen: scroll + rows >= height }
    }

    /// The furthest that scrolling makes sense.
    #[must_use]
    pub fn last_scroll(&self) -> usize {
        self.height.saturating_sub(self.rows)
    }
}

/// The page as lines of at most this width. Headings stand apart; a line without a key takes the whole width.
#[must_use]
pub fn lines(detail: &Detail, theme: &Theme, room: u16) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    if !detail.title.is_empty() {
        out.push(title(detail, theme, room));
        out.push(Line::default());
    }
    out.extend(body(detail, theme, room));
    out
}

/// The page without its title, for a place that has one of its own.
#[must_use]
pub fn body(detail: &Detail, theme: &Theme, room: u16) -> Vec<Line<'static>> {
    let keys = detail.sections.iter().flat_map(|section| &section.lines).map(|line| width(&line.key));
    let indent = keys.filter(|&key| key <= LONGEST_KEY.min(room / 3)).max().map_or(0, |key| if key == 0 { 0 } else { key + 2 });
    let mut out: Vec<Line<'static>> = Vec::new();
    for section in &detail.sections {
        if !out.is_empty() {
            out.push(Line::default());
        }
        if !section.title.is_empty() {
            out.push(Line::styled(section.title.clone(), theme.heading()));
        }
        for line in &section.lines {
            entry(&mut out, line, theme, room, indent);
        }
    }
    out
}

fn title(detail: &Detail, theme: &Theme, room: u16) -> Line<'static> {
    let badge = detail.badge.iter().map(|badge| (badge.text.clone(), theme.bold(badge.tone)));
    let used: u16 = badge.clone().map(|(text, _)| width(&text) + 2).sum();
    let name = crate::resource::cut(&detail.title, room.saturating_sub(used).into()).into_owned();
    let mut spans = vec![Span::styled(name, theme.bold(kind::Tone::Plain))];
    for (text, style) in badge {
        spans.push(Span::raw("  "));
        spans.push(Span::styled(text, style));
    }
    Line::from(spans)
}

fn entry(out: &mut Vec<Line<'static>>, line: &kind::Line, theme: &Theme, room: u16, indent: u16) {
    if line.key.is_empty() {
        let wrapped = wrap(styled(&line.spans, theme), room);
        let blank = wrapped.is_empty().then(Line::default);
        out.extend(wrapped.into_iter().chain(blank));
        return;
    }
    let key = width(&line.key);
    let fits = key.saturating_add(2) <= indent;
    if !fits {
        out.push(Line::styled(crate::resource::cut(&line.key, room.into()).into_owned(), theme.muted()));
    }
    let mut rows = wrap(styled(&line.spans, theme), room.saturating_sub(indent)).into_iter();
    let mut lead = fits.then(|| Span::styled(format!("{:1$}", line.key, pad(&line.key, indent)), theme.muted()));
    if let (Some(key), 0) = (&lead, rows.len()) {
        out.push(Line::from(key.clone()));
    }
    for row in &mut rows {
        let lead = lead.take().unwrap_or_else(|| Span::raw(" ".repeat(indent.into())));
        out.push(std::iter::once(lead).chain(row.spans).collect());
    }
}

/// Formatting counts characters and we count columns: how many characters make so many columns of this text.
fn pad(text: &str, columns: u16) -> usize {
    text.chars().count() + usize::from(columns.saturating_sub(width(text)))
}

/// Draws lines from a scroll on.
pub fn draw_lines(area: Rect, buf: &mut Buffer, lines: &[Line<'_>], scroll: usize) -> Drawn {
    let area = area.intersection(*buf.area());
    put_lines(buf, area, lines, scroll);
    Drawn::new(lines.len(), area.height.into(), scroll)
}

/// Draws a page from a scroll on.
pub fn draw(area: Rect, buf: &mut Buffer, theme: &Theme, detail: &Detail, scroll: usize) -> Drawn {
    draw_lines(area, buf, &lines(detail, theme, area.width), scroll)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{Section, Tone};
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    fn page() -> Detail {
        let line = |key: &str, text: &str| kind::Line::new(key, kind::Span::new(text));
        Detail {
            title: "018fa0c2".to_owned(),
            badge: Some(kind::Span::toned("pending", Tone::Warn)),
            sections: vec![
                Section::new(
                    "",
                    vec![kind::Line::plain(kind::Span::new("rex asks for prod-dba")), line("reason", "db is down, INC-4410")],
                ),
                Section::new(
                    "VOTES",
                    vec![line("needed", "1 of 1").and(kind::Span::toned(" by dba", Tone::Muted)), line("none", "")],
                ),
            ],
        }
    }

    #[test]
    fn keys_line_up_and_long_words_wrap() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 26, 9));
        let drawn = draw(*buf.area(), &mut buf, &Theme::new(Depth::True), &page(), 0);
        let lines = shown(&buf);
        let expected = [
            "018fa0c2  pending",
            "",
            "rex asks for prod-dba",
            "reason  db is down,",
            "        INC-4410",
            "",
            "VOTES",
            "needed  1 of 1 by dba",
            "none",
        ];
        assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
        assert_eq!(drawn, Drawn { height: 9, rows: 9, end_seen: true });
    }

    #[test]
    fn the_last_line_is_seen_only_when_it_is_on_screen() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 26, 4));
        let at = |scroll, buf: &mut Buffer| draw(*buf.area(), buf, &Theme::new(Depth::None), &page(), scroll);
        assert!(!at(0, &mut buf).end_seen);
        assert!(!at(4, &mut buf).end_seen);
        assert!(at(5, &mut buf).end_seen);
        assert_eq!(at(0, &mut buf).last_scroll(), 5);
    }
}
