//! How the palette looks: what is typed, and below it what that may mean, the likeliest first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::input::Field;
use super::layout::floating;
use super::sheet::frame;
use super::text::{put, put_right, width};
use super::theme::Theme;
use crate::kind::Tone;

/// One thing that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is typed for it.
    pub name: String,
    /// What it does, in a sentence.
    pub sentence: String,
    /// Its keys, so that the palette teaches them.
    pub keys: String,
    /// Why it cannot be chosen now.
    pub refused: Option<String>,
}

/// Draws it near the top of an area. Answers where the cursor belongs and how many choices are in sight.
pub fn draw(
    area: Rect,
    buf: &mut Buffer,
    theme: &Theme,
    typed: &Field,
    choices: &[Choice],
    chosen: usize,
) -> (Position, usize) {
    let most = u16::try_from(choices.len()).unwrap_or(u16::MAX).clamp(1, 14);
    let place = Rect { y: area.y + area.height.min(2) / 2, ..floating(area, 84, most + 4) };
    let inner = frame(place, buf, theme, "commands", Tone::Accent);
    put(buf, inner.x, inner.y, 1, ":", theme.accent());
    let field = Rect { x: inner.x + 1, width: inner.width.saturating_sub(1), height: 1, ..inner };
    let cursor = typed.draw(field, buf, theme, theme.plain());

    let rows = usize::from(inner.height.saturating_sub(2));
    let first = (chosen + 1).saturating_sub(rows);
    if choices.is_empty() {
        put(buf, inner.x + 2, inner.y + 2, inner.width, "nothing is called that", theme.muted());
    }
    for ((at, choice), y) in choices.iter().enumerate().skip(first).take(rows).zip(inner.y + 2..) {
        row(Rect { y, height: 1, ..inner }, buf, theme, choice, at == chosen);
    }
    (cursor, rows)
}

fn row(area: Rect, buf: &mut Buffer, theme: &Theme, choice: &Choice, here: bool) {
    let name = match (&choice.refused, here) {
        (Some(_), _) => theme.muted(),
        (None, true) => theme.bold(Tone::Accent),
        (None, false) => theme.plain(),
    };
    if here {
        put(buf, area.x, area.y, 1, super::glyph::MARKER, theme.accent());
    }
    let keys = width(&choice.keys);
    let names = (area.width / 3).min(26);
    put(buf, area.x + 2, area.y, names, &choice.name, name);
    let x = area.x + 2 + names + 2;
    let text = choice.refused.as_deref().unwrap_or(&choice.sentence);
    put(buf, x, area.y, area.right().saturating_sub(x + keys + 2), text, theme.muted());
    put_right(buf, area.right().saturating_sub(keys), area.y, keys, &choice.keys, theme.accent());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    fn choice(name: &str, keys: &str, refused: Option<&str>) -> Choice {
        let (name, sentence, keys) = (name.to_owned(), format!("shows {name}"), keys.to_owned());
        Choice { name, sentence, keys, refused: refused.map(str::to_owned) }
    }

    #[test]
    fn choices_line_up_under_what_is_typed() {
        let choices = [choice("roles", "3", None), choice("approve", "a", Some("already resolved"))];
        let mut buf = Buffer::empty(Rect::new(0, 0, 64, 8));
        let (cursor, rows) = draw(*buf.area(), &mut buf, &Theme::new(Depth::None), &Field::new("ro"), &choices, 0);
        let expected = [
            "",
            " ╭ commands ──────────────────────────────────────────────────╮",
            " │  :ro                                                       │",
            " │                                                            │",
            " │  ▸ roles               shows roles                      3  │",
            " │    approve             already resolved                 a  │",
            " ╰────────────────────────────────────────────────────────────╯",
        ];
        assert_eq!(shown(&buf).lines().take(7).collect::<Vec<_>>(), expected);
        assert_eq!((cursor, rows), (Position::new(7, 2), 2));
    }

    #[test]
    fn the_chosen_one_is_always_in_sight() {
        let choices: Vec<_> = (0..40).map(|n| choice(&format!("view-{n:02}"), "", None)).collect();
        for (chosen, rows) in [(0, 12), (39, 12), (20, 3)] {
            let mut buf = Buffer::empty(Rect::new(0, 0, 80, rows));
            draw(*buf.area(), &mut buf, &Theme::new(Depth::None), &Field::default(), &choices, chosen);
            let text = shown(&buf);
            assert!(rows < 6 || text.contains(&format!("▸ view-{chosen:02}")), "{text}");
        }
    }
}
