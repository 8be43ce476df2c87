//! Child processes and other processes of the system: groups, waiting without reaping, stopping,
//! and the signals that reach this process. The only room where `unsafe` is allowed. It knows nothing of kubectl.

mod closed;
mod command;
mod daemon;
mod directory_watch;
mod foreground;
mod group;
mod guard;
#[cfg(any(not(target_os = "linux"), test))]
mod guard_pipe;
mod identity;
mod interrupt;
mod mark;
mod named;
mod network;
mod own;
#[cfg(target_os = "linux")]
mod pidfd;
mod port;
mod resize;
mod sockets;
mod stat;
mod suspend;
mod tree;

pub use closed::stdout_was_closed;
pub use command::Attended;
pub use daemon::{Detached, spawn_detached, stdout_to_null};
pub use directory_watch::DirectoryWatch;
pub use foreground::run_foreground;
pub use group::Group;
pub use guard::guard;
pub use identity::{Identity, end, exit_of};
pub use interrupt::{Interrupt, Interrupted, default_interrupts};
pub use mark::{Ended, end_group, end_marked, marked};
pub use named::{Variables, has_open, pid_namespace, started_as};
pub use network::{NetworkChanges, time_suspended};
pub use own::{
    guard_pid, has_parent, lowest_free_descriptor, may_write, open_files_limit,
    outlive_file_size_limit, own_program, raise_open_files_limit, user_home,
};
pub use port::{BindFailure, ProcessInfo, port_holders, processes, try_bind};
pub use resize::Resize;
pub use sockets::{
    Established, TcpConnection, has_owner, has_sockets, tcp_connections, tcp_connections_of,
};
pub use stat::{is_exiting, is_stopped, resident_bytes};
pub use suspend::Suspend;
pub use tree::{Usage, busy_descendant, largest_child_bytes};

/// A signal's name for users, e.g. `SIGKILL`; its number if it has no name.
pub fn signal_name(number: i32) -> String {
    nix::sys::signal::Signal::try_from(number)
        .map_or_else(|_| format!("signal {number}"), |signal| signal.as_str().to_owned())
}

/// The effective user id of this process.
pub fn uid() -> u32 {
    nix::unistd::geteuid().as_raw()
}
