//! A program on a made-up cluster, with a clock that is moved by hand.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use prost::Message as _;

use super::seeds;
use crate::api::{Caller, Rule, Server, Version};
use crate::app::{App, Msg};
use crate::document::Resource;
use crate::kind::{ALL, Kind};
use crate::resource::{Now, Reference, Strings};
use crate::schema::types::{Metadata, ResourceHeader};
use crate::store::{Change, LinkState, Phase, Shelf, Snapshot};
use crate::ui::key::Key;
use crate::ui::keymap::Keymap;
use crate::ui::text::shown;
use crate::ui::theme::{Depth, Theme};
use crate::view::{Draft, Effect, Offered, Outcome, Settings, Ticket};

/// 2026-11-25 09:41:00 UTC
pub const NOON: u64 = 1_795_599_660;

/// A program in the middle of a story.
pub struct Story {
    pub app: App,
    pub now: Now,
    pub shelves: Vec<Shelf>,
    pub caller: Caller,
    pub link: LinkState,
    pub changes: Vec<Change>,
    size: (u16, u16),
}

#[expect(clippy::disallowed_methods, reason = "a story needs some moment to count from")]
pub fn moment() -> Instant {
    Instant::now()
}

pub fn wall() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOON)
}

pub fn kind(name: &str) -> &'static Kind {
    crate::kind::named(name).unwrap()
}

/// Most kinds cannot be created from text, so the text is put onto an empty one of its kind and name.
pub fn resource(yaml: &str) -> Resource {
    let value = |key: &str| yaml.lines().find_map(|line| line.strip_prefix(key)).unwrap().to_owned();
    let metadata = Metadata { name: value("  name: "), ..Metadata::default() };
    let header = ResourceHeader {
        kind: value("kind: "),
        version: value("version: "),
        metadata: Some(metadata),
        ..ResourceHeader::default()
    };
    let bare = Resource::from_bytes(&header.kind, header.encode_to_vec().into()).unwrap();
    bare.patched(yaml).unwrap_or_else(|problems| panic!("{problems:#?}\n{yaml}"))
}

pub fn request(name: &str) -> Reference {
    Reference::new("access_request", name)
}

fn caller(reviews: bool) -> Caller {
    let all = vec!["*".to_owned()];
    Caller {
        user: "ada".to_owned(),
        roles: ["editor", "access", "auditor"].map(str::to_owned).into(),
        server: Server {
            cluster: "root.example.test".to_owned(),
            version: Version(18, 0, 0),
            version_text: "18.0.0".to_owned(),
            reviews,
        },
        allow: vec![Rule { resources: all.clone(), verbs: all, conditional: false }],
        reviewer: true,
        ..Caller::default()
    }
}

impl Story {
    /// A program that has seen nothing yet.
    pub fn blank(size: (u16, u16)) -> Self {
        Self::began(size, false)
    }

    fn began(size: (u16, u16), low_bandwidth: bool) -> Self {
        let now = Now { wall: wall(), mono: moment(), still: false };
        let settings = Settings {
            hold: Duration::from_secs(5),
            read_only: false,
            demo: false,
            user: "ada".to_owned(),
            certificate_ends: Some(wall() + Duration::from_mins(432)),
            cluster: "root.example.test".to_owned(),
            tone: crate::kind::Tone::Plain,
            low_bandwidth,
        };
        let app = App::new(settings, Theme::new(Depth::True), Keymap::default(), size, now);
        let shelves = ALL.iter().map(|kind| Shelf::new(kind)).collect();
        let link = LinkState::Connecting;
        Self { app, now, shelves, caller: caller(false), link, changes: Vec::new(), size }
    }

    /// A program that is live on the made-up cluster.
    pub fn live(size: (u16, u16)) -> Self {
        Self::begun(Self::blank(size))
    }

    /// The same over a line on which every byte counts.
    pub fn slow(size: (u16, u16)) -> Self {
        Self::begun(Self::began(size, true))
    }

    fn begun(mut story: Self) -> Self {
        for yaml in seeds::all() {
            story.put(&yaml);
        }
        for bytes in seeds::apps() {
            story.take("app_server", &bytes);
        }
        for shelf in &mut story.shelves {
            shelf.set_phase(Phase::Ready);
        }
        story.link = LinkState::Live { round_trip: Some(Duration::from_millis(50)) };
        story.publish();
        story.wait(400);
        story
    }

    /// The same where requests are voted on.
    pub fn voting(size: (u16, u16)) -> Self {
        let mut story = Self::live(size);
        story.caller = caller(true);
        story.publish();
        story
    }

    pub fn shelf(&mut self, name: &str) -> &mut Shelf {
        self.shelves.iter_mut().find(|shelf| shelf.kind() == kind(name)).unwrap()
    }

    /// The server has this now; `publish` tells.
    pub fn put(&mut self, yaml: &str) {
        let resource = resource(yaml);
        self.take(resource.kind(), &resource.bytes());
    }

    fn take(&mut self, wire: &str, bytes: &[u8]) {
        let of = kind(wire);
        let item = (of.item)(wire, bytes, &mut Strings::default()).unwrap();
        self.shelf(of.name).put(item);
    }

    pub fn publish(&mut self) -> Vec<Effect> {
        let mut snapshot = Snapshot::new(self.shelves.clone());
        snapshot.caller = Arc::new(self.caller.clone());
        snapshot.link = self.link.clone();
        snapshot.changes = self.changes.clone().into();
        snapshot.since = Some(wall() - Duration::from_mins(29));
        self.app.update(Msg::Snapshot(Arc::new(snapshot)), self.now)
    }

    /// Time passes, and the program is woken as often as it asks to be; what it shows each time, with the moment.
    pub fn watch(&mut self, seconds: u64) -> Vec<(Duration, String)> {
        let (begin, mut pictures) = (self.now.mono, Vec::new());
        while let Some(at) = self.app.wake_at(self.now).filter(|at| *at <= begin + Duration::from_secs(seconds)) {
            assert!(at > self.now.mono, "it asks to be woken in the past");
            self.at(at);
            self.app.update(Msg::Wake, self.now);
            pictures.push((at - begin, self.picture()));
        }
        pictures
    }

    /// Time passes, and the program is woken as often as it asks to be.
    pub fn wait(&mut self, milliseconds: u64) -> Vec<Effect> {
        let end = self.now.mono + Duration::from_millis(milliseconds);
        let mut effects = Vec::new();
        while let Some(at) = self.app.wake_at(self.now).filter(|at| *at <= end) {
            assert!(at > self.now.mono, "it asks to be woken in the past");
            self.at(at);
            effects.extend(self.app.update(Msg::Wake, self.now));
        }
        self.at(end);
        effects
    }

    fn at(&mut self, mono: Instant) {
        self.now.wall += mono.duration_since(self.now.mono);
        self.now.mono = mono;
    }

    /// Keys by their names, one after the other: `j Ctrl-d Enter`.
    pub fn keys(&mut self, keys: &str) -> Vec<Effect> {
        let keys: Vec<Key> = keys.split(' ').map(|key| Key::parse(key).unwrap()).collect();
        keys.into_iter().flat_map(|key| self.app.update(Msg::Key(key), self.now)).collect()
    }

    /// A text, letter by letter.
    pub fn types(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|c| self.app.update(Msg::Key(Key::char(c)), self.now)).collect()
    }

    /// An unsaved text of before, last changed two hours ago, was found.
    pub fn offer(&mut self, draft: Draft) -> Vec<Effect> {
        let at = self.now.wall - Duration::from_hours(2);
        self.app.update(Msg::Drafts(vec![Offered { draft, at }]), self.now)
    }

    /// An answer from the world.
    pub fn answer(&mut self, ticket: Ticket, outcome: Outcome) -> Vec<Effect> {
        self.app.update(Msg::Outcome(ticket, outcome), self.now)
    }

    /// Answers every fetch among the effects with this.
    pub fn fetched(&mut self, effects: &[Effect], yaml: &str) -> Vec<Effect> {
        let tickets = effects.iter().filter(|effect| matches!(effect, Effect::Fetch { .. })).filter_map(Effect::ticket);
        let tickets: Vec<Ticket> = tickets.collect();
        assert!(!tickets.is_empty(), "nothing was fetched: {effects:?}");
        tickets.into_iter().flat_map(|ticket| self.answer(ticket, Outcome::Fetched(Ok(resource(yaml))))).collect()
    }

    /// A frame is drawn and written; the picture as text.
    pub fn frame(&mut self) -> String {
        let picture = self.picture();
        let version = self.app.version();
        self.app.update(Msg::Shown(version), self.now);
        picture
    }

    /// A frame, and long enough to have read it.
    pub fn read(&mut self) -> String {
        let picture = self.frame();
        self.wait(300);
        picture
    }

    /// The picture as it would be drawn now.
    pub fn picture(&self) -> String {
        let mut terminal = Terminal::new(TestBackend::new(self.size.0, self.size.1)).unwrap();
        terminal.draw(|frame| self.app.render(frame, self.now)).unwrap();
        let first = shown(terminal.backend().buffer());
        terminal.draw(|frame| self.app.render(frame, self.now)).unwrap();
        assert_eq!(first, shown(terminal.backend().buffer()), "twice gives the same frame");
        first
    }

    /// The line that the cursor is on.
    pub fn here(&self) -> String {
        self.picture().lines().find(|line| line.contains('▸')).unwrap_or_default().to_owned()
    }
}

/// Asserts that a picture says something.
#[track_caller]
pub fn says(picture: &str, text: &str) {
    assert!(picture.contains(text), "{text:?} is not in\n{picture}");
}

/// Asserts that a picture does not say something.
#[track_caller]
pub fn lacks(picture: &str, text: &str) {
    assert!(!picture.contains(text), "{text:?} is in\n{picture}");
}
