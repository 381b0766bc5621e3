//! What has just been said, one sentence at a time.
//!
//! A later notice never erases one that was not read. Good news goes by itself after a while, a warning stays until a key was
//! pressed while it could be read. It has a line of its own, so it never covers what it is about.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text::{put, put_right, width};
use super::theme::Theme;
use crate::kind::Tone;
use crate::resource::clean;

/// So long a sentence must have been in sight before a key counts as having read it.
const READ: Duration = Duration::from_millis(700);
/// Good news goes after this.
const GONE: Duration = Duration::from_secs(6);
/// More than this nobody reads; the oldest of the good news goes first.
const MOST: usize = 50;

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Safe to show.
    pub text: String,
    /// What it means.
    pub tone: Tone,
    /// It says why a key did nothing. Whatever is said later takes its place: an answer to the key before would be taken for the
    /// answer to this one.
    refusal: bool,
}

impl Notice {
    /// Words from anywhere, made safe to show.
    #[must_use]
    pub fn new(tone: Tone, text: &str) -> Self {
        Self { text: clean(text).into_owned(), tone, refusal: false }
    }

    /// Why a key did nothing.
    #[must_use]
    pub fn refusal(text: &str) -> Self {
        Self { refusal: true, ..Self::new(Tone::Warn, text) }
    }

    fn stays(&self) -> bool {
        matches!(self.tone, Tone::Warn | Tone::Bad)
    }
}

/// Sentences that wait to be read, the first in sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    queue: VecDeque<Notice>,
    since: Option<Instant>,
}

impl Notices {
    /// Says something. What is already waiting to be read in the same words is not said twice.
    pub fn say(&mut self, notice: Notice, now: Instant) {
        if self.queue.contains(&notice) {
            return;
        }
        // Nothing came of that key, so nothing is lost with it.
        if self.front().is_some_and(|front| front.refusal) {
            self.since = None;
        }
        self.queue.retain(|old| !old.refusal);
        if !self.queue.is_empty() {
            self.since.get_or_insert(now);
        }
        if self.queue.len() >= MOST {
            let at = self.queue.iter().skip(1).position(|old| !old.stays()).map_or(1, |at| at + 1);
            self.queue.remove(at);
        }
        self.queue.push_back(notice);
        self.since.get_or_insert(now);
    }

    /// What is in sight.
    #[must_use]
    pub fn front(&self) -> Option<&Notice> {
        self.queue.front()
    }

    /// A key was pressed: what was in sight long enough is read. Answers whether the picture changed.
    pub fn pressed(&mut self, now: Instant) -> bool {
        let read = self.since.is_some_and(|since| now.saturating_duration_since(since) >= READ);
        read && self.next(now)
    }

    /// Lets good news go that has been in sight long enough. Answers whether the picture changed.
    pub fn tick(&mut self, now: Instant) -> bool {
        self.wake_at().is_some_and(|at| at <= now) && self.next(now)
    }

    /// When the picture changes by itself.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        self.front().filter(|front| !front.stays())?;
        self.since.map(|since| since + GONE)
    }

    fn next(&mut self, now: Instant) -> bool {
        let gone = self.queue.pop_front().is_some();
        self.since = self.front().map(|_| now);
        gone
    }

    /// Draws what is in sight, and how many wait behind it.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let Some(front) = self.front() else { return };
        let more = self.queue.len() - 1;
        let more = if more > 0 { format!("+{more}") } else { String::new() };
        let room = area.width.saturating_sub(4 + width(&more));
        put(buf, area.x + 2, area.y, room, &front.text, theme.style(front.tone));
        put_right(buf, area.right().saturating_sub(width(&more) + 1), area.y, width(&more), &more, theme.muted());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test needs some moment to count from")]
    fn start() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_later_one_never_erases_one_unread() {
        let (start, mut notices) = (start(), Notices::default());
        notices.say(Notice::new(Tone::Bad, "not saved: access denied"), start);
        notices.say(Notice::new(Tone::Good, "approved"), start);
        assert!(!notices.pressed(start + READ / 2), "nobody reads that fast");
        assert_eq!(notices.front().unwrap().text, "not saved: access denied");
        assert!(!notices.tick(start + GONE * 9), "a refusal stays");
        assert!(notices.pressed(start + READ));
        assert_eq!(notices.front().unwrap().text, "approved");
        assert!(!notices.tick(start + READ));
        assert_eq!(notices.wake_at(), Some(start + READ + GONE));
        assert!(notices.tick(start + READ + GONE));
        assert_eq!(notices, Notices::default());
    }

    #[test]
    fn a_refusal_is_about_the_last_key() {
        let (start, mut notices) = (start(), Notices::default());
        notices.say(Notice::new(Tone::Bad, "not saved"), start);
        notices.say(Notice::refusal("approve: read-only"), start);
        notices.say(Notice::refusal("deny: read-only"), start);
        assert_eq!(notices.queue.iter().map(|notice| &*notice.text).collect::<Vec<_>>(), ["not saved", "deny: read-only"]);
    }

    #[test]
    fn a_flood_keeps_the_warnings() {
        let (start, mut notices) = (start(), Notices::default());
        notices.say(Notice::new(Tone::Bad, "first"), start);
        for n in 0..200 {
            notices.say(Notice::new(Tone::Good, &n.to_string()), start);
            notices.say(Notice::new(Tone::Good, &n.to_string()), start);
        }
        assert_eq!(notices.queue.len(), MOST);
        assert_eq!(notices.front().unwrap().text, "first");
        assert_eq!(notices.queue.back().unwrap().text, "199");
    }
}
