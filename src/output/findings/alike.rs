//! Messages that differ only in names and numbers: what tells one cause from many.

use std::collections::HashMap;

use crate::findings::Finding;
use crate::term::text::sanitize;

/// Findings of one kind whose messages are alike.
pub(super) struct Alike<'a> {
    /// The first of them.
    pub(super) example: &'a Finding,
    pub(super) count: usize,
    /// Whether all messages are the very same.
    pub(super) is_same: bool,
}

impl<'a> Alike<'a> {
    /// The most frequent first; of equals, the one whose example comes first.
    pub(super) fn all(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Self> {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut all: Vec<Self> = Vec::new();
        for finding in findings {
            let index = *places.entry(shape(finding)).or_insert(all.len());
            match all.get_mut(index) {
                Some(alike) => {
                    alike.count += 1;
                    alike.is_same &= alike.example.message == finding.message;
                }
                None => all.push(Self { example: finding, count: 1, is_same: true }),
            }
        }
        all.sort_by_key(|alike| std::cmp::Reverse(alike.count));
        all
    }
}

/// The message without numbers, their units, and names of objects.
fn shape(finding: &Finding) -> String {
    const UNITS: [&str; 8] = ["ms", "s", "min", "h", "d", "day", "days", "%"];
    let mut shape = String::with_capacity(finding.message.len());
    let mut after_number = false;
    let others = others(finding);
    for word in finding.message.split_whitespace() {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '%');
        let is_number = inner.contains(|c: char| c.is_ascii_digit());
        let is_name = inner.contains('/')
            || inner == finding.namespace
            || inner.starts_with(&finding.hpa)
            || others.contains(&inner);
        match inner {
            // `5 h 1 min` is one length of time.
            _ if is_number && shape.ends_with("# ") => {}
            _ if is_number => shape.push_str("# "),
            _ if after_number && UNITS.contains(&inner) => continue,
            // One replica and several.
            _ if after_number => shape.extend([inner.trim_end_matches('s'), " "]),
            _ if is_name => shape.push_str("@ "),
            _ => shape.extend([word, " "]),
        }
        after_number = is_number;
    }
    shape
}

/// Other HPAs that the message may name.
fn others(finding: &Finding) -> Vec<&str> {
    let others = finding.evidence.get("others").and_then(serde_json::Value::as_array);
    others.into_iter().flatten().filter_map(serde_json::Value::as_str).collect()
}

/// The message on one line.
pub(super) fn line(finding: &Finding) -> String {
    sanitize(&finding.message).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Evidence, Severity};

    fn finding(hpa: &str, message: &str) -> Finding {
        Finding {
            id: "maxed-out",
            severity: Severity::Warning,
            cluster: "eu".into(),
            namespace: "shop".to_owned(),
            hpa: hpa.to_owned(),
            message: message.to_owned(),
            action: "do it".into(),
            evidence: Evidence::new(),
            location: None,
        }
    }

    fn counts(messages: &[(&str, &str)]) -> Vec<(usize, bool, String)> {
        let findings: Vec<Finding> =
            messages.iter().map(|(hpa, message)| finding(hpa, message)).collect();
        let alike = Alike::all(&findings).into_iter();
        alike.map(|it| (it.count, it.is_same, it.example.hpa.clone())).collect()
    }

    #[test]
    fn names_and_numbers_make_no_other_cause() {
        let alike = counts(&[
            ("web", "no replica count for 1 h (FailedGetScale): timeout"),
            ("api", "no replica count for 12 min (FailedGetScale): no metrics returned"),
            ("job", "no replica count for 3 h 4 min (FailedGetScale): no metrics returned"),
            ("web", "Deployment/web has 1 replica of 4"),
            ("api", "Deployment/api has 2 replicas of 4"),
        ]);
        let of = |count, hpa: &str| (count, count == 1, hpa.to_owned());
        assert_eq!(alike, [of(2, "api"), of(2, "web"), of(1, "web")]);
    }

    #[test]
    fn the_very_same_message_is_told_from_a_similar_one() {
        let same = counts(&[("web", "minReplicas is 1"), ("api", "minReplicas is 1")]);
        assert_eq!(same, [(2, true, "web".to_owned())]);
    }
}
