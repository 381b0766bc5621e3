//! How an edit begins: a fresh copy, or something new, and what of before is put back in its place.
//!
//! An unsaved text of before is never lost to a fresh copy, and a fresh copy is never passed over for it: where somebody saved a
//! newer revision since, both are brought together before anything can be saved.

use super::stage::{Ancestor, Stage, Start};
use super::{Context, EditView};
use crate::api::{Error, Family};
use crate::document::{self, Resource};
use crate::kind::Tone;
use crate::store::Phase;
use crate::ui::editor::Editor;
use crate::view::Step;
use crate::view::effect::{Draft, Effect, Why};

impl EditView {
    pub(super) fn begin(&mut self, cx: &Context<'_>) -> Step {
        self.around = cx.snapshot.caller.circumstances();
        match &self.start {
            Start::Blank(template) => {
                self.open(template.begin(cx.now.wall));
                self.restore(cx)
            }
            Start::Kept(_) => {
                self.open(String::new());
                self.restore(cx)
            }
            Start::Fetch(reference) | Start::Outside(reference) | Start::Clone(reference) | Start::Revert(reference, _) => {
                let ticket = cx.tickets.next();
                self.stage = Stage::Fetching { ticket, since: cx.now.mono };
                Step::ask(Effect::Fetch { ticket, kind: self.kind.name, reference: reference.clone(), why: Why::Edit })
            }
        }
    }

    pub(super) fn fetched(&mut self, resource: Resource, cx: &Context<'_>) -> Step {
        self.around = cx.snapshot.caller.circumstances();
        // Reads come from a cache that may still be behind saves of ours; the answer to the last one was the truth.
        let ours = cx.saved.get(&self.draft).filter(|saved| saved.is_behind(resource.revision()));
        let resource = ours.map_or(resource, |saved| saved.now.clone());
        let resource = if matches!(self.start, Start::Clone(_)) { self.copy(&resource) } else { resource };
        let text = match resource.to_yaml() {
            Ok(text) => text,
            Err(error) => {
                self.stage = Stage::Failed(format!("it cannot be written as YAML: {error}"));
                return Step::done();
            }
        };
        if let Start::Clone(_) = self.start {
            self.open(text);
            return self.restore(cx);
        }
        if let Ok(reference) = self.kind.reference(&resource) {
            self.draft = reference;
        }
        self.revision = self.known_revision(cx);
        self.read_only = self.kind.edit.and_then(|edit| (edit.refuse)(&resource)).map(|refusal| refusal.0);
        self.base = Some(resource);
        self.open(text);
        if let Start::Revert(_, earlier) = &self.start {
            let earlier = earlier.clone();
            return self.reverted(&earlier);
        }
        let restored = self.restore(cx);
        let free = self.read_only.is_none() && self.ancestor.is_none();
        if matches!(self.start, Start::Outside(_)) && free { self.outside(cx) } else { restored }
    }

    /// The same under another name. A secret name is not spun out into another one: it is made anew.
    fn copy(&self, resource: &Resource) -> Resource {
        let secret = self.kind.reference(resource).is_ok_and(|reference| reference.is_secret());
        let copy = match self.kind.edit.and_then(|edit| edit.random_name).filter(|_| secret) {
            Some(random) => resource.with_name(random),
            None => resource.with_name(&format!("{}-copy", resource.name())),
        };
        copy.with_revision("")
    }

    /// There is nothing to edit; a text of before is still there to be made anew from.
    pub(super) fn unfetched(&mut self, error: &Error, cx: &Context<'_>) -> Step {
        if let (Family::NotFound, Some(Draft::Keep { base, .. })) = (error.family, cx.drafts.get(&self.draft)) {
            self.open(base.clone());
            let step = self.restore(cx);
            (self.gone, self.stage) = (true, Stage::Gone);
            return step;
        }
        self.stage = Stage::Failed(error.to_string());
        Step::done()
    }

    /// Puts an unsaved text of before in place of the fresh one. Nothing of it is sent unseen: saving compares it line by line.
    fn restore(&mut self, cx: &Context<'_>) -> Step {
        let Some(Draft::Keep { revision: older, base, text, .. }) = cx.drafts.get(&self.draft) else { return Step::done() };
        if *text == self.began {
            return Step::done();
        }
        if let Some(why) = &self.read_only {
            return Step::done().say(Tone::Warn, format!("your unsaved text is kept, but this opens read-only: {why}"));
        }
        self.editor = Some(Editor::new(text));
        let newest = self.base.as_ref().map_or("", Resource::revision);
        let known = !older.is_empty() && !newest.is_empty();
        let unchanged = self.base.is_none() || if known { older == newest } else { *base == self.began };
        self.check();
        if unchanged {
            return Step::done().say(Tone::Warn, "your unsaved text is back; :discard throws it away");
        }
        self.ancestor = Some(Ancestor { revision: older.clone(), text: base.clone() });
        self.meet();
        Step::done()
    }

    /// Puts an earlier text in place of the fresh one, as if it had been typed: what it is saved over is what is there now.
    fn reverted(&mut self, earlier: &str) -> Step {
        if let Some(why) = &self.read_only {
            return Step::refuse(format!("not reverted: {why}"));
        }
        // Of now only the revision is taken; the rest is the earlier text, as it was printed.
        let text =
            document::merge(&self.began, &self.began, earlier).map_or_else(|_| earlier.to_owned(), |m| m.text().to_owned());
        if text == self.began {
            return Step::done().say(Tone::Plain, "nothing to revert: the server has just this");
        }
        self.editor = Some(Editor::new(&text));
        self.stage = Stage::Keys;
        self.edited().say(Tone::Plain, "the earlier text, on what is there now; :w shows the difference and saves it")
    }

    pub(super) fn outside(&mut self, cx: &Context<'_>) -> Step {
        let ticket = cx.tickets.next();
        self.stage = Stage::Outside(ticket);
        Step::ask(Effect::EditOutside { ticket, text: self.text() })
    }

    pub(super) fn known_revision(&self, cx: &Context<'_>) -> String {
        cx.item(self.kind, &self.draft).map(|item| item.revision.to_string()).unwrap_or_default()
    }

    /// Whether somebody has written since the copy came.
    pub(super) fn overtaken(&self, cx: &Context<'_>) -> Option<&'static str> {
        let base = self.base.as_ref()?;
        if self.stage.is_waiting() {
            return None;
        }
        if self.gone {
            return Some("it was deleted meanwhile; your text is kept, and saving offers to create it anew");
        }
        if self.ancestor.is_some() {
            return Some("a newer revision was saved meanwhile; saving brings it and your text together first");
        }
        let Some(item) = cx.item(self.kind, &self.draft) else {
            // Only a list that is complete and current can say that something is gone.
            let gone = *cx.shelf(self.kind).phase() == Phase::Ready;
            return gone.then_some("it was deleted meanwhile; your text is kept, and saving offers to create it anew");
        };
        if self.kind.edit.is_some_and(|edit| edit.alike.is_some()) {
            // The server itself writes to it all the time; saving compares what matters.
            return None;
        }
        let ours = cx.saved.get(&self.draft).is_some_and(|saved| saved.is_behind(&item.revision.to_string()));
        let newer = item.revision != *self.revision && !item.revision.is_empty() && item.revision != *base.revision();
        (newer && !ours).then_some("a newer revision was saved meanwhile; v shows it, saving brings both together")
    }
}
