//! What something new begins as: a choice of the kind's templates, each with the sentence that says what it is for.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::edit::{EditView, Start};
use super::{Context, Move, Step, View, draw};
use crate::kind::{Kind, Template};
use crate::ui::command::{By, Command, Way};
use crate::ui::footer::Hint;
use crate::ui::key::{Code, Key};

/// The choice of a template.
#[derive(Debug)]
pub struct TemplateMenu {
    kind: &'static Kind,
    wire: &'static str,
    templates: &'static [Template],
    at: usize,
}

impl TemplateMenu {
    /// The templates for one of this wire's kind, the first chosen.
    #[must_use]
    pub fn new(kind: &'static Kind, wire: &'static str, templates: &'static [Template]) -> Self {
        Self { kind, wire, templates, at: 0 }
    }

    fn choose(&self) -> Step {
        let Some(template) = self.templates.get(self.at) else { return Step::pop() };
        Step::pop().then(Move::Push(Box::new(EditView::new(self.kind, Start::Blank(template)))))
    }
}

impl View for TemplateMenu {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                let far = if by == By::Line { 1 } else { self.templates.len() };
                let last = self.templates.len().saturating_sub(1);
                self.at = if way == Way::Up { self.at.saturating_sub(far) } else { (self.at + far).min(last) };
                Step::done()
            }
            Command::Back | Command::Quit => Step::pop(),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, _cx: &Context<'_>) -> Option<Step> {
        (key.code == Code::Enter).then(|| self.choose())
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        let rows: Vec<(String, String)> =
            self.templates.iter().map(|template| (template.name.to_owned(), template.about.to_owned())).collect();
        draw::menu(&format!("New {} · begin from", self.wire), &rows, self.at, area, frame, cx);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        [Command::Back].map(Hint::new).into()
    }

    fn floats(&self) -> bool {
        true
    }
}
