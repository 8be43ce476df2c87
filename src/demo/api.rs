//! Turns a request into an answer: routes and lists.

mod answer;
mod options;

use std::sync::{Arc, PoisonError, RwLock};

use hyper::{
    HeaderMap, Method, Response, StatusCode,
    body::Bytes,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
};
use serde_json::Value;

use super::{
    discovery,
    given::{Given, Objects},
    list::{List, Query},
    monitoring::Kept,
    resources::{Resource, Types},
    selector::{FieldSelector, LabelSelector},
    status::Status,
    world::{PodTarget, Role, Unreachable, World},
};

use answer::{document, found, json, not_found, text};
pub(super) use answer::{html, open, status};
pub(super) use options::Options;
use options::{parameter, percent_decode, wants_table};

/// A complete answer, before a fault changes it.
pub(super) type Answer = Response<Bytes>;

/// One cluster's API: its world, with each resource type serialised when it is first requested.
#[derive(Debug)]
pub(super) struct Api {
    /// `127.0.0.1:PORT`.
    address: String,
    /// The server's version, if not the default.
    version: Option<String>,
    types: Types,
    content: RwLock<Content>,
    lists: Vec<RwLock<Option<Arc<List>>>>,
}

/// The objects of a cluster.
#[derive(Debug)]
enum Content {
    World(World),
    Given(Objects),
}

/// What a path refers to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    Health,
    Version,
    Core,
    Groups,
    Group(String),
    Resources {
        group: String,
        version: String,
    },
    List {
        resource: usize,
        namespace: Option<String>,
    },
    Object {
        resource: usize,
        namespace: Option<String>,
        name: String,
    },
    Scale {
        resource: usize,
        namespace: String,
        name: String,
    },
    PortForward {
        resource: usize,
        namespace: String,
        name: String,
    },
    /// A path behind a Service; `service` is `name`, `name:port` or `scheme:name:port`.
    Proxy {
        resource: usize,
        namespace: String,
        service: String,
        path: String,
    },
    Unknown,
}

impl Route {
    /// Parses a percent-encoded path.
    pub(super) fn of(types: &Types, path: &str) -> Route {
        let Some(segments) = path
            .trim_start_matches('/')
            .split('/')
            .map(percent_decode)
            .collect::<Option<Vec<String>>>()
        else {
            return Route::Unknown;
        };
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let segments = segments.strip_suffix(&[""]).unwrap_or(&segments);
        match segments {
            ["readyz" | "livez" | "healthz", ..] => Route::Health,
            ["version"] => Route::Version,
            ["api"] => Route::Core,
            ["apis"] => Route::Groups,
            ["apis", group] => Route::Group((*group).to_owned()),
            ["api", version] => {
                Route::Resources { group: String::new(), version: (*version).to_owned() }
            }
            ["apis", group, version] => {
                Route::Resources { group: (*group).to_owned(), version: (*version).to_owned() }
            }
            ["api", version, rest @ ..] => Route::objects(types, "", version, rest),
            ["apis", group, version, rest @ ..] => Route::objects(types, group, version, rest),
            _ => Route::Unknown,
        }
    }

    fn objects(types: &Types, group: &str, version: &str, rest: &[&str]) -> Route {
        let find = |plural: &str| types.find(group, version, plural);
        let namespaced = |index: usize| types.get(index).is_some_and(|r| r.namespaced);
        let owned = |text: &str| text.to_owned();
        let (resource, namespace, rest) = match rest {
            ["namespaces", namespace, plural, rest @ ..] if *plural != "status" => {
                match find(plural).filter(|index| namespaced(*index)) {
                    Some(index) => (index, Some(owned(namespace)), rest),
                    None => return Route::Unknown,
                }
            }
            [plural, rest @ ..] => match find(plural) {
                Some(index) => (index, None, rest),
                None => return Route::Unknown,
            },
            [] => return Route::Unknown,
        };
        match rest {
            [] => Route::List { resource, namespace },
            // A namespaced object has no path without its namespace.
            _ if namespace.is_none() && namespaced(resource) => Route::Unknown,
            [name] | [name, "status"] => Route::Object { resource, namespace, name: owned(name) },
            [name, "scale"] if types.get(resource).is_some_and(|r| r.scale.is_some()) => {
                let namespace = namespace.unwrap_or_default();
                Route::Scale { resource, namespace, name: owned(name) }
            }
            [name, "portforward"] if types.get(resource).is_some_and(|r| r.kind == "Pod") => {
                let namespace = namespace.unwrap_or_default();
                Route::PortForward { resource, namespace, name: owned(name) }
            }
            [service, "proxy", rest @ ..]
                if types.get(resource).is_some_and(|r| r.kind == "Service") =>
            {
                let (namespace, path) = (namespace.unwrap_or_default(), rest.join("/"));
                let (service, path) = (owned(service), format!("/{path}"));
                Route::Proxy { resource, namespace, service, path }
            }
            _ => Route::Unknown,
        }
    }

    /// The requested API group.
    fn group<'a>(&'a self, types: &'a Types) -> Option<&'a str> {
        match self {
            Route::Group(group) | Route::Resources { group, .. } => Some(group),
            _ => self.resource(types).map(|resource| resource.group.as_str()),
        }
    }

    /// The resource type of the requested objects.
    pub(super) fn resource<'a>(&self, types: &'a Types) -> Option<&'a Resource> {
        match self {
            Route::List { resource, .. }
            | Route::Object { resource, .. }
            | Route::Scale { resource, .. }
            | Route::PortForward { resource, .. }
            | Route::Proxy { resource, .. } => types.get(*resource),
            _ => None,
        }
    }
}

impl Api {
    /// An API that serves a world.
    pub(super) fn of_world(address: String, world: World) -> Api {
        let types = Types::embedded(world.lacks());
        Api::new(address, None, types, Content::World(world))
    }

    /// An API that serves given objects.
    pub(super) fn of_given(address: String, given: Given) -> Api {
        let objects = Objects::new(&given.name, given.objects, &given.series);
        let types = objects.types(&given.scale_selectors);
        Api::new(address, given.version, types, Content::Given(objects))
    }

    fn new(address: String, version: Option<String>, types: Types, content: Content) -> Api {
        let lists = (0..types.len()).map(|_| RwLock::new(None)).collect();
        let api = Api { address, version, types, content: RwLock::new(content), lists };
        // Most clients list HPAs first: serialise them now, so that no request has to wait.
        if let Some(index) = api.types.find("autoscaling", "v2", "horizontalpodautoscalers") {
            api.list(index);
        }
        api
    }

    /// The resource types of this cluster.
    pub(super) fn types(&self) -> &Types {
        &self.types
    }

    fn list(&self, index: usize) -> Option<(&Resource, Arc<List>)> {
        let resource = self.types.get(index)?;
        if resource.is_measured() {
            let list = List::new(resource, self.objects(resource));
            return Some((resource, Arc::new(list)));
        }
        let place = self.lists.get(index)?;
        if let Some(list) = &*place.read().unwrap_or_else(PoisonError::into_inner) {
            return Some((resource, Arc::clone(list)));
        }
        let mut place = place.write().unwrap_or_else(PoisonError::into_inner);
        let list =
            place.get_or_insert_with(|| Arc::new(List::new(resource, self.objects(resource))));
        Some((resource, Arc::clone(list)))
    }

    /// All objects of a resource type.
    fn objects(&self, resource: &Resource) -> Vec<Value> {
        match &*self.content.read().unwrap_or_else(PoisonError::into_inner) {
            Content::World(world) if resource.is_measured() => world.pod_metrics(now()),
            Content::World(world) => world.objects(resource),
            Content::Given(objects) => objects.of(resource),
        }
    }

    /// What `read` makes of the series that were given.
    pub(super) fn with_given<T>(&self, read: impl FnOnce(&Kept) -> T) -> Option<T> {
        match &*self.content.read().unwrap_or_else(PoisonError::into_inner) {
            Content::World(_) => None,
            Content::Given(objects) => Some(read(&objects.series)),
        }
    }

    /// What `read` makes of the embedded world; `None` if the objects are given ones.
    pub(super) fn with_world<T>(&self, read: impl FnOnce(&World) -> T) -> Option<T> {
        match &*self.content.read().unwrap_or_else(PoisonError::into_inner) {
            Content::World(world) => Some(read(world)),
            Content::Given(_) => None,
        }
    }

    /// The target of a port-forward to a pod, or the server's refusal.
    pub(super) fn pod_target(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<PodTarget, Status> {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        let target = match &*content {
            Content::World(world) => world.pod_target(namespace, name),
            Content::Given(objects) => objects.pod_target(namespace, name),
        };
        target.map_err(|why| match why {
            Unreachable::NoSuchPod => Status::not_found(resource, name),
            Unreachable::Unscheduled => {
                Status::bad_request(format!("pod {name} does not have a host assigned"))
            }
        })
    }

    /// What answers behind a port of a Service, or the server's refusal.
    pub(super) fn service_role(
        &self,
        resource: &Resource,
        namespace: &str,
        service: &str,
    ) -> Result<Role, Status> {
        let parts: Vec<&str> = service.split(':').collect();
        let (name, port) = match parts.as_slice() {
            [name] => (*name, ""),
            [name, port] | ["http" | "", name, port] => (*name, *port),
            _ => {
                let what = format!("invalid service request {service:?}");
                return Err(Status::bad_request(what));
            }
        };
        let exists = self.types.find("", "v1", "services").and_then(|index| self.list(index));
        if exists.is_none_or(|(_, list)| list.find(namespace, name).is_none()) {
            return Err(Status::not_found(resource, name));
        }
        let role = match &*self.content.read().unwrap_or_else(PoisonError::into_inner) {
            Content::World(world) => world.service_role(namespace, name, port),
            Content::Given(objects) => Some(objects.service_role(name)),
        };
        role.ok_or_else(|| Status::no_endpoints(name))
    }

    /// Deletes a pod; in an embedded world a new one replaces it. Returns false if there is no pod
    /// of that name.
    pub(super) fn delete_pod(&self, namespace: &str, name: &str) -> bool {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        let deleted = match &mut *content {
            Content::World(world) => world.delete_pod(namespace, name, now()),
            Content::Given(objects) => objects.delete_pod(namespace, name),
        };
        drop(content);
        let pods = self.types.find("", "v1", "pods").and_then(|place| self.lists.get(place));
        if let Some(pods) = pods.filter(|_| deleted) {
            *pods.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        deleted
    }

    /// Answers a request. `query` is the raw query string.
    pub(super) fn answer(
        &self,
        method: &Method,
        route: &Route,
        query: &str,
        headers: &HeaderMap,
    ) -> Answer {
        if method != Method::GET && method != Method::HEAD {
            return status(&Status::method_not_allowed());
        }
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if route.group(&self.types).is_some_and(|group| self.types.lacks(group)) {
            return not_found();
        }
        match route {
            Route::Health => text(StatusCode::OK, "text/plain; charset=utf-8", "ok"),
            Route::Version => document(&discovery::version(self.version.as_deref())),
            Route::Core => self.discovery(accept, true),
            Route::Groups => self.discovery(accept, false),
            Route::Group(group) => found(discovery::group(group, &self.types)),
            Route::Resources { group, version } => {
                found(discovery::resource_list(&self.types, group, version))
            }
            Route::List { resource, namespace } => self
                .answer_list(*resource, namespace.as_deref(), query, accept)
                .unwrap_or_else(|error| status(&error)),
            Route::Object { resource, namespace, name } => self
                .answer_object(
                    *resource,
                    namespace.as_deref().unwrap_or_default(),
                    name,
                    query,
                    accept,
                )
                .unwrap_or_else(|error| status(&error)),
            Route::Scale { resource, namespace, name } => {
                self.answer_scale(*resource, namespace, name).unwrap_or_else(|error| status(&error))
            }
            // Port-forward and proxy have been answered before.
            Route::PortForward { .. } | Route::Proxy { .. } | Route::Unknown => not_found(),
        }
    }

    fn discovery(&self, accept: &str, core: bool) -> Answer {
        for option in accept.split(',') {
            if parameter(option, "as") != Some("APIGroupDiscoveryList") {
                continue;
            }
            if let Some(version @ ("v2" | "v2beta1")) = parameter(option, "v") {
                let mut answer = document(&discovery::aggregated(core, version, &self.types));
                let kind = format!(
                    "application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
                );
                if let Ok(kind) = HeaderValue::from_str(&kind) {
                    answer.headers_mut().insert(CONTENT_TYPE, kind);
                }
                return answer;
            }
        }
        document(&if core {
            discovery::api_versions(&self.address)
        } else {
            discovery::group_list(&self.types)
        })
    }

    fn answer_list(
        &self,
        index: usize,
        namespace: Option<&str>,
        query: &str,
        accept: &str,
    ) -> Result<Answer, Status> {
        let options = Options::parse(query);
        let Some((resource, list)) = self.list(index) else { return Ok(not_found()) };
        let cont = options.get("continue");
        let version = options.get("resourceVersion");
        if cont.is_some() && version.is_some_and(|version| version != "0") {
            return Err(Status::bad_request(
                "specifying resource version is not allowed when using continue",
            ));
        }
        let labels = options.get("labelSelector").unwrap_or_default();
        let fields = options.get("fieldSelector").unwrap_or_default();
        // Resource version 0 is served from the watch cache, which has no pages.
        let limit = if resource.is_measured() || version == Some("0") && cont.is_none() {
            None
        } else {
            options.get("limit")
        };
        let page = list.page(&Query {
            namespace,
            labels: LabelSelector::parse(labels).map_err(Status::bad_request)?,
            fields: FieldSelector::parse(fields, resource.fields).map_err(Status::bad_request)?,
            selected: !labels.is_empty() || !fields.is_empty(),
            limit: limit.and_then(|limit| limit.parse().ok()).unwrap_or(0),
            cont,
        })?;
        Ok(json(if wants_table(accept) {
            list.table(&page, options.include(), now())
        } else {
            list.json(&page)
        }))
    }

    fn answer_object(
        &self,
        index: usize,
        namespace: &str,
        name: &str,
        query: &str,
        accept: &str,
    ) -> Result<Answer, Status> {
        let Some((resource, list)) = self.list(index) else { return Ok(not_found()) };
        let object = list.find(namespace, name).ok_or_else(|| Status::not_found(resource, name))?;
        Ok(json(if wants_table(accept) {
            list.object_table(object, Options::parse(query).include(), now())
        } else {
            list.object(object)
        }))
    }

    fn answer_scale(&self, index: usize, namespace: &str, name: &str) -> Result<Answer, Status> {
        let Some((resource, list)) = self.list(index) else { return Ok(not_found()) };
        let object = list.find(namespace, name).ok_or_else(|| Status::not_found(resource, name))?;
        let object = serde_json::from_slice(&list.object(object)).unwrap_or_default();
        Ok(found(resource.scale.as_ref().map(|scale| scale.of(&object))))
    }
}

/// Whether the request is a watch. Watches never receive an event.
pub(super) fn is_watch(method: &Method, route: &Route, query: &str) -> bool {
    method == Method::GET
        && matches!(route, Route::List { .. })
        && Options::parse(query).is_set("watch")
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
