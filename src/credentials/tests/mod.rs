//! What is read from each form of credentials, and the sentence for each that is broken.

pub(crate) mod cluster;
mod folders;

use std::fs;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use std::time::Duration;

use super::*;
use cluster::{BOT, Cluster, Person, STREET_ADDRESS, USAGE, at, now};

const SSH_LINE: &str =
    "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20=\n";
const AUTHORITY_LINE: &str = "@cert-authority root.test,*.root.test ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 type=host\n";

fn from_memory(text: &str) -> Result<Identity, Error> {
    read(&Wanted { memory: Some(text.to_owned()), ..Wanted::default() })
}

/// Key, certificate and host CA of one person.
fn pieces(cluster: &Cluster) -> (String, String, String) {
    let issued = cluster.issue(&Person::default());
    (issued.key, issued.certificate, cluster.host_ca())
}

#[test]
fn a_real_certificate_says_who_as_what_where_and_until_when() {
    let der = CertificateDer::from_pem_slice(include_bytes!("ada.crt")).unwrap();
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!(certificate.user, "ada");
    assert_eq!(certificate.roles, ["access", "editor", "auditor", "approver"]);
    assert_eq!(certificate.logins, ["ada", "root"], "placeholders are hidden");
    assert_eq!((certificate.root_cluster.as_str(), certificate.issuer.as_str()), ("root.example.test", "root.example.test"));
    assert_eq!(certificate.route_to_cluster.as_deref(), Some("root.example.test"));
    assert_eq!(certificate.impersonator.as_deref(), Some("10606760-5dae-4189-85ab-636d257c1f5d.root.example.test"));
    assert_eq!(utc(certificate.not_before), "2026-11-25 12:55:26 UTC");
    assert_eq!(utc(certificate.not_after), "2026-11-26 18:56:26 UTC");
    assert_eq!((certificate.bot, certificate.device), (None, None));
    assert!(certificate.usage.is_empty() && certificate.active_requests.is_empty());
}

#[test]
fn moments_are_printed_as_the_calendar_has_them() {
    for (seconds, text) in [
        (0, "1970-01-01 00:00:00 UTC"),
        (951_782_400, "2000-02-29 00:00:00 UTC"),
        (1_709_251_199, "2024-02-29 23:59:59 UTC"),
        (1_735_689_599, "2024-12-31 23:59:59 UTC"),
        (4_107_542_400, "2100-03-01 00:00:00 UTC"),
    ] {
        assert_eq!(utc(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)), text);
    }
}

#[test]
fn the_position_of_a_block_decides_whatever_stands_between() {
    let (root, leaf) = (Cluster::new("root.test"), Cluster::new("leaf.test"));
    let (key, certificate, ca) = pieces(&root);
    let leaf_ca = leaf.host_ca();
    let layouts = [
        format!("{key}{certificate}{ca}{leaf_ca}"),
        format!("{key}{SSH_LINE}{certificate}{AUTHORITY_LINE}{AUTHORITY_LINE}{leaf_ca}{ca}"),
        format!("{key}{SSH_LINE}{certificate}{AUTHORITY_LINE}{leaf_ca}{AUTHORITY_LINE}{ca}"),
        format!("\u{feff}{key}\n\nwords of a person\n{certificate}\n{ca}\n\n{leaf_ca}\n").replace('\n', "\r\n"),
        format!("  {}", format!("{key}{certificate}{ca}{leaf_ca}").replace('\n', " \t\n  ")),
        format!("{key}{certificate}{ca}{leaf_ca}").trim_end().to_owned(),
    ];
    for text in layouts {
        let identity = from_memory(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(identity.certificate().user, "ada");
        assert_eq!((identity.cluster(), identity.known_clusters()), ("root.test", vec!["leaf.test", "root.test"]));
        assert_eq!(identity.host_cas("leaf.test").count(), 1);
        assert_eq!(identity.certified_key().cert.len(), 1);
    }
}

#[test]
fn a_wrong_label_on_a_good_key_does_not_matter() {
    let (key, certificate, ca) = pieces(&Cluster::new("root.test"));
    for label in ["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"] {
        let key = key.replace("PRIVATE KEY", label);
        assert!(from_memory(&format!("{key}{certificate}{ca}")).is_ok(), "{label}");
    }
}

#[test]
fn an_old_encoding_of_a_key_is_read_too() {
    use x509_parser::pem::parse_x509_pem;
    let (key, certificate, ca) = pieces(&Cluster::new("root.test"));
    let pkcs8 = parse_x509_pem(key.as_bytes()).unwrap().1.contents;
    // The older form is what the newer one wraps, in an octet string of 109 bytes.
    let start = pkcs8.windows(4).position(|bytes| bytes == [0x04, 0x6d, 0x30, 0x6b]).unwrap() + 2;
    let sec1 = rcgen_pem("EC PRIVATE KEY", &pkcs8[start..start + 0x6d]);
    assert!(from_memory(&format!("{sec1}{certificate}{ca}")).is_ok());
}

fn rcgen_pem(label: &str, bytes: &[u8]) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(bytes);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[test]
fn the_cluster_is_the_one_asked_for_then_the_route_then_the_root() {
    let root = Cluster::new("root.test");
    let routed = Person { attributes: vec![(STREET_ADDRESS, "leaf.test")], ..Person::default() };
    let text = root.identity_file(&routed, &[&root]);
    assert_eq!(from_memory(&text).unwrap().cluster(), "leaf.test");
    let wanted = Wanted { memory: Some(text), cluster: Some("other.test".into()), ..Wanted::default() };
    assert_eq!(read(&wanted).unwrap().cluster(), "other.test");
    assert_eq!(from_memory(&root.identity_file(&Person::default(), &[&root])).unwrap().cluster(), "root.test");
}

#[test]
fn nothing_secret_is_printed() {
    let root = Cluster::new("root.test");
    let text = root.identity_file(&Person::default(), &[&root]);
    let wanted = Wanted { memory: Some(text.clone()), ..Wanted::default() };
    let shown = format!("{:?} {wanted:?}", read(&wanted).unwrap());
    let secrets = text.lines().filter(|line| line.len() > 40);
    assert!(secrets.into_iter().all(|line| !shown.contains(line)), "{shown}");
}

#[test]
fn every_broken_text_has_its_own_sentence() {
    let root = Cluster::new("root.test");
    let (key, certificate, ca) = pieces(&root);
    let (other_key, ..) = pieces(&root);
    let blob = rcgen_pem("PIV YUBIKEY PRIVATE KEY", br#"{"serial_number":12345678,"slot_key":154}"#);
    let path = || "the demo's identity".to_owned();
    let missing = |block| Error::MissingBlock { path: path(), block };
    let empty_block = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    for (text, error, words) in [
        (String::new(), Error::Empty { path: path() }, "is empty"),
        (" \n\r\n\t".to_owned(), Error::Empty { path: path() }, "is empty"),
        ("nothing of the kind\n".to_owned(), missing(Block::PrivateKey), "no private key"),
        (format!("{certificate}{ca}"), missing(Block::PrivateKey), "no private key"),
        (key.clone(), missing(Block::Certificate), "no TLS certificate"),
        (format!("{key}{SSH_LINE}{ca}"), missing(Block::Certificate), "an SSH certificate alone is not enough"),
        (format!("{key}{certificate}"), missing(Block::HostCa), "no host CA"),
        (format!("{key}{certificate}{}", &ca[..ca.len() / 2]), Error::Truncated { path: path() }, "is cut off"),
        (
            format!("{key}{key}{ca}"),
            Error::WrongBlock { path: path(), block: Block::Certificate, label: "PRIVATE KEY".into() },
            "where the TLS certificate belongs",
        ),
        (
            format!("{key}{certificate}{key}"),
            Error::WrongBlock { path: path(), block: Block::HostCa, label: "PRIVATE KEY".into() },
            "where the host CA certificate belongs",
        ),
        (format!("{other_key}{certificate}{ca}"), Error::Mismatch { cert: path(), key: path() }, "are not a pair"),
        (
            format!("{blob}{certificate}{ca}"),
            Error::HardwareKey { path: path(), serial: Some(12_345_678), slot: Some(154) },
            "YubiKey serial 12345678, slot 0x9a",
        ),
        (
            format!("{}{certificate}{ca}", rcgen_pem("OPENSSH PRIVATE KEY", b"openssh-key-v1")),
            Error::UnsupportedKey { path: path(), what: "an OpenSSH key".into() },
            "tctl auth sign",
        ),
        (
            format!("{}{certificate}{ca}", rcgen_pem("ENCRYPTED PRIVATE KEY", b"0")),
            Error::UnsupportedKey { path: path(), what: "encrypted with a passphrase".into() },
            "encrypted with a passphrase",
        ),
        (
            format!("{key}{empty_block}{ca}"),
            Error::Malformed { path: path(), block: Block::Certificate, reason: "the block is empty".into() },
            "the TLS certificate cannot be read",
        ),
    ] {
        let found = from_memory(&text).err();
        assert_eq!(found.as_ref(), Some(&error), "{text}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error_that_may_pass() {
    let root = Cluster::new("root.test");
    let text = root.identity_file(&Person::default(), &[&root]);
    let whole = text.rfind("-----END").unwrap() + "-----END".len();
    for end in (0..whole).step_by(3) {
        let error = from_memory(&text[..end]).expect_err("it is cut");
        assert!(error.may_be_half_written(), "{end}: {error}");
    }
}

#[test]
fn damaged_letters_never_do_harm() {
    let root = Cluster::new("root.test");
    let text = root.identity_file(&Person::default(), &[&root]);
    for at in (0..text.len()).step_by(11) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'Q' } else { b'A' };
        // A damaged signature is not ours to notice; everything else is an error, and nothing panics.
        let _ = from_memory(&String::from_utf8(bytes).unwrap());
    }
}

#[test]
fn dates_and_limits_are_checked_when_asked() {
    let root = Cluster::new("root.test");
    let of = |person: &Person<'_>| from_memory(&root.identity_file(person, &[&root])).unwrap();
    let good = of(&Person::default());
    assert_eq!(good.check(now()), Ok(()));
    assert_eq!(good.check(at(12 * 3600)), Ok(()), "the last second counts");
    let error = good.check(at(12 * 3600 + 1)).unwrap_err();
    assert!(matches!(&error, Error::Expired { user, at: end, .. } if user == "ada" && *end == at(12 * 3600)));
    assert!(error.to_string().contains("expired at 2027-01-15 20:00:00 UTC"), "{error}");
    assert!(!error.may_be_half_written() && !error.is_absent());

    let early = of(&Person { from: 30, ..Person::default() });
    assert_eq!(early.check(now()), Ok(()), "clocks may differ by a minute");
    let early = of(&Person { from: 300, ..Person::default() });
    assert!(early.check(now()).unwrap_err().to_string().contains("check this machine's clock"));

    let limited = of(&Person { attributes: vec![(USAGE, "usage:kube")], ..Person::default() });
    assert!(limited.check(now()).unwrap_err().to_string().contains("limited to usage:kube"));
}

#[test]
fn renewing_is_said_for_each_source() {
    let root = Cluster::new("root.test");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bot identity");
    let bot = Person { attributes: vec![(BOT, "watcher")], until: -10, from: -4000, ..Person::default() };
    fs::write(&path, root.identity_file(&bot, &[&root])).unwrap();
    let wanted = Wanted { identity: Some(path.clone()), ..Wanted::default() };
    let error = load(&wanted, now()).unwrap_err().to_string();
    assert!(error.contains("bot watcher") && error.contains("tbot"), "{error}");
    assert_eq!(read(&wanted).unwrap().source(), &Source::IdentityFile(path.clone()));
    fs::write(&path, root.identity_file(&Person { until: -10, from: -4000, ..Person::default() }, &[&root])).unwrap();
    let error = load(&wanted, now()).unwrap_err().to_string();
    assert!(error.contains("tctl auth sign") && error.contains("bot identity"), "{error}");
}

#[test]
fn an_auth_host_is_told_by_its_configuration() {
    for (config, folder, expected) in [
        (None, true, true),
        (None, false, false),
        (Some("auth_service:\n  enabled: true\n"), false, true),
        (Some("auth_service:\n  enabled: \"yes\"\n"), false, true),
        (Some("auth_service:\n  enabled: no\n"), true, false),
        (Some("auth_service: {cluster_name: x}\n"), false, true),
        (Some("ssh_service:\n  enabled: true\n"), true, false),
        (Some(": : not yaml"), true, true),
    ] {
        assert_eq!(auth_host(config, folder), expected, "{config:?} {folder}");
    }
}
