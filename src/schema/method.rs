//! Every method we call, with its path and its messages.
//!
//! One list for both sides: `api` calls by it, the demo answers by it. Since which version a method exists, and what to call
//! where it does not, is decided by the kinds.

use std::marker::PhantomData;

use super::proto::{
    AccessCapabilities, AccessCapabilitiesRequest, AccessRequestFilter, AccessReviewSubmission, AppList,
    CreateAuthenticateChallengeRequest, DeleteApplicationServerRequest, DeleteRoleRequest, Empty, Event,
    GetApplicationServersRequest, GetApplicationServersResponse, GetRoleRequest, GetRolesResponse, GetUserRequest,
    GetUserResponse, ListAccessRequestsRequest, ListAccessRequestsResponse, ListProvisionTokensRequest,
    ListProvisionTokensResponse, ListRemoteClustersResponse, ListResourcesRequest, ListResourcesResponse, ListRolesRequest,
    ListRolesResponse, ListTrustedClustersResponse, NameRequest, PageRequest, PingRequest, PingResponse, ProvisionTokenList,
    RequestId, RequestStateSetter, ResourceRequest, RoleRequest, TokenRequest, TrustedClusterList, UpdateRemoteClusterRequest,
    Watch,
};
use super::raw::Raw;

/// A method that answers once.
#[derive(Debug)]
pub struct Unary<Q, R> {
    /// Where it lives: `/package.Service/Method`.
    pub path: &'static str,
    messages: PhantomData<fn(Q) -> R>,
}

/// A method that answers as often as it likes.
#[derive(Debug)]
pub struct Streaming<Q, R> {
    /// Where it lives: `/package.Service/Method`.
    pub path: &'static str,
    messages: PhantomData<fn(Q) -> R>,
}

macro_rules! unary {
    ($($name:ident: $request:ty => $reply:ty = $path:literal;)*) => {$(
        #[doc = concat!("`", $path, "`")]
        pub const $name: Unary<$request, $reply> = Unary { path: $path, messages: PhantomData };
    )*};
}

macro_rules! streaming {
    ($($name:ident: $request:ty => $reply:ty = $path:literal;)*) => {$(
        #[doc = concat!("`", $path, "`")]
        pub const $name: Streaming<$request, $reply> = Streaming { path: $path, messages: PhantomData };
    )*};
}

unary! {
    PING: PingRequest => PingResponse = "/proto.AuthService/Ping";
    GET_USER: GetUserRequest => GetUserResponse = "/teleport.users.v1.UsersService/GetUser";
    GET_CURRENT_USER: Empty => Raw = "/proto.AuthService/GetCurrentUser";
    GET_ACCESS_CAPABILITIES: AccessCapabilitiesRequest => AccessCapabilities = "/proto.AuthService/GetAccessCapabilities";

    GET_ROLE: GetRoleRequest => Raw = "/proto.AuthService/GetRole";
    LIST_ROLES: ListRolesRequest => ListRolesResponse = "/proto.AuthService/ListRoles";
    GET_ROLES: Empty => GetRolesResponse = "/proto.AuthService/GetRoles";
    CREATE_ROLE: RoleRequest => Raw = "/proto.AuthService/CreateRole";
    UPDATE_ROLE: RoleRequest => Raw = "/proto.AuthService/UpdateRole";
    UPSERT_ROLE_V2: RoleRequest => Raw = "/proto.AuthService/UpsertRoleV2";
    UPSERT_ROLE: Raw => Empty = "/proto.AuthService/UpsertRole";
    DELETE_ROLE: DeleteRoleRequest => Empty = "/proto.AuthService/DeleteRole";

    GET_TOKEN: ResourceRequest => Raw = "/proto.AuthService/GetToken";
    GET_TOKENS: Empty => ProvisionTokenList = "/proto.AuthService/GetTokens";
    LIST_PROVISION_TOKENS: ListProvisionTokensRequest => ListProvisionTokensResponse = "/proto.AuthService/ListProvisionTokens";
    CREATE_TOKEN_V2: TokenRequest => Empty = "/proto.AuthService/CreateTokenV2";
    UPSERT_TOKEN_V2: TokenRequest => Empty = "/proto.AuthService/UpsertTokenV2";
    UPSERT_TOKEN: Raw => Empty = "/proto.AuthService/UpsertToken";
    DELETE_TOKEN: ResourceRequest => Empty = "/proto.AuthService/DeleteToken";

    LIST_ACCESS_REQUESTS: ListAccessRequestsRequest => ListAccessRequestsResponse = "/proto.AuthService/ListAccessRequests";
    CREATE_ACCESS_REQUEST_V2: Raw => Raw = "/proto.AuthService/CreateAccessRequestV2";
    SET_ACCESS_REQUEST_STATE: RequestStateSetter => Empty = "/proto.AuthService/SetAccessRequestState";
    SUBMIT_ACCESS_REVIEW: AccessReviewSubmission => Raw = "/proto.AuthService/SubmitAccessReview";
    DELETE_ACCESS_REQUEST: RequestId => Empty = "/proto.AuthService/DeleteAccessRequest";

    GET_REMOTE_CLUSTER: NameRequest => Raw = "/teleport.presence.v1.PresenceService/GetRemoteCluster";
    LIST_REMOTE_CLUSTERS: PageRequest => ListRemoteClustersResponse = "/teleport.presence.v1.PresenceService/ListRemoteClusters";
    UPDATE_REMOTE_CLUSTER: UpdateRemoteClusterRequest => Raw = "/teleport.presence.v1.PresenceService/UpdateRemoteCluster";
    DELETE_REMOTE_CLUSTER: NameRequest => Empty = "/teleport.presence.v1.PresenceService/DeleteRemoteCluster";
    GET_TRUSTED_CLUSTER: ResourceRequest => Raw = "/proto.AuthService/GetTrustedCluster";
    GET_TRUSTED_CLUSTERS: Empty => TrustedClusterList = "/proto.AuthService/GetTrustedClusters";
    LIST_TRUSTED_CLUSTERS: PageRequest => ListTrustedClustersResponse = "/teleport.trust.v1.TrustService/ListTrustedClusters";

    LIST_RESOURCES: ListResourcesRequest => ListResourcesResponse = "/proto.AuthService/ListResources";
    GET_APPLICATION_SERVERS: GetApplicationServersRequest => GetApplicationServersResponse
        = "/proto.AuthService/GetApplicationServers";
    DELETE_APPLICATION_SERVER: DeleteApplicationServerRequest => Empty = "/proto.AuthService/DeleteApplicationServer";
    GET_APPS: Empty => AppList = "/proto.AuthService/GetApps";
    GET_APP: ResourceRequest => Raw = "/proto.AuthService/GetApp";
    CREATE_APP: Raw => Empty = "/proto.AuthService/CreateApp";
    UPDATE_APP: Raw => Empty = "/proto.AuthService/UpdateApp";
    DELETE_APP: ResourceRequest => Empty = "/proto.AuthService/DeleteApp";

    CREATE_AUTHENTICATE_CHALLENGE: CreateAuthenticateChallengeRequest => Raw = "/proto.AuthService/CreateAuthenticateChallenge";
}

streaming! {
    GET_CURRENT_USER_ROLES: Empty => Raw = "/proto.AuthService/GetCurrentUserRoles";
    GET_ACCESS_REQUESTS_V2: AccessRequestFilter => Raw = "/proto.AuthService/GetAccessRequestsV2";
    WATCH_EVENTS: Watch => Event = "/proto.AuthService/WatchEvents";
}
