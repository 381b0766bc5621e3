//! A page about one resource, as words with tones; how it is drawn is not known here.

use std::fmt::Write as _;
use std::time::SystemTime;

use super::item::Tone;
use crate::resource::{Utc, ago, clean, clean_lines, short};

/// Of one text a page shows so many bytes: the server allows no reason half as long, and what is longer is read by nobody but
/// would be laid out anew for every frame.
const MOST: usize = 1 << 17;

/// A stretch of text in one tone, safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
    /// A name, or what the eye should find first.
    pub bold: bool,
}

/// One line: what it is about, muted and lined up with its neighbours, and what there is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// `logins`, `until`; empty for a line of its own.
    pub key: String,
    /// What there is to say; wraps where the room ends.
    pub spans: Vec<Span>,
}

/// Lines under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// In capitals; empty for the first.
    pub title: String,
    /// In order.
    pub lines: Vec<Line>,
}

/// A page about one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Its name as it may be shown.
    pub title: String,
    /// The one word that matters most now: `pending`, `offline`.
    pub badge: Option<Span>,
    /// In order of weight.
    pub sections: Vec<Section>,
}

impl Span {
    /// Words from anywhere, made safe to show.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::toned(text, Tone::Plain)
    }

    /// Words in a tone.
    #[must_use]
    pub fn toned(text: &str, tone: Tone) -> Self {
        let (shown, more) = text.split_at(text.floor_char_boundary(MOST));
        let mut text = clean(shown).into_owned();
        if !more.is_empty() {
            let _ = write!(text, " … and {} bytes more", more.len());
        }
        Self { text, tone, bold: false }
    }

    /// The same, bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

impl Line {
    /// One thing said about something.
    #[must_use]
    pub fn new(key: &str, span: Span) -> Self {
        Self { key: clean(key).into_owned(), spans: vec![span] }
    }

    /// A line of its own.
    #[must_use]
    pub fn plain(span: Span) -> Self {
        Self { key: String::new(), spans: vec![span] }
    }

    /// What a key has to say, if it says anything.
    #[must_use]
    pub fn said(key: &str, text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::new(key, Span::new(text)))
    }

    /// Several things, each in full.
    #[must_use]
    pub fn listed<S: AsRef<str>>(key: &str, texts: impl IntoIterator<Item = S>) -> Option<Self> {
        let texts: Vec<String> = texts.into_iter().map(|text| clean(text.as_ref()).into_owned()).collect();
        Self::said(key, &texts.join(", "))
    }

    /// A moment: absolute, since a page is where one looks for that, and how far away.
    #[must_use]
    pub fn moment(key: &str, moment: Option<SystemTime>, now: SystemTime) -> Option<Self> {
        let moment = moment?;
        let away = match moment.duration_since(now) {
            Ok(ahead) => format!("in {}", short(ahead)),
            Err(_) => format!("{} ago", ago(moment, now)),
        };
        Some(Self::new(key, Span::new(&Utc::new(moment).to_string())).and(Span::toned(&format!(" · {away}"), Tone::Muted)))
    }

    /// Text of several lines, the key beside the first.
    #[must_use]
    pub fn paragraphs(key: &str, text: &str) -> Vec<Self> {
        if text.is_empty() {
            return Vec::new();
        }
        let lines = clean_lines(text.trim_end()).enumerate();
        lines.map(|(at, line)| Self::new(if at == 0 { key } else { "" }, Span::new(&line))).collect()
    }

    /// The line as a reader of plain text has it.
    #[must_use]
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// More on the same line.
    #[must_use]
    pub fn and(mut self, span: Span) -> Self {
        self.spans.push(span);
        self
    }
}

impl Section {
    /// Lines under a heading.
    #[must_use]
    pub fn new(title: &str, lines: Vec<Line>) -> Self {
        Self { title: title.to_owned(), lines }
    }
}

impl Detail {
    /// Adds lines under a heading, unless there are none.
    #[must_use]
    pub fn with(mut self, title: &str, lines: impl IntoIterator<Item = Line>) -> Self {
        let lines: Vec<Line> = lines.into_iter().collect();
        if !lines.is_empty() {
            self.sections.push(Section::new(title, lines));
        }
        self
    }

    /// A page that can say no more than that it could not be read.
    #[must_use]
    pub fn unreadable(title: &str, why: &str) -> Self {
        let line = Line::new("unreadable", Span::toned(why, Tone::Bad));
        Self { title: clean(title).into_owned(), ..Self::default() }.with("", [line])
    }
}

/// What a page may know beside the resource: the moment, and who is asking.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The moment it is told.
    pub now: SystemTime,
    /// Who is asking.
    pub caller: &'a crate::api::Caller,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_ten_megabytes_ends_where_nobody_reads_on() {
        let reason = "why ".repeat(25_000);
        assert_eq!(Span::new(&reason).text, reason, "whatever a server takes is there in full");
        let span = Span::new(&"é".repeat(5_000_000));
        assert!(span.text.len() < 140_000 && span.text.ends_with(" … and 9868928 bytes more"), "{}", span.text.len());
    }
}
