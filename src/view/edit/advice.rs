//! What the editor knows when it advises: the cluster it is connected to and the rights of the person, as plain values; and the
//! question it asks before something is saved that will be refused or fail at use.

use super::EditView;
use crate::api::{Caller, Rule, Version};
use crate::document::{Circumstances, Edition, Grant, Me, Problem, Severity};
use crate::kind::Tone;
use crate::view::Step;

/// What is known from the first answer of the server; nothing before it.
pub fn circumstances(caller: &Caller) -> Circumstances {
    let server = &caller.server;
    if server.version_text.is_empty() {
        return Circumstances::default();
    }
    let Version(major, minor, patch) = server.version;
    let grants = |rules: &[Rule]| {
        let grant =
            |rule: &Rule| Grant { resources: rule.resources.clone(), verbs: rule.verbs.clone(), conditional: rule.conditional };
        rules.iter().map(grant).collect()
    };
    let me = Me { roles: caller.roles.clone(), allow: grants(&caller.allow), deny: grants(&caller.deny) };
    Circumstances {
        // Votes on requests are what the Community Edition never has.
        edition: Some(if server.reviews { Edition::Enterprise } else { Edition::Community }),
        version: (major > 0).then_some((major, minor, patch)),
        me: caller.unknown.is_none().then_some(me),
    }
}

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
        let what = if first.severity == Severity::Error { "the server refuses this" } else { "this fails at use" };
        let said = crate::resource::clean(&first.text).into_owned();
        Some(
            Step::done().say(
                Tone::Warn,
                format!("not saved yet, {what}: line {}: {said}; :w once more saves it all the same", first.line),
            ),
        )
    }
}
