//! One HPA over time as a self-contained HTML page: SVG charts, without scripts or external
//! resources, in light or dark colours according to the reader's system.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::chart::Scale;
use super::history::{amount, metric_line, range, replicas_line, title};
use crate::history::{Column, Gap, Span, Track};
use crate::hpa::Metric;
use crate::term::text::sanitize;
use crate::term::time::whole_seconds;

/// The number of points in a plot.
const COLUMNS: usize = 720;
const WIDTH: f64 = 960.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 26.0;

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--soft:#5d6878;--grid:#e4e8ee;--line:#1f6feb;\
--fill:#1f6feb22;--want:#b35900;--bound:#a33;--gap:#8884}
@media(prefers-color-scheme:dark){:root{--paper:#12161c;--ink:#e4e9f0;--soft:#9aa6b5;--grid:#29313c;\
--line:#6cb0ff;--fill:#6cb0ff26;--want:#f0a050;--bound:#ff8f8f;--gap:#8884}}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1rem 3rem;background:var(--paper);color:var(--ink);\
font:15px/1.5 system-ui,sans-serif}
table{border-collapse:collapse;margin:1rem 0}
th,td{padding:.15rem .8rem .15rem 0;text-align:right;font-variant-numeric:tabular-nums}
th:first-child,td:first-child{text-align:left}
h1{font-size:1.25rem;margin:1.5rem 0 0;overflow-wrap:anywhere}
h2{font-size:1rem;font-weight:600;margin:1.5rem 0 .3rem}
p{margin:.2rem 0;color:var(--soft)}
svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
.grid{stroke:var(--grid)}.line{fill:none;stroke:var(--line);stroke-width:1.8;stroke-linejoin:round}
.span{fill:var(--fill)}.want{fill:none;stroke:var(--want);stroke-width:1.4;stroke-dasharray:2 3}
.bound{fill:none;stroke:var(--bound);stroke-width:1.2;stroke-dasharray:7 4}
.gap{fill:var(--gap)}
.key{display:inline-block;width:1.6rem;border-top:2px solid;vertical-align:middle;margin:0 .4rem 0 1rem}
.key:first-child{margin-left:0}
";

/// The page.
pub fn page(tracks: &[Track], since: Timestamp, until: Timestamp, now: Timestamp) -> String {
    let name = match tracks {
        [only] => title(only),
        several => format!("{} HPAs", several.len()),
    };
    let mut out = head(&name);
    for track in tracks {
        section(&mut out, track, since, until);
    }
    if tracks.is_empty() {
        out.push_str("<p>No HPA was seen in this time.</p>\n");
    }
    out.push_str(
        "<p style=\"margin-top:2rem\">\
         <span class=\"key\" style=\"border-color:var(--line)\"></span>current\
         <span class=\"key\" style=\"border-color:var(--want);border-top-style:dotted\"></span>wanted\
         <span class=\"key\" style=\"border-color:var(--bound);border-top-style:dashed\"></span>min, max, target\
         <span class=\"key\" style=\"border-color:var(--gap);border-top-width:10px\"></span>not known\
         </p>\n",
    );
    out.push_str(&foot(now));
    out
}

/// The beginning of a page.
pub(super) fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        escape(title)
    )
}

/// The end of a page.
pub(super) fn foot(now: Timestamp) -> String {
    let (version, now) = (env!("CARGO_PKG_VERSION"), whole_seconds(now));
    format!("<p>Times are UTC. Written by watchdog {version} at {now}.</p>\n</body>\n</html>\n")
}

fn section(out: &mut String, track: &Track, since: Timestamp, until: Timestamp) {
    let _ = write!(
        out,
        "<section>\n<h1>{}</h1>\n<p>{}</p>\n",
        escape(&title(track)),
        escape(&range(track, since, until))
    );
    let columns = track.columns(since, until, COLUMNS);
    let plot = Plot { columns: &columns, since, until };
    let _ = writeln!(out, "<h2>{}</h2>", escape(&replicas_line(track)));
    plot.replicas(out);
    for (index, metric) in track.metrics().iter().enumerate() {
        let _ = writeln!(out, "<h2>{}</h2>", escape(&metric_line(track, index, metric)));
        plot.metric(out, index, metric);
    }
    out.push_str("</section>\n");
}

/// Escapes text for HTML. Characters that could deceive a reader are made visible too.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in sanitize(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

pub(super) struct Plot<'a> {
    pub(super) columns: &'a [Column],
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

type ValueOf<'a> = &'a dyn Fn(&Column) -> Option<f64>;

impl Plot<'_> {
    /// Replicas with their bounds.
    pub(super) fn replicas(&self, out: &mut String) {
        self.draw(
            out,
            260.0,
            true,
            &|column| column.current,
            &|column| column.desired.map(|span| span.last),
            &[&|column| column.min, &|column| column.max],
            &|value| format!("{value}"),
        );
    }

    fn metric(&self, out: &mut String, index: usize, metric: &Metric) {
        let of = |column: &Column| column.metrics.get(index).copied().unwrap_or_default();
        self.draw(
            out,
            170.0,
            false,
            &|column| of(column).value,
            &|_| None,
            &[&|column| of(column).target],
            &|value| amount(metric, value),
        );
    }

    #[expect(clippy::too_many_arguments, reason = "each is one thing that is drawn")]
    fn draw(
        &self,
        out: &mut String,
        height: f64,
        whole: bool,
        line: &dyn Fn(&Column) -> Option<Span>,
        want: ValueOf<'_>,
        bounds: &[ValueOf<'_>],
        label: &dyn Fn(f64) -> String,
    ) {
        let spans = || self.columns.iter().filter_map(line);
        let values = spans().flat_map(|span| [span.low, span.high]);
        let values = values.chain(self.columns.iter().filter_map(want));
        let values: Vec<f64> =
            values.chain(bounds.iter().flat_map(|it| self.columns.iter().filter_map(it))).collect();
        let Some(top) = values.iter().copied().reduce(f64::max) else {
            out.push_str("<p>No reading in all this time.</p>\n");
            return;
        };
        let scale = Scale::new(values.iter().copied().fold(0.0, f64::min), top, 10, whole);
        let y = |value: f64| {
            let share = (value - scale.low) / (scale.high - scale.low);
            TOP + (height - TOP - BOTTOM) * (1.0 - share)
        };
        let _ = writeln!(
            out,
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" preserveAspectRatio=\"xMidYMid meet\">"
        );
        for tick in scale.ticks() {
            let at = y(tick);
            let _ = writeln!(
                out,
                "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{:.0}\"/>\
                 <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 8.0,
                at + 4.0,
                escape(&label(tick))
            );
        }
        self.times(out, height);
        self.gaps(out, height);
        let area = self.path(&|column| line(column).map(|span| (span.high, span.low)), &y);
        let _ = writeln!(out, "<path class=\"span\" d=\"{area}\"/>");
        for bound in bounds {
            let _ = writeln!(out, "<path class=\"bound\" d=\"{}\"/>", self.steps(bound, &y));
        }
        let wanted = self.steps(want, &y);
        if !wanted.is_empty() {
            let _ = writeln!(out, "<path class=\"want\" d=\"{wanted}\"/>");
        }
        let current = self.steps(&|column| line(column).map(|span| span.last), &y);
        let _ = writeln!(out, "<path class=\"line\" d=\"{current}\"/>\n</svg>");
    }

    #[expect(clippy::cast_precision_loss, reason = "some hundred columns")]
    fn x(&self, column: usize) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * column as f64 / self.columns.len().max(1) as f64
    }

    /// A step line: holds each value until the next, and breaks at gaps.
    fn steps(&self, value: ValueOf<'_>, y: &dyn Fn(f64) -> f64) -> String {
        let mut path = String::new();
        let mut before: Option<f64> = None;
        for (index, column) in self.columns.iter().enumerate() {
            let now = value(column);
            match (before, now) {
                (None, Some(now)) => {
                    let _ = write!(path, "M{:.1} {:.1}", self.x(index), y(now));
                }
                (Some(before), Some(now)) if (now - before).abs() > f64::EPSILON => {
                    let _ = write!(path, "H{:.1}V{:.1}", self.x(index), y(now));
                }
                (Some(_), None) => {
                    let _ = write!(path, "H{:.1}", self.x(index));
                }
                _ => {}
            }
            before = now;
        }
        if before.is_some() {
            let _ = write!(path, "H{:.1}", self.x(self.columns.len()));
        }
        path
    }

    /// Rectangles from the highest to the lowest value, where these differ.
    fn path(
        &self,
        value: &dyn Fn(&Column) -> Option<(f64, f64)>,
        y: &dyn Fn(f64) -> f64,
    ) -> String {
        let mut path = String::new();
        for (index, column) in self.columns.iter().enumerate() {
            if let Some((high, low)) = value(column)
                && high > low
            {
                let (left, right) = (self.x(index), self.x(index + 1));
                let _ =
                    write!(path, "M{left:.1} {:.1}H{right:.1}V{:.1}H{left:.1}Z", y(high), y(low));
            }
        }
        path
    }

    fn gaps(&self, out: &mut String, height: f64) {
        let mut index = 0;
        for run in self.columns.chunk_by(|a, b| a.gap == b.gap) {
            let (left, right) = (self.x(index), self.x(index + run.len()));
            index += run.len();
            let why = match run.first().and_then(|column| column.gap) {
                Some(Gap::Unknown) => "the cluster could not be read",
                Some(Gap::Lost) => "what was stored is damaged",
                Some(Gap::Ended) => {
                    "the name is another cluster's, or the cluster has another name"
                }
                Some(Gap::Absent) => "the HPA did not exist",
                Some(Gap::Nothing) => "no snapshot was taken",
                Some(Gap::Before) => "the HPA had not been seen yet",
                None => continue,
            };
            let _ = writeln!(
                out,
                "<rect class=\"gap\" x=\"{left:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\">\
                 <title>{why}</title></rect>",
                right - left,
                height - TOP - BOTTOM
            );
        }
    }

    fn times(&self, out: &mut String, height: f64) {
        let total = self.until.as_millisecond() - self.since.as_millisecond();
        let format = if total > 3 * 86_400_000 { "%m-%d %H:%M" } else { "%H:%M" };
        let count = self.columns.len();
        for part in 0..=8 {
            let index = count * part / 8;
            let at = self.columns.get(index).map_or(self.until, |column| column.at);
            let anchor = match part {
                0 => "start",
                8 => "end",
                _ => "middle",
            };
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"{anchor}\">{}</text>",
                self.x(index),
                height - 8.0,
                at.to_zoned(TimeZone::UTC).strftime(format)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("<b a='x'>&\"\u{202e}"), "&lt;b a=&#39;x&#39;&gt;&amp;&quot;\\u{202e}");
    }

    #[test]
    fn nothing_seen_is_said() {
        let at = Timestamp::UNIX_EPOCH;
        let page = page(&[], at, at, at);
        assert!(page.contains("No HPA was seen"));
        assert!(!page.contains("http"), "nothing is fetched");
    }
}
