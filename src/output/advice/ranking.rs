//! The advice on many HPAs: what there is most to gain from first, then totals, then those that cannot be judged.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Advised;
use super::data::Totals;
use super::page::changed;
use crate::advice::{Effort, changes};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::{sanitize, wrap};

/// The names that are listed of those with the same reason.
const NAMES: usize = 5;

/// The text. `all` is ranked.
pub fn ranking(all: &[Advised], style: Style, width: Option<usize>) -> Rendered {
    let mut rendered = table(all, style, width);
    let text = &mut rendered.text;
    let wide = width.unwrap_or(usize::MAX);
    let mut line = |line: &str| {
        for part in wrap(line, wide) {
            let _ = writeln!(text, "{part}");
        }
    };
    if all.iter().any(|it| it.proposal(None).is_some()) {
        line("");
    }
    for sentence in totals(all) {
        line(&sentence);
    }
    for (title, names) in refused(all) {
        line("");
        line(&format!("{} cannot be judged: {title}", names.len()));
        let more = names.len().saturating_sub(NAMES);
        let mut listed = names.get(..NAMES.min(names.len())).unwrap_or_default().join(", ");
        if more > 0 {
            let _ = write!(listed, " and {more} more (-o json has all)");
        }
        line(&format!("  {}", sanitize(&listed)));
    }
    rendered
}

fn table(all: &[Advised], style: Style, width: Option<usize>) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("CLUSTER").name().optional(1),
        Column::new("NAMESPACE").name(),
        Column::new("NAME").name(),
        Column::new("SAVES").right(),
        Column::new("UNMET").right(),
        Column::new("RISKS").right(),
        Column::new("CHANGES").flexible(),
    ]);
    for advised in all {
        let (Ok(advice), Some(best)) = (&advised.advice, advised.proposal(None)) else { continue };
        let changed: Vec<String> =
            changes(&advised.hpa, &best.hpa).iter().map(|it| short(&changed(it))).collect();
        let saves = advice.saves(best);
        let tone = if saves < 0.0 { Tone::Warning } else { Tone::Plain };
        table.row(vec![
            Cell::new(shown(&advised.hpa.cluster)),
            Cell::new(&advised.hpa.namespace),
            Cell::new(&advised.hpa.name).tone(Tone::Bold),
            Cell::new(format!("{saves:.1}")).tone(tone),
            Cell::new(signed(-advice.prevents(best))),
            Cell::new(best.risks.len().to_string()),
            Cell::parts(changed),
        ]);
    }
    let is_empty = table.is_empty();
    let mut rendered = table.render(width, style);
    if is_empty {
        rendered.text.clear();
        rendered.hidden.clear();
    }
    rendered
}

/// A change without the parts of its path that are the same for all.
fn short(change: &str) -> String {
    let change = change.strip_prefix("metrics.").unwrap_or(change).replacen(".target: ", ": ", 1);
    let change = change.strip_prefix("behavior.").unwrap_or(&change);
    change.replacen("stabilizationWindowSeconds", "window", 1).replacen(" (the default)", "", 1)
}

/// A change of pod-minutes with its sign, `0.0` without one.
fn signed(change: f64) -> String {
    if change.abs() < 0.05 { "0.0".to_owned() } else { format!("{change:+.1}") }
}

fn totals(all: &[Advised]) -> Vec<String> {
    let totals = Totals::of(all);
    let percent = |of: f64| {
        if totals.pod_hours_a_day > 0.0 { of / totals.pod_hours_a_day * 100.0 } else { 0.0 }
    };
    let mut lines = vec![format!(
        "{} HPAs: {} with proposals, {} left as they are, {} that cannot be judged",
        totals.hpas, totals.proposed, totals.unchanged, totals.not_evaluated
    )];
    if totals.proposed > 0 {
        let (saved, prevented) =
            (totals.saved_pod_hours_a_day, totals.prevented_unmet_pod_minutes_a_day);
        let hours = format!("{:.1} pod-hours a day ({:.0} %)", saved.abs(), percent(saved.abs()));
        let hours = if saved >= 0.0 { format!("save {hours}") } else { format!("cost {hours}") };
        let unmet = if prevented >= 0.05 {
            let is_cut_off = |it: &Advised| {
                let has_proposal = it.proposal(None).is_some();
                has_proposal
                    && it.advice.as_ref().is_ok_and(|it| it.recorded.censored_minutes > 0.0)
            };
            let least = if all.iter().any(is_cut_off) { "at least " } else { "" };
            format!(" and prevent {least}{prevented:.1} pod-minutes of unmet demand a day")
        } else if prevented <= -0.05 {
            format!(" and leave {:.1} more pod-minutes of demand unmet a day", -prevented)
        } else {
            String::new()
        };
        lines.push(format!(
            "Together they {hours}{unmet}. SAVES is in pod-hours a day, UNMET the change in pod-minutes a day."
        ));
    }
    if all.iter().any(|it| it.advice.is_ok() && it.effort == Effort::Coarse) {
        lines.push(
            "The search was coarse; --full searches longer, and so does naming one HPA.".to_owned(),
        );
    }
    lines
}

/// The HPAs that cannot be judged, by reason, the most frequent first.
fn refused(all: &[Advised]) -> Vec<(&'static str, Vec<String>)> {
    let mut reasons: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let has_several = all.windows(2).any(|pair| pair[0].hpa.cluster != pair[1].hpa.cluster);
    for advised in all {
        if let Err(refusal) = &advised.advice {
            let name = if has_several {
                format!("{}/{}", shown(&advised.hpa.cluster), advised.full_name())
            } else {
                advised.full_name()
            };
            reasons.entry(refusal.title()).or_default().push(name);
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    reasons
}
