//! From two texts back to one: what the keys of a conflict do, and how the result becomes the edit again.
//!
//! Whatever is chosen, the base of the next save is theirs, whole and with everything this build does not know; my text is
//! changed by nobody but me. Keeping on editing keeps the question: saving asks it again.

use super::conflict::Conflict;
use super::stage::Stage;
use super::{Context, EditView};
use crate::document::{Resource, Side};
use crate::kind::Tone;
use crate::ui::command::{By, Command, Way};
use crate::ui::editor::Editor;
use crate::ui::key::{Code, Key};
use crate::view::Step;
use crate::view::effect::{Draft, Effect};

impl EditView {
    /// Somebody else was first: theirs is the base from here on, and what mine began from is remembered to merge by.
    pub(super) fn overtaken_by(&mut self, theirs: Resource) -> Step {
        let Ok(text) = theirs.to_yaml() else {
            self.stage = Stage::Keys;
            return Step::refuse("not saved: somebody saved a newer one, and it cannot be written as YAML; your text is kept");
        };
        if self.ancestor.is_none() {
            let revision = self.base.as_ref().map(|base| base.revision().to_owned()).unwrap_or_default();
            self.ancestor = Some(super::stage::Ancestor { revision, text: std::mem::take(&mut self.began) });
        }
        theirs.revision().clone_into(&mut self.revision);
        (self.base, self.began) = (Some(theirs), text);
        self.meet();
        Step::ask(self.drafted())
    }

    /// Opens the conflict between what the base is now and what my text began from.
    pub(super) fn meet(&mut self) {
        if let Some(ancestor) = &self.ancestor {
            self.stage = Stage::Conflict(Box::new(Conflict::new(&ancestor.text, &self.began, &self.text())));
        }
    }

    /// Keys of a conflict that are not in the keymap.
    pub(super) fn on_conflict(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        let Stage::Conflict(conflict) = &mut self.stage else { return None };
        if key.code != Code::Char('T') {
            conflict.forget_asking();
        }
        if key.ctrl {
            return None;
        }
        match key.code {
            Code::Tab => conflict.step(!key.shift),
            Code::Char('e') => {
                if !conflict.settle(Side::Mine, true) {
                    return Some(self.by_hand());
                }
            }
            Code::Char('w') => return Some(self.take_merge(cx)),
            Code::Char('T') if conflict.asked_theirs() => return Some(self.take_theirs()),
            Code::Char('T') => {
                return Some(Step::done().say(Tone::Warn, "all of theirs: your text will be gone; T once more does it"));
            }
            Code::Char('i') | Code::Esc => return Some(self.keep_editing()),
            _ => return None,
        }
        Some(Step::done())
    }

    /// Commands of a conflict.
    pub(super) fn on_clash(&mut self, command: Command) -> Option<Step> {
        let Stage::Conflict(conflict) = &mut self.stage else { return None };
        let side = match command {
            Command::TakeTheirs => Side::Theirs,
            Command::TakeMine => Side::Mine,
            Command::TakeBoth => Side::Both,
            Command::Move(by, way) => {
                let page = isize::try_from(conflict.room.1.max(2) - 1).unwrap_or(1);
                let far = match by {
                    By::Line => 1,
                    By::Page => page,
                    By::HalfPage => page / 2,
                    By::End => isize::MAX / 2,
                };
                conflict.scroll_by(if way == Way::Up { -far } else { far });
                return Some(Step::done());
            }
            _ => return None,
        };
        if conflict.settle(side, false) {
            return Some(Step::done());
        }
        Some(Step::refuse(match (conflict.clash(), side) {
            (None, _) => "nothing clashes: w saves the merge, T takes all of theirs",
            (_, Side::Both) => "both: only one can stand here",
            _ => "not now",
        }))
    }

    fn keep_editing(&mut self) -> Step {
        self.stage = Stage::Text;
        self.check();
        Step::done().say(Tone::Plain, "your text, as it was; saving brings it together with theirs again")
    }

    fn by_hand(&mut self) -> Step {
        match &self.stage {
            Stage::Conflict(conflict) if conflict.met().is_err() => self.keep_editing(),
            _ => Step::refuse("nothing clashes: w saves the merge, i goes back to your text"),
        }
    }

    /// The merge becomes the text, over theirs.
    pub(super) fn take_merge(&mut self, cx: &Context<'_>) -> Step {
        let Stage::Conflict(conflict) = &self.stage else { return Step::done() };
        let open = conflict.open();
        if open > 0 {
            let said = if open == 1 { "one clash waits".to_owned() } else { format!("{open} clashes wait") };
            return Step::refuse(format!("not saved: {said} for an answer: t theirs, m mine, e by hand"));
        }
        let Some((text, by_hand)) = conflict.result() else {
            return Step::refuse("not saved: your text cannot be read yet; i goes back to it");
        };
        self.ancestor = None;
        self.editor = Some(Editor::new(&text));
        self.stage = Stage::Keys;
        self.check();
        let drafted = self.drafted();
        if let (Some(line), Some(editor)) = (by_hand, &mut self.editor) {
            editor.go_to(line, 1);
            self.stage = Stage::Text;
            return Step::ask(drafted).say(Tone::Plain, "the merge, with yours where you want to write it by hand; :w saves");
        }
        self.review(cx).and(drafted)
    }

    fn take_theirs(&mut self) -> Step {
        self.ancestor = None;
        let text = self.began.clone();
        self.open(text);
        Step::ask(Effect::Draft(Draft::Drop(self.draft.clone()))).say(Tone::Plain, "this is theirs now")
    }
}
