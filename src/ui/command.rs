//! Everything a person can ask for, as data: a name for the configuration and the palette, a sentence for help and README.
//!
//! Commands know no key and do nothing themselves. Footer, help, palette and the README's table are printed from [`TABLE`].

/// How far a movement goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// One line.
    Line,
    /// What fits on the screen.
    Page,
    /// Half of it.
    HalfPage,
    /// As far as there is anything.
    End,
}

/// In which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Towards the first.
    Up,
    /// Towards the last.
    Down,
}

/// Something a person can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Moves the cursor, or scrolls where there is none.
    Move(By, Way),
    /// Shows a view by its number on the tabs, from 1.
    View(u8),
    /// The tab to the right.
    NextView,
    /// The tab to the left.
    PrevView,
    /// The view before this one, in the order they were visited.
    HistoryBack,
    /// Undoes `HistoryBack`.
    HistoryForward,
    /// To and fro between two views.
    LastView,
    /// Opens the filter line.
    Filter,
    /// Opens the palette.
    Palette,
    /// The keys of this view.
    Help,
    /// One level up; never quits.
    Back,
    /// Back, and at the top out.
    Quit,
    /// Gives up what is under way; twice quits.
    Cancel,
    /// Asks the server again.
    Refresh,
    /// Sorts by the next column.
    SortNext,
    /// Turns the order round.
    SortReverse,
    /// Shows or drops the columns that need room.
    Wide,
    /// Turns the read-only guard on, or asks to turn it off.
    Guard,
    /// Paints everything anew.
    Redraw,
    /// Gives the terminal back to the shell.
    Suspend,
    /// The page about one item.
    Open,
    /// The same, from the habit of another program.
    Describe,
    /// The item as YAML.
    Yaml,
    /// Edits it here.
    Edit,
    /// Edits it in the person's own editor.
    EditOutside,
    /// Opens the sheet that approves.
    Approve,
    /// Opens the sheet that denies.
    Deny,
    /// Takes a held verdict back.
    TakeBack,
    /// Begins something new.
    New,
    /// Begins something new from this.
    Clone,
    /// Opens the sheet that deletes.
    Delete,
    /// Marks the item.
    Mark,
    /// Marks from the last mark to here.
    MarkRange,
    /// Copies its ID.
    Copy,
    /// Chooses a field to copy.
    CopyField,
    /// Earlier texts of it.
    Revisions,
    /// Shows a masked secret until the cursor leaves.
    Reveal,
    /// From the editor's commands back into its text.
    BackToText,
    /// What the server has, beside what is being edited.
    ShowTheirs,
    /// Settles a clash by their side.
    TakeTheirs,
    /// Settles a clash by mine.
    TakeMine,
    /// Settles a clash by both.
    TakeBoth,
}

/// Where a command belongs. It heads a part of the help, and says where its keys are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Around a list or a page.
    Moving,
    /// From view to view.
    Views,
    /// Whatever is on screen.
    Everywhere,
    /// On one item.
    Item,
    /// In the editor, once `Esc` gave the keys back.
    Editor,
    /// At a clash of two edits.
    Clash,
}

impl Group {
    /// All, in the order help shows them.
    pub const ALL: [Self; 6] = [Self::Item, Self::Moving, Self::Views, Self::Everywhere, Self::Editor, Self::Clash];

    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Moving => "MOVING",
            Self::Views => "VIEWS",
            Self::Everywhere => "EVERYWHERE",
            Self::Item => "ON AN ITEM",
            Self::Editor => "IN THE EDITOR, AFTER ESC",
            Self::Clash => "AT A CLASH",
        }
    }

    /// Whether its keys mean this only in a place of their own, and may mean something else elsewhere.
    #[must_use]
    pub fn is_apart(self) -> bool {
        matches!(self, Self::Editor | Self::Clash)
    }
}

/// What is known of a command.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Which.
    pub command: Command,
    /// By which the configuration binds it and the palette finds it: `half-page-down`.
    pub name: &'static str,
    /// In the footer: one word, or two.
    pub word: &'static str,
    /// In help and README.
    pub sentence: &'static str,
    /// Where it belongs.
    pub group: Group,
}

const fn entry(command: Command, name: &'static str, word: &'static str, group: Group, sentence: &'static str) -> Entry {
    Entry { command, name, word, sentence, group }
}

use self::Command as C;
use self::Group::{Clash, Editor, Everywhere, Item, Moving, Views};

/// Every command, in the order help and README show them.
pub const TABLE: &[Entry] = &[
    entry(C::Open, "open", "open", Item, "open the page about it"),
    entry(C::Describe, "describe", "describe", Item, "the same page"),
    entry(C::Yaml, "yaml", "yaml", Item, "show it as YAML"),
    entry(C::Edit, "edit", "edit", Item, "edit it here"),
    entry(C::EditOutside, "edit-outside", "$EDITOR", Item, "edit it in $EDITOR"),
    entry(C::Approve, "approve", "approve", Item, "open the sheet that approves"),
    entry(C::Deny, "deny", "deny", Item, "open the sheet that denies"),
    entry(C::TakeBack, "take-back", "take back", Item, "take back a verdict that is still held"),
    entry(C::New, "new", "new", Item, "begin a new one"),
    entry(C::Clone, "clone", "clone", Item, "begin a new one from this"),
    entry(C::Delete, "delete", "delete", Item, "open the sheet that deletes"),
    entry(C::Mark, "mark", "mark", Item, "mark it"),
    entry(C::MarkRange, "mark-range", "mark range", Item, "mark from the last mark to here"),
    entry(C::Copy, "copy", "copy", Item, "copy its ID"),
    entry(C::CopyField, "copy-field", "copy field", Item, "choose a field to copy"),
    entry(C::Revisions, "revisions", "earlier", Item, "earlier revisions saved from here"),
    entry(C::Reveal, "reveal", "reveal", Item, "show its secret until the cursor leaves"),
    entry(C::Move(By::Line, Way::Down), "down", "down", Moving, "one line down"),
    entry(C::Move(By::Line, Way::Up), "up", "up", Moving, "one line up"),
    entry(C::Move(By::End, Way::Up), "first", "first", Moving, "to the first line"),
    entry(C::Move(By::End, Way::Down), "last", "last", Moving, "to the last line"),
    entry(C::Move(By::Page, Way::Down), "page-down", "page down", Moving, "one screen down"),
    entry(C::Move(By::Page, Way::Up), "page-up", "page up", Moving, "one screen up"),
    entry(C::Move(By::HalfPage, Way::Down), "half-page-down", "half down", Moving, "half a screen down"),
    entry(C::Move(By::HalfPage, Way::Up), "half-page-up", "half up", Moving, "half a screen up"),
    entry(C::View(1), "view-1", "view 1", Views, "the first view"),
    entry(C::View(2), "view-2", "view 2", Views, "the second view"),
    entry(C::View(3), "view-3", "view 3", Views, "the third view"),
    entry(C::View(4), "view-4", "view 4", Views, "the fourth view"),
    entry(C::View(5), "view-5", "view 5", Views, "the fifth view"),
    entry(C::View(6), "view-6", "view 6", Views, "the sixth view"),
    entry(C::NextView, "next-view", "next", Views, "the view to the right"),
    entry(C::PrevView, "previous-view", "previous", Views, "the view to the left"),
    entry(C::HistoryBack, "history-back", "history", Views, "the view before this one"),
    entry(C::HistoryForward, "history-forward", "forward", Views, "the view after this one"),
    entry(C::LastView, "last-view", "last view", Views, "to and fro between two views"),
    entry(C::Filter, "filter", "filter", Everywhere, "filter; Enter keeps it, Esc clears it"),
    entry(C::Palette, "palette", "commands", Everywhere, "palette: views, actions, clusters"),
    entry(C::Help, "help", "keys", Everywhere, "the keys of this view"),
    entry(C::Back, "back", "back", Everywhere, "back one level; never quits"),
    entry(C::Quit, "quit", "quit", Everywhere, "back, at the top quit"),
    entry(C::Cancel, "cancel", "cancel", Everywhere, "give up what is under way; twice quits"),
    entry(C::Refresh, "refresh", "refresh", Everywhere, "ask the server again"),
    entry(C::SortNext, "sort", "sort", Everywhere, "sort by the next column"),
    entry(C::SortReverse, "sort-reverse", "reverse", Everywhere, "turn the order round"),
    entry(C::Wide, "wide", "wide", Everywhere, "columns that need room"),
    entry(C::Guard, "guard", "read-only", Everywhere, "read-only guard on; off asks"),
    entry(C::Redraw, "redraw", "redraw", Everywhere, "paint everything anew"),
    entry(C::Suspend, "suspend", "suspend", Everywhere, "back to the shell for a while"),
    entry(C::BackToText, "text", "back to the text", Editor, "give the keys to the text again"),
    entry(C::ShowTheirs, "show-theirs", "theirs", Editor, "what the server has"),
    entry(C::TakeTheirs, "take-theirs", "theirs", Clash, "settle it by their side"),
    entry(C::TakeMine, "take-mine", "mine", Clash, "settle it by mine"),
    entry(C::TakeBoth, "take-both", "both", Clash, "settle it by both"),
];

impl Command {
    /// What is known of it.
    ///
    /// # Panics
    /// Never for a command that can be asked for: the table has them all, and a test walks them.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        TABLE.iter().find(|entry| entry.command == self).expect("the table has every command that a key or a name can give")
    }

    /// The command of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for (at, entry) in TABLE.iter().enumerate() {
            assert_eq!(Command::named(entry.name), Some(entry.command), "{}", entry.name);
            assert!(TABLE[..at].iter().all(|other| other.command != entry.command), "{} twice", entry.name);
            assert!(!entry.sentence.is_empty() && !entry.sentence.ends_with('.'), "{}", entry.name);
            assert!(entry.word.len() <= 16, "{}", entry.name);
        }
    }
}
