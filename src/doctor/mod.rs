//! What `watchdog doctor` examines and proves. Nothing here prints: what is found are values.

pub mod checks;
mod prove;
mod scratch;
mod traffic;

pub use prove::Proof;
