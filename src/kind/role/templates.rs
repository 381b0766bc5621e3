//! What a new role may begin as. Each gives the least that serves its purpose, and names nothing by a wildcard.
//!
//! Version v7 is what every server still in use reads. None uses what only an Enterprise cluster takes.

use crate::kind::Template;

pub(super) const TEMPLATES: &[Template] = &[
    Template { name: "developer", about: "own environment, and may ask for production", text: DEVELOPER },
    Template { name: "administrator", about: "manages the cluster, reaches no servers", text: ADMINISTRATOR },
    Template { name: "auditor", about: "reads sessions and events, changes nothing", text: AUDITOR },
    Template { name: "access-plugin", about: "what a plugin that answers requests needs", text: ACCESS_PLUGIN },
    Template { name: "app-registrar", about: "registers applications and the agents that serve them", text: APP_REGISTRAR },
    Template { name: "api-reader", about: "an API client that reads one kind", text: API_READER },
    Template { name: "empty", about: "a role that gives nothing yet", text: EMPTY },
];

const DEVELOPER: &str = "\
kind: role
version: v7
metadata:
  name: developer
  description: Works in dev, may ask for production
spec:
  allow:
    # Which servers, as which logins: those that the user's traits name.
    node_labels:
      env: dev
    logins: ['{{internal.logins}}']
    app_labels:
      env: dev
    kubernetes_labels:
      env: dev
    kubernetes_groups: ['{{internal.kubernetes_groups}}']
    kubernetes_resources:
    - kind: pod
      namespace: dev
      name: '*'
      verbs: [get, list, watch]
    # Which roles may be asked for; somebody else answers.
    request:
      roles: [production-access]
      max_duration: 8h
  deny: {}
  options:
    max_session_ttl: 12h0m0s
    forward_agent: false
";

const ADMINISTRATOR: &str = "\
kind: role
version: v7
metadata:
  name: administrator
  description: Manages the cluster itself; reaches no servers, applications or databases
spec:
  allow:
    rules:
    - resources:
      - access_request
      - app
      - auth_connector
      - cluster_auth_preference
      - cluster_maintenance_config
      - cluster_networking_config
      - db
      - github
      - integration
      - kube_cluster
      - lock
      - node
      - oidc
      - remote_cluster
      - role
      - saml
      - session_recording_config
      - token
      - trusted_cluster
      - ui_config
      - user
      verbs: [list, create, read, update, delete]
    - resources: [app_server, db_server, event, instance, kube_server, session, session_tracker]
      verbs: [list, read]
    - resources: [cert_authority]
      verbs: [list, readnosecrets]
  deny: {}
  options:
    max_session_ttl: 8h0m0s
    forward_agent: false
";

const AUDITOR: &str = "\
kind: role
version: v7
metadata:
  name: session-auditor
  description: Reads recorded sessions and audit events, changes nothing
spec:
  allow:
    rules:
    - resources: [session, event]
      verbs: [list, read]
    - resources: [session_tracker]
      verbs: [list, read]
  deny: {}
  options:
    max_session_ttl: 8h0m0s
    forward_agent: false
";

const ACCESS_PLUGIN: &str = "\
kind: role
version: v7
metadata:
  name: access-plugin
  description: A plugin that shows access requests and answers them
spec:
  allow:
    rules:
    - resources: [access_request]
      verbs: [list, read, update]
  deny: {}
  options:
    max_session_ttl: 8h0m0s
    forward_agent: false
";

const APP_REGISTRAR: &str = "\
kind: role
version: v7
metadata:
  name: app-registrar
  description: Registers applications, and makes the tokens with which their agents join
spec:
  allow:
    # The labels of the applications it registers: it can touch no others.
    app_labels:
      team: web
    rules:
    - resources: [app_server]
      verbs: [list, read, delete]
    - resources: [app]
      verbs: [list, create, read, update, delete]
    - resources: [token]
      verbs: [list, create, read, update, delete]
    # So that its own certificates can be renewed, and nobody else's made.
    impersonate:
      users: [app-registrar]
      roles: [app-registrar]
  deny: {}
  options:
    max_session_ttl: 8h0m0s
    forward_agent: false
";

const API_READER: &str = "\
kind: role
version: v7
metadata:
  name: api-reader
  description: An API client that reads one kind
spec:
  allow:
    rules:
    - resources: [node]
      verbs: [list, read]
  deny: {}
  options:
    max_session_ttl: 1h0m0s
    forward_agent: false
";

const EMPTY: &str = "\
kind: role
version: v7
metadata:
  name: new-role
  description: what it is for
spec:
  allow:
    node_labels:
      env: dev
    logins: ['{{internal.logins}}']
    rules: []
  deny: {}
  options:
    max_session_ttl: 8h0m0s
";
