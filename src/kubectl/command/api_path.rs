//! Paths below an API server's root, as queries.

use super::{KindRef, ObjectRef, Read, Resource};
use crate::kubectl::name::Name;
use crate::kubectl::server::percent_encode;

/// Filters and paging of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// A label selector, in the API server's syntax.
    pub label_selector: Option<String>,
    /// A field selector.
    pub field_selector: Option<String>,
    /// At most this many objects in one answer; the rest follow by `continue_token`.
    pub limit: Option<u32>,
    /// Where the previous page ended.
    pub continue_token: Option<String>,
}

/// A path below the API server's root.
///
/// Stored as a query rather than as text, so that it can also be asked in another form where raw
/// paths do not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiPath(Query);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Query {
    Version,
    Readyz,
    List { resource: Resource, namespace: Option<Name>, query: ListQuery },
    Object { resource: Resource, namespace: Name, name: Name },
    Group { group: String },
    Resources { group: String, version: String },
    Scale { object: ObjectRef, version: String, plural: Name },
    Service { namespace: Name, service: Name, port: u16, path: String, parameters: Parameters },
}

/// Names of parameters with their values.
type Parameters = Vec<(String, String)>;

impl ApiPath {
    /// The server's version.
    pub fn version() -> Self {
        Self(Query::Version)
    }

    /// The server's readiness.
    pub fn readyz() -> Self {
        Self(Query::Readyz)
    }

    /// A list: of one namespace or of all.
    pub fn list(resource: Resource, namespace: Option<&Name>, query: &ListQuery) -> Self {
        Self(Query::List { resource, namespace: namespace.cloned(), query: query.clone() })
    }

    /// One object.
    pub fn object(resource: Resource, namespace: &Name, name: &Name) -> Self {
        Self(Query::Object { resource, namespace: namespace.clone(), name: name.clone() })
    }

    /// The versions of a kind's API group.
    pub(in crate::kubectl) fn group(kind: &KindRef) -> Self {
        Self(Query::Group { group: kind.group.clone() })
    }

    /// The resources of a kind's API group in a version.
    pub(in crate::kubectl) fn resources(kind: &KindRef, version: &str) -> Self {
        Self(Query::Resources { group: kind.group.clone(), version: version.to_owned() })
    }

    /// The `/scale` of an object whose kind has a known plural.
    pub(in crate::kubectl) fn scale(object: &ObjectRef, version: &str, plural: &Name) -> Self {
        Self(Query::Scale {
            object: object.clone(),
            version: version.to_owned(),
            plural: plural.clone(),
        })
    }

    /// A path of a Service's own HTTP API, through the API server's proxy: a GET, as every read.
    pub fn service(
        namespace: &Name,
        service: &Name,
        port: u16,
        path: &str,
        parameters: &[(&str, String)],
    ) -> Self {
        let owned = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
        Self(Query::Service {
            namespace: namespace.clone(),
            service: service.clone(),
            port,
            path: path.to_owned(),
            parameters: parameters.iter().map(owned).collect(),
        })
    }

    /// The same query without a raw path; `None` if kubectl has no such form.
    pub(in crate::kubectl) fn without_raw(&self) -> Option<Read> {
        match &self.0 {
            Query::Version => Some(Read::ServerVersion),
            Query::List { resource, namespace, query } => Some(Read::List {
                resource: *resource,
                namespace: namespace.clone(),
                query: query.clone(),
            }),
            Query::Object { resource, namespace, name } => Some(Read::Named {
                resource: *resource,
                namespace: namespace.clone(),
                name: name.clone(),
            }),
            Query::Scale { object, .. } => Some(Read::Scale(object.clone())),
            Query::Readyz
            | Query::Group { .. }
            | Query::Resources { .. }
            | Query::Service { .. } => None,
        }
    }

    /// The path as sent, percent-encoded.
    pub fn encoded(&self) -> String {
        match &self.0 {
            Query::Version => "/version".to_owned(),
            Query::Readyz => "/readyz".to_owned(),
            Query::List { resource, namespace, query } => {
                let mut path = collection(*resource, namespace.as_ref());
                query.append_to(&mut path);
                path
            }
            Query::Object { resource, namespace, name } => {
                let mut path = collection(*resource, Some(namespace));
                append_segment(&mut path, name.as_str());
                path
            }
            Query::Service { namespace, service, port, path: below, parameters } => {
                let mut path = "/api/v1/namespaces".to_owned();
                append_segment(&mut path, namespace.as_str());
                append_segment(&mut path, "services");
                append_segment(&mut path, service.as_str());
                path.push_str(&format!(":{port}"));
                append_segment(&mut path, "proxy");
                // Without `.` and `..`, which would lead out of the Service.
                let segments = below.split('/').filter(|it| !["", ".", ".."].contains(it));
                for segment in segments {
                    append_segment(&mut path, segment);
                }
                let pairs = parameters.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                append_parameters(&mut path, pairs);
                path
            }
            Query::Group { group } => {
                let mut path = "/apis".to_owned();
                append_segment(&mut path, group);
                path
            }
            Query::Resources { group, version } => {
                let mut path = "/apis".to_owned();
                append_segment(&mut path, group);
                append_segment(&mut path, version);
                path
            }
            Query::Scale { object: ObjectRef { kind, namespace, name }, version, plural } => {
                let mut path = "/apis".to_owned();
                let (namespace, name) = (namespace.as_str(), name.as_str());
                let plural = plural.as_str();
                for part in [&kind.group, version, "namespaces", namespace, plural, name, "scale"] {
                    append_segment(&mut path, part);
                }
                path
            }
        }
    }
}

fn collection(resource: Resource, namespace: Option<&Name>) -> String {
    let mut path = resource.group_path().to_owned();
    if let Some(namespace) = namespace {
        path.push_str("/namespaces");
        append_segment(&mut path, namespace.as_str());
    }
    append_segment(&mut path, resource.plural());
    path
}

fn append_segment(path: &mut String, segment: &str) {
    path.push('/');
    percent_encode(path, segment.as_bytes());
}

fn append_parameters<'a>(path: &mut String, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut separator = '?';
    for (key, value) in pairs {
        path.push(separator);
        path.push_str(key);
        path.push('=');
        percent_encode(path, value.as_bytes());
        separator = '&';
    }
}

impl ListQuery {
    fn append_to(&self, path: &mut String) {
        let limit = self.limit.map(|limit| limit.to_string());
        let pairs = [
            ("labelSelector", &self.label_selector),
            ("fieldSelector", &self.field_selector),
            ("limit", &limit),
            ("continue", &self.continue_token),
        ];
        let given = pairs.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?)));
        append_parameters(path, given);
    }
}
