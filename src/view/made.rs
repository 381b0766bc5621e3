//! The one page that shows a secret name: of something just made, once, with an explicit key to copy it.
//!
//! Everywhere else the name is masked. Leaving forgets it; what was made is in the list, where it can still be revealed for as
//! long as it exists.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::effect::Effect;
use super::{Context, Step, View, draw};
use crate::kind::Tone;
use crate::resource::Reference;
use crate::ui::command::Command;
use crate::ui::footer::Hint;

/// What was made, with its name.
#[derive(Debug)]
pub struct MadePage {
    reference: Reference,
}

impl MadePage {
    /// The page about something whose name is a secret.
    #[must_use]
    pub fn new(reference: Reference) -> Self {
        Self { reference }
    }
}

impl View for MadePage {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Back | Command::Quit => Step::pop(),
            Command::CopyField => {
                let said = format!("the name of {} sent to the terminal", self.reference);
                Step::ask(Effect::Copy(self.reference.name().to_owned())).say(Tone::Plain, said)
            }
            Command::Copy => Step::refuse("copy: its name is a secret; C copies it all the same"),
            Command::Cancel | Command::Suspend | Command::Redraw | Command::Help => Step::pass(command),
            // A key that was meant for what was there before must not put the name out of sight.
            _ => Step::done(),
        }
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        let key = |command| cx.keymap.key_of(command).map(|key| key.to_string()).unwrap_or_default();
        let keys = format!("{} copies it · {} leaves: from then on it is masked", key(Command::CopyField), key(Command::Back));
        let lines = [
            Line::styled("Its name is the secret with which one joins. It is shown this once:", cx.theme.plain()),
            Line::default(),
            Line::styled(crate::resource::clean(self.reference.name()).into_owned(), cx.theme.bold(Tone::Plain)),
            Line::default(),
            Line::styled(keys, cx.theme.muted()),
        ];
        let title = format!("{} was made", self.reference);
        draw::floating_lines(&title, &lines, area, frame, cx);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        [Command::CopyField, Command::Back].map(Hint::new).into()
    }

    fn floats(&self) -> bool {
        true
    }
}
