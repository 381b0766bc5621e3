//! Lists of names as roles write them: literal, with stars, or as an expression between `^` and `$`; which covers which, and how
//! a list reads in a sentence.
//!
//! Covering is told only where it is certain: a name that might be covered counts as new, so that nothing gained goes untold.

use std::collections::HashSet;

/// More names than this are counted, not listed; the text beside has them all.
const NAMED: usize = 8;
/// Expressions that people write for everything.
const ANYTHING: [&str; 4] = ["^.*$", "^.+$", "^(.*)$", "^(.+)$"];

/// Whether this matches whatever there is.
pub(super) fn is_anything(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte == b'*') || ANYTHING.contains(&name)
}

/// A list that other names are held against.
#[derive(Debug)]
pub(super) struct Names<'a> {
    exact: HashSet<&'a str>,
    globs: Vec<&'a str>,
    all: bool,
}

impl<'a> Names<'a> {
    /// Names in which a star stands for anything.
    pub fn patterns(names: impl IntoIterator<Item = &'a String>) -> Self {
        let exact: HashSet<&str> = names.into_iter().map(String::as_str).collect();
        let is_glob = |name: &&str| name.contains('*') && !name.starts_with('^') && !name.contains("{{");
        let globs = exact.iter().copied().filter(is_glob).collect();
        let all = exact.iter().any(|name| is_anything(name));
        Self { exact, globs, all }
    }

    /// Names that mean themselves; only a single star, where it is taken, is all of them.
    pub fn literal(names: impl IntoIterator<Item = &'a String>) -> Self {
        let exact: HashSet<&str> = names.into_iter().map(String::as_str).collect();
        let all = exact.contains("*");
        Self { exact, globs: Vec::new(), all }
    }

    /// Whether whatever this name matches is matched by the list too.
    pub fn cover(&self, name: &str) -> bool {
        self.all || self.exact.contains(name) || self.globs.iter().any(|glob| matches(glob, name))
    }
}

/// The names of one list that another does not cover, each once, in their order.
pub(super) fn missing<'a>(names: &'a [String], from: &Names<'_>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    names.iter().map(String::as_str).filter(|name| !from.cover(name) && seen.insert(*name)).collect()
}

/// A star in the name itself is matched like any letter, which only a star of the glob can do: so what the name stands for is
/// within what the glob stands for.
fn matches(glob: &str, name: &str) -> bool {
    if name.starts_with('^') || name.contains("{{") {
        return false;
    }
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Names in a sentence, what matches everything first, so that a star is never among those that are only counted.
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let (wide, others): (Vec<&str>, Vec<&str>) = names.iter().map(AsRef::as_ref).partition(|name| is_anything(name));
    let all = [wide, others].concat();
    match all.len() {
        0..=NAMED => all.join(", "),
        more => format!("{} and {} more", all[..NAMED - 1].join(", "), more - NAMED + 1),
    }
}

/// The same with a last word between: `list, read and update`.
pub(super) fn and<S: AsRef<str>>(names: &[S]) -> String {
    let listed = list(names);
    match (listed.rsplit_once(", "), names.len() > NAMED) {
        (Some((head, last)), false) => format!("{head} and {last}"),
        _ => listed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_name_is_covered_only_where_that_is_certain() {
        for (list, name, covered) in [
            (&["prod"][..], "prod", true),
            (&["prod"], "prod-eu", false),
            (&["prod-*"], "prod-eu", true),
            (&["prod-*"], "prod-eu-*", true),
            (&["prod-*"], "prod*", false),
            (&["*-db"], "main-db", true),
            (&["a*b*c"], "axxbyyc", true),
            (&["a*b*c"], "acb", false),
            (&["ab*ba"], "aba", false),
            (&["*"], "anything", true),
            (&["*"], "^x$", true),
            (&["*"], "{{internal.logins}}", true),
            (&["^.*$"], "x", true),
            (&["^prod.*$"], "prod-eu", false),
            (&["prod*"], "^prod-eu$", false),
            (&["*-x"], "{{external.team}}-x", false),
            (&[], "x", false),
        ] {
            assert_eq!(Names::patterns(&texts(list)).cover(name), covered, "{list:?} {name}");
        }
        assert!(!Names::literal(&texts(&["prod-*"])).cover("prod-eu"));
        assert!(Names::literal(&texts(&["*"])).cover("prod-eu"));
    }

    #[test]
    fn everything_has_several_spellings() {
        for name in ["*", "**", "^.*$", "^.+$"] {
            assert!(is_anything(name), "{name}");
        }
        for name in ["", "prod-*", "^$", "^prod.*$", ".*"] {
            assert!(!is_anything(name), "{name}");
        }
    }

    #[test]
    fn a_star_is_never_among_those_only_counted() {
        let mut names: Vec<String> = (0..40).map(|n| format!("n{n}")).collect();
        assert_eq!(list(&names[..2]), "n0, n1");
        names.push("*".to_owned());
        assert_eq!(list(&names), "*, n0, n1, n2, n3, n4, n5 and 34 more");
    }

    #[test]
    fn each_missing_name_is_told_once() {
        assert_eq!(missing(&texts(&["a", "b", "a"]), &Names::literal(&texts(&["b"]))), ["a"]);
    }
}
