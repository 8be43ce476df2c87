//! Queries a Prometheus, or a server with its API, on a port of this machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The maximum size of an answer in bytes.
const MAX_ANSWER: usize = 16 << 20;

/// A Prometheus behind a forward.
#[derive(Debug, Clone)]
pub struct Client {
    port: u16,
    prefix: String,
    within: Duration,
}

/// One series at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its value; may be infinite or NaN.
    pub value: f64,
}

/// The result of probing a Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// How many HPAs kube-state-metrics reports to it; `None` if it has no such metric, which means
    /// unknown, not zero.
    pub hpas: Option<u64>,
}

/// Why a query failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Connecting failed, or the connection broke.
    #[error("no connection: {0}")]
    Connection(String),
    /// The answer did not come in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The server answered with an error.
    #[error("the server answered {code}: {message}")]
    Refused {
        /// The HTTP status.
        code: u16,
        /// The server's own message, if any.
        message: String,
    },
    /// The answer is not one of Prometheus.
    #[error("not an answer of Prometheus: {0}")]
    Unreadable(String),
}

#[derive(Deserialize)]
struct Answer {
    status: String,
    #[serde(default)]
    error: String,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    #[serde(default)]
    result: serde_json::Value,
}

#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

impl Client {
    /// A server at 127.0.0.1:`port`, with paths below `prefix` (empty, or `/…`), and the time limit
    /// `within` for each query.
    pub fn new(port: u16, prefix: &str, within: Duration) -> Self {
        Self { port, prefix: prefix.trim_end_matches('/').to_owned(), within }
    }

    /// Checks that the server answers PromQL, and counts the HPAs it knows.
    ///
    /// # Errors
    /// If it does not answer, or not as Prometheus does.
    pub async fn probe(&self) -> Result<Probe, QueryError> {
        let one = self.query("vector(1)").await?;
        if !matches!(&*one, [sample] if sample.value.total_cmp(&1.0).is_eq()) {
            return Err(QueryError::Unreadable("vector(1) is not 1".to_owned()));
        }
        let count = self.query("count(kube_horizontalpodautoscaler_spec_max_replicas)").await?;
        // An empty answer means unknown.
        let hpas = count.first().map(|sample| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count; one that is none saturates"
            )]
            let count = sample.value as u64;
            count
        });
        Ok(Probe { hpas })
    }

    /// An instant query, now, that yields a vector (or a scalar, as one sample without labels).
    ///
    /// # Errors
    /// If the server does not answer, or not as Prometheus does, or the query yields another type.
    pub async fn query(&self, promql: &str) -> Result<Vec<Sample>, QueryError> {
        let path = format!("{}/api/v1/query?query={}", self.prefix, encoded(promql));
        let answer = timeout(self.within, self.get(&path)).await;
        samples(&answer.map_err(|_| QueryError::Timeout(self.within))??)
    }

    /// Checks that the server reports itself healthy (`/-/healthy`), as Alertmanager does.
    ///
    /// # Errors
    /// If it does not answer, or reports that it is not healthy.
    pub async fn is_healthy(&self) -> Result<(), QueryError> {
        let path = format!("{}/-/healthy", self.prefix);
        let answer = timeout(self.within, self.get(&path)).await;
        answer.map_err(|_| QueryError::Timeout(self.within))?.map(drop)
    }

    async fn get(&self, path: &str) -> Result<Bytes, QueryError> {
        let broken = |error: &dyn std::fmt::Display| QueryError::Connection(error.to_string());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let stream = TcpStream::connect(address).await.map_err(|error| broken(&error))?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
        let request = Request::get(path)
            .header(header::HOST, address.to_string())
            .header(header::CONNECTION, "close")
            .header(header::ACCEPT, "application/json")
            .body(Empty::<Bytes>::new())
            .map_err(|error| QueryError::Unreadable(error.to_string()))?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
            let body = body.map_err(|error| broken(&error))?.to_bytes();
            Ok::<_, QueryError>((status, body))
        };
        tokio::pin!(exchange);
        let (status, body) = tokio::select! {
            done = &mut exchange => done?,
            // The connection ends before the exchange only if it breaks; the exchange has the
            // reason.
            _ = connection => exchange.await?,
        };
        if status == StatusCode::OK {
            return Ok(body);
        }
        let own = serde_json::from_slice::<Answer>(&body).map(|answer| answer.error);
        let message = own.ok().filter(|message| !message.is_empty());
        let reason = status.canonical_reason().unwrap_or("an error");
        Err(QueryError::Refused {
            code: status.as_u16(),
            message: message.unwrap_or_else(|| reason.to_owned()),
        })
    }
}

fn samples(json: &[u8]) -> Result<Vec<Sample>, QueryError> {
    let unreadable = |error: serde_json::Error| QueryError::Unreadable(error.to_string());
    let answer: Answer = serde_json::from_slice(json).map_err(unreadable)?;
    if answer.status != "success" {
        return Err(QueryError::Refused { code: 200, message: answer.error });
    }
    let Some(data) = answer.data else {
        return Err(QueryError::Unreadable("there is no data in it".to_owned()));
    };
    let number = |text: &str| match text {
        "+Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        other => other.parse().ok(),
    };
    let sample = |labels, text: &str| {
        let value = number(text)
            .ok_or_else(|| QueryError::Unreadable(format!("a value is {text:?}, no number")))?;
        Ok(Sample { labels, value })
    };
    match &*data.result_type {
        "vector" => {
            let series: Vec<Series> = serde_json::from_value(data.result).map_err(unreadable)?;
            series.into_iter().map(|one| sample(one.metric, &one.value.1)).collect()
        }
        "scalar" => {
            let (_, text): (f64, String) =
                serde_json::from_value(data.result).map_err(unreadable)?;
            Ok(vec![sample(BTreeMap::new(), &text)?])
        }
        other => Err(QueryError::Unreadable(format!("the query gives a {other}"))),
    }
}

/// Percent-encodes text for a query string, except the unreserved characters of RFC 3986.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// Queries a server that always answers with `answer`; also returns the request line.
    fn query_answered_with(
        answer: &'static str,
        promql: &str,
    ) -> (Result<Vec<Sample>, QueryError>, String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut buffer = [0; 1024];
                    let count = stream.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..count]);
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
                String::from_utf8(request).unwrap().lines().next().unwrap().to_owned()
            };
            let client = Client::new(port, "/select/0/prometheus/", Duration::from_secs(20));
            tokio::join!(client.query(promql), server)
        })
    }

    #[test]
    fn a_vector_is_parsed_and_the_query_arrives_complete() {
        let (samples, line) = query_answered_with(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[\
             {\"metric\":{\"pod\":\"a\"},\"value\":[1.5,\"2.5\"]},{\"metric\":{},\"value\":[1.5,\"+Inf\"]},{\"metric\":{},\"value\":[1,\"NaN\"]}]}}",
            "sum by(pod)(x{y=\"a b&c#d\"})",
        );
        let samples = samples.unwrap();
        assert_eq!(samples[0].labels["pod"], "a");
        assert!((samples[0].value - 2.5).abs() < f64::EPSILON);
        assert!(samples[1].value.is_infinite() && samples[2].value.is_nan());
        assert_eq!(
            line,
            "GET /select/0/prometheus/api/v1/query?query=sum%20by%28pod%29%28x%7By%3D%22a%20b%26c%23d%22%7D%29 HTTP/1.1"
        );
    }

    #[test]
    fn each_failure_has_its_own_message() {
        let (error, _) = query_answered_with(
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
            "sum(",
        );
        let refused = QueryError::Refused { code: 400, message: "parse error".to_owned() };
        assert_eq!(error, Err(refused));
        let (error, _) = query_answered_with("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", "x");
        assert!(error.unwrap_err().to_string().starts_with("the server answered 302"));
        let (error, _) =
            query_answered_with("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>", "x");
        assert!(matches!(error, Err(QueryError::Unreadable(_))), "{error:?}");
        let (error, _) = query_answered_with("SSH-2.0-OpenSSH\r\n\r\n", "x");
        assert!(matches!(error, Err(QueryError::Connection(_))), "{error:?}");
    }
}
