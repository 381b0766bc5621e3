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
}

static OPTIONS: LazyLock<HashMap<(String, u32), Yaml>> = LazyLock::new(|| {
    let extension = extension("portcullis.yaml");
    let fields = pool().all_messages().flat_map(|message| message.fields().collect::<Vec<_>>());
    fields
        .filter(|field| field.options().has_extension(&extension))
        .map(|field| {
            let key = (field.parent_message().full_name().to_owned(), field.number());
            (key, read(&field.options().get_extension(&extension)))
        })
        .collect()
});

static PLAIN: Yaml = Yaml { form: Form::Plain, always: false, hidden: false, secret: false, since: String::new() };

static SPELLINGS: LazyLock<HashMap<(String, i32), String>> = LazyLock::new(|| {
    let extension = extension("portcullis.spelling");
    let values = pool().all_enums().flat_map(|parent| parent.values().collect::<Vec<_>>());
    values
        .filter(|value| value.options().has_extension(&extension))
        .filter_map(|value| {
            let text = value.options().get_extension(&extension).as_str()?.to_owned();
            Some(((value.parent_enum().full_name().to_owned(), value.number()), text))
        })
        .collect()
});

/// The option of a field; most have none.
#[must_use]
pub fn yaml(field: &FieldDescriptor) -> &'static Yaml {
    // The map is asked with an owned key: its cost shows only in the benchmark of a large document, see `document::codec`.
    OPTIONS.get(&(field.parent_message().full_name().to_owned(), field.number())).unwrap_or(&PLAIN)
}

/// The word for a number of a spelled enum, if it has one.
#[must_use]
pub fn spelling(parent: &EnumDescriptor, number: i32) -> Option<&'static str> {
    SPELLINGS.get(&(parent.full_name().to_owned(), number)).map(String::as_str)
}

fn extension(name: &str) -> ExtensionDescriptor {
    pool().get_extension_by_name(name).expect("declared in proto/options.proto")
}

fn read(value: &Value) -> Yaml {
    let message = value.as_message().expect("the option is a message");
    let flag = |name: &str| message.get_field_by_name(name).and_then(|value| value.as_bool()).unwrap_or_default();
    let form = message.get_field_by_name("form").and_then(|value| value.as_enum_number()).unwrap_or_default();
    let since = message.get_field_by_name("since");
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
        since: since.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default(),
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
        assert_eq!(yaml(&field("max_sessions")), &PLAIN);
        let mode = pool().get_enum_by_name("types.CreateHostUserMode").expect("an enum of roles");
        assert_eq!(spelling(&mode, 4), Some("insecure-drop"));
        assert_eq!(spelling(&mode, 99), None);
    }
}
