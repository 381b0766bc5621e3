//! What the executor makes of a server that falls silent.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use prost::Message as _;
use prost_types::Timestamp;
use tokio::sync::{mpsc, watch};

use super::{Executor, Report};
use crate::api::{Family, Guard};
use crate::kind::{Order, Seen};
use crate::resource::Reference;
use crate::schema::Raw;
use crate::schema::types::{AccessRequestSpecV3, AccessRequestV3, Metadata};
use crate::store::Snapshot;
use crate::store::journal::Journal;
use crate::store::sync::Handle;
use crate::store::tests::fake::Fake;
use crate::view::{Effect, Outcome, Tickets};

const UNAVAILABLE: i32 = 14;

fn request(state: i32) -> Raw {
    let expiry = Some(Timestamp { seconds: 2_000_000, nanos: 0 });
    let roles = vec!["dba".into()];
    let spec = AccessRequestSpecV3 { user: "rex".into(), roles, state, expiry, ..AccessRequestSpecV3::default() };
    let metadata = Some(Metadata { name: "id".into(), ..Metadata::default() });
    let request = AccessRequestV3 { kind: "access_request".into(), metadata, spec: Some(spec), ..AccessRequestV3::default() };
    Raw(request.encode_to_vec().into())
}

fn approve() -> Effect {
    let seen = Seen { state: "pending".to_owned(), roles: vec!["dba".to_owned()], resources: Vec::new(), votes: Vec::new() };
    let reference = Reference::new("access_request", "id");
    let order = Order { reference, seen, reason: String::new(), roles: Vec::new(), duration: None, dry_run: false };
    Effect::Act { ticket: Tickets::default().next(), kind: "access_request", action: "approve", order }
}

#[tokio::test]
async fn what_got_no_answer_is_looked_at_until_it_is_known_and_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Journal::open(folder.path()).expect("a journal");
    let (mut fake, client) = Fake::new();
    let (_publish, snapshots) = watch::channel(Arc::new(Snapshot::default()));
    let (_link, link) = watch::channel(Some(client));
    let (requests, _asked) = mpsc::channel(1);
    let handle = Handle { snapshots, link, requests };
    let wall = Arc::new(|| UNIX_EPOCH + Duration::from_secs(1_000_000));
    let (executor, mut reports) = Executor::new(handle, Guard::new(false), Some(journal), wall, "root".to_owned());
    executor.run(approve());
    fake.expect("GetAccessRequestsV2").await.reply(&request(1)).await;
    fake.expect("SetAccessRequestState").await.end(UNAVAILABLE, "gone").await;
    fake.expect("GetAccessRequestsV2").await.end(UNAVAILABLE, "gone").await;
    let answer = reports.recv().await.expect("an answer");
    let Report::Answer(_, Outcome::Done(Err(error))) = answer else { panic!("{answer:?}") };
    assert_eq!(error.family, Family::ConnectionProblem);
    // Looked at, and never sent again.
    fake.expect("GetAccessRequestsV2").await.reply(&request(2)).await;
    let known = reports.recv().await.expect("what is known");
    let Report::Said(notice) = known else { panic!("{known:?}") };
    assert!(notice.text.contains("looked at again") && notice.text.contains("approved"), "{}", notice.text);
    let lines = std::fs::read_to_string(folder.path().join("verdicts.jsonl")).expect("it is written down");
    let last = lines.lines().last().expect("lines");
    assert!(last.contains("looked at again") && last.contains("root"), "{lines}");
}
