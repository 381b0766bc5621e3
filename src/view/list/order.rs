//! Which rows a list shows and in which order, and the sentence that stands there if there are none.
//!
//! A short list is put in order between a key and its frame, a longer one beside the screen; the newest answer wins. Rows that
//! came wait for the next order, so that nothing jumps while a cluster is busy.

use std::time::Duration;

use super::{AGED, AT_ONCE, List, Made, REST};
use crate::kind::{Kind, Right, Sort, Tone, Verb};
use crate::store::Phase;
use crate::store::arrange::{self, Arrange, Filter};
use crate::view::effect::Effect;
use crate::view::{Context, Step};

/// The columns to sort by as they stand in the kind.
fn places(kind: &Kind, sort: &[Sort]) -> Vec<(usize, bool)> {
    sort.iter().filter_map(|sort| Some((kind.column(sort.column)?, sort.descending))).collect()
}

impl List {
    /// Whether the filter may let other rows pass merely because time has passed.
    pub(super) fn is_timed(&self) -> bool {
        self.filter.contains(['<', '>'])
    }

    /// Brings the order up to date, or asks for a newer one.
    pub(super) fn arranged(&mut self, cx: &Context<'_>) -> Step {
        let shelf = cx.shelf(self.kind);
        self.rows.follow(shelf);
        let want =
            Made { epoch: shelf.epoch(), generation: shelf.generation(), filter: self.filter.clone(), sort: self.sort.clone() };
        let aged = self.is_timed() && self.made_at.is_some_and(|at| cx.now.mono >= at + AGED);
        if self.made.as_ref() == Some(&want) && !aged {
            return Step::done();
        }
        let asked_anew = self
            .made
            .as_ref()
            .is_none_or(|made| (made.epoch, &made.filter, &made.sort) != (want.epoch, &want.filter, &want.sort));
        let rested = self.made_at.is_none_or(|at| cx.now.mono >= at + REST);
        // What is shown as empty while there are rows would be a lie, and a key would find no row.
        if !asked_anew && !rested && !self.rows.is_empty() {
            return Step::done();
        }
        let filter = match Filter::parse(&self.filter) {
            Ok(filter) => filter,
            Err(error) => {
                // A half-typed pattern: the rows stay as the last good one left them.
                self.broken = Some(error.to_string());
                return Step::done();
            }
        };
        self.broken = None;
        if shelf.len() <= AT_ONCE {
            let arrange = Arrange { filter, sort: places(self.kind, &self.sort) };
            let slots = arrange::order(shelf, &arrange, cx.now.wall);
            self.under_way = None;
            self.take(slots, want, shelf.gone(), cx);
            return Step::done();
        }
        if self.under_way.as_ref().is_some_and(|(_, asked, _)| *asked == want || (!asked_anew && self.made.is_some())) {
            return Step::done();
        }
        let ticket = cx.tickets.next();
        let (filter, sort, now) = (want.filter.clone(), want.sort.clone(), cx.now.wall);
        let effect = Effect::Arrange { ticket, kind: self.kind.name, filter, sort, now };
        self.under_way = Some((ticket, want, shelf.gone()));
        Step::ask(effect)
    }

    /// Takes an order of a state in which so many were gone.
    pub(super) fn take(&mut self, slots: Vec<u32>, made: Made, gone: usize, cx: &Context<'_>) {
        self.rows.take(slots, cx.shelf(self.kind), gone);
        self.made = Some(made);
        self.made_at = Some(cx.now.mono);
        if self.wanted.take_if(|wanted| self.rows.seek(wanted)).is_some() {
            self.moved_at = None;
        }
    }

    /// Whether the list is allowed to this caller without a rule that says so.
    pub(super) fn is_everybodys(&self, cx: &Context<'_>) -> bool {
        let caller = &cx.snapshot.caller;
        let named = |resource: &String| resource == "*" || self.kind.wire.contains(&resource.as_str());
        let by_rule = caller.allow.iter().any(|rule| rule.resources.iter().any(named));
        caller.unknown.is_none() && !by_rule && caller.may(self.kind.wire[0], Verb::List) == Right::Yes
    }

    /// What stands where rows would be, if there are none.
    pub(super) fn empty(&self, cx: &Context<'_>) -> Option<(String, Tone)> {
        if !self.rows.is_empty() {
            return None;
        }
        let shelf = cx.shelf(self.kind);
        let plural = self.kind.plural;
        let waited = cx.now.mono.duration_since(cx.started) >= Duration::from_millis(300);
        Some(match shelf.phase() {
            Phase::Denied(_) => (format!("not allowed: list {}", self.kind.name), Tone::Warn),
            Phase::Failed(error) => (format!("{plural} cannot be listed: {error} · r asks again"), Tone::Bad),
            Phase::Loading | Phase::Filling(0) if waited => ("loading…".to_owned(), Tone::Muted),
            Phase::Loading | Phase::Filling(0) => (String::new(), Tone::Muted),
            _ if !self.filter.is_empty() && !shelf.is_empty() => {
                (format!("nothing matches \"{}\" · Esc clears it", crate::resource::clean(&self.filter)), Tone::Muted)
            }
            _ if self.made.is_none() => (String::new(), Tone::Muted),
            // Everybody may list these, and is shown those that their labels let them see.
            _ if self.is_everybodys(cx) => ("none that your labels let you see".to_owned(), Tone::Muted),
            _ => (format!("no {plural}"), Tone::Muted),
        })
    }
}
