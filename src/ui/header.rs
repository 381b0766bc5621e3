//! The first two lines: which cluster, who I am to it, until when, how the connection is; and the views with their counts.
//!
//! The words for the link are a promise that scripts and tests lean on. The cluster's name may have a tone of its own, so that
//! production does not look like a playground.

use std::time::{Duration, SystemTime};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::glyph;
use super::text::{put, put_line, width};
use super::theme::Theme;
use crate::kind::Tone;
use crate::resource::{ago, clean, cut, short};
use crate::store::LinkState;

/// What the first line says.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    /// The cluster, empty until it is known.
    pub cluster: &'a str,
    /// How the person wants this cluster to look.
    pub tone: Tone,
    /// The user of the certificate.
    pub user: &'a str,
    /// Its roles.
    pub roles: &'a [String],
    /// When it ends.
    pub certificate: Option<SystemTime>,
    /// How the connection is.
    pub link: &'a LinkState,
    /// No call that writes leaves this program.
    pub read_only: bool,
    /// Nothing here is real.
    pub demo: bool,
    /// `09:41 UTC`
    pub clock: &'a str,
    /// The moment it is told.
    pub now: SystemTime,
}

/// The connection in its words.
#[must_use]
pub fn link(link: &LinkState, now: SystemTime) -> (String, Tone) {
    match link {
        LinkState::Connecting => ("◌ connecting".to_owned(), Tone::Muted),
        LinkState::Live { round_trip: None } => ("● live".to_owned(), Tone::Good),
        LinkState::Live { round_trip: Some(step) } => (format!("● live <{}", round(*step)), Tone::Good),
        LinkState::Polling { every } => (format!("◐ polling {}", short(*every)), Tone::Warn),
        LinkState::Stale { since, retry_at, .. } => {
            (format!("○ stale {}, {}", ago(*since, now), retry(*retry_at, now)), Tone::Warn)
        }
        LinkState::Offline { reasons, .. } => {
            let first = reasons.first().map_or("no road to the cluster", String::as_str);
            (format!("✕ offline: {}", clean(first)), Tone::Bad)
        }
        // A hint is a command, or what to see to where no command would do.
        LinkState::Expired { hint } if hint.starts_with("tsh ") => (format!("✕ expired: run {}", clean(hint)), Tone::Bad),
        LinkState::Expired { hint } => (format!("✕ expired: {}", clean(hint)), Tone::Bad),
    }
}

fn round(step: Duration) -> String {
    if step < Duration::from_secs(1) { format!("{} ms", step.as_millis()) } else { format!("{} s", step.as_secs()) }
}

fn retry(at: SystemTime, now: SystemTime) -> String {
    match at.duration_since(now) {
        Ok(left) if left.as_secs() > 0 => format!("retrying in {}", short(left)),
        _ => "retrying now".to_owned(),
    }
}

fn certificate(ends: SystemTime, now: SystemTime) -> (String, Tone) {
    match ends.duration_since(now) {
        Err(_) => ("certificate expired: tsh login".to_owned(), Tone::Bad),
        Ok(left) => {
            let tone = match left.as_secs() {
                0..600 => Tone::Bad,
                600..3_600 => Tone::Warn,
                _ => Tone::Muted,
            };
            (format!("cert {}", short(left)), tone)
        }
    }
}

impl Header<'_> {
    /// Draws the line. What says how things are keeps its room; roles give way first, then the clock.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let clocked = [true, false].map(|clock| {
            let right = self.right(area.width, theme, clock);
            let room = area.width.saturating_sub(u16::try_from(right.width()).unwrap_or(area.width).saturating_add(4));
            (self.left(room, theme), room, right)
        });
        let [with, without] = clocked;
        let (left, room, right) = if with.0.width() <= usize::from(with.1) { with } else { without };
        let right_width = u16::try_from(right.width()).unwrap_or(area.width).min(area.width);
        put_line(buf, area.right().saturating_sub(right_width + 1), area.y, right_width, &right);
        put_line(buf, area.x + 1, area.y, room, &left);
    }

    fn left(&self, room: u16, theme: &Theme) -> Line<'static> {
        let tone = if self.tone == Tone::Plain { Tone::Accent } else { self.tone };
        let mut spans = vec![Span::styled(glyph::BAR, theme.style(tone))];
        if self.cluster.is_empty() {
            spans.push(Span::styled("no cluster yet", theme.muted()));
        } else {
            spans.push(Span::styled(cut(&clean(self.cluster), usize::from(room / 2)).into_owned(), theme.bold(self.tone)));
        }
        let mut words: Vec<(String, Tone)> = Vec::new();
        let mut who = clean(self.user).into_owned();
        let certificate = self.certificate.map(|ends| certificate(ends, self.now));
        let used: usize = spans.iter().map(Span::width).sum::<usize>() + 3 + width(&who) as usize;
        let kept = certificate.as_ref().map_or(0, |(text, _)| width(text) as usize + 3);
        let roles = clean(&self.roles.join(" ")).into_owned();
        let spare = usize::from(room).saturating_sub(used + kept + 3);
        if !roles.is_empty() && spare >= 8 {
            who = format!("{who} · {}", cut(&roles, spare));
        }
        if !who.is_empty() {
            words.push((who, Tone::Plain));
        }
        words.extend(certificate);
        for (at, (text, tone)) in words.into_iter().enumerate() {
            spans.push(Span::styled(if at == 0 { "   " } else { " · " }, theme.muted()));
            spans.push(Span::styled(text, theme.style(tone)));
        }
        Line::from(spans)
    }

    fn right(&self, room: u16, theme: &Theme, clock: bool) -> Line<'static> {
        let mut spans = Vec::new();
        if self.demo {
            spans.push(Span::styled("DEMO", theme.accent().add_modifier(Modifier::BOLD)));
        }
        if self.read_only {
            spans.push(Span::styled("READ-ONLY", theme.bold(Tone::Warn)));
        }
        let (text, tone) = link(self.link, self.now);
        spans.push(Span::styled(cut(&text, usize::from(room / 2)).into_owned(), theme.style(tone)));
        if clock && !self.clock.is_empty() {
            spans.push(Span::styled(self.clock.to_owned(), theme.muted()));
        }
        let gap = Span::raw("  ");
        let last = spans.len().saturating_sub(1);
        let spans = spans.into_iter().enumerate();
        spans.flat_map(|(at, span)| std::iter::once(span).chain((at < last).then(|| gap.clone()))).collect()
    }
}

/// One view on the second line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab<'a> {
    /// What it is called.
    pub title: &'a str,
    /// How many there are, once it is known.
    pub count: Option<usize>,
    /// How many of them want an answer.
    pub waiting: usize,
    /// Both numbers are from before the line broke.
    pub old: bool,
}

/// Draws the views, the current one standing out. Titles give way to numbers where the room is short.
pub fn tabs(area: Rect, buf: &mut Buffer, theme: &Theme, tabs: &[Tab<'_>], current: Option<usize>) {
    let line = |counts: bool, titles: bool| -> Line<'static> {
        let each = tabs.iter().enumerate().map(|(at, tab)| tab_spans(at, tab, current, theme, counts, titles));
        each.collect::<Vec<_>>().join(&Span::raw("   ")).into()
    };
    let room = area.width.saturating_sub(3);
    let fitting =
        [line(true, true), line(false, true), line(false, false)].into_iter().find(|line| line.width() <= room.into());
    put_line(buf, area.x + 2, area.y, room, &fitting.unwrap_or_else(|| line(false, false)));
}

fn tab_spans(
    at: usize,
    tab: &Tab<'_>,
    current: Option<usize>,
    theme: &Theme,
    counts: bool,
    titles: bool,
) -> Vec<Span<'static>> {
    let here = current == Some(at);
    let (number, name) = if here { (theme.accent(), theme.bold(Tone::Accent)) } else { (theme.muted(), theme.plain()) };
    let mut spans = vec![Span::styled((at + 1).to_string(), number)];
    if titles || here {
        spans.push(Span::styled(format!(" {}", tab.title), name));
    }
    if let (Some(count), true) = (tab.count, counts) {
        spans.push(Span::styled(format!(" {}", thousands(count)), theme.muted()));
    }
    if tab.waiting > 0 && titles {
        spans.push(Span::styled("·", theme.muted()));
        let style = if tab.old { theme.muted() } else { theme.bold(Tone::Warn) };
        spans.push(Span::styled(tab.waiting.to_string(), style));
    }
    if tab.old && titles && counts && tab.count.is_some() {
        spans.push(Span::styled(glyph::OLD, theme.style(Tone::Warn)));
    }
    spans
}

/// `1,204`
#[must_use]
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// Draws one line in place of everything else that the right end of a line could say: `2 of 14 · by time left ▲`.
pub fn caption(area: Rect, buf: &mut Buffer, theme: &Theme, left: &Line<'_>, right: &str) {
    let room = area.width.saturating_sub(width(right) + 3);
    put_line(buf, area.x + 2, area.y, room, left);
    let x = area.right().saturating_sub(width(right) + 1);
    put(buf, x, area.y, width(right), right, theme.muted());
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::ui::text::shown;
    use crate::ui::theme::Depth;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn the_link_has_its_words() {
        let step = Some(Duration::from_millis(50));
        let (reason, retry_at) = (String::new(), at(15));
        let table = [
            (LinkState::Live { round_trip: step }, "● live <50 ms"),
            (LinkState::Polling { every: Duration::from_secs(5) }, "◐ polling 5s"),
            (LinkState::Stale { since: at(0), retry_at, reason }, "○ stale 12s, retrying in 3s"),
            (LinkState::Offline { reasons: vec!["no\u{1b} route".to_owned()], retry_at }, "✕ offline: no⟨U+001B⟩ route"),
            (LinkState::Expired { hint: "tsh login --proxy=a".to_owned() }, "✕ expired: run tsh login --proxy=a"),
        ];
        for (state, words) in table {
            assert_eq!(link(&state, at(12)).0, words);
        }
    }

    fn header(width: u16, demo: bool) -> String {
        let live = LinkState::Live { round_trip: Some(Duration::from_millis(50)) };
        let mut buf = Buffer::empty(Rect::new(0, 0, width, 2));
        let roles = ["editor", "access", "auditor"].map(str::to_owned);
        let header = Header {
            cluster: "root.example.test",
            tone: Tone::Plain,
            user: "ada",
            roles: &roles,
            certificate: Some(at(25_920)),
            link: &live,
            read_only: demo,
            demo,
            clock: "09:41 UTC",
            now: at(0),
        };
        let theme = Theme::new(Depth::True);
        header.draw(Rect::new(0, 0, width, 1), &mut buf, &theme);
        let tab = |title, count, waiting| Tab { title, count: Some(count), waiting, old: false };
        let all = [
            Tab { title: "Overview", count: None, waiting: 0, old: false },
            tab("Requests", 14, 2),
            tab("App servers", 1_204, 0),
        ];
        tabs(Rect::new(0, 1, width, 1), &mut buf, &theme, &all, Some(1));
        shown(&buf)
    }

    #[test]
    fn both_lines_at_home_and_narrow() {
        assert_eq!(
            header(120, false).lines().collect::<Vec<_>>(),
            [
                " ▍root.example.test   ada · editor access auditor · cert 7h12m                                 ● live <50 ms  09:41 UTC",
                "  1 Overview   2 Requests 14·2   3 App servers 1,204",
            ]
        );
        assert_eq!(
            header(80, true).lines().next().unwrap(),
            " ▍root.example.test   ada · cert 7h12m           DEMO  READ-ONLY  ● live <50 ms"
        );
        assert!(header(30, false).contains("2 Requests"));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([thousands(0), thousands(999), thousands(1_204), thousands(1_000_000)], ["0", "999", "1,204", "1,000,000"]);
    }
}
