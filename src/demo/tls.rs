//! The throwaway authorities of the demo cluster, and what they sign.
//!
//! As in Teleport there are two: the host CA vouches for the Auth Service, the user CA for people, and both are called like
//! the cluster. Everything is made at start and lives in memory. This file must not decide what anybody may do: it says who
//! they are.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SigningKey,
};
use time::OffsetDateTime;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::caller::Identity;
use super::name::{Name, rename, sealed};
use super::{CLUSTER_NAME, Clock, Error, LOGIN};

/// The name every Auth Service certificate carries, whatever the cluster is called.
const AUTH_NAME: &str = "teleport.cluster.local";

const COMMON_NAME: &[u64] = &[2, 5, 4, 3];
const ORGANIZATION: &[u64] = &[2, 5, 4, 10];
const LOCALITY: &[u64] = &[2, 5, 4, 7];
const STREET_ADDRESS: &[u64] = &[2, 5, 4, 9];
const POSTAL_CODE: &[u64] = &[2, 5, 4, 17];
const ORIGIN_CLUSTER: &[u64] = &[1, 3, 9999, 1, 7];
const USER_TYPE: &[u64] = &[1, 3, 9999, 1, 20];
const ACTIVE_REQUEST: &[u64] = &[1, 3, 9999, 2, 8];

/// A person to make a certificate for.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// What the certificate proves.
    pub(super) identity: Identity,
    /// OS logins, for show.
    pub(super) logins: Vec<String>,
    /// Traits as JSON.
    pub(super) traits: String,
    /// The certificate ended a day ago.
    pub(super) expired: bool,
}

/// What a person is given.
#[derive(Debug)]
pub(super) struct Issued {
    /// DER, by which the server knows its holder again.
    pub(super) certificate: Vec<u8>,
    /// The text of an identity file.
    pub(super) file: String,
}

/// Both authorities with their keys.
pub(super) struct Authority {
    clock: Clock,
    host: Certificate,
    host_issuer: Issuer<'static, KeyPair>,
    user: Certificate,
    user_issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new(clock: Clock) -> Result<Self, Error> {
        let (host, host_issuer) = authority("1").map_err(failed)?;
        let (user, user_issuer) = authority("2").map_err(failed)?;
        Ok(Self { clock, host, host_issuer, user, user_issuer })
    }

    /// A key, a certificate and the file that holds both, in the order in which `tctl auth sign` writes them. There is no SSH
    /// certificate in it: nothing here speaks SSH.
    pub(super) fn issue(&self, person: &Person) -> Result<Issued, Error> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        let now = self.clock.now();
        // The login minute and the day before, as on the server; the identity's end is what the header counts down to.
        let (from, until) = if person.expired {
            (now - Duration::from_hours(36), now - Duration::from_hours(24))
        } else {
            (now - Duration::from_mins(1), now + LOGIN)
        };
        (params.not_before, params.not_after) = (whole_seconds(from), whole_seconds(until));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let model = params.signed_by(&key, &self.user_issuer).map_err(failed)?;
        let certificate = self.renamed(model.der(), &subject(person)).ok_or_else(|| failed("a certificate did not parse"))?;
        let file =
            [&key.serialize_pem(), &pem(&certificate), &pem(self.host.der())].map(|part| format!("{}\n", part.trim())).concat();
        Ok(Issued { certificate, file })
    }

    /// TLS of the Auth Service: our certificate, the user CA as the only one trusted, and strangers let in without one — they
    /// are told by gRPC what they may not do, like on the real server.
    pub(super) fn server_config(&self) -> Result<Arc<ServerConfig>, Error> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(vec![AUTH_NAME.to_owned(), format!("*.{AUTH_NAME}")]).map_err(failed)?;
        (params.not_before, params.not_after) = decade();
        params.distinguished_name.push(DnType::OrganizationName, "Auth");
        params.distinguished_name.push(DnType::CommonName, format!("auth.{CLUSTER_NAME}"));
        params.distinguished_name.push(DnType::CustomDnType(ORIGIN_CLUSTER.to_vec()), CLUSTER_NAME);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.host_issuer).map_err(failed)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));

        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.user.der().clone()).map_err(failed)?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .map_err(failed)?;
        let mut config = ServerConfig::builder_with_details(provider, Arc::new(Seconds(self.clock)))
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(failed)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Arc::new(config))
    }

    fn renamed(&self, model: &CertificateDer<'_>, subject: &Name) -> Option<Vec<u8>> {
        let inner = rename(model, subject)?;
        let signature = self.user_issuer.key().sign(&inner).ok()?;
        sealed(&inner, model, &signature)
    }
}

fn subject(person: &Person) -> Name {
    let identity = &person.identity;
    Name::default()
        .with(COMMON_NAME, [identity.user.as_str()])
        .with(ORGANIZATION, identity.roles.iter().map(String::as_str))
        .with(LOCALITY, person.logins.iter().map(String::as_str))
        .with(STREET_ADDRESS, [CLUSTER_NAME])
        .with(POSTAL_CODE, [person.traits.as_str()])
        .with(ORIGIN_CLUSTER, [CLUSTER_NAME])
        .with(USER_TYPE, ["local"])
        .with(ACTIVE_REQUEST, identity.active_requests.iter().map(String::as_str))
}

fn authority(serial: &str) -> Result<(Certificate, Issuer<'static, KeyPair>), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    (params.not_before, params.not_after) = decade();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, CLUSTER_NAME);
    params.distinguished_name.push(DnType::CommonName, CLUSTER_NAME);
    // The attribute by which authorities of one cluster are told apart; not the certificate's own serial number.
    params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), serial);
    let certificate = params.self_signed(&key)?;
    Ok((certificate, Issuer::new(params, key)))
}

/// Long enough for every clock: a frozen one may stand years away, and the client may read the machine's all the same.
fn decade() -> (OffsetDateTime, OffsetDateTime) {
    (rcgen::date_time_ymd(2015, 1, 1), rcgen::date_time_ymd(2045, 1, 1))
}

fn whole_seconds(moment: SystemTime) -> OffsetDateTime {
    OffsetDateTime::from(moment).replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text + "-----END CERTIFICATE-----\n"
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Certificates(error.to_string())
}

/// The cluster's clock, as TLS asks for it: with a frozen one, certificates are judged at that moment.
#[derive(Debug)]
struct Seconds(Clock);

impl TimeProvider for Seconds {
    fn current_time(&self) -> Option<UnixTime> {
        self.0.now().duration_since(SystemTime::UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}
