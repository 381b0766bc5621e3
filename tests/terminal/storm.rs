//! A cluster that never rests: a thousand things a second happen while somebody works.

use std::sync::atomic::Ordering::Relaxed;

use portcullis::demo::Options;

use super::second::Cluster;
use super::start;
use crate::support::Terminal;

/// So many events arrive while keys are pressed: ten seconds' worth.
const EVENTS: usize = 10_000;
/// So many rows are walked.
const ROWS: usize = 40;

/// The name of the row under the cursor in full, which is the title of the preview: the list itself cuts long ones.
fn under_the_cursor(terminal: &Terminal) -> String {
    let text = terminal.text();
    let head = text.lines().find(|line| line.contains("HEARTBEAT")).unwrap_or_default();
    head.split_whitespace().next_back().unwrap_or_default().to_owned()
}

/// What is deployed on the rows in sight, which is what changes.
fn commits(terminal: &Terminal) -> Vec<String> {
    let text = terminal.text();
    let words = text.split_whitespace().filter(|word| word.starts_with("commit="));
    words.map(str::to_owned).collect()
}

fn is_on(terminal: &mut Terminal, name: &str) {
    terminal.wait_until(name, |terminal| under_the_cursor(terminal) == name);
}

#[test]
fn no_key_is_lost_and_no_row_moves_away_under_a_thousand_events_a_second() {
    let cluster = Cluster::of(Options { scale: 3_000, events_per_second: 1_000, ..Options::default() });
    let mut terminal = cluster.begin("apps", 200, 40);
    terminal.wait_for("● live");
    terminal.wait_for("3,039 · by name");
    terminal.settle();
    let before = terminal.bytes.len();
    // Nothing of these ends by itself, so the rows are the same at the end.
    terminal.press("/");
    terminal.type_text("name:billing-");
    terminal.press("Enter");
    terminal.wait_for("of 3,039");
    let first = under_the_cursor(&terminal);
    let mut names = vec![first];
    while names.len() < ROWS {
        let last = names.last().cloned().unwrap_or_default();
        terminal.press("Down");
        terminal.wait_until("the next row", |terminal| under_the_cursor(terminal) != last);
        names.push(under_the_cursor(&terminal));
    }
    assert!(names.iter().all(|name| name.starts_with("billing-")), "{names:?}");
    terminal.press("g");
    is_on(&mut terminal, &names[0]);
    let deployed = commits(&terminal);
    assert!(deployed.len() > 20, "{deployed:?}");

    let (count, mut at, mut round) = (cluster.events("app_server"), 0, 0_usize);
    while count.load(Relaxed) < EVENTS {
        // As many as a held key sends and more, all at once; what `settle` waits for is that each was counted.
        let (down, up) = (7 + round % 11, 3 + round % 5);
        let (down, up) = if at + down >= ROWS { (0, at) } else { (down, up) };
        let keys = ["\x1b[B".repeat(down), "\x1b[A".repeat(up)].concat();
        terminal.raw(keys.as_bytes(), down + up);
        terminal.settle();
        at = at + down - up;
        is_on(&mut terminal, &names[at]);
        assert!(terminal.marked().contains(&names[at][..12]), "{}", terminal.text());
        round += 1;
    }
    assert!(round > 10, "keys were pressed all the while: {round} rounds");
    terminal.press("g");
    is_on(&mut terminal, &names[0]);
    terminal.wait_until("what was deployed meanwhile", |terminal| commits(terminal) != deployed);
    assert_eq!(commits(&terminal).len(), deployed.len(), "it is the same page");
    let told = String::from_utf8_lossy(&terminal.bytes[before..]).into_owned();
    assert!(!told.contains("stale"), "nobody was dropped as too slow");
    assert!(terminal.text().contains("● live"), "{}", terminal.text());
}

/// With the clock held still, as figures are taken, a storm is a storm as well.
#[test]
fn the_demo_makes_a_storm_by_itself() {
    let mut terminal = start(&["--demo-scale", "500", "--demo-events", "1000", "--view", "apps"]).sized(200, 40).run();
    terminal.wait_for("539 · by name");
    terminal.settle();
    terminal.press("PgDn");
    terminal.wait_until("rows of agents", |terminal| commits(terminal).len() > 20);
    let deployed = commits(&terminal);
    terminal.wait_until("a deployment", |terminal| commits(terminal) != deployed);
    assert_eq!(commits(&terminal).len(), deployed.len(), "it is the same page");
}
