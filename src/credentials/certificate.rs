//! What a Teleport certificate says: who, as what, where, until when.
//!
//! Teleport keeps its facts in the Subject as attributes, not in X.509 extensions; one RDN may hold several of a type, and a
//! value is a PrintableString or, as soon as a character needs it, a UTF8String. Unknown attributes are newer servers' business
//! and ignored. Nothing here decides trust: a person's own certificate is signed by an authority that clients do not have.

use std::time::{Duration, SystemTime};

use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate, X509Name};

/// The facts of one user certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Teleport user, or the bot's own user.
    pub user: String,
    /// Roles at the root cluster; a leaf maps them to its own, which the certificate does not show.
    pub roles: Vec<String>,
    /// Logins on hosts, without the placeholders that Teleport puts there for its own use.
    pub logins: Vec<String>,
    /// The user's own cluster.
    pub root_cluster: String,
    /// The cluster that issued it, by the issuer's name: it decides the TLS server name.
    pub issuer: String,
    /// The cluster chosen when it was issued; empty ones are none.
    pub route_to_cluster: Option<String>,
    /// Its first moment, which servers set a minute before the login.
    pub not_before: SystemTime,
    /// Its last moment.
    pub not_after: SystemTime,
    /// Access requests whose roles are already in it.
    pub active_requests: Vec<String>,
    /// Who acts in this user's name. `tctl auth sign` on an Auth host puts that host here.
    pub impersonator: Option<String>,
    /// The bot it was issued to.
    pub bot: Option<String>,
    /// Limits such as `usage:kube`; with any of them the Auth Service refuses the certificate.
    pub usage: Vec<String>,
    /// Asset tag of the trusted device it was issued on.
    pub device: Option<String>,
}

impl Certificate {
    /// Reads one certificate in DER; the reason says what could not be read.
    ///
    /// # Errors
    /// When it is not exactly one certificate, or names no user.
    pub fn parse(der: &[u8]) -> Result<Self, String> {
        let (rest, x509) = X509Certificate::from_der(der).map_err(|error| error.to_string())?;
        if !rest.is_empty() {
            return Err("more bytes follow after it".into());
        }
        let subject = x509.subject();
        let user = first(subject, COMMON_NAME).ok_or("it names no user")?;
        let issuer = first(x509.issuer(), COMMON_NAME).or_else(|| first(x509.issuer(), ORGANIZATION)).unwrap_or_default();
        let mut logins = all(subject, LOCALITY);
        logins.retain(|login| !login.starts_with("-teleport-"));
        Ok(Self {
            user,
            roles: all(subject, ORGANIZATION),
            logins,
            root_cluster: first(subject, ORIGIN_CLUSTER).unwrap_or_else(|| issuer.clone()),
            issuer,
            route_to_cluster: first(subject, STREET_ADDRESS),
            not_before: moment(x509.validity().not_before),
            not_after: moment(x509.validity().not_after),
            active_requests: all(subject, ACTIVE_REQUEST),
            impersonator: first(subject, IMPERSONATOR),
            bot: first(subject, BOT),
            usage: all(subject, ORGANIZATIONAL_UNIT),
            device: first(subject, DEVICE),
        })
    }
}

const COMMON_NAME: &str = "2.5.4.3";
const LOCALITY: &str = "2.5.4.7";
const STREET_ADDRESS: &str = "2.5.4.9";
const ORGANIZATION: &str = "2.5.4.10";
const ORGANIZATIONAL_UNIT: &str = "2.5.4.11";
const ORIGIN_CLUSTER: &str = "1.3.9999.1.7";
const IMPERSONATOR: &str = "1.3.9999.2.7";
const ACTIVE_REQUEST: &str = "1.3.9999.2.8";
const BOT: &str = "1.3.9999.2.18";
const DEVICE: &str = "1.3.9999.3.2";

/// Every value of one attribute, in the order of the certificate, empty ones left out: DER sorts the members of a set, so the
/// order means nothing.
fn all(name: &X509Name<'_>, oid: &str) -> Vec<String> {
    let values = name.iter_attributes().filter(|attribute| attribute.attr_type().to_id_string() == oid);
    values.map(|attribute| text(attribute.attr_value())).filter(|value| !value.is_empty()).collect()
}

fn first(name: &X509Name<'_>, oid: &str) -> Option<String> {
    all(name, oid).into_iter().next()
}

/// The printable, UTF-8, IA5 and Teletex kinds are bytes that are UTF-8 in practice; only the BMP kind has two bytes a letter.
fn text(value: &x509_parser::der_parser::asn1_rs::Any<'_>) -> String {
    const BMP_STRING: u32 = 30;
    if value.header.tag().0 == BMP_STRING {
        let units: Vec<u16> = value.data.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(value.data).into_owned()
}

/// The cluster a host certificate or a host CA belongs to, and whether it carries the name every Auth Service answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCertificate {
    /// Cluster by Teleport's own attribute, else by the issuer.
    pub cluster: Option<String>,
    /// System role such as `Auth` or `Proxy`; the Auth Service of most versions says `Admin`.
    pub role: Option<String>,
    /// Whether it was made by a Teleport cluster for its own services, and not for browsers.
    pub of_teleport: bool,
}

impl HostCertificate {
    /// Reads what a server showed; nothing when it is no certificate at all.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        let names = x509.subject_alternative_name().ok().flatten();
        let of_teleport = names.is_some_and(|names| {
            names.value.general_names.iter().any(|name| {
                matches!(name, x509_parser::extensions::GeneralName::DNSName(dns) if dns.ends_with("teleport.cluster.local"))
            })
        });
        let issuer = || first(x509.issuer(), COMMON_NAME);
        let cluster = first(x509.subject(), ORIGIN_CLUSTER).or_else(issuer).filter(|_| of_teleport);
        Some(Self { cluster, role: first(x509.subject(), ORGANIZATION), of_teleport })
    }
}

/// The cluster whose host CA this is, by its subject.
pub(super) fn authority(der: &[u8]) -> Result<Option<String>, String> {
    let (_, x509) = X509Certificate::from_der(der).map_err(|error| error.to_string())?;
    Ok(first(x509.subject(), COMMON_NAME).or_else(|| first(x509.subject(), ORGANIZATION)))
}

/// Whether a certificate may sign others, which a person's never may.
pub(super) fn is_authority(der: &[u8]) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, x509)| x509.is_ca())
}

/// The certificate's public key, as a whole SubjectPublicKeyInfo.
pub(super) fn public_key(der: &[u8]) -> Result<Vec<u8>, String> {
    let (_, x509) = X509Certificate::from_der(der).map_err(|error| error.to_string())?;
    Ok(x509.public_key().raw.to_vec())
}

fn moment(time: ASN1Time) -> SystemTime {
    let seconds = time.timestamp();
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    let moment = if seconds < 0 { epoch.checked_sub(distance) } else { epoch.checked_add(distance) };
    moment.unwrap_or(epoch)
}

/// A moment as `2026-11-25 12:56:26 UTC`, the zone that Teleport's own tools print.
#[must_use]
pub fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days since 1 March of the year 0, counted in eras of 400 years; the year begins in March so that a leap day is its last.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", second / 3600, second / 60 % 60, second % 60)
}
