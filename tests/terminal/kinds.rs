//! What hangs on each kind, in a pseudo-terminal: a token for a leaf cluster, labels of a leaf, dynamic apps, agents.

use super::{confirm, demo};
use crate::support::Terminal;

/// Gives the keys back, saves, and confirms the page before it until this is said.
fn save(terminal: &mut Terminal, page: &str, until: &str) {
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for(page);
    terminal.press("Tab");
    confirm(terminal, until);
}

/// Confirms until the sheet that names this call is gone: notices queue, and one may still be in front.
fn closes(terminal: &mut Terminal, call: &str) {
    for _ in 0..400 {
        terminal.press("Enter");
        if !terminal.text().contains(call) {
            return;
        }
    }
    panic!("the confirm key never counted on\n{}", terminal.text());
}

fn filter(terminal: &mut Terminal, text: &str) {
    terminal.press("/");
    terminal.type_text(text);
    terminal.press("Enter");
    terminal.wait_for("1 of ");
}

#[test]
fn a_token_for_a_leaf_cluster_is_shown_once_then_masked_and_deleted() {
    let mut terminal = demo(&["--view", "tokens"]);
    terminal.press("n");
    terminal.wait_for("New token");
    terminal.press("Down");
    terminal.press("Down");
    terminal.press("Enter");
    terminal.wait_for("roles: [Trusted_cluster]");
    terminal.settle();
    save(&mut terminal, "CreateTokenV2", "It is shown this once");
    let text = terminal.text();
    let secret = text.split_whitespace().find(|word| word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit()));
    let secret = secret.unwrap_or_else(|| panic!("the secret is shown:\n{text}")).to_owned();
    terminal.press("C");
    terminal.wait_for("sent to the terminal");
    terminal.press("Esc");
    terminal.wait_until("the name is gone", |terminal| !terminal.text().contains(&secret));
    filter(&mut terminal, "roles:Trusted_cluster expires:<2h");
    assert!(terminal.text().contains(&secret[24..]), "the end of it tells which one it is:\n{}", terminal.text());
    assert!(!terminal.text().contains(&secret));
    terminal.press("D");
    terminal.wait_for("DeleteToken");
    terminal.type_text(&secret[24..]);
    terminal.press("Tab");
    closes(&mut terminal, "DeleteToken");
    terminal.wait_for("0 of ");
}

#[test]
fn the_labels_of_a_leaf_are_changed() {
    let mut terminal = demo(&["--view", "clusters"]);
    terminal.press("e");
    terminal.wait_for("kind: remote_cluster");
    terminal.settle();
    terminal.press("Down");
    terminal.raw(b"\x1b[F", 1);
    terminal.settle();
    terminal.type_text("\rdescription: looked at by the test");
    terminal.wait_for("changed");
    save(&mut terminal, "UpdateRemoteCluster", "saved remote_cluster/");
    terminal.press("y");
    terminal.wait_for("description: looked at by the test");
}

#[test]
fn a_dynamic_app_is_made_and_deleted_among_the_servers() {
    let mut terminal = demo(&["--view", "apps"]);
    terminal.press("n");
    terminal.wait_for("New app");
    terminal.press("Enter");
    terminal.wait_for("uri: http://localhost:8080");
    terminal.settle();
    save(&mut terminal, "CreateApp", "saved app/new-app");
    terminal.wait_for("App servers 40");
    filter(&mut terminal, "name:new-app");
    terminal.press("e");
    terminal.wait_for("teleport.dev/origin: dynamic");
    terminal.press("Esc");
    terminal.press("Esc");
    terminal.wait_for("1 of ");
    terminal.press("D");
    terminal.wait_for("DeleteApp");
    terminal.type_text("new-app");
    terminal.press("Tab");
    closes(&mut terminal, "DeleteApp");
    terminal.wait_for("App servers 39");
}

#[test]
fn an_agent_is_deregistered() {
    let mut terminal = demo(&["--view", "apps"]);
    terminal.press("D");
    terminal.wait_for("DeleteApplicationServer");
    let text = terminal.text();
    let name = text.split("type ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("the name to type").to_owned();
    terminal.type_text(&name);
    terminal.press("Tab");
    closes(&mut terminal, "DeleteApplicationServer");
    terminal.wait_for("deregistered");
    terminal.wait_for("App servers 38");
}
