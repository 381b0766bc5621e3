//! Unsaved texts of before, offered again: what each is a change of, how much, and what became of that since.
//!
//! Opening one goes the ordinary way of an edit, which brings it together with whatever was saved meanwhile. Throwing one away
//! asks first; leaving leaves all of them as they are.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::edit::{EditView, Start};
use super::effect::{Draft, Effect};
use super::{Confirm, Context, Move, Step, View, draw};
use crate::document;
use crate::kind::{self, Tone};
use crate::resource::{Reference, ago};
use crate::store::Phase;
use crate::ui::command::{By, Command, Way};
use crate::ui::diff;
use crate::ui::footer::Hint;
use crate::ui::key::{Code, Key};

/// The unsaved texts there are.
#[derive(Debug)]
pub struct DraftsPage {
    /// Each with the lines it takes out and puts in.
    drafts: Vec<(Reference, (usize, usize))>,
    at: usize,
}

impl DraftsPage {
    /// All that are kept at this moment.
    #[must_use]
    pub fn new(cx: &Context<'_>) -> Self {
        let mut page = Self { drafts: Vec::new(), at: 0 };
        page.look(cx);
        page
    }

    fn look(&mut self, cx: &Context<'_>) {
        let kept = cx.drafts.iter().filter_map(|(reference, draft)| match draft {
            Draft::Keep { base, text, .. } => Some((reference.clone(), (base, text))),
            Draft::Drop(_) => None,
        });
        self.drafts = kept.map(|(reference, (base, text))| (reference, diff::counts(&document::diff(base, text)))).collect();
        self.at = self.at.min(self.drafts.len().saturating_sub(1));
    }

    fn open(&self, cx: &Context<'_>) -> Step {
        let Some((reference, _)) = self.drafts.get(self.at) else { return Step::pop() };
        let Some(kind) = kind::named(reference.kind()) else { return Step::pop() };
        let reference = reference.clone();
        let start = if is_new(&reference, cx) { Start::Kept(reference) } else { Start::Fetch(reference) };
        Step::pop().then(Move::Push(Box::new(EditView::new(kind, start))))
    }
}

/// Whether a text is of something that was never on the server.
fn is_new(reference: &Reference, cx: &Context<'_>) -> bool {
    let known = kind::named(reference.kind()).is_some_and(|kind| cx.item(kind, reference).is_some());
    !known && matches!(cx.drafts.get(reference), Some(Draft::Keep { revision, .. }) if revision.is_empty())
}

/// What became of what a text is a change of.
fn since(reference: &Reference, cx: &Context<'_>) -> &'static str {
    let (Some(kind), Some(Draft::Keep { revision, .. })) = (kind::named(reference.kind()), cx.drafts.get(reference)) else {
        return "";
    };
    let Some(item) = cx.item(kind, reference) else {
        return match cx.shelf(kind).phase() {
            _ if revision.is_empty() => "new, never saved",
            Phase::Ready => "deleted since",
            _ => "",
        };
    };
    if item.revision == **revision { "unchanged since" } else { "newer one saved since" }
}

impl View for DraftsPage {
    fn on(&mut self, command: Command, cx: &Context<'_>) -> Step {
        match command {
            Command::Move(by, way) => {
                let far = if by == By::Line { 1 } else { self.drafts.len() };
                let last = self.drafts.len().saturating_sub(1);
                self.at = if way == Way::Up { self.at.saturating_sub(far) } else { (self.at + far).min(last) };
                Step::done()
            }
            Command::Open | Command::Edit => self.open(cx),
            Command::Delete => match self.drafts.get(self.at) {
                Some((reference, _)) => {
                    let lines = vec![format!("The unsaved text of {reference} is gone then, from the disk as well.")];
                    Step::push(Confirm::new("Throw it away?", lines, Move::Discard))
                }
                None => Step::pop(),
            },
            Command::Back | Command::Quit => Step::pop(),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, _cx: &Context<'_>) -> Option<Step> {
        // What stands behind it is not meant by a key that it does not know.
        let known =
            matches!(key.code, Code::Char('j' | 'k' | 'g' | 'G' | 'e' | 'D' | 'q' | '?' | ':') | Code::Enter | Code::Esc);
        let moves = matches!(key.code, Code::Up | Code::Down | Code::PageUp | Code::PageDown | Code::Home | Code::End);
        (!known && !moves && !key.ctrl).then(Step::pop)
    }

    fn discard(&mut self) -> Step {
        if self.at >= self.drafts.len() {
            return Step::done();
        }
        let (reference, _) = self.drafts.remove(self.at);
        self.at = self.at.min(self.drafts.len().saturating_sub(1));
        let step = Step::ask(Effect::Draft(Draft::Drop(reference))).say(Tone::Plain, "thrown away");
        if self.drafts.is_empty() { step.then(Move::Pop) } else { step }
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        let rows = self.drafts.iter().map(|(reference, (gone, come))| {
            let when = cx.drafted.get(reference).map(|at| format!("{} ago", ago(*at, cx.now.wall)));
            let parts = [Some(format!("-{gone} +{come}")), when, Some(since(reference, cx).to_owned())];
            let told: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
            (reference.to_string(), told.join(" · "))
        });
        let rows: Vec<(String, String)> = rows.collect();
        draw::menu("Unsaved texts of before · Enter opens, D throws away, Esc later", &rows, self.at, area, frame, cx);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        vec![Hint::new(Command::Open), Hint::new(Command::Delete).word("throw away"), Hint::new(Command::Back).word("later")]
    }

    fn floats(&self) -> bool {
        true
    }
}
