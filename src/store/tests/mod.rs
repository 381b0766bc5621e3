//! A kind of no cluster, for the tests of this floor.

pub mod fake;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::kind::{Column, Detail, Item, Kind, Sort, Telling, Value, Width};
use crate::resource::{Labels, Reference, Strings};

/// What the tests keep, sort and filter.
pub static THINGS: Kind = Kind {
    name: "thing",
    aliases: &[],
    title: "Things",
    plural: "things",
    wire: &["thing"],
    by_label: &[],
    lags: false,
    columns: &[
        Column::new("NAME", Width::Share(1, 8)),
        Column::new("LEFT", Width::Fixed(6)).told(Telling::Countdown),
        Column::new("LAST SEEN", Width::Fixed(6)).told(Telling::Age),
        Column::new("COUNT", Width::Fixed(6)),
        Column::hidden("roles"),
        Column::hidden("beat").told(Telling::Heartbeat),
    ],
    sort: &[Sort::descending("COUNT")],
    actions: &[],
    page: |_, _| unreachable!("nothing is asked"),
    fetch: |_, _| unreachable!("nothing is asked"),
    item: |_, _, _| unreachable!("nothing is read"),
    deleted: |_| unreachable!("nothing is heard"),
    detail: |_, _| Detail::default(),
    concern: |_, _| None,
    consequences: crate::kind::consequence::none,
    edit: None,
};

/// Now, for the tests.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_000_000)
}

/// A thing of this name with nothing to say.
pub fn thing(name: &str) -> Item {
    let mut values = vec![Value::text(name)];
    values.resize(THINGS.columns.len(), Value::None);
    Item {
        reference: Reference::new("thing", name),
        revision: "".into(),
        expires: None,
        labels: Labels::default(),
        values: values.into(),
    }
}

/// The same, with a value in a column.
pub fn with(mut item: Item, column: &str, value: Value) -> Item {
    let at = THINGS.column(column).expect("a column of things");
    item.values[at] = value;
    item
}

/// The same, with labels.
pub fn labelled(mut item: Item, labels: &[(&str, &str)]) -> Item {
    item.labels = Labels::new(labels.iter().copied(), &mut Strings::default());
    item
}

/// A list of texts.
pub fn list(parts: &[&str]) -> Value {
    Value::List(parts.iter().map(|part| Arc::from(*part)).collect())
}
