//! The filter while it is being typed: every letter filters, the arrows still move, and a key that is no text is let go.

use super::List;
use crate::ui::key::{Code, Key};
use crate::view::{Context, Step};

impl List {
    pub(super) fn type_filter(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        let input = self.typing.as_mut()?;
        match key.code {
            Code::Enter => self.typing = None,
            Code::Esc => {
                self.typing = None;
                self.filter.clear();
            }
            Code::Up => return Some(self.moved(-1, cx)),
            Code::Down => return Some(self.moved(1, cx)),
            Code::PageUp => return Some(self.moved(-self.rows.page(), cx)),
            Code::PageDown => return Some(self.moved(self.rows.page(), cx)),
            // Ctrl-c must reach the program from anywhere.
            Code::Char(_) if key.ctrl && key != Key::ctrl('u') && key != Key::ctrl('w') => return None,
            _ => {
                input.on(key);
                self.filter = input.text().to_owned();
            }
        }
        Some(Step::done())
    }
}
