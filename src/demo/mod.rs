//! An Auth Service inside this process: mTLS on a loopback port, the rules of the real one, and a small story to look at.
//!
//! It exists so that the program can be tried, tested and shown without a cluster, by the ordinary way in: the caller gets an
//! address and the text of an identity file and nothing else. It must not be reachable from other machines, must not keep
//! anything on disk, and must not know the rest of the program.
//!
//! One task owns the whole cluster (`cluster`); connections send it calls and wait. So nothing here is shared or locked, and
//! the rules are plain functions that a test can call without a socket.

mod apps;
mod asking;
mod beats;
mod caller;
mod cluster;
mod collection;
mod defaults;
mod fault;
mod ids;
mod lag;
mod leaves;
mod name;
mod requests;
mod reviews;
mod roles;
mod route;
mod scale;
mod seed;
mod server;
mod session;
mod story;
mod tls;
mod tokens;
mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use tokio::task::JoinSet;

pub use self::fault::{Cut, Faults};

/// What the demo calls itself, in `Ping` and in its certificates.
pub const CLUSTER_NAME: &str = "northwind";

/// The version the demo says it is; its rules are that version's.
pub const SERVER_VERSION: &str = "18.5.1";

/// What time it is for the cluster: ages, expiries, certificates and the story follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    Running,
    /// Stands still, and the story with it.
    Frozen(SystemTime),
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the demo is a server of its own and needs a clock like one")]
    fn now(self) -> SystemTime {
        match self {
            Self::Running => SystemTime::now(),
            Self::Frozen(then) => then,
        }
    }
}

/// Which Teleport it plays. Community refuses reviews and reports no advanced access workflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Direct approval and denial only.
    Community,
    /// Reviews with thresholds as well.
    Enterprise,
}

/// How the demo is set up. `Options { scale: 1000, ..Options::default() }` is the usual spelling.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Made-up app servers, with shares of the other kinds, beside the seeds; 0 tells the story.
    pub scale: u32,
    /// Heartbeats of existing app servers; now and then one of them tells of a deployment.
    pub events_per_second: u32,
    /// The cluster's clock.
    pub now: Clock,
    /// Which rules for answering requests.
    pub edition: Edition,
    /// Where identifiers and revisions start from; the same seed gives the same ones.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { scale: 0, events_per_second: 0, now: Clock::Running, edition: Edition::Enterprise, seed: 1 }
    }
}

/// Why the demo did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No loopback port to listen on.
    Bind(String),
    /// The throwaway certificates could not be made.
    Certificates(String),
    /// A seed under `assets/demo/` is broken: which file and why.
    Seed(&'static str, String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(why) => write!(f, "the demo cannot listen on 127.0.0.1: {why}"),
            Self::Certificates(why) => write!(f, "the demo cannot make its certificates: {why}"),
            Self::Seed(file, why) => write!(f, "assets/demo/{file}.yaml is broken, which is a bug of ours: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// A running demo. It stops, with every connection, when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    identities: BTreeMap<String, String>,
    faults: Faults,
    // Dropping the set aborts the tasks in it; the accepting task owns the connections.
    _tasks: JoinSet<()>,
}

impl Server {
    /// Makes the certificates, reads the seeds and listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// See [`Error`]; none of them is the caller's fault.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| Error::Bind(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| Error::Bind(error.to_string()))?;
        let faults = Faults::default();
        let cluster = cluster::Cluster::new(options, faults.clone())?;
        let authority = tls::Authority::new(options.now)?;
        let mut logins = BTreeMap::new();
        let mut identities = BTreeMap::new();
        for person in cluster.people() {
            let issued = authority.issue(&person)?;
            logins.insert(issued.certificate, person.identity.clone());
            identities.insert(person.identity.user, issued.file);
        }
        let (calls, queue) = tokio::sync::mpsc::channel(64);
        let mut tasks = JoinSet::new();
        tasks.spawn(cluster.run(queue));
        tasks.spawn(server::Front::new(calls, faults.clone(), logins).serve(listener, authority.server_config()?));
        Ok(Self { address, identities, faults, _tasks: tasks })
    }

    /// Where it listens, as `--auth-server` takes it.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The text of an identity file for `ada`, who may do nearly everything.
    #[must_use]
    pub fn identity(&self) -> &str {
        self.identities.get(seed::ADA).map_or("", String::as_str)
    }

    /// The same for somebody else of `assets/demo/user.yaml`: `grace` asks for access and has no rights over others' things;
    /// `tony` has hardly any rights; `barbara` is an administrator whose certificate carries an active request; `dennis`'s
    /// certificate ended yesterday.
    #[must_use]
    pub fn identity_for(&self, user: &str) -> Option<String> {
        self.identities.get(user).cloned()
    }

    /// What can be made to go wrong.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }
}

/// Where the story's certificates start and end, seen from now.
const LOGIN: Duration = Duration::from_hours(12);

#[cfg(test)]
mod tests;
