//! A view's answer: what it did, what it asks for, where to go.

use std::time::Instant;

use super::View;
use super::effect::Effect;
use crate::kind::{Order, Sort, Tone};
use crate::resource::Reference;
use crate::ui::command::Command;
use crate::ui::notice::Notice;

/// Where one can go without opening anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// What needs me.
    Overview,
    /// The list of a kind, by its name.
    List(&'static str),
}

/// A verdict that waits out its hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The kind's name.
    pub kind: &'static str,
    /// The action's name.
    pub action: &'static str,
    /// What it says, for the notice: `approve 018f…`.
    pub says: String,
    /// What was ordered.
    pub order: Order,
    /// When it goes out.
    pub until: Instant,
}

/// What the stack and the program do for a view.
#[derive(Debug)]
pub enum Move {
    /// Opens a view on top of this one.
    Push(Box<dyn View>),
    /// Leaves this one.
    Pop,
    /// Goes to a place; a filter of its own replaces the one there, and the cursor goes to this row.
    Go {
        /// Where.
        place: Place,
        /// The filter to set, if any.
        filter: Option<String>,
        /// The row to stand on, if any.
        cursor: Option<Reference>,
    },
    /// Runs a command as if its key had been pressed here.
    Run(Command),
    /// Has an action done: after the hold if it has one, else at once.
    Act {
        /// With its kind, its name and what was ordered. `until` of one without a hold is now.
        held: Box<Held>,
    },
    /// Remembers a text that was written about a resource, for the next time.
    Keep(Reference, String),
    /// Saves what the view above which this one floats is about.
    Save,
    /// Throws away the unsaved text of the view above which this one floats.
    Discard,
    /// Sorts the list by this column.
    Sort(Sort),
    /// Leaves the program without asking again.
    Quit,
    /// Shuts or opens the guard.
    Guard(bool),
}

/// A view's answer to what it was given.
#[derive(Debug, Default)]
pub struct Step {
    /// The command, if it is not for this view.
    pub passed: Option<Command>,
    /// Where to go, in order.
    pub moves: Vec<Move>,
    /// What to ask of the world, in order.
    pub effects: Vec<Effect>,
    /// What to say.
    pub notices: Vec<Notice>,
}

impl Step {
    /// It was for this view; what there was to do is done.
    #[must_use]
    pub fn done() -> Self {
        Self::default()
    }

    /// It is not for this view.
    #[must_use]
    pub fn pass(command: Command) -> Self {
        Self { passed: Some(command), ..Self::default() }
    }

    /// Opens a view.
    #[must_use]
    pub fn push(view: impl View + 'static) -> Self {
        Self::go(Move::Push(Box::new(view)))
    }

    /// Leaves.
    #[must_use]
    pub fn pop() -> Self {
        Self::go(Move::Pop)
    }

    /// One move.
    #[must_use]
    pub fn go(to: Move) -> Self {
        Self { moves: vec![to], ..Self::default() }
    }

    /// It cannot be done, and why.
    #[must_use]
    pub fn refuse(why: impl Into<String>) -> Self {
        Self { notices: vec![Notice::refusal(&why.into())], ..Self::default() }
    }

    /// Asks the world for something.
    #[must_use]
    pub fn ask(effect: Effect) -> Self {
        Self::done().and(effect)
    }

    /// And asks for this too.
    #[must_use]
    pub fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// And then goes there.
    #[must_use]
    pub fn then(mut self, to: Move) -> Self {
        self.moves.push(to);
        self
    }

    /// And says this.
    #[must_use]
    pub fn say(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.notices.push(Notice::new(tone, &text.into()));
        self
    }
}
