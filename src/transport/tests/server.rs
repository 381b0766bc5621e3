//! Servers inside the test, each misbehaving in its own way, and a record of what clients asked them.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::LazyConfigAcceptor;

use crate::transport::{Address, Target};

/// What one client said before anything was encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) name: String,
    pub(super) protocols: Vec<String>,
}

/// What a server does with a connection.
#[derive(Clone)]
pub(super) enum Manner {
    /// TLS, then HTTP/2 settings, then open until the client goes.
    Auth(Arc<ServerConfig>),
    /// As `Auth` for clients that ask to be routed, else as a web server.
    Proxy(Arc<ServerConfig>, Arc<ServerConfig>),
    /// TLS, then not a word.
    Silent(Arc<ServerConfig>),
    /// TLS, then closed.
    Farewell(Arc<ServerConfig>),
    /// Settings, then closed.
    Short(Arc<ServerConfig>),
    /// Closed after the client's first message.
    Closed,
    /// Never answers.
    Mute,
    /// Says this at once, in plain text.
    Plain(&'static str),
    /// A web server with one answer for every path.
    Web(Arc<ServerConfig>, &'static str),
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    hellos: mpsc::Receiver<Hello>,
}

impl Server {
    pub(super) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (said, hellos) = mpsc::channel(64);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tokio::spawn(serve(tcp, manner.clone(), said.clone()));
            }
        });
        Self { address, hellos }
    }

    pub(super) fn address(&self) -> Address {
        Address::parse(&self.address.to_string()).unwrap()
    }

    pub(super) fn as_auth(&self) -> Target {
        Target { auth_servers: vec![self.address.to_string()], ..Target::default() }
    }

    pub(super) fn as_proxy(&self) -> Target {
        Target { proxy: Some(self.address.to_string()), ..Target::default() }
    }

    /// What clients have said so far.
    pub(super) fn heard(&mut self) -> Vec<Hello> {
        std::iter::from_fn(|| self.hellos.try_recv().ok()).collect()
    }
}

/// An address where nothing listens: it was given out and taken back.
pub(super) async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// HTTP/2 settings without any setting.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

async fn serve(mut tcp: TcpStream, manner: Manner, said: mpsc::Sender<Hello>) {
    let mut first = [0; 512];
    match &manner {
        Manner::Plain(words) => {
            // The client's words are read, or closing would look like a reset.
            let _ = tcp.write_all(words.as_bytes()).await;
            let _ = tcp.read(&mut first).await;
            return;
        }
        Manner::Mute => {
            while tcp.read(&mut first).await.is_ok_and(|count| count > 0) {}
            return;
        }
        _ => {}
    }
    let Ok(start) = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), tcp).await else { return };
    let hello = start.client_hello();
    let protocols = hello.alpn().into_iter().flatten().map(|name| String::from_utf8_lossy(name).into_owned());
    let hello = Hello { name: hello.server_name().unwrap_or_default().to_owned(), protocols: protocols.collect() };
    let routed = hello.protocols.first().is_some_and(|name| name.starts_with("teleport-auth@"));
    let _ = said.try_send(hello);
    let config = match &manner {
        Manner::Proxy(auth, _) if routed => auth,
        Manner::Proxy(_, web) => web,
        Manner::Auth(config)
        | Manner::Silent(config)
        | Manner::Farewell(config)
        | Manner::Short(config)
        | Manner::Web(config, _) => config,
        Manner::Closed | Manner::Mute | Manner::Plain(_) => return,
    };
    let Ok(mut tls) = start.into_stream(config.clone()).await else { return };
    match manner {
        Manner::Farewell(_) => {
            let _ = tls.shutdown().await;
            return;
        }
        Manner::Silent(_) => {}
        Manner::Web(_, answer) => {
            let _ = tls.read(&mut first).await;
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}", answer.len());
            let _ = tls.write_all(head.as_bytes()).await;
            let _ = tls.shutdown().await;
            return;
        }
        _ => {
            let _ = tls.write_all(&SETTINGS).await;
            let _ = tls.flush().await;
        }
    }
    if matches!(manner, Manner::Short(_)) {
        let _ = tls.read(&mut first).await;
        let _ = tls.shutdown().await;
        return;
    }
    while tls.read(&mut first).await.is_ok_and(|count| count > 0) {}
}
