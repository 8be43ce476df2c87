//! Prometheus: finding one in a cluster ([`discover`]), and querying it ([`Client`]).
//!
//! Queries always go through a forward on this machine's loopback interface, so they use plain
//! HTTP.

mod client;
mod discover;

pub use client::{Client, Probe, QueryError, Sample};
pub use discover::{DiscoveredService, Role, Service, discover, parse_services};
