//! HTTP to one server, on this machine or anywhere, through the client of hyper-util and rustls. The URL's
//! parameters, headers and tokens are secrets: none is in an error, in `Display` or in `Debug`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::Timestamp;
use serde::de::IgnoredAny;
use tokio::time::timeout;

use super::answer::{error_text, is_html};
use super::error::QueryError;
use super::proxy::{Connector, Proxies, Route};
use super::tls::Roots;
use super::transport::{Pending, Reply, Transport, encoded};

/// Longer parameters go into the body of a POST: proxies refuse long URLs.
const LONGEST_URL: usize = 2 << 10;
/// Content types of what is posted.
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// How long a connection may stay unused.
const IDLE: Duration = Duration::from_secs(20);

/// Headers that frame the request or belong to the connection: another value would cut the request
/// short, or send it elsewhere.
const OWN: [HeaderName; 8] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::EXPECT,
    header::TE,
    header::TRAILER,
];

/// What one answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The time for a whole answer.
    pub within: Duration,
    /// Its size in bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { within: Duration::from_mins(1), bytes: 64 << 20 }
    }
}

/// Gives the token that the server wants to have.
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// The token; a new one if the last was not accepted (`renew`). The error is a sentence without secrets.
    fn token(&self, renew: bool) -> Pending<'_, Result<String, String>>;
}

/// A server at a URL.
#[derive(Clone)]
pub struct HttpTransport {
    client: legacy::Client<HttpsConnector<Connector>, Full<Bytes>>,
    route: Route,
    /// `https://host:port`.
    origin: String,
    /// What comes before `/api/v1`, without a slash at the end.
    prefix: String,
    /// Parameters of the URL, which each request gets.
    parameters: String,
    headers: HeaderMap,
    token: Option<Arc<dyn TokenSource>>,
    limits: Limits,
}

impl HttpTransport {
    /// Reads a URL and lines of `Name: value`. Messages contain neither. A server of https needs a certificate that is
    /// issued by one of `ca`, or else by one that this machine trusts.
    ///
    /// # Errors
    /// If the URL is not one of http or https, a line is no header, or there is no certificate to trust.
    pub fn new(
        url: &str,
        headers: &str,
        ca: Option<&[u8]>,
        limits: Limits,
    ) -> Result<Self, String> {
        Self::by(&Proxies::current(), url, headers, ca, limits)
    }

    fn by(
        proxies: &Proxies,
        url: &str,
        headers: &str,
        ca: Option<&[u8]>,
        limits: Limits,
    ) -> Result<Self, String> {
        let uri: Uri = url.trim().parse().map_err(|_| "it is not a URL".to_owned())?;
        let roots = match uri.scheme_str() {
            Some("http") if ca.is_some() => {
                return Err("ca_file is for a URL that begins with https://".to_owned());
            }
            Some("http") => Roots::none()?,
            Some("https") => Roots::new(ca)?,
            _ => return Err("it is not a URL that begins with https:// or http://".to_owned()),
        };
        let authority = uri.authority().filter(|it| !it.host().is_empty());
        let authority = authority.ok_or("the URL has no host")?;
        if authority.as_str().contains('@') {
            return Err("a user in the URL is not supported; use a header".to_owned());
        }
        let scheme = uri.scheme_str().unwrap_or_default();
        // A slash at the end, or the API's own path, is what people copy from a browser.
        let path = uri.path().trim_end_matches('/');
        let api = ["/api/v1", "/api/v2"].iter().find_map(|api| path.strip_suffix(api));
        let path = api.unwrap_or(path).trim_end_matches('/');
        let route = proxies.route_to(&uri)?;
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(limits.within));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(roots.client_config())
            .https_or_http()
            .enable_http1()
            .wrap_connector(route.connector(http));
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self {
            client,
            route,
            origin: format!("{scheme}://{authority}"),
            prefix: path.to_owned(),
            parameters: uri.query().unwrap_or_default().to_owned(),
            headers: parse_headers(headers)?,
            token: None,
            limits,
        })
    }

    /// With a token in each request: `Authorization: Bearer TOKEN`.
    #[must_use]
    pub fn with_token(mut self, token: Arc<dyn TokenSource>) -> Self {
        self.token = Some(token);
        self
    }

    /// Sends a request. `query` is added to the URL's own parameters; a body has its content type.
    async fn exchange(
        &self,
        path: &str,
        query: &str,
        body: Option<(&'static str, Bytes)>,
        renew: bool,
    ) -> Result<Response<Incoming>, QueryError> {
        let parameters: Vec<&str> =
            [self.parameters.as_str(), query].into_iter().filter(|it| !it.is_empty()).collect();
        let mark = if parameters.is_empty() { "" } else { "?" };
        let uri = format!("{}{}{path}{mark}{}", self.origin, self.prefix, parameters.join("&"));
        let mut request = Request::builder()
            .method(if body.is_some() { Method::POST } else { Method::GET })
            .uri(uri)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("watchdog/", env!("CARGO_PKG_VERSION")));
        if let Some((content_type, _)) = body {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let body = body.map(|(_, body)| body).unwrap_or_default();
        let mut request = request
            .body(Full::new(body))
            .map_err(|_| QueryError::Unreadable("the request cannot be made".to_owned()))?;
        self.authorize(&mut request, renew).await?;
        self.client.request(request).await.map_err(|error| connection(&error, &self.route))
    }

    /// Sends a request, and once more with another token if the server does not accept the first.
    async fn authorized(
        &self,
        path: &str,
        query: &str,
        body: Option<(&'static str, Bytes)>,
    ) -> Result<Response<Incoming>, QueryError> {
        let response = self.exchange(path, query, body.clone(), false).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.token.is_some() {
            return self.exchange(path, query, body, true).await;
        }
        Ok(response)
    }

    async fn answer(&self, path: &str, parameters: &[(&str, String)]) -> Result<Reply, QueryError> {
        let parameters = encoded(parameters);
        if self.parameters.len() + parameters.len() > LONGEST_URL {
            let form = Some((FORM, Bytes::from(parameters.clone())));
            let response = self.authorized(path, "", form).await?;
            // A proxy that lets only GET pass is asked again.
            if response.status() != StatusCode::METHOD_NOT_ALLOWED {
                return self.whole(response).await;
            }
        }
        self.whole(self.authorized(path, &parameters, None).await?).await
    }

    /// Posts JSON to a path. Everything but success, answered with nothing or with JSON, is an error: a login page comes
    /// with 200 too, and has taken nothing.
    ///
    /// # Errors
    /// If the server does not take it.
    pub async fn post(&self, path: &str, json: Bytes) -> Result<(), QueryError> {
        let within = self.limits.within;
        let posted = timeout(within, async {
            let response = self.authorized(path, "", Some((JSON, json))).await?;
            taken(&self.whole(response).await?.body)
        });
        posted.await.map_err(|_| QueryError::Timeout(within))?
    }

    /// Adds the headers and the token.
    async fn authorize(
        &self,
        request: &mut Request<Full<Bytes>>,
        renew: bool,
    ) -> Result<(), QueryError> {
        if let Some(credentials) = self.route.credentials() {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, credentials.clone());
        }
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        if let Some(source) = &self.token {
            let token = source.token(renew).await.map_err(QueryError::Token)?;
            let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
            let mut value =
                value.map_err(|_| QueryError::Token("it cannot be sent in a header".to_owned()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        Ok(())
    }

    async fn whole(&self, response: Response<Incoming>) -> Result<Reply, QueryError> {
        let status = response.status();
        let code = status.as_u16();
        if status.is_redirection() {
            return Err(QueryError::Redirected { code, to: elsewhere(response.headers()) });
        }
        let date = response.headers().get(header::DATE).and_then(date);
        let body = read(response.into_body(), self.limits.bytes).await;
        if status.is_success() {
            return Ok(Reply { body: body?, date });
        }
        let body = body.unwrap_or_default();
        let message = error_text(&body).unwrap_or_else(|| {
            let reason = status.canonical_reason().unwrap_or("an error");
            if is_html(&body) { format!("{reason}, with an HTML page") } else { reason.to_owned() }
        });
        Err(match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                // The status's own name says no more than what is printed beside its number.
                let more = message.strip_prefix(status.canonical_reason().unwrap_or_default());
                let more = more.map(|more| more.trim_start_matches(", "));
                QueryError::Denied { code, message: more.unwrap_or(&message).to_owned() }
            }
            _ => QueryError::Refused { code, message },
        })
    }
}

impl Transport for HttpTransport {
    fn get<'a>(
        &'a self,
        path: &'a str,
        parameters: &'a [(&'a str, String)],
    ) -> Pending<'a, Result<Reply, QueryError>> {
        Box::pin(async move {
            let within = self.limits.within;
            let answer = timeout(within, self.answer(path, parameters)).await;
            answer.map_err(|_| QueryError::Timeout(within))?
        })
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpTransport({})", self.origin)
    }
}

impl fmt::Display for HttpTransport {
    /// Scheme, host, port and path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

/// Headers of lines `Name: value`. Messages contain none of them.
///
/// # Errors
/// If a line is no header.
pub fn parse_headers(text: &str) -> Result<HeaderMap, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let headers = lines.enumerate().map(|(index, line)| {
        let wrong = || format!("line {} of its headers is not `Name: value`", index + 1);
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name: HeaderName = name.trim().parse().map_err(|_| wrong())?;
        if OWN.contains(&name) {
            let line = index + 1;
            return Err(format!("line {line} of its headers sets {name}, which watchdog sets"));
        }
        let mut value: HeaderValue = value.trim().parse().map_err(|_| wrong())?;
        value.set_sensitive(true);
        Ok((name, value))
    });
    headers.collect()
}

/// The whole body.
async fn read(mut body: Incoming, most: usize) -> Result<Bytes, QueryError> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| QueryError::CutOff(whole.len()))?;
        if let Some(data) = frame.data_ref() {
            if whole.len() + data.len() > most {
                return Err(QueryError::TooLong(most));
            }
            whole.extend_from_slice(data);
        }
    }
    Ok(whole.into())
}

/// Checks the answer to what was posted.
fn taken(body: &[u8]) -> Result<(), QueryError> {
    if body.trim_ascii().is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok() {
        return Ok(());
    }
    if is_html(body) {
        return Err(QueryError::Html);
    }
    Err(QueryError::NotAlertmanager("it answered what was posted with text".to_owned()))
}

/// The host that a redirection leads to: its path may have a secret.
fn elsewhere(headers: &HeaderMap) -> String {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let uri: Option<Uri> = location.and_then(|text| text.parse().ok());
    match uri.as_ref().and_then(Uri::host) {
        Some(host) => host.to_owned(),
        None => "another path of it".to_owned(),
    }
}

fn date(value: &HeaderValue) -> Option<Timestamp> {
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value.as_bytes());
    parsed.ok()
}

/// The innermost reason: the outer ones say that a client had an error. The route is a part of it.
fn connection(error: &legacy::Error, route: &Route) -> QueryError {
    let mut reason: &dyn std::error::Error = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    QueryError::Connection(format!("{reason}{route}"))
}

#[cfg(test)]
mod tests;
