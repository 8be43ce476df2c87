//! One HPA over time: charts and tables; JSON and CSV are in `data`, the HTML page in
//! [`super::page`].

mod data;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::chart::{Charset, Chart, sparkline};
use crate::config::duration;
use crate::history::{Column, Ended, Point, Sight, Source, Span, Track};
use crate::hpa::{Metric, MetricType, TargetType};
use crate::kube::Quantity;
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column as TableColumn, Rendered, Table};
use crate::term::text::{sanitize, wrap};
use crate::term::time::{ago, whole_seconds};

pub use data::{csv, json};

/// The period of a drawing, and its style.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The start of the period.
    pub since: Timestamp,
    /// The end of the period.
    pub until: Timestamp,
    /// The width of the terminal in columns.
    pub width: usize,
    /// The characters.
    pub charset: Charset,
    /// Colour, without which everything is still distinguishable.
    pub style: Style,
}

/// The shortest period that is drawn.
const LEAST: Duration = Duration::from_mins(5);

/// The start of the drawing of tracks that were read from `since` on: if they all begin later, the
/// first point.
pub fn drawn_since(tracks: &[Track], since: Timestamp, until: Timestamp) -> Timestamp {
    let first = tracks.iter().filter_map(|track| track.points.first()).map(|it| it.at).min();
    since.max(first.unwrap_or(since)).min(ago(until, LEAST))
}

/// The heights of the plots of replicas and of a metric, in lines.
const REPLICAS_HEIGHT: usize = 10;
const METRIC_HEIGHT: usize = 6;

/// One HPA as charts: replicas, and each metric against its target.
pub fn charts(track: &Track, view: View) -> String {
    let halves = Chart::halves(view.width);
    let columns = track.columns(view.since, view.until, halves);
    let mut out = Paper { text: String::new(), view };
    out.line(Tone::Bold, &title(track));
    out.line(Tone::Dim, &range(track, view.since, view.until));
    let gaps: Vec<_> = columns.iter().map(|column| column.gap).collect();
    let every = |value: &dyn Fn(&Column) -> Option<f64>| columns.iter().map(value).collect();
    let base = Chart {
        line: &[],
        second: &[],
        bounds: &[],
        gaps: &gaps,
        range: (view.since, view.until),
        label: &|value| format!("{value}"),
        whole: true,
        height: REPLICAS_HEIGHT,
        charset: view.charset,
    };

    out.line(Tone::Plain, "");
    out.line(Tone::Plain, &replicas_line(track));
    let replicas: Vec<Option<Span>> = columns.iter().map(|column| column.current).collect();
    // Where the desired replicas equal the current ones, the line shows them.
    let wanted: Vec<Option<f64>> = columns
        .iter()
        .map(|it| {
            it.desired
                .map(|span| span.last)
                .filter(|last| Some(*last) != it.current.map(|it| it.last))
        })
        .collect();
    let bounds = [every(&|it| it.min), every(&|it| it.max)];
    let chart = Chart { line: &replicas, second: &wanted, bounds: &bounds, ..base };
    let rows = chart.render();
    if rows.is_empty() {
        out.line(Tone::Dim, "no reading in all this time");
        out.rows(&chart.axis());
    }
    out.rows(&rows);
    for (index, metric) in track.metrics().iter().enumerate() {
        let of = |column: &Column| column.metrics.get(index).copied().unwrap_or_default();
        let values: Vec<Option<Span>> = columns.iter().map(|column| of(column).value).collect();
        let target = [every(&|column| of(column).target)];
        out.line(Tone::Plain, "");
        out.line(Tone::Plain, &metric_line(track, index, metric));
        let chart = Chart {
            line: &values,
            bounds: &target,
            label: &|value| amount(metric, value),
            whole: false,
            height: METRIC_HEIGHT,
            ..base
        };
        let rows = chart.render();
        if rows.is_empty() {
            out.line(Tone::Dim, "no reading in all this time");
        }
        out.rows(&rows);
    }
    let is_mixed = track.points.iter().any(|it| data::source(it) == Source::Prometheus);
    out.line(Tone::Plain, "");
    out.line(Tone::Dim, &legend(&columns, &wanted, view.charset, is_mixed));
    out.text
}

/// The text as it grows.
struct Paper {
    text: String,
    view: View,
}

impl Paper {
    /// Adds a line of text, wrapped at the terminal's edge.
    fn line(&mut self, tone: Tone, line: &str) {
        for row in wrap(&sanitize(line), self.view.width) {
            self.text.push_str(&self.view.style.paint(tone, &row));
            self.text.push('\n');
        }
    }

    /// Adds rows of a chart, in which spaces are significant.
    fn rows(&mut self, rows: &[String]) {
        for row in rows {
            self.text.push_str(&sanitize(row));
            self.text.push('\n');
        }
    }
}

/// `production/shop/checkout, Deployment/checkout`
pub(super) fn title(track: &Track) -> String {
    let Track { cluster, namespace, name, .. } = track;
    let reference = track.last().map(|it| format!(", {}", it.spec().reference()));
    let reference = reference.unwrap_or_default();
    format!("{cluster}/{namespace}/{name}{reference}")
}

/// `2026-11-22 08:00 to 2026-11-23 08:00 UTC, 1440 snapshots, in 3 of them its cluster could not be
/// read`
pub(super) fn range(track: &Track, since: Timestamp, until: Timestamp) -> String {
    let time =
        |time: Timestamp| time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M").to_string();
    let count = |sight: &dyn Fn(&Sight) -> bool| {
        track.points.iter().filter(|point| sight(&point.sight)).count()
    };
    let observed = track.points.iter().filter(|it| data::source(it) == Source::Prometheus).count();
    let snapshots = track.points.len() - observed;
    let mut text = format!("{} to {} UTC, {snapshots} snapshots", time(since), time(until));
    if observed > 0 {
        let points = if observed == 1 { "point" } else { "points" };
        text += &format!(" and {observed} {points} of Prometheus");
        if let Some(from) = &track.filled_from {
            text += &format!(" ({}, a point every {})", from.server, duration::format(from.step));
        }
    }
    let unknown = count(&|sight| matches!(sight, Sight::Unknown));
    if unknown > 0 {
        let all = unknown == snapshots;
        let of_them = if all { "all".to_owned() } else { unknown.to_string() };
        text += &format!(", in {of_them} of them its cluster could not be read");
    }
    let lost = count(&|sight| matches!(sight, Sight::Lost));
    if lost > 0 {
        text += &format!(", what {lost} of them say is lost to damage");
    }
    if let Some(ended) = &track.ended {
        text += &format!(", {}", ending(track, ended));
    } else if track.end() == Sight::Absent {
        text += ", in the end it was gone";
    } else if count(&|sight| matches!(sight, Sight::Absent)) > 0 {
        text += ", for a time it did not exist";
    }
    text
}

/// A sentence for each cluster whose name now belongs to another cluster, or that has another
/// name.
pub fn endings(tracks: &[Track]) -> BTreeSet<String> {
    let sentence = |track: &Track| {
        let ended = track.ended.as_ref()?;
        let at = whole_seconds(ended.at());
        let name = shown(&track.cluster);
        let name = sanitize(&name);
        Some(match ended {
            Ended::OtherCluster { server, .. } => format!(
                "{name} is another cluster since {at}, at {}: none of its HPAs is the same",
                sanitize(server)
            ),
            Ended::Renamed { cluster, .. } => {
                let cluster = shown(cluster);
                let cluster = sanitize(&cluster);
                format!("{name} is read as {cluster} since {at}: its HPAs are the same")
            }
        })
    };
    tracks.iter().filter_map(sentence).collect()
}

/// `until 2026-11-23 07:00: since then production is another cluster, at https://other:6443`
fn ending(track: &Track, ended: &Ended) -> String {
    let at = ended.at().to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M");
    match ended {
        Ended::OtherCluster { server, .. } => {
            let name = shown(&track.cluster);
            format!("until {at}: since then {name} is another cluster, at {server}")
        }
        Ended::Renamed { cluster, .. } => {
            format!("until {at}: since then its cluster is read as {}", shown(cluster))
        }
    }
}

/// `replicas: 6, wanted 6, allowed 2 to 10; lowest 3, highest 9, 14 changes`, and
/// `replicas: not known now, last 6, …` after an outage
pub(super) fn replicas_line(track: &Track) -> String {
    let seen: Vec<_> = track.points.iter().filter_map(Point::seen).collect();
    let Some(last) = track.last() else { return "replicas".to_owned() };
    let end = match track.end() {
        _ if track.ended.is_some() => "not known since, last ",
        Sight::Seen(_) => "",
        Sight::Lost => "lost, last known ",
        Sight::Absent => "gone, last ",
        Sight::Unknown => "not known now, last ",
    };
    let text = format!(
        "replicas: {end}{}, wanted {}, allowed {} to {}",
        last.current_replicas(),
        last.desired_replicas(),
        last.spec().min_replicas,
        last.spec().max_replicas,
    );
    if seen.is_empty() {
        return format!("{text}, before this time");
    }
    let replicas = || seen.iter().map(|seen| seen.current_replicas());
    let changes = replicas().skip(1).zip(replicas()).filter(|(a, b)| a != b).count();
    format!(
        "{text}; lowest {}, highest {}, {changes} change{}",
        replicas().min().unwrap_or_default(),
        replicas().max().unwrap_or_default(),
        if changes == 1 { "" } else { "s" },
    )
}

/// `cpu: 68%, target 70%`, and `cpu: last 68%, …` where there is none now
pub(super) fn metric_line(track: &Track, index: usize, metric: &Metric) -> String {
    let now = matches!(track.end(), Sight::Seen(_));
    let last = track.last().and_then(|seen| seen.metric(index));
    let exact = |value: f64| format!("{value:.9}").parse::<Quantity>().ok();
    let value = match last.and_then(exact).map(|value| metric.amount_text(value)) {
        Some(value) if now => value,
        Some(value) => format!("last {value}"),
        None => "unknown".to_owned(),
    };
    let selector = metric.selector.as_ref().map(|it| format!("{{{it}}}")).unwrap_or_default();
    let target =
        metric.target.value.as_ref().map_or("unknown".to_owned(), |_| metric.target_text());
    format!("{}{selector}: {value}, target {target}", metric.label())
}

/// A value of a metric, for a label: `68%`, `120Mi`, `250m`, `1.5k`.
pub(super) fn amount(metric: &Metric, value: f64) -> String {
    let of_pods = matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource);
    if metric.target.kind == TargetType::Utilization {
        return format!("{value:.0}%");
    }
    let quantity = format!("{value:.3}").parse::<Quantity>();
    match (quantity, metric.name.as_str()) {
        (Ok(quantity), "cpu") if of_pods => quantity.human_cpu(),
        (Ok(quantity), name) if of_pods && (name == "memory" || name.ends_with("storage")) => {
            quantity.human_bytes()
        }
        _ => short(value),
    }
}

/// A number in a few characters: `1.5k`, `0.25`.
fn short(value: f64) -> String {
    let (number, unit) = match value.abs() {
        1e12.. => (value / 1e12, "T"),
        1e9.. => (value / 1e9, "G"),
        1e6.. => (value / 1e6, "M"),
        1e3.. => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = format!("{number:.2}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A legend of the marks that occur.
fn legend(columns: &[Column], wanted: &[Option<f64>], charset: Charset, is_mixed: bool) -> String {
    use crate::history::Gap;
    let [line, second, bound] = charset.marks();
    let has = |gap: Gap| columns.iter().any(|column| column.gap == Some(gap));
    let mut parts = vec![format!("{line} current"), format!("{bound} min, max, target")];
    if wanted.iter().any(Option::is_some) {
        parts.insert(1, format!("{second} wanted"));
    }
    if has(Gap::Unknown) {
        parts.push("? cluster not read".to_owned());
    }
    if has(Gap::Lost) {
        parts.push("! damaged".to_owned());
    }
    if has(Gap::Absent) {
        parts.push("x did not exist".to_owned());
    }
    let nothing = if is_mixed { "nothing known" } else { "no snapshot" };
    let blank: Vec<&str> = [
        (Gap::Nothing, nothing),
        (Gap::Before, "not seen yet"),
        (Gap::Ended, "no longer under this name"),
    ]
    .into_iter()
    .filter_map(|(gap, text)| has(gap).then_some(text))
    .collect();
    if !blank.is_empty() {
        parts.push(format!("blank: {}", blank.join(", or ")));
    }
    parts.join("; ")
}

/// CLUSTER NAMESPACE NAME REPLICAS (their course) NOW LOW HIGH MIN MAX CHANGES. NOW is `?` for an
/// HPA that could not be read, `lost` for damaged data, `gone` for an HPA that does not exist any
/// more, and `ended` if the cluster's name now belongs to another cluster, or the cluster has
/// another name.
pub fn overview(tracks: &[Track], view: View, width: Option<usize>) -> Rendered {
    let mut table = Table::new(vec![
        TableColumn::new("CLUSTER").name(),
        TableColumn::new("NAMESPACE").name(),
        TableColumn::new("NAME").name(),
        TableColumn::new("REPLICAS"),
        TableColumn::new("NOW").right(),
        TableColumn::new("LOW").right(),
        TableColumn::new("HIGH").right(),
        TableColumn::new("MIN").right(),
        TableColumn::new("MAX").right(),
        TableColumn::new("CHANGES").right().optional(0),
    ])
    .headings(2);
    for track in tracks {
        let columns = track.columns(view.since, view.until, 24);
        let course: Vec<Option<Span>> = columns.iter().map(|column| column.current).collect();
        let seen: Vec<_> = track.points.iter().filter_map(Point::seen).collect();
        let replicas = || seen.iter().map(|seen| seen.current_replicas());
        let changes = replicas().skip(1).zip(replicas()).filter(|(a, b)| a != b).count();
        let number =
            |number: Option<i32>| number.map_or_else(|| "-".to_owned(), |it| it.to_string());
        let now = match track.end() {
            _ if track.ended.is_some() => Cell::new("ended").tone(Tone::Dim),
            Sight::Lost => Cell::new("lost").tone(Tone::Warning),
            Sight::Seen(seen) => Cell::new(seen.current_replicas().to_string()),
            Sight::Unknown => Cell::new("?").tone(Tone::Warning),
            Sight::Absent => Cell::new("gone").tone(Tone::Dim),
        };
        let spec = track.last().map(crate::history::Seen::spec);
        table.row(vec![
            Cell::new(shown(&track.cluster)),
            Cell::new(&track.namespace),
            Cell::new(&track.name).tone(Tone::Bold),
            Cell::new(sparkline(&course, view.charset)),
            now,
            Cell::new(number(replicas().min())),
            Cell::new(number(replicas().max())),
            Cell::new(number(spec.map(|it| it.min_replicas))),
            Cell::new(number(spec.map(|it| it.max_replicas))),
            Cell::new(changes.to_string()),
        ]);
    }
    table.render(width, view.style)
}

/// One row for each reading that differs from the one before, and for each gap:
/// TIME CLUSTER NAMESPACE NAME REPLICAS WANTED MIN MAX TARGETS, and SOURCE where there are several
pub fn table(tracks: &[Track], style: Style, width: Option<usize>) -> Rendered {
    let is_observed = |point: &Point| data::source(point) == Source::Prometheus;
    let is_mixed = tracks.iter().flat_map(|track| &track.points).any(is_observed);
    let mut columns = vec![
        TableColumn::new("TIME"),
        TableColumn::new("CLUSTER").name().optional(0),
        TableColumn::new("NAMESPACE").name().optional(1),
        TableColumn::new("NAME").name().optional(2),
        TableColumn::new("REPLICAS").right(),
        TableColumn::new("WANTED").right(),
        TableColumn::new("MIN").right(),
        TableColumn::new("MAX").right(),
        TableColumn::new("TARGETS").flexible(),
    ];
    if is_mixed {
        columns.push(TableColumn::new("SOURCE"));
    }
    let mut table = Table::new(columns);
    for track in tracks {
        let mut before: Option<&Sight> = None;
        for point in &track.points {
            if before == Some(&point.sight) {
                continue;
            }
            before = Some(&point.sight);
            let mut cells = vec![
                Cell::new(whole_seconds(point.at).to_string()),
                Cell::new(shown(&track.cluster)),
                Cell::new(&track.namespace),
                Cell::new(&track.name).tone(Tone::Bold),
            ];
            match &point.sight {
                Sight::Seen(seen) => {
                    let hpa = seen.hpa();
                    let numbers = [
                        hpa.current_replicas,
                        hpa.desired_replicas,
                        hpa.min_replicas,
                        hpa.max_replicas,
                    ];
                    cells.extend(numbers.map(|number| Cell::new(number.to_string())));
                    cells.push(Cell::parts(hpa.target_texts()));
                }
                Sight::Absent | Sight::Unknown | Sight::Lost => {
                    cells.extend((0..4).map(|_| Cell::new("-")));
                    let why = match point.sight {
                        Sight::Absent => "did not exist",
                        Sight::Lost => "lost: the history is damaged",
                        _ => "cluster not read",
                    };
                    cells.push(Cell::new(why).tone(Tone::Warning));
                }
            }
            if is_mixed {
                cells.push(Cell::new(data::name(data::source(point))));
            }
            table.row(cells);
        }
        if let Some(ended) = &track.ended {
            let mut cells = vec![
                Cell::new(whole_seconds(ended.at()).to_string()),
                Cell::new(shown(&track.cluster)),
                Cell::new(&track.namespace),
                Cell::new(&track.name).tone(Tone::Bold),
            ];
            cells.extend((0..4).map(|_| Cell::new("-")));
            let why = match ended {
                Ended::OtherCluster { server, .. } => format!("another cluster: {server}"),
                Ended::Renamed { cluster, .. } => format!("read as {}", shown(cluster)),
            };
            cells.push(Cell::new(why).tone(Tone::Warning));
            if is_mixed {
                cells.push(Cell::new(data::name(Source::Database)));
            }
            table.row(cells);
        }
    }
    table.render(width, style)
}

#[cfg(test)]
mod tests;
