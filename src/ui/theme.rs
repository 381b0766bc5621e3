//! What a tone looks like on this terminal.
//!
//! Four tones with meaning, one accent for where I am, bold for names: everything else is the terminal's own text on its own
//! ground, so that dark and light grounds both work. The standard colours were chosen to reach a contrast of at least 3 on
//! white and on black. A theme changes colours, never meanings.

use ratatui::style::{Color, Modifier, Style};

use crate::kind::Tone;

/// How many colours the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None, or none wanted.
    None,
    /// The sixteen that the person's own palette defines.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// All.
    True,
}

impl Depth {
    /// From what the environment says. `no_color` is `NO_COLOR` with anything in it, or the option; it wins.
    #[must_use]
    pub fn of(colorterm: Option<&str>, term: Option<&str>, no_color: bool) -> Self {
        let term = term.unwrap_or_default();
        if no_color || term.is_empty() || term == "dumb" || term.starts_with("vt1") || term.starts_with("vt2") {
            return Self::None;
        }
        if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            return Self::True;
        }
        if term.contains("256color")
            || ["alacritty", "kitty", "foot", "wezterm", "ghostty"].iter().any(|name| term.contains(name))
        {
            return Self::Indexed;
        }
        Self::Sixteen
    }
}

/// One colour in the three ways a terminal may understand it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Paint {
    rgb: (u8, u8, u8),
    index: u8,
    sixteen: Color,
}

const GOOD: Paint = Paint { rgb: (0x2f, 0x9e, 0x5f), index: 71, sixteen: Color::Green };
const WARN: Paint = Paint { rgb: (0xb7, 0x79, 0x1f), index: 172, sixteen: Color::Yellow };
const BAD: Paint = Paint { rgb: (0xd9, 0x48, 0x3b), index: 167, sixteen: Color::Red };
const MUTED: Paint = Paint { rgb: (0x7d, 0x82, 0x8a), index: 244, sixteen: Color::Reset };
const ACCENT: Paint = Paint { rgb: (0x3b, 0x82, 0xd6), index: 68, sixteen: Color::Cyan };

/// The looks of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    depth: Depth,
    paints: [Option<Color>; 6],
    /// Nothing is set apart: each change of looks costs as much as a word.
    bare: bool,
}

impl Theme {
    /// The standard theme at this depth.
    #[must_use]
    pub fn new(depth: Depth) -> Self {
        let mut theme = Self { depth, paints: [None; 6], bare: false };
        for (tone, paint) in
            [(Tone::Good, GOOD), (Tone::Warn, WARN), (Tone::Bad, BAD), (Tone::Muted, MUTED), (Tone::Accent, ACCENT)]
        {
            theme.paints[slot(tone)] = match depth {
                Depth::None => None,
                Depth::Sixteen => Some(paint.sixteen).filter(|color| *color != Color::Reset),
                Depth::Indexed => Some(Color::Indexed(paint.index)),
                Depth::True => Some(Color::Rgb(paint.rgb.0, paint.rgb.1, paint.rgb.2)),
            };
        }
        theme
    }

    /// Words alone, for a line on which every byte counts. Where I am and what is selected still stand out, since on a sheet and
    /// among the tabs nothing else says it.
    #[must_use]
    pub fn bare() -> Self {
        Self { bare: true, ..Self::new(Depth::None) }
    }

    /// The same with another colour for a tone: a name of the sixteen, a number up to 255, or `#rrggbb`. False if the text is
    /// no colour. A terminal with fewer colours keeps the standard one.
    pub fn set(&mut self, tone: Tone, color: &str) -> bool {
        let Ok(color) = color.parse::<Color>() else { return false };
        let needs = match color {
            Color::Rgb(..) => Depth::True,
            Color::Indexed(16..) => Depth::Indexed,
            _ => Depth::Sixteen,
        };
        if self.depth >= needs {
            self.paints[slot(tone)] = Some(color);
        }
        true
    }

    /// How many colours there are to work with.
    #[must_use]
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// How a tone looks. Where a colour is missing an attribute stands in, and never the only sign: a word goes with it.
    #[must_use]
    pub fn style(&self, tone: Tone) -> Style {
        let style = self.paints[slot(tone)].map_or_else(Style::new, |color| Style::new().fg(color));
        match (tone, self.depth) {
            (Tone::Accent, _) if self.bare => style.add_modifier(Modifier::BOLD),
            _ if self.bare => Style::new(),
            // Sixteen colours have no grey that shows on every ground.
            (Tone::Muted, Depth::None | Depth::Sixteen) => style.add_modifier(Modifier::DIM),
            (Tone::Bad | Tone::Accent, Depth::None) => style.add_modifier(Modifier::BOLD),
            _ => style,
        }
    }

    /// A name in this tone.
    #[must_use]
    pub fn bold(&self, tone: Tone) -> Style {
        self.strong(self.style(tone))
    }

    fn strong(&self, style: Style) -> Style {
        if self.bare { style } else { style.add_modifier(Modifier::BOLD) }
    }

    /// Text on ground.
    #[must_use]
    pub fn plain(&self) -> Style {
        self.style(Tone::Plain)
    }

    /// What is aside.
    #[must_use]
    pub fn muted(&self) -> Style {
        self.style(Tone::Muted)
    }

    /// Where I am.
    #[must_use]
    pub fn accent(&self) -> Style {
        self.style(Tone::Accent)
    }

    /// A heading of a section or a table: quiet, since what is under it matters more.
    #[must_use]
    pub fn heading(&self) -> Style {
        self.strong(self.muted())
    }

    /// What is selected in a text, without a colour of its own.
    #[must_use]
    pub fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

fn slot(tone: Tone) -> usize {
    match tone {
        Tone::Plain => 0,
        Tone::Good => 1,
        Tone::Warn => 2,
        Tone::Bad => 3,
        Tone::Muted => 4,
        Tone::Accent => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TONES: [Tone; 5] = [Tone::Good, Tone::Warn, Tone::Bad, Tone::Muted, Tone::Accent];

    #[test]
    fn the_environment_says_how_many_colours() {
        assert_eq!(Depth::of(Some("truecolor"), Some("xterm-256color"), false), Depth::True);
        assert_eq!(Depth::of(None, Some("screen-256color"), false), Depth::Indexed);
        assert_eq!(Depth::of(None, Some("linux"), false), Depth::Sixteen);
        assert_eq!(Depth::of(Some("24bit"), Some("xterm"), true), Depth::None);
        assert_eq!(Depth::of(None, None, false), Depth::None);
        assert_eq!(Depth::of(None, Some("vt220"), false), Depth::None);
    }

    #[test]
    fn no_theme_uses_more_than_the_terminal_has() {
        for tone in TONES {
            assert_eq!(Theme::new(Depth::None).style(tone).fg, None);
            assert!(!matches!(Theme::new(Depth::Sixteen).style(tone).fg, Some(Color::Rgb(..) | Color::Indexed(_))));
            assert!(matches!(Theme::new(Depth::Indexed).style(tone).fg, Some(Color::Indexed(_))));
        }
        let mut theme = Theme::new(Depth::Sixteen);
        assert!(theme.set(Tone::Good, "#ffffff") && !theme.set(Tone::Good, "beautiful"));
        assert_eq!(theme.style(Tone::Good).fg, Some(Color::Green));
    }

    #[test]
    fn a_bare_theme_sets_nothing_apart_but_where_i_am() {
        let theme = Theme::bare();
        for tone in TONES {
            let here = if tone == Tone::Accent { Style::new().add_modifier(Modifier::BOLD) } else { Style::new() };
            assert_eq!((theme.style(tone), theme.bold(tone), theme.heading()), (here, here, Style::new()));
        }
        assert_ne!(theme.selected(), Style::new());
    }

    #[test]
    fn the_standard_colours_show_on_dark_and_on_light_grounds() {
        let channel = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        for Paint { rgb: (r, g, b), .. } in [GOOD, WARN, BAD, MUTED, ACCENT] {
            let light = 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
            assert!(1.05 / (light + 0.05) > 3.0, "{r:x}{g:x}{b:x} on white");
            assert!((light + 0.05) / 0.05 > 4.5, "{r:x}{g:x}{b:x} on black");
        }
    }
}
