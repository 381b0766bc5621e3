//! The keys of the view below, from the live keymap, each dimmed with the reason where it cannot be used now.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{Context, Step, View, draw};
use crate::ui::command::Command;
use crate::ui::footer::Hint;

/// The keys of a view.
#[derive(Debug)]
pub struct HelpPage {
    offers: Vec<Hint>,
    scroll: usize,
    height: usize,
}

impl HelpPage {
    /// Of a view that offers these.
    #[must_use]
    pub fn new(offers: Vec<Hint>) -> Self {
        Self { offers, scroll: 0, height: 0 }
    }
}

impl View for HelpPage {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                let lines = draw::help_lines(&self.offers, cx).len();
                self.scroll = draw::scrolled(self.scroll, by, way, lines, self.height);
                Step::done()
            }
            Command::Back | Command::Quit | Command::Help => Step::pop(),
            Command::Cancel | Command::Suspend | Command::Redraw => Step::pass(command),
            // A key pressed in help is asked about, not for.
            _ => Step::done(),
        }
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        self.height = cx.area.height.saturating_sub(4).into();
        Step::done()
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::help(&self.offers, self.scroll, area, frame, cx);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        [Command::Back].map(Hint::new).into()
    }

    fn floats(&self) -> bool {
        true
    }
}
