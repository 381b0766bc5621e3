//! The frame around the views: header, tabs, what is held, what was said, what can be done.

use std::time::{Duration, Instant};

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::App;
use crate::kind::{ALL, Tone};
use crate::resource::{Now, Utc, clean};
use crate::store::{LinkState, Phase};
use crate::ui::command::Command;
use crate::ui::footer;
use crate::ui::header::{Header, Tab, tabs};
use crate::ui::layout::{layout, too_small};
use crate::ui::text::put_line;

/// Draws everything.
pub fn render(app: &App, frame: &mut Frame<'_>, now: Now) {
    let world = &app.world;
    let Some(parts) = layout(frame.area()) else {
        let area = frame.area();
        too_small(area, frame.buffer_mut(), &world.theme);
        return;
    };
    let cx = world.cx(now);
    header(app, parts.header, frame, now);
    tab_line(app, parts.tabs, frame);
    held(app, Rect { y: parts.tabs.y + 1, ..parts.tabs }, frame, now);
    for view in app.desk.visible() {
        view.render(parts.body, frame, &cx);
    }
    app.notices.draw(parts.notice, frame.buffer_mut(), &world.theme);
    let front = app.desk.front();
    let here = front.offers(&cx);
    let mut anywhere = if front.floats() || front.takes_text() { Vec::new() } else { everywhere(app) };
    anywhere.retain(|hint| here.iter().all(|other| other.command != hint.command));
    footer::draw(parts.footer, frame.buffer_mut(), &world.theme, &world.keymap, &here, &anywhere);
}

fn everywhere(app: &App) -> Vec<footer::Hint> {
    let deeper = app.desk.depth() > 1;
    let word = |hint: footer::Hint| if hint.command == Command::Quit && deeper { hint.word("back") } else { hint };
    let fits = |hint: &footer::Hint| hint.command != Command::Filter || (app.desk.kind().is_some() && !deeper);
    footer::anywhere().into_iter().filter(fits).map(word).collect()
}

fn header(app: &App, area: Rect, frame: &mut Frame<'_>, now: Now) {
    let world = &app.world;
    let (caller, settings) = (&world.snapshot.caller, &world.settings);
    let known = !caller.user.is_empty();
    let clock = format!("{} UTC", Utc::new(now.wall).clock());
    let header = Header {
        cluster: if caller.server.cluster.is_empty() { &settings.cluster } else { &caller.server.cluster },
        tone: settings.tone,
        user: if known { &caller.user } else { &settings.user },
        roles: &caller.roles,
        certificate: settings.certificate_ends,
        link: &world.snapshot.link,
        read_only: world.guarded,
        demo: settings.demo,
        clock: &clock,
        now: now.wall,
    };
    header.draw(area, frame.buffer_mut(), &world.theme);
}

fn tab_line(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let mut all = vec![Tab { title: "Overview", count: None, waiting: 0, old: false }];
    for (at, kind) in ALL.iter().enumerate() {
        let shelf = app.world.snapshot.shelf(kind);
        let known = !matches!(shelf.phase(), Phase::Loading | Phase::Denied(_) | Phase::Failed(_)) || !shelf.is_empty();
        let old = matches!(shelf.phase(), Phase::Stale(_) | Phase::Failed(_));
        all.push(Tab { title: kind.title, count: known.then(|| shelf.len()), waiting: app.waiting.of(at), old });
    }
    tabs(area, frame.buffer_mut(), &app.world.theme, &all, Some(app.desk.at()));
}

/// What is held, each second told, with the key that takes it back. It has the free line under the tabs, in sight of whatever
/// view is in front.
fn held(app: &App, area: Rect, frame: &mut Frame<'_>, now: Now) {
    let theme = &app.world.theme;
    let key = app.world.keymap.key_of(Command::TakeBack).map(|key| key.to_string()).unwrap_or_default();
    let mut spans = vec![Span::raw("  ")];
    let mut any = false;
    for (says, seconds) in app.verdicts.held(now) {
        if any {
            spans.push(Span::raw("   "));
        }
        any = true;
        spans.push(Span::styled(clean(says).into_owned(), theme.bold(Tone::Warn)));
        spans.push(Span::styled(format!(" goes out in {seconds}s"), theme.style(Tone::Warn)));
    }
    if any {
        spans.push(Span::styled(format!(" · {key} takes it back"), theme.muted()));
        put_line(frame.buffer_mut(), area.x, area.y, area.width, &Line::from(spans));
    }
}

/// When the frame around the views changes by itself: the clock each minute, what the link says each second while it is not
/// live, the certificate's countdown with the minute too, and each second once it is nearly over.
pub fn next(app: &App, now: Now) -> Option<Instant> {
    let second = Duration::from_secs(1);
    let ticking = matches!(app.world.snapshot.link, LinkState::Stale { .. } | LinkState::Offline { .. });
    let left = app.world.settings.certificate_ends.and_then(|ends| ends.duration_since(now.wall).ok());
    let ending = left.is_some_and(|left| left < Duration::from_mins(1));
    now.after(if ticking || ending { second } else { crate::view::next_minute(now.wall) })
}
