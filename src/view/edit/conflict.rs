//! Two people changed one resource: what came together by itself, and the places where somebody must choose.
//!
//! Holds the merge and how far it has been settled; the text under it is the person's and stays as it is until they take the
//! merge. There is no force: theirs is the base of whatever is saved from here. Taking all of theirs is asked for twice, because
//! it ends my text.

use std::collections::BTreeSet;

use crate::document::{self, Clash, Line, Merge, Path, Side};

/// Two changes of one text.
#[derive(Debug)]
pub struct Conflict {
    met: Result<Merge, Apart>,
    theirs: String,
    /// What saving the merge would change in theirs, as it is settled now.
    changes: Vec<Line>,
    at: usize,
    myself: BTreeSet<Path>,
    asked: bool,
    /// The first line on screen.
    pub scroll: usize,
    /// How many lines there are, and how many fit.
    pub room: (usize, usize),
    /// The clash in front should be brought into sight.
    pub follow: bool,
}

/// Two changes that cannot be brought together, because one of them is no document yet.
#[derive(Debug)]
pub struct Apart {
    /// Why not.
    pub why: String,
    /// What they made of the base.
    pub theirs: Vec<Line>,
    /// What I made of it.
    pub mine: Vec<Line>,
}

impl Conflict {
    /// What both made of the base.
    pub fn new(base: &str, theirs: &str, mine: &str) -> Self {
        let met = document::merge(base, theirs, mine).map_err(|unmergeable| {
            let whose = if unmergeable.whose == Side::Theirs { "theirs" } else { "your text" };
            let first = unmergeable.problems.first();
            let where_it_is = first.map(|problem| format!(": line {}: {}", problem.line, problem.text)).unwrap_or_default();
            let why = format!("{whose} cannot be read{where_it_is}");
            Apart { why, theirs: document::diff(base, theirs), mine: document::diff(base, mine) }
        });
        let (theirs, myself) = (theirs.to_owned(), BTreeSet::new());
        let changes = changes(&met, &theirs);
        Self { met, theirs, changes, at: 0, myself, asked: false, scroll: 0, room: (0, 0), follow: false }
    }

    /// The merge, or why there is none.
    pub fn met(&self) -> Result<&Merge, &Apart> {
        self.met.as_ref()
    }

    /// What saving the merge would change in theirs.
    pub fn changes(&self) -> &[Line] {
        &self.changes
    }

    /// The clash in front, and its number.
    pub fn clash(&self) -> Option<(usize, &Clash)> {
        Some((self.at, self.met.as_ref().ok()?.clashes().get(self.at)?))
    }

    /// Whether the person will write it themselves.
    pub fn is_by_hand(&self, path: &Path) -> bool {
        self.myself.contains(path)
    }

    /// Settles the clash in front and goes to the next that is open. False where there is none, or where both cannot stand.
    pub fn settle(&mut self, side: Side, by_hand: bool) -> bool {
        let Ok(merge) = &mut self.met else { return false };
        let Some(clash) = merge.clashes().get(self.at) else { return false };
        if side == Side::Both && !clash.both {
            return false;
        }
        let path = clash.path.clone();
        merge.resolve(&path, side);
        if by_hand {
            self.myself.insert(path);
        } else {
            self.myself.remove(&path);
        }
        let count = merge.clashes().len();
        let next = (1..=count).map(|step| (self.at + step) % count).find(|at| merge.clashes()[*at].chosen.is_none());
        self.at = next.unwrap_or(self.at);
        self.follow = true;
        self.changes = changes(&self.met, &self.theirs);
        true
    }

    /// To the next clash, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = self.met.as_ref().map_or(0, |merge| merge.clashes().len());
        if count > 0 {
            self.at = if forward { (self.at + 1) % count } else { (self.at + count - 1) % count };
            self.follow = true;
        }
    }

    /// Scrolls.
    pub fn scroll_by(&mut self, lines: isize) {
        self.scroll = self.scroll.saturating_add_signed(lines).min(self.room.0.saturating_sub(self.room.1));
    }

    /// How many clashes wait for an answer.
    pub fn open(&self) -> usize {
        self.met.as_ref().map_or(0, Merge::open)
    }

    /// The merged text, and the line where the person wants to go on by hand, if they do.
    pub fn result(&self) -> Option<(String, Option<usize>)> {
        let merge = self.met.as_ref().ok()?;
        let first = merge.clashes().iter().find(|clash| self.myself.contains(&clash.path));
        Some((merge.text().to_owned(), first.map(|clash| merge.line_of(&clash.path))))
    }

    /// Whether all of theirs was asked for just before.
    pub fn asked_theirs(&mut self) -> bool {
        std::mem::replace(&mut self.asked, true)
    }

    /// Another key came: theirs would have to be asked for anew.
    pub fn forget_asking(&mut self) {
        self.asked = false;
    }
}

fn changes(met: &Result<Merge, Apart>, theirs: &str) -> Vec<Line> {
    met.as_ref().map(|merge| document::diff(theirs, merge.text())).unwrap_or_default()
}
