//! Questions to a Prometheus, or to a server with its API: one at a time, bounded, each answer with what is missing
//! from it.

use std::collections::BTreeMap;
use std::fmt;
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

/// Whose turn it is to ask a server; and why it is not asked, where it did not answer the simplest question in time.
pub type Turn = Arc<Mutex<Option<QueryError>>>;

/// A server. Its clones ask in turn: a server gets one question at a time.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    turn: Turn,
    budget: Arc<Budget>,
    on_answer: OnAnswer,
}

/// Is called after each question that was answered, or has failed.
#[derive(Clone, Default)]
pub struct OnAnswer(Option<Arc<dyn Fn() + Send + Sync>>);

impl OnAnswer {
    /// Calls `done`.
    pub fn new(done: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(done)))
    }

    fn done(&self) {
        if let Some(done) = &self.0 {
            done();
        }
    }
}

impl fmt::Debug for OnAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnAnswer")
    }
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
        Self {
            transport,
            turn: Arc::default(),
            budget: Arc::new(budget),
            on_answer: OnAnswer::default(),
        }
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

    /// Calls `on_answer` after each question.
    #[must_use]
    pub fn with_on_answer(mut self, on_answer: OnAnswer) -> Self {
        self.on_answer = on_answer;
        self
    }

    /// Asks in turn with everybody who has the same turn: they mean one server.
    #[must_use]
    pub fn with_turn(mut self, turn: Turn) -> Self {
        self.turn = turn;
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
        let body = self.ask("/api/v1/query_range", &parameters).await;
        // Only of a range can one ask for less in so many ways.
        let body = body.map_err(|error| match error {
            QueryError::TooLong(bytes) => QueryError::TooLongRange(bytes),
            error => error,
        });
        let answer = answer::series(&body?)?;
        self.spend(answer.items.iter().map(|one| one.points.len()).sum())?;
        Ok(answer)
    }

    /// Checks that the server reports itself healthy (`/-/healthy`), as Alertmanager does.
    ///
    /// # Errors
    /// If it does not answer, or reports that it is not healthy.
    pub async fn is_healthy(&self) -> Result<(), QueryError> {
        let _turn = self.turn.lock().await;
        let reply = self.transport.get("/-/healthy", &[]).await?;
        // A login page comes with 200 too.
        if answer::is_html(&reply.body) { Err(QueryError::Html) } else { Ok(()) }
    }

    /// The server's time, where it says so with its answers. It is the first question: a server that does not answer it
    /// in time is not asked it again by those who have the same turn.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn time(&self) -> Result<Option<Timestamp>, QueryError> {
        let mut silent = self.turn.lock().await;
        if let Some(error) = &*silent {
            return Err(error.clone());
        }
        let one = [("query", "vector(1)".to_owned())];
        let reply = self.transport.get("/api/v1/query", &one).await;
        if let Err(error @ QueryError::Timeout(_)) = &reply {
            *silent = Some(error.clone());
        }
        self.on_answer.done();
        Ok(reply?.date)
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
        self.on_answer.done();
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::super::transport::{Pending, Reply};
    use super::*;

    /// Gives the answers in turn, and keeps the parameters.
    #[derive(Debug, Default)]
    struct Scripted {
        answers: Mutex<VecDeque<Result<&'static str, QueryError>>>,
        asked: Mutex<Vec<String>>,
    }

    impl Transport for Scripted {
        fn get<'a>(
            &'a self,
            _path: &'a str,
            parameters: &'a [(&'a str, String)],
        ) -> Pending<'a, Result<Reply, QueryError>> {
            self.asked.lock().unwrap().push(super::super::encoded(parameters));
            let answer = self.answers.lock().unwrap().pop_front().unwrap();
            Box::pin(async { answer.map(|body| Reply { body: body.into(), date: None }) })
        }
    }

    fn scripted(answers: Vec<Result<&'static str, QueryError>>) -> (Client, Arc<Scripted>) {
        let transport =
            Arc::new(Scripted { answers: Mutex::new(answers.into()), ..Scripted::default() });
        (Client::new(Arc::clone(&transport) as Arc<dyn Transport>), transport)
    }

    fn two_days() -> Range {
        let end = Timestamp::from_second(1_764_547_200).unwrap();
        Range::before(end, Duration::from_hours(47), Duration::from_hours(1))
    }

    const FIRST: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"a":"1"},"values":[[1,"1"],[2,"2"]]},{"metric":{"a":"2"},"values":[[2,"9"]]}]}}"#;
    const SECOND: &str = r#"{"status":"success","warnings":["w"],"data":{"resultType":"matrix","result":[
        {"metric":{"a":"1"},"values":[[3,"3"]]}]}}"#;

    #[tokio::test]
    async fn a_range_is_one_answer_of_several_questions() {
        let (client, transport) = scripted(vec![Ok(FIRST), Ok(SECOND)]);
        let answer = client.query_range("up", &two_days()).await.unwrap();
        let points: Vec<_> = answer.items[0].points.iter().map(|point| point.value).collect();
        assert_eq!((points, answer.items.len()), (vec![1.0, 2.0, 3.0], 2));
        assert_eq!(answer.incomplete().unwrap(), "the server warns: w");
        let asked = transport.asked.lock().unwrap();
        assert_eq!(asked[0], "query=up&start=1764378000&end=1764464400&step=3600");
        assert_eq!(asked[1], "query=up&start=1764468000&end=1764547200&step=3600");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_read_before_a_failure_stays_and_is_incomplete() {
        let refused = || Err(QueryError::Refused { code: 503, message: "busy".to_owned() });
        // A failure that may pass is tried again, once.
        let (client, transport) = scripted(vec![Ok(FIRST), refused(), refused()]);
        let answer = client.query_range("up", &two_days()).await.unwrap();
        assert_eq!(answer.items.len(), 2);
        assert_eq!(answer.incomplete().unwrap(), "the server answered 503: busy");
        let (from, _) = answer.unread.unwrap();
        assert_eq!((from.start(), transport.asked.lock().unwrap().len()), (1_764_468_000, 3));
        let (client, _) = scripted(vec![refused(), Ok(FIRST), Ok(SECOND)]);
        assert!(client.query_range("up", &two_days()).await.unwrap().unread.is_none());
        let (client, _) = scripted(vec![Err(QueryError::Html)]);
        assert_eq!(client.query_range("up", &two_days()).await, Err(QueryError::Html));
    }

    #[tokio::test]
    async fn only_of_a_range_less_can_be_asked() {
        let too_long = || Err(QueryError::TooLong(64 << 20));
        let (client, _) = scripted(vec![too_long(), too_long(), too_long()]);
        let range = client.query_range("up", &two_days()).await.unwrap_err().to_string();
        assert!(
            range.ends_with("use a shorter time, a larger step or fewer namespaces"),
            "{range}"
        );
        let plain = "the answer is longer than 64 MiB, the most that is read";
        assert_eq!(client.query("up", None).await.unwrap_err().to_string(), plain);
        assert_eq!(client.ask("/api/v2/alerts", &[]).await.unwrap_err().to_string(), plain);
    }

    #[tokio::test]
    async fn more_points_than_allowed_are_an_error() {
        let (client, _) = scripted(vec![Ok(FIRST), Ok(SECOND)]);
        let client = client.with_max_points(3);
        let answer = client.query_range("up", &two_days()).await.unwrap();
        assert_eq!(answer.unread.unwrap().1, QueryError::TooManyPoints(3));
        let (client, _) = scripted(vec![Ok(FIRST)]);
        let answer = client.with_max_points(2).query_range("up", &two_days()).await;
        assert_eq!(answer, Err(QueryError::TooManyPoints(2)));
    }
}
