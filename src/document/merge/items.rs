//! Lists, item by item: what was there before is found again on both sides, what is new comes in after its neighbour.
//!
//! An item is one thing. The keys of a rule mean something only together, so an item that both changed is asked about as a
//! whole. Words are a set: what either side took out is out, what either put in is in. An order that only one side changed is
//! theirs to change; where both worked on a list of maps and one moved them, the whole list is asked about.

use std::collections::HashMap;

use super::align::{align, is_moved};
use super::decide::{Decide, Plan, Three, keep};
use super::path::Path;
use super::words::short;
use super::{Merged, Side, alike, tree};
use crate::document::compare;
use crate::document::node::{Node, Value};
use crate::document::tree::Tree;

impl Decide<'_> {
    pub fn list<'a>(
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
            let theirs = whole.map_or(Tree::Null, tree);
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
        } else if ordered && (is_moved(&theirs_was) || is_moved(&mine_was)) {
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
            let plan = if let Some(was) = was {
                // I removed it.
                self.item(&place_of(path, *was, item), (Some(&base[*was]), Some(item), None))
            } else {
                self.told(path, Side::Theirs, format!("+ {}", short(item)));
                Plan::Put(tree(item))
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
