//! What differs between two pictures, as runs: stretches of one row that are written in one way or erased.
//!
//! A picture is compared cell by cell, and blanks are alike whatever colour they would be written in. Nothing here knows how a
//! run is sent.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

/// Blanks at the end of a row cost this much to erase, whatever their number.
const TO_END: usize = 4;
/// A stretch of blanks shorter than this is written where the row ends or nothing follows at once.
const ERASE: usize = 5;
/// The same where something follows: erasing leaves the cursor where it was, and it has to be taken on.
const ERASE_AND_GO_ON: usize = 10;

/// How the terminal writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pen {
    pub(super) fg: Color,
    pub(super) bg: Color,
    pub(super) modifier: Modifier,
}

impl Pen {
    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank written or a cell erased looks like nothing.
    pub(super) fn leaves_no_trace(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT)
    }
}

/// A stretch of one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) how: How<'a>,
}

/// What is done about it.
#[derive(Clone, Copy, Debug)]
pub(super) enum How<'a> {
    /// These cells are written with this pen; blanks alone have none of their own.
    Write(Option<Pen>, &'a [Cell]),
    /// So many columns are blanked.
    Erase(u16),
    /// All columns from here on are blanked; those from this one on are blank anyway.
    EraseToEnd(u16),
}

/// The runs, and whether a character of two columns is on a row that has any.
#[derive(Debug, Default)]
pub(super) struct Runs<'a> {
    pub(super) all: Vec<Run<'a>>,
    pub(super) any_wide: bool,
}

/// How many columns a cell takes.
pub(super) fn columns(cell: &Cell) -> u16 {
    match cell.symbol() {
        symbol if symbol.len() == 1 => 1,
        symbol => u16::try_from(symbol.width()).unwrap_or(1).max(1),
    }
}

/// Whether a cell looks like nothing.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Pen::of(cell).leaves_no_trace()
}

/// Whether two cells look the same.
pub(super) fn alike(a: &Cell, b: &Cell) -> bool {
    a == b || (is_blank(a) && is_blank(b))
}

/// What leads from one picture to the next, row by row, each from left to right.
pub(super) fn runs<'a>(shown: &Buffer, next: &'a Buffer) -> Runs<'a> {
    let width = usize::from(next.area().width).max(1);
    let mut out = Runs::default();
    let mut dirty = Vec::new();
    for ((was, row), y) in shown.content.chunks(width).zip(next.content.chunks(width)).zip(0..) {
        if was == row {
            continue;
        }
        out.any_wide |= differing(was, row, &mut dirty);
        of_row(row, y, &dirty, &mut out.all);
    }
    out
}

/// Marks the columns at which a character that differs begins; answers whether any is wide. Writing over one half of a wide
/// character makes terminals blank the other half, each in its own way, so that half differs too.
fn differing(was: &[Cell], row: &[Cell], dirty: &mut Vec<bool>) -> bool {
    dirty.clear();
    dirty.resize(row.len(), false);
    let mut any_wide = false;
    // A wide character in the last picture that reaches into this column.
    let mut reaches = vec![false; row.len() + 2];
    let (mut x, mut upset) = (0, 0);
    while x < was.len() {
        let wide = usize::from(columns(&was[x]));
        any_wide |= wide > 1;
        reaches[(x + 1).min(row.len())] = wide > 1;
        x += wide;
    }
    x = 0;
    while x < row.len() {
        let wide = usize::from(columns(&row[x]));
        any_wide |= wide > 1;
        if x < upset || !alike(&row[x], &was[x]) {
            dirty[x] = true;
            if reaches.get(x + wide).is_some_and(|reaches| *reaches) {
                upset = x + wide + 1;
            }
        }
        x += wide;
    }
    any_wide
}

fn of_row<'a>(row: &'a [Cell], y: u16, dirty: &[bool], out: &mut Vec<Run<'a>>) {
    let at = |x: usize| u16::try_from(x).unwrap_or(u16::MAX);
    let Some(last) = dirty.iter().rposition(|dirty| *dirty) else { return };
    let tail = row.iter().rposition(|cell| !is_blank(cell)).map_or(0, |end| end + usize::from(columns(&row[end])));
    let mut x = 0;
    while x <= last {
        if !dirty[x] {
            x += 1;
            continue;
        }
        if x >= tail && last - x + 1 >= TO_END {
            out.push(Run { x: at(x), y, how: How::EraseToEnd(at(tail)) });
            return;
        }
        let blanks = row[x..].iter().take_while(|cell| is_blank(cell)).count();
        let marked = dirty[x..x + blanks].iter().rposition(|dirty| *dirty).map_or(0, |end| end + 1);
        let goes_on = marked == blanks && dirty.get(x + blanks).is_some_and(|dirty| *dirty);
        if marked >= if goes_on { ERASE_AND_GO_ON } else { ERASE } {
            out.push(Run { x: at(x), y, how: How::Erase(at(marked)) });
            x += marked;
            continue;
        }
        let (pen, end) = written(row, x, dirty);
        out.push(Run { x: at(x), y, how: How::Write(pen, &row[x..end]) });
        x = end;
    }
}

/// How far one pen writes from here on, without a stretch of blanks that is better erased.
fn written(row: &[Cell], from: usize, dirty: &[bool]) -> (Option<Pen>, usize) {
    let (mut pen, mut end) = (None, from);
    while end < row.len() && dirty[end] {
        let cell = &row[end];
        if is_blank(cell) {
            let blanks = row[end..].iter().zip(&dirty[end..]).take_while(|(cell, dirty)| **dirty && is_blank(cell)).count();
            let traced = pen.is_some_and(|pen: Pen| !pen.leaves_no_trace());
            if end > from && (traced || blanks >= ERASE) {
                break;
            }
            end += blanks;
            continue;
        }
        let own = Pen::of(cell);
        if pen.is_some_and(|pen| pen != own) || (pen.is_none() && end > from && !own.leaves_no_trace()) {
            break;
        }
        pen = Some(own);
        end = (end + usize::from(columns(cell))).min(row.len());
    }
    (pen, end)
}
