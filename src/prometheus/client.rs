//! Questions to a Prometheus, or to a server with its API: one at a time, bounded, each answer with what is missing
//! from it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::body::Bytes;
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::sleep;

use super::answer::{self, Answer, LabelSet, Point, Sample, Series};
use super::error::QueryError;
use super::http::{HttpTransport, Limits};
use super::range::Range;
use super::transport::Transport;

/// The maximum size of an answer to the few questions that a session asks.
const MAX_ANSWER: usize = 16 << 20;
/// The pause before a query is repeated, once, after a failure that may pass.
const PAUSE: Duration = Duration::from_secs(1);

/// A server. Its clones ask in turn: a server gets one question at a time.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    turn: Arc<Mutex<()>>,
    budget: Arc<Budget>,
}

/// How many points may still come.
#[derive(Debug)]
struct Budget {
    most: u64,
    used: AtomicU64,
}

/// The result of probing a Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// How many HPAs kube-state-metrics reports to it; `None` if it has no such metric, which means
    /// unknown, not zero.
    pub hpas: Option<u64>,
}

impl Client {
    /// A server that is reached by the transport.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        let budget = Budget { most: u64::MAX, used: AtomicU64::new(0) };
        Self { transport, turn: Arc::default(), budget: Arc::new(budget) }
    }

    /// A server at 127.0.0.1:`port`, with paths below `prefix` (empty, or `/…`), and the time limit
    /// `within` for each query.
    ///
    /// # Errors
    /// If the prefix cannot be part of a URL.
    pub fn local(port: u16, prefix: &str, within: Duration) -> Result<Self, QueryError> {
        let limits = Limits { within, bytes: MAX_ANSWER };
        let transport =
            HttpTransport::new(&format!("http://127.0.0.1:{port}{prefix}"), "", None, limits)
                .map_err(QueryError::Unreadable)?;
        Ok(Self::new(Arc::new(transport)))
    }

    /// Stops with an error once all answers together have more points.
    #[must_use]
    pub fn with_max_points(mut self, most: u64) -> Self {
        self.budget = Arc::new(Budget { most, used: AtomicU64::new(0) });
        self
    }

    /// Checks that the server answers PromQL, and counts the HPAs it knows.
    ///
    /// # Errors
    /// If it does not answer, or not as Prometheus does.
    pub async fn probe(&self) -> Result<Probe, QueryError> {
        let one = self.query("vector(1)", None).await?.items;
        if !matches!(&*one, [sample] if sample.value.total_cmp(&1.0).is_eq()) {
            return Err(QueryError::Unreadable("vector(1) is not 1".to_owned()));
        }
        let count = "count(kube_horizontalpodautoscaler_spec_max_replicas)";
        let count = self.query(count, None).await?.items;
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

    /// An instant query that yields a vector, at a time or else at the server's own now.
    ///
    /// # Errors
    /// If the server does not answer, or not as Prometheus does, or the query yields another type.
    pub async fn query(
        &self,
        promql: &str,
        at: Option<Timestamp>,
    ) -> Result<Answer<Sample>, QueryError> {
        let mut parameters = vec![("query", promql.to_owned())];
        parameters.extend(at.map(|at| ("time", seconds(at))));
        let answer = answer::samples(&self.ask("/api/v1/query", &parameters).await?)?;
        self.spend(answer.items.len())?;
        Ok(answer)
    }

    /// A query over a range, as many questions as it takes, the earliest first. A failure after the first answer ends
    /// it, with what there is until then.
    ///
    /// # Errors
    /// If the first question fails.
    pub async fn query_range(
        &self,
        promql: &str,
        range: &Range,
    ) -> Result<Answer<Series>, QueryError> {
        let mut whole =
            Answer { items: Vec::new(), warnings: Vec::new(), is_partial: false, unread: None };
        let mut series: BTreeMap<LabelSet, Vec<Point>> = BTreeMap::new();
        for (number, chunk) in range.chunks().enumerate() {
            match self.chunk(promql, &chunk).await {
                Err(error) if number == 0 => return Err(error),
                Err(error) => {
                    whole.unread = Some((chunk, error));
                    break;
                }
                Ok(answer) => {
                    whole.is_partial |= answer.is_partial;
                    for warning in answer.warnings {
                        if !whole.warnings.contains(&warning) {
                            whole.warnings.push(warning);
                        }
                    }
                    for one in answer.items {
                        series.entry(one.labels).or_default().extend(one.points);
                    }
                }
            }
        }
        whole.items =
            series.into_iter().map(|(labels, points)| Series { labels, points }).collect();
        Ok(whole)
    }

    async fn chunk(&self, promql: &str, range: &Range) -> Result<Answer<Series>, QueryError> {
        let parameters = [
            ("query", promql.to_owned()),
            ("start", range.start().to_string()),
            ("end", range.end().to_string()),
            ("step", range.step().to_string()),
        ];
        let answer = answer::series(&self.ask("/api/v1/query_range", &parameters).await?)?;
        self.spend(answer.items.iter().map(|one| one.points.len()).sum())?;
        Ok(answer)
    }

    /// Checks that the server reports itself healthy (`/-/healthy`), as Alertmanager does.
    ///
    /// # Errors
    /// If it does not answer, or reports that it is not healthy.
    pub async fn is_healthy(&self) -> Result<(), QueryError> {
        let _turn = self.turn.lock().await;
        self.transport.get("/-/healthy", &[]).await.map(drop)
    }

    /// The server's time, where it says so with its answers.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn time(&self) -> Result<Option<Timestamp>, QueryError> {
        let _turn = self.turn.lock().await;
        let one = [("query", "vector(1)".to_owned())];
        Ok(self.transport.get("/api/v1/query", &one).await?.date)
    }

    /// The body of an answer of the API.
    ///
    /// # Errors
    /// If the server does not answer, or with an error.
    pub async fn ask(
        &self,
        path: &str,
        parameters: &[(&str, String)],
    ) -> Result<Bytes, QueryError> {
        let _turn = self.turn.lock().await;
        let reply = match self.transport.get(path, parameters).await {
            Err(error) if error.is_transient() => {
                sleep(PAUSE).await;
                self.transport.get(path, parameters).await
            }
            reply => reply,
        };
        Ok(reply?.body)
    }

    fn spend(&self, points: usize) -> Result<(), QueryError> {
        let points = u64::try_from(points).unwrap_or(u64::MAX);
        let used = self.budget.used.fetch_add(points, Ordering::Relaxed).saturating_add(points);
        let most = self.budget.most;
        if used > most { Err(QueryError::TooManyPoints(most)) } else { Ok(()) }
    }
}

/// Seconds since 1970, with a fraction.
fn seconds(at: Timestamp) -> String {
    let (seconds, milliseconds) = (at.as_second(), at.subsec_millisecond().unsigned_abs());
    if seconds >= 0 { format!("{seconds}.{milliseconds:03}") } else { seconds.to_string() }
}
