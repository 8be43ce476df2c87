//! The library behind the `watchdog` binary. Its rooms, from the ground up; a room knows only
//! rooms above it in this list (docs/architecture.md says what each is for).

pub mod process;

pub mod config;

pub mod term;

pub mod kubectl;

pub mod kube;

pub mod hpa;

pub mod findings;

pub mod history;

pub mod prometheus;

pub mod collect;

pub mod supervisor;

pub mod session;

pub mod output;

pub mod demo;

pub mod cli;

/// What `fuzz/` calls.
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
