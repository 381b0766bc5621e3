//! A client that knows nothing but an address and an identity file, for the demo's own tests.

use std::sync::Arc;

use http::Uri;
use hyper_util::rt::TokioIo;
use prost::Message;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::demo::Server;
use crate::schema::method;
use crate::schema::proto::{Event, Watch, WatchKind};

pub(super) struct Client(Grpc<Channel>);

impl Client {
    /// Connects with a user's identity file.
    pub(super) async fn login(server: &Server, user: &str) -> Self {
        let file = server.identity_for(user).expect("a user of the demo");
        Self::connect(server, &file, true).await.expect("the demo takes its own identities")
    }

    /// Connects with what an identity file holds, with or without showing the certificate.
    pub(super) async fn connect(server: &Server, file: &str, show: bool) -> Result<Self, tonic::transport::Error> {
        let mut certificates = CertificateDer::pem_slice_iter(file.as_bytes()).map(|found| found.expect("a certificate"));
        let leaf = certificates.next().expect("the user's certificate comes first");
        let mut roots = RootCertStore::empty();
        for authority in certificates {
            roots.add(authority).expect("a host CA");
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider's own versions")
            .with_root_certificates(roots);
        let key = PrivateKeyDer::from_pem_slice(file.as_bytes()).expect("the key");
        let mut config = if show {
            config.with_client_auth_cert(vec![leaf], key).expect("key and certificate belong together")
        } else {
            config.with_no_client_auth()
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        let address = server.address();
        let dial = tower::service_fn(move |_: Uri| {
            let (connector, address) = (connector.clone(), address.clone());
            async move {
                let socket = TcpStream::connect(address).await?;
                let name = ServerName::try_from("teleport.cluster.local").expect("a DNS name");
                connector.connect(name, socket).await.map(TokioIo::new)
            }
        });
        let channel = Endpoint::from_static("http://teleport.cluster.local").connect_with_connector(dial).await?;
        Ok(Self(Grpc::new(channel)))
    }

    pub(super) async fn call<Q, R>(&mut self, method: &method::Unary<Q, R>, request: Q) -> Result<R, Status>
    where
        Q: Message + Default + 'static,
        R: Message + Default + 'static,
    {
        self.ask(method.path, request).await
    }

    /// Any path at all.
    pub(super) async fn ask<Q, R>(&mut self, path: &'static str, request: Q) -> Result<R, Status>
    where
        Q: Message + Default + 'static,
        R: Message + Default + 'static,
    {
        self.0.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = http::uri::PathAndQuery::from_static(path);
        Ok(self.0.unary(Request::new(request), path, ProstCodec::default()).await?.into_inner())
    }

    pub(super) async fn stream<Q, R>(&mut self, method: &method::Streaming<Q, R>, request: Q) -> Result<Streaming<R>, Status>
    where
        Q: Message + Default + 'static,
        R: Message + Default + 'static,
    {
        self.0.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = http::uri::PathAndQuery::from_static(method.path);
        Ok(self.0.server_streaming(Request::new(request), path, ProstCodec::default()).await?.into_inner())
    }

    /// Watches these kinds, taking what is granted.
    pub(super) async fn watch(&mut self, kinds: &[&str]) -> Result<Streaming<Event>, Status> {
        let kinds = kinds.iter().map(|kind| WatchKind { kind: (*kind).to_owned(), ..WatchKind::default() }).collect();
        self.stream(&method::WATCH_EVENTS, Watch { kinds, allow_partial_success: true }).await
    }
}
