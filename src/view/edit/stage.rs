//! Where an edit stands: fetching, in the text, with the keys given back, before the diff, waiting, in conflict.

use std::time::{Duration, Instant};

use super::super::Context;
use super::super::effect::Ticket;
use super::super::reading::Reading;
use super::conflict::Conflict;
use crate::document::{Line, Resource};
use crate::kind::{Summary, Template, Write};
use crate::resource::{Now, Reference};
use crate::ui::input::Field;
use crate::ui::key::{Code, Key};

/// What an edit begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A fresh copy of this one, in our editor.
    Fetch(Reference),
    /// A fresh copy of this one, in the person's own editor.
    Outside(Reference),
    /// A new one with the text of this one.
    Clone(Reference),
    /// A new one from one of the kind's own beginnings.
    Blank(&'static Template),
    /// An unsaved text of before that belongs to nothing on the server.
    Kept(Reference),
    /// A fresh copy of this one, with an earlier text in its place.
    Revert(Reference, String),
}

/// What a text began from, while the base is already a newer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancestor {
    /// Its revision.
    pub revision: String,
    /// It, as text.
    pub text: String,
}

/// Where it stands.
#[derive(Debug)]
pub enum Stage {
    /// Nothing was asked yet.
    New,
    /// The copy is on its way.
    Fetching {
        /// The question's name.
        ticket: Ticket,
        /// Since when.
        since: Instant,
    },
    /// There is nothing to edit, and why.
    Failed(String),
    /// The text has the keys.
    Text,
    /// The keys are commands again; the text is as it is.
    Keys,
    /// The person's own editor has it.
    Outside(Ticket),
    /// What saving would change, before it is sent.
    Review(Box<Review>),
    /// Sent, not answered.
    Saving {
        /// The question's name.
        ticket: Ticket,
        /// Since when.
        since: Instant,
    },
    /// Somebody else was first.
    Conflict(Box<Conflict>),
    /// Somebody deleted it: whether to create it anew.
    Gone,
}

impl Stage {
    /// The answer it waits for.
    pub fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Fetching { ticket, .. } | Self::Outside(ticket) | Self::Saving { ticket, .. } => Some(*ticket),
            _ => None,
        }
    }

    /// Whether nothing can be done until an answer comes.
    pub fn is_waiting(&self) -> bool {
        self.ticket().is_some()
    }

    /// When the picture changes by itself.
    pub fn wake_at(&self, now: Now) -> Option<Instant> {
        match self {
            Self::Fetching { since, .. } | Self::Saving { since, .. } => {
                let waited = now.mono.duration_since(*since);
                Some(if waited < AFTER { *since + AFTER } else { now.mono + Duration::from_secs(1) })
            }
            Self::Review(review) => review.reading.arms_at(now),
            _ => None,
        }
    }
}

/// What is waited for is named only after so long.
pub const AFTER: Duration = Duration::from_millis(300);

/// The page before a save: what it does to people, every line that would change, what would be lost unseen, and the call.
#[derive(Debug)]
pub struct Review {
    edited: Resource,
    /// The difference, in context.
    pub lines: Vec<Line>,
    /// What it comes to, in words.
    pub summary: Summary,
    /// Settings that this build does not know and that the edit would remove.
    pub lost: Vec<String>,
    /// The call, and whether the server itself compares the revision.
    pub write: Option<Write>,
    /// Whether it is something new.
    pub new: bool,
    /// How far it has been read.
    pub reading: Reading,
    /// Whether the send line has the keys.
    pub on_send: bool,
    /// Whether losing unseen settings was agreed to.
    pub agreed: bool,
    /// What must be typed before it can be sent, if anything.
    pub wanted: Option<String>,
    /// What was typed of it.
    pub typed: Field,
}

/// What a key on the page before a save comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The page goes on.
    Stays,
    /// It was to be sent, but the name is not typed, or another one is.
    Untyped(String),
    /// It is sent.
    Sent,
}

impl Review {
    /// A page that nobody has read yet.
    pub fn new(edited: Resource, lines: Vec<Line>, lost: Vec<String>, write: Option<Write>, new: bool) -> Self {
        let agreed = lost.is_empty();
        let (summary, reading, typed) = (Summary::default(), Reading::default(), Field::default());
        Self { edited, lines, summary, lost, write, new, reading, on_send: false, agreed, wanted: None, typed }
    }

    /// With what it comes to in words; a change that widens is sent only with this name typed.
    pub fn telling(self, summary: Summary, name: String) -> Self {
        let wanted = summary.widens.then_some(name);
        Self { summary, wanted, ..self }
    }

    /// As it shall be.
    pub fn edited(&self) -> &Resource {
        &self.edited
    }

    /// A frame of this version is on the terminal.
    pub fn shown(&mut self, version: u64, now: Now) {
        self.reading.shown(version, now);
    }

    /// Whether it can be sent by a key read now, but for the name.
    pub fn is_armed(&self, now: Now) -> bool {
        self.agreed && self.reading.is_armed(now)
    }

    /// Whether the name is typed, or need not be.
    pub fn is_typed(&self) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| self.typed.text() == wanted)
    }

    /// Takes a key; answers what it came to, or nothing if the key is not for this page.
    pub fn on(&mut self, key: Key, cx: &Context<'_>) -> Option<Answer> {
        let types = self.wanted.is_some() && self.agreed && !self.on_send;
        match key.code {
            Code::Tab => self.on_send = !self.on_send,
            Code::Enter if types => self.on_send = true,
            Code::Enter => return Some(self.send(cx)),
            Code::Down => self.reading.by(1),
            Code::Up => self.reading.by(-1),
            Code::PageDown => self.reading.page(1),
            Code::PageUp => self.reading.page(-1),
            Code::Esc => return None,
            Code::Char('c' | 'z' | 'l') if key.ctrl => return None,
            _ if types => {
                self.typed.on(key);
            }
            _ if key.ctrl => return None,
            Code::Char('j') => self.reading.by(1),
            Code::Char('k') => self.reading.by(-1),
            Code::Char('y') if !self.agreed => self.agreed = true,
            _ => {}
        }
        Some(Answer::Stays)
    }

    fn send(&self, cx: &Context<'_>) -> Answer {
        match &self.wanted {
            _ if !self.on_send || !self.is_armed(cx.now) => Answer::Stays,
            Some(wanted) if !self.is_typed() => Answer::Untyped(wanted.clone()),
            _ => Answer::Sent,
        }
    }
}
