//! The library behind the `watchdog` program: HorizontalPodAutoscalers of all clusters of a
//! kubeconfig, read through the user's own kubectl, and port-forwards that are kept up. Clusters
//! are only read, never changed.
//!
//! A first program, which lists the HPAs of every cluster and what is wrong with each:
//!
//! ```no_run
//! use std::sync::Arc;
//! use watchdog::collect::Collector;
//! use watchdog::config::Clusters;
//! use watchdog::kubectl::{KubeConfig, Kubectl, Selection, Settings, Sources, locate, select};
//! use watchdog::session::{self, Plan};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let kubeconfig = KubeConfig::from_files(&Sources::from_env(None))?;
//!     let clusters = select(&kubeconfig, &Selection::default(), &Clusters::default())?.clusters;
//!     let collector = Collector::new(Kubectl::new(Settings::new(locate(None, None, None)?)));
//!     // A single scan. With an interval, the session goes on until its handle is dropped.
//!     let once = Plan { interval: None, ..Plan::new(clusters, Arc::new(collector)) };
//!     let (session, mut events) = session::start(once);
//!     while events.next().await.is_some() {}
//!     for scanned in session.state().borrow().hpas() {
//!         let hpa = scanned.hpa();
//!         println!("{} {} {}: {}", hpa.cluster, hpa.namespace, hpa.name, scanned.status());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Where to start:
//!
//! - [`collect`]: one reading of many clusters (`examples/list_hpas.rs`).
//! - [`session`]: clusters scanned at an interval, with events, a history and forwards
//!   (`examples/session.rs`).
//! - [`supervisor::Hold`]: port-forwards that live as long as a value (`examples/hold_forward.rs`).
//! - [`findings`]: what can be wrong with an HPA, as pure functions.
//! - [`history`]: snapshots in SQLite.
//!
//! The modules are rooms, listed from the ground up in docs/architecture.md, which says what each
//! room is for and what may not enter it. A room uses only the rooms below it, which come before
//! it in that list. `pub` items of a room are for other rooms; what it re-exports as `pub` is the
//! public API.

pub mod config;

pub(crate) mod process;

pub mod term;

pub mod kubectl;

pub mod kube;

pub mod hpa;

pub mod usage;

pub mod simulation;

pub mod advice;

pub mod findings;

pub mod history;

pub mod prometheus;

pub mod alerts;

pub mod collect;

pub(crate) mod manifests;

pub mod check;

pub mod supervisor;

pub mod session;

pub mod stores;

pub mod output;

pub mod demo;

pub(crate) mod sandbox;

pub(crate) mod doctor;

pub(crate) mod complete;

pub mod cli;

/// The fuzz targets, which `fuzz/` calls.
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
