//! Tokens built by hand: which names are secrets, and where a token lives.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use prost::Message as _;

use super::{Source, TOKENS, Token, concern, item};
use crate::api::Caller;
use crate::document::Resource;
use crate::kind::{Concern, Context, wire};
use crate::resource::Strings;
use crate::schema::types::{
    Metadata, ProvisionTokenSpecV2, ProvisionTokenSpecV2BoundKeypair, ProvisionTokenSpecV2BoundKeypairOnboardingSpec,
    ProvisionTokenSpecV2GitHub, ProvisionTokenSpecV2GitHubRule, ProvisionTokenV2,
};

const NAME: &str = "correct-horse-battery-staple";

fn token(method: &str, role: &str) -> ProvisionTokenV2 {
    let metadata = Metadata { name: NAME.to_owned(), revision: "r".to_owned(), ..Metadata::default() };
    let spec = ProvisionTokenSpecV2 {
        roles: vec![role.to_owned()],
        join_method: method.to_owned(),
        ..ProvisionTokenSpecV2::default()
    };
    ProvisionTokenV2 { metadata: Some(metadata), spec: Some(spec), ..ProvisionTokenV2::default() }
}

fn statik(method: &str, change: impl FnOnce(&mut Metadata)) -> Token {
    let mut token = Token::from(token(method, "Node"));
    token.metadata.revision.clear();
    change(&mut token.metadata);
    token
}

/// The page as one text.
fn page(token: &ProvisionTokenV2) -> String {
    let resource = Resource::from_bytes("token", Bytes::from(token.encode_to_vec())).expect("a token");
    let page = (TOKENS.detail)(&resource, &Context { now: UNIX_EPOCH, caller: &Caller::default() });
    let lines = page.sections.iter().flat_map(|section| &section.lines);
    lines.fold(page.title.clone(), |text, line| format!("{text}\n{} {}", line.key, line.text()))
}

#[test]
fn the_name_is_the_secret_where_the_method_is_none() {
    for (method, role, secret) in [
        ("token", "Node", true),
        ("", "Node", true),
        ("iam", "Node", false),
        ("github", "Bot", false),
        ("bound_keypair", "Bot", false),
        ("a-method-of-v25", "Node", false),
        ("iam", "Signup", true),
    ] {
        let token = Token::from(token(method, role));
        assert_eq!(token.is_secret(), secret, "{method} {role}");
        assert_eq!(token.label().contains("horse"), !secret);
        assert_eq!(token.reference().is_secret(), secret);
    }
}

#[test]
fn static_tokens_are_known_by_what_they_lack() {
    let labelled = |metadata: &mut Metadata| {
        metadata.labels.insert("teleport.dev/origin".to_owned(), "config-file".to_owned());
    };
    let endless = |metadata: &mut Metadata| metadata.expires = Some(prost_types::Timestamp::default());
    let of_v18 = statik("token", |metadata| {
        labelled(metadata);
        endless(metadata);
    });
    assert_eq!((of_v18.source(), of_v18.expires()), (Source::Static, None));
    assert_eq!(statik("token", endless).source(), Source::Static);
    assert_eq!(statik("iam", labelled).source(), Source::Static);
    assert!(statik("iam", labelled).is_secret(), "whatever it says of itself");
    assert_eq!(statik("token", |_| ()).source(), Source::Provision, "a server before v14 has no revisions");
    assert_eq!(Token::from(token("token", "Signup")).source(), Source::User);
}

#[test]
fn a_page_tells_the_rules_and_no_secret() {
    let mut github = token("github", "Bot");
    let rule = ProvisionTokenSpecV2GitHubRule {
        repository: "acme/site".to_owned(),
        environment: "prod".to_owned(),
        ..ProvisionTokenSpecV2GitHubRule::default()
    };
    let block = ProvisionTokenSpecV2GitHub {
        allow: vec![rule],
        static_jwks: "eyJrZXlz".to_owned(),
        ..ProvisionTokenSpecV2GitHub::default()
    };
    github.spec.as_mut().expect("a spec").github = Some(block);
    let text = page(&github);
    assert!(text.contains("environment prod, repository acme/site"), "{text}");
    assert!(!text.contains("eyJ"), "{text}");

    let mut bound = token("bound_keypair", "Bot");
    let onboarding = ProvisionTokenSpecV2BoundKeypairOnboardingSpec {
        registration_secret: "hunter2hunter2".to_owned(),
        ..ProvisionTokenSpecV2BoundKeypairOnboardingSpec::default()
    };
    let block =
        ProvisionTokenSpecV2BoundKeypair { onboarding: Some(onboarding), ..ProvisionTokenSpecV2BoundKeypair::default() };
    bound.spec.as_mut().expect("a spec").bound_keypair = Some(block);
    let text = page(&bound);
    assert!(!text.contains("hunter2") && text.contains("registration_secret set"), "{text}");

    let text = page(&token("token", "Node"));
    assert!(!text.contains("horse") && text.contains("the name is the secret"), "{text}");
}

#[test]
fn a_token_that_ends_within_the_hour_concerns() {
    let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
    let ends = |seconds: u64| {
        let mut token = token("token", "Node");
        let end = now + Duration::from_secs(seconds);
        token.metadata.as_mut().expect("metadata").expires = Some(wire::stamp(end));
        (concern(&item("token", &token.encode_to_vec(), &mut Strings::default()).expect("a token"), now), end)
    };
    let (soon, end) = ends(1_800);
    assert_eq!(soon, Some(Concern::Ends(end, "token")));
    assert_eq!(ends(7_200).0, None);
}
