//! How the editor looks: line numbers, the text in its tones, each problem under its line, and what cannot be seen made visible.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthChar as _;

use super::super::glyph;
use super::super::text::{put, put_right, width};
use super::super::theme::Theme;
use super::super::yaml::stretches;
use super::{Editor, Window};
use crate::document::{Problem, Severity};
use crate::kind::Tone;
use crate::resource::{clean, is_hidden};

/// So many lines stay in sight above and below the cursor where there is room.
const AROUND: usize = 2;
/// Of one line, so many problems are told under it.
const TOLD: usize = 3;

impl Editor {
    /// Draws the part of the text around the cursor. Answers where the cursor belongs.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = area.intersection(*buf.area());
        let numbers = u16::try_from(self.area.lines().len().to_string().len()).unwrap_or(5).max(3);
        let gutter = numbers + 4;
        if area.height == 0 || area.width <= gutter {
            return None;
        }
        let text = Rect { x: area.x + gutter, width: area.width - gutter, ..area };
        let window = self.window(text);
        self.window.set(window);

        let mut cursor = None;
        let mut y = area.top();
        for row in window.top..self.area.lines().len() {
            if y >= area.bottom() {
                break;
            }
            self.number(area.x, y, numbers, row, buf, theme);
            if let Some(column) = self.line(text, y, row, window.left, buf, theme) {
                cursor = Some(Position { x: text.x + column, y });
            }
            y += 1;
            for (at, problem) in self.of(row).iter().take(TOLD).enumerate() {
                if y < area.bottom() {
                    let more = self.of(row).len().saturating_sub(TOLD);
                    let more = if at + 1 == TOLD { more } else { 0 };
                    self.problem(text, y, problem, more, window.left, buf, theme);
                    y += 1;
                }
            }
        }
        if let (Some(popup), Some(cursor)) = (&self.popup, cursor) {
            popup.draw(area, cursor, buf, theme);
        }
        cursor
    }

    /// The part of the text to show: as it was, moved no further than keeps the cursor in sight.
    fn window(&self, text: Rect) -> Window {
        let (rows, columns) = (usize::from(text.height), usize::from(text.width));
        let Window { mut top, mut left, .. } = self.window.get();
        let (row, column) = (self.area.cursor().0, self.area.cursor().1);
        let lines = self.area.lines();
        let around = if rows > 4 * AROUND { AROUND } else { 0 };

        top = top.min(row.saturating_sub(around)).min(lines.len() - 1);
        // From the lowest line that must be in sight upwards, as many as fit.
        let last = (row + around).min(lines.len() - 1);
        let mut used = 0;
        let fits = (0..=last).rev().take_while(|&line| {
            used += self.rows(line);
            used <= rows
        });
        top = top.max(fits.last().unwrap_or(row)).min(row);

        let (at, wide) = columns_before(&lines[row], column);
        if at < left {
            left = at.saturating_sub(columns / 4);
        } else if at + wide > left + columns {
            left = at + wide + columns / 4 - columns;
        }
        if at + wide <= columns {
            left = 0;
        }
        Window { top, left, rows }
    }

    /// How many rows a line takes with what is told under it.
    fn rows(&self, row: usize) -> usize {
        1 + self.of(row).len().min(TOLD)
    }

    /// The problems of a line.
    fn of(&self, row: usize) -> &[Problem] {
        let from = self.problems.partition_point(|problem| problem.line < row + 1);
        let to = self.problems.partition_point(|problem| problem.line <= row + 1);
        &self.problems[from..to]
    }

    fn number(&self, x: u16, y: u16, numbers: u16, row: usize, buf: &mut Buffer, theme: &Theme) {
        if let Some(worst) = self.of(row).iter().map(|problem| problem.severity).min() {
            let mark = match worst {
                Severity::Error => "✕",
                Severity::Warning => "▲",
                Severity::Advice => "·",
            };
            put(buf, x, y, 1, mark, theme.style(tone(worst)));
        }
        let style = if row == self.area.cursor().0 { theme.accent() } else { theme.muted() };
        put_right(buf, x + 2, y, numbers, &(row + 1).to_string(), style);
    }

    /// Draws one line of the text. Answers the column of the cursor if it is on it.
    fn line(&self, area: Rect, y: u16, row: usize, left: usize, buf: &mut Buffer, theme: &Theme) -> Option<u16> {
        let line = &self.area.lines()[row];
        let cursor = self.area.cursor();
        let selected = self.area.selection_range().filter(|(from, to)| from != to);
        let right = left + usize::from(area.width);
        let (mut column, mut at) = (0, 0);
        let mut here = None;
        for (part, style) in stretches(line, theme) {
            for c in part.chars() {
                if cursor.0 == row && cursor.1 == at {
                    here = Some(column);
                }
                // A line may be very long; what is beyond both the window and the cursor is not looked at.
                if column >= right && (cursor.0 != row || cursor.1 < at) {
                    break;
                }
                let is_selected = selected.is_some_and(|(from, to)| (row, at) >= from && (row, at) < to);
                let shown = Shown::new(c, style, is_selected, theme);
                shown.put(area, y, column, left, buf);
                column += shown.width;
                at += 1;
            }
        }
        if cursor.0 == row && here.is_none() {
            here = Some(column);
        }
        if left > 0 {
            put(buf, area.x, y, 1, "…", theme.muted());
        }
        here.and_then(|column| column.checked_sub(left)).and_then(|column| u16::try_from(column).ok())
    }

    #[expect(clippy::too_many_arguments, reason = "a place, what to say there, and what it is said with")]
    fn problem(&self, area: Rect, y: u16, problem: &Problem, more: usize, left: usize, buf: &mut Buffer, theme: &Theme) {
        let line = self.area.lines().get(problem.line.saturating_sub(1)).map_or("", String::as_str);
        let (at, _) = columns_before(line, problem.column.saturating_sub(1));
        let at = u16::try_from(at.saturating_sub(left)).unwrap_or_default();
        let more = if more > 0 { format!("  +{more} more here") } else { String::new() };
        let text = format!("{} {}{more}", glyph::UNDER, clean(&problem.text));
        // Under its place, but never so far right that the sentence is cut for it.
        let at = at.min(area.width.saturating_sub(width(&text)));
        put(buf, area.x + at, y, area.width - at, &text, theme.style(tone(problem.severity)));
    }
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Advice => Tone::Muted,
    }
}

/// One character of the text as it is shown.
struct Shown {
    text: String,
    style: Style,
    width: usize,
}

impl Shown {
    fn new(c: char, style: Style, selected: bool, theme: &Theme) -> Self {
        let mut bytes = [0; 4];
        let text = clean(c.encode_utf8(&mut bytes)).into_owned();
        let style = if is_hidden(c) { theme.style(Tone::Warn) } else { style };
        let style = if selected { style.patch(theme.selected()) } else { style };
        Self { text, style, width: shown_width(c) }
    }

    fn put(&self, area: Rect, y: u16, column: usize, left: usize, buf: &mut Buffer) {
        let end = column + self.width;
        if end <= left && self.width > 0 {
            return;
        }
        let x = |column: usize| {
            u16::try_from(column).ok().and_then(|column| area.x.checked_add(column)).filter(|x| *x < area.right())
        };
        match (column.checked_sub(left).and_then(x), self.width) {
            // What has no width of its own goes onto what is before it.
            (Some(at), 0) if at > area.x => {
                let cell = &mut buf[(at - 1, y)];
                let both = format!("{}{}", cell.symbol(), self.text);
                cell.set_symbol(&both);
            }
            (Some(at), 1..) => {
                put(buf, at, y, area.right() - at, &self.text, self.style);
            }
            // Cut by the left edge: what is left of it is shown as blanks.
            _ => {}
        }
    }
}

fn shown_width(c: char) -> usize {
    if is_hidden(c) { format!("⟨U+{:04X}⟩", c as u32).chars().count() } else { c.width().unwrap_or_default() }
}

/// How many columns are before a character of a line, and how many it takes itself.
fn columns_before(line: &str, column: usize) -> (usize, usize) {
    let before = line.chars().take(column).map(shown_width).sum();
    (before, line.chars().nth(column).map_or(1, |c| shown_width(c).max(1)))
}
