//! What a person knows a role by, as columns.

use super::door::doors;
use super::{Role, standing};
use crate::kind::wire::{self, columns};
use crate::kind::{Column, Telling, Tone, Value, Width};
use crate::schema::types::Rule;

columns! {
    pub(super) Role:
    Column::new("NAME", Width::Share(3, 16)) => |role, _| Value::text(&role.metadata.name),
    Column::new("VERSION", Width::Fixed(7)) => |role, strings| wire::common(&role.version, strings),
    Column::new("LETS IN", Width::Share(5, 21)).told(Telling::First) => |role, strings| {
        let doors = doors(&role.allow);
        wire::shared(doors.iter().filter(|door| door.is_open()).map(super::door::Door::phrase), strings)
    },
    Column::new("STANDS OUT", Width::Share(3, 14)).told(Telling::Toned(Tone::Warn)) =>
        |role, strings| wire::shared(standing::marks(role).iter().map(|mark| mark.text.as_str()), strings),
    Column::new("RULES", Width::Share(3, 14)).told(Telling::First) =>
        |role, strings| wire::shared(role.allow.rules.iter().map(rule), strings),
    Column::new("ORIGIN", Width::Fixed(8)) =>
        |role, strings| wire::common(role.origin(), strings),
    Column::hidden("denies").told(Telling::First) => |role, strings| {
        let doors = doors(&role.deny);
        let denied = doors.iter().map(|door| door.phrase().trim().to_owned());
        wire::shared(denied.chain(role.deny.rules.iter().map(rule)), strings)
    },
    Column::hidden("requests") => |role, strings| {
        let request = role.allow.request.as_ref();
        wire::shared(request.into_iter().flat_map(|request| request.roles.iter().chain(&request.search_as_roles)), strings)
    },
    Column::hidden("description") => |role, _| Value::text(&role.metadata.description),
}

/// A rule in one phrase: `role, user: list, read`.
pub(super) fn rule(rule: &Rule) -> String {
    let condition = if rule.r#where.is_empty() { "" } else { " if …" };
    format!("{}: {}{condition}", rule.resources.join(", "), rule.verbs.join(", "))
}
