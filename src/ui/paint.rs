//! The bytes that turn one picture on a terminal into another, as few as the common terminals allow.
//!
//! What the terminal was last left in is remembered: where its cursor is, how it writes, whether the cursor shows. So a picture
//! that is as it was costs nothing at all, and a marker that moves costs two cells. Only sequences are used that a VT102 or
//! every emulator since understands; nothing is ever asked of the terminal.

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

use super::glyph::ascii;
use super::run::{How, Pen, Run, columns, is_blank, runs};

/// A gap of no more columns than this is written over rather than jumped.
const BRIDGE: u16 = 4;
/// Going down by more rows than this, one at a time, is longer than saying where.
const DOWN: u16 = 4;

/// What is known of the terminal, and the bytes that are due.
#[derive(Clone, Debug)]
pub(super) struct Painter {
    ascii: bool,
    size: Size,
    pen: Pen,
    /// Where the next character goes; not known after the last column was written.
    at: Option<Position>,
    /// Nothing was written since the last jump of which terminals disagree how wide it is.
    exact: bool,
    cursor_shown: bool,
    out: Vec<u8>,
}

impl Painter {
    /// For a terminal that was just cleared, its cursor hidden.
    pub(super) fn new(size: Size, ascii: bool) -> Self {
        Self { ascii, size, pen: Pen::default(), at: None, exact: false, cursor_shown: false, out: Vec::new() }
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
        self.plain();
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

    /// Paints what differs: row by row, or all of one colour before the next, whichever takes less.
    pub(super) fn paint(&mut self, shown: &Buffer, next: &Buffer) {
        let found = runs(shown, next);
        let mut other = self.clone();
        self.send(&found.all, next);
        // Where a write may blank the half of a wide character beside it, the order matters.
        if !found.any_wide {
            other.send(&by_pen(found.all, other.pen), next);
            if other.out.len() < self.out.len() {
                *self = other;
            }
        }
    }

    /// How many bytes are due.
    pub(super) fn due(&self) -> usize {
        self.out.len()
    }

    fn send(&mut self, runs: &[Run<'_>], next: &Buffer) {
        for Run { x, y, how } in runs {
            match how {
                How::Write(pen, cells) => self.put(*x, *y, *pen, cells, next),
                How::Erase(columns) => {
                    self.go(*x, *y, next);
                    self.plain();
                    self.write(format_args!("\x1b[{columns}X"));
                }
                How::EraseToEnd(blank) => {
                    // Straight down, if that is where it is blank.
                    let x = self.at.filter(|at| self.exact && at.y <= *y).map_or(*x, |at| at.x.clamp(*blank, *x));
                    self.go(x, *y, next);
                    self.plain();
                    self.aside(b"\x1b[K");
                }
            }
        }
    }

    /// Leaves the cursor there, or hides it.
    pub(super) fn cursor(&mut self, wanted: Option<Position>) {
        if let Some(position) = wanted {
            self.jump(position.x, position.y);
        }
        if wanted.is_some() != self.cursor_shown {
            self.cursor_shown = wanted.is_some();
            self.aside(if self.cursor_shown { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
    }

    fn put(&mut self, x: u16, y: u16, pen: Option<Pen>, cells: &[Cell], next: &Buffer) {
        self.go(x, y, next);
        match pen {
            Some(pen) => self.set_pen(pen),
            None => self.plain(),
        }
        let (mut x, mut skip) = (x, 0);
        for cell in cells {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            self.jump(x, y);
            let columns = columns(cell);
            if self.ascii {
                self.out.extend_from_slice(ascii(cell.symbol()).as_bytes());
            } else {
                self.out.extend_from_slice(cell.symbol().as_bytes());
            }
            (x, skip) = (x.saturating_add(columns), columns - 1);
            self.exact &= cell.symbol().is_ascii();
            // Terminals disagree how far several code points in one cell take the cursor, so it is told anew after them.
            let certain = x < self.size.width && cell.symbol().chars().nth(1).is_none();
            self.at = certain.then_some(Position { x, y });
        }
    }

    /// Writes so that a blank leaves no trace.
    fn plain(&mut self) {
        if !self.pen.leaves_no_trace() {
            self.set_pen(Pen::default());
        }
    }

    /// Goes to a place; what lies on the short way there is written again if that is shorter than a jump.
    fn go(&mut self, x: u16, y: u16, next: &Buffer) {
        if let Some(at) = self.at
            && at.y == y
            && (at.x + 1..=at.x.saturating_add(BRIDGE)).contains(&x)
        {
            let gap: Vec<&Cell> = (at.x..x).map(|x| &next[(x, y)]).collect();
            let pen = self.pen;
            let bridged =
                |cell: &&Cell| cell.symbol().len() == 1 && (Pen::of(cell) == pen || (is_blank(cell) && pen.leaves_no_trace()));
            if gap.iter().all(bridged) {
                self.out.extend(gap.iter().flat_map(|cell| cell.symbol().as_bytes()));
                self.at = Some(Position { x, y });
                return;
            }
        }
        self.jump(x, y);
    }

    fn jump(&mut self, x: u16, y: u16) {
        let whole = if x == 0 { format!("\x1b[{}H", y + 1) } else { format!("\x1b[{};{}H", y + 1, x + 1) };
        match self.at {
            Some(at) if at.x == x && at.y == y => return,
            Some(at) if at.y == y && x > at.x => self.aside(aside(at.x, x).as_bytes()),
            // A few rows down and across is shorter, as long as every terminal agrees where the cursor is.
            Some(at) if self.exact && at.y < y && y - at.y <= DOWN => {
                let way = "\n".repeat((y - at.y).into()) + &aside(at.x, x);
                self.aside(if way.len() < whole.len() { way } else { whole }.as_bytes());
            }
            _ => {
                self.aside(whole.as_bytes());
                self.exact = true;
            }
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

/// From one column to another on the same row.
fn aside(from: u16, to: u16) -> String {
    match (to.checked_sub(from), from.saturating_sub(to)) {
        (Some(0), _) => String::new(),
        (Some(1), _) => "\x1b[C".to_owned(),
        (Some(right), _) => format!("\x1b[{right}C"),
        (None, _) if to == 0 => "\r".to_owned(),
        (None, left @ 1..4) => "\x08".repeat(left.into()),
        (None, left) => format!("\x1b[{left}D"),
    }
}

/// The same runs, those that are written alike together, what the pen at hand writes first.
fn by_pen(mut runs: Vec<Run<'_>>, pen: Pen) -> Vec<Run<'_>> {
    let mut seen = vec![pen];
    let mut last = 0;
    let mut keyed: Vec<(usize, Run<'_>)> = runs
        .drain(..)
        .map(|run| {
            // What has no pen of its own goes with what is beside it.
            if let How::Write(Some(pen), _) = run.how {
                last = seen.iter().position(|other| *other == pen).unwrap_or_else(|| {
                    seen.push(pen);
                    seen.len() - 1
                });
            }
            (last, run)
        })
        .collect();
    keyed.sort_by_key(|(at, _)| *at);
    keyed.into_iter().map(|(_, run)| run).collect()
}
