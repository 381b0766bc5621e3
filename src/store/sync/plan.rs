//! When a shelf is listed next: behind the first list once more, from time to time if it is not watched, later if it failed.

use std::time::Duration;

use tokio::time::Instant;

use super::pace;
use crate::kind::Kind;

/// The quiet list covers what the server's list did not have yet and its stream had sent before. Where the server lists from the
/// very cache that sends the events, it sends none before it has taken it in. Short lists are asked for twice all the same, for
/// servers we do not know; one of this length is not, unless its kind is known to lag.
const LONG: usize = 10_000;

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
    /// How many there were when something came that was never listed.
    unlisted: Option<usize>,
    /// How often in a row listing again for such a thing brought nothing: it was of those that labels hide.
    vain: u32,
}

impl Plan {
    /// Something came that was never listed, while there were so many: a list will tell whether it may be seen.
    pub fn unlisted(&mut self, items: usize) {
        if self.unlisted.is_none() {
            self.unlisted = Some(items);
            self.plan(Some(pace::unlisted(items, self.vain)));
        }
    }

    /// The list came to its end, with so many.
    pub fn done(&mut self, kind: &Kind, watched: bool, poll: Duration, items: usize) {
        (self.running, self.failures) = (false, 0);
        if let Some(before) = self.unlisted.take() {
            self.vain = if items > before { 0 } else { self.vain + 1 };
        }
        let pause = if !watched {
            Some(pace::around(poll))
        } else if self.quieted || (items > LONG && !kind.lags) {
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
