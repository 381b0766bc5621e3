//! What is asked for, and where an identity came from.

use std::fmt;
use std::path::PathBuf;

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
    /// This machine runs an Auth Service; see [`auth_host`](super::auth_host).
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
