//! Ways out, and ways not in: exit codes, and the terminal as it was found.

use std::process::{Command, Stdio};

use super::{NOW, demo, given_back, leave, live, start};
use crate::support::Start;

#[test]
fn q_leaves_level_by_level() {
    let mut terminal = demo(&["--view", "roles"]);
    terminal.press("Enter");
    terminal.wait_for("RULES");
    terminal.press("q");
    assert!(terminal.text().contains("by name"), "only back:\n{}", terminal.text());
    terminal.raw(b"q", 1);
    leave(terminal, 0);
}

#[test]
fn escape_never_leaves() {
    let mut terminal = demo(&[]);
    for _ in 0..5 {
        terminal.press("Esc");
    }
    terminal.type_text(":q");
    terminal.raw(b"\r", 1);
    leave(terminal, 0);
}

#[test]
fn the_interrupt_key_leaves_at_the_second_time() {
    let mut terminal = demo(&[]);
    terminal.press("\x03");
    terminal.wait_for("Ctrl-c once more quits");
    terminal.raw(b"\x03", 1);
    leave(terminal, 130);
}

#[test]
fn text_that_is_not_saved_is_asked_about() {
    let mut terminal = demo(&["--view", "roles"]);
    terminal.press("n");
    terminal.wait_for("New role");
    terminal.press("Enter");
    terminal.wait_for("kind: role");
    terminal.type_text("# mine");
    terminal.press("Esc");
    terminal.press("1");
    terminal.press("q");
    terminal.wait_for("Quit?");
    terminal.press("Esc");
    terminal.wait_for("WAITING FOR YOU");
}

#[test]
fn signals_end_it_cleanly() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let mut terminal = demo(&["--view", "roles"]);
        terminal.signal(name);
        leave(terminal, code);
    }
}

/// An editor that has written and waits for more, in the terminal that is its own meanwhile.
const EDITOR: &str = "f() { printf '# mine\\n' >> \"$1\"; echo ready to be cut off; read -r line; }; f";

#[test]
fn signals_end_it_while_the_own_editor_runs_and_its_text_is_kept() {
    for (name, code) in [("TERM", 143), ("HUP", 129)] {
        let start = start(&["--view", "roles"]).env("EDITOR", EDITOR);
        let drafts = start.home().join(".local/state/portcullis/drafts");
        let mut terminal = live(start);
        terminal.press("/");
        terminal.type_text("name:access-plugin-slack");
        terminal.press("Enter");
        terminal.wait_for("1 of 29");
        terminal.raw(b"E", 1);
        terminal.wait_for("ready to be cut off");
        // The key that interrupts is the editor's own meanwhile.
        terminal.signal("INT");
        terminal.signal(name);
        assert_eq!(terminal.exit_code(), code);
        given_back(&terminal);
        let files = std::fs::read_dir(&drafts).expect("there are drafts");
        let texts = files.filter_map(|file| std::fs::read_to_string(file.expect("a file").path()).ok());
        let texts: Vec<_> = texts.collect();
        assert!(texts.iter().any(|text| text.contains("# mine")), "{name}: {texts:?}");
    }
}

fn printed(arguments: &[&str], change: impl FnOnce(&mut Command)) -> std::process::Output {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.arg("--demo").args(arguments).env_clear().env("HOME", home.path()).env("PORTCULLIS_TEST_NOW", NOW);
    change(&mut command);
    command.output().expect("it runs")
}

#[cfg(target_os = "linux")]
#[test]
fn an_error_that_cannot_be_printed_is_still_an_exit_code() {
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("it is there");
    let output = printed(&["get", "role/nope"], |command| _ = command.stderr(full()));
    assert_eq!(output.status.code(), Some(1));
    let output = printed(&["completions", "bash"], |command| _ = command.stdout(full()));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_reader_that_has_had_enough_is_no_error() {
    for arguments in [&["get", "roles"][..], &["get", "roles", "-o", "json"], &["check", "-o", "json"], &["completions", "zsh"]]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = printed(arguments, |command| _ = command.stdout(writer));
        assert!(output.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_ne!(output.status.code(), Some(101), "{arguments:?}");
    }
}

/// Nobody could wake a program that is its session's leader, so there the key must not put it to sleep.
#[test]
fn it_does_not_sleep_where_nobody_could_wake_it() {
    let mut terminal = demo(&["--view", "roles"]);
    terminal.raw(b"\x1a", 1);
    terminal.settle();
    terminal.press("2");
    terminal.wait_for("by state");
    terminal.raw(b"q", 1);
    leave(terminal, 0);
}

/// Starts in a terminal what must not get as far as the first frame.
fn refused(start: Start) -> (u32, String) {
    let mut terminal = start.run();
    let code = terminal.exit_code();
    assert!(!terminal.parser.screen().alternate_screen());
    (code, terminal.text().replace('\n', " "))
}

#[test]
fn a_dumb_terminal_is_told_what_to_use() {
    let (code, text) = refused(start(&[]).env("TERM", "dumb"));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("portcullis get"), "{text}");
}

#[test]
fn what_is_no_terminal_is_told_what_to_use() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    let home = tempfile::tempdir().expect("a folder");
    command.arg("--demo").env("HOME", home.path()).env("PORTCULLIS_TEST_NOW", NOW);
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "stdout is only the answer");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("portcullis get"), "{said}");
}

#[test]
fn without_credentials_three_ways_are_named() {
    let (code, text) = refused(Start::new(&[]).sized(240, 40));
    assert_eq!(code, 3, "{text}");
    for way in ["tsh login", "-i FILE", "--key-pair", "--demo"] {
        assert!(text.contains(way), "{way} is missing in {text}");
    }
}

#[test]
fn what_cannot_be_meant_is_usage() {
    for arguments in [
        &["--view", "carrots"][..],
        &["--view", "requests", "--filter", "/[/"],
        &["--view", "requests", "--filter", "\"open"],
        &["--filter", "grace"],
        &["--no-such-option"],
        &["edit", "role"],
        &["edit", "request/x"],
        &["edit", "tc/x"],
    ] {
        let (code, text) = refused(start(arguments));
        assert_eq!(code, 2, "{arguments:?}: {text}");
        assert!(!text.is_empty());
    }
}
