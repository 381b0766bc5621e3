//! What a step moves, and what commands mean wherever one is.

use super::App;
use crate::kind::Tone;
use crate::resource::Now;
use crate::ui::command::Command;
use crate::ui::footer::{Hint, anywhere};
use crate::view::{Confirm, Effect, HelpPage, Move, Palette, Step, View};

use super::desk::Desk;

impl App {
    /// Does what a view answered.
    pub(super) fn apply(&mut self, step: Step, effects: &mut Vec<Effect>, now: Now) {
        effects.extend(step.effects);
        for notice in step.notices {
            self.notices.say(notice, now.mono);
        }
        for to in step.moves {
            self.go(to, effects, now);
        }
        if let Some(command) = step.passed {
            self.anywhere(command, effects, now);
        }
    }

    /// Runs a command: the view on top may answer it, else it means what it means everywhere.
    pub(super) fn run(&mut self, command: Command, effects: &mut Vec<Effect>, now: Now) {
        if command != Command::Cancel {
            self.cancelled_at = None;
        }
        let step = self.desk.top().on(command, &self.world.cx(now));
        self.apply(step, effects, now);
    }

    fn go(&mut self, to: Move, effects: &mut Vec<Effect>, now: Now) {
        match to {
            Move::Push(view) => self.desk.push(view),
            Move::Pop => {
                self.desk.pop();
            }
            Move::Go { place, filter, cursor } => {
                self.desk.go(Desk::tab_of(&place));
                if filter.is_some() || cursor.is_some() {
                    self.desk.clear();
                }
                if let Some(list) = self.desk.root().as_list() {
                    if let Some(filter) = filter {
                        list.set_filter(filter);
                    }
                    if let Some(cursor) = cursor {
                        list.seek(cursor);
                    }
                }
            }
            Move::Run(command) => self.run(command, effects, now),
            Move::Act { held } => self.act(*held, effects, now),
            Move::Keep(reference, text) => {
                if text.is_empty() {
                    self.world.kept.remove(&reference);
                } else {
                    self.world.kept.insert(reference, text);
                }
            }
            Move::Save => {
                let step = self.desk.top().save(&self.world.cx(now));
                self.apply(step, effects, now);
            }
            Move::Discard => {
                let step = self.desk.top().discard();
                self.apply(step, effects, now);
            }
            Move::Sort(sort) => match self.desk.top().as_list() {
                Some(list) => list.sort_by(sort),
                None => self.say(Tone::Warn, "sort: there is no list here", now),
            },
            Move::Quit => self.quit(0, effects, now),
            Move::Guard(shut) => {
                self.world.guarded = shut || self.world.settings.read_only;
                effects.push(Effect::Guard(shut));
                if shut {
                    self.drop_held("read-only was switched on", effects, now);
                }
            }
        }
    }

    fn act(&mut self, held: crate::view::Held, effects: &mut Vec<Effect>, now: Now) {
        let (says, reference) = (held.says.clone(), held.order.reference.clone());
        match self.verdicts.take(held, now, &self.world.tickets) {
            Ok(effect) => {
                self.world.kept.remove(&reference);
                effects.extend(effect);
            }
            Err(busy) => self.say(Tone::Warn, &format!("{says}: {busy}"), now),
        }
        self.world.busy = self.verdicts.busy();
    }

    /// What a command means where no view has an answer of its own.
    fn anywhere(&mut self, command: Command, effects: &mut Vec<Effect>, now: Now) {
        match command {
            Command::View(number) => self.desk.go(usize::from(number).saturating_sub(1)),
            Command::NextView => self.desk.beside(true),
            Command::PrevView => self.desk.beside(false),
            Command::HistoryBack | Command::HistoryForward => {
                let forward = command == Command::HistoryForward;
                if !self.desk.along(forward) {
                    let said = if forward { "history: this is the newest view" } else { "history: this is where it began" };
                    self.say(Tone::Plain, said, now);
                }
            }
            Command::LastView => {
                if !self.desk.last() {
                    self.say(Tone::Plain, "last view: there was no other yet", now);
                }
            }
            Command::Palette => {
                let (offers, kind) = (self.offers(now), self.desk.front().kind());
                let palette = Palette::new(kind, &offers, &self.world.cx(now));
                self.desk.push(Box::new(palette));
            }
            Command::Help => {
                let offers = self.offers(now);
                self.desk.push(Box::new(HelpPage::new(offers)));
            }
            // At the top it does nothing: the key that gives up never ends the program.
            Command::Back => {
                self.desk.pop();
            }
            Command::Quit if self.desk.depth() > 1 => {
                self.desk.pop();
            }
            Command::Quit => self.ask_to_quit(effects, now),
            Command::Cancel => self.cancel(effects, now),
            Command::Refresh => effects.push(Effect::Refresh),
            Command::Wide => self.world.wide = !self.world.wide,
            Command::Guard => self.guard(effects, now),
            Command::Redraw => effects.push(Effect::Redraw),
            Command::Suspend => effects.push(Effect::Suspend),
            Command::TakeBack => match self.verdicts.take_back() {
                Some(held) => {
                    self.world.kept.insert(held.order.reference.clone(), held.order.reason.clone());
                    self.say(Tone::Good, &format!("{}: taken back, nothing was sent", held.says), now);
                }
                None => self.say(Tone::Plain, "take back: nothing is held", now),
            },
            Command::Move(..) => {}
            other => {
                let word = other.entry().word;
                self.say(Tone::Plain, &format!("{word}: not here; {} shows what is", self.key_of(Command::Help)), now);
            }
        }
    }

    fn key_of(&self, command: Command) -> String {
        self.world.keymap.key_of(command).map_or_else(|| "the palette".to_owned(), |key| key.to_string())
    }

    /// What the view on top offers, and what is offered anywhere.
    fn offers(&self, now: Now) -> Vec<Hint> {
        let mut all = self.desk.front().offers(&self.world.cx(now));
        all.extend(anywhere());
        if self.verdicts.holds() {
            all.push(Hint::new(Command::TakeBack));
        }
        all
    }

    fn guard(&mut self, effects: &mut Vec<Effect>, now: Now) {
        if !self.world.guarded {
            self.go(Move::Guard(true), effects, now);
            self.say(Tone::Plain, "read-only: nothing that writes leaves this program; the same key lifts it", now);
        } else if self.world.settings.read_only {
            self.notices.say(crate::ui::notice::Notice::refusal("read-only: started so, and no key lifts that"), now.mono);
        } else {
            let lines = vec!["Verdicts, saves and deletions can be sent again.".to_owned()];
            self.desk.push(Box::new(Confirm::new("Lift read-only?", lines, Move::Guard(false))));
        }
    }

    fn cancel(&mut self, effects: &mut Vec<Effect>, now: Now) {
        if self.cancelled_at.is_some_and(|at| now.mono.duration_since(at) <= super::TWICE) {
            self.quit(130, effects, now);
            return;
        }
        self.cancelled_at = Some(now.mono);
        if self.desk.front().floats() && self.desk.front().unsaved().is_none() {
            self.desk.pop();
        }
        let key = self.key_of(Command::Cancel);
        self.say(Tone::Plain, &format!("{key} once more quits"), now);
    }

    /// What would be lost or left unanswered by leaving.
    fn unsaved(&self, now: Now) -> Vec<String> {
        let held = self.verdicts.held(now).map(|(says, _)| format!("{says} is held and would not be sent"));
        let waits = self.verdicts.waits().then(|| "something was sent and its answer is not here yet".to_owned());
        let views = self.desk.all().filter_map(View::unsaved);
        held.chain(waits).chain(views).collect()
    }

    fn ask_to_quit(&mut self, effects: &mut Vec<Effect>, now: Now) {
        let lines = self.unsaved(now);
        if lines.is_empty() {
            self.quit(0, effects, now);
        } else {
            self.desk.push(Box::new(Confirm::new("Quit?", lines, Move::Quit)));
        }
    }

    fn quit(&mut self, code: u8, effects: &mut Vec<Effect>, now: Now) {
        self.drop_held("the program was left", effects, now);
        effects.push(Effect::Quit(code));
    }
}
