//! A cluster's authorities and what they sign, for tests: names, attributes, dates and layouts as Teleport makes them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, ServerConfig};
use time::OffsetDateTime;

/// The moment at which all tests happen, in seconds since 1970: 15 January 2027, 08:00 UTC.
const NOW: i64 = 1_800_000_000;

pub(crate) const ORIGIN_CLUSTER: &[u64] = &[1, 3, 9999, 1, 7];
pub(crate) const STREET_ADDRESS: &[u64] = &[2, 5, 4, 9];
pub(crate) const USAGE: &[u64] = &[2, 5, 4, 11];
pub(crate) const BOT: &[u64] = &[1, 3, 9999, 2, 18];

/// A moment so many seconds from the one of all tests.
pub(crate) fn at(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(NOW + seconds).unwrap())
}

pub(crate) fn now() -> SystemTime {
    at(0)
}

/// Whom to make a certificate for.
pub(crate) struct Person<'a> {
    pub(crate) user: &'a str,
    pub(crate) attributes: Vec<(&'static [u64], &'a str)>,
    /// Seconds from now.
    pub(crate) from: i64,
    pub(crate) until: i64,
}

impl Default for Person<'_> {
    fn default() -> Self {
        Self { user: "ada", attributes: Vec::new(), from: -60, until: 12 * 3600 }
    }
}

/// A key and its certificate, both PEM.
#[derive(Clone)]
pub(crate) struct Issued {
    pub(crate) key: String,
    pub(crate) certificate: String,
    chain: Vec<CertificateDer<'static>>,
    der: Vec<u8>,
}

struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A cluster with the two authorities that matter here.
pub(crate) struct Cluster {
    name: String,
    host: Authority,
    user: Authority,
}

fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW + seconds).unwrap()
}

fn authority(name: &str, serial: &str) -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, name);
    params.distinguished_name.push(DnType::CommonName, name);
    params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), serial);
    (params.not_before, params.not_after) = (moment(-1000), moment(10 * 365 * 86_400));
    let certificate = params.self_signed(&key).unwrap();
    Authority { certificate, issuer: Issuer::new(params, key) }
}

fn sign(params: &CertificateParams, authority: &Authority) -> Issued {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    Issued {
        key: key.serialize_pem(),
        certificate: certificate.pem(),
        chain: vec![certificate.der().clone()],
        der: key.serialize_der(),
    }
}

impl Cluster {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), host: authority(name, "1"), user: authority(name, "2") }
    }

    /// A certificate by the user CA.
    pub(crate) fn issue(&self, person: &Person<'_>) -> Issued {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, person.user);
        params.distinguished_name.push(DnType::OrganizationName, "access");
        params.distinguished_name.push(DnType::CustomDnType(ORIGIN_CLUSTER.to_vec()), self.name.as_str());
        for (oid, value) in &person.attributes {
            params.distinguished_name.push(DnType::CustomDnType(oid.to_vec()), *value);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        (params.not_before, params.not_after) = (moment(person.from), moment(person.until));
        sign(&params, &self.user)
    }

    pub(crate) fn host_ca(&self) -> String {
        self.host.certificate.pem()
    }

    /// The text of an identity file that trusts these clusters.
    pub(crate) fn identity_file(&self, person: &Person<'_>, trusted: &[&Self]) -> String {
        let issued = self.issue(person);
        let authorities: String = trusted.iter().map(|cluster| cluster.host_ca()).collect();
        format!("{}{}{authorities}", issued.key, issued.certificate)
    }

    /// The certificate of a service with a system role.
    pub(crate) fn service(&self, role: &str) -> Issued {
        let names = ["localhost", "*.teleport.cluster.local", "teleport.cluster.local"].map(str::to_owned);
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, role);
        params.distinguished_name.push(DnType::CommonName, format!("uuid.{}", self.name));
        params.distinguished_name.push(DnType::CustomDnType(ORIGIN_CLUSTER.to_vec()), self.name.as_str());
        (params.not_before, params.not_after) = (moment(-1000), moment(10 * 365 * 86_400));
        sign(&params, &self.host)
    }

    /// TLS of a service of this cluster: users of this cluster are verified, strangers without a certificate let in. Its clock is
    /// so many seconds ahead of the tests'.
    pub(crate) fn server(&self, role: &str, ahead: i64) -> ServerConfig {
        self.server_for(self, role, ahead, ring::default_provider())
    }

    /// As `server`, for the users of any cluster and with any cryptography.
    pub(crate) fn server_for(&self, trusted: &Self, role: &str, ahead: i64, provider: CryptoProvider) -> ServerConfig {
        let provider = Arc::new(provider);
        let mut users = RootCertStore::empty();
        users.add(trusted.user.certificate.der().clone()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(users), provider.clone());
        let builder = ServerConfig::builder_with_details(provider, Arc::new(Clock(ahead)));
        let Issued { chain, der, .. } = self.service(role);
        let mut config = builder
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
            .with_single_cert(chain, PrivateKeyDer::Pkcs8(der.into()))
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }
}

/// TLS as a web server has it: a certificate that no Teleport cluster signed.
pub(crate) fn web_server() -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (moment(-1000), moment(365 * 86_400));
    let certificate = params.self_signed(&key).unwrap();
    ServerConfig::builder_with_details(provider(), Arc::new(Clock(0)))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap()
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

#[derive(Debug)]
struct Clock(i64);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(at(self.0).duration_since(SystemTime::UNIX_EPOCH).unwrap()))
    }
}
