//! A line of ten thousand bytes a second: what was not yet drawn is never drawn late.

use super::start;
use crate::support::Terminal;

/// Bytes a second, as over a poor mobile link.
const RATE: usize = 10_000;
/// So many bytes the system keeps between a program and the reader of its terminal, and no program can take them back.
const KEPT: usize = 8_192;
/// A page of rows with the preview beside it costs no more than this.
const PICTURE: usize = 5_000;

/// The name of the first row in sight.
fn first(terminal: &Terminal) -> String {
    let text = terminal.text();
    let row = text.lines().skip_while(|line| !line.contains("HEARTBEAT")).nth(1).unwrap_or_default();
    row.trim_matches([' ', '▸', '▏']).chars().take(18).collect()
}

#[test]
fn a_slow_line_is_sent_what_is_new_and_never_what_was() {
    for storm in ["0", "1000"] {
        let mut terminal = start(&["--demo-scale", "2000", "--demo-events", storm, "--view", "apps"]).run();
        terminal.wait_for("2,039 · by name");
        // The rows have their last order once a new one was asked for and came.
        terminal.press("/");
        terminal.type_text("billing");
        terminal.wait_for("of 2,039");
        terminal.press("Esc");
        terminal.wait_for("2,039 · by name");
        terminal.press("g");
        let turns = 50;
        let before = terminal.bytes.len();
        let mut dearest = 0;
        for _ in 0..turns {
            let before = terminal.bytes.len();
            terminal.press("PgDn");
            dearest = dearest.max(terminal.bytes.len() - before);
        }
        let (asked, page) = (terminal.bytes.len() - before, first(&terminal));
        assert!(dearest <= PICTURE, "a page costs {dearest} bytes");
        assert!(asked > turns * 1_000, "pages are worth counting: {asked} bytes for {turns}");
        terminal.press("g");
        terminal.wait_until("the first page", |terminal| first(terminal).starts_with("airflow"));

        terminal.slow(RATE);
        let begun = terminal.bytes.len();
        for _ in 0..turns {
            terminal.raw(b"\x1b[6~", 1);
            // The next key comes when the line has carried a tenth of a page: whoever holds a key does not wait for pictures.
            terminal.carry(asked / turns / 10);
        }
        let behind = terminal.bytes.len();
        terminal.settle();
        let (late, all) = (terminal.bytes.len() - behind, terminal.bytes.len() - begun);
        assert!(late <= KEPT + 2 * PICTURE, "{late} bytes came after the last key, with {storm} events a second");
        assert!(all <= asked / 2, "{all} bytes for what costs {asked} page by page, with {storm} events a second");
        assert_eq!(first(&terminal), page, "it is where these keys lead");
    }
}
