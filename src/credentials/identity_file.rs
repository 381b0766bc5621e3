//! The identity file: key, certificates and authorities in one text, and the key pair, the same in three.
//!
//! In an identity file the position of a PEM block decides what it is: the first is the private key, the second the TLS
//! certificate, all later ones host CAs of every cluster the root knew, in no promised order. SSH lines in between are left
//! alone, and a file without them is as good: no road taken here speaks SSH.

use std::path::Path;

use super::certificate;
use super::error::{Block, Error};
use super::files::Files;
use super::pem;
use super::{HostCa, KeyPair, Parts};

/// Reads the text of an identity file; `path` is only for the sentences.
pub(super) fn parse(text: &str, path: &str) -> Result<Parts, Error> {
    if text.trim().is_empty() {
        return Err(Error::Empty { path: path.to_owned() });
    }
    let missing = |block| Error::MissingBlock { path: path.to_owned(), block };
    let blocks = pem::blocks(text, path)?;
    let mut blocks = blocks.iter();
    let first = blocks.next().ok_or_else(|| missing(Block::PrivateKey))?;
    if first.is_certificate() {
        return Err(missing(Block::PrivateKey));
    }
    let key = first.private_key(path)?;
    let certificate = blocks.next().ok_or_else(|| missing(Block::Certificate))?.certificate(path, Block::Certificate)?;
    if certificate::is_authority(&certificate) {
        // The authorities follow the key at once: the position was right and the certificate is not there.
        return Err(missing(Block::Certificate));
    }
    let mut host_cas = Vec::new();
    for block in blocks {
        host_cas.push(HostCa::new(block.certificate(path, Block::HostCa)?, path)?);
    }
    if host_cas.is_empty() {
        return Err(missing(Block::HostCa));
    }
    Ok(Parts { key, certificate, host_cas, key_at: path.to_owned(), certificate_at: path.to_owned() })
}

/// Reads the three files of a key pair.
pub(super) fn key_pair(pair: &KeyPair, files: &mut Files) -> Result<Parts, Error> {
    let certificate = certificate_file(&pair.cert, files)?;
    let key = key_file(&pair.key, files)?;
    let host_cas = authorities(&pair.ca, files)?;
    if host_cas.is_empty() {
        return Err(Error::MissingBlock { path: pair.ca.display().to_string(), block: Block::HostCa });
    }
    let (key_at, certificate_at) = (pair.key.display().to_string(), pair.cert.display().to_string());
    Ok(Parts { key, certificate, host_cas, key_at, certificate_at })
}

/// The one certificate of a file. A second one in it is an intermediate, which no server of any version takes, so it is left.
pub(super) fn certificate_file(path: &Path, files: &mut Files) -> Result<rustls::pki_types::CertificateDer<'static>, Error> {
    let text = files.read(path, Some(Block::Certificate))?;
    let shown = path.display().to_string();
    let blocks = pem::blocks(&text, &shown)?;
    let block = blocks.first().ok_or_else(|| Error::MissingBlock { path: shown.clone(), block: Block::Certificate })?;
    block.certificate(&shown, Block::Certificate)
}

/// The one private key of a file.
pub(super) fn key_file(path: &Path, files: &mut Files) -> Result<std::sync::Arc<dyn rustls::sign::SigningKey>, Error> {
    let text = files.read_private(path)?;
    let shown = path.display().to_string();
    let blocks = pem::blocks(&text, &shown)?;
    let block = blocks.first().ok_or_else(|| Error::MissingBlock { path: shown.clone(), block: Block::PrivateKey })?;
    block.private_key(&shown)
}

/// All authorities of a file; a cluster has several while it rotates its own.
pub(super) fn authorities(path: &Path, files: &mut Files) -> Result<Vec<HostCa>, Error> {
    let text = files.read(path, Some(Block::HostCa))?;
    let shown = path.display().to_string();
    let blocks = pem::blocks(&text, &shown)?;
    blocks.iter().map(|block| HostCa::new(block.certificate(&shown, Block::HostCa)?, &shown)).collect()
}
