//! One frame of the screen: exactly as many lines as the terminal has, none wider than it.

use super::super::columns::{Columns, Line, Place};
use super::super::hpas::{Common, LabelColumns, TableOptions, watched_table};
use super::lines::change_words;
use super::model::{Model, Row};
use super::{failed, plural};
use crate::findings::Judged;
use crate::session::{Change, ChangeKind};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::Widths;
use crate::term::text::{ellipsis, sanitize, thousands, truncate, width};
use jiff::Timestamp;

/// The size of a terminal, without its last column: after a full line the position of the cursor is
/// uncertain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) lines: usize,
}

/// What is drawn.
pub(super) struct Frame {
    pub(super) lines: Vec<String>,
    /// How many of the HPAs are among them.
    pub(super) rows: usize,
    /// The widths that the table's columns needed.
    pub(super) widths: Widths,
    /// The headers of columns that have no room.
    hidden: Vec<String>,
}

/// From this height on, keys and the last changes have lines of their own.
pub(super) const KEYS_FROM: usize = 6;
const LOG_FROM: usize = 14;
/// The most lines of the log.
const LOG: usize = 8;

/// The frame of a model, which takes note of what it shows.
pub(super) fn frame(model: &mut Model, size: Size, now: Timestamp, least: &Widths) -> Frame {
    loop {
        let frame = view(model, size, now, least);
        if model.shown(frame.rows) {
            return frame;
        }
    }
}

/// A header, a line for each cluster that could not be read, the table, the number of HPAs below it,
/// the last changes, and the keys.
fn view(model: &Model, size: Size, now: Timestamp, least: &Widths) -> Frame {
    let size = Size { columns: size.columns.max(1), lines: size.lines.max(1) };
    // A style adds characters that must not be cut.
    let style = if size.columns < LEAST_FOR_COLOUR { Style::PLAIN } else { model.options.style };
    let rows = model.rows();
    let mut top = vec![style.bold(&truncate(&header(model, &rows, now), size.columns))];
    if model.is_help {
        return help(model, top, size, style);
    }
    if let Some(notice) = &model.notice {
        top.push(style.error(&truncate(&sanitize(notice), size.columns)));
    }
    top.extend(failures(model, size, style));
    top.truncate(size.lines);
    let mut bottom = Vec::new();
    if size.lines >= LOG_FROM {
        bottom.extend(log(model, size, style));
    }
    let has_keys = size.lines >= KEYS_FROM;
    let room = size.lines.saturating_sub(top.len() + bottom.len() + usize::from(has_keys));
    let table = table(&rows, model, Size { lines: room, ..size }, style, now, least);
    if has_keys {
        let keys = keys(model, rows.len(), &table.hidden, size.columns);
        bottom.push(style.dim(&truncate(&keys, size.columns)));
    }
    let mut lines = top;
    lines.extend(table.lines);
    lines.resize((size.lines - bottom.len()).max(lines.len()), String::new());
    lines.extend(bottom);
    lines.truncate(size.lines);
    Frame { lines, rows: table.rows, widths: table.widths, hidden: table.hidden }
}

/// What the keys do, in the place of the list.
fn help(model: &Model, top: Vec<String>, size: Size, style: Style) -> Frame {
    let keys = KEYS.iter().map(|(keys, effect)| format!("  {keys:<24}{effect}"));
    let mut lines = top;
    lines.push(String::new());
    lines.extend(keys.map(|line| truncate(&line, size.columns).into_owned()));
    lines.resize(size.lines.saturating_sub(1).max(1), String::new());
    lines.push(style.dim(&truncate("any key: back to the list", size.columns)));
    lines.truncate(size.lines);
    Frame { lines, rows: model.page(), widths: Widths::default(), hidden: Vec::new() }
}

const KEYS: [(&str, &str); 9] = [
    ("j, k, arrows", "one HPA down, up"),
    ("Space, b, PgDn, PgUp", "a page down, up"),
    ("g, G, Home, End", "to the first, the last"),
    ("/", "filter: words of cluster, namespace, name or status"),
    ("Enter", "keep the filter"),
    ("Esc", "clear the filter"),
    ("Ctrl-L", "draw the screen again"),
    ("?", "show the keys"),
    ("q, Ctrl-C", "quit; the list stays on the terminal"),
];

/// Below this many columns a table is cut after it is laid out.
const LEAST_FOR_COLOUR: usize = 24;

/// The rows that fit, and the number of those below them.
fn table(
    rows: &[Row<'_>],
    model: &Model,
    size: Size,
    style: Style,
    now: Timestamp,
    least: &Widths,
) -> Frame {
    let common = common(rows);
    let rows = rows.get(model.offset.min(rows.len().saturating_sub(1))..).unwrap_or_default();
    let (mut widths, mut hidden) = (least.clone(), Vec::new());
    let mut lay_out = |count: usize| -> Vec<String> {
        let rows = rows.get(..count).unwrap_or_default();
        if rows.is_empty() {
            return Vec::new();
        }
        let options = TableOptions {
            labels: LabelColumns::default(),
            usage: None,
            wide: false,
            no_headers: false,
            grouped: model.options.sort_by.is_some_and(super::SortBy::is_grouped),
            width: Some(size.columns),
            style,
            now,
        };
        let judged: Vec<Judged<'_>> = rows.iter().map(|row| row.judged.clone()).collect();
        let marks: Vec<_> = rows.iter().map(|row| row.mark).collect();
        let rendered = watched_table(&judged, &marks, common, options, least);
        (widths, hidden) = (rendered.widths, rendered.hidden);
        rendered.text.lines().map(str::to_owned).collect()
    };
    // Each HPA takes at least one line.
    let mut shown = rows.len().min(size.lines);
    let mut lines = lay_out(shown);
    while shown > 0 && lines.len() + usize::from(shown < rows.len()) > size.lines {
        // Several at once while far too many: an HPA may take several lines.
        let excess = lines.len() + 1 - size.lines;
        shown -= (excess / 4).clamp(1, shown);
        lines = lay_out(shown);
    }
    let below = rows.len() - shown;
    if below > 0 && size.lines > 0 {
        let text = format!("{} {} more, scroll", ellipsis(), thousands(below));
        lines.push(style.dim(&truncate(&text, size.columns)));
    }
    if size.columns < LEAST_FOR_COLOUR {
        for line in &mut lines {
            *line = truncate(line, size.columns).into_owned();
        }
    }
    Frame { lines, rows: shown, widths, hidden }
}

/// What all rows have in common, not only those on the screen: scrolling moves no column.
fn common(rows: &[Row<'_>]) -> Common {
    let mut hpas = rows.iter().map(|row| row.judged.hpa);
    let Some(first) = hpas.next() else { return Common::default() };
    hpas.fold(Common { cluster: true, namespace: true }, |common, hpa| Common {
        cluster: common.cluster && hpa.cluster == first.cluster,
        namespace: common.namespace && hpa.namespace == first.namespace,
    })
}

/// The clusters that could not be read, on at most a quarter of the screen.
fn failures(model: &Model, size: Size, style: Style) -> Vec<String> {
    let outcomes = model.changes.clusters().map(|cluster| &cluster.outcome);
    let mut lines: Vec<String> = failed(outcomes)
        .map(|(name, failure)| sanitize(&format!("{}: {failure}", shown(name))).into_owned())
        .collect();
    let most = (size.lines / 4).max(1);
    if lines.len() > most {
        let left = lines.len() + 1 - most;
        lines.truncate(most - 1);
        lines.push(format!("{} cannot be read", plural(left, "cluster")));
    }
    lines.iter().map(|line| style.error(&truncate(line, size.columns))).collect()
}

/// The last changes, the newest at the bottom.
fn log(model: &Model, size: Size, style: Style) -> Vec<String> {
    let count = model.log.len().min(LOG).min(size.lines / 4);
    if count == 0 || size.columns < LEAST_FOR_LOG {
        return Vec::new();
    }
    let title = truncate("last changes", size.columns);
    let line = sanitize("─");
    let rule = line.repeat(size.columns.saturating_sub(width(&title) + 4));
    let mut lines =
        vec![style.dim(&truncate(&format!("{line}{line} {title} {rule}"), size.columns))];
    let clusters = model.changes.clusters().map(|it| &*it.outcome.name);
    let columns = Columns::for_clusters(style, Some(size.columns), clusters);
    let newest = model.log.iter().skip(model.log.len() - count);
    lines.extend(newest.map(|change| logged(&columns, change).trim_end().to_owned()));
    lines
}

/// Below this many columns a line of the log has no room for a name.
const LEAST_FOR_LOG: usize = 48;

fn logged(columns: &Columns, change: &Change) -> String {
    let (kind, tone) = word(change.event);
    let object = format!("{}/{}", change.namespace, change.name);
    let place = Some(Place { cluster: &change.cluster, object: &object });
    columns.row(change.at, Line { kind, tone, place, text: &change_words(change) })
}

/// The word for a kind of change, and how it is painted.
pub(super) fn word(kind: ChangeKind) -> (&'static str, Tone) {
    match kind {
        ChangeKind::Present => ("present", Tone::Dim),
        ChangeKind::Appeared => ("appeared", Tone::Ok),
        ChangeKind::Changed => ("changed", Tone::Bold),
        ChangeKind::Gone => ("gone", Tone::Warning),
    }
}

fn header(model: &Model, rows: &[Row<'_>], now: Timestamp) -> String {
    let clusters: Vec<_> = model.changes.clusters().map(|cluster| &cluster.outcome).collect();
    let of = model.options.clusters;
    let read = clusters.len() - failed(clusters.iter().copied()).count();
    let pending = match of.saturating_sub(clusters.len()) {
        0 => String::new(),
        pending => format!(" ({pending} not yet)"),
    };
    let changes = rows.iter().filter(|row| row.is_marked()).count();
    let problems = rows.iter().filter(|row| row.judged.is_problem()).count();
    // Named here: its column may have no room.
    let read = match clusters.as_slice() {
        [one] if of == 1 && read == 1 => format!("{} read", sanitize(&shown(&one.name))),
        _ => format!("{read} of {} read{pending}", plural(of, "cluster")),
    };
    let namespace = match rows.first() {
        Some(first) if common(rows).namespace => {
            format!(" in {}", sanitize(&first.judged.hpa.namespace))
        }
        _ => String::new(),
    };
    let filter = match sanitize(&model.filter.text) {
        filter if filter.is_empty() => String::new(),
        filter => format!(" with \"{filter}\""),
    };
    format!(
        "{}Z  {read}, {}{namespace}{filter}, {}, {}, every {}",
        now.strftime("%H:%M:%S"),
        plural(rows.len(), "HPA"),
        plural(problems, "problem"),
        plural(changes, "change"),
        crate::config::duration::format(model.options.interval),
    )
}

fn keys(model: &Model, rows: usize, hidden: &[String], columns: usize) -> String {
    let filter = sanitize(&model.filter.text);
    if model.filter.is_typed {
        return format!("/{filter}{}  Enter: keep, Esc: clear", sanitize("▏"));
    }
    let place = match model.offset {
        0 => String::new(),
        above => format!("  {} above", thousands(above)),
    };
    // What the header says needs no column.
    let is_said = |column: &str| {
        column == "NAMESPACE" || (column == "CLUSTER" && model.options.clusters == 1)
    };
    let hidden: Vec<&str> =
        hidden.iter().map(String::as_str).filter(|column| !is_said(column)).collect();
    let no_room = match hidden.as_slice() {
        [] => String::new(),
        hidden => format!("  no room for {}", hidden.join(", ")),
    };
    if filter.is_empty() {
        let line =
            |scroll: &str| format!("q: quit  ?: keys  /: filter  {scroll}: scroll{place}{no_room}");
        let line_of_all = line("j k PgDn PgUp g G");
        return if width(&line_of_all) > columns { line("j k g G") } else { line_of_all };
    }
    format!("filter {filter}: {}, Esc clears it{place}  q: quit{no_room}", plural(rows, "HPA"))
}
