//! A Service through the API server's proxy, by `kubectl get --raw`: where forwards are forbidden.

use std::fmt;
use std::time::Duration;

use crate::kubectl::{ApiPath, Cluster, Error, ErrorKind, Kubectl, Name, Read};
use crate::prometheus::{Pending, QueryError, Reply, Transport};

/// Reads a Service's HTTP API with the user's own credentials for the API server.
#[derive(Clone)]
pub(super) struct ProxyTransport {
    pub(super) kubectl: Kubectl,
    pub(super) cluster: Cluster,
    pub(super) namespace: Name,
    pub(super) service: Name,
    pub(super) port: u16,
    /// What comes before `/api/v1`.
    pub(super) prefix: String,
    /// How long an answer may take, for the error: kubectl has its own deadline.
    pub(super) within: Duration,
}

impl fmt::Debug for ProxyTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyTransport({}/{}:{})", self.namespace, self.service, self.port)
    }
}

impl Transport for ProxyTransport {
    fn get<'a>(
        &'a self,
        path: &'a str,
        parameters: &'a [(&'a str, String)],
    ) -> Pending<'a, Result<Reply, QueryError>> {
        Box::pin(async move {
            let path = format!("{}{path}", self.prefix);
            let path =
                ApiPath::service(&self.namespace, &self.service, self.port, &path, parameters);
            let read = Read::Raw(path);
            let body = self.kubectl.read_once(self.cluster.target(), &read).await;
            let body = body.map_err(|error| self.failure(&error))?;
            Ok(Reply { body: body.into(), date: None })
        })
    }
}

impl ProxyTransport {
    fn failure(&self, error: &Error) -> QueryError {
        let message = format!("through the API server's proxy: {}", error.message);
        match error.kind {
            ErrorKind::Forbidden => QueryError::Denied { code: 403, message },
            ErrorKind::Unauthorized => QueryError::Denied { code: 401, message },
            ErrorKind::NotFound => QueryError::Refused { code: 404, message },
            ErrorKind::Timeout => QueryError::Timeout(self.within),
            _ => QueryError::Connection(message),
        }
    }
}
