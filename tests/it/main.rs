//! What a user sees: the built program, run like a user does, with a real kubectl and demo clusters
//! served by the test itself. A scripted kubectl is used only for behaviour that a real one cannot
//! be made to show.
//!
//! Every test has its own home, and fails if it leaves a process behind (`support::Sandbox`). The
//! environment can extend the tests:
//!
//! - `WATCHDOG_TEST_KUBECTLS=PATH:PATH` repeats the end-to-end part for each of these kubectls;
//! - `WATCHDOG_E2E_CONTEXT=NAME` also reads that context of your own kubeconfig, read-only.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that fails here fails with a message"
)]
#![expect(unreachable_pub, reason = "nothing in a test binary is reachable from outside")]

mod support;

mod advise;
mod agreement;
mod alerts;
mod ascii;
mod check;
mod clocks;
mod completions;
mod config;
mod configs;
mod demo;
mod docs;
mod doctor;
mod examples;
mod forms;
mod forward;
mod get;
mod habits;
mod history;
mod hostile;
mod impersonation;
mod kubeconfig;
mod layers;
mod monitor;
mod names;
mod outcomes;
mod own_cluster;
mod paths;
mod plugins;
mod processes;
mod prometheus;
mod rbac;
mod reports;
mod scope;
mod scripted;
mod secrets;
mod signals;
mod simulate;
mod snapshot;
mod streams;
mod targets;
mod terminal;
mod top;
mod typed;
mod usage;
mod watch;
mod why;
