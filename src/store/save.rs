//! Writes an edit to the cluster so that nobody else's is overwritten, and says what became of it.
//!
//! Where the server compares revisions itself, the write goes out at once and is the comparison. Elsewhere the newest form is
//! read first, and a window of about the server's event delay remains, which the sheet tells. Lists and gets come from a cache
//! that lags behind: a read that differs may be *older* than what the edit is based on, so it counts as somebody else's only
//! when the cache is known to have passed our base, or when it stays so. Nothing is ever sent twice.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::snapshot::Snapshot;
use crate::api::{Client, Error, Family};
use crate::document::Resource;
use crate::kind::{Edit, Kind};
use crate::resource::{Reference, Strings};

/// How often a stale read is tried again.
const LOOKS: usize = 3;
/// How long an event is waited for in between: the event delay of common storage.
const WAIT: Duration = Duration::from_secs(1);

/// Why a save did not happen, or is not known to have happened.
#[derive(Clone, Debug, PartialEq)]
pub enum SaveError {
    /// Somebody else changed it meanwhile: this is theirs.
    Conflict(Box<Resource>),
    /// It is gone.
    Deleted,
    /// The server says that it changed, but still shows the old form.
    ChangedUnseen,
    /// No answer came: it may or may not be written.
    Unknown,
    /// The server refused, or nothing was sent.
    Refused(Error),
}

/// Waits for news of a resource: an event for it, or about as long as one takes.
#[derive(Clone, Debug)]
pub struct Waiter {
    snapshots: watch::Receiver<Arc<Snapshot>>,
}

impl Waiter {
    /// A waiter for what the snapshots tell.
    #[must_use]
    pub fn new(snapshots: watch::Receiver<Arc<Snapshot>>) -> Self {
        Self { snapshots }
    }

    /// The revision that the newest snapshot has.
    fn revision(&mut self, kind: &'static Kind, reference: &Reference) -> Option<String> {
        let snapshot = self.snapshots.borrow_and_update().clone();
        let shelf = snapshot.shelves().iter().find(|shelf| shelf.kind() == kind)?;
        shelf.find(reference).map(|item| item.revision.to_string())
    }

    async fn news(&mut self, kind: &'static Kind, reference: &Reference) {
        let before = self.revision(kind, reference);
        let changed = async {
            while self.snapshots.changed().await.is_ok() {
                if self.revision(kind, reference) != before {
                    return;
                }
            }
            // Nobody publishes any more; the delay is all there is to wait for.
            std::future::pending::<()>().await;
        };
        let _ = tokio::time::timeout(WAIT, changed).await;
    }
}

/// Writes what was edited from `base`. The answer is the truth about what was written, and the base of the next edit.
///
/// # Errors
/// See [`SaveError`]; the caller keeps the draft in every case.
pub async fn save(
    client: &Client,
    kind: &'static Kind,
    base: &Resource,
    edited: &Resource,
    mut waiter: Waiter,
) -> Result<Resource, SaveError> {
    let edit = editable(kind)?;
    let reference = reference(kind, base)?;
    if edited.name() != base.name() || edited.kind() != base.kind() {
        return Err(refused(kind, "the name was changed: that is creating another one, by n or N"));
    }
    if let Some(refusal) = (edit.forbids)(base, edited) {
        return Err(refused(kind, &refusal.0));
    }
    // The comparison is with what the person saw, whatever revision the text of the edit says.
    let edited = edited.with_revision(base.revision());
    let looking = Looking { client, kind, reference: &reference, base, edited: &edited, alike: edit.alike };
    if (edit.write)(client.caller()).conditional {
        return match (edit.update)(client, &edited).await {
            Err(error) if error.family == Family::CompareFailed => looking.why(&mut waiter).await,
            answer => answer.map_err(fate),
        };
    }
    // An old write answers nothing, so our base may lack the revision that the server has given it since.
    let current = looking.unchanged(&mut waiter).await?;
    match (edit.update)(client, &edited.with_revision(current.revision())).await {
        Err(error) if error.family == Family::CompareFailed => looking.why(&mut waiter).await,
        answer => answer.map_err(fate),
    }
}

/// Writes something that must not exist yet.
///
/// # Errors
/// [`SaveError::Refused`] with the family of an existing one, if there is one; [`SaveError::Unknown`] without an answer.
pub async fn create(client: &Client, kind: &'static Kind, resource: &Resource) -> Result<Resource, SaveError> {
    let edit = editable(kind)?;
    (edit.create)(client, &resource.with_revision("")).await.map_err(|error| match error.family {
        Family::NotFound => SaveError::Refused(error),
        _ => fate(error),
    })
}

fn editable(kind: &'static Kind) -> Result<Edit, SaveError> {
    kind.edit.ok_or_else(|| refused(kind, "this kind is not edited here"))
}

fn refused(kind: &'static Kind, text: &str) -> SaveError {
    SaveError::Refused(Error::new(Family::BadParameter, kind.name, text))
}

fn reference(kind: &'static Kind, resource: &Resource) -> Result<Reference, SaveError> {
    let item = (kind.item)(resource.kind(), &resource.bytes(), &mut Strings::default());
    item.map(|item| item.reference).map_err(|error| refused(kind, &error.0))
}

/// What an error of a write means for what was written.
fn fate(error: Error) -> SaveError {
    match error.family {
        Family::NoAnswer | Family::ConnectionProblem | Family::Malformed => SaveError::Unknown,
        // A write that compares nothing fails so when the object is gone; a user who is gone is told by the same status.
        Family::NotFound if !error.text.starts_with("access denied") => SaveError::Deleted,
        _ => SaveError::Refused(error),
    }
}

struct Looking<'a> {
    client: &'a Client,
    kind: &'static Kind,
    reference: &'a Reference,
    base: &'a Resource,
    edited: &'a Resource,
    /// How two states are told apart where the revision says nothing about people.
    alike: Option<fn(&Resource, &Resource) -> bool>,
}

enum Seen {
    Same(Resource),
    Other(Resource),
    Gone,
}

impl Looking<'_> {
    fn is_same(&self, a: &Resource, b: &Resource) -> bool {
        self.alike.map_or_else(|| same(a, b), |alike| alike(a, b))
    }

    async fn look(&self) -> Result<Seen, SaveError> {
        match (self.kind.fetch)(self.client, self.reference).await {
            Ok(theirs) if self.is_same(&theirs, self.base) => Ok(Seen::Same(theirs)),
            Ok(theirs) => Ok(Seen::Other(theirs)),
            Err(error) if error.family == Family::NotFound => Ok(Seen::Gone),
            Err(error) => Err(SaveError::Refused(error)),
        }
    }

    /// The server refused to compare: finds out what is there instead.
    async fn why(&self, waiter: &mut Waiter) -> Result<Resource, SaveError> {
        match self.settle(waiter, LOOKS).await? {
            // Somebody wrote the very same, or we did and never heard of it.
            Seen::Other(theirs) if stored_as(self.edited, &theirs) => Ok(theirs),
            Seen::Other(theirs) => Err(SaveError::Conflict(Box::new(theirs))),
            Seen::Gone => Err(SaveError::Deleted),
            Seen::Same(_) => Err(SaveError::ChangedUnseen),
        }
    }

    /// Without a conditional write: whether what is there is still what was edited.
    async fn unchanged(&self, waiter: &mut Waiter) -> Result<Resource, SaveError> {
        match self.settle(waiter, 1).await? {
            Seen::Same(current) => Ok(current),
            Seen::Other(theirs) => Err(SaveError::Conflict(Box::new(theirs))),
            Seen::Gone => Err(SaveError::Deleted),
        }
    }

    /// Looks until the answer is not merely a cache that lags. Our base is believed when it was seen so many times.
    async fn settle(&self, waiter: &mut Waiter, sames: usize) -> Result<Seen, SaveError> {
        // A cache that has shown our base before can only show something newer.
        let revision = waiter.revision(self.kind, self.reference);
        let mut passed = !self.base.revision().is_empty() && revision.as_deref() == Some(self.base.revision());
        let (mut last, mut same_times) = (self.look().await?, 0);
        for _ in 1..LOOKS {
            match &last {
                Seen::Same(_) => {
                    same_times += 1;
                    if same_times >= sames {
                        break;
                    }
                    passed = true;
                }
                _ if passed => break,
                _ => {}
            }
            waiter.news(self.kind, self.reference).await;
            let seen = self.look().await?;
            let again = match (&seen, &last) {
                (Seen::Other(now), Seen::Other(before)) => self.is_same(now, before),
                (Seen::Gone, Seen::Gone) => true,
                _ => false,
            };
            last = seen;
            if again {
                break;
            }
        }
        Ok(last)
    }
}

/// Whether two reads are of one state of the object. Servers before v14 have no revisions; then the content decides.
fn same(a: &Resource, b: &Resource) -> bool {
    if a.revision().is_empty() || b.revision().is_empty() { alike(a, b) } else { a.revision() == b.revision() }
}

/// Whether this is what the server made of what was sent: with all that it fills in, and empty parts where there were none.
fn stored_as(sent: &Resource, stored: &Resource) -> bool {
    let (sent, stored) = (sent.with_revision("").completed(), stored.with_revision("").completed());
    let printed = || matches!((sent.to_yaml(), stored.to_yaml()), (Ok(sent), Ok(stored)) if sent == stored);
    sent == stored || (sent.hidden() == stored.hidden() && printed())
}

/// Whether two say the same, whoever wrote them.
fn alike(a: &Resource, b: &Resource) -> bool {
    a.with_revision("") == b.with_revision("")
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(_) => f.write_str("changed by someone else since you opened it"),
            Self::Deleted => {
                f.write_str("deleted by someone else since you opened it; your text is kept: create it anew, or discard")
            }
            Self::ChangedUnseen => {
                f.write_str("changed by someone else just now; the server does not show how yet: save again in a moment")
            }
            Self::Unknown => f.write_str("no answer: it may be written; look before you save again, your text is kept"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SaveError {}

#[cfg(test)]
mod tests;
