//! What was sent, when, and what came of it: one line for each, for the person and for an audit of their own.
//!
//! A verdict that was held and not sent is told as well. Token names and reasons of others have no place here.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::draft::{moment, seconds};
use super::{Journal, JournalError, disk};

/// The file starts anew beyond this, the old one kept beside it.
const LARGEST: u64 = 4 << 20;

/// What was or was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: SystemTime,
    /// To which cluster.
    pub cluster: String,
    /// By whom.
    pub user: String,
    /// About which resource, as it may be shown.
    pub reference: String,
    /// What: the action's name, and the call it was.
    pub action: String,
    /// The reason that went with it.
    pub reason: String,
    /// What came of it.
    pub answer: Answer,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// About to be sent: if no later line tells more, nothing is known.
    Sending,
    /// The server did it; its words or ours.
    Done(String),
    /// The server or this program refused.
    Refused(String),
    /// No answer came.
    Unknown,
    /// It was never sent: taken back, or the link was lost while it was held.
    NotSent(String),
}

impl Journal {
    /// Adds a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record(&self, sent: &Sent) -> Result<(), JournalError> {
        let path = self.verdicts_file();
        if std::fs::metadata(&path).is_ok_and(|about| about.len() > LARGEST) {
            std::fs::rename(&path, path.with_extension("old.jsonl")).map_err(|error| JournalError::disk(&path, &error))?;
        }
        disk::append(&path, &sent.encode())
    }

    /// The lines of the file, the newest first; what cannot be read is skipped.
    #[must_use]
    pub fn verdicts(&self, most: usize) -> Vec<Sent> {
        let bytes = disk::read(&self.verdicts_file(), 2 * LARGEST).unwrap_or_default();
        bytes.rsplit(|byte| *byte == b'\n').filter_map(Sent::decode).take(most).collect()
    }
}

impl Sent {
    /// As one line of the file.
    #[must_use]
    pub fn encode(&self) -> String {
        let (outcome, words) = match &self.answer {
            Answer::Sending => ("sending", ""),
            Answer::Done(words) => ("done", words.as_str()),
            Answer::Refused(words) => ("refused", words.as_str()),
            Answer::Unknown => ("unknown", ""),
            Answer::NotSent(words) => ("not sent", words.as_str()),
        };
        json!({
            "at": seconds(self.at), "cluster": self.cluster, "user": self.user, "reference": self.reference,
            "action": self.action, "reason": self.reason, "outcome": outcome, "answer": words,
        })
        .to_string()
    }

    /// From one line; nothing if that is not one.
    #[must_use]
    pub fn decode(line: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(line).ok()?;
        let text = |key: &str| value.get(key)?.as_str().map(str::to_owned);
        let answer = match text("outcome")?.as_str() {
            "sending" => Answer::Sending,
            "done" => Answer::Done(text("answer")?),
            "refused" => Answer::Refused(text("answer")?),
            "unknown" => Answer::Unknown,
            "not sent" => Answer::NotSent(text("answer")?),
            _ => return None,
        };
        Some(Self {
            at: moment(value.get("at")?)?,
            cluster: text("cluster")?,
            user: text("user")?,
            reference: text("reference")?,
            action: text("action")?,
            reason: text("reason")?,
            answer,
        })
    }
}
