//! Everything that can happen to the program, as values.

use std::sync::Arc;

use crate::store::Snapshot;
use crate::ui::key::Key;
use crate::view::{Offered, Outcome, Ticket};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed. The moment that goes with it is when it was read, not when it was got round to.
    Key(Key),
    /// A text was pasted.
    Paste(String),
    /// The terminal has another size: columns and rows.
    Resize(u16, u16),
    /// The store has published something newer.
    Snapshot(Arc<Snapshot>),
    /// The world has answered.
    Outcome(Ticket, Outcome),
    /// The moment has come that was asked for.
    Wake,
    /// A frame that was drawn from this version is on the terminal.
    Shown(u64),
    /// Unsaved texts of an earlier session were found.
    Drafts(Vec<Offered>),
    /// Something in the outer half has something to say: a refused clipboard, a full disk.
    Said(crate::ui::notice::Notice),
    /// The person will not see what happens next, for this reason: an editor has the terminal, or the program ends.
    Unseen(&'static str),
    /// The process was told to end, by the signal with this number.
    Signal(u8),
}
