//! Earlier texts of one resource, as they were saved from here or found and replaced: when, whose, how much changed.
//!
//! Only what this program wrote or overwrote is known here; what others did in between is not, and the page says so. No text of
//! a token is ever kept, so none is listed.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::compare::{ComparePage, revert};
use super::effect::{Effect, Outcome, Ticket};
use super::{Context, Step, View, draw};
use crate::document;
use crate::kind::{Kind, Tone};
use crate::resource::{Reference, Utc, clean, cut};
use crate::store::journal::Revision;
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::text::put;
use crate::ui::{detail, diff, glyph};

/// One earlier text.
#[derive(Debug)]
struct Row {
    kept: Revision,
    /// Lines gone and come against the one before it, if there is one.
    change: Option<(usize, usize)>,
}

/// Earlier texts of one resource.
#[derive(Debug)]
pub struct RevisionsPage {
    kind: &'static Kind,
    reference: Reference,
    asked: Option<(Ticket, Instant)>,
    found: Option<Result<Vec<Row>, String>>,
    /// The newest revision that was heard of when it was looked up.
    known: String,
    at: usize,
    height: usize,
}

impl RevisionsPage {
    /// A page that has yet to look.
    #[must_use]
    pub fn new(kind: &'static Kind, reference: Reference) -> Self {
        Self { kind, reference, asked: None, found: None, known: String::new(), at: 0, height: 0 }
    }

    fn look(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.asked = Some((ticket, cx.now.mono));
        Step::ask(Effect::Revisions { ticket, kind: self.kind.name, reference: self.reference.clone() })
    }

    fn rows(&self) -> &[Row] {
        self.found.as_ref().and_then(|found| found.as_ref().ok()).map_or(&[], Vec::as_slice)
    }

    fn line(&self, at: usize, row: &Row, cx: &Context<'_>) -> Line<'static> {
        let theme = cx.theme;
        let here = at == self.at;
        let mark = if here { glyph::MARKER } else { " " };
        let style = if here { theme.bold(Tone::Plain) } else { theme.plain() };
        let whose = if row.kept.ours { "saved from here" } else { "found, replaced" };
        let size = match row.change {
            Some((0, 0)) => "nothing".to_owned(),
            Some((gone, come)) => format!("-{gone} +{come}"),
            None => format!("{} lines", row.kept.text.lines().count()),
        };
        Line::from(vec![
            Span::styled(format!("{mark} "), theme.accent()),
            Span::styled(format!("{}  ", Utc::new(row.kept.at)), style),
            Span::styled(format!("{whose:<17}"), theme.plain()),
            Span::styled(format!("{size:<12}"), theme.muted()),
            Span::styled(format!("revision {}", clean(&cut(&row.kept.revision, 12))), theme.muted()),
        ])
    }
}

/// So many bytes are compared at most between an answer and its frame; older rows only say how long they are.
const COMPARED: usize = 512 << 10;

fn rows(found: Vec<Revision>) -> Vec<Row> {
    let mut left = COMPARED;
    let changes: Vec<Option<(usize, usize)>> = found
        .iter()
        .zip(found.iter().skip(1))
        .map(|(kept, before)| {
            left = left.checked_sub(kept.text.len() + before.text.len())?;
            Some(diff::counts(&document::diff(&before.text, &kept.text)))
        })
        .collect();
    let changes = changes.into_iter().chain([None]);
    found.into_iter().zip(changes).map(|(kept, change)| Row { kept, change }).collect()
}

impl View for RevisionsPage {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        let chosen = self.rows().get(self.at).map(|row| row.kept.clone());
        match (command, chosen) {
            (Command::Move(by, way), _) => {
                self.at = draw::scrolled(self.at, by, way, self.rows().len(), 1);
                Step::done()
            }
            (Command::Back | Command::Quit | Command::Revisions, _) => Step::pop(),
            (Command::Refresh, _) => self.look(cx),
            (Command::Open | Command::Describe | Command::Yaml, Some(kept)) => {
                let when = format!("the text of {}", Utc::new(kept.at));
                Step::push(ComparePage::new(self.kind, self.reference.clone(), kept.text, when))
            }
            (Command::Edit, Some(kept)) => revert(self.kind, &self.reference, &kept.text, cx),
            (Command::Open | Command::Edit, None) => Step::refuse("there is no earlier text here"),
            (other, _) => Step::pass(other),
        }
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.asked.is_some_and(|(held, _)| held == ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, _cx: &Context<'_>) -> Step {
        self.asked = None;
        if let Outcome::Revisions(found) = outcome {
            self.found = Some(found.map(rows));
            self.at = self.at.min(self.rows().len().saturating_sub(1));
        }
        Step::done()
    }

    fn settle(&mut self, _version: u64, cx: &Context<'_>) -> Step {
        self.height = cx.area.height.saturating_sub(4).into();
        let known = cx.newest(self.kind, &self.reference);
        if self.asked.is_some() || (self.found.is_some() && known == self.known) {
            return Step::done();
        }
        self.known = known;
        self.look(cx)
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        let area = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
        let title = format!("{} · earlier texts", self.reference);
        put(frame.buffer_mut(), area.x, area.y, area.width, &title, cx.theme.bold(Tone::Plain));
        let body = Rect { y: area.y + 2, height: area.height.saturating_sub(4), ..area };
        match &self.found {
            None => draw::waiting(&self.reference, self.asked.map(|(_, since)| since), body, frame, cx),
            Some(Err(why)) => draw::sentence(&format!("no earlier texts: {why}"), Tone::Warn, body, frame, cx),
            Some(Ok(rows)) if rows.is_empty() => {
                draw::sentence("nothing was saved from here yet; what others saved is not kept", Tone::Muted, body, frame, cx);
            }
            Some(Ok(rows)) => {
                let lines: Vec<Line<'static>> = rows.iter().enumerate().map(|(at, row)| self.line(at, row, cx)).collect();
                let top = (self.at + 1).saturating_sub(self.height.max(1));
                detail::draw_lines(body, frame.buffer_mut(), &lines, top);
            }
        }
        let keys = "what was saved from here, and what that replaced · Enter compares · e reverts";
        put(frame.buffer_mut(), area.x, area.bottom().saturating_sub(1), area.width, keys, cx.theme.muted());
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        let (_, since) = self.asked.filter(|_| self.found.is_none())?;
        Some(since + Duration::from_millis(300)).filter(|at| *at > cx.now.mono)
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        let mut all = vec![Hint::new(Command::Back)];
        if !self.rows().is_empty() {
            all.splice(0..0, [Hint::new(Command::Open).word("compare"), Hint::new(Command::Edit).word("revert")]);
        }
        all
    }

    fn kind(&self) -> Option<&'static Kind> {
        Some(self.kind)
    }
}
