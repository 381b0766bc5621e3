//! How the sheets are drawn, and how much of what must be read fits on them.

use std::time::Duration;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::create::{CreateSheet, Trial};
use super::delete::DeleteSheet;
use super::verdict::{Fetched, Focus, VerdictSheet};
use crate::kind::{Context as About, Tone, Verb};
use crate::resource::{clean, short};
use crate::ui::detail::{self, Drawn};
use crate::ui::sheet::{Entry, Input, Send, Sheet, Shown};
use crate::ui::text::wrap;
use crate::view::Context;

/// A title of a kind's own, with the name of what it is about behind its first word.
fn titled(title: &str, name: &str) -> String {
    match title.split_once(" · ") {
        Some((what, meaning)) => format!("{what} {name} · {meaning}"),
        None => format!("{title} {name}"),
    }
}

fn verdict_body(sheet: &VerdictSheet, cx: &Context<'_>) -> Vec<Line<'static>> {
    let room = Sheet::room(cx.area);
    let theme = cx.theme;
    let mut lines = Vec::new();
    if sheet.changed {
        let said = "it changed while this was open: read it again, nothing was sent";
        lines.extend(wrap([(said, theme.bold(Tone::Warn))], room));
    }
    match &sheet.fetched {
        Fetched::Not => {}
        Fetched::Asked(_, since) => {
            if cx.now.mono.duration_since(*since) >= Duration::from_millis(300) {
                lines.push(Line::styled(format!("loading {}…", sheet.reference), theme.muted()));
            }
        }
        Fetched::Failed(error) => {
            let said = format!("it cannot be read, so it cannot be answered: {error}");
            lines.extend(wrap([(said.as_str(), theme.style(Tone::Bad))], room));
        }
        Fetched::Here(resource, _) => {
            let page = (sheet.kind.detail)(resource, &About { now: cx.now.wall, caller: &cx.snapshot.caller });
            lines.extend(detail::body(&page, theme, room));
            lines.push(Line::default());
            lines.push(Line::from(vec![
                Span::styled("call    ", theme.muted()),
                Span::styled((sheet.action.call)(&cx.snapshot.caller), theme.bold(Tone::Plain)),
            ]));
        }
    }
    lines
}

/// What stands in the way of sending, in the words of the line that sends.
fn verdict_state(sheet: &VerdictSheet, cx: &Context<'_>) -> Send {
    if !matches!(sheet.fetched, Fetched::Here(..)) {
        return Send::Wants("waiting for the request".to_owned());
    }
    if let Some(why) = sheet.why_not(cx) {
        return Send::Wants(why);
    }
    if !sheet.reading.is_read() {
        return Send::ReadOn;
    }
    if sheet.reason_needed() && sheet.reason.text().trim().is_empty() {
        return Send::Wants("a reason is needed".to_owned());
    }
    match sheet.focus {
        Focus::Nothing => Send::Wants("Tab comes here · i writes on".to_owned()),
        _ if sheet.reading.is_armed(cx.now) => Send::Armed,
        _ => Send::Wants("…".to_owned()),
    }
}

fn draw_verdict(sheet: &VerdictSheet, area: Rect, buf: &mut Buffer, cx: &Context<'_>) -> Shown {
    let votes = |action: &crate::kind::Action| action.needs.contains(&Verb::Review);
    let chosen = usize::from(!votes(sheet.action));
    let mut entries = Vec::new();
    if sheet.other.is_some() {
        entries.push(Entry { label: "as", input: Input::Choice(&["vote", "override"], chosen) });
    }
    entries.push(Entry { label: "your reason", input: Input::Text(&sheet.reason) });
    let body = verdict_body(sheet, cx);
    let name = sheet.action.name.rsplit('-').next().unwrap_or(sheet.action.name);
    let send = match name {
        "approve" => "send approval".to_owned(),
        "deny" => "send denial".to_owned(),
        other => format!("send {other}"),
    };
    let then = format!("then {} to take it back ({})", short(cx.settings.hold), taking_back(cx));
    let drawn = Sheet {
        title: &titled(sheet.action.title, &sheet.reference.label()),
        body: &body,
        scroll: sheet.reading.scroll(),
        focus: match sheet.focus {
            Focus::Way => 0,
            Focus::Reason => entries.len() - 1,
            Focus::Send | Focus::Nothing => entries.len(),
        },
        entries: &entries,
        send: &send,
        state: verdict_state(sheet, cx),
        then: &then,
        keys: if sheet.focus == Focus::Nothing {
            "Tab next · Esc leave, keeps the reason"
        } else {
            "Tab next · Esc Esc leave, keeps the reason"
        },
        tone: Tone::Plain,
    };
    drawn.draw(area, buf, cx.theme)
}

/// The key that takes back, as it is bound.
pub fn taking_back(cx: &Context<'_>) -> String {
    cx.keymap.key_of(crate::ui::command::Command::TakeBack).map_or_else(|| "no key".to_owned(), |key| key.to_string())
}

/// How long the request is and how much of it fits, found by drawing it aside.
pub fn verdict_size(sheet: &VerdictSheet, cx: &Context<'_>) -> Drawn {
    draw_verdict(sheet, cx.area, &mut Buffer::empty(cx.area), cx).body
}

/// Draws the sheet of a verdict.
pub fn verdict(sheet: &VerdictSheet, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let shown = draw_verdict(sheet, area, frame.buffer_mut(), cx);
    if let Some(at) = shown.cursor {
        frame.set_cursor_position(at);
    }
}

/// Draws the sheet that deletes.
pub fn delete(sheet: &DeleteSheet, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let room = Sheet::room(area);
    let plain = |text: &str| wrap([(text, cx.theme.plain())], room);
    let mut body = plain(&format!("{} will be deleted.", sheet.reference));
    if sheet.changed {
        body.extend(wrap([("it was changed while this sheet was open: look again", cx.theme.bold(Tone::Warn))], room));
    }
    if let Some(item) = sheet.shown().filter(|_| cx.item(sheet.kind, &sheet.reference).is_some()) {
        let told = crate::view::overview::words(sheet.kind, item, cx.now.wall);
        let told = told.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · ");
        body.extend(wrap([(told.as_str(), cx.theme.muted())], room));
    } else {
        body.extend(wrap([("the list does not have it any more", cx.theme.style(Tone::Warn))], room));
    }
    body.push(Line::from(vec![
        Span::styled("call  ", cx.theme.muted()),
        Span::styled((sheet.action.call)(&cx.snapshot.caller), cx.theme.bold(Tone::Plain)),
    ]));
    let label = format!("type {}", clean(&sheet.wanted()));
    let entries: &[Entry<'_>] =
        if sheet.asks_name() { &[Entry { label: &label, input: Input::Text(&sheet.typed) }] } else { &[] };
    let state = match (sheet.is_typed(), sheet.reading.is_armed(cx.now)) {
        (true, true) => Send::Armed,
        (true, false) => Send::Wants("…".to_owned()),
        (false, _) => Send::Wants("the name is not typed yet".to_owned()),
    };
    let verb = sheet.action.title.split(' ').next().unwrap_or_default().to_lowercase();
    let drawn = Sheet {
        title: &titled(sheet.action.title, &sheet.reference.label()),
        body: &body,
        scroll: 0,
        entries,
        focus: if sheet.on_send { entries.len() } else { 0 },
        send: &verb,
        state,
        then: "at once",
        keys: "Tab next · Esc leave",
        tone: Tone::Bad,
    };
    if let Some(at) = drawn.draw(area, frame.buffer_mut(), cx.theme).cursor {
        frame.set_cursor_position(at);
    }
}

/// Draws the sheet that asks for access.
pub fn create(sheet: &CreateSheet, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let room = Sheet::room(area);
    let mut body = Vec::new();
    let mut say = |text: &str, tone: Tone| body.extend(wrap([(text, cx.theme.style(tone))], room));
    match &sheet.may {
        None => say("asking which roles you may request…", Tone::Muted),
        Some(Err(error)) => say(&format!("which roles you may request is not known: {}", clean(error)), Tone::Warn),
        Some(Ok(may)) if may.roles.is_empty() => say("your roles let you request none", Tone::Warn),
        Some(Ok(may)) => say(&format!("you may request: {}", clean(&may.roles.join(", "))), Tone::Plain),
    }
    let (send, state) = match &sheet.trial {
        Trial::Not => ("try without effect", Send::Armed),
        Trial::Asked(_) => ("try without effect", Send::Wants("the server is trying".to_owned())),
        Trial::Would(said) => {
            say(&format!("tried without effect: {}", clean(said)), Tone::Good);
            let armed = sheet.reading.is_armed(cx.now);
            ("send request", if armed { Send::Armed } else { Send::Wants("…".to_owned()) })
        }
        Trial::Refused(why) => {
            say(&format!("it would be refused: {}", clean(why)), Tone::Bad);
            ("try again", Send::Armed)
        }
    };
    body.push(Line::from(vec![
        Span::styled("call  ", cx.theme.muted()),
        Span::styled((sheet.action.call)(&cx.snapshot.caller), cx.theme.bold(Tone::Plain)),
    ]));
    let [roles, reason, duration] = &sheet.fields;
    let drawn = Sheet {
        title: sheet.action.title,
        body: &body,
        scroll: 0,
        entries: &[
            Entry { label: "roles", input: Input::Text(roles) },
            Entry { label: "reason", input: Input::Text(reason) },
            Entry { label: "for how long", input: Input::Text(duration) },
        ],
        focus: sheet.focus,
        send,
        state,
        then: "",
        keys: "Tab completes, next · Esc leave",
        tone: Tone::Plain,
    };
    if let Some(at) = drawn.draw(area, frame.buffer_mut(), cx.theme).cursor {
        frame.set_cursor_position(at);
    }
}
