//! What became of an action that got no answer: looked at until it is known, never sent again.
//!
//! Reading the request before, comparing it with what was seen and reading it afterwards is the kind's part, in its action. What
//! remains here is the same for every kind: the connection that was lost comes back, perhaps on another client, and the resource
//! itself tells whether the action is still open.

use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use crate::api::{Client, Family};
use crate::kind::{Action, Kind, Order};
use crate::resource::Strings;

/// How long after the silence to look; a server that was cut off in the middle is done by then.
const LOOKS: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

/// What is known after looking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is still open: what was sent did not arrive, as far as can be seen.
    Open,
    /// It is settled, by us or by another; why the action cannot be done any more.
    Settled(String),
    /// The resource is gone.
    Gone,
}

/// Looks at the resource of an unanswered order until it is known what became of it. Waits for a connection as long as it takes;
/// nothing comes of it only when there will never be one again.
pub async fn until_known(
    mut link: watch::Receiver<Option<Client>>,
    kind: &'static Kind,
    action: &Action,
    order: &Order,
    now: SystemTime,
) -> Option<Known> {
    let mut looks = LOOKS.into_iter();
    loop {
        let client = link.wait_for(Option::is_some).await.ok()?.clone()?;
        match (kind.fetch)(&client, &order.reference).await {
            Ok(resource) => {
                let item = (kind.item)(resource.kind(), &resource.bytes(), &mut Strings::default());
                if let Ok(Err(refusal)) = item.map(|item| (action.ready)(&item, client.caller(), now)) {
                    return Some(Known::Settled(refusal.0));
                }
                // Still open; but a cache may lag, and a server may still be at it.
                let Some(pause) = looks.next() else { return Some(Known::Open) };
                tokio::time::sleep(pause).await;
            }
            Err(error) if error.family == Family::NotFound => return Some(Known::Gone),
            Err(error) => {
                tracing::debug!(%error, "not known yet");
                tokio::time::sleep(LOOKS[0]).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use prost_types::Timestamp;

    use super::*;
    use crate::kind;
    use crate::kind::Seen;
    use crate::resource::Reference;
    use crate::schema::Raw;
    use crate::schema::types::{AccessRequestSpecV3, AccessRequestV3, Metadata};
    use crate::store::tests::fake::Fake;
    use crate::store::tests::now;

    fn request(state: i32) -> Raw {
        let expiry = Some(Timestamp { seconds: 2_000_000, nanos: 0 });
        let spec = AccessRequestSpecV3 {
            user: "rex".into(),
            roles: vec!["dba".into()],
            state,
            expiry,
            ..AccessRequestSpecV3::default()
        };
        let metadata = Some(Metadata { name: "id".into(), ..Metadata::default() });
        Raw(AccessRequestV3 { kind: "access_request".into(), metadata, spec: Some(spec), ..AccessRequestV3::default() }
            .encode_to_vec()
            .into())
    }

    async fn ask(answers: &[i32]) -> Option<Known> {
        let (mut fake, client) = Fake::new();
        let (link, receiver) = watch::channel(None);
        let kind = kind::named("access_request").expect("a kind");
        let action = kind.action("approve").expect("an action");
        let order = Order {
            reference: Reference::new("access_request", "id"),
            seen: Seen::default(),
            reason: String::new(),
            roles: Vec::new(),
            duration: None,
            dry_run: false,
        };
        let asking = tokio::spawn(async move { until_known(receiver, kind, action, &order, now()).await });
        link.send_replace(Some(client));
        for state in answers {
            fake.expect("GetAccessRequestsV2").await.reply(&request(*state)).await;
        }
        asking.await.expect("no panic")
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_request_is_looked_at_until_it_is_settled_or_surely_open() {
        assert!(matches!(ask(&[1, 1, 2]).await, Some(Known::Settled(_))));
        assert_eq!(ask(&[1, 1, 1, 1, 1]).await, Some(Known::Open));
    }
}
