//! Editing one resource as YAML: a fresh copy, the text, its problems, the diff, the conditional write, and what came of it.
//!
//! The text is the person's. Nothing here replaces it but they themselves: a newer revision is a banner, a conflict shows both
//! sides, a failure leaves everything as it was. Every change is handed to the journal.

mod conflict;
mod draw;
mod stage;

use std::time::Instant;

use ratatui::Frame;
use ratatui::layout::Rect;

use self::conflict::Conflict;
pub use self::stage::Start;
use self::stage::{Review, Stage};
use super::effect::{Draft, Effect, Outcome, Ticket, Why};
use super::{Context, Move, Step, View};
use crate::document::{self, Problem, Resource, Severity};
use crate::kind::{Kind, Tone, Verb};
use crate::resource::Reference;
use crate::store::save::SaveError;
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
        self.base = Some(resource);
        self.open(text.clone());
        if matches!(self.start, Start::Outside(_)) && self.read_only.is_none() {
            return self.outside(cx);
        }
        Step::done()
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
            return Some("it was deleted meanwhile; your text is kept");
        };
        let newer = *item.revision != *self.revision && !item.revision.is_empty() && *item.revision != *base.revision();
        newer.then_some("a newer revision was saved meanwhile; v shows it, saving will show both")
    }

    /// Hands the text to the journal, or takes it back where it equals what is there anyway.
    fn drafted(&self) -> Effect {
        if !self.is_changed() {
            return Effect::Draft(Draft::Drop(self.draft.clone()));
        }
        let revision = self.base.as_ref().map(|base| base.revision().to_owned()).unwrap_or_default();
        Effect::Draft(Draft::Keep { reference: self.draft.clone(), revision, base: self.began.clone(), text: self.text() })
    }

    fn edited(&mut self) -> Step {
        self.check();
        Step::ask(self.drafted())
    }

    /// What would be saved, or what stands in its way.
    fn result(&mut self) -> Result<Resource, Step> {
        let text = self.text();
        let parsed = match &self.base {
            Some(base) => base.patched(&text),
            None => Resource::parse(&text),
        };
        let problems = match parsed {
            Ok(resource) => return Ok(resource),
            Err(problems) => problems,
        };
        let first = problems.iter().find(|problem| problem.severity == Severity::Error).or(problems.first()).cloned();
        let said = first.as_ref().map_or("this text cannot be read".to_owned(), |first| {
            format!("not saved: line {}: {}", first.line, crate::resource::clean(&first.text))
        });
        if let Some(editor) = &mut self.editor {
            if let Some(first) = first {
                editor.go_to(first.line, first.column);
            }
            editor.set_problems(problems);
        }
        self.stage = Stage::Text;
        Err(Step::refuse(said))
    }

    fn review(&mut self, cx: &Context<'_>) -> Step {
        let needs = if self.base.is_some() { Verb::Update } else { Verb::Create };
        if let Some(why) = self.read_only.clone().or_else(|| cx.closed(self.kind, &[needs])) {
            return Step::refuse(format!("not saved: {why}"));
        }
        if self.stage.is_waiting() {
            return Step::refuse("not saved: an answer is still under way");
        }
        let edited = match self.result() {
            Ok(edited) => edited,
            Err(step) => return step,
        };
        if edited.kind() != self.kind.name && !self.kind.wire.contains(&edited.kind()) {
            return Step::refuse(format!(
                "not saved: this editor saves {}, not {}",
                self.kind.plural,
                crate::resource::clean(edited.kind())
            ));
        }
        if let Some(base) = &self.base {
            let changed = [
                ("kind", base.kind() != edited.kind()),
                ("version", base.version() != edited.version()),
                ("metadata.name", base.name() != edited.name()),
            ];
            if let Some((field, _)) = changed.iter().find(|(_, changed)| *changed) {
                return Step::refuse(format!(
                    "not saved: {field} differs; that would be another resource: N makes one from this"
                ));
            }
            if *base == edited {
                return Step::done().say(Tone::Plain, "nothing to save: the text says what the server has");
            }
        }
        let after = match edited.to_yaml() {
            Ok(after) => after,
            Err(error) => return Step::refuse(format!("not saved: {error}")),
        };
        let before = self.base.as_ref().and_then(|base| base.to_yaml().ok()).unwrap_or_default();
        let lost = self.base.as_ref().map(|base| base.lost_hidden(&edited)).unwrap_or_default();
        let write = self.kind.edit.map(|edit| (edit.write)(&cx.snapshot.caller));
        self.stage =
            Stage::Review(Box::new(Review::new(edited, document::diff(&before, &after), lost, write, self.base.is_none())));
        Step::done()
    }

    fn send(&mut self, edited: Resource, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.stage = Stage::Saving { ticket, since: cx.now.mono };
        let kind = self.kind.name;
        Step::ask(match self.base.clone() {
            Some(base) => Effect::Save { ticket, kind, base, edited },
            None => Effect::Create { ticket, kind, resource: edited },
        })
    }

    fn saved(&mut self, answer: Result<Resource, SaveError>) -> Step {
        match answer {
            Ok(resource) => {
                let said = format!("saved {}/{}", self.kind.name, crate::resource::clean(resource.name()));
                Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).then(Move::Pop).say(Tone::Good, said)
            }
            Err(SaveError::Conflict(theirs)) => {
                let (base, mine) = (self.base.as_ref().and_then(|base| base.to_yaml().ok()).unwrap_or_default(), self.text());
                self.stage = Stage::Conflict(Box::new(Conflict::new(&base, *theirs, &mine)));
                Step::done().say(Tone::Warn, "not saved: somebody saved a newer one meanwhile; nothing is lost, both are shown")
            }
            Err(SaveError::Refused(error)) => {
                self.stage = Stage::Keys;
                Step::done().say(Tone::Bad, format!("not saved: {error}; your text is kept"))
            }
            Err(error) => {
                self.stage = Stage::Keys;
                Step::done().say(Tone::Bad, format!("save: {error}"))
            }
        }
    }

    fn on_conflict(&mut self, key: Key) -> Option<Step> {
        let Stage::Conflict(conflict) = &mut self.stage else { return None };
        if conflict.scrolls(key) {
            return Some(Step::done());
        }
        match key.code {
            Code::Char('t') if conflict.asked_theirs() => {
                let theirs = conflict.theirs().clone();
                Some(self.take_theirs(theirs))
            }
            Code::Char('t') => Some(Step::done().say(Tone::Warn, "theirs: your text will be gone; t once more does it")),
            Code::Char('i' | 'e' | 'm') | Code::Enter | Code::Esc => {
                let theirs = conflict.theirs().clone();
                theirs.revision().clone_into(&mut self.revision);
                self.base = Some(theirs);
                self.stage = Stage::Text;
                self.check();
                Some(
                    Step::ask(self.drafted())
                        .say(Tone::Warn, "your text is kept; saving now shows it against theirs, line by line"),
                )
            }
            _ => None,
        }
    }

    fn take_theirs(&mut self, theirs: Resource) -> Step {
        theirs.revision().clone_into(&mut self.revision);
        let text = theirs.to_yaml().unwrap_or_default();
        self.base = Some(theirs);
        self.open(text);
        Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).say(Tone::Plain, "this is theirs now")
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
            (Command::ShowTheirs, Stage::Keys) => {
                if self.base.is_some() {
                    Step::push(super::yaml::YamlPage::new(self.kind, self.draft.clone()))
                } else {
                    Step::refuse("theirs: the server has none, this one is new")
                }
            }
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
