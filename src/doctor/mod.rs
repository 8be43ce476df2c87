//! What `watchdog doctor` examines and proves. Nothing here prints: what is found are values.

pub mod checks;
pub mod kubeconfig;
mod prove;
mod scratch;
mod traffic;

pub use prove::Proof;
