//! The few signs we draw with, and what stands in for them, and for everything else, where the locale has no UTF-8.
//!
//! Views and widgets always draw the real thing. The stand-ins are put in on the way to the terminal, so that no widget needs
//! two ways of drawing and no text from the cluster can slip past.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr as _;

/// The row I am on.
pub const MARKER: &str = "▸";
/// A row I marked.
pub const MARK: &str = "•";
/// A row that changed a moment ago.
pub const CHANGED: &str = "▏";
/// What is wrong with the line above.
pub const UNDER: &str = "╰";
/// What is shown is from before.
pub const OLD: &str = "○";
/// There is more below.
pub const MORE: &str = "↓";
/// Where the header begins.
pub const BAR: &str = "▍";
/// Least first, greatest first.
pub const ORDER: [&str; 2] = ["▲", "▼"];
/// Eighths of a bar, for charts of counts.
pub const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// What to send for a symbol to a terminal that has only ASCII. It takes exactly as many columns.
#[must_use]
pub fn ascii(symbol: &str) -> Cow<'_, str> {
    if symbol.is_ascii() {
        return Cow::Borrowed(symbol);
    }
    let one = match symbol {
        "▸" => ">",
        "•" | "●" => "*",
        "◐" | "○" | "◌" | "◦" => "o",
        "✕" => "x",
        "✓" => "+",
        "▏" | "▎" | "▍" | "│" | "┊" | "▮" => "|",
        "▯" | "·" | "▁" | "…" => ".",
        "▂" | "▃" | "–" | "—" | "─" | "→" | "┈" => "-",
        "▄" | "▅" => "=",
        "▆" | "▇" | "█" => "#",
        "╭" | "╮" | "╯" | "├" | "┤" => "+",
        "╰" => "`",
        "▲" | "↑" => "^",
        "▼" | "↓" => "v",
        "⟨" => "<",
        "⟩" => ">",
        "“" | "”" => "\"",
        "‘" | "’" => "'",
        other => return Cow::Owned("?".repeat(other.width().max(1))),
    };
    Cow::Borrowed(one)
}

/// Whether the locale can show more than ASCII, from `LC_ALL`, `LC_CTYPE` and `LANG` in this order. The first that is set and
/// not empty decides; with none, the locale is `C`.
#[must_use]
pub fn speaks_utf8(locale: [Option<&str>; 3]) -> bool {
    let name = locale.into_iter().flatten().find(|name| !name.is_empty()).unwrap_or("C");
    let name = name.to_ascii_lowercase();
    name.contains("utf-8") || name.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_take_the_same_room() {
        let all = [MARKER, MARK, CHANGED, UNDER, MORE, BAR, OLD, "日", "é", "🦀", "…", "x"];
        for symbol in all.into_iter().chain(ORDER).chain(BARS) {
            let ascii = ascii(symbol);
            assert!(ascii.is_ascii(), "{symbol}");
            assert_eq!(ascii.width(), symbol.width(), "{symbol}");
        }
    }

    #[test]
    fn the_first_locale_that_is_set_decides() {
        assert!(speaks_utf8([None, None, Some("en_GB.UTF-8")]));
        assert!(speaks_utf8([Some(""), Some("C.utf8"), Some("POSIX")]));
        assert!(!speaks_utf8([Some("C"), None, Some("en_GB.UTF-8")]));
        assert!(!speaks_utf8([None, None, None]));
    }
}
