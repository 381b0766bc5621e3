//! The person's own editor on a text of ours.
//!
//! The text lies in a private folder, readable by nobody else. It is removed when all went well and kept when not, because an
//! editor that fails must not take somebody's work with it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// Longer than any document we would read.
const LONGEST: u64 = 4 << 20;

/// An editor at work on a text of ours.
#[derive(Clone, Debug)]
pub struct Outside {
    path: PathBuf,
    editor: String,
    /// Whether there was anything to lose.
    had_text: bool,
}

impl Outside {
    /// Starts `$VISUAL`, `$EDITOR` or `vi` on a text.
    ///
    /// # Errors
    /// In words: that it could not be started, and where the text is.
    pub fn begin(text: &str, editor: &str, folder: &Path) -> Result<(Self, Child), String> {
        let path = lay_out(text, folder)
            .map_err(|error| format!("the text could not be laid out in {}: {error}", folder.display()))?;
        // The shell reads the variable as people write it, `code --wait` for one; the path is handed over beside it.
        let child = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg(editor).arg(&path).spawn();
        let outside = Self { path, editor: editor.to_owned(), had_text: !text.trim().is_empty() };
        match child {
            Ok(child) => Ok((outside, child)),
            Err(error) => Err(format!("sh cannot be started: {error}; {}", outside.kept())),
        }
    }

    /// Waits until it is done and answers with what it left.
    ///
    /// # Errors
    /// In words: that it failed, and where the text is.
    pub fn finish(&self, mut child: Child) -> Result<String, String> {
        match child.wait() {
            Err(error) => Err(format!("it cannot be waited for: {error}; {}", self.kept())),
            Ok(status) if !status.success() => Err(format!("{:?} ended with {status}; {}", self.editor, self.kept())),
            Ok(_) => {
                let left = self.left()?;
                let _ = fs::remove_file(&self.path);
                Ok(left)
            }
        }
    }

    /// The text as it lies in the file now.
    ///
    /// # Errors
    /// In words: that there is none, and where it should be.
    pub fn left(&self) -> Result<String, String> {
        let left = read_back(&self.path).map_err(|error| format!("what it left cannot be read: {error}; {}", self.kept()))?;
        if left.trim().is_empty() && self.had_text {
            return Err(format!("{:?} left nothing; {}", self.editor, self.kept()));
        }
        Ok(left)
    }

    fn kept(&self) -> String {
        format!("your text is kept in {}", self.path.display())
    }
}

fn lay_out(text: &str, folder: &Path) -> io::Result<PathBuf> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for number in 0..1_000_u32 {
        let path = folder.join(format!("edit-{}-{number}.yaml", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => return file.write_all(text.as_bytes()).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("a thousand texts lie there already"))
}

fn read_back(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LONGEST { Err(io::Error::other("longer than four megabytes")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(text: &str, editor: &str, folder: &Path) -> Result<String, String> {
        let (outside, child) = Outside::begin(text, editor, folder)?;
        outside.finish(child)
    }

    #[test]
    fn what_the_editor_leaves_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let edited = edit("kind: role\n", "printf 'more\\n' >>", folder.path());
        assert_eq!(edited.as_deref(), Ok("kind: role\nmore\n"));
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0, "nothing is left behind");
    }

    #[test]
    fn a_failed_editor_costs_no_text() {
        let folder = tempfile::tempdir().expect("a folder");
        for editor in ["false", "no-such-editor-anywhere", "true >"] {
            let error = edit("precious\n", editor, folder.path()).expect_err("it failed");
            assert!(error.contains("kept in"), "{error}");
        }
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 3);
    }
}
