//! The beginning of a value's order as a number.
//!
//! Two values that differ in it are in that order; two that do not are compared in full. It agrees with [`compare`] on every
//! pair of one column, which a property test holds it to.
//!
//! [`compare`]: crate::kind::order::compare

use std::time::{SystemTime, UNIX_EPOCH};

use crate::kind::Borrowed;

/// Where a value stands among its like.
pub(super) fn key(value: Borrowed<'_>, descending: bool) -> u64 {
    let key = match value {
        // Last, whichever way round.
        Borrowed::None => return u64::MAX,
        Borrowed::Number(number) => (number.cast_unsigned() ^ (1 << 63)) >> 2,
        Borrowed::Time(moment) | Borrowed::Heartbeat(moment) => time(moment),
        Borrowed::Rank(rank) => TEXT + u64::from(rank.order),
        Borrowed::Text(words) => text(words),
        Borrowed::List(list) => list.iter().next().map_or(TEXT, text),
        Borrowed::Labels(_) => TEXT,
    };
    if descending { LAST - key } else { key }
}

/// Texts, and what is told as one, stand behind numbers and times.
const TEXT: u64 = 1 << 62;
/// Above every key.
const LAST: u64 = 2 << 62;
/// So many letters go into a key.
const LETTERS: usize = 7;

/// A few letters without regard to case. A run of digits is compared by its value, so the number ends before it: a single digit
/// stands for any.
fn text(words: &str) -> u64 {
    let (mut key, mut at) = (0, 0);
    for byte in words.bytes().take(LETTERS) {
        at += 1;
        if byte.is_ascii_digit() {
            key = key << 8 | u64::from(b'0');
            break;
        }
        key = key << 8 | u64::from(byte.to_ascii_lowercase());
    }
    TEXT + (key << (8 * (LETTERS - at)))
}

/// Millionths of a second in the years that a clock can be set to; before and after those all is alike.
fn time(moment: SystemTime) -> u64 {
    let micros = |span: std::time::Duration| u64::try_from(span.as_micros()).map_or(MIDDLE, |micros| micros.min(MIDDLE));
    match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => MIDDLE + micros(after),
        Err(before) => MIDDLE - micros(before.duration()),
    }
}

const MIDDLE: u64 = 1 << 60;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::kind::Value;
    use crate::kind::order::compare;
    use crate::store::tests::list;

    fn values() -> impl Strategy<Value = Vec<Value>> {
        let time = |seconds: i32| match u64::try_from(seconds) {
            Ok(after) => UNIX_EPOCH + Duration::from_secs(after),
            Err(_) => UNIX_EPOCH - Duration::from_secs(u64::from(seconds.unsigned_abs())),
        };
        prop_oneof![
            prop::collection::vec("[aB0-2é-]{0,20}".prop_map(|text| Value::text(&text)), 2),
            prop::collection::vec(any::<i64>().prop_map(Value::Number), 2),
            prop::collection::vec(any::<i32>().prop_map(move |seconds| Value::Time(time(seconds))), 2),
            prop::collection::vec("[ab1]{0,2}".prop_map(|text| list(&[&text, "x"])), 2),
        ]
    }

    proptest! {
        #[test]
        fn a_key_never_contradicts_the_order(values in values()) {
            let key = |value: &Value, down| key(value.borrowed(), down);
            let (order, blank) = (compare(values[0].borrowed(), values[1].borrowed()), [&values[0], &values[1]].contains(&&Value::None));
            let up = key(&values[0], false).cmp(&key(&values[1], false));
            prop_assert!(up.is_eq() || up == order, "{:?}", values);
            let down = key(&values[0], true).cmp(&key(&values[1], true));
            prop_assert!(down.is_eq() || down == if blank { order } else { order.reverse() }, "{:?}", values);
        }
    }
}
