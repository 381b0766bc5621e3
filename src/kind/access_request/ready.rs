//! Why a request cannot be answered now, in words, before a sheet opens.
//!
//! Only what is sure is refused here. Whether a clock has passed an expiry is not: the server's removal is the truth.

use std::time::SystemTime;

use super::{ACCESS_REQUESTS, columns};
use crate::api::Caller;
use crate::kind::{Item, Refusal, Value};
use crate::schema::types::RequestState;

fn value<'a>(item: &'a Item, title: &str) -> &'a Value {
    ACCESS_REQUESTS.column(title).and_then(|at| item.values.get(at)).unwrap_or(&Value::None)
}

fn refuse(words: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal(words.into()))
}

/// Whether it may be overridden by this caller.
pub(super) fn to_override(item: &Item, caller: &Caller, _now: SystemTime) -> Result<(), Refusal> {
    open(item, caller)?;
    if let Some(id) = caller.active_requests.first() {
        let id = crate::resource::clean(id);
        return refuse(format!("your certificate itself carries access request {id}: drop it first (tsh request drop)"));
    }
    Ok(())
}

/// Whether this caller may vote on it.
pub(super) fn to_vote(item: &Item, caller: &Caller, _now: SystemTime) -> Result<(), Refusal> {
    if !caller.server.reviews {
        return refuse("this cluster has no reviews (Community Edition): only an override answers a request");
    }
    open(item, caller)?;
    if value(item, "reviewers").parts().iter().any(|name| *name == caller.user) {
        return refuse("you have voted on it already, and a vote cannot be changed");
    }
    Ok(())
}

/// Whether it waits for an answer, and not for one's own.
fn open(item: &Item, caller: &Caller) -> Result<(), Refusal> {
    let pending = columns::rank(RequestState::Pending);
    match value(item, "STATE") {
        Value::Rank(rank) if *rank == pending => {}
        Value::Rank(rank) => return refuse(format!("already resolved: it is {}", rank.word)),
        _ => return refuse("its state is not known: refresh first"),
    }
    if value(item, "USER").parts() == [&*caller.user] {
        return refuse("it is your own request: someone else has to answer it");
    }
    Ok(())
}
