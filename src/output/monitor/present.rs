//! What was there when a session began, in a few lines: a fleet has thousands of findings.

use std::collections::{BTreeMap, BTreeSet};

use super::super::columns::{Columns, Line, Place, object, severity};
use super::plural;
use crate::findings::{Finding, Severity, rules};
use crate::term::color::Tone;
use crate::term::text::thousands;
use jiff::Timestamp;

/// Up to this many findings are printed one by one.
const FEW: usize = 12;
/// How many kinds of findings are printed; the mildest are left out.
const KINDS: usize = 10;

/// Findings that were present and are not printed yet.
#[derive(Debug, Default)]
pub(super) struct Present {
    findings: Vec<Finding>,
    /// How many were printed before: those of the clusters that answered in time.
    printed: usize,
}

/// The HPAs that have one kind of finding.
#[derive(Default)]
struct Kind<'a> {
    clusters: BTreeSet<&'a str>,
    first: Option<&'a Finding>,
    count: usize,
}

impl Present {
    pub(super) fn push(&mut self, finding: &Finding) {
        self.findings.push(finding.clone());
    }

    /// What comes from here on belongs to another plan.
    pub(super) fn restart(&mut self) {
        self.printed = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// The lines of these findings: each by itself if they are few, otherwise a line for each kind,
    /// the worst last. None remain.
    pub(super) fn lines(
        &mut self,
        columns: &Columns,
        at: Timestamp,
        each: impl Fn(&Finding) -> String,
    ) -> String {
        let findings = std::mem::take(&mut self.findings);
        if findings.is_empty() {
            return String::new();
        }
        let (before, count) = (self.printed, findings.len());
        self.printed += count;
        if findings.len() <= FEW {
            return findings.iter().map(each).collect();
        }
        let mut kinds: BTreeMap<(Severity, &str), Kind<'_>> = BTreeMap::new();
        for finding in &findings {
            let kind = kinds.entry((finding.severity, finding.id)).or_default();
            kind.clusters.insert(&finding.cluster);
            kind.first.get_or_insert(finding);
            kind.count += 1;
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|((severity, id), kind)| (*severity, kind.count, *id));
        let omitted = kinds.len().saturating_sub(KINDS);
        let more = if omitted == 0 {
            String::new()
        } else {
            format!(", {} not shown", plural(omitted, "milder kind"))
        };
        let found = if before > 0 {
            let all = thousands(before + count);
            format!("{} at the start, {all} in all", plural(count, "further finding"))
        } else {
            format!("{} at the start", plural(count, "finding"))
        };
        let text = format!("{found}{more} (each of them: --show-present)");
        let mut out =
            columns.line(at, Line { kind: "present", tone: Tone::Bold, place: None, text: &text });
        for ((level, id), kind) in kinds.iter().skip(omitted) {
            out += &kind.line(columns, at, *level, id);
        }
        out
    }
}

impl Kind<'_> {
    fn line(&self, columns: &Columns, at: Timestamp, level: Severity, id: &str) -> String {
        let (word, tone) = severity(level);
        let cluster = match (self.clusters.len(), self.clusters.first()) {
            (1, Some(one)) => (*one).to_owned(),
            (many, _) => plural(many, "cluster"),
        };
        let (object, text) = match self.first {
            Some(one) if self.count == 1 => (object(one), one.message.clone()),
            _ => (plural(self.count, "HPA"), title(id).to_owned()),
        };
        let text = match format!("{id}  {text}") {
            text if columns.fits(&text) => text,
            // A kind is one line, without what only explains its id.
            _ => id.to_owned(),
        };
        let place = Some(Place { cluster: &cluster, object: &object });
        columns.line(at, Line { kind: word, tone, place, text: &text })
    }
}

fn title(id: &str) -> &'static str {
    rules().iter().find(|rule| rule.id == id).map_or("", |rule| rule.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Evidence;
    use crate::term::color::Style;
    use crate::term::text::width;

    fn finding(number: usize, id: &'static str, severity: Severity) -> Finding {
        Finding {
            location: None,
            id,
            severity,
            cluster: format!("eu-{:02}", number % 40).into(),
            namespace: "shop".into(),
            hpa: format!("web-{number}"),
            message: format!("its target web-{number} does not exist"),
            action: "".into(),
            evidence: Evidence::default(),
        }
    }

    fn shown(findings: impl IntoIterator<Item = Finding>, terminal: Option<usize>) -> String {
        let mut present = Present::default();
        findings.into_iter().for_each(|finding| present.push(&finding));
        let columns = Columns::new(Style::PLAIN, terminal, 5);
        let text = present.lines(&columns, "2026-11-23T12:24:46Z".parse().unwrap(), |it| {
            format!("{} {}\n", it.id, it.place())
        });
        assert!(present.is_empty());
        text
    }

    #[test]
    fn few_are_printed_one_by_one() {
        let few = (0..3).map(|n| finding(n, "target-missing", Severity::Error));
        assert_eq!(
            shown(few, None),
            "target-missing eu-00/shop/web-0\ntarget-missing eu-01/shop/web-1\ntarget-missing eu-02/shop/web-2\n"
        );
        assert_eq!(shown([], None), "");
    }

    #[test]
    fn many_are_a_line_for_each_kind_with_the_worst_last() {
        let many = (0..3000)
            .map(|n| finding(n, "low-min", Severity::Info))
            .chain((0..40).map(|n| finding(n, "maxed-out", Severity::Warning)))
            .chain([finding(7, "target-missing", Severity::Error)]);
        insta::assert_snapshot!(shown(many.clone(), Some(100)));
        for columns in [40, 80, 200] {
            let text = shown(many.clone(), Some(columns));
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
        }
    }

    #[test]
    fn a_second_summary_is_of_further_findings() {
        let columns = Columns::new(Style::PLAIN, None, 5);
        let mut present = Present::default();
        let mut printed = || {
            (0..20).for_each(|n| present.push(&finding(n, "low-min", Severity::Info)));
            present.lines(&columns, Timestamp::UNIX_EPOCH, |_| String::new())
        };
        assert!(printed().contains("  20 findings at the start"));
        assert!(printed().contains("  20 further findings at the start, 40 in all ("));
        assert!(printed().contains("  20 further findings at the start, 60 in all ("));
    }

    #[test]
    fn the_mildest_kinds_are_left_out() {
        let all =
            rules().iter().flat_map(|rule| (0..2).map(|n| finding(n, rule.id, rule.severity)));
        let text = shown(all, Some(200));
        assert_eq!(text.lines().count(), 1 + KINDS, "{text}");
        assert!(text.contains("milder kinds not shown"), "{text}");
        assert!(text.lines().last().unwrap().contains("  error "), "{text}");
    }
}
