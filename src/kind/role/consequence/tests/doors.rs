//! Who comes in where as what.

use super::{allow, deny, table};

#[test]
fn logins_and_labels_of_an_allow() {
    table(
        |lines| allow("v7", lines),
        &[
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a, b], node_labels: {env: prod}",
                &["gained: log in to nodes env=prod as b"],
                &["lost: log in to nodes env=prod as b"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {env: [prod, dev]}",
                &["gained: log in to nodes env=dev as a"],
                &["lost: log in to nodes env=dev as a"],
            ),
            (
                "logins: [a], node_labels: {env: prod, team: db}",
                "logins: [a], node_labels: {env: [prod, dev], team: db}",
                &["gained: log in to nodes env=dev team=db as a"],
                &["lost: log in to nodes env=dev team=db as a"],
            ),
            // A key that is dropped is a condition that anything passes.
            (
                "logins: [a], node_labels: {env: prod, team: db}",
                "logins: [a], node_labels: {env: prod}",
                &["!gained: log in to nodes env=prod as a (before only nodes env=prod team=db)"],
                &["lost: log in to nodes env=prod as a (still nodes env=prod team=db)"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {'*': '*'}",
                &["!gained: log in to all nodes as a (before only nodes env=prod)"],
                &["lost: log in to all nodes as a (still nodes env=prod)"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {env: '*'}",
                &["!gained: log in to nodes env=* as a (before only nodes env=prod)"],
                &["lost: log in to nodes env=* as a (still nodes env=prod)"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {env: '^.*$'}",
                &["!gained: log in to nodes env=^.*$ as a (before only nodes env=prod)"],
                &["lost: log in to nodes env=^.*$ as a (still nodes env=prod)"],
            ),
            // A key more is a condition more, whatever its value.
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {env: prod, team: '*'}",
                &["lost: log in to nodes env=prod as a (still nodes env=prod team=*)"],
                &["!gained: log in to nodes env=prod as a (before only nodes env=prod team=*)"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {env: 'prod*'}",
                &["gained: log in to nodes env=prod* as a (before only nodes env=prod)"],
                &["lost: log in to nodes env=prod* as a (still nodes env=prod)"],
            ),
            // One value for another.
            (
                "logins: [a], node_labels: {env: prod, team: db}",
                "logins: [a, b], node_labels: {env: dev, team: db}",
                &["gained: log in to nodes env=dev team=db as a, b", "lost: log in to nodes env=prod team=db as a"],
                &["gained: log in to nodes env=prod team=db as a", "lost: log in to nodes env=dev team=db as a, b"],
            ),
            // Other places and other people at once: each is named where it counts.
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a, root], node_labels: {env: [prod, dev]}",
                &["gained: log in to nodes env=dev as a, root", "gained: log in to nodes env=prod|dev as root"],
                &["lost: log in to nodes env=dev as a, root", "lost: log in to nodes env=prod|dev as root"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [b], node_labels: {'*': '*'}",
                &["!gained: log in to all nodes as b (before only nodes env=prod)", "lost: log in to nodes env=prod as a"],
                &["gained: log in to nodes env=prod as a", "lost: log in to all nodes as b (still nodes env=prod)"],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a], node_labels: {team: db}",
                &[
                    "gained: log in to nodes team=db as a (before only nodes env=prod)",
                    "lost: log in to nodes env=prod as a (still nodes team=db)",
                ],
                &[
                    "gained: log in to nodes env=prod as a (before only nodes team=db)",
                    "lost: log in to nodes team=db as a (still nodes env=prod)",
                ],
            ),
        ],
    );
}

#[test]
fn a_door_that_opens_or_shuts() {
    table(
        |lines| allow("v7", lines),
        &[
            (
                "",
                "logins: [a, root], node_labels: {env: prod}",
                &["gained: log in to nodes env=prod as a, root"],
                &["lost: log in to nodes env=prod as a, root"],
            ),
            (
                "",
                "node_labels: {env: prod}",
                &["gained: see nodes env=prod, with no login"],
                &["lost: see nodes env=prod, with no login"],
            ),
            (
                "",
                "node_labels: {'*': '*'}",
                &["!gained: see all nodes, with no login"],
                &["lost: see all nodes, with no login"],
            ),
            // Without a selector a login opens nothing.
            (
                "",
                "logins: [root]",
                &["changed: logins root: in vain, no label selects nodes"],
                &[&format!("changed: {}", super::super::UNTOLD)],
            ),
            (
                "logins: [a], node_labels: {env: prod}",
                "logins: [a]",
                &["lost: log in to nodes env=prod as a (no label selects them now)"],
                &["gained: log in to nodes env=prod as a"],
            ),
            // The order of a list and a value written twice are form.
            (
                "logins: [a, b], node_labels: {env: [x, z]}",
                "logins: [b, a, a], node_labels: {env: [z, x]}",
                &[&format!("changed: {}", super::super::UNTOLD)],
                &[&format!("changed: {}", super::super::UNTOLD)],
            ),
        ],
    );
}

#[test]
fn every_class_has_its_words() {
    table(
        |lines| allow("v8", lines),
        &[
            (
                "",
                "db_labels: {env: dev}, db_users: [u], db_names: ['*'], db_roles: [r]",
                &["!gained: use databases env=dev as u, databases named *, given the roles r"],
                &["lost: use databases env=dev as u, databases named *, given the roles r"],
            ),
            (
                "db_labels: {env: dev}, db_users: [u]",
                "db_labels: {env: dev}, db_users: [u, '*']",
                &["!gained: use databases env=dev as *"],
                &["lost: use databases env=dev as *"],
            ),
            (
                "app_labels: {env: dev}",
                "app_labels: {env: dev}, aws_role_arns: [arn1], azure_identities: [az], gcp_service_accounts: [g], mcp: {tools: ['*']}",
                &[
                    "!gained: open apps env=dev with MCP tools *",
                    "gained: open apps env=dev with AWS roles arn1",
                    "gained: open apps env=dev with Azure identities az",
                    "gained: open apps env=dev with GCP accounts g",
                ],
                &[
                    "lost: open apps env=dev with AWS roles arn1",
                    "lost: open apps env=dev with Azure identities az",
                    "lost: open apps env=dev with GCP accounts g",
                    "lost: open apps env=dev with MCP tools *",
                ],
            ),
            (
                "",
                "windows_desktop_labels: {env: dev}, windows_desktop_logins: [Administrator], desktop_groups: [g]",
                &["gained: log in to Windows desktops env=dev as Administrator, put into groups g"],
                &["lost: log in to Windows desktops env=dev as Administrator, put into groups g"],
            ),
            (
                "",
                "cluster_labels: {env: dev}",
                &["gained: reach leaf clusters env=dev"],
                &["lost: reach leaf clusters env=dev"],
            ),
            (
                "",
                "db_service_labels: {env: dev}",
                &["gained: see database services env=dev"],
                &["lost: see database services env=dev"],
            ),
            ("", "group_labels: {env: dev}", &["gained: use user groups env=dev"], &["lost: use user groups env=dev"]),
            (
                "",
                "workload_identity_labels: {env: dev}",
                &["gained: issue workload identities env=dev"],
                &["lost: issue workload identities env=dev"],
            ),
        ],
    );
}

#[test]
fn expressions_are_told_and_not_judged() {
    table(
        |lines| allow("v8", lines),
        &[
            (
                "logins: [a], node_labels_expression: 'labels[\"env\"] == \"dev\"'",
                "logins: [a], node_labels_expression: 'labels[\"env\"] == \"prod\"'",
                &[
                    "changed: log in to nodes where labels[\"env\"] == \"prod\" as a (before: nodes where labels[\"env\"] == \"dev\")",
                ],
                &[
                    "changed: log in to nodes where labels[\"env\"] == \"dev\" as a (before: nodes where labels[\"env\"] == \"prod\")",
                ],
            ),
            (
                "logins: [a], node_labels: {env: dev}, node_labels_expression: 'x'",
                "logins: [a], node_labels: {env: dev}",
                &["!gained: log in to nodes env=dev as a (before only nodes env=dev and where x)"],
                &["lost: log in to nodes env=dev as a (still nodes env=dev and where x)"],
            ),
            (
                "logins: [a], node_labels: {env: dev}",
                "logins: [a], node_labels_expression: 'true'",
                &["!gained: log in to all nodes as a (before only nodes env=dev)"],
                &["lost: log in to all nodes as a (still nodes env=dev)"],
            ),
        ],
    );
}

#[test]
fn a_ban_that_is_lifted_or_narrowed_widens() {
    table(
        |lines| deny("v7", lines),
        &[
            (
                "logins: [root]",
                "",
                &["!gained: denied no longer: log in to nodes as root"],
                &["lost: denied now: log in to nodes as root"],
            ),
            (
                "logins: [root, a]",
                "logins: [a]",
                &["!gained: denied no longer: log in to nodes as root"],
                &["lost: denied now: log in to nodes as root"],
            ),
            (
                "node_labels: {env: prod}",
                "",
                &["!gained: denied no longer: log in to nodes env=prod"],
                &["lost: denied now: log in to nodes env=prod"],
            ),
            (
                "node_labels: {env: [prod, dev]}",
                "node_labels: {env: prod}",
                &["!gained: denied no longer: log in to nodes env=dev (still denied: nodes env=prod)"],
                &["lost: denied now: log in to nodes env=dev"],
            ),
            (
                "node_labels: {env: prod}",
                "node_labels: {env: prod, team: db}",
                &["!gained: denied no longer: log in to nodes env=prod (still denied: nodes env=prod team=db)"],
                &["lost: denied now: log in to nodes env=prod"],
            ),
            (
                "node_labels: {'*': '*'}",
                "node_labels: {env: prod}",
                &["!gained: denied no longer: log in to all nodes (still denied: nodes env=prod)"],
                &["lost: denied now: log in to all nodes"],
            ),
            // In a deny either is enough, so an expression more bans more.
            (
                "node_labels: {env: prod}",
                "node_labels: {env: prod}, node_labels_expression: 'x'",
                &["lost: denied now: log in to nodes env=prod or where x"],
                &["!gained: denied no longer: log in to nodes env=prod or where x (still denied: nodes env=prod)"],
            ),
            // Which of two expressions bans more is not known: as careful as if it were less.
            (
                "db_labels_expression: 'x'",
                "db_labels_expression: 'y'",
                &[
                    "!gained: denied no longer: use databases where x (still denied: databases where y)",
                    "lost: denied now: use databases where y",
                ],
                &[
                    "!gained: denied no longer: use databases where y (still denied: databases where x)",
                    "lost: denied now: use databases where x",
                ],
            ),
            (
                "kubernetes_groups: [edit]",
                "",
                &["!gained: denied no longer: use Kubernetes clusters in groups edit"],
                &["lost: denied now: use Kubernetes clusters in groups edit"],
            ),
        ],
    );
}
