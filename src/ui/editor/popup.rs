//! What could stand at the cursor, in a small frame beside it: names, since when they exist, and what the chosen one means.
//!
//! Typing goes on in the text and narrows what is shown; the frame holds nothing that the text and the cursor do not say, but
//! which one is chosen. It never covers the line it is about.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::glyph;
use super::super::sheet::frame;
use super::super::text::{put, put_line, put_right, width, wrap};
use super::super::theme::Theme;
use crate::document::{Candidate, Completion};
use crate::kind::Tone;

/// So many candidates are in sight at once.
const SIGHT: usize = 8;
/// The meaning takes at most so many rows.
const MEANING: usize = 2;
/// No wider than this, frame and margins included.
const WIDEST: u16 = 64;
/// Frame and margins, on both sides.
const AROUND: u16 = 6;

/// Candidates, and which of them is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Popup {
    found: Completion,
    chosen: usize,
    first: usize,
}

impl Popup {
    /// A popup with the likeliest chosen; `None` without candidates.
    pub fn new(found: Completion) -> Option<Self> {
        (!found.candidates.is_empty()).then_some(Self { found, chosen: 0, first: 0 })
    }

    /// The same after another letter: what was chosen stays so as long as it fits.
    pub fn narrowed(self, found: Completion) -> Option<Self> {
        let name = &self.found.candidates[self.chosen].name;
        let kept = if self.chosen == 0 { None } else { found.candidates.iter().position(|candidate| candidate.name == *name) };
        let mut popup = Self::new(found)?;
        popup.choose(kept.unwrap_or_default());
        Some(popup)
    }

    /// The chosen one, and the columns it replaces.
    pub fn chosen(&self) -> (&Candidate, usize, usize) {
        (&self.found.candidates[self.chosen], self.found.from, self.found.to)
    }

    /// Chooses the next one, or the one before; round and round.
    pub fn step(&mut self, back: bool) {
        let count = self.found.candidates.len();
        self.choose((self.chosen + if back { count - 1 } else { 1 }) % count);
    }

    fn choose(&mut self, at: usize) {
        self.chosen = at;
        self.first = self.first.min(at).max((at + 1).saturating_sub(SIGHT));
    }

    /// Draws it below the cursor where there is room, else above.
    pub fn draw(&self, area: Rect, cursor: Position, buf: &mut Buffer, theme: &Theme) {
        let all = &self.found.candidates;
        // As wide as its widest candidate wants it, so that walking through it moves nothing.
        let names = all.iter().map(|candidate| width(&candidate.name)).max().unwrap_or_default();
        let sinces = all.iter().map(|candidate| since(candidate).map_or(0, |since| width(&since))).max().unwrap_or_default();
        let means = all.iter().map(|candidate| width(candidate.means)).max().unwrap_or_default();
        let wide = (2 + names + if sinces > 0 { sinces + 2 } else { 0 }).max(means) + AROUND;
        let wide = wide.clamp(24, WIDEST).min(area.width);
        let told =
            |candidate: &Candidate| wrap([(candidate.means, theme.muted())], wide.saturating_sub(AROUND)).len().min(MEANING);
        let rows = all.len().min(SIGHT);
        let most = all.iter().map(told).max().unwrap_or_default();
        let high = rows + 2 + if most > 0 { most + 1 } else { 0 };
        let Some(place) = place(area, cursor, wide, u16::try_from(high).unwrap_or(u16::MAX)) else { return };

        let inner = frame(place, buf, theme, "", Tone::Plain);
        // No title: the frame is closed where it would be.
        put(buf, place.x + 1, place.y, 2, "──", theme.muted());
        let told = most.min(usize::from(inner.height).saturating_sub(2));
        let rows = usize::from(inner.height).saturating_sub(if told > 0 { told + 1 } else { 0 }).min(rows);
        let first = self.first.max((self.chosen + 1).saturating_sub(rows));
        for ((at, candidate), y) in all.iter().enumerate().skip(first).take(rows).zip(inner.y..) {
            row(Rect { y, height: 1, ..inner }, buf, theme, candidate, at == self.chosen);
        }
        if all.len() > first + rows {
            put(
                buf,
                place.right().saturating_sub(2),
                inner.y + u16::try_from(rows).unwrap_or(1) - 1,
                1,
                glyph::MORE,
                theme.accent(),
            );
        }
        let means = wrap([(self.chosen().0.means, theme.muted())], inner.width);
        for (line, y) in means.iter().take(told).zip((inner.top()..inner.bottom()).skip(rows + 1)) {
            put_line(buf, inner.x, y, inner.width, line);
        }
    }
}

/// Since when, as it is said to people.
pub fn since(candidate: &Candidate) -> Option<String> {
    (!candidate.since.is_empty()).then(|| format!("since {}", candidate.since))
}

fn row(area: Rect, buf: &mut Buffer, theme: &Theme, candidate: &Candidate, here: bool) {
    if here {
        put(buf, area.x, area.y, 1, glyph::MARKER, theme.accent());
    }
    let since = since(candidate).unwrap_or_default();
    let room = area.width.saturating_sub(2);
    let aside = if since.is_empty() { 0 } else { width(&since) + 2 };
    let style = if here { theme.bold(Tone::Accent) } else { theme.plain() };
    put(buf, area.x + 2, area.y, room.saturating_sub(aside), &candidate.name, style);
    put_right(buf, area.x + 2, area.y, room, &since, theme.muted());
}

/// Under the cursor's line or over it, whichever has the room; `None` where neither has any.
fn place(area: Rect, cursor: Position, wide: u16, high: u16) -> Option<Rect> {
    let below = area.bottom().saturating_sub(cursor.y + 1);
    let above = cursor.y.saturating_sub(area.top());
    let high_at = |room: u16| high.min(room);
    let (y, height) = if high <= below || below >= above {
        (cursor.y + 1, high_at(below))
    } else {
        (cursor.y - high_at(above), high_at(above))
    };
    let x = cursor.x.saturating_sub(3).min(area.right().saturating_sub(wide)).max(area.left());
    (height >= 3 && wide > AROUND).then_some(Rect { x, y, width: wide, height })
}
