//! One connection's life: watch, list, apply, and notice when it has died.
//!
//! The order matters, any other can lose an event: the watch is confirmed before the first list is asked for. The watch, the
//! lists and the pings are tasks that report here and end with the link. Only the watch and the ping decide that a link is
//! dead; a failed list is a matter of its shelf.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::intake::Again;
use super::list::Reading;
use super::plan::Plan;
use super::stream::watch;
use super::{Request, STAMP_EVERY, Task, pace};
use crate::api::{Client, Error, Event, Family};
use crate::kind::Kind;
use crate::store::snapshot::LinkState;

/// How many events that have come are handled before a request is looked at.
const BURST: usize = 256;
/// So many signs of life are published at once: what was published holds the pages of before, which is memory.
const QUIETLY: usize = 8_192;

/// Why a link is no more.
pub enum Ended {
    /// Nobody is interested any more.
    Finished,
    /// It was asked for.
    Redial,
    /// It broke.
    Broken {
        /// Why, in one line.
        reason: String,
        /// When it was last heard of.
        heard: SystemTime,
    },
}

/// What the tasks of a link report.
pub enum Heard {
    /// Which kinds the watch will tell of.
    Granted(Vec<&'static str>),
    /// Something happened.
    Event(Event),
    /// The watch is over.
    Over(Error),
    /// A page for a shelf. The next but one is asked for when the permit is back.
    Page(usize, Vec<(&'static str, Bytes)>, OwnedSemaphorePermit),
    /// A shelf's list is at its end.
    Listed(usize, Result<(), Error>),
    /// The server answered a ping of this moment after so long, or did not.
    Pong(Instant, Result<Duration, Error>),
}

struct Link {
    client: Client,
    tasks: JoinSet<()>,
    say: mpsc::Sender<Heard>,
    granted: Option<Vec<&'static str>>,
    plans: Vec<Plan>,
    heard: Instant,
    heard_at: SystemTime,
    pinging: bool,
    round_trip: Option<Duration>,
    /// When what has changed will be published.
    flush: Option<Instant>,
    /// When signs of life that change nothing in sight will be: not at once, but before they would be told as missing.
    calm: Instant,
    /// Both clocks, as they were when last compared.
    clocks: (SystemTime, Instant),
    look: Instant,
}

impl Task {
    /// Keeps everything current over this connection until it ends.
    pub(super) async fn live(&mut self, client: Client, stamp: Option<SystemTime>) -> Ended {
        self.board.set_caller(client.caller());
        self.link.send_replace(Some(client.clone()));
        let (say, mut hear) = mpsc::channel(256);
        let now = Instant::now();
        let mut link = Link {
            client,
            tasks: JoinSet::new(),
            say,
            granted: None,
            plans: vec![Plan::default(); self.settings.kinds.len()],
            heard: now,
            heard_at: self.shown(),
            pinging: false,
            round_trip: None,
            flush: None,
            calm: now + pace::CALM,
            clocks: ((self.clock.real)(), now),
            look: now + STAMP_EVERY,
        };
        let wires = self.settings.kinds.iter().flat_map(|kind| kind.wire.iter().copied()).collect();
        link.tasks.spawn(watch(link.client.clone(), wires, link.say.clone()));
        link.ping();
        loop {
            let wake = link.wake(self.board.is_dirty(), self.board.quiet() > 0);
            tokio::select! {
                Some(heard) = hear.recv() => {
                    let mut next = Some(heard);
                    // What came together is handled together, but not so much that a request or the screen waits. A page is a
                    // thousand things to decode, and what follows a grant must find the lists begun.
                    for room in (0..BURST).rev() {
                        let Some(heard) = next.take() else { break };
                        let alone = matches!(heard, Heard::Page(..) | Heard::Granted(_));
                        if let Err(ended) = self.hear(&mut link, heard) {
                            return ended;
                        }
                        if alone {
                            // There may be but one thread for all that is not the screen.
                            tokio::task::yield_now().await;
                            break;
                        }
                        if link.flush.is_some_and(|flush| flush <= Instant::now()) {
                            break;
                        }
                        if room > 0 {
                            next = hear.try_recv().ok();
                        }
                    }
                }
                request = self.asked.recv() => match request {
                    None => return Ended::Finished,
                    Some(Request::Redial) => return Ended::Redial,
                    // Without a watch there may be new rights to one, and only a new link asks again.
                    Some(Request::Refresh(None)) if link.is_polling() || self.stamp() != stamp => return Ended::Redial,
                    Some(Request::Refresh(kind)) => link.refresh(self.settings.kinds, kind),
                    Some(Request::Poke) if self.stamp() != stamp => return Ended::Redial,
                    Some(Request::Poke) => link.ping(),
                },
                () = tokio::time::sleep_until(wake) => {}
            }
            if self.tick(&mut link) && self.stamp() != stamp {
                return Ended::Redial;
            }
            if link.has_lost_a_task() {
                return Ended::Broken {
                    reason: "a part of this program failed; the log has more".to_owned(),
                    heard: link.heard_at,
                };
            }
        }
    }

    /// Does what is due. Answers whether it is time to look at the credentials.
    fn tick(&mut self, link: &mut Link) -> bool {
        let now = Instant::now();
        link.compare_clocks((self.clock.real)(), now);
        if now >= link.heard + pace::SILENCE {
            link.ping();
        }
        for shelf in 0..link.plans.len() {
            if !link.plans[shelf].running && link.plans[shelf].due.is_some_and(|due| due <= now) {
                self.list(link, shelf);
            }
        }
        if self.board.is_dirty() {
            let flush = *link.flush.get_or_insert(now + pace::COALESCE);
            if flush <= now {
                (link.flush, link.calm) = (None, now + pace::CALM);
                self.publish();
            }
        } else if self.board.quiet() >= QUIETLY || (self.board.quiet() > 0 && link.calm <= now) {
            link.calm = now + pace::CALM;
            self.publish();
        }
        let look = now >= link.look;
        if look {
            link.look = now + STAMP_EVERY;
        }
        look
    }

    fn list(&mut self, link: &mut Link, shelf: usize) {
        let plan = &mut link.plans[shelf];
        (plan.running, plan.due) = (true, None);
        self.board.begin(shelf);
        let reading = Reading {
            client: link.client.clone(),
            kind: self.board.kind(shelf),
            shelf,
            limit: self.settings.page,
            most: self.settings.most,
            say: link.say.clone(),
        };
        link.tasks.spawn(reading.run());
    }

    fn hear(&mut self, link: &mut Link, heard: Heard) -> Result<(), Ended> {
        (link.heard, link.heard_at) = match &heard {
            Heard::Pong(_, Err(_)) | Heard::Over(_) | Heard::Listed(_, Err(_)) => (link.heard, link.heard_at),
            _ => (Instant::now(), self.shown()),
        };
        match heard {
            Heard::Granted(kinds) => {
                link.granted = Some(kinds);
                for plan in &mut link.plans {
                    plan.due = Some(Instant::now());
                }
                self.board.set_link(link.state(self.settings.poll));
            }
            Heard::Event(event) => {
                if let Some((shelf, again)) = self.board.event(&event, self.settings.most) {
                    let plan = &mut link.plans[shelf];
                    match again {
                        Again::Unread => plan.due = plan.due.or(Some(Instant::now() + pace::FAILED)),
                        Again::Unlisted => plan.unlisted(self.board.len(shelf)),
                    }
                }
            }
            Heard::Over(error) => return Err(link.broken(&error)),
            Heard::Page(shelf, resources, _permit) => {
                // The first rows are on screen before more are asked for.
                if self.board.page(shelf, &resources, self.settings.most) {
                    link.flush = None;
                    self.publish();
                }
            }
            Heard::Listed(shelf, Ok(())) => {
                self.board.finish(shelf, self.settings.most);
                let (kind, items) = (self.board.kind(shelf), self.board.len(shelf));
                let watched = link.is_watched(kind);
                link.plans[shelf].done(kind, watched, pace::poll(self.settings.poll, items), items);
            }
            Heard::Listed(shelf, Err(error)) => {
                let denied = matches!(error.family, Family::AccessDenied | Family::MfaRequired);
                if error.family == Family::ConnectionProblem {
                    link.ping();
                }
                link.plans[shelf].failed(denied);
                self.board.fail(shelf, error);
            }
            Heard::Pong(asked, answer) => {
                link.pinging = false;
                match answer {
                    Ok(round_trip) => {
                        link.round_trip = Some(pace::step(round_trip));
                        if link.granted.is_some() {
                            self.board.set_link(link.state(self.settings.poll));
                        }
                    }
                    // A line full of pages is slow with its answer, and not dead. One that is dead brings nothing after this.
                    Err(error) if error.family == Family::NoAnswer && link.heard > asked => {
                        tracing::debug!(%error, "but it is heard of");
                        link.ping();
                    }
                    Err(error) if matches!(error.family, Family::ConnectionProblem | Family::NoAnswer) => {
                        return Err(link.broken(&error));
                    }
                    // A locked user is refused even this; a refusal is a sign of life.
                    Err(_) => (link.heard, link.heard_at) = (Instant::now(), self.shown()),
                }
            }
        }
        Ok(())
    }
}

impl Link {
    /// Lets go of the tasks that are done. One that panicked will never report, and what waits for it would wait for ever.
    fn has_lost_a_task(&mut self) -> bool {
        let mut lost = false;
        while let Some(done) = self.tasks.try_join_next() {
            lost |= done.is_err();
        }
        lost
    }

    fn is_watched(&self, kind: &Kind) -> bool {
        self.granted.as_ref().is_some_and(|granted| kind.wire.iter().all(|wire| granted.contains(wire)))
    }

    fn is_polling(&self) -> bool {
        self.granted.as_ref().is_some_and(Vec::is_empty)
    }

    fn state(&self, every: Duration) -> LinkState {
        if self.is_polling() { LinkState::Polling { every } } else { LinkState::Live { round_trip: self.round_trip } }
    }

    fn broken(&self, error: &Error) -> Ended {
        Ended::Broken { reason: error.to_string(), heard: self.heard_at }
    }

    fn refresh(&mut self, kinds: &[&'static Kind], name: Option<&str>) {
        // Before the watch is confirmed nothing may be listed; then everything is.
        if self.granted.is_none() {
            return;
        }
        for (kind, plan) in kinds.iter().zip(&mut self.plans) {
            if name.is_none_or(|name| name == kind.name) {
                plan.due = Some(Instant::now());
            }
        }
    }

    fn ping(&mut self) {
        if std::mem::replace(&mut self.pinging, true) {
            return;
        }
        let (client, say) = (self.client.clone(), self.say.clone());
        self.tasks.spawn(async move {
            let asked = Instant::now();
            let answer = client.ping(pace::PING_LIMIT).await;
            let _ = say.send(Heard::Pong(asked, answer.map(|()| asked.elapsed()))).await;
        });
    }

    /// A wall clock that ran ahead means that the machine slept, and the other side may have hung up meanwhile.
    fn compare_clocks(&mut self, wall: SystemTime, now: Instant) {
        let passed = wall.duration_since(self.clocks.0).unwrap_or_default();
        if passed > now.duration_since(self.clocks.1) + pace::JUMP {
            tracing::info!("the clock jumped; is the link alive?");
            self.ping();
        }
        self.clocks = (wall, now);
    }

    /// When to look next, if nothing is heard.
    fn wake(&self, dirty: bool, quiet: bool) -> Instant {
        let lists = self.plans.iter().filter(|plan| !plan.running).filter_map(|plan| plan.due);
        let silence = (!self.pinging).then_some(self.heard + pace::SILENCE);
        let flush = if dirty { self.flush.or(Some(Instant::now())) } else { None };
        let jump = Some(self.clocks.1 + pace::LOOK);
        let all = lists.chain(silence).chain(flush).chain(jump).chain(quiet.then_some(self.calm));
        all.fold(self.look, Instant::min)
    }
}
