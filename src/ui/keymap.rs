//! Which key asks for which command: the standard bindings, and what a person's configuration made of them.
//!
//! Where two cultures disagree on a key, it has the harmless meaning. Keys that a multiplexer or a serial line takes for itself
//! are never bound by us. A clash in the configuration is reported, never settled in silence.

use std::collections::BTreeMap;
use std::fmt;

use super::command::{By, Command, Group, TABLE, Way};
use super::key::Key;

/// The standard bindings. A command's first key is the one the footer shows.
const STANDARD: &[(Command, &[&str])] = &[
    (Command::Open, &["Enter"]),
    (Command::Describe, &["d"]),
    (Command::Yaml, &["y"]),
    (Command::Edit, &["e"]),
    (Command::EditOutside, &["E"]),
    (Command::Approve, &["a"]),
    (Command::Deny, &["x"]),
    (Command::TakeBack, &["z"]),
    (Command::New, &["n"]),
    (Command::Clone, &["N"]),
    (Command::Delete, &["D"]),
    (Command::Mark, &["Space"]),
    (Command::MarkRange, &["v"]),
    (Command::Copy, &["c"]),
    (Command::CopyField, &["C"]),
    (Command::Revisions, &["l"]),
    (Command::Reveal, &["R"]),
    (Command::Move(By::Line, Way::Down), &["j", "Down"]),
    (Command::Move(By::Line, Way::Up), &["k", "Up"]),
    (Command::Move(By::End, Way::Up), &["g", "Home"]),
    (Command::Move(By::End, Way::Down), &["G", "End"]),
    (Command::Move(By::Page, Way::Down), &["PgDn"]),
    (Command::Move(By::Page, Way::Up), &["PgUp"]),
    (Command::Move(By::HalfPage, Way::Down), &["Ctrl-d"]),
    (Command::Move(By::HalfPage, Way::Up), &["Ctrl-u"]),
    (Command::View(1), &["1"]),
    (Command::View(2), &["2"]),
    (Command::View(3), &["3"]),
    (Command::View(4), &["4"]),
    (Command::View(5), &["5"]),
    (Command::View(6), &["6"]),
    (Command::NextView, &["Tab"]),
    (Command::PrevView, &["Shift-Tab"]),
    (Command::HistoryBack, &["["]),
    (Command::HistoryForward, &["]"]),
    (Command::LastView, &["-"]),
    (Command::Filter, &["/"]),
    (Command::Palette, &[":"]),
    (Command::Help, &["?"]),
    (Command::Back, &["Esc"]),
    (Command::Quit, &["q"]),
    (Command::Cancel, &["Ctrl-c"]),
    (Command::Refresh, &["r"]),
    (Command::SortNext, &["s"]),
    (Command::SortReverse, &["S"]),
    (Command::Wide, &["w"]),
    (Command::Guard, &["!"]),
    (Command::Redraw, &["Ctrl-l"]),
    (Command::Suspend, &["Ctrl-z"]),
    (Command::BackToText, &["i", "Enter"]),
    (Command::ShowTheirs, &["v"]),
    (Command::TakeTheirs, &["t"]),
    (Command::TakeMine, &["m"]),
    (Command::TakeBoth, &["b"]),
];

/// The ways out, which no configuration may give to something else.
const WAYS_OUT: &[Command] = &[Command::Back, Command::Cancel];

/// Something in the configuration that could not be done as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clash {
    /// There is no such command.
    NoCommand(String),
    /// There is no such key.
    NoKey {
        /// The command it was for.
        command: &'static str,
        /// What was written.
        text: String,
    },
    /// Two commands want one key; the first one has it.
    Taken {
        /// Which key.
        key: Key,
        /// Who has it.
        kept: &'static str,
        /// Who went without.
        lost: &'static str,
    },
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand(name) => write!(f, "keys: there is no command {name:?}; `?` lists them"),
            Self::NoKey { command, text } => {
                write!(f, "keys: {command}: {text:?} is no key; write j, G, Ctrl-d, Space or PgDn")
            }
            Self::Taken { key, kept, lost } => write!(f, "keys: {key} is {kept}, so {lost} goes without it"),
        }
    }
}

/// Which key asks for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap(Vec<(Key, Command)>);

impl Default for Keymap {
    fn default() -> Self {
        Self::new(&BTreeMap::new()).0
    }
}

impl Keymap {
    /// The standard bindings with those of the configuration, by command name, in place of them. A command that is named there
    /// has exactly the keys written, and goes before one that is not; everything that could not be done is told.
    #[must_use]
    pub fn new(overrides: &BTreeMap<String, Vec<String>>) -> (Self, Vec<Clash>) {
        let mut clashes: Vec<Clash> = Vec::new();
        let unknown = overrides.keys().filter(|name| Command::named(name).is_none());
        clashes.extend(unknown.map(|name| Clash::NoCommand(name.clone())));

        let mut map = Self(Vec::new());
        let mut bind = |wanted: &dyn Fn(&Command, Option<&Vec<String>>) -> bool, clashes: &mut Vec<Clash>| {
            for (command, standard) in STANDARD {
                let name = command.entry().name;
                let own = overrides.get(name);
                if !wanted(command, own) {
                    continue;
                }
                let texts: Vec<&str> = own.map_or_else(|| standard.to_vec(), |own| own.iter().map(String::as_str).collect());
                for text in texts {
                    match Key::parse(text) {
                        Some(key) => clashes.extend(map.bind(key, *command)),
                        None => clashes.push(Clash::NoKey { command: name, text: text.to_owned() }),
                    }
                }
            }
        };
        // The ways out first, so that they cannot be lost; then what the person wrote; then the rest.
        bind(&|command, own| WAYS_OUT.contains(command) && own.is_none(), &mut clashes);
        bind(&|_, own| own.is_some(), &mut clashes);
        bind(&|command, own| own.is_none() && !WAYS_OUT.contains(command), &mut clashes);
        (map, clashes)
    }

    fn bind(&mut self, key: Key, command: Command) -> Option<Clash> {
        let place = place(command);
        match self.0.iter().find(|(bound, other)| *bound == key && self::place(*other) == place) {
            Some((_, kept)) if *kept == command => None,
            Some((_, kept)) => Some(Clash::Taken { key, kept: kept.entry().name, lost: command.entry().name }),
            None => {
                self.0.push((key, command));
                None
            }
        }
    }

    /// What a key asks for, anywhere but in a place of its own.
    #[must_use]
    pub fn resolve(&self, key: Key) -> Option<Command> {
        self.find(key, None)
    }

    /// What a key asks for in a place of its own: what it means there, or else what it means anywhere.
    #[must_use]
    pub fn resolve_in(&self, group: Group, key: Key) -> Option<Command> {
        self.find(key, Some(group).filter(|group| group.is_apart())).or_else(|| self.resolve(key))
    }

    fn find(&self, key: Key, at: Option<Group>) -> Option<Command> {
        self.0.iter().find(|(bound, command)| *bound == key && place(*command) == at).map(|(_, command)| *command)
    }

    /// The keys of a command, the one to show first.
    pub fn keys_of(&self, command: Command) -> impl Iterator<Item = Key> {
        self.0.iter().filter(move |(_, bound)| *bound == command).map(|(key, _)| *key)
    }

    /// The key to show for a command, if it has one.
    #[must_use]
    pub fn key_of(&self, command: Command) -> Option<Key> {
        self.keys_of(command).next()
    }

    /// Every command with its keys, in the order of the table, for help and README.
    pub fn entries(&self) -> impl Iterator<Item = (&'static super::command::Entry, Vec<Key>)> {
        TABLE.iter().map(|entry| (entry, self.keys_of(entry.command).collect()))
    }
}

fn place(command: Command) -> Option<Group> {
    Some(command.entry().group).filter(|group| group.is_apart())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::key::Code;

    fn with(pairs: &[(&str, &[&str])]) -> (Keymap, Vec<String>) {
        let overrides =
            pairs.iter().map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|key| (*key).to_owned()).collect())).collect();
        let (map, clashes) = Keymap::new(&overrides);
        (map, clashes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn no_two_standard_bindings_clash_and_every_command_has_one() {
        let (map, clashes) = with(&[]);
        assert!(clashes.is_empty(), "{clashes:?}");
        for (entry, keys) in map.entries() {
            assert!(!keys.is_empty(), "{} has no key", entry.name);
        }
        assert_eq!(STANDARD.len(), TABLE.len());
    }

    #[test]
    fn keys_that_others_need_are_never_bound() {
        let map = Keymap::default();
        for c in ['a', 'b', ' ', 's', 'q', 'k'] {
            assert_eq!(map.resolve(Key::ctrl(c)), None, "Ctrl-{c}");
        }
    }

    #[test]
    fn the_same_key_may_mean_another_thing_in_a_place_of_its_own() {
        let map = Keymap::default();
        let v = Key::char('v');
        assert_eq!(map.resolve(v), Some(Command::MarkRange));
        assert_eq!(map.resolve_in(Group::Editor, v), Some(Command::ShowTheirs));
        assert_eq!(map.resolve_in(Group::Item, v), Some(Command::MarkRange));
        assert_eq!(map.resolve_in(Group::Editor, Key::char('?')), Some(Command::Help));
        assert_eq!(map.resolve(Key::char('t')), None);
    }

    #[test]
    fn the_configuration_goes_first_and_is_told_what_it_cost() {
        let (map, clashes) = with(&[("approve", &["x", "+"])]);
        assert_eq!(map.resolve(Key::char('x')), Some(Command::Approve));
        assert_eq!(map.resolve(Key::char('a')), None);
        assert_eq!(map.key_of(Command::Deny), None);
        assert_eq!(clashes, ["keys: x is approve, so deny goes without it"]);

        let (_, clashes) = with(&[("dance", &["j"]), ("down", &["jj"])]);
        assert_eq!(clashes.len(), 2);
        assert!(clashes[0].contains("\"dance\""), "{clashes:?}");
        assert!(clashes[1].contains("\"jj\""), "{clashes:?}");
    }

    #[test]
    fn the_way_out_stays() {
        let (map, clashes) = with(&[("delete", &["Esc", "Ctrl-c"])]);
        assert_eq!(map.resolve(Key::new(Code::Esc)), Some(Command::Back));
        assert_eq!(map.resolve(Key::ctrl('c')), Some(Command::Cancel));
        assert_eq!(clashes.len(), 2);
    }
}
