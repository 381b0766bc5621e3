//! Files that only their owner may read, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::JournalError;

/// Makes a folder that only its owner may enter.
pub fn private_folder(path: &Path) -> Result<(), JournalError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(path).and_then(|()| close(path, 0o700));
    made.map_err(|error| JournalError::disk(path, &error))
}

#[cfg(unix)]
fn close(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn close(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new file of a name that says nothing.
pub fn fresh(folder: &Path, ending: &str) -> PathBuf {
    let chance = || RandomState::new().hash_one(0_u8);
    folder.join(format!("{:016x}{:016x}.{ending}", chance(), chance()))
}

/// Writes the whole file: readers see the old one or the new one, also after a crash.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), JournalError> {
    let beside = path.with_extension("new");
    let written = || -> io::Result<()> {
        let mut file = private().create(true).truncate(true).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        // The name, too, must be on the disk.
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    written().map_err(|error| {
        let _ = fs::remove_file(&beside);
        JournalError::disk(path, &error)
    })
}

/// Adds one line and sees it to the disk. Two instances may do so at once: short appends do not mix.
pub fn append(path: &Path, line: &str) -> Result<(), JournalError> {
    let written = || -> io::Result<()> {
        let mut file = private().create(true).append(true).open(path)?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_all()
    };
    written().map_err(|error| JournalError::disk(path, &error))
}

/// Reads a file, but no more of it than this.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, JournalError> {
    let taken = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    taken().map_err(|error| JournalError::disk(path, &error))
}

/// The files of a folder with this ending, the newest first.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| entry.path().extension().is_some_and(|known| known == ending))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    files.sort_by(|a, b| b.cmp(a));
    files.into_iter().map(|(_, path)| path).collect()
}

/// Takes a lock that ends with the program, however it ends; nothing if somebody has it.
pub fn lock(path: &Path) -> Result<Option<File>, JournalError> {
    let taken = || -> io::Result<Option<File>> {
        let file = private().create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    };
    taken().map_err(|error| JournalError::disk(path, &error))
}
