//! A recorded load as CSV: `time,NAME,…[,setReplicas][,replicas][,ready]`.

use std::fmt;

use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::Timestamp;

use crate::hpa::algorithm::Share;
use crate::kube::Quantity;
use crate::term::text::sanitize;

/// The column of times.
pub(super) const TIME: &str = "time";
/// The column of replicas that somebody set by hand.
pub(super) const SET_REPLICAS: &str = "setReplicas";
/// The column of replicas as they were.
pub(super) const REPLICAS: &str = "replicas";
/// The column of ready pods as they were.
pub(super) const READY: &str = "ready";
/// The columns that are of no metric.
pub(super) const RESERVED: [&str; 4] = [TIME, SET_REPLICAS, REPLICAS, READY];

/// The longest load, in milliseconds: 2 years.
const LONGEST: i64 = 732 * DAY;
/// The longest time between two rows, in milliseconds: 90 days.
const FARTHEST: i64 = 90 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The most syncs of a load: those of 2 years at 15 s.
const MOST_SYNCS: i64 = LONGEST / 15_000;

/// Seconds since 1970 that are not mistaken for seconds since the first row.
const EPOCH_FROM: i64 = 1_000_000_000;

/// A load over time, a row a moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// The time of each row in milliseconds since the first.
    pub times: Vec<i64>,
    /// The time of the first row, where it is known.
    pub start: Option<Timestamp>,
    /// The metrics.
    pub columns: Vec<Column>,
    /// Replicas that somebody set by hand, by the row before whose time that was.
    pub set_replicas: Vec<(usize, i32)>,
    /// Replicas as they were just before each row's time.
    pub replicas: Option<Vec<Option<i32>>>,
    /// Ready pods as they were.
    pub ready: Option<Vec<Option<i32>>>,
}

/// One metric of a load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// The header.
    pub name: String,
    /// In thousandths, one a row; `None` could not be read.
    pub values: Vec<Option<i64>>,
    /// For a metric of the pods, whether the values are totals, or those of each pod whatever their number.
    pub share: Share,
}

/// What is wrong with a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The line, from 1.
    pub line: u64,
    /// The column with its name, from 1.
    pub column: Option<(usize, String)>,
    /// What.
    pub message: String,
}

impl fmt::Display for LoadError {
    /// What follows the file's name: `:3: column 2 (cpu): …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ":{}: ", self.line)?;
        if let Some((number, name)) = &self.column {
            write!(f, "column {number}")?;
            if !name.is_empty() {
                write!(f, " ({})", sanitize(name))?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// What a column holds.
enum Kind {
    Time,
    SetReplicas,
    Replicas,
    Ready,
    Metric(usize),
}

impl Load {
    /// Reads CSV.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn parse(text: &str) -> Result<Self, LoadError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        let mut parser: Option<Parser> = None;
        loop {
            let is_there = reader.read_record(&mut record).map_err(|error| LoadError {
                line: error.position().map_or(1, csv::Position::line),
                column: None,
                message: "not CSV text".to_owned(),
            })?;
            if !is_there {
                break;
            }
            let line = record.position().map_or(1, |position| line(text, position));
            if let Some(line) = unclosed(text, &record, reader.position(), line) {
                let message = "a quote (\") is not closed on this line".to_owned();
                return Err(LoadError { line, column: None, message });
            }
            if record.len() == 1 && record.get(0).is_some_and(str::is_empty) {
                continue;
            }
            match &mut parser {
                None => parser = Some(Parser::new(&record, line)?),
                Some(parser) => parser.row(&record, line)?,
            }
        }
        let at_first =
            |message: &str| LoadError { line: 1, column: None, message: message.to_owned() };
        let parser =
            parser.ok_or_else(|| at_first("the file is empty; its header is time,NAME,…"))?;
        if parser.load.times.is_empty() {
            return Err(at_first("there is no row after the header"));
        }
        Ok(parser.load)
    }

    /// The time of the last row in milliseconds since the first.
    pub fn end(&self) -> i64 {
        self.times.last().copied().unwrap_or(0)
    }

    /// Why there are too many syncs with this time between two of them, in milliseconds.
    pub fn too_many_syncs(&self, period: i64) -> Option<String> {
        let syncs = self.end() / period.max(1);
        (syncs > MOST_SYNCS).then(|| {
            format!(
                "the load has {syncs} syncs at this --sync-period, at most {MOST_SYNCS} are simulated (2 years at 15s): a \
                 shorter load, or a longer --sync-period"
            )
        })
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// The line of a record, whose position is before the blank lines above it.
fn line(text: &str, position: &csv::Position) -> u64 {
    let begin = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(begin..).unwrap_or_default().iter();
    let blank =
        rest.take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + blank.map(|_| 1).sum::<u64>()
}

/// The line of a quote that is not closed on its line, in the record that ends at this position. `line` is the record's.
fn unclosed(text: &str, record: &StringRecord, end: &csv::Position, line: u64) -> Option<u64> {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let begin = record.position().map_or(0, |position| place(position.byte()));
    let raw = text.as_bytes().get(begin..place(end.byte())).unwrap_or_default();
    if !raw.contains(&b'"') {
        return None;
    }
    let lines =
        raw.split(|byte| *byte == b'\n').skip_while(|line| line.is_empty() || *line == b"\r");
    let mut numbered = (line..).zip(lines);
    let is_open = |line: &[u8]| line.iter().fold(false, |open, byte| open ^ (*byte == b'"'));
    numbered.find(|(_, line)| is_open(line)).map(|(line, _)| line)
}

/// Reads row by row.
struct Parser {
    header: Vec<String>,
    kinds: Vec<Kind>,
    load: Load,
    /// The first row's time, and whether it is a date.
    first: Option<(i64, bool)>,
}

impl Parser {
    fn new(header: &StringRecord, line: u64) -> Result<Self, LoadError> {
        let names: Vec<String> = header.iter().map(|name| unquoted(name).to_owned()).collect();
        let wrong = |index: usize, message: String| {
            let name = names.get(index).cloned().unwrap_or_default();
            Err(LoadError { line, column: Some((index + 1, name)), message })
        };
        let mut load = Load::default();
        let mut kinds = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                return wrong(index, "the column has no name".to_owned());
            }
            if let Some(first) = names.iter().take(index).position(|it| it == name) {
                return wrong(index, format!("the same name as column {}", first + 1));
            }
            kinds.push(match name.as_str() {
                TIME => Kind::Time,
                SET_REPLICAS => Kind::SetReplicas,
                REPLICAS => {
                    load.replicas = Some(Vec::new());
                    Kind::Replicas
                }
                READY => {
                    load.ready = Some(Vec::new());
                    Kind::Ready
                }
                name => {
                    load.columns.push(Column { name: name.to_owned(), ..Column::default() });
                    Kind::Metric(load.columns.len() - 1)
                }
            });
        }
        if !kinds.iter().any(|kind| matches!(kind, Kind::Time)) {
            let mut message = "the header has no column time; it is time,NAME,…".to_owned();
            if names.len() == 1 && names.iter().any(|name| name.contains([';', '\t'])) {
                message.push_str(" (columns are separated by commas)");
            }
            return Err(LoadError { line, column: None, message });
        }
        Ok(Self { header: names, kinds, load, first: None })
    }

    fn row(&mut self, record: &StringRecord, line: u64) -> Result<(), LoadError> {
        if record.len() != self.kinds.len() {
            let (cells, columns) = (record.len(), self.kinds.len());
            let message = format!("the row has {cells} cells, the header has {columns}");
            return Err(LoadError { line, column: None, message });
        }
        let row = self.load.times.len();
        for (index, (kind, cell)) in self.kinds.iter().zip(record).enumerate() {
            let cell = unquoted(cell);
            let read = match kind {
                Kind::Time => moment(cell, &mut self.first, &mut self.load),
                Kind::SetReplicas => count(cell).map(|replicas| {
                    self.load.set_replicas.extend(replicas.map(|replicas| (row, replicas)));
                }),
                Kind::Replicas => {
                    count(cell).map(|it| self.load.replicas.get_or_insert_default().push(it))
                }
                Kind::Ready => {
                    count(cell).map(|it| self.load.ready.get_or_insert_default().push(it))
                }
                Kind::Metric(column) => amount(cell).and_then(|value| {
                    let name = self.header.get(index).map_or("", String::as_str);
                    if value.is_some_and(|value| value < 0) && is_of_resource(name) {
                        return Err(format!("{} is below 0", quoted(cell)));
                    }
                    if let Some(column) = self.load.columns.get_mut(*column) {
                        column.values.push(value);
                    }
                    Ok(())
                }),
            };
            if let Err(message) = read {
                let name = self.header.get(index).cloned().unwrap_or_default();
                return Err(LoadError { line, column: Some((index + 1, name)), message });
            }
        }
        self.ready_of_replicas(line)
    }

    /// Whether no more pods are ready in the last row than there are.
    fn ready_of_replicas(&self, line: u64) -> Result<(), LoadError> {
        let last = |counts: &Option<Vec<Option<i32>>>| counts.as_ref()?.last().copied().flatten();
        let (Some(ready), Some(replicas)) = (last(&self.load.ready), last(&self.load.replicas))
        else {
            return Ok(());
        };
        if ready <= replicas {
            return Ok(());
        }
        let place = self.kinds.iter().position(|kind| matches!(kind, Kind::Ready));
        let column = place.map(|place| (place + 1, READY.to_owned()));
        let message = format!("{ready} pods are ready, which is more than the {replicas} replicas");
        Err(LoadError { line, column, message })
    }
}

/// Adds a row's time: seconds, or a date.
fn moment(cell: &str, first: &mut Option<(i64, bool)>, load: &mut Load) -> Result<(), String> {
    let (millis, is_date) = match (seconds(cell), cell.parse::<Timestamp>()) {
        (Some(millis), _) => (millis, false),
        (None, Ok(at)) => (at.as_millisecond(), true),
        (None, Err(_)) if cell.is_empty() => return Err("the row has no time".to_owned()),
        (None, Err(_)) => {
            return Err(format!(
                "{} is no time: seconds, or RFC 3339 such as 2026-01-31T12:00:15Z",
                quoted(cell)
            ));
        }
    };
    let (start, is_first_date) = *first.get_or_insert((millis, is_date));
    if is_date != is_first_date {
        return Err("some times are seconds and some are dates".to_owned());
    }
    if load.times.is_empty() && (is_date || millis >= EPOCH_FROM * 1000) {
        load.start = Timestamp::from_millisecond(millis).ok();
    }
    let since = millis.saturating_sub(start);
    let last = load.times.last().copied();
    if last.is_some_and(|last| since <= last) {
        return Err(format!("{} is not after the time of the row before", quoted(cell)));
    }
    let gap = since.saturating_sub(last.unwrap_or(since));
    if gap > FARTHEST {
        return Err(format!(
            "{} is {} after the row before; rows may be 90 days apart",
            quoted(cell),
            long(gap)
        ));
    }
    if since > LONGEST {
        return Err(format!(
            "{} is {} after the first row; a load may span 2 years",
            quoted(cell),
            long(since)
        ));
    }
    load.times.push(since);
    Ok(())
}

/// A time of many days, in words.
fn long(millis: i64) -> String {
    let days = millis / DAY;
    if days < 3 * 365 { format!("{days} days") } else { format!("{} years", days * 100 / 36_525) }
}

/// Seconds in milliseconds.
fn seconds(cell: &str) -> Option<i64> {
    /// Some thirty thousand years.
    const MOST: f64 = 1e12;
    let is_number = cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let seconds: f64 = cell.parse().ok().filter(|_| is_number)?;
    #[expect(clippy::cast_possible_truncation, reason = "its range is checked")]
    (seconds.abs() <= MOST).then(|| (seconds * 1000.0).round() as i64)
}

/// A number of replicas or pods; none if the cell is empty.
fn count(cell: &str) -> Result<Option<i32>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    // 3.0 as well, as spreadsheets write it.
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    let number = whole.parse::<i32>().ok().filter(|number| *number >= 0);
    number.map(Some).ok_or_else(|| format!("{} is no number of pods", quoted(cell)))
}

/// Whether a column is what pods use, which is never below 0, as other metrics may be.
fn is_of_resource(column: &str) -> bool {
    matches!(column.split('/').next(), Some("cpu" | "memory"))
}

/// A quantity in thousandths; none if the cell is empty.
fn amount(cell: &str) -> Result<Option<i64>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let quantity: Quantity =
        cell.parse().map_err(|error| format!("{} is {error}", quoted(cell)))?;
    match quantity.thousandths() {
        Some(value) => Ok(Some(value)),
        None => Err(format!("{} is too large: at most 9223372036854775807m", quoted(cell))),
    }
}

/// A cell without quotes that a blank before them has made a part of it.
fn unquoted(cell: &str) -> &str {
    let inner = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
    inner.map_or(cell, str::trim)
}

/// A cell for a message: short, and without control characters.
fn quoted(cell: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = cell.chars().take(LONGEST).collect();
    if cell.chars().count() > LONGEST {
        short.push('…');
    }
    format!("{short:?}")
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
