//! Charts for a terminal: a line drawn in Braille dots (two by four a character), other values as
//! marks around it, and axes. Everything can be told apart without colour. In ASCII the line is
//! made of asterisks.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::history::{Gap, Span};
use crate::term::text::{truncate, width};

/// The characters that charts are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Braille and box drawing.
    Unicode,
    /// Only characters that every terminal and font has.
    Ascii,
}

impl Charset {
    /// Chosen by the locale's environment variables, of which the first that is not empty counts.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default();
        let locale = locale.to_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") {
            Self::Unicode
        } else {
            Self::Ascii
        }
    }

    /// The marks of a line, a second value and a bound, for a legend.
    pub fn marks(self) -> [&'static str; 3] {
        match self {
            Self::Unicode => ["⠒⠒", "○", "╌╌"],
            Self::Ascii => ["**", "o", "--"],
        }
    }
}

/// A chart of one value over time.
#[derive(Clone)]
pub struct Chart<'a> {
    /// The value: one span for each half of a character ([`Chart::halves`]).
    pub line: &'a [Option<Span>],
    /// A second value, drawn where the line is not.
    pub second: &'a [Option<f64>],
    /// Bounds and targets, drawn where neither value is.
    pub bounds: &'a [Vec<Option<f64>>],
    /// Why there is no value, for each half of a character.
    pub gaps: &'a [Option<Gap>],
    /// The time of the left and right edge.
    pub range: (Timestamp, Timestamp),
    /// Formats a value as a label.
    pub label: &'a dyn Fn(f64) -> String,
    /// Whether only whole numbers make sense as labels.
    pub whole: bool,
    /// The height of the plot in lines.
    pub height: usize,
    /// The characters.
    pub charset: Charset,
}

/// The width of the vertical axis with its labels, in columns.
const MARGIN: usize = 10;

impl Chart<'_> {
    /// The number of half characters in a chart of `columns` columns.
    pub fn halves(columns: usize) -> usize {
        columns.saturating_sub(MARGIN + 1).max(8) * 2
    }

    /// The time axis alone, for a chart without values.
    pub fn axis(&self) -> [String; 2] {
        self.time_axis(self.gaps.len() / 2)
    }

    /// The chart as lines of text; empty if there are no values.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rows of a terminal"
    )]
    pub fn render(&self) -> Vec<String> {
        let cells = self.line.len() / 2;
        let Some(scale) = self.scale(self.height.max(2)) else { return Vec::new() };
        let height = scale.rows(self.height.max(2));
        // A label's value is in the middle of its row.
        let dot_of = |value: f64| {
            let share = ((value - scale.low) / (scale.high - scale.low)).clamp(0.0, 1.0);
            (share * ((height - 1) * 4) as f64).round() as usize + 1
        };
        let row_of = |value: f64| height - 1 - (dot_of(value) / 4).min(height - 1);

        let mut grid = vec![vec![' '; cells]; height];
        let mut put = |row: usize, column: usize, mark: char| {
            if let Some(cell) = grid.get_mut(row).and_then(|row| row.get_mut(column)) {
                *cell = mark;
            }
        };
        let (bound_mark, second_mark) = match self.charset {
            Charset::Unicode => ('╌', '○'),
            Charset::Ascii => ('-', 'o'),
        };
        for bound in self.bounds {
            for (half, value) in bound.iter().enumerate().step_by(2) {
                if let Some(value) = value.filter(|it| (scale.low..=scale.high).contains(it)) {
                    put(row_of(value), half / 2, bound_mark);
                }
            }
        }
        for (half, value) in self.second.iter().enumerate() {
            if let Some(value) = value {
                put(row_of(*value), half / 2, second_mark);
            }
        }
        let mut masks = vec![vec![0_u8; cells]; height];
        let mut before: Option<usize> = None;
        for (half, span) in self.line.iter().enumerate() {
            let Some(span) = span else {
                before = None;
                continue;
            };
            let (mut low, mut high) = (dot_of(span.low), dot_of(span.high));
            // Connects the line across a jump in the value.
            if let Some(before) = before {
                (low, high) = (low.min(before), high.max(before));
            }
            for dot in low..=high {
                let row = height - 1 - (dot / 4).min(height - 1);
                if let Some(mask) = masks.get_mut(row).and_then(|row| row.get_mut(half / 2)) {
                    *mask |= braille(half % 2, 3 - dot % 4);
                }
            }
            before = Some(dot_of(span.last));
        }
        for (row, masks) in masks.iter().enumerate() {
            for (column, mask) in masks.iter().enumerate().filter(|(_, mask)| **mask != 0) {
                let mark = match self.charset {
                    Charset::Unicode => char::from_u32(0x2800 + u32::from(*mask)).unwrap_or('*'),
                    Charset::Ascii => '*',
                };
                put(row, column, mark);
            }
        }

        let mut labels = vec![String::new(); height];
        let mut before = String::new();
        for tick in scale.ticks() {
            // Rounding may make two labels alike.
            let text = truncate(&(self.label)(tick), MARGIN - 2).into_owned();
            if let Some(label) = labels.get_mut(row_of(tick))
                && text != before
            {
                label.clone_from(&text);
            }
            before = text;
        }
        let (axis, tick) = match self.charset {
            Charset::Unicode => ('│', '┤'),
            Charset::Ascii => ('|', '+'),
        };
        let mut lines: Vec<String> = grid
            .iter()
            .zip(&labels)
            .map(|(row, label)| {
                let edge = if label.is_empty() { axis } else { tick };
                let row: String = row.iter().collect();
                format!("{}{label} {edge}{}", margin(label), row.trim_end())
            })
            .collect();
        lines.extend(self.time_axis(cells));
        lines
    }

    fn scale(&self, height: usize) -> Option<Scale> {
        let spans = self.line.iter().flatten().flat_map(|span| [span.low, span.high]);
        let values: Vec<f64> = spans.chain(self.second.iter().flatten().copied()).collect();
        let top = values.iter().copied().reduce(f64::max)?;
        let bottom = values.iter().copied().reduce(f64::min)?;
        let mut scale = (bottom, top);
        for bound in self.bounds.iter().flatten().flatten().copied() {
            // A bound that is far off would leave no room for the line. For replicas, the headroom
            // is of interest, so it may be further off.
            if bound <= top * if self.whole { 8.0 } else { 2.5 }
                && bound >= bottom - (top - bottom).max(top)
            {
                scale = (scale.0.min(bound), scale.1.max(bound));
            }
        }
        let from_zero = scale.0 > 0.0 && (self.whole || scale.0 < scale.1 * 0.6);
        let low = if from_zero { 0.0 } else { scale.0 };
        Some(Scale::new(low, scale.1, height, self.whole))
    }

    /// The time axis with gaps marked, and the times below it.
    fn time_axis(&self, cells: usize) -> [String; 2] {
        let (since, until) = self.range;
        let total = until.duration_since(since);
        let day = SignedDuration::from_hours(24);
        let room = i32::try_from(cells / 12).unwrap_or(1).max(1);
        let minutes =
            [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 28 * 1440];
        let step = minutes
            .iter()
            .map(|minutes| SignedDuration::from_mins(*minutes))
            .find(|step| total.as_millis() / step.as_millis().max(1) <= i128::from(room))
            .unwrap_or(total);
        let (line, tick, corner) = match self.charset {
            Charset::Unicode => ('─', '┬', '└'),
            Charset::Ascii => ('-', '+', '+'),
        };
        let mut axis: Vec<char> = vec![line; cells];
        let mut times = String::new();
        let step_ms = i64::try_from(step.as_millis()).unwrap_or(i64::MAX).max(1);
        let total_ms = i64::try_from(total.as_millis()).unwrap_or(i64::MAX).max(1);
        let start = since.as_millisecond();
        let mut at = start.div_euclid(step_ms).saturating_mul(step_ms);
        if at < start {
            at += step_ms;
        }
        while at < start + total_ms {
            let share = i128::from(at - start) * i128::try_from(cells).unwrap_or(0);
            let column = usize::try_from(share / i128::from(total_ms)).unwrap_or(0);
            let text = Timestamp::from_millisecond(at).map_or_else(
                |_| String::new(),
                |at| {
                    let format = if step >= day { "%m-%d" } else { "%H:%M" };
                    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
                },
            );
            // The first character of a label stands below its tick.
            if column >= width(&times) && column + width(&text) <= cells {
                times += &" ".repeat(column - width(&times));
                times += &text;
                times.push(' ');
                if let Some(cell) = axis.get_mut(column) {
                    *cell = tick;
                }
            }
            at += step_ms;
        }
        for (column, halves) in self.gaps.chunks(2).enumerate() {
            let mark = match halves {
                [Some(gap), other] if other.is_some() => match gap {
                    Gap::Unknown => '?',
                    Gap::Lost => '!',
                    Gap::Absent => 'x',
                    // The axis goes on, or its ticks would stand alone.
                    Gap::Nothing | Gap::Before | Gap::Ended => continue,
                },
                _ => continue,
            };
            if let Some(cell) = axis.get_mut(column) {
                *cell = mark;
            }
        }
        let axis: String = axis.into_iter().collect();
        let margin = " ".repeat(MARGIN - 1);
        [format!("{margin}{corner}{}", axis.trim_end()), format!("{margin} {}", times.trim_end())]
    }
}

fn margin(label: &str) -> String {
    " ".repeat((MARGIN - 2).saturating_sub(width(label)))
}

/// The dot of a Braille character, from the left and from the top.
fn braille(column: usize, row: usize) -> u8 {
    match (column, row) {
        (0, 0) => 0x01,
        (0, 1) => 0x02,
        (0, 2) => 0x04,
        (0, _) => 0x40,
        (_, 0) => 0x08,
        (_, 1) => 0x10,
        (_, 2) => 0x20,
        (_, _) => 0x80,
    }
}

/// A vertical axis with round numbers on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    step: f64,
}

impl Scale {
    /// An axis that has room for these values, with at most a label for every second of `rows`.
    #[expect(clippy::cast_precision_loss, reason = "rows of a terminal")]
    pub fn new(low: f64, high: f64, rows: usize, whole: bool) -> Self {
        // A constant gets labels that differ in two digits.
        let span = (high - low).max(if whole { 1.0 } else { high.abs() * 0.05 }).max(1e-9);
        let wanted = span / (rows as f64 / 2.0).max(1.0);
        let power = 10_f64.powf(wanted.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .iter()
            .map(|factor| factor * power)
            .find(|step| *step >= wanted * 0.999)
            .unwrap_or(wanted);
        let step = if whole { step.max(1.0) } else { step };
        let low = (low / step).floor() * step;
        let high = ((high / step).ceil() * step).max(low + step);
        Self { low, high, step }
    }

    /// The height of a plot of about `wanted` rows in which all labels are equally far from each other.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rows of a terminal"
    )]
    fn rows(&self, wanted: usize) -> usize {
        let steps = (((self.high - self.low) / self.step).round() as usize).max(1);
        let each = ((wanted - 1 + steps / 2) / steps).max(1);
        steps * each + 1
    }

    /// The values that get a label.
    pub fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut tick = self.low;
        while tick <= self.high + self.step * 0.01 && ticks.len() < 50 {
            ticks.push(tick);
            tick += self.step;
        }
        ticks
    }
}

/// One line of a few characters for the course of a value: `▁▂▅█`, gaps blank.
pub fn sparkline(values: &[Option<Span>], charset: Charset) -> String {
    let marks: &[char] = match charset {
        Charset::Unicode => &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        Charset::Ascii => &['_', '.', '-', '=', '#'],
    };
    let high = values.iter().flatten().map(|span| span.high).fold(0.0, f64::max);
    let mark = |span: &Option<Span>| {
        let Some(span) = span else { return ' ' };
        let share = if high > 0.0 { span.high / high } else { 0.0 };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "one of a handful of marks"
        )]
        let index = (share * (marks.len() - 1) as f64).round() as usize;
        marks.get(index).copied().unwrap_or(' ')
    };
    values.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the charts take it")]
    fn span(value: f64) -> Option<Span> {
        Some(Span { low: value, high: value, last: value })
    }

    fn chart(charset: Charset) -> String {
        let line: Vec<Option<Span>> = (0..80)
            .map(|half| match half {
                0..20 => span(2.0),
                20..40 => span(6.0),
                40..50 => None,
                _ => span(f64::from((half - 50) / 5)),
            })
            .collect();
        let gap = |half: i32| (40..50).contains(&half).then_some(Gap::Unknown);
        let gaps: Vec<Option<Gap>> = (0..80).map(gap).collect();
        let second: Vec<Option<f64>> = (0..80).map(|half| (half > 70).then_some(7.0)).collect();
        let since: Timestamp = "2026-11-23T07:50:00Z".parse().unwrap();
        let bounds = [vec![Some(8.0); 80], vec![Some(1.0); 80], vec![Some(90.0); 80]];
        let chart = Chart {
            line: &line,
            second: &second,
            bounds: &bounds,
            gaps: &gaps,
            range: (since, since + SignedDuration::from_mins(40)),
            label: &|value| format!("{value}"),
            whole: true,
            height: 8,
            charset,
        };
        chart.render().join("\n")
    }

    #[test]
    fn a_line_its_bounds_and_a_gap() {
        insta::assert_snapshot!("unicode", chart(Charset::Unicode));
        insta::assert_snapshot!("ascii", chart(Charset::Ascii));
    }

    #[test]
    fn axes_have_round_numbers() {
        let ticks = |low, high, rows, whole| Scale::new(low, high, rows, whole).ticks();
        assert_eq!(ticks(0.0, 10.0, 10, true), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(3.0, 3.0, 10, true), [3.0, 4.0]);
        assert_eq!(ticks(0.0, 0.0, 6, false).len(), 2);
        assert_eq!(ticks(0.0, 137.0, 6, false), [0.0, 50.0, 100.0, 150.0]);
        assert!(ticks(-1e18, 1e18, 10, false).len() < 20);
    }

    #[test]
    fn labels_are_equally_far_from_each_other_and_differ() {
        for (value, whole) in [(0.57, false), (6.0, true), (1.0, true), (5000.0, false)] {
            for height in 2..12 {
                let line = vec![span(value); 40];
                let since: Timestamp = "2026-11-23T07:50:00Z".parse().unwrap();
                let chart = Chart {
                    line: &line,
                    second: &[],
                    bounds: &[],
                    gaps: &[Some(Gap::Nothing); 40],
                    range: (since, since + SignedDuration::from_mins(40)),
                    label: &|value| {
                        if whole { format!("{value}") } else { format!("{:.0}%", value * 100.0) }
                    },
                    whole,
                    height,
                    charset: Charset::Ascii,
                };
                let rows = chart.render();
                let labelled: Vec<(usize, &str)> = rows[..rows.len() - 2]
                    .iter()
                    .enumerate()
                    .filter_map(|(row, text)| Some((row, text.split_once(" +")?.0.trim())))
                    .collect();
                assert!(labelled.len() > 1, "{rows:#?}");
                let gaps: Vec<usize> = labelled.windows(2).map(|two| two[1].0 - two[0].0).collect();
                assert!(gaps.windows(2).all(|two| two[0] == two[1]), "{rows:#?}");
                assert!(labelled.windows(2).all(|two| two[0].1 != two[1].1), "{rows:#?}");
                // The time axis is there where there is no value.
                assert!(rows[rows.len() - 2].contains("----"), "{rows:#?}");
            }
        }
    }

    #[test]
    fn the_locale_says_which_characters() {
        let of = |all: &str, lang: &str| {
            Charset::of_locale(|name| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            })
        };
        assert_eq!(of("", "de_DE.UTF-8"), Charset::Unicode);
        assert_eq!(of("C", "de_DE.UTF-8"), Charset::Ascii);
        assert_eq!(of("C.utf8", ""), Charset::Unicode);
        assert_eq!(of("", ""), Charset::Ascii);
    }

    #[test]
    fn sparklines() {
        let values = [span(0.0), span(1.0), None, span(7.0)];
        assert_eq!(sparkline(&values, Charset::Unicode), "▁▂ █");
        assert_eq!(sparkline(&[], Charset::Ascii), "");
        assert_eq!(sparkline(&[span(0.0)], Charset::Ascii), "_");
    }
}
