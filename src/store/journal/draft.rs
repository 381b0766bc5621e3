//! Drafts: texts under way, kept within a second of every change until the person discards them.
//!
//! A draft in use is locked, so that a second instance does not offer it. The text of a token is a secret: its draft goes after
//! seven days, as the file's own record of its kind says.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{Journal, JournalError, disk};

/// The largest text that is kept, the base included.
const LARGEST: usize = 4 << 20;
/// The largest file that a draft of this size can come to: every character may need an escape.
const MOST_BYTES: u64 = 6 * LARGEST as u64 + 4_096;
/// How many drafts are kept; the oldest that nobody has open go first.
const MOST: usize = 100;
/// How long a draft that holds a secret is kept.
const SECRET_FOR: Duration = Duration::from_hours(168);

/// The form of the file. A file of a later form is left alone: what it means is not known here.
const VERSION: u64 = 1;

/// A text under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Of which cluster.
    pub cluster: String,
    /// Of which kind.
    pub kind: String,
    /// Of which resource; empty for a new one.
    pub name: String,
    /// Whether the text or the name is a secret.
    pub secret: bool,
    /// The text as it was when the edit began.
    pub base: String,
    /// The revision of that.
    pub revision: String,
    /// The text as it is.
    pub text: String,
    /// When it was last changed.
    pub at: SystemTime,
}

/// A draft's file that cannot be used. It is never touched: somebody may still get the text out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it lies.
    pub path: PathBuf,
    /// It was written by a later version of this program; otherwise it was cut short or is something else.
    pub newer: bool,
}

/// A draft that is ours: nobody else is offered it until this is dropped.
#[derive(Debug)]
pub struct OpenDraft {
    path: PathBuf,
    // Held, not used: the lock ends with it.
    _lock: File,
}

impl Journal {
    /// Begins a draft.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self, draft: &Draft) -> Result<OpenDraft, JournalError> {
        self.make_room();
        let path = disk::fresh(&self.drafts_folder(), "json");
        let lock = disk::lock(&path.with_extension("lock"))?;
        let lock = lock.ok_or_else(|| JournalError::Disk("a draft of the same random name".to_owned()))?;
        let mut open = OpenDraft { path, _lock: lock };
        match open.write(draft) {
            Ok(()) => Ok(open),
            Err(error) => {
                open.discard();
                Err(error)
            }
        }
    }

    /// The drafts that nobody has open, the newest first, each now ours. Those that are not wanted are dropped, not discarded.
    #[must_use]
    pub fn offered(&self, now: SystemTime) -> Vec<(OpenDraft, Draft)> {
        let mut offered = Vec::new();
        for path in disk::files(&self.drafts_folder(), "json").into_iter().take(MOST) {
            let Ok(Some(lock)) = disk::lock(&path.with_extension("lock")) else { continue };
            let open = OpenDraft { path, _lock: lock };
            let read = disk::read(&open.path, MOST_BYTES).ok().and_then(|bytes| Draft::decode(&bytes));
            match read {
                Some(draft) if draft.secret && now.duration_since(draft.at).is_ok_and(|age| age > SECRET_FOR) => open.discard(),
                Some(draft) => offered.push((open, draft)),
                None => tracing::warn!("a draft that cannot be read is left where it is"),
            }
        }
        offered
    }

    /// The files of drafts that cannot be used, the newest first.
    #[must_use]
    pub fn unreadable(&self) -> Vec<Unreadable> {
        let files = disk::files(&self.drafts_folder(), "json").into_iter();
        let damaged = files.filter_map(|path| {
            // What cannot be opened at all may just have been discarded by another instance.
            let bytes = disk::read(&path, MOST_BYTES).ok()?;
            let value: Option<Value> = serde_json::from_slice(&bytes).ok();
            let newer = value.as_ref().is_some_and(is_newer);
            Draft::decode(&bytes).is_none().then_some(Unreadable { path, newer })
        });
        damaged.collect()
    }

    fn make_room(&self) {
        for path in disk::files(&self.drafts_folder(), "json").into_iter().skip(MOST - 1) {
            let readable = disk::read(&path, MOST_BYTES).is_ok_and(|bytes| Draft::decode(&bytes).is_some());
            if let (true, Ok(Some(lock))) = (readable, disk::lock(&path.with_extension("lock"))) {
                OpenDraft { path, _lock: lock }.discard();
            }
        }
    }
}

impl OpenDraft {
    /// Writes the newest text.
    ///
    /// # Errors
    /// When it cannot be written; what was written before is still there.
    pub fn write(&mut self, draft: &Draft) -> Result<(), JournalError> {
        if draft.text.len() + draft.base.len() > LARGEST {
            return Err(JournalError::TooLarge(LARGEST));
        }
        disk::write(&self.path, draft.encode().as_bytes())
    }

    /// Removes the draft: it was saved, or the person said so.
    pub fn discard(self) {
        for path in [&self.path, &self.path.with_extension("new"), &self.path.with_extension("lock")] {
            let _ = fs::remove_file(path);
        }
    }
}

impl Draft {
    /// As it stands in its file.
    #[must_use]
    pub fn encode(&self) -> String {
        json!({
            "version": VERSION, "cluster": self.cluster, "kind": self.kind, "name": self.name, "secret": self.secret,
            "base": self.base,
            "revision": self.revision, "text": self.text, "at": seconds(self.at),
        })
        .to_string()
    }

    /// From its file; nothing if that is not one.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        if is_newer(&value) {
            return None;
        }
        let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
        Some(Self {
            cluster: text("cluster")?,
            kind: text("kind")?,
            name: text("name")?,
            secret: value.get("secret")?.as_bool()?,
            base: text("base")?,
            revision: text("revision")?,
            text: text("text")?,
            at: moment(value.get("at")?)?,
        })
    }
}

/// The first form had no number.
fn is_newer(file: &Value) -> bool {
    file.get("version").is_some_and(|version| version.as_u64().is_none_or(|version| version > VERSION))
}

/// A moment in a file: seconds, with a fraction.
pub(super) fn seconds(moment: SystemTime) -> f64 {
    (moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1_000.0).round() / 1_000.0
}

/// The same back.
pub(super) fn moment(value: &Value) -> Option<SystemTime> {
    // A fraction that was rounded is met from below or above.
    let since = Duration::try_from_secs_f64(value.as_f64()? + 0.000_5).ok()?;
    UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(since.as_millis()).ok()?))
}
