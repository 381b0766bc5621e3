//! What the overview counts: who waits, what ends, what is unwell, what changed; as rows that know where they lead.
//!
//! Only what was seen is counted. The rows are gathered in `settle`, not while drawing, and at most a few are kept of each, with
//! the number of the rest.

use std::cmp::Ordering;
use std::time::{Duration, SystemTime};

use crate::api::Caller;
use crate::kind::order::natural;
use crate::kind::{Concern, Item, Kind, Telling, Tone, Value};
use crate::resource::Reference;
use crate::store::{Change, ChangeVerb, Snapshot};

/// The parts of the page, in the order in which the cursor passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Somebody waits for my answer.
    Waiting,
    /// A grant, a token or the certificate ends.
    Ends,
    /// Something is unwell.
    Unwell,
    /// Something happened.
    Changed,
}

/// One line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub part: Part,
    /// Where `Enter` leads; nowhere for the certificate.
    pub target: Option<(&'static Kind, Reference)>,
    /// Until or since when, if that is what it is about.
    pub when: Option<SystemTime>,
    /// How it is meant.
    pub tone: Tone,
    /// In columns: the first is the name.
    pub words: Vec<String>,
}

/// Rows of one part, and how many there are beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The first few, in order.
    pub rows: Vec<Row>,
    /// How many there are in all.
    pub total: usize,
}

/// The whole page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of the parts: waiting, ending, unwell, changed.
    pub parts: [Rows; 4],
    /// How many of each kind raise no concern of health: its plural and the number.
    pub well: Vec<(&'static str, usize)>,
}

/// More than any screen shows.
const KEPT: usize = 64;
/// An end further away than this is no news.
const SOON: Duration = Duration::from_hours(24);

impl Page {
    /// Gathers the page.
    #[must_use]
    pub fn gather(snapshot: &Snapshot, certificate_ends: Option<SystemTime>, now: SystemTime) -> Self {
        let mut page = Self::default();
        for shelf in snapshot.shelves() {
            let mut unwell = 0;
            for (_, row) in shelf.iter() {
                let item = &row.item();
                match (shelf.kind().concern)(item, now) {
                    Some(Concern::Waiting(until)) if is_mine(shelf.kind(), item, &snapshot.caller, now) => {
                        page.add(waiting(shelf.kind(), item, until, now));
                    }
                    Some(Concern::Ends(at, what)) if at > now && at < now + SOON => {
                        page.add(ends(shelf.kind(), item, at, what));
                    }
                    Some(Concern::Unwell(tone, what)) => {
                        unwell += usize::from(matches!(tone, Tone::Bad | Tone::Warn));
                        page.add(sick(shelf.kind(), item, tone, &what));
                    }
                    Some(Concern::Ends(..) | Concern::Waiting(_)) | None => {}
                }
            }
            page.well.push((shelf.kind().plural, shelf.len() - unwell.min(shelf.len())));
        }
        if let Some(at) = certificate_ends.filter(|at| *at < now + SOON) {
            let words = vec!["you".to_owned(), "certificate".to_owned()];
            page.add(Row { part: Part::Ends, target: None, when: Some(at), tone: tone(at, now), words });
        }
        for change in snapshot.changes.iter() {
            page.add(changed(change));
        }
        for rows in &mut page.parts[..3] {
            rows.rows.sort_by(order);
            rows.rows.truncate(KEPT);
        }
        page
    }

    fn add(&mut self, row: Row) {
        let rows = &mut self.parts[row.part as usize];
        rows.total += 1;
        rows.rows.push(row);
        // Thousands may be unwell at once: what will not be shown is not kept until the end of the gathering.
        if rows.rows.len() > 16 * KEPT {
            rows.rows.sort_by(order);
            rows.rows.truncate(KEPT);
        }
    }

    /// All rows, in the order in which the cursor passes them.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.parts.iter().flat_map(|part| part.rows.iter())
    }
}

fn order(a: &Row, b: &Row) -> Ordering {
    let weight = |row: &Row| match row.tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        _ => 2,
    };
    let by_weight = if a.part == Part::Unwell { weight(a).cmp(&weight(b)) } else { Ordering::Equal };
    let last = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX));
    by_weight
        .then_with(|| a.when.unwrap_or(last).cmp(&b.when.unwrap_or(last)))
        .then_with(|| natural(first(a), first(b)))
        .then_with(|| a.target.as_ref().map(|target| &target.1).cmp(&b.target.as_ref().map(|target| &target.1)))
}

fn first(row: &Row) -> &str {
    row.words.first().map_or("", String::as_str)
}

fn tone(at: SystemTime, now: SystemTime) -> Tone {
    match at.duration_since(now).unwrap_or_default().as_secs() {
        0..900 => Tone::Bad,
        900..3_600 => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn waiting(kind: &'static Kind, item: &Item, until: Option<SystemTime>, now: SystemTime) -> Row {
    Row {
        part: Part::Waiting,
        target: Some((kind, item.reference.clone())),
        when: until,
        tone: until.map_or(Tone::Warn, |until| tone(until, now)),
        words: words(kind, item, now),
    }
}

fn ends(kind: &'static Kind, item: &Item, at: SystemTime, what: &str) -> Row {
    let mut told = vec![what.to_owned()];
    told.extend(words(kind, item, at).into_iter().filter(|word| !word.is_empty()).take(2));
    Row { part: Part::Ends, target: Some((kind, item.reference.clone())), when: Some(at), tone: Tone::Plain, words: told }
}

fn sick(kind: &'static Kind, item: &Item, tone: Tone, what: &str) -> Row {
    let words = vec![item.reference.label(), crate::resource::clean(what).into_owned()];
    Row { part: Part::Unwell, target: Some((kind, item.reference.clone())), when: None, tone, words }
}

fn changed(change: &Change) -> Row {
    use ChangeVerb::{Came, Changed, Went};
    let verb = match change.verb {
        Came => "new",
        Changed => "changed",
        Went => "gone",
    };
    let kind = crate::kind::ALL.iter().copied().find(|kind| kind.wire.contains(&change.reference.kind()));
    let one = kind.map_or(change.reference.kind(), |kind| kind.plural.strip_suffix('s').unwrap_or(kind.plural));
    let summary = crate::resource::clean(&change.summary).into_owned();
    let words = vec![one.to_owned(), short_id(change.reference.label()), verb.to_owned(), summary];
    let target = kind.map(|kind| (kind, change.reference.clone()));
    Row { part: Part::Changed, target, when: Some(change.at), tone: Tone::Plain, words }
}

/// Whether what waits for an answer waits for one of mine, as far as that can be known here: nobody answers their own.
#[must_use]
pub fn is_mine(kind: &'static Kind, item: &Item, caller: &Caller, now: SystemTime) -> bool {
    let verdicts = kind.verdicts(caller);
    verdicts.is_none_or(|(approve, _)| approve.check(kind, Some(item), caller, now).is_ok())
}

/// Whether something that came after this change waits for an answer of mine.
#[must_use]
pub fn is_asked(snapshot: &Snapshot, last: Option<&Change>, now: SystemTime) -> bool {
    let newer = snapshot.changes.iter().take_while(|change| Some(*change) != last);
    let came = newer.filter(|change| change.verb == ChangeVerb::Came).filter_map(|change| {
        let kind = crate::kind::named(change.reference.kind())?;
        Some((kind, snapshot.shelf(kind).find(&change.reference)?))
    });
    came.filter(|(kind, item)| matches!((kind.concern)(item, now), Some(Concern::Waiting(_))))
        .any(|(kind, item)| is_mine(kind, &item, &snapshot.caller, now))
}

/// What an item says of itself in words: the cells of its columns that hold text, in the order of the table. Times, counts and
/// states are left to the part that shows the row. A cell that says nothing keeps its place, so that rows line up.
#[must_use]
pub fn words(kind: &'static Kind, item: &Item, now: SystemTime) -> Vec<String> {
    let pairs = kind.columns.iter().zip(&item.values);
    let told = pairs.filter(|(column, value)| {
        let timed = matches!(column.telling, Telling::Countdown | Telling::Age);
        let silent = matches!(value, Value::Rank(_) | Value::Number(_) | Value::Heartbeat(_) | Value::Time(_));
        column.shown == crate::kind::Shown::Always && !timed && !silent
    });
    told.map(|(column, value)| match value {
        Value::None => String::new(),
        value => short_secret(&column.cell(value, now).text, item.reference.is_secret()),
    })
    .collect()
}

/// An ID nobody reads out by its beginning: what it is about tells more.
fn short_id(label: String) -> String {
    let parts: Vec<usize> = label.split('-').map(str::len).collect();
    let is_uuid = parts == [8, 4, 4, 4, 12] && label.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
    if is_uuid { format!("{}…", &label[..8]) } else { label }
}

/// A masked name by its end: in a narrow place that is what tells it from another.
fn short_secret(text: &str, secret: bool) -> String {
    let end = text.trim_start_matches('*');
    if secret && text.len() - end.len() > 4 && !end.is_empty() { format!("…{end}") } else { text.to_owned() }
}
