//! The order of keys: that of people, letters by code point and digit runs by value.
//!
//! Go's comparison is no total order (9 < 10, 10 < 1a, 1a < 9), and `tctl` prints such keys differently from run to run. Ours is
//! a merge sort of our own over the keys in byte order: one answer for one set of keys, and no panic over the contradiction.

use std::cmp::Ordering;

use super::tree::Tree;

/// The entries of a map as they are printed.
pub fn sorted(entries: &[(String, Tree)]) -> Vec<&(String, Tree)> {
    let mut entries: Vec<_> = entries.iter().collect();
    // Go's comparison contradicts itself over digits alone, so without them any sort gives the one order there is.
    if entries.iter().all(|(key, _)| is_digitless(key)) {
        entries.sort_unstable_by(|a, b| ordering(&a.0, &b.0));
        return entries;
    }
    entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    merge_sort(entries, |a, b| less(&a.0, &b.0))
}

fn merge_sort<T: Copy>(items: Vec<T>, less: impl Fn(T, T) -> bool + Copy) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let (left, right) = (merge_sort(left, less), merge_sort(right, less));
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut at, mut rest) = (0, right.as_slice());
    while let (Some(a), Some((b, tail))) = (left.get(at), rest.split_first()) {
        if less(*b, *a) {
            out.push(*b);
            rest = tail;
        } else {
            out.push(*a);
            at += 1;
        }
    }
    out.extend_from_slice(&left[at..]);
    out.extend_from_slice(rest);
    out
}

/// Whether a key stands before another.
pub fn less(a: &str, b: &str) -> bool {
    if is_digitless(a) && is_digitless(b) {
        return ordering(a, b) == Ordering::Less;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|pair| pair.0 != pair.1) else { return a.len() < b.len() };
    let (x, y) = (a[at], b[at]);
    match (x.is_alphabetic(), y.is_alphabetic()) {
        (true, true) => return x < y,
        (false, false) => {}
        (_, letter) => return letter,
    }
    // After a digit that counts, a zero is a digit of the same number: both runs get the same lead.
    let lead = x == '0' || y == '0';
    let inside = lead && a[..at].iter().rev().take_while(|c| is_digit(**c)).any(|c| *c != '0');
    match run(&a[at..], inside).cmp(&run(&b[at..], inside)) {
        Ordering::Equal => x < y,
        other => other == Ordering::Less,
    }
}

/// Whether the short way to compare is the whole of it.
fn is_digitless(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_digit())
}

fn ordering(a: &str, b: &str) -> Ordering {
    let pair = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
    let Some((x, y)) = pair else { return a.len().cmp(&b.len()) };
    x.is_ascii_alphabetic().cmp(&y.is_ascii_alphabetic()).then(x.cmp(&y))
}

/// The value of the digits here, in Go's arithmetic: 64 bits that wrap, and any script's digits counted from ASCII zero.
fn run(text: &[char], inside: bool) -> (i64, usize) {
    let digits = text.iter().take_while(|c| is_digit(**c));
    digits.fold((i64::from(inside), 0), |(value, length), c| {
        let digit = i64::from(u32::from(*c)) - i64::from(u32::from('0'));
        (value.wrapping_mul(10).wrapping_add(digit), length + 1)
    })
}

/// Decimal digits of any script: each script has ten in a row, these are the zeros.
fn is_digit(c: char) -> bool {
    const ZEROS: [u32; 66] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
        0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900,
        0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
        0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50,
        0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950,
    ];
    let code = u32::from(c);
    match ZEROS.partition_point(|zero| *zero <= code) {
        0 => false,
        after => code - ZEROS[after - 1] < 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictory_keys_do_not_panic() {
        let tangle = (0..60).flat_map(|n| [format!("{n}"), format!("{n}a"), format!("0{n}")]);
        let tangle: Vec<(String, Tree)> = tangle.map(|key| (key, Tree::Null)).collect();
        assert_eq!(sorted(&tangle).len(), tangle.len());
    }

    #[test]
    fn without_digits_both_ways_give_one_order() {
        let keys = ["_a", "a", "A", "ab", "a_b", "a-b", "", "-", "b", "a.b", "aB", "zebra", "a b", "~"];
        let given = keys.map(|key| (key.to_owned(), Tree::Null));
        let order: Vec<&str> = sorted(&given).iter().map(|(key, _)| key.as_str()).collect();
        let mut plain = keys.to_vec();
        plain.sort_unstable();
        assert_eq!(order, merge_sort(plain, less));
    }

    #[test]
    fn digits_count_by_value() {
        let given = ["b10", "b9", "B", "b-1"].map(|key| (key.to_owned(), Tree::Null));
        let order: Vec<&str> = sorted(&given).iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(order, ["B", "b-1", "b9", "b10"]);
    }
}
