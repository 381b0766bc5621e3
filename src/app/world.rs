//! What all views look at: the snapshot, the looks, what is under way. Only the program changes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use ratatui::layout::Rect;

use crate::api::Caller;
use crate::kind::{Concern, Item};
use crate::resource::{Now, Reference};
use crate::store::{Shelf, Snapshot};
use crate::ui::keymap::Keymap;
use crate::ui::layout::layout;
use crate::ui::theme::Theme;
use crate::view::{Context, Draft, Saved, Settings, Tickets};

/// What all views look at.
#[derive(Debug)]
pub struct World {
    pub(super) snapshot: Arc<Snapshot>,
    /// How many of each kind wait for an answer of mine, in the order of the shelves.
    pub(super) waiting: Vec<usize>,
    pub(super) theme: Theme,
    pub(super) keymap: Keymap,
    pub(super) settings: Settings,
    pub(super) tickets: Tickets,
    pub(super) size: (u16, u16),
    pub(super) guarded: bool,
    pub(super) wide: bool,
    pub(super) busy: Vec<(Reference, String)>,
    pub(super) kept: BTreeMap<Reference, String>,
    pub(super) saved: BTreeMap<Reference, Saved>,
    pub(super) drafts: BTreeMap<Reference, Draft>,
    pub(super) drafted: BTreeMap<Reference, SystemTime>,
    pub(super) started: Instant,
}

impl World {
    /// Takes a newer state of the cluster. What waits is counted now and not in each frame, and not again while nothing changed.
    pub(super) fn take(&mut self, snapshot: Arc<Snapshot>, now: SystemTime) -> Arc<Snapshot> {
        let older = std::mem::replace(&mut self.snapshot, snapshot);
        let same_caller = older.caller == self.snapshot.caller;
        self.waiting.resize(self.snapshot.shelves().len(), 0);
        for (count, (shelf, before)) in self.waiting.iter_mut().zip(self.snapshot.shelves().iter().zip(older.shelves())) {
            let same = (shelf.epoch(), shelf.generation()) == (before.epoch(), before.generation());
            if !(same && same_caller) {
                *count = waiting(shelf, &self.snapshot.caller, now);
            }
        }
        older
    }

    /// What a view may know at this moment.
    pub(super) fn cx(&self, now: Now) -> Context<'_> {
        let screen = Rect::new(0, 0, self.size.0, self.size.1);
        Context {
            snapshot: &self.snapshot,
            now,
            theme: &self.theme,
            keymap: &self.keymap,
            settings: &self.settings,
            tickets: &self.tickets,
            area: layout(screen).map_or(Rect::default(), |parts| parts.body),
            guarded: self.guarded,
            wide: self.wide,
            busy: &self.busy,
            kept: &self.kept,
            saved: &self.saved,
            drafts: &self.drafts,
            drafted: &self.drafted,
            started: self.started,
        }
    }
}

/// How many of one shelf wait for an answer of mine; of what nobody answers, none.
fn waiting(shelf: &Shelf, caller: &Caller, now: SystemTime) -> usize {
    let kind = shelf.kind();
    if kind.verdicts(caller).is_none() {
        return 0;
    }
    let waits = |item: &Item| {
        matches!((kind.concern)(item, now), Some(Concern::Waiting(_))) && crate::view::is_mine(kind, item, caller, now)
    };
    shelf.iter().filter(|(_, row)| waits(&row.item())).count()
}
