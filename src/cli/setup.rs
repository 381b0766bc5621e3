//! From options, environment and configuration to a connection, in that order of weight.
//!
//! One value says what was asked for; the dashboard dials with it again and again, reading the credentials anew each time, the
//! other subcommands once.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Failure;
use super::arguments::Options;
use crate::api::{Caller, Client, Family, Guard};
use crate::config::Config;
use crate::credentials::{self, Identity, KeyPair, Wanted};
use crate::store::sync::{Dial, DialError, Dialled};
use crate::transport::{self, Target};

/// How long to wait before files that were being rewritten are read again.
const REWRITTEN: Duration = Duration::from_millis(250);

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which credentials.
    pub wanted: Wanted,
    /// Whether the web certificate of a proxy is taken unseen.
    pub insecure: bool,
    /// Whether no call that writes may leave.
    pub read_only: bool,
    /// The clusters to which no call that writes may leave.
    pub closed: Vec<String>,
    /// What the person should know beforehand.
    pub warnings: Vec<String>,
}

impl Setup {
    /// Weighs options against environment against configuration.
    #[must_use]
    pub fn new(options: &Options, config: &Config, environment: impl Fn(&str) -> Option<String>) -> Self {
        let env = |name: &str| environment(name).filter(|value| !value.is_empty());
        let mut wanted = Wanted {
            identity: options.identity.clone(),
            key_pair: key_pair(options),
            proxy: options.proxy.clone(),
            auth_servers: options.auth_server.clone(),
            cluster: options.cluster.clone().or_else(|| env("TELEPORT_CLUSTER")).or_else(|| config.cluster.clone()),
            home: env("TELEPORT_HOME").map(PathBuf::from).or_else(|| env("HOME").map(|home| PathBuf::from(home).join(".tsh"))),
            ..Wanted::default()
        };
        // An address that was typed is not mixed with one that happens to be in the environment.
        if wanted.proxy.is_none() && wanted.auth_servers.is_empty() {
            wanted.proxy = env("TELEPORT_PROXY");
            wanted.auth_servers =
                env("TELEPORT_AUTH_SERVER").map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default();
        }
        if wanted.proxy.is_none() && wanted.auth_servers.is_empty() {
            wanted.proxy.clone_from(&config.proxy);
            wanted.auth_servers.clone_from(&config.auth_servers);
        }
        if wanted.identity.is_none() && wanted.key_pair.is_none() {
            wanted.identity =
                env("TELEPORT_IDENTITY_FILE").map(PathBuf::from).or_else(|| config.identity.clone().map(PathBuf::from));
        }
        let teleport_config = env("TELEPORT_CONFIG_FILE").unwrap_or_else(|| "/etc/teleport.yaml".to_owned());
        let text = std::fs::read_to_string(teleport_config).ok();
        wanted.auth_host = credentials::auth_host(text.as_deref(), std::path::Path::new("/var/lib/teleport").exists());
        let warnings = transport::unused_proxy(env).into_iter().collect();
        let closed = config.clusters.iter().filter(|(_, cluster)| cluster.read_only).map(|(name, _)| name.clone()).collect();
        Self { wanted, insecure: options.insecure, read_only: options.read_only || config.read_only, closed, warnings }
    }

    /// The same way in, to an Auth Service at this address, with an identity that is no file.
    #[must_use]
    pub fn in_memory(address: String, identity: String, read_only: bool) -> Self {
        let wanted = Wanted { memory: Some(identity), auth_servers: vec![address], ..Wanted::default() };
        Self { wanted, insecure: false, read_only, closed: Vec::new(), warnings: Vec::new() }
    }

    /// Where to go with an identity.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::of(&self.wanted, self.insecure)
    }

    /// Reads the credentials, once more if they were being rewritten at that moment.
    pub(super) async fn load(&self, now: SystemTime) -> Result<Identity, credentials::Error> {
        match credentials::load(&self.wanted, now) {
            Err(error) if error.may_be_half_written() => {
                tokio::time::sleep(REWRITTEN).await;
                credentials::load(&self.wanted, now)
            }
            loaded => loaded,
        }
    }

    /// What the dashboard dials with: everything is read anew each time.
    #[must_use]
    pub fn dial(self: Arc<Self>, guard: Guard, now: Arc<dyn Fn() -> SystemTime + Send + Sync>) -> Dial {
        Box::new(move || {
            let (setup, guard, now) = (self.clone(), guard.clone(), now.clone());
            Box::pin(async move {
                let identity = setup.load(now()).await.map_err(|error| unusable(&error))?;
                let client = reach(&setup, &identity, guard, now()).await?;
                Ok(Dialled { client })
            })
        })
    }

    /// Tells one state of the credentials from another.
    #[must_use]
    pub fn stamp(&self) -> Option<SystemTime> {
        credentials::read(&self.wanted).ok().and_then(|identity| credentials::stamp(&identity).latest())
    }
}

/// Connects once, for a subcommand that prints and exits.
///
/// # Errors
/// No credentials that work, or no connection: one line for each road.
pub async fn connect(setup: &Setup, now: SystemTime) -> Result<(Client, Identity), Failure> {
    let (client, identity) = open(setup, now).await?;
    let caller = learn(setup, &client, &identity).await.map_err(|error| Failure::unconnected(error.to_string()))?;
    Ok((client.with_caller(caller), identity))
}

/// Connects and asks nothing: for reading, the first answer proves the identity, and two round trips are saved. A call that
/// goes wrong is put to [`explained`].
pub(super) async fn open(setup: &Setup, now: SystemTime) -> Result<(Client, Identity), Failure> {
    let identity = setup.load(now).await.map_err(|error| Failure::unconnected(error.to_string()))?;
    let guard = Guard::new(setup.read_only);
    let connected = transport::connect(&identity, &setup.target(), now).await;
    let connected = connected.map_err(|error| Failure::unconnected(error.to_string()))?;
    Ok((Client::new(connected.channel, guard), identity))
}

/// Why the first call went wrong: an identity that the server lets do nothing at all is another failure than a call that is
/// refused.
pub(super) async fn explained(setup: &Setup, client: &Client, identity: &Identity, error: crate::api::Error) -> anyhow::Error {
    if error.family == Family::NotFound {
        return error.into();
    }
    match learn(setup, client, identity).await {
        Err(refused) => Failure::unconnected(refused.to_string()).into(),
        Ok(_) => error.into(),
    }
}

/// Learns whom one has reached, and shuts the guard for good before anybody has the client if the configuration closes that
/// cluster. Which one it is, is known here and not at the start: the credentials may have been replaced meanwhile.
async fn learn(setup: &Setup, client: &Client, identity: &Identity) -> Result<Caller, crate::api::Error> {
    let certificate = identity.certificate();
    let (user, roles) = (certificate.user.clone(), certificate.roles.clone());
    let mut caller = Caller::learn(client, user, roles, certificate.active_requests.clone()).await?;
    if setup.closed.iter().any(|name| name == identity.cluster() || *name == caller.server.cluster) {
        client.guard().shut_for_good();
    }
    caller.certificate_ends = Some(certificate.not_after);
    caller.read_only = client.guard().is_for_good();
    Ok(caller)
}

async fn reach(setup: &Setup, identity: &Identity, guard: Guard, now: SystemTime) -> Result<Client, DialError> {
    let connected = transport::connect(identity, &setup.target(), now).await.map_err(|error| match &error {
        transport::Error::Credentials(error) => unusable(error),
        _ => {
            DialError { reasons: roads(&error), expired_hint: None, retryable: error.family() == transport::Family::Connection }
        }
    })?;
    let client = Client::new(connected.channel, guard);
    let caller = learn(setup, &client, identity).await.map_err(|error| DialError {
        reasons: vec![error.to_string()],
        expired_hint: None,
        retryable: error.family != Family::AccessDenied,
    })?;
    Ok(client.with_caller(caller))
}

/// One line for each road; the heading above them says no more than the link state does.
fn roads(error: &transport::Error) -> Vec<String> {
    let text = error.to_string();
    let mut lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    if lines.len() > 1 {
        lines.remove(0);
    }
    lines
}

fn unusable(error: &credentials::Error) -> DialError {
    DialError { reasons: vec![error.to_string()], expired_hint: error.renewal(), retryable: error.may_be_half_written() }
}

fn key_pair(options: &Options) -> Option<KeyPair> {
    if let Some(prefix) = &options.key_pair {
        return Some(KeyPair::with_prefix(&prefix.to_string_lossy()));
    }
    match (&options.cert, &options.key, &options.ca) {
        (Some(cert), Some(key), Some(ca)) => Some(KeyPair { cert: cert.clone(), key: key.clone(), ca: ca.clone() }),
        _ => None,
    }
}
