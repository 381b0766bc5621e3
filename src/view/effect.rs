//! What a view can ask of the world, and what the world answers: plain values.
//!
//! Both compare and print, so that a test reads as a story. Kinds and actions travel by their names, never as functions. What
//! is asked under a ticket is answered under it; an answer whose ticket nobody holds any more is dropped.

use std::cell::Cell;
use std::time::SystemTime;

use super::overview::Page;
use crate::api::Error;
use crate::document::Resource;
use crate::kind::{Done, Offer, Order, Sort};
use crate::resource::Reference;
use crate::store::journal::Revision;
use crate::store::save::SaveError;

/// Names one question, so that its answer finds the one who asked and nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Where tickets come from: each is given out once.
#[derive(Debug, Default)]
pub struct Tickets(Cell<u64>);

impl Tickets {
    /// One that nobody has.
    #[must_use]
    pub fn next(&self) -> Ticket {
        self.0.set(self.0.get() + 1);
        Ticket(self.0.get())
    }
}

/// What a whole resource is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A page about it.
    Detail,
    /// Its text.
    Yaml,
    /// A copy to edit.
    Edit,
    /// What a verdict or a deletion will be about.
    Sheet,
}

/// Text that is not saved yet, for the journal.
#[derive(Clone, PartialEq, Eq)]
pub enum Draft {
    /// Keep this text until it is let go.
    Keep {
        /// What it is a change of; a new resource has a reference of its own making.
        reference: Reference,
        /// The revision it began from; empty for something new.
        revision: String,
        /// The text it began as.
        base: String,
        /// All of it.
        text: String,
    },
    /// It was saved or thrown away.
    Drop(Reference),
}

/// The text itself is left out: a draft of a token holds its name.
impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keep { reference, revision, text, .. } => {
                write!(f, "Keep({reference} at {revision:?}, {} bytes)", text.len())
            }
            Self::Drop(reference) => write!(f, "Drop({reference})"),
        }
    }
}

/// An unsaved text of before, and when it was last changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The text.
    pub draft: Draft,
    /// When it was last changed.
    pub at: SystemTime,
}

/// What a save of ours made, and everything that reads may still show in its place while they lag behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The revisions that our saves replaced, one after the other.
    pub replaced: Vec<String>,
    /// The answer to the last one: the truth about what was written.
    pub now: Resource,
}

/// How many revisions in a row are remembered as replaced by us.
const REPLACED: usize = 32;

impl Saved {
    /// Another save: of the revision it was based on came this.
    #[must_use]
    pub fn and(before: Option<Self>, base: String, now: Resource) -> Self {
        // Only an unbroken row of our own saves may stand for each other.
        let row = before.filter(|before| before.now.revision() == base).map(|before| before.replaced);
        let mut replaced = row.unwrap_or_default();
        replaced.push(base);
        let extra = replaced.len().saturating_sub(REPLACED);
        replaced.drain(..extra);
        Self { replaced, now }
    }

    /// Whether a revision is one that we replaced: whoever shows it has not heard of our save yet.
    #[must_use]
    pub fn is_behind(&self, revision: &str) -> bool {
        !revision.is_empty() && self.replaced.iter().any(|replaced| replaced == revision)
    }
}

/// What can be asked of the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// List everything anew and look at the link.
    Refresh,
    /// Get one resource, whole.
    Fetch {
        /// The question's name.
        ticket: Ticket,
        /// The kind's name.
        kind: &'static str,
        /// Which one.
        reference: Reference,
        /// What for.
        why: Why,
    },
    /// Write a change, if nobody else has written since.
    Save {
        /// The question's name.
        ticket: Ticket,
        /// The kind's name.
        kind: &'static str,
        /// As it was fetched.
        base: Resource,
        /// As it shall be.
        edited: Resource,
    },
    /// Write something that must not exist yet.
    Create {
        /// The question's name.
        ticket: Ticket,
        /// The kind's name.
        kind: &'static str,
        /// All of it.
        resource: Resource,
    },
    /// Have an action done.
    Act {
        /// The question's name.
        ticket: Ticket,
        /// The kind's name.
        kind: &'static str,
        /// The action's name.
        action: &'static str,
        /// What the person ordered, with what they saw.
        order: Order,
    },
    /// Look up the earlier texts of what was saved from here.
    Revisions {
        /// The question's name.
        ticket: Ticket,
        /// The kind's name.
        kind: &'static str,
        /// Of which resource.
        reference: Reference,
    },
    /// Ask which roles one may request.
    Capabilities {
        /// The question's name.
        ticket: Ticket,
    },
    /// Put a long list in order, beside the screen.
    Arrange {
        /// The question's name.
        ticket: Ticket,
        /// The kind's name.
        kind: &'static str,
        /// The filter, as typed.
        filter: String,
        /// The columns to sort by.
        sort: Vec<Sort>,
        /// The moment that ages and what is left are measured from.
        now: SystemTime,
    },
    /// Gather the overview of a large cluster, beside the screen.
    Gather {
        /// The question's name.
        ticket: Ticket,
        /// When the certificate ends, which is among what ends.
        certificate_ends: Option<SystemTime>,
        /// The moment that the page is about.
        now: SystemTime,
    },
    /// Hand a text to the terminal's clipboard.
    Copy(String),
    /// Shut or open the read-only guard.
    Guard(bool),
    /// Keep or let go of unsaved text.
    Draft(Draft),
    /// Give a text to the person's own editor, the terminal with it.
    EditOutside {
        /// The question's name.
        ticket: Ticket,
        /// The text to begin with.
        text: String,
    },
    /// Note a verdict that was held and never sent.
    NotSent {
        /// The action's name.
        action: &'static str,
        /// On what.
        reference: Reference,
        /// Why it stayed here.
        why: String,
    },
    /// Give the terminal back until the shell brings us to the front again.
    Suspend,
    /// Draw every cell anew.
    Redraw,
    /// Ring once: somebody waits for this person's answer.
    Ring,
    /// Leave, with this exit code.
    Quit(u8),
}

/// What the world answered, under the ticket of the question.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// To a fetch.
    Fetched(Result<Resource, Error>),
    /// To a save: the resource as the server now has it.
    Saved(Result<Resource, SaveError>),
    /// To a creation.
    Created(Result<Resource, SaveError>),
    /// To an action.
    Done(Result<Done, Error>),
    /// To a question for capabilities: the roles that may be requested, and whether a reason is a must.
    Capabilities(Result<Offer, Error>),
    /// To a question for earlier texts, the newest first; or why there are none.
    Revisions(Result<Vec<Revision>, String>),
    /// To an order: the slots, and the epoch and generation of the shelf they are true for.
    Arranged {
        /// The shelf's epoch.
        epoch: u64,
        /// The shelf's generation.
        generation: u64,
        /// The slots that stay, in order.
        slots: Vec<u32>,
    },
    /// To an order that was not made: the same list has asked for another since.
    Overtaken,
    /// To a gathering.
    Gathered(Box<Page>),
    /// From the person's own editor: the text as it was left, or why there is none.
    EditedOutside(Result<String, String>),
}

impl Effect {
    /// The question's name, if an answer is to come.
    #[must_use]
    pub fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Fetch { ticket, .. }
            | Self::Save { ticket, .. }
            | Self::Create { ticket, .. }
            | Self::Act { ticket, .. }
            | Self::Revisions { ticket, .. }
            | Self::Capabilities { ticket }
            | Self::Arrange { ticket, .. }
            | Self::Gather { ticket, .. }
            | Self::EditOutside { ticket, .. } => Some(*ticket),
            _ => None,
        }
    }
}
