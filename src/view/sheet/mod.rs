//! Sheets: what is asked before something is done to a resource for good.
//!
//! A sheet holds the reference it was opened for and shows what the server said of it just now. Nothing that moves in the list
//! below can redirect it. What it sends is an order that says what was seen.

mod create;
mod delete;
mod draw;
mod verdict;

pub use self::create::CreateSheet;
pub use self::delete::DeleteSheet;
pub use self::verdict::VerdictSheet;
use crate::document::Resource;
use crate::kind::{Item, Kind, Seen};
use crate::resource::Strings;

/// What a verdict would be about, from a row.
fn seen(kind: &Kind, item: &Item) -> Seen {
    let parts = |column: &str| {
        let value = kind.column(column).and_then(|at| item.values.get(at));
        let mut parts: Vec<String> = value.map(|value| value.parts().into_iter().map(str::to_owned).collect()).unwrap_or_default();
        parts.sort();
        parts
    };
    Seen { state: parts("STATE").pop().unwrap_or_default(), roles: parts("ROLES"), resources: parts("RESOURCES") }
}

/// The row of a whole resource.
fn item_of(kind: &Kind, resource: &Resource) -> Option<Item> {
    (kind.item)(resource.kind(), &resource.bytes(), &mut Strings::default()).ok()
}
