//! App servers, one for each app on each host, and the dynamic apps from which agents make them.
//!
//! Nobody gets one by name: clients page through `ListResources` and narrow it by words, labels or a predicate. Only what the
//! caller's labels let them see is listed, silently.

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;
use tonic::Status;

use super::caller::Caller;
use super::cluster::Cluster;
use super::collection::Kind;
use super::defaults::check_name;
use super::route::Route;
use super::scale;
use crate::schema::Raw;
use crate::schema::method as call;
use crate::schema::proto::paginated_resource::Resource;
use crate::schema::proto::{
    AppList, DeleteApplicationServerRequest, Empty, ListResourcesRequest, ListResourcesResponse, PaginatedResource,
    ResourceRequest,
};
use crate::schema::types::{AppServerV3, AppV3, RoleConditions};
use crate::schema::wrappers::LabelValues;

impl Cluster {
    pub(super) fn offer_apps(&mut self, caller: &Caller, on: &mut Route) {
        on.unary(&call::LIST_RESOURCES, |wanted| self.list_resources(caller, &wanted));
        on.unary(&call::DELETE_APPLICATION_SERVER, |wanted| self.delete_app_server(caller, &wanted));
        on.unary(&call::GET_APPS, |_| self.get_apps(caller));
        on.unary(&call::GET_APP, |wanted: ResourceRequest| self.get_app(caller, &wanted.name));
        on.unary(&call::CREATE_APP, |sent: Raw| self.write_app(caller, sent.0, "create"));
        on.unary(&call::UPDATE_APP, |sent: Raw| self.write_app(caller, sent.0, "update"));
        on.unary(&call::DELETE_APP, |wanted: ResourceRequest| self.delete_app(caller, &wanted.name));
    }

    fn list_resources(&mut self, caller: &Caller, wanted: &ListResourcesRequest) -> Result<ListResourcesResponse, Status> {
        let of = wanted.resource_type.as_str();
        if of != "app_server" {
            return Err(Status::unimplemented(format!("resource type {of} does not support pagination")));
        }
        caller.may("app_server", &["list", "read"])?;
        let negative = |_| Status::invalid_argument(format!("negative page size {}", wanted.limit));
        let limit = usize::try_from(wanted.limit).map_err(negative)?;
        let limit = if limit == 0 { 1000 } else { limit };
        let asked = Asked::read(wanted)?;
        let unfiltered = asked.is_all() && caller.sees_all(app_labels);
        let keep = |bytes: &Bytes| unfiltered || opened(bytes).is_some_and(|app| asked.admits(&app) && may_see(caller, &app));
        let named =
            asked.name.as_deref().and_then(scale::app_server_named).filter(|key| self.get(Kind::AppServer, key).is_some());
        let (servers, next_key) = match named {
            // A made-up name says where it is; going through all the others would hold up everybody.
            Some(key) => (self.get(Kind::AppServer, &key).into_iter().filter(keep).collect(), String::new()),
            None => self.of(Kind::AppServer).page(&wanted.start_key, limit, self.now(), keep),
        };
        let servers = self.all_seen(Kind::AppServer, servers);
        let resources = servers.into_iter().map(|bytes| PaginatedResource { resource: Some(Resource::AppServer(bytes)) });
        Ok(ListResourcesResponse { resources: resources.collect(), next_key, total_count: 0 })
    }

    fn delete_app_server(&mut self, caller: &Caller, wanted: &DeleteApplicationServerRequest) -> Result<Empty, Status> {
        caller.may("app_server", &["delete"])?;
        let key = format!("{}/{}", wanted.host_id, wanted.name);
        if self.delete(Kind::AppServer, &key) {
            return Ok(Empty {});
        }
        Err(Status::not_found(format!("key \"/appServers/default/{key}\" is not found")))
    }

    fn get_apps(&self, caller: &Caller) -> Result<AppList, Status> {
        caller.may("app", &["list", "read"])?;
        let seen = |bytes: &Bytes| AppV3::decode(bytes.clone()).is_ok_and(|app| may_see(caller, &app));
        let apps = self.of(Kind::App).all(self.now()).map(|(_, bytes)| bytes);
        Ok(AppList { apps: apps.filter(seen).collect() })
    }

    fn get_app(&mut self, caller: &Caller, name: &str) -> Result<Raw, Status> {
        caller.may("app", &["read"])?;
        self.read(Kind::App, name).map(Raw).ok_or_else(|| Status::not_found(format!("\"app\" {name:?} does not exist")))
    }

    fn write_app(&mut self, caller: &Caller, sent: Bytes, verb: &str) -> Result<Empty, Status> {
        caller.may("app", &[verb])?;
        let mut app = AppV3::decode(sent).map_err(|error| Status::invalid_argument(error.to_string()))?;
        let metadata = app.metadata.get_or_insert_default();
        check_name(&metadata.name)?;
        match (verb, self.get(Kind::App, &metadata.name)) {
            ("create", Some(_)) => return Err(Status::already_exists(format!("app {:?} already exists", metadata.name))),
            ("update", None) => return Err(Status::not_found(format!("app {:?} doesn't exist", metadata.name))),
            _ => {}
        }
        metadata.labels.entry("teleport.dev/origin".to_owned()).or_insert_with(|| "dynamic".to_owned());
        if app.spec.as_ref().is_none_or(|spec| spec.uri.is_empty() && spec.cloud.is_empty()) {
            return Err(Status::invalid_argument("missing app URI"));
        }
        (app.kind, app.version) = ("app".to_owned(), "v3".to_owned());
        self.put(Kind::App, app.encode_to_vec().into()).map(|_| Empty {})
    }

    fn delete_app(&mut self, caller: &Caller, name: &str) -> Result<Empty, Status> {
        caller.may("app", &["delete"])?;
        if self.delete(Kind::App, name) { Ok(Empty {}) } else { Err(Status::not_found(format!("app {name:?} doesn't exist"))) }
    }
}

/// What a list is narrowed by. It looks at the app, not at the server around it.
#[derive(Debug, Default)]
struct Asked {
    name: Option<String>,
    labels: HashMap<String, String>,
    words: Vec<String>,
}

impl Asked {
    /// Of the predicate language: `name == "…"` and `labels["…"] == "…"`, joined by `&&`.
    fn read(wanted: &ListResourcesRequest) -> Result<Self, Status> {
        let mut asked = Self { name: None, labels: wanted.labels.clone(), words: Vec::new() };
        asked.words = wanted.search_keywords.iter().map(|word| word.to_lowercase()).collect();
        let clauses = wanted.predicate_expression.split("&&").map(str::trim).filter(|clause| !clause.is_empty());
        for clause in clauses {
            let unread = || Status::invalid_argument(format!("failed to parse predicate expression: {clause}"));
            let (what, value) = clause.split_once("==").ok_or_else(unread)?;
            let (what, value) = (what.trim(), value.trim().trim_matches('"').to_owned());
            let label = what.strip_prefix("labels[\"").and_then(|rest| rest.strip_suffix("\"]"));
            match (what, label.or_else(|| what.strip_prefix("labels."))) {
                ("name" | "resource.metadata.name", _) => asked.name = Some(value),
                (_, Some(label)) => drop(asked.labels.insert(label.to_owned(), value)),
                _ => return Err(unread()),
            }
        }
        Ok(asked)
    }

    fn is_all(&self) -> bool {
        self.name.is_none() && self.labels.is_empty() && self.words.is_empty()
    }

    fn admits(&self, app: &AppV3) -> bool {
        let metadata = app.metadata.clone().unwrap_or_default();
        let address = app.spec.as_ref().map(|spec| spec.public_addr.to_lowercase()).unwrap_or_default();
        let has = |word: &String| {
            let labels = metadata.labels.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
            let mut texts = labels.chain([metadata.name.as_str(), metadata.description.as_str(), address.as_str()]);
            texts.any(|text| text.to_lowercase().contains(word.as_str()))
        };
        self.name.as_ref().is_none_or(|name| *name == metadata.name)
            && self.labels.iter().all(|(key, value)| metadata.labels.get(key) == Some(value))
            && self.words.iter().all(has)
    }
}

fn opened(bytes: &Bytes) -> Option<AppV3> {
    AppServerV3::decode(bytes.clone()).ok()?.spec?.app
}

fn app_labels(conditions: &RoleConditions) -> Option<&LabelValues> {
    conditions.app_labels.as_ref()
}

fn may_see(caller: &Caller, app: &AppV3) -> bool {
    let labels = app.metadata.as_ref().map(|metadata| metadata.labels.clone()).unwrap_or_default();
    caller.sees(&labels, app_labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicates_are_read_or_refused() {
        let read =
            |text: &str| Asked::read(&ListResourcesRequest { predicate_expression: text.to_owned(), ..Default::default() });
        let asked = read(r#"name == "grafana" && labels["env"] == "prod""#).expect("both forms");
        assert_eq!(asked.name.as_deref(), Some("grafana"));
        assert_eq!(asked.labels.get("env").map(String::as_str), Some("prod"));
        assert!(read("").expect("nothing to narrow by").is_all());
        assert!(read("search(\"x\")").is_err());
    }
}
