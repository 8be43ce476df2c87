//! The HPAs of a session and their changes: a list drawn in place on a terminal, otherwise one
//! line per change.

mod lines;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::SortBy;
use super::hpas::{LabelColumns, Mark, TableOptions, watched_table};
use crate::findings::Judged;
use crate::kubectl::{Failure, Outcome};
use crate::session::{Change, Changes, HpaState, ScannedCluster, State};
use crate::term::color::Style;
use crate::term::live::Live;
use crate::term::stdout;
use crate::term::table::Widths;
use crate::term::text::{sanitize, truncate};
use lines::Lines;

/// A session on standard output.
#[derive(Debug)]
pub struct View {
    /// Standard output, which may be a terminal.
    pub live: Live,
    list: WatchedList,
    /// The printer of lines, if no list is drawn.
    lines: Option<Lines>,
}

impl View {
    /// Draws a list on a terminal that can, unless JSON lines are requested.
    pub fn new(options: ListOptions, jsonl: bool) -> Self {
        let is_drawn = !jsonl && Live::is_supported();
        Self {
            live: Live::stdout(),
            list: WatchedList::new(options),
            lines: (!is_drawn).then(|| Lines::new(jsonl, options.style)),
        }
    }

    /// Shows what is new in the session.
    pub fn update(&mut self, state: &State, now: Timestamp) {
        let scans = self.list.follow(state);
        let Some(lines) = &mut self.lines else {
            if !scans.is_empty() {
                self.draw(now);
            }
            return;
        };
        let text: Vec<u8> = scans.iter().flat_map(|scan| lines.scan(scan)).collect();
        if !text.is_empty() {
            self.live.write(text);
        }
    }

    /// Draws the list again, unless the terminal is behind.
    pub fn draw(&mut self, now: Timestamp) {
        if self.lines.is_some() || !self.live.is_idle() {
            return;
        }
        let size = Size {
            // The last column stays free: after a full line the position of the cursor is
            // uncertain.
            columns: stdout::terminal_width().unwrap_or(80).saturating_sub(1),
            lines: stdout::terminal_height().saturating_sub(1),
        };
        let lines = self.list.block(size, now);
        self.live.draw(&lines);
    }
}

/// The size of a terminal.
#[derive(Clone, Copy, Debug)]
struct Size {
    columns: usize,
    lines: usize,
}

/// How a watched list is shown.
#[derive(Clone, Copy, Debug)]
pub struct ListOptions {
    /// Only HPAs that have a problem, or had one at the scan before.
    pub problems: bool,
    /// The order of the HPAs.
    pub sort_by: SortBy,
    /// The number of clusters.
    pub clusters: usize,
    /// The time from one scan to the next.
    pub interval: Duration,
    /// Colour.
    pub style: Style,
}

/// The HPAs of a session, with what has changed since the scan before.
#[derive(Debug)]
struct WatchedList {
    options: ListOptions,
    changes: Changes,
    /// The terminal's width in columns, and the widths that the table's columns have needed at
    /// that width.
    widths: (usize, Widths),
}

/// A scan of a cluster and the changes that it showed.
type ScanChanges = (Arc<ScannedCluster>, Vec<Change>);

impl WatchedList {
    /// An empty list.
    fn new(options: ListOptions) -> Self {
        Self { options, changes: Changes::default(), widths: (0, Widths::default()) }
    }

    /// Takes over the session's state, and returns the scans since the last call.
    fn follow(&mut self, state: &State) -> Vec<ScanChanges> {
        let mut scans = self.changes.follow(state);
        if self.options.problems {
            for (_, changes) in &mut scans {
                changes.retain(|change| change.concerns);
            }
        }
        scans
    }

    /// The lines of the list, none wider than the terminal and no more than it has.
    fn block(&mut self, size: Size, now: Timestamp) -> Vec<String> {
        if self.widths.0 != size.columns {
            self.widths = (size.columns, Widths::default());
        }
        let ListOptions { problems, sort_by, clusters, interval, style } = self.options;
        let entries = self.changes.entries().filter(|entry| entry.concerns || !problems);
        let mut rows: Vec<(Judged<'_>, Mark)> = entries
            .map(|entry| {
                let findings = entry.hpa.findings.clone();
                let judged = Judged {
                    hpa: entry.hpa.hpa(),
                    findings,
                    undecided: Vec::new(),
                    silenced: Vec::new(),
                };
                (judged, Mark { state: Some(entry.state), before: entry.before })
            })
            .collect();
        sort_by.sort(&mut rows, |(judged, _)| judged);
        let (hpas, marks): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let outcomes: Vec<_> = self.changes.clusters().map(|cluster| &cluster.outcome).collect();
        let frame = Frame {
            clusters: &outcomes,
            of: clusters,
            hpas: &hpas,
            marks: &marks,
            interval,
            grouped: sort_by.is_grouped(),
            now,
            least: &self.widths.1,
        };
        let (lines, widths) = block(&frame, size, style);
        self.widths.1 = widths;
        lines
    }
}

/// The data to draw.
struct Frame<'a> {
    /// The outcome of each cluster's last scan.
    clusters: &'a [&'a Outcome],
    /// The total number of clusters.
    of: usize,
    /// The HPAs, in the order in which they are shown.
    hpas: &'a [Judged<'a>],
    /// The marks of the HPAs, in the same order.
    marks: &'a [Mark],
    interval: Duration,
    /// Whether HPAs of one cluster and namespace stand together.
    grouped: bool,
    now: Timestamp,
    /// The widths that the columns needed before.
    least: &'a Widths,
}

/// The lines of a scan, none wider than the terminal and no more than it has: a header, a line for
/// each cluster that could not be read, the table, and the number of HPAs without room. Also
/// returns the widths that the table's columns needed.
fn block(frame: &Frame<'_>, size: Size, style: Style) -> (Vec<String>, Widths) {
    let columns = size.columns.max(1);
    let room = size.lines.max(2);
    let mut lines = vec![style.bold(&truncate(&header(frame), columns))];
    for (name, failure) in failed(frame.clusters.iter().copied()) {
        let text = format!("{name}: {failure}");
        lines.push(style.error(&truncate(&sanitize(&text), columns)));
    }
    // Half of the screen is reserved for the list, however many clusters fail.
    if lines.len() > 1 + room / 2 {
        let left = lines.len() - room / 2;
        lines.truncate(room / 2);
        lines.push(style.error(&truncate(&format!("and {left} more clusters"), columns)));
    }
    let room = room - lines.len();
    let mut widths = frame.least.clone();
    let mut table = |count: usize| -> Vec<String> {
        let (Some(hpas), Some(marks)) = (frame.hpas.get(..count), frame.marks.get(..count)) else {
            return Vec::new();
        };
        if hpas.is_empty() {
            return Vec::new();
        }
        let options = TableOptions {
            wide: false,
            no_headers: false,
            labels: LabelColumns::default(),
            grouped: frame.grouped,
            width: Some(columns),
            style,
            now: frame.now,
        };
        let rendered = watched_table(hpas, marks, options, frame.least);
        widths = rendered.widths;
        rendered.text.lines().map(str::to_owned).collect()
    };
    // Each HPA takes at least one line.
    let mut shown = frame.hpas.len().min(room);
    let mut rows = table(shown);
    while shown > 0 && rows.len() + usize::from(shown < frame.hpas.len()) > room {
        shown -= 1;
        rows = table(shown);
    }
    lines.extend(rows);
    let left = frame.hpas.len() - shown;
    if left > 0 {
        let text = format!("and {left} more not shown (narrow with --problems, -n or -l)");
        lines.truncate(size.lines.max(2) - 1);
        lines.push(style.dim(&truncate(&text, columns)));
    }
    (lines, widths)
}

fn header(frame: &Frame<'_>) -> String {
    let read = frame.clusters.len() - failed(frame.clusters.iter().copied()).count();
    let pending = match frame.of.saturating_sub(frame.clusters.len()) {
        0 => String::new(),
        pending => format!(" ({pending} not yet)"),
    };
    let has_changed = |mark: &&Mark| {
        mark.before.is_some() || matches!(mark.state, Some(HpaState::New | HpaState::Gone))
    };
    let changes = frame.marks.iter().filter(has_changed).count();
    let problems = frame.hpas.iter().filter(|judged| judged.is_problem()).count();
    format!(
        "{}Z  {read} of {} read{pending}, {}, {}, {}, every {}",
        frame.now.strftime("%H:%M:%S"),
        plural(frame.of, "cluster"),
        plural(frame.hpas.len(), "HPA"),
        plural(problems, "problem"),
        plural(changes, "change"),
        crate::config::duration::format(frame.interval),
    )
}

fn failed<'a>(
    clusters: impl Iterator<Item = &'a Outcome>,
) -> impl Iterator<Item = (&'a str, &'a Failure)> {
    clusters.filter_map(|cluster| Some((&*cluster.name, cluster.error.as_ref()?)))
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::hpa::Hpa;
    use crate::session::Reading;
    use crate::term::text::width;

    fn hpas(count: usize) -> Vec<Hpa> {
        let items: Vec<_> = (0..count)
            .map(|number| {
                json!({"metadata": {"name": format!("web-{number}"), "namespace": "shop"},
                    "spec": {"minReplicas": 1, "maxReplicas": 9,
                        "scaleTargetRef": {"kind": "Deployment", "name": "web"}},
                    "status": {"currentReplicas": 5}})
            })
            .collect();
        let text = json!({"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2",
            "items": items})
        .to_string();
        crate::hpa::parse_list(&"prod".into(), &"prod".into(), text.as_bytes()).unwrap().hpas
    }

    fn shown(count: usize, mark: Mark, columns: usize, lines: usize) -> Vec<String> {
        drawn(&hpas(count), mark, Size { columns, lines }, &Widths::default()).0
    }

    fn drawn(
        hpas: &[crate::hpa::Hpa],
        mark: Mark,
        size: Size,
        least: &Widths,
    ) -> (Vec<String>, Widths) {
        let judged: Vec<_> = hpas
            .iter()
            .map(|hpa| Judged {
                hpa,
                findings: Vec::new(),
                undecided: Vec::new(),
                silenced: Vec::new(),
            })
            .collect();
        let frame = Frame {
            clusters: &[],
            of: 0,
            hpas: &judged,
            marks: &vec![mark; hpas.len()],
            interval: Duration::from_secs(5),
            grouped: true,
            now: "2026-11-23T10:00:00Z".parse().unwrap(),
            least,
        };
        block(&frame, size, Style::PLAIN)
    }

    /// Columns keep their position when a value becomes shorter.
    #[test]
    fn columns_stay_where_they_are() {
        let size = Size { columns: 80, lines: 20 };
        let draw = |hpas: &[crate::hpa::Hpa], least: &Widths| {
            let (lines, widths) = drawn(hpas, Mark::default(), size, least);
            (lines[1].clone(), widths)
        };
        let mut hpas = hpas(4);
        let (short, _) = draw(&hpas, &Widths::default());
        let name = std::mem::replace(&mut hpas[0].name, "a-name-that-needs-some-more-room".into());
        let (long, widths) = draw(&hpas, &Widths::default());
        assert_ne!(short, long);
        hpas[0].name = name;
        assert_eq!(draw(&hpas, &widths).0, long);
    }

    #[test]
    fn a_block_fits_the_terminal_and_says_what_does_not() {
        for columns in [1, 20, 60, 80, 200] {
            for lines in 1..40 {
                let shown = shown(30, Mark::default(), columns, lines);
                assert!(shown.len() <= lines.max(2), "{columns}x{lines}: {shown:#?}");
                assert!(shown.iter().all(|line| width(line) <= columns.max(20)), "{shown:#?}");
            }
        }
        let ten = shown(30, Mark::default(), 200, 12);
        assert_eq!(ten.len(), 12);
        assert!(ten[0].starts_with("10:00:00Z  0 of 0 clusters read, 30 HPAs, 0 problems"));
        assert_eq!(ten[11], "and 21 more not shown (narrow with --problems, -n or -l)");
        assert_eq!(shown(30, Mark::default(), 200, 32).len(), 32, "all of them");
        assert!(!shown(30, Mark::default(), 200, 32).join("").contains("more"));
    }

    #[test]
    fn what_changed_is_marked_without_colour_too() {
        let before = Reading { min_replicas: 1, max_replicas: 9, current_replicas: 3, status: "X" };
        let mark = Mark { state: Some(HpaState::Present), before: Some(before) };
        let row = shown(1, mark, 200, 9).pop().unwrap();
        assert!(row.contains("   3→5   ") && row.contains("X→OK"), "{row}");
        for (state, word) in [
            (HpaState::New, "web-0 (new)"),
            (HpaState::Gone, "gone"),
            (HpaState::Unknown, "unknown"),
        ] {
            let row = shown(1, Mark { state: Some(state), before: None }, 200, 9).pop().unwrap();
            assert!(row.contains(word), "{row}");
        }
    }
}
