//! Errors worded like the API server's: `Status` objects, from which kubectl builds its messages.

use serde_json::{Map, Value, json};

use super::resources::Resource;

/// The user of the demo's credentials.
pub(super) const USER: &str = "reader";

/// An error answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Status {
    pub(super) code: u16,
    reason: &'static str,
    message: String,
    details: Map<String, Value>,
}

impl Status {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Status {
        Status { code, reason, message: message.into(), details: Map::new() }
    }

    /// The body as the server writes it.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        });
        if !self.reason.is_empty() {
            body["reason"] = json!(self.reason);
        }
        if !self.details.is_empty() {
            body["details"] = Value::Object(self.details.clone());
        }
        body["code"] = json!(self.code);
        body
    }

    /// The value of the `Retry-After` header in seconds, if the server sends one.
    pub(super) fn retry_after(&self) -> Option<u64> {
        (self.code == 429).then_some(1)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Status {
        Status::new(400, "BadRequest", message)
    }

    pub(super) fn expired() -> Status {
        Status::new(
            410,
            "Expired",
            "The provided continue parameter is too old to display a consistent list result. You \
             can start a new list without the continue parameter.",
        )
    }

    pub(super) fn method_not_allowed() -> Status {
        Status::new(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
    }

    pub(super) fn not_found(resource: &Resource, name: &str) -> Status {
        let mut status =
            Status::new(404, "NotFound", format!("{} \"{name}\" not found", resource.qualified()));
        status.details(Some(name), resource);
        status
    }

    /// RBAC's refusal: `namespace` is `None` for the whole cluster, `name` is `None` for a list.
    pub(super) fn forbidden(
        resource: &Resource,
        namespace: Option<&str>,
        name: Option<&str>,
        subresource: Option<&str>,
    ) -> Status {
        let subject = name.map(|name| format!(" \"{name}\"")).unwrap_or_default();
        let verb = if name.is_some() { "get" } else { "list" };
        let scope = match namespace {
            Some(namespace) => format!("in the namespace \"{namespace}\""),
            None => "at the cluster scope".to_owned(),
        };
        let mut status = Status::new(
            403,
            "Forbidden",
            format!(
                "{}{subject} is forbidden: User \"reader\" cannot {verb} resource \"{}{}\" in API \
                 group \"{}\" {scope}",
                resource.qualified(),
                resource.plural,
                subresource.map(|name| format!("/{name}")).unwrap_or_default(),
                resource.group
            ),
        );
        status.details(name, resource);
        status
    }

    /// RBAC's refusal, addressed to another user than [`USER`].
    pub(super) fn addressed_to(mut self, user: &str) -> Status {
        let named = |user: &str| format!("User {user:?}");
        self.message = self.message.replace(&named(USER), &named(user));
        self
    }

    /// RBAC's refusal of port-forward to a pod.
    pub(super) fn forbidden_forward(namespace: &str, pod: &str) -> Status {
        Status::forbidden_part(namespace, "pods", pod, "create", "portforward")
    }

    /// RBAC's refusal of the proxy to a Service.
    pub(super) fn forbidden_proxy(namespace: &str, service: &str) -> Status {
        let mut status = Status::forbidden_part(namespace, "services", service, "get", "proxy");
        let name = service.split(':').next().unwrap_or_default();
        status.details.insert("name".to_owned(), json!(name));
        status
    }

    fn forbidden_part(namespace: &str, kind: &str, name: &str, verb: &str, part: &str) -> Status {
        let mut status = Status::new(
            403,
            "Forbidden",
            format!(
                "{kind} \"{name}\" is forbidden: User \"reader\" cannot {verb} resource \
                 \"{kind}/{part}\" in API group \"\" in the namespace \"{namespace}\""
            ),
        );
        status.details.insert("name".to_owned(), json!(name));
        status.details.insert("kind".to_owned(), json!(kind));
        status
    }

    /// The proxy's answer for a Service behind which no pod is ready.
    pub(super) fn no_endpoints(service: &str) -> Status {
        let message = format!("no endpoints available for service \"{service}\"");
        Status::new(503, "ServiceUnavailable", message)
    }

    /// RBAC's refusal of a path other than an object's.
    pub(super) fn forbidden_path(path: &str) -> Status {
        Status::new(
            403,
            "Forbidden",
            format!("forbidden: User \"reader\" cannot get path \"{path}\""),
        )
    }

    /// The server's usual error for a status code; 403 has its own constructors.
    pub(super) fn of_code(code: u16) -> Status {
        match code {
            401 => Status::new(401, "Unauthorized", "Unauthorized"),
            403 => Status::new(403, "Forbidden", "forbidden"),
            405 => Status::method_not_allowed(),
            404 => Status::new(404, "NotFound", "the server could not find the requested resource"),
            410 => Status::expired(),
            429 => {
                let mut status = Status::new(
                    429,
                    "TooManyRequests",
                    "Too many requests, please try again later.",
                );
                status.details.insert("retryAfterSeconds".to_owned(), json!(1));
                status
            }
            500 => {
                let mut status = Status::new(
                    500,
                    "InternalError",
                    "Internal error occurred: etcdserver: leader changed",
                );
                let causes = json!([{"message": "etcdserver: leader changed"}]);
                status.details.insert("causes".to_owned(), causes);
                status
            }
            503 => Status::new(
                503,
                "ServiceUnavailable",
                "the server is currently unable to handle the request",
            ),
            504 => Status::new(
                504,
                "Timeout",
                "Timeout: request did not complete within the allotted timeout",
            ),
            code => Status::new(code, "", "the demo answers with the status it was given"),
        }
    }

    fn details(&mut self, name: Option<&str>, resource: &Resource) {
        if let Some(name) = name {
            self.details.insert("name".to_owned(), json!(name));
        }
        if !resource.group.is_empty() {
            self.details.insert("group".to_owned(), json!(resource.group));
        }
        self.details.insert("kind".to_owned(), json!(resource.plural));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::resources::embedded;

    fn recorded(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    macro_rules! recording {
        ($name:literal) => {
            recorded(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/", $name)))
        };
    }

    #[test]
    fn errors_match_the_recorded_ones() {
        let hpa = &embedded("autoscaling", "v2", "horizontalpodautoscalers");
        assert_eq!(
            Status::bad_request("specifying resource version is not allowed when using continue")
                .body(),
            recording!("status-400.json")
        );
        assert_eq!(Status::of_code(401).body(), recording!("status-401.json"));
        assert_eq!(Status::forbidden(hpa, None, None, None).body(), recording!("status-403.json"));
        assert_eq!(Status::not_found(hpa, "nope").body(), recording!("status-404.json"));
    }
}
