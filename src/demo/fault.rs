//! What can be made to go wrong, for tests.
//!
//! A plan is an immutable value published in a `watch`: the handle changes it, connections and the cluster look at it. One-shot
//! faults are taken out by whoever carries them out. Nothing here is reachable from the wire.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

/// How a stream is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Ends like a server that stops: no status at all.
    Silent,
    /// Ends with `UNAVAILABLE`.
    Unavailable,
    /// The HTTP/2 stream is reset.
    Reset,
}

/// Everything that is wrong at the moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) streams_cut: u64,
    pub(super) cut: Option<Cut>,
    pub(super) connections_cut: u64,
    pub(super) refusing: bool,
    pub(super) frozen: bool,
    pub(super) denied: BTreeSet<String>,
    pub(super) missing: BTreeSet<String>,
    pub(super) delays: BTreeMap<String, Duration>,
    pub(super) locked: BTreeSet<String>,
    pub(super) lag: Duration,
    pub(super) mfa: bool,
    /// How large an answer of a method may be.
    pub(super) largest: BTreeMap<String, usize>,
    /// In pieces of how many bytes a method is answered, and how long each takes.
    pub(super) drips: BTreeMap<String, (usize, Duration)>,
    /// Kind and bytes of what is put into the storage as it is.
    pub(super) planted: Vec<(String, Bytes)>,
    /// Kind and name of what is changed by somebody else right after the next read of it.
    pub(super) bump_after_read: Option<(String, String)>,
    /// The same, now.
    pub(super) bump: Vec<(String, String)>,
}

/// The handle. Each call takes effect at once for later calls; what already runs notices within a moment.
#[derive(Clone, Debug)]
pub struct Faults {
    plan: watch::Sender<Plan>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { plan: watch::Sender::new(Plan::default()) }
    }
}

impl Faults {
    /// Ends every open stream; new ones are served.
    pub fn cut_streams(&self, cut: Cut) {
        self.plan.send_modify(|plan| {
            plan.streams_cut += 1;
            plan.cut = Some(cut);
        });
    }

    /// Drops every open connection; new ones are served.
    pub fn cut_connections(&self) {
        self.plan.send_modify(|plan| plan.connections_cut += 1);
    }

    /// Closes new connections before the handshake.
    pub fn refuse_connections(&self, refuse: bool) {
        self.plan.send_modify(|plan| plan.refusing = refuse);
    }

    /// Answers nothing and sends no event, without closing anything.
    pub fn freeze(&self, frozen: bool) {
        self.plan.send_modify(|plan| plan.frozen = frozen);
    }

    /// Denies listing, reading and watching a kind (`role`, `access_request`, …) to everybody.
    pub fn deny(&self, kind: &str) {
        self.plan.send_modify(|plan| {
            plan.denied.insert(kind.to_owned());
        });
    }

    /// Ends [`deny`](Self::deny).
    pub fn allow(&self, kind: &str) {
        self.plan.send_modify(|plan| {
            plan.denied.remove(kind);
        });
    }

    /// Plays an older server: the method is unknown. `method` is a whole path (`/proto.AuthService/ListRoles`).
    pub fn hide(&self, method: &str) {
        self.plan.send_modify(|plan| {
            plan.missing.insert(method.to_owned());
        });
    }

    /// Does what a method is asked for, and answers only after a while; zero ends it.
    pub fn delay(&self, method: &str, by: Duration) {
        self.plan.send_modify(|plan| {
            plan.delays.insert(method.to_owned(), by);
        });
    }

    /// Refuses to send an answer of more bytes than this, as a server does with a page that became too large.
    pub fn largest_answer(&self, method: &str, bytes: usize) {
        self.plan.send_modify(|plan| {
            plan.largest.insert(method.to_owned(), bytes);
        });
    }

    /// Answers a method in pieces of so many bytes, one at a time; no bytes at all end it, and what is left comes at once.
    pub fn drip(&self, method: &str, bytes: usize, every: Duration) {
        self.plan.send_modify(|plan| {
            if bytes == 0 {
                plan.drips.remove(method);
            } else {
                plan.drips.insert(method.to_owned(), (bytes, every));
            }
        });
    }

    /// Puts an object into the storage past every rule, however large it is; watchers get an event.
    pub fn plant(&self, kind: &str, bytes: Bytes) {
        self.plan.send_modify(|plan| plan.planted.push((kind.to_owned(), bytes)));
    }

    /// Locks a user: every call is refused, an open watch goes on.
    pub fn lock(&self, user: &str) {
        self.plan.send_modify(|plan| {
            plan.locked.insert(user.to_owned());
        });
    }

    /// How long reads and events stay behind writes; on a real server up to about a second. Zero ends it, and lets everything
    /// arrive that is on its way.
    pub fn lag(&self, by: Duration) {
        self.plan.send_modify(|plan| plan.lag = by);
    }

    /// Demands a second factor for calls that change things, as some clusters do.
    pub fn demand_mfa(&self, demand: bool) {
        self.plan.send_modify(|plan| plan.mfa = demand);
    }

    /// Somebody else saves this object: it gets a new revision, and watchers an event.
    pub fn bump(&self, kind: &str, name: &str) {
        self.plan.send_modify(|plan| plan.bump.push((kind.to_owned(), name.to_owned())));
    }

    /// The same right after the next read of it, so between somebody's read and their save.
    pub fn bump_after_read(&self, kind: &str, name: &str) {
        self.plan.send_modify(|plan| plan.bump_after_read = Some((kind.to_owned(), name.to_owned())));
    }

    pub(super) fn follow(&self) -> watch::Receiver<Plan> {
        self.plan.subscribe()
    }

    pub(super) fn look<T>(&self, at: impl FnOnce(&Plan) -> T) -> T {
        at(&self.plan.borrow())
    }

    /// Takes the objects that are to be changed now.
    pub(super) fn take_bumps(&self) -> Vec<(String, String)> {
        let mut taken = Vec::new();
        self.plan.send_if_modified(|plan| {
            taken = std::mem::take(&mut plan.bump);
            false
        });
        taken
    }

    /// Takes the objects that are to be put into the storage now.
    pub(super) fn take_planted(&self) -> Vec<(String, Bytes)> {
        let mut taken = Vec::new();
        self.plan.send_if_modified(|plan| {
            taken = std::mem::take(&mut plan.planted);
            false
        });
        taken
    }

    /// Whether this very read is the one that somebody else's save follows; only once.
    pub(super) fn take_bump_after_read(&self, kind: &str, name: &str) -> bool {
        let wanted = |plan: &Plan| plan.bump_after_read.as_ref().is_some_and(|(of, called)| of == kind && called == name);
        let taken = self.look(wanted);
        if taken {
            self.plan.send_modify(|plan| plan.bump_after_read = None);
        }
        taken
    }
}
