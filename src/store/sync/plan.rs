//! When a shelf is listed next: behind the first list once more, from time to time if it is not watched, later if it failed.

use std::time::Duration;

use tokio::time::Instant;

use super::pace;

/// When a shelf is listed next.
#[derive(Clone, Copy, Default)]
pub struct Plan {
    /// Whether a list is under way.
    pub running: bool,
    /// When it is due.
    pub due: Option<Instant>,
    /// Whether the quiet re-list behind the first list is done.
    quieted: bool,
    failures: u32,
}

impl Plan {
    /// The list came to its end.
    pub fn done(&mut self, watched: bool, poll: Duration) {
        (self.running, self.failures) = (false, 0);
        let pause = if !watched {
            Some(pace::around(poll))
        } else if self.quieted {
            None
        } else {
            Some(pace::QUIET)
        };
        self.quieted = true;
        self.plan(pause);
    }

    /// The list could not be had.
    pub fn failed(&mut self, denied: bool) {
        self.running = false;
        let pause = if denied { pace::DENIED } else { pace::FAILED * (1 << self.failures.min(3)) };
        self.failures += 1;
        self.plan(Some(pace::around(pause)));
    }

    /// A list that was asked for while another ran stays due.
    fn plan(&mut self, pause: Option<Duration>) {
        let next = pause.map(|pause| Instant::now() + pause);
        self.due = [self.due, next].into_iter().flatten().min();
    }
}
