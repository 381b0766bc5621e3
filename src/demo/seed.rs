//! The seeds of `assets/demo/`: YAML as `tctl` prints it, with times told from now.
//!
//! `@+11m@` and `@-3d@` stand for a moment that far from the start of the demo, so that a request always has eleven minutes left
//! when somebody looks first. All seeds come in through [`load`]; who among the people is special is said here as well.

use std::time::SystemTime;

use bytes::Bytes;
use prost::Message;
use prost_types::Timestamp;

use super::Error;
use super::caller::Identity;
use super::collection::Kind;
use super::session::moment;
use super::tls::Person;
use crate::document::Resource;
use crate::schema::types::{AccessRequestV3, AccessReviewThreshold, ResourceHeader, RoleV6, ThresholdIndexSet, UserV2};

/// The visitor.
pub(super) const ADA: &str = "ada";
/// Her certificate carries this request, which therefore has to be in the seeds, approved.
const BARBARA: (&str, &str) = ("barbara", "0199c1d4-6b1e-7c3a-9f42-5d0e8a7b6c11");
/// His certificate has ended.
const DENNIS: &str = "dennis";

/// The files, in the order in which they are read.
const FILES: [(Kind, &str, &str); 6] = [
    (Kind::Role, "role", include_str!("../../assets/demo/role.yaml")),
    (Kind::User, "user", include_str!("../../assets/demo/user.yaml")),
    (Kind::Token, "token", include_str!("../../assets/demo/token.yaml")),
    (Kind::AccessRequest, "access_request", include_str!("../../assets/demo/access_request.yaml")),
    (Kind::RemoteCluster, "remote_cluster", include_str!("../../assets/demo/remote_cluster.yaml")),
    (Kind::AppServer, "app_server", include_str!("../../assets/demo/app_server.yaml")),
];

/// Every seed with its kind and the file it is from.
pub(super) fn load(now: SystemTime) -> Result<Vec<(Kind, &'static str, Bytes)>, Error> {
    let mut seeds = Vec::new();
    for (kind, file, text) in FILES {
        let text = dated(text, now).map_err(|moment| Error::Seed(file, format!("no moment: @{moment}@")))?;
        for document in text.split("\n---\n") {
            let seed = resource(kind, document).map_err(|why| Error::Seed(file, why))?;
            seeds.push((kind, file, seed));
        }
    }
    Ok(seeds)
}

/// One document in the form that `tctl get` prints.
fn resource(kind: Kind, document: &str) -> Result<Bytes, String> {
    let seed = Resource::printed(document).map_err(|problems| format!("{problems:?} in\n{document}"))?;
    if seed.kind() == kind.word() {
        Ok(seed.bytes())
    } else {
        Err(format!("a {} stands among the {}s", seed.kind(), kind.word()))
    }
}

/// As Go writes a list in JSON: nothing between the comma and what follows.
fn list(texts: &[String]) -> String {
    texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(",")
}

/// The text with its `@+11m@` made into moments; an error is the first that is none.
fn dated(text: &str, now: SystemTime) -> Result<String, String> {
    // Whole seconds, as the server's own times of this kind are.
    let now = i64::try_from(now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()).unwrap_or_default();
    let mut dated = String::with_capacity(text.len());
    let mut quoted = text.split("\"@");
    dated.push_str(quoted.next().unwrap_or_default());
    for part in quoted {
        let (told, rest) = part.split_once("@\"").unwrap_or((part, ""));
        let seconds = now + offset(told).ok_or(told)?;
        let moment = Timestamp { seconds, nanos: 0 }.to_string();
        dated.extend(["\"", &moment, "\"", rest]);
    }
    Ok(dated)
}

/// `+1h30m` or `-12s` in seconds.
fn offset(told: &str) -> Option<i64> {
    let (sign, mut rest) = match told.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let mut seconds = 0;
    while !rest.is_empty() {
        let unit = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: i64 = rest[..unit].parse().ok()?;
        let (length, after) = match rest[unit..].split_at_checked(1)? {
            ("s", after) => (1, after),
            ("m", after) => (60, after),
            ("h", after) => (3600, after),
            ("d", after) => (86_400, after),
            _ => return None,
        };
        seconds += count * length;
        rest = after;
    }
    Some(sign * seconds)
}

/// The seed as it would be without the Enterprise parts: no votes, no thresholds but the standard one.
pub(super) fn for_community(kind: Kind, bytes: Bytes) -> Bytes {
    match kind {
        Kind::Role => RoleV6::decode(bytes.clone()).map_or(bytes, |mut role| {
            if let Some(allow) = role.spec.as_mut().and_then(|spec| spec.allow.as_mut()) {
                allow.review_requests = None;
                if let Some(request) = &mut allow.request {
                    (request.thresholds, request.search_as_roles, request.reason) = Default::default();
                }
            }
            role.encode_to_vec().into()
        }),
        Kind::AccessRequest => AccessRequestV3::decode(bytes.clone()).map_or(bytes, |mut request| {
            if let Some(spec) = &mut request.spec {
                spec.reviews.clear();
                spec.resource_ids.clear();
                let standard = AccessReviewThreshold { name: "default".to_owned(), approve: 1, deny: 1, ..Default::default() };
                spec.thresholds = vec![standard];
                spec.rtm.values_mut().for_each(|sets| sets.s = vec![ThresholdIndexSet { i: vec![0] }]);
            }
            request.encode_to_vec().into()
        }),
        _ => bytes,
    }
}

/// A seeded user as somebody to make a certificate for.
pub(super) fn person(user: &Bytes) -> Option<Person> {
    let user = UserV2::decode(user.clone()).ok()?;
    let (name, spec) = (user.metadata?.name, user.spec?);
    let traits = spec.traits.unwrap_or_default().values;
    let mut told: Vec<String> = traits.iter().map(|(key, values)| format!("{key:?}:[{}]", list(&values.values))).collect();
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn moments_are_told_from_now() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000);
        let dated = dated("a: \"@+1h2m@\"\nb: \"@-3s@\"\n", now).expect("both are moments");
        assert_eq!(dated, "a: \"2026-05-28T21:28:40Z\"\nb: \"2026-05-28T20:26:37Z\"\n");
        for wrong in ["", "5m", "+5", "+m", "+5x", "+é"] {
            assert_eq!(offset(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_seed_is_read_and_the_people_are_there() {
        let seeds = load(SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000)).expect("the seeds are good");
        let of = |kind: Kind| seeds.iter().filter(|(of, ..)| *of == kind).map(|(_, _, bytes)| bytes).collect::<Vec<_>>();
        assert_eq!(of(Kind::RemoteCluster).len(), 3);
        let people: Vec<Person> = of(Kind::User).into_iter().filter_map(person).collect();
        let named = |name: &str| people.iter().find(|person| person.identity.user == name);
        assert!(named(ADA).is_some_and(|ada| !ada.expired && ada.logins.contains(&"root".to_owned())));
        assert!(named(DENNIS).is_some_and(|dennis| dennis.expired));
        let request = named(BARBARA.0).expect("barbara").identity.active_requests.clone();
        let known = of(Kind::AccessRequest).into_iter().filter_map(|bytes| Kind::AccessRequest.key(bytes));
        assert!(known.into_iter().any(|id| request == [id]));
    }
}
