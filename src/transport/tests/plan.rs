//! The pure parts: which roads, in which order, how they wait for one another, and what is read from a proxy's answer.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::super::race::{Way, staged};
use super::*;

fn roads(target: &Target) -> Vec<String> {
    let identity = identity(&Cluster::new(ROOT));
    let shown = |planned: &Planned| match &planned.address {
        Ok(address) => format!("{} {address}", planned.road),
        Err(text) => format!("{} {text}?", planned.road),
    };
    road::plan(&identity, target).iter().map(shown).collect()
}

fn target(auth_servers: &[&str], proxy: Option<&str>) -> Target {
    let auth_servers = auth_servers.iter().map(ToString::to_string).collect();
    Target { auth_servers, proxy: proxy.map(str::to_owned), ..Target::default() }
}

#[test]
fn addresses_become_roads() {
    for (target, expected) in [
        (target(&[], None), vec![]),
        (target(&["a:3025"], None), vec!["direct a:3025", "TLS routing a:3025"]),
        (target(&["a"], None), vec!["direct a:3025", "TLS routing a:443", "TLS routing a:3080"]),
        (target(&[], Some("p")), vec!["TLS routing p:443", "TLS routing p:3080"]),
        (target(&[], Some("https://p:8443")), vec!["TLS routing p:8443"]),
        (target(&["a:1", "b:2"], None), vec!["direct a:1", "direct b:2", "TLS routing a:1", "TLS routing b:2"]),
        (target(&["p:1"], Some("p:1")), vec!["direct p:1", "TLS routing p:1"]),
        (target(&["a:b"], Some("")), vec!["direct a:b?", "TLS routing ?"]),
    ] {
        assert_eq!(roads(&target), expected, "{target:?}");
    }
}

fn way<'a>(pause: u64, end: Result<&'a str, &'a str>) -> Way<'a, &'a str, &'a str> {
    Box::pin(async move {
        sleep(Duration::from_secs(pause)).await;
        end
    })
}

#[tokio::test(start_paused = true)]
async fn the_next_way_starts_after_a_failure_or_after_silence() {
    let silence = Duration::from_secs(2);
    for (ways, winner, failures, seconds) in [
        (vec![], None, vec![], 0),
        (vec![way(1, Ok("a")), way(0, Ok("b"))], Some("a"), vec![], 1),
        (vec![way(1, Err("a")), way(1, Ok("b"))], Some("b"), vec!["a"], 2),
        (vec![way(9, Ok("a")), way(1, Ok("b"))], Some("b"), vec![], 3),
        (vec![way(3, Ok("a")), way(9, Ok("b"))], Some("a"), vec![], 3),
        (vec![way(5, Err("a")), way(1, Err("b")), way(9, Err("c"))], None, vec!["b", "a", "c"], 12),
    ] {
        let started = Instant::now();
        let mut failed = Vec::new();
        assert_eq!(staged(silence, ways, &mut failed).await, winner);
        assert_eq!((failed, started.elapsed().as_secs()), (failures, seconds));
    }
}

#[test]
fn answers_of_all_ages_are_read_and_nothing_else_is() {
    let address = Address::parse("proxy.test:3080").unwrap();
    let parse = |body: &str| Discovery::parse(&address, body.as_bytes());
    let old = r#"{"auth":{"type":"local"},"proxy":{"kube":{"enabled":false},"ssh":{"listen_addr":"0.0.0.0:3023",
        "tunnel_listen_addr":"0.0.0.0:3024"}},"server_version":"6.0.0-alpha.2","min_client_version":"3.0.0"}"#;
    let old = parse(old).unwrap();
    assert_eq!((old.version.as_deref(), &old.cluster, old.tls_routing), (Some("6.0.0-alpha.2"), &None, false));
    assert_eq!(old.web_address(), None);
    let odd = parse(r#"{"server_version":18,"cluster_name":"","proxy":{"tls_routing_enabled":"yes","ssh":[]}}"#).unwrap();
    assert_eq!(odd, Discovery { address: "proxy.test:3080".into(), ..Discovery::default() });
    let inward = parse(r#"{"proxy":{"ssh":{"public_addr":"tcp://0.0.0.0"}}}"#).unwrap();
    assert_eq!(inward.web_address(), Some(address.clone()), "the host that was asked, on the port that was asked");
    for none in ["", "<html>", "[]", "\"x\"", "null"] {
        assert_eq!(parse(none), None, "{none}");
    }
}

#[test]
fn an_outgoing_proxy_is_named_without_its_password() {
    let of = |pairs: &'static [(&str, &str)]| {
        unused_proxy(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    };
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[("HTTPS_PROXY", "")]), None);
    let text = of(&[("https_proxy", "http://user:secret@gate.test:3128")]).unwrap();
    assert!(text.contains("https_proxy (gate.test:3128)") && !text.contains("secret"), "{text}");
}

#[test]
fn of_several_failures_the_one_that_says_most_is_shown() {
    let attempt = |failure| Attempt { road: Road::Direct, address: "a:1".into(), outcome: Err(failure), took: Duration::ZERO };
    let refused = Failure::CertificateRefused { alert: 42, why: Refusal::Expired };
    let attempts = vec![attempt(Failure::Refused), attempt(refused.clone())];
    let error = Error::NoRoad { attempts, discovered: None };
    assert_eq!((error.main_failure(), error.family()), (Some(&refused), Family::Credentials));
    assert_eq!(error.to_string().lines().count(), 3);
    let error = Error::NoRoad { attempts: vec![attempt(Failure::Refused)], discovered: None };
    assert_eq!((error.main_failure(), error.family()), (Some(&Failure::Refused), Family::Connection));
}
