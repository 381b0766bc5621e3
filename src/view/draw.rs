//! What several views draw alike: a page, a sentence, something that floats, a wait that is named after a while.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget as _};

use super::Context;
use crate::kind::{Detail, Tone};
use crate::resource::{Reference, clean, short};
use crate::ui::command::{By, Command, Group, Way};
use crate::ui::footer::Hint;
use crate::ui::layout::floating;
use crate::ui::text::{put, put_lines, width, wrap};
use crate::ui::{detail, table, yaml as yaml_ui};

/// Room left free at both sides of a page.
const MARGIN: u16 = 2;

/// The area of a page, with air at both sides and lines no longer than can be read.
fn inner(area: Rect) -> Rect {
    let width = area.width.saturating_sub(2 * MARGIN).min(116);
    Rect { x: area.x + MARGIN.min(area.width), width, ..area }
}

/// A page as lines.
pub fn page_lines(page: &Detail, area: Rect, cx: &Context<'_>) -> Vec<Line<'static>> {
    detail::lines(page, cx.theme, inner(area).width)
}

/// Draws a page from a scroll on, and says when there is more below.
pub fn page(page: &Detail, scroll: usize, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let lines = page_lines(page, area, cx);
    let drawn = detail::draw_lines(inner(area), frame.buffer_mut(), &lines, scroll);
    if !drawn.end_seen {
        more(drawn.height - scroll - drawn.rows, area, frame, cx);
    }
}

fn more(lines: usize, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let text = format!("↓ {lines} more");
    let columns = width(&text);
    let x = area.right().saturating_sub(columns + 1);
    put(frame.buffer_mut(), x, area.bottom().saturating_sub(1), columns, &text, cx.theme.muted());
}

/// One sentence where a page would be.
pub fn sentence(text: &str, tone: Tone, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    table::sentence(area, frame.buffer_mut(), cx.theme, text, tone);
}

/// What is waited for, once it has taken long enough to be worth saying.
pub fn waiting(reference: &Reference, since: Option<Instant>, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let Some(waited) = since.map(|since| cx.now.mono.duration_since(since)) else { return };
    if waited >= Duration::from_millis(300) {
        let long = if waited.as_secs() > 1 { format!(" · {}", short(waited)) } else { String::new() };
        sentence(&format!("loading {reference}…{long}"), Tone::Muted, area, frame, cx);
    }
}

/// Where a scroll goes.
pub fn scrolled(scroll: usize, by: By, way: Way, lines: usize, height: usize) -> usize {
    let last = lines.saturating_sub(height);
    let far = match by {
        By::Line => 1,
        By::Page => height.saturating_sub(1).max(1),
        By::HalfPage => (height / 2).max(1),
        By::End => lines,
    };
    if way == Way::Up { scroll.saturating_sub(far) } else { (scroll + far).min(last) }
}

/// Until the wall clock shows another minute.
#[must_use]
pub fn next_minute(wall: SystemTime) -> Duration {
    let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    let into = Duration::new(since.as_secs() % 60, since.subsec_nanos());
    Duration::from_mins(1).saturating_sub(into).max(Duration::from_millis(1))
}

/// A document to be read, under its name.
pub fn yaml(title: &str, lines: &[String], scroll: usize, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let area = inner(area);
    put(frame.buffer_mut(), area.x, area.y, area.width, title, cx.theme.bold(Tone::Plain));
    let body = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let drawn = yaml_ui::draw(body, frame.buffer_mut(), cx.theme, lines, scroll);
    if !drawn.end_seen {
        more(drawn.height - scroll - drawn.rows, body, frame, cx);
    }
}

/// Something that floats, with a title: the room inside its frame.
pub fn float(title: &str, size: (u16, u16), area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) -> Rect {
    let outer = floating(area, size.0, size.1);
    let block = Block::bordered().border_type(BorderType::Rounded).border_style(cx.theme.muted()).title(Line::from(vec![
        Span::raw(" "),
        Span::styled(title.to_owned(), cx.theme.bold(Tone::Plain)),
        Span::raw(" "),
    ]));
    Clear.render(outer, frame.buffer_mut());
    let inside = block.inner(outer);
    block.render(outer, frame.buffer_mut());
    Rect { x: inside.x + 2.min(inside.width), width: inside.width.saturating_sub(4), ..inside }
}

/// A choice of one line among several.
pub fn menu(title: &str, rows: &[(String, String)], at: usize, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inside = float(title, (76, height), area, frame, cx);
    let shown = usize::from(inside.height);
    let top = (at + 1).saturating_sub(shown);
    let names = rows.iter().map(|(name, _)| width(name)).max().unwrap_or_default().min(24);
    for (y, (row, (name, text))) in (inside.top()..inside.bottom()).zip(rows.iter().enumerate().skip(top)) {
        let style = if row == at { cx.theme.accent() } else { cx.theme.plain() };
        let buf = frame.buffer_mut();
        put(buf, inside.x, y, 2, if row == at { "▸ " } else { "  " }, cx.theme.accent());
        put(buf, inside.x + 2, y, names, &clean(name), style);
        put(buf, inside.x + 4 + names, y, inside.width.saturating_sub(4 + names), &clean(text), cx.theme.muted());
    }
}

/// A few lines in a frame that floats.
pub fn floating_lines(title: &str, lines: &[Line<'static>], area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let inside = float(title, (76, height), area, frame, cx);
    put_lines(frame.buffer_mut(), inside, lines, 0);
}

/// A question that `y` answers.
pub fn question(title: &str, lines: &[String], area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let room = 64.min(area.width.saturating_sub(8));
    let mut text: Vec<Line<'static>> = lines.iter().flat_map(|line| wrap([(line.as_str(), cx.theme.plain())], room)).collect();
    text.push(Line::default());
    text.push(Line::from(vec![
        Span::styled("y", cx.theme.accent()),
        Span::raw(" yes   "),
        Span::styled("any other key", cx.theme.accent()),
        Span::raw(" no"),
    ]));
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    let inside = float(title, (room + 6, height), area, frame, cx);
    put_lines(frame.buffer_mut(), inside, &text, 0);
}

/// The keys of a view, by the parts of the table; what the view does not offer is left out where it belongs to one item.
pub fn help_lines(offers: &[Hint], cx: &Context<'_>) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for group in Group::ALL {
        let all = cx.keymap.entries().filter(|(entry, keys)| entry.group == group && !keys.is_empty());
        let own = |command: Command| offers.iter().find(|offer| offer.command == command);
        let here =
            all.filter(|(entry, _)| group != Group::Item || own(entry.command).is_some() || entry.command == Command::TakeBack);
        let rows: Vec<Line<'static>> = here
            .map(|(entry, keys)| {
                let keys = keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                let why = own(entry.command).and_then(|offer| offer.refused.clone());
                let said = match &why {
                    Some(why) => format!("{} – {why}", entry.sentence),
                    None => entry.sentence.to_owned(),
                };
                let style = if why.is_some() { cx.theme.muted() } else { cx.theme.plain() };
                Line::from(vec![Span::styled(format!("  {keys:<14}"), cx.theme.accent()), Span::styled(said, style)])
            })
            .collect();
        if !rows.is_empty() {
            lines.push(Line::styled(group.title(), cx.theme.heading()));
            lines.extend(rows);
            lines.push(Line::default());
        }
    }
    lines.pop();
    lines
}

/// The keys of a view, floating.
pub fn help(offers: &[Hint], scroll: usize, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let lines = help_lines(offers, cx);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let inside = float("Keys", (72, height), area, frame, cx);
    let drawn = detail::draw_lines(inside, frame.buffer_mut(), &lines, scroll);
    if !drawn.end_seen {
        more(drawn.height - scroll - drawn.rows, Rect { height: inside.height + 1, ..inside }, frame, cx);
    }
}
