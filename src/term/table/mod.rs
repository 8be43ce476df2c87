//! Tables for people: laid out for the width of a terminal, or for a pipe.
//!
//! In a pipe a table is what kubectl prints: every column as wide as its widest cell, three spaces
//! between, nothing left out. On a terminal no line is ever longer than the terminal is wide; what
//! gives way, and in which order, is written in `layout.rs`.

mod layout;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::color::{Style, Tone};
use super::text::{sanitize, truncate, width};
pub use layout::Widths;
use layout::{Cells, Plan};

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// A column: its header, and how it gives way when the table is too wide.
#[derive(Debug, Clone)]
pub struct Column {
    header: Cow<'static, str>,
    short: Option<Cow<'static, str>>,
    align: Align,
    flexible: bool,
    importance: Option<u8>,
}

impl Column {
    /// A column that is never hidden, and cut only when nothing else is left to give way.
    pub fn new(header: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: header.into(),
            short: None,
            align: Align::Left,
            flexible: false,
            importance: None,
        }
    }

    /// A header for when room is short (`MINPODS`, `MIN`).
    #[must_use]
    pub fn short(mut self, header: impl Into<Cow<'static, str>>) -> Self {
        self.short = Some(header.into());
        self
    }

    /// Cells stand at the right.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// Cells may be cut with `…`.
    #[must_use]
    pub fn flexible(mut self) -> Self {
        self.flexible = true;
        self
    }

    /// The column may be hidden; of several, the one of least importance goes first.
    #[must_use]
    pub fn optional(mut self, importance: u8) -> Self {
        self.importance = Some(importance);
        self
    }
}

/// A cell: a text, or several parts that may stand below each other. Made safe for a terminal.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    /// Empty unless there are two or more.
    parts: Vec<String>,
    /// The parts in short, where there is such a form.
    short_parts: Vec<String>,
    /// Made of parts, be it one: `name: value`, of which the value is kept longest.
    keyed: bool,
    short: Option<String>,
    tone: Tone,
}

impl Cell {
    /// A cell of one text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: sanitize(text.as_ref()).into_owned(), ..Self::default() }
    }

    /// A cell of parts, written `a, b`, or one a line when room is short. Where even a line is
    /// too short for a part `name: value`, the name is cut and the value stays.
    pub fn parts<I>(parts: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let parts: Vec<String> =
            parts.into_iter().map(|part| sanitize(part.as_ref()).into_owned()).collect();
        let text = parts.join(", ");
        let parts = if parts.len() > 1 { parts } else { Vec::new() };
        Self { text, parts, keyed: true, ..Self::default() }
    }

    /// Forms of the parts for when room is short, as many as there are parts.
    #[must_use]
    pub fn short_parts<I>(mut self, parts: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let short = Self::parts(parts);
        self.short_parts = short.parts;
        self.short = Some(short.text);
        self
    }

    /// A form for when room is short (`Deployment/web`, `deploy/web`).
    #[must_use]
    pub fn short(mut self, text: impl AsRef<str>) -> Self {
        self.short = Some(sanitize(text.as_ref()).into_owned());
        self
    }

    /// What the cell means.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The parts in their shortest form.
    fn narrow_parts(&self) -> &[String] {
        if self.short_parts.len() == self.parts.len() { &self.short_parts } else { &self.parts }
    }

    /// The lines that the cell takes in a column of this width.
    fn lines(&self, room: usize, form: Cells) -> Vec<Cow<'_, str>> {
        let text = match &self.short {
            Some(short) if form >= Cells::Short => short,
            _ => &self.text,
        };
        if form == Cells::Wrapped && !self.parts.is_empty() && width(text) > room {
            return self.narrow_parts().iter().map(|part| truncate_name(part, room)).collect();
        }
        vec![if self.keyed { truncate_name(text, room) } else { truncate(text, room) }]
    }
}

/// Cuts `name: value` in its name, as long as some of the name is left.
fn truncate_name(part: &str, room: usize) -> Cow<'_, str> {
    // Eight characters tell most metrics apart, and the ellipsis.
    const LEAST_NAME: usize = 9;
    if width(part) > room
        && let Some((name, value)) = part.split_once(": ")
        && let Some(left) = room.checked_sub(width(value) + 2)
        && left >= LEAST_NAME
    {
        return Cow::Owned(format!("{}: {value}", truncate(name, left)));
    }
    truncate(part, room)
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// Columns and rows, not yet laid out.
#[derive(Debug, Clone, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    headings: usize,
    no_headers: bool,
    least: Widths,
}

/// A table as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its lines, each ending in a newline.
    pub text: String,
    /// The headers of the columns that were left out for want of room.
    pub hidden: Vec<String>,
    /// Whether any cell is cut short.
    pub truncated: bool,
    /// What its columns needed.
    pub widths: Widths,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// The first `columns` columns may become headings over groups of rows (`production/shop`) where
    /// the table is too wide. The rows must come sorted by them.
    #[must_use]
    pub fn headings(mut self, columns: usize) -> Self {
        self.headings = columns.min(self.columns.len().saturating_sub(1));
        self
    }

    /// Gives each column what it needed in a table of the same columns before.
    #[must_use]
    pub fn at_least(mut self, widths: &Widths) -> Self {
        self.least = widths.clone();
        self
    }

    /// Leaves out the line of headers.
    #[must_use]
    pub fn no_headers(mut self, no_headers: bool) -> Self {
        self.no_headers = no_headers;
        self
    }

    /// Adds a row; missing cells are empty, and cells beyond the columns are dropped.
    pub fn row(&mut self, mut cells: Vec<Cell>) {
        cells.resize_with(self.columns.len(), Cell::default);
        self.rows.push(cells);
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table for a terminal of that many columns, or for a pipe (`None`).
    pub fn render(&self, width: Option<usize>, style: Style) -> Rendered {
        let (plan, widths) = layout::plan(self, width);
        let mut out = Writer { text: String::new(), style, truncated: false };
        if !self.no_headers {
            out.headers(self, &plan);
        }
        let mut heading: Option<String> = None;
        for row in &self.rows {
            if plan.lifted > 0 {
                let now = heading_of(row, plan.lifted);
                if heading.as_ref() != Some(&now) {
                    out.heading(&now, width);
                    heading = Some(now);
                }
            }
            out.row(self, &plan, row);
        }
        let hidden = plan
            .hidden
            .iter()
            .filter_map(|index| self.columns.get(*index))
            .map(|column| column.header.to_string())
            .collect();
        Rendered { text: out.text, hidden, truncated: out.truncated, widths }
    }
}

/// The leading cells of a row as a heading: `production/shop`.
fn heading_of(row: &[Cell], lifted: usize) -> String {
    let texts = row.iter().take(lifted).map(|cell| cell.text.as_str());
    let parts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    parts.join("/")
}

struct Writer {
    text: String,
    style: Style,
    truncated: bool,
}

impl Writer {
    fn headers(&mut self, table: &Table, plan: &Plan) {
        let cells = plan.columns.iter().filter_map(|(index, room)| {
            let column = table.columns.get(*index)?;
            let header = layout::header(column, plan.short_headers);
            Some((truncate(header, *room), Tone::Header, *room, column.align))
        });
        self.line(plan, cells);
    }

    fn heading(&mut self, heading: &str, width: Option<usize>) {
        let shown = width.map_or(Cow::Borrowed(heading), |width| truncate(heading, width));
        self.truncated |= shown != heading;
        self.text.push_str(&self.style.paint(Tone::Bold, &shown));
        self.text.push('\n');
    }

    fn row(&mut self, table: &Table, plan: &Plan, row: &[Cell]) {
        let mut cells = Vec::with_capacity(plan.columns.len());
        for (index, room) in &plan.columns {
            let (Some(column), Some(cell)) = (table.columns.get(*index), row.get(*index)) else {
                continue;
            };
            let lines = cell.lines(*room, plan.cells);
            // Only a cut makes a new string.
            self.truncated |= lines.iter().any(|line| matches!(line, Cow::Owned(_)));
            cells.push((lines, cell.tone, *room, column.align));
        }
        let height = cells.iter().map(|(lines, ..)| lines.len()).max().unwrap_or(1);
        for line in 0..height {
            let cells = cells.iter().map(|(lines, tone, room, align)| {
                let text = lines.get(line).map_or("", AsRef::as_ref);
                (Cow::Borrowed(text), *tone, *room, *align)
            });
            self.line(plan, cells);
        }
    }

    /// Writes one line. Spaces are held back until a text follows them, so that none end a line.
    fn line<'a>(
        &mut self,
        plan: &Plan,
        cells: impl Iterator<Item = (Cow<'a, str>, Tone, usize, Align)>,
    ) {
        let mut spaces = plan.indent;
        for (index, (text, tone, room, align)) in cells.enumerate() {
            if index > 0 {
                spaces += plan.gap;
            }
            let rest = room.saturating_sub(width(&text));
            if align == Align::Right {
                spaces += rest;
            }
            if text.is_empty() {
                spaces += if align == Align::Right { 0 } else { rest };
                continue;
            }
            self.text.extend(std::iter::repeat_n(' ', spaces));
            if self.style.is_on() {
                self.text.push_str(&self.style.paint(tone, &text));
            } else {
                self.text.push_str(&text);
            }
            spaces = if align == Align::Right { 0 } else { rest };
        }
        self.text.push('\n');
    }
}
