//! How bytes reach the Auth Service: roads, dialling, TLS, discovery and the pauses between attempts.
//!
//! [`connect`] tries every road that the addresses allow and answers with a channel, or with what happened on each. One
//! channel is one connection: when it ends, its calls fail, and only the owner dials again, with credentials read afresh.
//! Nothing here asks the Auth Service anything; that a channel stands means that it has begun to speak, not who we are to it.

mod address;
pub mod backoff;
mod dial;
pub mod discovery;
mod failure;
mod race;
mod road;
mod tls;

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};
use tonic::transport::{Channel, Endpoint};

pub use address::Address;
pub use discovery::{Discovery, find};
pub use failure::{Failure, Family, Refusal, Stage};
pub use road::{Attempt, Road};

use crate::credentials::{self, Identity, Wanted};
use dial::{Attempted, Stream};
use race::{Way, staged};
use road::Planned;

/// Where to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Addresses of an Auth or a Proxy Service, tried as either.
    pub auth_servers: Vec<String>,
    /// Web address of a Proxy Service. Without any address the profile's is taken.
    pub proxy: Option<String>,
    /// The cluster to reach, when it is not the identity's.
    pub cluster: Option<String>,
    /// Do not verify the certificate of the *web* port. The Auth Service's own is always verified.
    pub insecure: bool,
}

impl Target {
    /// The addresses that were asked for together with the identity.
    #[must_use]
    pub fn of(wanted: &Wanted, insecure: bool) -> Self {
        Self {
            auth_servers: wanted.auth_servers.clone(),
            proxy: wanted.proxy.clone(),
            cluster: wanted.cluster.clone(),
            insecure,
        }
    }
}

/// A standing connection.
#[derive(Debug, Clone)]
pub struct Connected {
    /// For the calls; cheap to clone, and never dialled anew.
    pub channel: Channel,
    /// The road that led there.
    pub road: Road,
    /// The cluster whose Auth Service it is.
    pub cluster: String,
    /// Every road tried, the last one being the one taken.
    pub attempts: Vec<Attempt>,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The identity is of no use at this moment, so nothing was dialled.
    Credentials(credentials::Error),
    /// No address was given, and the identity holds none.
    NoAddress,
    /// The identity cannot verify this cluster's Auth Service.
    NoHostCa {
        /// The cluster asked for.
        cluster: String,
        /// The clusters it can verify.
        known: Vec<String>,
        /// How to get an identity that can.
        renew: String,
    },
    /// Every road was tried.
    NoRoad {
        /// What happened on each.
        attempts: Vec<Attempt>,
        /// What a proxy among them says about itself.
        discovered: Option<Box<Discovery>>,
    },
}

impl Error {
    /// Whether the credentials or the way is to blame.
    #[must_use]
    pub fn family(&self) -> Family {
        match self {
            Self::Credentials(_) | Self::NoHostCa { .. } => Family::Credentials,
            Self::NoAddress => Family::Connection,
            Self::NoRoad { attempts, .. } => {
                let mut failures = attempts.iter().filter_map(|attempt| attempt.outcome.as_ref().err());
                let blamed = failures.any(|failure| failure.family() == Family::Credentials);
                if blamed { Family::Credentials } else { Family::Connection }
            }
        }
    }

    /// The roads that were tried.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        if let Self::NoRoad { attempts, .. } = self { attempts } else { &[] }
    }

    /// The one failure to show where there is room for one: a refusal says more than a closed port.
    #[must_use]
    pub fn main_failure(&self) -> Option<&Failure> {
        let failures = || self.attempts().iter().filter_map(|attempt| attempt.outcome.as_ref().err());
        failures().find(|failure| failure.family() == Family::Credentials).or_else(|| failures().next())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials(error) => error.fmt(f),
            Self::NoAddress => f.write_str(
                "no address: an identity file or key pair does not say where its cluster is; \
                 add --proxy HOST or --auth-server HOST",
            ),
            Self::NoHostCa { cluster, known, renew } => write!(
                f,
                "the credentials cannot verify the cluster {cluster} (they know {}): check the name; if it joined lately, {renew}",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            ),
            Self::NoRoad { attempts, discovered } => {
                f.write_str("no connection")?;
                for attempt in attempts {
                    write!(f, "\n  {attempt}")?;
                }
                discovered.as_ref().map_or(Ok(()), |discovery| write!(f, "\n  {discovery}"))
            }
        }
    }
}

impl std::error::Error for Error {}

/// How long a road may be silent before the next is tried beside it.
const SILENCE: Duration = Duration::from_secs(2);
/// All roads together.
const WHOLE: Duration = Duration::from_secs(10);

/// Reaches the Auth Service of the wanted cluster.
///
/// # Errors
/// Any [`Error`]. Dropping the future drops every connection it has begun.
pub async fn connect(identity: &Identity, target: &Target, now: SystemTime) -> Result<Connected, Error> {
    identity.check(now).map_err(Error::Credentials)?;
    let cluster = target.cluster.as_deref().unwrap_or_else(|| identity.cluster());
    if identity.host_cas(cluster).next().is_none() {
        let known = identity.known_clusters().into_iter().map(str::to_owned).collect();
        return Err(Error::NoHostCa { cluster: cluster.to_owned(), known, renew: identity.renewal() });
    }
    let planned = road::plan(identity, target);
    if planned.is_empty() {
        return Err(Error::NoAddress);
    }
    let journey = Journey { identity, cluster, now, deadline: Instant::now() + WHOLE };
    let mut attempts = Vec::new();
    if let Some((stream, attempt)) = journey.go(&planned, &mut attempts).await {
        return journey.arrive(stream, attempt, attempts).await;
    }
    let discovered = journey.discover(&planned, &attempts, target.insecure).await;
    if let Some(public) = discovered.as_ref().and_then(Discovery::web_address) {
        let elsewhere = Planned { road: Road::TlsRouting, address: Ok(public) };
        if !planned.contains(&elsewhere)
            && let Some((stream, attempt)) = journey.go(&[elsewhere], &mut attempts).await
        {
            return journey.arrive(stream, attempt, attempts).await;
        }
    }
    Err(Error::NoRoad { attempts, discovered: discovered.map(Box::new) })
}

/// One search for a road, with what stays the same on all of them.
struct Journey<'a> {
    identity: &'a Identity,
    cluster: &'a str,
    now: SystemTime,
    deadline: Instant,
}

impl Journey<'_> {
    /// Tries the roads, staged. Failed ones are added to `attempts`.
    async fn go(&self, planned: &[Planned], attempts: &mut Vec<Attempt>) -> Option<(Stream, Attempt)> {
        let settled: Vec<AtomicBool> = planned.iter().map(|_| AtomicBool::new(false)).collect();
        let ways = (0..planned.len()).map(|index| -> Way<'_, (Stream, Attempt), Option<Attempt>> {
            let settled = &settled;
            Box::pin(async move {
                // What an earlier road learnt about this very port needs no second proof.
                if settled[index].load(Ordering::Relaxed) {
                    return Err(None);
                }
                let (stream, attempt) = self.attempt(&planned[index]).await;
                if let Err(failure) = &attempt.outcome
                    && road::settles(failure)
                {
                    for (other, flag) in planned.iter().zip(settled) {
                        if other.address == planned[index].address {
                            flag.store(true, Ordering::Relaxed);
                        }
                    }
                }
                stream.map(|stream| (stream, attempt.clone())).ok_or(Some(attempt))
            })
        });
        let mut failed = Vec::new();
        let arrived = staged(SILENCE, ways.collect(), &mut failed).await;
        attempts.extend(failed.into_iter().flatten());
        arrived
    }

    async fn attempt(&self, planned: &Planned) -> (Option<Stream>, Attempt) {
        let Planned { road, address } = planned;
        let started = Instant::now();
        let end = match address {
            Err(_) => Err(Failure::NoAddress),
            Ok(address) => {
                let attempted = Attempted {
                    identity: self.identity,
                    address,
                    cluster: self.cluster,
                    routed: *road == Road::TlsRouting,
                    now: self.now,
                    limits: dial::LIMITS,
                };
                let end = timeout_at(self.deadline, dial::dial(&attempted)).await;
                end.unwrap_or(Err(Failure::Timeout(Stage::Whole)))
            }
        };
        let shown = address.as_ref().map_or_else(Clone::clone, ToString::to_string);
        let (stream, outcome) = match end {
            Ok(stream) => (Some(stream), Ok(())),
            Err(failure) => (None, Err(failure)),
        };
        (stream, Attempt { road: *road, address: shown, outcome, took: started.elapsed() })
    }

    /// Asks the web ports among the failed addresses who they are: for the message, and for a public address that differs.
    async fn discover(&self, planned: &[Planned], attempts: &[Attempt], insecure: bool) -> Option<Discovery> {
        for address in planned.iter().filter(|planned| planned.road == Road::TlsRouting).flat_map(|planned| &planned.address) {
            let shown = address.to_string();
            let closed = |attempt: &Attempt| attempt.outcome.as_ref().is_err_and(road::settles);
            if attempts.iter().any(|attempt| attempt.address == shown && closed(attempt)) {
                continue;
            }
            let found = timeout_at(self.deadline, find(address, insecure, self.now)).await;
            if let Ok(Ok(discovery)) = found {
                return Some(discovery);
            }
        }
        None
    }

    async fn arrive(&self, stream: Stream, attempt: Attempt, mut attempts: Vec<Attempt>) -> Result<Connected, Error> {
        match channel(stream).await {
            Ok(channel) => {
                let road = attempt.road;
                attempts.push(attempt);
                Ok(Connected { channel, road, cluster: self.cluster.to_owned(), attempts })
            }
            Err(error) => {
                attempts.push(Attempt { outcome: Err(Failure::Io(error.to_string())), ..attempt });
                Err(Error::NoRoad { attempts, discovered: None })
            }
        }
    }
}

/// Servers end a connection whose client pings more often than once a minute, at the fourth ping.
const KEEPALIVE: Duration = Duration::from_secs(75);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(20);
/// Lists come in pages of megabytes; with the default window each would wait for several round trips.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;

/// A channel over this one stream. The second time tonic asks for a connection there is none, so it never redials with
/// credentials that may be old by then.
async fn channel(stream: Stream) -> Result<Channel, tonic::transport::Error> {
    // The scheme keeps tonic from adding TLS of its own; the server does not look at the name.
    let endpoint = Endpoint::from_static("http://teleport.cluster.local")
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_ANSWER)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    let mut once = Some(TokioIo::new(stream));
    let connector = tower::service_fn(move |_: http::Uri| {
        let stream = once.take().ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "the connection has ended"));
        async move { stream }
    });
    endpoint.connect_with_connector(connector).await
}

/// The outgoing proxy that the environment asks for, so that a caller can say it is not used yet. Credentials in it stay out.
pub fn unused_proxy(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
    let (name, value) = names.into_iter().find_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?)))?;
    let shown = value.rsplit_once('@').map_or(value.as_str(), |(_, address)| address);
    Some(format!("{name} ({shown}) is set but not used yet: connections go out directly"))
}

#[cfg(test)]
mod tests;
