//! The folder where `tsh` keeps its logins, as every version since 6 lays it out. Read only, ever.
//!
//! One proxy is one settings file plus a folder of keys. There is one TLS certificate for each proxy, issued by the root cluster
//! even when a leaf is selected. Files are rewritten in place and not at once, so halves and mismatches are expected and named.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::certificate::Certificate;
use super::error::{Block, Error};
use super::files::Files;
use super::identity_file::{authorities, certificate_file, key_file};
use super::{Parts, Wanted};

/// What a profile knows about the way to its cluster. Keys this program has no use for are ignored, as newer ones must be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Name: the host of the proxy.
    #[serde(skip)]
    pub name: String,
    /// Web address of the proxy, which is also the one for TLS routing.
    pub web_proxy_addr: String,
    /// SSH address of the proxy.
    pub ssh_proxy_addr: String,
    /// Teleport user, and the stem of the file names.
    pub user: String,
    /// Selected cluster, root or leaf; absent in files of old versions.
    pub cluster: String,
    /// The proxy serves everything on one port.
    pub tls_routing_enabled: bool,
    /// A load balancer that ends TLS stands before the proxy; means something only together with `tls_routing_enabled`.
    pub tls_routing_conn_upgrade_required: bool,
    /// The other settings were never learnt.
    #[serde(rename = "missingclusterdetails")]
    pub missing_cluster_details: bool,
}

/// Finds and reads the profile that is wanted, or the current one.
pub(super) fn load(wanted: &Wanted, home: &Path, files: &mut Files) -> Result<(Parts, Profile), Error> {
    let name = choose(wanted, home, files)?;
    let path = settings(home, &name);
    let text = files.read(&path, None).map_err(|error| match error {
        Error::Missing { .. } => Error::NoProfile { home: home.to_owned(), name: name.clone() },
        other => other,
    })?;
    let bad = |reason: &str| Error::BadProfile { path: path.display().to_string(), reason: reason.to_owned() };
    let mut profile: Profile = serde_yaml::from_str(&text).map_err(|error| bad(&error.to_string()))?;
    if profile.web_proxy_addr.is_empty() {
        return Err(bad("it names no proxy"));
    }
    if !is_file_stem(&profile.user) {
        return Err(bad("it names no user"));
    }
    profile.name.clone_from(&name);
    let folder = home.join("keys").join(&name);
    let host_cas = host_cas(&folder, files)?;
    let (key_path, certificate_path) = pair(&folder, &profile.user, files);
    let certificate = certificate_file(&certificate_path, files)?;
    let key = key_file(&key_path, files)?;
    let (key_at, certificate_at) = (key_path.display().to_string(), certificate_path.display().to_string());
    Ok((Parts { key, certificate, host_cas, key_at, certificate_at }, profile))
}

/// A proxy that was named decides; then an address that happens to be a profile's; then the current profile.
fn choose(wanted: &Wanted, home: &Path, files: &mut Files) -> Result<String, Error> {
    if let Some(proxy) = &wanted.proxy {
        return Ok(host(proxy).to_owned());
    }
    let named = wanted.auth_servers.iter().map(|address| host(address));
    if let Some(name) = named.into_iter().find(|name| !name.is_empty() && settings(home, name).is_file()) {
        return Ok(name.to_owned());
    }
    let absent = || Error::Absent { home: home.to_owned(), auth_host: wanted.auth_host };
    let text = files.read(&home.join("current-profile"), None).map_err(|error| match error {
        Error::Missing { .. } | Error::Empty { .. } => absent(),
        other => other,
    })?;
    let name = text.trim();
    if is_file_stem(name) { Ok(name.to_owned()) } else { Err(absent()) }
}

/// Names become parts of paths; one that would lead out of the folder is none.
fn is_file_stem(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != ".."
}

fn settings(home: &Path, name: &str) -> PathBuf {
    home.join(format!("{name}.yaml"))
}

/// The host of `[scheme://]host[:port[,port]]`, brackets of IPv6 included only in the address.
fn host(address: &str) -> &str {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let address = address.split(['/', ',']).next().unwrap_or_default();
    if let Some(rest) = address.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    match address.matches(':').count() {
        1 => address.split(':').next().unwrap_or_default(),
        _ => address,
    }
}

/// Key and certificate by what is there. After an upgrade of `tsh` both layouts can stand side by side: then the certificate
/// that lives longer.
fn pair(folder: &Path, user: &str, files: &mut Files) -> (PathBuf, PathBuf) {
    let new = (folder.join(format!("{user}.key")), folder.join(format!("{user}.crt")));
    let old = (folder.join(user), folder.join(format!("{user}-x509.pem")));
    let whole = |(key, certificate): &(PathBuf, PathBuf)| Files::holds(key) && Files::holds(certificate);
    match (whole(&new), whole(&old)) {
        (true, true) => {
            let mut matching_end = |(key, certificate): &(PathBuf, PathBuf)| {
                let key = key_file(key, files).ok()?;
                let der = certificate_file(certificate, files).ok()?;
                super::matches(key.as_ref(), &der).ok().filter(|same| *same)?;
                Certificate::parse(&der).ok().map(|certificate| certificate.not_after)
            };
            let (new_end, old_end) = (matching_end(&new), matching_end(&old));
            if old_end > new_end { old } else { new }
        }
        (false, true) => old,
        (true, false) => new,
        // Neither is whole: the newer layout unless only pieces of the old one are there, so that the sentence names the right file.
        (false, false) if fs::exists(&old.1).unwrap_or(false) && !fs::exists(&new.1).unwrap_or(false) => old,
        (false, false) => new,
    }
}

/// All authorities the profile knows, of the root and of its leaves.
fn host_cas(folder: &Path, files: &mut Files) -> Result<Vec<super::HostCa>, Error> {
    let cas = folder.join("cas");
    let mut found = Vec::new();
    if cas.is_dir() {
        for path in files.below(&cas) {
            match authorities(&path, files) {
                Ok(of_one) => found.extend(of_one),
                // An empty file is one cluster being written; the others still serve.
                Err(Error::Empty { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        if found.is_empty() {
            return Err(Error::MissingBlock { path: cas.display().to_string(), block: Block::HostCa });
        }
        return Ok(found);
    }
    let certs = folder.join("certs.pem");
    found.extend(authorities(&certs, files)?);
    if found.is_empty() {
        return Err(Error::MissingBlock { path: certs.display().to_string(), block: Block::HostCa });
    }
    Ok(found)
}
