//! What a save changes, line by line: what goes and what comes, each with its sign, and a little of what stays around it.

use ratatui::text::{Line, Span};

use super::text::wrap;
use super::theme::Theme;
use super::yaml::seen;
use crate::document::{Line as Changed, Sign};
use crate::kind::Tone;

/// So many unchanged lines are kept around a change.
const AROUND: usize = 3;

/// Room at the left of every line: its number and its sign.
const MARGIN: u16 = 9;

/// The difference as lines of at most so many columns; longer stretches without a change are told as how many there are. Nothing
/// is cut: a change at the end of a long line is a change like any other, and is read before it is saved.
#[must_use]
pub fn lines(diff: &[Changed], theme: &Theme, room: u16) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let mut left_out = 0;
    for (at, line) in diff.iter().enumerate() {
        if is_near(diff, at) {
            gap(&mut out, std::mem::take(&mut left_out), theme);
            row(&mut out, line, theme, room.saturating_sub(MARGIN));
        } else {
            left_out += 1;
        }
    }
    gap(&mut out, left_out, theme);
    out
}

/// How many lines go and how many come.
#[must_use]
pub fn counts(diff: &[Changed]) -> (usize, usize) {
    let of = |sign| diff.iter().filter(|line| line.sign == sign).count();
    (of(Sign::Removed), of(Sign::Added))
}

fn is_near(diff: &[Changed], at: usize) -> bool {
    let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(diff.len());
    diff[around].iter().any(|line| line.sign != Sign::Same)
}

fn gap(out: &mut Vec<Line<'static>>, left_out: usize, theme: &Theme) {
    if left_out > 0 {
        let lines = if left_out == 1 { "line" } else { "lines" };
        out.push(Line::styled(format!("       · {left_out} {lines} as they were"), theme.muted()));
    }
}

fn row(out: &mut Vec<Line<'static>>, line: &Changed, theme: &Theme, room: u16) {
    let (sign, style) = match line.sign {
        Sign::Same => (" ", theme.muted()),
        Sign::Removed => ("-", theme.style(Tone::Bad)),
        Sign::Added => ("+", theme.style(Tone::Good)),
    };
    // A line that goes is counted in the old text, every other in the new one.
    let number = if line.sign == Sign::Removed { line.old } else { line.new };
    let number = number.map(|number| number.to_string()).unwrap_or_default();
    let mut margin = vec![Span::styled(format!("{number:>5}  "), theme.muted()), Span::styled(format!("{sign} "), style)];
    let text = seen(&line.text, style, theme);
    let mut wrapped = wrap(text.iter().map(|span| (span.content.as_ref(), span.style)), room);
    if wrapped.is_empty() {
        wrapped.push(Line::default());
    }
    for part in wrapped {
        margin.extend(part.spans);
        out.push(Line::from(margin));
        margin = vec![Span::raw(" ".repeat(MARGIN.into()))];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Depth;

    fn line(sign: Sign, n: usize, text: &str) -> Changed {
        Changed { sign, text: text.to_owned(), old: Some(n), new: Some(n) }
    }

    #[test]
    fn changes_stand_in_a_little_of_what_stays() {
        let mut diff: Vec<_> = (1..=9).map(|n| line(Sign::Same, n, "same")).collect();
        diff.insert(7, line(Sign::Removed, 8, "ttl: 8h"));
        diff.insert(8, line(Sign::Added, 8, "ttl: 12h\u{202e} at the end"));
        let lines: Vec<_> = lines(&diff, &Theme::new(Depth::None), 24).iter().map(ToString::to_string).collect();
        let expected = [
            "       · 4 lines as they were",
            "    5    same",
            "    6    same",
            "    7    same",
            "    8  - ttl: 8h",
            "    8  + ttl: ",
            "         12h⟨U+202E⟩ at ",
            "         the end",
            "    8    same",
            "    9    same",
        ];
        assert_eq!(lines, expected);
        assert_eq!(counts(&diff), (1, 1));
    }
}
