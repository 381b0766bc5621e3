//! The terminal itself: who reads it, who writes it, and that it is given back as it was found.
//!
//! One thread blocks in reading, one takes a frame at a time and writes it, so neither a silent keyboard nor a slow line ever
//! holds up the program. Reading pauses while another program owns the terminal. Whatever ends us, the guard gives it back.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as blocking;
use std::time::Instant;

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, Event, KeyEventKind, read};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, execute};
use rustix::process::{Signal, getpid, kill_process};
use tokio::sync::{mpsc, watch};

/// So many events may wait; the thread that reads then waits too, and the terminal keeps what is typed.
const WAITING: usize = 4_096;

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
    _guard: Guard,
}

/// How the reading thread is stopped and started.
struct Reading {
    parked: Arc<AtomicBool>,
    stands: blocking::Receiver<()>,
    resume: blocking::SyncSender<()>,
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
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)
}

/// As it was found. Each step is tried whatever became of the others: a terminal that is gone answers with errors.
fn give_back() {
    let _ = execute!(io::stdout(), DisableBracketedPaste, cursor::Show, LeaveAlternateScreen);
    let _ = disable_raw_mode();
}

impl Terminal {
    /// Takes the terminal. Nothing is asked of it: no answer is waited for.
    ///
    /// # Errors
    /// When it is no terminal, or is gone.
    pub fn take() -> io::Result<Self> {
        take()?;
        let guard = Guard;
        let (events, reading) = start_reading();
        let (frames, written) = start_writing();
        Ok(Self { events, frames, written, reading, _guard: guard })
    }

    /// Hands over a frame. The caller waits for `written` before the next, so there is always room for it.
    pub fn write(&self, frame: Vec<u8>) {
        // Without a writer the terminal is gone; the signal that says so is on its way.
        let _ = self.frames.try_send(frame);
    }

    /// Columns and rows now.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size() -> io::Result<(u16, u16)> {
        crossterm::terminal::size()
    }

    /// Lends the terminal to something else for as long as that runs.
    ///
    /// # Errors
    /// When it cannot be taken back.
    pub fn lend<T>(&mut self, meanwhile: impl FnOnce() -> T) -> io::Result<T> {
        self.reading.park();
        give_back();
        let answer = meanwhile();
        take()?;
        self.reading.go_on();
        Ok(answer)
    }

    /// Stops the process until its shell brings it back.
    ///
    /// # Errors
    /// When the terminal cannot be taken back.
    pub fn suspend(&mut self) -> io::Result<()> {
        // Not TSTP, for which a handler of ours may stand.
        self.lend(|| kill_process(getpid(), Signal::STOP).map_err(io::Error::from))?
    }
}

impl Reading {
    /// The thread blocks in a read that only an event ends, so it is given one: the signal of a changed size.
    fn park(&self) {
        self.parked.store(true, Ordering::SeqCst);
        let _ = kill_process(getpid(), Signal::WINCH);
        let _ = self.stands.recv();
    }

    fn go_on(&self) {
        self.parked.store(false, Ordering::SeqCst);
        let _ = self.resume.send(());
    }
}

fn start_reading() -> (mpsc::Receiver<Said>, Reading) {
    let (events, receiver) = mpsc::channel(WAITING);
    let parked = Arc::new(AtomicBool::new(false));
    let (stand, stands) = blocking::sync_channel(1);
    let (resume, resumed) = blocking::sync_channel(1);
    let flag = parked.clone();
    std::thread::spawn(move || {
        while let Ok(event) = read() {
            if flag.load(Ordering::SeqCst) {
                if stand.send(()).is_err() || resumed.recv().is_err() {
                    return;
                }
                continue;
            }
            // A release says nothing; a repeat is a press.
            if matches!(&event, Event::Key(key) if key.kind == KeyEventKind::Release) {
                continue;
            }
            if events.blocking_send((event, now())).is_err() {
                return;
            }
        }
    });
    (receiver, Reading { parked, stands, resume })
}

fn start_writing() -> (blocking::SyncSender<Vec<u8>>, mpsc::Receiver<io::Result<()>>) {
    let (frames, waiting) = blocking::sync_channel::<Vec<u8>>(1);
    let (done, written) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut out = io::stdout();
        for frame in waiting {
            let result = out.write_all(&frame).and_then(|()| out.flush());
            if done.blocking_send(result).is_err() {
                return;
            }
        }
    });
    (frames, written)
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
    let ours = std::thread::current().id();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |what| {
        tracing::error!(%what, "panic");
        if std::thread::current().id() == ours {
            give_back();
            usual(what);
        } else {
            tell.send_replace(Some(what.to_string()));
        }
    }));
    told
}
