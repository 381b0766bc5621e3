//! From the text to the cluster: what would be saved, the page before it, the write, and what came of it.
//!
//! Nothing is sent that was not shown line by line. A refusal, a conflict or no answer at all leaves the text as it was.

use super::EditView;
use super::conflict::Conflict;
use super::stage::{Review, Stage};
use crate::document::{self, Resource, Severity};
use crate::kind::{Tone, Verb};
use crate::store::save::SaveError;
use crate::ui::key::{Code, Key};
use crate::view::effect::{Draft, Effect};
use crate::view::{Context, MadePage, Move, Step};

impl EditView {
    /// Hands the text to the journal, or takes it back where it equals what is there anyway.
    pub(super) fn drafted(&self) -> Effect {
        if !self.is_changed() {
            return Effect::Draft(Draft::Drop(self.draft.clone()));
        }
        let revision = self.base.as_ref().map(|base| base.revision().to_owned()).unwrap_or_default();
        Effect::Draft(Draft::Keep { reference: self.draft.clone(), revision, base: self.began.clone(), text: self.text() })
    }

    pub(super) fn edited(&mut self) -> Step {
        self.check();
        Step::ask(self.drafted())
    }

    /// What would be saved, or what stands in its way.
    pub(super) fn result(&mut self) -> Result<Resource, Step> {
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

    pub(super) fn review(&mut self, cx: &Context<'_>) -> Step {
        let Some(edit) = self.kind.edit else { return Step::refuse("not saved: this kind is not edited here") };
        let needs = if self.base.is_some() { edit.needs } else { &[Verb::Create] };
        if let Some(why) = self.read_only.clone().or_else(|| cx.closed(self.draft.kind(), needs)) {
            return Step::refuse(format!("not saved: {why}"));
        }
        if self.stage.is_waiting() {
            return Step::refuse("not saved: an answer is still under way");
        }
        let edited = match self.result() {
            Ok(edited) => edited,
            Err(step) => return step,
        };
        if !edit.wires.contains(&edited.kind()) {
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
            if let Some(refusal) = (edit.forbids)(base, &edited) {
                return Step::refuse(format!("not saved: {}", refusal.0));
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
        let write = Some((edit.write)(&cx.snapshot.caller));
        self.stage =
            Stage::Review(Box::new(Review::new(edited, document::diff(&before, &after), lost, write, self.base.is_none())));
        Step::done()
    }

    pub(super) fn send(&mut self, edited: Resource, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.stage = Stage::Saving { ticket, since: cx.now.mono };
        let kind = self.kind.name;
        Step::ask(match self.base.clone() {
            Some(base) => Effect::Save { ticket, kind, base, edited },
            None => Effect::Create { ticket, kind, resource: edited },
        })
    }

    pub(super) fn saved(&mut self, answer: Result<Resource, SaveError>) -> Step {
        match answer {
            Ok(resource) => {
                let Ok(reference) = self.kind.reference(&resource) else { return self.done("saved".to_owned()) };
                let step = self.done(format!("saved {reference}"));
                let made = self.base.is_none() && reference.is_secret();
                if made { step.then(Move::Push(Box::new(MadePage::new(reference)))) } else { step }
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

    /// It is written: the draft is let go and the editor closes.
    fn done(&self, said: String) -> Step {
        Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).then(Move::Pop).say(Tone::Good, said)
    }

    pub(super) fn on_conflict(&mut self, key: Key) -> Option<Step> {
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

    pub(super) fn take_theirs(&mut self, theirs: Resource) -> Step {
        theirs.revision().clone_into(&mut self.revision);
        let text = theirs.to_yaml().unwrap_or_default();
        self.base = Some(theirs);
        self.open(text);
        Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).say(Tone::Plain, "this is theirs now")
    }
}
