//! What must outlive the program: drafts, the verdicts that were sent, earlier texts of what was saved.
//!
//! Everything lives in one private folder that the caller names. Nothing here is fatal: a full disk is an error value to be
//! said, and the editor goes on. File names are random, never a resource's, and no token's text is kept as a revision. All calls
//! block on the disk; they belong on a thread that may.

mod disk;
mod draft;
mod revision;
#[cfg(test)]
mod tests;
mod verdict;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use self::draft::{Draft, OpenDraft, Unreadable};
pub use self::revision::Revision;
pub use self::verdict::{Answer, Sent};

/// The journal in its folder.
#[derive(Clone, Debug)]
pub struct Journal {
    root: PathBuf,
}

/// Why something could not be kept or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// The disk said so.
    Disk(String),
    /// It is too large to be kept; so many bytes are the most.
    TooLarge(usize),
    /// The kind's text is itself a secret and is not kept.
    Secret,
}

impl Journal {
    /// A journal in this folder, which is made, private to the user, if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let journal = Self { root: root.into() };
        for folder in [journal.root.clone(), journal.drafts_folder(), journal.revisions_folder()] {
            disk::private_folder(&folder)?;
        }
        Ok(journal)
    }

    fn drafts_folder(&self) -> PathBuf {
        self.root.join("drafts")
    }

    fn revisions_folder(&self) -> PathBuf {
        self.root.join("revisions")
    }

    fn verdicts_file(&self) -> PathBuf {
        self.root.join("verdicts.jsonl")
    }
}

impl JournalError {
    fn disk(path: &Path, error: &io::Error) -> Self {
        let folder = path.parent().unwrap_or(path).display();
        Self::Disk(format!("{folder}: {error}"))
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(text) => write!(f, "not kept on disk: {text}"),
            Self::TooLarge(most) => write!(f, "not kept on disk: larger than {} KiB", most / 1024),
            Self::Secret => f.write_str("not kept on disk: its text is a secret"),
        }
    }
}

impl std::error::Error for JournalError {}
