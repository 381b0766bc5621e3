//! How the first page is drawn: two columns where there is room, else one, each part with a fair share of the lines.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::concerns::{Page, Part, Row, Rows};
use crate::kind::Tone;
use crate::resource::{Utc, ago, cut, short};
use crate::store::Phase;
use crate::ui::header::thousands;
use crate::ui::layout::PREVIEW;
use crate::ui::text::{put, put_line, put_lines, put_right, width, wrap};
use crate::view::Context;

/// Fewer columns of a text than this say nothing.
const LEGIBLE: u16 = 12;

/// Draws the page with the cursor on this row.
pub fn render(page: &Page, at: Option<usize>, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let area = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    let firsts = [0, 1, 2, 3].map(|part| page.parts[..part].iter().map(|rows| rows.rows.len()).sum::<usize>());
    let place = |part: Part| at.and_then(|at| at.checked_sub(firsts[part as usize]));
    let mut draw = |parts: &[Part], area: Rect| {
        let mut y = area.y;
        let shares = shares(page, parts, area.height);
        for (part, lines) in parts.iter().zip(shares) {
            let room = Rect { y, height: lines.min(area.bottom().saturating_sub(y)), ..area };
            section(page, *part, place(*part), room, frame, cx);
            y += lines + 1;
        }
    };
    if area.width + 4 >= PREVIEW {
        let left = area.width * 11 / 20;
        draw(&[Part::Waiting, Part::Changed], Rect { width: left, ..area });
        let x = area.x + left + 3;
        draw(&[Part::Ends, Part::Unwell], Rect { x, width: area.right().saturating_sub(x), ..area });
    } else {
        draw(&[Part::Waiting, Part::Ends, Part::Unwell, Part::Changed], area);
    }
}

/// Lines for each part, heading included: what it needs, if all get that; else all the same, and what is left to the first.
fn shares(page: &Page, parts: &[Part], height: u16) -> Vec<u16> {
    let gaps = u16::try_from(parts.len().saturating_sub(1)).unwrap_or_default();
    let height = height.saturating_sub(gaps);
    let needs: Vec<u16> = parts
        .iter()
        .map(|part| {
            let rows = page.parts[*part as usize].rows.len().max(1) + 1 + 2 * usize::from(*part == Part::Unwell);
            u16::try_from(rows).unwrap_or(u16::MAX)
        })
        .collect();
    let mut given = vec![0; parts.len()];
    let mut left = height;
    while left > 0 {
        let hungry: Vec<usize> = (0..parts.len()).filter(|at| given[*at] < needs[*at]).collect();
        if hungry.is_empty() {
            break;
        }
        for at in hungry {
            if left > 0 {
                given[at] += 1;
                left -= 1;
            }
        }
    }
    given
}

fn section(page: &Page, part: Part, at: Option<usize>, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    if area.height == 0 {
        return;
    }
    let rows = &page.parts[part as usize];
    heading(part, rows, area, frame, cx);
    let well = part == Part::Unwell && page.well.iter().any(|(_, count)| *count > 0);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1 + u16::from(well)), ..area };
    if rows.rows.is_empty() {
        if body.height > 0 && !well {
            put(frame.buffer_mut(), body.x + 2, body.y, body.width, empty(part, cx), cx.theme.muted());
        }
    } else {
        let here = at.filter(|at| *at < rows.rows.len());
        let top = here.map_or(0, |here| (here + 1).saturating_sub(body.height.into()));
        let columns = columns(rows, body.width, part);
        for (y, (index, row)) in (body.top()..body.bottom()).zip(rows.rows.iter().enumerate().skip(top)) {
            line(row, here == Some(index), &columns, Rect { y, height: 1, ..body }, frame, cx);
        }
    }
    if well {
        let used = u16::try_from(rows.rows.len()).unwrap_or(u16::MAX).min(body.height);
        let said = page.well.iter().filter(|(_, count)| *count > 0);
        let said = said.map(|(plural, count)| counted(*count, plural)).collect::<Vec<_>>().join(", ");
        let lines = wrap([(said.as_str(), cx.theme.muted())], area.width.saturating_sub(4));
        let buf = frame.buffer_mut();
        put(buf, area.x + 2, body.y + used, 1, "✓", cx.theme.style(Tone::Good));
        let top = body.y + used;
        let room =
            Rect { x: area.x + 4, y: top, width: area.width.saturating_sub(4), height: area.bottom().saturating_sub(top) };
        put_lines(buf, room, &lines, 0);
    }
}

/// `3 roles`, `1 role`
fn counted(count: usize, plural: &str) -> String {
    let word = if count == 1 { plural.strip_suffix('s').unwrap_or(plural) } else { plural };
    format!("{} {word}", thousands(count))
}

fn heading(part: Part, rows: &Rows, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let title = match part {
        Part::Waiting => "WAITING FOR YOU".to_owned(),
        Part::Ends => "ENDS SOON".to_owned(),
        Part::Unwell => "UNWELL".to_owned(),
        Part::Changed => match cx.snapshot.since {
            Some(since) => format!("JUST CHANGED · since {}", Utc::new(since).clock()),
            None => "JUST CHANGED".to_owned(),
        },
    };
    put(frame.buffer_mut(), area.x, area.y, area.width, &title, cx.theme.heading());
    let shown = usize::from(area.height.saturating_sub(1));
    if rows.total > shown.min(rows.rows.len()) && part != Part::Changed {
        put_right(
            frame.buffer_mut(),
            area.x,
            area.y,
            area.width,
            &format!("{} in all", thousands(rows.total)),
            cx.theme.muted(),
        );
    }
}

/// Nothing is said to be empty before it has been looked at.
fn empty(part: Part, cx: &Context<'_>) -> &'static str {
    let loading = cx.snapshot.shelves().iter().any(|shelf| matches!(shelf.phase(), Phase::Loading | Phase::Filling(_)));
    match part {
        _ if loading && cx.now.mono.duration_since(cx.started).as_millis() < 300 => "",
        _ if loading => "loading…",
        Part::Waiting => "nobody waits for you",
        Part::Ends => "nothing ends within a day",
        Part::Unwell => "nothing that can be seen from here",
        Part::Changed => "nothing yet",
    }
}

/// How wide each word may be, so that words line up: as wide as the widest, and the longest takes what the others leave. If that
/// would be next to nothing, the last ones go.
fn columns(rows: &Rows, room: u16, part: Part) -> Vec<u16> {
    let count = rows.rows.iter().map(|row| row.words.len()).max().unwrap_or_default();
    let most = match part {
        Part::Waiting => 16,
        Part::Ends => 26,
        Part::Unwell => 24,
        Part::Changed => 20,
    };
    let room = room.saturating_sub(match part {
        Part::Waiting => 15,
        Part::Ends => 10,
        Part::Unwell => 4,
        Part::Changed => 7,
    });
    let widest =
        |at: usize| rows.rows.iter().filter_map(|row| row.words.get(at)).map(|word| width(word)).max().unwrap_or_default();
    let mut widths: Vec<u16> = (0..count).map(widest).collect();
    let Some(longest) = (0..count).rev().max_by_key(|at| widths[*at]) else { return widths };
    for (at, width) in widths.iter_mut().enumerate().filter(|(at, _)| *at != longest) {
        *width = (*width).min(if at == 0 { most.max(*width) } else { most });
    }
    loop {
        // A column that says nothing in any row takes no room.
        let taken: u16 =
            widths.iter().enumerate().filter(|(at, width)| *at != longest && **width > 0).map(|(_, width)| width + 2).sum();
        let last = (0..count).rev().find(|at| *at != longest && widths[*at] > 0);
        match last {
            Some(last) if last > 0 && taken + LEGIBLE > room => widths[last] = 0,
            _ => {
                widths[longest] = widths[longest].min(room.saturating_sub(taken));
                return widths;
            }
        }
    }
}

fn line(row: &Row, here: bool, columns: &[u16], area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let now = cx.now.wall;
    let buf = frame.buffer_mut();
    if here {
        put(buf, area.x.saturating_sub(2), area.y, 1, "▸", cx.theme.accent());
    }
    let mut x = area.x;
    match row.part {
        Part::Waiting => {
            put(buf, x, area.y, 1, "●", cx.theme.style(row.tone));
            let left = row.when.map_or_else(|| "–".to_owned(), |when| until(when, now));
            put_right(buf, x + 2, area.y, 11, &left, cx.theme.style(row.tone));
            x += 15;
        }
        Part::Ends => {
            let left = row.when.map(|when| until(when, now)).unwrap_or_default();
            put_right(buf, x, area.y, 7, left.trim_end_matches(" left"), cx.theme.style(row.tone));
            x += 10;
        }
        Part::Unwell => {
            let mark = if row.tone == Tone::Bad { "✕" } else { "▲" };
            put(buf, x + 2, area.y, 1, mark, cx.theme.style(row.tone));
            x += 4;
        }
        Part::Changed => {
            let at = row.when.map(|when| Utc::new(when).clock()).unwrap_or_default();
            put(buf, x, area.y, 5, &at, cx.theme.muted());
            x += 7;
        }
    }
    let mut spans = Vec::new();
    let last = row.words.iter().rposition(|word| !word.is_empty()).unwrap_or_default();
    for (at, (word, columns)) in row.words.iter().zip(columns).enumerate().filter(|(_, (_, columns))| **columns > 0) {
        let name = at == usize::from(matches!(row.part, Part::Changed | Part::Ends));
        let style = if name { cx.theme.bold(Tone::Plain) } else { cx.theme.plain() };
        let style = if at > 1 { cx.theme.muted() } else { style };
        let text = cut(word, (*columns).into()).into_owned();
        let blank = usize::from(columns.saturating_sub(width(&text)) + 2);
        spans.push(Span::styled(text, style));
        if at < last {
            spans.push(Span::raw(" ".repeat(blank)));
        }
    }
    put_line(buf, x, area.y, area.right().saturating_sub(x), &Line::from(spans));
}

fn until(when: std::time::SystemTime, now: std::time::SystemTime) -> String {
    match when.duration_since(now) {
        Ok(left) => format!("{} left", short(left)),
        Err(_) => format!("expired {}", ago(when, now)),
    }
}
