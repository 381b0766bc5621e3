//! One picture after another, each as the bytes that lead from the last one to it, to be written at once.
//!
//! Views draw whole pictures with `ratatui`; what differs from the last one is found here. A picture is only asked for when the
//! line is free, so pictures are left out on a slow line and never queue. Nothing is read from the terminal and nothing is
//! written by this module.

use std::convert::Infallible;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

use super::paint::Painter;
use super::scroll::scrolled;
use crate::resource::clean;

/// A picture of more bytes than this is shown at once where the terminal can; for a smaller one a multiplexer would spend more
/// on it than it saves.
const LARGE: usize = 2_048;
/// A clipboard takes so much; terminals drop more in silence.
const CLIPBOARD: usize = 48 * 1024;
/// So many bytes it must cost before it is worth looking for a scroll: about what moving rows takes by itself, and a row.
const WORTH: usize = 120;
/// What is known of the terminal beside its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Only ASCII reaches it.
    pub ascii: bool,
    /// It may hold back a large picture until all of it is there.
    pub synchronised: bool,
    /// It moves rows by itself.
    pub scrolls: bool,
}

impl Abilities {
    /// From `TERM` and whether `TMUX` is set. Inside a multiplexer holding back makes it paint the whole pane anew.
    #[must_use]
    pub fn new(ascii: bool, term: Option<&str>, tmux: bool) -> Self {
        let term = term.unwrap_or_default();
        let inside = tmux || term.starts_with("tmux") || term.starts_with("screen");
        let plain = matches!(term, "" | "dumb" | "linux" | "ansi") || term.starts_with("vt");
        Self { ascii, synchronised: !inside && !plain, scrolls: true }
    }
}

/// What the terminal shows, and how to make it show something else.
#[derive(Debug)]
pub struct Screen {
    terminal: Terminal<Ear>,
    painter: Painter,
    abilities: Abilities,
    shown: Buffer,
    anew: bool,
}

impl Screen {
    /// For a terminal of this size that was just cleared, its cursor hidden.
    #[must_use]
    pub fn new(width: u16, height: u16, abilities: Abilities) -> Self {
        let size = Size { width, height };
        let Ok(terminal) = Terminal::new(Ear { size, at: Position::ORIGIN, cursor: None });
        let (shown, painter) = (Buffer::empty(area(size)), Painter::new(size, abilities.ascii));
        Self { terminal, painter, abilities, shown, anew: false }
    }

    /// The terminal has another size; the next picture is painted whole.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.terminal.backend_mut().size = Size { width, height };
        self.repaint();
    }

    /// Something else wrote to the terminal, or the person asks: the next picture is painted whole.
    pub fn repaint(&mut self) {
        self.anew = true;
    }

    /// Draws a picture. Answers the bytes that lead to it, none if it is the one that is shown.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> Vec<u8> {
        let aside = self.painter.take();
        if std::mem::take(&mut self.anew) {
            let size = self.terminal.backend().size;
            self.painter.clear(size);
            self.shown = Buffer::empty(area(size));
        }
        let Ok(drawn) = self.terminal.draw(render);
        let next = drawn.buffer;
        let mut moved = self.painter.clone();
        self.painter.paint(&self.shown, next);
        if self.abilities.scrolls
            && self.painter.due() >= WORTH
            && let Some(scroll) = scrolled(&self.shown, next)
        {
            moved.scroll(scroll.top, scroll.bottom, scroll.by);
            scroll.apply(&mut self.shown);
            moved.paint(&self.shown, next);
            if moved.due() < self.painter.due() {
                self.painter = moved;
            }
        }
        self.shown.clone_from(next);
        self.painter.cursor(self.terminal.backend().cursor);
        let mut bytes = self.painter.take();
        if bytes.len() > LARGE && self.abilities.synchronised {
            bytes = [b"\x1b[?2026h".as_slice(), &bytes, b"\x1b[?2026l"].concat();
        }
        bytes.extend(aside);
        bytes
    }

    /// What was to go with the next picture, without waiting for one.
    pub fn take_aside(&mut self) -> Vec<u8> {
        self.painter.take()
    }

    /// Sets the window's title with the next picture.
    pub fn title(&mut self, text: &str) {
        self.painter.aside(format!("\x1b]2;{}\x07", clean(text)).as_bytes());
    }

    /// Rings with the next picture.
    pub fn ring(&mut self) {
        self.painter.aside(b"\x07");
    }

    /// Sends a text to the terminal's clipboard with the next picture. Whether it arrives nobody tells. False if it is more
    /// than a terminal takes.
    pub fn copy(&mut self, text: &str) -> bool {
        if text.len() > CLIPBOARD {
            return false;
        }
        self.painter.aside(format!("\x1b]52;c;{}\x07", base64(text.as_bytes())).as_bytes());
        true
    }
}

fn area(size: Size) -> Rect {
    Rect::new(0, 0, size.width, size.height)
}

/// Stands where a terminal would, and only hears where the cursor should be.
#[derive(Debug)]
struct Ear {
    size: Size,
    at: Position,
    cursor: Option<Position>,
}

impl Backend for Ear {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, _: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor = Some(self.at);
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.at)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        let Position { x, y } = position.into();
        self.at = Position { x: x.min(self.size.width.saturating_sub(1)), y: y.min(self.size.height.saturating_sub(1)) };
        self.cursor = self.cursor.map(|_| self.at);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear_region(&mut self, _: ClearType) -> Result<(), Infallible> {
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let three = [chunk[0], chunk.get(1).copied().unwrap_or_default(), chunk.get(2).copied().unwrap_or_default()];
        let bits = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
#[path = "screen_tests.rs"]
mod tests;
