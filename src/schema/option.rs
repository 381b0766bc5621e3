//! Our YAML options, read once from the descriptor set.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost::Message as _;
use prost_reflect::{EnumDescriptor, FieldDescriptor};

use super::generated::portcullis::{Form as Spelling, Yaml as Declared};

/// How a value is spelled where the type alone does not say it. The words are in `proto/options.proto`.
#[expect(missing_docs, reason = "proto/options.proto has the words")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Plain,
    Duration,
    Nanoseconds,
    Labels,
    Traits,
    Bool,
    BoolOption,
    Spelled,
}

/// What a YAML key alone does not say about a field.
#[expect(clippy::struct_excessive_bools, reason = "independent marks, as in proto/options.proto")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yaml {
    /// How the value is spelled.
    pub form: Form,
    /// Printed even when empty.
    pub always: bool,
    /// On the wire only.
    pub hidden: bool,
    /// Key material or a join secret.
    pub secret: bool,
    /// First major version that has the field; empty means v6 or older.
    pub since: String,
    /// Go holds a pointer: unset prints null, and null inside such a list is refused.
    pub pointer: bool,
    /// What the key says, in one line for a person; empty where nobody types it.
    pub means: String,
    /// It may have come as early as this, where `since` is only the first release that was seen to have it.
    pub earliest: String,
}

/// By name, then by number: asked with borrowed names at every field of every document, so the look-up allocates nothing.
type Named<N, T> = HashMap<String, HashMap<N, T>>;

#[derive(Default)]
struct Options {
    yaml: Named<u32, Yaml>,
    spellings: Named<i32, String>,
}

static OPTIONS: LazyLock<Options> = LazyLock::new(|| {
    let set = declared::Set::decode(super::SCHEMA).expect("the descriptor set was written by the same build");
    let mut options = Options::default();
    for file in set.file {
        options.messages(&file.package, file.message_type);
        options.enums(&file.package, file.enum_type);
    }
    options
});

impl Options {
    fn messages(&mut self, within: &str, messages: Vec<declared::Message>) {
        for message in messages {
            let name = full(within, &message.name);
            let options = message.field.into_iter().filter_map(|field| Some((field.number, field.options?.yaml?)));
            let options: HashMap<u32, Yaml> = options.map(|(number, yaml)| (number, read(yaml))).collect();
            self.messages(&name, message.nested_type);
            self.enums(&name, message.enum_type);
            if !options.is_empty() {
                self.yaml.insert(name, options);
            }
        }
    }

    fn enums(&mut self, within: &str, enums: Vec<declared::Enum>) {
        for spelled in enums {
            let words = spelled.value.into_iter().filter_map(|value| Some((value.number, value.options?.spelling?)));
            let words: HashMap<i32, String> = words.collect();
            if !words.is_empty() {
                self.spellings.insert(full(within, &spelled.name), words);
            }
        }
    }
}

fn full(within: &str, name: &str) -> String {
    if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") }
}

/// As much of a descriptor set as our options need. Asking the descriptors for them would draw in a second copy of protobuf's
/// own schema, a quarter of a megabyte of code.
mod declared {
    use crate::schema::generated::portcullis::Yaml;

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Set {
        #[prost(message, repeated, tag = "1")]
        pub file: Vec<File>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct File {
        #[prost(string, tag = "2")]
        pub package: String,
        #[prost(message, repeated, tag = "4")]
        pub message_type: Vec<Message>,
        #[prost(message, repeated, tag = "5")]
        pub enum_type: Vec<Enum>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Message {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(message, repeated, tag = "2")]
        pub field: Vec<Field>,
        #[prost(message, repeated, tag = "3")]
        pub nested_type: Vec<Self>,
        #[prost(message, repeated, tag = "4")]
        pub enum_type: Vec<Enum>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Field {
        #[prost(uint32, tag = "3")]
        pub number: u32,
        #[prost(message, optional, tag = "8")]
        pub options: Option<OfField>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct OfField {
        #[prost(message, optional, tag = "50100")]
        pub yaml: Option<Yaml>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Enum {
        #[prost(string, tag = "1")]
        pub name: String,
        #[prost(message, repeated, tag = "2")]
        pub value: Vec<Value>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Value {
        #[prost(int32, tag = "2")]
        pub number: i32,
        #[prost(message, optional, tag = "3")]
        pub options: Option<OfValue>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub struct OfValue {
        #[prost(string, optional, tag = "50101")]
        pub spelling: Option<String>,
    }
}

static PLAIN: Yaml = Yaml {
    form: Form::Plain,
    always: false,
    hidden: false,
    secret: false,
    since: String::new(),
    pointer: false,
    means: String::new(),
    earliest: String::new(),
};

/// The option of a field; most have none.
#[must_use]
pub fn yaml(field: &FieldDescriptor) -> &'static Yaml {
    OPTIONS.yaml.get(field.parent_message().full_name()).and_then(|fields| fields.get(&field.number())).unwrap_or(&PLAIN)
}

/// The word for a number of a spelled enum, if it has one.
#[must_use]
pub fn spelling(parent: &EnumDescriptor, number: i32) -> Option<&'static str> {
    OPTIONS.spellings.get(parent.full_name()).and_then(|values| values.get(&number)).map(String::as_str)
}

fn read(yaml: Declared) -> Yaml {
    Yaml {
        form: match yaml.form() {
            Spelling::Plain => Form::Plain,
            Spelling::Duration => Form::Duration,
            Spelling::Nanoseconds => Form::Nanoseconds,
            Spelling::Labels => Form::Labels,
            Spelling::Traits => Form::Traits,
            Spelling::Bool => Form::Bool,
            Spelling::BoolOption => Form::BoolOption,
            Spelling::Spelled => Form::Spelled,
        },
        always: yaml.always,
        hidden: yaml.hidden,
        secret: yaml.secret,
        since: yaml.since,
        pointer: yaml.pointer,
        means: yaml.means,
        earliest: yaml.earliest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{message, pool};

    #[test]
    fn options_survive_the_build() {
        let options = message("types.RoleOptions");
        let field = |name| options.get_field_by_name(name).expect("a field of roles");
        assert_eq!(yaml(&field("max_session_ttl")).form, Form::Duration);
        assert!(yaml(&field("pin_source_ip")).always);
        assert!(yaml(&field("require_session_mfa_before_v11")).hidden);
        assert_eq!(Yaml { means: String::new(), ..yaml(&field("max_sessions")).clone() }, PLAIN);
        let shell = yaml(&field("create_host_user_default_shell"));
        assert_eq!((shell.earliest.as_str(), shell.since.as_str()), ("v15", "v18"));
        let mode = pool().get_enum_by_name("types.CreateHostUserMode").expect("an enum of roles");
        assert_eq!(spelling(&mode, 4), Some("insecure-drop"));
        assert_eq!(spelling(&mode, 99), None);
    }
}
