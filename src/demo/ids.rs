//! Identifiers and revisions that look like the server's and are the same in every run with the same seed.
//!
//! Tests print them and pictures show them, so they must not come from the system's random source.

/// A stream of made-up UUIDs.
#[derive(Debug)]
pub(super) struct Ids {
    seed: u64,
    given: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, given: 0 }
    }

    /// The next one; never the same twice.
    pub(super) fn next(&mut self) -> String {
        self.given += 1;
        uuid(self.seed, self.given)
    }

    /// A number below `limit`, for the story's choices.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.given += 1;
        usize::try_from(mix(self.seed ^ mix(self.given)) % (limit.max(1) as u64)).unwrap_or_default()
    }
}

/// The UUID that belongs to a number: made-up objects are made anew each time they are asked for and keep theirs.
pub(super) fn uuid(seed: u64, number: u64) -> String {
    let high = mix(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mix(number));
    let low = mix(high ^ number);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}

/// Whether the text has the shape that the server demands of a request's name.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, letter)| match at {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}

/// One step of SplitMix64: every bit of the answer depends on every bit of the number.
pub(super) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_repeat_with_the_seed_and_only_then() {
        let (mut one, mut same, mut other) = (Ids::new(7), Ids::new(7), Ids::new(8));
        let first = one.next();
        assert!(is_uuid(&first), "{first}");
        assert_eq!(first, same.next());
        assert_ne!(first, other.next());
        assert_ne!(first, one.next());
    }

    #[test]
    fn only_uuids_are_uuids() {
        for text in ["", "x", "0f0c0b0a-0000-4000-8000-00000000000", "0f0c0b0a_0000-4000-8000-000000000000", "ö"] {
            assert!(!is_uuid(text), "{text}");
        }
        assert!(is_uuid("0F0c0b0a-0000-7000-8000-000000000000"));
    }
}
