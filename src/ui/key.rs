//! A key as a person thinks of it: a character or a named key, with Ctrl, and Shift where the character does not say it.
//!
//! Terminals report far more than this: releases, keypad states, the Alt of an `Esc` that was followed too quickly by another
//! byte. All of it ends here, so that no view ever sees a `crossterm` type. No key is bound here.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// Which key, without what was held with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed: `G` is not `g`.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tabulator; with Shift it goes back.
    Tab,
    /// Deletes before the cursor.
    Backspace,
    /// Deletes under the cursor.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// One screen back.
    PageUp,
    /// One screen on.
    PageDown,
}

/// The named keys, by every spelling the configuration may use; the first of each is the one we print.
const NAMES: &[(Code, &str)] = &[
    (Code::Enter, "Enter"),
    (Code::Enter, "Return"),
    (Code::Esc, "Esc"),
    (Code::Esc, "Escape"),
    (Code::Tab, "Tab"),
    (Code::Backspace, "Backspace"),
    (Code::Delete, "Del"),
    (Code::Delete, "Delete"),
    (Code::Up, "Up"),
    (Code::Down, "Down"),
    (Code::Left, "Left"),
    (Code::Right, "Right"),
    (Code::Home, "Home"),
    (Code::End, "End"),
    (Code::PageUp, "PgUp"),
    (Code::PageUp, "PageUp"),
    (Code::PageDown, "PgDn"),
    (Code::PageDown, "PageDown"),
    (Code::Char(' '), "Space"),
];

/// One press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which.
    pub code: Code,
    /// Held with Ctrl.
    pub ctrl: bool,
    /// Held with Shift. Never set for a character, which already says it.
    pub shift: bool,
}

impl Key {
    /// A key with nothing held.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, ctrl: false, shift: false }
    }

    /// A character with nothing held but what it took to type it.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::new(Code::Char(c))
    }

    /// A character held with Ctrl.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, shift: false }
    }

    /// The same with Shift.
    #[must_use]
    pub const fn shift(self) -> Self {
        Self { shift: true, ..self }
    }

    /// The character this types into a text, if it is one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl => Some(c),
            _ => None,
        }
    }

    /// The presses in an event: none for a release or a key we have no name for, one as a rule, and two for Alt, which over a
    /// slow line is nothing but an `Esc` that the next key caught up with. A repeat is a press.
    pub fn presses(event: &KeyEvent) -> impl Iterator<Item = Self> + use<> {
        let pressed = event.kind != KeyEventKind::Release;
        let key = if pressed { Self::of(event) } else { None };
        let alt = key.is_some() && event.modifiers.contains(KeyModifiers::ALT);
        alt.then_some(Self::new(Code::Esc)).into_iter().chain(key)
    }

    fn of(event: &KeyEvent) -> Option<Self> {
        let (ctrl, mut shift) =
            (event.modifiers.contains(KeyModifiers::CONTROL), event.modifiers.contains(KeyModifiers::SHIFT));
        let code = match event.code {
            KeyCode::Char(c) => {
                shift = false;
                // Ctrl cannot carry the case on a terminal without an extended protocol, so it never means anything.
                Code::Char(if ctrl { c.to_ascii_lowercase() } else { c })
            }
            KeyCode::BackTab => {
                shift = true;
                Code::Tab
            }
            KeyCode::Enter => Code::Enter,
            KeyCode::Esc => Code::Esc,
            KeyCode::Tab => Code::Tab,
            KeyCode::Backspace => Code::Backspace,
            KeyCode::Delete => Code::Delete,
            KeyCode::Up => Code::Up,
            KeyCode::Down => Code::Down,
            KeyCode::Left => Code::Left,
            KeyCode::Right => Code::Right,
            KeyCode::Home => Code::Home,
            KeyCode::End => Code::End,
            KeyCode::PageUp => Code::PageUp,
            KeyCode::PageDown => Code::PageDown,
            _ => return None,
        };
        Some(Self { code, ctrl, shift })
    }

    /// Reads `Ctrl-d`, `Space`, `Shift-Tab`, `G`, `?`. Names are read without regard to case, characters are not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut ctrl, mut shift, mut rest) = (false, false, text);
        // A lone `-` after a prefix is the key itself: `Ctrl--`.
        while let Some((held, after)) = rest.split_once('-').filter(|(_, after)| !after.is_empty()) {
            match held.to_ascii_lowercase().as_str() {
                "ctrl" | "c" | "control" => ctrl = true,
                "shift" | "s" => shift = true,
                _ => return None,
            }
            rest = after;
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => Code::Char(if ctrl { c.to_ascii_lowercase() } else { c }),
            _ => NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(rest))?.0,
        };
        match code {
            Code::Char(c) if shift && c.is_lowercase() && !ctrl => Some(Self::char(c.to_ascii_uppercase())),
            Code::Char(_) => Some(Self { code, ctrl, shift: false }),
            _ => Some(Self { code, ctrl, shift }),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.shift {
            f.write_str("Shift-")?;
        }
        match (NAMES.iter().find(|(code, _)| *code == self.code), self.code) {
            (Some((_, name)), _) => f.write_str(name),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(code: KeyCode, modifiers: KeyModifiers, kind: KeyEventKind) -> Vec<String> {
        let event = KeyEvent::new_with_kind(code, modifiers, kind);
        Key::presses(&event).map(|key| key.to_string()).collect()
    }

    #[test]
    fn what_is_printed_can_be_read() {
        for text in ["j", "G", "Ctrl-d", "Space", "Esc", "Shift-Tab", "PgDn", "-", "[", "Ctrl--", "?", "Del", "é"] {
            assert_eq!(Key::parse(text).map(|key| key.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Key::parse("ctrl-D"), Some(Key::ctrl('d')));
        assert_eq!(Key::parse("shift-g"), Some(Key::char('G')));
        assert_eq!(Key::parse("return"), Some(Key::new(Code::Enter)));
        for text in ["", "Alt-x", "F5", "jj", "Hyper-a", "\u{1b}"] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn events_become_presses() {
        let none = KeyModifiers::NONE;
        assert_eq!(event(KeyCode::Char('j'), none, KeyEventKind::Press), ["j"]);
        assert_eq!(event(KeyCode::Char('j'), none, KeyEventKind::Repeat), ["j"]);
        assert!(event(KeyCode::Char('j'), none, KeyEventKind::Release).is_empty());
        assert_eq!(event(KeyCode::Char('G'), KeyModifiers::SHIFT, KeyEventKind::Press), ["G"]);
        assert_eq!(event(KeyCode::BackTab, KeyModifiers::SHIFT, KeyEventKind::Press), ["Shift-Tab"]);
        assert_eq!(event(KeyCode::Char('D'), KeyModifiers::CONTROL, KeyEventKind::Press), ["Ctrl-d"]);
        assert_eq!(event(KeyCode::Char('j'), KeyModifiers::ALT, KeyEventKind::Press), ["Esc", "j"]);
        assert!(event(KeyCode::F(5), none, KeyEventKind::Press).is_empty());
    }
}
