//! The life of a link as a server can make it: the order of INIT and list, denials, cuts, silence, circles.

mod hostile;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prost::Message as _;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Clock, Dial, DialError, Dialled, Handle, Request, Settings, spawn};
use crate::api::Client;
use crate::kind;
use crate::resource::Reference;
use crate::schema::proto::event::Resource;
use crate::schema::proto::{
    AppList, Event, ListResourcesResponse, ListRolesRequest, ListRolesResponse, Operation, PaginatedResource, Watch, WatchKind,
    WatchStatus, WatchStatusSpec, paginated_resource,
};
use crate::schema::types::{AppServerV3, Metadata, ResourceHeader, RoleV6};
use crate::store::tests::fake::{Call, Fake};
use crate::store::{ChangeVerb, LinkState, Phase, Shelf, Snapshot};

const DENIED: i32 = 7;
const EXHAUSTED: i32 = 8;

/// Answers to dials, in order; when none is left the dial never ends.
struct Line {
    dialled: mpsc::Sender<Result<Client, DialError>>,
    began: Instant,
    handle: Handle,
}

fn start(settings: Settings) -> Line {
    let (dialled, queue) = mpsc::channel(8);
    let queue = Arc::new(tokio::sync::Mutex::new(queue));
    let dial: Dial = Box::new(move || {
        let queue: Arc<tokio::sync::Mutex<mpsc::Receiver<Result<Client, DialError>>>> = queue.clone();
        Box::pin(async move {
            let answer = queue.lock().await.recv().await;
            match answer {
                Some(answer) => answer.map(|client| Dialled { client }),
                None => std::future::pending().await,
            }
        })
    });
    let began = Instant::now();
    let clock: Arc<dyn Fn() -> SystemTime + Send + Sync> = Arc::new(move || UNIX_EPOCH + began.elapsed());
    let handle = spawn(settings, dial, Clock { shown: clock.clone(), real: clock });
    Line { dialled, began, handle }
}

fn roles_only() -> Settings {
    let roles = kind::named("role").expect("a kind");
    Settings { kinds: Vec::leak(vec![roles]), ..Settings::default() }
}

impl Line {
    async fn connect(&self) -> Fake {
        let (fake, client) = Fake::new();
        self.dialled.send(Ok(client)).await.expect("sync dials");
        fake
    }

    /// Waits until a snapshot is as it should be.
    async fn until(&mut self, what: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let seen = tokio::time::timeout(Duration::from_mins(10), async {
            self.handle.snapshots.wait_for(|snapshot| what(snapshot)).await.map(|snapshot| snapshot.clone())
        })
        .await;
        let Ok(snapshot) = seen else { panic!("it never came; there is {:?}", self.handle.snapshots.borrow()) };
        snapshot.expect("sync runs")
    }

    async fn until_ready(&mut self) -> Arc<Snapshot> {
        self.until(|snapshot| shelf(snapshot).phase() == &Phase::Ready).await
    }
}

fn shelf(snapshot: &Snapshot) -> &Shelf {
    &snapshot.shelves()[0]
}

fn names(snapshot: &Snapshot) -> Vec<String> {
    let mut names: Vec<_> = shelf(snapshot).iter().map(|(_, row)| row.name().to_owned()).collect();
    names.sort();
    names
}

fn role(name: &str, revision: &str) -> RoleV6 {
    let metadata = Metadata { name: name.to_owned(), revision: revision.to_owned(), ..Metadata::default() };
    RoleV6 { kind: "role".into(), version: "v7".into(), metadata: Some(metadata), ..RoleV6::default() }
}

fn page(roles: &[&str], next: &str) -> ListRolesResponse {
    let roles = roles.iter().map(|name| role(name, "1").encode_to_vec().into()).collect();
    ListRolesResponse { roles, next_key: next.to_owned() }
}

fn put(name: &str, revision: &str) -> Event {
    let bytes = role(name, revision).encode_to_vec().into();
    Event { r#type: Operation::Put.into(), resource: Some(Resource::Role(bytes)) }
}

fn gone(name: &str) -> Event {
    let metadata = Some(Metadata { name: name.to_owned(), ..Metadata::default() });
    let header = ResourceHeader { kind: "role".into(), metadata, ..ResourceHeader::default() };
    Event { r#type: Operation::Delete.into(), resource: Some(Resource::ResourceHeader(header)) }
}

/// Grants the watch on these kinds.
async fn grant(fake: &mut Fake, kinds: &[&str]) -> Call {
    let watch = fake.expect("WatchEvents").await;
    assert!(watch.request::<Watch>().allow_partial_success);
    let kinds = kinds.iter().map(|kind| WatchKind { kind: (*kind).to_owned(), ..WatchKind::default() }).collect();
    let status = Resource::WatchStatus(WatchStatus { spec: Some(WatchStatusSpec { kinds }) });
    watch.send(&Event { r#type: Operation::Init.into(), resource: Some(status) }).await;
    watch
}

/// A link that is live and has listed these, the quiet list included.
async fn settled(line: &mut Line, roles: &[&str]) -> (Fake, Call) {
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(roles, "")).await;
    line.until_ready().await;
    fake.expect("ListRoles").await.reply(&page(roles, "")).await;
    (fake, watch)
}

#[tokio::test(start_paused = true)]
async fn nothing_is_listed_before_the_watch_is_confirmed_and_no_event_is_lost() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["role"]).await;
    let list = fake.expect("ListRoles").await;
    // The server made its list before these happened.
    watch.send(&put("b", "2")).await;
    watch.send(&gone("c")).await;
    watch.send(&put("d", "1")).await;
    line.until(|snapshot| names(snapshot) == ["b", "d"]).await;
    list.reply(&page(&["a", "b", "c"], "")).await;
    let snapshot = line.until_ready().await;
    assert_eq!(names(&snapshot), ["a", "b", "d"]);
    let b = shelf(&snapshot).find(&Reference::new("role", "b")).expect("there");
    assert_eq!(b.revision.to_string(), "2", "the event is newer than the list");
    assert!(snapshot.changes.is_empty(), "a first list is no news");
    assert!(snapshot.since.is_some());
}

#[tokio::test(start_paused = true)]
async fn pages_are_shown_as_they_come_and_events_become_changes() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a", "b"], "c")).await;
    let snapshot = line.until(|snapshot| shelf(snapshot).phase() == &Phase::Filling(2)).await;
    assert_eq!(names(&snapshot), ["a", "b"]);
    let second = fake.expect("ListRoles").await;
    assert_eq!(second.request::<ListRolesRequest>().start_key, "c");
    second.reply(&page(&["c"], "")).await;
    line.until_ready().await;
    watch.send(&put("d", "1")).await;
    watch.send(&gone("a")).await;
    let snapshot = line.until(|snapshot| snapshot.changes.len() == 2).await;
    let told: Vec<_> = snapshot.changes.iter().map(|change| (change.verb, change.reference.name().to_owned())).collect();
    assert_eq!(told, [(ChangeVerb::Went, "a".to_owned()), (ChangeVerb::Came, "d".to_owned())]);
    assert_eq!(names(&snapshot), ["b", "c", "d"]);
    // Once more, quietly: what the list cache did not have yet comes in.
    fake.expect("ListRoles").await.reply(&page(&["b", "c", "d", "e"], "")).await;
    let snapshot = line.until(|snapshot| snapshot.changes.len() == 3).await;
    assert_eq!(names(&snapshot), ["b", "c", "d", "e"]);
}

#[tokio::test(start_paused = true)]
async fn the_same_again_is_not_published_and_an_unseen_edit_is() {
    let mut line = start(roles_only());
    let (_fake, watch) = settled(&mut line, &["a"]).await;
    tokio::time::advance(Duration::from_secs(1)).await;
    line.handle.snapshots.borrow_and_update();
    watch.send(&put("a", "1")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!line.handle.snapshots.has_changed().expect("sync runs"));
    watch.send(&put("a", "2")).await;
    let snapshot = line.until(|snapshot| !snapshot.changes.is_empty()).await;
    assert_eq!(snapshot.changes[0].verb, ChangeVerb::Changed, "an editor that has it open must hear of it");
    assert_eq!(shelf(&snapshot).find(&Reference::new("role", "a")).expect("there").revision.to_string(), "2");
}

#[tokio::test(start_paused = true)]
async fn a_denied_kind_is_a_shelf_that_says_so_and_is_asked_for_again() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    let words = "access denied to perform action \"list\" on \"role\"";
    fake.expect("ListRoles").await.end(DENIED, words).await;
    let snapshot = line.until(|snapshot| matches!(shelf(snapshot).phase(), Phase::Denied(_))).await;
    assert_eq!(shelf(&snapshot).phase(), &Phase::Denied(words.to_owned()));
    assert!(matches!(snapshot.link, LinkState::Live { .. }), "the link is well: {:?}", snapshot.link);
    fake.expect("ListRoles").await.reply(&page(&["a"], "")).await;
    assert_eq!(names(&*line.until_ready().await), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_watched_is_polled() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    fake.expect("WatchEvents").await.end(3, "none of the requested kinds can be watched").await;
    fake.expect("ListRoles").await.reply(&page(&["a"], "")).await;
    let snapshot = line.until_ready().await;
    assert_eq!(snapshot.link, LinkState::Polling { every: Duration::from_secs(5) });
    let asked = Instant::now();
    fake.expect("ListRoles").await.reply(&page(&["a", "b"], "")).await;
    assert!((3..=7).contains(&asked.elapsed().as_secs()), "{:?}", asked.elapsed());
    line.until(|snapshot| names(snapshot) == ["a", "b"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_cut_link_leaves_the_list_stale_and_is_dialled_anew() {
    let mut line = start(roles_only());
    let (fake, _watch) = settled(&mut line, &["a", "b"]).await;
    fake.cut();
    let snapshot = line.until(|snapshot| matches!(snapshot.link, LinkState::Stale { .. })).await;
    let LinkState::Stale { retry_at, .. } = snapshot.link else { unreachable!("just seen") };
    let pause = retry_at.duration_since(UNIX_EPOCH + line.began.elapsed()).expect("it lies ahead");
    assert!(pause <= Duration::from_secs(1), "{pause:?}");
    assert!(matches!(shelf(&snapshot).phase(), Phase::Stale(_)));
    assert_eq!(names(&snapshot), ["a", "b"], "what was known is still shown");
    assert!(line.handle.link.borrow().is_none());
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["b", "c"], "")).await;
    let snapshot = line.until_ready().await;
    assert_eq!(names(&snapshot), ["b", "c"]);
    assert_eq!(snapshot.changes.len(), 2, "what happened meanwhile is told");
    assert!(matches!(snapshot.link, LinkState::Live { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_breaks_while_the_first_list_comes_in_begins_it_anew() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a", "b"], "c")).await;
    line.until(|snapshot| shelf(snapshot).phase() == &Phase::Filling(2)).await;
    fake.cut();
    let snapshot = line.until(|snapshot| matches!(snapshot.link, LinkState::Stale { .. })).await;
    assert_eq!((shelf(&snapshot).phase(), shelf(&snapshot).len()), (&Phase::Loading, 0));
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["role"]).await;
    watch.send(&put("z", "1")).await;
    fake.expect("ListRoles").await.reply(&page(&["a"], "x")).await;
    let snapshot = line.until(|snapshot| matches!(shelf(snapshot).phase(), Phase::Filling(_))).await;
    assert_eq!(names(&snapshot), ["a", "z"], "the number moves again, from the first page on");
    fake.expect("ListRoles").await.reply(&page(&["d"], "")).await;
    assert_eq!(names(&*line.until_ready().await), ["a", "d", "z"]);
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_no_silence_while_other_things_are_heard() {
    let mut line = start(roles_only());
    let (mut fake, watch) = settled(&mut line, &["a"]).await;
    fake.alive = false;
    let late = fake.expect("Ping").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    watch.send(&put("b", "1")).await;
    line.until(|snapshot| names(snapshot) == ["a", "b"]).await;
    fake.expect("Ping").await.reply(&crate::schema::proto::PingResponse::default()).await;
    drop(late);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(matches!(line.handle.snapshots.borrow().link, LinkState::Live { .. }));
}

#[tokio::test(start_paused = true)]
async fn dials_that_are_asked_for_are_apart_as_well() {
    let mut line = start(roles_only());
    for _ in 0..3 {
        let fake = line.connect().await;
        line.handle.link.wait_for(Option::is_some).await.expect("sync runs");
        line.handle.requests.send(Request::Redial).await.expect("sync runs");
        line.handle.link.wait_for(Option::is_none).await.expect("sync runs");
        drop(fake);
    }
    assert!(line.began.elapsed() >= Duration::from_secs(1), "{:?}", line.began.elapsed());
}

fn app_servers(names: &[&str]) -> Vec<bytes::Bytes> {
    let server = |name: &&str| {
        let metadata = Some(Metadata { name: (*name).to_owned(), ..Metadata::default() });
        AppServerV3 { kind: "app_server".into(), version: "v3".into(), metadata, ..AppServerV3::default() }
            .encode_to_vec()
            .into()
    };
    names.iter().map(server).collect()
}

fn listed(names: &[&str]) -> ListResourcesResponse {
    let one = |bytes| PaginatedResource { resource: Some(paginated_resource::Resource::AppServer(bytes)) };
    ListResourcesResponse { resources: app_servers(names).into_iter().map(one).collect(), ..ListResourcesResponse::default() }
}

#[tokio::test(start_paused = true)]
async fn what_labels_hide_does_not_come_in_by_its_heartbeats() {
    let kinds = vec![kind::named("app_server").expect("a kind")];
    let mut line = start(Settings { kinds: Vec::leak(kinds), ..Settings::default() });
    let mut fake = line.connect().await;
    let watch = grant(&mut fake, &["app_server", "app"]).await;
    for _ in ["the first", "the quiet one"] {
        fake.expect("ListResources").await.reply(&listed(&[])).await;
        fake.expect("GetApps").await.reply(&AppList::default()).await;
        line.until_ready().await;
    }
    let beat = async || {
        let resource = app_servers(&["hidden"]).remove(0);
        watch.send(&Event { r#type: Operation::Put.into(), resource: Some(Resource::AppServer(resource)) }).await;
    };
    let mut pauses = Vec::new();
    for _ in 0..4 {
        let heard = Instant::now();
        beat().await;
        let asked = fake.expect("ListResources").await;
        pauses.push(heard.elapsed());
        assert!(shelf(&line.handle.snapshots.borrow()).is_empty(), "an event does not say that one may see it");
        asked.reply(&listed(&[])).await;
        fake.expect("GetApps").await.reply(&AppList::default()).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(pauses[3] > pauses[0] * 4, "and what is hidden is not asked for at each beat: {pauses:?}");
    beat().await;
    fake.expect("ListResources").await.reply(&listed(&["hidden"])).await;
    fake.expect("GetApps").await.reply(&AppList::default()).await;
    line.until(|snapshot| names(snapshot) == ["hidden"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_found_out_within_twenty_seconds() {
    let mut line = start(roles_only());
    let (mut fake, _watch) = settled(&mut line, &["a"]).await;
    // Alive and silent: asked, and left alone.
    let ping = fake.expect("Ping").await;
    ping.reply(&crate::schema::proto::PingResponse::default()).await;
    let heard = Instant::now();
    fake.alive = false;
    let ping = fake.expect("Ping").await;
    assert!(heard.elapsed() <= Duration::from_secs(16), "{:?}", heard.elapsed());
    let snapshot = line.until(|snapshot| matches!(snapshot.link, LinkState::Stale { .. })).await;
    assert!(heard.elapsed() <= Duration::from_secs(21), "{:?}", heard.elapsed());
    let LinkState::Stale { since, .. } = snapshot.link else { unreachable!("just seen") };
    let ago = (UNIX_EPOCH + line.began.elapsed()).duration_since(since).expect("the past");
    assert!(ago >= Duration::from_secs(19), "it is as old as what was last heard, {ago:?}");
    drop(ping);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_goes_in_circles_is_stopped() {
    let mut line = start(roles_only());
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a"], "x")).await;
    fake.expect("ListRoles").await.reply(&page(&["b"], "x")).await;
    let snapshot = line.until(|snapshot| matches!(shelf(snapshot).phase(), Phase::Failed(_))).await;
    let Phase::Failed(error) = shelf(&snapshot).phase() else { unreachable!("just seen") };
    assert!(error.text.contains("circles"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn too_many_are_not_kept() {
    let mut line = start(Settings { most: 3, ..roles_only() });
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a", "b"], "c")).await;
    fake.expect("ListRoles").await.reply(&page(&["c", "d"], "e")).await;
    line.until(|snapshot| matches!(shelf(snapshot).phase(), Phase::Failed(_))).await;
}

#[tokio::test(start_paused = true)]
async fn a_page_too_large_is_asked_for_at_half_the_size() {
    let mut line = start(Settings { page: 800, ..roles_only() });
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    for limit in [800, 400, 200] {
        let call = fake.expect("ListRoles").await;
        assert_eq!(call.request::<ListRolesRequest>().limit, limit);
        call.end(EXHAUSTED, "received message larger than max").await;
    }
    fake.expect("ListRoles").await.reply(&page(&["a"], "b")).await;
    let call = fake.expect("ListRoles").await;
    assert_eq!(call.request::<ListRolesRequest>().limit, 100, "the size that worked stays");
    call.reply(&page(&["b"], "")).await;
    assert_eq!(names(&*line.until_ready().await), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn an_ended_certificate_waits_for_a_new_one() {
    let mut line = start(roles_only());
    let expired = DialError { expired_hint: Some("tsh login".to_owned()), ..DialError::default() };
    line.dialled.send(Err(expired)).await.expect("sync dials");
    let snapshot = line.until(|snapshot| matches!(snapshot.link, LinkState::Expired { .. })).await;
    assert_eq!(snapshot.link, LinkState::Expired { hint: "tsh login".to_owned() });
    let asked = Instant::now();
    line.handle.requests.send(Request::Poke).await.expect("sync runs");
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    assert!(asked.elapsed() < Duration::from_secs(1), "it does not sit out the minute");
}

#[tokio::test(start_paused = true)]
async fn failed_dials_are_told_road_by_road_and_pauses_grow() {
    let mut line = start(roles_only());
    let reasons = vec!["auth.example.com:3025: refused".to_owned(), "proxy.example.com:443: no such host".to_owned()];
    let mut pauses = Vec::new();
    for _ in 0..8 {
        line.handle.snapshots.borrow_and_update();
        let error = DialError { reasons: reasons.clone(), expired_hint: None, retryable: true };
        line.dialled.send(Err(error)).await.expect("sync dials");
        line.handle.snapshots.changed().await.expect("sync runs");
        let snapshot = line.handle.snapshots.borrow().clone();
        let LinkState::Offline { reasons: told, retry_at } = &snapshot.link else { panic!("{:?}", snapshot.link) };
        assert_eq!(told, &reasons);
        pauses.push(retry_at.duration_since(UNIX_EPOCH + line.began.elapsed()).expect("it lies ahead"));
    }
    assert!(pauses[0] <= Duration::from_secs(1), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(30)), "{pauses:?}");
    assert!(pauses[7] >= Duration::from_secs(15), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn new_credentials_are_noticed_and_redial_goes_at_once() {
    let (stamp, seen) = tokio::sync::watch::channel(UNIX_EPOCH);
    let settings = Settings { stamp: Some(Box::new(move || Some(*seen.borrow()))), ..roles_only() };
    let mut line = start(settings);
    let (_fake, _watch) = settled(&mut line, &["a"]).await;
    stamp.send_replace(UNIX_EPOCH + Duration::from_secs(1));
    line.handle.requests.send(Request::Poke).await.expect("sync runs");
    line.until(|snapshot| snapshot.link == LinkState::Connecting).await;
    let mut fake = line.connect().await;
    let _watch = grant(&mut fake, &["role"]).await;
    fake.expect("ListRoles").await.reply(&page(&["a"], "")).await;
    line.until_ready().await;
    line.handle.requests.send(Request::Redial).await.expect("sync runs");
    line.until(|snapshot| snapshot.link == LinkState::Connecting).await;
}

#[tokio::test(start_paused = true)]
async fn a_refresh_lists_again_and_the_end_is_the_end() {
    let mut line = start(roles_only());
    let (mut fake, _watch) = settled(&mut line, &["a"]).await;
    line.handle.requests.send(Request::Refresh(Some("role"))).await.expect("sync runs");
    fake.expect("ListRoles").await.reply(&page(&["b"], "")).await;
    line.until(|snapshot| names(snapshot) == ["b"]).await;
    let Handle { mut snapshots, requests, .. } = line.handle;
    drop(requests);
    while snapshots.changed().await.is_ok() {}
}
