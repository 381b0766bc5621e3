//! The last line, which teaches: the keys that do something here and now, and why one cannot.
//!
//! Keys come from the live keymap, so a rebound key is taught as it is. What cannot be done is dimmed, with its reason as long
//! as there is room; what has no key is not shown.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::command::Command;
use super::keymap::Keymap;
use super::text::put_line;
use super::theme::Theme;

/// One thing that can be done here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What.
    pub command: Command,
    /// In other words than the table's, where the place has better ones.
    pub word: Option<&'static str>,
    /// Why it cannot be done now.
    pub refused: Option<String>,
}

impl Hint {
    /// Something that can be done.
    #[must_use]
    pub fn new(command: Command) -> Self {
        Self { command, word: None, refused: None }
    }

    /// In other words.
    #[must_use]
    pub fn word(self, word: &'static str) -> Self {
        Self { word: Some(word), ..self }
    }

    /// With the reason why not, if there is one.
    #[must_use]
    pub fn unless(self, refused: Option<String>) -> Self {
        Self { refused, ..self }
    }

    fn spans(&self, keymap: &Keymap, theme: &Theme, reason: bool) -> Option<Vec<Span<'static>>> {
        let key = keymap.key_of(self.command)?.to_string();
        let word = self.word.unwrap_or(self.command.entry().word);
        Some(match &self.refused {
            None => vec![Span::styled(key, theme.accent()), Span::styled(format!(" {word}"), theme.plain())],
            Some(why) if reason => vec![Span::styled(format!("{key} {word}: {why}"), theme.muted())],
            Some(_) => vec![Span::styled(format!("{key} {word} –"), theme.muted())],
        })
    }
}

/// Draws what can be done here, then what can be done anywhere, as many as fit. The keys of help are kept to the last.
pub fn draw(area: Rect, buf: &mut Buffer, theme: &Theme, keymap: &Keymap, here: &[Hint], anywhere: &[Hint]) {
    let room = usize::from(area.width.saturating_sub(2));
    let line = [true, false].map(|reasons| line(theme, keymap, here, anywhere, reasons));
    let [with, without] = line;
    let mut parts = if total(&with) <= room { with } else { without };
    while total(&parts) > room && parts.len() > 1 {
        // From the right, but what opens help goes last of all.
        let at = parts.iter().rposition(|(command, _)| *command != Command::Help).unwrap_or(0);
        parts.remove(at);
    }
    let spans: Vec<Vec<Span<'static>>> = parts.into_iter().map(|(_, spans)| spans).collect();
    let line: Line<'_> = spans.join(&Span::raw("   ")).into();
    put_line(buf, area.x + 1, area.y, area.width.saturating_sub(2), &line);
}

type Part = (Command, Vec<Span<'static>>);

fn line(theme: &Theme, keymap: &Keymap, here: &[Hint], anywhere: &[Hint], reasons: bool) -> Vec<Part> {
    let all = here.iter().chain(anywhere);
    all.filter_map(|hint| Some((hint.command, hint.spans(keymap, theme, reasons)?))).collect()
}

fn total(parts: &[Part]) -> usize {
    parts.iter().map(|(_, spans)| spans.iter().map(Span::width).sum::<usize>() + 3).sum::<usize>().saturating_sub(3)
}

/// What can be done almost anywhere, in the order of its weight.
#[must_use]
pub fn anywhere() -> Vec<Hint> {
    [Command::Filter, Command::Palette, Command::Help, Command::Quit].map(Hint::new).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    fn footer(width: u16, keymap: &Keymap) -> String {
        let own = Some("your own request".to_owned());
        let here =
            [Hint::new(Command::Approve).unless(own), Hint::new(Command::Mark), Hint::new(Command::Open).word("all of it")];
        let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
        draw(*buf.area(), &mut buf, &Theme::new(Depth::True), keymap, &here, &anywhere());
        shown(&buf).trim().to_owned()
    }

    #[test]
    fn what_does_not_fit_goes_from_the_right_but_help_stays() {
        let map = Keymap::default();
        let all = "a approve: your own request   Space mark   Enter all of it   / filter   : commands   ? keys   q quit";
        assert_eq!(footer(120, &map), all);
        assert_eq!(footer(90, &map), "a approve –   Space mark   Enter all of it   / filter   : commands   ? keys   q quit");
        assert_eq!(footer(60, &map), "a approve –   Space mark   Enter all of it   ? keys");
        assert_eq!(footer(10, &map), "? keys");
    }

    #[test]
    fn a_rebound_key_is_taught_as_it_is() {
        let overrides = BTreeMap::from([("approve".to_owned(), vec!["+".to_owned()]), ("mark".to_owned(), vec![])]);
        let line = footer(120, &Keymap::new(&overrides).0);
        assert!(line.starts_with("+ approve: your own request   Enter all of it"), "{line}");
    }
}
