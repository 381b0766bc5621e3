//! Unsaved texts on their way to the disk: the newest of each, at most a few times a second.
//!
//! Only the newest text matters, so they wait in a `watch` and a slow disk never holds up a key. Each draft keeps its file and
//! its lock until it is let go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Report, Wall};
use crate::kind::{self, Tone};
use crate::resource::Reference;
use crate::store::Snapshot;
use crate::store::journal::{self, Journal, JournalError, OpenDraft, Unreadable};
use crate::ui::notice::Notice;
use crate::view::{Draft, Offered};

/// Between two writings: well within the second in which a change must be on disk.
const PAUSE: Duration = Duration::from_millis(300);

/// After a failure it is tried again so often: the disk may have room again while nobody types.
const RETRY: Duration = Duration::from_secs(3);

/// The newest state of every draft, with the cluster it belongs to.
type Newest = BTreeMap<Reference, (Draft, String)>;

/// Takes drafts and writes them beside the program.
#[derive(Debug)]
pub struct Drafts {
    newest: watch::Sender<Newest>,
    writer: JoinHandle<()>,
}

impl Drafts {
    /// Starts the writer.
    #[must_use]
    pub fn spawn(
        journal: Journal,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        wall: Wall,
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let (newest, waiting) = watch::channel(Newest::new());
        let writer = tokio::spawn(write(journal, snapshots, wall, waiting, reports));
        Self { newest, writer }
    }

    /// Takes the newest state of a draft.
    pub fn keep(&self, draft: Draft, cluster: String) {
        let reference = match &draft {
            Draft::Keep { reference, .. } | Draft::Drop(reference) => reference.clone(),
        };
        self.newest.send_modify(|newest| {
            newest.insert(reference, (draft, cluster));
        });
    }

    /// Waits until everything is on disk.
    pub async fn finish(self) {
        drop(self.newest);
        let _ = self.writer.await;
    }
}

/// Drafts whose files and locks are ours.
type Open = BTreeMap<Reference, (OpenDraft, Draft)>;

async fn write(
    journal: Journal,
    mut snapshots: watch::Receiver<Arc<Snapshot>>,
    wall: Wall,
    mut waiting: watch::Receiver<Newest>,
    reports: mpsc::Sender<Report>,
) {
    let (mut open, mut failed, mut offered) = (Open::new(), false, false);
    loop {
        // Which drafts of before are of this cluster is known once the cluster is.
        let more = tokio::select! {
            changed = waiting.changed() => changed.is_ok(),
            () = tokio::time::sleep(RETRY), if failed => true,
            cluster = cluster(&mut snapshots), if !offered => {
                offered = true;
                let (journal, wall) = (journal.clone(), wall.clone());
                let found = tokio::task::spawn_blocking(move || earlier(&journal, &cluster, &wall)).await.unwrap_or_default();
                offer(found, &mut open, &reports).await;
                continue;
            }
        };
        let newest = waiting.borrow_and_update().clone();
        let (journal, wall) = (journal.clone(), wall.clone());
        let written = tokio::task::spawn_blocking(move || {
            let answer = all(&journal, &wall, &newest, &mut open);
            (open, answer)
        });
        let Ok((kept, answer)) = written.await else { return };
        open = kept;
        // Said once, and again only after it went well in between.
        let said = match &answer {
            Err(error) if !failed => {
                Some(Notice::new(Tone::Bad, &format!("the draft is {error}; go on, but save before you leave")))
            }
            Ok(()) if failed => Some(Notice::new(Tone::Good, "the draft is kept on disk again")),
            _ => None,
        };
        if let Some(said) = said {
            let _ = reports.send(Report::Said(said)).await;
        }
        failed = answer.is_err();
        if !more {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Takes the drafts of before and tells of them; what somebody is already writing on is left to them.
async fn offer(found: Earlier, open: &mut Open, reports: &mpsc::Sender<Report>) {
    let drafts: Vec<Offered> = found.drafts.iter().map(|(_, at, draft)| Offered { draft: draft.clone(), at: *at }).collect();
    for (file, _, draft) in found.drafts {
        let Draft::Keep { reference, .. } = &draft else { continue };
        if !open.contains_key(reference) {
            open.insert(reference.clone(), (file, draft));
        }
    }
    if !drafts.is_empty() {
        let _ = reports.send(Report::Drafts(drafts)).await;
    }
    for file in found.unreadable {
        let why = if file.newer { "is of a newer Portcullis" } else { "was cut short" };
        let said = format!("an unsaved text of before {why} and is left as it is: {}", file.path.display());
        let _ = reports.send(Report::Said(Notice::new(Tone::Warn, &said))).await;
    }
}

/// The cluster's name, once it is known.
async fn cluster(snapshots: &mut watch::Receiver<Arc<Snapshot>>) -> String {
    let known = snapshots.wait_for(|snapshot| !snapshot.caller.server.cluster.is_empty()).await;
    known.map(|snapshot| snapshot.caller.server.cluster.clone()).unwrap_or_default()
}

/// What of before was found.
#[derive(Default)]
struct Earlier {
    drafts: Vec<(OpenDraft, SystemTime, Draft)>,
    unreadable: Vec<Unreadable>,
}

/// The drafts of this cluster that nobody has open, now ours. Of two of the same thing the newer one is taken; the other stays
/// where it is, for the next time. One that was written before its cluster was known belongs to any.
fn earlier(journal: &Journal, cluster: &str, wall: &Wall) -> Earlier {
    let mut found = Earlier { drafts: Vec::new(), unreadable: journal.unreadable() };
    let mut taken = BTreeSet::new();
    for (file, kept) in journal.offered(wall()) {
        let wire = kind::named(&kept.kind).and_then(|kind| kind.wire.iter().copied().find(|wire| *wire == kept.kind));
        let Some(wire) = wire.filter(|_| kept.cluster == cluster || kept.cluster.is_empty()) else { continue };
        let reference = Reference::new(wire, kept.name.as_str());
        let reference = if kept.secret { reference.secret() } else { reference };
        if taken.insert(reference.clone()) {
            let draft = Draft::Keep { reference, revision: kept.revision, base: kept.base, text: kept.text };
            found.drafts.push((file, kept.at, draft));
        }
    }
    found
}

/// Whether the text of one of this kind may hold a secret name, its own included.
fn has_secret_names(kind: &str) -> bool {
    kind::named(kind).and_then(|kind| kind.edit).is_some_and(|edit| edit.random_name.is_some())
}

fn all(journal: &Journal, wall: &Wall, newest: &Newest, open: &mut Open) -> Result<(), JournalError> {
    let mut answer = Ok(());
    for (reference, (draft, cluster)) in newest {
        let Draft::Keep { base, revision, text, .. } = draft else {
            if let Some((open, _)) = open.remove(reference) {
                open.discard();
            }
            continue;
        };
        if open.get(reference).is_some_and(|(_, written)| written == draft) {
            continue;
        }
        let kept = journal::Draft {
            cluster: cluster.clone(),
            kind: reference.kind().to_owned(),
            name: reference.name().to_owned(),
            secret: reference.is_secret() || has_secret_names(reference.kind()),
            base: base.clone(),
            revision: revision.clone(),
            text: text.clone(),
            at: wall(),
        };
        // What was written before stays ours, and on disk, when this fails.
        let written = match open.get_mut(reference) {
            Some((file, written)) => file.write(&kept).map(|()| written.clone_from(draft)),
            None => journal.begin(&kept).map(|file| {
                open.insert(reference.clone(), (file, draft.clone()));
            }),
        };
        if let Err(error) = written {
            answer = Err(error);
        }
    }
    answer
}
