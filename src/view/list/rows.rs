//! Which rows there are, which the cursor is on, and which are on screen.
//!
//! The cursor is a reference and its row keeps its line while others come, go and change places. Slots belong to one epoch of a
//! shelf, so the shelf that they were dealt from is kept until a newer order is there.

use std::collections::BTreeSet;

use crate::kind::Item;
use crate::resource::Reference;
use crate::store::{Phase, Shelf};

/// An order of rows with a cursor in it.
#[derive(Debug)]
pub struct Rows {
    shelf: Shelf,
    slots: Vec<u32>,
    cursor: Option<Reference>,
    at: usize,
    top: usize,
    height: usize,
    marks: BTreeSet<Reference>,
    anchor: Option<Reference>,
    /// Whether the cursor is where somebody put it, or where the first whole list left it.
    put: bool,
    /// Steps that were asked for while no row was there.
    owed: isize,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new(shelf: Shelf) -> Self {
        let (slots, cursor, marks, anchor) = (Vec::new(), None, BTreeSet::new(), None);
        Self { shelf, slots, cursor, at: 0, top: 0, height: 1, marks, anchor, put: false, owed: 0 }
    }

    /// Lets go of the rows, which belong to a deal that is over. Where the cursor is and on which line stays.
    pub fn let_go(&mut self) {
        (self.shelf, self.slots) = (Shelf::new(self.shelf.kind()), Vec::new());
    }

    /// Takes a newer state of the same deal: what is gone leaves, what is new waits for the next order. False if it is
    /// another deal.
    pub fn follow(&mut self, shelf: &Shelf) -> bool {
        if shelf.epoch() != self.shelf.epoch() {
            return false;
        }
        let gone = shelf.gone() != self.shelf.gone();
        let alike = shelf.generation() == self.shelf.generation();
        if !alike || shelf.beats() != self.shelf.beats() {
            self.shelf = shelf.clone();
        }
        // Rows that only change or come keep the order as it is, which is known without a look at each.
        if alike || !gone {
            return true;
        }
        let (before, line) = (self.slots.len(), self.at - self.top.min(self.at));
        self.slots.retain(|slot| shelf.has(*slot));
        if self.slots.len() != before {
            self.place(line);
        }
        self.forget_gone();
        true
    }

    /// Takes a new order. What went since so many were gone is not in it.
    pub fn take(&mut self, mut slots: Vec<u32>, shelf: &Shelf, gone: usize) {
        if shelf.gone() != gone {
            slots.retain(|slot| shelf.has(*slot));
        }
        let line = if self.put { self.at - self.top.min(self.at) } else { 0 };
        self.shelf = shelf.clone();
        self.slots = slots;
        if !self.put {
            // While the first list comes in the cursor waits at its top.
            (self.cursor, self.at, self.top) = (None, 0, 0);
            self.put = matches!(shelf.phase(), Phase::Ready | Phase::Stale(_));
        }
        self.place(line);
        self.forget_gone();
        let owed = std::mem::take(&mut self.owed);
        if owed != 0 && !self.slots.is_empty() {
            self.step(owed);
        }
    }

    /// Marks and range belong to what is there.
    fn forget_gone(&mut self) {
        let shelf = &self.shelf;
        self.marks.retain(|reference| shelf.slot(reference).is_some());
        self.anchor = self.anchor.take().filter(|reference| shelf.slot(reference).is_some());
    }

    /// Finds the cursor's row again and leaves it on the line where it was. If it is gone, the row that took its place has it.
    fn place(&mut self, line: usize) {
        let slot = self.cursor.as_ref().and_then(|cursor| self.shelf.slot(cursor));
        let found = slot.and_then(|slot| self.slots.iter().position(|other| *other == slot));
        self.at = found.unwrap_or(self.at.min(self.slots.len().saturating_sub(1)));
        self.cursor = self.reference(self.at);
        self.top = self.at.saturating_sub(line);
        self.in_view();
    }

    fn reference(&self, at: usize) -> Option<Reference> {
        Some(self.shelf.row(*self.slots.get(at)?)?.reference())
    }

    fn in_view(&mut self) {
        // Without rows there is nothing to see; those to come take their lines again.
        if self.slots.is_empty() {
            return;
        }
        let height = self.height.max(1);
        self.top = self.top.clamp((self.at + 1).saturating_sub(height), self.at);
        self.top = self.top.min(self.slots.len().saturating_sub(height));
    }

    /// Says how many lines there are.
    pub fn fit(&mut self, height: usize) {
        self.height = height;
        self.in_view();
    }

    /// Moves the cursor by so many rows.
    pub fn step(&mut self, by: isize) {
        if self.slots.is_empty() {
            // Rows of another deal are on their way: the key counts then.
            self.owed = if self.put { self.owed.saturating_add(by) } else { 0 };
            return;
        }
        self.put = true;
        let last = self.slots.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
        self.cursor = self.reference(self.at);
        self.in_view();
    }

    /// Puts the cursor on a resource, if it has a row.
    pub fn seek(&mut self, reference: &Reference) -> bool {
        let slot = self.shelf.slot(reference);
        let Some(at) = slot.and_then(|slot| self.slots.iter().position(|other| *other == slot)) else { return false };
        (self.at, self.put) = (at, true);
        self.cursor = Some(reference.clone());
        self.in_view();
        true
    }

    /// Marks the cursor's row, or takes its mark away, and goes on to the next.
    pub fn mark(&mut self) {
        if let Some(cursor) = self.cursor.clone() {
            if !self.marks.remove(&cursor) {
                self.marks.insert(cursor);
            }
            self.step(1);
        }
    }

    /// Begins a range at the cursor, or ends it here and marks all of it. Answers whether one is open now.
    pub fn range(&mut self) -> bool {
        let Some(anchor) = self.anchor.take() else {
            self.anchor.clone_from(&self.cursor);
            return self.anchor.is_some();
        };
        let slot = self.shelf.slot(&anchor);
        if let Some(from) = slot.and_then(|slot| self.slots.iter().position(|other| *other == slot)) {
            let (from, to) = (from.min(self.at), from.max(self.at));
            let marked: Vec<_> = (from..=to).filter_map(|at| self.reference(at)).collect();
            self.marks.extend(marked);
        }
        false
    }

    /// Takes all marks away. Answers whether there were any.
    pub fn unmark(&mut self) -> bool {
        let any = !self.marks.is_empty() || self.anchor.is_some();
        self.marks.clear();
        self.anchor = None;
        any
    }

    /// What is marked, by reference, in the order of the rows; rows that a filter hides are left out.
    #[must_use]
    pub fn marked(&self) -> Vec<Reference> {
        if self.marks.is_empty() {
            return Vec::new();
        }
        let rows = self.slots.iter().filter_map(|slot| self.shelf.row(*slot));
        rows.map(|row| row.reference()).filter(|reference| self.marks.contains(reference)).collect()
    }

    /// Whether a resource is marked.
    #[must_use]
    pub fn is_marked(&self, reference: &Reference) -> bool {
        self.marks.contains(reference)
    }

    /// How many are marked, hidden ones included.
    #[must_use]
    pub fn marks(&self) -> usize {
        self.marks.len()
    }

    /// The cursor's resource.
    #[must_use]
    pub fn cursor(&self) -> Option<&Reference> {
        self.cursor.as_ref()
    }

    /// What a resource was when the shelf was last looked at.
    #[must_use]
    pub fn find(&self, reference: &Reference) -> Option<Item> {
        self.shelf.find(reference)
    }

    /// The first row that is on screen.
    #[must_use]
    pub fn top(&self) -> usize {
        self.top
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The rows that are on screen.
    pub fn visible(&self) -> impl Iterator<Item = Item> {
        let end = (self.top + self.height).min(self.slots.len());
        self.slots[self.top.min(end)..end].iter().filter_map(|slot| self.shelf.get(*slot))
    }

    /// The page of a page key, with one row kept from the last.
    #[must_use]
    pub fn page(&self) -> isize {
        isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(1)
    }
}
