//! The lines of a session: the same columns in each, so that a log can be read downwards.

use jiff::Timestamp;

use crate::findings::{Finding, Severity};
use crate::term::color::{Style, Tone};
use crate::term::shown::{columns_to_differ, shown, shown_within};
use crate::term::text::{sanitize, shorten, truncate, width, wrap};

/// The width of what a line is about: `error`, `ended`, `endpoint`.
pub(super) const KIND: usize = 8;
/// The narrowest columns of clusters and HPAs on a terminal.
const LEAST: usize = 8;
/// From this width on, NAMESPACE/NAME takes less room than the text.
const NAMES: usize = 24;
/// The width of NAMESPACE/NAME where the output is no terminal: longer ones are printed whole.
const PLACE: usize = 36;

/// A text's column on a terminal that is narrower than this is left for the rows below.
const LEAST_TEXT: usize = 30;
/// The indentation of such rows where they would be too narrow below the place.
const INDENT: usize = 4;

/// How lines are laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    style: Style,
    /// The terminal's width; none if lines may have any length.
    terminal: Option<usize>,
    /// The width of the longest name of a cluster.
    cluster: usize,
}

/// What a line says after its time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) kind: &'a str,
    pub(super) tone: Tone,
    pub(super) place: Option<Place<'a>>,
    pub(super) text: &'a str,
}

/// What a line is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) cluster: &'a str,
    /// `namespace/name`, or what else it is about.
    pub(super) object: &'a str,
}

impl Columns {
    /// Columns for lines about these clusters.
    pub(super) fn for_clusters<'a>(
        style: Style,
        terminal: Option<usize>,
        clusters: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let longest = clusters.into_iter().map(|name| width(&shown(name))).max();
        Self::new(style, terminal, longest.unwrap_or(0))
    }

    pub(super) fn new(style: Style, terminal: Option<usize>, longest_cluster: usize) -> Self {
        Self { style, terminal, cluster: longest_cluster.max("40 clusters".len()) }
    }

    /// The line with its newline. On a terminal names are shortened in the middle, and a text that
    /// does not fit is continued below: in its own column if that is wide enough, otherwise below
    /// the place.
    pub(super) fn line(&self, at: Timestamp, line: Line<'_>) -> String {
        let (mut out, used) = self.head(at, &line);
        let text = sanitize(line.text);
        let Some(columns) = self.terminal else {
            out += &text;
            return ended(out);
        };
        let room = columns.saturating_sub(used);
        if width(&text) <= room {
            out += &text;
            return ended(out);
        }
        if room >= LEAST_TEXT {
            for (number, part) in wrap(&text, room).iter().enumerate() {
                let indent = if number == 0 { 0 } else { used };
                out += &format!("{:indent$}{part}\n", "");
            }
            return out;
        }
        // The id of a finding or a URL stays in its column if it fits there.
        let (first, below) = match text.split_once("  ") {
            Some((first, below)) if width(first) <= room => (first, below),
            _ => ("", &*text),
        };
        out += first;
        out = ended(out);
        let indent = Self::indent(columns, width(&self.time(at)));
        for part in wrap(below, columns.saturating_sub(indent).max(1)) {
            out += &format!("{:indent$}{part}\n", "");
        }
        out
    }

    /// Like [`Self::line`], in at most this many rows of a terminal: a longer text is cut at its end.
    pub(super) fn rows(&self, at: Timestamp, line: Line<'_>, most: usize) -> String {
        let text = self.line(at, line);
        let rows: Vec<&str> = text.lines().collect();
        let (Some(columns), Some((first, [next, ..]))) =
            (self.terminal, rows.split_at_checked(most))
        else {
            return text;
        };
        let (last, before) = first.split_last().unwrap_or((&"", &[]));
        let last = format!("{last} {}", next.trim_start());
        let whole = before.iter().map(|row| format!("{row}\n")).collect::<String>();
        ended(whole + &truncate(&last, columns))
    }

    /// Whether a line with a place has room for words beside it.
    pub(super) fn is_wide(&self) -> bool {
        let place = Some(Place { cluster: "", object: "" });
        let line = Line { kind: "", tone: Tone::Plain, place, text: "" };
        let (_, used) = self.head(Timestamp::UNIX_EPOCH, &line);
        self.terminal.is_none_or(|columns| columns.saturating_sub(used) >= LEAST_TEXT)
    }

    /// The indentation of rows that continue a line: where its place begins, if there is room.
    fn indent(columns: usize, time: usize) -> usize {
        let place = time + 2 + KIND + 2;
        if columns.saturating_sub(place) >= LEAST_TEXT { place } else { INDENT }
    }

    /// Like [`Self::line`], but in one row of the terminal: the text is cut at its end.
    pub(super) fn row(&self, at: Timestamp, line: Line<'_>) -> String {
        let (mut out, used) = self.head(at, &line);
        let text = sanitize(line.text);
        match self.terminal {
            Some(columns) => out += &truncate(&text, columns.saturating_sub(used)),
            None => out += &text,
        }
        ended(out)
    }

    /// What is before the text, and its width.
    fn head(&self, at: Timestamp, line: &Line<'_>) -> (String, usize) {
        let time = self.time(at);
        let kind = self.style.paint(line.tone, &format!("{:<KIND$}", line.kind));
        let mut out = format!("{time}  {kind}  ");
        let mut used = width(&time) + 2 + KIND.max(width(line.kind)) + 2;
        if let Some(Place { cluster, object }) = line.place {
            let (cluster_width, object_width) = self.places(used);
            let (text, gap) = self.cluster(cluster, cluster_width);
            out += &format!("{}{:gap$}  ", self.style.named(cluster, &text), "");
            used += width(&text) + gap + 2;
            let (text, gap) = self.cell(object, object_width);
            out += &format!("{text}{:gap$}  ", "");
            used += width(&text) + gap + 2;
        }
        (out, used)
    }

    /// Lines below a line, indented and wrapped.
    pub(super) fn below(&self, text: &str) -> String {
        let text = sanitize(text);
        let (indent, lines) = match self.terminal {
            Some(columns) => {
                let indent = Self::indent(columns, width(&self.time(Timestamp::UNIX_EPOCH)));
                (indent, wrap(&text, columns.saturating_sub(indent).max(20)))
            }
            None => (INDENT, vec![text.into_owned()]),
        };
        lines.iter().map(|line| format!("{:indent$}{}\n", "", self.style.dim(line))).collect()
    }

    /// The time in UTC; in a log with its date.
    fn time(&self, at: Timestamp) -> String {
        // Second precision is enough for a log line.
        match self.terminal {
            Some(_) => at.strftime("%H:%M:%SZ").to_string(),
            None => crate::term::time::whole_seconds(at).to_string(),
        }
    }

    /// The widths of the cluster's column and of the object's. They do not depend on what a line
    /// contains.
    fn places(&self, used: usize) -> (usize, usize) {
        let Some(columns) = self.terminal else { return (self.cluster, PLACE) };
        let room = columns.saturating_sub(used + 4);
        let least = self.cluster.min((room / 3).max(LEAST));
        let cluster = columns_to_differ(least).min(room.saturating_sub(LEAST)).max(least);
        // The text gets more of what is left, from the width on where names have room.
        let rest = room.saturating_sub(cluster);
        let object = (rest / 2).min((rest * 2 / 5).max(NAMES)).clamp(LEAST, 48);
        (cluster, object)
    }

    /// As [`Self::cell`], for the name of a cluster: two clusters stay different.
    fn cluster(&self, name: &str, columns: usize) -> (String, usize) {
        if self.terminal.is_none() {
            return self.cell(&shown(name), columns);
        }
        let text = shown_within(name, columns);
        let text = shorten(&sanitize(&text), columns).into_owned();
        let gap = columns.saturating_sub(width(&text));
        (text, gap)
    }

    /// The text as it is shown, and the number of blanks that fill its column.
    fn cell(&self, text: &str, columns: usize) -> (String, usize) {
        let text = sanitize(text);
        let text = if self.terminal.is_some() { shorten(&text, columns) } else { text };
        let gap = columns.saturating_sub(width(&text));
        (text.into_owned(), gap)
    }
}

/// The line without blanks at its end, and with a newline.
fn ended(mut line: String) -> String {
    line.truncate(line.trim_end().len());
    line + "\n"
}

/// The word of a severity and how it is painted.
pub(super) fn severity(severity: Severity) -> (&'static str, Tone) {
    let tone = match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warning,
        Severity::Info => Tone::Dim,
    };
    (severity.as_str(), tone)
}

/// `namespace/name`
pub(super) fn object(finding: &Finding) -> String {
    format!("{}/{}", finding.namespace, finding.hpa)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-23T12:24:46.5Z";

    fn lines(terminal: Option<usize>, style: Style) -> String {
        let columns = Columns::new(style, terminal, "production".len());
        let arn = "arn:aws:eks:eu-central-1:123456789012:cluster/production";
        let place = |cluster, object| Some(Place { cluster, object });
        let at = AT.parse().unwrap();
        [
            (
                "error",
                Tone::Error,
                place("production", "shop/pricing"),
                "target-missing  its scale target Deployment/pricing-v1 does not exist",
            ),
            (
                "ended",
                Tone::Ok,
                place(arn, "search/a-query-router-with-a-very-long-name-indeed"),
                "scale-up-throttled  after 7m",
            ),
            ("scan", Tone::Dim, None, "2 of 2 clusters read"),
        ]
        .map(|(kind, tone, place, text)| columns.line(at, Line { kind, tone, place, text }))
        .concat()
    }

    #[test]
    fn the_same_columns_at_every_width() {
        for columns in [40, 60, 80, 120, 200] {
            let text = lines(Some(columns), Style::PLAIN);
            let begun = text.lines().filter(|line| line.starts_with("12:24:46Z  "));
            assert_eq!(begun.count(), 3, "{text}");
            let words: Vec<&str> = text.split_whitespace().collect();
            let words = words.join(" ");
            assert!(words.contains("its scale target Deployment/pricing-v1 does not exist"));
            assert!(words.contains("target-missing"), "{text}");
            assert!(text.lines().all(|line| width(line) <= columns), "{columns}: {text}");
        }
        insta::assert_snapshot!("at_80_columns", lines(Some(80), Style::PLAIN));
        insta::assert_snapshot!("in_a_pipe", lines(None, Style::PLAIN));
    }

    #[test]
    fn a_long_text_is_continued_and_never_cut() {
        let shown = |terminal| {
            let columns = Columns::new(Style::PLAIN, Some(terminal), "production".len());
            let line = |place, text| {
                let kind = "endpoint";
                columns.line(AT.parse().unwrap(), Line { kind, tone: Tone::Ok, place, text })
            };
            let place = Some(Place { cluster: "production", object: "prometheus" });
            line(place, "http://127.0.0.1:55630  monitoring/prometheus-server:80, forwarded")
                + &line(place, "monitoring/prometheus-server:80 at http://127.0.0.1:55630: refused")
                + &line(
                    None,
                    "watching 40 clusters every 30s: ap-northeast-1 and 39 more; history in /h",
                )
        };
        insta::assert_snapshot!("continued_at_80_columns", shown(80));
        insta::assert_snapshot!("continued_at_110_columns", shown(110));
        for terminal in 60..200 {
            let text = shown(terminal);
            assert!(!text.contains('…'), "{text}");
            assert!(text.lines().all(|line| width(line) <= terminal), "{text}");
            assert!(text.contains("http://127.0.0.1:55630"), "{text}");
        }
    }

    #[test]
    fn a_row_takes_one_row() {
        let columns = Columns::new(Style::PLAIN, Some(40), 5);
        let text = "long ".repeat(12);
        let line = Line { kind: "changed", tone: Tone::Bold, place: None, text: &text };
        let row = columns.row(AT.parse().unwrap(), line);
        assert!(row.lines().count() == 1 && row.contains('…') && width(row.trim_end()) <= 40);
        for (most, is_cut) in [(1, true), (2, true), (3, false), (9, false)] {
            let rows = columns.rows(AT.parse().unwrap(), line, most);
            assert!(rows.lines().count() <= most && rows.ends_with('\n'), "{rows}");
            assert!(rows.lines().all(|row| width(row) <= 40), "{rows}");
            assert_eq!(rows.contains('…'), is_cut, "{most}: {rows}");
        }
    }

    #[test]
    fn a_cluster_keeps_its_colour() {
        let text = lines(None, Style::COLORED);
        assert!(text.contains("\x1b[31merror   \x1b[0m"), "{text:?}");
        assert_eq!(text, lines(None, Style::COLORED));
        assert!(text.contains("production\x1b[0m"), "{text:?}");
    }
}
