//! Other people's processes: groups, waiting without reaping, stopping, and the signals that
//! reach this process. The only room that touches `nix`, `rustix` and signals, and the only one
//! where `unsafe` may stand. It knows nothing of kubectl.

mod foreground;
mod group;
mod interrupt;
mod port;
mod tree;

pub use foreground::run_foreground;
pub use group::{Group, Stdio};
pub use interrupt::{Interrupt, Interrupted, default_interrupts};
pub use port::{ProcessInfo, port_holders, processes, try_bind};
pub use tree::busy_descendant;

/// A user's name for the signal `number`, e.g. `SIGKILL`; the number itself where it has none.
pub fn signal_name(number: i32) -> String {
    nix::sys::signal::Signal::try_from(number)
        .map_or_else(|_| format!("signal {number}"), |signal| signal.as_str().to_owned())
}
