//! The one task that keeps everything current: it dials, watches, lists, applies, and publishes snapshots.
//!
//! It owns the connection and the shelves; everybody else has a [`Handle`]. Nothing that a key can interrupt contains a
//! reconnect. How a connection is made is the dialler's business ([`Dial`]), which also reads the certificate anew each time.

mod board;
mod change;
mod intake;
mod link;
mod list;
mod pace;
mod plan;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use self::board::Board;
use self::link::Ended;
use super::snapshot::{LinkState, Snapshot};
use crate::api::Client;
use crate::kind::{ALL, Kind};
use crate::transport::backoff::Backoff;

/// A connection that stands, with its client's caller learnt.
#[derive(Debug)]
pub struct Dialled {
    /// Ready to be asked.
    pub client: Client,
}

/// Why there is no connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialError {
    /// One line for each road tried.
    pub reasons: Vec<String>,
    /// The command that makes a new certificate, if the one there is has ended. No connection was tried then.
    pub expired_hint: Option<String>,
    /// Whether waiting may mend it. If not, it is tried again only once a minute.
    pub retryable: bool,
}

/// A connection under way.
pub type Dialling = Pin<Box<dyn Future<Output = Result<Dialled, DialError>> + Send>>;

/// Makes a connection, reading the credentials anew.
pub type Dial = Box<dyn FnMut() -> Dialling + Send>;

/// Tells one state of the credentials from another, as the time of their file's last change does.
pub type Stamp = Box<dyn Fn() -> Option<SystemTime> + Send>;

/// The wall clock, twice: as it is shown, which a test may hold still, and as it runs.
#[derive(Clone)]
pub struct Clock {
    /// What ages and countdowns are told by.
    pub shown: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// What is compared with the monotonic clock: a jump means that the machine slept.
    pub real: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Clock {
    /// Whether what is shown is held still, and not the clock that runs.
    #[must_use]
    pub fn is_still(&self) -> bool {
        !Arc::ptr_eq(&self.shown, &self.real)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({:?})", (self.shown)())
    }
}

/// What can be set about keeping current.
pub struct Settings {
    /// The kinds to keep, each a shelf.
    pub kinds: &'static [&'static Kind],
    /// How many resources to ask for at once.
    pub page: usize,
    /// How many resources of one kind are kept at most, whatever a server sends.
    pub most: usize,
    /// How often to ask for what cannot be watched.
    pub poll: Duration,
    /// Looked at once a minute: another stamp means new credentials, and a new dial.
    pub stamp: Option<Stamp>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { kinds: ALL, page: 1_000, most: 500_000, poll: Duration::from_secs(5), stamp: None }
    }
}

/// What a person can ask of the task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// List this kind again, or all.
    Refresh(Option<&'static str>),
    /// Break the connection and dial anew, for instance with new credentials.
    Redial,
    /// Something may have happened to the link or the credentials: look now and not at the next occasion.
    Poke,
}

/// How others see the task. When the last sender of requests is dropped, it ends.
#[derive(Clone, Debug)]
pub struct Handle {
    /// The newest state.
    pub snapshots: watch::Receiver<Arc<Snapshot>>,
    /// The connection, while it stands.
    pub link: watch::Receiver<Option<Client>>,
    /// What to do. Bounded: a full queue may be taken as done.
    pub requests: mpsc::Sender<Request>,
}

/// Starts the task.
#[must_use]
pub fn spawn(settings: Settings, dial: Dial, clock: Clock) -> Handle {
    let board = Board::new(settings.kinds, clock.clone());
    let (publish, snapshots) = watch::channel(board.snapshot());
    let (link, client) = watch::channel(None);
    let (requests, asked) = mpsc::channel(16);
    tokio::spawn(Task { settings, dial, clock, board, publish, link, asked }.run());
    Handle { snapshots, link: client, requests }
}

/// How long a dial may take over all roads.
const DIAL_LIMIT: Duration = Duration::from_secs(90);
/// How often the credentials' stamp is looked at.
const STAMP_EVERY: Duration = Duration::from_mins(1);

struct Task {
    settings: Settings,
    dial: Dial,
    clock: Clock,
    board: Board,
    publish: watch::Sender<Arc<Snapshot>>,
    link: watch::Sender<Option<Client>>,
    asked: mpsc::Receiver<Request>,
}

impl Task {
    async fn run(mut self) {
        let mut backoff = Backoff::default();
        loop {
            let stamp = self.stamp();
            let dialled_at = Instant::now();
            let dialled = self.dial().await;
            // What was asked for while the dial was under way is what the dial does.
            while self.asked.try_recv().is_ok() {}
            let pause = match dialled {
                Ok(dialled) => {
                    let began = Instant::now();
                    let ended = self.live(dialled.client, stamp).await;
                    self.link.send_replace(None);
                    // A link that broke at once is no success: a server that cuts every watch must not be dialled in a loop.
                    if began.elapsed() > pace::STEADY {
                        backoff.reset();
                    }
                    match ended {
                        Ended::Finished => return,
                        Ended::Redial => {
                            self.board.stale(None, self.shown());
                            Duration::ZERO
                        }
                        Ended::Broken { reason, heard } => {
                            let pause = backoff.next(pace::chance());
                            let retry_at = self.shown() + pause;
                            self.board.stale(Some((reason, heard)), retry_at);
                            pause
                        }
                    }
                }
                Err(error) => self.failed(error, &mut backoff),
            };
            self.publish();
            if !self.pause(pause, stamp).await {
                return;
            }
            // A key held down is one wish.
            tokio::time::sleep_until(dialled_at + pace::APART).await;
        }
    }

    async fn dial(&mut self) -> Result<Dialled, DialError> {
        let dialling = (self.dial)();
        if let Ok(answer) = tokio::time::timeout(DIAL_LIMIT, dialling).await {
            answer
        } else {
            let reasons = vec![format!("no connection within {} s", DIAL_LIMIT.as_secs())];
            Err(DialError { reasons, expired_hint: None, retryable: true })
        }
    }

    fn failed(&mut self, error: DialError, backoff: &mut Backoff) -> Duration {
        let pause = if error.retryable && error.expired_hint.is_none() { backoff.next(pace::chance()) } else { STAMP_EVERY };
        let retry_at = self.shown() + pause;
        self.board.set_link(match (error.expired_hint, self.board.link().clone()) {
            (Some(hint), _) => LinkState::Expired { hint },
            (None, LinkState::Stale { since, .. }) if error.retryable => {
                LinkState::Stale { since, retry_at, reason: error.reasons.join("; ") }
            }
            _ => LinkState::Offline { reasons: error.reasons, retry_at },
        });
        pause
    }

    /// Waits before the next dial; new credentials or a person's wish end it early. Answers whether to go on at all.
    async fn pause(&mut self, pause: Duration, stamp: Option<SystemTime>) -> bool {
        let until = Instant::now() + pause;
        let mut look = Instant::now() + STAMP_EVERY;
        loop {
            tokio::select! {
                request = self.asked.recv() => {
                    return request.is_some();
                }
                () = tokio::time::sleep_until(until.min(look)) => {
                    if Instant::now() >= until || self.stamp() != stamp {
                        return true;
                    }
                    look = Instant::now() + STAMP_EVERY;
                }
            }
        }
    }

    fn stamp(&self) -> Option<SystemTime> {
        self.settings.stamp.as_ref().and_then(|stamp| stamp())
    }

    fn shown(&self) -> SystemTime {
        (self.clock.shown)()
    }

    /// Publishes if there is anything new.
    fn publish(&mut self) {
        if let Some(snapshot) = self.board.take() {
            self.publish.send_replace(snapshot);
        }
    }
}
