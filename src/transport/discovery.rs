//! What a Proxy Service says about itself on its web port, without any login.
//!
//! The answer grew over the versions: every key may be missing, of another type, or new, and none of that is an error. This is
//! the only place where the system's roots count, and the only certificate that `--insecure` speaks of.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use serde_json::Value;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::address::Address;
use super::dial;
use super::failure::{Failure, Stage};
use super::tls::{Moment, provider};

/// Ports where a web address without one may be, in the order of the official tools.
pub const WEB_PORTS: [u16; 2] = [443, 3080];

const LIMIT: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: usize = 1 << 20;

/// The part of the answer that matters here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discovery {
    /// Where it was asked.
    pub address: String,
    /// Name of the proxy's own cluster; very old servers do not tell.
    pub cluster: Option<String>,
    /// Version of the proxy.
    pub version: Option<String>,
    /// `oss`, `community` or `ent`; from version 17.
    pub edition: Option<String>,
    /// Whether everything is served on the web port; missing means no.
    pub tls_routing: bool,
    /// Public address of the *web* port, which the wire calls the SSH section's public address.
    pub public_address: Option<String>,
}

impl Discovery {
    /// Reads an answer; only a text that is no JSON object at all is none.
    #[must_use]
    pub fn parse(address: &Address, body: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(body).ok().filter(Value::is_object)?;
        let text =
            |pointer: &str| json.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(Self {
            address: address.to_string(),
            cluster: text("/cluster_name"),
            version: text("/server_version"),
            edition: text("/edition"),
            tls_routing: json.pointer("/proxy/tls_routing_enabled").and_then(Value::as_bool).unwrap_or(false),
            public_address: text("/proxy/ssh/public_addr"),
        })
    }

    /// The public web address as one can dial it: an unspecified host means the host that was asked.
    pub(super) fn web_address(&self) -> Option<Address> {
        let asked = Address::parse(&self.address)?;
        let mut public = Address::parse(self.public_address.as_deref()?)?.or_port(asked.port.unwrap_or(WEB_PORTS[0]));
        if matches!(public.host.as_str(), "0.0.0.0" | "::") {
            public.host = asked.host;
        }
        Some(public)
    }
}

impl fmt::Display for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".into());
        write!(
            f,
            "the proxy at {} says: cluster {}, version {}, TLS routing {}",
            self.address,
            known(&self.cluster),
            known(&self.version),
            if self.tls_routing { "on" } else { "off" }
        )
    }
}

/// Asks a web port who it is.
///
/// # Errors
/// What went wrong on the way; an untrusted certificate is [`Failure::Tls`] with the advice that fits.
pub async fn find(address: &Address, insecure: bool, now: SystemTime) -> Result<Discovery, Failure> {
    let address = address.or_port(WEB_PORTS[0]);
    let body = timeout(LIMIT, get(&address, insecure, now)).await.unwrap_or(Err(Failure::Timeout(Stage::Answer)))?;
    Discovery::parse(&address, &body).ok_or_else(|| Failure::BadAnswer("it is not what a Proxy Service answers".into()))
}

async fn get(address: &Address, insecure: bool, now: SystemTime) -> Result<Bytes, Failure> {
    let name = ServerName::try_from(address.host.clone()).map_err(|_| Failure::NoAddress)?;
    let config = if insecure { unverified(now)? } else { verified(now)? };
    let tcp = dial::connect(address, dial::LIMITS).await?;
    let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|error| web_failure(&error))?;
    let broke = |error: hyper::Error| Failure::Io(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(tls)).await.map_err(broke)?;
    let request = http::Request::get("/webapi/find")
        .header(http::header::HOST, address.to_string())
        .header(http::header::USER_AGENT, concat!("portcullis/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| Failure::BadAnswer(error.to_string()))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(broke)?;
        let status = response.status();
        if !status.is_success() {
            return Err(Failure::BadAnswer(format!("HTTP status {}", status.as_u16())));
        }
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| Failure::BadAnswer(error.to_string()))
    };
    tokio::pin!(answer, connection);
    let mut open = true;
    loop {
        tokio::select! {
            answer = &mut answer => return answer,
            // The connection only carries the exchange; what its end means, the answer tells.
            _ = &mut connection, if open => open = false,
        }
    }
}

fn web_failure(error: &std::io::Error) -> Failure {
    match Failure::of(error) {
        Failure::ServerUnknown { .. } => Failure::Tls(
            "the web port's certificate is not trusted by this system: add its authority (SSL_CERT_FILE), or use --insecure"
                .into(),
        ),
        other => other,
    }
}

fn verified(now: SystemTime) -> Result<ClientConfig, Failure> {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(loaded.certs);
    if added == 0 {
        return Err(Failure::Tls("this system has no trusted authorities: set SSL_CERT_FILE, or use --insecure".into()));
    }
    Ok(builder(now)?.with_root_certificates(roots).with_no_client_auth())
}

fn unverified(now: SystemTime) -> Result<ClientConfig, Failure> {
    let verifier = Arc::new(Unverified(provider()));
    Ok(builder(now)?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn builder(now: SystemTime) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, Failure> {
    ClientConfig::builder_with_details(provider(), Arc::new(Moment::new(now)))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::Tls(error.to_string()))
}

/// Takes any certificate of a web port, because a person asked for it. The server still has to own the key of what it shows.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
