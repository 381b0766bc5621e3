//! What goes over the line: a remote terminal is slow, and answers nothing that is not asked.

use std::time::Duration;

use super::{demo, leave, live, start};
use crate::support::Terminal;

/// Where these bytes begin.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Escape sequences that end in this letter, by what stands between.
fn sequences(bytes: &[u8], last: char) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let parts = text.split("\x1b[").skip(1);
    let ends = |part: &str| {
        part.find(|c: char| ('\u{40}'..='\u{7e}').contains(&c))
            .map(|at| part.split_at(at))
            .map(|(a, b)| (a.to_owned(), b.chars().next()))
    };
    parts.filter_map(ends).filter(|(_, end)| *end == Some(last)).map(|(inner, _)| inner).collect()
}

#[test]
fn a_step_down_costs_a_few_bytes() {
    for (view, row) in [("requests", 3), ("roles", 2), ("apps", 5)] {
        let mut terminal = demo(&["--view", view]);
        for _ in 0..row {
            terminal.press("Down");
        }
        // On a slow machine the preview of the row before may come in between; it does not come each time.
        let mut least = usize::MAX;
        for _ in 0..4 {
            let before = terminal.bytes.len();
            terminal.press("Down");
            // The title that tells the test it is idle is not sent to people.
            let title = find(&terminal.bytes[before..], b"\x1b]2;").expect("it tells that it is idle");
            let sent = &terminal.bytes[before..before + title];
            assert!(find(sent, "▸".as_bytes()).is_some(), "{view}: the marker moves");
            least = least.min(title);
        }
        assert!(least <= 60, "{view}: the move costs {least} bytes");
        // It follows once the cursor has rested.
        let preview = terminal.listen(Duration::from_millis(600));
        assert!(preview > 0, "{view}: the preview follows");
        assert!(preview <= 900, "{view}: the preview costs {preview} bytes");
    }
}

#[test]
fn an_idle_second_costs_nothing() {
    for view in ["overview", "requests", "tokens"] {
        let mut terminal = demo(&["--view", view]);
        terminal.press("Down");
        terminal.listen(Duration::from_millis(600));
        assert_eq!(terminal.listen(Duration::from_secs(2)), 0, "{view}: {:?}", terminal.bytes.len());
    }
}

#[test]
fn a_key_that_changes_nothing_costs_nothing() {
    let mut terminal = demo(&["--view", "requests"]);
    terminal.listen(Duration::from_millis(600));
    let before = terminal.bytes.len();
    terminal.press("Up");
    let sent = String::from_utf8_lossy(&terminal.bytes[before..]).into_owned();
    assert!(sent.starts_with("\x1b]2;idle") && sent.len() < 20, "{sent:?}");
}

/// How many bytes a key costs, without the title that tells the test that it was handled.
fn cost(terminal: &mut Terminal, key: &str) -> usize {
    let before = terminal.bytes.len();
    terminal.press(key);
    find(&terminal.bytes[before..], b"\x1b]2;").expect("it tells that it is idle")
}

#[test]
fn a_long_list_costs_what_changes_on_the_screen() {
    let mut terminal = start(&["--demo-scale", "2000", "--view", "apps"]).run();
    terminal.wait_for("2,039");
    terminal.settle();
    for _ in 0..40 {
        terminal.press("Down");
    }
    for _ in 0..10 {
        let line = cost(&mut terminal, "Down");
        assert!(line <= 400, "a scrolled line costs {line} bytes");
    }
    let page = cost(&mut terminal, "PgDn");
    assert!(page <= 4_000, "a page costs {page} bytes");
    terminal.listen(Duration::from_millis(600));
    terminal.press("/");
    let letter = cost(&mut terminal, "x");
    assert!(letter <= 4_000, "a filter letter costs {letter} bytes");
    terminal.press("Esc");
    terminal.listen(Duration::from_millis(600));
    // A list that is as it was is not sent again, whoever asks for it.
    terminal.press("r");
    assert!(terminal.listen(Duration::from_secs(1)) < 200, "a refresh without change costs its notice at most");
}

#[test]
fn the_terminal_is_asked_nothing() {
    let terminal = demo(&[]);
    let bytes = &terminal.bytes;
    // Cursor position, device attributes, mode reports, window size, key protocol.
    for (last, what) in [('n', "status"), ('c', "attributes"), ('p', "modes"), ('t', "window"), ('u', "keys")] {
        assert!(sequences(bytes, last).is_empty(), "{what}: {:?}", sequences(bytes, last));
    }
    for asked in [&b"\x1b]10;?"[..], b"\x1b]11;?", b"\x1bP+q", b"\x1bP$q", b"\x05", b"\x1b_G"] {
        assert_eq!(find(bytes, asked), None, "{asked:?}");
    }
}

#[test]
fn without_colours_none_is_sent() {
    for plain in [start(&["--view", "requests"]).env("NO_COLOR", "1"), start(&["--view", "requests", "--no-color"])] {
        let mut terminal = live(plain);
        terminal.press("a");
        terminal.wait_for("call    ");
        terminal.press("Esc");
        terminal.press("Esc");
        terminal.raw(b"q", 1);
        for codes in sequences(&terminal.bytes, 'm') {
            for code in codes.split([';', ':']).filter_map(|code| code.parse::<u16>().ok()) {
                assert!(!(30..=49).contains(&code) && !(90..=107).contains(&code), "colour {codes:?}");
            }
        }
        leave(terminal, 0);
    }
}

#[test]
fn a_locale_without_utf_8_gets_none() {
    let mut terminal = start(&["--view", "requests"]).env("LANG", "C").run();
    terminal.wait_for("pending");
    terminal.settle();
    let odd: String = String::from_utf8_lossy(&terminal.bytes).chars().filter(|c| !c.is_ascii()).collect();
    assert_eq!(odd, "");
}
