//! Series that a test gives, in OpenMetrics text: the same text fills a real Prometheus.

use std::collections::HashMap;

use promql_parser::parser::{self, Expr};

use crate::demo::promql::{Labels, Matcher, NAME, Samples, Store, Stored, matches};

/// Samples in the order of time, by their labels.
#[derive(Debug, Default)]
pub(in crate::demo) struct Kept(Vec<(Labels, Vec<(i64, f64)>)>);

impl Kept {
    /// Reads lines like `name{label="value"} 1.5 1764547200`; others are passed over.
    pub(in crate::demo) fn parse(text: &str) -> Kept {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut all: Vec<(Labels, Vec<(i64, f64)>)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.rsplitn(3, ' ');
            let (Some(at), Some(value), Some(series)) = (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let (Ok(at), Ok(value)) = (at.parse::<i64>(), value.parse::<f64>()) else { continue };
            let known = places.get(series).copied();
            let place = known.unwrap_or(all.len());
            if known.is_none() {
                let Some(labels) = labels(series) else { continue };
                all.push((labels, Vec::new()));
                places.insert(series, place);
            }
            if let Some((_, samples)) = all.get_mut(place) {
                samples.push((at * 1000, value));
            }
        }
        for (_, samples) in &mut all {
            samples.sort_by_key(|(at, _)| *at);
        }
        Kept(all)
    }

    pub(in crate::demo) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The labels of a series as it is written: a selector for itself.
fn labels(series: &str) -> Option<Labels> {
    let Ok(Expr::VectorSelector(selector)) = parser::parse(series) else { return None };
    let mut labels = Labels::of([(NAME, selector.name.as_deref()?)]);
    for matcher in &selector.matchers.matchers {
        labels.set(&matcher.name, &matcher.value);
    }
    Some(labels)
}

impl Store for Kept {
    fn select(&self, matchers: &[Matcher], _: i64, _: i64) -> Vec<Stored<'_>> {
        let found = self.0.iter().filter(|(labels, _)| matches(matchers, labels));
        found
            .map(|(labels, samples)| Stored {
                labels: labels.clone(),
                samples: Box::new(samples.as_slice()),
            })
            .collect()
    }
}

impl Samples for &[(i64, f64)] {
    fn within(&self, after: i64, until: i64, out: &mut Vec<(i64, f64)>) {
        let from = self.partition_point(|(at, _)| *at <= after);
        let to = self.partition_point(|(at, _)| *at <= until);
        out.extend(self.get(from..to).unwrap_or_default());
    }

    fn latest(&self, after: i64, until: i64) -> Option<(i64, f64)> {
        let to = self.partition_point(|(at, _)| *at <= until);
        let last = self.get(..to)?.last()?;
        (last.0 > after).then_some(*last)
    }
}
