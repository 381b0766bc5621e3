//! Event streams: who watches what, and what each of them is sent.
//!
//! A watch begins with INIT, which names the kinds that were granted, and carries no initial objects. A watcher too slow for its
//! buffer is dropped, as the real server does, rather than waited for: one reader must not hold up the cluster.

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;
use tokio::sync::mpsc;
use tonic::Status;

use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::{Kind, header};
use super::fault::Cut;
use super::route::{Piece, Route};
use crate::schema::method as call;
use crate::schema::proto::event::Resource;
use crate::schema::proto::{Event, Operation, Watch, WatchKind, WatchStatus, WatchStatusSpec};
use crate::schema::types::{AccessRequestV3, Metadata, RequestState, ResourceHeader};

/// Events a watcher may be behind; the real server's cache allows as many.
pub(super) const BEHIND: usize = 8192;

/// Watchable kinds of which the demo has no objects, so that no event of them ever comes.
const SILENT: [&str; 5] = ["lock", "node", "proxy", "cluster_name", "cert_authority"];

/// One open stream.
#[derive(Debug)]
pub(super) struct Watcher {
    kinds: Vec<WatchKind>,
    to: mpsc::Sender<Piece>,
}

impl Watcher {
    fn wants(&self, kind: Kind, bytes: Option<&Bytes>) -> bool {
        let of_kind = self.kinds.iter().filter(|wanted| wanted.kind == kind.word());
        // A delete says only the name; it goes to everybody who might have been sent the object.
        of_kind.into_iter().any(|wanted| wanted.filter.is_empty() || bytes.is_none_or(|bytes| passes(&wanted.filter, bytes)))
    }
}

impl Cluster {
    pub(super) fn offer_watch(&mut self, caller: &Caller, on: &mut Route) {
        on.events(&call::WATCH_EVENTS, |watch: Watch| self.subscribe(caller, watch));
    }

    fn subscribe(&mut self, caller: &Caller, watch: Watch) -> Result<mpsc::Receiver<Piece>, Status> {
        if watch.kinds.is_empty() {
            return Err(Status::permission_denied("can't setup global watch"));
        }
        let mut granted = Vec::new();
        for kind in watch.kinds {
            match grant(caller, &kind) {
                Ok(()) => granted.push(kind),
                Err(_) if watch.allow_partial_success => {}
                Err(refusal) => return Err(refusal),
            }
        }
        if granted.is_empty() {
            return Err(Status::invalid_argument("none of the requested kinds can be watched"));
        }
        let (to, events) = mpsc::channel(BEHIND);
        let status = WatchStatus { spec: Some(WatchStatusSpec { kinds: granted.clone() }) };
        send(&to, &event(Operation::Init, Resource::WatchStatus(status)));
        self.watchers.retain(|watcher| !watcher.to.is_closed());
        self.watchers.push(Watcher { kinds: granted, to });
        Ok(events)
    }

    /// Ends every stream the way a fault asks for.
    pub(super) fn cut_watchers(&mut self, cut: Cut) {
        for watcher in self.watchers.drain(..) {
            // A full buffer ends without a word, which is a cut as well.
            drop(watcher.to.try_send(Piece::Cut(cut)));
        }
    }

    /// Sends an event to everybody who watches the kind; `bytes` is the object, for those with filters.
    pub(super) fn publish(&mut self, kind: Kind, bytes: Option<&Bytes>, event: &Event) {
        self.watchers.retain(|watcher| !watcher.wants(kind, bytes) || send(&watcher.to, event));
    }
}

/// That an object is new or changed.
pub(super) fn put_event(kind: Kind, bytes: &Bytes) -> Event {
    // Heartbeats of app servers arrive without a revision, unlike the same objects in a list.
    let sent = if kind == Kind::AppServer { kind.stamped(bytes.clone(), "") } else { None };
    put(kind, sent.unwrap_or_else(|| bytes.clone()))
}

/// The same of bytes that are as the event is to carry them.
pub(super) fn put(kind: Kind, bytes: Bytes) -> Event {
    event(Operation::Put, member(kind, bytes))
}

/// That an object is gone. An app server's host is told in the description, of all places.
pub(super) fn delete_event(kind: Kind, key: &str, last: &Bytes) -> Event {
    let (description, name) = match key.split_once('/') {
        Some((host, name)) if kind == Kind::AppServer => (host, name),
        _ => ("", key),
    };
    let metadata = Metadata {
        name: name.to_owned(),
        namespace: "default".to_owned(),
        description: description.to_owned(),
        ..Metadata::default()
    };
    let version = header(last).map(|header| header.version).unwrap_or_default();
    let gone = ResourceHeader { kind: kind.word().to_owned(), version, metadata: Some(metadata), ..ResourceHeader::default() };
    event(Operation::Delete, Resource::ResourceHeader(gone))
}

/// Whether the caller may watch this: `read` on the kind, or one's own access requests.
fn grant(caller: &Caller, kind: &WatchKind) -> Result<(), Status> {
    let own = kind.kind == "access_request"
        && kind.filter.get("user").is_some_and(|user| user == caller.user())
        && !caller.hidden.contains("access_request");
    if !own {
        let verb = if kind.kind == "cert_authority" && !kind.load_secrets { "readnosecrets" } else { "read" };
        caller.may(&kind.kind, &[verb])?;
    }
    if let Some(state) = kind.filter.get("state") {
        state_named(state).ok_or_else(|| Status::invalid_argument(format!("unknown request state: {state:?}")))?;
    }
    let known = Kind::ALL.iter().any(|known| known.word() == kind.kind) || SILENT.contains(&kind.kind.as_str());
    if known {
        return Ok(());
    }
    Err(Status::invalid_argument(format!("cache \"auth\" does not support watching resource {:?}", kind.kind)))
}

/// Only access requests are filtered.
fn passes(filter: &HashMap<String, String>, bytes: &Bytes) -> bool {
    let Ok(request) = AccessRequestV3::decode(bytes.clone()) else { return false };
    let (name, spec) = (request.metadata.map(|metadata| metadata.name).unwrap_or_default(), request.spec.unwrap_or_default());
    filter.iter().all(|(key, wanted)| match key.as_str() {
        "id" => *wanted == name,
        "user" => *wanted == spec.user,
        "state" => state_named(wanted) == RequestState::try_from(spec.state).ok(),
        _ => true,
    })
}

fn state_named(name: &str) -> Option<RequestState> {
    RequestState::from_str_name(&format!("REQUEST_STATE_{name}"))
}

fn member(kind: Kind, bytes: Bytes) -> Resource {
    match kind {
        Kind::Role => Resource::Role(bytes),
        Kind::Token => Resource::ProvisionToken(bytes),
        Kind::AccessRequest => Resource::AccessRequest(bytes),
        Kind::RemoteCluster => Resource::RemoteCluster(bytes),
        Kind::AppServer => Resource::AppServer(bytes),
        Kind::App => Resource::App(bytes),
        Kind::User => Resource::User(bytes),
    }
}

fn event(operation: Operation, resource: Resource) -> Event {
    Event { r#type: operation.into(), resource: Some(resource) }
}

/// False when the watcher is gone or too far behind.
fn send(to: &mpsc::Sender<Piece>, event: &Event) -> bool {
    to.try_send(Piece::Message(event.encode_to_vec().into())).is_ok()
}
