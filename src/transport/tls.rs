//! TLS towards an Auth Service: which name, which protocols, whom to believe, and which certificate to show.
//!
//! The server name tells the cluster that issued *our* certificate, the protocol list tells the cluster we want to *reach*. Trust is
//! the destination's host CA and never the system's roots, whatever a person allowed for the web port. Exactly one client
//! certificate goes out, also when the server's list of authorities does not name ours. The provider is given in every
//! configuration and never set for the whole process.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::SingleCertAndKey;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::credentials::{HostCertificate, Identity};

/// The name every Auth Service's certificate carries, beside the same with any one label before it.
const LITERAL: &str = "teleport.cluster.local";

/// A DNS label ends at 63 characters, and hex takes two for each byte.
const LONGEST_HEX: usize = 31;

/// The two forms of the server name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// With the issuer's name in hex, so that the server asks for that cluster's authorities only.
    Hex,
    /// Without.
    Literal,
}

/// The form to begin with: the hex form fits only names of up to 31 bytes.
pub(super) fn first_form(issuer: &str) -> Form {
    if issuer.is_empty() || issuer.len() > LONGEST_HEX { Form::Literal } else { Form::Hex }
}

/// The server name towards an Auth Service for credentials of this issuer.
pub(super) fn server_name(issuer: &str, form: Form) -> ServerName<'static> {
    let name = match form {
        Form::Hex => format!("{}.{LITERAL}", hex(issuer)),
        Form::Literal => LITERAL.to_owned(),
    };
    let literal = || ServerName::try_from(LITERAL).expect("three short labels of letters are a DNS name");
    ServerName::try_from(name).unwrap_or_else(|_| literal())
}

/// The protocol list: `h2` always, and before it the destination when a proxy has to choose. Too long a name cannot be written
/// there; nothing is the answer then.
pub(super) fn protocols(destination: Option<&str>) -> Option<Vec<Vec<u8>>> {
    let h2 = b"h2".to_vec();
    let Some(destination) = destination else { return Some(vec![h2]) };
    let routed = format!("teleport-auth@{}.{LITERAL}", hex(destination)).into_bytes();
    u8::try_from(routed.len()).is_ok().then(|| vec![routed, h2])
}

fn hex(name: &str) -> String {
    name.bytes().fold(String::with_capacity(name.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The provider of all cryptography here.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// One handshake's configuration, and the place where the certificate shown by the server is kept for the diagnosis.
pub(super) struct Handshake {
    pub(super) config: Arc<ClientConfig>,
    pub(super) shown: Arc<OnceLock<CertificateDer<'static>>>,
}

/// Towards the Auth Service of a cluster; nothing when the credentials hold no usable authority of it.
pub(super) fn towards_auth(identity: &Identity, cluster: &str, protocols: Vec<Vec<u8>>, now: SystemTime) -> Option<Handshake> {
    let mut roots = RootCertStore::empty();
    for authority in identity.host_cas(cluster) {
        // One unreadable authority of several in a rotation does not spoil the others.
        let _ = roots.add(authority.clone());
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build().ok()?;
    let shown = Arc::new(OnceLock::new());
    let verifier = Arc::new(Recording { verifier, shown: shown.clone() });
    let mut config = ClientConfig::builder_with_details(provider(), Arc::new(Moment::new(now)))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key())));
    config.alpn_protocols = protocols;
    // A resumed session would carry an old certificate on.
    config.resumption = rustls::client::Resumption::disabled();
    Some(Handshake { config: Arc::new(config), shown })
}

/// What a server showed, once it has shown something.
pub(super) fn shown(handshake: &Handshake) -> Option<HostCertificate> {
    handshake.shown.get().and_then(|der| HostCertificate::parse(der))
}

/// The clock given from outside, for the dates of certificates.
#[derive(Debug)]
pub(super) struct Moment(UnixTime);

impl Moment {
    pub(super) fn new(now: SystemTime) -> Self {
        Self(UnixTime::since_unix_epoch(now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()))
    }
}

impl TimeProvider for Moment {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}

/// Verifies as webpki does and remembers what it saw: a refused certificate tells which service was reached instead.
#[derive(Debug)]
struct Recording {
    verifier: Arc<WebPkiServerVerifier>,
    shown: Arc<OnceLock<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Recording {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.shown.get_or_init(|| end_entity.clone().into_owned());
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_name_names_the_issuer_as_far_as_dns_allows() {
        let of = |issuer: &str| server_name(issuer, first_form(issuer)).to_str().into_owned();
        assert_eq!(of("root.example.test"), "726f6f742e6578616d706c652e74657374.teleport.cluster.local");
        assert!(of(&"a".repeat(31)).starts_with("6161"));
        assert_eq!(of(&"a".repeat(32)), LITERAL);
        assert_eq!(of("0f2c3c4e-7b5a-4f0e-9d3c-1a2b3c4d5e6f"), LITERAL);
        assert_eq!(of(""), LITERAL);
        assert_eq!(server_name("root", Form::Literal).to_str(), LITERAL);
    }

    #[test]
    fn the_protocol_list_names_the_destination_before_h2() {
        assert_eq!(protocols(None), Some(vec![b"h2".to_vec()]));
        let routed = b"teleport-auth@6c656166.teleport.cluster.local".to_vec();
        assert_eq!(protocols(Some("leaf")), Some(vec![routed, b"h2".to_vec()]));
        assert!(protocols(Some(&"a".repeat(109))).is_some());
        assert_eq!(protocols(Some(&"a".repeat(110))), None);
    }
}
