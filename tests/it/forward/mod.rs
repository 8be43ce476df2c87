//! `watchdog forward` and its supervisor, with real kubectl against demo clusters.

mod address;
mod at_most_once;
mod chaos;
mod edge_cases;
mod isolation;
mod life;
mod names;
mod noticing;
mod pinned;
mod pods;
mod ports;
mod relay;
mod start;
mod survival;
mod verbs;
mod whose_failure;
