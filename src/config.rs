//! Settings as plain data, and what they are where nothing is said.
//!
//! Reads text that somebody else found; opens no file, knows no option and no environment. A key that does not exist is an
//! error with its line, since a misspelt `read_only` must not pass for one.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// The whole file. Every key may be missing.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the file")]
pub struct Config {
    /// Web address of a Proxy Service.
    pub proxy: Option<String>,
    /// Addresses of an Auth or a Proxy Service.
    pub auth_servers: Vec<String>,
    /// Identity file.
    pub identity: Option<String>,
    /// Root or leaf.
    pub cluster: Option<String>,
    /// Send no call that writes.
    pub read_only: bool,
    /// For how many seconds a verdict can be taken back.
    pub hold: u64,
    /// Keys bound anew: the name of a command, and one key or several.
    pub keys: BTreeMap<String, Keys>,
    /// No character beyond ASCII in frames and marks.
    pub ascii: bool,
    /// Fewest bytes.
    pub low_bandwidth: bool,
    /// Let the terminal move rows that scroll, by its scroll regions.
    pub scroll_regions: bool,
    /// Let the terminal hold back a large picture until all of it is there; by default wherever it is known to do good.
    pub synchronised_updates: Option<bool>,
    /// What holds for one cluster only.
    pub clusters: BTreeMap<String, Cluster>,
}

/// One key or several.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Keys {
    /// `q`
    One(String),
    /// `[q, Ctrl-x]`
    Several(Vec<String>),
}

/// What holds for one cluster only.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Cluster {
    /// How its name is toned in the header: `warn` for one where mistakes are dear.
    pub tone: Option<String>,
    /// Send no call that writes to it.
    pub read_only: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            proxy: None,
            auth_servers: Vec::new(),
            identity: None,
            cluster: None,
            read_only: false,
            hold: 5,
            keys: BTreeMap::new(),
            ascii: false,
            low_bandwidth: false,
            scroll_regions: true,
            synchronised_updates: None,
            clusters: BTreeMap::new(),
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(pub String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A file longer than this is none of ours.
const LONGEST: usize = 256 * 1024;

impl Config {
    /// Reads the text of a file. An empty one says nothing.
    ///
    /// # Errors
    /// What is wrong, and in which line.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(Error(format!("longer than {LONGEST} bytes")));
        }
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        serde_yaml::from_str(text).map_err(|error| Error(error.to_string()))
    }
}

impl Keys {
    /// The keys as they were written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(key) => std::slice::from_ref(key),
            Self::Several(keys) => keys.as_slice(),
        };
        all.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_the_default() {
        assert_eq!(Config::parse(""), Ok(Config::default()));
        assert_eq!(Config::parse("# all of it is optional\n"), Ok(Config::default()));
        assert_eq!(Config::default().hold, 5);
    }

    #[test]
    fn what_is_said_is_taken() {
        let text = "proxy: p.example.test\nhold: 10\nscroll_regions: false\nkeys: {approve: A, quit: [q, x]}\nclusters: {prod: {read_only: true}}\n";
        let config = Config::parse(text).expect("a configuration");
        assert_eq!(config.proxy.as_deref(), Some("p.example.test"));
        assert_eq!(config.keys["quit"].iter().collect::<Vec<_>>(), ["q", "x"]);
        assert!(config.clusters["prod"].read_only);
        assert!(!config.scroll_regions && Config::default().scroll_regions);
        assert_eq!(config.synchronised_updates, None);
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_line() {
        let error = Config::parse("proxy: x\nread_onyl: true\n").expect_err("no such key").to_string();
        assert!(error.contains("read_onyl") && error.contains("line 2"), "{error}");
    }
}
