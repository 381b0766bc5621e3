//! Asking for access: what may be asked for, and the request itself.
//!
//! The server makes the ID but refuses a name that is no UUID. Times are absolute on the wire and no clock is read on this
//! floor, so a duration is counted from the server's own clock: a dry run says when the request would have been made.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use prost::Message as _;

use super::{NAME, Request};
use crate::api::{Client, Error, Family};
use crate::kind::{Asked, Done, Order, wire};
use crate::resource::{Utc, clean};
use crate::schema::Raw;
use crate::schema::method;
use crate::schema::proto::AccessCapabilitiesRequest;
use crate::schema::types::{AccessRequestSpecV3, AccessRequestV3, Metadata, RequestState};

/// What the caller may ask for, and under which rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Roles that may be requested, sorted; roles already held are not among them.
    pub roles: Vec<String>,
    /// Who is suggested to answer.
    pub reviewers: Vec<String>,
    /// Whether a reason must be given.
    pub reason_needed: bool,
    /// What the reason should say, in the administrator's words; empty if they said nothing.
    pub prompt: String,
}

/// Asks what the caller may ask for.
#[must_use]
pub fn offer(client: &Client) -> Asked<'_, Offer> {
    Box::pin(async move {
        let wanted = AccessCapabilitiesRequest { user: String::new(), requestable_roles: true, suggested_reviewers: true };
        let found = client.call(&method::GET_ACCESS_CAPABILITIES, wanted).await?;
        let mut offer = Offer {
            roles: found.requestable_roles,
            reviewers: found.suggested_reviewers,
            reason_needed: found.require_reason,
            prompt: found.request_prompt,
        };
        offer.roles.sort();
        Ok(offer)
    })
}

pub(super) fn create<'a>(client: &'a Client, order: &'a Order) -> Asked<'a, Done> {
    Box::pin(async move {
        let mut spec = AccessRequestSpecV3 {
            user: client.caller().user.clone(),
            roles: order.roles.clone(),
            state: RequestState::Pending.into(),
            request_reason: order.reason.clone(),
            dry_run: true,
            ..AccessRequestSpecV3::default()
        };
        // Always tried before it is made: a refusal then costs nothing and the answer tells the server's time.
        let tried = send(client, spec.clone()).await?;
        if let Some(duration) = order.duration {
            until(&mut spec, &tried, duration);
        }
        spec.dry_run = order.dry_run;
        let made = if order.dry_run && order.duration.is_none() { tried } else { send(client, spec).await? };
        Ok(Done::Said(said(&made, order.dry_run)))
    })
}

/// Lets the access end so long after the request is made. What the roles allow may be less; the server's answer says.
fn until(spec: &mut AccessRequestSpecV3, tried: &Request, duration: Duration) {
    let end = wire::moment(tried.spec.created.as_ref()).and_then(|created| created.checked_add(duration)).map(wire::stamp);
    spec.max_duration = end;
    spec.expires = end;
}

async fn send(client: &Client, spec: AccessRequestSpecV3) -> Result<Request, Error> {
    let message = AccessRequestV3 {
        kind: NAME.to_owned(),
        version: "v3".to_owned(),
        metadata: Some(Metadata { name: uuid(), ..Metadata::default() }),
        spec: Some(spec),
        ..AccessRequestV3::default()
    };
    let path = method::CREATE_ACCESS_REQUEST_V2.path;
    let raw = client.call(&method::CREATE_ACCESS_REQUEST_V2, Raw(message.encode_to_vec().into())).await?;
    let made = wire::decode::<AccessRequestV3>(NAME, &raw.0).map_err(|error| Error::new(Family::Malformed, path, error.0))?;
    Ok(made.into())
}

/// A random UUID of version 4, to satisfy the check; no secret, and no server keeps it that makes its own.
fn uuid() -> String {
    let random = || u128::from(RandomState::new().hash_one(0));
    let bits = (random() << 64 | random()) & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn said(made: &Request, dry: bool) -> String {
    let roles = made.roles().iter().map(|role| clean(role).into_owned()).collect::<Vec<_>>().join(", ");
    let until = made.until().map(|end| format!(" until {}", Utc::new(end))).unwrap_or_default();
    let reviewers = &made.spec.suggested_reviewers;
    let asked = if reviewers.is_empty() { String::new() } else { format!("; suggested: {}", clean(&reviewers.join(", "))) };
    if dry {
        format!("would ask for {roles}{until}{asked}; nothing was stored")
    } else {
        format!("asked for {roles}{until}: {}{asked}", clean(&made.metadata.name))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;

    #[test]
    fn names_are_random_uuids() {
        let (one, other) = (uuid(), uuid());
        assert_ne!(one, other);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]), "{one}");
    }

    #[test]
    fn a_duration_is_counted_from_the_servers_clock() {
        let created = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let spec = AccessRequestSpecV3 { created: Some(wire::stamp(created)), ..AccessRequestSpecV3::default() };
        let tried = Request { spec, ..Request::default() };
        let mut asked = AccessRequestSpecV3::default();
        until(&mut asked, &tried, Duration::from_hours(1));
        let end = wire::moment(asked.max_duration.as_ref());
        assert_eq!(end, Some::<SystemTime>(created + Duration::from_hours(1)));
    }
}
