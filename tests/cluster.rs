//! Keeping current and saving against the demo's Auth Service, over TLS, by the ordinary way in.
//!
//! Nothing sleeps: a test waits for a snapshot to be as it should be, with a deadline. What needs a clock that stands still is
//! tested beside the code, on a server without sockets.
#![cfg(feature = "demo")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use portcullis::api::{Caller, Client, Family, Guard};
use portcullis::credentials::{self, Wanted};
use portcullis::demo::{Cut, Options, Server};
use portcullis::document::Resource;
use portcullis::kind::{self, ALL, Kind};
use portcullis::resource::Reference;
use portcullis::store::save::{SaveError, Waiter, create, save};
use portcullis::store::sync::{Clock, Dial, DialError, Dialled, Handle, Settings, spawn};
use portcullis::store::{LinkState, Phase, Snapshot};
use portcullis::transport::{Target, connect};

const DEADLINE: Duration = Duration::from_secs(30);

#[expect(clippy::disallowed_methods, reason = "certificates are checked against the real time")]
fn now() -> SystemTime {
    SystemTime::now()
}

async fn reach(wanted: &Wanted) -> Result<Dialled, DialError> {
    let failed = |reason: String| DialError { reasons: vec![reason], expired_hint: None, retryable: true };
    let identity = credentials::load(wanted, now()).map_err(|error| failed(error.to_string()))?;
    let connected = connect(&identity, &Target::of(wanted, false), now()).await.map_err(|error| failed(error.to_string()))?;
    let client = Client::new(connected.channel, Guard::new(false));
    let certificate = identity.certificate();
    let learnt = Caller::learn(&client, certificate.user.clone(), certificate.roles.clone(), Vec::new()).await;
    Ok(Dialled { client: client.with_caller(learnt.map_err(|error| failed(error.to_string()))?) })
}

/// Which cluster an identity leads to is known when it is reached, and no sooner.
#[tokio::test]
async fn a_cluster_that_the_configuration_closes_is_closed_by_the_dial() {
    let server = Server::start(Options::default()).await.expect("a demo");
    let clock: Arc<dyn Fn() -> SystemTime + Send + Sync> = Arc::new(now);
    let reached = async |closed: Vec<String>| {
        let guard = Guard::new(false);
        let setup = portcullis::cli::Setup::in_memory(server.address(), server.identity().to_owned(), false);
        let setup = portcullis::cli::Setup { closed, ..setup };
        let client = Arc::new(setup).dial(guard.clone(), clock.clone())().await.expect("a connection").client;
        (guard.is_for_good(), client.caller().clone())
    };
    let (closed, caller) = reached(Vec::new()).await;
    assert!(!closed && !caller.read_only);
    assert!(caller.certificate_ends.is_some_and(|ends| ends > now()), "the header is told by the dial");
    let (closed, caller) = reached(vec![caller.server.cluster.clone()]).await;
    assert!(closed && caller.read_only);
}

struct Running {
    server: Server,
    handle: Handle,
}

async fn start() -> Running {
    let server = Server::start(Options::default()).await.expect("a demo");
    let wanted =
        Wanted { memory: Some(server.identity().to_owned()), auth_servers: vec![server.address()], ..Wanted::default() };
    let dial: Dial = Box::new(move || {
        let wanted = wanted.clone();
        Box::pin(async move { reach(&wanted).await })
    });
    let clock: Arc<dyn Fn() -> SystemTime + Send + Sync> = Arc::new(now);
    let handle = spawn(Settings::default(), dial, Clock { shown: clock.clone(), real: clock });
    Running { server, handle }
}

impl Running {
    async fn until(&mut self, what: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let seen = async { self.handle.snapshots.wait_for(|snapshot| what(snapshot)).await.map(|snapshot| snapshot.clone()) };
        if let Ok(snapshot) = tokio::time::timeout(DEADLINE, seen).await {
            return snapshot.expect("sync runs");
        }
        let snapshot = self.handle.snapshots.borrow();
        let phases: Vec<_> = snapshot.shelves().iter().map(|shelf| (shelf.kind().name, shelf.phase())).collect();
        panic!("it never came; the link is {:?}, the shelves are {phases:?}", snapshot.link);
    }

    async fn until_ready(&mut self) -> Arc<Snapshot> {
        self.until(|snapshot| {
            snapshot.shelves().iter().all(|shelf| shelf.phase() == &Phase::Ready)
                && matches!(snapshot.link, LinkState::Live { .. })
        })
        .await
    }

    fn client(&self) -> Client {
        self.handle.link.borrow().clone().expect("a live link")
    }

    fn waiter(&self) -> Waiter {
        Waiter::new(self.handle.snapshots.clone())
    }
}

fn roles() -> &'static Kind {
    kind::named("role").expect("a kind")
}

fn auditor() -> Reference {
    Reference::new("role", "auditor")
}

/// The role as the server has it, and the same with another description.
async fn edit(client: &Client) -> (Resource, Resource) {
    let base = (roles().fetch)(client, &auditor()).await.expect("a role");
    let text = base.to_yaml().expect("a text");
    let edited = text.replacen("  name: auditor\n", "  description: looked at by the test\n  name: auditor\n", 1);
    let lines = edited.lines().filter(|line| !line.starts_with("  description:") || line.contains("by the test"));
    let edited = base.patched(&lines.fold(String::new(), |text, line| text + line + "\n")).expect("an edit");
    (base, edited)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shelf_fills_and_a_cut_stream_heals() {
    let mut running = start().await;
    let snapshot = running.until_ready().await;
    assert_eq!(snapshot.shelves().len(), ALL.len());
    for shelf in snapshot.shelves() {
        assert!(!shelf.is_empty(), "the demo has some {}", shelf.kind().plural);
        assert_eq!(shelf.unread(), 0);
    }
    assert_eq!(snapshot.caller.user, "ada");
    for cut in [Cut::Silent, Cut::Unavailable, Cut::Reset] {
        running.server.faults().cut_streams(cut);
        running.until(|snapshot| matches!(snapshot.link, LinkState::Stale { .. })).await;
        running.until_ready().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_is_denied_is_a_shelf_of_its_own() {
    let mut running = start().await;
    running.server.faults().deny("token");
    let denied = |snapshot: &Snapshot| {
        let tokens = snapshot.shelves().iter().find(|shelf| shelf.kind().name == "token").expect("a shelf");
        matches!(tokens.phase(), Phase::Denied(_))
    };
    running.server.faults().cut_connections();
    running.until(denied).await;
    let snapshot = running.until(|snapshot| snapshot.shelf(roles()).phase() == &Phase::Ready).await;
    assert!(denied(&snapshot), "the others go on without it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_comes_back_by_the_watch_and_the_next_one_starts_from_its_reply() {
    let mut running = start().await;
    running.until_ready().await;
    let client = running.client();
    let (base, edited) = edit(&client).await;
    let saved = save(&client, roles(), &base, &edited, running.waiter()).await.expect("saved");
    assert_ne!(saved.revision(), base.revision());
    // At once again, while reads may still be old: its reply is the base.
    let again = saved.patched(&saved.to_yaml().expect("a text").replacen("by the test", "twice", 1)).expect("an edit");
    let saved = save(&client, roles(), &saved, &again, running.waiter()).await.expect("saved");
    let revision = saved.revision().to_owned();
    running.until(|snapshot| snapshot.shelf(roles()).find(&auditor()).is_some_and(|item| item.revision == *revision)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_edit_is_a_conflict_and_never_overwritten() {
    let mut running = start().await;
    running.until_ready().await;
    let client = running.client();
    running.server.faults().bump_after_read("role", "auditor");
    let (base, edited) = edit(&client).await;
    let answer = save(&client, roles(), &base, &edited, running.waiter()).await;
    let Err(SaveError::Conflict(theirs)) = answer else { panic!("{answer:?}") };
    assert_ne!(theirs.revision(), base.revision());
    // Knowing theirs, the save goes through.
    save(&client, roles(), &theirs, &edited.with_revision(theirs.revision()), running.waiter()).await.expect("saved");
}

/// Makes something from the first template of its kind, changes it, and runs into somebody else's change of it.
async fn made_and_changed(running: &Running, kind: &'static Kind, name: &str, from: &str, to: &str) {
    let client = running.client();
    let edit = kind.edit.expect("it is edited");
    let new = Resource::parse(&edit.templates[0].begin(now())).expect("a template").with_name(name);
    let made = create(&client, kind, &new).await.expect("made");
    assert!(!made.revision().is_empty(), "it is read back");
    let again = create(&client, kind, &new).await;
    assert!(matches!(&again, Err(SaveError::Refused(error)) if error.family == Family::AlreadyExists), "{again:?}");

    let text = made.to_yaml().expect("a text");
    assert!(text.contains(from), "{text}");
    let edited = made.patched(&text.replace(from, to)).expect("an edit");
    save(&client, kind, &made, &edited, running.waiter()).await.expect("saved");
    let reference = kind.reference(&made).expect("a reference");
    let stored = (kind.fetch)(&client, &reference).await.expect("it is there");
    assert!(stored.to_yaml().expect("a text").contains(to));

    running.server.faults().bump(made.kind(), name);
    let answer = save(&client, kind, &stored, &made, running.waiter()).await;
    assert!(matches!(answer, Err(SaveError::Conflict(_))), "{answer:?}");
    let action = kind.action_on("delete", made.kind()).expect("it can be deleted");
    let order = kind::Order {
        reference: reference.clone(),
        seen: kind::Seen::default(),
        reason: String::new(),
        roles: Vec::new(),
        duration: None,
        dry_run: false,
    };
    (action.run)(&client, &order).await.expect("deleted");
    let answer = save(&client, kind, &stored, &made, running.waiter()).await;
    assert_eq!(answer, Err(SaveError::Deleted));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_apps_are_made_changed_and_never_overwritten() {
    let mut running = start().await;
    running.until_ready().await;
    made_and_changed(&running, &kind::TOKENS, "0123456789abcdef", "env: dev", "env: prod").await;
    made_and_changed(&running, &kind::APP_SERVERS, "wiki", "team: web", "team: docs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_of_a_leaf_are_written_by_mask_and_its_heartbeats_are_no_conflict() {
    let mut running = start().await;
    let snapshot = running.until_ready().await;
    let client = running.client();
    let kind = &kind::CLUSTERS;
    let reference = snapshot.shelf(kind).iter().map(|(_, row)| row.reference()).next().expect("a leaf");
    let base = (kind.fetch)(&client, &reference).await.expect("it is there");
    let text = base.to_yaml().expect("a text").replacen("metadata:\n", "metadata:\n  description: by the test\n", 1);
    let edited = base.patched(&text).expect("an edit");
    // The server itself writes to it, as it does with every heartbeat.
    running.server.faults().bump("remote_cluster", reference.name());
    let saved = save(&client, kind, &base, &edited, running.waiter()).await.expect("saved");
    assert_eq!((saved.description(), saved.labels()), ("by the test", base.labels()));
    let other = saved.patched(&saved.to_yaml().expect("a text").replace("by the test", "by somebody")).expect("an edit");
    save(&client, kind, &saved, &other, running.waiter()).await.expect("saved");
    let answer = save(&client, kind, &saved, &edited.with_revision(saved.revision()), running.waiter()).await;
    assert!(matches!(answer, Err(SaveError::Conflict(_))), "{answer:?}");
}
