//! The shipped binary in a pseudo-terminal, with every read stamped by the monotonic clock.
//!
//! The screen is emulated after the fact, from the stamped log, so that no time contains emulation.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The moment at which the clock stands, in seconds.
pub const NOW: u64 = 1_795_599_660;

const COLUMNS: u16 = 120;
const ROWS: u16 = 40;
/// Longer than this nothing may take.
const LIMIT: Duration = Duration::from_mins(2);

/// A running program.
pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    parser: vt100::Parser,
    started: Instant,
    _home: tempfile::TempDir,
}

/// What came after something was sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reply {
    /// Until the last byte.
    pub last: Duration,
    /// How many bytes.
    pub bytes: usize,
}

#[expect(clippy::disallowed_methods, reason = "a stopwatch reads the clock")]
fn now() -> Instant {
    Instant::now()
}

impl Session {
    /// Starts it with the clock standing still, in a home of its own.
    pub fn start(arguments: &[String]) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let built = env!("CARGO_BIN_EXE_portcullis");
        let mut command = CommandBuilder::new(std::env::var_os("PORTCULLIS_BIN").unwrap_or_else(|| built.into()));
        command.args(arguments);
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "C.UTF-8"),
            ("PORTCULLIS_TEST_NOW", "2026-11-25T09:41:00Z"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        let started = now();
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || sender.send((now(), buffer[..count].to_vec())).is_err() {
                    break;
                }
            }
        });
        let some = |number| NonZeroU16::new(number).expect("not zero");
        let parser = vt100::Parser::new(some(ROWS), some(COLUMNS), 0);
        Self { child, _master: pair.master, writer, output, parser, started, _home: home }
    }

    /// Waits until the screen shows this. Answers the time since the start.
    pub fn wait_for(&mut self, text: &str) -> Duration {
        loop {
            let left = (self.started + LIMIT).saturating_duration_since(now());
            let Ok((at, bytes)) = self.output.recv_timeout(left) else {
                panic!("{text:?} did not come; the screen:\n{}", self.parser.screen().contents());
            };
            self.parser.process(&bytes);
            if self.parser.screen().contents().contains(text) {
                return at - self.started;
            }
        }
    }

    /// Waits for the first byte. Answers the time since the start.
    pub fn first_byte(&mut self) -> Duration {
        let (at, bytes) = self.output.recv_timeout(LIMIT).expect("it draws");
        self.parser.process(&bytes);
        at - self.started
    }

    /// Sends keys; waits for output and then until nothing came for so long.
    pub fn press(&mut self, keys: &str, quiet: Duration) -> Reply {
        let sent = now();
        self.writer.write_all(keys.as_bytes()).expect("the terminal takes input");
        self.writer.flush().expect("the terminal takes input");
        let mut reply = Reply::default();
        let mut wait = Duration::from_millis(400);
        while let Ok((at, bytes)) = self.output.recv_timeout(wait) {
            self.parser.process(&bytes);
            reply = Reply { last: at.saturating_duration_since(sent), bytes: reply.bytes + bytes.len() };
            wait = quiet;
        }
        reply
    }

    /// How many bytes come in so long a time.
    pub fn listen(&mut self, time: Duration) -> usize {
        let end = now() + time;
        let mut bytes = 0;
        loop {
            match self.output.recv_timeout(end.saturating_duration_since(now())) {
                Ok((_, more)) => {
                    self.parser.process(&more);
                    bytes += more.len();
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return bytes,
            }
        }
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// Resident memory in KiB, and how often its threads were woken so far; only where `/proc` tells.
    pub fn usage(&self) -> Option<(u64, u64)> {
        let id = self.child.process_id()?;
        let number = |text: &str, key: &str| -> Option<u64> {
            let line = text.lines().find(|line| line.starts_with(key))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        let memory = number(&std::fs::read_to_string(format!("/proc/{id}/status")).ok()?, "VmRSS:")?;
        let threads = std::fs::read_dir(format!("/proc/{id}/task")).ok()?.flatten();
        let texts = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("status")).ok());
        Some((memory, texts.filter_map(|text| number(&text, "voluntary_ctxt_switches:")).sum()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
