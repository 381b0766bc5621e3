//! How a conflict is drawn: the clashes first, each with its three forms, then what came together by itself, then the text as
//! it will be against theirs. It is one page that scrolls, so that it reads the same at any size.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::EditView;
use super::conflict::{Apart, Conflict};
use crate::document::{Clash, Merge, Merged, Side};
use crate::kind::Tone;
use crate::resource::{Utc, clean};
use crate::ui::command::Command;
use crate::ui::footer::Hint;
use crate::ui::text::{put, put_right, width};
use crate::ui::theme::Theme;
use crate::ui::yaml::seen;
use crate::ui::{detail, diff, glyph};
use crate::view::Context;

/// So many lines of a form are shown; the rest is told as how many.
const FORM: usize = 8;

/// Draws it.
pub fn render(view: &EditView, conflict: &Conflict, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
    let theme = cx.theme;
    let state = match (conflict.met(), conflict.open()) {
        (Err(_), _) => "apart".to_owned(),
        (_, 0) => "nothing open".to_owned(),
        (_, 1) => "1 clash open".to_owned(),
        (_, open) => format!("{open} clashes open"),
    };
    let when = cx.snapshot.last_change(&view.draft).map(|change| format!(" at {}", Utc::new(change.at).clock()));
    let title = format!("{}: not saved · somebody saved a newer one{}", view.draft, when.unwrap_or_default());
    let buf = frame.buffer_mut();
    let room = area.width.saturating_sub(width(&state) + 2);
    put(buf, area.x, area.y, room, &title, theme.bold(Tone::Plain));
    put_right(buf, area.right().saturating_sub(width(&state)), area.y, width(&state), &state, theme.bold(Tone::Warn));
    let (lines, _) = lines(conflict, area.width, theme);
    let body = Rect { y: area.y + 2, height: area.height.saturating_sub(4), ..area };
    let drawn = detail::draw_lines(body, buf, &lines, conflict.scroll);
    let last = area.bottom().saturating_sub(1);
    if !drawn.end_seen {
        let more = format!("{} {} more", glyph::MORE, drawn.height - conflict.scroll - drawn.rows);
        put_right(buf, area.right().saturating_sub(width(&more)), last.saturating_sub(1), width(&more), &more, theme.muted());
    }
    let keys = match conflict.met() {
        Err(_) => "i back to my text, to mend it · T take all of theirs · :q leave, draft kept",
        Ok(merge) if merge.clashes().is_empty() => "w save the merge, difference first · i keep editing · T take all of theirs",
        Ok(_) => "Tab next · e by hand · w save the merge · i keep editing · T all of theirs",
    };
    put(buf, area.x, last, area.width, keys, theme.muted());
}

/// Says how much there is, and brings the clash in front into sight.
pub fn fit(conflict: &mut Conflict, cx: &Context<'_>) {
    let (lines, front) = lines(conflict, cx.area.width.saturating_sub(4), cx.theme);
    let rows = usize::from(cx.area.height.saturating_sub(4));
    conflict.room = (lines.len(), rows);
    if std::mem::take(&mut conflict.follow)
        && let Some((from, to)) = front
    {
        let last = to.saturating_sub(rows);
        conflict.scroll = conflict.scroll.clamp(last.min(from), from);
    }
    conflict.scroll_by(0);
}

/// What the footer offers.
pub fn offers(conflict: &Conflict) -> Vec<Hint> {
    let Some((_, clash)) = conflict.clash() else { return Vec::new() };
    let both = (!clash.both).then(|| "only one can stand here".to_owned());
    let sides = [Hint::new(Command::TakeTheirs), Hint::new(Command::TakeMine), Hint::new(Command::TakeBoth).unless(both)];
    sides.into_iter().filter(|hint| hint.refused.is_none()).collect()
}

/// All lines, and from where to where the clash in front is.
fn lines(conflict: &Conflict, room: u16, theme: &Theme) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
    match conflict.met() {
        Ok(merge) => together(conflict, merge, room, theme),
        Err(apart) => (parted(apart, room, theme), None),
    }
}

fn together(conflict: &Conflict, merge: &Merge, room: u16, theme: &Theme) -> (Vec<Line<'static>>, Option<(usize, usize)>) {
    let (mut out, mut front) = (Vec::new(), None);
    let here = conflict.clash().map(|(at, _)| at);
    if !merge.clashes().is_empty() {
        out.push(Line::styled("BOTH CHANGED THIS", theme.heading()));
        for (at, clash) in merge.clashes().iter().enumerate() {
            let from = out.len();
            forms(&mut out, clash, conflict.is_by_hand(&clash.path), here == Some(at), theme);
            if here == Some(at) {
                front = Some((from, out.len()));
            }
        }
        out.push(Line::default());
    }
    out.push(Line::styled("CAME TOGETHER BY ITSELF", theme.heading()));
    if merge.merged().is_empty() {
        out.push(Line::styled("  nothing", theme.muted()));
    }
    let longest = merge.merged().iter().map(|merged| merged.path.to_string().chars().count()).max().unwrap_or_default();
    out.extend(merge.merged().iter().map(|merged| taken(merged, longest.min(36), theme)));
    out.push(Line::default());
    out.push(Line::styled("WHAT SAVING THE MERGE CHANGES IN THEIRS", theme.heading()));
    if diff::counts(conflict.changes()) == (0, 0) {
        out.push(Line::styled("  nothing: it is theirs", theme.muted()));
    } else {
        out.extend(diff::lines(conflict.changes(), theme, room));
    }
    (out, front)
}

fn taken(merged: &Merged, longest: usize, theme: &Theme) -> Line<'static> {
    let (whose, style) = match merged.whose {
        Side::Theirs => ("theirs", theme.accent()),
        Side::Mine => ("mine", theme.plain()),
        Side::Both => ("both", theme.muted()),
    };
    let path = merged.path.to_string();
    let mut spans = vec![Span::styled(format!("  {whose:<8}"), style)];
    spans.extend(seen(&format!("{path:<longest$}  "), theme.plain(), theme));
    spans.extend(seen(&merged.what, theme.muted(), theme));
    Line::from(spans)
}

fn forms(out: &mut Vec<Line<'static>>, clash: &Clash, by_hand: bool, here: bool, theme: &Theme) {
    let state = match clash.chosen {
        None => ("open", theme.bold(Tone::Warn)),
        Some(_) if by_hand => ("by hand", theme.accent()),
        Some(Side::Theirs) => ("theirs", theme.accent()),
        Some(Side::Mine) => ("mine", theme.accent()),
        Some(Side::Both) => ("both", theme.accent()),
    };
    let mark = if here { glyph::MARKER } else { " " };
    let mut head = vec![Span::styled(format!("{mark} "), theme.accent())];
    head.extend(seen(&clash.path.to_string(), theme.bold(Tone::Plain), theme));
    head.push(Span::styled(format!("  {}", state.0), state.1));
    out.push(Line::from(head));
    let taken = |side: Side| clash.chosen == Some(side) || clash.chosen == Some(Side::Both);
    let rows = [
        ("before", &clash.base, "was not there", false),
        ("theirs", &clash.theirs, "removed", taken(Side::Theirs)),
        ("mine", &clash.mine, "removed", taken(Side::Mine)),
    ];
    for (name, form, none, taken) in rows {
        let style = if taken { theme.bold(Tone::Plain) } else { theme.muted() };
        let Some(form) = form else {
            out.push(Line::from(vec![Span::styled(format!("    {name:<8}"), style), Span::styled(none, theme.muted())]));
            continue;
        };
        let all = form.lines().count();
        for (at, line) in form.lines().take(FORM).enumerate() {
            let lead = if at == 0 { name } else { "" };
            let mut spans = vec![Span::styled(format!("    {lead:<8}"), style)];
            spans.extend(seen(line, style, theme));
            out.push(Line::from(spans));
        }
        if all > FORM {
            out.push(Line::styled(format!("            … {} more lines", all - FORM), theme.muted()));
        }
    }
}

fn parted(apart: &Apart, room: u16, theme: &Theme) -> Vec<Line<'static>> {
    let why = format!("They cannot be brought together: {}", clean(&apart.why));
    let mut out = vec![Line::styled(why, theme.style(Tone::Warn)), Line::default()];
    out.push(Line::styled("THEIRS · what they changed", theme.heading()));
    out.extend(diff::lines(&apart.theirs, theme, room));
    out.push(Line::default());
    out.push(Line::styled("MINE · what you changed", theme.heading()));
    out.extend(diff::lines(&apart.mine, theme, room));
    out
}
