//! The objects of one resource type, serialised once: answers are slices of one buffer, so that
//! serving thousands of objects costs almost nothing.

use std::{fmt::Write as _, ops::Range};

use hyper::body::Bytes;
use serde_json::Value;

use super::{
    resources::Resource,
    selector::{FieldSelector, LabelSelector},
    status::Status,
    table::{self, Cell},
};

/// The resource version of every list: the objects do not change.
const RESOURCE_VERSION: &str = "48211";

/// One object of a [`List`].
#[derive(Debug)]
pub(super) struct Object {
    pub(super) namespace: String,
    pub(super) name: String,
    labels: Vec<(String, String)>,
    fields: Vec<(&'static str, String)>,
    /// The ranges of the object and of its metadata in the list's buffer.
    item: Range<usize>,
    metadata: Range<usize>,
    cells: Vec<Cell>,
}

/// All objects of one resource type of one cluster, sorted by namespace and name.
#[derive(Debug)]
pub(super) struct List {
    resource: Resource,
    /// The answer to a list of all objects: `{…,"items":[…]}`.
    whole: Bytes,
    objects: Vec<Object>,
}

/// Which objects of a list are requested.
#[derive(Debug, Default)]
pub(super) struct Query<'a> {
    pub(super) namespace: Option<&'a str>,
    pub(super) labels: LabelSelector,
    pub(super) fields: FieldSelector,
    /// Whether any selector was given.
    pub(super) selected: bool,
    /// The number of objects per page; 0 for all.
    pub(super) limit: usize,
    pub(super) cont: Option<&'a str>,
}

/// One page.
pub(super) struct Page<'a> {
    objects: Vec<&'a Object>,
    cont: Option<String>,
    remaining: usize,
}

/// What the rows of a table contain in addition to their cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Include {
    Metadata,
    Object,
    Nothing,
}

impl List {
    /// Takes objects without `kind` that begin with `metadata`, in any order.
    pub(super) fn new(resource: &Resource, mut values: Vec<Value>) -> List {
        values.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut buffer = head(resource, None, 0);
        let mut objects = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                buffer.push(b',');
            }
            objects.push(append(&mut buffer, resource, value));
        }
        buffer.extend_from_slice(b"]}");
        List { resource: resource.clone(), whole: buffer.into(), objects }
    }

    fn in_namespace(&self, namespace: Option<&str>) -> &[Object] {
        let Some(namespace) = namespace else { return &self.objects };
        let start = self.objects.partition_point(|object| object.namespace.as_str() < namespace);
        let end = self.objects.partition_point(|object| object.namespace.as_str() <= namespace);
        self.objects.get(start..end).unwrap_or_default()
    }

    pub(super) fn find(&self, namespace: &str, name: &str) -> Option<&Object> {
        let at = self
            .objects
            .binary_search_by(|object| {
                (object.namespace.as_str(), object.name.as_str()).cmp(&(namespace, name))
            })
            .ok()?;
        self.objects.get(at)
    }

    /// One object by itself, with its kind.
    pub(super) fn object(&self, object: &Object) -> Bytes {
        let mut out = Vec::with_capacity(object.item.len() + 64);
        self.write_object(&mut out, object);
        out.into()
    }

    /// The page of objects that a query asks for.
    pub(super) fn page(&self, query: &Query<'_>) -> Result<Page<'_>, Status> {
        let all = self.in_namespace(query.namespace);
        let start = match query.cont {
            Some(token) => {
                let (namespace, name) = read_token(token).ok_or_else(Status::expired)?;
                all.partition_point(|object| {
                    (object.namespace.as_str(), object.name.as_str())
                        <= (namespace.as_str(), name.as_str())
                })
            }
            None => 0,
        };
        let mut rest = all.get(start..).unwrap_or_default().iter().filter(|object| {
            !query.selected
                || query.labels.matches(&object.labels) && {
                    query.fields.matches(|field| object.field(field))
                }
        });
        let limit = if query.limit == 0 { usize::MAX } else { query.limit };
        let objects: Vec<&Object> = rest.by_ref().take(limit).collect();
        let remaining = rest.count();
        let last = objects.last().filter(|_| remaining > 0);
        let cont = last.map(|object| token(&object.namespace, &object.name));
        // With a selector the real server does not know how many objects remain.
        Ok(Page { objects, cont, remaining: if query.selected { 0 } else { remaining } })
    }

    /// A page as a list.
    pub(super) fn json(&self, page: &Page<'_>) -> Bytes {
        if page.objects.len() == self.objects.len() {
            return self.whole.clone();
        }
        let mut out = head(&self.resource, page.cont.as_deref(), page.remaining);
        out.reserve(page.objects.iter().map(|object| object.item.len() + 1).sum::<usize>() + 2);
        for (index, object) in page.objects.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(self.slice(&object.item));
        }
        out.extend_from_slice(b"]}");
        out.into()
    }

    /// A page as a `Table`; ages are relative to `now` (seconds since 1970).
    pub(super) fn table(&self, page: &Page<'_>, include: Include, now: i64) -> Bytes {
        self.rows(&page.objects, page.cont.as_deref(), page.remaining, include, now)
    }

    /// One object as a `Table`.
    pub(super) fn object_table(&self, object: &Object, include: Include, now: i64) -> Bytes {
        self.rows(&[object], None, 0, include, now)
    }

    fn rows(
        &self,
        objects: &[&Object],
        cont: Option<&str>,
        remaining: usize,
        include: Include,
        now: i64,
    ) -> Bytes {
        let mut out = br#"{"kind":"Table","apiVersion":"meta.k8s.io/v1","#.to_vec();
        list_metadata(&mut out, cont, remaining);
        out.extend_from_slice(b",\"columnDefinitions\":");
        out.extend_from_slice(table::columns(&self.resource).to_string().as_bytes());
        out.extend_from_slice(b",\"rows\":[");
        for (index, object) in objects.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"cells\":[");
            table::write_cells(&mut out, &object.cells, now);
            out.extend_from_slice(b"],\"object\":");
            match include {
                Include::Nothing => out.extend_from_slice(b"null"),
                Include::Object => self.write_object(&mut out, object),
                Include::Metadata => {
                    out.extend_from_slice(
                        br#"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"#,
                    );
                    out.extend_from_slice(self.slice(&object.metadata));
                    out.push(b'}');
                }
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
        out.into()
    }

    fn write_object(&self, out: &mut Vec<u8>, object: &Object) {
        let item = self.slice(&object.item);
        if self.resource.custom {
            out.extend_from_slice(item);
            return;
        }
        write_kind(out, &self.resource, "");
        // The item's own opening brace is omitted.
        out.extend_from_slice(item.get(1..).unwrap_or_default());
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.whole.get(range.clone()).unwrap_or_default()
    }
}

impl Object {
    fn field(&self, name: &str) -> &str {
        match name {
            "metadata.name" => &self.name,
            "metadata.namespace" => &self.namespace,
            _ => self.fields.iter().find(|(field, _)| *field == name).map_or("", |(_, v)| v),
        }
    }
}

fn key(value: &Value) -> (&str, &str) {
    let text = |field: &str| value["metadata"][field].as_str().unwrap_or_default();
    (text("namespace"), text("name"))
}

/// Writes `{"kind":"PodList","apiVersion":"v1",`, where `suffix` is `List`.
fn write_kind(out: &mut Vec<u8>, resource: &Resource, suffix: &str) {
    let group_version = resource.group_version();
    let kind = &resource.kind;
    out.extend_from_slice(
        format!("{{\"kind\":\"{kind}{suffix}\",\"apiVersion\":\"{group_version}\",").as_bytes(),
    );
}

fn list_metadata(out: &mut Vec<u8>, cont: Option<&str>, remaining: usize) {
    out.extend_from_slice(
        format!("\"metadata\":{{\"resourceVersion\":\"{RESOURCE_VERSION}\"").as_bytes(),
    );
    if let Some(cont) = cont {
        out.extend_from_slice(format!(",\"continue\":\"{cont}\"").as_bytes());
    }
    if remaining > 0 {
        out.extend_from_slice(format!(",\"remainingItemCount\":{remaining}").as_bytes());
    }
    out.push(b'}');
}

fn head(resource: &Resource, cont: Option<&str>, remaining: usize) -> Vec<u8> {
    let mut out = Vec::new();
    write_kind(&mut out, resource, "List");
    list_metadata(&mut out, cont, remaining);
    out.extend_from_slice(b",\"items\":[");
    out
}

fn append(buffer: &mut Vec<u8>, resource: &Resource, value: &Value) -> Object {
    let start = buffer.len();
    let mut metadata = start..start;
    if resource.custom {
        write_kind(buffer, resource, "");
    } else {
        buffer.push(b'{');
    }
    for (index, (name, part)) in value.as_object().into_iter().flatten().enumerate() {
        if index > 0 {
            buffer.push(b',');
        }
        // Writing JSON to memory cannot fail.
        let _ = serde_json::to_writer(&mut *buffer, name);
        buffer.push(b':');
        let from = buffer.len();
        let _ = serde_json::to_writer(&mut *buffer, part);
        if name == "metadata" {
            metadata = from..buffer.len();
        }
    }
    buffer.push(b'}');
    let (namespace, name) = key(value);
    let labels = value["metadata"]["labels"].as_object().into_iter().flatten();
    let labels = labels.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect();
    let fields = resource.fields.iter().map(|field| (*field, field_value(value, field))).collect();
    Object {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        labels,
        fields,
        item: start..buffer.len(),
        metadata,
        cells: table::cells(resource, value),
    }
}

fn field_value(value: &Value, field: &str) -> String {
    let path = match field {
        "source" => "source.component",
        other => other,
    };
    let found = path.split('.').fold(value, |value, part| &value[part]);
    match found {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The token for the next page: opaque to clients, here the last key in hexadecimal.
fn token(namespace: &str, name: &str) -> String {
    let plain = format!("{RESOURCE_VERSION}/{namespace}/{name}");
    plain.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The namespace and name after which to continue; `None` if this server did not create the token.
fn read_token(token: &str) -> Option<(String, String)> {
    let digits: Option<Vec<u32>> = token.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits?;
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    let plain = String::from_utf8(bytes?).ok()?;
    let mut parts = plain.splitn(3, '/');
    let (version, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
    (version == RESOURCE_VERSION).then(|| (namespace.to_owned(), name.to_owned()))
}
