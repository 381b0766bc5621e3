//! The cluster itself: what exists, and the one task that owns it.
//!
//! Calls arrive one at a time and are answered by plain functions; each subject has its own file and adds its methods here. The
//! story, expiry and heartbeats run in the same task, so every change has one order and every watcher sees that order.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use prost::Message;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior};
use tonic::Status;

use super::beats::{self, Beats};
use super::caller::{Caller, Identity};
use super::collection::{Collection, Kind};
use super::fault::Faults;
use super::ids::Ids;
use super::lag::{Change, Lag};
use super::route::{Answer, Route};
use super::story::Story;
use super::tls::Person;
use super::watch::{Watcher, delete_event, put_event};
use super::{Clock, Edition, Error, Options, scale, seed};
use crate::schema::types::RoleV6;

/// One call on its way in.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) path: String,
    pub(super) body: Bytes,
    pub(super) identity: Identity,
    pub(super) reply: oneshot::Sender<Result<Answer, Status>>,
}

/// See the file.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) options: Options,
    pub(super) faults: Faults,
    pub(super) watchers: Vec<Watcher>,
    pub(super) ids: Ids,
    pub(super) lag: Lag,
    collections: [Collection; Kind::ALL.len()],
    streams_cut: u64,
}

impl Cluster {
    /// A cluster with its seeds, nobody connected.
    pub(super) fn new(options: Options, faults: Faults) -> Result<Self, Error> {
        let collections =
            Kind::ALL.map(|kind| Collection::default().with_made(scale::made(kind, options.scale, options.now.now())));
        let mut cluster = Self {
            options,
            faults,
            watchers: Vec::new(),
            ids: Ids::new(options.seed),
            lag: Lag::default(),
            collections,
            streams_cut: 0,
        };
        for (kind, file, bytes) in seed::load(cluster.now())? {
            let bytes = if options.edition == Edition::Community { seed::for_community(kind, bytes) } else { bytes };
            let bytes = if kind == Kind::Role { super::defaults::complete(bytes) } else { Ok(bytes) };
            bytes
                .and_then(|bytes| cluster.put(kind, bytes))
                .map_err(|status| Error::Seed(file, status.message().to_owned()))?;
        }
        Ok(cluster)
    }

    pub(super) fn now(&self) -> SystemTime {
        self.options.now.now()
    }

    pub(super) fn people(&self) -> Vec<Person> {
        self.of(Kind::User).stored().filter_map(|(_, bytes)| seed::person(bytes)).collect()
    }

    /// Answers until nobody is left to ask.
    pub(super) async fn run(mut self, mut calls: mpsc::Receiver<Call>) {
        let mut plan = self.faults.follow();
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let mut turn = tokio::time::interval(beats::TURN);
        second.set_missed_tick_behavior(MissedTickBehavior::Skip);
        turn.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut story = (self.options.now == Clock::Running).then(|| Story::new(self.options.scale > 0));
        let mut beats = Beats::new(self.options.events_per_second, Instant::now());
        loop {
            let due = self.lag.due();
            tokio::select! {
                () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.catch_up(),
                call = calls.recv() => match call {
                    // Who asked may be gone by now; what was done stays done, as on any server.
                    Some(Call { path, body, identity, reply }) => drop(reply.send(self.answer(&path, &body, identity))),
                    None => return,
                },
                changed = plan.changed() => match changed {
                    Ok(()) => {
                        self.catch_up();
                        self.suffer();
                    }
                    Err(_) => return,
                },
                _ = second.tick(), if story.is_some() => {
                    if let Some(story) = &mut story {
                        self.expire();
                        story.go_on(&mut self);
                    }
                }
                _ = turn.tick(), if self.options.events_per_second > 0 => {
                    for number in beats.due(Instant::now()) {
                        self.beat(number);
                    }
                }
            }
        }
    }

    /// Something new runs on a made-up app server.
    pub(super) fn deploy(&mut self, index: u32) {
        self.collections[Kind::AppServer as usize].deploy(index);
    }

    /// One call, from its bytes to what goes back.
    pub(super) fn answer(&mut self, path: &str, body: &Bytes, identity: Identity) -> Result<Answer, Status> {
        self.catch_up();
        self.suffer();
        let caller = self.caller(identity)?;
        let mut on = Route::new(path, body);
        self.offer_session(&caller, &mut on);
        self.offer_roles(&caller, &mut on);
        self.offer_tokens(&caller, &mut on);
        self.offer_requests(&caller, &mut on);
        self.offer_asking(&caller, &mut on);
        self.offer_reviews(&caller, &mut on);
        self.offer_leaves(&caller, &mut on);
        self.offer_apps(&caller, &mut on);
        self.offer_watch(&caller, &mut on);
        on.finish()
    }

    pub(super) fn of(&self, kind: Kind) -> &Collection {
        &self.collections[kind as usize]
    }

    /// One resource by its key.
    pub(super) fn get(&self, kind: Kind, key: &str) -> Option<Bytes> {
        self.of(kind).get(key, self.now())
    }

    /// The same for a caller, with what a test arranged to happen after the next read.
    pub(super) fn read(&mut self, kind: Kind, key: &str) -> Option<Bytes> {
        let bytes = self.seen(kind, key)?;
        if self.faults.take_bump_after_read(kind.word(), key) {
            drop(self.put(kind, bytes.clone()));
        }
        Some(bytes)
    }

    /// Stores under a new revision, tells the watchers, and returns what is stored.
    pub(super) fn put(&mut self, kind: Kind, bytes: Bytes) -> Result<Bytes, Status> {
        let revision = self.ids.next();
        let stamped = kind.stamped(bytes, &revision).and_then(|bytes| Some((kind.key(&bytes)?, bytes)));
        let (key, bytes) = stamped.ok_or_else(|| Status::invalid_argument("missing parameter Metadata"))?;
        let before = self.get(kind, &key);
        self.collections[kind as usize].put(key.clone(), bytes.clone());
        self.tell(Change { kind, key, before, event: put_event(kind, &bytes), after: Some(bytes.clone()) });
        Ok(bytes)
    }

    /// Whether there was one; if so the watchers know.
    pub(super) fn delete(&mut self, kind: Kind, key: &str) -> bool {
        let Some(last) = self.get(kind, key) else { return false };
        self.collections[kind as usize].remove(key);
        let event = delete_event(kind, key, &last);
        self.tell(Change { kind, key: key.to_owned(), before: Some(last), event, after: None });
        true
    }

    /// The second factor that some clusters demand; the rules come first, the object last.
    pub(super) fn admin_action(&self) -> Result<(), Status> {
        if self.faults.look(|plan| plan.mfa) {
            return Err(Status::permission_denied("admin-level API request requires MFA verification"));
        }
        Ok(())
    }

    fn caller(&self, identity: Identity) -> Result<Caller, Status> {
        if !identity.is_nobody() && self.get(Kind::User, &identity.user).is_none() {
            return Err(Status::not_found(format!("access denied\n\t\"user\" {:?} does not exist", identity.user)));
        }
        // The reason stays in the server's log.
        if self.faults.look(|plan| plan.locked.contains(&identity.user)) {
            return Err(Status::permission_denied("access denied"));
        }
        let roles = identity.roles.iter().filter_map(|name| RoleV6::decode(self.get(Kind::Role, name)?).ok()).collect();
        Ok(Caller { identity, roles, hidden: self.faults.look(|plan| plan.denied.clone()) })
    }

    /// Carries out what a test asked for.
    fn suffer(&mut self) {
        let named = |kind: &str| Kind::ALL.into_iter().find(|known| known.word() == kind);
        for (kind, bytes) in self.faults.take_planted() {
            drop(named(&kind).map(|kind| self.put(kind, bytes)));
        }
        for (kind, key) in self.faults.take_bumps() {
            if let Some((kind, bytes)) = named(&kind).and_then(|kind| Some((kind, self.get(kind, &key)?))) {
                drop(self.put(kind, bytes));
            }
        }
        let (times, cut) = self.faults.look(|plan| (plan.streams_cut, plan.cut));
        if let Some(cut) = cut.filter(|_| times != self.streams_cut) {
            self.streams_cut = times;
            self.cut_watchers(cut);
        }
    }

    /// Takes away what has passed its time, as the storage does: a little late, and tokens lazily.
    pub(super) fn expire(&mut self) {
        let now = self.now();
        let over: Vec<(Kind, String)> = Kind::ALL
            .into_iter()
            .flat_map(|kind| self.of(kind).stored().map(move |(key, bytes)| (kind, key, bytes)))
            .filter(|(kind, _, bytes)| seed::ends(*kind, bytes).is_some_and(|end| end + late(*kind) <= now))
            .map(|(kind, key, _)| (kind, key.clone()))
            .collect();
        for (kind, key) in over {
            self.delete(kind, &key);
        }
    }
}

/// How long the storage keeps what has ended: a list may show an expired token, and a client has to know it for one.
fn late(kind: Kind) -> Duration {
    Duration::from_secs(if kind == Kind::Token { 90 } else { 2 })
}
