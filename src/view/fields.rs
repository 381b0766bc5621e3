//! Which field of a resource to copy. Secrets are not among them.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::effect::Effect;
use super::{Context, Step, View, draw};
use crate::kind::{Kind, Telling, Tone, Value};
use crate::resource::{Reference, Utc};
use crate::ui::command::{By, Command, Way};
use crate::ui::footer::Hint;
use crate::ui::key::{Code, Key};

/// The choice of a field.
#[derive(Debug)]
pub struct FieldMenu {
    title: String,
    /// What the field is called, and what would be copied.
    fields: Vec<(String, String)>,
    at: usize,
}

impl FieldMenu {
    /// What the list knows of a resource, field by field.
    #[must_use]
    pub fn new(kind: &'static Kind, reference: &Reference, cx: &Context<'_>) -> Self {
        let mut fields = Vec::new();
        if !reference.is_secret() {
            fields.push(("name".to_owned(), reference.name().to_owned()));
        }
        if let Some(item) = cx.item(kind, reference) {
            for (column, value) in kind.columns.iter().zip(&item.values) {
                let text = match value {
                    Value::None | Value::Heartbeat(_) => continue,
                    Value::Time(at) => Utc::new(*at).to_string(),
                    Value::Number(number) => number.to_string(),
                    value => value.parts().join(", "),
                };
                let secret = reference.is_secret() && text.contains(reference.name());
                if !secret && column.telling != Telling::Countdown && text != reference.name() {
                    fields.push((column.key(), text));
                }
            }
            fields.extend(item.labels.iter().map(|(key, value)| (format!("label {key}"), value.to_owned())));
        }
        Self { title: reference.to_string(), fields, at: 0 }
    }

    fn choose(&self) -> Step {
        let Some((name, text)) = self.fields.get(self.at) else { return Step::pop() };
        let said = format!("{} sent to the terminal", crate::resource::clean(name));
        let mut step = Step::pop().and(Effect::Copy(text.clone()));
        step = step.say(Tone::Plain, said);
        step
    }
}

impl View for FieldMenu {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                let far = if by == By::Line { 1 } else { self.fields.len() };
                let last = self.fields.len().saturating_sub(1);
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
        draw::menu(&format!("Copy a field of {}", self.title), &self.fields, self.at, area, frame, cx);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        [Command::Back].map(Hint::new).into()
    }

    fn floats(&self) -> bool {
        true
    }
}
