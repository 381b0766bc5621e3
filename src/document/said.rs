//! The words of the YAML parser in words for people.
//!
//! The parser speaks of scalars and flow; a person wants to know which quote, bracket or indentation is wrong. What has no better
//! words keeps the parser's. Where the slip can be found in the lines, `syntax` says more than this.

/// A part of what the parser says, and what to say instead. The first that matches counts.
const SAID: &[(&str, &str)] = &[
    ("tab", "a tab cannot indent; use blanks"),
    ("byte order mark", "a byte order mark stands inside of the text; remove it"),
    ("found unexpected end of stream", "this quote is not closed"),
    ("found unexpected document indicator", "a quote above is not closed"),
    (
        "found invalid Unicode character escape",
        "this escape is half of a surrogate pair or no character at all; write the character itself",
    ),
    ("found unknown escape character", "unknown escape in double quotes; write \\\\ for a backslash, or use single quotes"),
    (
        "did not find expected hexadecimal",
        "this escape needs hexadecimal digits: two after \\x, four after \\u, eight after \\U",
    ),
    ("trailing content after double-quoted", "nothing may follow the closing quote; quotes inside of quotes are written \\\""),
    ("indentation in quoted scalar", "the text in quotes goes on too far to the left, or a quote above is not closed"),
    ("flow sequence, expected", "a [ is not closed, or a comma is missing before this"),
    (
        "flow mapping, did not find",
        "a { is not closed, or a comma is missing before this; a template such as {{internal.logins}} must be in quotes",
    ),
    ("misplaced bracket", "this bracket closes nothing"),
    ("indentation in flow construct", "a bracket above is not closed, or this line stands too far to the left"),
    ("did not find expected key", "this line is indented like nothing above it; align it with its neighbours"),
    ("did not find expected '-'", "this line is indented like nothing above it; in a list each item begins with a -"),
    ("invalid indentation", "this line is indented like nothing above it; align it with its neighbours"),
    ("wrongly indented line in block", "this line of the block is not indented as the first one"),
    (
        "mapping values are not allowed",
        "a colon is not expected here: text with a colon belongs in quotes, or the indentation is wrong",
    ),
    ("mapping keys are not allowed", "a key is not expected here; is the indentation right?"),
    ("illegal placement of ':'", "a colon is not expected here; text with a colon belongs in quotes"),
    ("block sequence entries are not allowed", "a list item cannot begin here; give it a line of its own"),
    ("simple key expect", "a colon is missing after this key, or the indentation is wrong"),
    ("unknown anchor", "this alias names no anchor above it; a text that begins with * belongs in quotes"),
    ("scanning an anchor or alias", "& and * begin anchors and aliases; put the text in quotes, as in '*': '*'"),
    ("node content", "a value is missing here"),
    ("plain scalar cannot start with '-'", "a bare word cannot begin like this; use quotes"),
    ("unexpected character", "a bare word cannot begin with this character; use quotes"),
    ("directive", "a line cannot begin with %; put it in quotes"),
    ("tag", "! begins a tag; put the text in quotes"),
    ("the handle wasn't declared", "! begins a tag; put the text in quotes"),
    ("recursion limit", "nested too deeply; no resource is"),
    ("comment or line break", "only a comment may follow the | or > that begins a block"),
];

/// A sentence for what the parser found.
pub fn said(info: &str) -> String {
    let known = SAID.iter().find(|(part, _)| info.contains(part)).map(|(_, said)| *said);
    format!("not YAML: {}", known.unwrap_or(info))
}
