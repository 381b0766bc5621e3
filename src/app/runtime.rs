//! The loop that drives the program: what happened goes in, what it asks for is begun, and a frame is drawn when one is due.
//!
//! Every arm of the `select!` may be dropped at any moment without loss, and none of them is ours. With nothing to show nothing
//! runs. A frame is drawn only when the last one is on the terminal, so frames are left out on a slow line and never queue.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crossterm::event::Event;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::executor::{Executor, Report};
use super::terminal::{Said, Terminal};
use super::{App, Begin, Msg, outside};
use crate::api::Guard;
use crate::kind::Tone;
use crate::resource::Now;
use crate::store::Snapshot;
use crate::store::journal::Journal;
use crate::store::sync::{self, Clock, Dial, Handle};
use crate::ui::key::Key;
use crate::ui::keymap::Keymap;
use crate::ui::notice::Notice;
use crate::ui::screen::{Abilities, Screen};
use crate::ui::theme::Theme;
use crate::view::{Effect, Outcome, Settings};

/// Frames that no key asked for are no nearer together than this.
const PACE: Duration = Duration::from_millis(16);
/// The exit code of a panic.
const PANICKED: u8 = 101;

/// All that was decided before the first frame.
pub struct Start {
    /// What views may know.
    pub settings: Settings,
    /// How things look.
    pub theme: Theme,
    /// What keys mean.
    pub keymap: Keymap,
    /// What is known of the terminal.
    pub abilities: Abilities,
    /// Where to begin.
    pub begin: Begin,
    /// What to say at once: clashes of keys, a key file that others may read.
    pub notices: Vec<Notice>,
    /// How to reach the Auth Service.
    pub dial: Dial,
    /// What the store may do.
    pub sync: sync::Settings,
    /// The guard every call passes.
    pub guard: Guard,
    /// Where drafts and verdicts are written down.
    pub journal: Option<Journal>,
    /// The wall clock, as it is shown and as it runs.
    pub clock: Clock,
    /// What a shell would run to edit a text.
    pub editor: String,
    /// Where texts for it are laid out.
    pub private: PathBuf,
    /// Whether to tell a test when all input was handled.
    pub tell_idle: bool,
    /// Panics of other threads.
    pub panics: watch::Receiver<Option<String>>,
}

/// What is being written to the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// A picture of this version of the state.
    Picture(u64),
    /// Something beside the picture.
    Aside,
}

/// What is said of one turn of the loop.
enum Happened {
    Said(Said),
    Report(Report),
    Snapshot(Arc<Snapshot>),
    Written(io::Result<()>),
    Signal(u8),
    Stopped,
    Panicked,
    Woke,
}

/// Runs the dashboard until it is left. Answers the exit code.
///
/// # Errors
/// When the terminal cannot be taken, or not be taken back.
pub async fn run(start: Start) -> io::Result<u8> {
    let terminal = Terminal::take()?;
    let size = Terminal::size()?;
    let mut screen = Screen::new(size.0, size.1, start.abilities);
    let shown = start.clock.shown.clone();
    let still = start.clock.is_still();
    let now = || Now { wall: shown(), mono: mono(), still };
    let mut app = App::new(start.settings, start.theme, start.keymap, size, now());
    for notice in start.notices {
        app.update(Msg::Said(notice), now());
    }
    // The first frame is on its way before anything is asked of the network.
    let first = app.version();
    app.take_dirty();
    let frame = screen.draw(|frame| app.render(frame, now()));
    terminal.write(frame);

    let handle = sync::spawn(start.sync, start.dial, start.clock.clone());
    let (executor, reports) = Executor::new(handle.clone(), start.guard, start.journal, start.clock.real.clone());
    let mut driver = Driver {
        app,
        screen,
        terminal,
        executor,
        editor: start.editor,
        private: start.private,
        handled: 0,
        tells: start.tell_idle,
        told: None,
        writing: Some(Frame::Picture(first)),
        drawn_at: mono(),
        urgent: false,
        code: None,
    };
    let effects = driver.app.begin(start.begin, now());
    driver.perform(effects, &now)?;
    let code = driver.drive(handle, reports, start.panics, &now).await?;
    let Driver { terminal, executor, .. } = driver;
    drop(terminal);
    // A disk that hangs must not keep a person from their shell.
    let _ = tokio::time::timeout(Duration::from_secs(2), executor.finish()).await;
    Ok(code)
}

struct Driver {
    app: App,
    screen: Screen,
    terminal: Terminal,
    executor: Executor,
    editor: String,
    private: PathBuf,
    /// Events of the terminal that were handled, for a test that counts what it sent.
    handled: u64,
    /// Whether a test wants to be told, and what it was told last.
    tells: bool,
    told: Option<u64>,
    /// What is being written.
    writing: Option<Frame>,
    drawn_at: Instant,
    /// A key was handled since: its frame waits for nothing but the line.
    urgent: bool,
    code: Option<u8>,
}

impl Driver {
    async fn drive(
        &mut self,
        mut handle: Handle,
        mut reports: mpsc::Receiver<Report>,
        mut panics: watch::Receiver<Option<String>>,
        now: &impl Fn() -> Now,
    ) -> io::Result<u8> {
        let mut hangup = signal(SignalKind::hangup())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut stop = signal(SignalKind::from_raw(20))?;
        loop {
            if let Some(code) = self.code {
                return Ok(code);
            }
            let wake = self.draw_if_due(now);
            let pause = async {
                match wake {
                    Some(moment) => tokio::time::sleep_until(moment.into()).await,
                    None => std::future::pending().await,
                }
            };
            let happened = tokio::select! {
                Some(said) = self.terminal.events.recv() => Happened::Said(said),
                Some(report) = reports.recv() => Happened::Report(report),
                Some(result) = self.terminal.written.recv() => Happened::Written(result),
                Ok(()) = handle.snapshots.changed() => Happened::Snapshot(handle.snapshots.borrow_and_update().clone()),
                Ok(()) = panics.changed() => Happened::Panicked,
                Some(()) = hangup.recv() => Happened::Signal(1),
                Some(()) = interrupt.recv() => Happened::Signal(2),
                Some(()) = terminate.recv() => Happened::Signal(15),
                Some(()) = stop.recv() => Happened::Stopped,
                () = pause => Happened::Woke,
            };
            self.take(happened, now)?;
            // Whatever else waits already is taken before anything is drawn.
            while self.code.is_none() {
                if let Ok(said) = self.terminal.events.try_recv() {
                    self.take(Happened::Said(said), now)?;
                } else if let Ok(report) = reports.try_recv() {
                    self.take(Happened::Report(report), now)?;
                } else {
                    break;
                }
            }
        }
    }

    fn take(&mut self, happened: Happened, now: &impl Fn() -> Now) -> io::Result<()> {
        let msg = match happened {
            Happened::Said((event, at)) => return self.hear(event, at, now),
            Happened::Report(Report::Answer(ticket, outcome)) => Msg::Outcome(ticket, outcome),
            Happened::Report(Report::Said(notice)) => Msg::Said(notice),
            Happened::Report(Report::Drafts(drafts)) => Msg::Drafts(drafts),
            Happened::Snapshot(snapshot) => Msg::Snapshot(snapshot),
            Happened::Written(result) => {
                let written = self.writing.take();
                // A terminal that takes nothing any more is gone, and the hang-up that says so may not reach us.
                if result.is_err() {
                    self.code = Some(129);
                }
                let Some(Frame::Picture(version)) = written else { return Ok(()) };
                Msg::Shown(version)
            }
            Happened::Signal(number) => Msg::Signal(number),
            Happened::Stopped => return self.perform(vec![Effect::Suspend], now),
            Happened::Panicked => {
                // The draft is kept as on any way out; what broke is in the log and, once the terminal is back, on stderr.
                self.code = Some(PANICKED);
                return Ok(());
            }
            Happened::Woke => Msg::Wake,
        };
        let effects = self.app.update(msg, now());
        self.perform(effects, now)
    }

    fn hear(&mut self, event: Event, at: Instant, now: &impl Fn() -> Now) -> io::Result<()> {
        self.handled += 1;
        self.urgent = true;
        let read = Now { mono: at, ..now() };
        let msg = match event {
            Event::Key(key) => {
                for key in Key::presses(&key) {
                    let effects = self.app.update(Msg::Key(key), read);
                    self.perform(effects, now)?;
                }
                return Ok(());
            }
            Event::Paste(text) => Msg::Paste(text),
            Event::Resize(columns, rows) => {
                self.screen.resize(columns, rows);
                Msg::Resize(columns, rows)
            }
            Event::FocusGained | Event::FocusLost | Event::Mouse(_) => return Ok(()),
        };
        let effects = self.app.update(msg, read);
        self.perform(effects, now)
    }

    /// Begins what is asked for. What belongs to the terminal is done here, the rest by the executor.
    fn perform(&mut self, effects: Vec<Effect>, now: &impl Fn() -> Now) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Quit(code) => self.code = Some(code),
                Effect::Redraw => self.screen.repaint(),
                Effect::Copy(text) => {
                    if !self.screen.copy(&text) {
                        let notice = Notice::new(Tone::Warn, "too long for a terminal's clipboard: nothing was sent");
                        self.app.update(Msg::Said(notice), now());
                    }
                }
                Effect::Suspend => {
                    self.terminal.suspend()?;
                    self.returned(now)?;
                }
                Effect::EditOutside { ticket, text } => {
                    let (editor, private) = (self.editor.clone(), self.private.clone());
                    let edited = self.terminal.lend(|| outside::edit(&text, &editor, &private))?;
                    self.returned(now)?;
                    let more = self.app.update(Msg::Outcome(ticket, Outcome::EditedOutside(edited)), now());
                    self.perform(more, now)?;
                }
                other => self.executor.run(other),
            }
        }
        Ok(())
    }

    /// After something else had the terminal: its size may be another, and nothing of ours is on it.
    fn returned(&mut self, now: &impl Fn() -> Now) -> io::Result<()> {
        let (columns, rows) = Terminal::size()?;
        self.screen.resize(columns, rows);
        let effects = self.app.update(Msg::Resize(columns, rows), now());
        self.perform(effects, now)
    }

    /// Draws if a picture may differ, the line is free and the last one is long enough ago. Answers when to look again.
    fn draw_if_due(&mut self, now: &impl Fn() -> Now) -> Option<Instant> {
        let at = now();
        if self.writing.is_some() {
            // The written frame wakes us. What is past cannot be shown before that, what is to come may have to be sent.
            return self.app.wake_at(at).filter(|moment| *moment > at.mono);
        }
        let due = self.drawn_at + PACE;
        if self.app.is_dirty() {
            if at.mono < due && !self.urgent {
                return Some(due);
            }
            self.app.take_dirty();
            let version = self.app.version();
            self.drawn_at = at.mono;
            self.urgent = false;
            let frame = self.screen.draw(|frame| self.app.render(frame, at));
            self.hand_over(frame, Frame::Picture(version));
        }
        if self.writing.is_none() {
            self.tell_idle();
        }
        self.app.wake_at(at)
    }

    fn hand_over(&mut self, bytes: Vec<u8>, frame: Frame) {
        if bytes.is_empty() {
            // What should be on the terminal already is.
            if let Frame::Picture(version) = frame {
                let at = Now { wall: SystemTime::UNIX_EPOCH, mono: mono(), still: true };
                self.app.update(Msg::Shown(version), at);
            }
            return;
        }
        self.terminal.write(bytes);
        self.writing = Some(frame);
    }

    fn tell_idle(&mut self) {
        if self.tells && self.told != Some(self.handled) && self.app.is_idle() {
            self.told = Some(self.handled);
            self.screen.title(&format!("idle {}", self.handled));
            let frame = self.screen.take_aside();
            self.hand_over(frame, Frame::Aside);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the loop is where the program is told what time it is")]
fn mono() -> Instant {
    Instant::now()
}
