//! Alerts of HPAs that begin and end, as lines.

use jiff::Timestamp;

use super::{Place, Printer};
use crate::output::alerts::Severity;
use crate::output::columns::KIND;
use crate::session::AlertEvent;
use crate::term::color::Tone;
use crate::term::text::{sanitize, truncate};
use crate::term::time::age_at;

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
