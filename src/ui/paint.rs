//! The bytes that turn one picture on a terminal into another, as few as the common terminals allow.
//!
//! What the terminal was last left in is remembered: where its cursor is, how it writes, whether the cursor shows. So a picture
//! that is as it was costs nothing at all, and a marker that moves costs two cells. Only sequences are used that a VT102 or
//! every emulator since understands; nothing is ever asked of the terminal.

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

use super::glyph::ascii;

/// A blank run shorter than this is written, a longer one erased.
const ERASE: usize = 5;

/// How the terminal writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank written or a cell erased looks like nothing.
    fn leaves_no_trace(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT)
    }
}

/// What is known of the terminal, and the bytes that are due.
#[derive(Debug)]
pub(super) struct Painter {
    ascii: bool,
    size: Size,
    pen: Pen,
    /// Where the next character goes; not known after the last column was written.
    at: Option<Position>,
    cursor_shown: bool,
    out: Vec<u8>,
}

impl Painter {
    /// For a terminal that was just cleared, its cursor hidden.
    pub(super) fn new(size: Size, ascii: bool) -> Self {
        Self { ascii, size, pen: Pen::default(), at: None, cursor_shown: false, out: Vec::new() }
    }

    /// The bytes due.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Bytes that are no part of the picture: a title, a bell.
    pub(super) fn aside(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Begins anew on an empty screen of this size, whatever was there.
    pub(super) fn clear(&mut self, size: Size) {
        self.size = size;
        self.pen = Pen::default();
        self.at = None;
        self.cursor_shown = false;
        self.aside(b"\x1b[?25l\x1b[m\x1b[r\x1b[2J");
    }

    /// Moves the rows from `top` to before `bottom` by so many, upwards if it is positive; blank rows come in.
    pub(super) fn scroll(&mut self, top: u16, bottom: u16, by: i32) {
        if !self.pen.leaves_no_trace() {
            self.set_pen(Pen::default());
        }
        let (count, how) = (by.unsigned_abs(), if by > 0 { 'M' } else { 'L' });
        // Deleting and inserting lines inside margins is what every terminal can; setting margins takes the cursor home.
        self.write(format_args!("\x1b[{};{bottom}r\x1b[{}H", top + 1, top + 1));
        if count == 1 {
            self.write(format_args!("\x1b[{how}\x1b[r"));
        } else {
            self.write(format_args!("\x1b[{count}{how}\x1b[r"));
        }
        // Where that leaves the cursor emulators do not agree on.
        self.at = None;
    }

    /// Paints what differs.
    pub(super) fn paint(&mut self, shown: &Buffer, next: &Buffer) {
        let cells = differing(shown, next);
        let mut rest = cells.as_slice();
        while let Some((&(x, y, cell), after)) = rest.split_first() {
            let run = blank_run(rest);
            rest = if run >= ERASE {
                self.erase(x, y, run);
                &rest[run..]
            } else {
                self.put(x, y, cell);
                after
            };
        }
    }

    /// Leaves the cursor there, or hides it.
    pub(super) fn cursor(&mut self, wanted: Option<Position>) {
        if let Some(position) = wanted {
            self.go(position.x, position.y);
        }
        if wanted.is_some() != self.cursor_shown {
            self.cursor_shown = wanted.is_some();
            self.aside(if self.cursor_shown { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
    }

    fn put(&mut self, x: u16, y: u16, cell: &Cell) {
        self.go(x, y);
        if !(cell.symbol() == " " && Pen::of(cell).leaves_no_trace() && self.pen.leaves_no_trace()) {
            self.set_pen(Pen::of(cell));
        }
        if self.ascii {
            self.out.extend_from_slice(ascii(cell.symbol()).as_bytes());
        } else {
            self.out.extend_from_slice(cell.symbol().as_bytes());
        }
        let x = x.saturating_add(columns(cell));
        // Terminals disagree how far several code points in one cell take the cursor, so it is told anew after them.
        let certain = x < self.size.width && cell.symbol().chars().nth(1).is_none();
        self.at = certain.then_some(Position { x, y });
    }

    fn erase(&mut self, x: u16, y: u16, run: usize) {
        self.go(x, y);
        if !self.pen.leaves_no_trace() {
            self.set_pen(Pen::default());
        }
        if usize::from(x) + run >= self.size.width.into() {
            self.aside(b"\x1b[K");
        } else {
            self.write(format_args!("\x1b[{run}X"));
        }
    }

    fn go(&mut self, x: u16, y: u16) {
        match self.at {
            Some(at) if at.x == x && at.y == y => return,
            Some(at) if at.y == y && x > at.x => match x - at.x {
                1 => self.aside(b"\x1b[C"),
                columns => self.write(format_args!("\x1b[{columns}C")),
            },
            _ if x == 0 => self.write(format_args!("\x1b[{}H", y + 1)),
            _ => self.write(format_args!("\x1b[{};{}H", y + 1, x + 1)),
        }
        self.at = Some(Position { x, y });
    }

    fn set_pen(&mut self, pen: Pen) {
        if pen == self.pen {
            return;
        }
        let was = std::mem::replace(&mut self.pen, pen);
        if pen == Pen::default() {
            self.aside(b"\x1b[m");
            return;
        }
        let mut codes = Vec::new();
        let gone = was.modifier - pen.modifier;
        let mut come = pen.modifier - was.modifier;
        if gone.intersects(Modifier::BOLD | Modifier::DIM) {
            // One code ends both.
            codes.push("22".to_owned());
            come |= pen.modifier & (Modifier::BOLD | Modifier::DIM);
        }
        for (modifier, on, off) in ATTRIBUTES {
            if come.contains(*modifier) {
                codes.push((*on).to_owned());
            }
            if gone.contains(*modifier) && !off.is_empty() {
                codes.push((*off).to_owned());
            }
        }
        if was.fg != pen.fg {
            codes.push(color(pen.fg, 30));
        }
        if was.bg != pen.bg {
            codes.push(color(pen.bg, 40));
        }
        self.write(format_args!("\x1b[{}m", codes.join(";")));
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to memory cannot fail.
        let _ = self.out.write_fmt(text);
    }
}

/// Attribute, the code that begins it, the code that ends it if it has one to itself.
const ATTRIBUTES: &[(Modifier, &str, &str)] = &[
    (Modifier::BOLD, "1", ""),
    (Modifier::DIM, "2", ""),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

fn color(color: Color, base: u8) -> String {
    let simple = |n: u8| (base + n).to_string();
    let bright = |n: u8| (base + 60 + n).to_string();
    match color {
        Color::Reset => simple(9),
        Color::Black => simple(0),
        Color::Red => simple(1),
        Color::Green => simple(2),
        Color::Yellow => simple(3),
        Color::Blue => simple(4),
        Color::Magenta => simple(5),
        Color::Cyan => simple(6),
        Color::Gray => simple(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

/// How many columns a cell takes.
fn columns(cell: &Cell) -> u16 {
    match cell.symbol() {
        symbol if symbol.len() == 1 => 1,
        symbol => u16::try_from(symbol.width()).unwrap_or(1).max(1),
    }
}

/// The cells that differ, row by row. Writing over one half of a wide character makes terminals blank the other half, each in
/// its own way, so that half is written too.
fn differing<'a>(shown: &Buffer, next: &'a Buffer) -> Vec<(u16, u16, &'a Cell)> {
    let width = usize::from(next.area().width).max(1);
    let mut out = Vec::new();
    for ((was, row), y) in shown.content.chunks(width).zip(next.content.chunks(width)).zip(0..) {
        if was == row {
            continue;
        }
        // A wide character in the last picture that reaches into this column.
        let mut reaches = vec![false; row.len() + 2];
        let (mut x, mut upset) = (0, 0);
        while x < was.len() {
            let wide = usize::from(columns(&was[x]));
            reaches[x + 1] = wide > 1;
            x += wide;
        }
        x = 0;
        while x < row.len() {
            let wide = usize::from(columns(&row[x]));
            if row[x] != was[x] || x < upset {
                out.push((u16::try_from(x).unwrap_or(u16::MAX), y, &row[x]));
                if reaches.get(x + wide).is_some_and(|reaches| *reaches) {
                    upset = x + wide + 1;
                }
            }
            x += wide;
        }
    }
    out
}

/// How many cells from here on are blank, beside each other, on one row.
fn blank_run(cells: &[(u16, u16, &Cell)]) -> usize {
    let Some(&(x, y, _)) = cells.first() else { return 0 };
    let beside = cells
        .iter()
        .zip(x..)
        .take_while(|((at, row, cell), x)| at == x && *row == y && cell.symbol() == " " && Pen::of(cell).leaves_no_trace());
    beside.count()
}
