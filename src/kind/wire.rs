//! What every kind needs to turn a message into a row: times, labels, lists, and the knot between columns and what fills them.
//!
//! Generated messages stop at this floor. Text is kept as the cluster wrote it; a column or a page makes it safe to show.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use prost::Message;
use prost_types::Timestamp;

use super::item::{Malformed, Value};
use crate::api::{Error, Family};
use crate::document::Resource;
pub(super) use crate::resource::ORIGIN;
use crate::resource::{Labels, Reference, Strings, is_listed, kept};
use crate::schema::types::{Metadata, ResourceHeader};
use crate::schema::wrappers::LabelValues;

/// The list methods' usual page: their own default, and what most clamp to.
pub(super) const PAGE: usize = 1_000;

/// Declares a kind's columns together with what fills each, so that neither can have one more than the other.
macro_rules! columns {
    ($visible:vis $message:ty: $($column:expr => $fill:expr),* $(,)?) => {
        $visible const COLUMNS: &[crate::kind::Column] = &[$($column),*];

        $visible fn values(message: &$message, strings: &mut crate::resource::Strings) -> Box<[crate::kind::Value]> {
            const FILLS: &[fn(&$message, &mut crate::resource::Strings) -> crate::kind::Value] = &[$($fill),*];
            FILLS.iter().map(|fill| fill(message, strings)).collect()
        }
    };
}
pub(super) use columns;

/// Go writes "no time" as the first instant of year 1; some paths through JSON land within a day of it.
const YEAR_ONE_IS_OVER: i64 = -62_135_596_800 + 366 * 86_400;
const YEAR_TEN_THOUSAND: i64 = 253_402_300_800;

/// A moment, or none where the server left it unset: as nothing, as year 1, or as the first second of 1970, which static tokens
/// have. What no calendar holds is taken for none too.
pub(super) fn moment(stamp: Option<&Timestamp>) -> Option<SystemTime> {
    let stamp = stamp.filter(|stamp| stamp.seconds != 0 && (YEAR_ONE_IS_OVER..YEAR_TEN_THOUSAND).contains(&stamp.seconds))?;
    let whole = Duration::from_secs(stamp.seconds.unsigned_abs());
    let part = Duration::from_nanos(u64::try_from(stamp.nanos).unwrap_or_default());
    if stamp.seconds < 0 { UNIX_EPOCH.checked_sub(whole)?.checked_add(part) } else { UNIX_EPOCH.checked_add(whole + part) }
}

/// A moment as the wire has it.
pub(super) fn stamp(moment: SystemTime) -> Timestamp {
    Timestamp::from(moment)
}

/// Reads a message, or says that these bytes are none.
pub(super) fn decode<M: Message + Default>(kind: &str, bytes: &[u8]) -> Result<M, Malformed> {
    M::decode(bytes).map_err(|error| Malformed(format!("{kind}: {error}")))
}

/// A reply as a resource that can travel upwards.
pub(super) fn resource(kind: &str, path: &'static str, bytes: Bytes) -> Result<Resource, Error> {
    Resource::from_bytes(kind, bytes).map_err(|error| Error::new(Family::Malformed, path, error.to_string()))
}

/// The answer where a list that should hold one resource holds none.
pub(super) fn not_found(path: &'static str, reference: &Reference) -> Error {
    Error::new(Family::NotFound, path, format!("{reference} is not found"))
}

/// So many as a page may hold, for methods that count in 32 bits; nothing asked for is the usual page.
pub(super) fn limit(asked: usize, most: usize) -> i32 {
    let wanted = if asked == 0 { PAGE } else { asked };
    i32::try_from(wanted.min(most)).unwrap_or(i32::MAX)
}

/// Texts that many rows share.
pub(super) fn list(texts: &[String], strings: &mut Strings) -> Value {
    shared(texts.iter().map(String::as_str), strings)
}

/// Of a list no more is kept than anybody looks through.
const MOST: usize = 1_000;

/// Texts that many rows share; none of them is nothing to say. What is left out of an endless list is counted at its end.
pub(super) fn shared<S: AsRef<str>>(texts: impl IntoIterator<Item = S>, strings: &mut Strings) -> Value {
    let mut texts = texts.into_iter();
    let mut list: Vec<Arc<str>> = texts.by_ref().take(MOST).map(|text| strings.share(kept(text.as_ref()))).collect();
    let more = texts.count();
    if more > 0 {
        list.push(strings.share(&format!("… {more} more")));
    }
    if list.is_empty() { Value::None } else { Value::List(list.into()) }
}

/// One text that many rows share.
pub(super) fn common(text: &str, strings: &mut Strings) -> Value {
    if text.is_empty() || kept(text).len() < text.len() { Value::text(text) } else { Value::Shared(strings.share(text)) }
}

/// The name in the header that comes instead of a deleted object.
pub(super) fn header_name(header: &ResourceHeader) -> &str {
    header.metadata.as_ref().map_or("", |metadata| &metadata.name)
}

/// The labels of a resource.
pub(super) fn labels(metadata: &Metadata, strings: &mut Strings) -> Labels {
    Labels::new(metadata.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())), strings)
}

/// Labels as `key=value`, by key, without those that Teleport sets itself.
pub(super) fn label_words<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut words: Vec<String> =
        pairs.into_iter().filter(|(key, _)| is_listed(key)).map(|(key, value)| format!("{key}={value}")).collect();
    words.sort();
    words
}

/// A selector as its keys and values, by key.
pub(super) fn selector(labels: Option<&LabelValues>) -> Vec<(&str, &[String])> {
    let pairs = labels.into_iter().flat_map(|labels| &labels.values);
    let mut pairs: Vec<_> = pairs.map(|(key, values)| (key.as_str(), values.values.as_slice())).collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<SystemTime> {
        moment(Some(&Timestamp { seconds, nanos: 0 }))
    }

    #[test]
    fn year_one_is_no_time() {
        assert_eq!(moment(None), None);
        assert_eq!(at(-62_135_596_800), None);
        assert_eq!(at(i64::MIN), None);
        assert_eq!(at(i64::MAX), None);
        assert_eq!(at(0), None, "a static token's");
        assert_eq!(at(1), Some(UNIX_EPOCH + Duration::from_secs(1)));
        assert_eq!(at(-1), Some(UNIX_EPOCH - Duration::from_secs(1)));
        let odd = Timestamp { seconds: 5, nanos: -1 };
        assert_eq!(moment(Some(&odd)), Some(UNIX_EPOCH + Duration::from_secs(5)));
    }

    #[test]
    fn pages_have_bounds() {
        assert_eq!(limit(0, 16_000), 1_000);
        assert_eq!(limit(500, 16_000), 500);
        assert_eq!(limit(50_000, 16_000), 16_000);
    }

    #[test]
    fn teleports_own_labels_are_not_listed() {
        let words = label_words([("team", "db"), ("env", "prod"), ("teleport.internal/x", "1")]);
        assert_eq!(words, ["env=prod", "team=db"]);
    }
}
