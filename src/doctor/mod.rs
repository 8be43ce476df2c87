//! The checks of `watchdog doctor`, and the proof of `--prove`. Nothing here prints: results are values.

pub mod checks;
pub mod kubeconfig;
mod prove;
mod scratch;
mod traffic;

pub use prove::Proof;
