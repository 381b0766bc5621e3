//! Tokens, leaves and app servers; a cluster at scale; an identity file from inside.

use std::time::Duration;

use prost::Message;
use tonic::Code;

use super::client::Client;
use super::{still, visit};
use crate::demo::{Edition, Options, Server};
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::event::Resource;
use crate::schema::proto::paginated_resource;
use crate::schema::proto::{
    DeleteApplicationServerRequest, Empty, GetRoleRequest, ListResourcesRequest, ListResourcesResponse, ListRolesRequest,
    NameRequest, Operation, PageRequest, ResourceRequest, RoleRequest, TokenRequest, UpdateRemoteClusterRequest,
};
use crate::schema::types::{AppServerV3, Metadata, ProvisionTokenSpecV2, ProvisionTokenV2, RemoteClusterV3, RoleV6};

fn opened(page: ListResourcesResponse) -> Vec<AppServerV3> {
    let bytes = page.resources.into_iter().filter_map(|resource| resource.resource);
    bytes.map(|paginated_resource::Resource::AppServer(bytes)| AppServerV3::decode(bytes).expect("an app server")).collect()
}

fn servers() -> ListResourcesRequest {
    ListResourcesRequest { resource_type: "app_server".to_owned(), namespace: "default".to_owned(), ..Default::default() }
}

async fn names(client: &mut Client, wanted: ListResourcesRequest) -> Vec<String> {
    let page = client.call(&call::LIST_RESOURCES, wanted).await.expect("a list, if an empty one");
    opened(page).into_iter().map(|server| server.metadata.unwrap_or_default().name).collect()
}

fn token(name: &str, roles: &[&str]) -> TokenRequest {
    let token = ProvisionTokenV2 {
        metadata: Some(Metadata { name: name.to_owned(), ..Metadata::default() }),
        spec: Some(ProvisionTokenSpecV2 { roles: roles.iter().map(|role| (*role).to_owned()).collect(), ..Default::default() }),
        ..ProvisionTokenV2::default()
    };
    TokenRequest { v2: token.encode_to_vec().into() }
}

#[tokio::test]
async fn tokens_are_checked_completed_and_masked() {
    let (_server, mut ada) = visit("ada").await;
    for (sent, words) in [
        (token("new", &[]), "provisioning token is missing roles"),
        (token("new", &["Captain"]), "role Captain is not registered"),
    ] {
        let refused = ada.call(&call::CREATE_TOKEN_V2, sent).await.expect_err(words);
        assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, words));
    }
    ada.call(&call::CREATE_TOKEN_V2, token("new", &["Node"])).await.expect("created");
    let again = ada.call(&call::CREATE_TOKEN_V2, token("new", &["Node"])).await.expect_err("exists");
    assert_eq!(again.code(), Code::AlreadyExists);
    let read = ada.call(&call::GET_TOKEN, ResourceRequest { name: "new".to_owned() }).await.expect("there");
    let read = ProvisionTokenV2::decode(read.0).expect("a token");
    assert_eq!((read.kind.as_str(), read.spec.unwrap_or_default().join_method.as_str()), ("token", "token"));
    let name = "0123456789abcdef".to_owned();
    let refused = ada.call(&call::DELETE_TOKEN, ResourceRequest { name }).await.expect_err("absent");
    assert_eq!(refused.message(), "provisioning token(************cdef) not found");
}

#[tokio::test]
async fn leaves_are_seen_by_their_labels_and_changed_by_mask() {
    let (server, mut ada) = visit("ada").await;
    let page = PageRequest { page_size: 2, page_token: String::new() };
    let first = ada.call(&call::LIST_REMOTE_CLUSTERS, page).await.expect("a page");
    assert_eq!((first.remote_clusters.len(), first.next_page_token.as_str()), (2, "fabrikam"));
    let mut tony = Client::login(&server, "tony").await;
    let none = tony.call(&call::LIST_REMOTE_CLUSTERS, PageRequest::default()).await.expect("no refusal");
    assert!(none.remote_clusters.is_empty());
    let hidden = tony.call(&call::GET_REMOTE_CLUSTER, NameRequest { name: "fabrikam".to_owned() }).await.expect_err("not his");
    assert_eq!((hidden.code(), hidden.message()), (Code::NotFound, "not found"));

    let mut leaf = RemoteClusterV3::decode(first.remote_clusters[0].clone()).expect("a leaf");
    leaf.metadata.get_or_insert_default().labels = [("env".to_owned(), "dev".to_owned())].into();
    let sent = |path: &str| UpdateRemoteClusterRequest {
        remote_cluster: leaf.encode_to_vec().into(),
        update_mask: Some(prost_types::FieldMask { paths: vec![path.to_owned()] }),
    };
    let refused = ada.call(&call::UPDATE_REMOTE_CLUSTER, sent("metadata.labels")).await.expect_err("spelled otherwise");
    assert_eq!(refused.message(), "unsupported field: \"metadata.labels\"");
    let Raw(bytes) = ada.call(&call::UPDATE_REMOTE_CLUSTER, sent("Metadata.Labels")).await.expect("updated");
    let updated = RemoteClusterV3::decode(bytes).expect("a leaf");
    assert_eq!(updated.metadata.unwrap_or_default().labels.len(), 1);
    assert_eq!(updated.status, leaf.status);
}

#[tokio::test]
async fn app_servers_are_narrowed_and_each_host_counts() {
    let (server, mut ada) = visit("ada").await;
    let grafana =
        names(&mut ada, ListResourcesRequest { predicate_expression: "name == \"grafana\"".to_owned(), ..servers() }).await;
    assert_eq!(grafana, ["grafana", "grafana"], "one for each host");
    let words = ListResourcesRequest { search_keywords: vec!["card".to_owned(), "payments".to_owned()], ..servers() };
    assert_eq!(names(&mut ada, words).await.len(), 3);
    let mut tony = Client::login(&server, "tony").await;
    let his = names(&mut tony, servers()).await;
    assert!(
        !his.is_empty()
            && his.iter().all(|name| ["mailhog", "returns-desk", "swagger", "ticketing", "wiki"].contains(&name.as_str())),
        "{his:?}"
    );
    let refused =
        ada.call(&call::LIST_RESOURCES, ListResourcesRequest { resource_type: "boat".to_owned(), ..Default::default() });
    assert_eq!(refused.await.expect_err("no such kind").message(), "resource type boat does not support pagination");
}

#[tokio::test]
async fn a_deleted_app_servers_host_is_in_the_description() {
    let (_server, mut ada) = visit("ada").await;
    let mut events = ada.watch(&["app_server"]).await.expect("granted");
    events.message().await.expect("no failure").expect("INIT");
    let one = opened(ada.call(&call::LIST_RESOURCES, servers()).await.expect("all")).remove(0);
    let (host_id, name) = (one.spec.unwrap_or_default().host_id, one.metadata.unwrap_or_default().name);
    let gone = DeleteApplicationServerRequest { namespace: "default".to_owned(), host_id: host_id.clone(), name: name.clone() };
    ada.call(&call::DELETE_APPLICATION_SERVER, gone.clone()).await.expect("deleted");
    let event = events.message().await.expect("no failure").expect("an event");
    assert_eq!(event.r#type, Operation::Delete as i32);
    let Some(Resource::ResourceHeader(header)) = event.resource else { panic!("a header") };
    let metadata = header.metadata.unwrap_or_default();
    assert_eq!((metadata.name, metadata.description, metadata.revision.as_str()), (name.clone(), host_id.clone(), ""));
    let again = ada.call(&call::DELETE_APPLICATION_SERVER, gone).await.expect_err("gone");
    assert_eq!(again.message(), format!("key \"/appServers/default/{host_id}/{name}\" is not found"));
}

#[tokio::test]
async fn scale_adds_the_promised_numbers_and_heartbeats() {
    let options = Options { scale: 2000, events_per_second: 400, ..Options::default() };
    let server = Server::start(options).await.expect("the demo starts");
    let mut ada = Client::login(&server, "ada").await;
    let (mut found, mut start_key) = (Vec::new(), String::new());
    loop {
        let page = ada.call(&call::LIST_RESOURCES, ListResourcesRequest { limit: 700, start_key, ..servers() }).await;
        let mut page = page.expect("a page");
        start_key = std::mem::take(&mut page.next_key);
        found.extend(opened(page));
        if start_key.is_empty() {
            break;
        }
    }
    let key = |server: &AppServerV3| {
        let spec = server.spec.clone().unwrap_or_default();
        (spec.host_id, server.metadata.clone().unwrap_or_default().name)
    };
    let keys: std::collections::BTreeSet<_> = found.iter().map(key).collect();
    assert_eq!(keys.len(), found.len());
    let seeds = found.len() - 2000;
    assert!((30..60).contains(&seeds), "{seeds}");
    let roles = ada.call(&call::LIST_ROLES, ListRolesRequest { limit: 16_000, ..Default::default() }).await.expect("all");
    assert!(roles.roles.len() > 400 && roles.roles.len() < 450);

    let mut events = ada.watch(&["app_server"]).await.expect("granted");
    events.message().await.expect("no failure").expect("INIT");
    let Some(Resource::AppServer(bytes)) = events.message().await.expect("no failure").expect("an event").resource else {
        panic!("a heartbeat carries the app server");
    };
    let beaten = AppServerV3::decode(bytes).expect("an app server");
    assert!(keys.contains(&key(&beaten)), "only what exists has a heartbeat");
    assert_eq!(beaten.metadata.unwrap_or_default().revision, "");
}

#[tokio::test]
async fn a_made_up_role_can_be_edited_and_stays_one() {
    let server = Server::start(Options { scale: 50, ..Options::default() }).await.expect("the demo starts");
    let mut ada = Client::login(&server, "ada").await;
    let count = |roles: &[bytes::Bytes]| roles.len();
    let before = ada.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect("all").roles;
    let last = RoleV6::decode(before[count(&before) - 1].clone()).expect("a role");
    let name = last.metadata.unwrap_or_default().name;
    assert!(name.ends_with("-9"), "{name} is the last of ten");
    let read = ada.call(&call::GET_ROLE, GetRoleRequest { name }).await.expect("there");
    ada.call(&call::UPDATE_ROLE, RoleRequest { role: read.0.clone() }).await.expect("saved");
    ada.call(&call::UPDATE_ROLE, RoleRequest { role: read.0 }).await.expect_err("overtaken");
    let after = ada.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect("all").roles;
    assert_eq!(count(&before), count(&after));
}

#[tokio::test]
async fn with_a_lag_reads_and_events_are_old() {
    let (server, mut ada) = visit("ada").await;
    server.faults().lag(Duration::from_hours(1));
    let mut events = ada.watch(&["role"]).await.expect("granted");
    events.message().await.expect("no failure").expect("INIT");
    let read = |name: &str| GetRoleRequest { name: name.to_owned() };
    let old = ada.call(&call::GET_ROLE, read("support")).await.expect("there");
    let saved = ada.call(&call::UPDATE_ROLE, RoleRequest { role: old.0.clone() }).await.expect("saved");
    // The order of map entries on the wire means nothing, so messages are compared.
    let told = |raw: Raw| RoleV6::decode(raw.0).expect("a role");
    let behind = ada.call(&call::GET_ROLE, read("support")).await.expect("there");
    assert_eq!(told(behind), told(old.clone()), "the cache is behind");
    ada.call(&call::UPDATE_ROLE, RoleRequest { role: old.0 }).await.expect_err("the storage is not");
    server.faults().lag(Duration::ZERO);
    let event = events.message().await.expect("no failure").expect("an event");
    assert_eq!(event.resource, Some(Resource::Role(saved.0.clone())));
    let now = ada.call(&call::GET_ROLE, read("support")).await.expect("there");
    assert_eq!(told(now), told(saved));
}

#[tokio::test]
async fn older_servers_and_locked_users_can_be_played() {
    let (server, mut ada) = visit("ada").await;
    server.faults().hide(call::LIST_ROLES.path);
    let refused = ada.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect_err("unknown");
    assert_eq!(refused.message(), "unknown method ListRoles for service proto.AuthService");
    server.faults().lock("ada");
    let refused = ada.ask::<Empty, Empty>(call::PING.path, Empty {}).await.expect_err("locked");
    assert_eq!((refused.code(), refused.message()), (Code::PermissionDenied, "access denied"));
}

#[tokio::test]
async fn nothing_happens_while_the_clock_stands_still() {
    let (_server, mut ada) = visit("ada").await;
    let before = names(&mut ada, servers()).await;
    let mut events = ada.watch(&["access_request", "app_server", "role", "token"]).await.expect("granted");
    events.message().await.expect("no failure").expect("INIT");
    assert!(tokio::time::timeout(Duration::from_millis(200), events.message()).await.is_err());
    assert_eq!(names(&mut ada, servers()).await, before);
}

#[tokio::test]
async fn a_certificate_says_what_teleports_say() {
    use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
    use x509_parser::prelude::{FromDer, X509Certificate};

    let server = still(Edition::Enterprise).await;
    let file = server.identity_for("barbara").expect("a user of the demo");
    assert!(file.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let blocks: Vec<_> = CertificateDer::pem_slice_iter(file.as_bytes()).map(|found| found.expect("a certificate")).collect();
    assert_eq!(blocks.len(), 2, "her own, then the host CA");
    let (rest, certificate) = X509Certificate::from_der(&blocks[0]).expect("a certificate");
    assert!(rest.is_empty());
    let values = |oid: &str| -> Vec<String> {
        let found = certificate.subject().iter_attributes().filter(|attribute| attribute.attr_type().to_id_string() == oid);
        found.map(|attribute| attribute.as_str().expect("text").to_owned()).collect()
    };
    assert_eq!(values("2.5.4.3"), ["barbara"]);
    assert_eq!(values("2.5.4.10"), ["sre", "platform-admin"], "one set, sorted as DER sorts");
    assert_eq!(values("1.3.9999.1.7"), ["northwind"]);
    assert_eq!(values("1.3.9999.2.8").len(), 1);
    assert_eq!(values("2.5.4.17"), [r#"{"logins":["barbara","ubuntu"],"team":["sre"]}"#]);
    let issuer: Vec<_> = certificate.issuer().iter_common_name().map(|name| name.as_str().expect("text")).collect();
    assert_eq!(issuer, ["northwind"]);
    let left = certificate.validity().not_after.timestamp() - 1_780_000_000;
    assert_eq!(left, 12 * 3600);
}
