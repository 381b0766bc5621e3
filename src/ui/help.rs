//! The keys of this view, from the live keymap.
//!
//! What the view does not answer to is left out, so that nothing is taught that does nothing here.

use ratatui::text::{Line, Span};

use super::command::{Command, Group, TABLE};
use super::key::Key;
use super::keymap::Keymap;
use super::text::width;
use super::theme::Theme;

/// Room for the keys.
const KEYS: u16 = 16;
/// Room for one of two columns beside each other.
const COLUMN: u16 = 52;

/// The help of one view as lines of at most this width: everything that `answers`, by group.
#[must_use]
pub fn lines(theme: &Theme, keymap: &Keymap, room: u16, answers: impl Fn(Command) -> bool) -> Vec<Line<'static>> {
    let mut groups: Vec<Vec<Line<'static>>> = Vec::new();
    for group in Group::ALL {
        let entries = TABLE.iter().filter(|entry| entry.group == group && answers(entry.command));
        let lines: Vec<_> = entries
            .filter_map(|entry| {
                let keys = told(keymap.keys_of(entry.command))?;
                Some(row(theme, &keys, entry.sentence))
            })
            .collect();
        if !lines.is_empty() {
            groups.push(std::iter::once(Line::styled(group.title(), theme.heading())).chain(lines).collect());
        }
    }
    if room >= 2 * COLUMN { beside(groups) } else { groups.join(&Line::default()) }
}

fn row(theme: &Theme, keys: &str, sentence: &str) -> Line<'static> {
    let blank = " ".repeat(KEYS.saturating_sub(width(keys)).max(1).into());
    Line::from(vec![
        Span::styled(keys.to_owned(), theme.accent()),
        Span::raw(blank),
        Span::styled(sentence.to_owned(), theme.plain()),
    ])
}

/// Groups in two columns, each where there is less so far.
fn beside(groups: Vec<Vec<Line<'static>>>) -> Vec<Line<'static>> {
    let [mut left, mut right] = [Vec::new(), Vec::new()];
    for group in groups {
        let column = if left.len() <= right.len() { &mut left } else { &mut right };
        if !column.is_empty() {
            column.push(Line::default());
        }
        column.extend(group);
    }
    let rows = left.len().max(right.len());
    left.resize(rows, Line::default());
    right.resize(rows, Line::default());
    let both = left.into_iter().zip(right);
    both.map(|(left, right)| {
        let blank = " ".repeat(usize::from(COLUMN).saturating_sub(left.width()));
        let blank = if right.width() == 0 { String::new() } else { blank };
        left.spans.into_iter().chain([Span::raw(blank)]).chain(right.spans).collect()
    })
    .collect()
}

/// Keys as they are told: `j Down`; nothing if there are none.
#[must_use]
pub fn told(keys: impl Iterator<Item = Key>) -> Option<String> {
    let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Depth;

    fn help(room: u16, answers: impl Fn(Command) -> bool) -> Vec<String> {
        let lines = lines(&Theme::new(Depth::None), &Keymap::default(), room, answers);
        lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn only_what_answers_is_taught() {
        let some = [Command::Approve, Command::Help, Command::Quit];
        let expected = [
            "ON AN ITEM",
            "a               open the sheet that approves",
            "",
            "EVERYWHERE",
            "?               the keys of this view",
            "q               back, at the top quit",
        ];
        assert_eq!(help(60, |command| some.contains(&command)), expected);
    }

    #[test]
    fn everything_fits_the_columns() {
        for room in [60, 110] {
            let lines = help(room, |_| true);
            assert!(lines.iter().all(|line| width(line) <= room), "{lines:#?}");
            for entry in TABLE {
                assert!(lines.iter().any(|line| line.contains(entry.sentence)), "{}", entry.name);
            }
        }
    }
}
