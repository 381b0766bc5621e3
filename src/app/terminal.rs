//! The terminal itself: who reads it, who writes it, and that it is given back as it was found.
//!
//! One thread blocks in reading, one takes a frame at a time and writes it, so neither a silent keyboard nor a slow line ever
//! holds up the program. Reading pauses while another program owns the terminal. Whatever ends us, the guard gives it back, also
//! when the line is stuck. Nothing is ever asked of the terminal: no answer is waited for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc as blocking;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyEventKind, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::process::{Signal, getpgrp, getpid, getsid, kill_current_process_group, kill_process};
use rustix::stdio::stdout;
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcdrain, tcflush, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::sync::{mpsc, watch};

/// So many events may wait; the thread that reads then waits too, and the terminal keeps what is typed.
const WAITING: usize = 4_096;
/// So long a frame under way may take to end before what the terminal has not taken of it is thrown away.
const PATIENCE: Duration = Duration::from_millis(300);

/// The other screen, pastes told apart from typing, no cursor, plain writing.
const TAKE: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[m\x1b[2J";
/// Whatever a frame that was cut off began, ended; then everything of the above undone.
const GIVE_BACK: &[u8] = b"\x1b\\\x1b[?2026l\x1b[r\x1b[m\x1b[?2004l\x1b[?25h\x1b[?1049l";

/// A process has one terminal, and the panic hook must find it without being handed anything.
static LINE: Line = Line { ours: AtomicBool::new(false), writing: AtomicBool::new(false), closed: AtomicBool::new(true) };

struct Line {
    /// It was taken and not given back yet.
    ours: AtomicBool,
    /// A frame is under way.
    writing: AtomicBool,
    /// No frame may go on: the terminal is somebody else's.
    closed: AtomicBool,
}

/// Something the terminal said, and when.
pub type Said = (Event, Instant);

/// The terminal while it is ours.
pub struct Terminal {
    /// What the terminal says.
    pub events: mpsc::Receiver<Said>,
    /// When the frame that was handed over has been written, or could not be.
    pub written: mpsc::Receiver<io::Result<()>>,
    frames: blocking::SyncSender<Vec<u8>>,
    reading: Reading,
    /// How it was set when it was lent.
    lent: Option<Termios>,
    _guard: Guard,
}

/// How the reading thread is stopped and started.
struct Reading {
    parked: Arc<AtomicBool>,
    stands: blocking::Receiver<()>,
    thread: Thread,
}

/// Gives the terminal back when it goes.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    LINE.ours.store(true, SeqCst);
    LINE.closed.store(false, SeqCst);
    write_all(TAKE, &LINE.closed)
}

/// As it was found. Each step is tried whatever became of the others: a terminal that is gone answers with errors.
fn give_back() {
    LINE.closed.store(true, SeqCst);
    if !LINE.ours.swap(false, SeqCst) {
        return;
    }
    let start = now();
    while LINE.writing.load(SeqCst) && start.elapsed() < PATIENCE {
        thread::park_timeout(Duration::from_millis(2));
    }
    let written = if LINE.writing.load(SeqCst) { force(GIVE_BACK) } else { write_all(GIVE_BACK, &AtomicBool::new(false)) };
    // There is nobody left to tell.
    drop(written);
    let _ = disable_raw_mode();
}

/// Writes to a line that is stuck: what it has not taken is worth nothing any more, and is thrown away until this gets through.
/// The frame under way holds the terminal until its write ends, and a write that may not wait ends.
fn force(mut bytes: &[u8]) -> io::Result<()> {
    let flags = fcntl_getfl(stdout())?;
    fcntl_setfl(stdout(), flags | OFlags::NONBLOCK)?;
    let start = now();
    while !bytes.is_empty() && start.elapsed() < PATIENCE {
        let _ = tcflush(stdout(), QueueSelector::OFlush);
        thread::park_timeout(Duration::from_millis(2));
        if let Ok(written) = rustix::io::write(stdout(), bytes) {
            bytes = &bytes[written..];
        }
    }
    // The shell shares this with us.
    Ok(fcntl_setfl(stdout(), flags)?)
}

/// Writes to the terminal past every lock: a thread that panics must not wait for one that is stuck in a write.
fn write_all(mut bytes: &[u8], closed: &AtomicBool) -> io::Result<()> {
    while !bytes.is_empty() && !closed.load(SeqCst) {
        match rustix::io::write(stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            // Somebody left it non-blocking; what it has must go before it takes more.
            Err(Errno::AGAIN) => tcdrain(stdout())?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

impl Terminal {
    /// Takes the terminal.
    ///
    /// # Errors
    /// When it is no terminal, or is gone.
    pub fn take() -> io::Result<Self> {
        let guard = Guard;
        take()?;
        let (events, reading) = start_reading();
        let (frames, written) = start_writing()?;
        Ok(Self { events, written, frames, reading, lent: None, _guard: guard })
    }

    /// Hands over a frame. The caller waits for `written` before the next, so there is always room for it.
    pub fn write(&self, frame: Vec<u8>) {
        // Without a writer the terminal is gone; the signal that says so is on its way.
        let _ = self.frames.try_send(frame);
    }

    /// Columns and rows now. A terminal that does not know, as on a serial line, is taken for the smallest of old.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size() -> io::Result<(u16, u16)> {
        let size = tcgetwinsize(stdout())?;
        Ok(if size.ws_col == 0 || size.ws_row == 0 { (80, 24) } else { (size.ws_col, size.ws_row) })
    }

    /// Lends the terminal to something else, until it is taken back.
    pub fn lend(&mut self) {
        self.reading.park();
        give_back();
        self.lent = tcgetattr(stdout()).ok();
    }

    /// Takes back what was lent.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_back(&mut self) -> io::Result<()> {
        let taken = take();
        self.reading.go_on();
        taken
    }

    /// Sets the terminal as it was lent, after a borrower that was cut off. It stays given back.
    pub fn mend(&mut self) {
        if let Some(lent) = self.lent.take() {
            // A terminal that is gone needs no mending.
            let _ = tcsetattr(stdout(), OptionalActions::Now, &lent);
            let _ = write_all(GIVE_BACK, &AtomicBool::new(false));
        }
    }

    /// Whether there is a shell that could wake us. Without one, as the only command of a remote login, nobody ever would.
    #[must_use]
    pub fn can_sleep() -> bool {
        getsid(None).is_ok_and(|session| session != getpgrp())
    }

    /// Stops the process and those it was started with until their shell brings them back.
    ///
    /// # Errors
    /// When the terminal cannot be taken back.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.lend();
        // Not TSTP, for which a handler of ours may stand; the whole group, so that a shell also gets past what started us.
        let stopped = kill_current_process_group(Signal::STOP);
        self.take_back()?;
        Ok(stopped?)
    }

    /// Stops only this process, while the terminal is lent to one that has stopped as well.
    pub fn sleep() {
        if Self::can_sleep() {
            let _ = kill_process(getpid(), Signal::STOP);
        }
    }
}

impl Reading {
    /// The thread blocks in a read that only an event ends, so it is given one: the signal of a changed size. If it does not
    /// stand in time it waits for room in the queue, and does not read either.
    fn park(&self) {
        while self.stands.try_recv().is_ok() {}
        self.parked.store(true, SeqCst);
        let _ = kill_process(getpid(), Signal::WINCH);
        let _ = self.stands.recv_timeout(PATIENCE);
    }

    fn go_on(&self) {
        self.parked.store(false, SeqCst);
        self.thread.unpark();
    }
}

fn start_reading() -> (mpsc::Receiver<Said>, Reading) {
    let (events, receiver) = mpsc::channel(WAITING);
    let parked = Arc::new(AtomicBool::new(false));
    let (stand, stands) = blocking::sync_channel(1);
    let flag = parked.clone();
    let thread = thread::spawn(move || {
        while let Ok(event) = read() {
            let mut stood = false;
            while flag.load(SeqCst) {
                // It only wants to know that we stand; once told is enough.
                let _ = stand.try_send(());
                thread::park();
                stood = true;
            }
            // What ended the read was meant to, or was typed when the terminal was about to be another's. A release says
            // nothing; a repeat is a press.
            if stood || matches!(&event, Event::Key(key) if key.kind == KeyEventKind::Release) {
                continue;
            }
            if events.blocking_send((event, now())).is_err() {
                return;
            }
        }
        // A terminal that cannot be read is gone. The system says so too, but not to a process that was told not to listen.
        let _ = kill_process(getpid(), Signal::HUP);
    });
    (receiver, Reading { parked, stands, thread: thread.thread().clone() })
}

/// The way to the thread that writes frames, and what became of each.
type Writing = (blocking::SyncSender<Vec<u8>>, mpsc::Receiver<io::Result<()>>);

fn start_writing() -> io::Result<Writing> {
    let (frames, waiting) = blocking::sync_channel::<Vec<u8>>(1);
    let (done, written) = mpsc::channel(4);
    // By its name the system tells what it writes, and that each frame is one write.
    thread::Builder::new().name("frames".to_owned()).spawn(move || {
        for frame in waiting {
            LINE.writing.store(true, SeqCst);
            let result = write_all(&frame, &LINE.closed);
            LINE.writing.store(false, SeqCst);
            if done.blocking_send(result).is_err() {
                return;
            }
        }
    })?;
    Ok((frames, written))
}

#[expect(clippy::disallowed_methods, reason = "a key counts from when it was read, not from when it was got round to")]
fn now() -> Instant {
    Instant::now()
}

/// Restores the terminal before a panic on this thread is told; a panic elsewhere is handed to the receiver, since a program
/// that draws on into a restored terminal and gets no keys looks hung.
#[must_use]
pub fn on_panic() -> watch::Receiver<Option<String>> {
    let (tell, told) = watch::channel(None);
    let ours = thread::current().id();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |what| {
        // First of all, since logging may itself be what is broken.
        if thread::current().id() == ours {
            give_back();
        }
        tracing::error!(%what, "panic");
        if thread::current().id() == ours {
            usual(what);
        } else {
            tell.send_replace(Some(what.to_string()));
        }
    }));
    told
}
