//! Identities, rights, roles and their revisions.

use prost::Message;
use tonic::Code;

use super::client::Client;
use super::{still, visit};
use crate::demo::{CLUSTER_NAME, Edition};
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::{
    DeleteRoleRequest, Empty, GetRoleRequest, GetUserRequest, ListRolesRequest, PingRequest, RoleRequest,
};
use crate::schema::types::{Metadata, RoleV6};

fn role(name: &str) -> RoleRequest {
    let metadata = Metadata { name: name.to_owned(), ..Metadata::default() };
    let role = RoleV6 { version: "v7".to_owned(), metadata: Some(metadata), ..RoleV6::default() };
    RoleRequest { role: role.encode_to_vec().into() }
}

fn opened(raw: &Raw) -> RoleV6 {
    RoleV6::decode(raw.0.clone()).expect("a role")
}

#[tokio::test]
async fn without_a_certificate_only_ping_answers() {
    let server = still(Edition::Enterprise).await;
    let mut nobody = Client::connect(&server, server.identity(), false).await.expect("the handshake itself succeeds");
    let pong = nobody.call(&call::PING, PingRequest {}).await.expect("ping asks for nothing");
    assert_eq!(pong.cluster_name, CLUSTER_NAME);
    let refused = nobody.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect_err("no rights");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let me = nobody.call(&call::GET_USER, GetUserRequest { current_user: true, ..Default::default() }).await;
    assert_eq!(me.expect_err("nobody is nobody").code(), Code::NotFound);
}

#[tokio::test]
async fn a_strangers_certificate_is_refused() {
    let (server, other) = (still(Edition::Enterprise).await, still(Edition::Enterprise).await);
    let own = server.identity();
    let stolen = other.identity_for("ada").expect("ada is there too");
    let host = own.rfind("-----BEGIN CERTIFICATE").expect("the host CA comes last");
    let theirs = stolen.rfind("-----BEGIN CERTIFICATE").expect("the host CA comes last");
    let mixed = [&stolen[..theirs], &own[host..]].concat();
    let refused = match Client::connect(&server, &mixed, true).await {
        // In TLS 1.3 the client is done before the server has judged it.
        Ok(mut client) => client.call(&call::PING, PingRequest {}).await.is_err(),
        Err(_) => true,
    };
    assert!(refused);
}

#[tokio::test]
async fn an_ended_certificate_is_refused() {
    let server = still(Edition::Enterprise).await;
    let file = server.identity_for("dennis").expect("a user of the demo");
    let refused = match Client::connect(&server, &file, true).await {
        Ok(mut client) => client.call(&call::PING, PingRequest {}).await.is_err(),
        Err(_) => true,
    };
    assert!(refused);
}

#[tokio::test]
async fn an_update_needs_the_revision_as_read() {
    let (_server, mut ada) = visit("ada").await;
    let made = opened(&ada.call(&call::CREATE_ROLE, role("new")).await.expect("created"));
    assert_eq!(made.spec.clone().and_then(|spec| spec.options).map(|options| options.cert_format).as_deref(), Some("standard"));
    let again = ada.call(&call::CREATE_ROLE, role("new")).await.expect_err("exists");
    assert_eq!(again.code(), Code::AlreadyExists);

    let sent = RoleRequest { role: made.encode_to_vec().into() };
    let saved = opened(&ada.call(&call::UPDATE_ROLE, sent.clone()).await.expect("nobody wrote in between"));
    let revision = |role: &RoleV6| role.metadata.clone().unwrap_or_default().revision;
    assert_ne!(revision(&saved), revision(&made));
    for (what, stale) in [("overtaken", sent), ("without a revision", role("new")), ("of a role that is gone", role("gone"))] {
        let refused = ada.call(&call::UPDATE_ROLE, stale).await.expect_err(what);
        assert_eq!(refused.code(), Code::FailedPrecondition, "{what}");
        assert!(refused.message().starts_with("resource revision does not match, it may have been concurrently created|"));
    }
}

#[tokio::test]
async fn fields_nobody_here_knows_survive() {
    let (_server, mut ada) = visit("ada").await;
    // Field 77 of the role and of its metadata: a later version's.
    let mut bytes = role("future").role.to_vec();
    bytes.extend_from_slice(&[0xea, 0x04, 0x03, b'n', b'e', b'w']);
    let stored = ada.call(&call::CREATE_ROLE, RoleRequest { role: bytes.into() }).await.expect("created");
    let read = ada.call(&call::GET_ROLE, GetRoleRequest { name: "future".to_owned() }).await.expect("there");
    assert_eq!(read, stored);
    assert!(read.0.windows(6).any(|window| window == [0xea, 0x04, 0x03, b'n', b'e', b'w']));
}

#[tokio::test]
async fn a_refusal_names_each_missing_verb() {
    let (_server, mut tony) = visit("tony").await;
    let refused = tony.call(&call::LIST_ROLES, ListRolesRequest::default()).await.expect_err("no rule");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let words = "access denied to perform action \"list\" on \"role\", access denied to perform action \"read\" on \"role\"";
    assert_eq!(refused.message(), words);
}

#[tokio::test]
async fn a_role_in_use_or_absent_is_not_deleted() {
    let (_server, mut ada) = visit("ada").await;
    let delete = |name: &str| DeleteRoleRequest { name: name.to_owned() };
    let used = ada.call(&call::DELETE_ROLE, delete("support")).await.expect_err("tony has it");
    assert_eq!(used.code(), Code::Unknown);
    let absent = ada.call(&call::DELETE_ROLE, delete("no-such")).await.expect_err("not there");
    assert_eq!((absent.code(), absent.message()), (Code::NotFound, "role \"no-such\" is not found"));
}

#[tokio::test]
async fn pages_add_up_and_limits_hold() {
    let (_server, mut ada) = visit("ada").await;
    let page = |limit, start_key| ListRolesRequest { limit, start_key };
    let whole = ada.call(&call::LIST_ROLES, page(0, String::new())).await.expect("all of them");
    let (mut roles, mut next) = (Vec::new(), String::new());
    loop {
        let part = ada.call(&call::LIST_ROLES, page(3, next)).await.expect("a page");
        assert!(part.roles.len() <= 3);
        roles.extend(part.roles);
        next = part.next_key;
        if next.is_empty() {
            break;
        }
    }
    assert_eq!(roles, whole.roles);
    let refused = ada.call(&call::LIST_ROLES, page(16_001, String::new())).await.expect_err("too many");
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, "page size of 16001 is too large"));
}

#[tokio::test]
async fn what_it_does_not_have_is_unknown_in_the_servers_words() {
    let (_server, mut ada) = visit("ada").await;
    for (path, words) in [
        ("/proto.AuthService/Nothing", "unknown method Nothing for service proto.AuthService"),
        ("/proto.AuthService/GetRoles", "unknown method GetRoles for service proto.AuthService"),
        ("/proto.AuthService/GetCurrentUser", "method GetCurrentUser not implemented"),
        ("/other.Service/Nothing", "unknown service other.Service"),
    ] {
        let refused = ada.ask::<Empty, Empty>(path, Empty {}).await.expect_err(path);
        assert_eq!((refused.code(), refused.message()), (Code::Unimplemented, words));
    }
}
