//! Why there is no live link, in whole sentences: the header has room for a few words, a person at a broken line needs all of them.
//!
//! Every road that was tried is told with its cause, and what can be done. Nothing is cut; where rows would be there is room.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::Context;
use crate::kind::Tone;
use crate::resource::{Utc, clean, short};
use crate::store::{LinkState, Phase, Shelf};
use crate::ui::command::Command;
use crate::ui::text::{put_lines, wrap};

/// The whole story, or nothing while the link is live or still being made.
#[must_use]
pub fn lines(room: u16, cx: &Context<'_>) -> Vec<Line<'static>> {
    let now = cx.now.wall;
    let again = cx.keymap.key_of(Command::Refresh).map_or_else(|| "refresh".to_owned(), |key| key.to_string());
    let next = |at: std::time::SystemTime| match at.duration_since(now) {
        Ok(left) if left.as_secs() > 0 => format!("tried again in {} · {again} tries now", short(left)),
        _ => "being tried again now".to_owned(),
    };
    let mut said: Vec<(String, Tone)> = Vec::new();
    match &cx.snapshot.link {
        LinkState::Connecting | LinkState::Live { .. } | LinkState::Polling { .. } => return Vec::new(),
        LinkState::Stale { since, retry_at, reason } => {
            let since = Utc::new(*since).clock();
            said.push((format!("The line broke at {since}; what is shown is as it was then."), Tone::Warn));
            said.push((clean(reason).into_owned(), Tone::Muted));
            said.push((next(*retry_at), Tone::Muted));
        }
        LinkState::Offline { reasons, retry_at } => {
            said.push(("No connection to the cluster.".to_owned(), Tone::Bad));
            said.extend(reasons.iter().map(|reason| (clean(reason).into_owned(), Tone::Plain)));
            said.push((next(*retry_at), Tone::Muted));
        }
        LinkState::Expired { hint } => {
            said.push(("The certificate has ended, and no new connection is made with it.".to_owned(), Tone::Bad));
            said.push((format!("To go on: {}", clean(hint)), Tone::Plain));
            said.push((format!("The new one is found by itself within a minute; {again} looks at once."), Tone::Muted));
        }
    }
    said.iter().flat_map(|(text, tone)| wrap([(text.as_str(), cx.theme.style(*tone))], room)).collect()
}

/// Whether that is why there is nothing to show here: the list was not had yet and cannot be had now.
#[must_use]
pub fn stands_in_the_way(shelf: &Shelf, cx: &Context<'_>) -> bool {
    let live = matches!(cx.snapshot.link, LinkState::Connecting | LinkState::Live { .. } | LinkState::Polling { .. });
    !live && matches!(shelf.phase(), Phase::Loading | Phase::Filling(_) | Phase::Failed(_))
}

/// Draws the story where rows would be.
pub fn draw(area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let inner = Rect { x: area.x + 4, width: area.width.saturating_sub(5), ..area };
    put_lines(frame.buffer_mut(), inner, &lines(inner.width, cx), 0);
}
