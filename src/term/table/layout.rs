//! How a table is fitted to a width. These steps are taken in order, each in addition to the
//! previous ones:
//!
//! 1. as it is, if it fits;
//! 2. two spaces between columns;
//! 3. short forms of cells, save those of columns that are never hidden and have room for the full ones;
//! 4. leading columns as headings, where they repeat;
//! 5. cells of several parts over several lines;
//! 6. leading columns as headings, even where they do not repeat;
//! 7. optional columns hidden, the least important first; before important ones, flexible columns are cut as far as
//!    they stay easy to read, the widest first;
//! 8. flexible columns cut further, names as far as they stay different; then all; then columns hidden from the right.

use std::collections::BTreeMap;

use super::{Column, Table};
use crate::term::text::{distinct_cuts, width};

const WIDE_GAP: usize = 3;
const NARROW_GAP: usize = 2;
/// The indentation of rows below a heading.
const INDENT: usize = 2;
/// A flexible column is not cut below this width while another one can be cut.
const FLEXIBLE_LEAST: usize = 8;
/// To this width a flexible column is cut before an important column is hidden.
const READABLE: usize = 16;
/// Columns of this importance are important.
const IMPORTANT: u8 = 4;
/// Before a column of this importance is hidden, names are cut as far as they stay different.
pub const VITAL: u8 = 8;

/// How a table is drawn.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The visible columns, by index, each with its width.
    pub(super) columns: Vec<(usize, usize)>,
    /// The hidden columns, by index, in the order of the table.
    pub(super) hidden: Vec<usize>,
    pub(super) gap: usize,
    pub(super) indent: usize,
    /// How many leading columns are shown as headings.
    pub(super) lifted: usize,
    pub(super) cells: Cells,
}

/// The widths that a table's columns need. A table that is redrawn gets the previous widths, so
/// that its columns stay in place when a cell becomes shorter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Widths(Vec<Need>);

/// The width that the cells of a column need, without its header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Need {
    full: usize,
    short: usize,
    /// With one part per line.
    wrapped: usize,
}

/// The choices from which a plan is built.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// Two spaces between columns.
    tight: bool,
    cells: Cells,
    /// Leading columns become headings.
    lift: bool,
}

/// The form of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cells {
    Full,
    Short,
    /// Short, and with one part per line if they do not fit on one line.
    Wrapped,
}

pub(super) fn plan(table: &Table, width: Option<usize>) -> (Plan, Widths) {
    let layout = Layout::of(table);
    (layout.plan(width), Widths(layout.needs))
}

struct Layout<'a> {
    table: &'a Table,
    needs: Vec<Need>,
}

impl<'a> Layout<'a> {
    fn of(table: &'a Table) -> Self {
        let mut needs = table.least.0.clone();
        needs.resize_with(table.columns.len(), Need::default);
        for row in &table.rows {
            for (need, cell) in needs.iter_mut().zip(row) {
                let full = width(&cell.text);
                let short = cell.short.as_deref().map_or(full, width);
                let part =
                    cell.narrow_parts().iter().map(|part| width(part)).max().unwrap_or(short);
                need.full = need.full.max(full);
                need.short = need.short.max(short);
                need.wrapped = need.wrapped.max(part.min(short));
            }
        }
        Self { table, needs }
    }

    fn plan(&self, width: Option<usize>) -> Plan {
        let natural = Step { tight: false, cells: Cells::Full, lift: false };
        let Some(width) = width else {
            return self.build(natural, &[]);
        };
        let tight = Step { tight: true, ..natural };
        let mut last = Step { cells: Cells::Short, ..tight };
        let mut steps = vec![natural, tight, last];
        if self.repeats() {
            last.lift = true;
            steps.extend([Step { lift: true, ..tight }, last]);
        }
        steps.push(Step { cells: Cells::Wrapped, ..last });
        if self.table.headings > 0 && !last.lift {
            last.lift = true;
            steps.extend([last, Step { cells: Cells::Wrapped, ..last }]);
        }
        for step in steps {
            if let Some(plan) = self.fit(step, &[], width) {
                return plan;
            }
        }
        let mut hidden = Vec::new();
        for index in self.optional(last.lift) {
            let column = self.table.columns.get(index);
            let importance = column.and_then(|column| column.importance).unwrap_or(0);
            if importance >= IMPORTANT {
                let readable = if importance >= VITAL { FLEXIBLE_LEAST } else { READABLE };
                let names = self.name_widths(readable);
                let step = Step { cells: Cells::Wrapped, ..last };
                let mut plan = self.build(step, &hidden);
                plan.shrink(
                    width,
                    |index| self.header(index).max(least(&names, index, readable)),
                    |it| self.is_flexible(it),
                );
                if plan.total() <= width {
                    return plan;
                }
            }
            hidden.push(index);
            for cells in [Cells::Short, Cells::Wrapped] {
                let step = Step { cells, ..last };
                if let Some(plan) = self.fit(step, &hidden, width) {
                    return self.give_back(step, hidden, width).unwrap_or(plan);
                }
            }
        }
        self.squeeze(Step { cells: Cells::Wrapped, ..last }, hidden, width)
    }

    /// Whether each heading would cover two or more rows on average.
    fn repeats(&self) -> bool {
        let count = self.table.headings;
        if count == 0 {
            return false;
        }
        let mut groups = 0;
        let mut previous: Option<Vec<&str>> = None;
        for row in &self.table.rows {
            let now: Vec<&str> = row.iter().take(count).map(|cell| cell.text.as_str()).collect();
            if previous.as_ref() != Some(&now) {
                groups += 1;
                previous = Some(now);
            }
        }
        groups * 2 <= self.table.rows.len()
    }

    /// The columns that may be hidden, the least important first, and the rightmost of equal ones.
    fn optional(&self, lift: bool) -> Vec<usize> {
        let first = if lift { self.table.headings } else { 0 };
        let mut columns: Vec<(u8, usize)> = self
            .table
            .columns
            .iter()
            .enumerate()
            .skip(first)
            .filter_map(|(index, column)| Some((column.importance?, index)))
            .collect();
        columns.sort_by_key(|(importance, index)| (*importance, usize::MAX - index));
        columns.into_iter().map(|(_, index)| index).collect()
    }

    /// The plan for these choices, with each column as wide as it needs.
    fn build(&self, step: Step, hidden: &[usize]) -> Plan {
        let lifted = if step.lift { self.table.headings } else { 0 };
        let columns = self.table.columns.iter().zip(&self.needs).enumerate();
        let columns = columns
            .skip(lifted)
            .filter(|(index, _)| !hidden.contains(index))
            .map(|(index, (_, need))| {
                let head = self.header(index);
                let cells = match step.cells {
                    Cells::Full => need.full,
                    Cells::Short => need.short,
                    Cells::Wrapped => need.wrapped,
                };
                (index, cells.max(head))
            })
            .collect();
        Plan {
            columns,
            hidden: {
                let mut hidden = hidden.to_vec();
                hidden.sort_unstable();
                hidden
            },
            gap: if step.tight { NARROW_GAP } else { WIDE_GAP },
            indent: if lifted > 0 { INDENT } else { 0 },
            lifted,
            cells: step.cells,
        }
    }

    /// The plan for these choices if it fits. Remaining width goes to columns that wrap, so that no
    /// more of their cells wrap than necessary, and then to columns that are never hidden, for the
    /// full forms of their cells.
    fn fit(&self, step: Step, hidden: &[usize], room: usize) -> Option<Plan> {
        let mut plan = self.build(step, hidden);
        let mut spare = room.checked_sub(plan.total())?;
        for (index, columns) in &mut plan.columns {
            let wanted = self.needs.get(*index).map_or(0, |need| need.short);
            let more = wanted.saturating_sub(*columns).min(spare);
            if step.cells == Cells::Wrapped {
                *columns += more;
                spare -= more;
            }
        }
        for (index, columns) in &mut plan.columns {
            let full = self.needs.get(*index).map_or(0, |need| need.full);
            let more = full.saturating_sub(*columns);
            if self.table.columns.get(*index).is_some_and(Column::is_kept_whole) && more <= spare {
                *columns += more;
                spare -= more;
            }
        }
        Some(plan)
    }

    /// The plan with as many hidden columns restored as fit without changing the form of a cell:
    /// hiding the last one may have made room for narrow ones hidden earlier.
    fn give_back(&self, step: Step, mut hidden: Vec<usize>, room: usize) -> Option<Plan> {
        for index in hidden.clone().into_iter().rev() {
            let fewer: Vec<usize> = hidden.iter().copied().filter(|h| *h != index).collect();
            if self.fit(step, &fewer, room).is_some() {
                hidden = fewer;
            }
        }
        self.fit(step, &hidden, room)
    }

    /// The width of a column's header.
    fn header(&self, index: usize) -> usize {
        let column = self.table.columns.get(index).filter(|_| !self.table.no_headers);
        column.map_or(0, |column| width(&column.header))
    }

    fn is_flexible(&self, index: usize) -> bool {
        self.table.columns.get(index).is_some_and(|column| column.flexible)
    }

    /// For columns of names, by index: the least width, from `least` on, in which different names stay different.
    fn name_widths(&self, least: usize) -> BTreeMap<usize, usize> {
        let columns = self.table.columns.iter().zip(&self.needs).enumerate();
        let names = columns.filter(|(_, (column, _))| column.is_name);
        let widths = names.map(|(index, (_, need))| {
            let texts = self.table.texts(index);
            let fits = |room: &usize| distinct_cuts(&texts, *room).is_some();
            (index, (least..need.full).find(fits).unwrap_or(need.full))
        });
        widths.collect()
    }

    /// A plan that fits in any case.
    fn squeeze(&self, step: Step, mut hidden: Vec<usize>, room: usize) -> Plan {
        let names = self.name_widths(FLEXIBLE_LEAST);
        loop {
            let mut plan = self.build(step, &hidden);
            let flexible = |index: usize| self.is_flexible(index);
            let header = |index| self.header(index);
            plan.shrink(room, |it| header(it).max(least(&names, it, FLEXIBLE_LEAST)), flexible);
            plan.shrink(room, |index| header(index).max(FLEXIBLE_LEAST), flexible);
            plan.shrink(room, |index| header(index).max(FLEXIBLE_LEAST), |_| true);
            // A header is never cut while another column can go.
            plan.shrink(room, |index| header(index).max(1), |_| true);
            if plan.total() <= room {
                return plan;
            }
            if plan.columns.len() <= 1 {
                plan.indent = plan.indent.min(room.saturating_sub(1));
                for (_, columns) in &mut plan.columns {
                    *columns = (*columns).min(room.saturating_sub(plan.indent));
                }
                return plan;
            }
            if let Some((index, _)) = plan.columns.last() {
                hidden.push(*index);
            }
        }
    }
}

/// The least width of a column, given that of names.
fn least(names: &BTreeMap<usize, usize>, index: usize, others: usize) -> usize {
    names.get(&index).copied().unwrap_or(others)
}

impl Plan {
    /// The width of the widest line.
    fn total(&self) -> usize {
        let columns: usize = self.columns.iter().map(|(_, width)| width).sum();
        self.indent + columns + self.gap * self.columns.len().saturating_sub(1)
    }

    /// Narrows the widest of the chosen columns, by one terminal column at a time, until the plan
    /// fits or all of them are at their `least`.
    fn shrink(
        &mut self,
        room: usize,
        least: impl Fn(usize) -> usize,
        chosen: impl Fn(usize) -> bool,
    ) {
        let mut excess = self.total().saturating_sub(room);
        while excess > 0 {
            let widest = self
                .columns
                .iter_mut()
                .filter(|(index, width)| chosen(*index) && *width > least(*index))
                .max_by_key(|(_, width)| *width);
            let Some((_, width)) = widest else { return };
            *width -= 1;
            excess -= 1;
        }
    }
}
