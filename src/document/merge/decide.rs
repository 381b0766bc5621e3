//! What becomes of each place: mine stays, theirs comes, both go in, or somebody must be asked.
//!
//! Maps are merged key by key, lists by `items`, single values are taken whole. Every decision is written down with whose it
//! was; nothing is decided here that both sides changed differently.

use std::collections::{BTreeMap, HashSet};

use super::path::Path;
use super::words::{printed, short};
use super::{Clash, Merged, Side, alike, tree};
use crate::document::compare;
use crate::document::node::{Entry, Node, Value};
use crate::document::tree::Tree;

/// What becomes of one place of my text.
pub enum Plan<'a> {
    /// It stays, text and all.
    Keep(&'a Node),
    /// This comes in its place, or is new there.
    Put(Tree),
    /// It goes, or never was.
    Gone,
    /// Each key by itself: those of mine in my order, then new ones.
    Map { mine: &'a Node, own: Vec<Self>, new: Vec<(&'a str, Self)> },
    /// Each item by itself: those of mine in my order, and new ones with how many of mine stand before them.
    List { mine: &'a Node, own: Vec<Self>, new: Vec<(usize, Self)> },
}

impl Plan<'_> {
    /// What will stand there; nothing if nothing will.
    pub fn tree(&self) -> Option<Tree> {
        Some(match self {
            Self::Keep(node) => tree(node),
            Self::Put(value) => value.clone(),
            Self::Gone => return None,
            Self::Map { mine, own, new } => {
                let kept = mine.entries().iter().zip(own).map(|(entry, plan)| (entry.key.text.as_str(), plan));
                let all = kept.chain(new.iter().map(|(key, plan)| (*key, plan)));
                Tree::Map(all.filter_map(|(key, plan)| Some((key.to_owned(), plan.tree()?))).collect())
            }
            Self::List { own, new, .. } => {
                let (mut items, mut new) = (Vec::new(), new.iter().peekable());
                for at in 0..=own.len() {
                    while let Some((_, plan)) = new.next_if(|(place, _)| *place <= at) {
                        items.extend(plan.tree());
                    }
                    items.extend(own.get(at).and_then(Self::tree));
                }
                Tree::List(items)
            }
        })
    }
}

/// Goes through three documents at once.
pub struct Decide<'c> {
    pub choices: &'c BTreeMap<Path, Side>,
    pub merged: Vec<Merged>,
    pub clashes: Vec<Clash>,
}

/// Three forms of one place: as it was, as they have it, as I have it.
pub type Three<'a> = (Option<&'a Node>, Option<&'a Node>, Option<&'a Node>);

impl<'c> Decide<'c> {
    pub fn new(choices: &'c BTreeMap<Path, Side>) -> Self {
        Self { choices, merged: Vec::new(), clashes: Vec::new() }
    }

    /// Decides about one place, given as it was, as they have it and as I have it.
    pub fn value<'a>(
        &mut self,
        path: &Path,
        base: Option<&'a Node>,
        theirs: Option<&'a Node>,
        mine: Option<&'a Node>,
    ) -> Plan<'a> {
        if path.is_revision() {
            return if alike(theirs, mine) { keep(mine) } else { put(theirs) };
        }
        if alike(theirs, mine) {
            if !alike(base, mine) {
                self.note(path, Side::Both, (base, mine));
            }
            return keep(mine);
        }
        match (theirs.map(|node| &node.value), mine) {
            (Some(Value::Map(theirs)), Some(mine)) if matches!(mine.value, Value::Map(_)) => {
                return self.map(path, base.map(Node::entries).unwrap_or_default(), theirs, mine);
            }
            (Some(Value::List(items)), Some(own)) if matches!(own.value, Value::List(_)) => {
                return self.list(path, base, (theirs, items), own);
            }
            _ => {}
        }
        if alike(base, theirs) {
            self.note(path, Side::Mine, (base, mine));
            return keep(mine);
        }
        if alike(base, mine) {
            self.note(path, Side::Theirs, (base, theirs));
            return put(theirs);
        }
        self.clash(path, (base, theirs, mine))
    }

    fn map<'a>(&mut self, path: &Path, base: &'a [Entry], theirs: &'a [Entry], mine: &'a Node) -> Plan<'a> {
        let (base, by_key) = (keys(base), keys(theirs));
        let own: HashSet<&str> = mine.entries().iter().map(|entry| entry.key.text.as_str()).collect();
        let decided =
            |decide: &mut Self, key: &str, theirs, mine| decide.value(&path.key(key), base.get(key).copied(), theirs, mine);
        let plans = mine.entries().iter().map(|entry| {
            let key = entry.key.text.as_str();
            decided(self, key, by_key.get(key).copied(), Some(&entry.value))
        });
        let plans = plans.collect();
        let others = theirs.iter().filter(|entry| !own.contains(entry.key.text.as_str()));
        let mut new: Vec<(&str, Plan<'a>)> = Vec::new();
        for entry in others {
            let key = entry.key.text.as_str();
            let plan = decided(self, key, Some(&entry.value), None);
            new.push((key, plan));
        }
        // What both removed, for the record.
        for (key, was) in &base {
            if !own.contains(key) && !by_key.contains_key(key) {
                self.note(&path.key(key), Side::Both, (Some(was), None));
            }
        }
        new.retain(|(_, plan)| !matches!(plan, Plan::Gone));
        Plan::Map { mine, own: plans, new }
    }

    pub fn whole<'a>(&mut self, path: &Path, (base, theirs, mine): Three<'a>) -> Plan<'a> {
        if alike(base, theirs) {
            self.note(path, Side::Mine, (base, mine));
            return keep(mine);
        }
        if alike(base, mine) {
            self.note(path, Side::Theirs, (base, theirs));
            return put(theirs);
        }
        self.clash(path, (base, theirs, mine))
    }

    pub fn clash<'a>(&mut self, path: &Path, (base, theirs, mine): Three<'a>) -> Plan<'a> {
        let chosen = self.choices.get(path).copied();
        let values = label_values(path, theirs, mine);
        let is_item = path.is_item() && theirs.is_some() && mine.is_some();
        let print = |node: Option<&Node>| node.map(printed);
        self.clashes.push(Clash {
            path: path.clone(),
            base: print(base),
            theirs: print(theirs),
            mine: print(mine),
            both: is_item || values.is_some(),
            chosen,
        });
        match chosen {
            Some(Side::Theirs) => put(theirs),
            Some(Side::Both) if !is_item => values.map_or_else(|| keep(mine), Plan::Put),
            _ => keep(mine),
        }
    }

    pub fn told(&mut self, path: &Path, whose: Side, what: String) {
        self.merged.push(Merged { path: path.clone(), whose, what });
    }

    pub fn note(&mut self, path: &Path, whose: Side, (before, after): (Option<&Node>, Option<&Node>)) {
        let what = match (before, after) {
            (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
            (None, Some(after)) => format!("+ {}", short(after)),
            (Some(before), None) => format!("- {}", short(before)),
            (None, None) => return,
        };
        self.told(path, whose, what);
    }
}

fn keys(entries: &[Entry]) -> BTreeMap<&str, &Node> {
    entries.iter().map(|entry| (entry.key.text.as_str(), &entry.value)).collect()
}

pub fn keep(mine: Option<&Node>) -> Plan<'_> {
    mine.map_or(Plan::Gone, Plan::Keep)
}

fn put<'a>(theirs: Option<&Node>) -> Plan<'a> {
    theirs.map_or(Plan::Gone, |node| Plan::Put(tree(node)))
}

/// The values of both sides, where a label may have several.
fn label_values(path: &Path, theirs: Option<&Node>, mine: Option<&Node>) -> Option<Tree> {
    if !path.is_label() {
        return None;
    }
    let values = |node: &Node| match tree(node) {
        Tree::List(items) => Some(items),
        Tree::Map(_) | Tree::Null => None,
        one => Some(vec![one]),
    };
    let mut all = values(mine?)?;
    let known: HashSet<String> = all.iter().map(compare::canonical).collect();
    all.extend(values(theirs?)?.into_iter().filter(|value| !known.contains(&compare::canonical(value))));
    Some(Tree::List(all))
}
