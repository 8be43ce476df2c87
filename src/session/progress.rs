//! A scan from start to end. Clusters that answer within 2 s are evaluated together, the others as
//! they answer, so that a slow cluster delays no event of another.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Plan;
use super::recorder::{Batch, Evaluated, Job, Recorder, Shared};
use super::scan::{Answer, Scan, WatchedCluster, clock, cluster_budget};

/// Clusters that answer within this time are evaluated together.
const FAST_CLUSTERS: Duration = Duration::from_secs(2);

/// A step of a scan.
pub(super) enum Step {
    /// Some clusters were evaluated; others have not answered yet.
    Partial(Evaluated),
    /// The last clusters were evaluated; all clusters of this scan are free for the next one.
    Complete(Evaluated, Vec<WatchedCluster>),
}

/// A scan that is under way. Dropping it ends the reads that are still running.
pub(super) struct ScanInProgress {
    scan: Scan,
    recorder: Shared,
    plan: Arc<Plan>,
    /// When the last cluster answered.
    answered: Duration,
    /// The clusters that have answered.
    watched: Vec<(usize, WatchedCluster)>,
    batch: Batch,
    evaluation: Option<JoinHandle<Evaluated>>,
}

impl ScanInProgress {
    pub(super) fn begin(plan: &Arc<Plan>, recorder: &Shared, watched: Vec<WatchedCluster>) -> Self {
        // A single scan has no budget: it waits as long as kubectl does.
        let budget = plan.interval.map_or(Duration::MAX, cluster_budget);
        Self {
            scan: Scan::begin(&plan.reader, watched, &plan.request, budget),
            recorder: Arc::clone(recorder),
            plan: Arc::clone(plan),
            answered: Duration::ZERO,
            watched: Vec::new(),
            batch: Batch::default(),
            evaluation: None,
        }
    }

    /// Sends each step, the last of which is [`Step::Complete`].
    pub(super) async fn run(mut self, steps: UnboundedSender<Step>) {
        loop {
            let step = self.next().await;
            let is_last = matches!(step, Step::Complete(..));
            if steps.send(step).is_err() || is_last {
                return;
            }
        }
    }

    async fn next(&mut self) -> Step {
        let deadline = Instant::from_std(self.scan.start) + FAST_CLUSTERS;
        loop {
            let all = self.scan.open() == 0;
            if let Some(evaluation) = &mut self.evaluation {
                tokio::select! {
                    evaluated = evaluation => {
                        self.evaluation = None;
                        let evaluated = match evaluated {
                            Ok(evaluated) => evaluated,
                            // A panic is a bug: propagate it.
                            Err(error) => std::panic::resume_unwind(error.into_panic()),
                        };
                        return if evaluated.complete.is_some() {
                            Step::Complete(evaluated, self.free())
                        } else {
                            Step::Partial(evaluated)
                        };
                    }
                    answer = self.scan.next(), if !all => self.take(answer),
                }
            } else if all || (!self.batch.is_empty() && Instant::now() >= deadline) {
                let job = Job {
                    batch: std::mem::take(&mut self.batch),
                    taken_at: self.scan.taken_at,
                    complete: all.then_some(self.answered),
                    plan: Arc::clone(&self.plan),
                };
                let recorder = Arc::clone(&self.recorder);
                // On a thread of its own, because the database may block.
                let evaluate = move || Recorder::lock(&recorder).evaluate(job);
                self.evaluation = Some(tokio::task::spawn_blocking(evaluate));
            } else {
                tokio::select! {
                    answer = self.scan.next() => self.take(answer),
                    () = tokio::time::sleep_until(deadline), if !self.batch.is_empty() => {}
                }
            }
        }
    }

    fn take(&mut self, answer: Option<Answer>) {
        if let Some(answer) = answer {
            self.answered = clock() - self.scan.start;
            self.watched.push((answer.index, answer.watched));
            self.batch.insert(answer.index, answer.world);
        }
    }

    fn free(&mut self) -> Vec<WatchedCluster> {
        let mut watched = std::mem::take(&mut self.watched);
        watched.sort_by_key(|(index, _)| *index);
        watched.into_iter().map(|(_, watched)| watched).collect()
    }
}
