//! The shipped binary in a pseudo-terminal, seen as a person would see it.
//!
//! Nothing here sleeps: a test waits for a condition of the screen, with a deadline, and a failure prints the screen.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a condition may take; a loaded machine is slow, a hung program is hung.
const DEADLINE: Duration = Duration::from_secs(20);

/// The shipped binary: cargo names it to a test; an example finds it where it stands itself.
fn binary() -> PathBuf {
    match option_env!("CARGO_BIN_EXE_portcullis") {
        Some(path) => path.into(),
        None => std::env::current_exe().expect("a path").ancestors().nth(2).expect("a target folder").join("portcullis"),
    }
}

/// The emulator takes no empty screen.
fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("a terminal has rows and columns")
}

/// What an emulator was told beside characters.
#[derive(Debug, Default)]
pub struct Told {
    /// The window title.
    pub title: String,
    /// What was put on the clipboard by OSC 52, still encoded.
    pub clipboard: Option<Vec<u8>>,
    /// How often the bell rang.
    pub bells: usize,
}

impl vt100::Callbacks for Told {
    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.title = String::from_utf8_lossy(title).into_owned();
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.clipboard = Some(data.to_vec());
    }

    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.bells += 1;
    }
}

/// The moment.
#[expect(clippy::disallowed_methods, reason = "a test that waits needs a deadline")]
pub fn now() -> Instant {
    Instant::now()
}

/// A program and the terminal it runs in.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    /// Bytes a second that the line carries, if it is not as fast as can be.
    rate: Arc<AtomicUsize>,
    /// The emulated screen.
    pub parser: vt100::Parser<Told>,
    /// Every byte that came.
    pub bytes: Vec<u8>,
    sent: usize,
    _home: tempfile::TempDir,
}

/// How to start it.
pub struct Start {
    /// Columns and rows.
    pub size: (u16, u16),
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    home: tempfile::TempDir,
}

impl Start {
    /// The binary with these arguments in a world of its own: nobody's login, configuration or state is seen.
    pub fn new(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self { size: (120, 40), arguments, environment: Vec::new(), home }
    }

    /// In a terminal of so many columns and rows.
    pub fn sized(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// With one more variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With one more argument.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// The folder that stands for the person's home.
    pub fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// Starts it.
    pub fn run(self) -> Terminal {
        let (columns, rows) = self.size;
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(binary());
        command.args(&self.arguments);
        command.env_clear();
        command.env("HOME", self.home.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("PORTCULLIS_TEST_IDLE", "1");
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        // Held open, it would keep the end of the output from coming.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        let rate = Arc::new(AtomicUsize::new(0));
        let line = rate.clone();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            loop {
                // A slow line takes a little at a time, and then nothing until that has gone over it. It is this side's clock
                // that makes it slow, as a modem's does; nothing is waited for by it.
                let rate = line.load(SeqCst);
                let room = if rate == 0 { buffer.len() } else { (rate / 100).max(1) };
                // The end of a pseudo-terminal comes as an error on Linux.
                let Ok(count @ 1..) = reader.read(&mut buffer[..room]) else { break };
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
                if rate > 0 {
                    std::thread::park_timeout(Duration::from_micros(1_000_000 * count as u64 / rate as u64));
                }
            }
        });
        let parser = vt100::Parser::new_with_callbacks(some(rows), some(columns), 0, Told::default());
        Terminal { child, master: pair.master, writer, output, rate, parser, bytes: Vec::new(), sent: 0, _home: self.home }
    }
}

impl Terminal {
    /// The screen as text, without trailing blanks.
    pub fn text(&self) -> String {
        let contents = self.parser.screen().contents();
        contents.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    /// Sends one key or several that count as one event each.
    pub fn send(&mut self, keys: &str) {
        self.sent += keys.chars().count();
        self.raw(keys.as_bytes(), 0);
    }

    /// Sends one event that takes several bytes, such as an arrow or a paste.
    pub fn raw(&mut self, bytes: &[u8], events: usize) {
        self.sent += events;
        self.writer.write_all(bytes).expect("the terminal takes input");
        self.writer.flush().expect("the terminal takes input");
    }

    /// Sends a key by itself and waits until it has been handled: an Escape with more behind it would be something else.
    pub fn press(&mut self, key: &str) {
        let bytes = match key {
            "Esc" => "\x1b",
            "Enter" => "\r",
            "Tab" => "\t",
            "Down" => "\x1b[B",
            "Up" => "\x1b[A",
            "End" => "\x1b[F",
            "PgDn" => "\x1b[6~",
            "BackSpace" => "\x7f",
            key => key,
        };
        self.raw(bytes.as_bytes(), 1);
        self.settle();
    }

    /// Types a text and waits until all of it was handled.
    pub fn type_text(&mut self, text: &str) {
        self.send(text);
        self.settle();
    }

    /// Waits until everything that was sent has been handled and no request is under way.
    pub fn settle(&mut self) {
        let wanted = format!("idle {}", self.sent);
        self.wait_until(&wanted, |terminal| terminal.parser.callbacks().title == wanted);
    }

    /// Waits until the screen shows this text.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |terminal| terminal.text().contains(text));
    }

    /// Waits for a condition of the screen.
    pub fn wait_until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let end = now() + DEADLINE;
        while !condition(self) {
            match self.output.recv_timeout(end.saturating_duration_since(now())) {
                Ok(bytes) => self.feed(&bytes),
                Err(RecvTimeoutError::Timeout) => panic!("waited in vain for {what:?} on\n{}", self.framed()),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended before {what:?} came\n{}", self.framed()),
            }
        }
    }

    /// How many bytes come in so long a time, in which nothing is sent to it.
    pub fn listen(&mut self, time: Duration) -> usize {
        let (before, end) = (self.bytes.len(), now() + time);
        while let Ok(bytes) = self.output.recv_timeout(end.saturating_duration_since(now())) {
            self.feed(&bytes);
        }
        self.bytes.len() - before
    }

    /// From now on the line carries so many bytes a second, and the terminal behind it sees no more than that.
    pub fn slow(&mut self, rate: usize) {
        self.rate.store(rate, SeqCst);
    }

    /// Waits until so many more bytes have come.
    pub fn carry(&mut self, bytes: usize) {
        let wanted = self.bytes.len() + bytes;
        self.wait_until("more bytes", |terminal| terminal.bytes.len() >= wanted);
    }

    /// The row the cursor's mark is on, without blanks at its ends; empty if none is.
    pub fn marked(&self) -> String {
        let text = self.text();
        let row = text.lines().find(|line| line.contains('▸')).unwrap_or_default();
        let row = row.trim();
        // Beside it stands a preview, which follows later.
        row.chars().take(48).collect()
    }

    /// The process, for those who must look at it from outside.
    pub fn process(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// KiB of memory it has now, where the system tells; nothing elsewhere.
    pub fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or_default()
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.parser.process(bytes);
    }

    /// Changes the size of the terminal, which is an event.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.parser.screen_mut().set_size(some(rows), some(columns));
        self.sent += 1;
        self.master.resize(size).expect("the terminal changes size");
    }

    /// Sends a signal to the program.
    pub fn signal(&mut self, name: &str) {
        let id = self.child.process_id().expect("it runs").to_string();
        let status = std::process::Command::new("kill").args(["-s", name, &id]).status().expect("kill is there");
        assert!(status.success());
    }

    /// Waits for the end and answers the exit code; what was on the screen last can still be read.
    pub fn exit_code(&mut self) -> u32 {
        let end = now() + DEADLINE;
        loop {
            match self.output.recv_timeout(end.saturating_duration_since(now())) {
                Ok(bytes) => self.feed(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it did not end\n{}", self.framed()),
            }
        }
        self.child.wait().expect("it has ended").exit_code()
    }

    fn framed(&self) -> String {
        format!("--- title {:?}\n{}\n---", self.parser.callbacks().title, self.text())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves it running.
        let _ = self.child.kill();
    }
}
