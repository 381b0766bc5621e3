//! Editing one resource as YAML: a fresh copy, the text, its problems, the diff, the conditional write, and what came of it.
//!
//! The text is the person's. Nothing here replaces it but they themselves: a newer revision is a banner, a conflict shows both
//! sides, a failure leaves everything as it was. Every change is handed to the journal.

mod advice;
mod conflict;
mod draw;
mod gone;
mod hint;
mod meet;
mod meeting;
mod opening;
mod saving;
mod stage;
mod summary;

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;

pub use self::stage::Start;
use self::stage::{Ancestor, Answer, Stage};
use super::effect::{Draft, Effect, Outcome, Ticket};
use super::{Context, Move, Step, View};
use crate::document::{self, Circumstances, Problem, Resource};
use crate::kind::{Kind, Tone};
use crate::resource::{Reference, clean};
use crate::ui::command::{By, Command, Group, Way};
use crate::ui::editor::{Editor, Reaction};
use crate::ui::footer::Hint;
use crate::ui::key::{Code, Key};

/// Whether the name of one of this kind may be the secret itself.
fn names_are_secrets(kind: &Kind) -> bool {
    kind.edit.is_some_and(|edit| edit.random_name.is_some())
}

/// One resource being edited, or a new one being written.
#[derive(Debug)]
pub struct EditView {
    kind: &'static Kind,
    start: Start,
    stage: Stage,
    /// As it was fetched, or as somebody saved it since; none for something new.
    base: Option<Resource>,
    /// What the text began from, as long as it has not been brought together with a newer base.
    ancestor: Option<Ancestor>,
    /// It was deleted meanwhile: saving is creating.
    gone: bool,
    /// The text of the base, or what something new began as.
    began: String,
    editor: Option<Editor>,
    read_only: Option<String>,
    /// The revision in the snapshot when the copy came; another one later is somebody's edit.
    revision: String,
    draft: Reference,
    /// What advice is given for.
    around: Circumstances,
    /// A text that shall be saved in spite of what is said about it.
    agreed: Option<String>,
}

impl EditView {
    /// An editor that has yet to fetch what it edits.
    #[must_use]
    pub fn new(kind: &'static Kind, start: Start) -> Self {
        let draft = match &start {
            // A typed name may be a secret; what it is, is known once it is there.
            Start::Fetch(reference) | Start::Outside(reference) if names_are_secrets(kind) => reference.clone().secret(),
            Start::Fetch(reference) | Start::Outside(reference) | Start::Kept(reference) | Start::Revert(reference, _) => {
                reference.clone()
            }
            Start::Clone(reference) => Reference::new(reference.kind(), format!("copy of {}", reference.label())),
            Start::Blank(_) => Reference::new(kind.edit.map_or(kind.name, |edit| edit.wires[0]), "new"),
        };
        Self {
            kind,
            start,
            stage: Stage::New,
            base: None,
            ancestor: None,
            gone: false,
            began: String::new(),
            editor: None,
            read_only: None,
            revision: String::new(),
            draft,
            around: Circumstances::default(),
            agreed: None,
        }
    }

    fn text(&self) -> String {
        self.editor.as_ref().map(Editor::text).unwrap_or_default()
    }

    /// Whether there is text that is nowhere else.
    fn is_changed(&self) -> bool {
        self.ancestor.is_some() || self.editor.as_ref().is_some_and(|editor| editor.text() != self.began)
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
            Some(base) => base.advised(&text, &self.around),
            None => document::lint(&text, &self.around).problems,
        };
        if let Some(editor) = &mut self.editor {
            editor.set_problems(problems);
        }
    }

    /// What is wrong with the text.
    fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.editor.iter().flat_map(Editor::problems)
    }

    fn on_text(&mut self, key: Key) -> Option<Step> {
        let editor = self.editor.as_mut()?;
        if key.code == Code::Esc && !editor.is_choosing() {
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
        if let Some(step) = self.on_clash(command) {
            return step;
        }
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
            Stage::Conflict(_) => self.on_conflict(key, cx),
            Stage::Gone => self.on_gone(key, cx),
            Stage::Review(review) => match review.on(key, cx)? {
                Answer::Stays => Some(Step::done()),
                Answer::Untyped(name) => Some(Step::refuse(format!("not saved: type {} first", clean(&name)))),
                Answer::Sent => {
                    let edited = review.edited().clone();
                    Some(self.send(edited, cx))
                }
            },
            _ => None,
        }
    }

    fn on_paste(&mut self, text: &str, _cx: &Context<'_>) -> Step {
        match (&self.stage, &mut self.editor) {
            (Stage::Text, Some(editor)) => match editor.paste(text) {
                Reaction::Changed => self.edited(),
                Reaction::Moved | Reaction::Ignored => Step::done(),
            },
            // A paste proves only that the name was copied.
            (Stage::Review(review), _) if review.wanted.is_some() => Step::refuse("the name is to be typed"),
            _ => Step::done(),
        }
    }

    fn group(&self) -> Option<Group> {
        match self.stage {
            Stage::Keys => Some(Group::Editor),
            Stage::Conflict(_) => Some(Group::Clash),
            _ => None,
        }
    }

    fn save(&mut self, cx: &Context<'_>) -> Step {
        if matches!(self.stage, Stage::Conflict(_)) { self.take_merge(cx) } else { self.review(cx) }
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
            Outcome::Fetched(Err(error)) => self.unfetched(&error, cx),
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
        !matches!(self.stage, Stage::Keys | Stage::Failed(_) | Stage::Conflict(_) | Stage::Gone)
    }

    fn unsaved(&self) -> Option<String> {
        if matches!(self.stage, Stage::Saving { .. }) {
            return Some(format!("the save of {} is not answered yet", self.draft));
        }
        self.is_changed().then(|| format!("the text of {} is not saved; it is kept as a draft", self.draft))
    }
}
