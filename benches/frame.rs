//! From a key to the bytes of its frame, in a list of a hundred thousand and on the overview.
//!
//! `cargo bench --bench frame`. Figures are reported and gate nothing; the aim is 2 ms a frame.

use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use portcullis::app::{App, Begin, Msg};
use portcullis::kind::{ALL, Item, Kind, Value, named};
use portcullis::resource::{Labels, Now, Reference, Strings};
use portcullis::store::arrange::{Arrange, Filter, order};
use portcullis::store::{LinkState, Phase, Shelf, Snapshot};
use portcullis::ui::key::Key;
use portcullis::ui::keymap::Keymap;
use portcullis::ui::screen::{Abilities, Screen};
use portcullis::ui::theme::{Depth, Theme};
use portcullis::view::{Effect, Outcome, Settings};

const MANY: u32 = 100_000;
const SIZE: (u16, u16) = (120, 40);
const SIZES: [(u16, u16); 3] = [(80, 24), SIZE, (200, 60)];

fn main() {
    divan::main();
}

#[expect(clippy::disallowed_methods, reason = "a frame is drawn at some moment")]
fn now() -> Now {
    Now { wall: UNIX_EPOCH + Duration::from_secs(1_795_599_661), mono: Instant::now(), still: true }
}

fn apps() -> &'static Kind {
    named("app_server").expect("a kind of ours")
}

fn item(number: u32, strings: &mut Strings) -> Item {
    let (name, host) = (format!("service-{number:06}"), format!("host-{:05}", number / 3));
    let labels = Labels::new([("env", "prod"), ("region", "eu-central-1"), ("team", "payments")], strings);
    let value = |at: usize| if at == 0 { Value::text(&name) } else { Value::Shared(strings.share("payments")) };
    let values = (0..apps().columns.len()).map(value).collect();
    let reference = Reference::new("app_server", name.clone()).on_host(host);
    Item { reference, revision: "1".into(), expires: None, labels, values }
}

fn snapshot() -> Arc<Snapshot> {
    let mut strings = Strings::default();
    let mut shelves: Vec<Shelf> = ALL.iter().map(|kind| Shelf::new(kind)).collect();
    for shelf in &mut shelves {
        if *shelf.kind() == *apps() {
            shelf.replace((0..MANY).map(|number| item(number, &mut strings)).collect());
        }
        shelf.set_phase(Phase::Ready);
    }
    let mut snapshot = Snapshot::new(shelves);
    snapshot.link = LinkState::Live { round_trip: Some(Duration::from_millis(50)) };
    Arc::new(snapshot)
}

/// The program in front of all that, its long list in order.
fn program(view: Option<&'static str>, size: (u16, u16)) -> App {
    let settings = Settings {
        hold: Duration::from_secs(5),
        read_only: false,
        demo: false,
        user: "ada".to_owned(),
        certificate_ends: None,
        cluster: "root.example.test".to_owned(),
        tone: portcullis::kind::Tone::Plain,
        low_bandwidth: false,
    };
    let mut app = App::new(settings, Theme::new(Depth::True), Keymap::default(), size, now());
    let snapshot = snapshot();
    let mut effects = app.begin(Begin { view, ..Begin::default() }, now());
    effects.extend(app.update(Msg::Snapshot(snapshot.clone()), now()));
    for effect in effects {
        let Effect::Arrange { ticket, kind, filter, sort, now: at } = effect else { continue };
        let kind = named(kind).expect("a kind of ours");
        let shelf = snapshot.shelf(kind);
        let sort = sort.iter().filter_map(|sort| Some((kind.column(sort.column)?, sort.descending))).collect();
        let filter = Filter::parse(&filter).expect("an empty one");
        let slots = order(shelf, &Arrange { filter, sort }, at);
        let outcome = Outcome::Arranged { epoch: shelf.epoch(), generation: shelf.generation(), slots };
        app.update(Msg::Outcome(ticket, outcome), now());
    }
    app
}

fn a_key_and_its_frame(bencher: divan::Bencher<'_, '_>, view: Option<&'static str>) {
    let (mut app, mut screen) = (program(view, SIZE), Screen::new(SIZE.0, SIZE.1, Abilities::new(false, None, false)));
    let mut down = false;
    screen.draw(|frame| app.render(frame, now()));
    bencher.bench_local(|| {
        down = !down;
        app.update(Msg::Key(Key::char(if down { 'j' } else { 'k' })), now());
        screen.draw(|frame| app.render(frame, now()))
    });
}

#[divan::bench]
fn a_step_in_a_long_list(bencher: divan::Bencher<'_, '_>) {
    a_key_and_its_frame(bencher, Some("app_server"));
}

#[divan::bench]
fn a_step_on_the_overview(bencher: divan::Bencher<'_, '_>) {
    a_key_and_its_frame(bencher, None);
}

#[divan::bench(args = SIZES.map(|(width, height)| format!("{width}x{height}")))]
fn a_whole_screen(bencher: divan::Bencher<'_, '_>, size: &str) {
    let named = |wanted: &&(u16, u16)| format!("{}x{}", wanted.0, wanted.1) == size;
    let &(width, height) = SIZES.iter().find(named).expect("one of the sizes");
    let app = program(Some("app_server"), (width, height));
    let mut screen = Screen::new(width, height, Abilities::new(false, None, false));
    bencher.bench_local(|| {
        screen.repaint();
        screen.draw(|frame| app.render(frame, now()))
    });
}
