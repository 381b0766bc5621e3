//! One event into a hundred thousand items, putting them in order, and reading a page.
//!
//! `cargo bench --bench store`. Figures are reported and gate nothing; the aims are 1 ms an event and 30 ms an order.

use std::time::{Duration, SystemTime};

use portcullis::kind::{Item, Kind, Value, named};
use portcullis::resource::{Labels, Reference, Strings};
use portcullis::schema::types::{AppServerSpecV3, AppServerV3, AppSpecV3, AppV3, Metadata};
use portcullis::store::Shelf;
use portcullis::store::arrange::{Arrange, Filter, Memory, order};
use prost::Message as _;

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

/// The letters of a word as they are typed: each looks at what the last one left.
#[divan::bench]
fn type_a_filter(bencher: divan::Bencher<'_, '_>) {
    let (shelf, _) = shelf();
    let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let all = ["", "s", "st", "sta", "stag", "stagi"].map(|text| Filter::parse(text).expect("a filter"));
    let mut memory = Memory::default();
    bencher.bench_local(|| {
        for filter in &all {
            let arrange = Arrange { filter: filter.clone(), ..Arrange::of(kind()) };
            divan::black_box(memory.order(&shelf, &arrange, now));
        }
    });
}

#[divan::bench(args = ["NAME", "PUBLIC ADDRESS", "LABELS", "HEARTBEAT"])]
fn sort(bencher: divan::Bencher<'_, '_>, column: &str) {
    let (shelf, _) = shelf();
    let now = SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let arrange = Arrange { sort: vec![(kind().column(column).expect("a column"), true)], ..Arrange::default() };
    bencher.bench(|| order(&shelf, &arrange, now));
}

fn message(number: u32) -> Vec<u8> {
    let name = format!("service-{number:06}");
    let labels =
        ["env", "team", "region", "service", "tier", "owner"].map(|key| (key.to_owned(), format!("{key}-of-{}", number % 7)));
    let metadata = || Metadata {
        name: name.clone(),
        revision: format!("{number:08x}-0000-4000-8000-000000000000"),
        ..Metadata::default()
    };
    let spec = AppSpecV3 {
        uri: format!("http://{name}.svc.cluster.local:8080"),
        public_addr: format!("{name}.example.test"),
        ..AppSpecV3::default()
    };
    let described = Metadata { labels: labels.into(), description: format!("{name}, run by a team"), ..metadata() };
    let app = AppV3 { metadata: Some(described), spec: Some(spec), ..AppV3::default() };
    let spec = AppServerSpecV3 { host_id: format!("host-{:05}", number / 3), app: Some(app), ..AppServerSpecV3::default() };
    AppServerV3 { metadata: Some(metadata()), spec: Some(spec), ..AppServerV3::default() }.encode_to_vec()
}

#[divan::bench]
fn read_a_page_of_1000(bencher: divan::Bencher<'_, '_>) {
    let page: Vec<_> = (0..1_000).map(message).collect();
    let (mut strings, mut shelf) = (Strings::default(), Shelf::new(kind()));
    bencher.bench_local(|| {
        for bytes in &page {
            shelf.put((kind().item)(kind().name, bytes, &mut strings).expect("an app server"));
        }
    });
}
