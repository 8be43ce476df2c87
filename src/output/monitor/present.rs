//! What was there when a session began, in a few lines: a fleet has thousands of findings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::super::columns::{Columns, Line, Place, object, severity};
use super::plural;
use crate::findings::{Finding, Severity, rules};
use crate::term::color::Tone;
use crate::term::text::thousands;
use jiff::Timestamp;

/// Up to this many findings are printed one by one.
const FEW: usize = 12;
/// How many rows the kinds of findings take; the mildest kinds are only counted. Where the words are
/// below the place, there are more rows of everything else, too.
const ROWS: usize = 16;
const ROWS_IF_NARROW: usize = 8;
/// How many of them one kind takes.
const ROWS_OF_KIND: usize = 2;

/// Findings that were present and are not printed yet.
#[derive(Debug, Default)]
pub(super) struct Present {
    findings: Vec<Finding>,
    /// How many were printed before: those of the clusters that answered in time.
    printed: usize,
}

/// The HPAs that have one kind of finding.
struct Kind<'a> {
    clusters: BTreeSet<&'a str>,
    first: &'a Finding,
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
    /// the worst last, and then one line with the number of each milder kind that has no room.
    /// Findings that come later are one line. None remain.
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
        if count <= FEW {
            return findings.iter().map(each).collect();
        }
        let kinds = Kind::all(&findings);
        let row = |text: &str| {
            columns.line(at, Line { kind: "present", tone: Tone::Bold, place: None, text })
        };
        if before > 0 {
            let found = plural(count, "further finding");
            let all = thousands(before + count);
            return row(&format!("{found} already present, {all} in all: {}", counted(&kinds)));
        }
        let most = if columns.is_wide() { ROWS } else { ROWS_IF_NARROW };
        let mut rows = 0;
        let mut lines: Vec<String> = kinds.iter().map(|kind| kind.line(columns, at)).collect();
        lines.retain(|line| {
            rows += line.lines().count();
            rows <= most
        });
        let left = kinds.get(lines.len()..).unwrap_or_default();
        let found = format!("{} already present", plural(count, "finding"));
        let each = "(--show-present lists each)";
        lines.reverse();
        if left.is_empty() {
            return row(&format!("{found} {each}")) + &lines.concat();
        }
        row(&found) + &lines.concat() + &row(&format!("and {} {each}", counted(left)))
    }
}

/// `143 maxed-out, 50 min-eq-max`
fn counted(kinds: &[Kind<'_>]) -> String {
    let count = |kind: &Kind<'_>| format!("{} {}", thousands(kind.count), kind.first.id);
    kinds.iter().map(count).collect::<Vec<_>>().join(", ")
}

impl<'a> Kind<'a> {
    /// The kinds of these findings, the worst first.
    fn all(findings: &'a [Finding]) -> Vec<Self> {
        let mut kinds: BTreeMap<(Severity, &str), Kind<'_>> = BTreeMap::new();
        for finding in findings {
            let new = || Kind { clusters: BTreeSet::new(), first: finding, count: 0 };
            let kind = kinds.entry((finding.severity, finding.id)).or_insert_with(new);
            kind.clusters.insert(&finding.cluster);
            kind.count += 1;
        }
        let mut kinds: Vec<_> = kinds.into_values().collect();
        kinds.sort_by_key(|kind| Reverse((kind.first.severity, kind.count, kind.first.id)));
        kinds
    }

    /// In one row if it fits with its message or its title; then in two; then without either.
    fn line(&self, columns: &Columns, at: Timestamp) -> String {
        let Finding { id, severity: level, .. } = self.first;
        let (word, tone) = severity(*level);
        let cluster = match (self.clusters.len(), self.clusters.first()) {
            (1, Some(one)) => (*one).to_owned(),
            (many, _) => plural(many, "cluster"),
        };
        let object = match self.count {
            1 => object(self.first),
            many => plural(many, "HPA"),
        };
        let place = Some(Place { cluster: &cluster, object: &object });
        let line = |text: &str| columns.line(at, Line { kind: word, tone, place, text });
        let message = (self.count == 1).then_some(&*self.first.message);
        let texts = message.into_iter().chain([title(id)]).map(|text| format!("{id}  {text}"));
        let mut lines = texts.map(|text| line(&text));
        lines.find(|line| line.lines().count() <= ROWS_OF_KIND).unwrap_or_else(|| line(id))
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
    fn later_findings_are_one_line() {
        let columns = Columns::new(Style::PLAIN, None, 5);
        let mut present = Present::default();
        let mut printed = || {
            (0..20).for_each(|n| present.push(&finding(n, "low-min", Severity::Info)));
            (0..2).for_each(|n| present.push(&finding(n, "target-missing", Severity::Error)));
            present.lines(&columns, Timestamp::UNIX_EPOCH, |_| String::new())
        };
        assert!(printed().contains("  22 findings already present (--show-present lists each)\n"));
        let later =
            "  22 further findings already present, 44 in all: 2 target-missing, 20 low-min\n";
        let text = printed();
        assert!(text.ends_with(later) && text.lines().count() == 1, "{text}");
        assert!(printed().contains(" already present, 66 in all: "));
    }

    #[test]
    fn every_kind_is_named() {
        let all =
            rules().iter().flat_map(|rule| (0..2).map(|n| finding(n, rule.id, rule.severity)));
        for columns in [None, Some(60), Some(80), Some(120), Some(200)] {
            let text = shown(all.clone(), columns);
            let (listed, counted) = text.split_once("  and ").unwrap();
            assert!(listed.lines().count() <= 1 + ROWS + 1, "{text}");
            let words: Vec<&str> = text.split_whitespace().collect();
            let is_named = |id: &str| words.iter().any(|word| word.trim_end_matches(',') == id);
            for rule in rules() {
                assert!(is_named(rule.id), "{}: {text}", rule.id);
            }
            let words: Vec<&str> = counted.split_whitespace().collect();
            assert!(words.join(" ").ends_with(" (--show-present lists each)"), "{text}");
            let of = |text: &str| rules().iter().filter(|rule| text.contains(rule.id)).count();
            assert!(of(counted) > 0 && of(listed) >= ROWS_IF_NARROW / ROWS_OF_KIND, "{text}");
        }
    }

    /// Beside the id there is no room for words at 80 columns: they are below it.
    #[test]
    fn a_kind_has_words_at_80_columns() {
        for rule in rules() {
            let text = shown((0..20).map(|n| finding(n, rule.id, rule.severity)), Some(80));
            assert!(text.lines().count() <= 1 + ROWS_OF_KIND, "{text}");
            let words: Vec<&str> = text.split_whitespace().collect();
            assert!(words.join(" ").contains(rule.title), "{text}");
        }
    }
}
