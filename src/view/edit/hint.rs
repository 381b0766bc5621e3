//! The line below the text that says what the key under the cursor means, and the line below that which teaches the keys.
//!
//! Both say less where there is less room: first goes what a value looks like, then since when the key exists.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::kind::Tone;
use crate::ui::editor::Editor;
use crate::ui::text::{put_line, put_right, width};
use crate::ui::theme::Theme;

/// Says what the key on the cursor's line means, if the schema knows it.
pub fn draw(editor: &Editor, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let Some(meaning) = editor.meaning().filter(|meaning| !(meaning.means.is_empty() && meaning.takes.is_empty())) else {
        return;
    };
    let since = if meaning.since.is_empty() { String::new() } else { format!("since {}", meaning.since) };
    let mut spans =
        vec![Span::styled(meaning.key, theme.bold(Tone::Plain)), Span::styled(format!("  {}", meaning.means), theme.muted())];
    let used = |spans: &[Span<'_>]| spans.iter().map(|span| width(&span.content)).sum::<u16>();
    let aside = if since.is_empty() { 0 } else { width(&since) + 2 };
    let takes = if meaning.means.is_empty() { meaning.takes } else { format!(" · {}", meaning.takes) };
    if width(&takes) > 3 && used(&spans) + width(&takes) + aside <= area.width {
        spans.push(Span::styled(takes, theme.muted()));
    }
    let aside = if used(&spans) + aside > area.width { 0 } else { aside };
    if aside > 0 {
        put_right(buf, area.x, area.y, area.width, &since, theme.muted());
    }
    put_line(buf, area.x, area.y, area.width - aside, &Line::from(spans));
}

/// The keys that do something while the text has them.
pub fn teach(editor: Option<&Editor>, room: u16) -> &'static str {
    if editor.is_some_and(Editor::is_choosing) {
        return "Tab next · Enter takes it · Esc closes · letters narrow";
    }
    let long = "Tab complete · Esc gives the keys back, then :w save (difference first) · :q leave, draft kept";
    if width(long) <= room { long } else { "Tab complete · Esc, then :w save (difference first) · :q leave, draft kept" }
}
