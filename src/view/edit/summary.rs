//! What a save does, as lines above the difference: which way it goes, a mark where it widens, and the words.
//!
//! A colour never stands alone: what widens has a mark and, at the end, the sentence that says what the mark asks for.

use ratatui::text::{Line, Span};

use crate::kind::{Summary, Tone, Weight};
use crate::ui::text::wrap;
use crate::ui::theme::Theme;

/// Columns of the word before a line, and of its mark.
const LEAD: u16 = 9;
const MARK: &str = "! ";

/// The lines; none where there is nothing to tell.
pub fn lines(summary: &Summary, room: u16, theme: &Theme) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let mut told = None;
    for line in &summary.lines {
        let lead = if told == Some(line.direction) { "" } else { line.direction.word() };
        told = Some(line.direction);
        let (mark, style) = match line.weight {
            Weight::Widening => (MARK, theme.bold(Tone::Warn)),
            Weight::Strong => ("", theme.style(Tone::Warn)),
            Weight::Usual => ("", theme.plain()),
        };
        let mut lead = Some(lead);
        for row in wrap([(line.words.as_str(), style)], room.saturating_sub(LEAD + 2)) {
            let first = lead.is_some();
            let before = format!("{:<1$}", lead.take().unwrap_or_default(), usize::from(LEAD));
            let mark = format!("{:<2}", if first { mark } else { "" });
            let spans = [Span::styled(before, theme.muted()), Span::styled(mark, style)];
            out.push(spans.into_iter().chain(row.spans).collect());
        }
    }
    if summary.widens {
        let said = "! widens what can be done: type the name below to save";
        out.extend(wrap([(said, theme.style(Tone::Warn))], room));
    }
    if summary.lines.is_empty() && !summary.silence.is_empty() {
        out.extend(wrap([(summary.silence, theme.muted())], room));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::{Consequence, Direction};
    use crate::ui::theme::Depth;

    fn drawn(summary: &Summary, room: u16) -> Vec<String> {
        lines(summary, room, &Theme::new(Depth::None)).iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn each_way_is_named_once_and_what_widens_is_marked() {
        let line = Consequence::new;
        let summary = Summary::new(vec![
            line(Direction::Gained, Weight::Widening, "log in to all nodes as root"),
            line(Direction::Gained, Weight::Usual, "log in to nodes env=dev as ada"),
            line(Direction::Lost, Weight::Usual, "read event"),
        ]);
        let expected = [
            "gained   ! log in to all",
            "           nodes as root",
            "           log in to nodes",
            "           env=dev as ada",
            "lost       read event",
            "! widens what can be done:",
            "type the name below to save",
        ];
        assert_eq!(drawn(&summary, 27), expected);
    }

    #[test]
    fn silence_is_told_only_where_it_means_something() {
        assert_eq!(drawn(&Summary::default(), 60), [""; 0]);
        let calm = Summary { silence: "nobody gains or loses anything by this", ..Summary::default() };
        assert_eq!(drawn(&calm, 60), ["nobody gains or loses anything by this"]);
    }
}
