//! When samples were taken: every 30 seconds, but for an outage.

use super::{
    super::{names::HOUR, pod::NODES},
    Found,
    course::DEPTH,
};
use crate::demo::promql::Samples;

/// Seconds between two scrapes.
const EVERY: i64 = 30;
/// Nothing was scraped between these times ago.
const OUTAGE: (i64, i64) = (197 * HOUR, 193 * HOUR);

/// The value of a series at a time in seconds since 1970; `None` when it does not exist.
pub(super) type Value<'a> = Box<dyn Fn(i64) -> Option<f64> + 'a>;

/// The times of scrapes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scrapes {
    first: i64,
    outage: (i64, i64),
    last: i64,
}

impl Scrapes {
    /// The scrapes of a demo that started at `start`, until `now`.
    pub(super) fn new(start: i64, now: i64) -> Scrapes {
        Scrapes { first: start - DEPTH, outage: (start - OUTAGE.0, start - OUTAGE.1), last: now }
    }

    fn is_outage(self, at: i64) -> bool {
        (self.outage.0..self.outage.1).contains(&at)
    }

    pub(super) fn of(self, value: Value<'_>) -> Scraped<'_> {
        Scraped { scrapes: self, value }
    }
}

/// A series that is scraped.
pub(super) struct Scraped<'a> {
    scrapes: Scrapes,
    value: Value<'a>,
}

impl Samples for Scraped<'_> {
    fn within(&self, after: i64, until: i64, out: &mut Vec<(i64, f64)>) {
        let Scrapes { first, last, .. } = self.scrapes;
        let mut at = (after.div_euclid(1000).div_euclid(EVERY) + 1) * EVERY;
        if at < first {
            at = (first.div_euclid(EVERY) + 1) * EVERY;
        }
        let until = until.div_euclid(1000).min(last);
        while at <= until {
            if self.scrapes.is_outage(at) {
                at = (self.scrapes.outage.1.div_euclid(EVERY) + 1) * EVERY;
                continue;
            }
            if let Some(value) = (self.value)(at) {
                out.push((at * 1000, value));
            }
            at += EVERY;
        }
    }

    fn latest(&self, after: i64, until: i64) -> Option<(i64, f64)> {
        let mut at = until.div_euclid(1000).min(self.scrapes.last).div_euclid(EVERY) * EVERY;
        if self.scrapes.is_outage(at) {
            // Prometheus itself was down: its last samples stand for a while.
            at = (self.scrapes.outage.0 - 1).div_euclid(EVERY) * EVERY;
        }
        if at < self.scrapes.first || at * 1000 <= after {
            return None;
        }
        // What is not in the newest scrape is gone.
        Some((at * 1000, (self.value)(at)?))
    }
}

/// `up` of each target.
pub(super) fn up(found: &mut Found<'_, '_>) {
    found.target = Vec::new();
    let mut add = |job: &str, instance: &str, more: &[(&str, &str)]| {
        let labels = [&[("job", job), ("instance", instance)], more].concat();
        found.add("up", &labels, |_| Some(1.0));
    };
    add("prometheus", "localhost:9090", &[]);
    add("kube-state-metrics", "kube-state-metrics:8080", &[]);
    for number in 1..=NODES {
        let (instance, node) = (format!("10.0.0.{number}:10250"), format!("node-{number}"));
        add("kubelet", &instance, &[("metrics_path", "/metrics/cadvisor"), ("node", &node)]);
    }
}
