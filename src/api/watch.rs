//! A watch: what the server grants, then every change as it happens.
//!
//! The order of a stream is INIT once, then events; there is no first dump and no token to resume with. Partial success is
//! always asked for, since one kind that may not be read would otherwise fail all. Servers deny on the first receive, not on
//! open, so both are one step here. What to do with an event is not known here.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio_stream::{Stream, StreamExt as _};

use super::client::{Client, Replies};
use super::error::{Error, Family};
use crate::schema::method;
use crate::schema::proto::event::Resource;
use crate::schema::proto::{self, Operation, Watch, WatchKind};
use crate::schema::types::ResourceHeader;

/// How long the first answer may take; servers were seen to need eleven milliseconds.
const INIT_LIMIT: Duration = Duration::from_secs(15);
/// What the server says when it would grant not one of the kinds.
const NOTHING_TEXT: &str = "none of the requested kinds can be watched";

/// Something happened to a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is new or different; the same object may come several times.
    Put {
        /// The wire's word for its kind.
        kind: &'static str,
        /// The whole of it.
        bytes: Bytes,
    },
    /// It is gone; it may never have been seen.
    Gone {
        /// The wire's word for its kind.
        kind: &'static str,
        /// All the server still tells of it.
        header: Box<ResourceHeader>,
    },
}

/// A watch that the server has confirmed.
#[derive(Debug)]
pub struct Watched {
    asked: Vec<&'static str>,
    granted: Vec<&'static str>,
    events: Replies<proto::Event>,
}

impl Client {
    /// Subscribes to these kinds and waits until the server says which of them it grants.
    ///
    /// # Errors
    /// What the server said instead. [`Error::nothing_to_watch`] tells whether polling is all that is left.
    pub async fn watch(&self, kinds: &[&'static str]) -> Result<Watched, Error> {
        let path = method::WATCH_EVENTS.path;
        let asked = kinds.iter().map(|&kind| WatchKind { kind: kind.to_owned(), ..WatchKind::default() }).collect();
        let request = Watch { kinds: asked, allow_partial_success: true };
        let begun = async {
            let mut events = self.open(&method::WATCH_EVENTS, request).await?;
            let first = events.next().await.unwrap_or_else(|| Err(ended(path)))?;
            Ok((granted(path, kinds, first)?, events))
        };
        let (granted, events) = match tokio::time::timeout(INIT_LIMIT, begun).await {
            Ok(begun) => begun?,
            Err(_) => return Err(Error::new(Family::NoAnswer, path, format!("no INIT within {} s", INIT_LIMIT.as_secs()))),
        };
        Ok(Watched { asked: kinds.to_vec(), granted, events })
    }
}

impl Error {
    /// Whether the answer to a watch means that none of these kinds can be watched by this caller on this server, as opposed to
    /// a connection that broke.
    #[must_use]
    pub fn nothing_to_watch(&self) -> bool {
        match self.family {
            Family::AccessDenied | Family::NotImplemented => true,
            Family::BadParameter => self.text.contains(NOTHING_TEXT) || self.text.contains("does not support watching"),
            _ => false,
        }
    }
}

impl Watched {
    /// The kinds that will be heard of, in the order asked; the others must be polled.
    #[must_use]
    pub fn granted(&self) -> &[&'static str] {
        &self.granted
    }
}

impl Stream for Watched {
    type Item = Result<Event, Error>;

    /// The next event of a kind that was asked for; any end, clean or not, is an error, since a watch has no end of its own.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let next = match Pin::new(&mut self.events).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(Some(Err(ended(method::WATCH_EVENTS.path)))),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(event))) => event,
            };
            if let Some(event) = read(&self.asked, next) {
                return Poll::Ready(Some(Ok(event)));
            }
        }
    }
}

fn ended(path: &'static str) -> Error {
    Error::new(Family::ConnectionProblem, path, "the server ended the watch")
}

/// Which of the kinds the first event grants. Servers before v13 send it without a payload and grant all or nothing.
fn granted(path: &'static str, asked: &[&'static str], first: proto::Event) -> Result<Vec<&'static str>, Error> {
    if first.r#type() != Operation::Init {
        return Err(Error::new(Family::Malformed, path, "the watch did not begin with INIT"));
    }
    let Some(Resource::WatchStatus(status)) = first.resource else { return Ok(asked.to_vec()) };
    let kinds = status.spec.unwrap_or_default().kinds;
    Ok(asked.iter().copied().filter(|asked| kinds.iter().any(|kind| kind.kind == *asked)).collect())
}

/// What an event says, if it is of a kind we know and asked for.
fn read(asked: &[&'static str], event: proto::Event) -> Option<Event> {
    let operation = Operation::try_from(event.r#type).ok()?;
    let (kind, bytes) = match (operation, event.resource?) {
        (Operation::Delete, Resource::ResourceHeader(header)) => {
            let kind = asked.iter().copied().find(|kind| *kind == header.kind)?;
            return Some(Event::Gone { kind, header: Box::new(header) });
        }
        (Operation::Put, resource) => payload(resource)?,
        _ => return None,
    };
    asked.contains(&kind).then_some(Event::Put { kind, bytes })
}

fn payload(resource: Resource) -> Option<(&'static str, Bytes)> {
    Some(match resource {
        Resource::ProvisionToken(bytes) => ("token", bytes),
        Resource::User(bytes) => ("user", bytes),
        Resource::Role(bytes) => ("role", bytes),
        Resource::AccessRequest(bytes) => ("access_request", bytes),
        Resource::RemoteCluster(bytes) => ("remote_cluster", bytes),
        Resource::Lock(bytes) => ("lock", bytes),
        Resource::AppServer(bytes) => ("app_server", bytes),
        Resource::App(bytes) => ("app", bytes),
        Resource::ResourceHeader(_) | Resource::WatchStatus(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::proto::{WatchStatus, WatchStatusSpec};

    const PATH: &str = method::WATCH_EVENTS.path;

    fn event(operation: Operation, resource: Option<Resource>) -> proto::Event {
        proto::Event { r#type: operation.into(), resource }
    }

    #[test]
    fn what_is_granted_is_what_the_first_event_says() {
        let kinds = vec![WatchKind { kind: "role".into(), ..WatchKind::default() }];
        let status = Resource::WatchStatus(WatchStatus { spec: Some(WatchStatusSpec { kinds }) });
        let first = event(Operation::Init, Some(status));
        assert_eq!(granted(PATH, &["token", "role"], first), Ok(vec!["role"]));
        let old = event(Operation::Init, None);
        assert_eq!(granted(PATH, &["token", "role"], old), Ok(vec!["token", "role"]), "before v13 all or nothing");
        let early = event(Operation::Put, None);
        assert_eq!(granted(PATH, &["role"], early).map_err(|error| error.family), Err(Family::Malformed));
    }

    #[test]
    fn what_was_not_asked_for_is_not_heard() {
        let bytes = Bytes::from_static(b"\x0a\x04role");
        let put = |resource| read(&["role"], event(Operation::Put, Some(resource)));
        assert_eq!(put(Resource::Role(bytes.clone())), Some(Event::Put { kind: "role", bytes: bytes.clone() }));
        assert_eq!(put(Resource::User(bytes)), None);
        let header = |kind: &str| ResourceHeader { kind: kind.into(), ..ResourceHeader::default() };
        let gone = |kind| read(&["role"], event(Operation::Delete, Some(Resource::ResourceHeader(header(kind)))));
        assert_eq!(gone("role"), Some(Event::Gone { kind: "role", header: Box::new(header("role")) }));
        assert_eq!(gone("semaphore"), None);
        assert_eq!(read(&["role"], proto::Event { r#type: 9, resource: None }), None, "an operation of a newer server");
    }

    #[test]
    fn a_denial_is_not_a_broken_line() {
        let says = |family, text: &str| Error::new(family, PATH, text).nothing_to_watch();
        assert!(says(Family::BadParameter, "none of the requested kinds can be watched"));
        assert!(says(Family::AccessDenied, "access denied to perform action \"read\" on \"role\""));
        assert!(!says(Family::BadParameter, "something else"));
        assert!(!says(Family::ConnectionProblem, "broken pipe"));
    }
}
