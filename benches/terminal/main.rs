//! What a person at the terminal would measure: `cargo bench --bench terminal`.
//!
//! Runs the shipped binary on its demo with 0, 20,000 and 100,000 made-up app servers and prints a table. With
//! `-- --save` the table and its picture go into `docs/`. Nothing is asserted: time depends on the machine.

mod picture;
mod session;

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use portcullis::demo;

use session::{Reply, Session};

const SCALES: [u32; 3] = [0, 20_000, 100_000];
/// After so long without a byte a key is answered.
const QUIET: Duration = Duration::from_millis(3);
/// The preview follows a cursor that has rested; after this nothing more comes.
const STILL: Duration = Duration::from_millis(150);

/// Figures of one scale, each under its name.
type Column = Vec<(&'static str, String)>;

#[expect(clippy::print_stdout, reason = "the table is the answer")]
fn main() {
    let save = std::env::args().any(|argument| argument == "--save");
    let (mut columns, mut moves) = (Vec::new(), Vec::new());
    for scale in SCALES {
        let (column, p50) = measure(scale);
        columns.push(column);
        moves.push(p50);
    }
    let table = table(&columns);
    println!("{table}");
    if save {
        picture::save(&table, &SCALES, &moves);
    }
}

fn measure(scale: u32) -> (Column, Duration) {
    let mut arguments = vec!["--demo".to_owned(), "--view".to_owned(), "apps".to_owned()];
    if scale > 0 {
        arguments.extend(["--demo-scale".to_owned(), scale.to_string()]);
    }
    let mut session = Session::start(&arguments);
    let mut column = start(&mut session, scale);
    let idle = idle(&mut session);
    let p50 = moves(&mut session, &mut column);
    jumps(&mut session, &mut column);
    column.extend(idle);
    let memory = session.usage().map_or("–".to_owned(), |(memory, _)| format!("{} MiB", tenths(memory * 10 / 1_024)));
    column.push(("memory, the demo's server included", memory));
    column.push(("memory, the server in another process", alone(scale)));
    (column, p50)
}

/// What the program itself needs: the same cluster, served by this process.
fn alone(scale: u32) -> String {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let now = demo::Clock::Frozen(SystemTime::UNIX_EPOCH + Duration::from_secs(session::NOW));
    let options = demo::Options { scale, now, ..demo::Options::default() };
    let server = runtime.block_on(demo::Server::start(options)).expect("the demo starts");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let identity = folder.path().join("identity");
    std::fs::write(&identity, server.identity()).expect("the identity is written");
    let identity = identity.to_string_lossy().into_owned();
    let arguments = ["--auth-server", &server.address(), "-i", &identity, "--view", "apps"].map(str::to_owned);
    let mut session = Session::start(&arguments);
    start(&mut session, scale);
    session.listen(Duration::from_secs(6));
    session.usage().map_or("–".to_owned(), |(memory, _)| format!("{} MiB", tenths(memory * 10 / 1_024)))
}

fn start(session: &mut Session, scale: u32) -> Column {
    let first = session.first_byte();
    let ready = session.wait_for("by name");
    let all = if scale == 0 { ready } else { session.wait_for(&format!("{},0", scale / 1_000)) };
    vec![("first byte", ms(first)), ("rows on the screen", ms(ready)), ("all listed", ms(all))]
}

/// What happens while nobody does anything. The quiet second list that follows a start is over by then.
fn idle(session: &mut Session) -> Column {
    session.listen(Duration::from_secs(6));
    let before = session.usage();
    let bytes = session.listen(Duration::from_secs(10));
    let woken = before.zip(session.usage()).map(|((_, before), (_, after))| after.saturating_sub(before));
    vec![("bytes of ten idle seconds", bytes.to_string()), ("wake-ups an idle second", woken.map_or("–".to_owned(), tenths))]
}

/// One row at a time. Answers the median.
fn moves(session: &mut Session, column: &mut Column) -> Duration {
    let rows: Vec<Reply> = (0..30).map(|_| session.press("j", QUIET)).collect();
    let row_bytes = median(rows[..20].iter().map(|reply| reply.bytes).collect());
    session.listen(STILL);
    let preview = session.press("k", STILL).bytes.saturating_sub(row_bytes);
    session.press(&"j".repeat(10), STILL);
    // A short list ends before that, and a key at its end is answered with nothing.
    let edge: Vec<Reply> = (0..200).map(|_| session.press("j", QUIET)).take_while(|reply| reply.bytes > 0).collect();
    let mut times: Vec<Duration> = rows.iter().chain(&edge).map(|reply| reply.last).collect();
    times.sort_unstable();
    let part = |percent: usize| times[(times.len() - 1) * percent / 100];
    column.extend([
        ("key to last byte, p50", ms(part(50))),
        ("key to last byte, p99", ms(part(99))),
        ("key to last byte, worst", ms(part(100))),
        ("bytes of a row move", row_bytes.to_string()),
        ("bytes of the preview that follows", preview.to_string()),
        ("bytes of a scrolled line", median(edge.iter().map(|reply| reply.bytes).collect()).to_string()),
    ]);
    part(50)
}

/// Pages, a burst, a filter.
fn jumps(session: &mut Session, column: &mut Column) {
    let worst = |replies: Vec<Reply>| ms(replies.iter().map(|reply| reply.last).max().unwrap_or_default());
    session.press("g", STILL);
    let pages = (0..20).map(|_| session.press("\x1b[6~", QUIET)).collect();
    session.press("g", STILL);
    let burst = session.press(&"j".repeat(2_000), STILL);
    session.press("g", STILL);
    session.press("/", STILL);
    let letters = "prod".chars().map(|letter| session.press(&letter.to_string(), STILL)).collect();
    assert!(session.screen().contains("prod"), "the filter is on the screen:\n{}", session.screen());
    column.extend([
        ("page, worst", worst(pages)),
        ("2,000 keys at once until all is still", ms(burst.last)),
        ("a filter letter until its result, worst", worst(letters)),
    ]);
}

fn ms(span: Duration) -> String {
    format!("{:.2} ms", span.as_secs_f64() * 1_000.0)
}

fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

fn median(mut all: Vec<usize>) -> usize {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

fn table(columns: &[Column]) -> String {
    let mut out = String::from("| app servers | 39 | 20,039 | 100,039 |\n| --- | ---: | ---: | ---: |\n");
    for (at, (name, _)) in columns[0].iter().enumerate() {
        let values: Vec<&str> = columns.iter().map(|column| column[at].1.as_str()).collect();
        let _ = writeln!(out, "| {name} | {} |", values.join(" | "));
    }
    out
}
