//! One attempt on one address: TCP, then TLS, then the server's first record.
//!
//! Under TLS 1.3 the client's handshake ends before the server has judged the client's certificate, so a refusal arrives where
//! an answer was expected. Waiting for the first record (an HTTP/2 server always speaks first) gives the refusal its name and
//! costs nothing on success.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::address::Address;
use super::failure::{Failure, Refusal, Stage};
use super::race::{Way, staged};
use super::tls::{self, Form, Handshake};
use crate::credentials::Identity;

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Name and TCP.
    pub(super) connect: Duration,
    /// TLS and the first record.
    pub(super) greet: Duration,
}

pub(super) const LIMITS: Limits = Limits { connect: Duration::from_secs(3), greet: Duration::from_secs(4) };

/// How long one of several IP addresses of a name may be silent before the next is tried beside it.
const ADDRESS_SILENCE: Duration = Duration::from_millis(250);

/// A connection on which an Auth Service has begun to speak.
pub(super) type Stream = TlsStream<Overheard>;

/// Everything one attempt needs to know.
pub(super) struct Attempted<'a> {
    pub(super) identity: &'a Identity,
    pub(super) address: &'a Address,
    pub(super) cluster: &'a str,
    /// Through a proxy that chooses by protocol.
    pub(super) routed: bool,
    pub(super) now: SystemTime,
    pub(super) limits: Limits,
}

/// Connects; on a failure that explains nothing, once more with the other form of the server name.
pub(super) async fn dial(attempted: &Attempted<'_>) -> Result<Stream, Failure> {
    let issuer = &attempted.identity.certificate().issuer;
    let form = tls::first_form(issuer);
    match once(attempted, form).await {
        Err(failure) if failure.is_unexplained() && form == Form::Hex => match once(attempted, Form::Literal).await {
            Ok(stream) => Ok(stream),
            Err(second) if second.is_unexplained() => Err(closed_means(attempted, failure)),
            Err(second) => Err(second),
        },
        Err(failure) => Err(closed_means(attempted, failure)),
        Ok(stream) => Ok(stream),
    }
}

/// A proxy that does not know the cluster closes the connection and says nothing.
fn closed_means(attempted: &Attempted<'_>, failure: Failure) -> Failure {
    match failure {
        // Its own cluster it always knows, so then something else is in the way.
        Failure::ClosedInHandshake if attempted.routed && attempted.cluster != attempted.identity.certificate().issuer => {
            Failure::UnknownCluster(attempted.cluster.to_owned())
        }
        other => other,
    }
}

async fn once(attempted: &Attempted<'_>, form: Form) -> Result<Stream, Failure> {
    let destination = attempted.routed.then_some(attempted.cluster);
    let too_long = || Failure::Tls("the cluster's name is too long to be routed to by protocol".into());
    let protocols = tls::protocols(destination).ok_or_else(too_long)?;
    let handshake = tls::towards_auth(attempted.identity, attempted.cluster, protocols, attempted.now)
        .ok_or_else(|| Failure::ServerUnknown { cluster: attempted.cluster.to_owned() })?;
    let tcp = connect(attempted.address, attempted.limits).await?;
    let name = tls::server_name(&attempted.identity.certificate().issuer, form);
    let greeted = greet(tcp, name, &handshake, attempted.limits).await;
    let stream = greeted.map_err(|failure| explain(failure, attempted, &handshake))?;
    // The SSH port of a proxy serves gRPC of its own to our certificate, and would refuse every call one by one.
    if tls::shown(&handshake).is_some_and(|shown| shown.role.as_deref() == Some("Proxy")) {
        return Err(Failure::WrongService("the SSH port of a Proxy Service answered; name its web port"));
    }
    Ok(stream)
}

/// Opens TCP to the first address of the name that answers.
pub(super) async fn connect(address: &Address, limits: Limits) -> Result<TcpStream, Failure> {
    let opened = timeout(limits.connect, async {
        let port = address.port.ok_or(Failure::NoAddress)?;
        let found = lookup_host((address.host.as_str(), port)).await;
        let found = found.map_err(|error| Failure::Dns(resolver_words(&error)))?;
        let ways: Vec<_> = found.map(open).collect();
        let mut failed = Vec::new();
        match staged(ADDRESS_SILENCE, ways, &mut failed).await {
            Some(tcp) => Ok(tcp),
            None => Err(failed.pop().unwrap_or_else(|| Failure::Dns("it has no address".into()))),
        }
    });
    opened.await.unwrap_or(Err(Failure::Timeout(Stage::Connect)))
}

fn open<'a>(address: SocketAddr) -> Way<'a, TcpStream, Failure> {
    Box::pin(async move {
        let tcp = TcpStream::connect(address).await.map_err(|error| match Failure::of(&error) {
            // Before a handshake has begun nothing can be closed in it.
            Failure::ClosedInHandshake => Failure::Unreachable("the connection was reset".into()),
            other => other,
        })?;
        // Small frames must not wait for one another; failing to say so only makes it slower.
        let _ = tcp.set_nodelay(true);
        Ok(tcp)
    })
}

/// The resolver's words without Rust's introduction.
fn resolver_words(error: &io::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("failed to lookup address information: ").unwrap_or(&text).to_lowercase()
}

/// Handshake and first record, under one limit.
async fn greet(tcp: TcpStream, name: ServerName<'static>, handshake: &Handshake, limits: Limits) -> Result<Stream, Failure> {
    let mut stage = Stage::Handshake;
    let greeted = timeout(limits.greet, async {
        let connector = TlsConnector::from(handshake.config.clone());
        let heard = Overheard { tcp, first: Vec::new() };
        let connected = connector.connect(name, heard).into_fallible().await;
        let mut tls = connected.map_err(|(error, heard)| match Failure::of(&error) {
            Failure::NotTls(_) => Failure::NotTls(heard.recognise()),
            other => other,
        })?;
        stage = Stage::FirstRecord;
        match tls.fill_buf().await {
            Ok([]) => Err(Failure::ClosedAfterHandshake),
            Ok(record) if speaks_http2(record) => Ok(tls),
            Ok(_) => Err(Failure::WrongService("it does not speak HTTP/2")),
            Err(error) => Err(match Failure::of(&error) {
                Failure::ClosedInHandshake => Failure::ClosedAfterHandshake,
                other => other,
            }),
        }
    })
    .await;
    greeted.unwrap_or(Err(Failure::Timeout(stage)))
}

/// An HTTP/2 server begins with a SETTINGS frame: three bytes of length, then the type 4.
fn speaks_http2(record: &[u8]) -> bool {
    record.get(3).is_none_or(|kind| *kind == 4)
}

/// Only some servers say it this plainly; where our own clock disagrees, one of the two is wrong.
const CERTIFICATE_EXPIRED: u8 = 45;

/// Puts names to what only this attempt knows: whose certificate was refused, and who really answered.
fn explain(failure: Failure, attempted: &Attempted<'_>, handshake: &Handshake) -> Failure {
    let certificate = attempted.identity.certificate();
    match failure {
        Failure::CertificateRefused { alert, .. } => {
            let why = if attempted.now > certificate.not_after {
                Refusal::Expired
            } else if attempted.now < certificate.not_before {
                Refusal::NotYetValid
            } else if alert == CERTIFICATE_EXPIRED {
                Refusal::OtherClock
            } else {
                Refusal::Untrusted { issuer: certificate.issuer.clone() }
            };
            Failure::CertificateRefused { alert, why }
        }
        Failure::ServerUnknown { .. } => match tls::shown(handshake) {
            Some(shown) if shown.of_teleport => match shown.cluster {
                Some(reached) if reached != attempted.cluster => {
                    Failure::WrongCluster { wanted: attempted.cluster.to_owned(), reached }
                }
                _ => Failure::ServerUnknown { cluster: attempted.cluster.to_owned() },
            },
            Some(_) if attempted.routed => Failure::WrongService(
                "the web server itself answered, so the proxy does not route TLS (older than version 8), \
                 or a load balancer in front of it ends TLS",
            ),
            Some(_) => Failure::WrongService("a web server answered, perhaps the web port of a Proxy Service"),
            None => Failure::ServerUnknown { cluster: attempted.cluster.to_owned() },
        },
        other => other,
    }
}

/// A TCP stream that remembers its first bytes: they tell what answered when it was not TLS.
#[derive(Debug)]
pub(super) struct Overheard {
    tcp: TcpStream,
    first: Vec<u8>,
}

const ENOUGH: usize = 8;

impl Overheard {
    fn recognise(&self) -> &'static str {
        match self.first.as_slice() {
            first if first.starts_with(b"SSH-") => "an SSH server (the SSH or tunnel port of a proxy, or a host)",
            first if first.starts_with(b"HTTP/") => "plain HTTP",
            _ => "not TLS",
        }
    }
}

impl AsyncRead for Overheard {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(context, buffer);
        if self.first.len() < ENOUGH {
            let new = &buffer.filled()[before..];
            let wanted = new.len().min(ENOUGH - self.first.len());
            self.first.extend_from_slice(&new[..wanted]);
        }
        read
    }
}

impl AsyncWrite for Overheard {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
