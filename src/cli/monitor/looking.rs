//! A look from its beginning to its end. Clusters that answer promptly are told of together, the
//! others as they answer, so that one that keeps us waiting delays nothing that is told of another.

use std::time::Duration;

use tokio::time::Instant;

use super::digest::{Batch, Digest, Digesting, Memory, Part};
use super::sweep::{Sweep, Watched};
use crate::collect::{Collector, WorldRequest};
use crate::findings::Selection;

/// For so long the clusters wait for each other.
const PROMPT: Duration = Duration::from_secs(2);

/// What there is to tell of a look.
pub(super) enum Told {
    /// Of some clusters; others have not answered yet.
    Part(Part),
    /// Of the last ones and of the whole; the clusters are free for the next look.
    Whole(Box<Digest>, Vec<Watched>),
}

/// What a look asks for, and what it is judged by.
pub(super) struct Question {
    pub(super) collector: Collector,
    pub(super) request: WorldRequest,
    pub(super) selection: Selection,
    /// How long a cluster may take.
    pub(super) within: Duration,
}

/// A look that is under way. Dropping it ends what is still running.
pub(super) struct Looking {
    question: Question,
    sweep: Sweep,
    /// When the last cluster answered.
    answered: Duration,
    /// Those that have answered.
    watched: Vec<(usize, Watched)>,
    batch: Batch,
    digesting: Option<Digesting>,
}

impl Looking {
    pub(super) fn begin(question: Question, watched: Vec<Watched>) -> Self {
        let Question { collector, request, within, .. } = &question;
        let sweep = Sweep::begin(collector, watched, request, *within);
        Self {
            question,
            sweep,
            answered: Duration::ZERO,
            watched: Vec::new(),
            batch: Batch::default(),
            digesting: None,
        }
    }

    /// What there is to tell next. Nothing is lost where the waiting is given up and taken up again;
    /// after the whole there is nothing more.
    pub(super) async fn next(&mut self, memory: &mut Memory) -> Told {
        let prompt = Instant::from_std(self.sweep.start) + PROMPT;
        loop {
            let all = self.sweep.open() == 0;
            if let Some(digesting) = &mut self.digesting {
                tokio::select! {
                    digested = digesting.done() => {
                        self.digesting = None;
                        match memory.digested(*digested) {
                            Ok(digest) => return Told::Whole(Box::new(digest), self.free()),
                            Err(part) => return Told::Part(part),
                        }
                    }
                    answer = self.sweep.next(), if !all => self.take(answer),
                }
            } else if all || (!self.batch.is_empty() && Instant::now() >= prompt) {
                let batch = std::mem::take(&mut self.batch);
                let Question { request, selection, .. } = &self.question;
                let whole = all.then_some(self.answered);
                let taken_at = self.sweep.taken_at;
                self.digesting = Some(memory.digest(batch, taken_at, whole, request, selection));
            } else {
                tokio::select! {
                    answer = self.sweep.next() => self.take(answer),
                    () = tokio::time::sleep_until(prompt), if !self.batch.is_empty() => {}
                }
            }
        }
    }

    fn take(&mut self, answer: Option<super::sweep::Answer>) {
        if let Some(answer) = answer {
            self.answered = self.sweep.start.elapsed();
            self.watched.push((answer.index, answer.watched));
            self.batch.insert(answer.index, answer.world);
        }
    }

    fn free(&mut self) -> Vec<Watched> {
        let mut watched = std::mem::take(&mut self.watched);
        watched.sort_by_key(|(index, _)| *index);
        watched.into_iter().map(|(_, watched)| watched).collect()
    }
}
