//! Two edits of one text, brought together by path: what one side changed is taken, what both changed is asked.
//!
//! Text in, text out: the result is my text with only those lines exchanged that came from them, so that my comments and my
//! layout stay. Nothing is decided in silence: everything taken is listed with whose it is, and what both changed differently
//! stands as mine until a side is chosen. `metadata.revision` is always theirs, because the result is an edit of theirs. Knows
//! nothing of messages: what a text does not show is kept by patching theirs.

mod align;
mod decide;
mod items;
mod path;
#[cfg(test)]
mod tests;
mod weave;
mod words;

use std::collections::BTreeMap;

use self::decide::Decide;
pub use self::path::Path;
use super::compare;
use super::node::{Node, Value};
use super::print;
use super::problem::{self, Problem};
use super::read;
use super::scalar::Scalar;
use super::tree::Tree;

/// Whose a change is, and whose answer settles a clash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Theirs.
    Theirs,
    /// Mine.
    Mine,
    /// Of both: changed alike by both, or both side by side where there can be more than one.
    Both,
}

/// A change that nobody has to be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Where.
    pub path: Path,
    /// Whose it is.
    pub whose: Side,
    /// What it is, on one line: `8h0m0s → 12h0m0s`, `+ oracle`, `- root`.
    pub what: String,
}

/// A place that both changed, and not alike. A side that has nothing there removed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Where.
    pub path: Path,
    /// What it was; nothing if it was not there.
    pub base: Option<String>,
    /// What they made of it.
    pub theirs: Option<String>,
    /// What I made of it.
    pub mine: Option<String>,
    /// Whether both can stand there.
    pub both: bool,
    /// What was chosen; until then it stands as mine.
    pub chosen: Option<Side>,
}

/// Why two edits cannot be brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmergeable {
    /// Whose text cannot be read.
    pub whose: Side,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Two edits of one text, as far as they are brought together.
#[derive(Clone, Debug)]
pub struct Merge {
    base: Option<Node>,
    theirs: Node,
    mine: Node,
    typed: String,
    choices: BTreeMap<Path, Side>,
    text: String,
    merged: Vec<Merged>,
    clashes: Vec<Clash>,
}

/// Brings two edits of a text together. Without a base everything that differs clashes.
///
/// # Errors
/// When theirs or mine is no single document that can be read.
pub fn merge(base: &str, theirs: &str, mine: &str) -> Result<Merge, Unmergeable> {
    let theirs = one(theirs).map_err(|problems| Unmergeable { whose: Side::Theirs, problems })?;
    let typed = mine.to_owned();
    let mine = one(mine).map_err(|problems| Unmergeable { whose: Side::Mine, problems })?;
    let base = one(base).ok();
    let (choices, text) = (BTreeMap::new(), String::new());
    let mut merge = Merge { base, theirs, mine, typed, choices, text, merged: Vec::new(), clashes: Vec::new() };
    merge.again();
    Ok(merge)
}

impl Merge {
    /// The text as it is now: what is not settled stands as mine.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was taken unasked, in the order of my text.
    #[must_use]
    pub fn merged(&self) -> &[Merged] {
        &self.merged
    }

    /// What is asked.
    #[must_use]
    pub fn clashes(&self) -> &[Clash] {
        &self.clashes
    }

    /// How many clashes wait for an answer.
    #[must_use]
    pub fn open(&self) -> usize {
        self.clashes.iter().filter(|clash| clash.chosen.is_none()).count()
    }

    /// Settles the clash at a path. One that is not there, or cannot have both, stays as it is.
    pub fn resolve(&mut self, path: &Path, side: Side) {
        let Some(clash) = self.clashes.iter().find(|clash| clash.path == *path) else { return };
        if side != Side::Both || clash.both {
            self.choices.insert(path.clone(), side);
            self.again();
        }
    }

    /// The line of the text, from 1, on which a path begins, or the nearest above it that there is.
    #[must_use]
    pub fn line_of(&self, path: &Path) -> usize {
        one(&self.text).map_or(1, |root| path.line_in(&root))
    }

    fn again(&mut self) {
        let mut decide = Decide::new(&self.choices);
        let plan = decide.value(&Path::default(), self.base.as_ref(), Some(&self.theirs), Some(&self.mine));
        let (merged, clashes) = (decide.merged, decide.clashes);
        let whole = plan.tree().unwrap_or(Tree::Null);
        let same = |text: &String| one(text).is_ok_and(|root| canonical(&root) == compare::canonical(&whole));
        let woven = weave::weave(&self.typed, &plan).filter(same);
        self.text = woven.unwrap_or_else(|| print::document(&whole));
        (self.merged, self.clashes) = (merged, clashes);
    }
}

/// The only document of a text, with nothing wrong in its form.
fn one(text: &str) -> Result<Node, Vec<Problem>> {
    let mut documents = read::documents(text);
    let only = documents.len() == 1;
    let mut findings = Vec::new();
    let mut root = None;
    for document in &mut documents {
        findings.append(&mut document.findings);
        root = document.root.take();
    }
    match root {
        Some(root) if only && !findings.iter().any(problem::Finding::is_error) => Ok(root),
        _ => Err(problem::sorted(findings)),
    }
}

fn canonical(node: &Node) -> String {
    compare::canonical(&tree(node))
}

/// Whether two places say the same; nothing is the same as nothing.
fn alike(a: Option<&Node>, b: Option<&Node>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => compare::canonical_node(a) == compare::canonical_node(b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// What a document says, without where.
fn tree(node: &Node) -> Tree {
    match &node.value {
        Value::Bare(Scalar::Null, _) => Tree::Null,
        Value::Bare(Scalar::Bool(value), _) => Tree::Bool(*value),
        Value::Bare(Scalar::Int(value), _) => Tree::Int(*value),
        Value::Bare(Scalar::Float(value), _) => Tree::Float(*value),
        // Infinity has no form in which it could be sent; it is refused as it stands.
        Value::Bare(_, text) | Value::Text(text) => Tree::Text(text.clone()),
        Value::List(items) => Tree::List(items.iter().map(tree).collect()),
        Value::Map(entries) => Tree::Map(entries.iter().map(|entry| (entry.key.text.clone(), tree(&entry.value))).collect()),
    }
}
