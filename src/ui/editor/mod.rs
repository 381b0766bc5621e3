//! The text editor: a text, a cursor, a selection, undo, and the problems of the text under their lines.
//!
//! The widget below gives the text its behaviour and nothing else: it gets only keys of ours, because its own shortcuts take
//! keys that multiplexers need, and we draw ourselves, because it has no room for a note under a line and no stand-in for a
//! character that cannot be seen. The text is never altered to be shown.

mod draw;
mod moving;
mod popup;
#[cfg(test)]
mod tests;
mod typing;

use std::cell::Cell;

use tui_textarea::{CursorMove, Input, Key as Typed, TextArea};

use self::moving::movement;
use self::popup::Popup;
use super::key::{Code, Key};
use crate::document::{self, Meaning, Problem};

/// Undo goes back so many strokes.
const STROKES: usize = 10_000;

/// What came of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// The text is another.
    Changed,
    /// Only the cursor or the selection moved.
    Moved,
    /// It means nothing here.
    Ignored,
}

/// Strokes that are undone together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Group {
    strokes: usize,
    /// A further letter at this place belongs to it.
    open_at: Option<(usize, usize)>,
}

/// Where the area begins in the text, and how many rows it has. Only drawing knows the size, so drawing leaves it here; the
/// same text and cursor on the same area always come to the same values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Window {
    top: usize,
    left: usize,
    rows: usize,
}

/// A text being edited.
#[derive(Clone, Debug)]
pub struct Editor {
    area: TextArea<'static>,
    /// By line.
    problems: Vec<Problem>,
    undo: Vec<Group>,
    redo: Vec<Group>,
    /// The column that moving up and down tries to keep.
    goal: Option<usize>,
    /// What could stand at the cursor, while it is asked for.
    popup: Option<Popup>,
    window: Cell<Window>,
}

impl Editor {
    /// Opens a text, the cursor at its beginning.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(STROKES);
        Self {
            area,
            problems: Vec::new(),
            undo: Vec::new(),
            redo: Vec::new(),
            goal: None,
            popup: None,
            window: Cell::default(),
        }
    }

    /// The text, exactly.
    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Where the cursor is: line and column, both from 1.
    #[must_use]
    pub fn cursor(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0 + 1, cursor.1 + 1)
    }

    /// Puts the cursor at a line and column, both from 1, or as near as the text allows.
    pub fn go_to(&mut self, line: usize, column: usize) {
        self.popup = None;
        self.area.cancel_selection();
        self.jump(line.saturating_sub(1), column.saturating_sub(1));
        self.settle();
    }

    /// Says what is wrong with the text now, in place of what was said before.
    pub fn set_problems(&mut self, mut problems: Vec<Problem>) {
        problems.sort_by_key(|problem| (problem.line, problem.column));
        self.problems = problems;
    }

    /// What is wrong with the text, by line.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether something is being chosen for the cursor's place, so that `Esc` and `Enter` are about that.
    #[must_use]
    pub fn is_choosing(&self) -> bool {
        self.popup.is_some()
    }

    /// What the key on the cursor's line means.
    #[must_use]
    pub fn meaning(&self) -> Option<Meaning> {
        document::meaning(self.area.lines(), self.cursor().0)
    }

    /// Takes what was pasted, as one stroke. Terminals send a return for the end of a line.
    pub fn paste(&mut self, text: &str) -> Reaction {
        self.popup = None;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let strokes = usize::from(self.has_selection()) + 1;
        if text.is_empty() || !self.area.insert_str(text) {
            return Reaction::Ignored;
        }
        self.changed(strokes)
    }

    /// Takes a key.
    pub fn on(&mut self, key: Key) -> Reaction {
        match self.popup.take() {
            Some(popup) => self.choosing(popup, key),
            None => self.stroke(key),
        }
    }

    /// A key while something is being chosen: a letter narrows the choice, what is for the text alone ends it.
    fn choosing(&mut self, mut popup: Popup, key: Key) -> Reaction {
        let narrows = key.typed().is_some_and(|c| c.is_alphanumeric() || "_-./*".contains(c));
        match (key.code, key.ctrl) {
            (Code::Enter, false) => return self.take(&popup),
            (Code::Esc, _) => return Reaction::Moved,
            (Code::Tab, false) => popup.step(key.shift),
            (Code::Down | Code::Up, false) if !key.shift => popup.step(key.code == Code::Up),
            (Code::Backspace | Code::Char(_), false) if narrows || key.code == Code::Backspace => {
                let row = self.area.cursor().0;
                let reaction = self.stroke(key);
                let (line, column) = self.cursor();
                if row + 1 == line {
                    self.popup = popup.narrowed(document::complete(self.area.lines(), line, column));
                }
                return reaction;
            }
            _ => return self.stroke(key),
        }
        self.popup = Some(popup);
        Reaction::Moved
    }

    /// Writes the chosen one, as one stroke.
    fn take(&mut self, popup: &Popup) -> Reaction {
        let (candidate, from, to) = popup.chosen();
        let row = self.area.cursor().0;
        self.area.cancel_selection();
        self.jump(row, from - 1);
        let mut strokes = usize::from(to > from && self.area.delete_str(to - from));
        strokes += usize::from(self.area.insert_str(&candidate.insert));
        for _ in 0..candidate.back {
            self.area.move_cursor(CursorMove::Back);
        }
        self.changed(strokes)
    }

    /// Asks what could stand at the cursor; where nothing could, the line goes deeper.
    fn tab(&mut self) -> Reaction {
        if self.has_selection() {
            return self.indent();
        }
        let (line, column) = self.cursor();
        self.popup = Popup::new(document::complete(self.area.lines(), line, column));
        if self.popup.is_some() { Reaction::Moved } else { self.indent() }
    }

    fn stroke(&mut self, key: Key) -> Reaction {
        if let Some(c) = key.typed() {
            return self.letter(c);
        }
        if let Some(movement) = movement(key) {
            return self.moved(movement, key);
        }
        match (key.code, key.ctrl) {
            (Code::Enter, false) => self.newline(),
            (Code::Tab, false) if key.shift => self.outdent(),
            (Code::Tab, false) => self.tab(),
            (Code::Backspace, false) => self.backspace(),
            (Code::Delete, false) => self.once(|area| area.input_without_shortcuts(input(Typed::Delete))),
            (Code::Backspace | Code::Char('w'), true) => self.once(TextArea::delete_word),
            (Code::Char('u'), true) => self.once(TextArea::delete_line_by_head),
            (Code::Char('z'), true) => self.undo(),
            (Code::Char('y'), true) => self.redo(),
            _ => Reaction::Ignored,
        }
    }

    fn once(&mut self, edit: impl FnOnce(&mut TextArea<'static>) -> bool) -> Reaction {
        if edit(&mut self.area) { self.changed(1) } else { Reaction::Ignored }
    }

    fn changed(&mut self, strokes: usize) -> Reaction {
        self.area.cancel_selection();
        self.undo.push(Group { strokes, open_at: None });
        self.redo.clear();
        self.settle();
        Reaction::Changed
    }

    fn undo(&mut self) -> Reaction {
        let Some(group) = self.undo.pop() else { return Reaction::Ignored };
        let undone = (0..group.strokes).take_while(|_| self.area.undo()).count();
        self.redo.push(Group { strokes: undone, open_at: None });
        self.settle();
        if undone > 0 { Reaction::Changed } else { Reaction::Ignored }
    }

    fn redo(&mut self) -> Reaction {
        let Some(group) = self.redo.pop() else { return Reaction::Ignored };
        let redone = (0..group.strokes).take_while(|_| self.area.redo()).count();
        self.undo.push(Group { strokes: redone, open_at: None });
        self.settle();
        if redone > 0 { Reaction::Changed } else { Reaction::Ignored }
    }

    /// After anything but moving up and down the column to keep is where the cursor is.
    fn settle(&mut self) {
        self.goal = None;
    }

    fn has_selection(&self) -> bool {
        self.area.selection_range().is_some_and(|(from, to)| from != to)
    }
}

fn input(key: Typed) -> Input {
    Input { key, ctrl: false, alt: false, shift: false }
}
