//! A column: how a value becomes a cell.
//!
//! Columns sort by the value and print the cell, so ages sort as times and not as words. Cells carry a tone, never a colour.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::item::{Tone, Value};
use crate::resource::{Labels, ago, clean, short};

/// How wide a column would like to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// So many columns of the screen.
    Fixed(u16),
    /// Its part of what the fixed ones leave, and the least it can do with.
    Share(u16, u16),
}

/// When a column is on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// When the person asked for wide columns, and in `-o wide`.
    Wide,
    /// Never: it filters and sorts, and a preview may show it.
    Hidden,
}

/// How a value is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// As it is.
    Plain,
    /// Time left until then; the tone rises as it runs out.
    Countdown,
    /// Time since then.
    Age,
    /// The words in a tone of their own.
    Toned(Tone),
    /// A list by its first part and how many more: `prod-access +2`.
    First,
    /// How good the last sign of life still is.
    Heartbeat,
}

/// One column of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its head, in capitals; lower case if it is never shown.
    pub title: &'static str,
    /// How wide.
    pub width: Width,
    /// When.
    pub shown: Shown,
    /// How.
    pub telling: Telling,
}

/// What stands in one field of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Safe to show.
    pub text: Cow<'a, str>,
    /// How it is meant.
    pub tone: Tone,
}

impl Column {
    /// A column that is always on screen.
    #[must_use]
    pub const fn new(title: &'static str, width: Width) -> Self {
        Self { title, width, shown: Shown::Always, telling: Telling::Plain }
    }

    /// A column that only filters and sorts.
    #[must_use]
    pub const fn hidden(title: &'static str) -> Self {
        Self { title, width: Width::Fixed(0), shown: Shown::Hidden, telling: Telling::Plain }
    }

    /// On screen only when wide columns are asked for.
    #[must_use]
    pub const fn wide(self) -> Self {
        Self { shown: Shown::Wide, ..self }
    }

    /// Told in this way.
    #[must_use]
    pub const fn told(self, telling: Telling) -> Self {
        Self { telling, ..self }
    }

    /// The head as a filter names it: lower case, blanks as dashes.
    #[must_use]
    pub fn key(&self) -> String {
        self.title.to_lowercase().replace(' ', "-")
    }

    /// What to print for a value at this moment.
    #[must_use]
    pub fn cell<'a>(&self, value: &'a Value, now: SystemTime) -> Cell<'a> {
        let plain = |text: Cow<'a, str>| Cell {
            text,
            tone: match self.telling {
                Telling::Toned(tone) => tone,
                _ => Tone::Plain,
            },
        };
        match value {
            Value::None => Cell { text: "–".into(), tone: Tone::Muted },
            Value::Text(text) => plain(clean(text)),
            Value::Shared(text) => plain(clean(text)),
            Value::List(list) => plain(self.list(list)),
            Value::Labels(labels) => plain(label_words(labels).into()),
            Value::Number(number) => plain(number.to_string().into()),
            Value::Rank(rank) => Cell { text: rank.word.into(), tone: rank.tone },
            Value::Time(then) if self.telling == Telling::Countdown => countdown(*then, now),
            Value::Time(then) => plain(ago(*then, now).into()),
            Value::Heartbeat(end) => heartbeat(*end, now),
        }
    }

    fn list<'a>(&self, list: &'a [std::sync::Arc<str>]) -> Cow<'a, str> {
        match (self.telling, list) {
            (_, []) => "–".into(),
            (_, [only]) => clean(only),
            (Telling::First, [first, rest @ ..]) => format!("{} +{}", clean(first), rest.len()).into(),
            _ => list.iter().map(|part| clean(part)).collect::<Vec<_>>().join(", ").into(),
        }
    }
}

fn countdown<'a>(then: SystemTime, now: SystemTime) -> Cell<'a> {
    let Ok(left) = then.duration_since(now) else {
        return Cell { text: "expired".into(), tone: Tone::Muted };
    };
    let tone = match left.as_secs() {
        0..900 => Tone::Bad,
        900..3_600 => Tone::Warn,
        _ => Tone::Plain,
    };
    Cell { text: short(left).into(), tone }
}

/// With so little left before it is given up, a sign of life is overdue. Agents announce themselves for 10 or 15 minutes and
/// renew that after 6 at the latest; nobody tells us which, so this leaves room for a renewal that is merely slow.
const OVERDUE: Duration = Duration::from_mins(4);

fn heartbeat<'a>(end: SystemTime, now: SystemTime) -> Cell<'a> {
    let (text, tone) = match end.duration_since(now) {
        Ok(left) if left >= OVERDUE => ("ok", Tone::Good),
        Ok(_) => ("late", Tone::Warn),
        Err(_) => ("expired", Tone::Bad),
    };
    Cell { text: text.into(), tone }
}

/// When a cell of this value next reads differently.
#[must_use]
pub fn next_step(telling: Telling, value: &Value, now: SystemTime) -> Option<Duration> {
    if let Value::Heartbeat(end) = value {
        let left = end.duration_since(now).ok()?;
        return Some(left.checked_sub(OVERDUE).unwrap_or(left) + Duration::from_millis(1));
    }
    let Value::Time(then) = value else { return None };
    match telling {
        Telling::Countdown => then.duration_since(now).ok().map(|left| crate::resource::step(left, true)),
        _ => Some(crate::resource::step(now.duration_since(*then).unwrap_or_default(), false)),
    }
}

/// Labels as a list shows them: `env=prod, team=db`.
fn label_words(labels: &Labels) -> String {
    let mut words = String::new();
    for (key, value) in labels.listed() {
        let comma = if words.is_empty() { "" } else { ", " };
        words.extend([comma, &*clean(key), "=", &*clean(value)]);
    }
    words
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_countdown_raises_its_voice() {
        let column = Column::new("LEFT", Width::Fixed(6)).told(Telling::Countdown);
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let cell = |seconds| column.cell(&Value::Time(now + Duration::from_secs(seconds)), now).tone;
        assert_eq!([cell(60), cell(1_000), cell(7_200)], [Tone::Bad, Tone::Warn, Tone::Plain]);
        assert_eq!(column.cell(&Value::Time(UNIX_EPOCH), now).text, "expired");
    }

    #[test]
    fn a_heartbeat_is_ok_late_or_over() {
        let column = Column::new("HEARTBEAT", Width::Fixed(9));
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let value = |seconds| Value::Heartbeat(now + Duration::from_secs(seconds));
        assert_eq!(column.cell(&value(600), now).text, "ok");
        assert_eq!(column.cell(&value(60), now), Cell { text: "late".into(), tone: Tone::Warn });
        assert_eq!(column.cell(&Value::Heartbeat(UNIX_EPOCH), now).text, "expired");
        let step = next_step(Telling::Plain, &value(600), now).expect("it will be late");
        assert_eq!(column.cell(&value(600), now + step).text, "late");
    }

    #[test]
    fn lists_are_told_whole_or_by_their_first() {
        let list = Value::List(["a".into(), "b\u{202e}".into()].into());
        let column = Column::new("ROLES", Width::Share(1, 8));
        assert_eq!(column.cell(&list, UNIX_EPOCH).text, "a, b⟨U+202E⟩");
        assert_eq!(column.told(Telling::First).cell(&list, UNIX_EPOCH).text, "a +1");
    }
}
