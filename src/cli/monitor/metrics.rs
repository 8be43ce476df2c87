//! Where a session serves its metrics, and to whom.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::MonitorArgs;
use super::tls::IdentityFiles;
use crate::cli::error::CommandError;
use crate::cli::forward::supervisor_pid;
use crate::output::openmetrics;
use crate::process::{Usage, largest_child_bytes};
use crate::prometheus::{MetricsServer, Token};
use crate::session::{Notifier, NotifyCounts, State};

/// The variable with the token.
const TOKEN: &str = "WATCHDOG_METRICS_TOKEN";
/// How long the supervisor may take to say which process it is.
const ANSWER: Duration = Duration::from_secs(1);

/// `HOST:PORT`; without a host, all addresses of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    host: String,
    port: u16,
}

impl ListenAddress {
    /// Reads `127.0.0.1:9095`, `[::1]:9095`, `localhost:9095`, `:9095`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let example = "an address and a port, such as 127.0.0.1:9095, [::1]:9095 or :9095";
        let (host, port) = text.rsplit_once(':').ok_or(example)?;
        let port = port.parse().map_err(|_| example)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_valid = match bare {
            Some(host) => host.parse::<std::net::Ipv6Addr>().is_ok(),
            None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)),
        };
        if !is_valid {
            return Err(example.to_owned());
        }
        Ok(Self { host: bare.unwrap_or(host).to_owned(), port })
    }

    /// The addresses to try, in this order.
    async fn addresses(&self) -> std::io::Result<Vec<SocketAddr>> {
        if self.host.is_empty() {
            // An IPv6 socket usually serves IPv4 as well.
            let any =
                [std::net::Ipv6Addr::UNSPECIFIED.into(), std::net::Ipv4Addr::UNSPECIFIED.into()];
            return Ok(any.map(|ip| SocketAddr::new(ip, self.port)).into());
        }
        Ok(tokio::net::lookup_host((&*self.host, self.port)).await?.collect())
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// The metrics of a session, as they are served.
pub(super) struct Metrics {
    server: MetricsServer,
    /// For TLS.
    files: Option<IdentityFiles>,
    /// Why the files could not be used at the last scan.
    renewal: Mutex<Renewal>,
    /// The process of the supervisor, or that of its guard; 0 if there is none.
    supervisor: Arc<AtomicU32>,
    /// What has become of events that were sent, by receiver.
    sent: SentCounts,
}

/// Why new files of a certificate cannot be used.
#[derive(Debug, Default)]
struct Renewal {
    problem: Option<String>,
    is_reported: bool,
}

impl Renewal {
    /// Takes over the result of reading the files. Returns a problem that two scans in a row have
    /// had, once: files that are just being replaced may not fit each other.
    fn result(&mut self, problem: Option<String>) -> Option<String> {
        if self.problem != problem {
            *self = Self { problem, is_reported: false };
            return None;
        }
        if std::mem::replace(&mut self.is_reported, true) { None } else { self.problem.clone() }
    }
}

/// The counts of each receiver of events.
type SentCounts = Arc<Mutex<Vec<(&'static str, Arc<NotifyCounts>)>>>;

impl Metrics {
    /// Listens, if that is requested.
    pub(super) async fn listen(args: &MonitorArgs) -> Result<Option<Self>, CommandError> {
        let Some(listen) = &args.metrics_listen else { return Ok(None) };
        let failed =
            |error| CommandError::failed(format!("cannot serve metrics at {listen}: {error}"));
        let addresses = listen.addresses().await.map_err(failed)?;
        let token = if args.metrics_open { None } else { token(args)? };
        let is_local = addresses.iter().all(|address| address.ip().is_loopback());
        if !is_local && token.is_none() && !args.metrics_open {
            return Err(CommandError::usage(format!(
                "other machines can reach {listen}: set ${TOKEN} or --metrics-token-file, or let \
                 everybody read the metrics with --metrics-open"
            )));
        }
        let supervisor = Arc::new(AtomicU32::new(0));
        let pid = Arc::clone(&supervisor);
        let sent = SentCounts::default();
        let counts = Arc::clone(&sent);
        let live = Arc::new(move || {
            let session = Usage::of_tree(std::process::id()).map(|usage| ("session", usage));
            let forwards = Some(pid.load(Relaxed)).filter(|pid| *pid > 0);
            let forwards = forwards.and_then(Usage::of_tree).map(|usage| ("forwards", usage));
            let parts: Vec<_> = session.into_iter().chain(forwards).collect();
            let counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            openmetrics::processes(&parts, largest_child_bytes()) + &openmetrics::sent(&counts)
        });
        let (files, identity) = IdentityFiles::open(args)?.unzip();
        let server = MetricsServer::listen(&addresses, token, identity, live);
        let server = server.await.map_err(failed)?;
        Ok(Some(Self { server, files, renewal: Mutex::default(), supervisor, sent }))
    }

    /// Counts what becomes of events.
    pub(super) fn count(&self, notifier: &Notifier) {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = notifier.counts();
    }

    /// Where they are.
    pub(super) fn url(&self) -> String {
        let scheme = if self.files.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/metrics", self.server.address())
    }

    /// Serves the session's present state from now on. Returns why a changed certificate cannot be
    /// used, if that is to be reported.
    pub(super) async fn publish(&self, state: &State) -> Option<String> {
        if let Some(page) = openmetrics::session(state) {
            self.server.publish(page);
        }
        let mut problem = None;
        if let Some(files) = self.files.clone()
            && let Ok(changed) = tokio::task::spawn_blocking(move || files.changed()).await
        {
            let failure = match changed {
                Ok(Some(identity)) => {
                    self.server.renew(identity);
                    None
                }
                Ok(None) => None,
                Err(error) => Some(format!(
                    "metrics are still served with the previous certificate: {}",
                    error.message()
                )),
            };
            problem = self.renewal.lock().unwrap_or_else(PoisonError::into_inner).result(failure);
        }
        let pid = tokio::time::timeout(ANSWER, supervisor_pid()).await.ok().flatten();
        self.supervisor.store(pid.unwrap_or(0), Relaxed);
        problem
    }
}

/// The token of the file, or else of the environment.
fn token(args: &MonitorArgs) -> Result<Option<Token>, CommandError> {
    let (text, from) = match &args.metrics_token_file {
        Some(path) => (read(path)?, path.display().to_string()),
        None => match std::env::var_os(TOKEN) {
            Some(text) => (text.to_string_lossy().into_owned(), format!("${TOKEN}")),
            None => return Ok(None),
        },
    };
    let invalid = || {
        CommandError::usage(format!("{from} has no token: one line of visible ASCII characters"))
    };
    Token::new(text.trim()).ok_or_else(invalid).map(Some)
}

fn read(path: &Path) -> Result<String, CommandError> {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(1 << 16).read_to_string(&mut text));
    read.map_err(|error| CommandError::failed(format!("cannot read {}: {error}", path.display())))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_stay_unusable_are_reported_once() {
        let mut renewal = Renewal::default();
        let broken = || Some("broken".to_owned());
        assert_eq!(renewal.result(None), None);
        assert_eq!(renewal.result(broken()), None, "they may be being replaced");
        assert_eq!(renewal.result(broken()), broken());
        assert_eq!(renewal.result(broken()), None);
        assert_eq!(renewal.result(None), None);
        assert_eq!([renewal.result(broken()), renewal.result(broken())], [None, broken()]);
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, shown) in [
            ("127.0.0.1:9095", "127.0.0.1:9095"),
            (":9095", ":9095"),
            ("[::]:9095", "[::]:9095"),
            ("[::1]:0", "[::1]:0"),
            ("localhost:9095", "localhost:9095"),
        ] {
            assert_eq!(ListenAddress::parse(text).unwrap().to_string(), shown);
        }
        for wrong in [
            "",
            "nonsense",
            "9095",
            "127.0.0.1:",
            "127.0.0.1:x",
            "::1:9095",
            "[::1:9",
            "a b:1",
            "a/b:1",
            "127.0.0.1:70000",
        ] {
            assert!(ListenAddress::parse(wrong).is_err(), "{wrong}");
        }
    }
}
