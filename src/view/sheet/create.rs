//! The sheet that asks for access: roles that may be requested, a reason, how long; tried without effect before it is sent.
//!
//! The server's own words about the trial are shown before the line that sends is armed. Whatever is edited after the trial
//! calls for another.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

use super::draw;
use crate::kind::{Action, Done, Kind, Offer, Order, Seen};
use crate::resource::{Reference, clean};
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::input::Field;
use crate::ui::key::{Code, Key};
use crate::view::effect::{Effect, Outcome, Ticket};
use crate::view::reading::Reading;
use crate::view::{Context, Held, Move, Step, View};

/// How far the trial is.
#[derive(Debug, PartialEq)]
pub(super) enum Trial {
    /// Not made, or of other words than stand here now.
    Not,
    /// Asked, not answered.
    Asked(Ticket),
    /// What the server would do.
    Would(String),
    /// What it would refuse.
    Refused(String),
}

/// A request being written.
#[derive(Debug)]
pub struct CreateSheet {
    pub(super) kind: &'static Kind,
    pub(super) action: &'static Action,
    pub(super) may: Option<Result<Offer, String>>,
    asked: Option<Ticket>,
    /// Roles, reason, duration.
    pub(super) fields: [Field; 3],
    /// Which field has the keys; 3 is the line that sends.
    pub(super) focus: usize,
    pub(super) trial: Trial,
    pub(super) reading: Reading,
}

/// The line that sends, after the fields.
const SEND: usize = 3;

impl CreateSheet {
    /// An empty request.
    #[must_use]
    pub fn new(kind: &'static Kind, action: &'static Action) -> Self {
        let fields = [Field::new(""), Field::new(""), Field::new("")];
        Self { kind, action, may: None, asked: None, fields, focus: 0, trial: Trial::Not, reading: Reading::default() }
    }

    fn roles(&self) -> Vec<String> {
        let words = self.fields[0].text().split([',', ' ']).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    }

    fn order(&self, dry_run: bool) -> Result<Order, String> {
        let roles = self.roles();
        if roles.is_empty() {
            return Err("which roles? separate several by commas".to_owned());
        }
        let reason = self.fields[1].text().trim().to_owned();
        if reason.is_empty() && matches!(&self.may, Some(Ok(may)) if may.reason_needed) {
            return Err("this cluster wants a reason".to_owned());
        }
        let text = self.fields[2].text().trim();
        let duration = if text.is_empty() { None } else { Some(span(text).ok_or("how long? write 8h, 90m or 2d")?) };
        let reference = Reference::new(self.kind.name, "");
        Ok(Order { reference, seen: Seen::default(), reason, roles, duration, dry_run })
    }

    fn press(&mut self, cx: &Context<'_>) -> Step {
        let trying = !matches!(self.trial, Trial::Would(_));
        if matches!(self.trial, Trial::Asked(_)) || (!trying && !self.reading.is_armed(cx.now)) {
            return Step::done();
        }
        let order = match self.order(trying) {
            Ok(order) => order,
            Err(why) => return Step::refuse(why),
        };
        if let Some(why) = cx.closed(self.action.on, self.action.needs) {
            return Step::refuse(format!("not sent: {why}"));
        }
        let (kind, action) = (self.kind.name, self.action.name);
        if trying {
            let ticket = cx.tickets.next();
            self.trial = Trial::Asked(ticket);
            return Step::ask(Effect::Act { ticket, kind, action, order });
        }
        let says = format!("request {}", clean(&order.roles.join(", ")));
        Step::pop().then(Move::Act { held: Box::new(Held { kind, action, says, order, until: cx.now.mono }) })
    }

    /// The first role that could complete what is typed.
    fn complete(&mut self) -> bool {
        let Some(Ok(may)) = &self.may else { return false };
        let text = self.fields[0].text();
        let start = text.rfind([',', ' ']).map_or(0, |at| at + 1);
        let begun = &text[start..];
        let fits = may.roles.iter().find(|role| role.starts_with(begun) && role.len() > begun.len());
        let Some(role) = fits.filter(|_| !begun.is_empty()) else { return false };
        self.fields[0] = Field::new(&format!("{}{role}", &text[..start]));
        true
    }

    fn typed(&mut self, key: Key) {
        if self.fields[self.focus].on(key) {
            self.trial = Trial::Not;
            self.reading.begin_again();
        }
    }
}

/// Reads `8h`, `90m`, `2d`, `1h30m`.
fn span(text: &str) -> Option<Duration> {
    let (mut total, mut digits) = (0_u64, String::new());
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(std::mem::take(&mut digits).parse::<u64>().ok()?.checked_mul(unit)?)?;
    }
    (digits.is_empty() && total > 0).then(|| Duration::from_secs(total))
}

impl View for CreateSheet {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Back | Command::Quit => Step::pop(),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        match key.code {
            Code::Tab if self.focus == 0 && !key.shift && self.complete() => self.trial = Trial::Not,
            Code::Tab if key.shift => self.focus = if self.focus == 0 { SEND } else { self.focus - 1 },
            Code::Down | Code::Tab => self.focus = if self.focus == SEND { 0 } else { self.focus + 1 },
            Code::Up => self.focus = self.focus.saturating_sub(1),
            Code::Enter if self.focus == SEND => return Some(self.press(cx)),
            Code::Enter => self.focus += 1,
            Code::Esc => return Some(Step::pop()),
            Code::Char('c' | 'z' | 'l') if key.ctrl => return None,
            _ if self.focus < SEND => self.typed(key),
            _ => {}
        }
        Some(Step::done())
    }

    fn on_paste(&mut self, text: &str, _cx: &Context<'_>) -> Step {
        if let Some(field) = self.fields.get_mut(self.focus) {
            field.paste(text);
            self.trial = Trial::Not;
        }
        Step::done()
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.asked == Some(ticket) || self.trial == Trial::Asked(ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, _cx: &Context<'_>) -> Step {
        match outcome {
            Outcome::Capabilities(answer) => {
                self.asked = None;
                self.may = Some(answer.map_err(|error| error.to_string()));
            }
            Outcome::Done(Ok(Done::Said(said) | Done::Overtaken(said))) => self.trial = Trial::Would(said),
            Outcome::Done(Ok(Done::Changed(_))) => self.trial = Trial::Not,
            Outcome::Done(Err(error)) => self.trial = Trial::Refused(error.to_string()),
            _ => {}
        }
        self.reading.begin_again();
        Step::done()
    }

    fn on_shown(&mut self, version: u64, cx: &Context<'_>) {
        self.reading.shown(version, cx.now);
    }

    fn settle(&mut self, version: u64, cx: &Context<'_>) -> Step {
        self.reading.fit(1, 1, version);
        if self.may.is_none() && self.asked.is_none() {
            let ticket = cx.tickets.next();
            self.asked = Some(ticket);
            return Step::ask(Effect::Capabilities { ticket });
        }
        Step::done()
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::create(self, area, frame, cx);
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

    fn unsaved(&self) -> Option<String> {
        let typed = self.fields.iter().any(|field| !field.text().is_empty());
        typed.then(|| "the request for access is not sent".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, seconds) in [("8h", 28_800), ("90m", 5_400), ("1h30m", 5_400), ("2d", 172_800)] {
            assert_eq!(span(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "8", "h", "8x", "-1h", "0h", "99999999999999999999h"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
