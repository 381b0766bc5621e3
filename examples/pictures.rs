//! Makes the pictures of the README from the running program: `cargo build && cargo run --example pictures`.
//!
//! The shipped binary runs its demo in a pseudo-terminal with the clock standing still; what an emulator shows is written as SVG.

#[path = "../tests/terminal/second.rs"]
#[expect(dead_code, reason = "shared with the tests; a picture needs less")]
mod second;
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "shared with the tests; a picture needs less")]
mod support;

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use support::{Start, Terminal};

const NOW: &str = "2026-11-25T09:41:00Z";
const CELL: (f32, f32) = (8.4, 18.0);
const GROUND: &str = "#15181e";
const TEXT: &str = "#d7dce4";

fn main() -> std::io::Result<()> {
    let mut overview = start(&["--demo"], 24);
    overview.wait_for("prod-readonly");
    rested(&mut overview);
    save("overview", &overview)?;

    let mut requests = start(&["--demo", "--view", "requests"], 34);
    requests.wait_for("14 · by state");
    requests.settle();
    requests.press("Down");
    rested(&mut requests);
    save("requests", &requests)?;

    requests.press("a");
    requests.wait_for("send approval");
    requests.settle();
    save("verdict", &requests)?;

    let mut roles = start(&["--demo", "--view", "roles", "--filter", "name:prod-db-admin"], 36);
    roles.wait_for("1 of 29 · by name");
    roles.settle();
    roles.press("e");
    roles.wait_for("kind: role");
    roles.settle();
    // A key with two letters changed, and a span that nobody can read.
    for _ in 0..10 {
        roles.press("Down");
    }
    roles.press("End");
    for _ in 0..4 {
        roles.press("BackSpace");
    }
    roles.type_text("res:");
    for _ in 0..15 {
        roles.press("Down");
    }
    roles.press("End");
    roles.type_text(" or so");
    save("editor", &roles)?;

    let edit = "sed -i 's/    - root$/    - guest/; s/max_session_ttl: 4h/max_session_ttl: 12h/; s/env: prod/env: staging/'";
    let change = Start::new(&["--demo", "--view", "roles", "--filter", "name:prod-ssh"]).sized(120, 36);
    let mut change = change.env("PORTCULLIS_TEST_NOW", NOW).env("EDITOR", edit).run();
    change.wait_for("1 of 29 · by name");
    change.settle();
    change.press("E");
    change.wait_for("what this changes");
    change.settle();
    save("consequence", &change)?;
    merge()
}

/// Two people at one role: where both changed the same, one is asked.
fn merge() -> std::io::Result<()> {
    let cluster = second::Cluster::start();
    let mut terminal = cluster.sized(120, 38);
    terminal.press("/");
    terminal.type_text("name:prod-db-admin");
    terminal.press("Enter");
    terminal.wait_for("1 of 29");
    terminal.press("e");
    terminal.wait_for("max_session_ttl");
    terminal.settle();
    let theirs = cluster.role("prod-db-admin").to_yaml().expect("a text");
    let at = |part: &str| theirs.lines().position(|line| line.contains(part)).expect("it has that");
    for _ in 0..at("max_session_ttl") {
        terminal.press("Down");
    }
    terminal.press("End");
    for _ in 0.."2h0m0s".len() {
        terminal.press("BackSpace");
    }
    terminal.type_text("8h");
    for _ in at("    - admin")..at("max_session_ttl") {
        terminal.press("Up");
    }
    terminal.press("End");
    terminal.press("Enter");
    terminal.type_text("- reader");
    cluster.edit("prod-db-admin", "max_session_ttl: 2h0m0s", "max_session_ttl: 4h0m0s");
    cluster.edit("prod-db-admin", "data: salaries", "data: [salaries, cards]");
    terminal.wait_for("newer revision");
    terminal.press("Esc");
    terminal.type_text(":w");
    terminal.press("Enter");
    terminal.wait_for("what this changes");
    terminal.press("PgDn");
    terminal.press("Tab");
    // A confirm key counts only once what is above it was on the screen for a moment.
    while terminal.text().contains("what this changes") {
        terminal.press("Enter");
    }
    terminal.wait_for("not saved");
    terminal.settle();
    save("merge", &terminal)
}

/// Until nothing more comes: the page beside a list follows a cursor that has rested, and the last list is in.
fn rested(terminal: &mut Terminal) {
    terminal.settle();
    while terminal.listen(Duration::from_millis(600)) > 0 {}
}

fn start(arguments: &[&str], rows: u16) -> Terminal {
    Start::new(arguments).sized(120, rows).env("PORTCULLIS_TEST_NOW", NOW).run()
}

#[expect(clippy::print_stdout, reason = "it says what it made")]
fn save(name: &str, terminal: &Terminal) -> std::io::Result<()> {
    let path = format!("{}/assets/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    fs::write(&path, draw(terminal.parser.screen()))?;
    println!("{path}");
    Ok(())
}

fn draw(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (f32::from(columns) * CELL.0 + 32.0, f32::from(rows) * CELL.1 + 32.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-size=\"14\" \
         font-family=\"'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"10\" fill=\"{GROUND}\"/>\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            column = run(screen, row, column, columns, &mut svg);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Writes the cells from here on that look alike; answers where the next ones begin.
fn run(screen: &vt100::Screen, row: u16, first: u16, columns: u16, svg: &mut String) -> u16 {
    let look = |column: u16| {
        let cell = screen.cell(row, column);
        cell.map(|cell| {
            (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.dim(), cell.inverse(), cell.italic(), cell.underline())
        })
    };
    let mut text = String::new();
    let mut next = first;
    while next < columns && look(next) == look(first) {
        match screen.cell(row, next) {
            Some(cell) if cell.has_contents() => text.push_str(cell.contents()),
            Some(cell) if cell.is_wide_continuation() => {}
            _ => text.push(' '),
        }
        next += 1;
    }
    let Some((mut front, mut back, bold, dim, inverse, italic, underline)) = look(first) else { return next };
    if inverse {
        (front, back) = (back, front);
    }
    let (x, y) = (f32::from(first) * CELL.0 + 16.0, f32::from(row) * CELL.1 + 16.0);
    let width = f32::from(next - first) * CELL.0;
    let ground = colour(back, if inverse { TEXT } else { GROUND });
    if ground != GROUND {
        let _ = writeln!(svg, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>", CELL.1);
    }
    if !text.trim().is_empty() {
        let fill = colour(front, if inverse { GROUND } else { TEXT });
        let mut style = String::new();
        style.push_str(if bold { " font-weight=\"bold\"" } else { "" });
        style.push_str(if dim { " opacity=\"0.6\"" } else { "" });
        style.push_str(if italic { " font-style=\"italic\"" } else { "" });
        style.push_str(if underline { " text-decoration=\"underline\"" } else { "" });
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\" \
             xml:space=\"preserve\"{style}>{text}</text>",
            y + 13.5
        );
    }
    next
}

fn colour(colour: vt100::Color, default: &str) -> String {
    const NAMED: [&str; 16] = [
        "#1d2128", "#e5646e", "#7dbf7a", "#e0b25c", "#6ea3e8", "#b98ae0", "#5fb9bd", "#c3c9d3", "#6b7482", "#f1868e",
        "#9cd699", "#f0c97c", "#92bdf2", "#cfa8ee", "#84d0d3", "#eef1f5",
    ];
    match colour {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        vt100::Color::Idx(index @ 0..16) => NAMED[usize::from(index)].to_owned(),
        vt100::Color::Idx(index @ 16..232) => {
            let level = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let index = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(index / 36), level(index / 6 % 6), level(index % 6))
        }
        vt100::Color::Idx(grey) => format!("#{0:02x}{0:02x}{0:02x}", 8 + 10 * (grey - 232)),
    }
}
