//! What counts as a change that is told, and in which words.

use std::time::SystemTime;

use crate::kind::{Item, Kind, Shown, Value};
use crate::resource::{cut, mask};

/// How much of what a resource said of itself goes into a change.
const SUMMARY: usize = 60;

/// Whether somebody did something, and not only a heart beat: times move by themselves, and a revision that moved without them
/// means an edit of something the list does not show.
pub fn differs(old: &Item, new: &Item) -> bool {
    let still = |(a, b): (&Value, &Value)| a == b || matches!((a, b), (Value::Time(_), Value::Time(_)));
    if old.labels != new.labels || !old.values.iter().zip(&new.values).all(still) {
        return true;
    }
    let known = !old.revision.is_empty() && !new.revision.is_empty();
    known && old.revision != new.revision && old.values == new.values && old.expires == new.expires
}

/// What a resource says of itself in a few words: its columns that are neither its name nor a time.
pub fn summary(kind: &Kind, item: &Item, now: SystemTime) -> String {
    let columns = kind.columns.iter().zip(&item.values).filter(|(column, _)| column.shown == Shown::Always);
    let words = columns.filter_map(|(column, value)| {
        let text = match value {
            Value::None | Value::Time(_) => return None,
            value if value.parts().iter().any(|part| *part == item.reference.name()) => return None,
            value => column.cell(value, now).text,
        };
        // A name that is a secret may stand in a column of the list; in what is told of it, it does not.
        let secret = item.reference.is_secret() && text.contains(item.reference.name());
        Some(if secret { mask(&text) } else { text.into_owned() })
    });
    cut(&words.take(4).collect::<Vec<_>>().join(" "), SUMMARY).into_owned()
}
