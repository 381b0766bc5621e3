//! The loop that drives the program: what happened goes in, what it asks for is begun, and a frame is drawn when one is due.
//!
//! Every arm of the `select!` may be dropped at any moment without loss, and none of them is ours. With nothing to show nothing
//! runs. A frame is drawn only when the last one is on the terminal, so frames are left out on a slow line and never queue.

mod away;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use crossterm::event::Event;
use rustix::process::Signal;
use tokio::signal::unix::{self, SignalKind, signal};
use tokio::sync::{mpsc, watch};

use self::away::Away;
use super::executor::{Executor, Report};
use super::terminal::{Said, Terminal};
use super::{App, Begin, Msg};
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
use crate::view::{Effect, Outcome, Settings, Ticket};

/// Frames that no key asked for are no nearer together than this.
const PACE: Duration = Duration::from_millis(16);
/// The same where every byte counts.
const SLOW_PACE: Duration = Duration::from_millis(500);
/// The exit code of a panic.
const PANICKED: u8 = 101;
/// The exit code of a terminal that is gone, whether a signal says so or a write.
const HUNG_UP: u8 = 129;

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
    Edited(Result<String, String>),
    Signal(Signal),
    Stopped,
    Panicked,
    Woke,
}

/// What the process may be told.
struct Signals {
    hangup: unix::Signal,
    interrupt: unix::Signal,
    terminate: unix::Signal,
    stop: unix::Signal,
}

impl Signals {
    fn heard() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            // Its number is not the same everywhere.
            stop: signal(SignalKind::from_raw(Signal::TSTP.as_raw()))?,
        })
    }
}

/// Runs the dashboard until it is left. Answers the exit code.
///
/// # Errors
/// When the terminal cannot be taken. One that is lost later is a hang-up, and an exit code.
pub async fn run(start: Start) -> io::Result<u8> {
    let signals = Signals::heard()?;
    let terminal = Terminal::take()?;
    let size = Terminal::size()?;
    let mut screen = Screen::new(size.0, size.1, start.abilities);
    let shown = start.clock.shown.clone();
    let still = start.clock.is_still();
    let pace = if start.settings.low_bandwidth { SLOW_PACE } else { PACE };
    let now = || Now { wall: shown(), mono: mono(), still };
    let cluster = start.settings.cluster.clone();
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
    let (executor, reports) = Executor::new(handle.clone(), start.guard, start.journal, start.clock.real.clone(), cluster);
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
        drawn: now(),
        pace,
        urgent: false,
        away: None,
        code: None,
    };
    let effects = driver.app.begin(start.begin, now());
    let driven = match driver.perform(effects, &now) {
        Ok(()) => driver.drive(handle, reports, start.panics, signals, &now).await,
        Err(error) => Err(error),
    };
    let Driver { terminal, executor, .. } = driver;
    drop(terminal);
    // A disk that hangs must not keep a person from their shell.
    let _ = tokio::time::timeout(Duration::from_secs(2), executor.finish()).await;
    Ok(driven.unwrap_or_else(|error| {
        tracing::warn!(%error, "the terminal is lost");
        HUNG_UP
    }))
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
    /// The moment of the last picture.
    drawn: Now,
    pace: Duration,
    /// A key was handled since: its frame waits for nothing but the line.
    urgent: bool,
    /// The person's own editor, while it has the terminal.
    away: Option<Away>,
    code: Option<u8>,
}

impl Driver {
    async fn drive(
        &mut self,
        mut handle: Handle,
        mut reports: mpsc::Receiver<Report>,
        mut panics: watch::Receiver<Option<String>>,
        mut signals: Signals,
        now: &impl Fn() -> Now,
    ) -> io::Result<u8> {
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
            let here = self.away.is_none();
            let edited = async {
                match &mut self.away {
                    Some(away) => (&mut away.ended).await,
                    None => std::future::pending().await,
                }
            };
            let happened = tokio::select! {
                Some(said) = self.terminal.events.recv(), if here => Happened::Said(said),
                ended = edited => Happened::Edited(away::edited(ended)),
                Some(report) = reports.recv() => Happened::Report(report),
                Some(result) = self.terminal.written.recv() => Happened::Written(result),
                Ok(()) = handle.snapshots.changed() => Happened::Snapshot(handle.snapshots.borrow_and_update().clone()),
                Ok(()) = panics.changed() => Happened::Panicked,
                Some(()) = signals.hangup.recv() => Happened::Signal(Signal::HUP),
                Some(()) = signals.interrupt.recv() => Happened::Signal(Signal::INT),
                Some(()) = signals.terminate.recv() => Happened::Signal(Signal::TERM),
                Some(()) = signals.stop.recv() => Happened::Stopped,
                () = pause => Happened::Woke,
            };
            match happened {
                // The key that sends it was meant for the editor.
                Happened::Signal(Signal::INT) if self.away.is_some() => continue,
                Happened::Signal(signal) => self.cut_off(signal, now).await?,
                Happened::Panicked => self.cut_off(Signal::TERM, now).await?,
                _ => {}
            }
            self.take(happened, now)?;
            // Whatever else waits already is taken before anything is drawn.
            while self.code.is_none() {
                if self.away.is_none()
                    && let Ok(said) = self.terminal.events.try_recv()
                {
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
                    self.code = Some(HUNG_UP);
                }
                let Some(Frame::Picture(version)) = written else { return Ok(()) };
                Msg::Shown(version)
            }
            Happened::Edited(edited) => return self.edited(edited, now),
            Happened::Signal(signal) => Msg::Signal(u8::try_from(signal.as_raw()).unwrap_or_default()),
            // The editor has stopped, and what waits for it must too, or their shell does not come back.
            Happened::Stopped if self.away.is_some() => {
                Terminal::sleep();
                return Ok(());
            }
            Happened::Stopped => return self.perform(vec![Effect::Suspend], now),
            Happened::Panicked => {
                // The draft is kept as on any way out; what broke is in the log and, once the terminal is back, on stderr.
                self.unseen("a part of this program failed before it went out", now)?;
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
                Effect::Ring => self.screen.ring(),
                Effect::Copy(text) => {
                    if !self.screen.copy(&text) {
                        let notice = Notice::new(Tone::Warn, "too long for a terminal's clipboard: nothing was sent");
                        self.app.update(Msg::Said(notice), now());
                    }
                }
                Effect::Suspend => {
                    if Terminal::can_sleep() {
                        self.unseen("suspended before it went out", now)?;
                        self.terminal.suspend()?;
                        self.returned(now)?;
                    }
                }
                Effect::EditOutside { ticket, text } => {
                    self.unseen("an editor had the terminal before it went out", now)?;
                    self.terminal.lend();
                    match Away::begin(ticket, &text, &self.editor, &self.private) {
                        Ok(away) => self.away = Some(away),
                        Err(why) => {
                            self.terminal.take_back()?;
                            self.returned(now)?;
                            self.outcome(ticket, Err(why), now)?;
                        }
                    }
                }
                other => self.executor.run(other),
            }
        }
        Ok(())
    }

    /// What is held goes out in sight of the person, or not at all.
    fn unseen(&mut self, why: &'static str, now: &impl Fn() -> Now) -> io::Result<()> {
        let effects = self.app.update(Msg::Unseen(why), now());
        self.perform(effects, now)
    }

    fn outcome(&mut self, ticket: Ticket, edited: Result<String, String>, now: &impl Fn() -> Now) -> io::Result<()> {
        let effects = self.app.update(Msg::Outcome(ticket, Outcome::EditedOutside(edited)), now());
        self.perform(effects, now)
    }

    /// The editor is done. Its text is taken first: the terminal may be lost.
    fn edited(&mut self, edited: Result<String, String>, now: &impl Fn() -> Now) -> io::Result<()> {
        let Some(away) = self.away.take() else { return Ok(()) };
        let taken = self.terminal.take_back();
        self.outcome(away.ticket, edited, now)?;
        taken?;
        self.returned(now)
    }

    /// The program ends while an editor has the terminal: its text becomes the draft.
    async fn cut_off(&mut self, signal: Signal, now: &impl Fn() -> Now) -> io::Result<()> {
        let Some(away) = self.away.take() else { return Ok(()) };
        let ticket = away.ticket;
        let edited = away.cut_off(signal).await;
        self.terminal.mend();
        self.outcome(ticket, edited, now)
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
        if self.away.is_some() {
            return None;
        }
        if self.writing.is_some() {
            // The written frame wakes us. What is past cannot be shown before that, what is to come may have to be sent.
            return self.app.wake_at(at).filter(|moment| *moment > at.mono);
        }
        let due = self.drawn.mono + self.pace;
        if self.app.is_dirty() {
            if at.mono < due && !self.urgent {
                return Some(due);
            }
            self.app.take_dirty();
            let version = self.app.version();
            self.drawn = at;
            self.urgent = false;
            let frame = self.screen.draw(|frame| self.app.render(frame, at));
            self.hand_over(frame, Frame::Picture(version));
        }
        if self.writing.is_none() {
            self.tell_idle();
        }
        // What came due while the last frame was on its way to a slow terminal is not past: it was not drawn yet.
        let missed = self.app.wake_at(self.drawn).filter(|moment| *moment <= at.mono);
        missed.or_else(|| self.app.wake_at(at))
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
