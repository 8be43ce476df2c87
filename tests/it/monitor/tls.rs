//! Metrics served over TLS, and events posted by https.

use std::io::{self, Read, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use nix::sys::signal::Signal;
use rcgen::{CertifiedKey, KeyPair};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

use super::{Clusters, Forwards, Session, text, until};
use crate::support::Application;

const ONCE: &str = "monitor --once --no-store --no-forwards";

fn issue() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap()
}

/// What a client that trusts only this certificate gets.
fn get(port: u16, trusted: &str) -> io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port))?);
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn metrics_are_served_over_tls_and_certificates_are_renewed() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let (first, second) = (issue(), issue());
    let chain = sandbox.write("tls.crt", first.cert.pem());
    let key = sandbox.write("tls.key", "s3cret");
    let tls = format!("--metrics-tls-cert {} --metrics-tls-key {}", chain.display(), key.display());
    let flags = format!("--no-forwards --metrics-listen 127.0.0.1:0 {tls}");
    let line = format!("monitor --once --no-store {flags}");
    let wrong = forwards.clusters.run(&line).code(1);
    assert!(wrong.stderr.contains("tls.key: it has no private key in PEM form"), "{wrong}");
    sandbox.write("tls.key", second.signing_key.serialize_pem());
    forwards.clusters.run(&line).code(1).says("are not a certificate and its key");
    forwards.clusters.run(&format!("{ONCE} {tls}")).code(64);

    // Empty files are no request for plain HTTP.
    sandbox.write("tls.crt", "");
    sandbox.write("tls.key", "");
    forwards.clusters.run(&line).code(1).says("tls.crt: it has no certificate in PEM form");
    sandbox.write("tls.crt", first.cert.pem());

    sandbox.write("tls.key", first.signing_key.serialize_pem());
    let session = Session::start(&forwards, &flags);
    let started = session.wait_for("it starts", |it| it["event"] == "started");
    let url = text(&started["metrics"]).trim_start_matches("https://127.0.0.1:");
    let port: u16 = url.trim_end_matches("/metrics").parse().unwrap();
    let page = until("there are metrics", || {
        get(port, &first.cert.pem()).ok().filter(|it| it.starts_with("HTTP/1.1 200"))
    });
    assert!(page.ends_with("# EOF\n"), "{page}");
    get(port, &second.cert.pem()).expect_err("a client that does not trust it");
    // A client that does not speak TLS gets nothing, and hinders no other.
    let plain = crate::support::request(port, "/metrics").unwrap_or_default();
    assert!(!plain.contains("watchdog_"), "{plain}");

    sandbox.write("tls.crt", second.cert.pem());
    sandbox.write("tls.key", second.signing_key.serialize_pem());
    until("the new certificate is used", || {
        get(port, &second.cert.pem()).ok().filter(|it| it.starts_with("HTTP/1.1 200"))
    });

    sandbox.write("tls.key", "s3cret");
    session.wait_for_scans(4);
    assert!(get(port, &second.cert.pem()).unwrap().starts_with("HTTP/1.1 200"));
    let output = session.ends(Signal::SIGTERM, 0);
    let problem = "metrics are still served with the previous certificate: ";
    assert_eq!(output.stderr.matches(problem).count(), 1, "{output}");
    assert!(!output.both().contains("s3cret"), "{output}");
}

/// Answers each request with 204, and records it.
fn receiver(identity: &CertifiedKey<KeyPair>) -> (Application, Arc<Mutex<Vec<String>>>) {
    let chain = CertificateDer::from_pem_slice(identity.cert.pem().as_bytes()).unwrap();
    let key = identity.signing_key.serialize_pem();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .unwrap();
    let config = Arc::new(config);
    let received = Arc::<Mutex<Vec<String>>>::default();
    let record = Arc::clone(&received);
    let application = Application::new(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream.try_clone()?);
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        while !request.ends_with(b"}") && !request.ends_with(b"}\n") {
            match stream.read(&mut buffer)? {
                0 => break,
                count => request.extend_from_slice(&buffer[..count]),
            }
        }
        record.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")?;
        stream.conn.send_close_notify();
        stream.flush()
    });
    (application, received)
}

#[test]
fn events_are_posted_by_https_to_a_server_that_is_trusted() {
    let clusters = Clusters::new();
    let (own, other) = (issue(), issue());
    let (application, received) = receiver(&own);
    let url = format!("https://{}/s3cret\n", application.address());
    let url = clusters.sandbox.write("url", &url).display().to_string();
    let ca = clusters.sandbox.write("ca.pem", own.cert.pem()).display().to_string();
    clusters.sandbox.configure(&format!(
        "monitoring:\n  webhook: {{url_file: {url}, ca_file: {ca}}}\n  events: {{kinds: [scan]}}\n"
    ));
    let output = clusters.run(ONCE).code(0);
    assert_eq!(output.stderr, "", "{output}");
    let requests = received.lock().unwrap().clone();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert!(request.starts_with("POST /s3cret HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(r#""event":"scan""#), "{request}");

    clusters.sandbox.write("ca.pem", other.cert.pem());
    let output = clusters.run(ONCE).code(0);
    assert!(output.stderr.contains("no TLS connection: invalid peer certificate"), "{output}");
    assert!(!output.both().contains("s3cret"), "{output}");
    assert_eq!(received.lock().unwrap().iter().filter(|it| !it.is_empty()).count(), 1);
}
