//! Sockets, TLS and gRPC framing: from bytes on the loopback interface to calls of the cluster, and back.
//!
//! gRPC is served on hyper's HTTP/2 directly. The replies are whole messages kept as bytes, so a code generator would only be
//! in the way. Each handshake has its own task, else one slow client would hold up the rest. No rule of the cluster belongs here.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Code, Status};

use super::SERVER_VERSION;
use super::caller::Identity;
use super::cluster::Call;
use super::fault::{Cut, Faults};
use super::route::{Answer, Piece, unknown};

/// What is asked for in one request is small; the real server reads no more either.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

/// The stream was cut on purpose; hyper turns it into a reset.
#[derive(Debug)]
struct WasCut;

impl fmt::Display for WasCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut by a fault")
    }
}

impl std::error::Error for WasCut {}

type Frames = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, WasCut>> + Send>>;

/// The outer side of the demo.
#[derive(Clone, Debug)]
pub(super) struct Front {
    calls: mpsc::Sender<Call>,
    faults: Faults,
    /// Whose certificate is whose. The verifier has shown by then that the user CA signed it.
    logins: Arc<BTreeMap<Vec<u8>, Identity>>,
}

impl Front {
    pub(super) fn new(calls: mpsc::Sender<Call>, faults: Faults, logins: BTreeMap<Vec<u8>, Identity>) -> Self {
        Self { calls, faults, logins: Arc::new(logins) }
    }

    /// Accepts until it is dropped, and then takes its connections with it.
    pub(super) async fn serve(self, listener: TcpListener, tls: Arc<ServerConfig>) {
        let acceptor = TlsAcceptor::from(tls);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((socket, _)) if !self.faults.look(|plan| plan.refusing) => {
                        connections.spawn(self.clone().connection(socket, acceptor.clone()));
                    }
                    // Refused, or the process is out of sockets: the next one may do better.
                    Ok(_) | Err(_) => tokio::task::yield_now().await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(self, socket: TcpStream, acceptor: TlsAcceptor) {
        let mut faults = self.faults.follow();
        let cut_before = faults.borrow().connections_cut;
        // Without it an answer waits for the peer's acknowledgement: 40 ms instead of 2.
        if socket.set_nodelay(true).is_err() {
            return;
        }
        let Ok(tls) = acceptor.accept(socket).await else { return };
        let identity = match tls.get_ref().1.peer_certificates() {
            None | Some([]) => Identity::nobody(),
            Some([leaf]) => match self.logins.get(leaf.as_ref()) {
                Some(identity) => identity.clone(),
                None => return,
            },
            // The real server takes a leaf and nothing else, and hangs up.
            Some(_) => return,
        };
        let service = service_fn(move |request| self.clone().respond(request, identity.clone()));
        let served =
            hyper::server::conn::http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(tls), service);
        tokio::select! {
            _ = served => {}
            _ = faults.wait_for(|plan| plan.connections_cut > cut_before) => {}
        }
    }

    async fn respond(self, request: Request<Incoming>, identity: Identity) -> Result<Response<StreamBody<Frames>>, Infallible> {
        let path = request.uri().path().to_owned();
        let answer = self.ask(&path, request, identity).await;
        self.linger(&path).await;
        Ok(match answer.and_then(|answer| self.sendable(&path, answer)) {
            Ok(answer) => response(HeaderMap::new(), self.frames(&path, answer)),
            // No message was sent, so the status goes with the headers.
            Err(status) => response(trailers(&status), Box::pin(tokio_stream::empty())),
        })
    }

    async fn ask(&self, path: &str, request: Request<Incoming>, identity: Identity) -> Result<Answer, Status> {
        let body = message(request.into_body()).await?;
        if self.faults.look(|plan| plan.missing.contains(path)) {
            return Err(unknown(path));
        }
        let (reply, answer) = oneshot::channel();
        let stopped = || Status::unavailable("the server is stopping");
        self.calls.send(Call { path: path.to_owned(), body, identity, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    /// What a server may send. The limit is gRPC's and knows nothing of pages.
    fn sendable(&self, path: &str, answer: Answer) -> Result<Answer, Status> {
        let most = self.faults.look(|plan| plan.largest.get(path).copied()).unwrap_or(usize::MAX);
        match &answer {
            Answer::One(message) if message.len() > most => {
                let text = format!("grpc: trying to send message larger than max ({} vs. {most})", message.len());
                Err(Status::resource_exhausted(text))
            }
            _ => Ok(answer),
        }
    }

    /// Holds an answer back as long as a fault says.
    async fn linger(&self, path: &str) {
        if let Some(delay) = self.faults.look(|plan| plan.delays.get(path).copied()) {
            tokio::time::sleep(delay).await;
        }
        thawed(&self.faults).await;
    }

    fn frames(&self, path: &str, answer: Answer) -> Frames {
        let end = || Ok(Frame::trailers(trailers(&Status::new(Code::Ok, ""))));
        if let (Answer::One(message), Some((size, _))) = (&answer, self.faults.look(|plan| plan.drips.get(path).copied())) {
            let (framed, faults, path) = (framed(message), self.faults.clone(), path.to_owned());
            let pieces = (0..framed.len()).step_by(size).map(move |at| framed.slice(at..framed.len().min(at + size)));
            return Box::pin(
                tokio_stream::iter(pieces)
                    .then(move |piece| {
                        let (faults, path) = (faults.clone(), path.clone());
                        async move {
                            dripped(&faults, &path).await;
                            Ok(Frame::data(piece))
                        }
                    })
                    .chain(tokio_stream::once(end())),
            );
        }
        let complete = |messages: Vec<Bytes>| {
            let frames: Vec<_> = messages.iter().map(|message| Ok(Frame::data(framed(message)))).chain([end()]).collect();
            Box::pin(tokio_stream::iter(frames))
        };
        match answer {
            Answer::One(message) => complete(vec![message]),
            Answer::Many(messages) => complete(messages),
            Answer::Events(events) => {
                let faults = self.faults.clone();
                Box::pin(
                    ReceiverStream::new(events)
                        .then(move |piece| {
                            let faults = faults.clone();
                            async move {
                                thawed(&faults).await;
                                piece
                            }
                        })
                        .filter_map(|piece| match piece {
                            Piece::Message(message) => Some(Ok(Frame::data(framed(&message)))),
                            Piece::Cut(Cut::Unavailable) => {
                                Some(Ok(Frame::trailers(trailers(&Status::unavailable("the watcher was closed")))))
                            }
                            Piece::Cut(Cut::Reset) => Some(Err(WasCut)),
                            Piece::Cut(Cut::Silent) => None,
                        }),
                )
            }
        }
    }
}

/// Waits for the next drop, or until it rains.
async fn dripped(faults: &Faults, path: &str) {
    let every = faults.look(|plan| plan.drips.get(path).map(|(_, every)| *every));
    if let Some(every) = every {
        let mut plan = faults.follow();
        let over = plan.wait_for(|plan| !plan.drips.contains_key(path));
        // Either way the next piece goes out.
        drop(tokio::time::timeout(every, over).await);
    }
}

async fn thawed(faults: &Faults) {
    // The sender lives in `faults`, so waiting cannot fail.
    drop(faults.follow().wait_for(|plan| !plan.frozen).await);
}

fn response(mut headers: HeaderMap, body: Frames) -> Response<StreamBody<Frames>> {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("version", HeaderValue::from_static(SERVER_VERSION));
    let mut response = Response::new(StreamBody::new(body));
    *response.headers_mut() = headers;
    response
}

fn trailers(status: &Status) -> HeaderMap {
    let mut map = HeaderMap::new();
    if status.add_header(&mut map).is_err() {
        map.insert("grpc-status", HeaderValue::from_static("13"));
    }
    map
}

/// One message behind its five bytes: not compressed, and how long it is.
fn framed(message: &Bytes) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    frame.extend_from_slice(message);
    frame.freeze()
}

/// The one message of a request.
async fn message(body: Incoming) -> Result<Bytes, Status> {
    let body = http_body_util::Limited::new(body, LARGEST_REQUEST).collect().await;
    let body = body.map_err(|error| Status::resource_exhausted(format!("cannot read the request: {error}")))?.to_bytes();
    let length = body.get(1..5).and_then(|digits| digits.try_into().ok()).map(u32::from_be_bytes);
    match (body.first(), length) {
        (Some(0), Some(length)) if body.len() == 5 + length as usize => Ok(body.slice(5..)),
        (Some(1), _) => Err(Status::unimplemented("compressed requests are not taken")),
        _ => Err(Status::internal("the request is not one gRPC message")),
    }
}
