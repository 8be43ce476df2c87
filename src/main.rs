//! The `watchdog` binary: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    watchdog::cli::main(std::env::args_os())
}
