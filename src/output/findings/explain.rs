//! `--explain ID`: a rule in full, or a list of rules.

use super::tone;
use crate::findings::{Need, Rule};
use crate::term::color::Style;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::wrap;

/// The maximum width in columns: longer lines are hard to read.
const MOST: usize = 100;

/// The full description of a rule.
pub fn explain(rule: &Rule, style: Style, width: Option<usize>) -> String {
    let width = width.map_or(MOST, |width| width.min(MOST));
    let severity = style.paint(tone(rule.severity), rule.severity.as_str());
    let mut text = format!("{}  {severity}\n", style.bold(rule.id));
    let mut add = |paragraph: &str| {
        for line in wrap(paragraph, width) {
            text += &line;
            text.push('\n');
        }
    };
    add(&sentence(rule.title));
    add("");
    add(&format!("Raised when: {}", rule.condition));
    for paragraph in rule.explain.split("\n\n") {
        add("");
        // The paragraph's line breaks are those of the source code.
        add(&paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    add("");
    add(&format!("To do: {}", rule.action));
    let names =
        |needs: &[Need]| needs.iter().map(|need| what(*need)).collect::<Vec<_>>().join(", ");
    if !rule.needs.is_empty() {
        add(&format!("Reads: the HPA, {}.", names(rule.needs)));
    }
    if !rule.uses.is_empty() {
        add(&format!("Also uses, where available: {}.", names(rule.uses)));
    }
    text
}

/// The rules, a line each: id, severity and title.
pub fn catalogue<'r>(
    rules: impl IntoIterator<Item = &'r Rule>,
    style: Style,
    width: Option<usize>,
) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("FINDING"),
        Column::new("SEVERITY"),
        Column::new("WHAT IT IS").flexible(),
    ]);
    for rule in rules {
        table.row(vec![
            Cell::new(rule.id),
            Cell::new(rule.severity.as_str()).tone(tone(rule.severity)),
            Cell::new(rule.title),
        ]);
    }
    table.render(width, style)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// The data that a rule reads, for people.
fn what(need: Need) -> &'static str {
    match need {
        Need::Target => "its target",
        Need::Pods => "pods",
        Need::Budgets => "PodDisruptionBudgets",
        Need::Quotas => "ResourceQuotas",
        Need::Vertical => "VerticalPodAutoscalers",
        Need::ScaledObjects => "ScaledObjects",
        Need::History => "earlier readings",
    }
}
