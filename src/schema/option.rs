//! Our YAML options, read once from the descriptors.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::{EnumDescriptor, ExtensionDescriptor, FieldDescriptor, Value};

use super::pool;

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

static OPTIONS: LazyLock<Named<u32, Yaml>> = LazyLock::new(|| {
    let extension = extension("portcullis.yaml");
    let mut options = Named::new();
    for field in pool().all_messages().flat_map(|message| message.fields().collect::<Vec<_>>()) {
        if field.options().has_extension(&extension) {
            let parent: &mut HashMap<_, _> = options.entry(field.parent_message().full_name().to_owned()).or_default();
            parent.insert(field.number(), read(&field.options().get_extension(&extension)));
        }
    }
    options
});

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

static SPELLINGS: LazyLock<Named<i32, String>> = LazyLock::new(|| {
    let extension = extension("portcullis.spelling");
    let mut spellings = Named::new();
    for value in pool().all_enums().flat_map(|parent| parent.values().collect::<Vec<_>>()) {
        if let Some(text) =
            value.options().get_extension(&extension).as_str().filter(|_| value.options().has_extension(&extension))
        {
            let parent: &mut HashMap<_, _> = spellings.entry(value.parent_enum().full_name().to_owned()).or_default();
            parent.insert(value.number(), text.to_owned());
        }
    }
    spellings
});

/// The option of a field; most have none.
#[must_use]
pub fn yaml(field: &FieldDescriptor) -> &'static Yaml {
    OPTIONS.get(field.parent_message().full_name()).and_then(|fields| fields.get(&field.number())).unwrap_or(&PLAIN)
}

/// The word for a number of a spelled enum, if it has one.
#[must_use]
pub fn spelling(parent: &EnumDescriptor, number: i32) -> Option<&'static str> {
    SPELLINGS.get(parent.full_name()).and_then(|values| values.get(&number)).map(String::as_str)
}

fn extension(name: &str) -> ExtensionDescriptor {
    pool().get_extension_by_name(name).expect("declared in proto/options.proto")
}

fn read(value: &Value) -> Yaml {
    let message = value.as_message().expect("the option is a message");
    let flag = |name: &str| message.get_field_by_name(name).and_then(|value| value.as_bool()).unwrap_or_default();
    let form = message.get_field_by_name("form").and_then(|value| value.as_enum_number()).unwrap_or_default();
    let text = |name: &str| {
        let value = message.get_field_by_name(name);
        value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    Yaml {
        form: match form {
            1 => Form::Duration,
            2 => Form::Nanoseconds,
            3 => Form::Labels,
            4 => Form::Traits,
            5 => Form::Bool,
            6 => Form::BoolOption,
            7 => Form::Spelled,
            _ => Form::Plain,
        },
        always: flag("always"),
        hidden: flag("hidden"),
        secret: flag("secret"),
        since: text("since"),
        pointer: flag("pointer"),
        means: text("means"),
        earliest: text("earliest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::message;

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
