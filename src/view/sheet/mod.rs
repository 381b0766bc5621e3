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
use crate::kind::{Item, Kind};
use crate::resource::Strings;

/// The row of a whole resource.
fn item_of(kind: &Kind, resource: &Resource) -> Option<Item> {
    (kind.item)(resource.kind(), &resource.bytes(), &mut Strings::default()).ok()
}
