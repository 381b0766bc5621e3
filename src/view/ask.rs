//! From a command on a resource to the sheet or page it opens, or to the reason why it cannot.
//!
//! The same for list, detail and overview, so that a key means the same wherever the resource is in sight. What is opened
//! holds the reference, never a row.

use super::choose::TemplateMenu;
use super::edit::{EditView, Start};
use super::effect::Effect;
use super::page::DetailPage;
use super::sheet::{CreateSheet, DeleteSheet, VerdictSheet};
use super::yaml::YamlPage;
use super::{Context, Move, Step};
use crate::kind::{Edit, Kind, Sheet, Tone, Verb};
use crate::resource::Reference;
use crate::ui::command::Command;
use crate::ui::footer::Hint;

/// The name of the action that a command asks for.
fn action_of(command: Command) -> Option<&'static str> {
    match command {
        Command::Approve => Some("approve"),
        Command::Deny => Some("deny"),
        Command::Delete => Some("delete"),
        _ => None,
    }
}

/// Answers a command that is about one resource.
#[must_use]
pub fn on(command: Command, kind: &'static Kind, reference: &Reference, cx: &Context<'_>) -> Step {
    let refused = |why: String| Step::refuse(format!("{}: {why}", command.entry().word));
    if let Some(why) = why_not(command, kind, Some(reference), cx) {
        return refused(why);
    }
    let reference = reference.clone();
    match command {
        Command::Open | Command::Describe => Step::push(DetailPage::new(kind, reference)),
        Command::Yaml => Step::push(YamlPage::new(kind, reference)),
        Command::Edit => Step::push(EditView::new(kind, Start::Fetch(reference))),
        Command::EditOutside => Step::push(EditView::new(kind, Start::Outside(reference))),
        Command::Clone => Step::push(EditView::new(kind, Start::Clone(reference))),
        Command::New => begin(kind, cx),
        Command::Copy if reference.is_secret() => {
            refused("its name is the secret; a secret never goes to the clipboard".to_owned())
        }
        Command::Copy => {
            let said = format!("{} sent to the terminal", reference.label());
            Step::ask(Effect::Copy(reference.name().to_owned())).say(Tone::Plain, said)
        }
        Command::Revisions => Step::push(super::revisions::RevisionsPage::new(kind, reference)),
        Command::CopyField => Step::push(super::fields::FieldMenu::new(kind, &reference, cx)),
        Command::Approve | Command::Deny | Command::Delete => match action_of(command) {
            Some(name) => sheet(name, kind, reference, cx),
            None => Step::pass(command),
        },
        other => Step::pass(other),
    }
}

/// How new ones are written in the editor, if they are.
fn makes(kind: &'static Kind) -> Option<Edit> {
    kind.edit.filter(|edit| !edit.templates.is_empty())
}

/// Something new of a kind: in the editor where it is edited, else by the sheet that asks for it.
#[must_use]
pub fn begin(kind: &'static Kind, cx: &Context<'_>) -> Step {
    if let Some(why) = why_not(Command::New, kind, None, cx) {
        return Step::refuse(format!("new: {why}"));
    }
    if let Some(edit) = makes(kind) {
        return match edit.templates {
            [only] => Step::push(EditView::new(kind, Start::Blank(only))),
            several => Step::push(TemplateMenu::new(kind, edit.wires[0], several)),
        };
    }
    match kind.actions.iter().find(|action| action.sheet == Sheet::Request) {
        Some(action) => Step::push(CreateSheet::new(kind, action)),
        None => Step::refuse(format!("new: {} are not made from here", kind.plural)),
    }
}

fn sheet(name: &'static str, kind: &'static Kind, reference: Reference, cx: &Context<'_>) -> Step {
    let Some(action) = cx.action(kind, reference.kind(), name) else {
        return Step::refuse(format!("{name}: not for {}", kind.plural));
    };
    match action.sheet {
        Sheet::Verdict { .. } => Step::push(VerdictSheet::new(kind, action, reference, cx)),
        Sheet::Name | Sheet::Confirm => Step::push(DeleteSheet::new(kind, action, reference, cx)),
        Sheet::Request => Step::push(CreateSheet::new(kind, action)),
    }
}

/// Why a command cannot be done to a resource here and now, if so.
#[must_use]
pub fn why_not(command: Command, kind: &'static Kind, reference: Option<&Reference>, cx: &Context<'_>) -> Option<String> {
    let item = reference.and_then(|reference| cx.item(kind, reference));
    let item = item.as_ref();
    let wire = reference.map_or(kind.name, Reference::kind);
    match command {
        Command::Approve | Command::Deny | Command::Delete => {
            let Some(action) = cx.action(kind, wire, action_of(command)?) else {
                return Some(format!("not for {}", if wire == kind.name { kind.plural } else { wire }));
            };
            let why = cx.why_not(action, item)?;
            // A sheet with two ways opens as long as one of them is open; it never takes the other by itself.
            let other = match action.sheet {
                Sheet::Verdict { other, .. } if cx.snapshot.caller.server.reviews => kind.action(other),
                _ => None,
            };
            other.is_none_or(|other| cx.why_not(other, item).is_some()).then_some(why)
        }
        Command::Revisions if kind.edit.is_none() => Some(format!("{} are not edited from here", kind.plural)),
        // Their text is a secret, so none is ever kept.
        Command::Revisions if kind.name == "token" || reference.is_some_and(Reference::is_secret) => {
            Some(format!("earlier texts of {} are not kept: they hold secrets", kind.plural))
        }
        Command::Edit | Command::EditOutside => match (kind.edit, kind.edits(wire)) {
            (_, Some(edit)) => cx.closed(wire, edit.needs),
            (Some(edit), None) => Some(edit.others.to_owned()),
            (None, None) => Some(format!("{} are not edited from here; y shows the text", kind.plural)),
        },
        Command::Clone => match (kind.edit, makes(kind)) {
            (_, Some(edit)) if edit.wires.contains(&wire) => cx.closed(wire, &[Verb::Create]),
            (Some(edit), Some(_)) => Some(edit.others.to_owned()),
            _ => Some(format!("{} are not made from here", kind.plural)),
        },
        Command::New => match (makes(kind), kind.actions.iter().find(|action| action.sheet == Sheet::Request)) {
            (Some(edit), _) => cx.closed(edit.wires[0], &[Verb::Create]),
            (None, Some(action)) => cx.closed(action.on, action.needs),
            (None, None) => Some(format!("{} are not made from here", kind.plural)),
        },
        _ => None,
    }
}

/// What can be offered for a resource: what the kind has at all, dimmed with the reason where it cannot be done now.
#[must_use]
pub fn offers(kind: &'static Kind, reference: Option<&Reference>, cx: &Context<'_>) -> Vec<Hint> {
    let has = |command: Command| match command {
        Command::Edit | Command::EditOutside => kind.edit.is_some(),
        Command::Clone => makes(kind).is_some(),
        Command::New => makes(kind).is_some() || kind.actions.iter().any(|action| action.sheet == Sheet::Request),
        command => {
            let wire = reference.map_or(kind.name, Reference::kind);
            action_of(command).is_none_or(|name| kind.action_on(name, wire).is_some())
        }
    };
    let on_one = [
        Command::Approve,
        Command::Deny,
        Command::Edit,
        Command::Yaml,
        Command::Delete,
        Command::Clone,
        Command::EditOutside,
        Command::Copy,
        Command::CopyField,
    ];
    let mut all: Vec<Hint> = Vec::new();
    if reference.is_some() {
        let offered = on_one.into_iter().filter(|command| has(*command));
        all.extend(offered.map(|command| Hint::new(command).unless(why_not(command, kind, reference, cx))));
    }
    if has(Command::New) {
        all.push(Hint::new(Command::New).unless(why_not(Command::New, kind, None, cx)));
    }
    all
}

/// Whether marking several is good for anything: something can be done to each of them.
#[must_use]
pub fn can_be_marked(kind: &'static Kind) -> bool {
    let each = [Command::Approve, Command::Deny, Command::Delete];
    each.into_iter().filter_map(action_of).any(|name| kind.action(name).is_some())
}

/// What is offered last, because it is seldom wanted: the earlier texts of a resource.
#[must_use]
pub fn seldom(kind: &'static Kind, reference: Option<&Reference>, cx: &Context<'_>) -> Option<Hint> {
    let reference = reference.filter(|_| kind.edit.is_some());
    reference.map(|reference| Hint::new(Command::Revisions).unless(why_not(Command::Revisions, kind, Some(reference), cx)))
}

/// Sheets for several resources, one after the other: each is seen and confirmed by itself.
#[must_use]
pub fn on_each(command: Command, kind: &'static Kind, references: &[Reference], cx: &Context<'_>) -> Step {
    let mut all = Step::done();
    for reference in references.iter().rev() {
        let step = on(command, kind, reference, cx);
        all.moves.extend(step.moves);
        all.effects.extend(step.effects);
        all.notices.extend(step.notices);
    }
    let opened = all.moves.iter().filter(|to| matches!(to, Move::Push(_))).count();
    if opened > 1 { all.say(Tone::Plain, format!("{opened} marked: one sheet each, one after the other")) } else { all }
}
