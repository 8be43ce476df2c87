//! The real controller's decisions, properties over random input, and what neither has.

mod arbitrary;
mod metamorphic;
mod models;
mod panics;
mod syncs;
mod vectors;
mod worlds;
