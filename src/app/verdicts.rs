//! Actions on their way: held until they go out, sent until they are answered.
//!
//! A held verdict lives here and not in a view, so it survives leaving it. It is dropped, and said and journalled to be, when
//! the link is lost or the program ends. What was sent is never sent again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::api::{Error, Family};
use crate::kind::{Done, Tone};
use crate::resource::{Now, Reference};
use crate::ui::notice::Notice;
use crate::view::{Effect, Held, Ticket, Tickets};

/// Something that was sent and is not answered.
#[derive(Clone, Debug, PartialEq)]
struct Sent {
    says: String,
    reference: Reference,
}

/// Actions on their way.
#[derive(Debug, Default)]
pub struct Verdicts {
    held: Vec<Held>,
    sent: BTreeMap<Ticket, Sent>,
}

impl Verdicts {
    /// Takes an order: holds it, or sends it at once. One resource is not acted on twice at a time.
    pub fn take(&mut self, held: Held, now: Now, tickets: &Tickets) -> Result<Option<Effect>, String> {
        if let Some(busy) = self.busy_with(&held.order.reference) {
            return Err(busy);
        }
        if held.until <= now.mono {
            return Ok(Some(self.send(held, tickets)));
        }
        self.held.push(held);
        Ok(None)
    }

    fn busy_with(&self, reference: &Reference) -> Option<String> {
        self.busy().into_iter().find(|(other, _)| other == reference && !other.name().is_empty()).map(|(_, why)| why)
    }

    fn send(&mut self, held: Held, tickets: &Tickets) -> Effect {
        let ticket = tickets.next();
        self.sent.insert(ticket, Sent { says: held.says, reference: held.order.reference.clone() });
        Effect::Act { ticket, kind: held.kind, action: held.action, order: held.order }
    }

    /// Sends what has waited out its hold.
    pub fn due(&mut self, now: Now, tickets: &Tickets) -> Vec<Effect> {
        let (due, waiting): (Vec<_>, Vec<_>) = self.held.drain(..).partition(|held| held.until <= now.mono);
        self.held = waiting;
        due.into_iter().map(|held| self.send(held, tickets)).collect()
    }

    /// Takes the last held one back.
    pub fn take_back(&mut self) -> Option<Held> {
        self.held.pop()
    }

    /// Drops everything held, with the reason.
    pub fn drop_held(&mut self, why: &str) -> (Vec<Effect>, Vec<Notice>) {
        let dropped = self.held.drain(..).map(|held| {
            let said = Notice::new(Tone::Bad, &format!("{}: not sent: {why}", held.says));
            let effect = Effect::NotSent { action: held.action, reference: held.order.reference, why: why.to_owned() };
            (effect, said)
        });
        dropped.unzip()
    }

    /// What is held, with the whole seconds left.
    pub fn held(&self, now: Now) -> impl Iterator<Item = (&str, u64)> {
        self.held.iter().map(move |held| (held.says.as_str(), seconds(held.until, now)))
    }

    /// Whether something is held.
    pub fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// Whether this answer is waited for here.
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.sent.contains_key(&ticket)
    }

    /// Whether something was sent and is not answered.
    pub fn waits(&self) -> bool {
        !self.sent.is_empty()
    }

    /// What an answer means.
    pub fn answered(&mut self, ticket: Ticket, answer: Result<Done, Error>) -> Option<Notice> {
        let sent = self.sent.remove(&ticket)?;
        let says = sent.says;
        Some(match answer {
            Ok(Done::Said(said)) => Notice::new(Tone::Good, &said),
            Ok(Done::Changed(_)) => {
                Notice::new(Tone::Warn, &format!("{says}: not sent: it changed meanwhile; open it again and look"))
            }
            Ok(Done::Overtaken(state)) => {
                Notice::new(Tone::Warn, &format!("{says}: sent, but the server now has it as {state}"))
            }
            Err(error) => refused(&says, &error),
        })
    }

    /// Which resources are on their way, in words that answer a second press.
    pub fn busy(&self) -> Vec<(Reference, String)> {
        let held = self.held.iter().map(|held| (held.order.reference.clone(), format!("{} is held already", held.says)));
        let sent = self
            .sent
            .values()
            .map(|sent| (sent.reference.clone(), format!("{} was sent, its answer is not here yet", sent.says)));
        held.chain(sent).collect()
    }

    /// When the picture changes by itself.
    pub fn wake_at(&self, now: Now) -> Option<Instant> {
        let next = |until: Instant| {
            let left = until.saturating_duration_since(now.mono);
            let into = Duration::from_nanos(u64::from(left.subsec_nanos()));
            now.mono + if into.is_zero() { left.min(Duration::from_secs(1)) } else { into }
        };
        self.held.iter().map(|held| next(held.until)).min()
    }
}

/// Whole seconds, the one that has begun included.
fn seconds(until: Instant, now: Now) -> u64 {
    let left = until.saturating_duration_since(now.mono);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

/// A refusal in words that say what to do next.
fn refused(says: &str, error: &Error) -> Notice {
    let text = match error.family {
        Family::MfaRequired => {
            format!("{says}: this cluster wants a tap on a security key for it, which is not possible from here yet; use tctl")
        }
        Family::NoAnswer | Family::ConnectionProblem => {
            format!(
                "{says}: no answer, so it is not known whether it was done; look at it once the link is live. It is not sent again"
            )
        }
        Family::ReadOnly => format!("{says}: {error}"),
        _ => format!("{says}: refused: {error}"),
    };
    Notice::new(Tone::Bad, &text)
}
