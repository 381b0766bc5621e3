//! One connection to one Auth Service, ready to be asked.
//!
//! Unary calls have a deadline; a watch has none, since servers may end it at the moment a header names. No `version` metadata
//! is ever sent: a client that names an old one is given downgraded roles or is refused.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::PathAndQuery;
use prost::Message;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;
use tracing::Instrument as _;

use super::caller::Caller;
use super::error::{Error, Family};
use super::guard::Guard;
use crate::schema::method::{self, Streaming, Unary};
use crate::schema::proto::PingRequest;

/// How long one answer may take, a page of ten thousand included.
const DEADLINE: Duration = Duration::from_secs(30);
/// The largest reply that is taken. Lists are paged; some old methods are not.
const REPLY_LIMIT: usize = 64 << 20;
/// The exact text of the refusal that asks for a tap.
const MFA_TEXT: &str = "admin-level API request requires MFA verification";

/// One connection, and what was learnt on it. Clones share both.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
    guard: Guard,
    caller: Arc<Caller>,
}

impl Client {
    /// A client of this connection, before it is known who is asking: see [`Caller::learn`].
    #[must_use]
    pub fn new(channel: Channel, guard: Guard) -> Self {
        Self { channel, guard, caller: Arc::default() }
    }

    /// The same connection, with what was learnt about the one who asks.
    #[must_use]
    pub fn with_caller(self, caller: Caller) -> Self {
        Self { caller: Arc::new(caller), ..self }
    }

    /// Who is asking, and whom.
    #[must_use]
    pub fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// The guard that every call passes.
    #[must_use]
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Asks once.
    ///
    /// # Errors
    /// What the server said, or why no answer came.
    pub async fn call<Q, R>(&self, method: &Unary<Q, R>, request: Q) -> Result<R, Error>
    where
        Q: Message + 'static,
        R: Message + Default + 'static,
    {
        self.call_within(method, request, DEADLINE).await
    }

    /// Asks once, and waits no longer than this.
    ///
    /// # Errors
    /// What the server said, or why no answer came.
    pub async fn call_within<Q, R>(&self, method: &Unary<Q, R>, request: Q, limit: Duration) -> Result<R, Error>
    where
        Q: Message + 'static,
        R: Message + Default + 'static,
    {
        let path = method.path;
        self.guard.check(path)?;
        let asked = async {
            let mut grpc = self.ready(path).await?;
            let codec = ProstCodec::<Q, R>::default();
            let reply = grpc.unary(Request::new(request), PathAndQuery::from_static(path), codec).await;
            reply.map(tonic::Response::into_inner).map_err(|status| refusal(path, &status))
        };
        let span = tracing::debug_span!("call", method = path);
        match tokio::time::timeout(limit, asked.instrument(span)).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::new(Family::NoAnswer, path, format!("no answer within {} s", limit.as_secs()))),
        }
    }

    /// Asks for a stream that ends by itself, and waits for the end.
    ///
    /// # Errors
    /// What the server said, or why the end did not come.
    pub async fn collect<Q, R>(&self, method: &Streaming<Q, R>, request: Q) -> Result<Vec<R>, Error>
    where
        Q: Message + 'static,
        R: Message + Default + 'static,
    {
        let gathered = async {
            let mut replies = self.open(method, request).await?;
            let mut all = Vec::new();
            while let Some(reply) = replies.next().await {
                all.push(reply?);
            }
            Ok(all)
        };
        match tokio::time::timeout(DEADLINE, gathered).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::new(Family::NoAnswer, method.path, format!("no end within {} s", DEADLINE.as_secs()))),
        }
    }

    /// Opens a stream that goes on until one side breaks it.
    ///
    /// # Errors
    /// What the server said instead of opening it.
    pub async fn open<Q, R>(&self, method: &Streaming<Q, R>, request: Q) -> Result<Replies<R>, Error>
    where
        Q: Message + 'static,
        R: Message + Default + 'static,
    {
        let path = method.path;
        self.guard.check(path)?;
        let mut grpc = self.ready(path).await?;
        let codec = ProstCodec::<Q, R>::default();
        let stream = grpc.server_streaming(Request::new(request), PathAndQuery::from_static(path), codec).await;
        Ok(Replies { path, stream: stream.map_err(|status| refusal(path, &status))?.into_inner() })
    }

    /// Asks for nothing but an answer, to learn whether the link is alive.
    ///
    /// # Errors
    /// When none came within this.
    pub async fn ping(&self, limit: Duration) -> Result<(), Error> {
        self.call_within(&method::PING, PingRequest {}, limit).await.map(drop)
    }

    async fn ready(&self, path: &'static str) -> Result<tonic::client::Grpc<Channel>, Error> {
        let mut grpc = tonic::client::Grpc::new(self.channel.clone()).max_decoding_message_size(REPLY_LIMIT);
        grpc.ready().await.map_err(|error| Error::new(Family::ConnectionProblem, path, chain(&error)))?;
        Ok(grpc)
    }
}

/// Replies as they come.
#[derive(Debug)]
pub struct Replies<R> {
    path: &'static str,
    stream: tonic::Streaming<R>,
}

impl<R> Stream for Replies<R> {
    type Item = Result<R, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let path = self.path;
        Pin::new(&mut self.stream).poll_next(cx).map(|next| next.map(|reply| reply.map_err(|status| refusal(path, &status))))
    }
}

/// A status in Teleport's families.
fn refusal(path: &'static str, status: &Status) -> Error {
    let text = status.message();
    let family = match status.code() {
        Code::NotFound => Family::NotFound,
        Code::AlreadyExists => Family::AlreadyExists,
        Code::PermissionDenied if text == MFA_TEXT => Family::MfaRequired,
        Code::PermissionDenied | Code::Unauthenticated => Family::AccessDenied,
        Code::FailedPrecondition => Family::CompareFailed,
        Code::InvalidArgument => Family::BadParameter,
        // The second is raised on this side, by our own limit.
        Code::ResourceExhausted | Code::OutOfRange => Family::LimitExceeded,
        Code::Unavailable | Code::Cancelled | Code::Aborted => Family::ConnectionProblem,
        Code::Unimplemented => Family::NotImplemented,
        Code::DeadlineExceeded => Family::NoAnswer,
        // A broken stream ends as Unknown with the break inside; a server's own Unknown has nothing inside.
        _ if std::error::Error::source(status).is_some() => Family::ConnectionProblem,
        _ => Family::Unknown,
    };
    let text = match (family, text) {
        (Family::ConnectionProblem, _) => chain(status),
        (_, "") => format!("the server gave no reason ({:?})", status.code()),
        _ => text.to_owned(),
    };
    Error::new(family, path, text)
}

/// The last word of an error's causes, which is the one that names the cause.
fn chain(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_becomes_a_family() {
        let family = |code, text: &str| refusal("/proto.AuthService/UpdateRole", &Status::new(code, text)).family;
        assert_eq!(family(Code::FailedPrecondition, "resource revision does not match"), Family::CompareFailed);
        assert_eq!(family(Code::PermissionDenied, MFA_TEXT), Family::MfaRequired);
        assert_eq!(family(Code::PermissionDenied, "access denied"), Family::AccessDenied);
        assert_eq!(family(Code::Unknown, "failed to delete a role that is still in use by a user"), Family::Unknown);
        assert_eq!(family(Code::OutOfRange, "message too large"), Family::LimitExceeded);
    }

    #[test]
    fn an_error_names_method_and_reason() {
        let error = refusal("/proto.AuthService/UpdateRole", &Status::new(Code::Unknown, ""));
        assert_eq!(error.method, "UpdateRole");
        assert_eq!(error.text, "the server gave no reason (Unknown)");
    }
}
