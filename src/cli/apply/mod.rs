//! `apply`: documents of a file compared with the cluster, then created or changed where they differ.
//!
//! A document is the whole resource, as for `tctl create -f`; what this build does not know of the one in the cluster is kept.
//! Every write is conditional, by the same way as on the screen: on the revision that the document itself names, else on the one
//! that was compared with. It stops at the first document that cannot be written and names those that were not reached: what
//! happened to each is always said, and nothing is sent twice.

mod documents;

use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::watch;

pub use self::documents::{Wanted, read};
use super::{Failure, difference};
use crate::api::{Client, Error, Family};
use crate::document::Resource;
use crate::resource::{clean, masked};
use crate::store::Snapshot;
use crate::store::save::{self, SaveError, Waiter};

/// How it is done.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// Only say what would be done.
    pub dry_run: bool,
    /// Whether the answer goes to a terminal that shows colours.
    pub colour: bool,
}

/// What came of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Created,
    Updated,
    Unchanged,
    /// Somebody else was there: nothing was written.
    Conflict(String),
    /// The server's words, or ours: nothing was written.
    Refused(String),
    /// It was sent and not answered.
    Unknown(String),
}

impl Fate {
    fn words(&self, dry: bool) -> String {
        match self {
            Self::Created if dry => "would be created".to_owned(),
            Self::Updated if dry => "would be updated".to_owned(),
            Self::Created => "created".to_owned(),
            Self::Updated => "updated".to_owned(),
            Self::Unchanged => "unchanged".to_owned(),
            Self::Conflict(why) if dry => format!("would be a conflict: {why}"),
            Self::Conflict(why) => format!("conflict: {why}"),
            Self::Refused(why) => format!("refused: {why}"),
            Self::Unknown(why) => format!("unknown: {why}"),
        }
    }

    /// The exit code, where it ends everything.
    fn code(&self, dry: bool) -> Option<u8> {
        match self {
            Self::Created | Self::Updated | Self::Unchanged => None,
            Self::Conflict(_) => (!dry).then_some(4),
            Self::Refused(_) | Self::Unknown(_) => Some(1),
        }
    }
}

/// Compares and writes, one document after the other.
///
/// # Errors
/// When one could not be written, with its exit code. What happened to each was printed by then.
pub async fn apply(client: &Client, wanted: &[Wanted], how: How, out: &mut dyn Write) -> Result<()> {
    // Nobody watches here, so whoever waits for news waits as long as one usually takes.
    let (_quiet, snapshots) = watch::channel(Arc::new(Snapshot::default()));
    for (at, document) in wanted.iter().enumerate() {
        let fate = one(client, document, how, &Waiter::new(snapshots.clone()), out).await;
        let told = fate.and_then(|fate| {
            writeln!(out, "{} {}", document.reference, fate.words(how.dry_run))?;
            out.flush()?;
            Ok(fate)
        });
        let (code, why) = match told {
            Ok(fate) => match fate.code(how.dry_run) {
                None => continue,
                Some(code) => (code, fate.words(how.dry_run)),
            },
            // Not even a reader that went away makes a half-done run a silent one.
            Err(error) => (1, format!("what came of it cannot be told: {error}")),
        };
        let rest = &wanted[at + 1..];
        for unreached in rest {
            // The reader may be gone; stderr has it too.
            let _ = writeln!(out, "{} not reached", unreached.reference);
        }
        let _ = out.flush();
        return Err(Failure { code, text: stopped(document, &why, rest) }.into());
    }
    Ok(())
}

fn stopped(at: &Wanted, why: &str, rest: &[Wanted]) -> String {
    let mut text = format!("{}: {} {why}", at.place, at.reference);
    if !rest.is_empty() {
        let names: Vec<String> = rest.iter().map(|document| document.reference.to_string()).collect();
        text.push_str("\nstopped there; not reached: ");
        text.push_str(&names.join(", "));
    }
    text
}

async fn one(client: &Client, document: &Wanted, how: How, waiter: &Waiter, out: &mut dyn Write) -> std::io::Result<Fate> {
    let Wanted { kind, reference, resource, place } = document;
    let base = match (kind.fetch)(client, reference).await {
        Ok(base) => Some(base),
        Err(error) if is_absent(&error) => None,
        Err(error) => return Ok(Fate::Refused(error.to_string())),
    };
    let own = resource.revision();
    let Some(base) = base else {
        if !own.is_empty() {
            let why = "it names a revision, and there is none any more; without metadata.revision it would be created";
            return Ok(Fate::Conflict(why.to_owned()));
        }
        show(document, "", resource, place, how, out)?;
        if how.dry_run {
            return Ok(Fate::Created);
        }
        return match save::create(client, kind, resource).await {
            Ok(stored) => kept(document, resource, &stored, how, out).map(|()| Fate::Created),
            Err(error) => Ok(fate(error)),
        };
    };
    if let Some(refusal) = kind.edit.and_then(|edit| (edit.refuse)(&base)) {
        return Ok(Fate::Refused(refusal.0));
    }
    let before = text(&base);
    if before == text(&resource.completed()) {
        return Ok(Fate::Unchanged);
    }
    let edited = match merged(&base, resource) {
        Ok(edited) => edited,
        Err(why) => return Ok(Fate::Refused(why)),
    };
    show(document, &before, &edited, place, how, out)?;
    if how.dry_run {
        let other = !own.is_empty() && own != base.revision();
        let why = || format!("the document is of revision {}, the cluster has {}", clean(own), clean(base.revision()));
        return Ok(if other { Fate::Conflict(why()) } else { Fate::Updated });
    }
    let condition = if own.is_empty() { base } else { base.with_revision(own) };
    match save::save(client, kind, &condition, &edited, waiter.clone()).await {
        Ok(stored) => kept(document, &edited, &stored, how, out).map(|()| Fate::Updated),
        Err(error) => Ok(fate(error)),
    }
}

/// Says what the server made of it, where that is something else: an older server drops what it does not know without a word.
fn kept(document: &Wanted, sent: &Resource, stored: &Resource, how: How, out: &mut dyn Write) -> std::io::Result<()> {
    let (sent, now) = (text(&sent.completed()), text(stored));
    // Without a revision it is no answer of the server's.
    if stored.revision().is_empty() || sent == now {
        return Ok(());
    }
    writeln!(out, "{} is stored otherwise than it was sent", document.reference)?;
    let hide = |text: &str| hidden(document, text);
    difference::write(&hide(&sent), &hide(&now), ("sent", "stored"), how.colour, out)
}

/// A text without its secrets.
fn hidden(document: &Wanted, text: &str) -> String {
    masked(text, &document.reference).iter().flat_map(|line| [line, "\n"]).collect()
}

/// A user who is gone is told by the same status as a resource.
fn is_absent(error: &Error) -> bool {
    error.family == Family::NotFound && !error.text.starts_with("access denied")
}

/// Without the revision, which is nobody's setting.
fn text(resource: &Resource) -> String {
    // What cannot be printed compares unlike, and is sent.
    resource.with_revision("").to_yaml().unwrap_or_default()
}

/// The document with what this build does not know of the one in the cluster, which no text can say.
fn merged(base: &Resource, new: &Resource) -> Result<Resource, String> {
    let hidden = base.hidden();
    if hidden.is_empty() {
        return Ok(new.clone());
    }
    // Another version is another form, into which unknown settings cannot be carried.
    let carried = new.to_yaml().ok().filter(|_| base.version() == new.version()).and_then(|text| base.patched(&text).ok());
    let edited = carried.unwrap_or_else(|| new.clone());
    let lost = base.lost_hidden(&edited);
    if lost.is_empty() {
        return Ok(edited);
    }
    let paths: Vec<_> = lost.iter().map(|path| clean(path)).collect();
    Err(format!("it would take away settings that this build does not know: {}; the editor asks about them", paths.join(", ")))
}

fn show(document: &Wanted, before: &str, after: &Resource, place: &str, how: How, out: &mut dyn Write) -> std::io::Result<()> {
    let hide = |text: &str| hidden(document, text);
    let from = if before.is_empty() { "nothing".to_owned() } else { document.reference.to_string() };
    difference::write(&hide(before), &hide(&text(&after.completed())), (&from, place), how.colour, out)
}

fn fate(error: SaveError) -> Fate {
    match error {
        SaveError::Conflict(theirs) => Fate::Conflict(format!(
            "it was changed meanwhile and is of revision {}; nothing was written",
            clean(theirs.revision())
        )),
        SaveError::Deleted => Fate::Conflict("it was deleted meanwhile; nothing was written".to_owned()),
        SaveError::Refused(error) if error.family == Family::AlreadyExists => {
            Fate::Conflict("it was created meanwhile; nothing was written".to_owned())
        }
        SaveError::ChangedUnseen => Fate::Conflict(error.to_string()),
        SaveError::Unknown => Fate::Unknown(error.to_string()),
        SaveError::Refused(error) => Fate::Refused(error.to_string()),
    }
}
