//! Two people changed one resource: what they changed, what I changed, and a choice that loses neither in silence.
//!
//! There is no force. Taking theirs asks twice, because it ends my text; keeping mine makes theirs the new base, so that the
//! page before the save shows every line of theirs that my text would undo.

use crate::document::{self, Line, Resource, Sign};
use crate::ui::key::{Code, Key};

/// A line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Whose part begins.
    Head(&'static str),
    /// A line of a difference.
    Diff(Line),
}

/// Two changes of one base.
#[derive(Debug)]
pub struct Conflict {
    theirs: Resource,
    /// Both differences, theirs first.
    pub rows: Vec<Row>,
    /// The first line on screen.
    pub scroll: usize,
    asked: bool,
}

/// Lines of context around a change.
const AROUND: usize = 3;

impl Conflict {
    /// What both made of the base.
    pub fn new(base: &str, theirs: Resource, mine: &str) -> Self {
        let text = theirs.to_yaml().unwrap_or_default();
        let mut rows = vec![Row::Head("THEIRS: what was saved meanwhile")];
        rows.extend(changed(&document::diff(base, &text)).into_iter().map(Row::Diff));
        rows.push(Row::Head("MINE: what you changed"));
        rows.extend(changed(&document::diff(base, mine)).into_iter().map(Row::Diff));
        Self { theirs, rows, scroll: 0, asked: false }
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
            _ => {
                self.asked &= key.code == Code::Char('t');
                return false;
            }
        };
        self.asked = false;
        self.scroll = self.scroll.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
        true
    }
}

/// The lines that differ, each with its neighbours.
pub fn changed(lines: &[Line]) -> Vec<Line> {
    let differs: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| line.sign != Sign::Same).map(|(at, _)| at).collect();
    let near = |at: usize| {
        let next = differs.partition_point(|differing| *differing < at);
        let after = differs.get(next).is_some_and(|differing| differing - at <= AROUND);
        after || next > 0 && at - differs[next - 1] <= AROUND
    };
    lines.iter().enumerate().filter(|(at, _)| near(*at)).map(|(_, line)| line.clone()).collect()
}
