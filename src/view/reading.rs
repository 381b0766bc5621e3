//! A text that must be read to its end before anything is sent from below it.
//!
//! Sending is armed a little after the frame that showed the last line was written to the terminal, so that neither a held
//! key nor one typed ahead can confirm what nobody has seen. Whatever changes the text takes the arming back.

use std::time::{Duration, Instant};

use crate::resource::Now;

/// Between the frame that showed the last line and the first key that counts.
const PAUSE: Duration = Duration::from_millis(300);

/// How far such a text has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    scroll: usize,
    lines: usize,
    height: usize,
    drawn_in: Option<u64>,
    armed_at: Option<Instant>,
}

impl Reading {
    /// Says how long the text is and how much of it fits. `version` is the state that the next frame is drawn from.
    pub fn fit(&mut self, lines: usize, height: usize, version: u64) {
        if lines != self.lines {
            (self.drawn_in, self.armed_at) = (None, None);
        }
        (self.lines, self.height) = (lines, height);
        self.scroll = self.scroll.min(lines.saturating_sub(height));
        let at_end = height > 0 && self.scroll + height >= lines;
        if at_end && self.drawn_in.is_none() {
            self.drawn_in = Some(version);
        }
    }

    /// It is another text now: read it again.
    pub fn begin_again(&mut self) {
        *self = Self { height: self.height, ..Self::default() };
    }

    /// A frame of this version is on the terminal.
    pub fn shown(&mut self, version: u64, now: Now) {
        if self.armed_at.is_none() && self.drawn_in.is_some_and(|drawn| version >= drawn) {
            self.armed_at = Some(now.mono + PAUSE);
        }
    }

    /// Whether a key read at this moment counts.
    #[must_use]
    pub fn is_armed(&self, now: Now) -> bool {
        self.armed_at.is_some_and(|at| now.mono >= at)
    }

    /// Whether all of it has been on screen.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.drawn_in.is_some()
    }

    /// When it will be armed, if that lies ahead.
    #[must_use]
    pub fn arms_at(&self, now: Now) -> Option<Instant> {
        self.armed_at.filter(|at| *at > now.mono)
    }

    /// Scrolls by so many lines.
    pub fn by(&mut self, lines: isize) {
        self.scroll = self.scroll.saturating_add_signed(lines).min(self.lines.saturating_sub(self.height));
    }

    /// Scrolls by a page, one line kept.
    pub fn page(&mut self, pages: isize) {
        self.by(pages * isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(1));
    }

    /// The first line that is on screen.
    #[must_use]
    pub fn scroll(&self) -> usize {
        self.scroll
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_long_text_is_armed_only_after_its_end_was_shown() {
        #[expect(clippy::disallowed_methods, reason = "any moment will do")]
        let start = Instant::now();
        let now = |ms| Now { wall: SystemTime::UNIX_EPOCH, mono: start + Duration::from_millis(ms), still: false };
        let mut reading = Reading::default();
        reading.fit(30, 10, 1);
        reading.shown(1, now(0));
        assert!(!reading.is_armed(now(10_000)), "its end was not on screen");
        reading.by(20);
        reading.fit(30, 10, 2);
        assert!(!reading.is_armed(now(10_000)), "the frame was not written");
        reading.shown(1, now(10_000));
        assert!(!reading.is_armed(now(20_000)), "an older frame does not count");
        reading.shown(2, now(20_000));
        assert!(!reading.is_armed(now(20_299)));
        assert!(reading.is_armed(now(20_300)));
        reading.fit(31, 10, 3);
        assert!(!reading.is_armed(now(30_000)), "it is longer now");
    }
}
