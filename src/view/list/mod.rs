//! The list of one kind, with its filter line, order, marks and a preview of the row under the cursor.
//!
//! Rows come from the snapshot; the list keeps only their order. Longer lists are put in order beside the screen, and the
//! newest answer wins. Nothing here moves the cursor but the person.

mod draw;
mod order;
mod rows;
mod typing;

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

use self::rows::Rows;
use super::effect::{Outcome, Ticket};
use super::{Context, Step, View, ask};
use crate::kind::{Kind, Shown, Sort, Tone};
use crate::resource::Reference;
use crate::store::{Phase, Shelf};
use crate::ui::command::{By, Command, Way};
use crate::ui::footer::Hint;
use crate::ui::input::Field;
use crate::ui::key::Key;

/// A list no longer than this is put in order between a key and its frame.
const AT_ONCE: usize = 2_000;
/// New rows wait for the next order, which is made at most so often.
const REST: Duration = Duration::from_millis(250);
/// A filter on times is tried again so often, since time passes while nothing changes.
const AGED: Duration = Duration::from_secs(10);
/// The preview follows a cursor that has rested so long.
const SETTLES: Duration = Duration::from_millis(50);
/// So many moves within one frame were no walk from row to row.
const JUMP: u32 = 32;

/// What an order was made for.
#[derive(Clone, Debug, PartialEq)]
struct Made {
    epoch: u64,
    generation: u64,
    filter: String,
    sort: Vec<Sort>,
}

/// The list of one kind.
#[derive(Debug)]
pub struct List {
    kind: &'static Kind,
    rows: Rows,
    filter: String,
    broken: Option<String>,
    typing: Option<Field>,
    sort: Vec<Sort>,
    made: Option<Made>,
    made_at: Option<Instant>,
    /// The order that was asked for, of what, and how many were gone then.
    under_way: Option<(Ticket, Made, usize)>,
    wanted: Option<Reference>,
    moved_at: Option<Instant>,
    /// Whether the rows were scrolled since it last rested.
    scrolled: bool,
    /// Moves of which no frame has been on the terminal.
    unseen: u32,
    previewed: Option<Reference>,
    revealed: Option<Reference>,
}

impl List {
    /// A list that has not looked at anything yet.
    #[must_use]
    pub fn new(kind: &'static Kind) -> Self {
        Self {
            kind,
            rows: Rows::new(Shelf::new(kind)),
            filter: String::new(),
            broken: None,
            typing: None,
            sort: kind.sort.to_vec(),
            made: None,
            made_at: None,
            under_way: None,
            wanted: None,
            moved_at: None,
            scrolled: false,
            unseen: 0,
            previewed: None,
            revealed: None,
        }
    }

    /// Filters by this text from now on.
    pub fn set_filter(&mut self, filter: String) {
        self.typing = None;
        self.filter = filter;
    }

    /// Puts the cursor on a resource as soon as it has a row.
    pub fn seek(&mut self, reference: Reference) {
        self.wanted = Some(reference);
    }

    /// Follows the published state out of sight. Rows of a deal that is over are not kept for a list that nobody sees: they may
    /// be a whole cluster's.
    pub fn follow(&mut self, cx: &Context<'_>) {
        if !self.rows.follow(cx.shelf(self.kind)) {
            self.rows.let_go();
            self.made = None;
        }
    }

    /// The filter that is in force, for the line above the rows.
    #[must_use]
    pub fn filter(&self) -> &str {
        &self.filter
    }

    fn moved(&mut self, by: isize, cx: &Context<'_>) -> Step {
        let (before, top) = (self.rows.cursor().cloned(), self.rows.top());
        let rested = self.moved_at.is_none_or(|at| cx.now.mono >= at + SETTLES);
        self.rows.step(by);
        if self.rows.cursor() == before.as_ref() {
            // Against the end there is nothing to wait for: the cursor rests.
            self.moved_at = None;
        } else {
            if rested {
                (self.previewed, self.scrolled) = (before, false);
            }
            self.scrolled |= self.rows.top() != top;
            self.unseen += 1;
            // So many at once are one jump, and after a jump the cursor rests.
            self.moved_at = (self.unseen < JUMP).then_some(cx.now.mono);
            self.revealed = None;
        }
        Step::done()
    }

    /// The row that the preview is about: the cursor's once it has rested, till then the one before.
    fn preview(&self, cx: &Context<'_>) -> Option<&Reference> {
        let rests = self.moved_at.is_none_or(|at| cx.now.mono >= at + SETTLES);
        let old = self.previewed.as_ref().filter(|old| self.rows.find(old).is_some());
        if rests { self.rows.cursor() } else { old.or(self.rows.cursor()) }
    }

    fn sorted_by(&mut self) -> Step {
        let shown: Vec<_> = self.kind.columns.iter().filter(|column| column.shown != Shown::Hidden).collect();
        let at = self.sort.first().and_then(|sort| shown.iter().position(|column| column.title == sort.column));
        let next = at.map_or(0, |at| (at + 1) % shown.len().max(1));
        if let Some(column) = shown.get(next) {
            self.sort_by(Sort::ascending(column.title));
        }
        Step::done()
    }

    /// Sorts by this column first and, where it says nothing, as the kind begins.
    pub fn sort_by(&mut self, sort: Sort) {
        let rest = self.kind.sort.iter().filter(|other| other.column != sort.column);
        self.sort = std::iter::once(sort).chain(rest.copied()).collect();
    }

    fn on_item(&mut self, command: Command, cx: &Context<'_>) -> Step {
        let marked = self.rows.marked();
        if !marked.is_empty() && matches!(command, Command::Approve | Command::Deny | Command::Delete) {
            return ask::on_each(command, self.kind, &marked, cx);
        }
        match self.rows.cursor() {
            Some(cursor) => ask::on(command, self.kind, cursor, cx),
            None => Step::refuse(format!("{}: no row is selected", command.entry().word)),
        }
    }

    fn back(&mut self, command: Command) -> Step {
        if self.rows.unmark() {
            return Step::done();
        }
        if self.filter.is_empty() {
            return Step::pass(command);
        }
        self.filter.clear();
        Step::done()
    }

    fn reveal(&mut self) -> Step {
        let Some(cursor) = self.rows.cursor() else { return Step::refuse("reveal: no row is selected") };
        if !cursor.is_secret() {
            return Step::refuse("reveal: nothing here is masked");
        }
        self.revealed = if self.revealed.as_ref() == Some(cursor) { None } else { Some(cursor.clone()) };
        Step::done()
    }
}

impl View for List {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                let far = match by {
                    By::Line => 1,
                    By::Page => self.rows.page(),
                    By::HalfPage => (self.rows.page() / 2).max(1),
                    By::End => isize::MAX / 2,
                };
                self.moved(if way == Way::Up { -far } else { far }, cx)
            }
            Command::Filter => {
                self.typing = Some(Field::new(&self.filter));
                Step::done()
            }
            Command::SortNext => self.sorted_by(),
            Command::SortReverse => {
                if let Some(first) = self.sort.first_mut() {
                    first.descending = !first.descending;
                }
                Step::done()
            }
            Command::Mark => {
                self.rows.mark();
                Step::done()
            }
            Command::MarkRange => {
                let open = self.rows.range();
                let said = if open { "range begun: move, then the same key marks it" } else { "range marked" };
                Step::done().say(Tone::Plain, said)
            }
            Command::Back => self.back(command),
            Command::Reveal => self.reveal(),
            Command::New => ask::begin(self.kind, cx),
            Command::Open
            | Command::Describe
            | Command::Yaml
            | Command::Edit
            | Command::EditOutside
            | Command::Approve
            | Command::Deny
            | Command::Clone
            | Command::Delete
            | Command::Copy
            | Command::Revisions
            | Command::CopyField => self.on_item(command, cx),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        self.type_filter(key, cx)
    }

    fn on_paste(&mut self, text: &str, _cx: &Context<'_>) -> Step {
        if let Some(input) = &mut self.typing {
            input.paste(text);
            self.filter = input.text().to_owned();
        }
        Step::done()
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.under_way.as_ref().is_some_and(|(held, _, _)| *held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, cx: &Context<'_>) -> Step {
        let (Outcome::Arranged { epoch, generation, slots }, Some((_, mut made, gone))) = (outcome, self.under_way.take())
        else {
            return Step::done();
        };
        let shelf = cx.shelf(self.kind);
        // Slots of an earlier deal mean nothing any more; `settle` asks anew.
        if epoch == shelf.epoch() {
            (made.epoch, made.generation) = (epoch, generation);
            self.take(slots, made, gone, cx);
        }
        Step::done()
    }

    fn on_shown(&mut self, _version: u64, _cx: &Context<'_>) {
        self.unseen = 0;
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        self.rows.fit(draw::heights(cx.area, self).rows);
        let step = self.arranged(cx);
        if let Some(wanted) = self.wanted.clone()
            && self.rows.seek(&wanted)
        {
            (self.wanted, self.moved_at) = (None, None);
        }
        step
    }

    fn takes_text(&self) -> bool {
        self.typing.is_some()
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::render(self, area, frame, cx);
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        let now = cx.now.mono;
        let preview = self.moved_at.map(|at| at + SETTLES).filter(|at| *at > now);
        let shelf = cx.shelf(self.kind);
        let behind = self.made.as_ref().is_some_and(|made| made.generation != shelf.generation());
        let aged = self.made_at.map(|at| at + AGED).filter(|at| self.is_timed() && *at > now);
        let order = self.made_at.map(|at| at + REST).filter(|at| behind && self.under_way.is_none() && *at > now);
        let loading =
            (*shelf.phase() == Phase::Loading).then_some(cx.started + Duration::from_millis(300)).filter(|at| *at > now);
        [preview, order, aged, loading, draw::next_age(self, cx)].into_iter().flatten().min()
    }

    fn offers(&self, cx: &Context<'_>) -> Vec<Hint> {
        let can = |command| Hint::new(command);
        if self.typing.is_some() {
            return vec![can(Command::Open).word("keep"), can(Command::Back).word("clear")];
        }
        let mut all = Vec::new();
        if self.rows.cursor().is_some() {
            all.push(can(Command::Open));
        }
        all.extend(ask::offers(self.kind, self.rows.cursor(), cx));
        all.extend([Command::Filter, Command::SortNext, Command::SortReverse].map(can));
        if !self.rows.is_empty() && ask::can_be_marked(self.kind) {
            all.extend([Command::Mark, Command::MarkRange].map(can));
        }
        if self.rows.cursor().is_some_and(Reference::is_secret) {
            all.push(can(Command::Reveal));
        }
        all.push(can(Command::Wide));
        all.extend(ask::seldom(self.kind, self.rows.cursor(), cx));
        all
    }

    fn kind(&self) -> Option<&'static Kind> {
        Some(self.kind)
    }

    fn as_list(&mut self) -> Option<&mut List> {
        Some(self)
    }
}
