//! What a server would refuse although the form is right, and what a person would regret.
//!
//! Looks at a document that was read, together with what is known about the cluster and about who is asking; with nothing known it
//! says what can go wrong somewhere. Sure refusals are errors, expressions that fail at use are warnings, the rest is advice.
//! Whatever `check` refuses already is not said again. One file a family of advice; nothing here changes a document.

mod age;
mod edition;
mod expression;
mod lockout;
mod owner;
mod refused;
mod regret;
mod rule;
mod source;
mod spent;
#[cfg(test)]
mod tests;
mod token;
mod version;

use prost_reflect::DynamicMessage;

pub use self::source::Source as Text;
use self::source::Source;
use super::check::at::At;
use super::node::Node;
use super::problem::Finding;

/// Which build of Teleport a cluster runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Free; refuses what needs a licence.
    Community,
    /// With a licence.
    Enterprise,
}

/// What is known about the cluster and about us. With nothing known, advice is what holds anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The edition, when connected.
    pub edition: Option<Edition>,
    /// The release of the Auth Service, when connected.
    pub version: Option<(u32, u32, u32)>,
    /// Who is asking, when their roles are known.
    pub me: Option<Me>,
}

/// Who would save it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Me {
    /// The names of one's roles.
    pub roles: Vec<String>,
    /// What all of them allow together.
    pub allow: Vec<Grant>,
    /// What all of them deny together.
    pub deny: Vec<Grant>,
}

/// One rule over Teleport's own resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// Which kinds, or `*`.
    pub resources: Vec<String>,
    /// Which verbs, or `*`.
    pub verbs: Vec<String>,
    /// Whether a condition narrows it.
    pub conditional: bool,
}

/// A document as it was read, and the message it makes.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    pub kind: &'a str,
    pub root: &'a Node,
    pub message: &'a DynamicMessage,
    /// What it was before; none for something new.
    pub base: Option<&'a DynamicMessage>,
}

/// Label selectors of roles and what they reach.
const SELECTORS: [(&str, &str); 9] = [
    ("node_labels", "server"),
    ("app_labels", "app"),
    ("kubernetes_labels", "Kubernetes cluster"),
    ("db_labels", "database"),
    ("db_service_labels", "database service"),
    ("windows_desktop_labels", "Windows desktop"),
    ("cluster_labels", "leaf cluster"),
    ("group_labels", "user group"),
    ("workload_identity_labels", "workload identity"),
];

/// Everything there is to say. `text` is the whole text that the positions count in.
pub fn advise(read: Read<'_>, source: &Source<'_>, around: &Circumstances, findings: &mut Vec<Finding>) {
    let top = At::top(read.message, read.root);
    refused::check(read, top, around, findings);
    owner::check(read, top, findings);
    age::check(read, around, findings);
    match read.kind {
        "role" => {
            let spec = top.sub("spec");
            expression::check(spec, source, findings);
            edition::role(spec, around, findings);
            rule::check(spec, findings);
            version::check(top, findings);
            spent::check(spec, findings);
            regret::check(spec, findings);
            lockout::check(read, top, around, findings);
        }
        "token" => {
            edition::token(top.sub("spec"), around, findings);
            token::check(read, top, findings);
        }
        _ => {}
    }
}
