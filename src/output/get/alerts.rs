//! The alerts of an HPA.

use super::{Detailed, Page};
use crate::output::alerts::{AlertsOfHpa, section};

impl<'a> Detailed<'a> {
    /// With the alerts of the HPA.
    #[must_use]
    pub fn with_alerts(mut self, alerts: &AlertsOfHpa<'a>) -> Self {
        self.alerts = Some(alerts.of(self.hpa));
        self
    }
}

impl Page {
    pub(super) fn alerts(&mut self, detail: &Detailed<'_>) {
        let Some(alerts) = &detail.alerts else { return };
        self.heading("Alerts");
        for line in section(alerts, detail.hpa, detail.now) {
            self.indented(2, &line);
        }
    }
}
