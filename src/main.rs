//! The `watchdog` binary. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchdog::cli::main(std::env::args_os())
}
