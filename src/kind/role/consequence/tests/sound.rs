//! Nothing gained goes untold: random selectors and rules against every resource of a small world.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::told::{Side, Told};
use super::super::{doors, rules};
use crate::kind::consequence::{Direction, Weight};
use crate::schema::types::{RoleConditions, Rule};
use crate::schema::wrappers::{LabelValues, StringValues};

type Labels = BTreeMap<&'static str, Vec<&'static str>>;

const KEYS: [&str; 2] = ["a", "b"];
const VALUES: [&str; 3] = ["x", "xz", "q"];

fn selector() -> impl Strategy<Value = Labels> {
    let values = prop::sample::subsequence(vec!["x", "xz", "q", "x*", "*"], 1..3);
    let keyed = prop::collection::btree_map(prop::sample::select(&KEYS[..]), values, 0..3);
    prop_oneof![9 => keyed, 1 => Just(Labels::from([("*", vec!["*"])]))]
}

/// Every resource: each key with one of the values or without any.
fn world() -> Vec<BTreeMap<&'static str, &'static str>> {
    let choices = || std::iter::once(None).chain(VALUES.iter().copied().map(Some));
    let pairs = choices().flat_map(|a| choices().map(move |b| (a, b)));
    pairs.map(|(a, b)| a.map(|a| ("a", a)).into_iter().chain(b.map(|b| ("b", b))).collect()).collect()
}

fn matches(selector: &Labels, resource: &BTreeMap<&str, &str>) -> bool {
    let value = |pattern: &str, value: &str| match pattern.strip_suffix('*') {
        Some(head) => value.starts_with(head),
        None => pattern == value,
    };
    let every = selector.get("*").is_some_and(|values| values == &["*"]);
    let each = |(key, patterns): (&&str, &Vec<&str>)| {
        resource.get(key).is_some_and(|found| patterns.iter().any(|pattern| value(pattern, found)))
    };
    every || (!selector.is_empty() && selector.iter().all(each))
}

fn conditions(selector: &Labels) -> RoleConditions {
    let owned = |values: &Vec<&str>| StringValues { values: values.iter().map(|&value| value.to_owned()).collect() };
    let values = selector.iter().map(|(key, values)| ((*key).to_owned(), owned(values))).collect();
    RoleConditions { logins: vec!["ada".to_owned()], node_labels: Some(LabelValues { values }), ..RoleConditions::default() }
}

fn right() -> impl Strategy<Value = Rule> {
    let some = |names: &'static [&'static str]| prop::sample::subsequence(names, 1..=2);
    let condition = prop_oneof![3 => Just(""), 1 => Just("w")];
    (some(&["role", "user", "*"]), some(&["list", "read", "readnosecrets", "*"]), condition).prop_map(
        |(resources, verbs, condition)| {
            let texts = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
            Rule { resources: texts(resources), verbs: texts(verbs), r#where: condition.to_owned(), ..Rule::default() }
        },
    )
}

/// Whether the rules let this be done by themselves, or where the condition holds too.
fn may(rules: &[Rule], resource: &str, verb: &str, holds: bool) -> bool {
    rules.iter().any(|rule| {
        let verbs = |word: &String| word == "*" || word == verb || (word == "read" && verb == "readnosecrets");
        rule.resources.iter().any(|word| word == "*" || word == resource)
            && rule.verbs.iter().any(verbs)
            && (rule.r#where.is_empty() || holds)
    })
}

fn has(told: &Told, direction: Direction) -> bool {
    told.lines.iter().any(|line| line.direction == direction)
}

proptest! {
    #[test]
    fn of_selectors(before in selector(), after in selector()) {
        let (old, new) = (conditions(&before), conditions(&after));
        let (mut allow, mut deny) = (Told::default(), Told::default());
        doors::compare(&mut allow, Side::Allow, &old, &new);
        doors::compare(&mut deny, Side::Deny, &old, &new);
        for resource in world() {
            match (matches(&before, &resource), matches(&after, &resource)) {
                (false, true) => {
                    prop_assert!(has(&allow, Direction::Gained), "{:?} {:?}", resource, allow);
                    prop_assert!(has(&deny, Direction::Lost), "{:?} {:?}", resource, deny);
                }
                (true, false) => {
                    prop_assert!(has(&allow, Direction::Lost), "{:?} {:?}", resource, allow);
                    let lifted = deny.lines.iter().any(|line| line.weight == Weight::Widening);
                    prop_assert!(has(&deny, Direction::Gained) && lifted, "{:?} {:?}", resource, deny);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn of_rules(before in prop::collection::vec(right(), 0..3), after in prop::collection::vec(right(), 0..3)) {
        let mut told = Told::default();
        rules::compare(&mut told, Side::Allow, &before, &after);
        for (resource, verb, holds) in ["role", "user", "app"]
            .into_iter()
            .flat_map(|resource| ["list", "read", "readnosecrets", "delete"].map(|verb| (resource, verb)))
            .flat_map(|(resource, verb)| [true, false].map(|holds| (resource, verb, holds)))
        {
            match (may(&before, resource, verb, holds), may(&after, resource, verb, holds)) {
                (false, true) => prop_assert!(has(&told, Direction::Gained), "{} {} {:?}", verb, resource, told),
                (true, false) => prop_assert!(has(&told, Direction::Lost), "{} {} {:?}", verb, resource, told),
                _ => {}
            }
        }
    }
}
