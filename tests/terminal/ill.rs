//! Servers that are ill: what they send is bounded, the list says what is wrong with it, and every key is answered.

use std::time::Duration;

use portcullis::demo::Options;
use portcullis::schema::types::{Metadata, RoleV6};
use prost::Message as _;

use super::second::Cluster;
use crate::support::Terminal;

const LIST_ROLES: &str = "/proto.AuthService/ListRoles";

/// A role with one label of so many bytes.
fn fat(name: &str, bytes: usize) -> bytes::Bytes {
    let labels = [("fat".to_owned(), "x".repeat(bytes))].into();
    let metadata = Metadata { name: name.to_owned(), labels, ..Metadata::default() };
    RoleV6 { kind: "role".into(), version: "v7".into(), metadata: Some(metadata), ..RoleV6::default() }.encode_to_vec().into()
}

/// A walk through everything that does not need the list of roles; each key has to be answered.
fn walk(terminal: &mut Terminal) {
    for key in ["2", "j", "j", "k", "Enter", "Esc", "6", "G", "g", "?", "Esc", "1", "3"] {
        terminal.press(key);
    }
}

#[test]
fn a_page_that_is_too_large_comes_in_parts_and_one_that_never_fits_is_told() {
    let cluster = Cluster::start();
    // Of the largest role not much more than one fits.
    cluster.faults().largest_answer(LIST_ROLES, 2_500);
    let mut terminal = cluster.sized(120, 40);
    terminal.wait_for("29 · by name");
    terminal.wait_for("Roles 29");

    cluster.faults().largest_answer(LIST_ROLES, 10);
    terminal.press("r");
    terminal.wait_for("✕ cannot be listed: grpc: trying to send message larger than max");
    assert!(terminal.text().contains("auditor"), "what was there is still shown\n{}", terminal.text());
    walk(&mut terminal);
    cluster.faults().largest_answer(LIST_ROLES, usize::MAX);
    terminal.press("r");
    terminal.wait_until("the list is whole again", |terminal| !terminal.text().contains("cannot be listed"));
    terminal.wait_for("29 · by name");
}

#[test]
fn a_list_that_drips_in_holds_up_nothing_else() {
    let cluster = Cluster::start();
    cluster.faults().drip(LIST_ROLES, 1, Duration::from_millis(20));
    let mut terminal = cluster.begin("roles", 120, 40);
    terminal.wait_for("● live");
    terminal.wait_for("loading…");
    terminal.wait_for("App servers 39");
    walk(&mut terminal);
    // What is new arrives by the watch, past the list that drips.
    cluster.faults().plant("role", fat("a-new-one", 10));
    terminal.press("3");
    terminal.wait_for("a-new-one");
    terminal.wait_for("so far");
    cluster.faults().drip(LIST_ROLES, 0, Duration::ZERO);
    terminal.wait_for("30 · by name");
}

#[test]
fn ten_megabytes_in_one_label_are_a_row_like_any_other() {
    const MEGABYTES: usize = 10 << 20;
    let cluster = Cluster::of(Options { scale: 0, ..Options::default() });
    let mut terminal = cluster.dashboard();
    let before = terminal.resident();
    cluster.faults().plant("role", fat("a-fat-one", MEGABYTES));
    terminal.wait_for("a-fat-one");
    for name in ["a-fat-two", "a-fat-three"] {
        cluster.faults().plant("role", fat(name, MEGABYTES));
        terminal.wait_for(name);
    }
    terminal.press("g");
    for _ in 0..6 {
        terminal.press("Down");
        terminal.press("Down");
        terminal.press("Up");
    }
    terminal.press("r");
    terminal.press("/");
    terminal.type_text("a-fat-one");
    terminal.press("Enter");
    terminal.wait_for("1 of 32");
    let kept = terminal.resident().saturating_sub(before);
    assert!(kept < 3 * MEGABYTES / 1024 * 2, "{kept} KiB more than before");
    // The page about it, and its text, have all of it, and a key is a key there too.
    for page in ["Enter", "y"] {
        terminal.press(page);
        terminal.wait_for("fat");
        for key in ["Down", "PgDn", "G", "g", "Esc"] {
            terminal.press(key);
        }
        terminal.wait_for("1 of 32");
    }
    terminal.press("Esc");
    walk(&mut terminal);
}
