//! What a session prints.

use jiff::Timestamp;

use super::Setting;
use super::digest::{Digest, Part};
use super::endpoints::News;
use super::metrics::Metrics;
use crate::findings::Finding;
use crate::output::monitor::{Printer, Started};
use crate::term::outlet::Outlet;

/// What is printed, to a reader who may be slow.
pub(super) struct Told {
    pub(super) printer: Printer,
    pub(super) outlet: Outlet,
    /// Pieces that found no room.
    lost: usize,
    /// What was wrong at the last look.
    present: Vec<Finding>,
}

impl Told {
    pub(super) fn new(printer: Printer) -> Self {
        Self { printer, outlet: Outlet::stdout(), lost: 0, present: Vec::new() }
    }

    /// What is watched from now on: at the beginning, or again.
    pub(super) fn start(
        &mut self,
        setting: &Setting,
        once: bool,
        metrics: Option<&Metrics>,
        again: bool,
    ) {
        let started = self.printer.started(&Started {
            again,
            at: Timestamp::now(),
            clusters: setting.watched.iter().map(|watched| &*watched.cluster.name).collect(),
            interval: (!once).then_some(setting.interval),
            history: setting.history.as_deref(),
            metrics: metrics.map(Metrics::address),
        });
        self.write(started);
    }

    pub(super) fn look(&mut self, digest: &Digest) {
        let text = self.printer.look(&digest.seen(), Timestamp::now());
        self.present.clone_from(&digest.present);
        self.write(text);
    }

    /// Of clusters that need not wait for the others.
    pub(super) fn part(&mut self, part: &Part) {
        let Part { clusters, events, scaled, present } = part;
        let text = self.printer.part(clusters, events, scaled, Timestamp::now());
        self.present.clone_from(present);
        self.write(text);
    }

    pub(super) fn news(&mut self, news: &News) {
        let text = self.printer.endpoint(&news.printed());
        self.write(text);
    }

    /// After what was lost, the reader is told how things stand before anything else.
    fn write(&mut self, text: Vec<u8>) {
        if self.lost > 0 && self.outlet.is_idle() {
            let again = self.printer.again(self.lost, &self.present, Timestamp::now());
            if self.outlet.write(again) {
                self.lost = 0;
            }
        }
        if !text.is_empty() && (self.lost > 0 || !self.outlet.write(text)) {
            self.lost += 1;
        }
    }
}
