//! Why there is no identity to work with, one variant and one sentence for each broken input.
//!
//! A person meets these sentences before anything else of this program, so each says what is wrong, with which file, and what
//! to do next. They are values that compare and travel; no library's error object and no key material is ever inside.

use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use super::certificate::utc;

/// The three things that any form of credentials must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// The private key of the person, bot or host.
    PrivateKey,
    /// The certificate that names them.
    Certificate,
    /// The certificate of the authority that signs the Auth Service's own certificate.
    HostCa,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrivateKey => "private key",
            Self::Certificate => "TLS certificate",
            Self::HostCa => "host CA certificate",
        })
    }
}

/// What is wrong with the credentials asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// Nothing was named and nobody is logged in.
    Absent {
        /// The profile folder that was looked at.
        home: PathBuf,
        /// This machine runs an Auth Service, where `tctl` can make an identity without any login.
        auth_host: bool,
    },
    /// No profile of that name; somebody may still be logged in elsewhere.
    NoProfile {
        /// The profile folder that was looked at.
        home: PathBuf,
        /// The proxy host the profile is named after.
        name: String,
    },
    /// The profile's settings are not what `tsh` writes.
    BadProfile {
        /// The settings file.
        path: String,
        /// What the reader stumbled over.
        reason: String,
    },
    /// A file that was named, or that a profile promises, is not there.
    Missing {
        /// Its path.
        path: String,
        /// What it should have held.
        block: Option<Block>,
    },
    /// A file is there and the operating system does not let us read it.
    Unreadable {
        /// Its path.
        path: String,
        /// The operating system's words.
        reason: String,
    },
    /// A file without a byte in it, as a writer leaves it for a moment.
    Empty {
        /// Its path.
        path: String,
    },
    /// A block begins and does not end.
    Truncated {
        /// Its path.
        path: String,
    },
    /// A whole block is missing.
    MissingBlock {
        /// The file that should hold it.
        path: String,
        /// Which block.
        block: Block,
    },
    /// Another kind of block stands where this one belongs.
    WrongBlock {
        /// The file.
        path: String,
        /// What belongs there.
        block: Block,
        /// The label that was found.
        label: String,
    },
    /// The block is there and its content cannot be read.
    Malformed {
        /// The file.
        path: String,
        /// Which block.
        block: Block,
        /// What the reader stumbled over.
        reason: String,
    },
    /// The key is encrypted, of the SSH kind, or of an algorithm that is not spoken here.
    UnsupportedKey {
        /// The file.
        path: String,
        /// What kind of key it is.
        what: String,
    },
    /// The private key lives in a YubiKey; the file only points at it.
    HardwareKey {
        /// The file.
        path: String,
        /// The YubiKey's serial number, where the file tells it.
        serial: Option<u64>,
        /// The PIV slot, where the file tells it.
        slot: Option<u64>,
    },
    /// Key and certificate are not a pair.
    Mismatch {
        /// Where the certificate came from.
        cert: String,
        /// Where the key came from.
        key: String,
    },
    /// The certificate is limited to something that is not the Auth Service's API.
    LimitedUse {
        /// Whose certificate it is.
        user: String,
        /// The limits it carries.
        usage: Vec<String>,
        /// How to get a better one.
        renew: String,
    },
    /// The certificate has ended.
    Expired {
        /// Whose certificate it is.
        user: String,
        /// When it ended.
        at: SystemTime,
        /// How to get the next one.
        renew: String,
    },
    /// The certificate begins in the future, which nearly always means that this clock is slow.
    NotYetValid {
        /// Whose certificate it is.
        user: String,
        /// When it begins.
        from: SystemTime,
    },
}

impl Error {
    /// Whether there is nothing at all to work with: the only state in which the dashboard does not start.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::NoProfile { .. })
    }

    /// The command that makes a new certificate, where the old one has ended.
    #[must_use]
    pub fn renewal(&self) -> Option<String> {
        if let Self::Expired { renew, .. } = self { Some(renew.clone()) } else { None }
    }

    /// Whether a writer in the middle of its work looks like this, so that a second look a moment later is worth it.
    #[must_use]
    pub fn may_be_half_written(&self) -> bool {
        matches!(
            self,
            Self::Empty { .. }
                | Self::Truncated { .. }
                | Self::MissingBlock { .. }
                | Self::WrongBlock { .. }
                | Self::Malformed { .. }
                | Self::Mismatch { .. }
                | Self::Missing { .. }
                | Self::BadProfile { .. }
        )
    }
}

const AUTH_HOST: &str = "This machine runs an Auth Service; as root, make an identity with: \
    tctl auth sign --user=NAME --out=portcullis.identity, then: portcullis --auth-server localhost:3025 -i portcullis.identity";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent { home, auth_host } => {
                write!(
                    f,
                    "no Teleport credentials (nobody is logged in under {}). Three ways to get some: tsh login --proxy=HOST; \
                     an identity file (tctl auth sign --out=FILE) with -i FILE and --proxy or --auth-server; \
                     a key pair (tctl auth sign --format=tls --out=PREFIX) with --key-pair PREFIX. \
                     To look around without any: portcullis --demo",
                    home.display()
                )?;
                if *auth_host { write!(f, ". {AUTH_HOST}") } else { Ok(()) }
            }
            Self::NoProfile { home, name } => {
                write!(f, "not logged in to {name} (no such profile under {}): tsh login --proxy={name}", home.display())
            }
            Self::BadProfile { path, reason } => {
                write!(f, "{path} is not a tsh profile ({reason}): log in again with tsh login")
            }
            Self::Missing { path, block: None } => write!(f, "{path} does not exist: check the path"),
            Self::Missing { path, block: Some(block) } => write!(f, "{path}, which should hold the {block}, does not exist"),
            Self::Unreadable { path, reason } => {
                write!(f, "{path} cannot be read ({reason}): check its owner and mode, or run as the user it belongs to")
            }
            Self::Empty { path } => write!(f, "{path} is empty: it is being written, or making it failed; make it again"),
            Self::Truncated { path } => {
                write!(f, "{path} is cut off: a PEM block begins and does not end; make the file again")
            }
            Self::MissingBlock { path, block } => missing(f, path, *block),
            Self::WrongBlock { path, block, label } => {
                write!(f, "{path}: a block labelled {label:?} stands where the {block} belongs; make the file again")
            }
            Self::Malformed { path, block, reason } => {
                write!(f, "{path}: the {block} cannot be read ({reason}); make the file again")
            }
            Self::UnsupportedKey { path, what } => write!(
                f,
                "{path}: the private key is {what}, which cannot be used here; use a file made by tctl auth sign or tsh login --out"
            ),
            Self::HardwareKey { path, serial, slot } => {
                let serial = serial.map_or_else(String::new, |serial| format!(" serial {serial}"));
                let slot = slot.map_or_else(String::new, |slot| format!(", slot 0x{slot:x}"));
                write!(
                    f,
                    "this login uses a hardware key (YubiKey{serial}{slot}; {path} only points at it), which is not supported; \
                     use an identity file made with tctl auth sign, or a bot's, with -i FILE"
                )
            }
            Self::Mismatch { cert, key } if cert == key => {
                write!(f, "{cert}: private key and certificate are not a pair; it may be half written, else make it again")
            }
            Self::Mismatch { cert, key } => write!(
                f,
                "the private key {key} and the certificate {cert} are not a pair; they may be half written, else make them again"
            ),
            Self::LimitedUse { user, usage, renew } => write!(
                f,
                "the certificate of {user} is limited to {} and the Auth Service refuses it: {renew}",
                usage.join(", ")
            ),
            Self::Expired { user, at, renew } => write!(f, "the certificate of {user} expired at {}: {renew}", utc(*at)),
            Self::NotYetValid { user, from } => {
                write!(f, "the certificate of {user} is not valid before {}: check this machine's clock", utc(*from))
            }
        }
    }
}

fn missing(f: &mut fmt::Formatter<'_>, path: &str, block: Block) -> fmt::Result {
    let advice = match block {
        Block::PrivateKey => "make it again with tctl auth sign, tsh login --out, or tbot",
        Block::Certificate => "an SSH certificate alone is not enough; make it with tctl auth sign --format=file (or tls)",
        Block::HostCa => {
            "without it the Auth Service cannot be told from an impostor; make it again, or name the CA file with --ca"
        }
    };
    write!(f, "{path} holds no {block}: {advice}")
}

impl std::error::Error for Error {}
