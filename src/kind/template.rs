//! What something new may begin as: a few texts to choose from, each good as it stands.
//!
//! A template is what a person would have looked up: the least that serves a purpose, with words where something is to be
//! decided. Ends are told from the moment it is taken, so that none begins expired.

use std::time::{Duration, SystemTime};

use crate::resource::Utc;

/// A text to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is called in the choice: `auditor`.
    pub name: &'static str,
    /// What it is for, in a sentence without a full stop.
    pub about: &'static str,
    /// The text; `@1h@` stands for the moment an hour from now.
    pub text: &'static str,
}

/// What can stand between the marks.
const SPANS: [(&str, Duration); 3] =
    [("@1h@", Duration::from_hours(1)), ("@1d@", Duration::from_hours(24)), ("@30d@", Duration::from_hours(720))];

impl Template {
    /// The text as it is begun at this moment.
    #[must_use]
    pub fn begin(&self, now: SystemTime) -> String {
        SPANS.iter().fold(self.text.to_owned(), |text, (mark, span)| {
            let end = now.checked_add(*span).unwrap_or(now);
            text.replace(mark, &Utc::new(end).rfc3339())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_from_now() {
        let template = Template { name: "x", about: "x", text: "expires: \"@1h@\"\nlater: \"@30d@\"\n" };
        let text = template.begin(SystemTime::UNIX_EPOCH);
        assert_eq!(text, "expires: \"1970-01-01T01:00:00Z\"\nlater: \"1970-01-31T00:00:00Z\"\n");
    }
}
