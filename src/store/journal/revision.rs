//! Earlier texts of what was saved, so that a person can go back to one as an ordinary edit.
//!
//! Both sides of every save are kept: what was replaced and what it was replaced with. Tokens are not: their text is a secret.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::draft::{moment, seconds};
use super::{Journal, JournalError, disk};
use crate::resource::Reference;

/// The largest text that is kept.
const LARGEST: usize = 1 << 20;
/// How many are kept over all resources; the oldest go first.
const MOST: usize = 500;

/// An earlier text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Of which cluster.
    pub cluster: String,
    /// Of which kind.
    pub kind: String,
    /// Of which resource.
    pub name: String,
    /// The server's revision, if it was known.
    pub revision: String,
    /// When it was kept.
    pub at: SystemTime,
    /// Whether we wrote it, or found and replaced it.
    pub ours: bool,
    /// The text.
    pub text: String,
}

impl Journal {
    /// Keeps a text. One that is already there is not kept twice.
    ///
    /// # Errors
    /// When it cannot be written, is too large, or is the text of something whose name is a secret.
    pub fn keep(&self, reference: &Reference, revision: &Revision) -> Result<(), JournalError> {
        if reference.is_secret() || reference.kind() == "token" {
            return Err(JournalError::Secret);
        }
        if revision.text.len() > LARGEST {
            return Err(JournalError::TooLarge(LARGEST));
        }
        let known = self.revisions(&revision.cluster, &revision.kind, &revision.name);
        if known.first().is_some_and(|known| known.text == revision.text && known.revision == revision.revision) {
            return Ok(());
        }
        let folder = self.revisions_folder();
        disk::write(&disk::fresh(&folder, "json"), revision.encode().as_bytes())?;
        for old in disk::files(&folder, "json").into_iter().skip(MOST) {
            let _ = std::fs::remove_file(old);
        }
        Ok(())
    }

    /// The earlier texts of a resource, the newest first.
    #[must_use]
    pub fn revisions(&self, cluster: &str, kind: &str, name: &str) -> Vec<Revision> {
        let files = disk::files(&self.revisions_folder(), "json").into_iter();
        let read = files.filter_map(|path| Revision::decode(&disk::read(&path, 8 * LARGEST as u64).ok()?));
        let mut found: Vec<_> =
            read.filter(|found| found.cluster == cluster && found.kind == kind && found.name == name).collect();
        found.sort_by_key(|found| std::cmp::Reverse(found.at));
        found
    }
}

impl Revision {
    /// As it stands in its file.
    #[must_use]
    pub fn encode(&self) -> String {
        json!({
            "cluster": self.cluster, "kind": self.kind, "name": self.name, "revision": self.revision,
            "at": seconds(self.at), "ours": self.ours, "text": self.text,
        })
        .to_string()
    }

    /// From its file; nothing if that is not one.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
        Some(Self {
            cluster: text("cluster")?,
            kind: text("kind")?,
            name: text("name")?,
            revision: text("revision")?,
            at: moment(value.get("at")?)?,
            ours: value.get("ours")?.as_bool()?,
            text: text("text")?,
        })
    }
}
