//! The library behind the `watchdog` binary. Its modules are rooms, from the ground up, in the order
//! of the table in docs/architecture.md, which says what each is for and what may not enter it. A
//! room knows only the rooms below it, those before it in this list.

pub mod config;

pub mod process;

pub mod term;

pub mod kubectl;

pub mod kube;

pub mod hpa;

pub mod findings;

pub mod history;

pub mod prometheus;

pub mod collect;

pub mod check;

pub mod supervisor;

pub mod session;

pub mod output;

pub mod demo;

pub mod doctor;

pub mod cli;

/// What `fuzz/` calls.
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
