//! Two people at one role, and texts that survive: whatever goes wrong, nobody's words are lost or overwritten.

use std::fs;
use std::time::Duration;

use portcullis::document::Resource;

use super::second::Cluster;
use crate::support::Terminal;

const ROLE: &str = "access-plugin-slack";

/// The first person in the editor on the role.
fn editor(terminal: &mut Terminal) {
    terminal.press("/");
    terminal.type_text(&format!("name:{ROLE}"));
    terminal.press("Enter");
    terminal.wait_for("1 of 29");
    terminal.press("e");
    terminal.wait_for("description: ");
    terminal.settle();
}

/// Types at the end of the description.
fn describe(terminal: &mut Terminal, text: &str) {
    terminal.press("Down");
    terminal.press("Down");
    terminal.raw(b"\x1b[F", 1);
    terminal.settle();
    terminal.type_text(text);
    terminal.wait_for(text.trim());
}

/// Asks to save; the next page is there.
fn write(terminal: &mut Terminal, then: &str) {
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for(then);
}

/// Sends from the page before the save.
fn send(terminal: &mut Terminal, until: &str) {
    for _ in 0..6 {
        terminal.press("PgDn");
    }
    terminal.press("Tab");
    for _ in 0..400 {
        terminal.press("Enter");
        if !terminal.text().contains("Tab next · Esc back to the text") {
            terminal.wait_for(until);
            terminal.settle();
            return;
        }
    }
    panic!("the confirm key never counted on\n{}", terminal.text());
}

/// The first person asks to save, and the other one was first.
fn save(terminal: &mut Terminal, until: &str) {
    write(terminal, "what this changes");
    send(terminal, until);
}

fn text(resource: &Resource) -> String {
    resource.to_yaml().expect("a text")
}

#[test]
fn what_two_people_change_comes_together() {
    let cluster = Cluster::start();
    let mut terminal = cluster.sized(80, 24);
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    let theirs = cluster.edit(ROLE, "max_session_ttl: ", "max_session_ttl: 1h0m0s # ");
    terminal.wait_for("a newer revision was saved meanwhile");
    save(&mut terminal, "CAME TOGETHER BY ITSELF");
    let screen = terminal.text();
    assert!(screen.contains("nothing open") && screen.contains("not saved"), "{screen}");
    assert!(screen.contains("theirs  spec.options.max_session_ttl"), "{screen}");
    assert!(screen.contains("mine    metadata.description"), "{screen}");
    terminal.press("w");
    terminal.wait_for("what this changes");
    send(&mut terminal, &format!("saved role/{ROLE}"));
    let now = cluster.role(ROLE);
    assert_ne!(now.revision(), theirs.revision());
    assert!(text(&now).contains("at night") && text(&now).contains("max_session_ttl: 1h0m0s"), "{}", text(&now));
}

#[test]
fn what_two_people_change_differently_is_asked() {
    let cluster = Cluster::start();
    let mut terminal = cluster.sized(80, 24);
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    let description = cluster.role(ROLE).description().to_owned();
    cluster.edit(ROLE, &description, "Kim was here");
    save(&mut terminal, "BOTH CHANGED THIS");
    let screen = terminal.text();
    assert!(screen.contains("metadata.description  open") && screen.contains("theirs  Kim was here"), "{screen}");
    terminal.press("w");
    terminal.wait_for("one clash waits for an answer");
    assert_eq!(cluster.role(ROLE).description(), "Kim was here", "nothing was forced");
    terminal.press("m");
    terminal.wait_for("nothing open");
    terminal.press("w");
    terminal.wait_for("what this changes");
    send(&mut terminal, &format!("saved role/{ROLE}"));
    assert_eq!(cluster.role(ROLE).description(), format!("{description} at night"));
}

#[test]
fn what_was_deleted_meanwhile_can_be_created_anew() {
    let cluster = Cluster::start();
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    cluster.delete(ROLE);
    terminal.wait_for("it was deleted meanwhile");
    save(&mut terminal, "was deleted by somebody else");
    terminal.press("c");
    terminal.wait_for("Create role/");
    send(&mut terminal, &format!("saved role/{ROLE}"));
    assert!(cluster.role(ROLE).description().ends_with(" at night"));
}

#[test]
fn a_draft_outlives_the_program() {
    let cluster = Cluster::start();
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    // Within a second of the key it is on disk.
    terminal.listen(Duration::from_secs(1));
    assert!(cluster.drafts().contains(" at night"), "{}", cluster.drafts());

    // Another instance is not offered what somebody has open.
    let mut other = cluster.dashboard();
    other.press("r");
    assert!(!other.text().contains("Unsaved texts"), "{}", other.text());
    other.type_text(":q");
    other.raw(b"\r", 1);
    assert_eq!(other.exit_code(), 0);

    terminal.signal("KILL");
    terminal.exit_code();
    let ttl = text(&cluster.role(ROLE));
    assert!(ttl.contains("max_session_ttl: "), "{ttl}");
    cluster.edit(ROLE, "max_session_ttl: ", "max_session_ttl: 1h0m0s # ");
    let mut terminal = cluster.dashboard();
    terminal.wait_for("Unsaved texts of before");
    terminal.wait_for("newer one saved since");
    terminal.press("Enter");
    terminal.wait_for("CAME TOGETHER BY ITSELF");
    assert!(terminal.text().contains("theirs  spec.options.max_session_ttl"), "{}", terminal.text());
    terminal.press("w");
    terminal.wait_for("what this changes");
    send(&mut terminal, &format!("saved role/{ROLE}"));
    let now = text(&cluster.role(ROLE));
    assert!(now.contains(" at night") && now.contains("max_session_ttl: 1h0m0s"), "{now}");
    terminal.listen(Duration::from_secs(1));
    assert_eq!(cluster.drafts(), "", "what was saved is no draft any more");
}

#[test]
fn a_refused_save_keeps_text_and_cursor() {
    let cluster = Cluster::start();
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    cluster.faults().demand_mfa(true);
    save(&mut terminal, "not saved: ");
    assert!(terminal.text().contains(" at night"), "{}", terminal.text());
    terminal.press("i");
    terminal.type_text(" and day");
    terminal.wait_for(" at night and day");
    cluster.faults().demand_mfa(false);
    save(&mut terminal, "1 of 29");
    assert!(cluster.role(ROLE).description().ends_with(" at night and day"));
}

#[test]
fn a_lost_link_costs_no_text() {
    let cluster = Cluster::start();
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    cluster.faults().refuse_connections(true);
    cluster.faults().cut_connections();
    terminal.wait_for("○ stale");
    describe(&mut terminal, " at night");
    terminal.listen(Duration::from_secs(1));
    assert!(cluster.drafts().contains(" at night"), "{}", cluster.drafts());
    write(&mut terminal, "what this changes");
    send(&mut terminal, "nothing was sent");
    assert!(terminal.text().contains(" at night"), "{}", terminal.text());
    cluster.faults().refuse_connections(false);
    terminal.wait_for("● live");
    terminal.press("i");
    write(&mut terminal, "what this changes");
    send(&mut terminal, "1 of 29");
    // The other person's connection was cut as well, so it is read on the screen.
    terminal.press("y");
    terminal.wait_for("access requests at night");
}

#[test]
fn saving_twice_within_a_second_works_though_reads_lag() {
    let cluster = Cluster::start();
    cluster.faults().lag(Duration::from_secs(30));
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    describe(&mut terminal, " one");
    save(&mut terminal, &format!("saved role/{ROLE}"));
    for more in [" two", " three"] {
        terminal.press("e");
        terminal.wait_for("description: ");
        terminal.settle();
        assert!(!terminal.text().contains("newer revision"), "{}", terminal.text());
        describe(&mut terminal, more);
        write(&mut terminal, "what this changes");
        send(&mut terminal, "1 of 29");
        terminal.settle();
        assert!(!terminal.text().contains("BOTH CHANGED"), "{}", terminal.text());
    }
    cluster.faults().lag(Duration::ZERO);
    assert!(cluster.role(ROLE).description().ends_with(" one two three"), "{}", cluster.role(ROLE).description());
}

#[test]
fn what_this_build_does_not_know_comes_back_whole() {
    let cluster = Cluster::start();
    // Fields of a newer Teleport, at the top, in spec and in spec.allow: appended messages merge with the ones before them.
    let mut bytes = cluster.role(ROLE).bytes().to_vec();
    bytes.extend([0x80, 0x7d, 0x05]);
    bytes.extend([0x2a, 0x03, 0x80, 0x7d, 0x06]);
    bytes.extend([0x2a, 0x06, 0x12, 0x04, 0x82, 0x7d, 0x01, 0x2a]);
    let newer = cluster.save(&Resource::from_bytes("role", bytes.into()).expect("a role of a newer Teleport"));
    let mut hidden = newer.hidden();
    hidden.sort();
    assert_eq!(hidden, ["#2000", "spec.#2000", "spec.allow.#2000"]);
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    terminal.wait_for("3 settings kept that this build does not know");
    describe(&mut terminal, " at night");
    save(&mut terminal, &format!("saved role/{ROLE}"));
    let now = cluster.role(ROLE);
    assert!(now.description().ends_with(" at night"));
    let unknown: [&[u8]; 3] = [&[0x80, 0x7d, 0x05], &[0x80, 0x7d, 0x06], &[0x82, 0x7d, 0x01, 0x2a]];
    for field in unknown {
        assert!(now.bytes().windows(field.len()).any(|bytes| bytes == field), "{field:x?} is lost");
    }
    let mut after = now.hidden();
    after.sort();
    assert_eq!(after, hidden);
}

#[test]
fn a_disk_that_takes_nothing_is_told_and_editing_goes_on() {
    let cluster = Cluster::start();
    let mut terminal = cluster.dashboard();
    editor(&mut terminal);
    let folder = cluster.state().join("drafts");
    fs::remove_dir_all(&folder).expect("it was there");
    describe(&mut terminal, " at night");
    terminal.wait_for("the draft is not kept on disk");
    terminal.type_text("s");
    terminal.wait_for(" at nights");
    fs::create_dir(&folder).expect("there is room again");
    // It comes to the disk by itself, without another key; what was said before is read first.
    terminal.listen(Duration::from_secs(4));
    assert!(cluster.drafts().contains(" at nights"), "{}", cluster.drafts());
    terminal.raw(b"\x1b[D", 1);
    terminal.wait_for("the draft is kept on disk again");
}

#[test]
fn a_journal_that_cannot_be_read_is_told_and_left() {
    let cluster = Cluster::start();
    let folder = cluster.state().join("drafts");
    fs::create_dir_all(&folder).expect("a folder");
    let half = r#"{"version":1,"cluster":"northwind","kind":"role","name":"ops","te"#;
    fs::write(folder.join("half.json"), half).expect("written");
    let newer = r#"{"version":9,"form":"unheard of"}"#;
    fs::write(folder.join("newer.json"), newer).expect("written");
    let mut terminal = cluster.dashboard();
    terminal.wait_for("an unsaved text of before ");
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    terminal.listen(Duration::from_secs(1));
    assert_eq!(fs::read_to_string(folder.join("half.json")).expect("left"), half);
    assert_eq!(fs::read_to_string(folder.join("newer.json")).expect("left"), newer);
}

#[test]
fn earlier_texts_are_listed_and_reverted() {
    let cluster = Cluster::start();
    let mut terminal = cluster.dashboard();
    let before = cluster.role(ROLE);
    editor(&mut terminal);
    describe(&mut terminal, " at night");
    save(&mut terminal, &format!("saved role/{ROLE}"));
    terminal.press("l");
    terminal.wait_for("saved from here");
    terminal.wait_for("found, replaced");
    terminal.press("j");
    terminal.press("Enter");
    terminal.wait_for("against now");
    terminal.wait_for("at night");
    terminal.press("e");
    terminal.wait_for("changed");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for("what this changes");
    send(&mut terminal, &format!("saved role/{ROLE}"));
    assert_eq!(text(&cluster.role(ROLE).with_revision("")), text(&before.with_revision("")));
}
