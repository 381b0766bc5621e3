//! What a new token may begin as. Where the name is the secret it is made when the token is, and never typed.
//!
//! Every one has an end: a token that nobody takes away is the one that is found.

use crate::kind::Template;

/// What stands for a name that is made at random.
pub(super) const RANDOM_NAME: &str = "a-random-name-when-saved";

pub(super) const TEMPLATES: &[Template] = &[
    Template { name: "server", about: "one hour for agents of SSH servers", text: SERVER },
    Template { name: "app-agent", about: "one hour for agents that serve applications", text: APP_AGENT },
    Template { name: "leaf-cluster", about: "one hour for a leaf cluster, which gets these labels", text: LEAF },
    Template { name: "kubernetes", about: "pods of a Kubernetes cluster, by their service account", text: KUBERNETES },
    Template { name: "iam", about: "machines in an AWS account, without a shared secret", text: IAM },
    Template { name: "github", about: "a bot in the workflows of a GitHub repository", text: GITHUB },
];

// The names in these texts are `RANDOM_NAME`; a test holds them to it.

const SERVER: &str = "\
kind: token
version: v2
metadata:
  # This name is replaced by a random one, shown once when it is made.
  name: a-random-name-when-saved
  expires: \"@1h@\"
spec:
  join_method: token
  roles: [Node]
  # Labels that whatever joins by it is given.
  suggested_labels:
    env: dev
";

const APP_AGENT: &str = "\
kind: token
version: v2
metadata:
  # This name is replaced by a random one, shown once when it is made.
  name: a-random-name-when-saved
  expires: \"@1h@\"
spec:
  join_method: token
  roles: [App]
  # The labels of the dynamic apps that its agents serve.
  suggested_agent_matcher_labels:
    team: web
";

const LEAF: &str = "\
kind: token
version: v2
metadata:
  # This name is replaced by a random one, shown once when it is made.
  name: a-random-name-when-saved
  expires: \"@1h@\"
  # Labels of the leaf cluster that joins by it.
  labels:
    env: prod
    region: eu
spec:
  join_method: token
  roles: [Trusted_cluster]
";

const KUBERNETES: &str = "\
kind: token
version: v2
metadata:
  name: kube-agent
  expires: \"@30d@\"
spec:
  join_method: kubernetes
  roles: [Kube, App]
  kubernetes:
    type: in_cluster
    allow:
    - service_account: teleport:teleport-kube-agent
";

const IAM: &str = "\
kind: token
version: v2
metadata:
  name: aws-servers
  expires: \"@30d@\"
spec:
  join_method: iam
  roles: [Node]
  allow:
  - aws_account: \"111122223333\"
    aws_arn: arn:aws:sts::111122223333:assumed-role/teleport-node/i-*
";

const GITHUB: &str = "\
kind: token
version: v2
metadata:
  name: github-deploy
  expires: \"@30d@\"
spec:
  join_method: github
  roles: [Bot]
  bot_name: deploy
  github:
    allow:
    - repository: acme/web
      environment: production
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_name_is_never_in_a_template() {
        for template in TEMPLATES {
            let secret = template.text.contains("join_method: token\n");
            let made = template.text.contains(&format!("\n  name: {RANDOM_NAME}\n"));
            assert_eq!(secret, made, "{}", template.name);
        }
    }
}
