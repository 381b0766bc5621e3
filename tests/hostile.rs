//! What people of the cluster write, and hope that somebody's terminal obeys.
//!
//! The whole program is drawn into a buffer, page by page, with the same hostile text wherever a person may write one: no cell
//! may hold a control character or one that is not seen. And texts made to keep a parser busy must not.

use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use portcullis::api::{Caller, Rule, Server};
use portcullis::app::{App, Begin, Msg};
use portcullis::document::{self, Resource};
use portcullis::kind::{ALL, Kind};
use portcullis::resource::{Now, Reference, Strings, is_hidden};
use portcullis::schema::types::{
    AccessRequestSpecV3, AccessRequestV3, AppServerSpecV3, AppServerV3, AppSpecV3, AppV3, Metadata, ProvisionTokenSpecV2,
    ProvisionTokenV2, RemoteClusterStatusV3, RemoteClusterV3, RoleConditions, RoleSpecV6, RoleV6,
};
use portcullis::store::{Change, ChangeVerb, LinkState, Phase, Shelf, Snapshot};
use portcullis::ui::key::Key;
use portcullis::ui::keymap::Keymap;
use portcullis::ui::notice::Notice;
use portcullis::ui::theme::{Depth, Theme};
use portcullis::view::{Effect, Outcome, Settings};
use prost::Message;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// Escapes, a clipboard write, directions, zero width, tags, line ends, a bell.
const NASTY: &str =
    "a\u{1b}[2J\u{1b}]52;c;cHduZWQ=\u{7}\u{202e}gnp\u{202c}\u{200b}\u{2066}b\u{e0041}\r\n\t\u{9b}31m\u{85}\u{2028}c\u{ad}\u{0}";

#[expect(clippy::disallowed_methods, reason = "a test says what time it is, and how long something took")]
fn instant() -> Instant {
    Instant::now()
}

fn now() -> Now {
    Now { wall: UNIX_EPOCH + Duration::from_secs(1_795_599_667), mono: instant(), still: false }
}

/// A resource of this kind with the text wherever there is room for one.
fn sample(wire: &str, name: &str, text: &str) -> Bytes {
    let own = || vec![text.to_owned()];
    let labels = [(text.to_owned(), text.to_owned())].into();
    let description = text.to_owned();
    let metadata =
        Some(Metadata { name: name.to_owned(), description, labels, revision: text.to_owned(), ..Metadata::default() });
    match wire {
        "access_request" => {
            let spec = AccessRequestSpecV3 {
                user: text.to_owned(),
                roles: own(),
                state: 1,
                request_reason: text.to_owned(),
                resolve_reason: text.to_owned(),
                suggested_reviewers: own(),
                ..AccessRequestSpecV3::default()
            };
            AccessRequestV3 { metadata, spec: Some(spec), ..AccessRequestV3::default() }.encode_to_vec()
        }
        "role" => {
            let allow = RoleConditions { logins: own(), node_labels_expression: text.to_owned(), ..RoleConditions::default() };
            let spec = RoleSpecV6 { allow: Some(allow.clone()), deny: Some(allow), ..RoleSpecV6::default() };
            RoleV6 { kind: wire.to_owned(), version: "v7".to_owned(), metadata, spec: Some(spec), ..RoleV6::default() }
                .encode_to_vec()
        }
        "token" => {
            let spec = ProvisionTokenSpecV2 { roles: own(), join_method: text.to_owned(), ..ProvisionTokenSpecV2::default() };
            ProvisionTokenV2 { metadata, spec: Some(spec), ..ProvisionTokenV2::default() }.encode_to_vec()
        }
        "remote_cluster" => {
            let status = RemoteClusterStatusV3 { connection: text.to_owned(), ..RemoteClusterStatusV3::default() };
            RemoteClusterV3 { metadata, status: Some(status), ..RemoteClusterV3::default() }.encode_to_vec()
        }
        _ => {
            let of = AppSpecV3 { uri: text.to_owned(), public_addr: text.to_owned(), ..AppSpecV3::default() };
            let app = Some(AppV3 { metadata: metadata.clone(), spec: Some(of), ..AppV3::default() });
            let (hostname, host_id, version) = (text.to_owned(), text.to_owned(), text.to_owned());
            let spec = AppServerSpecV3 { hostname, host_id, version, app, ..AppServerSpecV3::default() };
            AppServerV3 { metadata, spec: Some(spec), ..AppServerV3::default() }.encode_to_vec()
        }
    }
    .into()
}

/// A cluster in which everybody writes this.
fn snapshot(text: &str) -> Snapshot {
    let shelf = |kind: &&'static Kind| {
        let mut shelf = Shelf::new(kind);
        let wire = kind.wire[0];
        for name in ["fair", NASTY] {
            shelf.put((kind.item)(wire, &sample(wire, name, text), &mut Strings::default()).expect("a message of ours"));
        }
        shelf.set_phase(Phase::Ready);
        shelf
    };
    let mut snapshot = Snapshot::new(ALL.iter().map(shelf).collect());
    snapshot.link = LinkState::Live { round_trip: None };
    let everything = Rule { resources: vec!["*".to_owned()], verbs: vec!["*".to_owned()], conditional: false };
    let server = Server { cluster: text.to_owned(), version_text: text.to_owned(), reviews: true, ..Server::default() };
    let (user, roles, allow) = (text.chars().take(8).collect(), vec![text.to_owned()], vec![everything]);
    snapshot.caller = Arc::new(Caller { user, roles, allow, server, reviewer: true, ..Caller::default() });
    let reference = Reference::new("role", NASTY);
    snapshot.changes = [Change { at: now().wall, reference, verb: ChangeVerb::Changed, summary: text.to_owned() }].into();
    snapshot.since = Some(now().wall);
    snapshot
}

struct Drawn {
    app: App,
    screen: Terminal<TestBackend>,
    text: String,
    /// All that was ever on the screen.
    seen: String,
}

impl Drawn {
    fn new(size: (u16, u16), text: &str) -> Self {
        let settings = Settings {
            hold: Duration::from_secs(5),
            read_only: false,
            demo: false,
            user: text.to_owned(),
            certificate_ends: None,
            cluster: text.to_owned(),
        };
        let app = App::new(settings, Theme::new(Depth::True), Keymap::default(), size, now());
        let screen = Terminal::new(TestBackend::new(size.0, size.1)).expect("no real terminal can fail");
        let mut drawn = Self { app, screen, text: text.to_owned(), seen: String::new() };
        let effects = drawn.app.begin(Begin::default(), now());
        drawn.answer(effects);
        drawn.tell(Msg::Snapshot(Arc::new(snapshot(text))), "the lists");
        drawn
    }

    fn tell(&mut self, msg: Msg, what: &str) {
        let effects = self.app.update(msg, now());
        self.answer(effects);
        self.check(what);
    }

    /// The server's answers, as hostile as its lists.
    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Fetch { ticket, kind, reference, .. } = effect else { continue };
            let wire = if reference.kind().is_empty() { kind } else { reference.kind() };
            let resource = Resource::from_bytes(wire, sample(wire, reference.name(), &self.text)).expect("a message of ours");
            let more = self.app.update(Msg::Outcome(ticket, Outcome::Fetched(Ok(resource))), now());
            self.answer(more);
        }
    }

    fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.tell(Msg::Key(Key::parse(key).expect("a key")), keys);
        }
    }

    fn check(&mut self, what: &str) {
        let version = self.app.version();
        self.screen.draw(|frame| self.app.render(frame, now())).expect("no real terminal can fail");
        for (at, cell) in self.screen.backend().buffer().content().iter().enumerate() {
            assert!(!cell.symbol().chars().any(is_hidden), "after {what}, cell {at} holds {:?}", cell.symbol());
            self.seen.push_str(cell.symbol());
        }
        let effects = self.app.update(Msg::Shown(version), now());
        self.answer(effects);
    }
}

/// Everywhere a person goes.
fn walk(size: (u16, u16), text: &str) -> String {
    let mut drawn = Drawn::new(size, text);
    for view in ["1", "2", "3", "4", "5", "6"] {
        for way in
            ["w", "j", "Enter", "G", "Esc", "d", "Esc", "y", "G", "Esc", "C", "Esc", "c", "R", ":", "Esc", "?", "Esc", "j"]
        {
            drawn.press(view);
            drawn.press(way);
        }
        drawn.press(view);
        for way in
            ["a PgDn PgDn Esc Esc", "x PgDn Esc Esc", "D Tab Esc Esc", "e G Esc : w Enter Tab Esc Esc", "N Esc Esc", "/ a Esc"]
        {
            drawn.press(way);
            drawn.press("Esc Esc Esc");
        }
    }
    drawn.press("3 e");
    drawn.tell(Msg::Paste(text.to_owned()), "a paste into the editor");
    drawn.press("Esc Esc 2 /");
    drawn.tell(Msg::Paste(text.to_owned()), "a paste into the filter");
    drawn.tell(Msg::Said(Notice::new(portcullis::kind::Tone::Bad, text)), "a refusal in the server's words");
    drawn.seen
}

#[test]
fn nothing_hostile_reaches_a_cell() {
    for size in [(120, 40), (80, 24), (60, 16)] {
        let seen = walk(size, NASTY);
        assert!(seen.contains("⟨U+001B⟩"), "it is shown that there is something");
    }
}

#[test]
fn text_without_an_end_is_drawn_in_time() {
    let begun = instant();
    let text = format!("{NASTY}{}", "long \u{1b}日本語 ".repeat(7_000));
    assert!(text.len() > 100_000);
    let mut drawn = Drawn::new((80, 24), &text);
    for keys in ["2 Enter G Esc", "2 a PgDn Esc Esc", "3 d Esc", "6 j Enter Esc"] {
        drawn.press(keys);
    }
    assert!(begun.elapsed() < Duration::from_mins(2), "{:?}", begun.elapsed());
}

#[test]
fn words_of_marks_alone_stay_in_their_cells() {
    // Marks that sit on the letter before them, many on one; and letters that join.
    let text = format!("zalgo{} {} 👩‍👩‍👧‍👦 {}", "\u{301}".repeat(500), "ﷺ".repeat(40), "\u{1f1e6}".repeat(99));
    walk((80, 24), &text);
}

#[test]
fn texts_made_to_keep_a_parser_busy_do_not() {
    let laughs = (1..30)
        .map(|n| format!("a{n}: &a{n} [*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0},*a{0}]", n - 1))
        .collect::<Vec<_>>()
        .join("\n");
    let bombs = [
        format!("a0: &a0 [lol]\n{laughs}kind: role\n"),
        format!("kind: role\nspec: {}", "[".repeat(100_000)),
        format!("kind: role\nspec: {}", "{a: ".repeat(50_000)),
        "- ".repeat(100_000),
        "? ".repeat(50_000),
        (0..5_000).map(|n| format!("{}a:", " ".repeat(n))).collect::<Vec<_>>().join("\n"),
        format!("kind: role\nmetadata:\n  name: {}\n", "x".repeat(5_000_000)),
        format!("kind: role\nmetadata: {{name: a}}\nspec:\n  allow:\n    logins: [{}]\n", "a, ".repeat(200_000)),
        format!(
            "kind: role\nmetadata:\n  labels:\n{}",
            (0..50_000).map(|n| format!("    k{n}: v")).collect::<Vec<_>>().join("\n")
        ),
        format!("kind: role\n{}", "same: 1\n".repeat(20_000)),
        format!("kind: role\n{}", (0..20_000).map(|n| format!("unknown{n}: 1")).collect::<Vec<_>>().join("\n")),
        "--- \n".repeat(50_000),
        "\"\\u0000".repeat(50_000),
        "a: |\n".repeat(50_000),
        "&a ".repeat(50_000),
        "!!binary ".repeat(50_000),
        NASTY.repeat(5_000),
    ];
    for bomb in bombs {
        let begun = instant();
        assert!(document::problems(&bomb).len() < 1_000_000);
        let (took, head) = (begun.elapsed(), bomb.chars().take(40).collect::<String>());
        assert!(took < Duration::from_secs(10), "{head:?}… took {took:?}");
    }
}
