//! The whole program as a value: messages in, effects out, a picture whenever one is asked for.
//!
//! Pure but for what it is given: no await, no clock, no terminal. `runtime`, `executor` and `terminal` are the half that touches
//! the world.

mod command;
mod desk;
mod draw;
pub mod executor;
mod msg;
mod outside;
pub mod runtime;
mod terminal;
#[cfg(test)]
mod tests;
mod verdicts;
mod waiting;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ratatui::Frame;

use self::desk::Desk;
pub use self::msg::Msg;
pub use self::terminal::on_panic;
use self::verdicts::Verdicts;
use self::waiting::Waiting;
use self::world::World;
use crate::kind::Tone;
use crate::resource::{Now, Reference, coarse};
use crate::store::{LinkState, Snapshot};
use crate::ui::key::Key;
use crate::ui::keymap::Keymap;
use crate::ui::notice::{Notice, Notices};
use crate::ui::theme::Theme;
use crate::view::{Draft, Effect, Move, Offered, Outcome, Place, Saved, Settings, Step, Ticket, Tickets, is_asked};

/// Two presses of the key that cancels, no further apart, quit.
const TWICE: Duration = Duration::from_secs(2);

/// The whole program.
#[derive(Debug)]
pub struct App {
    world: World,
    desk: Desk,
    waiting: Waiting,
    notices: Notices,
    verdicts: Verdicts,
    under_way: BTreeSet<Ticket>,
    saving: BTreeMap<Ticket, (Reference, String)>,
    version: u64,
    dirty: bool,
    cancelled_at: Option<Instant>,
}

/// Where to begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// The kind whose list is in front; the overview if there is none.
    pub view: Option<&'static str>,
    /// Its filter.
    pub filter: Option<String>,
    /// A resource to open in the editor at once.
    pub edit: Option<Reference>,
}

impl App {
    /// A program that has seen nothing yet, on a terminal of this size.
    #[must_use]
    pub fn new(settings: Settings, theme: Theme, keymap: Keymap, size: (u16, u16), now: Now) -> Self {
        let world = World {
            snapshot: Arc::new(Snapshot::default()),
            theme,
            keymap,
            guarded: settings.read_only,
            settings,
            tickets: Tickets::default(),
            size,
            wide: false,
            busy: Vec::new(),
            kept: BTreeMap::new(),
            saved: BTreeMap::new(),
            drafts: BTreeMap::new(),
            drafted: BTreeMap::new(),
            started: now.mono,
        };
        Self {
            world,
            desk: Desk::new(),
            waiting: Waiting::default(),
            notices: Notices::default(),
            verdicts: Verdicts::default(),
            under_way: BTreeSet::new(),
            saving: BTreeMap::new(),
            version: 0,
            dirty: true,
            cancelled_at: None,
        }
    }

    /// Goes where the command line says.
    pub fn begin(&mut self, begin: Begin, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(view) = begin.view {
            let step = Step::go(Move::Go { place: Place::List(view), filter: begin.filter, cursor: None });
            self.apply(step, &mut effects, now);
        }
        if let Some(reference) = begin.edit
            && let Some(kind) = crate::kind::named(reference.kind())
        {
            let step = Step::push(crate::view::EditView::new(kind, crate::view::Start::Fetch(reference)));
            self.apply(step, &mut effects, now);
        }
        self.settle(&mut effects, now);
        effects
    }

    /// Takes what happened; answers what is to be done about it.
    pub fn update(&mut self, msg: Msg, now: Now) -> Vec<Effect> {
        self.version += 1;
        let mut effects = Vec::new();
        match msg {
            Msg::Key(key) => self.key(key, &mut effects, now),
            Msg::Paste(text) => {
                let step = self.desk.top().on_paste(&text, &self.world.cx(now));
                self.apply(step, &mut effects, now);
            }
            Msg::Resize(columns, rows) => self.world.size = (columns, rows),
            Msg::Snapshot(snapshot) => self.published(snapshot, &mut effects, now),
            Msg::Outcome(ticket, outcome) => self.outcome(ticket, outcome, &mut effects, now),
            Msg::Wake => {
                self.notices.tick(now.mono);
            }
            Msg::Shown(version) => {
                let cx = self.world.cx(now);
                self.desk.top().on_shown(version, &cx);
                // What a frame on the terminal changes is when keys begin to count; `wake_at` draws that.
                self.version -= 1;
                return effects;
            }
            Msg::Drafts(drafts) => self.offered(drafts, now),
            Msg::Said(notice) => self.notices.say(notice, now.mono),
            Msg::Unseen(why) => self.drop_held(why, &mut effects, now),
            Msg::Signal(number) => {
                self.drop_held("the program was told to end", &mut effects, now);
                effects.push(Effect::Quit(128 + number));
            }
        }
        effects.extend(self.verdicts.due(now, &self.world.tickets));
        self.world.busy = self.verdicts.busy();
        self.settle(&mut effects, now);
        self.waiting.count(&self.world.snapshot, now);
        self.note(&effects);
        self.under_way.extend(effects.iter().filter_map(Effect::ticket));
        self.dirty = true;
        effects
    }

    /// Whether the picture may differ from the last one that was drawn.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// The same; a picture is about to be drawn.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Names the state that a frame drawn now is drawn from.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether no answer is waited for.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Draws everything.
    pub fn render(&self, frame: &mut Frame<'_>, now: Now) {
        draw::render(self, frame, Now { wall: self.told(now).0, ..now });
    }

    /// The moment that is told on screen, which on a slow line goes on in steps, and until when it is.
    fn told(&self, now: Now) -> (SystemTime, Duration) {
        if self.world.settings.low_bandwidth { coarse(now.wall) } else { (now.wall, Duration::ZERO) }
    }

    /// When the picture changes by itself.
    #[must_use]
    pub fn wake_at(&self, now: Now) -> Option<Instant> {
        let (wall, lasts) = self.told(now);
        if lasts.is_zero() || now.still {
            return self.next(now);
        }
        // What is told by the coarse clock reads differently at its steps and never between; all else keeps its moment.
        let into = now.wall.duration_since(wall).unwrap_or_default();
        let clock = self.next(Now { wall, ..now }).map(|at| at.checked_sub(into).unwrap_or(at).max(now.mono + lasts));
        clock.into_iter().chain(self.next(Now { still: true, ..now })).min()
    }

    fn next(&self, now: Now) -> Option<Instant> {
        let cx = self.world.cx(now);
        let views = self.desk.visible().filter_map(|view| view.wake_at(&cx));
        let others = [self.notices.wake_at(), self.verdicts.wake_at(now), draw::next(self, now)];
        views.chain(others.into_iter().flatten()).min()
    }

    fn published(&mut self, snapshot: Arc<Snapshot>, effects: &mut Vec<Effect>, now: Now) {
        // Each dial reads the credentials anew, so what was known of them at the start may be old.
        let caller = &snapshot.caller;
        if caller.read_only {
            (self.world.settings.read_only, self.world.guarded) = (true, true);
        }
        self.world.settings.certificate_ends = caller.certificate_ends.or(self.world.settings.certificate_ends);
        let older = std::mem::replace(&mut self.world.snapshot, snapshot);
        for list in self.desk.lists_out_of_sight() {
            list.follow(&self.world.cx(now));
        }
        if is_asked(&self.world.snapshot, older.changes.first(), now.wall) {
            effects.push(Effect::Ring);
        }
        let lost = match &self.world.snapshot.link {
            LinkState::Live { .. } | LinkState::Polling { .. } | LinkState::Connecting => None,
            LinkState::Stale { .. } | LinkState::Offline { .. } => Some("the link was lost before it went out"),
            LinkState::Expired { .. } => Some("the certificate ended before it went out"),
        };
        if let Some(why) = lost {
            self.drop_held(why, effects, now);
        }
    }

    fn drop_held(&mut self, why: &str, effects: &mut Vec<Effect>, now: Now) {
        let (dropped, said) = self.verdicts.drop_held(why);
        effects.extend(dropped);
        for notice in said {
            self.notices.say(notice, now.mono);
        }
    }

    fn outcome(&mut self, ticket: Ticket, outcome: Outcome, effects: &mut Vec<Effect>, now: Now) {
        self.under_way.remove(&ticket);
        let saving = self.saving.remove(&ticket);
        if let (Some((reference, older)), Outcome::Saved(Ok(resource))) = (saving, &outcome) {
            let before = self.world.saved.remove(&reference);
            self.world.saved.insert(reference, Saved::and(before, older, resource.clone()));
        }
        if self.verdicts.waits_for(ticket) {
            if let Outcome::Done(answer) = outcome
                && let Some(notice) = self.verdicts.answered(ticket, answer)
            {
                self.notices.say(notice, now.mono);
            }
            return;
        }
        let Some(at) = self.desk.holder(ticket) else {
            tracing::debug!(ticket = ticket.0, "nobody waits for this answer any more");
            return;
        };
        let mut step = self.desk.view(at).on_outcome(ticket, outcome, &self.world.cx(now));
        if !self.desk.is_front(at) {
            // A view that something else stands before may end, but it does not move what is in front of it.
            let ends = step.moves.iter().any(|to| matches!(to, Move::Pop));
            step.moves.clear();
            if ends {
                self.desk.remove(at);
            }
        }
        self.apply(step, effects, now);
    }

    fn key(&mut self, key: Key, effects: &mut Vec<Effect>, now: Now) {
        self.notices.pressed(now.mono);
        let cx = self.world.cx(now);
        let Some(step) = self.desk.top().on_key(key, &cx) else {
            let keymap = &self.world.keymap;
            let command = match self.desk.front().group() {
                Some(group) => keymap.resolve_in(group, key),
                None => keymap.resolve(key),
            };
            if let Some(command) = command {
                self.run(command, effects, now);
            }
            return;
        };
        self.cancelled_at = None;
        self.apply(step, effects, now);
    }

    /// Remembers what effects mean for later edits: texts that are not saved, and saves whose answer will be the newest truth.
    fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Draft(draft @ Draft::Keep { reference, .. }) => {
                    self.world.drafts.insert(reference.clone(), draft.clone());
                }
                Effect::Draft(Draft::Drop(reference)) => {
                    self.world.drafted.remove(reference);
                    self.world.drafts.remove(reference);
                }
                Effect::Save { ticket, kind, base, .. } => {
                    let Some(Ok(reference)) = crate::kind::named(kind).map(|kind| kind.reference(base)) else { continue };
                    self.saving.insert(*ticket, (reference, base.revision().to_owned()));
                }
                _ => {}
            }
        }
    }

    /// Lets everything in sight catch up, until nothing moves any more.
    fn settle(&mut self, effects: &mut Vec<Effect>, now: Now) {
        // A view that opens another in `settle` would be a bug; the bound keeps it from hanging the program.
        for _ in 0..4 {
            let cx = self.world.cx(now);
            let steps: Vec<Step> = self.desk.visible_mut().map(|view| view.settle(self.version, &cx)).collect();
            let moved = steps.iter().any(|step| !step.moves.is_empty());
            for step in steps {
                self.apply(step, effects, now);
            }
            if !moved {
                break;
            }
        }
    }

    /// Unsaved texts of an earlier session. They are offered at once where nothing else is going on.
    fn offered(&mut self, drafts: Vec<Offered>, now: Now) {
        for Offered { draft, at } in drafts {
            if let Draft::Keep { reference, .. } = &draft
                && !self.world.drafts.contains_key(reference)
            {
                self.world.drafted.insert(reference.clone(), at);
                self.world.drafts.insert(reference.clone(), draft);
            }
        }
        let count = self.world.drafted.len();
        if count == 0 {
            return;
        }
        if self.desk.depth() == 1 && !self.desk.front().takes_text() {
            let page = crate::view::DraftsPage::new(&self.world.cx(now));
            self.desk.push(Box::new(page));
        } else {
            let texts = if count == 1 { "an unsaved text is" } else { "unsaved texts are" };
            self.say(Tone::Warn, &format!("{texts} kept from earlier: the palette has them under drafts"), now);
        }
    }

    fn say(&mut self, tone: Tone, text: &str, now: Now) {
        self.notices.say(Notice::new(tone, text), now.mono);
    }
}
