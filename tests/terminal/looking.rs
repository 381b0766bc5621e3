//! Going round and reading: views, filters, orders, pages, sizes.

use super::{demo, leave, start};

#[test]
fn it_opens_on_what_needs_me() {
    let mut terminal = demo(&[]);
    terminal.wait_for("WAITING FOR YOU");
    let text = terminal.text();
    for words in ["northwind", "DEMO", "ada", "ENDS SOON", "UNWELL", "JUST CHANGED", "depot-lisbon"] {
        assert!(text.contains(words), "{words} is missing on\n{text}");
    }
    // The cursor stands on what is most urgent, not on what happened to be there first.
    terminal.wait_until("the cursor on the first request", |terminal| {
        terminal.marked().starts_with('▸') && terminal.marked().contains("2m left")
    });
    terminal.press("Enter");
    terminal.wait_for("by state");
    assert!(terminal.marked().contains("alan"), "it goes to that request:\n{}", terminal.text());
}

#[test]
fn ones_own_request_is_nothing_to_answer() {
    let terminal = demo(&[]);
    let text = terminal.text();
    let waiting: Vec<&str> = text.lines().filter(|line| line.contains("m left")).collect();
    assert_eq!(waiting.len(), 8, "{text}");
    assert!(waiting.iter().all(|line| !line.contains("ada ")), "{text}");
}

#[test]
fn each_view_has_its_number() {
    let mut terminal = demo(&[]);
    for (key, title, row) in [
        ("2", "Requests", "pending"),
        ("3", "Roles", "access-plugi"),
        ("4", "Tokens", "github-deploys"),
        ("5", "Clusters", "depot-berlin"),
        ("6", "App servers", "airflow"),
        ("1", "WAITING FOR YOU", "alan"),
    ] {
        terminal.press(key);
        let text = terminal.text();
        let body = text.lines().skip(3).collect::<Vec<_>>().join("\n");
        assert!(body.contains(title) && body.contains(row), "view {key}:\n{text}");
    }
    terminal.press("Tab");
    assert!(terminal.text().contains("by state"));
    terminal.press("-");
    assert!(terminal.text().contains("WAITING FOR YOU"), "to and fro");
    terminal.type_text(":q");
    terminal.raw(b"\r", 1);
    leave(terminal, 0);
}

#[test]
fn a_filter_stays_while_one_is_elsewhere() {
    let mut terminal = demo(&["--view", "requests"]);
    terminal.press("/");
    terminal.type_text("user:grace state:pending");
    terminal.press("Enter");
    terminal.wait_for("2 of 14");
    terminal.press("3");
    terminal.wait_for("by name");
    terminal.press("2");
    terminal.wait_for("2 of 14");
    terminal.press("a");
    terminal.wait_for("SubmitAccessReview");
    terminal.press("Esc");
    terminal.press("Esc");
    assert!(terminal.text().contains("2 of 14"), "{}", terminal.text());
    terminal.press("Esc");
    assert!(!terminal.text().contains("2 of 14"), "Esc clears it");
    assert!(terminal.marked().contains("grace"), "and the cursor stays where it was:\n{}", terminal.text());
    terminal.press("/");
    terminal.type_text("nobody-is-called-so");
    terminal.wait_for("nothing matches \"nobody-is-called-so\"");
}

#[test]
fn a_filter_begins_with_the_program() {
    let terminal = demo(&["--view", "requests", "--filter", "user:ada"]);
    assert!(terminal.text().contains("1 of 14"), "{}", terminal.text());
}

#[test]
fn the_order_is_told_and_turns() {
    let mut terminal = demo(&["--view", "roles"]);
    assert!(terminal.text().contains("by name ▲"));
    terminal.press("S");
    terminal.wait_for("by name ▼");
    let text = terminal.text();
    assert!(text.find("terraform-pr") < text.find("access-plugi"), "{text}");
    terminal.press("s");
    terminal.wait_for("by version");
}

#[test]
fn pages_lead_back_to_the_row_they_began_on() {
    let mut terminal = demo(&["--view", "roles"]);
    for _ in 0..3 {
        terminal.press("j");
    }
    let row = terminal.marked();
    terminal.press("Enter");
    terminal.wait_for("MORE");
    terminal.press("Esc");
    assert_eq!(terminal.marked(), row);
    terminal.press("y");
    terminal.wait_for("kind: role");
    terminal.press("Esc");
    assert_eq!(terminal.marked(), row);
    terminal.press("?");
    terminal.wait_for("ON AN ITEM");
    terminal.press("Esc");
    assert_eq!(terminal.marked(), row);
}

#[test]
fn a_paste_into_a_list_does_nothing() {
    let mut terminal = demo(&["--view", "requests"]);
    terminal.wait_for("a approve");
    terminal.settle();
    let before = terminal.text();
    terminal.raw(b"\x1b[200~qqqaxD\r:q\r3 4 \x03\x1a\xf0\x9f\xa6\x80\x1b[201~", 1);
    terminal.settle();
    assert_eq!(terminal.text(), before);
}

#[test]
fn rubbish_does_not_end_it() {
    let mut terminal = demo(&["--view", "requests"]);
    terminal.raw(b"\x1b[?1;2c", 0);
    terminal.raw(b"\x1b[<0;10;10M", 1);
    terminal.press("3");
    terminal.wait_for("by name");
}

#[test]
fn it_fits_what_room_there_is() {
    let mut terminal = demo(&["--view", "requests"]);
    for (columns, rows) in [(80, 24), (60, 16), (200, 60), (120, 40)] {
        terminal.resize(columns, rows);
        terminal.settle();
        let text = terminal.text();
        assert!(text.contains("Requests") && text.contains("pending"), "{columns}×{rows}:\n{text}");
        assert!(!text.contains("needs 60"));
        terminal.press("a");
        terminal.wait_for("reason");
        terminal.press("Esc");
        terminal.press("Esc");
    }
    for (columns, rows) in [(59, 30), (100, 15), (20, 5)] {
        terminal.resize(columns, rows);
        terminal.settle();
        assert!(terminal.text().contains("needs 60×16"), "{columns}×{rows}:\n{}", terminal.text());
    }
    terminal.resize(80, 24);
    terminal.settle();
    assert!(terminal.text().contains("pending"));
}

#[test]
fn two_thousand_keys_at_once_all_arrive() {
    let mut terminal = start(&["--demo-scale", "3000", "--view", "apps"]).run();
    terminal.wait_for("3,039 · by name");
    terminal.settle();
    // A long list is put in order aside: only when nothing comes any more has it all its rows.
    terminal.listen(std::time::Duration::from_secs(2));
    terminal.press("g");
    terminal.type_text(&"j".repeat(2_000));
    let row = terminal.marked();
    terminal.press("G");
    assert_ne!(terminal.marked(), row);
    terminal.type_text(&"k".repeat(1_038));
    assert_eq!(terminal.marked(), row, "2000 down from the first of 3039 is 1038 up from the last");
}
