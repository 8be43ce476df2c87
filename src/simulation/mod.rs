//! What settings would have done with a recorded load, by the controller's own algorithm: pure
//! functions from a load and an HPA to decisions, measures, and how far they can be trusted.
//!
//! | file | what it does |
//! |---|---|
//! | `load` | a load as CSV |
//! | `columns` | which column is which metric's |
//! | `resample` | from rows to syncs |
//! | `run` | settings over a load |
//! | `measures` | what a course of replicas is measured by |
//! | `moves` | replicas as they were that these settings do not explain |
//! | `reach` | how far a controller can go in a time |
//! | `recorded` | the course as it was: its measures, what of the demand it hides, and the replay's error |
//! | `report` | several settings over one load, side by side |
//! | `set` | `--set PATH=VALUE` in a spec |
//! | `written` | a load as CSV, written |
//! | `threshold` | `--fail-on MEASURE>NUMBER` |

mod columns;
mod load;
mod measures;
mod moves;
mod reach;
mod recorded;
mod report;
mod resample;
mod run;
mod set;
mod threshold;
mod written;

pub use columns::ColumnNames;
pub use load::{Column, Load, LoadError};
pub use measures::{Interval, Measure, Measures, Meter, Number, Ready};
pub use reach::Reach;
pub use recorded::{Recorded, Trust};
pub use report::{Case, Decision, Request, Seconds, Simulated, Simulation};
pub use resample::Clock;
pub use run::{
    Conditions, PHASES, Phases, Requests, Runner, Setting, SettingError, Synced, uses_request,
};
pub use set::{Change, ChangeError};
pub use threshold::{Threshold, ThresholdError, Thresholds};

#[cfg(test)]
mod tests;
