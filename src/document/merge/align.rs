//! Which item of a list is which, after somebody has edited it.
//!
//! Items that say the same are the same, wherever they stand now. A map that says something else is the one that stood in its
//! place, if nothing else is. Words and numbers have no identity but what they say: a list of logins is a set.

use std::collections::{HashMap, VecDeque};

use crate::document::compare;
use crate::document::node::{Node, Value};

/// For each item of a side the item of the base that it was, each at most once.
pub fn align(base: &[Node], side: &[Node]) -> Vec<Option<usize>> {
    let mut known: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, node) in base.iter().enumerate() {
        known.entry(compare::canonical_node(node)).or_default().push_back(at);
    }
    let mut free = vec![true; base.len()];
    let mut was: Vec<Option<usize>> = Vec::with_capacity(side.len());
    for node in side {
        let at = known.get_mut(&compare::canonical_node(node)).and_then(VecDeque::pop_front);
        if let Some(at) = at {
            free[at] = false;
        }
        was.push(at);
    }
    let is_map = |node: &Node| matches!(node.value, Value::Map(_));
    for at in 0..side.len() {
        if was[at].is_some() || !is_map(&side[at]) {
            continue;
        }
        // After the one before it; else before the one after it; else where it stood from the top.
        let after = at.checked_sub(1).and_then(|before| was[before]).map(|before| before + 1);
        let before = was.get(at + 1).copied().flatten().and_then(|next| next.checked_sub(1));
        let place = [after, before, Some(at)].into_iter().flatten();
        let found = place.into_iter().find(|place| free.get(*place) == Some(&true) && is_map(&base[*place]));
        if let Some(found) = found {
            free[found] = false;
            was[at] = Some(found);
        }
    }
    was
}

/// Whether items that were there before stand in another order now.
pub fn is_moved(was: &[Option<usize>]) -> bool {
    let known: Vec<usize> = was.iter().copied().flatten().collect();
    !known.is_sorted()
}
