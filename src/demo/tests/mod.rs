//! The demo over real sockets: what a client sees of it, rule by rule.

mod client;
mod requests;
mod rules;
mod streams;
mod things;

use std::time::{Duration, SystemTime};

use self::client::Client;
use super::{Clock, Edition, Options, Server};

/// A demo that stands still, so that nothing happens that a test did not do.
async fn still(edition: Edition) -> Server {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_000_000);
    Server::start(Options { edition, now: Clock::Frozen(now), ..Options::default() }).await.expect("the demo starts")
}

/// The same with somebody connected to it.
async fn visit(user: &str) -> (Server, Client) {
    let server = still(Edition::Enterprise).await;
    let client = Client::login(&server, user).await;
    (server, client)
}
