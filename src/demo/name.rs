//! A distinguished name in DER, which is where Teleport keeps what a certificate says.
//!
//! `rcgen` keeps one value per attribute type, but a user's roles are many values of one type in one set. So the name is
//! written here and put in place of the one `rcgen` made; nothing else of a certificate is touched.

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const UTF8: u8 = 0x0c;
const BIT_STRING: u8 = 0x03;
/// The first field of a certificate's inner part, if it says its version.
const VERSION: u8 = 0xa0;

/// The attributes of a name, in the order they are written.
#[derive(Debug, Default)]
pub(super) struct Name(Vec<u8>);

impl Name {
    /// Adds one attribute with all its values; an attribute without values is left out.
    pub(super) fn with<'a>(mut self, oid: &[u64], values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut members: Vec<Vec<u8>> = values
            .into_iter()
            .map(|value| tlv(SEQUENCE, &[tlv(OID, &arcs(oid)), tlv(UTF8, value.as_bytes())].concat()))
            .collect();
        if !members.is_empty() {
            // DER sorts the members of a set; the list's own order is lost, as on the real server.
            members.sort();
            self.0.extend(tlv(SET, &members.concat()));
        }
        self
    }
}

/// The inner part of a certificate with its subject replaced; `None` when this is no certificate.
pub(super) fn rename(certificate: &[u8], subject: &Name) -> Option<Vec<u8>> {
    let (_, certificate, _) = open(certificate)?;
    let (_, mut fields, _) = open(certificate)?;
    let mut inner = Vec::new();
    // version?, serial number, algorithm, issuer, validity — and then the subject.
    let mut before = if fields.first() == Some(&VERSION) { 5 } else { 4 };
    while before > 0 {
        let (whole, _, rest) = open(fields)?;
        inner.extend_from_slice(whole);
        fields = rest;
        before -= 1;
    }
    let (_, _, rest) = open(fields)?;
    inner.extend(tlv(SEQUENCE, &subject.0));
    inner.extend_from_slice(rest);
    Some(tlv(SEQUENCE, &inner))
}

/// A certificate from its inner part, the algorithm of `model` and a new signature.
pub(super) fn sealed(inner: &[u8], model: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate, _) = open(model)?;
    let (_, _, rest) = open(certificate)?;
    let (algorithm, _, _) = open(rest)?;
    let bits = tlv(BIT_STRING, &[&[0], signature].concat());
    Some(tlv(SEQUENCE, &[inner, algorithm, &bits].concat()))
}

/// The first value of `der`: whole, its content, and what follows it.
fn open(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (&first, rest) = der.get(1..)?.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (digits.iter().fold(0_usize, |sum, digit| (sum << 8) | usize::from(*digit)), rest)
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((&der[..der.len() - after.len()], content, after))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let digits: Vec<u8> = length.into_iter().skip_while(|digit| *digit == 0).collect();
    let mut out = vec![tag];
    if content.len() < 0x80 {
        out.extend(content.len().to_be_bytes().last());
    } else {
        out.extend((0x80 | digits.len()).to_be_bytes().last());
        out.extend(digits);
    }
    out.extend_from_slice(content);
    out
}

fn arcs(oid: &[u64]) -> Vec<u8> {
    let (head, tail) = oid.split_at(2.min(oid.len()));
    let first = head.iter().fold(0, |sum, arc| sum * 40 + arc);
    std::iter::once(first).chain(tail.iter().copied()).flat_map(base_128).collect()
}

fn base_128(number: u64) -> Vec<u8> {
    let mut digits = vec![(number & 0x7f).to_le_bytes()[0]];
    let mut rest = number >> 7;
    while rest > 0 {
        digits.push(0x80 | (rest & 0x7f).to_le_bytes()[0]);
        rest >>= 7;
    }
    digits.reverse();
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lengths_are_der() {
        assert_eq!(arcs(&[2, 5, 4, 10]), [0x55, 4, 10]);
        assert_eq!(arcs(&[1, 3, 9999, 1, 7]), [0x2b, 0xce, 0x0f, 1, 7]);
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let value = tlv(UTF8, &vec![b'x'; length]);
            let (whole, content, rest) = open(&value).expect("what was just written");
            assert_eq!((whole.len(), content.len(), rest.len()), (value.len(), length, 0));
        }
        assert_eq!(open(&[0x30, 0x05, 1]), None);
    }

    #[test]
    fn values_of_one_type_share_a_set() {
        let name = Name::default().with(&[2, 5, 4, 10], ["b", "a"]).with(&[2, 5, 4, 7], []);
        let (_, set, rest) = open(&name.0).expect("one set");
        assert!(rest.is_empty());
        let (_, first, second) = open(set).expect("its first member");
        assert!(first.ends_with(b"a") && second.ends_with(b"b"));
    }
}
