//! The first page: what needs me, what ends soon, what is unwell, what just changed. `Enter` goes there.

mod concerns;
mod draw;

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

pub(super) use self::concerns::words;
pub use self::concerns::{Page, is_asked, is_mine};
use self::concerns::{Part, Row};
use super::{Context, Effect, Move, Outcome, Place, Step, Ticket, View, ask};
use crate::kind::Kind;
use crate::resource::Reference;
use crate::ui::command::{By, Command, Way};
use crate::ui::footer::Hint;

/// The page is gathered anew at most so often while things change.
const REST: Duration = Duration::from_millis(250);
/// So few are looked through at once, whatever changes.
const AT_ONCE: usize = 2_000;
/// Ends come nearer and waits run out even while nothing changes.
const STALE: Duration = Duration::from_secs(30);

/// Which row the cursor is on: by what it is about, so that it stays there.
type At = (Part, Option<Reference>);

/// The first page.
#[derive(Debug, Default)]
pub struct Overview {
    page: Page,
    made_of: Vec<(u64, u64)>,
    made_at: Option<Instant>,
    /// The gathering that is under way beside the screen, and of what.
    under_way: Option<(Ticket, Vec<(u64, u64)>)>,
    cursor: Option<At>,
    /// Whether somebody put it there; till then it waits at the top.
    moved: bool,
}

impl Overview {
    /// A page that has not looked at anything yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn at(&self) -> Option<usize> {
        let (part, reference) = self.cursor.as_ref()?;
        let is_it = |row: &Row| row.part == *part && row.target.as_ref().map(|target| &target.1) == reference.as_ref();
        self.page.rows().position(is_it)
    }

    fn put(&mut self, at: usize) {
        let row = self.page.rows().nth(at);
        self.cursor = row.map(|row| (row.part, row.target.as_ref().map(|target| target.1.clone())));
    }

    /// Puts a newer page in place of the old one. The cursor stays on what it is about, or on its line.
    fn take(&mut self, page: Page, made_of: Vec<(u64, u64)>, cx: &Context<'_>) {
        let line = self.at();
        (self.page, self.made_of, self.made_at) = (page, made_of, Some(cx.now.mono));
        if !self.moved {
            self.put(0);
        } else if self.at().is_none() {
            self.put(line.unwrap_or_default().min(self.page.rows().count().saturating_sub(1)));
        }
    }

    fn moved(&mut self, by: By, way: Way) -> Step {
        self.moved = true;
        let last = self.page.rows().count().saturating_sub(1);
        let far = match by {
            By::Line => 1,
            By::Page | By::HalfPage => 8,
            By::End => last,
        };
        let at = self.at().unwrap_or_default();
        self.put(if way == Way::Up { at.saturating_sub(far) } else { (at + far).min(last) });
        Step::done()
    }

    fn target(&self) -> Option<(&'static Kind, Reference)> {
        self.page.rows().nth(self.at()?)?.target.clone()
    }

    fn open(&self, cx: &Context<'_>) -> Step {
        let Some((kind, reference)) = self.target() else { return Step::refuse("this leads nowhere: it is about yourself") };
        if cx.item(kind, &reference).is_none() {
            return Step::refuse(format!("{reference} is gone"));
        }
        Step::go(Move::Go { place: Place::List(kind.name), filter: Some(String::new()), cursor: Some(reference) })
    }
}

impl View for Overview {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => self.moved(by, way),
            Command::Open => self.open(cx),
            Command::Describe
            | Command::Yaml
            | Command::Edit
            | Command::EditOutside
            | Command::Approve
            | Command::Deny
            | Command::Clone
            | Command::Delete
            | Command::Copy
            | Command::CopyField => match self.target() {
                Some((kind, reference)) => ask::on(command, kind, &reference, cx),
                None => Step::refuse(format!("{}: no row is selected", command.entry().word)),
            },
            other => Step::pass(other),
        }
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        let made_of: Vec<_> = cx.snapshot.shelves().iter().map(|shelf| (shelf.epoch(), shelf.generation())).collect();
        let age = self.made_at.map(|at| cx.now.mono.duration_since(at));
        let all: usize = cx.snapshot.shelves().iter().map(crate::store::Shelf::len).sum();
        let rested = |age: Duration| age >= REST || all <= AT_ONCE;
        let due = age.is_none_or(|age| age >= STALE || (made_of != self.made_of && rested(age)));
        if !due || self.under_way.is_some() {
            return Step::done();
        }
        let certificate_ends = cx.settings.certificate_ends;
        if all > AT_ONCE {
            let ticket = cx.tickets.next();
            self.under_way = Some((ticket, made_of));
            return Step::ask(Effect::Gather { ticket, certificate_ends, now: cx.now.wall });
        }
        self.take(Page::gather(cx.snapshot, certificate_ends, cx.now.wall), made_of, cx);
        Step::done()
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.under_way.as_ref().is_some_and(|(held, _)| *held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, cx: &Context<'_>) -> Step {
        if let (Outcome::Gathered(page), Some((_, made_of))) = (outcome, self.under_way.take()) {
            self.take(*page, made_of, cx);
        }
        Step::done()
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::render(&self.page, self.at(), area, frame, cx);
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        let made_of = cx.snapshot.shelves().iter().map(|shelf| (shelf.epoch(), shelf.generation()));
        let behind = !made_of.eq(self.made_of.iter().copied());
        let again = self.made_at.map(|at| at + if behind { REST } else { STALE });
        let again = again.filter(|_| self.under_way.is_none() && (behind || !cx.now.still));
        let ages = self.page.rows().filter_map(|row| {
            let when = row.when?;
            let (span, down) = match when.duration_since(cx.now.wall) {
                Ok(left) => (left, true),
                Err(past) => (past.duration(), false),
            };
            (row.part != Part::Changed).then(|| crate::resource::step(span, down))
        });
        let next = ages.min().and_then(|next| cx.now.after(next.max(Duration::from_secs(1))));
        let loading = Some(cx.started + Duration::from_millis(300)).filter(|at| *at > cx.now.mono);
        [again, next, loading].into_iter().flatten().min()
    }

    fn offers(&self, cx: &Context<'_>) -> Vec<Hint> {
        let Some((kind, reference)) = self.target() else { return Vec::new() };
        let mut all = vec![Hint::new(Command::Open).word("go there")];
        all.extend(ask::offers(kind, Some(&reference), cx));
        all
    }
}
