//! The sheet of a verdict: the whole request from a fresh read, the call it will be, a reason, and a line that sends it.
//!
//! The line is armed once the end of the request has been on the terminal. If the request changes while the sheet is open, it
//! is fetched and read anew. What is sent waits out a hold in the program, not here.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{draw, item_of};
use crate::api::Error;
use crate::document::Resource;
use crate::kind::{Action, Kind, Order, Seen, Sheet};
use crate::resource::Reference;
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::input::Field;
use crate::ui::key::{Code, Key};
use crate::view::effect::{Effect, Outcome, Ticket, Why};
use crate::view::reading::Reading;
use crate::view::{Context, Held, Move, Step, View};

/// Which part of the sheet has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Focus {
    /// Vote or override.
    Way,
    /// The reason.
    Reason,
    /// The line that sends.
    Send,
    /// None of it: keys are commands again.
    Nothing,
}

/// The request as far as it is known here.
#[derive(Debug)]
pub(super) enum Fetched {
    /// It has not been asked for.
    Not,
    /// It is on its way.
    Asked(Ticket, Instant),
    /// It cannot be had.
    Failed(Error),
    /// It is here, with what the verdict would be about.
    Here(Resource, Seen),
}

/// A verdict being made.
#[derive(Debug)]
pub struct VerdictSheet {
    pub(super) kind: &'static Kind,
    pub(super) action: &'static Action,
    pub(super) other: Option<&'static Action>,
    pub(super) reference: Reference,
    pub(super) fetched: Fetched,
    pub(super) reason: Field,
    pub(super) focus: Focus,
    pub(super) reading: Reading,
    pub(super) changed: bool,
    watched: Option<Seen>,
}

impl VerdictSheet {
    /// A sheet that has yet to fetch its request. A reason written for it before is there again.
    #[must_use]
    pub fn new(kind: &'static Kind, action: &'static Action, reference: Reference, cx: &Context<'_>) -> Self {
        // The other way is offered only where the server has both.
        let other = match action.sheet {
            Sheet::Verdict { other, .. } if cx.snapshot.caller.server.reviews => kind.action(other),
            _ => None,
        };
        Self {
            kind,
            action,
            other,
            fetched: Fetched::Not,
            reason: Field::new(cx.kept.get(&reference).map_or("", String::as_str)),
            focus: Focus::Reason,
            reading: Reading::default(),
            changed: false,
            watched: None,
            reference,
        }
    }

    pub(super) fn reason_needed(&self) -> bool {
        matches!(self.action.sheet, Sheet::Verdict { reason_needed: true, .. })
    }

    fn fetch(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.fetched = Fetched::Asked(ticket, cx.now.mono);
        self.reading.begin_again();
        Step::ask(Effect::Fetch { ticket, kind: self.kind.name, reference: self.reference.clone(), why: Why::Sheet })
    }

    /// What the list has of it now.
    fn listed(&self, cx: &Context<'_>) -> Option<Seen> {
        cx.item(self.kind, &self.reference).map(|item| Seen::of(self.kind, &item))
    }

    /// Why it cannot be sent, if so.
    pub(super) fn why_not(&self, cx: &Context<'_>) -> Option<String> {
        let Fetched::Here(resource, _) = &self.fetched else { return Some("the request is not here yet".to_owned()) };
        let Some(item) = item_of(self.kind, resource) else { return Some("the request cannot be read".to_owned()) };
        cx.why_not(self.action, Some(&item))
    }

    fn send(&mut self, cx: &Context<'_>) -> Step {
        if !self.reading.is_armed(cx.now) {
            return Step::done();
        }
        if let Some(why) = self.why_not(cx) {
            return Step::refuse(format!("not sent: {why}"));
        }
        let Fetched::Here(_, seen) = &self.fetched else { return Step::done() };
        let reason = self.reason.text().trim().to_owned();
        if self.reason_needed() && reason.is_empty() {
            self.focus = Focus::Reason;
            return Step::refuse("not sent: a denial needs a reason");
        }
        let order = Order {
            reference: self.reference.clone(),
            seen: seen.clone(),
            reason,
            roles: Vec::new(),
            duration: None,
            dry_run: false,
        };
        let (kind, action) = (self.kind.name, self.action.name);
        let says = self.says();
        let held = Held { kind, action, says, order, until: cx.now.mono + cx.settings.hold };
        Step::pop().then(Move::Act { held: Box::new(held) })
    }

    /// What it says while it is held: `approve 018f… (vote)`.
    fn says(&self) -> String {
        let (what, meaning) = self.action.title.split_once(" · ").unwrap_or((self.action.name, ""));
        let way = meaning.split(':').next().unwrap_or_default();
        let way = if way.is_empty() { String::new() } else { format!(" ({way})") };
        format!("{} {}{way}", what.to_lowercase(), self.reference.label())
    }

    fn focus_on(&mut self, back: bool) {
        let order: &[Focus] =
            if self.other.is_some() { &[Focus::Way, Focus::Reason, Focus::Send] } else { &[Focus::Reason, Focus::Send] };
        let at = order.iter().position(|focus| *focus == self.focus);
        let last = order.len() - 1;
        self.focus = match (at, back) {
            (None, _) => Focus::Send,
            (Some(at), false) => order[if at == last { 0 } else { at + 1 }],
            (Some(at), true) => order[if at == 0 { last } else { at - 1 }],
        };
    }

    fn turn(&mut self) {
        if let Some(other) = self.other.replace(self.action) {
            self.action = other;
            // It is another call with another meaning: what was read above is the same, but the line is not.
            self.reading.begin_again();
        }
    }

    fn leave(&self) -> Step {
        Step::pop().then(Move::Keep(self.reference.clone(), self.reason.text().to_owned()))
    }
}

impl View for VerdictSheet {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Back | Command::Quit => self.leave(),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        match key.code {
            Code::Tab => self.focus_on(key.shift),
            Code::PageDown => self.reading.page(1),
            Code::PageUp => self.reading.page(-1),
            Code::Down => self.reading.by(1),
            Code::Up => self.reading.by(-1),
            Code::Esc if self.focus != Focus::Nothing => self.focus = Focus::Nothing,
            Code::Esc => return None,
            Code::Enter => match self.focus {
                Focus::Send => return Some(self.send(cx)),
                Focus::Way => self.turn(),
                Focus::Reason => self.focus = Focus::Send,
                Focus::Nothing => self.focus = Focus::Reason,
            },
            Code::Char(' ') | Code::Left | Code::Right if self.focus == Focus::Way => self.turn(),
            Code::Char('c' | 'z' | 'l') if key.ctrl => return None,
            _ if self.focus == Focus::Reason => {
                self.reason.on(key);
            }
            Code::Char('i') if self.focus == Focus::Nothing => self.focus = Focus::Reason,
            Code::Char('j') if self.focus == Focus::Nothing => self.reading.by(1),
            Code::Char('k') if self.focus == Focus::Nothing => self.reading.by(-1),
            _ if self.focus == Focus::Nothing => return None,
            _ => {}
        }
        Some(Step::done())
    }

    fn on_paste(&mut self, text: &str, _cx: &Context<'_>) -> Step {
        if self.focus == Focus::Reason {
            self.reason.paste(text);
        }
        Step::done()
    }

    fn holds(&self, ticket: Ticket) -> bool {
        matches!(self.fetched, Fetched::Asked(held, _) if held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, cx: &Context<'_>) -> Step {
        self.fetched = match outcome {
            Outcome::Fetched(Ok(resource)) => {
                let seen = item_of(self.kind, &resource).map(|item| Seen::of(self.kind, &item)).unwrap_or_default();
                Fetched::Here(resource, seen)
            }
            Outcome::Fetched(Err(error)) => Fetched::Failed(error),
            _ => return Step::done(),
        };
        self.watched = self.listed(cx);
        Step::done()
    }

    fn on_shown(&mut self, version: u64, cx: &Context<'_>) {
        self.reading.shown(version, cx.now);
    }

    fn settle(&mut self, version: u64, cx: &Context<'_>) -> Step {
        if matches!(self.fetched, Fetched::Not) {
            return self.fetch(cx);
        }
        if matches!(self.fetched, Fetched::Here(..)) && self.listed(cx) != self.watched {
            self.changed = true;
            return self.fetch(cx);
        }
        if matches!(self.fetched, Fetched::Here(..)) {
            let drawn = draw::verdict_size(self, cx);
            self.reading.fit(drawn.height, drawn.rows, version);
        }
        Step::done()
    }

    fn takes_text(&self) -> bool {
        self.focus != Focus::Nothing
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::verdict(self, area, frame, cx);
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        match &self.fetched {
            Fetched::Asked(_, since) => Some(*since + Duration::from_millis(300)).filter(|at| *at > cx.now.mono),
            _ => self.reading.arms_at(cx.now),
        }
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        Vec::new()
    }

    fn floats(&self) -> bool {
        true
    }

    fn unsaved(&self) -> Option<String> {
        (!self.reason.text().is_empty()).then(|| format!("the verdict on {} is not sent", self.reference.label()))
    }
}
