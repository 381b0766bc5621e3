//! Who we are: one [`Identity`] out of an identity file, a key pair, or the folder of a `tsh` login.
//!
//! Reading is all that happens here: nothing is written into a profile, no server is asked, no clock is read. Key material
//! leaves only as a signing key for TLS and is never printed. Every broken input ends in its own sentence, see [`Error`].

mod certificate;
mod error;
mod files;
mod identity;
mod identity_file;
mod pem;
mod profile;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SigningKey};

pub use certificate::{Certificate, HostCertificate, utc};
pub use error::{Block, Error};
use files::Files;
pub use files::Stamp;
pub use identity::Identity;
use identity::Inner;
pub use profile::Profile;
pub use wanted::{KeyPair, Source, Wanted};

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
    Ok(Identity::new(inner))
}

/// Whether key and certificate are a pair, by their public halves.
fn matches(key: &dyn SigningKey, certificate: &[u8]) -> Result<bool, String> {
    let of_certificate = certificate::public_key(certificate)?;
    Ok(key.public_key().is_none_or(|of_key| of_key.as_ref() == of_certificate))
}

/// How the files behind an identity look now: differs from [`Identity::stamp`] after a fresh login. Cheap, no file is read.
#[must_use]
pub fn stamp(identity: &Identity) -> Stamp {
    identity.stamp().again()
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
