//! The pages of a shelf, in bundles.
//!
//! Whoever publishes or looks at a shelf copies pointers to bundles, of which a hundred thousand rows have a few dozen; whoever
//! writes copies one bundle of pointers and one page.

use std::sync::Arc;

use super::page::{Page, ROWS};
use super::row::Row;

/// So many pages are bundled.
const BUNDLE: usize = 64;

/// See the file.
#[derive(Clone, Debug, Default)]
pub struct Pages(Vec<Arc<Bundle>>);

type Bundle = Vec<Arc<Page>>;

impl Pages {
    /// What is in a slot; nothing if it is gone.
    pub fn row(&self, slot: u32) -> Option<Row<'_>> {
        let (page, at) = place(slot);
        self.page(page)?.row(at)
    }

    /// Whether there is anything in a slot, which is known without reading it.
    pub fn has(&self, slot: u32) -> bool {
        let (page, at) = place(slot);
        self.page(page).is_some_and(|page| page.has(at))
    }

    /// The page of a slot and its place there, for writing; there is a new page for the slot behind the last one.
    pub fn write(&mut self, slot: u32) -> Option<(&mut Page, usize)> {
        let (page, at) = place(slot);
        if page == self.0.len() * BUNDLE {
            self.0.push(Arc::default());
        }
        let bundle = Arc::make_mut(self.0.get_mut(page / BUNDLE)?);
        if page % BUNDLE == bundle.len() {
            bundle.push(Arc::default());
        }
        Some((Arc::make_mut(bundle.get_mut(page % BUNDLE)?), at))
    }

    /// Every page, with the slot of its first row.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Page)> {
        let pages = self.0.iter().flat_map(|bundle| bundle.iter());
        pages.enumerate().map(|(at, page)| (u32::try_from(at * ROWS).unwrap_or(u32::MAX), &**page))
    }

    fn page(&self, page: usize) -> Option<&Page> {
        self.0.get(page / BUNDLE)?.get(page % BUNDLE).map(|page| &**page)
    }

    #[cfg(test)]
    pub fn copied(&self, other: &Self) -> (usize, usize) {
        let bundles = self.0.iter().zip(&other.0).filter(|(a, b)| !Arc::ptr_eq(a, b));
        let pages = |(a, b): (&Arc<Bundle>, &Arc<Bundle>)| a.iter().zip(b.iter()).filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
        bundles.fold((0, 0), |(count, all), pair| (count + 1, all + pages(pair)))
    }
}

fn place(slot: u32) -> (usize, usize) {
    let slot = slot as usize;
    (slot / ROWS, slot % ROWS)
}
