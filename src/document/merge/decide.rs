//! What becomes of each place: mine stays, theirs comes, both go in, or somebody must be asked.
//!
//! Maps are merged key by key. Lists are merged item by item, but an item is one thing: the keys of a rule mean something only
//! together, so an item that both changed is asked about as a whole. Single values are taken whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::align::{align, is_moved};
use super::path::Path;
use super::{Clash, Merged, Side, alike, tree};
use crate::document::compare;
use crate::document::node::{Entry, Node, Value};
use crate::document::print;
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
    choices: &'c BTreeMap<Path, Side>,
    pub merged: Vec<Merged>,
    pub clashes: Vec<Clash>,
}

/// Three forms of one place.
type Three<'a> = (Option<&'a Node>, Option<&'a Node>, Option<&'a Node>);

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
        let own: HashMap<&str, ()> = mine.entries().iter().map(|entry| (entry.key.text.as_str(), ())).collect();
        let decided =
            |decide: &mut Self, key: &str, theirs, mine| decide.value(&path.key(key), base.get(key).copied(), theirs, mine);
        let plans = mine.entries().iter().map(|entry| {
            let key = entry.key.text.as_str();
            decided(self, key, by_key.get(key).copied(), Some(&entry.value))
        });
        let plans = plans.collect();
        let others = theirs.iter().filter(|entry| !own.contains_key(entry.key.text.as_str()));
        let mut new: Vec<(&str, Plan<'a>)> = Vec::new();
        for entry in others {
            let key = entry.key.text.as_str();
            let plan = decided(self, key, Some(&entry.value), None);
            new.push((key, plan));
        }
        // What both removed, for the record.
        for (key, was) in &base {
            if !own.contains_key(key) && !by_key.contains_key(key) {
                self.note(&path.key(key), Side::Both, (Some(was), None));
            }
        }
        new.retain(|(_, plan)| !matches!(plan, Plan::Gone));
        Plan::Map { mine, own: plans, new }
    }

    fn list<'a>(
        &mut self,
        path: &Path,
        base: Option<&'a Node>,
        (whole, theirs): (Option<&'a Node>, &'a [Node]),
        mine: &'a Node,
    ) -> Plan<'a> {
        let was = match base.map(|node| &node.value) {
            Some(Value::List(items)) => &items[..],
            None => &[],
            // It was no list at all: there are no items to compare.
            Some(_) => return self.whole(path, (base, whole, Some(mine))),
        };
        let items = items(mine);
        let (theirs_was, mine_was) = (align(was, theirs), align(was, items));
        let asks = (self.merged.len(), self.clashes.len());
        let plan = self.items(path, was, (theirs, &theirs_was), (mine, &mine_was));
        if alike(base, Some(mine)) {
            // Only they touched it, and then their order is taken too.
            let theirs = whole.map(tree).unwrap_or(Tree::Null);
            let exact = plan.tree().is_some_and(|tree| compare::canonical(&tree) == compare::canonical(&theirs));
            if !exact {
                self.moved(path, asks, Side::Theirs);
            }
            return if exact { plan } else { Plan::Put(theirs) };
        }
        let ordered = was.iter().chain(theirs).chain(items).any(|item| matches!(item.value, Value::Map(_) | Value::List(_)));
        if alike(base, whole) {
            if self.merged.len() == asks.0 {
                self.moved(path, asks, Side::Mine);
            }
        } else if ordered && is_moved(&theirs_was) {
            self.merged.truncate(asks.0);
            self.clashes.truncate(asks.1);
            return self.clash(path, (base, whole, Some(mine)));
        }
        plan
    }

    /// A list whose items stand in another order now.
    fn moved(&mut self, path: &Path, asks: (usize, usize), whose: Side) {
        if self.merged.len() == asks.0 {
            self.merged.push(Merged { path: path.clone(), whose, what: "in another order".to_owned() });
        }
    }

    fn items<'a>(
        &mut self,
        path: &Path,
        base: &'a [Node],
        (theirs, theirs_was): (&'a [Node], &[Option<usize>]),
        (mine, mine_was): (&'a Node, &[Option<usize>]),
    ) -> Plan<'a> {
        let own_items = items(mine);
        let (of_theirs, of_mine) = (turned(theirs_was, base.len()), turned(mine_was, base.len()));
        let mut new: Vec<(usize, Plan<'a>)> = Vec::new();
        let mut own: Vec<Plan<'a>> = Vec::with_capacity(own_items.len());
        let mut added = Added::of(own_items, mine_was);
        for (at, (item, was)) in own_items.iter().zip(mine_was).enumerate() {
            let Some(was) = *was else {
                // Whether they added the same is known once theirs have been gone through.
                own.push(Plan::Keep(item));
                continue;
            };
            let theirs = of_theirs[was].map(|at| &theirs[at]);
            let path = place_of(path, was, item);
            let both = self.choices.get(&path) == Some(&Side::Both);
            own.push(self.item(&path, (Some(&base[was]), theirs, Some(item))));
            if let (true, Some(theirs)) = (both, theirs) {
                new.push((at + 1, Plan::Put(tree(theirs))));
            }
        }
        let mut place = 0;
        for (item, was) in theirs.iter().zip(theirs_was) {
            let counterpart = match was {
                Some(was) => of_mine[*was],
                None => added.take(item),
            };
            if let Some(at) = counterpart {
                place = at + 1;
                continue;
            }
            let plan = match was {
                // I removed it.
                Some(was) => self.item(&place_of(path, *was, item), (Some(&base[*was]), Some(item), None)),
                None => {
                    self.told(path, Side::Theirs, format!("+ {}", short(item)));
                    Plan::Put(tree(item))
                }
            };
            if !matches!(plan, Plan::Gone) {
                new.push((place, plan));
            }
        }
        for (at, item) in added.rest() {
            debug_assert!(at < own_items.len());
            self.told(path, Side::Mine, format!("+ {}", short(item)));
        }
        for (at, item) in base.iter().enumerate() {
            if of_theirs[at].is_none() && of_mine[at].is_none() {
                self.told(path, Side::Both, format!("- {}", short(item)));
            }
        }
        new.sort_by_key(|(place, _)| *place);
        Plan::List { mine, own, new }
    }

    /// One item of a list, as a whole.
    fn item<'a>(&mut self, path: &Path, (base, theirs, mine): Three<'a>) -> Plan<'a> {
        if alike(theirs, mine) {
            if !alike(base, mine) {
                self.note(path, Side::Both, (base, mine));
            }
            return keep(mine);
        }
        self.whole(path, (base, theirs, mine))
    }

    fn whole<'a>(&mut self, path: &Path, (base, theirs, mine): Three<'a>) -> Plan<'a> {
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

    fn clash<'a>(&mut self, path: &Path, (base, theirs, mine): Three<'a>) -> Plan<'a> {
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

    fn told(&mut self, path: &Path, whose: Side, what: String) {
        self.merged.push(Merged { path: path.clone(), whose, what });
    }

    fn note(&mut self, path: &Path, whose: Side, (before, after): (Option<&Node>, Option<&Node>)) {
        let what = match (before, after) {
            (Some(before), Some(after)) => format!("{} → {}", short(before), short(after)),
            (None, Some(after)) => format!("+ {}", short(after)),
            (Some(before), None) => format!("- {}", short(before)),
            (None, None) => return,
        };
        self.told(path, whose, what);
    }
}

/// What I added to a list and they may have added as well.
struct Added<'a> {
    by_text: HashMap<String, Vec<usize>>,
    items: &'a [Node],
}

impl<'a> Added<'a> {
    fn of(items: &'a [Node], was: &[Option<usize>]) -> Self {
        let mut by_text: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (item, _)) in items.iter().zip(was).enumerate().filter(|(_, (_, was))| was.is_none()).rev() {
            by_text.entry(compare::canonical_node(item)).or_default().push(at);
        }
        Self { by_text, items }
    }

    fn take(&mut self, theirs: &Node) -> Option<usize> {
        self.by_text.get_mut(&compare::canonical_node(theirs))?.pop()
    }

    /// What only I added, in order.
    fn rest(self) -> Vec<(usize, &'a Node)> {
        let mut left: Vec<usize> = self.by_text.into_values().flatten().collect();
        left.sort_unstable();
        left.into_iter().map(|at| (at, &self.items[at])).collect()
    }
}

/// What is told of an item: a map by its number, a word as a change of the list, which is a set.
fn place_of(list: &Path, at: usize, item: &Node) -> Path {
    if matches!(item.value, Value::Map(_)) { list.item(at) } else { list.clone() }
}

fn keys(entries: &[Entry]) -> BTreeMap<&str, &Node> {
    entries.iter().map(|entry| (entry.key.text.as_str(), &entry.value)).collect()
}

fn items(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

/// From each item of the base to where it is on a side.
fn turned(was: &[Option<usize>], base: usize) -> Vec<Option<usize>> {
    let mut of = vec![None; base];
    for (at, was) in was.iter().enumerate() {
        if let Some(was) = was {
            of[*was] = Some(at);
        }
    }
    of
}

fn keep(mine: Option<&Node>) -> Plan<'_> {
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

/// A value as `tctl` prints it, without the last line break.
fn printed(node: &Node) -> String {
    print::document(&tree(node)).trim_end_matches('\n').to_owned()
}

/// The longest that one line tells.
const SHORT: usize = 120;

/// A value on one line, cut where it is long.
fn short(node: &Node) -> String {
    let mut out = String::new();
    write_short(node, &mut out);
    if out.chars().count() > SHORT { out.chars().take(SHORT - 1).chain(['…']).collect() } else { out }
}

fn write_short(node: &Node, out: &mut String) {
    if out.len() > 4 * SHORT {
        return;
    }
    match &node.value {
        Value::Bare(_, text) if text.is_empty() => out.push_str("null"),
        Value::Text(text) if text.is_empty() => out.push_str("\"\""),
        Value::Bare(_, text) | Value::Text(text) => out.extend(text.chars().take(SHORT)),
        Value::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate().take(SHORT) {
                out.push_str(if at == 0 { "" } else { ", " });
                write_short(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate().take(SHORT) {
                out.push_str(if at == 0 { "" } else { ", " });
                out.push_str(&entry.key.text);
                out.push_str(": ");
                write_short(&entry.value, out);
            }
            out.push('}');
        }
    }
}
