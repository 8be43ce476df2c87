//! Alerts of HPAs that begin and end, as lines.

use jiff::Timestamp;

use super::{Place, Printer};
use crate::findings;
use crate::output::alerts::Severity;
use crate::output::columns::KIND;
use crate::session::AlertEvent;
use crate::term::color::Tone;
use crate::term::text::{sanitize, truncate};
use crate::term::time::age_at;

/// The severity of a finding that an alert is as severe as, by its label `severity`.
pub(super) fn severity(alert: &AlertEvent) -> findings::Severity {
    match Severity::of(alert.severity.as_deref().unwrap_or_default()) {
        Severity::Critical => findings::Severity::Error,
        Severity::Warning => findings::Severity::Warning,
        Severity::Info | Severity::Unknown => findings::Severity::Info,
    }
}

impl Printer {
    /// `warning  prod  shop/web  alert KubePodCrashLooping, pod web-1, for 12m`
    pub(super) fn alert(&mut self, alert: &AlertEvent, is_over: bool, now: Timestamp) -> String {
        let AlertEvent { cluster, namespace, hpa, alertname, severity, .. } = alert;
        let place = Place { cluster, object: &format!("{namespace}/{hpa}") };
        let mut text = format!("alert {alertname}");
        // Alerts of the same name differ in these.
        for label in ["pod", "container"] {
            if let Some(value) = alert.labels.get(label) {
                text = format!("{text}, {label} {value}");
            }
        }
        if let Some(since) = alert.starts_at {
            let word = if is_over { "after" } else { "for" };
            text = format!("{text}, {word} {}", age_at(since, now));
        }
        if is_over {
            return self.at(now, "ended", Tone::Ok, place, &text);
        }
        if let Some(why) = alert.false_alarm {
            text = format!("{text}; {why}");
        }
        let severity = severity.as_deref().filter(|severity| !severity.is_empty()).unwrap_or("-");
        let is_false = alert.false_alarm.is_some();
        let tone = if is_false { Tone::Dim } else { Severity::of(severity).tone() };
        // It is a label's value: of any length, with any characters.
        let severity = sanitize(severity);
        self.at(now, &truncate(&severity, KIND), tone, place, &text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::PrintOptions;
    use super::*;
    use crate::session::Event;
    use crate::term::color::Style;

    #[test]
    fn alerts_below_the_least_severity_are_not_printed() {
        let printed = |least: findings::Severity, jsonl: bool| {
            let mut printer = Printer::new(PrintOptions {
                jsonl,
                replicas: false,
                each_present: false,
                actions: false,
                severity: least,
                status: false,
                style: Style::PLAIN,
                metrics: None,
            });
            let now = Timestamp::UNIX_EPOCH;
            let severities = ["critical", "error", "page", "warning", "info", "P3", ""];
            severities.map(|label| {
                let alert = AlertEvent {
                    at: now,
                    cluster: "a".to_owned(),
                    namespace: "shop".to_owned(),
                    hpa: "web".to_owned(),
                    alertname: "X".to_owned(),
                    severity: Some(label.to_owned()).filter(|label| !label.is_empty()),
                    starts_at: None,
                    matched_by: Vec::new(),
                    false_alarm: None,
                    labels: BTreeMap::new(),
                };
                let events = [Event::AlertBegan(alert.clone()), Event::AlertEnded(alert)];
                let [began, ended] = events.map(|event| !printer.event(&event, now).is_empty());
                assert_eq!(began, ended, "{label}");
                began
            })
        };
        for jsonl in [false, true] {
            let (error, warning) = (findings::Severity::Error, findings::Severity::Warning);
            assert_eq!(printed(error, jsonl), [true, true, true, false, false, false, false]);
            assert_eq!(printed(warning, jsonl), [true, true, true, true, false, false, false]);
            assert_eq!(printed(findings::Severity::Info, jsonl), [true; 7]);
        }
    }
}
