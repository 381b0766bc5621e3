//! Watches and what breaks them.

use std::time::Duration;

use prost::Message;
use tonic::Code;

use super::client::Client;
use super::visit;
use crate::demo::Cut;
use crate::schema::method as call;
use crate::schema::proto::event::Resource;
use crate::schema::proto::{
    DeleteRoleRequest, Event, GetRoleRequest, ListRolesRequest, Operation, PingRequest, RoleRequest, Watch, WatchKind,
};
use crate::schema::types::{Metadata, RoleV6};

fn role(name: &str) -> RoleRequest {
    let metadata = Metadata { name: name.to_owned(), ..Metadata::default() };
    RoleRequest { role: RoleV6 { metadata: Some(metadata), ..RoleV6::default() }.encode_to_vec().into() }
}

async fn next(stream: &mut tonic::Streaming<Event>) -> Event {
    stream.message().await.expect("the stream goes on").expect("an event")
}

#[tokio::test]
async fn init_comes_first_and_names_what_was_granted() {
    let (_server, mut tony) = visit("tony").await;
    let mut events = tony.watch(&["role", "app_server", "static_tokens", "remote_cluster"]).await.expect("some are granted");
    let init = next(&mut events).await;
    assert_eq!(init.r#type, Operation::Init as i32);
    let Some(Resource::WatchStatus(status)) = init.resource else { panic!("INIT carries the status") };
    let kinds: Vec<String> = status.spec.unwrap_or_default().kinds.into_iter().map(|kind| kind.kind).collect();
    assert_eq!(kinds, ["app_server", "remote_cluster"]);
    let refused = tony.watch(&["role"]).await.expect_err("nothing is left");
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, "none of the requested kinds can be watched"));
    let kinds = vec![WatchKind { kind: "role".to_owned(), ..WatchKind::default() }];
    let refused =
        tony.stream(&call::WATCH_EVENTS, Watch { kinds, allow_partial_success: false }).await.expect_err("all or none");
    assert_eq!(refused.message(), "access denied to perform action \"read\" on \"role\"");
}

#[tokio::test]
async fn changes_arrive_in_their_order() {
    let (_server, mut ada) = visit("ada").await;
    let mut events = ada.watch(&["role"]).await.expect("granted");
    assert_eq!(next(&mut events).await.r#type, Operation::Init as i32);
    let made = ada.call(&call::CREATE_ROLE, role("new")).await.expect("created");
    ada.call(&call::DELETE_ROLE, DeleteRoleRequest { name: "new".to_owned() }).await.expect("deleted");
    let Some(Resource::Role(put)) = next(&mut events).await.resource else { panic!("the role itself") };
    assert_eq!(put, made.0);
    let gone = next(&mut events).await;
    assert_eq!(gone.r#type, Operation::Delete as i32);
    let Some(Resource::ResourceHeader(header)) = gone.resource else { panic!("a header") };
    assert_eq!((header.kind.as_str(), header.metadata.unwrap_or_default().name.as_str()), ("role", "new"));
}

#[tokio::test]
async fn streams_are_cut_in_three_ways_and_can_be_opened_again() {
    let (server, mut ada) = visit("ada").await;
    for (cut, code) in [(Cut::Unavailable, Some(Code::Unavailable)), (Cut::Reset, None), (Cut::Silent, None)] {
        let mut events = ada.watch(&["role"]).await.expect("granted");
        next(&mut events).await;
        server.faults().cut_streams(cut);
        let end = events.message().await;
        assert!(!matches!(end, Ok(Some(_))), "{cut:?}: {end:?}");
        if let (Some(code), Err(status)) = (code, end) {
            assert_eq!(status.code(), code);
        }
    }
}

#[tokio::test]
async fn a_denied_kind_is_neither_listed_nor_watched() {
    let (server, mut ada) = visit("ada").await;
    server.faults().deny("role");
    let refused = ada.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect_err("denied");
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(ada.watch(&["role"]).await.expect_err("denied").code(), Code::InvalidArgument);
    server.faults().allow("role");
    ada.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect("allowed again");
}

#[tokio::test]
async fn somebody_else_saves_between_read_and_save() {
    let (server, mut ada) = visit("ada").await;
    ada.call(&call::CREATE_ROLE, role("shared")).await.expect("created");
    server.faults().bump_after_read("role", "shared");
    let read = ada.call(&call::GET_ROLE, GetRoleRequest { name: "shared".to_owned() }).await.expect("there");
    let refused = ada.call(&call::UPDATE_ROLE, RoleRequest { role: read.0 }).await.expect_err("overtaken");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let read = ada.call(&call::GET_ROLE, GetRoleRequest { name: "shared".to_owned() }).await.expect("there");
    ada.call(&call::UPDATE_ROLE, RoleRequest { role: read.0 }).await.expect("once is enough");
}

#[tokio::test]
async fn frozen_answers_nothing_until_it_thaws() {
    let (server, mut ada) = visit("ada").await;
    server.faults().freeze(true);
    let waiting = tokio::time::timeout(Duration::from_millis(50), ada.call(&call::PING, PingRequest {})).await;
    assert!(waiting.is_err());
    server.faults().freeze(false);
    ada.call(&call::PING, PingRequest {}).await.expect("thawed");
}

#[tokio::test]
async fn connections_are_cut_and_refused() {
    let (server, mut ada) = visit("ada").await;
    let mut events = ada.watch(&["role"]).await.expect("granted");
    next(&mut events).await;
    server.faults().refuse_connections(true);
    server.faults().cut_connections();
    assert!(!matches!(events.message().await, Ok(Some(_))));
    assert!(Client::connect(&server, server.identity(), true).await.is_err());
    server.faults().refuse_connections(false);
    let mut again = Client::login(&server, "ada").await;
    again.call(&call::PING, PingRequest {}).await.expect("new ones are served");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_rules() {
    let (server, mut ada) = visit("ada").await;
    let mut tony = Client::login(&server, "tony").await;
    server.faults().demand_mfa(true);
    let refused = ada.call(&call::CREATE_ROLE, role("new")).await.expect_err("no second factor");
    assert_eq!(refused.message(), "admin-level API request requires MFA verification");
    let refused = tony.call(&call::CREATE_ROLE, role("new")).await.expect_err("no right");
    assert_eq!(refused.message(), "access denied to perform action \"create\" on \"role\"");
}
