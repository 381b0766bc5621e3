//! A list as a table: only the rows in sight, columns that keep their place, and a marker that is cheap to move.
//!
//! The row I am on differs from the others by one cell, so a move costs two cells on a slow line and not two rows. Widths come
//! from the columns and the room alone, never from the rows: nothing jumps while rows come and go.

use std::time::SystemTime;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::glyph;
use super::text::{put, put_right};
use super::theme::Theme;
use crate::kind::{Column, Item, Shown, Telling, Tone, Value, Width};
use crate::resource::{clean, cut_left};

/// Room at the left of every row: changed, marked, the marker, a blank.
const GUTTER: u16 = 4;
/// Room between two columns.
const GAP: u16 = 2;

/// One row in sight.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own on the row")]
pub struct Row<'a> {
    /// What it shows.
    pub item: &'a Item,
    /// The cursor is on it.
    pub here: bool,
    /// The person marked it.
    pub marked: bool,
    /// Its masked name is told, because a person asked for it.
    pub revealed: bool,
    /// It changed a moment ago.
    pub changed: bool,
    /// Something was sent about it and no answer came yet, or it is from before the line broke: it is shown as aside.
    pub aside: bool,
}

/// Where a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which of the kind's columns.
    pub column: usize,
    /// How far from the left edge of the table.
    pub x: u16,
    /// How wide.
    pub width: u16,
}

/// Which columns are shown in so much room, and where. Those that need wide room go first when it runs out, then from the
/// right; the first stays.
#[must_use]
pub fn places(columns: &[Column], wide: bool, room: u16) -> Vec<Place> {
    let room = room.saturating_sub(GUTTER);
    let mut shown: Vec<usize> = (0..columns.len())
        .filter(|&at| match columns[at].shown {
            Shown::Always => true,
            Shown::Wide => wide,
            Shown::Hidden => false,
        })
        .collect();
    let least = |at: usize| match columns[at].width {
        Width::Fixed(width) | Width::Share(_, width) => width,
    };
    let needed = |shown: &[usize]| {
        let gaps = GAP * u16::try_from(shown.len().saturating_sub(1)).unwrap_or_default();
        shown.iter().map(|&at| least(at)).sum::<u16>() + gaps
    };
    while needed(&shown) > room && shown.len() > 1 {
        let last_wide = shown.iter().rposition(|&at| columns[at].shown == Shown::Wide);
        shown.remove(last_wide.unwrap_or(shown.len() - 1));
    }

    let spare = room.saturating_sub(needed(&shown));
    let part = |at: usize| match columns[at].width {
        Width::Share(part, _) => u32::from(part),
        Width::Fixed(_) => 0,
    };
    let parts: u32 = shown.iter().map(|&at| part(at)).sum();
    let (mut x, mut given, mut counted) = (GUTTER, 0, 0);
    let mut places = Vec::with_capacity(shown.len());
    for column in shown {
        counted += part(column);
        // By what is due up to here, so that rounding is never lost.
        let due = (u32::from(spare) * counted).checked_div(parts).and_then(|due| u16::try_from(due).ok()).unwrap_or_default();
        let width = (least(column) + due - given).min((GUTTER + room).saturating_sub(x));
        given = due;
        places.push(Place { column, x, width });
        x += width + GAP;
    }
    places
}

/// What a table is drawn from, beside its rows.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// All columns of the kind.
    pub columns: &'a [Column],
    /// Which of them, and where, from [`places`].
    pub places: &'a [Place],
    /// By which column it is sorted, and whether greatest first.
    pub sort: Option<(usize, bool)>,
    /// The moment that ages and countdowns are told from.
    pub now: SystemTime,
}

impl<'a> Table<'a> {
    /// Draws the head and as many rows as fit. The rows are those in sight, the topmost first.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, rows: impl IntoIterator<Item = Row<'a>>) {
        let area = area.intersection(*buf.area());
        if area.is_empty() {
            return;
        }
        let mut numeric = vec![false; self.places.len()];
        for (y, row) in (area.top() + 1..area.bottom()).zip(rows) {
            self.row(area.x, y, buf, theme, &row, &mut numeric);
        }
        self.head(area, buf, theme, &numeric);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, theme: &Theme, numeric: &[bool]) {
        for (place, numeric) in self.places.iter().zip(numeric) {
            let column = &self.columns[place.column];
            let title = match self.sort {
                Some((sorted, descending)) if sorted == place.column => {
                    format!("{} {}", column.title, glyph::ORDER[usize::from(descending)])
                }
                _ => column.title.to_owned(),
            };
            let x = area.x + place.x;
            // The order's sign may reach into the gap, so that a narrow head is not cut by it.
            let room = place.width + if title.len() > column.title.len() { GAP - 1 } else { 0 };
            if *numeric || is_time(column) {
                put_right(buf, x, area.y, place.width.max(super::text::width(&title).min(room)), &title, theme.heading());
            } else {
                put(buf, x, area.y, room, &title, theme.heading());
            }
        }
    }

    fn row(&self, left: u16, y: u16, buf: &mut Buffer, theme: &Theme, row: &Row<'_>, numeric: &mut [bool]) {
        if row.changed {
            put(buf, left, y, 1, glyph::CHANGED, theme.muted());
        }
        if row.marked {
            put(buf, left + 1, y, 1, glyph::MARK, theme.accent());
        }
        if row.here {
            put(buf, left + 2, y, 1, glyph::MARKER, theme.accent());
        }
        for (place, numeric) in self.places.iter().zip(numeric) {
            let column = &self.columns[place.column];
            let value = row.item.values.get(place.column).unwrap_or(&Value::None);
            let cell = column.cell(value, self.now);
            let style = if row.aside { theme.muted() } else { theme.style(cell.tone) };
            let is_number = matches!(value, Value::Number(_));
            *numeric |= is_number;
            if row.item.reference.is_secret() && cell.text.starts_with('*') {
                // What tells one masked name from another is its end.
                let name =
                    if row.revealed { clean(row.item.reference.name()) } else { cut_left(&cell.text, place.width.into()) };
                put(buf, left + place.x, y, place.width, &name, style);
            } else if is_number || is_time(column) || (*numeric && *value == Value::None) {
                put_right(buf, left + place.x, y, place.width, &cell.text, style);
            } else {
                put(buf, left + place.x, y, place.width, &cell.text, style);
            }
        }
    }
}

fn is_time(column: &Column) -> bool {
    matches!(column.telling, Telling::Age | Telling::Countdown)
}

/// A sentence where the rows would be: why there are none.
pub fn sentence(area: Rect, buf: &mut Buffer, theme: &Theme, text: &str, tone: Tone) {
    let area = area.intersection(*buf.area());
    let room = area.width.saturating_sub(GUTTER + 1);
    let lines = super::text::wrap([(text, theme.style(tone))], room);
    let inner = Rect { x: area.x + GUTTER.min(area.width), width: room, ..area };
    super::text::put_lines(buf, inner, &lines, 0);
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::kind::Rank;
    use crate::resource::{Labels, Reference};
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    const COLUMNS: &[Column] = &[
        Column::new("LEFT", Width::Fixed(6)).told(Telling::Countdown),
        Column::new("STATE", Width::Fixed(8)),
        Column::new("USER", Width::Share(1, 6)),
        Column::new("ROLES", Width::Share(2, 10)).told(Telling::First),
        Column::new("VOTES", Width::Fixed(5)),
        Column::new("REASON", Width::Share(3, 12)),
        Column::new("ID", Width::Share(1, 8)).wide(),
        Column::hidden("resources"),
    ];

    fn item(left: u64, user: &str, votes: i64) -> Item {
        let pending = &Rank { order: 0, word: "pending", tone: Tone::Warn };
        let values = [
            Value::Time(UNIX_EPOCH + Duration::from_secs(left)),
            Value::Rank(pending),
            Value::text(user),
            Value::List(["prod-access".into(), "b".into(), "c".into()].into()),
            Value::Number(votes),
            Value::text("db is down, \u{202e}INC-4410 and a great deal more than fits"),
            Value::text(user),
            Value::None,
        ];
        let (reference, labels) = (Reference::new("access_request", user), Labels::default());
        Item { reference, revision: "".into(), expires: None, labels, values: values.into() }
    }

    fn draw(width: u16, here: usize) -> Buffer {
        let items = [item(660, "rex", 1), item(3_120, "mia", 12)];
        let places = places(COLUMNS, false, width);
        let table = Table { columns: COLUMNS, places: &places, sort: Some((0, false)), now: UNIX_EPOCH };
        let mut buf = Buffer::empty(Rect::new(0, 0, width, 4));
        let rows = items.iter().enumerate();
        let rows = rows.map(|(at, item)| Row {
            item,
            here: at == here,
            marked: at == 1,
            revealed: false,
            changed: at == 0,
            aside: false,
        });
        table.draw(*buf.area(), &mut buf, &Theme::new(Depth::True), rows);
        buf
    }

    #[test]
    fn columns_line_up_and_nothing_hidden_is_shown() {
        assert_eq!(
            shown(&draw(80, 0)).lines().collect::<Vec<_>>(),
            [
                "    LEFT ▲  STATE     USER       ROLES             VOTES  REASON",
                "▏ ▸    11m  pending   rex        prod-access +2        1  db is down, ⟨U+202E⟩I…",
                " •     52m  pending   mia        prod-access +2       12  db is down, ⟨U+202E⟩I…",
                "",
            ]
        );
    }

    #[test]
    fn a_move_changes_two_cells() {
        assert_eq!(draw(120, 0).diff(&draw(120, 1)).len(), 2);
    }

    #[test]
    fn rows_do_not_move_columns_and_room_does_as_little_as_it_can() {
        let all = places(COLUMNS, true, 200);
        assert_eq!(all.len(), 7);
        let narrow = places(COLUMNS, true, 60);
        assert_eq!(narrow.iter().map(|place| place.column).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(places(COLUMNS, true, 3).len(), 1);
        for room in 0..220 {
            for pair in places(COLUMNS, true, room).windows(2) {
                assert_eq!(pair[0].x + pair[0].width + GAP, pair[1].x);
            }
            let end = places(COLUMNS, true, room).last().map_or(0, |place| place.x + place.width);
            assert!(end <= room.max(GUTTER), "{end} in {room}");
        }
    }
}
