//! Tables for people: laid out for the width of a terminal, or for a pipe.
//!
//! In a pipe a table is formatted as by kubectl: every column as wide as its widest cell, three
//! spaces between columns, nothing omitted. On a terminal no line is wider than the terminal;
//! `layout.rs` documents what is shortened, and in which order.

mod layout;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::color::{Style, Tone};
use super::text::{self, distinct_cuts, sanitize, truncate, width};
use layout::{Cells, Plan};
pub use layout::{VITAL, Widths};

/// The alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// A column: its header, and how it is shortened when the table is too wide.
#[derive(Debug, Clone)]
pub struct Column {
    header: Cow<'static, str>,
    align: Align,
    flexible: bool,
    is_name: bool,
    importance: Option<u8>,
    lost_when_short: Option<&'static str>,
}

impl Column {
    /// A column that is never hidden, and cut only as a last resort.
    pub fn new(header: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: header.into(),
            align: Align::Left,
            flexible: false,
            is_name: false,
            importance: None,
            lost_when_short: None,
        }
    }

    /// Aligns cells to the right.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// Allows cells to be cut with `…`.
    #[must_use]
    pub fn flexible(mut self) -> Self {
        self.flexible = true;
        self
    }

    /// Allows cells to be cut in the middle, so that different ones stay different.
    #[must_use]
    pub fn name(mut self) -> Self {
        self.flexible = true;
        self.is_name = true;
        self
    }

    /// Names what the short forms of its cells lack, for [`Rendered::hidden`].
    #[must_use]
    pub fn lost_when_short(mut self, lost: &'static str) -> Self {
        self.lost_when_short = Some(lost);
        self
    }

    /// Whether its cells get their full forms back where there is room: it is not hidden, or among the last.
    fn is_kept_whole(&self) -> bool {
        self.importance.is_none_or(|importance| importance >= VITAL)
    }

    /// Allows the column to be hidden; of several, the least important is hidden first.
    #[must_use]
    pub fn optional(mut self, importance: u8) -> Self {
        self.importance = Some(importance);
        self
    }
}

/// A cell: a text, or several parts that may be put on separate lines. Control characters are
/// escaped.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    /// Empty unless there are at least two.
    parts: Vec<String>,
    /// Short forms of the parts, if any.
    short_parts: Vec<String>,
    /// Whether the cell was made of parts `name: value`, even a single one; values are preserved
    /// longest.
    keyed: bool,
    short: Option<String>,
    tone: Tone,
}

impl Cell {
    /// A cell with one text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self { text: sanitize(text.as_ref()).into_owned(), ..Self::default() }
    }

    /// A cell of parts, written `a, b`, or one per line in a narrow table. If a part `name: value`
    /// is too wide even for its own line, the name is cut and the value stays.
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

    /// Short forms of the parts for a narrow table, one for each part.
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

    /// A short form for a narrow table (`Deployment/web`, `deploy/web`).
    #[must_use]
    pub fn short(mut self, text: impl AsRef<str>) -> Self {
        self.short = Some(sanitize(text.as_ref()).into_owned());
        self
    }

    /// Sets the meaning of the cell.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The parts in their shortest form.
    fn narrow_parts(&self) -> &[String] {
        if self.short_parts.len() == self.parts.len() { &self.short_parts } else { &self.parts }
    }

    /// The lines of the cell in a column of this width.
    fn lines(&self, room: usize, is_short: bool, form: Cells) -> Vec<Cow<'_, str>> {
        let text = match &self.short {
            Some(short) if is_short => short,
            _ => &self.text,
        };
        if form == Cells::Wrapped && !self.parts.is_empty() && width(text) > room {
            return self.narrow_parts().iter().map(|part| truncate_name(part, room)).collect();
        }
        vec![if self.keyed { truncate_name(text, room) } else { truncate(text, room) }]
    }
}

/// Cuts `name: value` in its name: half of a number is another number. A value that leaves no room for a name is
/// alone.
fn truncate_name(part: &str, room: usize) -> Cow<'_, str> {
    // A character and the ellipsis.
    const LEAST_NAME: usize = 2;
    if width(part) > room
        && let Some((name, value)) = part.split_once(": ")
        && let Some(beside) = room.checked_sub(width(value))
    {
        return match beside.checked_sub(2) {
            Some(left) if left >= LEAST_NAME => {
                Cow::Owned(format!("{}: {value}", truncate(name, left)))
            }
            _ => Cow::Owned(value.to_owned()),
        };
    }
    truncate(part, room)
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

/// Columns and rows, before layout.
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
    /// The headers of columns that were hidden for lack of width, and what the short forms of others lack.
    pub hidden: Vec<String>,
    /// Whether any cell was cut.
    pub truncated: bool,
    /// The widths that its columns needed.
    pub widths: Widths,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Allows the first `columns` columns to become headings of groups of rows (`production/shop`)
    /// if the table is too wide. The rows must be sorted by them.
    #[must_use]
    pub fn headings(mut self, columns: usize) -> Self {
        self.headings = columns.min(self.columns.len().saturating_sub(1));
        self
    }

    /// Gives each column at least the width that it needed in an earlier table with the same
    /// columns.
    #[must_use]
    pub fn at_least(mut self, widths: &Widths) -> Self {
        self.least = widths.clone();
        self
    }

    /// Omits the header line.
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

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Renders the table for a terminal of that many columns, or for a pipe (`None`).
    pub fn render(&self, width: Option<usize>, style: Style) -> Rendered {
        let (plan, widths) = layout::plan(self, width);
        let shortened = self.shortened(&plan);
        let cuts = self.cuts(&plan, width);
        let mut out = Writer {
            text: String::new(),
            style,
            truncated: false,
            cuts: &cuts,
            shortened: &shortened,
        };
        if !self.no_headers {
            out.headers(self, &plan);
        }
        let mut heading: Option<String> = None;
        for row in &self.rows {
            if plan.lifted > 0 {
                let now = heading_of(row, plan.lifted, &cuts);
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
            .map(|column| column.header.to_string());
        let lost = shortened.iter().filter_map(|index| self.columns.get(*index)?.lost_when_short);
        let hidden = hidden.chain(lost.map(str::to_owned)).collect();
        Rendered { text: out.text, hidden, truncated: out.truncated, widths }
    }
}

impl Table {
    /// The columns whose cells have their short forms: all of a column's cells, or none.
    fn shortened(&self, plan: &Plan) -> BTreeSet<usize> {
        let is_shortened = |(index, room): &(usize, usize)| {
            let is_kept = self.columns.get(*index).is_some_and(Column::is_kept_whole);
            let cells = || self.rows.iter().filter_map(|row| row.get(*index));
            cells().any(|cell| cell.short.is_some())
                && (!is_kept || cells().any(|cell| width(&cell.text) > *room))
        };
        if plan.cells < Cells::Short {
            return BTreeSet::new();
        }
        plan.columns.iter().copied().filter(is_shortened).map(|(index, _)| index).collect()
    }

    /// The cut names of columns that have too little room.
    fn cuts(&self, plan: &Plan, width: Option<usize>) -> Cuts<'_> {
        let mut cuts = Cuts::new();
        let Some(width) = width else { return cuts };
        let lifted = 0..plan.lifted;
        let others = |index: usize| lifted.clone().filter(move |other| *other != index);
        let widest = |index: usize| self.texts(index).into_iter().map(text::width).max();
        let heading_room = |index: usize| {
            let others: usize = others(index).filter_map(widest).map(|width| width + 1).sum();
            width.saturating_sub(others)
        };
        let headings = lifted.clone().map(|index| (index, heading_room(index)));
        for (index, room) in headings.chain(plan.columns.iter().copied()) {
            if self.columns.get(index).is_some_and(|column| column.is_name)
                && let Some(distinct) = distinct_cuts(&self.texts(index), room)
            {
                cuts.insert(index, distinct);
            }
        }
        cuts
    }

    /// The different texts of a column.
    fn texts(&self, index: usize) -> BTreeSet<&str> {
        self.rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.text.as_str()).collect()
    }
}

/// For columns of names, by index: what is shown of each name.
type Cuts<'a> = BTreeMap<usize, BTreeMap<&'a str, String>>;

/// What is shown of a cell, if it is a name that is cut.
fn cut<'a>(cuts: &'a Cuts<'_>, index: usize, cell: &Cell) -> Option<&'a str> {
    let shown = cuts.get(&index)?.get(cell.text.as_str())?;
    (*shown != cell.text).then_some(shown)
}

/// The leading cells of a row as a heading: `production/shop`.
fn heading_of(row: &[Cell], lifted: usize, cuts: &Cuts<'_>) -> String {
    let cells = row.iter().take(lifted).enumerate();
    let texts = cells.map(|(index, cell)| cut(cuts, index, cell).unwrap_or(&cell.text));
    let parts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    parts.join("/")
}

struct Writer<'a> {
    text: String,
    style: Style,
    truncated: bool,
    cuts: &'a Cuts<'a>,
    /// The columns of which the short forms are shown.
    shortened: &'a BTreeSet<usize>,
}

impl Writer<'_> {
    fn headers(&mut self, table: &Table, plan: &Plan) {
        let cells = plan.columns.iter().filter_map(|(index, room)| {
            let column = table.columns.get(*index)?;
            Some((truncate(&column.header, *room), Tone::Header, *room, column.align))
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
            let lines = if let Some(cut) = cut(self.cuts, *index, cell) {
                vec![Cow::Owned(cut.to_owned())]
            } else {
                // The name of a metric is shortened only where it does not fit.
                let is_short = self.shortened.contains(index)
                    && !(cell.keyed && column.is_kept_whole() && width(&cell.text) <= *room);
                cell.lines(*room, is_short, plan.cells)
            };
            // Only cutting creates an owned string.
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

    /// Writes one line. Spaces are held back until text follows, so that no line ends in spaces.
    fn line<'c>(
        &mut self,
        plan: &Plan,
        cells: impl Iterator<Item = (Cow<'c, str>, Tone, usize, Align)>,
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
