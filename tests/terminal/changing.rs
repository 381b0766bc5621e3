//! Verdicts and edits: what is seen, what is sent, what is refused, and in which words.

use super::{confirm, demo, live, start};
use crate::support::Terminal;

/// The sheet for the request of this user.
fn sheet(key: &str, user: &str) -> Terminal {
    let filter = format!("user:{user} state:pending");
    let mut terminal = demo(&["--view", "requests", "--filter", &filter]);
    terminal.wait_for(" of 14");
    terminal.press(key);
    terminal.wait_for("call    ");
    terminal.settle();
    terminal
}

#[test]
fn a_request_is_approved() {
    let mut terminal = sheet("a", "hedy");
    terminal.type_text("seen and fine");
    terminal.press("Tab");
    confirm(&mut terminal, "z takes it back");
    assert!(terminal.text().contains("goes out in "), "{}", terminal.text());
    terminal.wait_for("0 of 14");
    terminal.press("Esc");
    terminal.press("/");
    terminal.type_text("user:hedy state:approved");
    terminal.wait_for("1 of 14");
}

#[test]
fn the_sheet_names_the_call_it_will_make() {
    let mut terminal = sheet("a", "hedy");
    assert!(terminal.text().contains("SubmitAccessReview"));
    terminal.raw(b"\x1b[Z", 1);
    terminal.settle();
    terminal.press(" ");
    terminal.wait_for("SetAccessRequestState");
    assert!(!terminal.text().contains("SubmitAccessReview"));
    terminal.press(" ");
    terminal.wait_for("SubmitAccessReview");
}

#[test]
fn a_denial_needs_a_reason_and_can_be_taken_back() {
    let mut terminal = sheet("x", "hedy");
    terminal.press("Tab");
    terminal.wait_for("a reason is needed");
    terminal.raw(b"\x1b[Z", 1);
    terminal.settle();
    terminal.type_text("not today");
    terminal.press("Tab");
    confirm(&mut terminal, "z takes it back");
    terminal.press("z");
    terminal.wait_for("taken back");
    assert!(!terminal.text().contains("goes out in"), "{}", terminal.text());
    assert!(terminal.text().contains("1 of 14"), "it is still pending");
}

#[test]
fn enter_that_was_typed_ahead_confirms_nothing() {
    let mut terminal = demo(&["--view", "requests", "--filter", "user:hedy state:pending"]);
    terminal.type_text("a\t\r\r\r\r\r\r");
    assert!(!terminal.text().contains("goes out in"), "{}", terminal.text());
}

#[test]
fn the_own_request_is_refused_with_its_reason() {
    let mut terminal = demo(&["--view", "requests", "--filter", "user:ada"]);
    for (key, word) in [("a", "approve"), ("x", "deny")] {
        terminal.press(key);
        terminal.wait_for(&format!("{word}: it is your own request"));
    }
}

#[test]
fn read_only_refuses_in_words() {
    let mut terminal = demo(&["--read-only", "--view", "requests"]);
    assert!(terminal.text().contains("READ-ONLY"));
    for (key, word) in [("a", "approve"), ("x", "deny"), ("D", "delete"), ("n", "new")] {
        terminal.press(key);
        terminal.wait_for(&format!("{word}: read-only: started with --read-only"));
    }
    terminal.press("!");
    terminal.wait_for("no key lifts that");
    terminal.press("3");
    for (key, word) in [("e", "edit"), ("N", "clone")] {
        terminal.press(key);
        terminal.wait_for(&format!("{word}: read-only: started with --read-only"));
    }
}

#[test]
fn the_guard_shuts_and_asks_before_it_opens() {
    let mut terminal = demo(&["--view", "roles"]);
    terminal.press("!");
    terminal.wait_for("READ-ONLY");
    terminal.press("e");
    terminal.wait_for("edit: read-only: ! lifts it");
    terminal.press("!");
    terminal.wait_for("Lift read-only?");
    terminal.press("Esc");
    assert!(terminal.text().contains("READ-ONLY"));
}

/// The editor on the role of this name.
fn editor(name: &str) -> Terminal {
    let mut terminal = demo(&["--view", "roles"]);
    terminal.press("/");
    terminal.type_text(&format!("name:{name}"));
    terminal.press("Enter");
    terminal.wait_for("1 of 29");
    terminal.press("e");
    terminal.wait_for("description: ");
    terminal.settle();
    terminal
}

/// To the end of the line of the description.
fn to_description(terminal: &mut Terminal) {
    terminal.press("Down");
    terminal.press("Down");
    terminal.raw(b"\x1b[F", 1);
    terminal.settle();
}

#[test]
fn a_role_is_edited_and_saved() {
    let mut terminal = editor("access-plugin-slack");
    to_description(&mut terminal);
    terminal.type_text(" at night");
    terminal.wait_for("changed");
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for("what this changes");
    let text = terminal.text();
    assert!(text.contains("access requests at night"), "the difference is shown:\n{text}");
    terminal.press("Tab");
    confirm(&mut terminal, "saved role/access-plugin-slack");
    terminal.press("y");
    terminal.wait_for("at night");
}

#[test]
fn a_role_that_widens_is_saved_only_with_its_name() {
    let mut terminal = live(start(&["--view", "roles"]).env("EDITOR", "sed -i 's/forward_agent: false/forward_agent: true/'"));
    terminal.press("/");
    terminal.type_text("name:access-plugin-slack");
    terminal.press("Enter");
    terminal.wait_for("1 of 29");
    terminal.press("E");
    terminal.wait_for("! agent forwarding: allowed (before: not allowed)");
    assert!(terminal.text().contains("type access-plugin-slack"), "{}", terminal.text());
    terminal.type_text("access-plugin");
    terminal.press("Tab");
    confirm(&mut terminal, "not saved: type access-plugin-slack first");
    terminal.press("Tab");
    terminal.type_text("-slack");
    terminal.press("Tab");
    confirm(&mut terminal, "saved role/access-plugin-slack");
    terminal.press("y");
    terminal.wait_for("forward_agent: true");
}

#[test]
fn problems_are_shown_where_they_are() {
    let mut terminal = editor("access-plugin-slack");
    to_description(&mut terminal);
    terminal.type_text("\rnonsense: [");
    terminal.wait_for("1 problem");
    let text = terminal.text();
    let at = text.lines().position(|line| line.contains("nonsense: [")).expect("the line is there");
    let near = text.lines().skip(at).take(3).any(|line| line.contains('╰'));
    assert!(near, "the problem stands under its line:\n{text}");
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for("not saved: line ");
    terminal.press("Esc");
    terminal.press("Esc");
    terminal.wait_for("1 of 29");
}

#[test]
fn keys_and_values_are_completed_where_they_stand() {
    let mut terminal = editor("access-plugin-slack");
    to_description(&mut terminal);
    terminal.type_text("\rexp\t");
    terminal.wait_for("expires");
    terminal.wait_for("Enter takes it");
    let text = terminal.text();
    assert!(text.contains("when the Auth Service removes it"), "the chosen one has its meaning:\n{text}");
    terminal.press("Enter");
    terminal.wait_for("expires:");
    terminal.wait_until("the popup is gone", |terminal| !terminal.text().contains("Enter takes it"));
    terminal.type_text("2030");
    terminal.wait_for("1 problem");
    let text = terminal.text();
    assert!(text.contains("2030-01-31T08:00:00Z"), "the form is told, under the line and below the text:\n{text}");
}

#[test]
fn keys_in_the_editor_are_text() {
    let mut terminal = editor("access-plugin-slack");
    to_description(&mut terminal);
    terminal.type_text(" qQ:q axzDd123?/![]-");
    terminal.wait_for("access requests qQ:q axzDd123?/![]-");
}

#[test]
fn the_own_editor_gets_the_text() {
    let mut terminal = live(start(&["--view", "roles"]).env("EDITOR", "sed -i 's/Slack bot/Night porter/'"));
    terminal.press("/");
    terminal.type_text("name:access-plugin-slack");
    terminal.press("Enter");
    terminal.wait_for("1 of 29");
    terminal.press("E");
    terminal.wait_for("what this changes");
    assert!(terminal.text().contains("Night porter that shows"), "{}", terminal.text());
    terminal.press("Tab");
    confirm(&mut terminal, "saved role/access-plugin-slack");
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let mut terminal = live(start(&["--view", "roles"]).env("EDITOR", "false"));
    terminal.press("E");
    terminal.wait_for("ended with exit status");
}
