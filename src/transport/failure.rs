//! Why one attempt to reach an Auth Service ended: the variant for code, the sentence for people.
//!
//! The alert numbers a server sends come from its build of Go, not from Teleport: 42, 45, 46, 48 and 116 all mean that the client
//! certificate was refused. Why, the certificate's own dates tell better than the number.

use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as TlsError, PeerIncompatible};

/// What happened to one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The text is no address.
    NoAddress,
    /// The name has no address; the resolver's words.
    Dns(String),
    /// Nothing listens there.
    Refused,
    /// The way there is closed; the operating system's words.
    Unreachable(String),
    /// No answer in time, and to what.
    Timeout(Stage),
    /// Something answered that is not TLS, and what it seems to be.
    NotTls(&'static str),
    /// The client certificate was not accepted.
    CertificateRefused {
        /// The alert's number.
        alert: u8,
        /// Why, as far as the certificate's dates tell.
        why: Refusal,
    },
    /// A Teleport server whose certificate our authorities of this cluster did not sign.
    ServerUnknown {
        /// The cluster whose authorities were asked.
        cluster: String,
    },
    /// A Teleport server of another cluster.
    WrongCluster {
        /// The cluster that was wanted.
        wanted: String,
        /// The cluster that answered.
        reached: String,
    },
    /// The server's certificate is over or not yet valid by this machine's clock.
    ServerDates,
    /// A server of another kind, and which.
    WrongService(&'static str),
    /// No common protocol: nobody there routes to an Auth Service.
    NoAlpn,
    /// The connection was closed during the handshake.
    ClosedInHandshake,
    /// The connection was closed after the handshake and without a word.
    ClosedAfterHandshake,
    /// The proxy does not know the cluster, which it says by closing the connection.
    UnknownCluster(String),
    /// An alert that says nothing about us.
    Alert(String),
    /// TLS failed in another way.
    Tls(String),
    /// Reading or writing failed.
    Io(String),
    /// The answer of the web port makes no sense.
    BadAnswer(String),
}

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The TCP connection, name lookup included.
    Connect,
    /// The TLS handshake.
    Handshake,
    /// The server's first record after it.
    FirstRecord,
    /// All roads together.
    Whole,
    /// The answer of the web port.
    Answer,
}

/// Why a client certificate was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It has ended.
    Expired,
    /// It begins in the future.
    NotYetValid,
    /// Its dates are good here and not at the server.
    OtherClock,
    /// Its dates are good: another cluster's, or its authority was replaced.
    Untrusted {
        /// The cluster that issued it.
        issuer: String,
    },
}

/// What a person has to look after, and what the exit code tells a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// The network or the address.
    Connection,
    /// The credentials.
    Credentials,
}

impl Failure {
    /// Whether the credentials or the way is to blame.
    #[must_use]
    pub fn family(&self) -> Family {
        match self {
            Self::CertificateRefused { .. } | Self::ServerUnknown { .. } | Self::WrongCluster { .. } => Family::Credentials,
            _ => Family::Connection,
        }
    }

    /// Whether the other form of the server name is worth one try: some front doors want one, some firewalls drop the other.
    pub(super) fn is_unexplained(&self) -> bool {
        matches!(self, Self::Alert(_) | Self::ClosedInHandshake)
    }

    /// From an error of the operating system or, wrapped in one, of rustls.
    pub(super) fn of(error: &io::Error) -> Self {
        if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
            return Self::of_tls(tls);
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::ClosedInHandshake,
            io::ErrorKind::TimedOut => Self::Timeout(Stage::Connect),
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::PermissionDenied => {
                Self::Unreachable(words(error))
            }
            _ => Self::Io(words(error)),
        }
    }

    fn of_tls(error: &TlsError) -> Self {
        match error {
            TlsError::InvalidMessage(_) => Self::NotTls("not TLS"),
            TlsError::AlertReceived(alert) => match alert {
                AlertDescription::NoApplicationProtocol => Self::NoAlpn,
                alert if refuses_certificate(*alert) => {
                    let why = Refusal::Untrusted { issuer: String::new() };
                    Self::CertificateRefused { alert: u8::from(*alert), why }
                }
                alert => Self::Alert(format!("{alert:?} ({})", u8::from(*alert))),
            },
            TlsError::NoApplicationProtocol => Self::NoAlpn,
            TlsError::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            ) => Self::ServerDates,
            TlsError::InvalidCertificate(_) => Self::ServerUnknown { cluster: String::new() },
            TlsError::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig) => {
                Self::Tls("the server speaks only TLS 1.1 or older".into())
            }
            other => Self::Tls(other.to_string()),
        }
    }
}

/// The operating system's words without the number that Rust appends.
fn words(error: &io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase()
}

fn refuses_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            // Sent where an authority has the right name and another key.
            | AlertDescription::DecryptError
            | AlertDescription::CertificateRequired
    )
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection within 3 s: wrong address, or a firewall drops it",
            Self::Handshake => "connected, but no TLS handshake within 4 s",
            Self::FirstRecord => "the TLS handshake succeeded, but the server said nothing after it",
            Self::Whole => "not finished within 10 s",
            Self::Answer => "no answer within 5 s",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("it has expired: log in again"),
            Self::NotYetValid => f.write_str("it is not valid yet: check this machine's clock"),
            Self::OtherClock => f.write_str(
                "it has expired or is not valid yet by the server's clock, though not by ours: compare the clocks, or log in again",
            ),
            Self::Untrusted { issuer } => write!(
                f,
                "its dates are good, so this cluster does not trust the users of {issuer}, \
                 or the authority of {issuer} was replaced since: log in again"
            ),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("this is not an address: write HOST or HOST:PORT"),
            Self::Dns(reason) => write!(f, "the name cannot be resolved ({reason}): check its spelling and the network"),
            Self::Refused => f.write_str("connection refused: nothing listens there"),
            Self::Unreachable(reason) => write!(f, "unreachable ({reason})"),
            Self::Timeout(stage) => stage.fmt(f),
            Self::NotTls(what) => write!(f, "wrong port: what answered is {what}"),
            Self::CertificateRefused { alert, why } => write!(f, "the server refused our certificate (alert {alert}): {why}"),
            Self::ServerUnknown { cluster } => write!(
                f,
                "the server's certificate is not signed by the authority we know of {cluster}: \
                 it is another cluster, or the authority was replaced since; log in again"
            ),
            Self::WrongCluster { wanted, reached } => {
                write!(
                    f,
                    "this is the cluster {reached}, not {wanted}: go through the proxy, or name the Auth Service of {wanted}"
                )
            }
            Self::ServerDates => {
                f.write_str("the server's certificate is expired or not valid yet: check this machine's clock")
            }
            Self::WrongService(what) => write!(f, "not an Auth Service: {what}"),
            Self::NoAlpn => f.write_str("no common protocol: no Auth Service and no proxy that routes to one"),
            Self::ClosedInHandshake => f.write_str(
                "the connection was closed during the TLS handshake: no Teleport service of this cluster, \
                 or something in between does not let it through",
            ),
            Self::ClosedAfterHandshake => f.write_str(
                "the server closed the connection right after the TLS handshake: the user may be locked, \
                 or the server is shutting down",
            ),
            Self::UnknownCluster(cluster) => {
                write!(f, "the proxy closed the connection: it does not know the cluster {cluster}, or cannot reach it now")
            }
            Self::Alert(alert) => write!(f, "the TLS handshake was refused: {alert}"),
            Self::Tls(reason) => write!(f, "TLS failed: {reason}"),
            Self::Io(reason) => write!(f, "the connection broke: {reason}"),
            Self::BadAnswer(reason) => write!(f, "the web port's answer makes no sense: {reason}"),
        }
    }
}

impl std::error::Error for Failure {}
