//! The published state: the link, who we are, every shelf, and what has just changed.
//!
//! A snapshot is never changed after it was published. It says since when it counts, because what happened before this
//! program looked was not seen.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::shelf::Shelf;
use crate::api::Caller;
use crate::kind::{ALL, Kind};
use crate::resource::Reference;

/// How the connection is, in the words the header has for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// The first dial is under way.
    #[default]
    Connecting,
    /// Watching. The round trip in steps, so that it repaints only when the step changes.
    Live {
        /// The upper end of the step the last round trip fell into.
        round_trip: Option<Duration>,
    },
    /// Asking again and again, since nothing that matters can be watched.
    Polling {
        /// How often.
        every: Duration,
    },
    /// Broken; what is shown is old.
    Stale {
        /// Since when.
        since: SystemTime,
        /// When it will be dialled again.
        retry_at: SystemTime,
        /// Why, in one line.
        reason: String,
    },
    /// Never reached, or given up for a reason that waiting will not mend soon.
    Offline {
        /// One line for each road tried.
        reasons: Vec<String>,
        /// When it will be dialled again.
        retry_at: SystemTime,
    },
    /// The certificate has ended: what to do about it.
    Expired {
        /// The command that makes a new one.
        hint: String,
    },
}

/// What happened to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is new.
    Came,
    /// Something a person could see is different.
    Changed,
    /// It is gone.
    Went,
}

/// Something that was seen to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When we saw it.
    pub at: SystemTime,
    /// To which resource.
    pub reference: Reference,
    /// What.
    pub verb: Verb,
    /// What it said of itself, in a few words, when it happened.
    pub summary: String,
}

/// The published state.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// How the connection is.
    pub link: LinkState,
    /// Who asks, and whom; empty until the first connection.
    pub caller: Arc<Caller>,
    /// The newest first; a few dozen.
    pub changes: Arc<[Change]>,
    /// Since when changes are counted: the first complete list.
    pub since: Option<SystemTime>,
    shelves: Vec<Shelf>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self::new(ALL.iter().map(|kind| Shelf::new(kind)).collect())
    }
}

impl Snapshot {
    /// A snapshot of these shelves, which stand in the order of [`ALL`].
    #[must_use]
    pub fn new(shelves: Vec<Shelf>) -> Self {
        Self { link: LinkState::Connecting, caller: Arc::default(), changes: Arc::default(), since: None, shelves }
    }

    /// The shelf of a kind.
    ///
    /// # Panics
    /// When the kind is not one of [`ALL`]: there is no other way to name one.
    #[must_use]
    pub fn shelf(&self, kind: &'static Kind) -> &Shelf {
        self.shelves.iter().find(|shelf| shelf.kind() == kind).expect("every kind in ALL has a shelf")
    }

    /// All shelves, in the order of [`ALL`].
    #[must_use]
    pub fn shelves(&self) -> &[Shelf] {
        &self.shelves
    }

    /// The last thing that happened to a resource, if it was seen.
    #[must_use]
    pub fn last_change(&self, reference: &Reference) -> Option<&Change> {
        self.changes.iter().find(|change| change.reference == *reference)
    }
}
