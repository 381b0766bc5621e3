//! The shipped binary in a pseudo-terminal on its demo, story by story.
//!
//! The clock that is shown stands still, so that a story comes out the same each time. Nothing sleeps: each step waits for what
//! the screen must say, and a failure prints the screen.

#[path = "terminal/bytes.rs"]
mod bytes;
#[path = "terminal/changing.rs"]
mod changing;
#[path = "terminal/ill.rs"]
mod ill;
#[path = "terminal/kinds.rs"]
mod kinds;
#[path = "terminal/leaving.rs"]
mod leaving;
#[path = "terminal/looking.rs"]
mod looking;
#[path = "terminal/second.rs"]
mod second;
#[path = "terminal/slow.rs"]
mod slow;
#[path = "terminal/storm.rs"]
mod storm;
mod support;
#[path = "terminal/together.rs"]
mod together;

use support::{Start, Terminal};

/// The moment the story stands at.
const NOW: &str = "2026-11-25T09:41:00Z";

/// The demo, not yet started.
fn start(arguments: &[&str]) -> Start {
    let all: Vec<&str> = ["--demo"].iter().chain(arguments).copied().collect();
    Start::new(&all).env("PORTCULLIS_TEST_NOW", NOW)
}

/// Waits until the lists are there.
fn live(start: Start) -> Terminal {
    let mut terminal = start.run();
    terminal.wait_for("● live");
    terminal.wait_for("App servers 39");
    terminal.wait_for("Roles 29");
    terminal.wait_for("Requests 14");
    terminal.wait_until("the whole list", |terminal| !terminal.text().contains("so far"));
    terminal.settle();
    terminal
}

/// The demo with everything listed.
fn demo(arguments: &[&str]) -> Terminal {
    live(start(arguments))
}

/// A confirm key counts only some time after the last line was shown, so it is pressed until it has counted.
fn confirm(terminal: &mut Terminal, until: &str) {
    for _ in 0..400 {
        terminal.press("Enter");
        if terminal.text().contains(until) {
            return;
        }
    }
    panic!("the confirm key never counted on\n{}", terminal.text());
}

/// Leaves, and sees that the terminal is as it was.
fn leave(mut terminal: Terminal, code: u32) {
    assert_eq!(terminal.exit_code(), code);
    given_back(&terminal);
}

/// Nothing of ours is left behind in the terminal.
fn given_back(terminal: &Terminal) {
    let screen = terminal.parser.screen();
    assert!(!screen.alternate_screen(), "the alternate screen is left");
    assert!(!screen.hide_cursor(), "the cursor is shown");
    assert!(!screen.bracketed_paste(), "a paste is a paste again");
}
