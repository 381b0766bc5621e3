//! Editing one resource as YAML: a fresh copy, the text, its problems, the diff, the conditional write, and what came of it.
//!
//! The text is the person's. Nothing here replaces it but they themselves: a newer revision is a banner, a conflict shows both
//! sides, a failure leaves everything as it was. Every change is handed to the journal.

mod conflict;
mod draw;
mod saving;
mod stage;

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;

use self::stage::Stage;
pub use self::stage::Start;
use super::effect::{Draft, Effect, Outcome, Ticket, Why};
use super::{Context, Move, Step, View};
use crate::document::{self, Problem, Resource};
use crate::kind::{Kind, Tone};
use crate::resource::Reference;
use crate::store::Phase;
use crate::ui::command::{By, Command, Group, Way};
use crate::ui::editor::{Editor, Reaction};
use crate::ui::footer::Hint;
use crate::ui::key::{Code, Key};

/// One resource being edited, or a new one being written.
#[derive(Debug)]
pub struct EditView {
    kind: &'static Kind,
    start: Start,
    stage: Stage,
    /// As it was fetched; none for something new.
    base: Option<Resource>,
    /// The text of the base, or what something new began as.
    began: String,
    editor: Option<Editor>,
    read_only: Option<String>,
    /// The revision in the snapshot when the copy came; another one later is somebody's edit.
    revision: String,
    draft: Reference,
}

impl EditView {
    /// An editor that has yet to fetch what it edits.
    #[must_use]
    pub fn new(kind: &'static Kind, start: Start) -> Self {
        let draft = match &start {
            Start::Fetch(reference) | Start::Outside(reference) => reference.clone(),
            Start::Clone(reference) => Reference::new(kind.name, format!("copy of {}", reference.label())),
            Start::Blank => Reference::new(kind.name, "new"),
        };
        let (base, began, editor) = (None, String::new(), None);
        Self { kind, start, stage: Stage::New, base, began, editor, read_only: None, revision: String::new(), draft }
    }

    fn text(&self) -> String {
        self.editor.as_ref().map(Editor::text).unwrap_or_default()
    }

    /// Whether there is text that is nowhere else.
    fn is_changed(&self) -> bool {
        self.editor.as_ref().is_some_and(|editor| editor.text() != self.began)
    }

    fn begin(&mut self, cx: &Context<'_>) -> Step {
        match &self.start {
            Start::Blank => {
                let text = self.kind.edit.map(|edit| edit.blank).unwrap_or_default();
                self.open(text.to_owned());
                Step::done()
            }
            Start::Fetch(reference) | Start::Outside(reference) | Start::Clone(reference) => {
                let ticket = cx.tickets.next();
                self.stage = Stage::Fetching { ticket, since: cx.now.mono };
                Step::ask(Effect::Fetch { ticket, kind: self.kind.name, reference: reference.clone(), why: Why::Edit })
            }
        }
    }

    fn open(&mut self, text: String) {
        self.editor = Some(Editor::new(&text));
        self.began = text;
        self.stage = if self.read_only.is_some() { Stage::Keys } else { Stage::Text };
        self.check();
    }

    fn check(&mut self) {
        let text = self.text();
        let problems = match &self.base {
            Some(base) => base.problems(&text),
            None => document::problems(&text),
        };
        if let Some(editor) = &mut self.editor {
            editor.set_problems(problems);
        }
    }

    /// What is wrong with the text.
    fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.editor.iter().flat_map(Editor::problems)
    }

    fn fetched(&mut self, resource: Resource, cx: &Context<'_>) -> Step {
        // Reads come from a cache that may still be behind a save of ours; its answer was the truth.
        let ours = cx.saved.get(&self.draft).filter(|(older, _)| older == resource.revision());
        let resource = ours.map_or(resource, |(_, saved)| saved.clone());
        let resource = if matches!(self.start, Start::Clone(_)) {
            resource.with_name(&format!("{}-copy", resource.name())).with_revision("")
        } else {
            resource
        };
        let text = match resource.to_yaml() {
            Ok(text) => text,
            Err(error) => {
                self.stage = Stage::Failed(format!("it cannot be written as YAML: {error}"));
                return Step::done();
            }
        };
        if let Start::Clone(_) = self.start {
            self.open(text);
            return Step::done();
        }
        self.revision = self.known_revision(cx);
        self.read_only = self.kind.edit.and_then(|edit| (edit.refuse)(&resource)).map(|refusal| refusal.0);
        let revision = resource.revision().to_owned();
        self.base = Some(resource);
        self.open(text);
        let restored = self.restore(&revision, cx);
        if matches!(self.start, Start::Outside(_)) && self.read_only.is_none() {
            return self.outside(cx);
        }
        restored
    }

    /// Puts an unsaved text of before in place of the fresh one. Nothing of it is sent unseen: saving compares it line by line.
    fn restore(&mut self, revision: &str, cx: &Context<'_>) -> Step {
        let Some(Draft::Keep { revision: older, text, .. }) = cx.drafts.get(&self.draft) else { return Step::done() };
        if self.read_only.is_some() || *text == self.began {
            return Step::done();
        }
        self.editor = Some(Editor::new(text));
        self.check();
        let said = if older == revision {
            "your unsaved text is back; :discard throws it away"
        } else {
            "your unsaved text is back, but a newer revision was saved since: read the difference before saving; :discard throws it away"
        };
        Step::done().say(Tone::Warn, said)
    }

    fn outside(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.stage = Stage::Outside(ticket);
        Step::ask(Effect::EditOutside { ticket, text: self.text() })
    }

    fn known_revision(&self, cx: &Context<'_>) -> String {
        cx.item(self.kind, &self.draft).map(|item| item.revision.to_string()).unwrap_or_default()
    }

    /// Whether somebody has written since the copy came.
    fn overtaken(&self, cx: &Context<'_>) -> Option<&'static str> {
        let base = self.base.as_ref()?;
        if self.stage.is_waiting() {
            return None;
        }
        let Some(item) = cx.item(self.kind, &self.draft) else {
            // Only a list that is complete and current can say that something is gone.
            let gone = *cx.shelf(self.kind).phase() == Phase::Ready;
            return gone.then_some("it was deleted meanwhile; your text is kept");
        };
        let newer = item.revision != *self.revision && !item.revision.is_empty() && item.revision != *base.revision();
        newer.then_some("a newer revision was saved meanwhile; v shows it, saving will show both")
    }

    fn on_text(&mut self, key: Key) -> Option<Step> {
        let editor = self.editor.as_mut()?;
        if key.code == Code::Esc {
            self.stage = Stage::Keys;
            return Some(Step::done());
        }
        if key == Key::ctrl('c') || key == Key::ctrl('l') {
            return None;
        }
        match editor.on(key) {
            Reaction::Changed => Some(self.edited()),
            Reaction::Moved | Reaction::Ignored => Some(Step::done()),
        }
    }
}

impl View for EditView {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match (command, &mut self.stage) {
            (Command::BackToText, Stage::Keys) if self.read_only.is_none() => {
                self.stage = Stage::Text;
                Step::done()
            }
            (Command::BackToText, Stage::Keys) => Step::refuse(self.read_only.clone().unwrap_or_default()),
            (Command::EditOutside, Stage::Keys) if self.read_only.is_none() => self.outside(cx),
            (Command::ShowTheirs, Stage::Keys) if self.base.is_none() => {
                Step::refuse("theirs: the server has none, this one is new")
            }
            (Command::ShowTheirs, Stage::Keys) => Step::push(super::yaml::YamlPage::new(self.kind, self.draft.clone())),
            (Command::Move(by, way), Stage::Keys) => {
                if let Some(editor) = &mut self.editor {
                    let code = match (by, way) {
                        (By::Line, Way::Up) => Code::Up,
                        (By::Line, Way::Down) => Code::Down,
                        (By::Page | By::HalfPage, Way::Up) => Code::PageUp,
                        (By::Page | By::HalfPage, Way::Down) => Code::PageDown,
                        (By::End, Way::Up) => Code::Home,
                        (By::End, Way::Down) => Code::End,
                    };
                    editor.on(Key { ctrl: by == By::End, ..Key::new(code) });
                }
                Step::done()
            }
            (Command::Back | Command::Quit, Stage::Review(_)) => {
                self.stage = Stage::Keys;
                Step::done()
            }
            (Command::Back | Command::Quit, Stage::Saving { .. }) => {
                Step::refuse("the save is under way; its answer is not known yet")
            }
            (Command::Back | Command::Quit, _) => {
                let kept = self.is_changed().then_some("your text is kept as a draft");
                let step = Step::pop();
                match kept {
                    Some(kept) => step.say(Tone::Plain, kept),
                    None => step,
                }
            }
            (command, _) => Step::pass(command),
        }
    }

    fn on_key(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        match &mut self.stage {
            Stage::Text => self.on_text(key),
            Stage::Conflict(_) => self.on_conflict(key),
            Stage::Review(review) => {
                let confirmed = review.on(key, cx)?;
                let edited = confirmed.then(|| review.edited().clone());
                Some(edited.map_or_else(Step::done, |edited| self.send(edited, cx)))
            }
            _ => None,
        }
    }

    fn on_paste(&mut self, text: &str, _cx: &Context<'_>) -> Step {
        match (&self.stage, &mut self.editor) {
            (Stage::Text, Some(editor)) => match editor.paste(text) {
                Reaction::Changed => self.edited(),
                Reaction::Moved | Reaction::Ignored => Step::done(),
            },
            _ => Step::done(),
        }
    }

    fn group(&self) -> Option<Group> {
        matches!(self.stage, Stage::Keys).then_some(Group::Editor)
    }

    fn save(&mut self, cx: &Context<'_>) -> Step {
        self.review(cx)
    }

    fn discard(&mut self) -> Step {
        if self.stage.is_waiting() {
            return Step::refuse("not thrown away: an answer is still under way");
        }
        Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).then(Move::Pop).say(Tone::Plain, "thrown away")
    }

    fn holds(&self, ticket: Ticket) -> bool {
        self.stage.ticket() == Some(ticket)
    }

    fn on_outcome(&mut self, _ticket: Ticket, outcome: Outcome, cx: &Context<'_>) -> Step {
        match outcome {
            Outcome::Fetched(Ok(resource)) => self.fetched(resource, cx),
            Outcome::Fetched(Err(error)) => {
                self.stage = Stage::Failed(error.to_string());
                Step::done()
            }
            Outcome::Saved(answer) | Outcome::Created(answer) => self.saved(answer),
            Outcome::EditedOutside(Ok(text)) => {
                self.editor = Some(Editor::new(&text));
                self.stage = Stage::Keys;
                let drafted = self.edited();
                let mut step = if self.is_changed() { self.review(cx) } else { Step::pop() };
                step.effects.extend(drafted.effects);
                step
            }
            Outcome::EditedOutside(Err(why)) => {
                self.stage = Stage::Keys;
                Step::refuse(format!("the editor: {why}; the text is as it was"))
            }
            _ => Step::done(),
        }
    }

    fn on_shown(&mut self, version: u64, cx: &Context<'_>) {
        if let Stage::Review(review) = &mut self.stage {
            review.shown(version, cx.now);
        }
    }

    fn settle(&mut self, version: u64, cx: &Context<'_>) -> Step {
        if matches!(self.stage, Stage::New) {
            return self.begin(cx);
        }
        draw::fit(self, version, cx);
        Step::done()
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        draw::render(self, area, frame, cx);
    }

    fn wake_at(&self, cx: &Context<'_>) -> Option<Instant> {
        self.stage.wake_at(cx.now)
    }

    fn offers(&self, cx: &Context<'_>) -> Vec<Hint> {
        draw::offers(self, cx)
    }

    fn takes_text(&self) -> bool {
        !matches!(self.stage, Stage::Keys | Stage::Failed(_))
    }

    fn unsaved(&self) -> Option<String> {
        if matches!(self.stage, Stage::Saving { .. }) {
            return Some(format!("the save of {} is not answered yet", self.draft));
        }
        self.is_changed().then(|| format!("the text of {} is not saved; it is kept as a draft", self.draft))
    }
}
