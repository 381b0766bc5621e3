//! One resource as YAML, to be read: as `tctl get` prints it, with secrets masked until they are revealed.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;

use super::effect::{Effect, Outcome, Ticket, Why};
use super::{Context, Step, View, ask, draw};
use crate::kind::{Kind, Tone};
use crate::resource::{Reference, masked};
use crate::ui::command::Command;
use crate::ui::footer::Hint;

/// One resource as YAML.
#[derive(Debug)]
pub struct YamlPage {
    kind: &'static Kind,
    reference: Reference,
    asked: Option<(Ticket, Instant)>,
    text: Option<Result<String, String>>,
    /// Its lines as they may be shown now, once for all frames.
    lines: Vec<String>,
    revision: String,
    revealed: bool,
    scroll: usize,
    height: usize,
}

impl YamlPage {
    /// A page that has yet to fetch what it shows.
    #[must_use]
    pub fn new(kind: &'static Kind, reference: Reference) -> Self {
        let (asked, text, lines, revision) = (None, None, Vec::new(), String::new());
        Self { kind, reference, asked, text, lines, revision, revealed: false, scroll: 0, height: 0 }
    }

    fn fetch(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.asked = Some((ticket, cx.now.mono));
        Step::ask(Effect::Fetch { ticket, kind: self.kind.name, reference: self.reference.clone(), why: Why::Yaml })
    }

    fn lay_out(&mut self) {
        self.lines = match &self.text {
            Some(Ok(text)) if self.revealed => text.lines().map(str::to_owned).collect(),
            Some(Ok(text)) => masked(text, &self.reference),
            _ => Vec::new(),
        };
    }
}

impl View for YamlPage {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                self.scroll = draw::scrolled(self.scroll, by, way, self.lines.len(), self.height);
                Step::done()
            }
            Command::Back | Command::Quit => Step::pop(),
            Command::Yaml => Step::done(),
            Command::Refresh => self.fetch(cx),
            Command::Reveal => {
                self.revealed = !self.revealed;
                self.lay_out();
                Step::done()
            }
            other => ask::on(other, self.kind, &self.reference, cx),
        }
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.asked.is_some_and(|(held, _)| held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, _cx: &Context<'_>) -> Step {
        self.asked = None;
        match outcome {
            Outcome::Fetched(Ok(resource)) => self.text = Some(resource.to_yaml().map_err(|error| error.to_string())),
            Outcome::Fetched(Err(error)) if !matches!(self.text, Some(Ok(_))) => self.text = Some(Err(error.to_string())),
            _ => {}
        }
        self.lay_out();
        Step::done()
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        let known = cx.item(self.kind, &self.reference).map(|item| item.revision.to_string()).unwrap_or_default();
        let newer = !known.is_empty() && known != self.revision;
        if newer {
            self.revision = known;
        }
        self.height = cx.area.height.saturating_sub(2).into();
        self.scroll = self.scroll.min(self.lines.len().saturating_sub(self.height));
        if self.asked.is_none() && (self.text.is_none() || newer) { self.fetch(cx) } else { Step::done() }
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        match &self.text {
            Some(Ok(_)) => draw::yaml(&self.reference.to_string(), &self.lines, self.scroll, area, frame, cx),
            Some(Err(error)) => {
                let said = format!("{} cannot be shown: {error} · r asks again", self.reference);
                draw::sentence(&said, Tone::Bad, area, frame, cx);
            }
            None => draw::waiting(&self.reference, self.asked.map(|(_, since)| since), area, frame, cx),
        }
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        let (_, since) = self.asked.filter(|_| self.text.is_none())?;
        Some(since + Duration::from_millis(300)).filter(|at| *at > cx.now.mono)
    }

    fn offers(&self, cx: &Context<'_>) -> Vec<Hint> {
        let mut all = ask::offers(self.kind, Some(&self.reference), cx);
        all.extend([Command::Back, Command::Refresh, Command::Reveal].map(Hint::new));
        all.extend(ask::seldom(self.kind, Some(&self.reference), cx));
        all
    }

    fn kind(&self) -> Option<&'static Kind> {
        Some(self.kind)
    }
}
