//! What was edited has been deleted by somebody else: what there is to do with the text.
//!
//! Creating it anew is offered and explained, never done by itself: a deletion was somebody's decision too.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::stage::Stage;
use super::{Context, EditView};
use crate::kind::Tone;
use crate::ui::key::{Code, Key};
use crate::ui::text::{put, put_lines, wrap};
use crate::view::Step;

impl EditView {
    /// Keys of this page.
    pub(super) fn on_gone(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        if key.ctrl {
            return None;
        }
        match key.code {
            Code::Char('c') => Some(self.review(cx)),
            Code::Char('i') | Code::Enter => {
                self.stage = Stage::Text;
                Some(Step::done())
            }
            Code::Esc => {
                self.stage = Stage::Keys;
                Some(Step::done())
            }
            _ => None,
        }
    }
}

/// Draws it.
pub fn render(view: &EditView, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let theme = cx.theme;
    let title = format!("{}: not saved · it was deleted by somebody else", view.draft);
    put(frame.buffer_mut(), area.x, area.y, area.width, &title, theme.bold(Tone::Warn));
    let kind = view.kind.name;
    let kept = view.base.as_ref().map_or(0, |base| base.hidden().len());
    let mut anew = format!(
        "creates it anew: a new {kind} of the same name, with your text. Whatever still names it finds it again and gets what \
         your text says; its revisions begin anew. The whole text is shown first."
    );
    if kept > 0 {
        let settings = if kept == 1 { "1 setting".to_owned() } else { format!("{kept} settings") };
        anew.push(' ');
        anew.push_str(&settings);
        anew.push_str(" that this build does not know go with it as they were.");
    }
    let choices = [
        ("c", anew.as_str()),
        ("i", "goes back to your text, which stays as it is"),
        (":q", "leaves; the text is kept as a draft and offered again"),
        (":discard", "throws the text away"),
    ];
    let mut lines = vec![Line::raw("Your text is kept; nothing of it is on the server."), Line::default()];
    for (key, text) in choices {
        let rows = wrap([(text, theme.plain())], area.width.saturating_sub(12).min(96));
        for (at, row) in rows.into_iter().enumerate() {
            let lead = if at == 0 { format!("  {key:<9} ") } else { " ".repeat(12) };
            lines.push(std::iter::once(Span::styled(lead, theme.accent())).chain(row.spans).collect());
        }
        lines.push(Line::default());
    }
    let body = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    put_lines(frame.buffer_mut(), body, &lines, 0);
}
