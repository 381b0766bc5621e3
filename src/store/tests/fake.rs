//! An Auth Service of one test: every call comes to the test, which answers it as it likes. No sockets, so the clock may stand
//! still.

use std::collections::VecDeque;
use std::convert::Infallible;

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Endpoint;

use crate::api::{Caller, Client, Guard, Server, Version};

type Frames = mpsc::Sender<Result<Frame<Bytes>, Infallible>>;

/// A call that waits for its answer.
pub struct Call {
    /// The method, without its package.
    pub method: String,
    body: Bytes,
    frames: Frames,
    dripped: usize,
}

/// One side of one connection.
pub struct Fake {
    calls: mpsc::Receiver<Call>,
    waiting: VecDeque<Call>,
    /// Whether pings are answered.
    pub alive: bool,
    task: JoinHandle<()>,
}

impl Call {
    /// What was asked.
    pub fn request<M: Message + Default>(&self) -> M {
        M::decode(self.body.slice(5..)).expect("a message of ours")
    }

    /// Answers, and leaves the answer open as a stream is.
    pub async fn send(&self, message: &impl Message) {
        let _ = self.frames.send(Ok(Frame::data(framed(message)))).await;
    }

    /// Sends one more byte of this answer, and never the last one.
    pub async fn drip(&mut self, message: &impl Message) {
        let all = framed(message);
        if self.dripped + 1 < all.len() {
            let _ = self.frames.send(Ok(Frame::data(all.slice(self.dripped..=self.dripped)))).await;
            self.dripped += 1;
        }
    }

    /// Ends the answer with this status.
    pub async fn end(self, status: i32, text: &str) {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", status.into());
        trailers.insert("grpc-message", HeaderValue::from_str(text).expect("plain text"));
        let _ = self.frames.send(Ok(Frame::trailers(trailers))).await;
    }

    /// Answers once.
    pub async fn reply(self, message: &impl Message) {
        self.send(message).await;
        self.end(0, "").await;
    }
}

fn framed(message: &impl Message) -> Bytes {
    let bytes = message.encode_to_vec();
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(bytes.len()).expect("short"));
    frame.put_slice(&bytes);
    frame.freeze()
}

impl Fake {
    /// A connection, and the client at its other end.
    pub fn new() -> (Self, Client) {
        Self::of(Version(18, 0, 0))
    }

    /// The same, to a server of this version.
    pub fn of(version: Version) -> (Self, Client) {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (say, calls) = mpsc::channel(64);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let say = say.clone();
            async move {
                let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
                let body = request.into_body().collect().await.expect("a whole request").to_bytes();
                let (frames, stream) = mpsc::channel(64);
                let _ = say.send(Call { method, body, frames, dripped: 0 }).await;
                let response = Response::builder().header("content-type", "application/grpc");
                Ok::<_, Infallible>(response.body(StreamBody::new(ReceiverStream::new(stream))).expect("a response"))
            }
        });
        let serving =
            hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(far), service);
        let task = tokio::spawn(async move { drop(serving.await) });
        let mut once = Some(near);
        let connector = tower::service_fn(move |_: http::Uri| {
            let near = once.take().map(TokioIo::new).ok_or_else(|| std::io::Error::other("one connection"));
            async move { near }
        });
        let channel = Endpoint::from_static("http://fake").connect_with_connector_lazy(connector);
        let server = Server { version, version_text: version.to_string(), ..Server::default() };
        let caller = Caller { server, ..Caller::default() };
        (
            Self { calls, waiting: VecDeque::new(), alive: true, task },
            Client::new(channel, Guard::new(false)).with_caller(caller),
        )
    }

    /// The next call of this method; the others wait their turn, pings are answered as they come.
    pub async fn expect(&mut self, method: &str) -> Call {
        if let Some(at) = self.waiting.iter().position(|call| call.method == method) {
            return self.waiting.remove(at).expect("it is there");
        }
        loop {
            let call = self.calls.recv().await.expect("the connection stands");
            if call.method == method {
                return call;
            }
            match call.method.as_str() {
                "Ping" if self.alive => call.reply(&crate::schema::proto::PingResponse::default()).await,
                _ => self.waiting.push_back(call),
            }
        }
    }

    /// Breaks the connection.
    pub fn cut(self) {
        self.task.abort();
    }
}
