//! The examinations and proofs of `watchdog doctor`. Nothing here prints: results are values.

pub mod checks;
pub mod kubeconfig;
mod prove;
mod scratch;
mod traffic;

pub use prove::Proof;
