//! A question with two answers, for what is neither a verdict nor a save: leaving with something unsaved, opening the guard.
//!
//! `y` does it; everything else leaves things as they are. `Enter` is no answer, since it may have been meant for what was
//! there before.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{Context, Move, Step, View, draw};
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::key::{Code, Key};

/// The question.
#[derive(Debug)]
pub struct Confirm {
    title: String,
    lines: Vec<String>,
    yes: Option<Move>,
}

impl Confirm {
    /// A question, what there is to know before answering, and what `y` does.
    #[must_use]
    pub fn new(title: impl Into<String>, lines: Vec<String>, yes: Move) -> Self {
        Self { title: title.into(), lines, yes: Some(yes) }
    }
}

impl View for Confirm {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Cancel | Command::Suspend | Command::Redraw => Step::pass(command),
            _ => Step::pop(),
        }
    }

    fn on_key(&mut self, key: Key, _cx: &Context<'_>) -> Option<Step> {
        match key.code {
            Code::Char('y') if !key.ctrl => {
                let step = Step::pop();
                Some(match self.yes.take() {
                    Some(yes) => step.then(yes),
                    None => step,
                })
            }
            Code::Char(_) if key.ctrl => None,
            _ => Some(Step::pop()),
        }
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::question(&self.title, &self.lines, area, frame, cx);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        Vec::new()
    }

    fn floats(&self) -> bool {
        true
    }
}
