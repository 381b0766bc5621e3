//! What typing does to the text: letters that are undone by the word, and the indentation that YAML wants.

use tui_textarea::Key as Typed;

use super::{Editor, Group, Reaction, input};

/// YAML is indented by so much.
const INDENT: usize = 2;

impl Editor {
    pub(super) fn letter(&mut self, c: char) -> Reaction {
        let strokes = usize::from(self.has_selection()) + 1;
        let at = (self.area.cursor().0, self.area.cursor().1);
        self.area.input_without_shortcuts(input(Typed::Char(c)));
        let cursor = self.area.cursor();
        // Letters of one word are undone together.
        let open = self.undo.last().is_some_and(|group| strokes == 1 && group.open_at == Some(at)) && self.redo.is_empty();
        match self.undo.last_mut().filter(|_| open) {
            Some(group) => group.strokes += 1,
            None => self.undo.push(Group { strokes, open_at: None }),
        }
        if let Some(group) = self.undo.last_mut() {
            group.open_at = (!c.is_whitespace()).then_some((cursor.0, cursor.1));
        }
        self.redo.clear();
        self.settle();
        Reaction::Changed
    }

    /// A new line as deep as this one, or deeper after a key that opens a block.
    pub(super) fn newline(&mut self) -> Reaction {
        let cursor = self.area.cursor();
        let before: String = self.area.lines()[cursor.0].chars().take(cursor.1).collect();
        let mut depth = before.len() - before.trim_start_matches(' ').len();
        if before.trim_end().ends_with(':') && !before.trim_start().starts_with('#') {
            depth += INDENT;
        }
        let mut strokes = usize::from(self.has_selection()) + 1;
        self.area.input_without_shortcuts(input(Typed::Enter));
        if depth > 0 {
            strokes += usize::from(self.area.insert_str(" ".repeat(depth)));
        }
        self.changed(strokes)
    }

    pub(super) fn indent(&mut self) -> Reaction {
        let strokes = usize::from(self.has_selection()) + 1;
        let column = self.area.cursor().1;
        self.area.insert_str(" ".repeat(INDENT - column % INDENT));
        self.changed(strokes)
    }

    pub(super) fn outdent(&mut self) -> Reaction {
        let (row, column) = (self.area.cursor().0, self.area.cursor().1);
        let line = &self.area.lines()[row];
        let depth = line.len() - line.trim_start_matches(' ').len();
        let less = if depth == 0 { 0 } else { (depth - 1) % INDENT + 1 };
        self.area.cancel_selection();
        self.jump(row, 0);
        let reaction = self.once(|area| less > 0 && area.delete_str(less));
        self.jump(row, column.saturating_sub(less));
        reaction
    }

    /// In the blanks at the beginning of a line a whole step of indentation goes.
    pub(super) fn backspace(&mut self) -> Reaction {
        let cursor = self.area.cursor();
        let lead = cursor.1 > 0 && self.area.lines()[cursor.0].chars().take(cursor.1).all(|c| c == ' ');
        if !lead || self.has_selection() {
            return self.once(|area| area.input_without_shortcuts(input(Typed::Backspace)));
        }
        let less = (cursor.1 - 1) % INDENT + 1;
        self.area.cancel_selection();
        self.jump(cursor.0, cursor.1 - less);
        self.once(|area| area.delete_str(less))
    }
}
