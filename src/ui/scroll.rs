//! Whether rows of the picture moved as one, which a terminal can do by itself for a few bytes.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Color;

use super::run::is_blank;

/// Scrolling by more rows than this is rare, and looking for it costs time.
const SCROLLED: i32 = 3;
/// Where a stretch that differs begins, the cursor has to be taken there.
const JUMP: usize = 6;
/// What it takes to move rows.
const MOVING: usize = 24;

/// Rows that moved as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scroll {
    pub(super) top: u16,
    pub(super) bottom: u16,
    /// Upwards if positive.
    pub(super) by: i32,
}

impl Scroll {
    /// Moves the rows of a picture as the terminal will.
    pub(super) fn apply(self, picture: &mut Buffer) {
        let width = usize::from(picture.area().width);
        let rows = &mut picture.content[usize::from(self.top) * width..usize::from(self.bottom) * width];
        let cells = (self.by.unsigned_abs() as usize * width).min(rows.len());
        let bared = if self.by > 0 {
            rows.rotate_left(cells);
            rows.len() - cells..rows.len()
        } else {
            rows.rotate_right(cells);
            0..cells
        };
        rows[bared].fill(Cell::default());
    }
}

/// The scroll after which the least is left to paint, if it is worth it.
pub(super) fn scrolled(shown: &Buffer, next: &Buffer) -> Option<Scroll> {
    let width = usize::from(next.area().width);
    if width == 0 || shown.area() != next.area() {
        return None;
    }
    let (shown, marks) = (marks(shown), marks(next));
    let (shown, next): (Vec<&[u64]>, Vec<&[u64]>) = (shown.chunks(width).collect(), marks.chunks(width).collect());
    // About as many bytes as it takes: what differs, and the way there.
    let differing = |a: &[u64], b: &[u64]| {
        let (mut bytes, mut within) = (0, false);
        for (a, b) in a.iter().zip(b) {
            let differs = a != b;
            bytes += usize::from(differs) + if differs && !within { JUMP } else { 0 };
            within = differs;
        }
        bytes
    };
    let plain: Vec<usize> = shown.iter().zip(&next).map(|(shown, next)| differing(shown, next)).collect();
    let steps = i32::try_from(plain.len() / 2).unwrap_or_default().min(SCROLLED);
    let ways = (1..=steps).flat_map(|by| [by, -by]);
    let saved = ways.filter_map(|by| {
        let gain = |y: usize| {
            let source = shown.get(y.checked_add_signed(by as isize)?)?;
            let moved = differing(source, next[y]);
            Some(signed(plain[y]) - signed(moved))
        };
        let (from, to, gained) = best_stretch((0..plain.len()).map(|y| gain(y).unwrap_or(isize::MIN / 4)))?;
        let rows = by.unsigned_abs() as usize;
        // What is moved away leaves blank rows behind, which are painted whole.
        let (top, bottom, bared) = if by > 0 { (from, to + rows, to..to + rows) } else { (from - rows, to, from - rows..from) };
        let lost: isize =
            bared.map(|y| signed(next[y].iter().filter(|mark| **mark != BLANK).count() + JUMP) - signed(plain[y])).sum();
        let scroll = Scroll { top: u16::try_from(top).ok()?, bottom: u16::try_from(bottom).ok()?, by };
        Some((gained - lost, scroll))
    });
    let (saved, scroll) = saved.max_by_key(|(saved, _)| *saved)?;
    (saved > signed(MOVING)).then_some(scroll)
}

/// A cell that looks like nothing.
const BLANK: u64 = 0;

/// What each cell looks like, as a number: alike cells have the same, and others hardly ever. It only decides which way is tried,
/// never what is painted.
fn marks(picture: &Buffer) -> Vec<u64> {
    let mix = |mark: u64, part: u64| (mark ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    let colour = |colour: Color| match colour {
        Color::Rgb(r, g, b) => 1 << 24 | u64::from(r) << 16 | u64::from(g) << 8 | u64::from(b),
        Color::Indexed(index) => 2 << 24 | u64::from(index),
        Color::Reset => 0,
        // The sixteen of the terminal, which themes of few colours use: all alike is near enough.
        _ => 3 << 24,
    };
    let mark = |cell: &Cell| {
        if is_blank(cell) {
            return BLANK;
        }
        let look = colour(cell.fg) << 32 | colour(cell.bg);
        let symbol = cell.symbol().bytes().fold(1, |symbol, byte| symbol << 8 | u64::from(byte));
        mix(mix(symbol, look), u64::from(cell.modifier.bits())) | 1
    };
    picture.content.iter().map(mark).collect()
}

fn signed(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX / 4)
}

/// The stretch with the greatest sum, from and to before, if any has more than nothing.
fn best_stretch(gains: impl Iterator<Item = isize>) -> Option<(usize, usize, isize)> {
    let (mut best, mut from, mut sum) = (None, 0, 0_isize);
    for (at, gain) in gains.enumerate() {
        if sum <= 0 {
            (from, sum) = (at, 0);
        }
        sum = sum.saturating_add(gain);
        if sum > best.map_or(0, |(_, _, best)| best) {
            best = Some((from, at + 1, sum));
        }
    }
    best
}
