//! The palette: views, actions, orders, and the few words that fingers know from elsewhere (`:q`, `:w`).
//!
//! What is typed exactly wins; else the likeliest by its letters. `Tab` completes, `Enter` does the chosen one.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{Context, Move, Place, Step, View};
use crate::kind::{ALL, Kind, Shown, Sort};
use crate::ui::command::{Command, TABLE};
use crate::ui::footer::Hint;
use crate::ui::input::Field;
use crate::ui::key::{Code, Key};
use crate::ui::palette::{self, Choice};

/// What a choice does.
#[derive(Clone, Debug, PartialEq)]
enum Does {
    Run(Command),
    Go(Place),
    Sort(Sort),
    Save,
    Discard,
    Drafts,
}

/// The palette over a view.
#[derive(Debug)]
pub struct Palette {
    typed: Field,
    all: Vec<(Choice, Does)>,
    found: Vec<usize>,
    at: usize,
}

impl Palette {
    /// Over a view that is about this kind and offers these.
    #[must_use]
    pub fn new(kind: Option<&'static Kind>, offers: &[Hint], cx: &Context<'_>) -> Self {
        let mut palette = Self { typed: Field::default(), all: choices(kind, offers, cx), found: Vec::new(), at: 0 };
        palette.find();
        palette
    }

    fn find(&mut self) {
        let typed = self.typed.text().trim().to_owned();
        self.at = 0;
        if typed.is_empty() {
            self.found = (0..self.all.len()).collect();
            return;
        }
        let named = self.all.iter().enumerate();
        let mut scored: Vec<(u32, usize)> =
            named.filter_map(|(at, (choice, _))| Some((score(&choice.name, &typed)?, at))).collect();
        scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        self.found = scored.into_iter().map(|(_, at)| at).collect();
    }

    fn choose(&self, cx: &Context<'_>) -> Step {
        let Some((choice, does)) = self.found.get(self.at).and_then(|at| self.all.get(*at)) else {
            return Step::refuse(format!(":{}: nothing is called that", self.typed.text()));
        };
        if let Some(why) = &choice.refused {
            return Step::pop().say(crate::kind::Tone::Warn, format!("{}: {why}", choice.name));
        }
        Step::pop().then(match does.clone() {
            Does::Run(command) => Move::Run(command),
            Does::Go(place) => Move::Go { place, filter: None, cursor: None },
            Does::Sort(sort) => Move::Sort(sort),
            Does::Save => Move::Save,
            Does::Discard => Move::Discard,
            Does::Drafts if cx.drafts.is_empty() => {
                return Step::pop().say(crate::kind::Tone::Plain, "drafts: no unsaved text is kept");
            }
            Does::Drafts => Move::Push(Box::new(super::DraftsPage::new(cx))),
        })
    }
}

/// How well a name fits what is typed, or nothing if it lacks a letter of it in this order. The exact name, then what begins so,
/// then words that begin so, then letters that stand close together.
fn score(name: &str, typed: &str) -> Option<u32> {
    let (name, typed) = (name.to_lowercase(), typed.to_lowercase());
    if name == typed {
        return Some(1_000);
    }
    if name.starts_with(&typed) {
        return Some(900);
    }
    if name.split(['-', ' ', '_']).any(|word| word.starts_with(&typed)) {
        return Some(800);
    }
    let (mut from, mut gaps) = (0, 0_u32);
    for c in typed.chars() {
        let found = name[from..].find(c)?;
        gaps += u32::from(found > 0);
        from += found + c.len_utf8();
    }
    Some(700_u32.saturating_sub(gaps * 50))
}

/// Everything that can be typed here.
fn choices(kind: Option<&'static Kind>, offers: &[Hint], cx: &Context<'_>) -> Vec<(Choice, Does)> {
    let mut all = Vec::new();
    let plain = |name: &str, sentence: &str| Choice {
        name: name.to_owned(),
        sentence: sentence.to_owned(),
        keys: String::new(),
        refused: None,
    };
    all.push((plain("overview", "what needs you, what ends soon, what is unwell"), Does::Go(Place::Overview)));
    for kind in ALL {
        let name = kind.plural.replace(' ', "-");
        let sentence = format!("the list of {}", kind.plural);
        all.push((plain(&name, &sentence), Does::Go(Place::List(kind.name))));
    }
    let of_an_item = |entry: &crate::ui::command::Entry| entry.group == crate::ui::command::Group::Item;
    for entry in
        TABLE.iter().filter(|entry| !entry.group.is_apart() && !matches!(entry.command, Command::Move(..) | Command::View(_)))
    {
        let offer = offers.iter().find(|offer| offer.command == entry.command);
        if offer.is_none() && of_an_item(entry) && entry.command != Command::TakeBack {
            continue;
        }
        let keys = cx.keymap.key_of(entry.command).map(|key| key.to_string()).unwrap_or_default();
        let choice = Choice {
            name: entry.name.to_owned(),
            sentence: entry.sentence.to_owned(),
            keys,
            refused: offer.and_then(|offer| offer.refused.clone()),
        };
        all.push((choice, Does::Run(entry.command)));
    }
    for column in kind.map(|kind| kind.columns).unwrap_or_default() {
        let (name, word) = (format!("sort {}", column.key()), column.title.to_lowercase());
        all.push((plain(&name, &format!("order by {word}, least first")), Does::Sort(Sort::ascending(column.title))));
        if column.shown != Shown::Hidden {
            let name = format!("{name}:desc");
            all.push((plain(&name, &format!("order by {word}, greatest first")), Does::Sort(Sort::descending(column.title))));
        }
    }
    all.push((plain("w", "save what is being edited; the difference first"), Does::Save));
    all.push((plain("drafts", "unsaved texts that are kept, and what became of them"), Does::Drafts));
    all.push((plain("discard", "throw away the unsaved text and its draft"), Does::Discard));
    all.push((plain("q", "back, at the top quit"), Does::Run(Command::Quit)));
    // Other names of a kind are good when typed, and noise when listed.
    for kind in ALL {
        let others = kind.aliases.iter().chain(kind.wire);
        for name in others.filter(|name| **name != kind.plural) {
            all.push((plain(name, &format!("the list of {}", kind.plural)), Does::Go(Place::List(kind.name))));
        }
    }
    all.push((
        plain("apps", "the list of app servers"),
        Does::Go(Place::List(crate::kind::screen("apps").map_or("", |kind| kind.name))),
    ));
    all
}

impl View for Palette {
    fn on(&mut self, command: Command, _cx: &Context<'_>) -> Step {
        match command {
            Command::Cancel => Step::pop(),
            other => Step::pass(other),
        }
    }

    fn on_key(&mut self, key: Key, cx: &Context<'_>) -> Option<Step> {
        let last = self.found.len().saturating_sub(1);
        match key.code {
            Code::Esc => return Some(Step::pop()),
            Code::Enter => return Some(self.choose(cx)),
            Code::Down => self.at = (self.at + 1).min(last),
            Code::Up => self.at = self.at.saturating_sub(1),
            Code::Tab => {
                if let Some((choice, _)) = self.found.get(self.at).and_then(|at| self.all.get(*at)) {
                    let name = choice.name.clone();
                    self.typed.set(&name);
                    self.find();
                }
            }
            Code::Backspace if self.typed.text().is_empty() => return Some(Step::pop()),
            Code::Char('c' | 'z' | 'l') if key.ctrl => return None,
            _ => {
                if self.typed.on(key) {
                    self.find();
                }
            }
        }
        Some(Step::done())
    }

    fn on_paste(&mut self, text: &str, _cx: &Context<'_>) -> Step {
        self.typed.paste(text);
        self.find();
        Step::done()
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn render(&self, area: Rect, frame: &mut Frame<'_>, cx: &Context<'_>) {
        let found: Vec<Choice> =
            self.found.iter().filter_map(|at| self.all.get(*at)).map(|(choice, _)| choice.clone()).collect();
        let (cursor, _) = palette::draw(area, frame.buffer_mut(), cx.theme, &self.typed, &found, self.at);
        frame.set_cursor_position(cursor);
    }

    fn offers(&self, _cx: &Context<'_>) -> Vec<Hint> {
        Vec::new()
    }

    fn floats(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_exactly_wins_and_letters_may_be_left_out() {
        assert!(score("q", "q") > score("quit", "q"));
        assert!(score("roles", "rol") > score("half-page-roll", "rol"));
        assert!(score("requests", "rqs").is_some());
        assert_eq!(score("roles", "sr"), None);
    }
}
