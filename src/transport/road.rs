//! Which way, in which order, and why not the others.
//!
//! An address somebody names as `--auth-server` may be an Auth or a Proxy Service, as with `tctl`, so it is tried as the first
//! and then as the second; a proxy's address only as the second. TLS routing is worth its one handshake on any proxy since
//! version 8, whatever the proxy says about itself. Only roads that are tested are offered.

use std::fmt;
use std::time::Duration;

use super::address::Address;
use super::failure::Failure;
use super::{Target, discovery};
use crate::credentials::Identity;

/// A way to the Auth Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Road {
    /// Straight to its port.
    Direct,
    /// Through the web port of a Proxy Service that routes by protocol.
    TlsRouting,
}

impl fmt::Display for Road {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "direct",
            Self::TlsRouting => "TLS routing",
        })
    }
}

/// One road tried on one address, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which road.
    pub road: Road,
    /// Where.
    pub address: String,
    /// What happened.
    pub outcome: Result<(), Failure>,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (road, address, took) = (self.road, &self.address, self.took.as_millis());
        match &self.outcome {
            Ok(()) => write!(f, "{road} {address}: connected in {took} ms"),
            Err(failure) => write!(f, "{road} {address}: {failure}"),
        }
    }
}

/// A road not tried yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    pub(super) road: Road,
    /// As written, when it is no address.
    pub(super) address: Result<Address, String>,
}

const AUTH_PORT: u16 = 3025;

/// Every road in order. Nothing when no address is known.
pub(super) fn plan(identity: &Identity, target: &Target) -> Vec<Planned> {
    let mut planned = Vec::new();
    for text in &target.auth_servers {
        let address = Address::parse(text).map(|address| address.or_port(AUTH_PORT)).ok_or_else(|| text.clone());
        push(&mut planned, Road::Direct, address);
    }
    let of_profile = || identity.profile().map(|profile| profile.web_proxy_addr.clone());
    let named = target.auth_servers.iter().cloned().chain(target.proxy.clone());
    let mut proxies: Vec<String> = named.collect();
    if proxies.is_empty() {
        proxies.extend(of_profile());
    }
    for text in proxies {
        let Some(address) = Address::parse(&text) else {
            if Some(&text) == target.proxy.as_ref() {
                push(&mut planned, Road::TlsRouting, Err(text));
            }
            continue;
        };
        // The profile of this very proxy knows the port that `--proxy` left out.
        let known = of_profile().and_then(|text| Address::parse(&text)).filter(|known| known.host == address.host);
        match (address.port, known.and_then(|known| known.port)) {
            (None, Some(port)) => push(&mut planned, Road::TlsRouting, Ok(address.or_port(port))),
            (None, None) => {
                for port in discovery::WEB_PORTS {
                    push(&mut planned, Road::TlsRouting, Ok(address.or_port(port)));
                }
            }
            (Some(_), _) => push(&mut planned, Road::TlsRouting, Ok(address)),
        }
    }
    planned
}

fn push(planned: &mut Vec<Planned>, road: Road, address: Result<Address, String>) {
    let next = Planned { road, address };
    if !planned.contains(&next) {
        planned.push(next);
    }
}

/// Whether this failure answers for every other road on the same host and port too.
pub(super) fn settles(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::CertificateRefused { .. }
            | Failure::Dns(_)
            | Failure::Refused
            | Failure::Unreachable(_)
            | Failure::NotTls(_)
            | Failure::Timeout(_)
            | Failure::WrongCluster { .. }
            | Failure::ServerDates
    )
}
