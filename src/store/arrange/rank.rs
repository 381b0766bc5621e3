//! The beginning of a value's order as a number.
//!
//! Two values that differ in it are in that order; two that do not are compared in full. It agrees with [`compare`] on every
//! pair of one column, which a property test holds it to.
//!
//! [`compare`]: crate::kind::order::compare

use std::time::{SystemTime, UNIX_EPOCH};

use crate::kind::Borrowed;

/// Where a value stands among its like, or a row without a column by its name.
pub(super) fn key(value: Borrowed<'_>, descending: bool) -> u128 {
    let key = match value {
        // Last, whichever way round.
        Borrowed::None => return u128::MAX,
        Borrowed::Number(number) => u128::from(number.cast_unsigned() ^ (1 << 63)),
        Borrowed::Time(moment) | Borrowed::Heartbeat(moment) => time(moment),
        Borrowed::Rank(rank) => u128::from(rank.order),
        Borrowed::Text(words) => text(words),
        Borrowed::List(list) => list.iter().next().map_or(TEXT, text),
        Borrowed::Labels(_) => TEXT,
    };
    if descending { LAST - key } else { key }
}

/// Texts stand behind numbers.
const TEXT: u128 = 1 << 120;
/// Above every key.
const LAST: u128 = 2 << 120;

/// Fifteen letters without regard to case. A run of digits is compared by its value, so the number ends before it: a single
/// digit stands for any.
fn text(words: &str) -> u128 {
    let (mut key, mut at) = (1_u128, 0);
    for byte in words.bytes().take(15) {
        at += 1;
        if byte.is_ascii_digit() {
            key = key << 8 | u128::from(b'0');
            break;
        }
        key = key << 8 | u128::from(byte.to_ascii_lowercase());
    }
    key << (8 * (15 - at))
}

fn time(moment: SystemTime) -> u128 {
    let nanos = |span: std::time::Duration| span.as_nanos().min(1 << 100);
    let middle = 1_u128 << 101;
    match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => middle + nanos(after),
        Err(before) => middle - nanos(before.duration()),
    }
}

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
