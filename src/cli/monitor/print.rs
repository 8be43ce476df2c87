//! The lines of a session on standard output.

use jiff::Timestamp;

use crate::findings::Finding;
use crate::output::monitor::Printer;
use crate::session::Event;
use crate::term::outlet::Outlet;

/// Standard output, whose reader may be slow.
pub(super) struct Print {
    pub(super) printer: Printer,
    pub(super) outlet: Outlet,
    /// Events that found no room.
    lost: u64,
}

impl Print {
    pub(super) fn new(printer: Printer) -> Self {
        Self { printer, outlet: Outlet::stdout(), lost: 0 }
    }

    /// Prints an event. After lost ones the reader gets the present `findings` first.
    pub(super) fn event(&mut self, event: &Event, findings: &[Finding]) {
        let now = Timestamp::now();
        let text = self.printer.event(event, now);
        if self.lost > 0 && self.outlet.is_idle() {
            let dropped = self.printer.dropped(self.lost, findings, now);
            if self.outlet.write(dropped) {
                self.lost = 0;
            }
        }
        if !text.is_empty() && (self.lost > 0 || !self.outlet.write(text)) {
            self.lost += 1;
        }
    }
}
