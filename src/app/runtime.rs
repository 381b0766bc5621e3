//! The loop: what happened goes in, effects go out, and a picture follows when the line is free.
//!
//! Nothing here decides anything. Every arm of the `select!` may be dropped at any time without losing something. With nothing
//! to show, nothing runs.

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::executor::{Executor, Report, Wall};
use super::{App, Msg};
use crate::kind::Tone;
use crate::resource::Now;
use crate::store::Snapshot;
use crate::ui::key::Key;
use crate::ui::notice::Notice;
use crate::ui::screen::Screen;
use crate::view::{Effect, Outcome, Ticket};

/// Between two pictures: no eye sees more.
const FRAME: Duration = Duration::from_millis(16);

/// Something the terminal or the system has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// A text was pasted.
    Paste(String),
    /// It has another size: columns and rows.
    Resize(u16, u16),
    /// All that was handed over has been written.
    Written,
    /// The process is to end, by the signal with this number.
    Signal(u8),
    /// The terminal is gone.
    Gone,
}

/// The terminal as the loop needs it. What it has to say arrives on a channel, each with the moment when it was read.
pub trait Line {
    /// Hands bytes over to be written, without waiting; `Input::Written` follows. Only asked for when that has come.
    fn write(&mut self, bytes: Vec<u8>);
    /// Gives the terminal back to the shell until we are in front again. The screen is painted anew afterwards.
    ///
    /// # Errors
    /// Why we are still here.
    fn suspend(&mut self) -> Result<(), String>;
    /// Lets the person's own editor have the text and the terminal.
    ///
    /// # Errors
    /// Why there is no text to go on with.
    fn edit(&mut self, text: &str) -> Result<String, String>;
}

/// What the loop runs between.
pub struct Ends<L> {
    /// The terminal.
    pub line: L,
    /// What it has to say.
    pub inputs: mpsc::Receiver<(Input, Instant)>,
    /// What the store publishes.
    pub snapshots: watch::Receiver<std::sync::Arc<Snapshot>>,
    /// Who does what is asked for.
    pub executor: Executor,
    /// What comes of it.
    pub reports: mpsc::Receiver<Report>,
    /// The wall clock as it is shown; a test may hold it still.
    pub wall: Wall,
    /// Whether the title tells each time that all input was handled, for tests.
    pub tells_idle: bool,
}

/// Runs until the program is left. Answers the exit code.
pub async fn run<L: Line>(app: App, screen: Screen, ends: Ends<L>, first: Vec<Effect>) -> u8 {
    let Ends { line, inputs, snapshots, executor, reports, wall, tells_idle } = ends;
    let idle = Idle { tells: tells_idle, handled: 0, told: None };
    let loop_ = Loop { app, screen, line, executor, wall, idle, dirty: true, busy: None, drawn_at: None, quit: None };
    loop_.run(inputs, reports, snapshots, first).await
}

/// How many terminal events were handled, and which number the title has.
struct Idle {
    tells: bool,
    handled: u64,
    told: Option<u64>,
}

struct Loop<L> {
    app: App,
    screen: Screen,
    line: L,
    executor: Executor,
    wall: Wall,
    idle: Idle,
    dirty: bool,
    /// The version of the picture that is being written.
    busy: Option<u64>,
    drawn_at: Option<Instant>,
    quit: Option<u8>,
}

impl<L: Line> Loop<L> {
    async fn run(
        mut self,
        mut inputs: mpsc::Receiver<(Input, Instant)>,
        mut reports: mpsc::Receiver<Report>,
        mut snapshots: watch::Receiver<std::sync::Arc<Snapshot>>,
        first: Vec<Effect>,
    ) -> u8 {
        self.carry_out(first);
        let snapshot = snapshots.borrow_and_update().clone();
        self.tell(Msg::Snapshot(snapshot), now(&self.wall));
        let mut publishing = true;
        loop {
            self.draw(inputs.is_empty() && reports.is_empty());
            if let Some(code) = self.quit {
                self.executor.finish().await;
                return code;
            }
            let deadline = self.deadline();
            tokio::select! {
                input = inputs.recv() => self.heard(input),
                report = reports.recv() => self.reported(report),
                changed = snapshots.changed(), if publishing => {
                    publishing = changed.is_ok();
                    let snapshot = snapshots.borrow_and_update().clone();
                    self.tell(Msg::Snapshot(snapshot), now(&self.wall));
                }
                () = until(deadline) => self.woken(),
            }
            // Whatever else is there already goes into the same picture.
            while let Ok(input) = inputs.try_recv() {
                self.heard(Some(input));
            }
            while let Ok(report) = reports.try_recv() {
                self.reported(Some(report));
            }
        }
    }

    fn heard(&mut self, input: Option<(Input, Instant)>) {
        let Some((input, at)) = input else {
            self.quit.get_or_insert(129);
            return;
        };
        let moment = Now { wall: (self.wall)(), mono: at };
        let msg = match input {
            Input::Key(key) => Msg::Key(key),
            Input::Paste(text) => Msg::Paste(text),
            Input::Resize(columns, rows) => {
                self.screen.resize(columns, rows);
                Msg::Resize(columns, rows)
            }
            Input::Written => {
                if let Some(version) = self.busy.take() {
                    self.tell(Msg::Shown(version), moment);
                }
                return;
            }
            Input::Signal(number) => Msg::Signal(number),
            Input::Gone => Msg::Signal(1),
        };
        if !matches!(msg, Msg::Signal(_)) {
            self.idle.handled += 1;
        }
        self.tell(msg, moment);
    }

    fn reported(&mut self, report: Option<Report>) {
        match report {
            Some(Report::Answer(ticket, outcome)) => self.tell(Msg::Outcome(ticket, outcome), now(&self.wall)),
            Some(Report::Drafts(drafts)) => self.tell(Msg::Drafts(drafts), now(&self.wall)),
            Some(Report::Said(notice)) => self.tell(Msg::Said(notice), now(&self.wall)),
            None => {}
        }
    }

    fn woken(&mut self) {
        let now = now(&self.wall);
        if self.app.wake_at(now).is_none_or(|at| at <= now.mono + Duration::from_millis(1)) {
            self.tell(Msg::Wake, now);
        }
    }

    fn tell(&mut self, msg: Msg, now: Now) {
        let effects = self.app.update(msg, now);
        self.dirty |= self.app.take_dirty();
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Copy(text) => {
                    if !self.screen.copy(&text) {
                        self.say(Tone::Bad, "not copied: it is more than a terminal takes");
                    }
                }
                Effect::Redraw => self.screen.repaint(),
                Effect::Suspend => {
                    if let Err(why) = self.line.suspend() {
                        self.say(Tone::Warn, &format!("not suspended: {why}"));
                    }
                    self.screen.repaint();
                }
                Effect::EditOutside { ticket, text } => self.edit(ticket, &text),
                Effect::Quit(code) => self.quit = Some(code),
                other => self.executor.run(other),
            }
        }
    }

    fn edit(&mut self, ticket: Ticket, text: &str) {
        let answer = self.line.edit(text);
        self.screen.repaint();
        self.tell(Msg::Outcome(ticket, Outcome::EditedOutside(answer)), now(&self.wall));
    }

    fn say(&mut self, tone: Tone, text: &str) {
        let effects = self.app.update(Msg::Said(Notice::new(tone, text)), now(&self.wall));
        self.dirty = true;
        debug_assert!(effects.is_empty(), "a notice asks for nothing");
    }

    /// Draws if there is something to draw, the line is free, and the last picture has had its time.
    fn draw(&mut self, heard_all: bool) {
        let idle = self.idle.tells && heard_all && self.app.is_idle();
        let tells = idle && self.idle.told != Some(self.idle.handled);
        let now = now(&self.wall);
        let rested = self.drawn_at.is_none_or(|at| now.mono.duration_since(at) >= FRAME);
        if self.busy.is_some() || !(self.dirty || tells) || !rested {
            return;
        }
        if tells {
            self.screen.title(&format!("idle {}", self.idle.handled));
            self.idle.told = Some(self.idle.handled);
        }
        let (app, version) = (&self.app, self.app.version());
        let bytes = self.screen.draw(|frame| app.render(frame, now));
        (self.dirty, self.drawn_at) = (false, Some(now.mono));
        if bytes.is_empty() {
            // It is on the terminal already.
            self.tell(Msg::Shown(version), now);
        } else {
            self.busy = Some(version);
            self.line.write(bytes);
        }
    }

    /// When to look again without anything having happened.
    fn deadline(&self) -> Option<Instant> {
        let frame = self.drawn_at.filter(|_| self.busy.is_none() && (self.dirty || self.idle.tells)).map(|at| at + FRAME);
        let frame = frame.filter(|_| self.dirty || self.idle.told != Some(self.idle.handled));
        let frame = frame.filter(|at| self.dirty || *at > now(&self.wall).mono);
        let wake = self.app.wake_at(now(&self.wall));
        [frame, wake].into_iter().flatten().min()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
fn now(wall: &Wall) -> Now {
    Now { wall: wall(), mono: Instant::now() }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
