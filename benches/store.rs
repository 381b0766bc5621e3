//! One event into a hundred thousand items, and putting them in order.
//!
//! `cargo bench --bench store`. Figures are reported and gate nothing; the aims are 1 ms an event and 30 ms an order.

use std::time::{Duration, SystemTime};

use portcullis::kind::{Item, Kind, Value, named};
use portcullis::resource::{Labels, Reference, Strings};
use portcullis::store::Shelf;
use portcullis::store::arrange::{Arrange, Filter, order};

const MANY: u32 = 100_000;

fn main() {
    divan::main();
}

fn kind() -> &'static Kind {
    named("app_server").expect("a kind of ours")
}

fn item(number: u32, strings: &mut Strings) -> Item {
    let (name, host) = (format!("service-{number:06}"), format!("host-{:05}", number / 3));
    let env = ["prod", "staging", "dev"][number as usize % 3];
    let labels = Labels::new([("env", env), ("region", "eu-central-1"), ("team", "payments"), ("tier", "web")], strings);
    let value = |at: usize| match at {
        0 => Value::text(&name),
        1 => Value::text(&format!("{name}.example.test")),
        _ => Value::Shared(strings.share(env)),
    };
    let values = (0..kind().columns.len()).map(value).collect();
    Item {
        reference: Reference::new("app_server", name.clone()).on_host(host),
        revision: "1".into(),
        expires: None,
        labels,
        values,
    }
}

fn shelf() -> (Shelf, Strings) {
    let mut strings = Strings::default();
    let mut shelf = Shelf::new(kind());
    let items = (0..MANY).map(|number| item(number, &mut strings)).collect();
    shelf.replace(items);
    (shelf, strings)
}

#[divan::bench]
fn one_event(bencher: divan::Bencher<'_, '_>) {
    let (mut shelf, mut strings) = shelf();
    let mut changed = item(MANY / 2, &mut strings);
    let mut published = shelf.clone();
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        changed.values[0] = Value::Number(turn);
        shelf.put(changed.clone());
        published = shelf.clone();
    });
    assert_eq!(published.len(), MANY as usize);
}

#[divan::bench(args = ["", "service-05", "env=prod", "!staging", "/07[0-9]5/", "name:42 env=dev"])]
fn arrange(bencher: divan::Bencher<'_, '_>, filter: &str) {
    let (shelf, _) = shelf();
    let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let arrange = Arrange { filter: Filter::parse(filter).expect("a filter"), ..Arrange::of(kind()) };
    bencher.bench(|| order(&shelf, &arrange, now));
}
