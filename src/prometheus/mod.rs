//! Prometheus: where a cluster has one ([`discover`]), and what it is asked ([`Client`]).
//!
//! It is always asked through a forward on this machine's loopback interface, so plain HTTP.

mod client;
mod discover;

pub use client::{Client, Probe, QueryError, Sample};
pub use discover::{DiscoveredService, Role, Service, discover, parse_services};
