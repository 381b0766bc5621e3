//! Stand-in until the document floor is merged: the names others compile against.
#![expect(missing_docs, clippy::missing_errors_doc, reason = "replaced by the merge")]
use bytes::Bytes;
#[derive(Clone, PartialEq, Debug)]
pub struct Resource {
    kind: String,
    bytes: Bytes,
}
#[derive(Clone, PartialEq, Debug)]
pub struct Malformed(pub String);
#[derive(Clone, PartialEq, Debug)]
pub struct Unprintable(pub String);
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    Error,
    Advice,
}
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub line: usize,
    pub column: usize,
    pub severity: Severity,
    pub text: String,
}
impl Resource {
    pub fn from_bytes(kind: &str, bytes: Bytes) -> Result<Self, Malformed> {
        Ok(Self { kind: kind.to_owned(), bytes })
    }
    pub fn parse(_text: &str) -> Result<Self, Vec<Problem>> {
        Err(Vec::new())
    }
    pub fn kind(&self) -> &str {
        &self.kind
    }
    pub fn version(&self) -> &str {
        ""
    }
    pub fn name(&self) -> &str {
        ""
    }
    pub fn revision(&self) -> &str {
        ""
    }
    pub fn labels(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    pub fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
    pub fn to_yaml(&self) -> Result<String, Unprintable> {
        Err(Unprintable(String::new()))
    }
    pub fn to_json(&self) -> Result<serde_json::Value, Unprintable> {
        Err(Unprintable(String::new()))
    }
    pub fn patched(&self, _text: &str) -> Result<Self, Vec<Problem>> {
        Err(Vec::new())
    }
    pub fn problems(&self, _text: &str) -> Vec<Problem> {
        Vec::new()
    }
    pub fn hidden(&self) -> Vec<String> {
        Vec::new()
    }
    pub fn lost_hidden(&self, _edited: &Self) -> Vec<String> {
        Vec::new()
    }
    #[must_use]
    pub fn with_name(&self, _name: &str) -> Self {
        self.clone()
    }
    #[must_use]
    pub fn with_revision(&self, _revision: &str) -> Self {
        self.clone()
    }
}
pub fn problems(_text: &str) -> Vec<Problem> {
    Vec::new()
}
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    Same,
    Removed,
    Added,
}
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub sign: Sign,
    pub text: String,
    pub old: Option<usize>,
    pub new: Option<usize>,
}
pub fn diff(_old: &str, _new: &str) -> Vec<Line> {
    Vec::new()
}
