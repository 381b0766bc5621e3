//! Two people changed one resource: what they changed, what I changed, and a choice that loses neither in silence.
//!
//! There is no force. Taking theirs asks twice, because it ends my text; keeping mine makes theirs the new base, so that the
//! page before the save shows every line of theirs that my text would undo.

use crate::document::{self, Line, Resource};
use crate::ui::key::{Code, Key};

/// Two changes of one base.
#[derive(Debug)]
pub struct Conflict {
    theirs: Resource,
    /// What they made of the base.
    pub theirs_lines: Vec<Line>,
    /// What I made of it.
    pub mine_lines: Vec<Line>,
    /// The first line on screen, of both.
    pub scroll: usize,
    asked: bool,
}

impl Conflict {
    /// What both made of the base.
    pub fn new(base: &str, theirs: Resource, mine: &str) -> Self {
        let text = theirs.to_yaml().unwrap_or_default();
        let (theirs_lines, mine_lines) = (document::diff(base, &text), document::diff(base, mine));
        Self { theirs, theirs_lines, mine_lines, scroll: 0, asked: false }
    }

    /// The resource as the server has it.
    pub fn theirs(&self) -> &Resource {
        &self.theirs
    }

    /// Whether taking theirs was asked for just before.
    pub fn asked_theirs(&mut self) -> bool {
        std::mem::replace(&mut self.asked, true)
    }

    /// Takes a key that scrolls.
    pub fn scrolls(&mut self, key: Key) -> bool {
        let by = match key.code {
            Code::Down | Code::Char('j') => 1,
            Code::Up | Code::Char('k') => -1,
            Code::PageDown => 10,
            Code::PageUp => -10,
            code => {
                self.asked &= code == Code::Char('t');
                return false;
            }
        };
        self.asked = false;
        let last = self.theirs_lines.len().max(self.mine_lines.len()).saturating_sub(1);
        self.scroll = self.scroll.saturating_add_signed(by).min(last);
        true
    }
}
