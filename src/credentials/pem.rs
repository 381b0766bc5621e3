//! PEM as Teleport's files hold it: blocks found line by line, private keys tried in every encoding whatever the label says.
//!
//! Lines are trimmed, so Windows line ends, indentation and blank lines do not matter. A block that begins and does not end is
//! an error of its own: files are rewritten in place, and a reader may come in between.

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;
use serde_json::Value;
use std::sync::Arc;

use super::error::{Block, Error};

/// One PEM block: its label and its lines, not yet decoded.
pub(super) struct Pem {
    label: String,
    body: Vec<String>,
}

/// All blocks of a text in their order; anything between them is left alone.
pub(super) fn blocks(text: &str, path: &str) -> Result<Vec<Pem>, Error> {
    let mut found = Vec::new();
    // Editors of one system put a mark before the first letter.
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("-----BEGIN") else { continue };
        let label = rest.trim().trim_end_matches('-').trim().to_owned();
        let mut body = Vec::new();
        loop {
            match lines.next() {
                None => return Err(Error::Truncated { path: path.to_owned() }),
                Some(line) if line.starts_with("-----END") => break,
                // The next block begins inside this one: its end was lost.
                Some(line) if line.starts_with("-----BEGIN") => return Err(Error::Truncated { path: path.to_owned() }),
                Some(line) => body.push(line.to_owned()),
            }
        }
        found.push(Pem { label, body });
    }
    Ok(found)
}

impl Pem {
    /// The bytes inside. The label is not part of the question, so every block is decoded under the same one.
    fn decode(&self, path: &str, block: Block) -> Result<Vec<u8>, Error> {
        let text = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", self.body.join("\n"));
        let malformed = |reason: String| Error::Malformed { path: path.to_owned(), block, reason };
        let (_, pem) = x509_parser::pem::parse_x509_pem(text.as_bytes()).map_err(|_| malformed("it is not base64".into()))?;
        if pem.contents.is_empty() { Err(malformed("the block is empty".into())) } else { Ok(pem.contents) }
    }

    /// Whether the label says so.
    pub(super) fn is_certificate(&self) -> bool {
        matches!(self.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
    }

    /// The block as a certificate; any other label there is a file put together wrongly.
    pub(super) fn certificate(&self, path: &str, block: Block) -> Result<CertificateDer<'static>, Error> {
        if !self.is_certificate() {
            return Err(Error::WrongBlock { path: path.to_owned(), block, label: self.label.clone() });
        }
        self.decode(path, block).map(CertificateDer::from)
    }

    /// The block as a private key that can sign. Files with a wrong label exist in the wild, so the label only serves to
    /// recognise what is surely no key of ours.
    pub(super) fn private_key(&self, path: &str) -> Result<Arc<dyn SigningKey>, Error> {
        let unsupported = |what: &str| Error::UnsupportedKey { path: path.to_owned(), what: what.to_owned() };
        match self.label.as_str() {
            label if label.contains("PIV") || label.contains("YUBIKEY") => return Err(self.hardware_key(path)),
            "OPENSSH PRIVATE KEY" => return Err(unsupported("an OpenSSH key")),
            "ENCRYPTED PRIVATE KEY" => return Err(unsupported("encrypted with a passphrase")),
            _ if self.body.iter().any(|line| line.starts_with("Proc-Type:") && line.ends_with("ENCRYPTED")) => {
                return Err(unsupported("encrypted with a passphrase"));
            }
            label if label.ends_with("PRIVATE KEY") => {}
            label => {
                return Err(Error::WrongBlock { path: path.to_owned(), block: Block::PrivateKey, label: label.to_owned() });
            }
        }
        let der = self.decode(path, Block::PrivateKey)?;
        let encodings = [
            PrivateKeyDer::Pkcs8(der.clone().into()),
            PrivateKeyDer::Pkcs1(der.clone().into()),
            PrivateKeyDer::Sec1(der.clone().into()),
        ];
        // DER of any key is one SEQUENCE over all the bytes; less is a damaged file, more is an algorithm we do not have.
        let whole = x509_parser::der_parser::parse_der(&der).is_ok_and(|(rest, _)| rest.is_empty());
        encodings.iter().find_map(|key| any_supported_type(key).ok()).ok_or_else(|| {
            if whole {
                unsupported("of an algorithm other than RSA, ECDSA P-256 or P-384, and Ed25519")
            } else {
                Error::Malformed { path: path.to_owned(), block: Block::PrivateKey, reason: "its encoding is damaged".into() }
            }
        })
    }

    /// A hardware login stores JSON where the key would be; its numbers help a person with several YubiKeys.
    fn hardware_key(&self, path: &str) -> Error {
        let json: Value = match self.decode(path, Block::PrivateKey) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            Err(_) => Value::Null,
        };
        let number = |key: &str| json.get(key).and_then(Value::as_u64);
        Error::HardwareKey { path: path.to_owned(), serial: number("serial_number"), slot: number("slot_key") }
    }
}
