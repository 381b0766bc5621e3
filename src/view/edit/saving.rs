//! From the text to the cluster: what would be saved, the page before it, the write, and what came of it.
//!
//! Nothing is sent that was not shown line by line. A refusal, a conflict or no answer at all leaves the text as it was.

use super::EditView;
use super::stage::{Ancestor, Review, Stage};
use crate::api::Family;
use crate::document::{self, Resource, Severity};
use crate::kind::{Tone, Verb};
use crate::resource::{Reference, Strings};
use crate::store::save::SaveError;
use crate::view::effect::{Draft, Effect};
use crate::view::{Context, MadePage, Move, Step};

impl EditView {
    /// Hands the text to the journal, or takes it back where it equals what is there anyway.
    pub(super) fn drafted(&self) -> Effect {
        if !self.is_changed() {
            return Effect::Draft(Draft::Drop(self.draft.clone()));
        }
        let (reference, text) = (self.draft.clone(), self.text());
        // As long as it is not brought together with a newer one, it is a change of what it began from.
        if let Some(Ancestor { revision, text: base }) = self.ancestor.clone() {
            return Effect::Draft(Draft::Keep { reference, revision, base, text });
        }
        let revision = self.base.as_ref().map(|base| base.revision().to_owned()).unwrap_or_default();
        Effect::Draft(Draft::Keep { reference, revision, base: self.began.clone(), text })
    }

    pub(super) fn edited(&mut self) -> Step {
        self.check();
        Step::ask(self.drafted())
    }

    /// What would be saved, or what stands in its way.
    pub(super) fn result(&mut self) -> Result<Resource, Step> {
        let text = self.text();
        let parsed = match &self.base {
            Some(base) if self.gone => base.patched(&text).map(|resource| resource.with_revision("")),
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
        let needs = if self.is_new() { &[Verb::Create] } else { edit.needs };
        if let Some(why) = self.read_only.clone().or_else(|| cx.closed(self.draft.kind(), needs)) {
            return Step::refuse(format!("not saved: {why}"));
        }
        if self.stage.is_waiting() {
            return Step::refuse("not saved: an answer is still under way");
        }
        if self.gone && !matches!(self.stage, Stage::Gone) {
            self.stage = Stage::Gone;
            return Step::done();
        }
        if self.ancestor.is_some() {
            self.meet();
            return Step::done();
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
            if *base == edited && !self.gone {
                return Step::done().say(Tone::Plain, "nothing to save: the text says what the server has");
            }
        }
        if let Some(asked) = self.doubts() {
            return asked;
        }
        let after = match edited.to_yaml() {
            Ok(after) => after,
            Err(error) => return Step::refuse(format!("not saved: {error}")),
        };
        let there = self.base.as_ref().filter(|_| !self.gone);
        let before = there.and_then(|base| base.to_yaml().ok()).unwrap_or_default();
        let lost = self.base.as_ref().map(|base| base.lost_hidden(&edited)).unwrap_or_default();
        let write = Some((edit.write)(&cx.snapshot.caller));
        let (mut summary, name) = ((self.kind.consequences)(there, &edited), self.name_to_type(&edited));
        if !lost.is_empty() {
            // What nobody here can read may have been what mattered.
            summary.silence = "";
        }
        let review = Review::new(edited, document::diff(&before, &after), lost, write, self.is_new());
        self.stage = Stage::Review(Box::new(review.telling(summary, name)));
        Step::done()
    }

    /// It is written: the draft is let go and the editor closes.
    fn done(&self, said: String) -> Step {
        Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).then(Move::Pop).say(Tone::Good, said)
    }

    /// Whether saving is creating.
    fn is_new(&self) -> bool {
        self.gone || self.base.is_none()
    }

    /// The name that a person proves with that they mean this one; of a secret name the part that can be seen.
    fn name_to_type(&self, edited: &Resource) -> String {
        let item = (self.kind.item)(edited.kind(), &edited.bytes(), &mut Strings::default());
        let Some(reference) = item.ok().map(|item| item.reference).filter(Reference::is_secret) else {
            return edited.name().to_owned();
        };
        let label = reference.label();
        let seen = label.trim_start_matches('*');
        if seen.is_empty() { self.kind.name.to_owned() } else { seen.to_owned() }
    }

    pub(super) fn send(&mut self, edited: Resource, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.stage = Stage::Saving { ticket, since: cx.now.mono };
        let kind = self.kind.name;
        Step::ask(match self.base.clone().filter(|_| !self.gone) {
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
            Err(SaveError::Conflict(theirs)) => self.overtaken_by(*theirs),
            Err(SaveError::Deleted) if self.base.is_some() => {
                (self.gone, self.stage) = (true, Stage::Gone);
                Step::done()
            }
            Err(SaveError::Refused(error)) if self.gone && error.family == Family::AlreadyExists => {
                (self.gone, self.stage) = (false, Stage::Keys);
                Step::done()
                    .say(Tone::Warn, "not saved: somebody created it anew meanwhile; :w brings it and your text together")
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
}
