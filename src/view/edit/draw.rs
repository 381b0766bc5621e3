//! How an edit is drawn: a title with what is going on, the text, and a line that teaches the way out.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::draw;
use super::hint;
use super::stage::{AFTER, Review, Stage};
use super::summary;
use super::{EditView, Start, gone, meet};
use crate::document::Severity;
use crate::kind::Tone;
use crate::resource::{clean, short};
use crate::ui::command::Command;
use crate::ui::diff;
use crate::ui::footer::Hint;
use crate::ui::sheet::{Entry, Input, Send, Sheet, Shown};
use crate::ui::text::{put, put_line, put_right, wrap};
use crate::view::Context;

/// Draws it.
pub fn render(view: &EditView, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let area = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    match &view.stage {
        Stage::New => {}
        Stage::Fetching { since, .. } => draw::waiting(&view.draft, Some(*since), area, frame, cx),
        Stage::Failed(why) => {
            let said = format!("{} cannot be edited: {} · Esc goes back", view.draft, clean(why));
            draw::sentence(&said, Tone::Bad, area, frame, cx);
        }
        Stage::Conflict(conflict) => meet::render(view, conflict, area, frame, cx),
        Stage::Gone => gone::render(view, area, frame, cx),
        _ => {
            text(view, area, frame, cx);
            if let Stage::Review(review) = &view.stage {
                let full = Rect { x: cx.area.x, width: cx.area.width, ..area };
                if let Some(at) = review_sheet(view, review, full, frame.buffer_mut(), cx).cursor {
                    frame.set_cursor_position(at);
                }
            }
        }
    }
}

fn text(view: &EditView, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let Some(editor) = &view.editor else { return };
    title(view, Rect { height: 1, ..area }, frame, cx);
    let banner =
        view.overtaken(cx).map(str::to_owned).or_else(|| view.read_only.as_ref().map(|why| format!("read-only: {why}")));
    let mut top = area.y + 1;
    if let Some(banner) = banner {
        put(frame.buffer_mut(), area.x, top, area.width, &banner, cx.theme.style(Tone::Warn));
        top += 1;
    }
    top += 1;
    let body = Rect { y: top, height: area.bottom().saturating_sub(top + 2), ..area };
    let cursor = editor.draw(body, frame.buffer_mut(), cx.theme);
    if matches!(view.stage, Stage::Text)
        && let Some(cursor) = cursor
    {
        frame.set_cursor_position(cursor);
    }
    hint::draw(editor, Rect { y: area.bottom().saturating_sub(2), height: 1, ..area }, frame.buffer_mut(), cx.theme);
    teach(view, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }, frame, cx);
}

/// What is edited, from which revision, and at the right what is wrong with it and what is kept unseen.
fn title(view: &EditView, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let what = match &view.start {
        Start::Blank(_) => format!("new {}", view.draft.kind()),
        Start::Clone(from) => format!("new {} from {}", from.kind(), from.label()),
        Start::Kept(reference) => format!("new {}", reference.label()),
        Start::Fetch(_) | Start::Outside(_) | Start::Revert(..) => view.draft.to_string(),
    };
    let revision = view.base.as_ref().map(|base| short_revision(base.revision())).unwrap_or_default();
    let state = if view.is_changed() { "changed" } else { "" };
    let buf = frame.buffer_mut();
    let line = Line::from(vec![
        Span::styled(what, cx.theme.bold(Tone::Plain)),
        Span::styled(if revision.is_empty() { String::new() } else { format!("  revision {revision}") }, cx.theme.muted()),
        Span::styled(format!("  {state}"), cx.theme.accent()),
    ]);
    put_line(buf, area.x, area.y, area.width, &line);
    let count = |severity| view.problems().filter(|problem| problem.severity == severity).count();
    let (errors, warnings, advice) = (count(Severity::Error), count(Severity::Warning), count(Severity::Advice));
    let kept = view.base.as_ref().map_or(0, |base| base.hidden().len());
    let mut said = Vec::new();
    let plural = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    if errors > 0 {
        said.push(plural(errors, "problem", "problems"));
    }
    if warnings > 0 {
        said.push(plural(warnings, "warning", "warnings"));
    }
    if advice > 0 {
        said.push(plural(advice, "hint", "hints"));
    }
    if kept > 0 {
        said.push(format!("{} kept that this build does not know", plural(kept, "setting", "settings")));
    }
    let tone = if errors > 0 {
        Tone::Bad
    } else if warnings > 0 {
        Tone::Warn
    } else {
        Tone::Muted
    };
    put_right(buf, area.x, area.y, area.width, &said.join(" · "), cx.theme.style(tone));
}

fn short_revision(revision: &str) -> String {
    let short = crate::resource::cut(revision, 9);
    clean(&short).into_owned()
}

fn teach(view: &EditView, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let text = match &view.stage {
        Stage::Text => hint::teach(view.editor.as_ref(), area.width).to_owned(),
        Stage::Keys if view.read_only.is_some() => ":q or Esc leave".to_owned(),
        Stage::Keys => ":w save (difference first) · :q or Esc leave, draft kept · i back to the text · v theirs".to_owned(),
        Stage::Outside(_) => "your own editor has the text".to_owned(),
        Stage::Saving { since, .. } => {
            let waited = cx.now.mono.duration_since(*since);
            if waited < AFTER { String::new() } else { format!("saving, waiting for {} for {}", call(view, cx), short(waited)) }
        }
        _ => String::new(),
    };
    put(frame.buffer_mut(), area.x, area.y, area.width, &text, cx.theme.muted());
}

fn call(view: &EditView, cx: &Context<'_>) -> &'static str {
    let write = view.kind.edit.map(|edit| (edit.write)(&cx.snapshot.caller));
    write.map_or("", |write| if view.base.is_some() { write.call } else { write.creates })
}

fn review_lines(review: &Review, room: u16, cx: &Context<'_>) -> Vec<Line<'static>> {
    let theme = cx.theme;
    let mut lines = Vec::new();
    if !review.lost.is_empty() {
        let said = format!("this would also remove {} that this build does not know:", settings(review.lost.len()));
        lines.extend(wrap([(said.as_str(), theme.bold(Tone::Bad))], room));
        lines.extend(review.lost.iter().map(|path| Line::styled(format!("  {}", clean(path)), theme.style(Tone::Bad))));
        let ask = if review.agreed { "agreed" } else { "y agrees, Esc goes back to the text" };
        lines.push(Line::styled(ask, theme.bold(Tone::Plain)));
        lines.push(Line::default());
    }
    lines.extend(summary::lines(&review.summary, room, theme));
    if let Some(write) = review.write {
        let call = if review.new { write.creates } else { write.call };
        let (gone, come) = diff::counts(&review.lines);
        let mut spans = vec![Span::styled(counted(gone, come), theme.muted())];
        if !call.is_empty() {
            spans.push(Span::styled(" · call ", theme.muted()));
            spans.push(Span::styled(call, theme.bold(Tone::Plain)));
        }
        lines.push(Line::from(spans));
        if !review.new && !write.conditional {
            let said = "this server cannot compare revisions itself: an edit of the last second or so could be overtaken";
            lines.extend(wrap([(said, theme.style(Tone::Warn))], room));
        }
    }
    lines.extend(diff::lines(&review.lines, theme, room));
    lines
}

/// `1 line goes, 2 come`.
fn counted(gone: usize, come: usize) -> String {
    let lines = |count: usize| format!("{count} {}", if count == 1 { "line" } else { "lines" });
    let verb = |count: usize, verb: &str| if count == 1 { format!("{verb}s") } else { verb.to_owned() };
    let goes = if gone == 1 { "goes" } else { "go" };
    match (gone, come) {
        (_, 0) => format!("{} {goes}", lines(gone)),
        (0, _) => format!("{} {}", lines(come), verb(come, "come")),
        _ => format!("{} {goes}, {come} {}", lines(gone), verb(come, "come")),
    }
}

fn settings(count: usize) -> String {
    format!("{count} {}", if count == 1 { "setting" } else { "settings" })
}

fn review_sheet(view: &EditView, review: &Review, area: Rect, buf: &mut ratatui::buffer::Buffer, cx: &Context<'_>) -> Shown {
    let mut body = review_lines(review, Sheet::room(area), cx);
    if review.new && view.kind.edit.and_then(|edit| edit.random_name) == Some(review.edited().name()) {
        let said = "its name is a secret: it is made at random when this is sent, and shown once";
        body.extend(wrap([(said, cx.theme.bold(Tone::Plain))], Sheet::room(area)));
    }
    let title = if review.new { created(view, review) } else { format!("Save {} · what this changes", view.draft) };
    let state = match (review.agreed, review.reading.is_read(), review.is_armed(cx.now)) {
        (false, ..) => Send::Wants("y agrees first".to_owned()),
        (_, false, _) => Send::ReadOn,
        _ if !review.is_typed() => Send::Wants("the name is not typed yet".to_owned()),
        (_, _, true) => Send::Armed,
        (_, _, false) => Send::Wants("…".to_owned()),
    };
    let label = review.wanted.as_ref().map(|name| format!("type {}", clean(name)));
    let entry = label.as_ref().map(|label| Entry { label, input: Input::Text(&review.typed) });
    let sheet = Sheet {
        title: &title,
        body: &body,
        scroll: review.reading.scroll(),
        entries: entry.as_slice(),
        focus: if review.on_send { usize::MAX } else { 0 },
        send: if review.on_send { "save: Enter" } else { "save" },
        state,
        then: if review.on_send { "" } else { "Tab, then Enter" },
        keys: "Tab next · Esc back to the text",
        tone: Tone::Plain,
    };
    sheet.draw(area, buf, cx.theme)
}

/// What will be made; a name that is yet to be made is not told.
fn created(view: &EditView, review: &Review) -> String {
    let random = view.kind.edit.and_then(|edit| edit.random_name) == Some(review.edited().name());
    match view.kind.reference(review.edited()) {
        Ok(made) if !random => format!("Create {made}"),
        _ => format!("Create {}", review.edited().kind()),
    }
}

/// Says how much of what must be read fits.
pub fn fit(view: &mut EditView, version: u64, cx: &Context<'_>) {
    if let Stage::Conflict(conflict) = &mut view.stage {
        meet::fit(conflict, cx);
    }
    let Stage::Review(review) = &view.stage else { return };
    let mut aside = ratatui::buffer::Buffer::empty(cx.area);
    let drawn = review_sheet(view, review, cx.area, &mut aside, cx).body;
    if let Stage::Review(review) = &mut view.stage {
        review.reading.fit(drawn.height, drawn.rows, version);
    }
}

/// What the footer and help offer.
pub fn offers(view: &EditView, _cx: &Context<'_>) -> Vec<Hint> {
    match view.stage {
        Stage::Keys if view.read_only.is_none() => {
            let mut all = vec![Hint::new(Command::BackToText)];
            if view.base.is_some() {
                all.push(Hint::new(Command::ShowTheirs));
            }
            all.extend([Command::EditOutside, Command::Palette, Command::Back].map(Hint::new));
            all
        }
        Stage::Conflict(ref conflict) => meet::offers(conflict),
        Stage::Keys | Stage::Gone | Stage::Failed(_) | Stage::Fetching { .. } => vec![Hint::new(Command::Back)],
        _ => Vec::new(),
    }
}
