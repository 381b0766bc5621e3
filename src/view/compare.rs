//! An earlier text of a resource against what is there now, line by line.
//!
//! Now is fetched, not taken from the list. Reverting is an ordinary edit on what is there now: nothing is sent from here.

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::edit::{EditView, Start};
use super::effect::{Effect, Outcome, Ticket, Why};
use super::{Context, Step, View, ask, draw};
use crate::document;
use crate::kind::{Kind, Tone};
use crate::resource::Reference;
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::text::put;
use crate::ui::{detail, diff};

/// An earlier text against now.
#[derive(Debug)]
pub struct ComparePage {
    kind: &'static Kind,
    reference: Reference,
    earlier: String,
    when: String,
    asked: Option<(Ticket, Instant)>,
    /// What became of the earlier text until now; or why that is not known.
    now: Option<Result<Vec<document::Line>, String>>,
    /// The newest revision that was heard of when it was fetched.
    known: String,
    scroll: usize,
    lines: usize,
    height: usize,
}

impl ComparePage {
    /// A page that has yet to fetch what is there now. `when` says which text the earlier one is.
    #[must_use]
    pub fn new(kind: &'static Kind, reference: Reference, earlier: String, when: String) -> Self {
        let (asked, now, known) = (None, None, String::new());
        Self { kind, reference, earlier, when, asked, now, known, scroll: 0, lines: 0, height: 0 }
    }

    fn fetch(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.asked = Some((ticket, cx.now.mono));
        Step::ask(Effect::Fetch { ticket, kind: self.kind.name, reference: self.reference.clone(), why: Why::Yaml })
    }

    fn told(&self, cx: &Context<'_>) -> Vec<Line<'static>> {
        let Some(Ok(changes)) = &self.now else { return Vec::new() };
        if diff::counts(changes) == (0, 0) {
            return vec![Line::styled("the server has just this text", cx.theme.muted())];
        }
        diff::lines(changes, cx.theme, cx.area.width.saturating_sub(4))
    }
}

/// Opens an earlier text as an edit, or says why not.
pub fn revert(kind: &'static Kind, reference: &Reference, earlier: &str, cx: &Context<'_>) -> Step {
    if let Some(why) = ask::why_not(Command::Edit, kind, Some(reference), cx) {
        return Step::refuse(format!("revert: {why}"));
    }
    if cx.drafts.contains_key(reference) {
        return Step::refuse(format!("revert: an unsaved text of {reference} is kept; save it or :discard it first"));
    }
    Step::push(EditView::new(kind, Start::Revert(reference.clone(), earlier.to_owned())))
}

impl View for ComparePage {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                self.scroll = draw::scrolled(self.scroll, by, way, self.lines, self.height);
                Step::done()
            }
            Command::Back | Command::Quit | Command::Revisions => Step::pop(),
            Command::Refresh => self.fetch(cx),
            Command::Edit => revert(self.kind, &self.reference, &self.earlier, cx),
            other => Step::pass(other),
        }
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.asked.is_some_and(|(held, _)| held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, cx: &Context<'_>) -> Step {
        self.asked = None;
        if let Outcome::Fetched(answer) = outcome {
            let ours = |revision: &str| cx.saved.get(&self.reference).filter(|saved| saved.is_behind(revision));
            let now = answer.map(|resource| ours(resource.revision()).map_or(resource, |saved| saved.now.clone()));
            let text = now.map_err(|error| error.to_string()).and_then(|now| now.to_yaml().map_err(|error| error.to_string()));
            self.now = Some(text.map(|text| document::diff(&self.earlier, &text)));
        }
        Step::done()
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        self.height = cx.area.height.saturating_sub(4).into();
        self.lines = self.told(cx).len();
        self.scroll = self.scroll.min(self.lines.saturating_sub(self.height));
        let known = cx.newest(self.kind, &self.reference);
        let newer = known != self.known;
        if self.asked.is_some() || (self.now.is_some() && !newer) {
            return Step::done();
        }
        self.known = known;
        self.fetch(cx)
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        let area = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
        let title = format!("{} · {} against now", self.reference, self.when);
        put(frame.buffer_mut(), area.x, area.y, area.width, &title, cx.theme.bold(Tone::Plain));
        let body = Rect { y: area.y + 2, height: area.height.saturating_sub(4), ..area };
        match &self.now {
            Some(Ok(_)) => {
                detail::draw_lines(body, frame.buffer_mut(), &self.told(cx), self.scroll);
            }
            Some(Err(error)) => {
                let said = format!("what is there now cannot be shown: {error} · r asks again");
                draw::sentence(&said, Tone::Bad, body, frame, cx);
            }
            None => draw::waiting(&self.reference, self.asked.map(|(_, since)| since), body, frame, cx),
        }
        let keys = "- then, + now · e reverts: the earlier text as an edit of now, nothing is sent yet";
        put(frame.buffer_mut(), area.x, area.bottom().saturating_sub(1), area.width, keys, cx.theme.muted());
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        let (_, since) = self.asked.filter(|_| self.now.is_none())?;
        Some(since + std::time::Duration::from_millis(300)).filter(|at| *at > cx.now.mono)
    }

    fn offers(&self, cx: &Context<'_>) -> Vec<Hint> {
        let why = ask::why_not(Command::Edit, self.kind, Some(&self.reference), cx);
        vec![Hint::new(Command::Edit).word("revert").unless(why), Hint::new(Command::Back), Hint::new(Command::Refresh)]
    }

    fn kind(&self) -> Option<&'static Kind> {
        Some(self.kind)
    }
}
