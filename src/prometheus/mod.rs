//! Prometheus: where a cluster has one ([`discover`]), what its labels are ([`learn`]), questions to it
//! ([`Questions`], asked by a [`Client`]), and a page of metrics for one to scrape ([`MetricsServer`]).
//!
//! Nothing of how a server is reached enters here but HTTP; a room above may bring another [`Transport`].

mod alerts;
mod answer;
mod client;
mod details;
mod discover;
mod error;
mod http;
mod labels;
mod namespace;
pub mod promql;
mod proxy;
mod range;
mod server;
mod tiers;
mod tls;
mod transport;

pub use alerts::{Alert, AlertState, managed_alerts, own_alerts};
pub use answer::{Answer, LabelSet, Point, Sample, Series};
pub use client::{Client, OnAnswer, Probe, Turn};
pub use details::{Details, HpaDetails, MetricName, MetricPoints, NamespaceDetails};
pub use discover::{DiscoveredService, Role, Service, discover, parse_services};
pub use error::QueryError;
pub use http::{HttpTransport, Limits, TokenSource, parse_headers};
pub use labels::{Labels, LearnError, Names, Pod, Source, learn, no_strangers};
pub use namespace::{NamespacePoints, ReplicaPoints, ResourcePoints, WorkloadName, WorkloadPoints};
pub use promql::{CpuForm, Questions};
pub use proxy::Proxies;
pub use range::{Estimate, Range, TooMuch};
pub use server::{Live, MetricsServer, Token};
pub use tiers::{Presence, Tier, Tiers, tiers};
pub use tls::{Identity, IdentityError, Roots};
pub use transport::{Pending, Reply, Transport, encoded};
