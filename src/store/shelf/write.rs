//! How a row is written down: see [`packing`](super::packing) for what it consists of.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use memchr::memchr_iter;

use super::packing::{Tables, flag, place, tag};
use crate::kind::{Item, Value};
use crate::resource::Labels;

/// Writes a row: its bytes and its own texts.
pub fn write(item: &Item, tables: &mut Tables) -> (Vec<u8>, String) {
    let own = Own::of(item);
    let mut out = Vec::with_capacity(128);
    let reference = &item.reference;
    let uuid = item.revision.uuid();
    let set = item.labels.set();
    let has = [
        (flag::HOST, reference.shared_host().is_some()),
        (flag::SECRET, reference.is_secret()),
        (flag::EXPIRES, item.expires.is_some()),
        (flag::UUID, uuid.is_some()),
        (flag::SET, set.is_some()),
        (flag::OWN_LABELS, !item.labels.own_text().is_empty()),
    ];
    number(&mut out, own.texts.len());
    out.push(has.iter().filter(|(_, has)| *has).fold(0, |flags, (flag, _)| flags | flag));
    number(&mut out, place(&mut tables.kinds, &reference.kind(), |known| *known == reference.kind()));
    own.place(&mut out, reference.name());
    if let Some(host) = reference.shared_host() {
        number(&mut out, tables.text(host));
    }
    if let Some(set) = set {
        number(&mut out, tables.set(set));
    }
    if !item.labels.own_text().is_empty() {
        own.place(&mut out, item.labels.own_text());
    }
    if let Some(end) = item.expires {
        moment(&mut out, end);
    }
    if let Some(bytes) = uuid {
        out.extend_from_slice(&bytes);
    } else {
        let text = item.revision.to_string();
        number(&mut out, text.len());
        out.extend_from_slice(text.as_bytes());
    }
    number(&mut out, item.values.len());
    for value in &item.values {
        field(&mut out, value, item, tables, &own);
    }
    (out, own.texts)
}

fn field(out: &mut Vec<u8>, value: &Value, item: &Item, tables: &mut Tables, own: &Own<'_>) {
    match value {
        Value::None => out.push(tag::NONE),
        Value::Text(text) => {
            out.push(tag::TEXT);
            own.place(out, text);
        }
        Value::Shared(text) => {
            out.push(tag::SHARED);
            number(out, tables.text(text));
        }
        Value::List(list) => {
            out.push(tag::LIST);
            number(out, list.len());
            for text in list {
                let at = u32::try_from(tables.text(text)).unwrap_or(u32::MAX);
                out.extend_from_slice(&at.to_le_bytes());
            }
        }
        Value::Labels(labels) if is_same(labels, &item.labels) => out.push(tag::LABELS),
        Value::Labels(labels) => {
            out.push(tag::OTHER_LABELS);
            number(out, labels.set().map_or(0, |set| tables.set(set) + 1));
            own.place(out, labels.own_text());
        }
        Value::Time(then) => {
            out.push(tag::TIME);
            moment(out, *then);
        }
        Value::Heartbeat(end) if item.expires == Some(*end) => out.push(tag::LAST_BEAT),
        Value::Heartbeat(end) => {
            out.push(tag::HEARTBEAT);
            moment(out, *end);
        }
        Value::Number(count) => {
            out.push(tag::NUMBER);
            out.extend_from_slice(&count.to_le_bytes());
        }
        Value::Rank(rank) => {
            out.push(tag::RANK);
            number(out, place(&mut tables.ranks, rank, |known| known == rank));
        }
    }
}

fn is_same(a: &Labels, b: &Labels) -> bool {
    let sets = match (a.set(), b.set()) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    sets && a.own_text() == b.own_text()
}

/// The texts that only this row has, and where each of them lies.
struct Own<'a> {
    texts: String,
    places: Vec<(&'a str, usize)>,
}

impl<'a> Own<'a> {
    /// The longest first, since a shorter one may stand in it: an address begins with the name.
    fn of(item: &'a Item) -> Self {
        let values = item.values.iter().filter_map(|value| match value {
            Value::Text(text) => Some(&**text),
            Value::Labels(labels) if !is_same(labels, &item.labels) => Some(labels.own_text()),
            _ => None,
        });
        let mut all: Vec<&str> = [item.reference.name(), item.labels.own_text()].into_iter().chain(values).collect();
        all.retain(|text| !text.is_empty());
        all.sort_by_key(|text| std::cmp::Reverse(text.len()));
        all.dedup();
        let mut own = Self { texts: String::with_capacity(all.iter().map(|text| text.len()).sum()), places: Vec::new() };
        for text in all {
            let within = found(&own.texts, text);
            own.places.push((text, within.unwrap_or(own.texts.len())));
            if within.is_none() {
                own.texts.push_str(text);
            }
        }
        own
    }

    fn place(&self, out: &mut Vec<u8>, text: &str) {
        let known = self.places.iter().find(|(known, _)| *known == text);
        number(out, known.map_or(0, |(_, at)| *at));
        number(out, text.len());
    }
}

/// Where a text stands in others. Longer ones are not looked for: that is work without bound for a rare gain.
fn found(texts: &str, text: &str) -> Option<usize> {
    let (texts, text) = (texts.as_bytes(), text.as_bytes());
    let first = text.first().filter(|_| text.len() <= 256)?;
    memchr_iter(*first, texts).find(|at| texts[*at..].starts_with(text))
}

/// Seven bits a byte, the low ones first.
fn number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

fn moment(out: &mut Vec<u8>, moment: SystemTime) {
    let (seconds, nanos) = match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => (i64::try_from(after.as_secs()).unwrap_or(i64::MAX), after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).map_or(i64::MIN, |seconds| -seconds);
            match before.subsec_nanos() {
                0 => (seconds, 0),
                nanos => (seconds.saturating_sub(1), 1_000_000_000 - nanos),
            }
        }
    };
    out.extend_from_slice(&seconds.to_le_bytes());
    out.extend_from_slice(&nanos.to_le_bytes());
}
