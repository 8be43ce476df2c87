//! Findings by what was found, and by cluster: the least severe first, so that the worst is what
//! stays on the screen.

use super::alike::{self, Alike};
use super::group::Group;
use super::page::{Page, SEVERITY};
use super::{View, counted, hpas, shown_place};
use crate::check::Report;
use crate::findings::{Finding, Severity};
use crate::term::color::Tone;
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Table};
use crate::term::text::{sanitize, thousands};

/// The most different messages that a group shows.
const MOST_MESSAGES: usize = 3;

impl Page {
    /// Finding by finding: what it is and what to do once, and the HPAs that have it; then a line
    /// for each.
    pub(super) fn by_finding(&mut self, report: &Report<'_>, view: &View) {
        let groups = Group::all(report.findings());
        for group in &groups {
            self.group(group, report.is_offline, view);
            self.line("");
        }
        if groups.len() > 1 {
            self.index(&groups, report.is_offline);
            self.line("");
        }
    }

    fn group(&mut self, group: &Group<'_>, is_offline: bool, view: &View) {
        if let [finding] = group.findings.as_slice() {
            self.entry(0, group.severity, group.id, &shown_place(finding));
            return self.what(SEVERITY, &finding.message, &finding.action);
        }
        self.entry(0, group.severity, group.id, group.title());
        let size = group.size(is_offline);
        if view.all {
            let is_same = self.same_message(group);
            self.wrapped(SEVERITY, &format!("To do: {}", group.action()), Tone::Dim);
            self.wrapped(SEVERITY, &format!("{size}:"), Tone::Plain);
            for finding in &group.findings {
                let place = shown_place(finding);
                let text = if is_same { place } else { format!("{place}: {}", finding.message) };
                self.wrapped(SEVERITY, &text, Tone::Plain);
            }
            return;
        }
        let all = group.findings.len();
        match group.messages().as_slice() {
            [one] => {
                let message = alike::line(one.example);
                let (text, also, skip) = if one.is_same {
                    (format!("{size}: {message}"), "", 0)
                } else {
                    let example = shown_place(one.example);
                    (format!("{size}, e.g. {example}: {message}"), "also ", 1)
                };
                let names = group.names(view, skip, shown_place);
                self.wrapped(SEVERITY, &text, Tone::Plain);
                self.wrapped(SEVERITY, &format!("{also}{names}"), Tone::Plain);
            }
            // Each HPA has its own message.
            several if several.len() == all && all <= MOST_MESSAGES => {
                self.wrapped(SEVERITY, &format!("{size}:"), Tone::Plain);
                for Alike { example, .. } in several {
                    let text = format!("{}: {}", shown_place(example), alike::line(example));
                    self.wrapped(SEVERITY, &text, Tone::Plain);
                }
            }
            several => {
                let names = group.names(view, 0, shown_place);
                self.wrapped(SEVERITY, &format!("{size}: {names}"), Tone::Plain);
                self.messages(all, several);
            }
        }
        self.wrapped(SEVERITY, &format!("To do: {}", group.action()), Tone::Dim);
    }

    /// The message, if all findings have the same; whether they have.
    fn same_message(&mut self, group: &Group<'_>) -> bool {
        match group.messages().as_slice() {
            [one] if one.is_same => {
                self.wrapped(SEVERITY, &alike::line(one.example), Tone::Plain);
                true
            }
            _ => false,
        }
    }

    /// The most frequent messages of `all` findings, each with the number of HPAs.
    fn messages(&mut self, all: usize, messages: &[Alike<'_>]) {
        for one in messages.iter().take(MOST_MESSAGES) {
            let (message, place) = (alike::line(one.example), shown_place(one.example));
            let share = format!("{} of {}", thousands(one.count), thousands(all));
            let text = match (one.count, one.is_same) {
                (1, _) => format!("{share}, {place}: {message}"),
                (_, true) => format!("{share}: {message}"),
                (_, false) => format!("{share}, e.g. {place}: {message}"),
            };
            self.wrapped(SEVERITY, &text, Tone::Plain);
        }
        if let rest @ 1.. = messages.len().saturating_sub(MOST_MESSAGES) {
            let text = format!("and {} (--all)", counted(rest, "other message"));
            self.wrapped(SEVERITY, &text, Tone::Plain);
        }
    }

    /// A line for each group, so that the last screen shows all that was found.
    fn index(&mut self, groups: &[Group<'_>], is_offline: bool) {
        let columns = ["SEVERITY", "FINDING", "HPAS"].map(Column::new);
        let [severity, finding, count] = columns;
        let mut table =
            Table::new(vec![severity, finding, count.right(), Column::new("CLUSTER").name()])
                .no_headers(true);
        for group in groups {
            let place = match group.findings.as_slice() {
                [finding] => shown_place(finding),
                _ => group.clusters(is_offline),
            };
            table.row(vec![
                Cell::new(group.severity.as_str()).tone(super::tone(group.severity)),
                Cell::new(group.id),
                Cell::new(hpas(group.findings.len())),
                Cell::new(place),
            ]);
        }
        let rendered = table.render(self.width, self.style);
        self.text.push_str(&rendered.text);
    }

    /// Cluster by cluster: a line a finding, with the HPAs that have it.
    pub(super) fn by_cluster(&mut self, report: &Report<'_>, view: &View) {
        let mut clusters: Vec<_> = report
            .clusters
            .iter()
            .map(|cluster| (cluster, Group::all(cluster.evaluation.findings())))
            .filter(|(_, groups)| !groups.is_empty())
            .collect();
        clusters.sort_by_key(|(_, groups)| {
            let of = |severity| {
                let of = groups.iter().filter(|group| group.severity == severity);
                of.map(|group| group.findings.len()).sum::<usize>()
            };
            (of(Severity::Error), of(Severity::Warning), of(Severity::Info))
        });
        for (cluster, groups) in &clusters {
            let all = cluster.evaluation.hpas.len();
            let hit =
                cluster.evaluation.hpas.iter().filter(|judged| !judged.findings.is_empty()).count();
            let name = self.style.bold(&sanitize(&shown(&cluster.outcome.name)));
            self.line(&format!(
                "{name}: {} of {} with findings",
                thousands(hit),
                counted(all, "HPA")
            ));
            for group in groups {
                let name = |finding: &Finding| format!("{}/{}", finding.namespace, finding.hpa);
                let names = match group.findings.as_slice() {
                    [finding] => name(finding),
                    many => format!("{}: {}", hpas(many.len()), group.names(view, 0, name)),
                };
                self.entry(2, group.severity, group.id, &names);
            }
            self.line("");
        }
    }
}
