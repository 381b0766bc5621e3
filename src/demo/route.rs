//! From a path and bytes to a typed method and back.
//!
//! Each subject offers its methods in turn; the one whose path was called answers. A path that nobody offers is unknown, in the
//! words by which clients tell an old server from a refusal.

use bytes::Bytes;
use prost::Message;
use tokio::sync::mpsc;
use tonic::Status;

use super::fault::Cut;
use crate::schema::method::{Streaming, Unary};

/// One piece of a stream that goes on.
#[derive(Debug)]
pub(super) enum Piece {
    /// A message.
    Message(Bytes),
    /// The end that a fault asked for.
    Cut(Cut),
}

/// What a method answers.
#[derive(Debug)]
pub(super) enum Answer {
    /// One message.
    One(Bytes),
    /// A stream that is complete.
    Many(Vec<Bytes>),
    /// A stream that goes on.
    Events(mpsc::Receiver<Piece>),
}

/// A call on its way to the method that knows it.
#[derive(Debug)]
pub(super) struct Route<'a> {
    path: &'a str,
    body: &'a Bytes,
    answer: Option<Result<Answer, Status>>,
}

impl<'a> Route<'a> {
    pub(super) fn new(path: &'a str, body: &'a Bytes) -> Self {
        Self { path, body, answer: None }
    }

    pub(super) fn unary<Q: Message + Default, R: Message>(
        &mut self,
        method: &Unary<Q, R>,
        answer: impl FnOnce(Q) -> Result<R, Status>,
    ) {
        self.offer(method.path, |request| Ok(Answer::One(encoded(&answer(request)?))));
    }

    pub(super) fn streaming<Q: Message + Default, R: Message>(
        &mut self,
        method: &Streaming<Q, R>,
        answer: impl FnOnce(Q) -> Result<Vec<R>, Status>,
    ) {
        self.offer(method.path, |request| Ok(Answer::Many(answer(request)?.iter().map(encoded).collect())));
    }

    pub(super) fn events<Q: Message + Default, R: Message>(
        &mut self,
        method: &Streaming<Q, R>,
        answer: impl FnOnce(Q) -> Result<mpsc::Receiver<Piece>, Status>,
    ) {
        self.offer(method.path, |request| answer(request).map(Answer::Events));
    }

    /// A method that this version declares and no longer serves.
    pub(super) fn removed(&mut self, path: &str) {
        if self.path == path {
            let name = path.rsplit('/').next().unwrap_or_default();
            self.answer = Some(Err(Status::unimplemented(format!("method {name} not implemented"))));
        }
    }

    pub(super) fn finish(self) -> Result<Answer, Status> {
        self.answer.unwrap_or_else(|| Err(unknown(self.path)))
    }

    fn offer<Q: Message + Default>(&mut self, path: &str, answer: impl FnOnce(Q) -> Result<Answer, Status>) {
        if self.path == path {
            let request = Q::decode(self.body.clone()).map_err(|error| Status::internal(format!("cannot decode: {error}")));
            self.answer = Some(request.and_then(answer));
        }
    }
}

/// How the server refuses a path it does not have.
pub(super) fn unknown(path: &str) -> Status {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    let known = ["proto.AuthService", "teleport.users.v1.UsersService", "teleport.presence.v1.PresenceService"];
    if known.contains(&service) || service == "teleport.trust.v1.TrustService" {
        Status::unimplemented(format!("unknown method {method} for service {service}"))
    } else {
        Status::unimplemented(format!("unknown service {service}"))
    }
}

fn encoded(message: &impl Message) -> Bytes {
    message.encode_to_vec().into()
}
