//! The page about one resource: fetched whole, told by its kind, scrolled.
//!
//! It is fetched anew when the snapshot says that something a person could see has changed; till the answer comes the old page
//! stays. What the server has not yet removed is said to be so.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

use super::effect::{Effect, Outcome, Ticket, Why};
use super::{Context, Step, View, ask, draw};
use crate::api::Error;
use crate::document::Resource;
use crate::kind::{self, Detail, Item, Kind, Line, Section, Span, Tone};
use crate::resource::{Reference, ago};
use crate::ui::command::{By, Command, Way};
use crate::ui::footer::Hint;

/// The page about one resource.
#[derive(Debug)]
pub struct DetailPage {
    kind: &'static Kind,
    reference: Reference,
    asked: Option<(Ticket, Instant)>,
    resource: Option<Result<Resource, Error>>,
    seen: Option<Item>,
    gone: bool,
    revealed: bool,
    scroll: usize,
    lines: usize,
    height: usize,
}

impl DetailPage {
    /// A page that has yet to fetch what it is about.
    #[must_use]
    pub fn new(kind: &'static Kind, reference: Reference) -> Self {
        let (asked, resource, seen) = (None, None, None);
        Self { kind, reference, asked, resource, seen, gone: false, revealed: false, scroll: 0, lines: 0, height: 0 }
    }

    fn fetch(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.asked = Some((ticket, cx.now.mono));
        Step::ask(Effect::Fetch { ticket, kind: self.kind.name, reference: self.reference.clone(), why: Why::Detail })
    }

    /// What there is to say: the kind's page, and above it what became of the resource meanwhile.
    fn detail(&self, cx: &Context<'_>) -> Option<Detail> {
        let Some(Ok(resource)) = &self.resource else { return None };
        let context = kind::Context { now: cx.now.wall, caller: &cx.snapshot.caller };
        let mut detail = (self.kind.detail)(resource, &context);
        let mut meanwhile = Vec::new();
        let expired = self.seen.as_ref().and_then(|item| item.expires).filter(|at| *at < cx.now.wall);
        if self.gone {
            meanwhile.push(Line::plain(Span::toned("gone: this is how it was last seen", Tone::Warn)));
        } else if let Some(at) = expired {
            let said = format!("expired {} ago, not yet removed", ago(at, cx.now.wall));
            meanwhile.push(Line::plain(Span::toned(&said, Tone::Warn)));
        }
        if self.revealed {
            meanwhile.push(Line::new("name", Span::new(self.reference.name()).bold()));
        }
        if !meanwhile.is_empty() {
            detail.sections.insert(0, Section::new("", meanwhile));
        }
        Some(detail)
    }

    fn scrolled(&mut self, by: By, way: Way) {
        self.scroll = draw::scrolled(self.scroll, by, way, self.lines, self.height);
    }
}

impl View for DetailPage {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                self.scrolled(by, way);
                Step::done()
            }
            Command::Back | Command::Quit => Step::pop(),
            Command::Open | Command::Describe => Step::done(),
            Command::Refresh => self.fetch(cx),
            Command::Reveal if self.reference.is_secret() => {
                self.revealed = !self.revealed;
                Step::done()
            }
            Command::Reveal => Step::refuse("reveal: nothing here is masked"),
            other => ask::on(other, self.kind, &self.reference, cx),
        }
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.asked.is_some_and(|(held, _)| held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, _cx: &Context<'_>) -> Step {
        self.asked = None;
        if let Outcome::Fetched(answer) = outcome {
            // A page that is there is not given up for a later failure; the link says how things are.
            if answer.is_ok() || !matches!(self.resource, Some(Ok(_))) {
                self.resource = Some(answer);
            }
        }
        Step::done()
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        let item = cx.item(self.kind, &self.reference);
        self.gone = self.seen.is_some() && item.is_none();
        let changed = item.is_some() && self.seen != item;
        if item.is_some() {
            self.seen = item;
        }
        let step = if self.asked.is_none() && (self.resource.is_none() || changed) { self.fetch(cx) } else { Step::done() };
        self.height = cx.area.height.into();
        self.lines = self.detail(cx).map_or(0, |detail| draw::page_lines(&detail, cx.area, cx).len());
        self.scroll = self.scroll.min(self.lines.saturating_sub(self.height));
        step
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        match (&self.resource, self.detail(cx)) {
            (_, Some(detail)) => draw::page(&detail, self.scroll, area, frame, cx),
            (Some(Err(error)), None) => {
                let said = format!("{} cannot be shown: {error} · r asks again", self.reference);
                draw::sentence(&said, Tone::Bad, area, frame, cx);
            }
            _ => draw::waiting(&self.reference, self.asked.map(|(_, since)| since), area, frame, cx),
        }
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        match (&self.resource, self.asked) {
            (None, Some((_, since))) => Some(since + Duration::from_millis(300)).filter(|at| *at > cx.now.mono),
            _ => cx.now.after(draw::next_minute(cx.now.wall)),
        }
    }

    fn offers(&self, cx: &Context<'_>) -> Vec<Hint> {
        let mut all = ask::offers(self.kind, Some(&self.reference), cx);
        all.extend([Command::Back, Command::Refresh].map(Hint::new));
        if self.reference.is_secret() {
            all.push(Hint::new(Command::Reveal));
        }
        all.extend(ask::seldom(self.kind, Some(&self.reference), cx));
        all
    }

    fn kind(&self) -> Option<&'static Kind> {
        Some(self.kind)
    }
}
