//! Reads credential files and remembers how they looked, so that a fresh login is noticed without reading them again.
//!
//! The look is taken before the bytes: a file rewritten in between then differs from what was remembered, which costs one
//! reading too many and never one too few. Nothing is ever written.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::{Block, Error};

/// When a file last changed, and how long it is.
type Look = (Option<SystemTime>, u64);

/// How the files behind an identity looked at one moment: compares unequal after a fresh login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    files: Vec<(PathBuf, Option<Look>)>,
}

impl Stamp {
    fn add(&mut self, path: &Path) {
        if !self.files.iter().any(|(known, _)| known == path) {
            self.files.push((path.to_owned(), look(path)));
        }
    }

    /// When one of the files last changed.
    #[must_use]
    pub fn latest(&self) -> Option<SystemTime> {
        self.files.iter().filter_map(|(_, look)| look.and_then(|(changed, _)| changed)).max()
    }

    /// The same files as they look now.
    pub(super) fn again(&self) -> Self {
        Self { files: self.files.iter().map(|(path, _)| (path.clone(), look(path))).collect() }
    }
}

fn look(path: &Path) -> Option<Look> {
    fs::metadata(path).ok().map(|meta| (meta.modified().ok(), meta.len()))
}

/// The reader of one loading: what it read and what is worth a warning.
#[derive(Default)]
pub(super) struct Files {
    pub(super) stamp: Stamp,
    pub(super) warnings: Vec<String>,
}

impl Files {
    /// The whole text of a file that should hold a block; text that is not UTF-8 is read as far as it goes.
    pub(super) fn read(&mut self, path: &Path, block: Option<Block>) -> Result<String, Error> {
        self.stamp.add(path);
        let shown = path.display().to_string();
        match fs::read(path) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => Err(Error::Empty { path: shown }),
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::Missing { path: shown, block }),
            Err(error) => Err(Error::Unreadable { path: shown, reason: reason(&error) }),
        }
    }

    /// As `read`, for a file with a private key in it: says so when others may read it too.
    pub(super) fn read_private(&mut self, path: &Path) -> Result<String, Error> {
        let text = self.read(path, Some(Block::PrivateKey))?;
        if fs::metadata(path).is_ok_and(|meta| open_to_others(&meta)) {
            let shown = path.display();
            self.warnings.push(format!("the private key in {shown} can be read by others: chmod 600 {}", quoted(path)));
        }
        Ok(text)
    }

    /// Every regular file below a folder, in a steady order; none when it is no folder.
    pub(super) fn below(&mut self, folder: &Path) -> Vec<PathBuf> {
        self.stamp.add(folder);
        let mut found = Vec::new();
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            match fs::symlink_metadata(&path) {
                Ok(meta) if meta.is_dir() => found.extend(self.below(&path)),
                _ if path.is_file() => found.push(path),
                _ => {}
            }
        }
        found.sort();
        found
    }

    /// Whether a file is there and holds something: a lock on a key file may leave an empty one behind.
    pub(super) fn holds(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() > 0)
    }
}

/// The operating system's words without the number that Rust appends.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

#[cfg(unix)]
fn open_to_others(meta: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &Metadata) -> bool {
    false
}

/// A path as a shell takes it, since people copy the command.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=@%,:".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
