//! The seeds of `assets/demo/`: YAML as `tctl` prints it, with times told from now.
//!
//! `@+11m@` and `@-3d@` stand for a moment that far from the start of the demo, so that a request always has eleven minutes left
//! when somebody looks first. All seeds come in through [`load`]; who among the people is special is said here as well.

use std::time::SystemTime;

use bytes::Bytes;
use prost::Message;

use super::Error;
use super::caller::Identity;
use super::collection::Kind;
use super::session::moment;
use super::tls::Person;
use crate::schema::types::{AccessRequestV3, Metadata, ResourceHeader, RoleConditions, RoleSpecV6, RoleV6, Rule, UserSpecV2, UserV2};

/// The visitor.
pub(super) const ADA: &str = "ada";
/// Her certificate carries this request, which therefore has to be in the seeds, approved.
const BARBARA: (&str, &str) = ("barbara", "0199c1d4-6b1e-7c3a-9f42-5d0e8a7b6c11");
/// His certificate has ended.
const DENNIS: &str = "dennis";

/// Every seed with its kind and the file it is from.
pub(super) fn load(_now: SystemTime) -> Result<Vec<(Kind, &'static str, Bytes)>, Error> {
    let metadata = |name: &str| Some(Metadata { name: name.to_owned(), ..Metadata::default() });
    let all = Rule { resources: vec!["*".to_owned()], verbs: vec!["*".to_owned()], ..Rule::default() };
    let role = |name: &str, rules: Vec<Rule>| RoleV6 {
        kind: "role".to_owned(),
        version: "v8".to_owned(),
        metadata: metadata(name),
        spec: Some(RoleSpecV6 { allow: Some(RoleConditions { rules, ..Default::default() }), ..Default::default() }),
        ..RoleV6::default()
    };
    let user = |name: &str, role: &str| UserV2 {
        kind: "user".to_owned(),
        version: "v2".to_owned(),
        metadata: metadata(name),
        spec: Some(UserSpecV2 { roles: vec![role.to_owned()], ..Default::default() }),
        ..UserV2::default()
    };
    Ok(vec![
        (Kind::Role, "role", role("editor", vec![all]).encode_to_vec().into()),
        (Kind::Role, "role", role("access", vec![]).encode_to_vec().into()),
        (Kind::User, "user", user(ADA, "editor").encode_to_vec().into()),
        (Kind::User, "user", user("tony", "access").encode_to_vec().into()),
        (Kind::User, "user", user("dennis", "access").encode_to_vec().into()),
    ])
}

/// A seeded user as somebody to make a certificate for.
pub(super) fn person(user: &Bytes) -> Option<Person> {
    let user = UserV2::decode(user.clone()).ok()?;
    let (name, spec) = (user.metadata?.name, user.spec?);
    let traits = spec.traits.unwrap_or_default().values;
    let mut told: Vec<String> = traits.iter().map(|(key, values)| format!("{key:?}:{:?}", values.values)).collect();
    told.sort();
    let active_requests = if name == BARBARA.0 { vec![BARBARA.1.to_owned()] } else { Vec::new() };
    Some(Person {
        expired: name == DENNIS,
        logins: traits.get("logins").map(|logins| logins.values.clone()).unwrap_or_default(),
        traits: format!("{{{}}}", told.join(",")),
        identity: Identity { user: name, roles: spec.roles, active_requests },
    })
}

/// When the storage takes an object away. A request says it itself; its metadata has no end on servers of this version.
pub(super) fn ends(kind: Kind, bytes: &Bytes) -> Option<SystemTime> {
    if kind == Kind::AccessRequest {
        return moment(AccessRequestV3::decode(bytes.clone()).ok()?.spec?.expiry.as_ref());
    }
    moment(ResourceHeader::decode(bytes.clone()).ok()?.metadata?.expires.as_ref())
}
