//! The dashboard in a pseudo-terminal against real servers: what is done on the screen is what the official tools then show.

use super::cluster::Cluster;
use super::support::{Start, Terminal};

/// The dashboard as a user whose identity file `up.sh` wrote.
fn dashboard(cluster: &Cluster, user: &str, arguments: &[&str]) -> Terminal {
    let (identity, auth) = (cluster.credential(&format!("{user}.identity")), cluster.auth());
    let mut all = vec!["-i", &identity, "--auth-server", &auth];
    all.extend(arguments);
    let mut terminal = Start::new(&all).run();
    terminal.wait_for("● live");
    terminal.settle();
    terminal
}

/// A confirm key counts only some time after the last line was shown, so it is pressed until it has counted.
fn confirm(terminal: &mut Terminal, until: &str) {
    for _ in 0..200 {
        terminal.press("Enter");
        if terminal.text().contains(until) {
            return;
        }
    }
    panic!("the confirm key never counted on\n{}", terminal.text());
}

pub fn request_is_approved(cluster: &Cluster) {
    let mut terminal = dashboard(cluster, "ada", &["--view", "requests"]);
    let reason = format!("on the screen {}", std::process::id());
    cluster.tsh("tsh-rex", &["request", "create", "--roles", "access", "--reason", &reason, "--nowait"]);
    terminal.press("/");
    terminal.type_text(&reason);
    terminal.press("Enter");
    terminal.wait_for("1 of ");
    terminal.press("a");
    terminal.wait_for("SetAccessRequestState");
    terminal.settle();
    terminal.type_text("seen and fine");
    terminal.press("Tab");
    confirm(&mut terminal, "z takes it back");
    terminal.wait_for("approved: rex");
    let listed = cluster.tctl("root", &["requests", "ls", "--format=json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let listed = listed.as_array().expect("a list");
    let request = listed.iter().find(|request| request["spec"]["request_reason"] == reason.as_str());
    let spec = &request.expect("tctl lists it")["spec"];
    assert_eq!(spec["state"], 2, "approved, says tctl");
    assert_eq!(spec["resolve_reason"], "seen and fine");
    leave(terminal);
}

fn make_role(cluster: &Cluster, name: &str, description: &str) {
    let text = format!(
        "kind: role\nversion: v7\nmetadata: {{name: {name}, description: {description}}}\nspec: {{allow: {{logins: [one]}}}}\n"
    );
    let path = cluster.folder.join(format!("{name}.yaml"));
    std::fs::write(&path, text).expect("the folder takes files");
    cluster.tctl("root", &["create", "-f", &path.to_string_lossy()]);
}

/// Opens the editor on a role and types at the end of its description.
fn edit(cluster: &Cluster, name: &str, typed: &str) -> Terminal {
    let mut terminal = dashboard(cluster, "ada", &["edit", &format!("role/{name}")]);
    terminal.wait_for("description: ");
    terminal.settle();
    terminal.press("Down");
    terminal.press("Down");
    terminal.raw(b"\x1b[F", 1);
    terminal.settle();
    terminal.type_text(typed);
    terminal.wait_for(typed);
    terminal
}

fn save(terminal: &mut Terminal, until: &str) {
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for("what this changes");
    terminal.press("Tab");
    for _ in 0..200 {
        terminal.press("Enter");
        if !terminal.text().contains("what this changes") {
            break;
        }
    }
    terminal.wait_for(until);
}

pub fn role_is_edited(cluster: &Cluster) {
    let name = "edited-on-screen";
    make_role(cluster, name, "before");
    let mut terminal = edit(cluster, name, " and after");
    save(&mut terminal, "saved");
    cluster.shows(&format!("role/{name}"), &["description: before and after\n"]);
    leave(terminal);
}

pub fn edit_conflicts(cluster: &Cluster) {
    let name = "overtaken-on-screen";
    make_role(cluster, name, "before");
    let mut terminal = edit(cluster, name, " and mine");
    make_role(cluster, name, "theirs");
    save(&mut terminal, "theirs");
    let text = terminal.text();
    assert!(text.contains("and mine"), "nothing typed is lost:\n{text}");
    // Nobody's edit is overwritten.
    cluster.shows(&format!("role/{name}"), &["description: theirs\n"]);
    terminal.signal("TERM");
    assert_eq!(terminal.exit_code(), 143);
}

/// A confirm key on the page before a save, until this is said.
fn confirmed(terminal: &mut Terminal, page: &str, until: &str) {
    terminal.wait_for(page);
    terminal.press("Tab");
    confirm(terminal, until);
}

pub fn token_is_made(cluster: &Cluster) {
    let mut terminal = dashboard(cluster, "ada", &["--view", "tokens"]);
    terminal.press("n");
    terminal.wait_for("New token");
    terminal.press("Down");
    terminal.press("Down");
    terminal.press("Enter");
    terminal.wait_for("roles: [Trusted_cluster]");
    terminal.settle();
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    confirmed(&mut terminal, "CreateTokenV2", "It is shown this once");
    let text = terminal.text();
    let is_secret = |word: &&str| word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit());
    let secret = text.split_whitespace().find(is_secret).expect("the secret is shown").to_owned();
    cluster.shows(&format!("token/{secret}"), &["    env: prod\n    region: eu\n", "  - Trusted_cluster\n"]);
    terminal.press("Esc");
    terminal.press("/");
    terminal.type_text(&secret[24..]);
    terminal.press("Enter");
    terminal.wait_for("1 of ");
    assert!(!terminal.text().contains(&secret), "it is masked now");
    terminal.press("D");
    terminal.wait_for("DeleteToken");
    terminal.type_text(&secret[24..]);
    terminal.press("Tab");
    // Notices queue, so the sheet that closes tells it first.
    for _ in 0..200 {
        terminal.press("Enter");
        if !terminal.text().contains("DeleteToken") {
            break;
        }
    }
    terminal.wait_for("0 of ");
    assert!(!cluster.names("root", "token").contains(&secret), "tctl does not list it any more");
    leave(terminal);
}

pub fn leaf_is_described(cluster: &Cluster) {
    let said = format!("described on screen {}", std::process::id());
    let editor = format!("sed -i '/^  description:/d; s/^metadata:/metadata:\\n  description: {said}/'");
    let (identity, auth) = (cluster.credential("ada.identity"), cluster.auth());
    let start = Start::new(&["-i", &identity, "--auth-server", &auth, "--view", "clusters"]);
    let mut terminal = start.env("EDITOR", &editor).run();
    terminal.wait_for("● live");
    terminal.wait_for("leaf.example.test");
    terminal.settle();
    terminal.press("E");
    confirmed(&mut terminal, "UpdateRemoteCluster", "saved remote_cluster/leaf.example.test");
    cluster.shows("rc/leaf.example.test", &[&format!("  description: {said}\n")]);
    leave(terminal);
}

pub fn few_rights(cluster: &Cluster) {
    let mut terminal = dashboard(cluster, "min", &["--view", "requests"]);
    terminal.wait_for("rex");
    for (view, words) in [
        ("3", "not allowed: list role"),
        ("4", "not allowed: list token"),
        ("5", "none that your labels let you see"),
        ("6", "none that your labels let you see"),
    ] {
        terminal.press(view);
        terminal.wait_for(words);
    }
    leave(terminal);
}

fn leave(mut terminal: Terminal) {
    terminal.type_text(":q");
    terminal.raw(b"\r", 1);
    assert_eq!(terminal.exit_code(), 0);
    assert!(!terminal.parser.screen().alternate_screen(), "the terminal is given back");
    assert!(!terminal.parser.screen().hide_cursor());
}
