//! The rows of a shelf that lie together in memory.
//!
//! A page is what one event copies. A row that says something new is written behind the others; when there is too much that
//! nobody reads any more the page is written anew. A sign of life goes into its row where it stands.

use super::packing::Tables;
use super::row::Row;
use super::write::write;
use crate::kind::Item;

/// So many rows lie together.
pub const ROWS: usize = 32;
/// So many old forms of rows are put up with.
const STALE: usize = 6;
/// No row begins here.
const GONE: u32 = u32::MAX;

/// See the file.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Where each row begins, in the bytes and in the texts.
    rows: Vec<(u32, u32)>,
    bytes: Vec<u8>,
    texts: String,
    tables: Tables,
    stale: usize,
    /// The shelf's generation when a row last came, went, or said something new.
    changed: u64,
}

impl Page {
    /// How many rows have stood here.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row, unless it is gone.
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        let &(bytes, texts) = self.rows.get(at)?;
        Some(Row::read(&self.tables, self.bytes.get(bytes as usize..)?, self.texts.get(texts as usize..)?))
    }

    /// Whether there is one, which is known without reading it.
    pub fn has(&self, at: usize) -> bool {
        self.rows.get(at).is_some_and(|(begin, _)| *begin != GONE)
    }

    /// The shelf's generation when something here was last seen to change.
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// Says that something here is seen to change with this generation.
    pub fn change(&mut self, generation: u64) {
        self.changed = generation;
    }

    /// Puts a row behind the others.
    pub fn push(&mut self, item: &Item) {
        let row = self.write(item);
        self.rows.push(row);
        if self.rows.len() == ROWS {
            // A copy is exactly as large as what is in it, and what this one grew in is there for the next page to grow in.
            *self = self.clone();
        }
    }

    /// Writes another form of a row.
    pub fn set(&mut self, at: usize, item: &Item) {
        if self.stale >= STALE {
            self.renew(at);
        }
        let row = self.write(item);
        if let Some(place) = self.rows.get_mut(at) {
            self.stale += usize::from(place.0 != GONE);
            *place = row;
        }
    }

    /// The same where it stands, for a form in which only times and the revision differ.
    pub fn touch(&mut self, at: usize, item: &Item) {
        let (bytes, texts) = write(item, &mut self.tables);
        let begin = self.rows.get(at).map_or(usize::MAX, |(begin, _)| *begin as usize);
        let fits = self.row(at).is_some_and(|row| row.own() == texts && row.extent(&self.bytes[begin..]) == bytes.len());
        if fits {
            self.bytes[begin..begin + bytes.len()].copy_from_slice(&bytes);
        } else {
            self.set(at, item);
        }
    }

    /// Lets a row go.
    pub fn clear(&mut self, at: usize) {
        if let Some(place) = self.rows.get_mut(at) {
            *place = (GONE, GONE);
            self.stale += 1;
        }
    }

    fn write(&mut self, item: &Item) -> (u32, u32) {
        let (bytes, texts) = write(item, &mut self.tables);
        let full = self.rows.len() >= ROWS;
        if full {
            // A page that is full grows by a row now and then and not by half.
            self.bytes.reserve_exact(bytes.len());
            self.texts.reserve_exact(texts.len());
        }
        let place = (offset(self.bytes.len()), offset(self.texts.len()));
        self.bytes.extend_from_slice(&bytes);
        self.texts.push_str(&texts);
        place
    }

    /// Writes all rows anew but one, which is about to be.
    fn renew(&mut self, but: usize) {
        let mut page = Self { changed: self.changed, ..Self::default() };
        for at in 0..self.rows.len() {
            match self.row(at).filter(|_| at != but) {
                Some(row) => page.push(&row.item()),
                None => page.rows.push((GONE, GONE)),
            }
        }
        *self = page;
    }
}

/// A page of rows each as long as the server may send is still short of this.
fn offset(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(GONE)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::*;
    use crate::kind::{Rank, Tone, Value};
    use crate::resource::{Labels, Reference, Strings};
    use crate::store::tests::list;

    static WORDS: [Rank; 2] =
        [Rank { order: 0, word: "ok", tone: Tone::Good }, Rank { order: 1, word: "over", tone: Tone::Bad }];

    fn moment() -> impl Strategy<Value = SystemTime> {
        (any::<i32>(), 0..1_000_000_000_u32).prop_map(|(seconds, nanos)| {
            let whole = Duration::from_secs(seconds.unsigned_abs().into());
            let start = if seconds < 0 { UNIX_EPOCH - whole } else { UNIX_EPOCH + whole };
            start + Duration::from_nanos(nanos.into())
        })
    }

    fn labels() -> impl Strategy<Value = Labels> {
        let pairs = prop::collection::vec(("[a-c]{1,2}", "[xyé]{0,3}"), 0..4);
        (pairs, prop::option::of("[a-z]{1,40}")).prop_map(|(pairs, own)| {
            let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let own = own.and_then(|own| Labels::own("own", &own)).unwrap_or_default();
            Labels::new(pairs, &mut Strings::default()).with(own.into())
        })
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::None),
            ".{0,300}".prop_map(|text| Value::text(&text)),
            "[ab]{0,3}".prop_map(|text| Value::Shared(text.as_str().into())),
            prop::collection::vec("[a-d]{0,2}", 0..200)
                .prop_map(|parts| { list(&parts.iter().map(String::as_str).collect::<Vec<_>>()) }),
            labels().prop_map(Value::Labels),
            moment().prop_map(Value::Time),
            moment().prop_map(Value::Heartbeat),
            any::<i64>().prop_map(Value::Number),
            (0..2_usize).prop_map(|at| Value::Rank(&WORDS[at])),
        ]
    }

    prop_compose! {
        fn item()(
            name in "[a-z0-9é-]{0,40}", host in prop::option::of("[a-f0-9-]{0,36}"), secret: bool,
            revision in "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|.{0,5}",
            expires in prop::option::of(moment()), labels in labels(), mut values in prop::collection::vec(value(), 0..10),
            told: bool,
        ) -> Item {
            if told {
                values.push(Value::Labels(labels.clone()));
            }
            let reference = Reference::new("app", name);
            let reference = host.into_iter().fold(reference, Reference::on_host);
            let reference = if secret { reference.secret() } else { reference };
            Item { reference, revision: revision.as_str().into(), expires, labels, values: values.into() }
        }
    }

    /// Everything, what nobody sees included.
    fn all(item: &Item) -> String {
        format!("{:?} {:?} {item:?}", item.reference.is_secret(), item.reference.name())
    }

    #[derive(Clone, Debug)]
    enum Step {
        Set(usize, Item),
        Touch(usize, Item),
        Later(usize, SystemTime),
        Clear(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..8_usize, item()).prop_map(|(at, item)| Step::Set(at, item)),
            (0..8_usize, item()).prop_map(|(at, item)| Step::Touch(at, item)),
            (0..8_usize, moment()).prop_map(|(at, end)| Step::Later(at, end)),
            (0..8_usize).prop_map(Step::Clear),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(first in prop::collection::vec(item(), 8), steps in prop::collection::vec(step(), 0..60)) {
            let mut page = Page::default();
            for item in &first {
                page.push(item);
            }
            let mut kept: Vec<Option<Item>> = first.into_iter().map(Some).collect();
            for step in steps {
                match step {
                    Step::Set(at, item) => {
                        page.set(at, &item);
                        kept[at] = Some(item);
                    }
                    Step::Touch(at, item) => {
                        page.touch(at, &item);
                        kept[at] = Some(item);
                    }
                    Step::Later(at, end) => {
                        if let Some(item) = &mut kept[at] {
                            item.expires = Some(end);
                            page.touch(at, item);
                        }
                    }
                    Step::Clear(at) => {
                        page.clear(at);
                        kept[at] = None;
                    }
                }
                for (at, kept) in kept.iter().enumerate() {
                    let read = page.row(at).map(|row| row.item());
                    prop_assert_eq!(read.as_ref().map(all), kept.as_ref().map(all));
                    let (Some(row), Some(kept)) = (page.row(at), kept) else { continue };
                    prop_assert_eq!(row.identity(), kept.reference.identity());
                    let values: Vec<_> = row.values().map(|value| format!("{value:?}")).collect();
                    prop_assert_eq!(values.len(), kept.values.len());
                    prop_assert_eq!(row.labels().iter().collect::<Vec<_>>(), kept.labels.iter().collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn a_sign_of_life_takes_no_room() {
        let mut page = Page::default();
        let mut item = crate::store::tests::thing("a");
        item.expires = Some(UNIX_EPOCH);
        (0..ROWS).for_each(|_| page.push(&item));
        let before = (page.bytes.len(), page.texts.len());
        for beat in 0..10_000 {
            item.expires = Some(UNIX_EPOCH + Duration::from_secs(beat));
            page.touch(7, &item);
        }
        assert_eq!((page.bytes.len(), page.texts.len()), before);
        for change in 0..10_000 {
            item.values[0] = Value::Number(change);
            page.set(7, &item);
        }
        assert!(page.bytes.len() < 2 * before.0, "{} of {}", page.bytes.len(), before.0);
    }
}
