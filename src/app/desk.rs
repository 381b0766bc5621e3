//! The views that are open: one stack for each tab, the tab in front, and the way that led here.
//!
//! A tab keeps its stack while another is in front, so an editor or a sheet is still there when one comes back.

use crate::kind::{ALL, Kind};
use crate::view::{List, Overview, Place, Ticket, View};

/// How far back the way is remembered.
const REMEMBERED: usize = 64;

/// Tabs, stacks and the way between them.
#[derive(Debug)]
pub struct Desk {
    tabs: Vec<Vec<Box<dyn View>>>,
    at: usize,
    way: Vec<usize>,
    step: usize,
}

impl Desk {
    /// The overview in front, a list for every kind behind it.
    #[must_use]
    pub fn new() -> Self {
        let overview: Box<dyn View> = Box::new(Overview::new());
        let lists = ALL.iter().map(|kind| -> Vec<Box<dyn View>> { vec![Box::new(List::new(kind))] });
        Self { tabs: std::iter::once(vec![overview]).chain(lists).collect(), at: 0, way: vec![0], step: 0 }
    }

    /// The number of a place among the tabs.
    #[must_use]
    pub fn tab_of(place: &Place) -> usize {
        match place {
            Place::Overview => 0,
            Place::List(name) => ALL.iter().position(|kind| kind.name == *name).map_or(0, |at| at + 1),
        }
    }

    /// Which tab is in front.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The kind of the tab in front.
    #[must_use]
    pub fn kind(&self) -> Option<&'static Kind> {
        ALL.get(self.at.checked_sub(1)?).copied()
    }

    /// Brings a tab to the front and remembers the way.
    pub fn go(&mut self, tab: usize) {
        if tab >= self.tabs.len() || tab == self.at {
            return;
        }
        self.at = tab;
        self.way.truncate(self.step + 1);
        self.way.push(tab);
        let extra = self.way.len().saturating_sub(REMEMBERED);
        self.way.drain(..extra);
        self.step = self.way.len() - 1;
    }

    /// To the tab beside this one, around the ends.
    pub fn beside(&mut self, forward: bool) {
        let count = self.tabs.len();
        self.go(if forward { (self.at + 1) % count } else { (self.at + count - 1) % count });
    }

    /// Along the way, without forgetting it. Answers whether there was anything there.
    pub fn along(&mut self, forward: bool) -> bool {
        let step = if forward { self.step + 1 } else { self.step.wrapping_sub(1) };
        let Some(tab) = self.way.get(step) else { return false };
        (self.step, self.at) = (step, *tab);
        true
    }

    /// To the tab that was in front before this one.
    pub fn last(&mut self) -> bool {
        let before = self.way[..self.step].iter().rev().find(|tab| **tab != self.at).copied();
        if let Some(tab) = before {
            self.go(tab);
        }
        before.is_some()
    }

    fn stack(&self) -> &[Box<dyn View>] {
        &self.tabs[self.at]
    }

    /// The view that is given keys and commands.
    pub fn top(&mut self) -> &mut dyn View {
        let stack = &mut self.tabs[self.at];
        let last = stack.len() - 1;
        &mut *stack[last]
    }

    /// The same, to look at.
    #[must_use]
    pub fn front(&self) -> &dyn View {
        let stack = self.stack();
        &*stack[stack.len() - 1]
    }

    /// What the tab in front began with.
    pub fn root(&mut self) -> &mut dyn View {
        &mut *self.tabs[self.at][0]
    }

    /// The views in sight: the one that fills the body, and what floats on top of everything. What floats in between waits: it
    /// is not drawn, so nothing on it can have been read.
    pub fn visible(&self) -> impl Iterator<Item = &dyn View> {
        let (stack, first) = (self.stack(), self.first_visible());
        let last = stack.len() - 1;
        [Some(first), (last > first).then_some(last)].into_iter().flatten().map(|at| &*stack[at])
    }

    /// The same, to let them catch up.
    pub fn visible_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn View>> {
        let first = self.first_visible();
        let stack = &mut self.tabs[self.at];
        let last = stack.len() - 1;
        stack.iter_mut().enumerate().filter(move |(at, _)| *at == first || *at == last).map(|(_, view)| view)
    }

    /// The lists that are not in sight.
    pub fn lists_out_of_sight(&mut self) -> impl Iterator<Item = &mut List> {
        let (front, first, last) = (self.at, self.first_visible(), self.stack().len() - 1);
        let views = self.tabs.iter_mut().enumerate();
        let views = views.flat_map(|(tab, stack)| stack.iter_mut().enumerate().map(move |(at, view)| (tab, at, view)));
        views
            .filter(move |(tab, at, _)| *tab != front || (*at != first && *at != last))
            .filter_map(|(_, _, view)| view.as_list())
    }

    fn first_visible(&self) -> usize {
        self.stack().iter().rposition(|view| !view.floats()).unwrap_or_default()
    }

    /// Opens a view on top.
    pub fn push(&mut self, view: Box<dyn View>) {
        self.tabs[self.at].push(view);
    }

    /// Leaves the view on top. What a tab began with stays; answers whether something was left.
    pub fn pop(&mut self) -> bool {
        let stack = &mut self.tabs[self.at];
        stack.len() > 1 && stack.pop().is_some()
    }

    /// Leaves everything but what the tab began with, unless it would lose something.
    pub fn clear(&mut self) -> bool {
        let stack = &mut self.tabs[self.at];
        let free = stack[1..].iter().all(|view| view.unsaved().is_none());
        if free {
            stack.truncate(1);
        }
        free
    }

    /// How deep the tab in front is.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.stack().len()
    }

    /// Every open view.
    pub fn all(&self) -> impl Iterator<Item = &dyn View> {
        self.tabs.iter().flatten().map(|view| &**view)
    }

    /// Where the view is that waits for this answer: its tab, and its place in the stack.
    #[must_use]
    pub fn holder(&self, ticket: Ticket) -> Option<(usize, usize)> {
        let stacks = self.tabs.iter().enumerate();
        let mut views = stacks.flat_map(|(tab, stack)| stack.iter().enumerate().map(move |(at, view)| ((tab, at), view)));
        views.find(|(_, view)| view.holds(ticket)).map(|(at, _)| at)
    }

    /// The view at a place that [`Desk::holder`] named.
    pub fn view(&mut self, (tab, at): (usize, usize)) -> &mut dyn View {
        &mut *self.tabs[tab][at]
    }

    /// Whether nothing stands before the view at a place.
    #[must_use]
    pub fn is_front(&self, (tab, at): (usize, usize)) -> bool {
        tab == self.at && at + 1 == self.tabs[tab].len()
    }

    /// Ends the view at a place; what a tab began with stays.
    pub fn remove(&mut self, (tab, at): (usize, usize)) {
        if at > 0 {
            self.tabs[tab].remove(at);
        }
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_walked_back_and_forth() {
        let mut desk = Desk::new();
        desk.go(1);
        desk.go(2);
        assert!(desk.along(false));
        assert_eq!(desk.at(), 1);
        assert!(desk.along(true));
        assert!(!desk.along(true));
        assert!(desk.last());
        assert_eq!(desk.at(), 1);
        assert!(desk.last());
        assert_eq!(desk.at(), 2, "to and fro");
    }
}
