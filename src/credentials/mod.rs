//! Who we are: one [`Identity`] out of an identity file, a key pair, or the folder of a `tsh` login.
//!
//! Reading is all that happens here: nothing is written into a profile, no server is asked, no clock is read. Key material
//! leaves only as a signing key for TLS and is never printed. Every broken input ends in its own sentence, see [`Error`].

mod certificate;
mod error;
mod files;
mod identity_file;
mod pem;
mod profile;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SigningKey};

pub use certificate::{Certificate, HostCertificate, utc};
pub use error::{Block, Error};
use files::Files;
pub use files::Stamp;
pub use profile::Profile;

/// What was asked for, options and environment already weighed against each other; only the current profile is found here.
#[derive(Clone, Default)]
pub struct Wanted {
    /// Identity file.
    pub identity: Option<PathBuf>,
    /// Key pair.
    pub key_pair: Option<KeyPair>,
    /// Proxy web address; chooses the profile of that host.
    pub proxy: Option<String>,
    /// Addresses of an Auth or a Proxy Service; one that names a profile's host chooses it.
    pub auth_servers: Vec<String>,
    /// Cluster by option or environment.
    pub cluster: Option<String>,
    /// Profile folder; without one `.tsh` in the home folder is meant, which the caller knows.
    pub home: Option<PathBuf>,
    /// Text of an identity file that never was a file, as the demo hands it over.
    pub memory: Option<String>,
    /// This machine runs an Auth Service; see [`auth_host`].
    pub auth_host: bool,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted")
            .field("identity", &self.identity)
            .field("key_pair", &self.key_pair)
            .field("proxy", &self.proxy)
            .field("auth_servers", &self.auth_servers)
            .field("cluster", &self.cluster)
            .field("home", &self.home)
            .field("memory", &self.memory.as_ref().map(|_| "…"))
            .field("auth_host", &self.auth_host)
            .finish()
    }
}

/// The three files of a key pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// Certificate.
    pub cert: PathBuf,
    /// Private key.
    pub key: PathBuf,
    /// Host CAs.
    pub ca: PathBuf,
}

impl KeyPair {
    /// The three names that `tctl auth sign --format=tls --out=PREFIX` gives.
    #[must_use]
    pub fn with_prefix(prefix: &str) -> Self {
        let named = |ending: &str| PathBuf::from(format!("{prefix}.{ending}"));
        Self { cert: named("crt"), key: named("key"), ca: named("cas") }
    }
}

/// Where an identity came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An identity file.
    IdentityFile(PathBuf),
    /// A key pair.
    KeyPair(KeyPair),
    /// A login of `tsh`.
    Profile {
        /// The profile folder.
        home: PathBuf,
        /// The profile's name.
        name: String,
        /// The web address to log in at.
        proxy: String,
    },
    /// Text in memory: the demo.
    Memory,
}

impl Source {
    /// What a person does to get a fresh certificate from the same source.
    #[must_use]
    pub fn reload_hint(&self) -> String {
        match self {
            Self::IdentityFile(path) => {
                format!("make {0} again with tctl auth sign --out={0} or tsh login --out={0}", path.display())
            }
            Self::KeyPair(pair) => {
                let prefix = pair.cert.with_extension("");
                format!("make it again with tctl auth sign --format=tls --out={}", prefix.display())
            }
            Self::Profile { proxy, .. } => format!("tsh login --proxy={proxy}"),
            Self::Memory => "start the demo again".into(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IdentityFile(path) => write!(f, "identity file {}", path.display()),
            Self::KeyPair(pair) => write!(f, "key pair {}", pair.cert.display()),
            Self::Profile { home, name, .. } => write!(f, "tsh profile {name} in {}", home.display()),
            Self::Memory => f.write_str("memory"),
        }
    }
}

/// The certificate of a cluster's authority for hosts.
#[derive(Clone)]
struct HostCa {
    cluster: String,
    certificate: CertificateDer<'static>,
}

impl HostCa {
    fn new(certificate: CertificateDer<'static>, path: &str) -> Result<Self, Error> {
        let malformed = |reason| Error::Malformed { path: path.to_owned(), block: Block::HostCa, reason };
        let cluster = certificate::authority(&certificate).map_err(malformed)?.unwrap_or_default();
        Ok(Self { cluster, certificate })
    }
}

/// What any of the sources comes down to.
struct Parts {
    key: Arc<dyn SigningKey>,
    certificate: CertificateDer<'static>,
    host_cas: Vec<HostCa>,
    key_at: String,
    certificate_at: String,
}

/// A private key, the one certificate that goes with it, and the authorities to believe. Cheap to clone, never printed whole.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    key: Arc<CertifiedKey>,
    certificate: Certificate,
    host_cas: Vec<HostCa>,
    cluster: String,
    source: Source,
    profile: Option<Profile>,
    warnings: Vec<String>,
    stamp: Stamp,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { certificate, cluster, source, .. } = &*self.inner;
        f.debug_struct("Identity")
            .field("user", &certificate.user)
            .field("cluster", cluster)
            .field("source", source)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// What the certificate says.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.inner.certificate
    }

    /// The cluster to talk to: the one asked for, else the profile's, else the certificate's route, else the root.
    #[must_use]
    pub fn cluster(&self) -> &str {
        &self.inner.cluster
    }

    /// Where it came from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.inner.source
    }

    /// The profile's knowledge of the way, when it came from one.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        self.inner.profile.as_ref()
    }

    /// What is not wrong enough to stop for, each with the command that mends it.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.inner.warnings
    }

    /// How its files looked when they were read; compare with [`stamp`].
    #[must_use]
    pub fn stamp(&self) -> &Stamp {
        &self.inner.stamp
    }

    /// The clusters whose Auth Service can be verified, sorted.
    #[must_use]
    pub fn known_clusters(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.inner.host_cas.iter().map(|ca| ca.cluster.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The authorities of one cluster, several while it rotates them. None means its Auth Service cannot be verified.
    pub fn host_cas<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a CertificateDer<'static>> {
        self.inner.host_cas.iter().filter(move |ca| ca.cluster == cluster).map(|ca| &ca.certificate)
    }

    /// Signing key and its single certificate, for TLS. Servers refuse a chain.
    #[must_use]
    pub fn certified_key(&self) -> Arc<CertifiedKey> {
        self.inner.key.clone()
    }

    /// What a person does when the certificate has ended. A bot's is renewed by itself.
    #[must_use]
    pub fn renewal(&self) -> String {
        renewal(&self.inner.certificate, &self.inner.source)
    }

    /// Whether a server would take the certificate at this moment, as far as dates and limits tell.
    ///
    /// # Errors
    /// [`Error::Expired`], [`Error::NotYetValid`] or [`Error::LimitedUse`].
    pub fn check(&self, now: SystemTime) -> Result<(), Error> {
        let certificate = &self.inner.certificate;
        let user = certificate.user.clone();
        if !certificate.usage.is_empty() {
            return Err(Error::LimitedUse { user, usage: certificate.usage.clone(), renew: self.renewal() });
        }
        if now > certificate.not_after {
            return Err(Error::Expired { user, at: certificate.not_after, renew: self.renewal() });
        }
        if now + SKEW < certificate.not_before {
            return Err(Error::NotYetValid { user, from: certificate.not_before });
        }
        Ok(())
    }
}

/// Servers date a certificate a minute back for clocks that differ; ours may differ by as much the other way.
const SKEW: Duration = Duration::from_mins(1);

fn renewal(certificate: &Certificate, source: &Source) -> String {
    match (&certificate.bot, source) {
        (Some(bot), Source::IdentityFile(path)) => {
            format!("it belongs to the bot {bot}: see that tbot runs and writes {}", path.display())
        }
        _ => source.reload_hint(),
    }
}

/// Reads the wanted identity and checks that it is good at this moment.
///
/// # Errors
/// Any [`Error`]; see [`read`] for an identity whose dates do not matter.
pub fn load(wanted: &Wanted, now: SystemTime) -> Result<Identity, Error> {
    let identity = read(wanted)?;
    identity.check(now)?;
    Ok(identity)
}

/// Reads the wanted identity whatever its dates: to show whose it is and since when it is over.
///
/// # Errors
/// Any [`Error`] but those of [`Identity::check`].
pub fn read(wanted: &Wanted) -> Result<Identity, Error> {
    let mut files = Files::default();
    let (parts, source, profile) = if let Some(text) = &wanted.memory {
        (identity_file::parse(text, "the demo's identity")?, Source::Memory, None)
    } else if let Some(path) = &wanted.identity {
        let text = files.read_private(path).map_err(|error| match error {
            Error::Missing { path, .. } => Error::Missing { path, block: None },
            other => other,
        })?;
        (identity_file::parse(&text, &path.display().to_string())?, Source::IdentityFile(path.clone()), None)
    } else if let Some(pair) = &wanted.key_pair {
        (identity_file::key_pair(pair, &mut files)?, Source::KeyPair(pair.clone()), None)
    } else {
        let home = wanted.home.clone().unwrap_or_else(|| PathBuf::from(".tsh"));
        let (parts, profile) = profile::load(wanted, &home, &mut files)?;
        let source = Source::Profile { home, name: profile.name.clone(), proxy: profile.web_proxy_addr.clone() };
        (parts, source, Some(profile))
    };
    assemble(parts, source, profile, wanted, files)
}

fn assemble(parts: Parts, source: Source, profile: Option<Profile>, wanted: &Wanted, files: Files) -> Result<Identity, Error> {
    let Parts { key, certificate: der, host_cas, key_at, certificate_at } = parts;
    let malformed = |reason| Error::Malformed { path: certificate_at.clone(), block: Block::Certificate, reason };
    let certificate = Certificate::parse(&der).map_err(malformed)?;
    if !matches(key.as_ref(), &der).map_err(malformed)? {
        return Err(Error::Mismatch { cert: certificate_at, key: key_at });
    }
    let of_profile = profile.as_ref().map(|profile| profile.cluster.clone());
    let cluster = wanted
        .cluster
        .clone()
        .or(of_profile)
        .filter(|name| !name.is_empty())
        .or_else(|| certificate.route_to_cluster.clone())
        .unwrap_or_else(|| certificate.root_cluster.clone());
    let key = Arc::new(CertifiedKey::new(vec![der], key));
    let Files { stamp, warnings } = files;
    let inner = Inner { key, certificate, host_cas, cluster, source, profile, warnings, stamp };
    Ok(Identity { inner: Arc::new(inner) })
}

/// Whether key and certificate are a pair, by their public halves.
fn matches(key: &dyn SigningKey, certificate: &[u8]) -> Result<bool, String> {
    let of_certificate = certificate::public_key(certificate)?;
    Ok(key.public_key().is_none_or(|of_key| of_key.as_ref() == of_certificate))
}

/// How the files behind an identity look now: differs from [`Identity::stamp`] after a fresh login. Cheap, no file is read.
#[must_use]
pub fn stamp(identity: &Identity) -> Stamp {
    identity.inner.stamp.again()
}

/// Whether this machine runs an Auth Service, where `tctl` makes identities without a login. `config` is the text of the host's
/// `teleport.yaml` when there is one; its Auth Service is on unless it says otherwise.
#[must_use]
pub fn auth_host(config: Option<&str>, has_data_folder: bool) -> bool {
    let Some(config) = config.and_then(|text| serde_yaml::from_str::<serde_yaml::Value>(text).ok()) else {
        return has_data_folder;
    };
    match config.get("auth_service").and_then(|service| service.get("enabled")) {
        Some(serde_yaml::Value::Bool(enabled)) => *enabled,
        Some(serde_yaml::Value::String(word)) => matches!(word.to_lowercase().as_str(), "yes" | "true" | "on" | "y"),
        _ => config.get("auth_service").is_some(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
