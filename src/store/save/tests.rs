//! Saves against a server that lags, conflicts, forgets and falls silent.

use std::sync::Arc;

use prost::Message as _;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;
use crate::api::Version;
use crate::kind;
use crate::schema::Raw;
use crate::schema::proto::RoleRequest;
use crate::schema::types::{Metadata, RoleConditions, RoleSpecV6, RoleV6};
use crate::store::Shelf;
use crate::store::tests::fake::Fake;

const NOT_FOUND: i32 = 5;
const PRECONDITION: i32 = 9;
const STALE: &str = "resource revision does not match, it may have been concurrently created|modified|deleted";

fn bytes(login: &str, revision: &str) -> bytes::Bytes {
    let metadata = Some(Metadata { name: "ops".into(), revision: revision.into(), ..Metadata::default() });
    let allow = Some(RoleConditions { logins: vec![login.to_owned()], ..RoleConditions::default() });
    let spec = Some(RoleSpecV6 { allow, ..RoleSpecV6::default() });
    RoleV6 { kind: "role".into(), version: "v7".into(), metadata, spec, ..RoleV6::default() }.encode_to_vec().into()
}

fn role(login: &str, revision: &str) -> Resource {
    Resource::from_bytes("role", bytes(login, revision)).expect("a role")
}

/// A server that is asked to save `mine` over `base`, and the snapshots it is asked beside.
fn begin(version: Version, known: Option<&str>) -> (Fake, JoinHandle<Result<Resource, SaveError>>) {
    let (fake, client) = Fake::of(version);
    let kind = kind::named("role").expect("a kind");
    let mut shelf = Shelf::new(kind);
    if let Some(revision) = known {
        let item = (kind.item)("role", &bytes("base", revision), &mut Strings::default()).expect("a role");
        shelf.put(item);
    }
    let (_publish, snapshots) = watch::channel(Arc::new(Snapshot::new(vec![shelf])));
    let saving =
        tokio::spawn(async move { save(&client, kind, &role("base", "1"), &role("mine", "1"), Waiter::new(snapshots)).await });
    (fake, saving)
}

fn new() -> Version {
    Version(18, 0, 0)
}

async fn stale(fake: &mut Fake) {
    fake.expect("UpdateRole").await.end(PRECONDITION, STALE).await;
}

async fn shows(fake: &mut Fake, login: &str, revision: &str) {
    fake.expect("GetRole").await.reply(&Raw(bytes(login, revision))).await;
}

#[tokio::test(start_paused = true)]
async fn a_write_goes_out_at_once_and_its_reply_is_the_truth() {
    let (mut fake, saving) = begin(new(), Some("1"));
    let call = fake.expect("UpdateRole").await;
    let sent = call.request::<RoleRequest>();
    assert_eq!(Resource::from_bytes("role", sent.role).expect("a role").revision(), "1");
    call.reply(&Raw(bytes("mine", "2"))).await;
    assert_eq!(saving.await.expect("no panic"), Ok(role("mine", "2")));
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_edit_is_shown_at_once_when_the_cache_has_passed_our_base() {
    let (mut fake, saving) = begin(new(), Some("1"));
    let began = Instant::now();
    stale(&mut fake).await;
    shows(&mut fake, "theirs", "2").await;
    assert_eq!(saving.await.expect("no panic"), Err(SaveError::Conflict(Box::new(role("theirs", "2")))));
    assert!(began.elapsed() < WAIT);
}

#[tokio::test(start_paused = true)]
async fn a_read_older_than_our_base_is_no_conflict() {
    // Base is the reply of our last write; the cache is still one behind it.
    let (mut fake, saving) = begin(new(), Some("0"));
    stale(&mut fake).await;
    shows(&mut fake, "old", "0").await;
    shows(&mut fake, "theirs", "2").await;
    shows(&mut fake, "theirs", "2").await;
    assert_eq!(saving.await.expect("no panic"), Err(SaveError::Conflict(Box::new(role("theirs", "2")))));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_does_not_show_is_said_to_be_one() {
    let (mut fake, saving) = begin(new(), Some("1"));
    stale(&mut fake).await;
    for _ in 0..LOOKS {
        shows(&mut fake, "base", "1").await;
    }
    assert_eq!(saving.await.expect("no panic"), Err(SaveError::ChangedUnseen));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_one_is_told_and_ones_own_words_are_no_conflict() {
    let (mut fake, saving) = begin(new(), Some("1"));
    stale(&mut fake).await;
    fake.expect("GetRole").await.end(NOT_FOUND, "role ops is not found").await;
    assert_eq!(saving.await.expect("no panic"), Err(SaveError::Deleted));

    let (mut fake, saving) = begin(new(), Some("1"));
    stale(&mut fake).await;
    shows(&mut fake, "mine", "2").await;
    assert_eq!(saving.await.expect("no panic"), Ok(role("mine", "2")));
}

#[tokio::test(start_paused = true)]
async fn silence_is_unknown_and_nothing_is_sent_twice() {
    let (mut fake, saving) = begin(new(), Some("1"));
    let unanswered = fake.expect("UpdateRole").await;
    assert_eq!(saving.await.expect("no panic"), Err(SaveError::Unknown));
    drop(unanswered);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_keeps_the_servers_words() {
    let (mut fake, saving) = begin(new(), Some("1"));
    fake.expect("UpdateRole").await.end(7, "admin-level API request requires MFA verification").await;
    let Err(SaveError::Refused(error)) = saving.await.expect("no panic") else { panic!("refused") };
    assert_eq!(error.family, Family::MfaRequired);

    let (mut fake, saving) = begin(new(), Some("1"));
    fake.expect("UpdateRole").await.end(NOT_FOUND, "access denied").await;
    assert!(matches!(saving.await.expect("no panic"), Err(SaveError::Refused(_))), "a user who is gone, not a role");
}

#[tokio::test(start_paused = true)]
async fn an_old_server_is_compared_first() {
    let (mut fake, saving) = begin(Version(14, 3, 0), Some("1"));
    shows(&mut fake, "base", "1").await;
    shows(&mut fake, "base", "1").await;
    fake.expect("UpsertRole").await.reply(&crate::schema::proto::Empty {}).await;
    assert_eq!(saving.await.expect("no panic").map(|saved| saved.bytes()), Ok(role("mine", "").bytes()));

    let (mut fake, saving) = begin(Version(14, 3, 0), Some("1"));
    shows(&mut fake, "theirs", "2").await;
    assert!(matches!(saving.await.expect("no panic"), Err(SaveError::Conflict(_))));
}

#[tokio::test(start_paused = true)]
async fn another_name_is_another_role() {
    let (_fake, client) = Fake::new();
    let kind = kind::named("role").expect("a kind");
    let (_publish, snapshots) = watch::channel(Arc::new(Snapshot::new(Vec::new())));
    let base = role("base", "1");
    let answer = save(&client, kind, &base, &base.with_name("other"), Waiter::new(snapshots)).await;
    assert!(matches!(answer, Err(SaveError::Refused(_))));
}
