//! What the person is doing: a stack of views, each a small state machine over the published snapshot.
//!
//! A view is given commands, keys where it takes text, and answers; it replies with a [`Step`]. It draws from what it has kept
//! and from the snapshot, and asks the world for nothing but by [`Effect`]. No clock, no network, no terminal here.

mod ask;
mod choose;
mod compare;
mod confirm;
mod drafts;
mod draw;
mod edit;
mod effect;
mod fields;
mod help;
mod list;
mod made;
mod overview;
mod page;
mod palette;
mod reading;
mod revisions;
mod sheet;
mod step;
mod trouble;
mod yaml;

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

pub use self::choose::TemplateMenu;
pub use self::confirm::Confirm;
pub use self::drafts::DraftsPage;
pub use self::draw::next_minute;
pub use self::edit::{EditView, Start};
pub use self::effect::{Draft, Effect, Offered, Outcome, Saved, Ticket, Tickets, Why};
pub use self::help::HelpPage;
pub use self::list::List;
pub use self::made::MadePage;
pub use self::overview::{Overview, Page as OverviewPage, is_asked, is_mine};
pub use self::page::DetailPage;
pub use self::palette::Palette;
pub use self::sheet::{CreateSheet, DeleteSheet, VerdictSheet};
pub use self::step::{Held, Move, Place, Step};
pub use self::yaml::YamlPage;
use crate::kind::{Action, Item, Kind, Right, Verb};
use crate::resource::{Now, Reference};
use crate::store::{Shelf, Snapshot};
use crate::ui::command::{Command, Group};
use crate::ui::footer::Hint;
use crate::ui::key::Key;
use crate::ui::keymap::Keymap;
use crate::ui::theme::Theme;

/// What was decided before the first frame.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a verdict can be taken back.
    pub hold: Duration,
    /// Whether the guard is shut for good.
    pub read_only: bool,
    /// Whether this is the demo.
    pub demo: bool,
    /// Who we are, until the server says so: user and certificate's end.
    pub user: String,
    /// When the certificate ends.
    pub certificate_ends: Option<std::time::SystemTime>,
    /// The cluster's name as the credentials have it.
    pub cluster: String,
    /// How that name is toned, so that a cluster where mistakes are dear is known at a glance.
    pub tone: crate::kind::Tone,
    /// Fewest bytes: no preview until it is asked for.
    pub low_bandwidth: bool,
}

/// What a view may know when it answers or draws.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The published state.
    pub snapshot: &'a Snapshot,
    /// The moment.
    pub now: Now,
    /// How things look.
    pub theme: &'a Theme,
    /// What keys mean.
    pub keymap: &'a Keymap,
    /// What was decided before.
    pub settings: &'a Settings,
    /// Where tickets come from.
    pub tickets: &'a Tickets,
    /// Where the view is drawn.
    pub area: Rect,
    /// Whether the read-only guard is shut.
    pub guarded: bool,
    /// Whether wide columns are asked for.
    pub wide: bool,
    /// What is held or was sent and not yet answered.
    pub busy: &'a [(Reference, String)],
    /// Texts written about resources in sheets that were left.
    pub kept: &'a BTreeMap<Reference, String>,
    /// What was saved from here, for as long as reads may lag behind.
    pub saved: &'a BTreeMap<Reference, Saved>,
    /// Unsaved texts of edits that were left.
    pub drafts: &'a BTreeMap<Reference, Draft>,
    /// When those of an earlier session were last changed.
    pub drafted: &'a BTreeMap<Reference, std::time::SystemTime>,
    /// When the program began to look.
    pub started: Instant,
}

/// Something a person is doing.
pub trait View: fmt::Debug {
    /// Answers a command, or passes it on.
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step;

    /// Takes a key before the keymap does, while it takes text.
    fn on_key(&mut self, _key: Key, _cx: &Context<'_>) -> Option<Step> {
        None
    }

    /// Takes a pasted text. Outside a text field a paste does nothing.
    fn on_paste(&mut self, _text: &str, _cx: &Context<'_>) -> Step {
        Step::done()
    }

    /// Whether it waits for the answer of this name.
    fn holds(&self, _ticket: Ticket) -> bool {
        false
    }

    /// Takes an answer it waited for.
    fn on_outcome(&mut self, _ticket: Ticket, _outcome: Outcome, _cx: &Context<'_>) -> Step {
        Step::done()
    }

    /// A frame drawn from this version of the state has been written to the terminal.
    fn on_shown(&mut self, _version: u64, _cx: &Context<'_>) {}

    /// Catches up with snapshot, size and time after anything has happened. `version` names the state it leaves behind.
    fn settle(&mut self, _version: u64, _cx: &Context<'_>) -> Step {
        Step::done()
    }

    /// Draws itself.
    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>);

    /// When its picture changes by itself.
    fn wake_at(&self, _cx: &Context<'_>) -> Option<Instant> {
        None
    }

    /// What the footer and help offer.
    fn offers(&self, cx: &Context<'_>) -> Vec<Hint>;

    /// Whether it floats over the view below.
    fn floats(&self) -> bool {
        false
    }

    /// What would be lost by leaving the program, in words for the question.
    fn unsaved(&self) -> Option<String> {
        None
    }

    /// The kind it is about, if it is about one.
    fn kind(&self) -> Option<&'static Kind> {
        None
    }

    /// The place of its own that keys are resolved in.
    fn group(&self) -> Option<Group> {
        None
    }

    /// Saves what it is about.
    fn save(&mut self, _cx: &Context<'_>) -> Step {
        Step::refuse("nothing to save here")
    }

    /// Throws away its unsaved text.
    fn discard(&mut self) -> Step {
        Step::refuse("nothing unsaved here")
    }

    /// Whether printable keys are text now.
    fn takes_text(&self) -> bool {
        false
    }

    /// The list, if it is one.
    fn as_list(&mut self) -> Option<&mut List> {
        None
    }
}

impl<'a> Context<'a> {
    /// The shelf of a kind.
    #[must_use]
    pub fn shelf(&self, kind: &'static Kind) -> &'a Shelf {
        self.snapshot.shelf(kind)
    }

    /// An item, if it is known.
    #[must_use]
    pub fn item(&self, kind: &'static Kind, reference: &Reference) -> Option<Item> {
        self.shelf(kind).find(reference)
    }

    /// The newest revision of a resource that was heard of: by a save of ours, or by the watch.
    #[must_use]
    pub fn newest(&self, kind: &'static Kind, reference: &Reference) -> String {
        let seen = self.item(kind, reference).map(|item| item.revision.to_string()).unwrap_or_default();
        let ours = self.saved.get(reference).filter(|saved| seen.is_empty() || saved.is_behind(&seen));
        ours.map_or(seen, |saved| saved.now.revision().to_owned())
    }

    /// The action that a name stands for on this server, for one of this wire's kind. A verdict has two ways; where the server
    /// has reviews it begins as a vote, elsewhere it is the override, and the sheet says which.
    #[must_use]
    pub fn action(&self, kind: &'static Kind, wire: &str, name: &str) -> Option<&'static Action> {
        let action = kind.action_on(name, wire)?;
        let crate::kind::Sheet::Verdict { other, .. } = action.sheet else { return Some(action) };
        let votes = action.needs.contains(&Verb::Review);
        if votes == self.snapshot.caller.server.reviews { Some(action) } else { kind.action(other).or(Some(action)) }
    }

    /// Why an action cannot be done to an item now, if so.
    #[must_use]
    pub fn why_not(&self, action: &Action, item: Option<&Item>) -> Option<String> {
        if let Some(reason) = self.closed(action.on, action.needs) {
            return Some(reason);
        }
        let item = item?;
        if let Some((_, what)) = self.busy.iter().find(|(reference, _)| *reference == item.reference) {
            return Some(what.clone());
        }
        (action.ready)(item, &self.snapshot.caller, self.now.wall).err().map(|refusal| refusal.0)
    }

    /// Why a write cannot be sent at all, if that is known here.
    #[must_use]
    pub fn closed(&self, wire: &str, needs: &[Verb]) -> Option<String> {
        if self.guarded {
            let how = if self.settings.read_only { "started with --read-only" } else { "! lifts it" };
            return Some(format!("read-only: {how}"));
        }
        let lacking = |verb: &&Verb| self.snapshot.caller.may(wire, **verb) == Right::No;
        let verb = needs.iter().find(lacking)?;
        Some(match verb {
            Verb::Review => "your roles do not let you review requests".to_owned(),
            verb => format!("your roles lack {wire}/{}", verb.word()),
        })
    }
}
