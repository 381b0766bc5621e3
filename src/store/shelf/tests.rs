//! The shelf against a plain map, and what a write copies.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::kind::Value;
use crate::store::tests::{THINGS, thing, with};

fn numbered(name: usize, count: i64) -> Item {
    with(thing(&format!("thing-{name}")), "COUNT", Value::Number(count))
}

fn filled(count: usize) -> Shelf {
    let mut shelf = Shelf::new(&THINGS);
    for name in 0..count {
        shelf.put(numbered(name, 0));
    }
    shelf
}

#[test]
fn one_event_copies_one_page() {
    let mut shelf = filled(100_000);
    let published = shelf.clone();
    assert!(shelf.put(numbered(51_234, 1)));
    assert_eq!(shelf.pages.copied(&published.pages), (1, 1));
    assert_eq!(shelf.index.copied(&published.index), 0, "the index is not touched");
    assert_eq!(published.find(&numbered(51_234, 0).reference), Some(numbered(51_234, 0)), "a reader's copy stays");
}

#[test]
fn a_new_one_copies_one_part_of_the_index() {
    let mut shelf = filled(10_000);
    let published = shelf.clone();
    shelf.put(numbered(10_000, 0));
    assert_eq!(shelf.index.copied(&published.index), 1);
}

#[test]
fn a_heartbeat_bumps_nothing_and_takes_no_revision_away() {
    let mut shelf = Shelf::new(&THINGS);
    let mut item = thing("a");
    item.revision = "1".into();
    shelf.put(item);
    let generation = shelf.generation();
    let mut beat = thing("a");
    beat.expires = Some(SystemTime::UNIX_EPOCH);
    assert!(!shelf.put(beat));
    let kept = shelf.find(&thing("a").reference).expect("still there");
    assert_eq!((kept.revision.to_string().as_str(), kept.expires), ("1", Some(SystemTime::UNIX_EPOCH)));
    assert_eq!((shelf.generation(), shelf.beats()), (generation, 1));
}

#[test]
fn slots_are_not_used_twice_until_they_are_dealt_anew() {
    let mut shelf = filled(3);
    let slot = shelf.slot(&numbered(1, 0).reference).expect("there");
    shelf.remove(&numbered(1, 0).reference);
    assert_eq!(shelf.get(slot), None);
    shelf.put(numbered(9, 0));
    assert_eq!(shelf.get(slot), None, "an order that names it means the one that is gone");
    let epoch = shelf.epoch();
    shelf.compact();
    assert_eq!(shelf.epoch(), epoch, "a few gaps do not matter");
}

#[test]
fn a_shelf_of_gaps_is_dealt_anew() {
    let mut shelf = filled(5_000);
    for name in 0..4_000 {
        shelf.remove(&numbered(name, 0).reference);
    }
    let epoch = shelf.epoch();
    shelf.compact();
    assert_eq!((shelf.epoch(), shelf.len(), shelf.iter().count()), (epoch + 1, 1_000, 1_000));
    assert_eq!(shelf.find(&numbered(4_500, 0).reference), Some(numbered(4_500, 0)));
}

#[test]
fn the_same_list_again_is_no_change() {
    let mut shelf = filled(600);
    let before = (shelf.generation(), shelf.epoch());
    assert!(!shelf.replace((0..600).rev().map(|name| numbered(name, 0)).collect()));
    assert_eq!((shelf.generation(), shelf.epoch()), before);
    assert!(shelf.replace((1..600).map(|name| numbered(name, 0)).collect()));
    assert_eq!(shelf.len(), 599);
}

#[test]
fn a_phase_counts_once() {
    let mut shelf = Shelf::new(&THINGS);
    shelf.set_phase(Phase::Ready);
    let generation = shelf.generation();
    shelf.set_phase(Phase::Ready);
    shelf.set_unread(0);
    assert_eq!(shelf.generation(), generation);
    shelf.set_unread(2);
    assert_eq!((shelf.unread(), shelf.generation()), (2, generation + 1));
}

#[derive(Clone, Debug)]
enum Step {
    Put(usize, i64),
    Remove(usize),
    Replace(Vec<(usize, i64)>),
    Compact,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..40_usize, 0..3_i64).prop_map(|(name, count)| Step::Put(name, count)),
        4 => (0..40_usize).prop_map(Step::Remove),
        1 => prop::collection::vec((0..40_usize, 0..3_i64), 0..40).prop_map(Step::Replace),
        1 => Just(Step::Compact),
    ]
}

proptest! {
    #[test]
    fn a_shelf_is_a_map(steps in prop::collection::vec(step(), 0..200)) {
        let mut shelf = Shelf::new(&THINGS);
        let mut map: HashMap<Reference, Item> = HashMap::new();
        for step in steps {
            let (before, published) = (map.clone(), shelf.clone());
            match step {
                Step::Put(name, count) => {
                    let item = numbered(name, count);
                    map.insert(item.reference.clone(), item.clone());
                    shelf.put(item);
                }
                Step::Remove(name) => {
                    let reference = numbered(name, 0).reference;
                    prop_assert_eq!(shelf.remove(&reference), map.remove(&reference).is_some());
                }
                Step::Replace(items) => {
                    let items: Vec<_> = items.into_iter().map(|(name, count)| numbered(name, count)).collect();
                    map = items.iter().map(|item| (item.reference.clone(), item.clone())).collect();
                    shelf.replace(items);
                }
                Step::Compact => shelf.compact(),
            }
            prop_assert_eq!(shelf.len(), map.len());
            let all: HashMap<_, _> = shelf.iter().map(|(_, row)| (row.reference(), row.item())).collect();
            prop_assert_eq!(&all, &map);
            prop_assert!(shelf.iter().all(|(slot, row)| shelf.slot(&row.reference()) == Some(slot)));
            if before != map {
                prop_assert!(shelf.generation() > published.generation());
            }
            let old: HashMap<_, _> = published.iter().map(|(_, row)| (row.reference(), row.item())).collect();
            prop_assert_eq!(old, before);
        }
    }
}
