//! A list that is watched: as a block of lines that is drawn again and again, or a line a change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::hpas::{Mark, TableOptions, watched_table};
use crate::collect::{Failure, Outcome};
use crate::findings::Judged;
use crate::session::{Change, ChangeKind, HpaState as State, Reading};
use crate::term::color::{Style, Tone};
use crate::term::json;
use crate::term::table::Widths;
use crate::term::text::{sanitize, truncate};

/// The size of a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Its columns.
    pub columns: usize,
    /// Its lines.
    pub lines: usize,
}

/// What is shown of a scan.
#[derive(Debug)]
pub struct Frame<'a> {
    /// How reading each cluster went last; of those that have answered, or failed to, at all.
    pub clusters: &'a [&'a Outcome],
    /// How many clusters there are.
    pub of: usize,
    /// The HPAs, in the order in which they are shown.
    pub hpas: &'a [Judged<'a>],
    /// What is special about each.
    pub marks: &'a [Mark],
    /// From one scan to the next.
    pub interval: Duration,
    /// Whether HPAs of one cluster and namespace stand together.
    pub grouped: bool,
    /// When the scan was.
    pub now: Timestamp,
    /// What the columns needed before.
    pub least: &'a Widths,
}

/// The lines of a scan, none wider than the terminal and no more than it has: a header, a line for
/// each cluster that could not be read, the table, and how many HPAs there was no room for. And what
/// the table's columns needed.
pub fn block(frame: &Frame<'_>, size: Size, style: Style) -> (Vec<String>, Widths) {
    let columns = size.columns.max(1);
    let room = size.lines.max(2);
    let mut lines = vec![style.bold(&truncate(&header(frame), columns))];
    for (name, failure) in failed(frame.clusters.iter().copied()) {
        let text = format!("{name}: {}: {}", failure.kind, failure.message);
        lines.push(style.error(&truncate(&sanitize(&text), columns)));
    }
    // Half of the screen is the list's, however many clusters fail.
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
            grouped: frame.grouped,
            width: Some(columns),
            style,
            now: frame.now,
        };
        let rendered = watched_table(hpas, marks, options, frame.least);
        widths = rendered.widths;
        rendered.text.lines().map(str::to_owned).collect()
    };
    // Each takes a line at least.
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
        mark.before.is_some() || matches!(mark.state, Some(State::New | State::Gone))
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

/// A line a change, for a pipe.
#[derive(Debug, Default)]
pub struct Lines {
    jsonl: bool,
    style: Style,
    /// The kind of failure that was told last, of each cluster that could not be read.
    failing: BTreeMap<Arc<str>, crate::kubectl::ErrorKind>,
}

impl Lines {
    /// For people, or as JSON lines.
    pub fn new(jsonl: bool, style: Style) -> Self {
        Self { jsonl, style, failing: BTreeMap::new() }
    }

    /// What a scan at a cluster has to say: that it fails now, or does no more, and what changed.
    pub fn scan(&mut self, cluster: &Outcome, changes: &[Change], at: Timestamp) -> Vec<u8> {
        let mut out = Vec::new();
        let before = self.failing.get(&cluster.name).copied();
        let now = cluster.error.as_ref();
        if before != now.map(|failure| failure.kind) {
            match now {
                Some(failure) => self.failing.insert(Arc::clone(&cluster.name), failure.kind),
                None => self.failing.remove(&cluster.name),
            };
            out.extend(self.cluster(&cluster.name, now, at));
        }
        for change in changes {
            out.extend(self.change(change));
        }
        out
    }

    fn cluster(&self, name: &str, failure: Option<&Failure>, at: Timestamp) -> Vec<u8> {
        if self.jsonl {
            let status = if failure.is_some() { "error" } else { "ok" };
            return line(
                &json!({"event": "cluster", "at": at, "cluster": name, "outcome": status, "error": failure}),
            );
        }
        let (tone, words) = match failure {
            Some(failure) => (Tone::Error, format!("{}: {}", failure.kind, failure.message)),
            None => (Tone::Ok, "reachable again".to_owned()),
        };
        self.text(at, "cluster", tone, &format!("{name}  {words}"))
    }

    fn change(&self, change: &Change) -> Vec<u8> {
        if self.jsonl {
            return line(change);
        }
        let (word, tone) = match change.event {
            ChangeKind::Present => ("present", Tone::Dim),
            ChangeKind::Appeared => ("appeared", Tone::Ok),
            ChangeKind::Changed => ("changed", Tone::Bold),
            ChangeKind::Gone => ("gone", Tone::Warning),
        };
        let place = format!("{}/{}/{}", change.cluster, change.namespace, change.name);
        self.text(change.at, word, tone, &format!("{place}  {}", words(change)))
    }

    fn text(&self, at: Timestamp, word: &str, tone: Tone, text: &str) -> Vec<u8> {
        // Whole seconds: nobody reads more.
        let at = crate::term::time::whole_seconds(at);
        let word = self.style.paint(tone, &format!("{word:<8}"));
        format!("{at}  {word}  {}\n", sanitize(text)).into_bytes()
    }
}

/// What it is, or, of one that changed, what of it changed.
fn words(change: &Change) -> String {
    let Reading { min_replicas, max_replicas, current_replicas, status } = change.now;
    let Some(before) = change.before else {
        return format!("replicas {current_replicas} ({min_replicas} to {max_replicas})  {status}");
    };
    let mut words = Vec::new();
    for (name, was, now) in [
        ("replicas", before.current_replicas, current_replicas),
        ("min", before.min_replicas, min_replicas),
        ("max", before.max_replicas, max_replicas),
    ] {
        if was != now {
            words.push(format!("{name} {was}→{now}"));
        }
    }
    if before.status != status {
        words.push(format!("{}→{status}", before.status));
    }
    words.join("  ")
}

fn line(value: &impl serde::Serialize) -> Vec<u8> {
    // Of strings, numbers and times alone: that cannot fail.
    json::line(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hpa::Hpa;
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
            .map(|hpa| Judged { hpa, findings: Vec::new(), undecided: Vec::new() })
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

    /// Whatever becomes shorter, the rest stays where it was.
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
        let mark = Mark { state: Some(State::Present), before: Some(before) };
        let row = shown(1, mark, 200, 9).pop().unwrap();
        assert!(row.contains("   3→5   ") && row.contains("X→OK"), "{row}");
        for (state, word) in
            [(State::New, "web-0 (new)"), (State::Gone, "gone"), (State::Unknown, "unknown")]
        {
            let row = shown(1, Mark { state: Some(state), before: None }, 200, 9).pop().unwrap();
            assert!(row.contains(word), "{row}");
        }
    }
}
