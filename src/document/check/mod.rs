//! The rules a resource must keep beyond its types, as the client side of Teleport checks them.
//!
//! What the server alone refuses (names it reserves, features of an edition) is left to the server. Every rule names the place of
//! the value it is about.

use prost_reflect::DynamicMessage;

use super::problem::Finding;
use super::read::Node;

/// The rules for a new resource.
pub fn new(_kind: &str, _root: &Node, _message: &DynamicMessage, _findings: &mut Vec<Finding>) {}

/// The rules for an edited one: the version is the server's.
pub fn edit(_kind: &str, _root: &Node, _message: &DynamicMessage, _findings: &mut Vec<Finding>) {}
