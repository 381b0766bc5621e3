//! The server's mark of one state of a resource, kept small.
//!
//! Nearly every server writes a UUID, which is 16 bytes and not a text of 36 somewhere else in memory. Whatever it is, it is
//! given back as it came.

use std::fmt;

/// A revision as the server wrote it. Empty if it told none.
#[derive(Clone, PartialEq, Eq)]
pub struct Revision(Form);

#[derive(Clone, PartialEq, Eq)]
enum Form {
    /// Sixteen bytes, written in lower case with dashes.
    Uuid([u8; 16]),
    Other(Box<str>),
}

impl Revision {
    /// Whether the source of this item told no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Form::Other(text) if text.is_empty())
    }

    /// The sixteen bytes, if it is a UUID as servers write it.
    #[must_use]
    pub fn uuid(&self) -> Option<[u8; 16]> {
        if let Form::Uuid(bytes) = self.0 { Some(bytes) } else { None }
    }
}

impl From<[u8; 16]> for Revision {
    fn from(uuid: [u8; 16]) -> Self {
        Self(Form::Uuid(uuid))
    }
}

/// The sixteen bytes, if writing them again gives this very text.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 {
        return None;
    }
    let (mut bytes, mut at) = ([0; 16], 0);
    for byte in &mut bytes {
        if matches!(at, 8 | 13 | 18 | 23) {
            if text[at] != b'-' {
                return None;
            }
            at += 1;
        }
        *byte = digit(text[at])? << 4 | digit(text[at + 1])?;
        at += 2;
    }
    Some(bytes)
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

impl From<&str> for Revision {
    fn from(text: &str) -> Self {
        Self(uuid(text).map_or_else(|| Form::Other(text.into()), Form::Uuid))
    }
}

impl PartialEq<str> for Revision {
    fn eq(&self, other: &str) -> bool {
        match &self.0 {
            Form::Uuid(bytes) => uuid(other).is_some_and(|other| other == *bytes),
            Form::Other(text) => **text == *other,
        }
    }
}

impl PartialEq<&str> for Revision {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Other(text) => f.write_str(text),
            Form::Uuid(bytes) => bytes.iter().enumerate().try_for_each(|(at, byte)| {
                let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
                write!(f, "{dash}{byte:02x}")
            }),
        }
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_comes_back_as_it_was() {
        let uuid = "0f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0";
        for text in ["", "1", uuid, &uuid.to_uppercase(), &uuid.replace('-', "0"), "0f8e7d6c-5b4a-3928-1706-f5e4d3c2b1aé"] {
            let revision = Revision::from(text);
            assert_eq!(revision.to_string(), text);
            assert!(revision == *text && revision != *"2" && revision.is_empty() == text.is_empty());
        }
        assert!(matches!(Revision::from(uuid).0, Form::Uuid(_)) && size_of::<Revision>() <= 24);
        assert_ne!(Revision::from(uuid), Revision::from(uuid.to_uppercase().as_str()));
    }
}
