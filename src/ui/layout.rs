//! Which part of the screen is whose.
//!
//! 120×40 is home. Below 100 columns the preview goes, below 60×16 one line says how large it must be.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text::put;
use super::theme::Theme;

/// The least that is worth drawing on.
pub const LEAST: (u16, u16) = (60, 16);
/// From here on a list has its preview beside it.
pub const PREVIEW: u16 = 100;

/// With wide columns it has it from here on: till then the columns get its room.
pub const PREVIEW_AND_WIDE: u16 = 180;

/// The parts that are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Who and where, one line.
    pub header: Rect,
    /// The views, one line.
    pub tabs: Rect,
    /// What it is about.
    pub body: Rect,
    /// What has just been said, one line; blank if nothing was.
    pub notice: Rect,
    /// What can be done, one line.
    pub footer: Rect,
}

/// Shares out the screen; nothing if it is too small, and then [`too_small`] is all there is to draw.
#[must_use]
pub fn layout(area: Rect) -> Option<Layout> {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return None;
    }
    let line = |y| Rect { y, height: 1, ..area };
    let bottom = area.bottom();
    Some(Layout {
        header: line(area.y),
        tabs: line(area.y + 1),
        body: Rect { y: area.y + 3, height: area.height - 5, ..area },
        notice: line(bottom - 2),
        footer: line(bottom - 1),
    })
}

/// A list and, where there is room, what is known of the row I am on. Wide columns take the room of the preview.
#[must_use]
pub fn list_and_preview(body: Rect, wide: bool) -> (Rect, Option<Rect>) {
    if body.width < if wide { PREVIEW_AND_WIDE } else { PREVIEW } {
        return (body, None);
    }
    let preview = (body.width * 2 / 5).min(72);
    let list = Rect { width: body.width - preview - 2, ..body };
    (list, Some(Rect { x: list.right() + 2, width: preview - 1, ..body }))
}

/// Where something floats: in the middle, no larger than it needs and never to the edge.
#[must_use]
pub fn floating(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width.saturating_sub(2)), height.min(area.height.saturating_sub(2)));
    // A little above the middle is where the eye expects the middle.
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) * 2 / 5, width, height }
}

/// How large it must be.
pub fn too_small(area: Rect, buf: &mut Buffer, theme: &Theme) {
    let text = format!("needs {}×{}, has {}×{}", LEAST.0, LEAST.1, area.width, area.height);
    put(buf, area.x, area.y + area.height / 2, area.width, &text, theme.plain());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_screen_without_overlap() {
        for (width, height) in [(60, 16), (80, 24), (120, 40), (400, 200)] {
            let area = Rect::new(0, 0, width, height);
            let parts = layout(area).unwrap();
            assert_eq!(parts.body.bottom(), parts.notice.y);
            assert_eq!(parts.footer.bottom(), height);
            let (list, preview) = list_and_preview(parts.body, false);
            assert_eq!(preview.is_some(), width >= PREVIEW);
            if let Some(preview) = preview {
                assert!(list.right() < preview.x && preview.right() <= width);
            }
        }
        assert_eq!(layout(Rect::new(0, 0, 59, 40)), None);
        assert_eq!(layout(Rect::new(0, 0, 120, 15)), None);
    }

    #[test]
    fn what_floats_stays_inside() {
        for (width, height) in [(0, 0), (1, 1), (5, 3), (80, 24)] {
            let area = Rect::new(3, 4, width, height);
            assert_eq!(floating(area, 60, 20).intersection(area), floating(area, 60, 20));
        }
    }
}
