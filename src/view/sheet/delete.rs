//! The sheet that deletes: it names what will be gone, and wants the name typed.

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::draw;
use crate::kind::{Action, Item, Kind, Order, Seen, Sheet};
use crate::resource::Reference;
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::input::Field;
use crate::ui::key::{Code, Key};
use crate::view::reading::Reading;
use crate::view::{Context, Held, Move, Step, View};

/// A deletion being made.
#[derive(Debug)]
pub struct DeleteSheet {
    pub(super) kind: &'static Kind,
    pub(super) action: &'static Action,
    pub(super) reference: Reference,
    pub(super) typed: Field,
    pub(super) on_send: bool,
    pub(super) reading: Reading,
    /// The row as it was when the sheet opened, or when it last said that it had changed.
    shown: Option<Item>,
    pub(super) changed: bool,
}

impl DeleteSheet {
    /// A sheet with nothing typed.
    #[must_use]
    pub fn new(kind: &'static Kind, action: &'static Action, reference: Reference, cx: &Context<'_>) -> Self {
        let shown = cx.item(kind, &reference);
        let (typed, reading) = (Field::new(""), Reading::default());
        Self { kind, action, reference, typed, on_send: false, reading, shown, changed: false }
    }

    /// What the sheet is about, as it was shown.
    pub(super) fn shown(&self) -> Option<&Item> {
        self.shown.as_ref()
    }

    /// Whether somebody changed it since, beyond a sign of life.
    fn is_another(&self, item: &Item) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown != item || shown.revision != item.revision)
    }

    /// What must be typed: the name, or of a secret one the part that can be seen.
    pub(super) fn wanted(&self) -> String {
        let label = self.reference.label();
        if !self.reference.is_secret() {
            return self.reference.name().to_owned();
        }
        let seen = label.trim_start_matches('*');
        if seen.is_empty() { self.reference.kind().to_owned() } else { seen.to_owned() }
    }

    /// Whether the name must be typed at all.
    pub(super) fn asks_name(&self) -> bool {
        self.action.sheet == Sheet::Name
    }

    /// Whether it was typed, or need not be.
    pub(super) fn is_typed(&self) -> bool {
        !self.asks_name() || self.typed.text() == self.wanted()
    }

    fn send(&self, cx: &Context<'_>) -> Step {
        if !self.reading.is_armed(cx.now) {
            return Step::done();
        }
        if !self.is_typed() {
            return Step::refuse(format!("not deleted: type {} first", self.wanted()));
        }
        let Some(item) = self.shown.as_ref().filter(|_| cx.item(self.kind, &self.reference).is_some()) else {
            return Step::refuse("not deleted: the list does not have it any more");
        };
        if let Some(why) = cx.why_not(self.action, Some(item)) {
            return Step::refuse(format!("not deleted: {why}"));
        }
        let order = Order {
            reference: self.reference.clone(),
            seen: Seen::of(self.kind, item),
            reason: String::new(),
            roles: Vec::new(),
            duration: None,
            dry_run: false,
        };
        let says = format!("{} {}", self.action.name, self.reference);
        let held = Held { kind: self.kind.name, action: self.action.name, says, order, until: cx.now.mono };
        Step::pop().then(Move::Act { held: Box::new(held) })
    }
}

impl View for DeleteSheet {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Back | Command::Quit => Step::pop(),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        match key.code {
            Code::Tab => self.on_send = !self.on_send,
            Code::Enter if self.on_send => return Some(self.send(cx)),
            Code::Enter => self.on_send = true,
            Code::Esc => return Some(Step::pop()),
            Code::Char('c' | 'z' | 'l') if key.ctrl => return None,
            _ if !self.on_send => {
                self.typed.on(key);
            }
            _ => {}
        }
        Some(Step::done())
    }

    // The name is to be typed, not pasted: a paste proves only that it was copied.
    fn on_paste(&mut self, _text: &str, _cx: &Context<'_>) -> Step {
        Step::refuse("the name is to be typed")
    }

    fn on_shown(&mut self, version: u64, cx: &Context<'_>) {
        self.reading.shown(version, cx.now);
    }

    fn settle(&mut self, version: u64, cx: &Context<'_>) -> Step {
        if let Some(item) = cx.item(self.kind, &self.reference).filter(|item| self.is_another(item)) {
            // What was typed was typed about something else.
            self.changed |= self.shown.is_some();
            self.shown = Some(item.clone());
            self.typed = Field::new("");
            self.on_send = false;
            self.reading.begin_again();
        }
        self.reading.fit(1, 1, version);
        Step::done()
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::delete(self, area, frame, cx);
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        self.reading.arms_at(cx.now)
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        Vec::new()
    }

    fn floats(&self) -> bool {
        true
    }
}
