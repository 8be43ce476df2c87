//! What Prometheus knows of an HPA over a time, for `hpa get --since`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Detailed, Page};
use crate::config::duration;
use crate::history::{Gap, Span};
use crate::hpa::{Hpa, Metric};
use crate::output::chart::{Charset, Chart};
use crate::output::history::amount;
use crate::output::past::{History, Why};
use crate::output::usage::{percent, rounded};
use crate::stores::{HpaPast, MetricLines};
use crate::term::time::{age, age_at};
use crate::usage::{CourseSummary, Grid, Line, Load, percentile};

/// The most points of a document; of more, every second, third, … is in it.
const MOST_POINTS: usize = 2000;
/// The height of a chart in lines.
const HEIGHT: usize = 6;
/// The width of a chart without a terminal, and the largest, in columns.
const WIDTHS: (usize, usize) = (78, 120);

/// What is known of an HPA over a time, or why nothing is.
#[derive(Clone, Debug)]
pub struct PastOfHpa {
    /// How long the time is.
    pub length: Duration,
    /// From where it comes.
    pub origin: Option<String>,
    /// All of its points; or why there are none.
    pub past: Result<HpaPast, String>,
}

/// The same in JSON: fields of the HPA.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PastFields<'a> {
    history: Option<Whole>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history_unknown: Option<&'a str>,
    #[serde(skip)]
    of: &'a PastOfHpa,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    #[serde(flatten)]
    figures: History,
    throttled: Option<Throttled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throttled_unknown: Option<Why>,
    metrics: Vec<MetricJson>,
    series_step_seconds: u64,
    series: Vec<PointJson>,
}

#[derive(Clone, Debug, Serialize)]
struct Throttled {
    median: f64,
    p95: f64,
    highest: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MetricJson {
    metric: String,
    points_seen: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Why>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PointJson {
    at: Timestamp,
    current_replicas: Option<f64>,
    desired_replicas: Option<f64>,
    min_replicas: Option<f64>,
    max_replicas: Option<f64>,
    cpu_used_milli: Option<f64>,
    cpu_requested_milli: Option<f64>,
    memory_used_bytes: Option<f64>,
    memory_requested_bytes: Option<f64>,
    throttled: Option<f64>,
    metrics: Vec<ReadingJson>,
}

#[derive(Clone, Debug, Serialize)]
struct ReadingJson {
    current: Option<f64>,
    target: Option<f64>,
}

impl<'a> PastFields<'a> {
    pub(super) fn of(past: &'a PastOfHpa, hpa: &Hpa) -> Self {
        let whole = past.past.as_ref().ok().map(|it| Whole::of(it, past.origin.clone(), hpa));
        let unknown = past.past.as_ref().err().map(String::as_str);
        Self { history: whole, history_unknown: unknown, of: past }
    }
}

impl Whole {
    fn of(past: &HpaPast, origin: Option<String>, hpa: &Hpa) -> Self {
        let every = past.grid.count.div_ceil(MOST_POINTS).max(1);
        let metrics = hpa.metrics.iter().zip(&past.metrics).map(|(metric, lines)| MetricJson {
            metric: metric.label(),
            points_seen: lines.as_ref().map_or(0, |it| it.current.iter().flatten().count()),
            unknown: Why::of(lines),
        });
        let step = u64::try_from(every).unwrap_or(u64::MAX).saturating_mul(past.grid.step);
        Self {
            figures: History::of(&past.summary, origin, past.grid),
            throttled: past.throttled.as_ref().ok().and_then(Throttled::of),
            throttled_unknown: Why::of(&past.throttled),
            metrics: metrics.collect(),
            series_step_seconds: step,
            series: (0..past.grid.count).step_by(every).map(|at| PointJson::of(past, at)).collect(),
        }
    }
}

impl Throttled {
    fn of(line: &Line) -> Option<Self> {
        let mut sorted: Vec<f64> = line.iter().copied().flatten().collect();
        sorted.sort_by(f64::total_cmp);
        let figure = |percent| percentile(&sorted, percent).map(|share| rounded(share, 4));
        Some(Self { median: figure(50)?, p95: figure(95)?, highest: figure(100)? })
    }
}

impl PointJson {
    fn of(past: &HpaPast, at: usize) -> Self {
        let value = |line: &Line| line.get(at).copied().flatten();
        let milli = |line: &Line| value(line).map(|cores| rounded(cores * 1e3, 3));
        let metric = |lines: &MetricLines| ReadingJson {
            current: value(&lines.current),
            target: value(&lines.target),
        };
        let none = ReadingJson { current: None, target: None };
        Self {
            at: past.grid.at(at),
            current_replicas: value(&past.replicas.current),
            desired_replicas: value(&past.replicas.desired),
            min_replicas: value(&past.replicas.min),
            max_replicas: value(&past.replicas.max),
            cpu_used_milli: milli(&past.cpu.used),
            cpu_requested_milli: milli(&past.cpu.requested),
            memory_used_bytes: value(&past.memory.used),
            memory_requested_bytes: value(&past.memory.requested),
            throttled: past.throttled.as_ref().ok().and_then(value),
            metrics: past
                .metrics
                .iter()
                .map(|lines| lines.as_ref().map_or_else(|_| none.clone(), metric))
                .collect(),
        }
    }
}

impl Page {
    pub(super) fn history(&mut self, detail: &Detailed<'_>) {
        let Some(PastFields { of, .. }) = &detail.past else { return };
        self.heading(&format!("History (Prometheus, last {})", duration::format(of.length)));
        let past = match &of.past {
            Ok(past) => past,
            Err(why) => return self.indented(2, &format!("unknown: {why}")),
        };
        if let Some(origin) = &of.origin {
            let text = format!("{origin}, {}{}", seen(past), begins(past, detail.hpa));
            self.field("source", &text);
        }
        self.figures(&past.summary);
        match &past.throttled {
            Err(why) => self.field("throttled", &format!("unknown: {why}")),
            Ok(line) => match Throttled::of(line) {
                None => self.field("throttled", "unknown: never seen"),
                Some(Throttled { median, p95, highest }) => self.field(
                    "throttled",
                    &format!(
                        "in {} of the CPU periods (median), p95 {}, highest {}",
                        percent(median),
                        percent(p95),
                        percent(highest)
                    ),
                ),
            },
        }
        let width = self.width.map_or(WIDTHS.0, |width| width.saturating_sub(2).min(WIDTHS.1));
        let drawing =
            Drawing { grid: past.grid, halves: Chart::halves(width), charset: self.charset };
        self.chart(&drawing.title("replicas", &drawing.bounds(past)), &drawing.replicas(past));
        self.worst_metric(detail.hpa, past, &drawing);
    }

    fn figures(&mut self, summary: &CourseSummary) {
        match &summary.replicas {
            Err(why) => self.field("replicas", &format!("unknown: {why}")),
            Ok(it) => {
                let scalings = match it.scalings() {
                    0 => "no scaling was seen".to_owned(),
                    1 => "scaled once".to_owned(),
                    times => format!("scaled {times} times ({} up)", it.scale_ups),
                };
                let (lowest, highest, at) = (it.lowest, it.highest, moment(it.highest_at));
                let text =
                    format!("lowest {lowest}, highest {highest} (first at {at}); {scalings}");
                self.field("replicas", &text);
            }
        }
        match &summary.at_max {
            Err(why) => self.field("at max", &format!("unknown: {why}")),
            Ok(it) => {
                let of = duration::format(Duration::from_mins(it.of.as_secs() / 60));
                let time = age(it.time);
                let text = format!("{} of the time seen ({time} of {of})", percent(it.share()));
                self.field("at max", &text);
            }
        }
        for (name, load) in [("cpu", &summary.cpu), ("memory", &summary.memory)] {
            let text = match load {
                Err(why) => format!("unknown: {why}"),
                Ok(Load { p95, highest, highest_at, .. }) => format!(
                    "p95 {} of the requests, highest {} (at {})",
                    percent(*p95),
                    percent(*highest),
                    moment(*highest_at)
                ),
            };
            self.field(name, &text);
        }
    }

    /// The metric that was the farthest above its target, or else CPU of what is requested.
    fn worst_metric(&mut self, hpa: &Hpa, past: &HpaPast, drawing: &Drawing) {
        let ratio = |lines: &MetricLines| {
            let ratios = lines.current.iter().zip(&lines.target);
            let ratios = ratios.filter_map(|(current, target)| Some((*current)? / (*target)?));
            ratios.filter(|ratio| ratio.is_finite()).reduce(f64::max)
        };
        let known = hpa.metrics.iter().zip(&past.metrics);
        let known = known.filter_map(|(metric, lines)| {
            let lines = lines.as_ref().ok()?;
            Some((metric, lines, ratio(lines)?))
        });
        if let Some((metric, lines, _)) = known.reduce(|a, b| if b.2 > a.2 { b } else { a }) {
            let rows = drawing.metric(metric, lines);
            let target = [("its target", drawing.last(&lines.target))];
            return self.chart(&drawing.title(&metric.label(), &target), &rows);
        }
        let why = past.metrics.iter().find_map(|lines| lines.as_ref().err());
        if let Some(why) = why {
            self.field("metrics", &format!("unknown: {why}"));
        }
        let rows = drawing.shares(&past.cpu.shares());
        self.chart("cpu of what is requested", &rows);
    }

    fn chart(&mut self, title: &str, rows: &[String]) {
        if rows.is_empty() {
            return;
        }
        self.text.push('\n');
        self.indented(2, title);
        for row in rows {
            self.text += &format!("  {row}\n");
        }
    }
}

/// `1441 points, one every 1m, seen at 97% of them`
#[expect(clippy::cast_precision_loss, reason = "counts of points")]
fn seen(past: &HpaPast) -> String {
    let of = past.grid.count;
    let seen = past.replicas.current.iter().flatten().count();
    let every = duration::format(Duration::from_secs(past.grid.step));
    let share = percent(seen as f64 / of.max(1) as f64);
    format!("{of} points, one every {every}, the HPA seen at {share} of them")
}

/// Why nothing was seen before a time: `; it was created 42h before its end`.
fn begins(past: &HpaPast, hpa: &Hpa) -> String {
    let start = past.grid.at(0);
    let end = past.grid.at(past.grid.count.saturating_sub(1));
    let Some(first) = past.replicas.current.iter().position(Option::is_some) else {
        return String::new();
    };
    if let Some(created) = hpa.created_at.filter(|created| *created > start) {
        return format!("; it was created {} ago", age_at(created, end));
    }
    // A few points may be missing anywhere.
    if first > past.grid.count / 50 + 1 {
        return format!("; nothing is known before {} ago", age_at(past.grid.at(first), end));
    }
    String::new()
}

fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%m-%d %H:%M UTC").to_string()
}

/// How lines become charts.
struct Drawing {
    grid: Grid,
    halves: usize,
    charset: Charset,
}

/// A dashed line and its name.
type Bound = (&'static str, Vec<Option<f64>>);

impl Drawing {
    /// `⠒⠒ replicas; ╌╌ minReplicas; maxReplicas is not known`
    fn title(&self, line: &str, bounds: &[Bound]) -> String {
        let [line_mark, _, bound_mark] = self.charset.marks();
        let is_known = |bound: &&Bound| bound.1.iter().any(Option::is_some);
        let names = |known: bool| {
            let names = bounds.iter().filter(|bound| is_known(bound) == known);
            names.map(|(name, _)| *name).collect::<Vec<_>>().join(" and ")
        };
        let mut title = format!("{line_mark} {line}");
        let (known, unknown) = (names(true), names(false));
        if !known.is_empty() {
            title = format!("{title}; {bound_mark} {known}");
        }
        if !unknown.is_empty() {
            title = format!("{title}; {unknown}: not known");
        }
        title
    }

    fn bounds(&self, past: &HpaPast) -> [Bound; 2] {
        let replicas = &past.replicas;
        [("minReplicas", self.last(&replicas.min)), ("maxReplicas", self.last(&replicas.max))]
    }

    fn replicas(&self, past: &HpaPast) -> Vec<String> {
        let replicas = &past.replicas;
        let bounds = self.bounds(past).map(|(_, values)| values);
        self.render(&self.spans(&replicas.current), &bounds, true, &|value| format!("{value}"))
    }

    fn metric(&self, metric: &Metric, lines: &MetricLines) -> Vec<String> {
        let bounds = [self.last(&lines.target)];
        self.render(&self.spans(&lines.current), &bounds, false, &|value| amount(metric, value))
    }

    fn shares(&self, shares: &Line) -> Vec<String> {
        self.render(&self.spans(shares), &[], false, &percent)
    }

    fn render(
        &self,
        line: &[Option<Span>],
        bounds: &[Vec<Option<f64>>],
        whole: bool,
        label: &dyn Fn(f64) -> String,
    ) -> Vec<String> {
        let gap = |span: &Option<Span>| span.is_none().then_some(Gap::Nothing);
        let gaps: Vec<Option<Gap>> = line.iter().map(gap).collect();
        let range = (self.grid.at(0), self.grid.at(self.grid.count.saturating_sub(1)));
        let (height, charset) = (HEIGHT, self.charset);
        let second = &[];
        Chart { line, second, bounds, gaps: &gaps, range, label, whole, height, charset }.render()
    }

    /// The values of each half of a character.
    fn parts<'a>(&self, line: &'a Line) -> impl Iterator<Item = &'a [Option<f64>]> + use<'a> {
        let (count, halves) = (line.len(), self.halves.max(1));
        (0..halves).map(move |half| {
            let from = half * count / halves;
            let to = ((half + 1) * count / halves).max(from + 1).min(count);
            line.get(from..to).unwrap_or_default()
        })
    }

    fn spans(&self, line: &Line) -> Vec<Option<Span>> {
        let span = |values: &[Option<f64>]| {
            let values = || values.iter().copied().flatten();
            let (low, high) = (values().reduce(f64::min)?, values().reduce(f64::max)?);
            Some(Span { low, high, last: values().last()? })
        };
        self.parts(line).map(span).collect()
    }

    fn last(&self, line: &Line) -> Vec<Option<f64>> {
        self.parts(line).map(|values| values.iter().rev().find_map(|value| *value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(count: usize, halves: usize) -> Drawing {
        let grid = Grid { start: 0, step: 60, count };
        Drawing { grid, halves, charset: Charset::Ascii }
    }

    #[test]
    fn a_title_says_what_is_not_known() {
        let bounds = [("minReplicas", vec![Some(2.0)]), ("maxReplicas", vec![None])];
        let title = drawing(6, 3).title("replicas", &bounds);
        assert_eq!(title, "** replicas; -- minReplicas; maxReplicas: not known");
    }

    #[test]
    fn a_half_has_the_values_of_its_time_and_a_gap_stays_a_gap() {
        let line = vec![Some(1.0), Some(5.0), None, None, Some(2.0), None];
        let spans = drawing(6, 3).spans(&line);
        let first = Span { low: 1.0, high: 5.0, last: 5.0 };
        let last = Span { low: 2.0, high: 2.0, last: 2.0 };
        assert_eq!(spans, [Some(first), None, Some(last)]);
        // More halves than points: each point is several halves wide.
        let spans = drawing(2, 6).spans(&vec![Some(1.0), None]);
        assert_eq!(spans.iter().filter(|span| span.is_some()).count(), 3);
        assert_eq!(drawing(0, 4).spans(&Vec::new()), [None; 4]);
    }
}
