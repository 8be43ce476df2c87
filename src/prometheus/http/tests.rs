use std::net::Ipv4Addr;
use std::sync::Mutex;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::prometheus::{Client, Identity};

const EMPTY: &str = "HTTP/1.1 200 OK\r\nDate: Sun, 30 Nov 2025 00:00:00 GMT\r\nContent-Length: 63\r\n\r\n\
    {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";

/// A request's head and body.
async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut request = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if count == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return text;
        }
    }
}

/// Serves the answers one after the other, each on a connection of its own; returns the requests.
async fn serve(listener: TcpListener, answers: &[&str]) -> Vec<String> {
    let mut requests = Vec::new();
    for answer in answers {
        let (mut stream, _) = listener.accept().await.unwrap();
        requests.push(answered(&mut stream, answer).await);
    }
    requests
}

async fn answered<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, answer: &str) -> String {
    let request = request(stream).await;
    stream.write_all(answer.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    request
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url =
        format!("http://{}/select/0/prometheus/?tenant=s3cret", listener.local_addr().unwrap());
    (listener, url)
}

fn limits(bytes: usize) -> Limits {
    Limits { within: Duration::from_secs(20), bytes }
}

/// How a question fails that is answered like this.
async fn failure(answer: &str, limits: Limits) -> QueryError {
    let (listener, url) = listener().await;
    let transport = HttpTransport::new(&url, "X-Key: s3cret", None, limits).unwrap();
    let parameters = [("query", "up".to_owned())];
    let answers = [answer];
    let (reply, _) =
        tokio::join!(transport.get("/api/v1/query", &parameters), serve(listener, &answers));
    let error = reply.and_then(|reply| super::super::answer::samples(&reply.body)).unwrap_err();
    assert!(
        !format!("{error} {error:?} {transport:?} {transport}").contains("s3cret"),
        "{error:?}"
    );
    error
}

#[tokio::test]
async fn a_short_question_is_a_get_and_a_long_one_a_post() {
    let (listener, url) = listener().await;
    let transport = HttpTransport::new(&url, "X-Scope-OrgID: team\n\nA: b", None, limits(9999));
    let transport = transport.unwrap();
    let short = [("query", "sum by(pod)(x{y=\"a b&c#d\"})".to_owned())];
    let long = [("query", format!("x{{y=\"{}\"}}", "&".repeat(3000)))];
    let asked = async {
        let first = transport.get("/api/v1/query", &short).await.unwrap();
        let second = transport.get("/api/v1/query", &long).await.unwrap();
        (first, second)
    };
    let answers = [EMPTY, EMPTY];
    let ((first, _), requests) = tokio::join!(asked, serve(listener, &answers));
    assert_eq!(first.date.unwrap().to_string(), "2025-11-30T00:00:00Z");
    let path = "/select/0/prometheus/api/v1/query?tenant=s3cret";
    let line = format!(
        "GET {path}&query=sum%20by%28pod%29%28x%7By%3D%22a%20b%26c%23d%22%7D%29 HTTP/1.1\r\n"
    );
    assert!(requests[0].starts_with(&line), "{}", requests[0]);
    assert!(requests[0].contains("x-scope-orgid: team\r\na: b\r\n"), "{}", requests[0]);
    assert!(requests[1].starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{}", requests[1]);
    assert!(requests[1].ends_with(&format!("query=x%7By%3D%22{}%22%7D", "%26".repeat(3000))));
    assert!(requests[1].contains("content-type: application/x-www-form-urlencoded\r\n"));
}

#[tokio::test]
async fn each_failure_is_a_sentence_without_secrets() {
    let most = limits(9999);
    for (answer, expected) in [
        (
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\nno org id",
            "the server answered 401 (credentials are missing or not accepted)",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\n<html>",
            "the server answered 403 (not allowed): with an HTML page",
        ),
        (
            "HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 61\r\n\r\n\
             {\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many\"}\n",
            "the server answered 422: too many",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "the server answered 503: Service Unavailable",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: https://login.example/?state=s3cret\r\n\r\n",
            "the server answered 302, a redirection to login.example, which is not followed: is a login or a path prefix \
             missing?",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<!doctype html>",
            "the answer is an HTML page, not an answer of the API: a login page, or the wrong path prefix",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"status\":\"succ",
            "the answer was cut off after 15 bytes",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"succ",
            "the answer was cut off after 15 bytes",
        ),
    ] {
        assert_eq!(failure(answer, most).await.to_string(), expected);
    }
    let error = failure("SSH-2.0-OpenSSH\r\n\r\n", most).await;
    assert!(matches!(error, QueryError::Connection(_)), "{error:?}");
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(4 << 20));
    let error = failure(&long, limits(2 << 20)).await;
    assert_eq!(error.to_string(), "the answer is longer than 2 MiB, the most that is read");
}

#[tokio::test]
async fn a_server_that_hangs_is_left() {
    let (listener, url) = listener().await;
    let within = Duration::from_millis(50);
    let transport = HttpTransport::new(&url, "", None, Limits { within, bytes: 99 }).unwrap();
    let error = transport.get("/api/v1/query", &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 50ms");
    drop(listener);
    let error = transport.get("/api/v1/query", &[]).await.unwrap_err();
    assert!(error.to_string().starts_with("no connection: "), "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

/// Gives the next token each time.
#[derive(Debug)]
struct Numbered(Mutex<u32>);

impl TokenSource for Numbered {
    fn token(&self, renew: bool) -> Pending<'_, Result<String, String>> {
        let mut number = self.0.lock().unwrap();
        *number += u32::from(renew);
        let token = format!("t{number}\n");
        Box::pin(async { Ok(token) })
    }
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_renewed_once() {
    let (listener, url) = listener().await;
    let transport = HttpTransport::new(&url, "", None, limits(9999)).unwrap();
    let transport = transport.with_token(Arc::new(Numbered(Mutex::new(1))));
    let denied = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    let client = Client::new(Arc::new(transport));
    let answers = [denied, EMPTY];
    let (answer, requests) = tokio::join!(client.query("up", None), serve(listener, &answers));
    assert!(answer.unwrap().items.is_empty());
    assert!(requests[0].contains("authorization: Bearer t1\r\n"), "{}", requests[0]);
    assert!(requests[1].contains("authorization: Bearer t2\r\n"), "{}", requests[1]);
}

#[tokio::test]
async fn a_server_of_https_needs_a_certificate_that_is_trusted() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    let identity = Identity::from_pem(pem.as_bytes(), key.as_bytes()).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    for (ca, is_trusted) in [(&pem, true), (&other, false)] {
        let transport = HttpTransport::new(&url, "", Some(ca.as_bytes()), limits(9999)).unwrap();
        let server = async {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = identity.accept(stream).await {
                answered(&mut stream, EMPTY).await;
            }
        };
        let (reply, ()) = tokio::join!(transport.get("/api/v1/query", &[]), server);
        match reply {
            Ok(_) => assert!(is_trusted),
            Err(error) => {
                assert!(!is_trusted && error.to_string().contains("certificate"), "{error}");
            }
        }
    }
}

#[test]
fn wrong_urls_and_headers_are_refused_without_their_content() {
    for (url, headers, ca) in [
        ("", "", None),
        ("ftp://prometheus.example/s3cret", "", None),
        ("prometheus.example/s3cret", "", None),
        ("http://u:s3cret@prometheus.example/", "", None),
        ("http://prometheus.example/", "s3cret", None),
        ("http://prometheus.example/", "A B: s3cret", None),
        ("http://prometheus.example/s3cret", "", Some("s3cret")),
        ("https://prometheus.example/s3cret", "", Some("s3cret")),
    ] {
        let ca = ca.map(str::as_bytes);
        let error = HttpTransport::new(url, headers, ca, Limits::default()).unwrap_err();
        assert!(!error.contains("s3cret") && !error.is_empty(), "{error}");
    }
}

#[tokio::test]
async fn what_was_posted_is_taken_only_by_what_answers_as_alertmanager() {
    let html = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<!doctype html>";
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsign in";
    let json = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"status\":\"success\"}";
    let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let (listener, url) = listener().await;
    let transport = HttpTransport::new(&url, "", None, limits(9999)).unwrap();
    let post = || transport.post("/api/v2/alerts", Bytes::from_static(b"[]"));
    let posted = async { [post().await, post().await, post().await, post().await] };
    let answers = [html, text, json, empty];
    let ([html, text, json, empty], _) = tokio::join!(posted, serve(listener, &answers));
    assert_eq!(html, Err(QueryError::Html));
    let text = text.unwrap_err().to_string();
    assert!(text.starts_with("not an answer of Alertmanager: "), "{text}");
    assert_eq!((json, empty), (Ok(()), Ok(())));
    assert!(transport.to_string().ends_with("/select/0/prometheus"), "{transport}");
}

fn proxies(proxy: &str) -> Proxies {
    let proxy = format!("http://me:s3cret@{proxy}");
    Proxies::new(proxy.clone(), proxy, String::new())
}

/// What the proxy gets of `me:s3cret`.
const CREDENTIALS: &str = "proxy-authorization: basic bwu6cznjcmv0\r\n";

#[tokio::test]
async fn a_proxy_of_http_gets_the_whole_url() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let proxies = proxies(&listener.local_addr().unwrap().to_string());
    let url = "http://prometheus.example:9090/prom";
    let transport = HttpTransport::by(&proxies, url, "", None, limits(9999)).unwrap();
    let answers = [EMPTY];
    let (reply, requests) =
        tokio::join!(transport.get("/api/v1/query", &[]), serve(listener, &answers));
    assert!(reply.is_ok(), "{reply:?}");
    let expected = "GET http://prometheus.example:9090/prom/api/v1/query HTTP/1.1\r\n";
    assert!(requests[0].starts_with(expected), "{}", requests[0]);
    assert!(requests[0].to_lowercase().contains(CREDENTIALS), "{}", requests[0]);
}

#[tokio::test]
async fn a_server_of_https_is_reached_by_a_tunnel_and_keeps_its_secrets() {
    let own = rcgen::generate_simple_self_signed(["prometheus.example".to_owned()]).unwrap();
    let (pem, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    let identity = Identity::from_pem(pem.as_bytes(), key.as_bytes()).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxies = proxies(&address.to_string());
    let transport = || {
        let url = "https://prometheus.example:9443/prom";
        HttpTransport::by(&proxies, url, "X-Key: secret", Some(pem.as_bytes()), limits(9999))
            .unwrap()
    };
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let connect = request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let mut stream = identity.accept(stream).await.unwrap();
        (connect, answered(&mut stream, EMPTY).await)
    };
    let through = transport();
    let (reply, (connect, asked)) = tokio::join!(through.get("/api/v1/query", &[]), server);
    assert!(reply.is_ok(), "{reply:?}");
    assert!(connect.starts_with("CONNECT prometheus.example:9443 HTTP/1.1\r\n"), "{connect}");
    assert!(connect.to_lowercase().contains(CREDENTIALS), "{connect}");
    assert!(!connect.contains("secret"), "{connect}");
    assert!(asked.starts_with("GET /prom/api/v1/query HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("x-key: secret\r\n") && !asked.contains("proxy-"), "{asked}");

    let refused = transport();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        answered(&mut stream, "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n").await
    };
    let (reply, _) = tokio::join!(refused.get("/api/v1/query", &[]), server);
    let error = reply.unwrap_err();
    let expected = format!(
        "no connection: tunnel error: proxy authorization required (through the proxy {address} of HTTPS_PROXY)"
    );
    assert_eq!(error.to_string(), expected);
    assert!(!format!("{error:?} {refused:?}").contains("s3cret"));
}
