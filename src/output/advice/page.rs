//! The advice on one HPA for a person.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Advised, effect};
use crate::advice::{Advice, Changed, Daily, Effort, Proposal, WORTH_PERCENT, changes, decimals};
use crate::config::duration;
use crate::hpa::Hpa;
use crate::term::color::{Style, Tone};
use crate::term::table::{Cell, Column, Table};
use crate::term::text::{sanitize, wrap};

/// In milliseconds.
const HOUR: u64 = 3_600_000;

/// The text.
pub fn page(advised: &Advised, style: Style, width: Option<usize>) -> String {
    let mut page = Page { text: String::new(), width: width.unwrap_or(usize::MAX) };
    page.line(&style.bold(&sanitize(&advised.full_name())), 0);
    match &advised.advice {
        Err(refusal) => {
            page.line(
                &format!(
                    "{}: {}",
                    style.warning("cannot be judged"),
                    sanitize(&refusal.sentence())
                ),
                0,
            );
            page.notes(advised);
        }
        Ok(advice) => {
            page.facts(advised, advice);
            page.text.push('\n');
            page.text.push_str(&measures(advice, style, width));
            page.proposals(&advised.hpa, advice, style);
        }
    }
    page.text
}

struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// A sentence at an indentation, whose further lines are indented more.
    fn line(&mut self, line: &str, indent: usize) {
        let width = self.width.saturating_sub(indent + 2).max(20);
        for (number, part) in wrap(line, width).iter().enumerate() {
            let more = if number == 0 { indent } else { indent + 2 };
            let _ = writeln!(self.text, "{}{part}", " ".repeat(more));
        }
    }

    fn notes(&mut self, advised: &Advised) {
        for note in &advised.notes {
            self.line(&format!("Note: {}", sanitize(note)), 0);
        }
    }

    fn facts(&mut self, advised: &Advised, advice: &Advice) {
        let long = |millis: i64| {
            let hours = (millis.max(0).unsigned_abs() + HOUR / 2) / HOUR;
            duration::format(Duration::from_hours(hours))
        };
        self.line(
            &format!(
                "Load: {}. Proposals are chosen on the first {} and judged on the last {}",
                sanitize(&advised.source),
                long(advice.chosen_on),
                long(advice.judged_on),
            ),
            0,
        );
        if advice.known_percent < 99.95 {
            self.line(
                &format!(
                    "Known: {:.1} % of the time; what is a day is of that time",
                    advice.known_percent
                ),
                0,
            );
        }
        self.notes(advised);
        let trust = &advice.recorded.trust;
        self.line(
            &format!(
                "Trust: good. The replay differs from what was by {:.2} pods on average (of {:.1}); it is equal for \
                 {:.1} % of the time",
                trust.mean_error_pods, trust.mean_replicas, trust.equal_percent
            ),
            0,
        );
        let promise = &advice.promise;
        let unmet = promise.unmet_pod_minutes;
        let places = places(advice, unmet, |it| it.unmet_pod_minutes);
        self.line(
            &format!(
                "Promise: a day at most {unmet:.places$} pod-minutes of unmet demand, {} minutes at the maximum, {} \
                 scalings. Unmet is what pods at {} % of their request cannot serve. No target is raised above {} %",
                promise.minutes_at_max,
                promise.scalings,
                advice.capacity_percent,
                advice.highest_target_percent
            ),
            0,
        );
        if advised.effort == Effort::Coarse {
            self.line("Search: coarse; --full searches longer", 0);
        }
    }

    fn proposals(&mut self, hpa: &Hpa, advice: &Advice, style: Style) {
        if let Some(owner) = &advice.owner {
            self.text.push('\n');
            self.line(&style.warning(&sanitize(&owner.sentence())), 0);
        }
        if advice.proposals.is_empty() {
            self.text.push('\n');
            self.line(&nothing(advice), 0);
        }
        for proposal in &advice.proposals {
            self.text.push('\n');
            let title = style.bold(proposal.title());
            self.line(&format!("{title}: {}", effect(advice, proposal)), 0);
            for change in changes(hpa, &proposal.hpa) {
                self.line(&sanitize(&changed(&change)), 2);
            }
            for risk in &proposal.risks {
                self.line(&format!("risk: {}", sanitize(risk)), 2);
            }
        }
    }
}

/// Why there is no proposal.
fn nothing(advice: &Advice) -> String {
    if advice.now.keeps_promise {
        format!(
            "Nothing to change: the present settings keep the promise, and no others that do save {WORTH_PERCENT} % of \
             the pod-hours, both on the days that choose and on those that judge."
        )
    } else {
        "The present settings do not keep the promise, and no others were found that do.".to_owned()
    }
}

/// Why there is no proposal to print.
pub fn why_nothing(advised: &Advised) -> String {
    let why = match &advised.advice {
        Err(refusal) => format!("cannot be judged: {}", refusal.sentence()),
        Ok(advice) if advice.proposals.is_empty() => nothing(advice),
        Ok(_) => "no proposal of this kind keeps the promise on the days that judge; without -o they are shown"
            .to_owned(),
    };
    sanitize(&format!("{}: {why}", advised.full_name())).into_owned()
}

/// `maxReplicas: 5 -> 9`
pub(super) fn changed(change: &Changed) -> String {
    let by_default = match change.path.as_str() {
        "behavior.scaleDown.stabilizationWindowSeconds" => "300 (the default)",
        "behavior.scaleUp.stabilizationWindowSeconds" => "0 (the default)",
        _ => "the default",
    };
    let shown = |value: &serde_json::Value| match value {
        serde_json::Value::Null => by_default.to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("{}: {} -> {}", change.path, shown(&change.from), shown(&change.to))
}

/// A measure of a proposal.
type Of = fn(&Proposal) -> Daily;

fn measures(advice: &Advice, style: Style, width: Option<usize>) -> String {
    let mut columns = vec![Column::new("A DAY"), Column::new("NOW").right()];
    columns.extend(advice.proposals.iter().map(|it| Column::new(heading(it)).right()));
    let mut table = Table::new(columns);
    let parts: [(&str, Daily, Of); 2] = [
        ("chosen on", advice.now.chosen, |it| it.chosen),
        ("judged on", advice.now.judged, |it| it.judged),
    ];
    for (part, now, of) in parts {
        let all: Vec<Daily> = [now].into_iter().chain(advice.proposals.iter().map(of)).collect();
        for (name, limit, value) in rows(advice) {
            let mut row = vec![Cell::new(format!("{name}, {part}"))];
            let places = limit.map_or(1, |limit| places(advice, limit, value));
            row.extend(all.iter().map(|daily| {
                let value = value(daily);
                let is_beyond = limit.is_some_and(|limit| value > limit);
                let tone = if is_beyond { Tone::Error } else { Tone::Plain };
                Cell::new(format!("{value:.places$}")).tone(tone)
            }));
            table.row(row);
        }
    }
    let kept = |kept: bool| if kept { Cell::new("yes") } else { Cell::new("no").tone(Tone::Error) };
    let mut row = vec![Cell::new("keeps the promise")];
    row.push(kept(advice.now.keeps_promise));
    row.extend(advice.proposals.iter().map(|it| kept(it.keeps_promise)));
    table.row(row);
    table.render(width, style).text
}

/// A measure with its limit and where it is found.
type Row = (&'static str, Option<f64>, fn(&Daily) -> f64);

fn rows(advice: &Advice) -> [Row; 4] {
    let promise = &advice.promise;
    [
        ("pod-hours", None, |it| it.pod_hours),
        ("unmet pod-minutes", Some(promise.unmet_pod_minutes), |it| it.unmet_pod_minutes),
        ("minutes at max", Some(promise.minutes_at_max), |it| it.minutes_at_max),
        ("scalings", Some(promise.scalings), |it| it.scalings),
    ]
}

/// The decimals with which a measure is shown, so that what is beyond its limit is seen to be.
fn places(advice: &Advice, limit: f64, value: fn(&Daily) -> f64) -> usize {
    let of_proposals = advice.proposals.iter().flat_map(|it| [it.chosen, it.judged]);
    let all = [advice.now.chosen, advice.now.judged].into_iter().chain(of_proposals);
    all.map(|daily| decimals(value(&daily), limit)).max().unwrap_or(1)
}

fn heading(proposal: &Proposal) -> &'static str {
    use crate::advice::Kind;
    match proposal.kind {
        Kind::Cheapest => "CHEAPEST",
        Kind::AsNow => "SAME TARGETS",
        Kind::Safer => "SAFER",
    }
}
