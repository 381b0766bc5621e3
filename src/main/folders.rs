//! Where our files are: the configuration, and the state with its log, drafts and revisions, which nobody else may read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use portcullis::cli::Failure;
use portcullis::cli::arguments::Options;
use portcullis::config::Config;

/// Where our files are.
pub struct Folders {
    config: PathBuf,
    /// Log, drafts, verdicts, revisions.
    pub state: PathBuf,
}

/// A log that has grown longer than this begins anew.
const LONGEST_LOG: u64 = 4 << 20;

impl Folders {
    /// The platform's own.
    pub fn find() -> Self {
        match directories::ProjectDirs::from("", "", "portcullis") {
            Some(found) => Self {
                config: found.config_dir().to_owned(),
                state: found.state_dir().unwrap_or_else(|| found.data_local_dir()).to_owned(),
            },
            None => Self { config: PathBuf::from(".portcullis"), state: PathBuf::from(".portcullis") },
        }
    }

    /// What is configured: the file that was named, else ours, else nothing.
    pub fn config(&self, options: &Options) -> Result<Config> {
        let named = options.config.clone().or_else(|| std::env::var_os("PORTCULLIS_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| self.config.join("config.yaml"));
        let unusable = |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Config::parse(&text).map_err(|error| unusable(&error))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(Config::default()),
            Err(error) => Err(unusable(&error).into()),
        }
    }

    /// Logs to a file that nobody else may read, never to the terminal.
    pub fn log(&self, options: &Options) -> Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = options.log_file.clone().unwrap_or_else(|| self.state.join("log"));
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private_folder(folder)?;
        }
        let anew = fs::metadata(&path).is_ok_and(|meta| meta.len() > LONGEST_LOG);
        let file = OpenOptions::new().create(true).append(!anew).write(true).truncate(anew).mode(0o600).open(&path);
        let Ok(mut file) = file else { return Ok(()) };
        let _ = writeln!(file);
        let subscriber = tracing_subscriber::fmt()
            .with_writer(Arc::new(file))
            .with_ansi(false)
            .with_max_level(options.log_level)
            .log_internal_errors(false);
        let _ = tracing::subscriber::set_global_default(subscriber.finish());
        Ok(())
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
