//! An identity that was read: whose it is, how long it is good, whom it believes.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use super::files::Stamp;
use super::{Certificate, Error, HostCa, Profile, Source};

/// A private key, the one certificate that goes with it, and the authorities to believe. Cheap to clone, never printed whole.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

/// What an identity consists of.
pub struct Inner {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) certificate: Certificate,
    pub(super) host_cas: Vec<HostCa>,
    pub(super) cluster: String,
    pub(super) source: Source,
    pub(super) profile: Option<Profile>,
    pub(super) warnings: Vec<String>,
    pub(super) stamp: Stamp,
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
    pub(super) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

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

    /// How its files looked when they were read; compare with [`stamp`](super::stamp).
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
