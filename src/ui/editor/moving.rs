//! Where keys take the cursor. Moving up and down keeps the column, however short the lines between are.

use tui_textarea::CursorMove;

use super::{Editor, Reaction};
use crate::ui::key::{Code, Key};

/// Where a key takes the cursor.
#[derive(Clone, Copy)]
pub enum Movement {
    By(CursorMove),
    Lines(isize),
    Pages(isize),
    Home,
}

/// What a key means to the cursor, if anything.
pub fn movement(key: Key) -> Option<Movement> {
    Some(match (key.code, key.ctrl) {
        (Code::Left, false) => Movement::By(CursorMove::Back),
        (Code::Right, false) => Movement::By(CursorMove::Forward),
        (Code::Left, true) => Movement::By(CursorMove::WordBack),
        (Code::Right, true) => Movement::By(CursorMove::WordForward),
        (Code::Home, true) => Movement::Lines(isize::MIN / 2),
        (Code::End, true) => Movement::Lines(isize::MAX / 2),
        (Code::End, false) => Movement::By(CursorMove::End),
        (Code::Home, false) => Movement::Home,
        (Code::Up, false) => Movement::Lines(-1),
        (Code::Down, false) => Movement::Lines(1),
        (Code::PageUp, _) => Movement::Pages(-1),
        (Code::PageDown, _) => Movement::Pages(1),
        _ => return None,
    })
}

impl Editor {
    pub(super) fn moved(&mut self, movement: Movement, key: Key) -> Reaction {
        if key.shift {
            if !self.area.is_selecting() {
                self.area.start_selection();
            }
        } else {
            self.area.cancel_selection();
        }
        let (row, column) = (self.area.cursor().0, self.area.cursor().1);
        match movement {
            Movement::By(movement) => self.area.move_cursor(movement),
            Movement::Lines(lines) => return self.lines(row, column, lines),
            Movement::Pages(pages) => {
                let page = isize::try_from(self.window.get().rows.saturating_sub(2).max(1)).unwrap_or(1);
                return self.lines(row, column, pages * page);
            }
            Movement::Home => {
                let line = &self.area.lines()[row];
                let lead = line.len() - line.trim_start_matches(' ').len();
                self.jump(row, if column == lead { 0 } else { lead });
            }
        }
        self.settle();
        Reaction::Moved
    }

    fn lines(&mut self, row: usize, column: usize, lines: isize) -> Reaction {
        let goal = self.goal.unwrap_or(column);
        self.jump(row.saturating_add_signed(lines), goal);
        self.settle();
        self.goal = Some(goal);
        Reaction::Moved
    }

    pub(super) fn jump(&mut self, row: usize, column: usize) {
        let narrow = |n| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(narrow(row), narrow(column)));
    }
}
