//! What all views look at: the snapshot, the looks, what is under way. Only the program changes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use ratatui::layout::Rect;

use crate::resource::{Now, Reference};
use crate::store::Snapshot;
use crate::ui::keymap::Keymap;
use crate::ui::layout::layout;
use crate::ui::theme::Theme;
use crate::view::{Context, Draft, Saved, Settings, Tickets};

/// What all views look at.
#[derive(Debug)]
pub struct World {
    pub(super) snapshot: Arc<Snapshot>,
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
