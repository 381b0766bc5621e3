//! How a list is drawn: a caption, the rows in sight, and a preview where there is room.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::List;
use crate::kind::column::next_step;
use crate::kind::{Detail, Item, Kind, Section, Shown, Telling, Tone, Value, detail};
use crate::resource::{Utc, ago, clean};
use crate::store::Phase;
use crate::ui::glyph;
use crate::ui::header::{caption, thousands};
use crate::ui::layout::list_and_preview;
use crate::ui::table::{Row, Table, places, sentence};
use crate::ui::{detail as detail_ui, text};
use crate::view::{Context, trouble};

/// A changed row keeps its mark so long.
const FRESH: Duration = Duration::from_secs(10);

/// How the height is shared out.
#[derive(Clone, Copy, Debug)]
pub struct Heights {
    /// Lines of rows.
    pub rows: usize,
}

/// The caption takes a line, the head another.
pub fn heights(area: Rect, _list: &List) -> Heights {
    Heights { rows: usize::from(area.height.saturating_sub(2)) }
}

/// Draws it.
pub fn render(list: &List, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let (table_area, preview_area) = match list_and_preview(area, cx.wide) {
        // Every move would be followed by some hundred bytes; the page about a row is one key away.
        (_, Some(_)) if cx.settings.low_bandwidth => (area, None),
        parts => parts,
    };
    head(list, Rect { height: 1, ..area }, frame, cx);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..table_area };
    let inside = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    match list.empty(cx) {
        Some(_) if trouble::stands_in_the_way(cx.shelf(list.kind), cx) => trouble::draw(inside, frame, cx),
        Some((text, tone)) => sentence(inside, frame.buffer_mut(), cx.theme, &text, tone),
        None => rows(list, body, frame, cx),
    }
    if let Some(preview_area) = preview_area
        && !list.rows.is_empty()
    {
        preview(list, Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..preview_area }, frame, cx);
    }
}

fn rows(list: &List, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let columns = list.kind.columns;
    let places = places(columns, cx.wide, area.width);
    let sort = list.sort.first().and_then(|sort| Some((list.kind.column(sort.column)?, sort.descending)));
    let table = Table { columns, places: &places, sort, now: cx.now.wall };
    let changed = |item: &Item| {
        let change = cx.snapshot.last_change(&item.reference);
        change.is_some_and(|change| cx.now.wall.duration_since(change.at).unwrap_or_default() < FRESH)
    };
    let old = matches!(cx.shelf(list.kind).phase(), Phase::Stale(_) | Phase::Failed(_));
    let visible: Vec<Item> = list.rows.visible().collect();
    let rows = visible.iter().map(|item| Row {
        item,
        here: list.rows.cursor() == Some(&item.reference),
        marked: list.rows.is_marked(&item.reference),
        revealed: list.revealed.as_ref() == Some(&item.reference),
        changed: changed(item),
        aside: old || cx.busy.iter().any(|(reference, _)| *reference == item.reference),
    });
    table.draw(area, frame.buffer_mut(), cx.theme, rows);
}

/// The line above the rows: the filter, being typed or in force, and how much of how much is shown in which order.
fn head(list: &List, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let shelf = cx.shelf(list.kind);
    let (shown, all) = (list.rows.len(), shelf.len());
    let mut right = if list.filter.is_empty() { thousands(all) } else { format!("{} of {}", thousands(shown), thousands(all)) };
    if list.rows.marks() > 0 {
        right = format!("{} marked · {right}", list.rows.marks());
    }
    match shelf.phase() {
        // No number is told of what was not counted.
        Phase::Loading | Phase::Denied(_) | Phase::Failed(_) if all == 0 => right.clear(),
        // An event may be there before the first page.
        Phase::Loading | Phase::Filling(_) => right = format!("loading, {} so far", thousands(all)),
        _ => {}
    }
    if list.under_way.is_some() && cx.now.mono.duration_since(list.made_at.unwrap_or(cx.started)) > Duration::from_millis(300) {
        right = format!("sorting… · {right}");
    }
    if let Some(sort) = list.sort.first() {
        let order = format!("by {} {}", sort.column.to_lowercase(), glyph::ORDER[usize::from(sort.descending)]);
        right = if right.is_empty() { order } else { format!("{right} · {order}") };
    }
    if let Some(field) = &list.typing {
        let room = area.width.saturating_sub(text::width(&right) + 6);
        caption(area, frame.buffer_mut(), cx.theme, &Line::from(Span::styled("/", cx.theme.accent())), &right);
        let at = field.draw(Rect { x: area.x + 3, width: room, ..area }, frame.buffer_mut(), cx.theme, cx.theme.plain());
        frame.set_cursor_position(Position { x: at.x, y: at.y });
        return;
    }
    let left = match (&list.broken, list.filter.is_empty()) {
        (Some(broken), _) => vec![
            Span::styled(format!("/{} ", clean(&list.filter)), cx.theme.plain()),
            Span::styled(clean(broken).into_owned(), cx.theme.style(Tone::Warn)),
        ],
        (None, true) => vec![Span::styled(list.kind.title, cx.theme.bold(Tone::Plain))],
        (None, false) => {
            vec![
                Span::styled(list.kind.title, cx.theme.bold(Tone::Plain)),
                Span::raw("  "),
                Span::styled(format!("/{}", clean(&list.filter)), cx.theme.accent()),
            ]
        }
    };
    let mut left = left;
    if let Phase::Stale(since) = shelf.phase() {
        let said = format!("  {} as of {}, {} old", glyph::OLD, Utc::new(*since).clock(), ago(*since, cx.now.wall));
        left.push(Span::styled(said, cx.theme.style(Tone::Warn)));
    }
    // What came before it failed is shown, and is not the list.
    if let Phase::Failed(error) = shelf.phase()
        && all > 0
    {
        left.push(Span::styled(format!("  ✕ cannot be listed: {error} · r asks again"), cx.theme.style(Tone::Bad)));
    }
    caption(area, frame.buffer_mut(), cx.theme, &Line::from(left), &right);
}

/// What the list knows of the row under the cursor. Until the cursor has rested it is still the old one, under its own name and
/// the sign of what is from before, so that no line is ever read as being about another row. The page itself is left as it is:
/// on a slow line a move must not send it twice.
fn preview(list: &List, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let Some(item) = list.preview(cx).and_then(|reference| list.rows.find(reference)) else { return };
    let here = list.rows.cursor() == Some(&item.reference);
    let mut detail = told(list.kind, &item, cx);
    if list.revealed.as_ref() == Some(&item.reference) {
        let name = detail::Line::new("name", detail::Span::new(item.reference.name()).bold());
        detail.sections.insert(0, Section::new("", vec![name]));
    }
    if !here {
        // In the colour of the marker, with which it is sent.
        text::put(frame.buffer_mut(), area.x.saturating_sub(2), area.y, 1, glyph::OLD, cx.theme.accent());
        if list.scrolled {
            // Beside rows that scroll the old page would have to be sent line by line again; only whose it was stays.
            detail.sections.clear();
        }
    }
    detail_ui::draw(area, frame.buffer_mut(), cx.theme, &detail, 0);
}

/// A row told in full: every column by its name, hidden ones included, then the labels.
fn told(kind: &'static Kind, item: &Item, cx: &Context<'_>) -> Detail {
    let mut lines = Vec::new();
    let mut badge = None;
    for (column, value) in kind.columns.iter().zip(&item.values) {
        // The labels have a part of their own below.
        if matches!(value, Value::None) || (column.key() == "labels" && !item.labels.is_empty()) {
            continue;
        }
        if let (Value::Rank(rank), None, Shown::Always) = (value, &badge, column.shown) {
            badge = Some(detail::Span::toned(rank.word, rank.tone));
            continue;
        }
        let whole = crate::kind::Column {
            telling: if column.telling == Telling::First { Telling::Plain } else { column.telling },
            ..*column
        };
        let cell = whole.cell(value, cx.now.wall);
        if cell.text == item.reference.label() {
            continue;
        }
        let mut line = detail::Line::new(
            &column.key().replace('-', " "),
            detail::Span { text: cell.text.into_owned(), tone: cell.tone, bold: false },
        );
        if let Value::Time(at) = value {
            line = line.and(detail::Span::toned(&format!("  {}", Utc::new(*at)), Tone::Muted));
        }
        lines.push(line);
    }
    let labels: Vec<_> = item.labels.iter().map(|(key, value)| detail::Line::new(key, detail::Span::new(value))).collect();
    let mut sections = vec![Section::new("", lines)];
    if !labels.is_empty() {
        sections.push(Section::new("LABELS", labels));
    }
    Detail { title: item.reference.label(), badge, sections }
}

/// When an age or a countdown in sight next reads differently.
pub fn next_age(list: &List, cx: &Context<'_>) -> Option<Instant> {
    let now = cx.now.wall;
    let visible: Vec<Item> = list.rows.visible().collect();
    let cells = visible.iter().flat_map(|item| list.kind.columns.iter().zip(&item.values));
    let steps = cells
        .filter(|(column, _)| column.shown != Shown::Hidden)
        .filter_map(|(column, value)| next_step(column.telling, value, now));
    let faded = visible.iter().filter_map(|item| {
        let change = cx.snapshot.last_change(&item.reference)?;
        FRESH.checked_sub(now.duration_since(change.at).unwrap_or_default()).filter(|left| !left.is_zero())
    });
    let next = steps.chain(faded).min()?;
    // No picture is worth more than one wake-up a second.
    cx.now.after(next.max(Duration::from_secs(1)))
}
