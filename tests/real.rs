//! The shipped binary against real Teleport servers on loopback.
//!
//! Ignored unless asked for: `TELEPORT_BIN=DIR cargo test --test real -- --ignored`, where `DIR` holds `teleport`, `tctl` and
//! `tsh`. Root, leaf and app service are started by `tests/real/up.sh` and stopped at the end, unless `PORTCULLIS_REAL` names
//! the folder of a cluster that runs already. Every scenario runs, then the failed ones are named.

#[path = "real/apply.rs"]
mod apply;
#[path = "real/changes.rs"]
mod changes;
#[path = "real/cluster.rs"]
mod cluster;
#[path = "real/dashboard.rs"]
mod dashboard;
#[path = "real/generate.rs"]
mod generate;
#[path = "real/scripts.rs"]
mod scripts;
#[expect(dead_code, reason = "shared with the other tests; not every one needs all of it")]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cluster::Cluster;

type Scenario = (&'static str, fn(&Cluster));

const SCENARIOS: &[Scenario] = &[
    ("lists agree with tctl over every road and credential", scripts::lists_agree),
    ("the leaf is reached through the root's proxy", scripts::leaf_is_reached),
    ("every role prints as tctl prints it", scripts::roles_print_alike),
    ("requests come as JSON", scripts::requests_as_json),
    ("token names that are secrets are masked", scripts::tokens_are_masked),
    ("a refused identity is named as such", scripts::refused_identities),
    ("addresses where no Teleport answers are told apart", scripts::wrong_addresses),
    ("check says who one is and what one may", scripts::check_tells),
    ("each kind's change arrives over every way in", changes::arrive),
    ("a request made with tsh appears and is approved on the screen", dashboard::request_is_approved),
    ("a role edited on the screen is what tctl shows", dashboard::role_is_edited),
    ("300 roles are applied as tctl creates them", apply::roles_as_tctl),
    ("tokens of every method and apps are applied as tctl creates them", apply::tokens_and_apps_as_tctl),
    ("every template is taken as it stands", apply::templates_are_taken),
    ("an edit that somebody else overtook is a conflict", dashboard::edit_conflicts),
    ("a token made on the screen is what tctl shows", dashboard::token_is_made),
    ("a leaf is described by mask", dashboard::leaf_is_described),
    ("one with few rights sees what that means", dashboard::few_rights),
];

#[test]
#[ignore = "needs real Teleport binaries in TELEPORT_BIN"]
fn against_real_teleport() {
    let cluster = Cluster::start();
    let only = std::env::var("PORTCULLIS_SCENARIO").unwrap_or_default();
    let mut failed = Vec::new();
    for (name, scenario) in SCENARIOS.iter().filter(|(name, _)| name.contains(&only)) {
        let outcome = catch_unwind(AssertUnwindSafe(|| scenario(&cluster)));
        println!("{} {name}", if outcome.is_ok() { "ok    " } else { "FAILED" });
        if outcome.is_err() {
            failed.push(*name);
        }
    }
    drop(cluster);
    assert!(failed.is_empty(), "failed: {failed:#?}");
}
