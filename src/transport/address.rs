//! Addresses as people write them: with or without scheme, port, and brackets, and as Teleport's own settings hold them.

use std::fmt;

/// A host and perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Name or IP address, without brackets.
    pub host: String,
    /// Port, when one was written.
    pub port: Option<u16>,
}

impl Address {
    /// Reads `[scheme://]host[:port]`. What follows a comma is the SSH port that `tsh` allows there and does not matter here.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        let text = text.split(['/', ',']).next()?;
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']')?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        } else if text.matches(':').count() > 1 {
            (text, None)
        } else {
            text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)))
        };
        let port = match port {
            None | Some("") => None,
            Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        };
        let usable = !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
        usable.then(|| Self { host: host.to_owned(), port })
    }

    /// The same host with this port unless one was written.
    #[must_use]
    pub fn or_port(&self, port: u16) -> Self {
        Self { host: self.host.clone(), port: self.port.or(Some(port)) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_write_them() {
        for (text, host, port, shown) in [
            ("auth.example.test", "auth.example.test", None, "auth.example.test"),
            ("auth.example.test:3025", "auth.example.test", Some(3025), "auth.example.test:3025"),
            ("https://proxy:443/web", "proxy", Some(443), "proxy:443"),
            ("tcp://10.0.0.1:3025", "10.0.0.1", Some(3025), "10.0.0.1:3025"),
            ("[::1]:3025", "::1", Some(3025), "[::1]:3025"),
            ("::1", "::1", None, "[::1]"),
            ("proxy:3080,3023", "proxy", Some(3080), "proxy:3080"),
            (" proxy: ", "proxy", None, "proxy"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.host.as_str(), address.port, address.to_string().as_str()), (host, port, shown), "{text}");
        }
        for text in ["", ":3025", "host:port", "host:0", "host:70000", "a b", "[::1", "u@host", "[::1]3025"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }
}
