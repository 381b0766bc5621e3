//! That a terminal which is sent our bytes shows what was drawn, and how few bytes that takes.

use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::ui::text::{put, shown};
use crate::ui::theme::{Depth, Theme};

/// A terminal that understands what is sent to it.
struct Pair {
    screen: Screen,
    seen: vt100::Parser,
}

impl Pair {
    fn new(width: u16, height: u16) -> Self {
        let screen = Screen::new(width, height, Abilities { scrolls: true, ..Abilities::default() });
        Self { screen, seen: vt100::Parser::new(height.try_into().unwrap(), width.try_into().unwrap(), 0) }
    }

    fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> usize {
        let bytes = self.screen.draw(render);
        self.seen.process(&bytes);
        bytes.len()
    }

    /// What is on the terminal is what was drawn, letter by letter and colour by colour.
    fn check(&self) {
        let (drawn, seen) = (&self.screen.shown, self.seen.screen());
        for y in 0..drawn.area().height {
            for x in 0..drawn.area().width {
                let (want, got) = (&drawn[(x, y)], seen.cell(y, x).unwrap());
                if got.is_wide_continuation() {
                    continue;
                }
                let blank = want.symbol() == " ";
                assert_eq!(if got.contents().is_empty() { " " } else { got.contents() }, want.symbol(), "at {x},{y}");
                assert_eq!(got.inverse(), want.modifier.contains(Modifier::REVERSED), "reversed at {x},{y}");
                assert_eq!(got.bgcolor(), color(want.bg), "ground at {x},{y}");
                if !blank {
                    assert_eq!(got.bold(), want.modifier.contains(Modifier::BOLD), "bold at {x},{y}");
                    assert_eq!(got.fgcolor(), color(want.fg), "colour at {x},{y}");
                }
            }
        }
    }
}

fn color(color: Color) -> vt100::Color {
    match color {
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        _ => vt100::Color::Default,
    }
}

fn list(frame: &mut Frame<'_>, top: usize, here: usize) {
    let theme = Theme::new(Depth::True);
    let buf = frame.buffer_mut();
    put(buf, 1, 0, 60, &format!("root.example.test   {here} of 90"), theme.accent());
    put(buf, 4, 1, 60, "NAME       PUBLIC ADDRESS", theme.heading());
    for y in 0..buf.area().height - 4 {
        let n = top + usize::from(y);
        if n == here {
            put(buf, 2, y + 2, 1, "▸", theme.accent());
        }
        put(
            buf,
            4,
            y + 2,
            70,
            &format!("app-{n:05}  https://app-{n:05}.example.test  env=prod,team=db-{}", n % 7),
            theme.plain(),
        );
        put(buf, 60, y + 2, 8, "online", theme.style(crate::kind::Tone::Good));
    }
    let y = buf.area().height - 1;
    put(buf, 1, y, 60, "Enter open   / filter   q quit", theme.muted());
}

#[test]
fn a_picture_as_it_was_costs_nothing_and_a_move_next_to_nothing() {
    let mut pair = Pair::new(120, 40);
    let first = pair.draw(|frame| list(frame, 0, 0));
    assert!(first < 4_500, "{first}");
    assert_eq!(pair.draw(|frame| list(frame, 0, 0)), 0);
    for here in 1..30 {
        let bytes = pair.draw(|frame| list(frame, 0, here));
        assert!(bytes <= 60, "{bytes} for a move");
        pair.check();
    }
}

#[test]
fn a_scroll_costs_about_one_line() {
    let mut pair = Pair::new(80, 24);
    pair.draw(|frame| list(frame, 0, 19));
    for top in (1..40).chain((0..39).rev()) {
        let bytes = pair.draw(|frame| list(frame, top, top + 19));
        assert!(bytes <= 200, "{bytes} for a scroll");
        pair.check();
    }
}

#[test]
fn the_cursor_costs_only_its_changes() {
    let mut pair = Pair::new(20, 5);
    assert_eq!(pair.draw(|_| ()), 0);
    let at = |x| move |frame: &mut Frame<'_>| frame.set_cursor_position((x, 2));
    assert!(pair.draw(at(3)) > 0);
    assert_eq!(pair.seen.screen().cursor_position(), (2, 3));
    assert!(!pair.seen.screen().hide_cursor());
    assert_eq!(pair.draw(at(3)), 0);
    assert!(pair.draw(at(4)) <= 4);
    assert_eq!(pair.seen.screen().cursor_position(), (2, 4));
    assert_eq!(pair.draw(|_| ()), 6);
    assert!(pair.seen.screen().hide_cursor());
}

#[test]
fn a_repaint_mends_whatever_was_there() {
    let mut pair = Pair::new(80, 24);
    pair.draw(|frame| list(frame, 0, 3));
    pair.seen.process(b"\x1b[5;9r\x1b[41mgarbage\x1b[7mmore");
    pair.screen.repaint();
    pair.draw(|frame| list(frame, 0, 3));
    pair.check();
    pair.screen.resize(60, 16);
    pair.seen.screen_mut().set_size(16.try_into().unwrap(), 60.try_into().unwrap());
    pair.draw(|frame| list(frame, 7, 8));
    pair.check();
    assert!(shown(&pair.screen.shown).contains("app-00007"));
}

#[test]
fn only_large_pictures_are_held_back_and_not_in_a_multiplexer() {
    let able = |term, tmux| Abilities::new(false, Some(term), tmux);
    let mut screen = Screen::new(120, 40, able("xterm-256color", false));
    let first = screen.draw(|frame| list(frame, 0, 0));
    assert!(first.starts_with(b"\x1b[?2026h") && first.ends_with(b"\x1b[?2026l"));
    assert!(!screen.draw(|frame| list(frame, 0, 1)).starts_with(b"\x1b[?2026h"));
    for (term, tmux) in [("xterm-256color", true), ("screen-256color", false), ("vt220", false), ("linux", false)] {
        assert!(!able(term, tmux).synchronised, "{term}");
    }
}

#[test]
fn what_is_no_part_of_the_picture_goes_with_it() {
    let mut screen = Screen::new(20, 5, Abilities::default());
    screen.title("idle 3\x1b\x07");
    assert!(screen.copy("id"));
    assert_eq!(screen.draw(|_| ()), "\x1b]2;idle 3⟨U+001B⟩⟨U+0007⟩\x07\x1b]52;c;aWQ=\x07".as_bytes());
    assert!(screen.draw(|_| ()).is_empty());
    assert!(!screen.copy(&"x".repeat(CLIPBOARD + 1)));
    assert_eq!(["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())), ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
}

#[test]
fn only_ascii_reaches_a_terminal_that_has_no_more() {
    let mut screen = Screen::new(60, 16, Abilities { ascii: true, ..Abilities::default() });
    let bytes = screen.draw(|frame| put_all(frame, &[(1, 1, "▸ rex “日本” … ╭─╮ é".to_owned(), Style::new())]));
    assert!(bytes.is_ascii());
    let mut seen = vt100::Parser::new(16.try_into().unwrap(), 60.try_into().unwrap(), 0);
    seen.process(&bytes);
    assert!(seen.screen().contents().contains("> rex \"????\" . +-+ ?"), "{}", seen.screen().contents());
}

fn put_all(frame: &mut Frame<'_>, texts: &[(u16, u16, String, Style)]) {
    for (x, y, text, style) in texts {
        put(frame.buffer_mut(), *x, *y, 40, text, *style);
    }
}

fn style() -> impl Strategy<Value = Style> {
    let fg = prop_oneof![Just(Color::Reset), Just(Color::Red), Just(Color::LightBlue), Just(Color::Rgb(1, 2, 3))];
    let bg = prop_oneof![4 => Just(Color::Reset), 1 => Just(Color::Indexed(200))];
    (fg, bg, 0u16..4).prop_map(|(fg, bg, bits)| {
        let modifier = [Modifier::empty(), Modifier::BOLD, Modifier::REVERSED, Modifier::REVERSED | Modifier::BOLD];
        Style::new().fg(fg).bg(bg).add_modifier(modifier[usize::from(bits)])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn the_terminal_shows_what_was_drawn(
        pictures in proptest::collection::vec(
            proptest::collection::vec((0u16..40, 0u16..12, "[a-c 日—]{0,30}", style()), 0..24), 1..6),
        scrolls in proptest::collection::vec(0usize..60, 0..6),
    ) {
        let mut pair = Pair::new(40, 12);
        for picture in &pictures {
            pair.draw(|frame| put_all(frame, picture));
            pair.check();
        }
        let mut pair = Pair::new(80, 20);
        for top in scrolls {
            pair.draw(|frame| list(frame, top, top + 3));
            pair.check();
        }
    }
}
