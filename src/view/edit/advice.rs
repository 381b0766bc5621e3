//! The question the editor asks before something is saved that will be refused or fail at use.

use super::EditView;
use crate::document::{Problem, Severity};
use crate::kind::Tone;
use crate::view::Step;

impl EditView {
    /// Asks once about a text that can be saved and will not do what it says. Saving the same text again is the answer.
    pub(super) fn doubts(&mut self) -> Option<Step> {
        let text = self.text();
        let doubtful = |problem: &&Problem| problem.severity != Severity::Advice;
        let first = self.problems().find(doubtful)?.clone();
        if self.agreed.as_ref() == Some(&text) {
            return None;
        }
        self.agreed = Some(text);
        if let Some(editor) = &mut self.editor {
            editor.go_to(first.line, first.column);
        }
        let what = if first.severity == Severity::Error { "the server refuses line" } else { "at use fails line" };
        let said = crate::resource::clean(&first.text).into_owned();
        let said = format!("not saved yet; :w once more saves it all the same, but {what} {}: {said}", first.line);
        Some(Step::done().say(Tone::Warn, said))
    }
}
