//! Every way in and every way it can fail, against servers inside the test.

mod plan;
mod server;

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tower::{Service as _, ServiceExt as _};

use super::*;
use crate::credentials::read;
use crate::credentials::tests::cluster::{Cluster, Person, at, now, web_server};
use server::{Hello, Manner, Server, nobody};

const ROOT: &str = "root.test";
const LEAF: &str = "leaf.test";
const HEX_ROOT: &str = "726f6f742e74657374.teleport.cluster.local";
const HEX_LEAF: &str = "6c6561662e74657374.teleport.cluster.local";

fn identity_of(cluster: &Cluster, person: &Person<'_>, trusted: &[&Cluster]) -> Identity {
    read(&Wanted { memory: Some(cluster.identity_file(person, trusted)), ..Wanted::default() }).unwrap()
}

fn identity(cluster: &Cluster) -> Identity {
    identity_of(cluster, &Person::default(), &[cluster])
}

/// The Auth Service of a cluster, with a clock like ours.
fn auth(cluster: &Cluster) -> Arc<ServerConfig> {
    Arc::new(cluster.server("Admin", 0))
}

/// The same without TLS 1.3.
fn older_auth(cluster: &Cluster) -> Arc<ServerConfig> {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites.retain(|suite| suite.tls13().is_none());
    Arc::new(cluster.server_for(cluster, "Admin", 0, provider))
}

/// The one failure on the way to one address.
async fn fails(identity: &Identity, target: &Target) -> Failure {
    let error = connect(identity, target, now()).await.expect_err("it must not connect");
    let [attempt] = error.attempts() else { panic!("{error}") };
    attempt.outcome.clone().expect_err("it failed")
}

async fn fails_at(manner: Manner, identity: &Identity) -> Failure {
    let server = Server::start(manner).await;
    fails(identity, &server.as_proxy()).await
}

#[tokio::test]
async fn straight_to_the_auth_service() {
    let root = Cluster::new(ROOT);
    let mut server = Server::start(Manner::Auth(auth(&root))).await;
    let connected = connect(&identity(&root), &server.as_auth(), now()).await.unwrap();
    assert_eq!((connected.road, connected.cluster.as_str()), (Road::Direct, ROOT));
    assert!(matches!(connected.attempts.as_slice(), [Attempt { road: Road::Direct, outcome: Ok(()), .. }]));
    assert_eq!(server.heard(), [Hello { name: HEX_ROOT.into(), protocols: vec!["h2".into()] }]);
}

#[tokio::test]
async fn through_a_proxy_that_an_auth_server_address_turned_out_to_be() {
    let root = Cluster::new(ROOT);
    let mut server = Server::start(Manner::Proxy(auth(&root), Arc::new(web_server()))).await;
    let connected = connect(&identity(&root), &server.as_auth(), now()).await.unwrap();
    assert_eq!(connected.road, Road::TlsRouting);
    let [direct, routed] = connected.attempts.as_slice() else { panic!("{:?}", connected.attempts) };
    assert!(matches!(direct.outcome, Err(Failure::WrongService(_))), "{direct}");
    assert!(routed.outcome.is_ok());
    let routed = Hello { name: HEX_ROOT.into(), protocols: vec![format!("teleport-auth@{HEX_ROOT}"), "h2".into()] };
    assert_eq!(server.heard().last(), Some(&routed));
}

#[tokio::test]
async fn a_leaf_is_named_by_protocol_and_the_issuer_by_server_name() {
    let (root, leaf) = (Cluster::new(ROOT), Cluster::new(LEAF));
    // The leaf trusts the root's users, so its service verifies with the root's authority; only the host's differs.
    let config = leaf.server_for(&root, "Admin", 0, rustls::crypto::ring::default_provider());
    let mut server = Server::start(Manner::Auth(Arc::new(config))).await;
    let identity = identity_of(&root, &Person::default(), &[&root, &leaf]);
    let target = Target { cluster: Some(LEAF.into()), ..server.as_proxy() };
    let connected = connect(&identity, &target, now()).await.unwrap();
    assert_eq!((connected.road, connected.cluster.as_str()), (Road::TlsRouting, LEAF));
    let routed = Hello { name: HEX_ROOT.into(), protocols: vec![format!("teleport-auth@{HEX_LEAF}"), "h2".into()] };
    assert_eq!(server.heard(), [routed]);
}

#[tokio::test]
async fn one_channel_is_one_connection() {
    let root = Cluster::new(ROOT);
    let mut server = Server::start(Manner::Short(auth(&root))).await;
    let mut channel = connect(&identity(&root), &server.as_auth(), now()).await.unwrap().channel;
    for _ in 0..3 {
        let request = http::Request::post("http://x/y").body(tonic::body::Body::empty()).unwrap();
        let answer = match channel.ready().await {
            Ok(ready) => ready.call(request).await.map(drop),
            Err(error) => Err(error),
        };
        assert!(answer.is_err(), "the server has gone");
    }
    assert_eq!(server.heard().len(), 1, "nobody dialled again");
}

#[tokio::test]
async fn a_refused_certificate_has_a_name_in_both_versions_of_tls() {
    let root = Cluster::new(ROOT);
    let stranger = Cluster::new(ROOT);
    // The right name, the right host authority, and a user authority that the server does not know.
    let identity = identity_of(&stranger, &Person::default(), &[&root]);
    for config in [auth(&root), older_auth(&root)] {
        let failure = fails_at(Manner::Auth(config), &identity).await;
        let why = Refusal::Untrusted { issuer: ROOT.into() };
        assert!(matches!(&failure, Failure::CertificateRefused { why: found, .. } if *found == why), "{failure:?}");
        assert_eq!(failure.family(), Family::Credentials);
    }
}

#[tokio::test]
async fn a_certificate_that_ended_by_the_servers_clock_only_speaks_of_clocks() {
    let root = Cluster::new(ROOT);
    let person = Person { until: 600, ..Person::default() };
    let later = Arc::new(root.server("Admin", 3600));
    let failure = fails_at(Manner::Auth(later), &identity_of(&root, &person, &[&root])).await;
    assert_eq!(failure, Failure::CertificateRefused { alert: 45, why: Refusal::OtherClock });
}

#[tokio::test]
async fn a_certificate_known_to_be_over_is_not_dialled() {
    let root = Cluster::new(ROOT);
    let mut server = Server::start(Manner::Auth(auth(&root))).await;
    let error = connect(&identity(&root), &server.as_auth(), at(13 * 3600)).await.unwrap_err();
    assert!(matches!(&error, Error::Credentials(credentials::Error::Expired { .. })), "{error}");
    assert_eq!(error.family(), Family::Credentials);
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn another_clusters_auth_service_is_told_from_a_replaced_authority() {
    let (root, leaf) = (Cluster::new(ROOT), Cluster::new(LEAF));
    let wrong = Failure::WrongCluster { wanted: ROOT.into(), reached: LEAF.into() };
    assert_eq!(fails_at(Manner::Auth(auth(&leaf)), &identity(&root)).await, wrong);
    let replaced = Failure::ServerUnknown { cluster: ROOT.into() };
    assert_eq!(fails_at(Manner::Auth(auth(&Cluster::new(ROOT))), &identity(&root)).await, replaced);
}

#[tokio::test]
async fn services_of_other_kinds_are_named() {
    let root = Cluster::new(ROOT);
    let identity = identity(&root);
    for (manner, words) in [
        (Manner::Plain("SSH-2.0-Teleport\r\n"), "SSH server"),
        (Manner::Plain("HTTP/1.1 400 Bad Request\r\n\r\n"), "plain HTTP"),
        (Manner::Plain("220 mail.example.test ESMTP\r\n"), "not TLS"),
        (Manner::Auth(Arc::new(web_server())), "the web server itself answered"),
        (Manner::Auth(Arc::new(root.server("Proxy", 0))), "SSH port of a Proxy Service"),
    ] {
        let failure = fails_at(manner, &identity).await;
        assert!(failure.to_string().contains(words), "{failure}");
    }
}

#[tokio::test]
async fn without_a_common_protocol_nobody_routes_there() {
    let root = Cluster::new(ROOT);
    let mut config = root.server("Admin", 0);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    assert_eq!(fails_at(Manner::Auth(Arc::new(config)), &identity(&root)).await, Failure::NoAlpn);
}

#[tokio::test]
async fn a_connection_closed_without_a_word_is_told_by_when_it_was() {
    let (root, leaf) = (Cluster::new(ROOT), Cluster::new(LEAF));
    let identity = identity_of(&root, &Person::default(), &[&root, &leaf]);
    assert_eq!(fails_at(Manner::Farewell(auth(&root)), &identity).await, Failure::ClosedAfterHandshake);
    let mut server = Server::start(Manner::Closed).await;
    assert_eq!(fails(&identity, &server.as_proxy()).await, Failure::ClosedInHandshake);
    // The question to the web port, which comes last, goes to an IP address and so has no name.
    let names: Vec<_> = server.heard().into_iter().map(|hello| hello.name).filter(|name| !name.is_empty()).collect();
    assert_eq!(names, [HEX_ROOT, "teleport.cluster.local"], "the other form is tried once");
    let target = Target { cluster: Some(LEAF.into()), ..server.as_proxy() };
    assert_eq!(fails(&identity, &target).await, Failure::UnknownCluster(LEAF.into()));
}

#[tokio::test]
async fn silence_is_told_by_what_was_waited_for() {
    let root = Cluster::new(ROOT);
    let identity = identity(&root);
    for (manner, stage) in [(Manner::Mute, Stage::Handshake), (Manner::Silent(auth(&root)), Stage::FirstRecord)] {
        let server = Server::start(manner).await;
        let attempted = Attempted {
            identity: &identity,
            address: &server.address(),
            cluster: ROOT,
            routed: false,
            now: now(),
            limits: dial::Limits { greet: Duration::from_millis(400), ..dial::LIMITS },
        };
        let failure = dial::dial(&attempted).await.expect_err("nobody speaks");
        assert_eq!(failure, Failure::Timeout(stage));
    }
}

#[tokio::test]
async fn where_nothing_listens_both_roads_are_settled_at_once() {
    let root = Cluster::new(ROOT);
    let target = Target { auth_servers: vec![nobody().await.to_string()], ..Target::default() };
    assert_eq!(fails(&identity(&root), &target).await, Failure::Refused);
    let target = Target { auth_servers: vec!["no such host:1".into()], ..Target::default() };
    assert_eq!(fails(&identity(&root), &target).await, Failure::NoAddress);
}

#[tokio::test]
async fn a_dead_address_does_not_hide_a_living_one() {
    let root = Cluster::new(ROOT);
    let server = Server::start(Manner::Auth(auth(&root))).await;
    let dead = nobody().await.to_string();
    let target = Target { auth_servers: vec![dead.clone(), server.address.to_string()], ..Target::default() };
    let connected = connect(&identity(&root), &target, now()).await.unwrap();
    assert_eq!(connected.attempts.first().map(|attempt| attempt.address.clone()), Some(dead));
    assert!(connected.attempts.last().is_some_and(|attempt| attempt.outcome.is_ok()));
}

#[tokio::test]
async fn what_cannot_be_tried_is_said_before_dialling() {
    let root = Cluster::new(ROOT);
    let identity = identity(&root);
    let error = connect(&identity, &Target::default(), now()).await.unwrap_err();
    assert_eq!(error, Error::NoAddress);
    let target = Target { cluster: Some("nosuch".into()), proxy: Some("localhost:1".into()), ..Target::default() };
    let error = connect(&identity, &target, now()).await.unwrap_err();
    assert!(matches!(&error, Error::NoHostCa { cluster, known, .. } if cluster == "nosuch" && known == &[ROOT]), "{error}");
}

const FIND: &str = r#"{"server_version":"18.0.0","cluster_name":"root.test","edition":"oss","new":{"key":[1]},
    "proxy":{"tls_routing_enabled":true,"ssh":{"public_addr":"proxy.test:443","listen_addr":"0.0.0.0:3080"}}}"#;

#[tokio::test]
async fn a_web_port_says_who_it_is_and_insecure_speaks_of_nothing_else() {
    let server = Server::start(Manner::Web(Arc::new(web_server()), FIND)).await;
    let address = Address { host: "localhost".into(), port: Some(server.address.port()) };
    let discovery = find(&address, true, now()).await.unwrap();
    assert_eq!((discovery.cluster.as_deref(), discovery.version.as_deref()), (Some(ROOT), Some("18.0.0")));
    assert!(discovery.tls_routing);
    assert_eq!(discovery.web_address(), Address::parse("proxy.test:443"));
    let failure = find(&address, false, now()).await.unwrap_err();
    assert!(failure.to_string().contains("--insecure"), "{failure}");
    // A server that a person allowed for the web leg is still no Auth Service.
    let root = Cluster::new(ROOT);
    let target = Target { insecure: true, ..server.as_proxy() };
    let error = connect(&identity(&root), &target, now()).await.unwrap_err();
    assert!(matches!(error.main_failure(), Some(Failure::WrongService(_))), "{error}");
}

#[tokio::test]
async fn a_proxy_that_names_another_web_address_is_followed_there() {
    let root = Cluster::new(ROOT);
    let real = Server::start(Manner::Auth(auth(&root))).await;
    let answer = format!(r#"{{"proxy":{{"ssh":{{"public_addr":"127.0.0.1:{}"}}}}}}"#, real.address.port());
    let front = Server::start(Manner::Web(Arc::new(web_server()), answer.leak())).await;
    let target = Target { insecure: true, ..front.as_proxy() };
    let connected = connect(&identity(&root), &target, now()).await.unwrap();
    let addresses: Vec<_> = connected.attempts.iter().map(|attempt| attempt.address.clone()).collect();
    assert_eq!(addresses, [front.address.to_string(), real.address.to_string()]);
}
