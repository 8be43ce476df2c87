//! Whether this process was started with its standard output closed (`>&-`).
//!
//! Before `main`, Rust opens /dev/null in the place of closed standard streams, so that later files do not get their
//! numbers: what is written is lost without an error. So it is found out before that, when the program is loaded.

use std::sync::atomic::{AtomicBool, Ordering};

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

extern "C" fn look() {
    use nix::fcntl::{FcntlArg, fcntl};
    let is_closed = fcntl(std::io::stdout(), FcntlArg::F_GETFD) == Err(nix::errno::Errno::EBADF);
    WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}

#[used]
#[expect(unsafe_code, reason = "only what the loader calls runs before Rust's own start")]
// SAFETY: the section holds pointers to functions that are called once, before main, in the only thread. This one makes
// one system call and stores a flag; it needs nothing that main would have to set up.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
static AT_LOAD: extern "C" fn() = look;

/// Whether standard output was closed when this process was started.
pub fn stdout_was_closed() -> bool {
    WAS_CLOSED.load(Ordering::Relaxed)
}
