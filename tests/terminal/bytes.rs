//! What goes over the line: a remote terminal is slow, and answers nothing that is not asked.

use std::time::Duration;

use super::{demo, leave, live, start};
use crate::support::{Terminal, now};

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
        // The next one leaves the page of this row as it is, under a sign that costs next to nothing.
        let rested = cost(&mut terminal, "Down");
        assert!(rested <= 60, "{view}: a move after a rest costs {rested} bytes");
    }
}

#[test]
fn the_preview_of_long_rows_far_apart_costs_what_differs() {
    let mut terminal = start(&["--demo-scale", "2000", "--view", "apps"]).run();
    terminal.wait_for("2,039");
    terminal.settle();
    terminal.press("PgDn");
    for far in [1, 1, 2, 5, 9, 20, 31, 3, 1] {
        terminal.listen(Duration::from_millis(300));
        // Together: row by row, and the last stands for a scroll as well.
        terminal.raw("\x1b[B".repeat(far).as_bytes(), far);
        terminal.settle();
        let preview = terminal.listen(Duration::from_millis(600));
        assert!((1..=900).contains(&preview), "{far} rows on: the preview costs {preview} bytes\n{}", terminal.text());
    }
    for _ in 0..6 {
        terminal.press("PgDn");
        let preview = terminal.listen(Duration::from_millis(600));
        assert!((1..=900).contains(&preview), "a page on: the preview costs {preview} bytes\n{}", terminal.text());
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
        assert!(line <= 250, "a scrolled line costs {line} bytes");
    }
    terminal.listen(Duration::from_millis(600));
    let rested = cost(&mut terminal, "Down");
    assert!(rested <= 400, "a scrolled line after a rest costs {rested} bytes");
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

/// Each cell as a person sees it.
fn seen(terminal: &Terminal) -> Vec<(String, vt100::Color, vt100::Color, bool, bool)> {
    let screen = terminal.parser.screen();
    let (rows, columns) = screen.size();
    let places = (0..u16::from(rows)).flat_map(|y| (0..u16::from(columns)).map(move |x| (y, x)));
    let look = |(y, x)| {
        let cell = screen.cell(y, x).expect("it is on the screen");
        let blank = cell.contents().trim().is_empty();
        // A blank has no colour of its own.
        let (text, front, bold) =
            if blank { (" ", vt100::Color::Default, false) } else { (cell.contents(), cell.fgcolor(), cell.bold()) };
        (text.to_owned(), front, cell.bgcolor(), bold, cell.inverse())
    };
    places.map(look).collect()
}

#[test]
fn rows_are_moved_by_the_terminal_unless_it_is_told_not_to() {
    let scrolled = |arguments: &[&str]| {
        let arguments = [&["--demo-scale", "2000", "--view", "apps"], arguments].concat();
        let mut terminal = start(&arguments).run();
        terminal.wait_for("2,039");
        terminal.settle();
        terminal.raw("\x1b[B".repeat(40).as_bytes(), 40);
        terminal.settle();
        terminal.listen(Duration::from_millis(600));
        let before = terminal.bytes.len();
        let costs: Vec<usize> = (0..10).map(|_| cost(&mut terminal, "Down")).collect();
        let sent = &terminal.bytes[before..];
        let regions = sequences(sent, 'r').len();
        let moved = sequences(sent, 'M').len() + sequences(sent, 'L').len();
        (costs[9], regions, moved)
    };
    let (with, regions, moved) = scrolled(&[]);
    assert!(with <= 250 && regions > 0 && moved > 0, "{with} bytes, {regions} regions, {moved} moves");
    let (without, regions, moved) = scrolled(&["--no-scroll-regions"]);
    assert!(without > with && without <= 2_000, "{without} bytes without, {with} with");
    assert_eq!((regions, moved), (0, 0));
}

#[test]
fn rows_are_right_whatever_was_scrolled_and_resized() {
    for (term, tmux) in [("xterm-256color", ""), ("screen-256color", "/tmp/tmux-1/default,1,0")] {
        let mut terminal = start(&["--demo-scale", "2000", "--view", "apps"]).env("TERM", term).env("TMUX", tmux).run();
        terminal.wait_for("2,039");
        terminal.settle();
        let (down, up, page) = ("\x1b[B", "\x1b[A", "\x1b[6~");
        for (keys, size) in [
            (vec![down; 45], None),
            (vec![up; 41], None),
            (vec![page, down, down, up], Some((100, 30))),
            (vec![down; 33], None),
            (vec![page, page, up, up], Some((90, 24))),
            (vec![up; 30], Some((140, 50))),
            (vec![down, down, page, down], None),
            (vec![down; 50], None),
        ] {
            for key in keys {
                terminal.raw(key.as_bytes(), 1);
                terminal.settle();
            }
            if let Some((columns, rows)) = size {
                terminal.resize(columns, rows);
                terminal.settle();
            }
            terminal.listen(Duration::from_millis(200));
            let (before, text) = (seen(&terminal), terminal.text());
            terminal.press("\x0c");
            assert!(seen(&terminal) == before, "{term}: painted anew it is\n{}\nand it was\n{text}", terminal.text());
        }
    }
}

#[test]
fn only_a_large_frame_is_held_back_and_none_in_a_multiplexer() {
    let pairs = |bytes: &[u8]| {
        let of = |last| sequences(bytes, last).iter().filter(|inner| *inner == "?2026").count();
        (of('h'), of('l'))
    };
    let mut terminal = demo(&["--view", "requests"]);
    let before = terminal.bytes.len();
    terminal.press("Down");
    assert_eq!(pairs(&terminal.bytes[before..]), (0, 0), "a move");
    terminal.listen(Duration::from_millis(300));
    let before = terminal.bytes.len();
    terminal.press("\x0c");
    assert_eq!(pairs(&terminal.bytes[before..]), (1, 1), "a whole picture");
    for (name, value) in [("TMUX", "/tmp/tmux-1/default,1,0"), ("TERM", "screen-256color")] {
        let mut terminal = live(start(&["--view", "requests"]).env(name, value));
        terminal.press("\x0c");
        assert_eq!(pairs(&terminal.bytes), (0, 0), "{name}");
    }
    // Who knows their multiplexer better says so.
    let sure = start(&["--view", "requests", "--config"]);
    let file = sure.home().join("config.yaml");
    std::fs::write(&file, "synchronised_updates: true\n").expect("a file");
    let mut terminal = live(sure.argument(&file.to_string_lossy()).env("TMUX", "/tmp/tmux-1/default,1,0"));
    terminal.press("\x0c");
    let (begun, ended) = pairs(&terminal.bytes);
    assert!(begun > 0 && begun == ended);
}

#[test]
fn a_slow_line_is_spared_colours_previews_and_pictures() {
    let mut terminal = live(start(&["--view", "requests", "--low-bandwidth"]));
    let before = terminal.bytes.len();
    for key in ["Down", "Down", "a"] {
        terminal.press(key);
    }
    terminal.wait_for("call    ");
    terminal.press("Esc");
    terminal.press("Esc");
    let looks = sequences(&terminal.bytes[before..], 'm');
    // Where I am is bold; nothing has a colour.
    let plain = |codes: &String| matches!(codes.as_str(), "" | "1" | "22");
    assert!(looks.iter().all(plain), "nothing else is set apart: {looks:?}");
    terminal.listen(Duration::from_millis(600));
    let row = cost(&mut terminal, "Down");
    assert!(row <= 30, "a move costs {row} bytes");
    assert_eq!(terminal.listen(Duration::from_millis(600)), 0, "nothing follows it");
    terminal.press("Enter");
    terminal.wait_for("answer by");
}

/// Writes of the thread that writes frames, as the system counts them.
#[cfg(target_os = "linux")]
fn writes(terminal: &Terminal) -> u64 {
    let tasks = format!("/proc/{}/task", terminal.process());
    let threads = std::fs::read_dir(tasks).expect("it runs").filter_map(Result::ok);
    let named = |thread: &std::fs::DirEntry| {
        std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|name| name.trim() == "frames")
    };
    let thread = threads.into_iter().find(named).expect("a thread that writes frames");
    let told = std::fs::read_to_string(thread.path().join("io")).expect("the system counts");
    let count = told.lines().find_map(|line| line.strip_prefix("syscw: ")).expect("writes are counted");
    count.parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn each_frame_is_one_write() {
    let mut terminal = start(&["--demo-scale", "2000", "--view", "apps"]).run();
    terminal.wait_for("2,039");
    terminal.settle();
    terminal.listen(Duration::from_millis(600));
    let mut count = |what: &str, keys: &str, frames: std::ops::RangeInclusive<u64>| {
        let before = writes(&terminal);
        if keys.is_empty() {
            terminal.listen(Duration::from_secs(1));
            assert_eq!(writes(&terminal) - before, 0, "{what}");
            return;
        }
        // On a machine that is busy a preview may come in between, which is another frame; not each time.
        let tries = if matches!(keys, "Down" | "PgDn") { 4 } else { 1 };
        let written = (0..tries).map(|_| {
            let before = writes(&terminal);
            terminal.press(keys);
            // One more says that it is idle, which only a test is told.
            let written = writes(&terminal) - before - 1;
            terminal.listen(Duration::from_millis(300));
            written
        });
        let all: Vec<u64> = written.collect();
        assert!(all.iter().any(|written| frames.contains(written)), "{what}: {all:?} writes");
    };
    count("a move", "Down", 1..=1);
    count("an idle second", "", 0..=0);
    count("a page", "PgDn", 1..=1);
    for _ in 0..3 {
        count("a scroll", "Down", 1..=1);
    }
    // The echo, and the rows once they are in order.
    count("the filter's line", "/", 1..=1);
    count("a filter key", "w", 1..=2);
    count("a key more", "e", 1..=2);
    count("the filter's end", "Esc", 1..=2);
    count("a refresh that finds nothing", "r", 0..=1);
    count("a key that changes nothing", "g", 1..=1);
    count("the same again", "g", 0..=0);
    count("an idle second", "", 0..=0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_slow_line_gets_two_pictures_a_second_however_much_happens() {
    // A list that comes in page by page is another picture with each page.
    let frames = |arguments: &[&str]| {
        let arguments = [&["--demo-scale", "20000", "--view", "apps"], arguments].concat();
        let mut terminal = start(&arguments).run();
        terminal.wait_for("so far");
        let (before, begun) = (writes(&terminal), now());
        terminal.wait_for("20,039");
        (writes(&terminal) - before, begun.elapsed(), terminal)
    };
    let (often, ..) = frames(&[]);
    let (seldom, time, mut terminal) = frames(&["--low-bandwidth"]);
    let most = u64::try_from(time.as_millis() / 500).expect("a short time") + 2;
    assert!(seldom <= most, "{seldom} pictures in {time:?}");
    assert!(often >= seldom, "{often} otherwise");
    // A key is not made to wait for it.
    terminal.settle();
    let before = writes(&terminal);
    for _ in 0..8 {
        terminal.press("Down");
    }
    let keys = writes(&terminal) - before;
    assert!(keys >= 8, "{keys} writes for eight keys");
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
