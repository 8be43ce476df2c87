//! Prometheus: where a cluster has one ([`discover`]), queries to it ([`Client`]), and a page of
//! metrics for one to scrape ([`MetricsServer`]).
//!
//! Queries go through a forward on this machine's loopback interface, so plain HTTP.

mod client;
mod discover;
mod server;
mod tls;

pub use client::{Client, Probe, QueryError, Sample};
pub use discover::{DiscoveredService, Role, Service, discover, parse_services};
pub use server::{Live, MetricsServer, Token};
pub use tls::{Identity, IdentityError, Roots};
